"""Hashes as values: copies, the walk, and the encoding that a server would choose."""

from __future__ import annotations

from redis_tui.engine.config import Config
from redis_tui.engine.types.hash import Hash


def test_a_copy_is_independent_and_keeps_the_encoding() -> None:
    original = Hash()
    original.put(b"f", b"x" * 65)
    original.put(b"f", b"short")
    twin = original.copy()
    twin.put(b"g", b"v")
    assert dict(original) == {b"f": b"short"}
    assert twin.encoding(Config()) == "hashtable"


def test_limits_come_from_the_configuration() -> None:
    value = Hash()
    value.put_many([b"a", b"1", b"b", b"2"])
    assert value.encoding(Config()) == "listpack"
    assert value.encoding(Config(**{"hash-max-listpack-entries": "1"})) == "hashtable"
    assert value.encoding(Config(**{"hash-max-listpack-value": "0"})) == "hashtable"


def test_a_walk_sees_fields_that_came_after_it_was_first_made() -> None:
    value = Hash()
    value.put(b"a", b"1")
    assert value.scan(0, 10) == (0, [b"a"])
    value.put(b"b", b"2")
    value.remove(b"a")
    assert value.scan(0, 10) == (0, [b"b"])
