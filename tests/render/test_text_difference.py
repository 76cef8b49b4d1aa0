"""Two texts of many lines: what differs, and that it is there at once."""

from __future__ import annotations

import time

from redis_tui.render.text_difference import changed_lines


def test_the_shortest_edit_is_told_with_the_lines_around() -> None:
    before, after = list("abcdefg"), list("abcxefg")
    assert changed_lines(before, after, around=1) == ["@@ -3,3 +3,3 @@", " c", "-d", "+x", " e"]
    assert changed_lines(before, before, around=1) == []


def test_of_many_lines_those_at_the_same_place_are_compared() -> None:
    before = [f"line {number}" for number in range(20_000)]
    after = [line if at % 2 or at < 10 else f"other {at}" for at, line in enumerate(before)]
    started = time.thread_time()
    told = changed_lines(before, [*after, "more"], around=1)
    assert time.thread_time() - started < 1  # minutes, if the shortest edit was looked for
    assert told[:3] == ["@@ line 11 @@", "-line 10", "+other 10"]
    assert told[-2:] == ["@@ line 20,001 @@", "+more"]
    assert sum(row[0] == "-" for row in told) == 9_995
