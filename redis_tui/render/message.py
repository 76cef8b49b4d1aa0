"""Lines of MONITOR and published messages, for people. Knows no interface library.

The decision a reader would question: a line of MONITOR is taken apart only when it is drawn. Of 50,000 that
come in a second a screen shows forty.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError
from redis_tui.late_pattern import late_pattern
from redis_tui.render.command import command_line
from redis_tui.render.spans import Line, Span, show
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.spec.redact import redact

if TYPE_CHECKING:
    from collections.abc import Mapping

_MONITOR = late_pattern(rb"^(\d+)\.(\d+) \[(\d+) ([^\]]*)\] (.*)$", re.DOTALL)
_SIGNS = {b"message": " ", b"pmessage": "*", b"smessage": "#"}
_CONFIRMS = frozenset((b"subscribe", b"psubscribe", b"ssubscribe", b"unsubscribe", b"punsubscribe", b"sunsubscribe"))
_LONG = 2_000
"""Bytes of a command or a message that one line shows."""


def monitor_line(reply: Reply, names: Mapping[str, str] | None = None) -> Line:
    """A line of MONITOR: time, database, client, command; a script that is called by its sha has its name.

    Args:
        reply: the line as it came.
        names: script names by sha.
    """
    found = _MONITOR.match(reply) if isinstance(reply, bytes) else None
    if found is None:
        return [Span(_plain(reply), "dim")]
    seconds, micro, db, who, text = found.groups()
    at = time.strftime("%H:%M:%S", time.localtime(int(seconds)))
    head = [
        Span(f"{at}.{micro[:3].decode()} ", "dim"),
        Span(f"{db.decode():>2} ", "dim"),
        Span(f"{show(who):<21} ", "accent" if who == b"lua" else "dim"),
    ]
    argv = _words(text)
    if argv is None:
        return [*head, Span(show(text[:_LONG]), "text")]
    line = [*head, *command_line(redact(argv))]
    name = names.get(argv[1].decode("utf-8", "replace")) if names and len(argv) > 1 else None
    return [*line, Span(f"  ‹{name}›", "accent")] if name and argv[0].upper().startswith(b"EVALSHA") else line


def message_line(at_s: float, reply: Reply) -> Line:
    """A published message: time, channel, what was said; a confirmation in words."""
    at = Span(time.strftime("%H:%M:%S ", time.localtime(at_s)), "dim")
    if not isinstance(reply, list) or len(reply) < 3 or not isinstance(reply[0], bytes):
        return [at, Span(_plain(reply), "dim")]
    kind, channel, data = reply[0], reply[-2], reply[-1]
    if kind in _CONFIRMS:
        return [at, Span(f"· {kind.decode()} {_plain(channel)}", "dim")]
    text = show(data[:_LONG]) if isinstance(data, bytes) else _plain(data)
    return [at, Span(_SIGNS.get(kind, " "), "dim"), Span(f"{_plain(channel)} ", "accent"), Span(text, "text")]


def message_bytes(reply: Reply) -> bytes:
    """All that a filter looks through."""
    if isinstance(reply, bytes):
        return reply
    return b" ".join(part for part in reply if isinstance(part, bytes)) if isinstance(reply, list) else b""


def _words(text: bytes) -> list[bytes] | None:
    if len(text) > _LONG:
        return None
    try:
        return split_inline(text)
    except RedisTuiError:
        return None


def _plain(reply: Reply) -> str:
    if isinstance(reply, bytes):
        return show(reply)
    return show(reply.line) if isinstance(reply, ErrorReply) else str(reply)
