"""Vector sets: elements found by how alike their vectors are.

Redis 8 has them from a module that comes with the server, which shows: names in capitals, no
arity but what each command checks, no ACL category, no keyspace events.

The decision a reader would question: every search is exact (see `types.vector_set`), so EF, FILTER-EF,
CAS and NOTHREAD are read and checked, and make no difference; VLINKS answers the true neighbours.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Final

from redis_tui.engine.registry import command
from redis_tui.engine.types.vector import Binary, Float32, Floats, Int8, floats, floats_of_blob, projected, single
from redis_tui.engine.types.vector_set import DEFAULT_EFFORT, DEFAULT_LINKS, Entry, Layout, VectorSet
from redis_tui.engine.vector_filter import Filter
from redis_tui.errors import CommandError
from redis_tui.record import dataclass
from redis_tui.resp.types import NULL_ARRAY, Map, Reply, Status
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, decode_float, decode_int, wrong_arity

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.types.vector import Vector
    from redis_tui.spec.bind import Rest

READ: Final = CommandFlag.READONLY | CommandFlag.MODULE
WRITE: Final = CommandFlag.WRITE | CommandFlag.MODULE
DENYOOM: Final = CommandFlag.DENYOOM
FAST: Final = CommandFlag.FAST

_ANY: Final = -1
"""The arity that a module's command is declared with: it checks for itself, when it runs."""
_SILENT: Final = ""
_BAD_VECTOR: Final = "ERR invalid vector specification"
_KINDS: Final[dict[bytes, type[Vector]]] = {b"NOQUANT": Float32, b"BIN": Binary, b"Q8": Int8}
_FEWEST_LINKS, _MOST_LINKS = 4, 4096
_MOST_EFFORT: Final = 1_000_000
_MANY: Final = 5
"""Of more than one element in so many, VRANDMEMBER takes a row of neighbours from the list."""


# Arguments


def _vector(options: Options) -> Floats:
    """A vector as ``FP32 blob`` or ``VALUES count number [number ...]``.

    Args:
        options: stand at its first word.

    Raises:
        CommandError: it is none.
    """
    if not options:
        raise CommandError(_BAD_VECTOR)
    word = options.take_word()
    if word not in (b"FP32", b"VALUES") or not options:
        raise CommandError(_BAD_VECTOR)
    if word == b"FP32":
        blob = options.take()
        if len(blob) % 4 or not blob:
            raise CommandError(_BAD_VECTOR)
        return floats_of_blob(blob)
    size = options.take_int(_BAD_VECTOR)
    if not 1 <= size <= len(options):
        raise CommandError(_BAD_VECTOR)
    return floats([decode_float(number, _BAD_VECTOR) for number in options.take_many(size)])


def _bounded(options: Options, name: str, least: int, most: float) -> int:
    fault = f"ERR invalid {name}"
    number = options.take_int(fault)
    if not least <= number <= most:
        raise CommandError(fault)
    return number


@dataclass(slots=True)
class _Addition:
    """What stands behind the element of a VADD."""

    kind: type[Vector] = Int8
    links: int = DEFAULT_LINKS
    attributes: bytes | None = None

    def read(self, options: Options) -> None:
        while options:
            word = options.take_word()
            if word in _KINDS:
                self.kind = _KINDS[word]
            elif word == b"EF" and options:
                _bounded(options, "EF", 1, _MOST_EFFORT)
            elif word == b"M" and options:
                self.links = _bounded(options, "M", _FEWEST_LINKS, _MOST_LINKS)
            elif word == b"SETATTR" and options:
                self.attributes = options.take()
            elif word != b"CAS":
                raise CommandError("ERR invalid option after element")


@dataclass(slots=True)
class _Search:
    """What stands behind the vector of a VSIM."""

    scores: bool = False
    attributes: bool = False
    count: int = 10
    effort: int = DEFAULT_EFFORT
    farthest: float = 2.0
    """Half a distance above which nothing is answered."""
    filter: Filter | None = None

    def read(self, options: Options) -> None:
        while options:
            word = options.take_word()
            if word == b"WITHSCORES":
                self.scores = True
            elif word == b"WITHATTRIBS":
                self.attributes = True
            elif word not in (b"TRUTH", b"NOTHREAD"):
                self._read_value(word, options)

    def _read_value(self, word: bytes, options: Options) -> None:
        if word not in (b"COUNT", b"EPSILON", b"EF", b"FILTER-EF", b"FILTER") or not options:
            raise CommandError("ERR syntax error in VSIM command")
        if word == b"COUNT":
            self.count = _bounded(options, "COUNT", 1, inf)
        elif word == b"EPSILON":
            self.farthest = options.take_float("ERR invalid EPSILON")
            if self.farthest <= 0:
                raise CommandError("ERR invalid EPSILON")
        elif word == b"EF":
            self.effort = _bounded(options, "EF", 1, inf)
        elif word == b"FILTER-EF":
            _bounded(options, "FILTER-EF", 1, inf)
        else:
            self.filter = Filter(options.take())

    def passes(self, entry: Entry) -> bool:
        return self.filter is None or self.filter.passes(entry.attributes)


def _of_dimension(vector: Floats, layout: Layout) -> Floats:
    """A vector that is given, projected where the set does so.

    Raises:
        CommandError: it has another dimension.
    """
    if len(vector) != layout.given_dimension:
        raise CommandError(
            f"ERR Input dimension mismatch for projection - got {len(vector)}"
            f" but projection expects {layout.given_dimension}"
        )
    return projected(vector, layout.dimension)


def _other_dimension(vector: Floats, layout: Layout) -> CommandError:
    return CommandError(f"ERR Vector dimension mismatch - got {len(vector)} but set has {layout.dimension}")


# Changes


def _opened(ctx: Ctx, key: bytes) -> VectorSet | None:
    """A set that may be changed. For WATCH that is a change already: a module's key is told of as it is closed."""
    found = ctx.edit(key, VectorSet)
    if found is not None:
        ctx.touched(key, _SILENT, 0)
    return found


@command(
    "VADD key [REDUCE dim] <FP32 | VALUES num> vector element [CAS] [NOQUANT | Q8 | BIN] [EF build-exploration-factor]"
    " [SETATTR attributes] [M numlinks]",
    since="8.0.0",
    flags=WRITE | DENYOOM,
    complexity="O(N*D) with N being the number of elements and D the dimension, once it is searched; O(D) to add.",
    arity=_ANY,
    only="redis",
)
def vadd(ctx: Ctx, rest: Rest) -> Reply:
    """Adds an element with its vector to a vector set, or replaces its vector. Creates the key if needed."""
    if len(rest) < 4:
        raise wrong_arity("VADD")
    options = Options(rest, 1)
    width = 0
    if rest[1].upper() == b"REDUCE":
        options.take()
        width = options.take_int(_BAD_VECTOR)
        if width <= 0:
            raise CommandError(_BAD_VECTOR)
    vector = _vector(options)
    if not options:
        raise wrong_arity("VADD")
    element = options.take()
    wanted = _Addition()
    wanted.read(options)
    found = _opened(ctx, rest[0])
    if found is None:
        layout = Layout(width or len(vector), wanted.kind, wanted.links, len(vector) if width else 0)
        found = VectorSet(layout, ctx.space.vector_sets)
        ctx.space.vector_sets += 1
        found.put(element, projected(vector, width) if width else vector, wanted.attributes)
        ctx.set(rest[0], found, _SILENT)
        return True
    is_new = found.put(element, _fitting(found.layout, vector, width, wanted), wanted.attributes)
    ctx.touched(rest[0], _SILENT, int(is_new))
    return is_new


def _fitting(layout: Layout, vector: Floats, width: int, wanted: _Addition) -> Floats:
    """The vector as the set keeps it; checked in the server's order.

    Raises:
        CommandError: the set is of another make.
    """
    if layout.kind is not wanted.kind:
        raise CommandError("ERR asked quantization mismatch with existing vector set")
    if layout.links != wanted.links:
        raise CommandError("ERR asked M value mismatch with existing vector set")
    if layout.dimension != (width if layout.given_dimension else len(vector)):
        raise _other_dimension(vector, layout)
    if layout.given_dimension:
        return _of_dimension(vector, layout)
    if width:
        raise CommandError("ERR cannot add projection to existing set without projection")
    return vector


@command(
    "VREM key element",
    since="8.0.0",
    flags=WRITE,
    complexity="O(1)",
    arity=_ANY,
    only="redis",
)
def vrem(ctx: Ctx, key: bytes, element: bytes) -> Reply:
    """Removes an element from a vector set. Deletes the vector set if it was the last one."""
    found = _opened(ctx, key)
    if found is None or not found.remove(element):
        return False
    if len(found):
        ctx.touched(key, _SILENT)
    else:
        ctx.delete(key, _SILENT)
    return True


@command(
    "VSETATTR key element json",
    since="8.0.0",
    flags=WRITE | FAST,
    complexity="O(1)",
    arity=_ANY,
    only="redis",
)
def vsetattr(ctx: Ctx, key: bytes, element: bytes, json: bytes) -> Reply:
    """Sets the attributes of an element of a vector set, or takes them with an empty text."""
    found = _opened(ctx, key)
    if found is None or not found.describe(element, json):
        return False
    ctx.touched(key, _SILENT)
    return True


# Searching


@command(
    "VSIM key <ELE | FP32 | VALUES num> vector-or-element [WITHSCORES] [WITHATTRIBS] [COUNT count]"
    " [EPSILON max-distance] [EF search-exploration-factor] [FILTER expression] [FILTER-EF max-filtering-effort]"
    " [TRUTH] [NOTHREAD]",
    since="8.0.0",
    flags=READ,
    complexity="O(N*D) with N being the number of elements and D the dimension; a server's, but for TRUTH, O(log(N)).",
    arity=_ANY,
    only="redis",
)
def vsim(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the elements of a vector set that are most alike a vector or an element."""
    if len(rest) < 3:
        raise wrong_arity("VSIM")
    found = ctx.read(rest[0], VectorSet)
    if found is None:
        return []
    options = Options(rest, 1)
    vector = _sought(found, options)
    search = _Search()
    search.read(options)
    near = found.nearest(
        found.query(vector), search.count, effort=search.effort, passes=search.passes if search.filter else None
    )
    farthest = single(search.farthest)
    hits: list[tuple[bytes, list[Reply]]] = []
    for element, distance in near:
        if distance / 2 > farthest:
            break
        said: list[Reply] = [1.0 - distance / 2.0] if search.scores else []
        if search.attributes:
            said.append(found.entries[element].attributes)
        hits.append((element, said))
    if ctx.resp < 3 or not (search.scores or search.attributes):
        return [item for element, said in hits for item in (element, *said)]
    return Map((element, said if len(said) > 1 else said[0]) for element, said in hits)


def _sought(found: VectorSet, options: Options) -> Floats:
    """The vector that a VSIM asks for; options stand behind it afterwards.

    Raises:
        CommandError: there is no such element, or it is no vector of the set's dimension.
    """
    if options.accept(b"ELE"):
        entry = found.entries.get(options.take())
        if entry is None:
            raise CommandError("ERR element not found in set")
        return entry.numbers()
    vector = _vector(options)
    layout = found.layout
    if layout.given_dimension and len(vector) != layout.dimension:
        return _of_dimension(vector, layout)
    if len(vector) != layout.dimension:
        raise _other_dimension(vector, layout)
    return vector


@command(
    "VLINKS key element [WITHSCORES]",
    since="8.0.0",
    flags=READ | FAST,
    complexity="O(N*D) with N being the number of elements and D the dimension.",
    arity=_ANY,
    only="redis",
)
def vlinks(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the elements of a vector set nearest to one of them, as its links in a graph of a single level."""
    if not 2 <= len(rest) <= 3 or (len(rest) == 3 and rest[2].upper() != b"WITHSCORES"):
        raise wrong_arity("VLINKS")
    found = ctx.read(rest[0], VectorSet)
    entry = found and found.entries.get(rest[1])
    if not found or not entry:
        return None
    links = 2 * found.layout.links
    near = [hit for hit in found.nearest(entry.vector, links + 1) if hit[0] != rest[1]][:links]
    if len(rest) == 3:
        return [Map((element, single(1.0 - distance / 2.0)) for element, distance in near)]
    return [[element for element, _ in near]]


# Looking at elements


def _entry(ctx: Ctx, key: bytes, element: bytes) -> Entry | None:
    found = ctx.read(key, VectorSet)
    return found.entries.get(element) if found is not None else None


@command(
    "VEMB key element [RAW]",
    since="8.0.0",
    flags=READ | FAST,
    complexity="O(D) with D being the dimension.",
    arity=_ANY,
    only="redis",
)
def vemb(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the vector of an element, about as it was given."""
    if len(rest) < 2:
        raise wrong_arity("VEMB")
    if any(word.upper() != b"RAW" for word in rest[2:]):
        raise CommandError("ERR invalid option")
    entry = _entry(ctx, rest[0], rest[1])
    if entry is None:
        return None
    if len(rest) == 2:
        return list(entry.numbers())
    vector = entry.vector
    raw: list[Reply] = [Status(vector.quantization), vector.raw(), entry.length]
    return raw if vector.range is None else [*raw, vector.range]


@command("VGETATTR key element", since="8.0.0", flags=READ | FAST, complexity="O(1)", arity=_ANY, only="redis")
def vgetattr(ctx: Ctx, key: bytes, element: bytes) -> Reply:
    """Returns the attributes of an element of a vector set."""
    entry = _entry(ctx, key, element)
    return None if entry is None else entry.attributes


@command("VISMEMBER key element", since="8.2.0", flags=READ, complexity="O(1)", arity=_ANY, only="redis")
def vismember(ctx: Ctx, key: bytes, element: bytes) -> Reply:
    """Determines whether an element is in a vector set."""
    return _entry(ctx, key, element) is not None


@command(
    "VRANDMEMBER key [count]",
    since="8.0.0",
    flags=READ,
    complexity="O(N) with N being the number of elements.",
    arity=_ANY,
    only="redis",
)
def vrandmember(ctx: Ctx, rest: Rest) -> Reply:
    """Returns one or several elements of a vector set at random."""
    if not 1 <= len(rest) <= 2:
        raise wrong_arity("VRANDMEMBER")
    count = decode_int(rest[1], "ERR COUNT value is not an integer") if len(rest) == 2 else None
    if count == 0:
        return []
    found = ctx.read(rest[0], VectorSet)
    if found is None:
        return None if count is None else []
    names, rng = list(reversed(found.entries)), ctx.space.rng
    if count is None:
        return rng.choice(names)
    if count < 0:
        return rng.choices(names, k=-count)
    if count * _MANY <= len(names):
        return rng.sample(names, count)
    start = rng.randrange(len(names))
    return [*names[start:], *names[:start]][:count]


# Looking at sets


@command("VCARD key", since="8.0.0", flags=READ | FAST, complexity="O(1)", arity=_ANY, only="redis")
def vcard(ctx: Ctx, key: bytes) -> Reply:
    """Returns the number of elements of a vector set."""
    found = ctx.read(key, VectorSet)
    return 0 if found is None else len(found)


@command("VDIM key", since="8.0.0", flags=READ | FAST, complexity="O(1)", arity=_ANY, only="redis")
def vdim(ctx: Ctx, key: bytes) -> Reply:
    """Returns the dimension of the vectors of a vector set."""
    found = ctx.read(key, VectorSet)
    if found is None:
        raise CommandError("ERR key does not exist")
    return found.layout.dimension


@command(
    "VINFO key",
    since="8.0.0",
    flags=READ | FAST,
    complexity="O(N) with N being the number of elements.",
    arity=_ANY,
    only="redis",
)
def vinfo(ctx: Ctx, key: bytes) -> Reply:
    """Returns how a vector set is made: precision, dimensions, sizes."""
    found = ctx.read(key, VectorSet)
    if found is None:
        return NULL_ARRAY
    layout = found.layout
    told: dict[str, Reply] = {
        "quant-type": Status(layout.kind.quantization),
        "hnsw-m": layout.links,
        "vector-dim": layout.dimension,
        "projection-input-dim": layout.given_dimension,
        "size": len(found),
        "max-level": 0,
        "attributes-count": found.with_attributes(),
        "vset-uid": found.uid,
        "hnsw-max-node-uid": found.last_id,
    }
    return Map((Status(name.encode()), value) for name, value in told.items())
