"""Strings that Valkey's scripts store: they stay text, also where they read as integers.

It knows commands by name and where their values stand, nothing of keys or databases. What
`SET n 1` leaves is an `int` when a client asks for it and an `embstr` when a script does; only
OBJECT ENCODING and DEBUG OBJECT tell the one from the other.

The decision a reader would question: values are marked ahead of the command and not where it
stores them, because no handler knows who calls, and in Redis none would have to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.types.string import PlainText

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.engine.registry import Invoke
    from redis_tui.resp.types import Reply

_VALUES: Final[Mapping[str, slice]] = {
    "append": slice(1, 2),
    "getset": slice(1, 2),
    "mset": slice(1, None, 2),
    "msetex": slice(2, None, 2),
    "msetnx": slice(1, None, 2),
    "psetex": slice(2, 3),
    "set": slice(1, 2),
    "setex": slice(2, 3),
    "setnx": slice(1, 2),
}


def keeping_text(name: str, invoke: Invoke) -> Invoke | None:
    """A command that stores strings, storing them as text.

    Args:
        name: the command's, in lower case.
        invoke: how it runs.

    Returns:
        How it runs in a script; None where that is no different.
    """
    values = _VALUES.get(name)
    if values is None:
        return None

    def keeping(ctx: Ctx, args: Sequence[bytes]) -> Reply:
        marked = list(args)
        marked[values] = map(PlainText, marked[values])
        return invoke(ctx, marked)

    return keeping
