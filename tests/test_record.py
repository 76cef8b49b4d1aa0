"""Classes with fields behave as the standard ones do, though their methods are made late."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
from dataclasses import FrozenInstanceError, field
from typing import Any, ClassVar

import pytest

from redis_tui import record


@record.dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 2
    tags: list[str] = field(default_factory=list)
    kind: ClassVar[str] = "point"


@record.dataclass(frozen=True, slots=True)
class Spot(Point):
    name: str = field(default="", kw_only=True)


@record.dataclass(slots=True)
class Box:
    width: int
    area: int = field(init=False)
    seen: int = field(default=7, init=False)

    def __post_init__(self) -> None:
        self.area = self.width**2


@record.dataclass(slots=True, eq=False)
class Handle:
    number: int


@record.dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    db: int = 0
    shown: bool = field(default=True, repr=False, compare=False)


def test_fields_are_given_by_place_by_name_or_by_default() -> None:
    assert (Point(1).x, Point(1).y, Point(1).tags) == (1, 2, [])
    assert Point(1, y=5, tags=["a"]).tags == ["a"]
    assert Point(1).tags is not Point(1).tags
    assert Spot(1, 3, name="here").name == "here"
    assert (Box(3).area, Box(3).seen) == (9, 7)


@pytest.mark.parametrize(
    ("kind", "given", "named"),
    [(Point, (), {}), (Point, (1,), {"z": 2}), (Options, (1,), {}), (Spot, (1, 2, [], "n"), {})],
)
def test_what_does_not_fit_is_refused(kind: type, given: tuple[object, ...], named: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        kind(*given, **named)


def test_equal_fields_make_equal_records_of_one_class() -> None:
    assert Point(1) == Point(1, 2)
    assert Point(1) != Point(2)
    assert Point(1) != Spot(1)
    assert Options(db=1, shown=False) == Options(db=1)
    assert Handle(1) != Handle(1)
    assert {Options(db=1): "one"}[Options(db=1)] == "one"
    assert len({Handle(1), Handle(1)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Box(1))


def test_nothing_is_assigned_to_a_frozen_record() -> None:
    point: Any = Point(1)
    with pytest.raises(FrozenInstanceError):
        point.x = 2
    with pytest.raises(FrozenInstanceError):
        del point.x
    box = Box(1)
    box.width = 4
    assert box.width == 4


def test_it_is_shown_as_the_standard_ones_are() -> None:
    assert repr(Spot(1, name="n")) == "Spot(x=1, y=2, tags=[], name='n')"
    assert repr(Options(db=3)) == "Options(db=3)"


def test_it_is_replaced_copied_matched_and_pickled() -> None:
    assert dataclasses.replace(Point(1), y=9) == Point(1, 9)
    assert [one.name for one in dataclasses.fields(Spot)] == ["x", "y", "tags", "name"]
    assert copy.deepcopy(Point(1, 2, ["a"])) == Point(1, 2, ["a"])
    sys.modules.setdefault(__name__, sys.modules[Point.__module__])
    assert pickle.loads(pickle.dumps(Point(4))) == Point(4)
    match Point(5, 6):
        case Point(x, y):
            assert (x, y) == (5, 6)


def test_a_method_is_made_when_it_is_first_called() -> None:
    @record.dataclass(frozen=True, slots=True)
    class Late:
        number: int

    before = Late.__init__
    assert Late(1).number == 1
    made = Late.__init__
    assert made is not before
    assert Late(2).number == 2
    assert Late.__init__ is made
