"""The order of a sorted set: members by score, equal scores by the bytes of the members.

Knows neither commands nor limits, and not what score a member has: who takes a member away tells it.

The order lies in blocks of some hundred entries. A block is an array of doubles, in order, and
beside it the list of their members. An array of each block's highest score leads to the block, and
the sizes of the blocks, summed up by groups, lead to a rank and back.

The decision a reader would question: no list of ``(score, member)`` tuples. With a million members
each step of a bisection over tuples waits for memory, for the tuple and for its score, and the
tuples take 56 bytes apiece; here a search reads a few neighbouring doubles and hardly ever a member.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import compress, count, islice
from operator import eq, itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Entry = tuple[float, bytes]
"""Score and member: as they are ordered."""
_BLOCK = 1024
"""Entries that a block is cut with, or up to twice as many; with less than a quarter it joins its neighbours."""
_GROUP = 32
"""Blocks whose sizes are summed up together."""
_last: Callable[[list[bytes]], bytes] = itemgetter(-1)


class ScoreOrder:
    """Entries in order, each member once."""

    __slots__ = ("_block", "_groups", "_maxima", "_members", "_scores", "_sizes")

    def __init__(self, scores: Mapping[bytes, float], *, block: int = _BLOCK) -> None:
        """Puts members in order.

        Args:
            scores: the members with their scores, none of them NaN; not kept.
            block: entries of a block.
        """
        self._block = block
        ordered = array("d", sorted(scores.values()))
        # A sort asks for the keys one after another, so that they can be dealt out: looking a million of them up takes
        # half as long again, and so do tuples of both, where many scores are the same.
        keys = iter(scores.values())
        members = sorted(scores, key=lambda _: next(keys))
        end = 0
        for at in compress(count(), map(eq, ordered, islice(ordered, 1, None))):
            if at >= end:
                end = bisect_right(ordered, ordered[at], at)
                members[at:end] = sorted(members[at:end])
        self._scores = [ordered]
        self._members = [members]
        self._maxima = array("d")
        self._sizes: list[int] = []
        self._groups: list[int] = []
        self._recut(0, 1)

    # Changing

    def add(self, score: float, member: bytes) -> None:
        """Adds a member that is not there."""
        if not self._sizes:
            self._scores, self._members = [array("d", (score,))], [[member]]
            self._recut(0, 1)
            return
        block, at = self._place(score, member)
        self._scores[block].insert(at, score)
        self._members[block].insert(at, member)
        size = self._sizes[block] = self._sizes[block] + 1
        self._groups[block // _GROUP] += 1
        if at == size - 1:
            self._maxima[block] = score
        if size >= 2 * self._block:
            self._recut(block, block + 1)

    def remove(self, score: float, member: bytes) -> None:
        """Takes a member away that is there and has this score."""
        block, at = self._place(score, member, is_there=True)
        del self._scores[block][at]
        del self._members[block][at]
        self._shrink(block, 1)

    def take(self, start: int, stop: int) -> list[Entry]:
        """Takes away the ranks from ``start`` up to and without ``stop``; returns them in order."""
        taken = self.entries(start, stop)
        spans = self._spans(start, stop)
        for block, part in spans:
            del self._scores[block][part]
            del self._members[block][part]
        if len(spans) == 1:
            self._shrink(spans[0][0], len(taken))
        elif spans:
            self._recut(max(spans[0][0] - 1, 0), spans[-1][0] + 2)
        return taken

    # Searching

    def entries(self, start: int, stop: int) -> list[Entry]:
        """Entries of ranks from ``start`` up to and without ``stop``, as far as there are."""
        scores, members = self._scores, self._members
        if len(members) == 1:
            return list(zip(scores[0][start:stop], members[0][start:stop], strict=True))
        return [
            entry
            for block, part in self._spans(start, stop)
            for entry in zip(scores[block][part], members[block][part], strict=True)
        ]

    def members(self, start: int, stop: int) -> list[bytes]:
        """As `entries`, without the scores."""
        members = self._members
        if len(members) == 1:
            return members[0][start:stop]
        return [member for block, part in self._spans(start, stop) for member in members[block][part]]

    def rank(self, score: float, member: bytes, *, is_there: bool = False) -> int:
        """How many entries are below this one; ``is_there``: it is one of them."""
        if not self._sizes:
            return 0
        block, at = self._place(score, member, is_there=is_there)
        return self._below(block) + at if block else at

    def rank_from(self, score: float, *, after: bool = False) -> int:
        """How many entries have a score below this one; ``after``: not above it."""
        bisect = bisect_right if after else bisect_left
        block = bisect(self._maxima, score)
        at = bisect(self._scores[block], score) if block < len(self._scores) else 0
        return self._below(block) + at

    def has_one_score(self) -> bool:
        """Whether all scores are the same, so that the order is that of the members."""
        return not self._sizes or self._scores[0][0] == self._maxima[-1]

    def _place(self, score: float, member: bytes, *, is_there: bool = False) -> tuple[int, int]:
        """Block and place within it, of an entry or of where it would go to; there is at least one block."""
        maxima = self._maxima
        block = bisect_left(maxima, score)
        if block < len(maxima) and maxima[block] == score:
            # Blocks that end in this score: of equal scores there may be many blocks.
            end = bisect_right(maxima, score, block)
            block = bisect_left(self._members, member, block, end, key=_last)
        if block == len(maxima):
            return block - 1, self._sizes[-1]
        scores = self._scores[block]
        at = bisect_left(scores, score)
        # Mostly no other entry has the score, and then no member need be looked at.
        if scores[at] != score or (is_there and (at + 1 == len(scores) or scores[at + 1] != score)):
            return block, at
        return block, bisect_left(self._members[block], member, at, bisect_right(scores, score, at))

    def _below(self, block: int) -> int:
        """How many entries lie in the blocks before this one."""
        group = block // _GROUP
        return sum(self._groups[:group]) + sum(self._sizes[group * _GROUP : block])

    def _spans(self, start: int, stop: int) -> list[tuple[int, slice]]:
        """Blocks and the parts of them that make up these ranks."""
        left, at, first = stop - start, start, 0
        for size in self._groups:
            if at < size:
                break
            at -= size
            first += _GROUP
        spans: list[tuple[int, slice]] = []
        for block in range(first, len(self._sizes)):
            size = self._sizes[block]
            if at >= size:
                at -= size
                continue
            if left <= size - at:
                if left > 0:
                    spans.append((block, slice(at, at + left)))
                break
            spans.append((block, slice(at, size)))
            left -= size - at
            at = 0
        return spans

    # Blocks

    def _shrink(self, block: int, count: int) -> None:
        """So many entries were taken from a block."""
        size = self._sizes[block] = self._sizes[block] - count
        self._groups[block // _GROUP] -= count
        if not size or (size * 4 < self._block and len(self._sizes) > 1):
            self._recut(max(block - 1, 0), block + 2)
        else:
            self._maxima[block] = self._scores[block][-1]

    def _recut(self, first: int, stop: int) -> None:
        """Cuts the blocks from ``first`` up to and without ``stop`` anew, and counts all."""
        scores, members = self._scores[first], self._members[first]
        for block in range(first + 1, min(stop, len(self._members))):
            scores.extend(self._scores[block])
            members.extend(self._members[block])
        total = len(members)
        pieces = total // self._block
        if pieces <= 1:
            self._scores[first:stop] = [scores] if total else []
            self._members[first:stop] = [members] if total else []
        else:
            size = -(-total // pieces)
            self._scores[first:stop] = [scores[at : at + size] for at in range(0, total, size)]
            self._members[first:stop] = [members[at : at + size] for at in range(0, total, size)]
        self._maxima = array("d", [piece[-1] for piece in self._scores])
        sizes = self._sizes = [len(piece) for piece in self._members]
        self._groups = [sum(sizes[at : at + _GROUP]) for at in range(0, len(sizes), _GROUP)]
