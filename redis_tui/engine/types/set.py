"""A set: a dict without values, and which of the server's three encodings it would have.

Knows no command. The order of `ordered` is the server's own where it has one: ascending
numbers in an intset, the order of coming in a listpack. An encoding only ever grows.
The decision a reader would question: an intset is a dict of texts as well, sorted when
somebody looks; membership is the hot question, and an intset is small by definition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from redis_tui.engine.scan_index import ScanIndex
from redis_tui.engine.types.base import Collection
from redis_tui.engine.types.limits import Limits, limits_of
from redis_tui.engine.types.sampling import repeated, sample
from redis_tui.spec.decode import INT64_MAX, INT64_MIN, SMALL_INTS

if TYPE_CHECKING:
    import random

    from redis_tui.engine.config import Config

INTSET = "intset"
LISTPACK = "listpack"
HASHTABLE = "hashtable"
_MAX_DIGITS = 20


def is_integer(member: bytes) -> bool:
    """Whether an intset can hold it: the canonical text of a signed 64-bit integer."""
    if member in SMALL_INTS:
        return True
    if len(member) > _MAX_DIGITS:
        return False
    try:
        number = int(member)
    except ValueError:
        return False
    return b"%d" % number == member and INT64_MIN <= number <= INT64_MAX


class Set(Collection):
    """Members without order or value."""

    __slots__ = ("_index", "_limits", "kind", "members")

    type_name: ClassVar[str] = "set"

    def __init__(self) -> None:
        self.members: dict[bytes, None] = {}
        """For reading; changed by `add` and `discard` only."""
        self.kind = INTSET
        self._index: ScanIndex | None = None
        self._limits: Limits | None = None

    def __len__(self) -> int:
        return len(self.members)

    def copy(self) -> Self:
        twin = type(self)()
        twin.members = self.members.copy()
        twin.kind = self.kind
        twin._limits = self._limits  # noqa: SLF001  # its own class
        return twin

    def encoding(self, config: Config) -> str:  # noqa: ARG002  # a set's encoding is decided as it grows
        return self.kind

    def prepare(self, first: bytes, count: int, config: Config) -> None:
        """Chooses the encoding by what is announced, as SADD does ahead of adding.

        Args:
            first: the first member to come.
            count: how many come at once, doubles included.
        """
        limits = self._limits = self._limits or limits_of(config, "set")
        if self.members:
            most = limits.intset if self.kind == INTSET else limits.entries
            if count > most:
                self.kind = HASHTABLE
        elif count <= limits.intset and is_integer(first):
            self.kind = INTSET
        else:
            self.kind = LISTPACK if count <= limits.entries else HASHTABLE

    def add(self, member: bytes, config: Config) -> bool:
        """Adds a member; False where it is there already."""
        if member in self.members:
            return False
        if self.kind is not HASHTABLE:
            self._make_room(member, config)
        self.members[member] = None
        if self._index is not None:
            self._index.add(member)
        return True

    def discard(self, member: bytes) -> bool:
        """Takes a member away; False where it was not there."""
        if member not in self.members:
            return False
        del self.members[member]
        if self._index is not None:
            self._index.discard(member)
        return True

    def ordered(self) -> list[bytes]:
        """Every member, in the server's order."""
        return sorted(self.members, key=int) if self.kind is INTSET else list(self.members)

    def walk(self, cursor: int, count: int) -> tuple[int, list[bytes]]:
        return (0, self.ordered()) if self.kind != HASHTABLE else self.index().scan(cursor, count)

    def index(self) -> ScanIndex:
        """Positions for SSCAN and for picking at random; built at its first use."""
        if self._index is None:
            self._index = ScanIndex(self.members)
        return self._index

    def pick(self, rng: random.Random) -> bytes | None:
        """One member at random, None in an empty set."""
        return self.index().pick(rng)

    def sample(self, count: int, rng: random.Random) -> list[bytes]:
        """Different members at random, all of them where there are not more than ``count``."""
        if count >= len(self.members):
            return self.ordered()
        return sample(self.index(), self.members, count, rng)

    def repeated(self, count: int, rng: random.Random) -> list[bytes]:
        """``count`` members at random, the same ones perhaps several times."""
        return repeated(self.index(), count, rng)

    def shrink_to_integers(self, config: Config) -> None:
        """Becomes an intset where all members are integers and few enough; for results of SINTERSTORE."""
        limits = limits_of(config, "set")
        if len(self.members) <= limits.intset and all(map(is_integer, self.members)):
            self.kind = INTSET

    def rebuild(self, config: Config) -> None:
        """Most members went at once: what is left may be a listpack again, as SPOP makes it."""
        limits = limits_of(config, "set")
        if self.kind is HASHTABLE and len(self.members) <= limits.entries:
            self.kind = LISTPACK if max(map(len, self.members), default=0) <= limits.value else HASHTABLE

    def _make_room(self, member: bytes, config: Config) -> None:
        """Chooses the encoding that one more member needs."""
        limits = self._limits = self._limits or limits_of(config, "set")
        size = len(self.members)
        if self.kind is INTSET and is_integer(member):
            if size >= limits.intset:
                self.kind = HASHTABLE
            return
        fits = size < limits.entries and len(member) <= limits.value
        if self.kind is INTSET:
            fits = fits and max(map(len, self.members), default=0) <= limits.value
            self.members = dict.fromkeys(self.ordered())
            self.kind = LISTPACK
        if not fits:
            self.kind = HASHTABLE
