"""SCAN's guarantee: what is there from beginning to end is returned, whatever else comes and goes."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from redis_tui.engine.scan_index import ScanIndex

KEYS = st.integers(0, 400).map(lambda number: b"%d" % number)


def full_scan(index: ScanIndex, count: int) -> list[bytes]:
    cursor, found = index.scan(0, count)
    while cursor:
        cursor, keys = index.scan(cursor, count)
        found += keys
    return found


def test_an_empty_index_ends_at_once() -> None:
    assert ScanIndex([]).scan(0, 10) == (0, [])
    assert ScanIndex([]).pick(random.Random(1)) is None


def test_every_key_is_returned_once_while_nothing_changes() -> None:
    keys = [b"%d" % number for number in range(1000)]
    assert sorted(full_scan(ScanIndex(keys), 7)) == sorted(keys)


def test_a_cursor_from_elsewhere_does_no_harm() -> None:
    assert ScanIndex([b"a", b"b"]).scan(10**18, 10) == (0, [b"b", b"a"])


@given(
    st.sets(KEYS, min_size=1, max_size=300),
    st.lists(st.tuples(st.booleans(), KEYS), max_size=400),
    st.integers(1, 20),
    st.integers(1, 30),
)
def test_keys_that_stay_are_met_under_any_changes(
    start: set[bytes], changes: list[tuple[bool, bytes]], count: int, burst: int
) -> None:
    index = ScanIndex(sorted(start))
    staying, present = set(start), set(start)
    pending = iter(changes)
    cursor, met = index.scan(0, count)
    returned = set(met)
    while cursor:
        for is_added, key in (change for _, change in zip(range(burst), pending, strict=False)):
            if is_added == (key in present):
                continue
            if is_added:
                index.add(key)
                present.add(key)
            else:
                index.discard(key)
                staying.discard(key)
                present.discard(key)
        cursor, met = index.scan(cursor, count)
        returned.update(met)
        assert set(met) <= present
    assert staying <= returned
    assert len(index) == len(present)


def test_a_key_that_comes_again_stands_there_once() -> None:
    index = ScanIndex([b"a", b"b", b"c"])
    for _ in range(200):
        index.discard(b"b")
        index.add(b"b")
    assert len(index) == 3
    assert sorted(full_scan(index, 1)) == [b"a", b"b", b"c"]


@given(st.sets(KEYS, min_size=1, max_size=200), st.sets(KEYS, max_size=200), st.integers(0, 99))
def test_a_random_pick_is_a_key_that_is_there(keys: set[bytes], gone: set[bytes], seed: int) -> None:
    index = ScanIndex(sorted(keys))
    for key in gone & keys:
        index.discard(key)
    picked = index.pick(random.Random(seed))
    assert picked in (keys - gone) if keys - gone else picked is None
