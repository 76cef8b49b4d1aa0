"""Positions in sorted sets: adding, asking, and searching what is near.

How positions become scores is `engine.geohash`, what lies inside an area `engine.geo_shape`.

The decision a reader would question: the searches read their options one by one, raw. Which
refusal comes first depends on their order, on whether the key exists, and on whom we speak as.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from redis_tui.engine import geohash
from redis_tui.engine.commands.sorted_set import decode_score, zadd
from redis_tui.engine.geo_shape import Box, Circle, Polygon, Shape
from redis_tui.engine.registry import command, printable
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.errors import CommandError, NamedFault, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.resp.types import NULL_ARRAY, LongDouble, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.engine.geohash import Point
    from redis_tui.spec.decode import Rest

READ = CommandFlag.READONLY
WRITE = CommandFlag.WRITE | CommandFlag.DENYOOM

Origin = Literal["member", "position", "polygon"]

_METRES: Final = {b"M": 1.0, b"KM": 1000.0, b"FT": 0.3048, b"MI": 1609.34}
_FEWEST_CORNERS: Final = 3
_ADD_OPTIONS: Final = (b"NX", b"XX", b"CH")
_SEARCH_COST = (
    "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as"
    " the filter and M is the number of items inside the shape"
)
_RADIUS_COST = (
    "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and"
    " radius and M is the number of items inside the index."
)


@command(
    "GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]",
    since="3.2.0",
    flags=WRITE,
    complexity="O(log(N)) for each item added, where N is the number of elements in the sorted set.",
)
def geoadd(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Adds one or more members to a geospatial index. The key is created if it doesn't exist."""
    at = 0
    while at < len(rest) and rest[at].upper() in _ADD_OPTIONS:
        at += 1
    words = [word.upper() for word in rest[:at]]
    if (len(rest) - at) % 3 or (b"NX" in words and b"XX" in words):
        raise SyntaxFault
    scored: list[bytes] = []
    for first in range(at, len(rest), 3):
        point = _point(ctx, rest[first], rest[first + 1])
        scored += (b"%d" % geohash.encode(point), rest[first + 2])
    return zadd(ctx, key, words + scored)


def _point(ctx: Ctx, longitude: bytes, latitude: bytes) -> Point:
    """Reads a position; longitude comes first, as in x and y."""
    x, y = decode_score(ctx, longitude), decode_score(ctx, latitude)
    if abs(x) > geohash.LONGITUDE_LIMIT or abs(y) > geohash.LATITUDE_LIMIT:
        raise CommandError(f"ERR invalid longitude,latitude pair {x:f},{y:f}")
    return x, y


def _metres(unit: bytes) -> float:
    """How many metres a unit has."""
    metres = _METRES.get(unit.upper())
    if metres is None:
        raise CommandError("ERR unsupported unit provided. please use M, KM, FT, MI")
    return metres


# Asking


def _scores(ctx: Ctx, key: bytes, members: Sequence[bytes]) -> list[float | None]:
    found = ctx.read(key, SortedSet)
    return [None if found is None else found.scores.get(member) for member in members]


def _coordinates(ctx: Ctx, point: Point) -> Reply:
    # Redis 8 shows the shortest digits that read back: 13.361389338970184 where others say 13.36138933897018433.
    if ctx.dialect.at_least("8.0.0"):
        return list(point)
    return [LongDouble(degrees) for degrees in point]


@command("GEOPOS key [member [member ...]]", since="3.2.0", flags=READ, complexity="O(1) for each member requested.")
def geopos(ctx: Ctx, key: bytes, members: list[bytes]) -> Reply:
    """Returns the longitude and latitude of members from a geospatial index."""
    scores = _scores(ctx, key, members)
    return [NULL_ARRAY if score is None else _coordinates(ctx, geohash.decode(score)) for score in scores]


@command("GEOHASH key [member [member ...]]", since="3.2.0", flags=READ, complexity="O(1) for each member requested.")
def geohash_(ctx: Ctx, key: bytes, members: list[bytes]) -> Reply:
    """Returns members from a geospatial index as geohash strings."""
    scores = _scores(ctx, key, members)
    return [None if score is None else geohash.text(score).encode() for score in scores]


@command("GEODIST key member1 member2 [M | KM | FT | MI]", since="3.2.0", flags=READ, complexity="O(1)")
def geodist(ctx: Ctx, key: bytes, member1: bytes, member2: bytes, rest: Rest) -> Reply:
    """Returns the distance between two members of a geospatial index."""
    if len(rest) > 1:
        raise SyntaxFault
    metres = _metres(rest[0]) if rest else 1.0
    one, other = _scores(ctx, key, (member1, member2))
    if one is None or other is None:
        return None
    return _distance_text(geohash.distance_m(geohash.decode(one), geohash.decode(other)) / metres)


def _distance_text(distance: float) -> bytes:
    """Four digits behind the point, halves rounded to even."""
    whole, fraction = divmod(round(distance * 1e4), 10_000)
    return b"%d.%04d" % (whole, fraction)


# Searching


@dataclass(slots=True)
class _Hit:
    """What a search has found."""

    member: bytes
    score: float
    point: Point
    distance_m: float


@dataclass(slots=True)
class _Search:
    """One search, in any of its spellings."""

    ctx: Ctx
    source: SortedSet | None
    """None: there is no such key, so that members are taken unseen."""
    center: Point | None = None
    origin: Origin | None = None
    """What gave the center; no second thing may."""
    shape: Shape | None = None
    metres: float = 1.0
    """Of the unit that distances are told in."""
    order: bytes | None = None
    """ASC or DESC."""
    count: int = 0
    """0: all."""
    takes_any: bool = False
    """Any ``count`` will do, not just the nearest."""
    with_words: set[bytes] | None = None
    """WITHCOORD, WITHDIST, WITHHASH."""
    destination: bytes | None = None
    stores_distance: bool = False

    # Reading the arguments

    def take_center(self, longitude: bytes, latitude: bytes) -> None:
        self.center = _point(self.ctx, longitude, latitude)

    def take_member(self, member: bytes) -> None:
        """The search goes out from a member."""
        if self.source is None:
            return
        score = self.source.scores.get(member)
        if score is None and self.ctx.dialect.is_valkey:
            raise CommandError(b"ERR member %b does not exist" % printable(member))
        if score is None:
            raise CommandError("ERR could not decode requested zset member")
        self.center = geohash.decode(score)

    def take_radius(self, radius: bytes, unit: bytes) -> None:
        distance = decode_score(self.ctx, radius, "ERR need numeric radius")
        if distance < 0:
            raise CommandError("ERR radius cannot be negative")
        self.metres = _metres(unit)
        self.shape = Circle(distance * self.metres)

    def take_box(self, width: bytes, height: bytes, unit: bytes) -> None:
        wide = decode_score(self.ctx, width, "ERR need numeric width")
        high = decode_score(self.ctx, height, "ERR need numeric height")
        if wide < 0 or high < 0:
            raise CommandError("ERR height or width cannot be negative")
        self.metres = _metres(unit)
        self.shape = Box(wide * self.metres, high * self.metres)

    def take_polygon(self, options: Options) -> None:
        count = decode_int(options.take(), "ERR invalid number of vertices")
        if count < _FEWEST_CORNERS or 2 * count > len(options):
            raise CommandError("ERR GEOSEARCH BYPOLYGON must have at least 3 vertices")
        self.shape = Polygon(tuple(_point(self.ctx, options.take(), options.take()) for _ in range(count)))
        self.center = self.shape.center()

    def take_origin(self, word: bytes, options: Options) -> bool:
        """Reads where a GEOSEARCH goes out from; False where that is not what stands here."""
        if word == b"FROMMEMBER" and options and self.origin in (None, "member"):
            self.take_member(options.take())
            self.origin = "member"
        elif word == b"FROMLONLAT" and len(options) >= 2 and self.origin in (None, "position"):
            self.take_center(options.take(), options.take())
            self.origin = "position"
        else:
            return False
        return True

    def take_shape(self, word: bytes, options: Options) -> bool:
        """Reads the area of a GEOSEARCH; False where that is not what stands here."""
        left, shape = len(options), self.shape
        if word == b"BYRADIUS" and left >= 2 and (shape is None or isinstance(shape, Circle)):
            self.take_radius(options.take(), options.take())
        elif word == b"BYBOX" and left >= 3 and (shape is None or isinstance(shape, Box)):
            self.take_box(options.take(), options.take(), options.take())
        elif word == b"BYPOLYGON" and left >= 1 and shape is None and self._may_be_polygon():
            self.take_polygon(options)
            self.origin = "polygon"
        else:
            return False
        return True

    def _may_be_polygon(self) -> bool:
        return self.ctx.dialect.is_valkey and self.origin is None

    def take_common(self, word: bytes, options: Options) -> bool:
        """Reads an option that every search has; False where it is none of them."""
        if word in (b"WITHCOORD", b"WITHDIST", b"WITHHASH"):
            self.with_words = {*(self.with_words or ()), word}
        elif word == b"ANY":
            self.takes_any = True
        elif word in (b"ASC", b"DESC"):
            self.order = word
        elif word == b"COUNT" and options:
            self.count = options.take_int()
            if self.count <= 0:
                raise CommandError("ERR COUNT must be > 0")
        else:
            return False
        return True

    # Answering

    def answer(self, event: str) -> Reply:
        """Carries the search out and replies, or stores what was found under an event's name."""
        if self.takes_any and not self.count:
            raise CommandError("ERR the ANY argument requires COUNT argument")
        hits = self._hits()
        if self.destination is None:
            return [self._reply(hit) for hit in hits]
        if not hits:
            self.ctx.delete(self.destination)
            return 0
        scores = {hit.member: hit.distance_m / self.metres if self.stores_distance else hit.score for hit in hits}
        self.ctx.set(self.destination, SortedSet.of(scores, self.ctx.config), event)
        return len(hits)

    def _hits(self) -> list[_Hit]:
        hits = self._found()
        order = self.order or (b"ASC" if self.count and not self.takes_any else None)
        if order is not None:
            hits.sort(key=lambda hit: hit.distance_m, reverse=order == b"DESC")
        return hits[: self.count] if self.count else hits

    def _found(self) -> list[_Hit]:
        """Everything inside, in the order in which a server comes across it."""
        hits: list[_Hit] = []
        source, shape, center = self.source, self.shape, self.center
        if source is None or shape is None or center is None:
            return hits
        limit = self.count if self.takes_any else 0
        for low, high in geohash.ranges(center, shape.radius_m(center), shape.reach(center)):
            for score, member in source.slice(source.rank_from(low), source.rank_from(high)):
                point = geohash.decode(score)
                distance = shape.distance_within_m(center, point)
                if distance is not None:
                    hits.append(_Hit(member, score, point, distance))
                if limit and len(hits) >= limit:
                    return hits
        return hits

    def _reply(self, hit: _Hit) -> Reply:
        words = self.with_words
        if not words:
            return hit.member
        reply: list[Reply] = [hit.member]
        if b"WITHDIST" in words:
            reply.append(_distance_text(hit.distance_m / self.metres))
        if b"WITHHASH" in words:
            reply.append(int(hit.score))
        if b"WITHCOORD" in words:
            reply.append(_coordinates(self.ctx, hit.point))
        return reply


@command(
    "GEOSEARCH key <FROMMEMBER member | FROMLONLAT longitude latitude>"
    " <BYRADIUS radius <M | KM | FT | MI> | BYBOX width height <M | KM | FT | MI>>"
    " [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]",
    since="6.2.0",
    flags=READ,
    complexity=_SEARCH_COST,
    usages={
        "valkey-9": "GEOSEARCH key [FROMMEMBER member | FROMLONLAT longitude latitude]"
        " <BYRADIUS radius <M | KM | FT | MI>"
        " | BYBOX width height <M | KM | FT | MI> | BYPOLYGON num-vertices longitude latitude [longitude latitude ...]>"
        " [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]"
    },
)
def geosearch(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Queries a geospatial index for members inside an area of a box or a circle."""
    return _geosearch(_Search(ctx, ctx.read(key, SortedSet)), rest)


@command(
    "GEOSEARCHSTORE destination source <FROMMEMBER member | FROMLONLAT longitude latitude>"
    " <BYRADIUS radius <M | KM | FT | MI> | BYBOX width height <M | KM | FT | MI>>"
    " [ASC | DESC] [COUNT count [ANY]] [STOREDIST]",
    since="6.2.0",
    flags=WRITE,
    complexity=_SEARCH_COST,
    usages={
        "valkey-9": "GEOSEARCHSTORE destination source [FROMMEMBER member | FROMLONLAT longitude latitude]"
        " <BYRADIUS radius <M | KM | FT | MI>"
        " | BYBOX width height <M | KM | FT | MI> | BYPOLYGON num-vertices longitude latitude [longitude latitude ...]>"
        " [ASC | DESC] [COUNT count [ANY]] [STOREDIST]"
    },
)
def geosearchstore(ctx: Ctx, destination: bytes, source: bytes, rest: Rest) -> Reply:
    """Queries a geospatial index for members inside an area of a box or a circle, optionally stores the result."""
    return _geosearch(_Search(ctx, ctx.read(source, SortedSet), destination=destination), rest)


def _geosearch(search: _Search, rest: Rest) -> Reply:
    is_valkey = search.ctx.dialect.is_valkey
    options = Options(rest)
    while options:
        word = options.take_word()
        if search.take_common(word, options) or search.take_origin(word, options) or search.take_shape(word, options):
            continue
        if word != b"STOREDIST" or search.destination is None:
            raise SyntaxFault
        search.stores_distance = True
    if search.destination is not None and search.with_words:
        raise CommandError("ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
    if search.origin is None:
        raise NamedFault("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ")
    if search.shape is None:
        shapes = "BYRADIUS, BYBOX and BYPOLYGON" if is_valkey else "BYRADIUS and BYBOX"
        raise NamedFault(f"ERR exactly one of {shapes} can be specified for ")
    return search.answer("geosearchstore")


# Searching as it was before 6.2


def _georadius(search: _Search, rest: Rest, *, may_store: bool) -> Reply:
    options = Options(rest)
    while options:
        word = options.take_word()
        if search.take_common(word, options):
            continue
        if word not in (b"STORE", b"STOREDIST") or not options or not may_store:
            raise SyntaxFault
        search.destination = options.take()
        search.stores_distance = word == b"STOREDIST"
    if search.destination is not None and search.with_words:
        what = "STORE option in GEORADIUS"
        raise CommandError(f"ERR {what} is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
    return search.answer("georadiusstore")


def _from_position(ctx: Ctx, key: bytes, area: list[bytes]) -> _Search:
    """A search around ``longitude latitude radius unit``."""
    search = _Search(ctx, ctx.read(key, SortedSet))
    longitude, latitude, radius, unit = area
    search.take_center(longitude, latitude)
    search.take_radius(radius, unit)
    return search


def _from_member(ctx: Ctx, key: bytes, area: list[bytes]) -> _Search:
    """A search around ``member radius unit``."""
    search = _Search(ctx, ctx.read(key, SortedSet))
    if search.source is not None:
        # GEORADIUSBYMEMBER missing m x y -> an empty answer: where no key is nothing is checked
        member, radius, unit = area
        search.take_member(member)
        search.take_radius(radius, unit)
    return search


@command(
    "GEORADIUS key longitude latitude radius <M | KM | FT | MI>"
    " [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key | STOREDIST key]",
    since="3.2.0",
    flags=WRITE | CommandFlag.MOVABLEKEYS,
    complexity=_RADIUS_COST,
)
def georadius(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Queries a geospatial index for members within a distance from a coordinate, optionally stores the result."""
    return _georadius(_from_position(ctx, key, rest[:4]), rest[4:], may_store=True)


@command(
    "GEORADIUS_RO key longitude latitude radius <M | KM | FT | MI>"
    " [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]",
    since="3.2.10",
    flags=READ,
    complexity=_RADIUS_COST,
)
def georadius_ro(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns members from a geospatial index that are within a distance from a coordinate."""
    return _georadius(_from_position(ctx, key, rest[:4]), rest[4:], may_store=False)


@command(
    "GEORADIUSBYMEMBER key member radius <M | KM | FT | MI>"
    " [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC] [STORE key | STOREDIST key]",
    since="3.2.0",
    flags=WRITE | CommandFlag.MOVABLEKEYS,
    complexity=_RADIUS_COST,
)
def georadiusbymember(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Queries a geospatial index for members within a distance from a member, optionally stores the result."""
    return _georadius(_from_member(ctx, key, rest[:3]), rest[3:], may_store=True)


@command(
    "GEORADIUSBYMEMBER_RO key member radius <M | KM | FT | MI>"
    " [WITHCOORD] [WITHDIST] [WITHHASH] [COUNT count [ANY]] [ASC | DESC]",
    since="3.2.10",
    flags=READ,
    complexity=_RADIUS_COST,
)
def georadiusbymember_ro(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns members from a geospatial index that are within a distance from a member."""
    return _georadius(_from_member(ctx, key, rest[:3]), rest[3:], may_store=False)
