from __future__ import annotations

import pytest

from redis_tui.render.spans import plain
from redis_tui.resp.types import Map
from redis_tui.session.base import MISSING, Change, Snapshot
from redis_tui.tui.outcome_lines import change_headline


def text(before: Snapshot, after: Snapshot) -> str:
    return plain([change_headline(Change(0, b"k", before, after), now_ms=1_000_000)])


def string(value: bytes, expires_at_ms: int | None = None) -> Snapshot:
    return Snapshot("string", value, len(value), expires_at_ms)


def members(*names: bytes) -> Snapshot:
    return Snapshot("set", list(names), len(names))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (MISSING, string(b"1"), "k  string  new 1"),
        (MISSING, string(b"1", 1_060_000), "k  string  new 1   TTL 60 s"),
        (string(b"2"), string(b"3"), "k  string  2 → 3"),
        (string(b"1"), string(b"1", 1_060_000), "k  string  value unchanged   TTL 60 s"),
        (string(b"1", 1_002_500), string(b"2", 1_060_000), "k  string  1 → 2   TTL 2.5 s → 60 s"),
        (string(b"1", 1_060_000), string(b"1"), "k  string  value unchanged   TTL 60 s → none"),
        (string(b"1"), MISSING, "k  string  1 → deleted"),
        (members(b"a", b"b"), members(b"a", b"c"), "k  set  2 members   1 removed, 1 added"),
        (members(b"a"), members(b"a", b"c"), 'k  set  1 → 2 members   + "c"'),
        (members(b"a"), members(b"a", b"c", b"d"), "k  set  1 → 3 members   2 added"),
        (
            Snapshot("hash", Map([(b"age", b"3"), (b"name", b"x")]), 2),
            Snapshot("hash", Map([(b"age", b"4"), (b"name", b"x")]), 2),
            'k  hash  2 fields   ~ "age"  "3" → "4"',
        ),
        (string(b"1"), members(b"a"), "k  set  1 → 1 member"),
    ],
)
def test_a_change_is_told_on_one_line(before: Snapshot, after: Snapshot, shown: str) -> None:
    assert text(before, after) == shown
