"""Positions on the globe as 52-bit numbers, and what can be reckoned with them: pure arithmetic.

Longitude and latitude become 26 bits each, woven into one another; so a sorted set of such
numbers keeps what is near together, and a search asks for a few ranges of scores. It must
not know commands or values.

The decision a reader would question: a search visits its nine cells in a fixed order (`_AROUND`)
and drops those that its bounding box does not reach, though a sorted answer would need
neither. Unsorted answers, and those cut short by COUNT … ANY, come in that order from a server.
"""

from __future__ import annotations

from math import asin, cos, isfinite, pi, sin, sqrt
from typing import TYPE_CHECKING, Final

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

Point = tuple[float, float]
"""Longitude and latitude, in degrees."""

LONGITUDE_LIMIT: Final = 180.0
LATITUDE_LIMIT: Final = 85.05112878
"""Of Web Mercator: no position is kept any nearer to a pole."""
STEPS: Final = 26
"""Bits of one coordinate."""

EARTH_RADIUS_M: Final = 6372797.560856
RADIAN: Final = pi / 180.0
_MERCATOR_MAX_M: Final = 20037726.37
_ALPHABET: Final = "0123456789bcdefghjkmnpqrstuvwxyz"
_STANDARD_LATITUDE: Final = 90.0
"""Geohashes as the rest of the world writes them reach up to the poles."""
_CELLS: Final = 1 << STEPS
_SCORES: Final = 1 << 2 * STEPS
_LONGITUDES: Final = LONGITUDE_LIMIT + LONGITUDE_LIMIT
_LATITUDES: Final = LATITUDE_LIMIT + LATITUDE_LIMIT
_UINT64: Final = 1 << 64
_INT64: Final = 1 << 63
_AROUND: Final = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Own cell, then north, south, east, west, and the corners: longitude and latitude steps."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """An area between two meridians and two parallels, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class _Cell:
    """One cell of a grid of 2**steps times 2**steps."""

    column: int
    row: int
    steps: int

    def bounds(self) -> Bounds:
        return Bounds(
            _edge(self.column, self.steps, LONGITUDE_LIMIT),
            _edge(self.row, self.steps, LATITUDE_LIMIT),
            _edge(self.column + 1, self.steps, LONGITUDE_LIMIT),
            _edge(self.row + 1, self.steps, LATITUDE_LIMIT),
        )

    def moved(self, columns: int, rows: int) -> _Cell:
        """The cell so many steps away; the grid goes round in both directions."""
        size = 1 << self.steps
        column = (self.column + columns) % size if columns else self.column
        row = (self.row + rows) % size if rows else self.row
        return _Cell(column, row, self.steps)

    def scores(self) -> tuple[int, int]:
        """The first score in this cell, and the first behind it."""
        bits = _woven(self.column, self.row)
        shift = 2 * (STEPS - self.steps)
        return bits << shift, (bits + 1) << shift


def encode(point: Point) -> int:
    """The 52-bit number of a position.

    Args:
        point: within the limits of this module.
    """
    cell = _cell_of(point, STEPS)
    return _woven(cell.column, cell.row)


def decode(score: float) -> Point:
    """The position of a score: the middle of its cell.

    Args:
        score: any; what is no 52-bit number is cut as a server's cast to 64 bits does it.
    """
    bits = int(score) if 0 <= score < _SCORES else _to_uint64(score)
    column, row = _unwoven(bits)
    # The inner loop of every search: as `_Cell.bounds`, without the objects.
    longitude = (
        (-LONGITUDE_LIMIT + column / _CELLS * _LONGITUDES) + (-LONGITUDE_LIMIT + (column + 1) / _CELLS * _LONGITUDES)
    ) / 2
    latitude = ((-LATITUDE_LIMIT + row / _CELLS * _LATITUDES) + (-LATITUDE_LIMIT + (row + 1) / _CELLS * _LATITUDES)) / 2
    if bits < _SCORES:
        return longitude, latitude
    return (
        min(max(longitude, -LONGITUDE_LIMIT), LONGITUDE_LIMIT),
        min(max(latitude, -LATITUDE_LIMIT), LATITUDE_LIMIT),
    )


def text(score: float) -> str:
    """A position as a geohash of eleven letters, such as other programs read it."""
    longitude, latitude = decode(score)
    column = _index(longitude, STEPS, LONGITUDE_LIMIT)
    row = _index(latitude, STEPS, _STANDARD_LATITUDE)
    bits = _woven(column, row)
    # 52 bits are ten letters and two bits over, which a server leaves out: the last letter is always 0.
    return "".join(_ALPHABET[bits >> (52 - 5 * at) & 31] for at in range(1, 11)) + "0"


def distance_m(one: Point, other: Point) -> float:
    """The way along a great circle, by the haversine formula, in metres."""
    v = sin((other[0] * RADIAN - one[0] * RADIAN) / 2)
    if v == 0:
        return parallels_m(one[1], other[1])
    here, there = one[1] * RADIAN, other[1] * RADIAN
    u = sin((there - here) / 2)
    return 2.0 * EARTH_RADIUS_M * asin(sqrt(u * u + cos(here) * cos(there) * v * v))


def parallels_m(one: float, other: float) -> float:
    """The way between two latitudes, in metres."""
    return EARTH_RADIUS_M * abs(other * RADIAN - one * RADIAN)


def ranges(center: Point, radius_m: float, reach: Bounds) -> Iterator[tuple[int, int]]:
    """The scores among which everything near a point is found.

    Args:
        center: where the search is about.
        radius_m: how far from there anything can be.
        reach: the area that is searched.

    Yields:
        First score, and first score that is too high, in the order in which a server looks.
    """
    home = _home(center, _steps_for(radius_m, center[1]), reach)
    seen: _Cell | None = None
    for columns, rows in _AROUND:
        if home.steps > 1 and not _reaches(home.bounds(), reach, columns, rows):
            continue
        cell = home.moved(columns, rows)
        # Around the globe two neighbours may be the same cell; a server compares only those behind the first.
        if cell == seen:
            continue
        yield cell.scores()
        if (columns, rows) != (0, 0):
            seen = cell


def _home(center: Point, steps: int, reach: Bounds) -> _Cell:
    """The cell of the center, large enough that its neighbours cover the whole area."""
    home = _cell_of(center, steps)
    north, south = home.moved(0, 1).bounds().north, home.moved(0, -1).bounds().south
    east, west = home.moved(1, 0).bounds().east, home.moved(-1, 0).bounds().west
    is_covered = north >= reach.north and south <= reach.south and east >= reach.east and west <= reach.west
    return home if is_covered or steps == 1 else _cell_of(center, steps - 1)


def _reaches(home: Bounds, reach: Bounds, columns: int, rows: int) -> bool:
    """Whether the searched area leaves its home cell in that direction."""
    return not (
        (rows < 0 and home.south < reach.south)
        or (rows > 0 and home.north > reach.north)
        or (columns < 0 and home.west < reach.west)
        or (columns > 0 and home.east > reach.east)
    )


def _steps_for(radius_m: float, latitude: float) -> int:
    """How fine a grid may be so that a radius stays within a cell and its neighbours."""
    if radius_m == 0:
        return STEPS
    steps = -1
    while radius_m < _MERCATOR_MAX_M:
        radius_m *= 2
        steps += 1
    # Meridians come together near the poles.
    steps -= (abs(latitude) > 66) + (abs(latitude) > 80)
    return min(max(steps, 1), STEPS)


def _cell_of(point: Point, steps: int) -> _Cell:
    return _Cell(_index(point[0], steps, LONGITUDE_LIMIT), _index(point[1], steps, LATITUDE_LIMIT), steps)


def _index(degrees: float, steps: int, limit: float) -> int:
    return int((degrees + limit) / (limit + limit) * (1 << steps))


def _edge(index: int, steps: int, limit: float) -> float:
    return -limit + (index / (1 << steps)) * (limit + limit)


def _woven(column: int, row: int) -> int:
    """Bits of the column in the odd places, bits of the row in the even ones."""
    # A binary number read in base 4 has its bits in every second place.
    return int(f"{column:b}", 4) << 1 | int(f"{row:b}", 4)


def _unwoven(bits: int) -> tuple[int, int]:
    digits = f"{bits:064b}"
    return int(digits[::2], 2), int(digits[1::2], 2)


def _to_uint64(score: float) -> int:
    """A double cast to 64 bits without sign, as x86 does it."""
    if not isfinite(score) or abs(score) >= _UINT64:
        return _INT64 if score < 0 else 0
    return int(score) % _UINT64
