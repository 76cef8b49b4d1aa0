"""What a set knows of itself: encoding, order, chance."""

from __future__ import annotations

import random

import pytest

from redis_tui.engine.config import Config
from redis_tui.engine.types.set import Set, is_integer


def filled(count: int, config: Config) -> Set:
    found = Set()
    for number in range(count):
        found.add(b"m%d" % number, config)
    return found


@pytest.mark.parametrize("text", [b"0", b"-1", b"1024", b"9223372036854775807", b"-9223372036854775808"])
def test_integers_of_an_intset(text: bytes) -> None:
    assert is_integer(text)


@pytest.mark.parametrize("text", [b"", b"-0", b"+1", b"01", b" 1", b"1_000", b"1.0", b"x", b"9223372036854775808"])
def test_texts_that_are_no_integers_of_an_intset(text: bytes) -> None:
    assert not is_integer(text)


def test_an_encoding_only_grows() -> None:
    config = Config()
    found = Set()
    found.add(b"1", config)
    assert found.encoding(config) == "intset"
    found.add(b"a", config)
    assert found.encoding(config) == "listpack"
    found.add(b"x" * 65, config)
    assert found.encoding(config) == "hashtable"
    found.discard(b"x" * 65)
    found.discard(b"a")
    assert found.encoding(config) == "hashtable"


def test_the_129th_text_and_the_513th_number_make_a_hashtable() -> None:
    config = Config()
    assert filled(128, config).encoding(config) == "listpack"
    assert filled(129, config).encoding(config) == "hashtable"
    numbers = Set()
    for number in range(512):
        numbers.add(b"%d" % number, config)
    assert numbers.encoding(config) == "intset"
    numbers.add(b"512", config)
    assert numbers.encoding(config) == "hashtable"


def test_a_changed_limit_counts_from_the_next_member_on() -> None:
    config = Config()
    found = filled(3, config)
    config.set_many([("set-max-listpack-entries", "2")])
    assert found.encoding(config) == "listpack"
    found.add(b"one more", config)
    assert found.encoding(config) == "hashtable"


def test_an_intset_is_in_numeric_order_and_keeps_it_when_a_text_comes() -> None:
    config = Config()
    found = Set()
    for member in (b"10", b"9", b"-1"):
        found.add(member, config)
    assert found.ordered() == [b"-1", b"9", b"10"]
    found.add(b"a", config)
    assert found.ordered() == [b"-1", b"9", b"10", b"a"]


@pytest.mark.parametrize("count", [0, 1, 5, 400, 999])
def test_a_sample_has_different_members(count: int) -> None:
    found = filled(1000, Config())
    sample = found.sample(count, random.Random(1))
    assert len(set(sample)) == len(sample) == count
    assert all(member in found.members for member in sample)


def test_members_that_come_and_go_after_the_first_pick_are_picked_or_not() -> None:
    config = Config()
    found = filled(3, config)
    rng = random.Random(1)
    assert found.pick(rng) in found.members
    found.discard(b"m0")
    found.discard(b"m1")
    found.add(b"new", config)
    assert {found.pick(rng) for _ in range(50)} == {b"m2", b"new"}
    assert set(found.repeated(50, rng)) == {b"m2", b"new"}


def test_an_empty_set_has_nothing_to_pick() -> None:
    assert Set().pick(random.Random(1)) is None
