"""A sorted set: a dict of scores, and an order that is made when somebody asks for it.

Knows no command. Until a range, a rank or a pop is asked for, only the dict is there, so
that loops of ZADD, ZINCRBY and ZSCORE pay for no order; from then on the order is kept up
with every change, each in O(log n).

The decision a reader would question: scores are held twice, in the dict for ZSCORE and in the
order for everything else; looking them up for each step of a search would cost more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from redis_tui.engine.scan_index import ScanIndex
from redis_tui.engine.types.base import Collection
from redis_tui.engine.types.limits import Limits, limits_of
from redis_tui.engine.types.sampling import repeated, sample
from redis_tui.engine.types.score_order import ScoreOrder

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from redis_tui.engine.config import Config
    from redis_tui.engine.types.score_order import Entry


class SortedSet(Collection):
    """Members with a score each."""

    __slots__ = ("_index", "_limits", "_order", "is_packed", "scores")

    type_name: ClassVar[str] = "zset"

    def __init__(self) -> None:
        self.scores: dict[bytes, float] = {}
        """For reading; changed by `put` and `discard` only."""
        self.is_packed = True
        """Still small enough for a listpack; once False it stays False."""
        self._order: ScoreOrder | None = None
        self._index: ScanIndex | None = None
        self._limits: Limits | None = None

    @classmethod
    def of(cls, scores: dict[bytes, float], config: Config) -> Self:
        """A sorted set of these members, packed if it may be."""
        made = cls()
        made.scores = scores
        limits = made._limits = limits_of(config, "zset")
        made.is_packed = len(scores) <= limits.entries and max(map(len, scores), default=0) <= limits.value
        if made.is_packed:
            made.scores = {member: score + 0.0 for member, score in scores.items()}  # no -0, as in `put`
        return made

    def __len__(self) -> int:
        return len(self.scores)

    def copy(self) -> Self:
        twin = type(self)()
        twin.scores = self.scores.copy()
        twin.is_packed = self.is_packed
        twin._limits = self._limits  # noqa: SLF001  # its own class
        return twin

    def encoding(self, config: Config) -> str:  # noqa: ARG002  # decided as it grows
        return "listpack" if self.is_packed else "skiplist"

    # Changing

    def expect(self, members: Sequence[bytes], config: Config) -> None:
        """These are announced: too many for a listpack count before they come; to Valkey, one too long counts, too."""
        if not self.is_packed:
            return
        limits = limits_of(config, "zset")
        if len(members) > limits.entries or (
            config.dialect.is_valkey and any(len(member) > limits.value for member in members)
        ):
            self.is_packed = False

    def put(self, member: bytes, score: float, config: Config) -> None:
        """Adds a member or gives it another score."""
        scores = self.scores
        if self.is_packed:
            if member not in scores:
                limits = self._limits = self._limits or limits_of(config, "zset")
                if len(scores) >= limits.entries or len(member) > limits.value:
                    self.is_packed = False
            if self.is_packed:
                score += 0.0  # a listpack holds whole numbers, among which there is no -0
        if self._order is not None:
            if member in scores:
                self._order.remove(scores[member], member)
            self._order.add(score, member)
        if self._index is not None and member not in scores:
            self._index.add(member)
        scores[member] = score

    def discard(self, member: bytes) -> bool:
        """Takes a member away; False where it was not there."""
        score = self.scores.pop(member, None)
        if score is None:
            return False
        if self._order is not None:
            self._order.remove(score, member)
        if self._index is not None:
            self._index.discard(member)
        return True

    def take(self, start: int, stop: int) -> list[Entry]:
        """Takes away the ranks from ``start`` up to and without ``stop``; returns them in order."""
        taken = self.order().take(start, stop)
        for _, member in taken:
            del self.scores[member]
            if self._index is not None:
                self._index.discard(member)
        return taken

    # Order

    def order(self) -> ScoreOrder:
        """The order of the members; made at its first use. For reading."""
        if self._order is None:
            self._order = ScoreOrder(self.scores)
        return self._order

    def rank(self, member: bytes, *, reverse: bool = False) -> int | None:
        """Position in order, from the top with ``reverse``; None for no member."""
        score = self.scores.get(member)
        if score is None:
            return None
        at = self.order().rank(score, member, is_there=True)
        return len(self.scores) - 1 - at if reverse else at

    def slice(self, start: int, stop: int, *, reverse: bool = False) -> list[Entry]:
        """Entries of ranks from ``start`` up to and without ``stop``; ``reverse``: the last of them first."""
        entries = self.order().entries(start, stop)
        if reverse:
            entries.reverse()
        return entries

    def slice_members(self, start: int, stop: int, *, reverse: bool = False) -> list[bytes]:
        """As `slice`, without the scores."""
        members = self.order().members(start, stop)
        if reverse:
            members.reverse()
        return members

    def rank_from(self, score: float, *, after: bool = False) -> int:
        """How many entries have a score below this one; ``after``: not above it."""
        return self.order().rank_from(score, after=after)

    def rank_from_member(self, member: bytes, *, after: bool = False) -> int:
        """How many members are below this one, where all have one score; ``after``: not above it."""
        score = next(iter(self.scores.values()), 0.0)
        return self.order().rank(score, member) + (after and member in self.scores)

    def has_one_score(self) -> bool:
        """Whether all scores are the same, so that the order is that of the members."""
        return self.order().has_one_score()

    # Walking and chance

    def walk(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        if self.is_packed:
            return 0, self.slice_members(0, len(self.scores))
        return self.index().scan(cursor, count)

    def index(self) -> ScanIndex:
        """Positions for ZSCAN and for picking at random; built at its first use."""
        if self._index is None:
            self._index = ScanIndex(self.scores)
        return self._index

    def pick(self, rng: random.Random) -> bytes | None:
        """One member at random, None in an empty set."""
        return self.index().pick(rng)

    def sample(self, count: int, rng: random.Random) -> list[bytes]:
        """Different members at random; ``count`` is below their number."""
        return sample(self.index(), self.scores, count, rng)

    def repeated(self, count: int, rng: random.Random) -> list[bytes]:
        """``count`` members at random, the same ones perhaps several times."""
        return repeated(self.index(), count, rng)
