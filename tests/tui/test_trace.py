"""The Trace tab: narrowed, sorted, summed up, copied, saved."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import Input, TabbedContent

from redis_tui.resp.types import OK
from redis_tui.session.base import ScriptRun, TraceRow
from redis_tui.tui.panes.trace import CallRows, TraceView
from redis_tui.tui.screens.dialogs import AskText
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession

SIZE = (120, 40)
ROWS = (
    TraceRow(3, (b"GET", b"counter"), b"7", 1.5),
    TraceRow(5, (b"SET", b"counter", b"8"), OK, 9.0),
    TraceRow(3, (b"GET", b"other"), None, 2.0),
)


async def traced(
    app: WorkbenchApp, session: FakeSession, pilot: Pilot[int], until: Until, rows: Sequence[TraceRow] = ROWS
) -> CallRows:
    """A run with these calls, its trace in front."""
    await ready(app, pilot, until)
    view = app.screen.query_one(CallRows)
    session.outcomes = [replace(counted(ScriptRun(source=b"")), trace=tuple(rows), trace_total=len(rows))]
    await pilot.press("f5")
    await until(pilot, lambda: view.row_count == len(rows))
    app.screen.query_one(TabbedContent).active = "tab-trace"
    view.focus()
    await until(pilot, lambda: view.has_focus)
    return view


async def test_the_slowest_call_is_marked_and_comes_first_when_asked(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = await traced(app, session, pilot, until)
        assert [line[0] for line in view.plain.split("\n")] == [" ", "▲", " "]
        await pilot.press("o")
        assert view.plain.startswith("▲   5       9.0 µs █████ SET counter 8  →  OK")
        await pilot.press("o")
        assert view.plain.startswith("    3       1.5 µs")


async def test_calls_are_narrowed_by_a_text_of_the_command_or_the_reply(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = await traced(app, session, pilot, until)
        await pilot.press("slash", *"OTHER")
        await until(pilot, lambda: view.row_count == 1)
        assert "GET other" in view.plain
        await pilot.press("escape")
        await until(pilot, lambda: view.row_count == 3)
        await pilot.press("slash", "7")
        await until(pilot, lambda: view.row_count == 1)
        assert "GET counter" in view.plain


async def test_totals_go_by_line_and_command_by_command_by_line_and_round(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = await traced(app, session, pilot, until)
        seen = []
        for _ in range(4):
            await pilot.press("t")
            seen.append(view.plain.split("\n")[-1].split())
        assert seen[0] == ["3", "3.5", "µs", "28.0%", "█▍", "GET", "2", "calls", "·", "1.8", "µs", "each"]
        assert seen[1][:3] == ["3.5", "µs", "28.0%"]
        assert seen[2][:5] == ["3", "3.5", "µs", "28.0%", "█▍"]
        assert "GET other" in " ".join(seen[3])


async def test_enter_on_a_sum_goes_to_its_line(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await traced(app, session, pilot, until)
        await pilot.press("t", "enter")
        await until(pilot, lambda: isinstance(app.focused, LuaEditor))
        assert app.screen.query_one(LuaEditor).cursor_location[0] == 4


async def test_what_is_shown_is_copied_as_commands(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await traced(app, session, pilot, until, [TraceRow(1, (b"SET", b"a b", b"\x00"), OK, 1.0)])
        await pilot.press("c")
        assert app.clipboard == 'SET "a b" "\\x00"\n'


async def test_calls_are_saved_as_a_table_or_as_commands(
    app: WorkbenchApp, session: FakeSession, until: Until, home: Path
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        view = await traced(app, session, pilot, until)
        for name, begins in (
            ("t.tsv", "line\tmicroseconds\tcommand\treply\n3\t1.5\tGET counter"),
            ("t.redis", "GET c"),
        ):
            view.focus()
            await pilot.press("s")
            await until(pilot, lambda: isinstance(app.screen, AskText) and app.screen.query(Input))
            app.screen.query_one(Input).value = name
            await pilot.press("enter")
            await until(pilot, (home / name).exists)
            await until(pilot, lambda: not isinstance(app.screen, AskText))
            assert (home / name).read_text(encoding="utf-8").startswith(begins)


async def test_a_hundred_thousand_calls_cost_what_is_seen_of_them(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    rows = [TraceRow(3, (b"SET", b"key:%d" % at, b"v" * 50), OK, float(at % 97)) for at in range(100_000)]
    async with app.run_test(size=SIZE) as pilot:
        view = await traced(app, session, pilot, until, rows)
        trace = app.screen.query_one(TraceView)
        began = time.process_time()
        trace.action_order()
        trace.narrow("key:99")
        trace.narrow("")
        trace.action_totals()
        trace.action_totals()
        assert time.process_time() - began < 5
        trace.action_order()
        await pilot.press("end")
        assert view.row == 99_999
