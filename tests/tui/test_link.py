"""The workbench while its server is away: what it showed stays, it says so, and it comes back by itself."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import ConnectError, SessionError
from redis_tui.render.spans import plain
from redis_tui.resp.types import Reply, Status
from redis_tui.session.base import Event, EventKind, KillOutcome
from redis_tui.tui.desks import link, run
from redis_tui.tui.desks.link import STALE
from redis_tui.tui.panes.keys import KeysPane
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.panes.slowlog import SlowlogView
from redis_tui.tui.screens.call import CallScreen
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.bars import TitleBar
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import FakeSession, info

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.tui.app import WorkbenchApp

SIZE = (120, 40)


class Leaving(FakeSession):
    """A server that can be taken away."""

    is_away = False
    attempts = 0

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        if self.is_away:
            self.attempts += 1
            self.tell(Event(EventKind.DISCONNECTED, "refused"))
            raise ConnectError("Could not connect to redis.example: connection refused.")
        if argv[0] == b"PING":
            self.tell(Event(EventKind.RECONNECTED))
            return Status(b"PONG")
        return await super().execute(argv, db=db)

    def go(self) -> None:
        self.is_away = True
        self.tell(Event(EventKind.DISCONNECTED, "redis.example closed the connection."))


@pytest.fixture
def session() -> Leaving:
    session = Leaving(info(embedded=False))
    session.data.update({b"user:1": b"1", b"queue": b"2"})
    return session


def state(app: WorkbenchApp) -> str:
    return app.screen.query_one(TitleBar).state[0]


async def test_what_was_shown_stays_and_is_marked_as_old(app: WorkbenchApp, session: Leaving, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        keys = app.screen.query_one(KeysPane)
        await until(pilot, lambda: len(keys.all_keys) == 2)
        text = app.screen.query_one(LuaEditor).text
        session.go()
        await until(pilot, lambda: "disconnected, trying again" in state(app))
        assert keys.border_subtitle == STALE
        assert app.screen.query_one(SlowlogView).subtitle == STALE
        await pilot.press("f9")
        await until(pilot, lambda: session.attempts >= 1)
        await pilot.pause()
        assert len(keys.all_keys) == 2
        assert app.screen.query_one(LuaEditor).text == text
        assert isinstance(app.screen, WorkbenchScreen)


async def test_it_comes_back_by_itself_and_reads_all_again(
    app: WorkbenchApp, session: Leaving, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "_WAITS_S", (0, 0))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        session.go()
        await until(pilot, lambda: session.attempts >= 2)
        session.data[b"new"] = b"3"
        session.is_away = False
        keys = app.screen.query_one(KeysPane)
        await until(pilot, lambda: state(app) == "ready" and len(keys.all_keys) == 3)
        assert not app.screen.has_class("-lost")
        assert app.screen.query_one(SlowlogView).subtitle != STALE


async def test_a_key_tries_at_once(app: WorkbenchApp, session: Leaving, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        session.go()
        await until(pilot, lambda: "F9 now" in state(app))
        session.is_away = False
        await pilot.press("f9")
        await until(pilot, lambda: state(app) == "ready")


async def test_panes_hold_back_while_the_link_is_lost(
    app: WorkbenchApp, session: Leaving, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "_WAITS_S", (600,))
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        session.go()
        await until(pilot, lambda: "F9 now" in state(app))
        before = session.attempts
        app.screen._feed.read_all()
        await pilot.pause()
        assert session.attempts == before


async def test_keys_stay_while_a_script_holds_the_server_up(app: WorkbenchApp, session: Leaving, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        keys = app.screen.query_one(KeysPane)
        await until(pilot, lambda: len(keys.all_keys) == 2)
        session.is_busy = True
        await pilot.press("f9")
        await until(pilot, lambda: keys.border_subtitle == "old: BUSY" and state(app).startswith("BUSY"))
        await until(pilot, lambda: app.screen.query_one("#kill-button").display)
        assert len(keys.all_keys) == 2
        session.is_busy = False
        await until(pilot, lambda: state(app) == "ready" and "scanned" in str(keys.border_subtitle))


async def test_a_server_that_reads_its_data_says_so_until_it_is_done(
    app: WorkbenchApp, session: Leaving, until: Until
) -> None:
    session.is_loading = True
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: state(app) == "LOADING its data · 43 % · 12 s left")
        session.is_loading = False
        await until(pilot, lambda: state(app) == "ready")
        await until(pilot, lambda: len(app.screen.query_one(KeysPane).all_keys) == 2)


async def test_what_was_told_of_the_loss_goes_when_the_link_is_back(
    app: WorkbenchApp, session: Leaving, until: Until
) -> None:
    def toasts() -> list[str]:
        return [f"{one.title} {one.message}" for one in app._notifications]

    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(app, pilot, until)
        session.go()
        await until(pilot, lambda: any(text.startswith("Disconnected ") for text in toasts()))
        session.is_away = False
        await pilot.press("f9")
        await until(pilot, lambda: any("Connected again." in text for text in toasts()))
        assert not any(text.startswith("Disconnected ") for text in toasts())


async def test_a_server_that_is_elsewhere_now_is_told(app: WorkbenchApp, session: Leaving, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        session.tell(Event(EventKind.RECONNECTED, "main is at b:2 now, no longer at a:1."))
        await until(pilot, lambda: "main is at b:2 now" in "".join(toast.message for toast in app._notifications))


async def test_a_server_that_goes_while_the_workbench_closes_is_no_fault(
    app: WorkbenchApp, session: Leaving, until: Until
) -> None:
    session.data.clear()
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        bench = app.screen._bench
    session.is_away = True
    await bench.guard(lambda: session.execute([b"PING"]))


async def test_work_that_the_end_overtakes_is_not_complained_of(
    app: WorkbenchApp, session: Leaving, until: Until
) -> None:
    async def read() -> None:
        await session.execute([b"PING"])

    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        work = read()
        app.screen._bench.work(work, "read")
        app.screen.workers.cancel_group(app.screen, "read")
        await until(pilot, lambda: inspect.getcoroutinestate(work) == inspect.CORO_CLOSED)


async def test_how_the_link_is_goes_before_what_the_server_is(
    app: WorkbenchApp, session: Leaving, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "_WAITS_S", (600,))
    async with app.run_test(size=(72, 24)) as pilot:
        await ready(app, pilot, until)
        session.go()
        await until(pilot, lambda: "F9 now" in str(app.screen.query_one(TitleBar).content))
        title = app.screen.query_one(TitleBar)
        await until(pilot, lambda: len(str(title.content)) <= title.size.width)


async def test_a_call_that_cannot_be_ended_can_be_left(app: WorkbenchApp, session: Leaving, until: Until) -> None:
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await ready(app, pilot, until)
        app.push_screen(CallScreen(session, "call", [b"BLPOP"]))  # which the fake never answers
        await until(pilot, lambda: isinstance(app.screen, CallScreen) and app.focused is not None)
        await pilot.press("f5")
        await until(pilot, lambda: "waiting for the reply" in app.screen.query_one(LineView).plain)
        session.kill_answers = [KillOutcome.UNKILLABLE]
        await pilot.press("escape")
        await until(pilot, lambda: "Esc leaves without the reply" in plain(app.notices.lines()))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))


async def test_a_run_is_told_though_the_link_breaks_after_it(
    app: WorkbenchApp, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> float:
        raise SessionError("The connection to h:1 broke.")

    monkeypatch.setattr(run, "slow_threshold_ms", broken)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        result = app.screen.query_one(ResultPane)
        await until(pilot, lambda: result.reply.document is not None)
        assert "(integer)" in result.reply.text.plain
