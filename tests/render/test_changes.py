from __future__ import annotations

import pytest

from redis_tui.render.changes import change_lines, changes_lines
from redis_tui.render.spans import plain
from redis_tui.resp.types import Map
from redis_tui.session.base import MISSING, Change, Snapshot


def text(before: Snapshot, after: Snapshot, *, db: int = 0, limit: int = 20) -> str:
    return plain(change_lines(Change(db, b"k", before, after), limit=limit, now_ms=1_000_000))


def listing(*items: bytes) -> Snapshot:
    return Snapshot("list", list(items), len(items))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (MISSING, Snapshot("string", b"1", 1), '+ k  string  created\n    + "1"'),
        (Snapshot("string", b"1", 1), MISSING, '- k  string  deleted\n    - "1"'),
        (Snapshot("string", b"1", 1), Snapshot("string", b"2", 1), '~ k  string\n    "1" → "2"'),
        (
            Snapshot("hash", Map([(b"a", b"1"), (b"b", b"2"), (b"c", b"3")]), 3),
            Snapshot("hash", Map([(b"a", b"1"), (b"b", b"9"), (b"d", b"4")]), 3),
            '~ k  hash\n    ~ "b"  "2" → "9"\n    - "c"  "3"\n    + "d"  "4"',
        ),
        (
            Snapshot("zset", Map([(b"m", 1.0)]), 1),
            Snapshot("zset", Map([(b"m", 2.5), (b"n", 1.0)]), 2),
            '~ k  zset  1 → 2\n    ~ "m"  1 → 2.5\n    + "n"  1',
        ),
        (
            Snapshot("set", [b"a", b"b"], 2),
            Snapshot("set", [b"b", b"c"], 2),
            '~ k  set\n    - "a"\n    + "c"',
        ),
        (listing(b"a", b"b"), listing(b"x", b"a", b"b"), '~ k  list  2 → 3\n    + [0] "x"  pushed left'),
        (listing(b"a", b"b"), listing(b"a", b"b", b"c"), '~ k  list  2 → 3\n    + [2] "c"  pushed right'),
        (listing(b"a", b"b", b"c"), listing(b"a", b"x", b"c"), '~ k  list\n    ~ [1] "b" → "x"'),
        (
            Snapshot("string", b"1", 1),
            listing(b"a"),
            '~ k  list  was string  1 → 1\n    - "1"\n    + [0] "a"'.replace("  1 → 1", ""),
        ),
    ],
)
def test_changes_are_shown_by_what_differs(before: Snapshot, after: Snapshot, shown: str) -> None:
    assert text(before, after) == shown


def test_times_to_live_are_shown_where_they_differ() -> None:
    plain_value = Snapshot("string", b"1", 1)
    expiring = Snapshot("string", b"1", 1, expires_at_ms=1_060_000)
    assert text(plain_value, expiring) == "~ k  string\n    TTL  none → 60 s"
    assert text(expiring, plain_value) == "~ k  string\n    TTL  60 s → none"
    assert text(MISSING, expiring) == '+ k  string  created\n    + "1"\n    TTL  60 s'


def test_a_value_too_large_to_hold_tells_its_size() -> None:
    large = Snapshot("string", None, 5_000_000, cut=True)
    assert '"1" → (5,000,000 bytes)' in text(Snapshot("string", b"1", 1), large)


def test_long_lists_of_differences_are_cut_and_say_so() -> None:
    after = Snapshot("set", [b"%d" % number for number in range(100)], 100)
    assert text(MISSING, after, limit=2).split("\n")[1:] == ['    + "0"', '    + "1"', "    … 98 more"]


def test_other_databases_are_named() -> None:
    assert text(MISSING, Snapshot("string", b"1", 1), db=3).split("\n")[0] == "+ k  string  created  db3"


def test_no_changes_and_too_many_changes_are_said() -> None:
    assert plain(changes_lines(())) == "nothing changed"
    change = Change(0, b"k", MISSING, Snapshot("string", b"1", 1))
    assert plain(changes_lines([change], 2000)).endswith("first 1 of 2,000 keys")
