"""The lines around an error of a script that was typed, as a run of a file shows them.

Knows replies; must not know who prints. The decision a reader would question: a script of one line gets none. It
stands right above, and the answer stays as redis-cli gives it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.error import excerpt
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.failure import script_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.render.spans import Line

_SENDS_SOURCE = frozenset((b"EVAL", b"EVAL_RO"))
_LOADS = frozenset((b"SCRIPT", b"FUNCTION"))


def error_context(argv: Sequence[bytes], reply: Reply) -> list[Line]:
    """The source around the line that an error names; none where it names none.

    Args:
        argv: EVAL, SCRIPT LOAD or FUNCTION LOAD; of others there is no source.
        reply: what came back.
    """
    if not isinstance(reply, ErrorReply):
        return []
    source = _source(argv)
    if b"\n" not in source.strip():
        return []
    error = script_error(reply, source)
    return excerpt(error, source) if error.line is not None else []


def _source(argv: Sequence[bytes]) -> bytes:
    name = argv[0].upper()
    if name in _SENDS_SOURCE and len(argv) > 1:
        return argv[1]
    return argv[-1] if name in _LOADS and len(argv) > 2 and argv[1].upper() == b"LOAD" else b""
