"""Many runs in figures and bars."""

from __future__ import annotations

from redis_tui.render.repeats import histogram, repeats_lines
from redis_tui.render.spans import plain
from redis_tui.session.repeat import Repetition


def series(wanted: int, *times: float, errors: int = 0) -> Repetition:
    middle, last = (times[len(times) // 2], times[-1]) if times else (None, None)
    return Repetition(
        wanted, len(times), errors, middle, last, last, sum(times), times, None, None, 10.0, False, len(times) < wanted
    )


def test_figures_stand_above_a_histogram_in_steps_of_one_two_five() -> None:
    hundred = series(100, *[0.04] * 60, *[0.09] * 38, 0.4, 12.0)
    assert plain(repeats_lines(hundred, columns=34)).splitlines() == [
        "100 runs · median 0.040 ms",
        "p99 12.00 ms · worst 12.00 ms",
        "others waited 18.22 ms in all",
        "⚠ 1 run took over 10 ms, where the slow log begins",
        "≤  0.05 ms ██████████ 60",
        "≤   0.1 ms ██████ 38",
        "≤   0.2 ms ",
        "≤   0.5 ms █ 1",
        "≤     1 ms ",
        "≤     2 ms ",
        "≤     5 ms ",
        "≤    10 ms ",
        "≤    20 ms █ 1",
    ]


def test_a_series_that_was_stopped_says_how_far_it_came() -> None:
    text = plain(repeats_lines(series(1000, 1.0, 2.0, errors=1)))
    assert text.startswith("2 of 1,000 runs · median 2.00 ms")
    assert "✗ 1 ended with an error" in text


def test_without_a_run_there_is_nothing_to_draw() -> None:
    assert plain(repeats_lines(series(10))) == "No run has ended."
    assert histogram(()) == []
