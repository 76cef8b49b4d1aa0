"""F12: what a person sent stays findable, however much the panes ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.spans import plain
from redis_tui.session.aside import aside
from redis_tui.session.base import EventKind
from redis_tui.session.open import open_session
from redis_tui.tui.screens.sent import SentScreen, sent_lines
from redis_tui.tui.sent_log import SentLog
from redis_tui.tui.widgets.line_view import LineView
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import Event
    from redis_tui.tui.app import WorkbenchApp


def log() -> SentLog:
    log = SentLog()
    log.add("SET a 1", 0.0, is_own=True)
    for second in range(43):
        log.add("SLOWLOG GET 128", float(second + 1), is_own=False)
    log.add("GET a", 50.0, is_own=True)
    log.add("GET a", 51.0, is_own=True)
    return log


def test_what_panes_ask_is_folded_and_counted() -> None:
    rows = [(row.text, row.count, row.is_own) for row in log().rows()]
    assert rows == [("SET a 1", 1, True), ("SLOWLOG GET 128", 43, False), ("GET a", 2, True)]


def test_a_filter_shows_yours_or_the_panes_alone() -> None:
    assert [row.text for row in log().rows("yours")] == ["SET a 1", "GET a"]
    assert [row.text for row in log().rows("panes")] == ["SLOWLOG GET 128"]


def test_ten_thousand_questions_of_panes_push_nothing_of_yours_out() -> None:
    full = log()
    for number in range(10_000):
        full.add(f"TYPE key:{number}", 60.0 + number, is_own=False)
    assert [row.text for row in full.rows("yours")] == ["SET a 1", "GET a"]
    assert len(full.rows("panes")) == 1_000
    assert len(full) == 10_046


def test_a_line_says_how_often_and_when_last() -> None:
    line = plain(sent_lines(log(), "panes"))
    assert line.endswith(f"SLOWLOG GET 128  ×43, last {line[:8]}")
    assert "pane  " in line


async def sent(events: AsyncIterator[Event]) -> Event:
    """The next event of that kind."""
    while (event := await anext(events)).kind is not EventKind.SENT:
        pass
    return event


async def test_a_session_tells_what_nobody_asked_for() -> None:
    session = await open_session()
    events = session.events()
    try:
        with aside():
            await session.execute([b"DBSIZE"])
        await session.execute([b"PING"])
        told = [await sent(events), await sent(events)]
    finally:
        await session.close()
    assert [(event.text, event.is_aside) for event in told] == [("DBSIZE", True), ("PING", False)]


async def test_f_goes_through_the_filters(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        app.push_screen(SentScreen(log()))
        await until(pilot, lambda: isinstance(app.screen, SentScreen) and app.focused is not None)
        await pilot.press("f")
        view = app.screen.query_one(LineView)
        assert "GET a" in view.plain
        assert "SLOWLOG" not in view.plain
        await pilot.press("f")
        assert "SET a 1" not in view.plain
        await pilot.press("escape")
