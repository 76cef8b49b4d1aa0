from __future__ import annotations

from dataclasses import replace

from redis_tui.render.compare import Compared, compare
from redis_tui.render.side import SAME, Section
from redis_tui.render.spans import plain, width
from redis_tui.resp.types import OK, ErrorReply, Reply
from redis_tui.session.base import MISSING, Change, LogLine, ScriptOutcome, ScriptRun, Snapshot, TraceRow

RUN = ScriptRun(source=b"return 1", keys=(b"k",), args=(b"5",), name="counter", trace=True)
OUTCOME = ScriptOutcome(
    reply=1,
    sha="0" * 40,
    duration_ms=1.0,
    trace=(TraceRow(1, (b"GET", b"k"), None, 1.0), TraceRow(2, (b"SET", b"k", b"1"), OK, 1.0)),
    trace_total=2,
    changes=(Change(0, b"k", MISSING, Snapshot("string", b"1", 1, expires_at_ms=61_000)),),
    changes_total=1,
    instructions=10,
)


def sections(
    one: ScriptOutcome,
    other: ScriptOutcome,
    *,
    runs: tuple[ScriptRun, ScriptRun] = (RUN, RUN),
    columns: int = 100,
    stacked: bool = False,
) -> dict[str, Section]:
    a = Compared("run 1", runs[0], one, 1_000)
    b = Compared("run 2", runs[1], other, 2_000)
    return {section.title: section for section in compare(a, b, columns=columns, stacked=stacked)}


def test_runs_without_a_difference_say_so() -> None:
    made = sections(OUTCOME, OUTCOME)
    assert plain(made[""].lines) == (
        "✓ No difference but in what they took.\n= The same    arguments · script · reply · changes · calls · log"
    )
    assert not any(section.differs for section in made.values())


def test_figures_stand_beside_each_other_with_their_ratio() -> None:
    made = sections(OUTCOME, replace(OUTCOME, duration_ms=2.5, instructions=10))
    rows = [line.split() for line in plain(made["What they took"].lines).split("\n")]
    assert rows[1] == ["time", "1.00", "ms", "2.50", "ms", "▲", "2.50×"]
    assert rows[2] == ["instructions", "10", "10", "="]


def test_arguments_that_differ_are_named() -> None:
    made = sections(OUTCOME, OUTCOME, runs=(RUN, replace(RUN, args=(b"6", b"x y"))))
    assert made["Arguments"].told == "ARGV"
    assert plain(made["Arguments"].lines).split() == ["ARGV", "5", "≠", "6", '"x', 'y"']


def test_scripts_are_compared_by_lines() -> None:
    made = sections(OUTCOME, OUTCOME, runs=(RUN, replace(RUN, source=b"local a\nreturn 1")))
    assert plain(made["Script"].lines) == "@ @ -1 +1,2 @@\n+ local a\n  return 1".replace("@ @", "@ @")
    assert made["Script"].told == "1 line"


def test_a_reply_is_compared_by_its_places() -> None:
    made = sections(replace(OUTCOME, reply=[1, [b"a"]]), replace(OUTCOME, reply=[1, [b"b"]]))
    assert made["Reply"].told == "1 place"
    assert plain(made["Reply"].lines).split() == ["reply[2][1]", '"a"', "≠", '"b"']


def test_a_reply_and_an_error_are_told_apart() -> None:
    error: Reply = ErrorReply(b"WRONGTYPE no")
    made = sections(OUTCOME, replace(OUTCOME, reply=error))
    assert "(error) WRONGTYPE no" in plain(made["Reply"].lines)


def test_a_time_to_live_set_alike_is_no_difference() -> None:
    later = Change(0, b"k", MISSING, Snapshot("string", b"1", 1, expires_at_ms=62_000))
    assert sections(OUTCOME, replace(OUTCOME, changes=(later,)))["Changes"].told == SAME
    longer = Change(0, b"k", MISSING, Snapshot("string", b"1", 1, expires_at_ms=92_000))
    made = sections(OUTCOME, replace(OUTCOME, changes=(longer,)))
    assert made["Changes"].told == "1 key"
    assert "60 s" in plain(made["Changes"].lines)
    assert "90 s" in plain(made["Changes"].lines)


def test_a_key_that_only_one_run_changed_is_told() -> None:
    made = sections(OUTCOME, replace(OUTCOME, changes=(), changes_total=0), stacked=True)
    assert plain(made["Changes"].lines).split("\n")[-1] == "  B not changed"


def test_the_first_call_that_differs_is_named_and_the_same_ones_are_folded() -> None:
    head = tuple(TraceRow(1, (b"GET", b"%d" % at), None, 1.0) for at in range(10))
    one = replace(OUTCOME, trace=(*head, TraceRow(7, (b"SET", b"a", b"1"), OK, 1.0)), trace_total=11)
    other = replace(OUTCOME, trace=(*head, TraceRow(8, (b"SET", b"a", b"2"), OK, 1.0)), trace_total=11)
    made = sections(one, other, stacked=True)["Calls"]
    assert made.told == "from call 11 on"
    assert plain(made.lines).split("\n") == [
        "First difference: call 11 is another one (line 7 of A, 8 of B).",
        "",
        "  … 8 calls the same",
        "  =    1  GET 8  →  (nil)",
        "  =    1  GET 9  →  (nil)",
        "  A    7  SET a 1  →  OK",
        "  B    8  SET a 2  →  OK",
    ]


def test_a_call_that_was_put_in_shifts_no_other() -> None:
    extra = TraceRow(1, (b"PING",), OK, 1.0)
    made = sections(OUTCOME, replace(OUTCOME, trace=(extra, *OUTCOME.trace), trace_total=3), stacked=True)["Calls"]
    told = plain(made.lines)
    assert told.startswith("First difference: call 1, line 1, is made by B only: PING")
    assert told.count("  = ") == 2


def test_the_same_call_with_another_answer_is_a_difference() -> None:
    other = (replace(OUTCOME.trace[0], reply=b"7"), OUTCOME.trace[1])
    made = sections(OUTCOME, replace(OUTCOME, trace=other))["Calls"]
    assert plain(made.lines).startswith("First difference: call 1, line 1, is the same and is answered differently.")


def test_without_a_trace_nothing_is_claimed_of_the_calls() -> None:
    quiet = replace(RUN, trace=False)
    made = sections(OUTCOME, replace(OUTCOME, trace=(), trace_total=0), runs=(RUN, quiet))
    assert made["Calls"].told == "B was not traced (F7 does)"
    assert "? Not known   calls: B was not traced (F7 does)" in plain(made[""].lines)


def test_a_cut_trace_says_how_much_was_compared() -> None:
    made = sections(replace(OUTCOME, trace_total=50), OUTCOME)["Calls"]
    assert plain(made.lines) == "Compared: of A the first 2 of 50 calls."


def test_many_calls_are_paired_in_order() -> None:
    rows = [TraceRow(1, (b"SET", b"k", b"%d" % at), OK, 1.0) for at in range(20_000)]
    others = [replace(row, command=(*row.command, b"NX")) for row in rows]
    made = sections(replace(OUTCOME, trace=tuple(rows)), replace(OUTCOME, trace=tuple(others)))["Calls"]
    assert plain(made.lines).split("\n")[-1] == "the first 400 rows; there are more"


def test_logs_are_compared_by_lines() -> None:
    made = sections(OUTCOME, replace(OUTCOME, log=(LogLine("notice", b"hello"),)))
    assert "+ notice   hello" in plain(made["Log"].lines)


def test_beside_each_other_no_line_is_wider_than_the_screen() -> None:
    long = replace(
        OUTCOME, reply=b"x" * 500, changes=(Change(0, b"k" * 200, MISSING, Snapshot("string", b"y" * 300, 300)),)
    )
    for section in sections(OUTCOME, long, columns=90).values():
        assert all(width(line) <= 90 for line in section.lines), section.title
