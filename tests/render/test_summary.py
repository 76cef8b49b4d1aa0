"""What a run took, in words."""

from __future__ import annotations

import pytest

from redis_tui.quantity import size_text
from redis_tui.render.spans import plain
from redis_tui.render.summary import flowed, summary_line, summary_parts, time_text, touched_lines
from redis_tui.session.base import ScriptError, ScriptOutcome, SessionInfo, TouchedKey

HERE = SessionInfo("memory://", "redis", "8.2.3", True, frozenset())
THERE = SessionInfo("redis://h:1", "redis", "8.2.3", False, frozenset())
COUNTER = TouchedKey(b"counter", 6680, declared=True, written=True)
STRAY = TouchedKey(b"a b", 122, declared=False, written=False)


def outcome(**facts: object) -> ScriptOutcome:
    told = {"instructions": 1, "memory_peak": 2048, "trace_total": 2, "touched": (COUNTER,), "touched_total": 1}
    return ScriptOutcome(1, "0" * 40, 0.421, **(told | facts))  # type: ignore[arg-type]  # facts are named in each test


def test_the_line_tells_all_that_is_known() -> None:
    text = "0.42 ms · 1 instruction · 2.0 KB memory · 2 calls · 1 key · others waited 0.42 ms"
    assert plain([summary_line(outcome(), HERE, slow_ms=10)]) == text


def test_what_a_server_does_not_tell_is_left_out() -> None:
    bare = ScriptOutcome(1, "0" * 40, 0.421)
    assert plain([summary_line(bare, THERE)]) == "0.42 ms · others waited up to 0.42 ms"


def test_nobody_waits_for_a_dry_run_that_takes_place_elsewhere() -> None:
    assert plain([summary_line(ScriptOutcome(1, "0" * 40, 0.421, dry_run=True), THERE)]) == "0.42 ms"


def test_nobody_waits_for_what_a_cluster_did_not_take() -> None:
    error = ScriptError("NODEDOWN", "127.0.0.1:7003 does not answer.", None, None)
    assert plain([summary_line(ScriptOutcome(None, "0" * 40, 0.421, error=error), THERE)]) == "0.42 ms"


def test_keys_that_were_not_declared_are_counted() -> None:
    assert "2 keys ⚠ 1 undeclared" in plain([summary_line(outcome(touched=(COUNTER, STRAY), touched_total=2), HERE)])


def test_what_the_slow_log_would_take_is_warned_of() -> None:
    line = summary_line(outcome(), HERE, slow_ms=0.1)
    assert plain([line]).endswith("⚠ others waited 0.42 ms, slow is over 0.1 ms")
    assert line[-1].style == "warning"


def test_it_flows_over_lines_and_breaks_no_part() -> None:
    assert plain(flowed(summary_parts(outcome(), HERE, slow_ms=10), 40)).splitlines() == [
        "0.42 ms · 1 instruction · 2.0 KB memory",
        "2 calls · 1 key · others waited 0.42 ms",
    ]


def test_each_touched_key_has_its_slot_and_use() -> None:
    unknown = TouchedKey(b"k", 7629, declared=True, written=None)
    assert plain(touched_lines((COUNTER, STRAY, unknown), 1200)).splitlines() == [
        "slot  6680  written  in KEYS       counter",
        'slot   122  read     ⚠ undeclared  "a b"',
        "slot  7629  passed   in KEYS       k",
        "first 3 of 1,200 keys",
    ]


@pytest.mark.parametrize(
    ("milliseconds", "text"), [(0.0421, "0.042 ms"), (3.1, "3.10 ms"), (150.4, "150 ms"), (2500.0, "2.5 s")]
)
def test_times_have_three_digits_that_mean_something(milliseconds: float, text: str) -> None:
    assert time_text(milliseconds) == text


@pytest.mark.parametrize(("size", "text"), [(312, "312 B"), (4301, "4.2 KB"), (1_600_000, "1.5 MB")])
def test_sizes_have_a_unit(size: int, text: str) -> None:
    assert size_text(size) == text
