"""The arguments that LMPOP and ZMPOP share: ``numkeys key [key ...] <here | there> [COUNT count]``.

It knows neither keyspace nor types. The decision a reader would question: this is read by
hand and not by the binder, because a server looks for the side behind the keys before it
counts them, so that too large a ``numkeys`` is a syntax error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from redis_tui.spec.decode import Rest


@dataclass(frozen=True, slots=True)
class PopRequest:
    """From which keys, from which end, how many."""

    keys: list[bytes]
    side: bytes
    """The word in upper case: ``LEFT``, ``MAX``."""
    count: int


def parse_pop(rest: Rest, *, sides: tuple[bytes, bytes]) -> PopRequest:
    """Reads the arguments.

    Args:
        rest: all of them.
        sides: the two words in upper case.

    Raises:
        CommandError: they do not fit.
    """
    numkeys = decode_positive(rest[0], "numkeys")
    if 1 + numkeys >= len(rest):
        raise SyntaxFault
    options = Options(rest, 1 + numkeys)
    side = options.accept(*sides)
    if side is None:
        raise SyntaxFault
    count = None
    while options:
        if options.accept(b"COUNT") is None or count is not None:
            raise SyntaxFault
        count = decode_positive(options.take(), "count")
    return PopRequest(rest[1 : 1 + numkeys], side, count or 1)


def decode_positive(text: bytes, name: str) -> int:
    """Reads a number of 1 or more; the refusal names it."""
    fault = f"ERR {name} should be greater than 0"
    number = decode_int(text, fault)
    if number < 1:
        raise CommandError(fault)
    return number
