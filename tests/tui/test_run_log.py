from __future__ import annotations

from dataclasses import replace

import pytest

from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import ScriptOutcome, ScriptRun, TraceRow
from redis_tui.tui.run_log import RunLog, weight_of
from tests.tui.fake_session import counted, failed, killed

RUN = ScriptRun(source=b"return 1", keys=(b"k",), name="counter")


def answer(reply: object = 1) -> ScriptOutcome:
    return ScriptOutcome(reply=reply, sha="0" * 40, duration_ms=1.0)  # type: ignore[arg-type]  # any reply


def test_runs_are_numbered_from_one_and_found_by_number() -> None:
    log = RunLog(now=lambda: 1_700_000_000.0)
    first = log.add("run", RUN, outcome=counted(RUN))
    second = log.add("dry", RUN, outcome=counted(RUN))
    assert (first.number, second.number) == (1, 2)
    assert log.get(1) == first
    assert log.newest == second
    assert log.get(0) is log.get(3) is None


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        (counted(RUN), "✓ ok"),
        (failed(), "✗ WRONGTYPE"),
        (killed(), "✗ killed"),
        (replace(killed(), timed_out=True), "✗ timed out"),
        (answer(ErrorReply(b"BUSY it is")), "✗ BUSY"),
        (None, "✗ not run"),
    ],
)
def test_how_a_run_ended_is_told_by_a_word_and_a_sign(outcome: ScriptOutcome | None, shown: str) -> None:
    assert RunLog().add("run", RUN, outcome=outcome).ending == shown


def test_the_oldest_runs_are_dropped_and_counted() -> None:
    log = RunLog(most=3)
    for _ in range(5):
        log.add("run", RUN, outcome=counted(RUN))
    assert [record.number for record in log.records] == [3, 4, 5]
    assert (log.dropped, log.total) == (2, 5)
    assert log.get(2) is None
    third = log.get(3)
    assert third is not None
    assert third.number == 3


def test_past_the_bytes_the_oldest_lose_their_reply_and_keep_their_line_and_arguments() -> None:
    log = RunLog(most_bytes=25_000)
    for _ in range(3):
        log.add("run", RUN, outcome=answer(b"x" * 10_000))
    assert [record.is_slim for record in log.records] == [True, False, False]
    oldest = log.records[0]
    assert oldest.outcome is not None
    assert oldest.outcome.reply is None
    assert oldest.outcome.duration_ms == 1.0
    assert oldest.run.keys == (b"k",)


def test_the_newest_run_is_kept_whole_however_large_it_is() -> None:
    log = RunLog(most_bytes=1_000)
    log.add("run", RUN, outcome=answer(b"x" * 10_000))
    assert not log.records[0].is_slim


def test_a_script_that_is_run_again_is_held_once() -> None:
    log = RunLog()
    for _ in range(2):
        log.add("run", replace(RUN, source=bytes(bytearray(b"return 1"))))
    first, second = log.records
    assert first.run.source is second.run.source


def test_a_run_is_compared_with_the_last_of_its_script_that_has_its_details() -> None:
    log = RunLog()
    first = log.add("run", RUN, outcome=counted(RUN))
    other = log.add("run", replace(RUN, name="other"), outcome=counted(RUN))
    log.add("run", RUN, problem=("The link is lost.", ""))
    last = log.add("run", RUN, outcome=counted(RUN))
    assert log.before(last) == first
    assert log.before(other) == first
    assert log.before(first) is None


def test_what_is_large_is_weighed_by_a_sample() -> None:
    rows = tuple(TraceRow(1, (b"SET", b"k" * 100), b"v" * 100, 1.0) for _ in range(10_000))
    weight = weight_of(replace(counted(RUN), trace=rows))
    assert 2_000_000 < weight < 8_000_000
    assert weight_of(answer([b"x" * 1_000] * 5_000)) > 5_000_000
