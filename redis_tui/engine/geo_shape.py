"""The areas that a geographic search is about: circle, box and polygon.

Each knows what contains a point, how far that is from the middle, and where to look. It
must not know commands.

The decision a reader would question: a polygon's middle is the mean of its corners as vectors
in space, not of their degrees; that is what Valkey measures the distances from.
"""

from __future__ import annotations

from math import atan2, cos, hypot, inf, isfinite, sin, sqrt
from typing import TYPE_CHECKING, Protocol

from redis_tui.engine.geohash import EARTH_RADIUS_M, RADIAN, Bounds, distance_m, parallels_m
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from redis_tui.engine.geohash import Point


class Shape(Protocol):
    """An area around a center."""

    def distance_within_m(self, center: Point, point: Point) -> float | None:
        """How far a point is from the center, in metres; None where it lies outside."""
        ...

    def radius_m(self, center: Point) -> float:
        """How far from the center anything inside can be, in metres."""
        ...

    def reach(self, center: Point) -> Bounds:
        """The degrees that the area lies within."""
        ...


@dataclass(frozen=True, slots=True)
class Circle:
    """All that is no farther away than a radius, in metres."""

    radius: float

    def distance_within_m(self, center: Point, point: Point) -> float | None:
        distance = distance_m(center, point)
        return None if distance > self.radius else distance

    def radius_m(self, center: Point) -> float:  # noqa: ARG002  # the same everywhere
        return self.radius

    def reach(self, center: Point) -> Bounds:
        return _around(center, self.radius, self.radius)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of so many metres, its sides along the meridians and parallels."""

    width: float
    height: float

    def distance_within_m(self, center: Point, point: Point) -> float | None:
        if parallels_m(point[1], center[1]) > self.height / 2:
            return None
        if distance_m(point, (center[0], point[1])) > self.width / 2:
            return None
        return distance_m(center, point)

    def radius_m(self, center: Point) -> float:  # noqa: ARG002  # the same everywhere
        return sqrt((self.width / 2) * (self.width / 2) + (self.height / 2) * (self.height / 2))

    def reach(self, center: Point) -> Bounds:
        return _around(center, self.width / 2, self.height / 2)


@dataclass(frozen=True, slots=True)
class Polygon:
    """The inside of a line through at least three corners and back to the first."""

    corners: tuple[Point, ...]

    def center(self) -> Point:
        """The middle of the corners."""
        x = sum(cos(latitude * RADIAN) * cos(longitude * RADIAN) for longitude, latitude in self.corners)
        y = sum(cos(latitude * RADIAN) * sin(longitude * RADIAN) for longitude, latitude in self.corners)
        z = sum(sin(latitude * RADIAN) for _, latitude in self.corners)
        return atan2(y, x) / RADIAN, atan2(z, hypot(x, y)) / RADIAN

    def distance_within_m(self, center: Point, point: Point) -> float | None:
        return distance_m(center, point) if self._contains(point) else None

    def radius_m(self, center: Point) -> float:
        # Not of the polygon but of the area around it, as the order of Valkey's unsorted answers tells.
        area = self.reach(center)
        return max(
            distance_m(center, (longitude, latitude))
            for longitude in (area.west, area.east)
            for latitude in (area.south, area.north)
        )

    def reach(self, center: Point) -> Bounds:  # noqa: ARG002  # it lies where it lies
        longitudes = [longitude for longitude, _ in self.corners]
        latitudes = [latitude for _, latitude in self.corners]
        return Bounds(min(longitudes), min(latitudes), max(longitudes), max(latitudes))

    def _contains(self, point: Point) -> bool:
        """Whether a ray from the point crosses the line an odd number of times."""
        longitude, latitude = point
        is_inside = False
        here = self.corners[-1]
        for there in self.corners:
            if (here[1] > latitude) != (there[1] > latitude):
                at = (here[0] - there[0]) * (latitude - there[1]) / (here[1] - there[1]) + there[0]
                is_inside ^= longitude < at
            here = there
        return is_inside


def _around(center: Point, half_width_m: float, half_height_m: float) -> Bounds:
    """The degrees that a box lies within; it is widest at the side nearer to the pole."""
    longitude, latitude = center
    rise = half_height_m / EARTH_RADIUS_M / RADIAN
    edge = latitude - rise if latitude < 0 else latitude + rise
    if not isfinite(edge):
        return Bounds(-inf, -inf, inf, inf)  # GEORADIUS k 0 0 inf km -> everything
    spread = half_width_m / EARTH_RADIUS_M / cos(edge * RADIAN) / RADIAN
    return Bounds(longitude - spread, latitude - rise, longitude + spread, latitude + rise)
