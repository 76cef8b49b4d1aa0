"""Databases: expiry, versions for WATCH, events, and that no empty collection stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redis_tui.engine.keyspace import Keyspace
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.hyperloglog import Sketch
from redis_tui.engine.types.list import List
from redis_tui.errors import CommandError, WrongType

if TYPE_CHECKING:
    from redis_tui.engine.database import Database


@pytest.fixture
def space() -> Keyspace:
    return Keyspace(4, seed=1)


@pytest.fixture
def db(space: Keyspace) -> Database:
    return space.databases[0]


def test_a_key_is_gone_from_the_millisecond_that_it_expires_at(space: Keyspace, db: Database) -> None:
    db.set(b"k", b"v")
    db.expire_at(b"k", 100)
    space.now_ms = 99
    assert db.get(b"k") == b"v"
    space.now_ms = 100
    assert db.get(b"k") is None
    assert len(db) == 0
    assert (space.hits, space.misses, space.expired) == (1, 1, 1)


def test_a_time_that_is_past_deletes_at_once(space: Keyspace, db: Database) -> None:
    space.now_ms = 50
    db.set(b"k", b"v")
    db.expire_at(b"k", 50)
    assert len(db) == 0


def test_setting_drops_the_time_to_live_unless_it_is_kept(db: Database) -> None:
    db.set(b"k", b"v")
    db.expire_at(b"k", 100)
    db.set(b"k", b"w", keep_ttl=True)
    assert db.expires_at(b"k") == 100
    db.set(b"k", b"x")
    assert db.expires_at(b"k") is None


def test_setting_with_a_time_to_live_is_one_change_and_two_events(space: Keyspace, db: Database) -> None:
    events: list[str] = []
    space.listen(lambda _index, event, _key: events.append(event))
    db.set(b"k", b"v", expires_at_ms=100)
    assert db.expires_at(b"k") == 100
    assert events == ["set", "expire"]
    assert space.dirty == 1


def test_counting_up_keeps_the_time_to_live_and_starts_at_zero(space: Keyspace, db: Database) -> None:
    assert db.add(b"k", -5) == -5
    db.expire_at(b"k", 100)
    assert db.add(b"k", 15) == 10
    assert db.add(b"k", 1) == 11
    assert db.string(b"k") == b"11"
    assert db.expires_at(b"k") == 100
    space.now_ms = 100
    assert db.add(b"k", 1) == 1
    assert space.dirty == 5


def test_counting_up_tells_who_watches(db: Database) -> None:
    broken: list[bool] = []
    db.add(b"k", 1)
    db.watch(b"k", lambda: broken.append(True))
    db.add(b"k", 1)
    assert broken == [True]


@pytest.mark.parametrize("text", [b"", b" 1", b"01", b"-0", b"1.0", b"9223372036854775808", b"12345678901234567890123"])
def test_counting_up_refuses_what_is_no_integer(db: Database, text: bytes) -> None:
    db.set(b"k", text)
    with pytest.raises(CommandError, match="not an integer"):
        db.add(b"k", 1)
    assert db.string(b"k") == text


def test_counting_up_stops_at_64_bits(db: Database) -> None:
    db.set(b"k", b"9223372036854775807")
    with pytest.raises(CommandError, match="would overflow"):
        db.add(b"k", 1)
    assert db.add(b"k", -1) == 9223372036854775806


def test_a_string_edited_in_place_is_a_copy_where_it_was_something_else(db: Database) -> None:
    db.set(b"k", b"v")
    text = db.edit_text(b"k", 3)
    assert text == b"v\0\0"
    assert db.edit_text(b"k") is text
    sketch = db.edit_text(b"h", kind=Sketch)
    assert db.edit_text(b"h", kind=Sketch) is sketch
    plain = db.edit_text(b"h")
    assert plain == sketch
    assert plain is not sketch


def test_reading_a_key_as_another_type_is_refused(db: Database) -> None:
    db.set(b"k", b"v")
    for look in (db.read, db.edit, db.edit_or_new):
        with pytest.raises(WrongType):
            look(b"k", Hash)
    db.edit_or_new(b"h", Hash).put(b"f", b"v")
    db.touched(b"h", "hset")
    with pytest.raises(WrongType):
        db.string(b"h")


def test_a_collection_that_is_emptied_goes(space: Keyspace, db: Database) -> None:
    events: list[tuple[int, str, bytes]] = []
    space.listen(lambda index, event, key: events.append((index, event, key)))
    db.edit_or_new(b"h", Hash).put(b"f", b"v")
    db.touched(b"h", "hset")
    emptied = db.edit(b"h", Hash)
    assert emptied is not None
    emptied.remove(b"f")
    db.touched(b"h", "hdel")
    assert db.peek(b"h") is None
    assert events == [(0, "hset", b"h"), (0, "hdel", b"h"), (0, "del", b"h")]


def test_peeking_counts_neither_hit_nor_miss(space: Keyspace, db: Database) -> None:
    db.set(b"k", b"v")
    db.peek(b"k")
    db.peek(b"missing")
    assert (space.hits, space.misses) == (0, 0)


def test_a_watcher_hears_of_its_key_only_and_until_it_leaves(db: Database) -> None:
    heard: list[int] = []

    def watcher() -> None:
        heard.append(1)

    db.watch(b"k", watcher)
    db.set(b"other", b"v")
    assert heard == []
    db.set(b"k", b"v")
    db.delete(b"k")
    assert len(heard) == 2
    db.unwatch(b"k", watcher)
    db.set(b"k", b"v")
    assert len(heard) == 2
    assert not db.observed


def test_swapping_takes_values_and_times_along(space: Keyspace) -> None:
    one, two = space.databases[0], space.databases[1]
    one.set(b"k", b"v")
    one.expire_at(b"k", 100)
    space.swap(0, 1)
    assert (one.get(b"k"), two.get(b"k"), two.expires_at(b"k")) == (None, b"v", 100)


def test_swapping_tells_watchers_of_keys_that_either_side_has(space: Keyspace) -> None:
    heard: list[str] = []
    space.databases[0].set(b"here", b"v")
    space.databases[1].set(b"there", b"v")
    for key in (b"here", b"there", b"nowhere"):
        space.databases[0].watch(key, lambda key=key: heard.append(key.decode()))  # type: ignore[misc]  # the default binds the key
    space.swap(0, 0)
    assert heard == []
    space.swap(0, 1)
    assert sorted(heard) == ["here", "there"]


def test_random_keys_are_live_ones(space: Keyspace, db: Database) -> None:
    db.set(b"a", b"1")
    db.set(b"b", b"1")
    db.expire_at(b"a", 10)
    space.now_ms = 10
    assert {db.random_key() for _ in range(20)} == {b"b"}
    db.delete(b"b")
    assert db.random_key() is None


def test_lists_and_strings_count_as_changes(space: Keyspace, db: Database) -> None:
    db.set(b"k", b"v")
    db.edit_or_new(b"l", List)
    db.touched(b"l", "rpush", 3)
    assert space.dirty == 4


KEYS = st.sampled_from([b"a", b"b", b"c", b"d"])
STEPS = st.lists(st.tuples(st.sampled_from(["set", "delete", "expire", "tick", "flush"]), KEYS, st.integers(1, 20)))


@given(STEPS)
@settings(max_examples=200)
def test_the_scan_index_and_the_times_follow_every_change(steps: list[tuple[str, bytes, int]]) -> None:
    space = Keyspace(1)
    db = space.databases[0]
    db.scan(0, 10)  # builds the index
    model: dict[bytes, int | None] = {}
    for action, key, number in steps:
        if action == "set":
            db.set(key, b"v")
            model[key] = None
        elif action == "delete":
            db.delete(key)
            model.pop(key, None)
        elif action == "expire" and key in model:
            db.expire_at(key, space.now_ms + number)
            model[key] = space.now_ms + number
        elif action == "tick":
            space.now_ms += number
        elif action == "flush":
            db.flush()
            model.clear()
        model = {key: at for key, at in model.items() if at is None or at > space.now_ms}
        for each in (b"a", b"b", b"c", b"d"):
            assert (db.peek(each) is not None) == (each in model)
        assert sorted(db.live_keys()) == sorted(model)
        assert sorted(db.scan(0, 100)[1]) == sorted(model)
        assert set(db.expires) <= set(db.entries)
