"""An error reply of a script, taken apart for people.

The text is the only thing that every server gives, so this reads the forms of Redis 7 and 8
(``ERR msg script: <sha>, on @user_script:3.``), of Valkey 9 (``… script: on @user_script:3.``),
of Redis 6 (``ERR Error running script (call to f_<sha>): @user_script:3: msg``) and of
compile errors (``… (new function): user_script:3: msg``). In a function's stand its name and
``user_function``. The engine's own replies have the same forms, so one function serves both
kinds of session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.late_pattern import late_pattern
from redis_tui.session.base import ScriptError

if TYPE_CHECKING:
    from redis_tui.resp.types import ErrorReply

_TAIL = late_pattern(r",?\s*script: (?:\w+, )?on @user_(?:script|function):(\d+)\.?\s*$")
_PLACE = late_pattern(r"@?user_(?:script|function):(\d+): ?")
_HEAD = late_pattern(r"^Error (?:running|compiling) script \((?:call to f_[0-9a-f]{40}|new function)\): ")


def script_error(reply: ErrorReply, source: bytes) -> ScriptError:
    """What went wrong and where.

    Args:
        reply: the server's error.
        source: the script that was run.
    """
    text = reply.message
    line: int | None = None
    tail = _TAIL.search(text)
    if tail:
        line = int(tail[1])
        text = text[: tail.start()]
    place = _PLACE.search(text)
    if place:
        line = int(place[1])
        text = text[: place.start()] + text[place.end() :]
        text = _HEAD.sub("", text)
    return ScriptError(reply.code, text.strip(), line, source_line(source, line))


def source_line(source: bytes, line: int | None) -> str | None:
    """The text of one line of a script, None where there is none."""
    lines = source.decode("utf-8", "replace").splitlines()
    return lines[line - 1] if line is not None and 0 < line <= len(lines) else None
