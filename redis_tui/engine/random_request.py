"""The arguments that SRANDMEMBER, HRANDFIELD and ZRANDMEMBER share: ``[count [WITHVALUES]]``.

It knows neither keyspace nor types. The decision a reader would question: the limit of a count
is told in words of its own only below -2**63 + 1, and for pairs in others at half of that;
the servers double the count there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.decode import INT64_MAX, decode_count

if TYPE_CHECKING:
    from redis_tui.spec.decode import Rest


@dataclass(frozen=True, slots=True)
class RandomRequest:
    """How many elements at random."""

    count: int | None
    """None for a single one; negative: the same one more than once perhaps."""
    is_paired: bool = False
    """With what goes with each: values, scores."""


def parse_random(rest: Rest, *, pairs: bytes | None = None) -> RandomRequest:
    """Reads the arguments behind the key.

    Args:
        rest: all of them.
        pairs: the word that asks for pairs, in upper case; None where there is none.

    Raises:
        CommandError: they do not fit.
    """
    if not rest:
        return RandomRequest(None)
    if pairs is None and len(rest) > 1:
        raise SyntaxFault
    count = decode_count(rest[0])
    is_paired = len(rest) > 1
    if is_paired and (len(rest) > 2 or rest[1].upper() != pairs):
        raise SyntaxFault
    if is_paired and abs(count) > INT64_MAX // 2:
        raise CommandError("ERR value is out of range")
    return RandomRequest(count, is_paired)
