"""Elements at random from a collection with a `ScanIndex`, at a cost that follows the count asked for.

Knows no type. The decision a reader would question: up to a third of the elements are
picked one by one, doubles thrown away; beyond that so many picks would be doubles that a
shuffle of all elements is cheaper.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from redis_tui.engine.scan_index import ScanIndex

_FEW = 3


def sample(
    index: ScanIndex, members: dict[bytes, float] | dict[bytes, None], count: int, rng: random.Random
) -> list[bytes]:
    """Different elements at random.

    Args:
        index: positions of exactly these members.
        members: as stored.
        count: at least 0 and less than there are members.
        rng: the engine's generator.
    """
    if count * _FEW > len(members):
        return rng.sample(list(members), count)
    chosen: dict[bytes, None] = {}
    while len(chosen) < count:
        member = index.pick(rng)
        if member is not None:
            chosen[member] = None
    return list(chosen)


def repeated(index: ScanIndex, count: int, rng: random.Random) -> list[bytes]:
    """``count`` elements at random, the same ones perhaps several times."""
    picks = (index.pick(rng) for _ in range(count))
    return [member for member in picks if member is not None]
