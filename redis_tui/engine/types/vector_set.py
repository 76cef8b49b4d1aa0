"""Vector sets: elements with a vector each, and the nearest ones to a vector.

It knows no command; vectors and distances are `vector`, expressions `vector_filter`.

The decision a reader would question: there is no graph. A server walks an HNSW graph, whose
links depend on a random generator and which may miss a neighbour; here every element is looked
at, as a server's VSIM does with TRUTH. So the answer is never worse than the server's, and the
same one each time; it costs a tenth of a second for 10,000 vectors of 128 dimensions. The price
is told where it shows: a set has one level, and an element's links are its true neighbours.
"""

from __future__ import annotations

from dataclasses import replace
from heapq import nsmallest
from math import isnan
from typing import TYPE_CHECKING, ClassVar, Final, Self

from redis_tui.engine.types.base import Collection
from redis_tui.engine.types.vector import Floats, Int8, Vector, floats, normalised
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from redis_tui.engine.config import Config

DEFAULT_LINKS: Final = 16
DEFAULT_EFFORT: Final = 100
"""Candidates of a search that does not name a number."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a set keeps of an element; replaced whole, so that copies of a set may share it."""

    vector: Vector
    length: float
    """Of the vector as it was given."""
    attributes: bytes | None = None
    """JSON, as far as the server cares."""

    def numbers(self) -> Floats:
        """The vector about as it was given, in direction and length."""
        found = self.vector.numbers()
        return floats(number * self.length for number in found) if self.vector.quantization != b"bin" else found


@dataclass(frozen=True, slots=True)
class Layout:
    """What all elements of one set have in common, fixed by the first."""

    dimension: int
    kind: type[Vector] = Int8
    links: int = DEFAULT_LINKS
    """M, the links of a node in each level of a server's graph but the lowest, where it has twice as many."""
    given_dimension: int = 0
    """Of vectors before they are projected; 0 where they are not."""


class VectorSet(Collection):
    """Elements by name, oldest vector first."""

    __slots__ = ("entries", "last_id", "layout", "uid")

    type_name: ClassVar[str] = "vectorset"
    of_module: ClassVar[bool] = True

    def __init__(self, layout: Layout | None = None, uid: int = 0) -> None:
        self.layout = layout or Layout(1)
        self.uid = uid
        """How many sets were made before it."""
        self.last_id = 0
        """How many vectors were put in, those replaced and removed among them."""
        self.entries: dict[bytes, Entry] = {}
        """For reading; changed by the methods only."""

    def __len__(self) -> int:
        return len(self.entries)

    def copy(self) -> Self:
        twin = type(self)(self.layout, self.uid)
        twin.last_id = self.last_id
        twin.entries = self.entries.copy()
        return twin

    def encoding(self, config: Config) -> str:  # noqa: ARG002  # a module's value is raw to a server
        return "raw"

    def digest_chains(self) -> Iterator[Iterable[bytes]]:
        """Texts that a digest is made of: fed back within a chain, the chains combined without order."""
        yield b"%d" % len(self.entries), b"%d" % self.layout.dimension
        for element, entry in self.entries.items():
            texts = entry.vector.raw(), element, entry.attributes
            yield (text for text in texts if text is not None)

    def put(self, element: bytes, vector: Floats, attributes: bytes | None = None) -> bool:
        """Gives an element a vector; False where it had one.

        Args:
            element: its name.
            vector: of the set's dimension.
            attributes: None keeps those that there are; an empty text takes them from an element
                that is not new, and is kept as it is by a new one.
        """
        unit, length = normalised(vector)
        old = self.entries.pop(element, None)
        if old is not None:
            attributes = old.attributes if attributes is None else attributes or None
        self.entries[element] = Entry(self.layout.kind.of(unit), length, attributes)
        self.last_id += 1
        return old is None

    def remove(self, element: bytes) -> bool:
        """Takes an element out; False where there is none."""
        return self.entries.pop(element, None) is not None

    def describe(self, element: bytes, attributes: bytes) -> bool:
        """Gives an element attributes, or takes them with an empty text; False where there is no such element."""
        entry = self.entries.get(element)
        if entry is None:
            return False
        self.entries[element] = replace(entry, attributes=attributes or None)
        return True

    def with_attributes(self) -> int:
        """How many elements have attributes."""
        return sum(entry.attributes is not None for entry in self.entries.values())

    def query(self, vector: Floats) -> Vector:
        """A vector of any length as the elements' are kept."""
        return self.layout.kind.of(normalised(vector)[0])

    def nearest(
        self,
        query: Vector,
        count: int,
        *,
        effort: int = DEFAULT_EFFORT,
        passes: Callable[[Entry], bool] | None = None,
    ) -> list[tuple[bytes, float]]:
        """The elements nearest to a vector, with their distances.

        Args:
            query: made by `query`, or an element's own.
            count: at most so many.
            effort: as many as a server would collect; decides which of equal ones come first.
            passes: elements that it refuses are left out.
        """
        # A server's list begins with the newest vector.
        found = [item for item in reversed(self.entries.items()) if passes is None or passes(item[1])]
        rough = query.estimates([entry.vector for _, entry in found])
        chosen: Iterable[int] = range(len(found))
        if slack := query.slack():
            limit = max(nsmallest(count, rough), default=0.0) + 2 * slack
            chosen = [at for at in chosen if not rough[at] > limit]
            exact = {at: query.distance(found[at][1].vector) for at in chosen}
        else:
            exact = dict(enumerate(rough))
        # Into a queue with room a candidate goes ahead of its equals, into a full one behind them.
        room = min(max(count, effort), len(self.entries))
        order = nsmallest(count, chosen, key=lambda at: (isnan(exact[at]), exact[at], -at if at < room else at))
        return [(found[at][0], exact[at]) for at in order]
