"""What differs between two lists must lead from one to the other."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from redis_tui.session.base import PartKind
from redis_tui.session.difference import Facets, difference

GOING = (PartKind.REMOVED, PartKind.POPPED_LEFT, PartKind.POPPED_RIGHT)
COMING = (PartKind.ADDED, PartKind.PUSHED_LEFT, PartKind.PUSHED_RIGHT)
lists = st.lists(st.sampled_from([b"a", b"b", b"c"]), max_size=12)


@settings(deadline=None)
@given(lists, lists)
def test_the_parts_lead_from_the_old_list_to_the_new(old: list[bytes], new: list[bytes]) -> None:
    parts, total = difference(Facets(sequence=old), Facets(sequence=new))
    assert total == len(parts)
    gone = {part.index for part in parts if part.kind in GOING}
    changed = {part.index: part.after for part in parts if part.kind is PartKind.CHANGED}
    kept = [changed.get(at, item) for at, item in enumerate(old) if at not in gone]
    for part in sorted((part for part in parts if part.kind in COMING), key=lambda part: part.index or 0):
        assert part.index is not None
        assert isinstance(part.after, bytes)
        kept.insert(part.index, part.after)
    assert kept == new


@settings(deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_the_changed_stretch_of_a_string_is_where_it_says(old: bytes, new: bytes) -> None:
    parts, _ = difference(Facets(text=old), Facets(text=new))
    for part in parts:
        assert isinstance(part.before, bytes)
        assert isinstance(part.after, bytes)
        assert part.index is not None
        assert old[: part.index] == new[: part.index]
        assert old[part.index :].startswith(part.before)
        assert new[part.index :].startswith(part.after)
    assert bool(parts) is (old != new)


def test_long_lists_are_compared_in_linear_time() -> None:
    old = [b"%d" % (at % 7) for at in range(100_000)]
    started = time.process_time()
    parts, total = difference(Facets(sequence=old), Facets(sequence=[*old[3:], b"x", b"y"]))
    assert (len(parts), total) == (5, 5)
    assert time.process_time() - started < 5
