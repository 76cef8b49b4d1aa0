"""A command of the console that waits says so, and can be left."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.events import Paste
from textual.widgets import Input, Static

from redis_tui.session.base import Waiting
from redis_tui.tui.desks import feed
from redis_tui.tui.panes.console import ConsolePane
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.bars import TitleBar
from redis_tui.tui.widgets.line_view import LineView
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.tui.app import WorkbenchApp
    from tests.tui.fake_session import FakeSession


@pytest.mark.parametrize("key", ["escape", "ctrl+c"])
async def test_a_wait_is_told_and_left_with_a_key(app: WorkbenchApp, until: Until, key: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t", *"BLPOP q 0", "enter")
        notice = app.screen.query_one("#waiting", Static)
        await until(pilot, lambda: notice.display)
        text = str(notice.content)
        assert text.startswith("… BLPOP q 0  waiting ")
        assert text.endswith("Esc stops")
        await pilot.press(key)
        transcript = app.screen.query_one("#transcript", LineView)
        await until(pilot, lambda: "No longer waiting for BLPOP q 0." in transcript.plain)
        assert not notice.display


async def test_another_command_is_answered_meanwhile(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+t", *"BLPOP q 0", "enter")
        await until(pilot, lambda: (b"BLPOP", b"q", b"0") in session.sent)
        app.screen.query_one("#command", Input).value = "SET answer 42"
        await pilot.press("enter")
        await until(pilot, lambda: "OK" in app.screen.query_one("#transcript", LineView).plain)
        await until(pilot, lambda: app.screen.query_one("#waiting", Static).display)


async def test_ctrl_c_elsewhere_says_how_to_leave_in_plain_words(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    session.hang = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        button = app.screen.query_one("#kill-button")
        await until(pilot, lambda: button.display)  # while a script runs, and no longer
        button.focus()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: any(note.message.startswith("^Q quits redis-tui. ") for note in app._notifications))
        session.hang.set()


async def test_a_server_that_is_busy_is_told_in_the_title_until_it_is_free(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        title = app.screen.query_one(TitleBar)
        session.is_busy = True
        await pilot.press("f9")
        await until(pilot, lambda: "BUSY with a script · F8 kills it" in str(title.content))
        session.is_busy = False
        await until(pilot, lambda: "● ready" in str(title.content))


async def test_a_busy_server_is_asked_again_once_however_many_panes_met_it(
    app: WorkbenchApp, session: FakeSession, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    again: list[None] = []
    read_all = feed.FeedDesk.read_all

    def counted(desk: feed.FeedDesk) -> None:
        again.append(None)
        read_all(desk)

    monkeypatch.setattr(feed, "_BUSY_AGAIN_SECONDS", 0.6)  # longer than five panes take to ask
    monkeypatch.setattr(feed.FeedDesk, "read_all", counted)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        again.clear()
        session.is_busy = True
        for _ in range(5):
            await app.screen._feed._show_slowlog()
        session.is_busy = False
        title = app.screen.query_one(TitleBar)
        await until(pilot, lambda: again and "● ready" in str(title.content))
        assert len(again) == 1


async def test_what_was_pasted_behind_a_wait_that_is_left_is_not_sent(
    app: WorkbenchApp, session: FakeSession, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = session.execute

    async def waits_for_a(argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        reply = await execute(argv, db=db)
        if argv[-1] == b"a":
            await asyncio.Event().wait()
        return reply

    monkeypatch.setattr(session, "execute", waits_for_a)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query_one(ConsolePane).assist.catalog)
        await pilot.press("ctrl+t")
        app.post_message(Paste("GET a\nGET b\n"))
        await until(pilot, lambda: app.screen.query_one("#command", Input).value == "GET b")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen.query_one("#waiting", Static).display)
        await pilot.press("escape")
        transcript = app.screen.query_one("#transcript", LineView)
        await until(pilot, lambda: "No longer waiting for GET a." in transcript.plain)
        await pilot.press(*"GET c", "enter")
        await until(pilot, lambda: (b"GET", b"c") in session.sent)
        assert (b"GET", b"b") not in session.sent


@pytest.mark.parametrize(
    ("now", "let_gos"), [(None, 0), (Waiting("GET later", 3_100.0), 0), (Waiting("GET k", 9_000.0), 1)]
)
async def test_only_what_was_asked_about_is_let_go(
    app: WorkbenchApp, session: FakeSession, until: Until, now: Waiting | None, let_gos: int
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        session.waits = Waiting("GET k", 8_000.0)
        await pilot.press("f8")
        await until(pilot, lambda: app.screen.query("#answer-let-go"))
        session.waits = now  # while the question stands
        await pilot.click("#answer-let-go")
        await until(pilot, lambda: all(work.is_finished for work in app.workers if work.group == "kill"))
        assert session.let_gos == let_gos
