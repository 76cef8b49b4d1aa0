"""The side panes: their tabs, and what is seen and done there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit
from textual.widgets import Input, Static

from redis_tui.errors import SessionError
from redis_tui.session.open import open_session
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.commands import ActionProvider
from redis_tui.tui.panes.clients import ClientsView
from redis_tui.tui.panes.streams import MonitorView, PubSubView
from redis_tui.tui.screens.call import CallScreen
from redis_tui.tui.screens.dialogs import Ask, AskText
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.tabbed_pane import TabbedPane
from redis_tui.tui.widgets.view import Wish
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import FakeSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from redis_tui.session.stream import Stream


BURST = 50_000


def plain(app: WorkbenchApp, name: str) -> str:
    return app.screen.query_one(f"#{name}", LineView).plain


def embedded() -> WorkbenchApp:
    return WorkbenchApp(open_session, sample_keys=False)


async def answer(pilot: Pilot[Any], until: Until, text: str) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, AskText))
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")


async def test_a_view_is_opened_on_the_whole_screen_and_closed_again(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one("#slowlog", TabbedPane)
        assert "Slow log" in str(pane.border_title)
        await pilot.press("alt+c")
        await until(pilot, lambda: "embedded:0 (you)" in plain(app, "clients-view"))
        assert pane.size.width > 100
        assert pane.border_subtitle == "2 connected"
        await pilot.press("alt+c")
        await until(pilot, lambda: pane.size.width < 60)


async def test_another_client_is_killed_after_a_question(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        assert app._session is not None
        stream = await app._session.stream([b"SUBSCRIBE", b"news"])
        await pilot.press("alt+c")
        await until(pilot, lambda: "embedded:3" in plain(app, "clients-view"))
        await pilot.press("end", "x")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await pilot.click("#answer-kill")
        await until(pilot, lambda: app.screen is bench)
        await until(pilot, lambda: bench.query_one(ClientsView).subtitle == "2 connected")
        await stream.aclose()


async def test_a_library_is_loaded_from_the_editor_and_called(until: Until, home: Any) -> None:
    (home / "mylib.lua").write_text(
        "#!lua name=mylib\nredis.register_function{function_name='twice', description='doubles',"
        " callback=function(keys, args) return args[1] * 2 end, flags={'no-writes'}}\n"
    )
    app = WorkbenchApp(open_session, sample_keys=False, files=[home / "mylib.lua"])
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+l")
        await until(pilot, lambda: "No function library" in plain(app, "functions-view"))
        await pilot.press("L")
        await until(pilot, lambda: "twice\tno-writes\tdoubles" in plain(app, "functions-view"))
        await pilot.press("down", "e")
        await until(pilot, lambda: isinstance(app.screen, CallScreen))
        app.screen.query_one("#call-args", Input).value = "21"
        await pilot.press("f5")
        await until(pilot, lambda: "(integer) 42" in app.screen.query_one(LineView).plain)


async def test_running_a_library_offers_to_load_it_and_says_how_to_call_it(until: Until, home: Any) -> None:
    code = "#!lua name=mylib\nredis.register_function('twice', function(keys, args) return args[1] * 2 end)\n"
    (home / "mylib.lua").write_text(code)
    app = WorkbenchApp(open_session, sample_keys=False, files=[home / "mylib.lua"])
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.focused is not None)
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is bench)
        await until(pilot, lambda: "The library mylib is loaded." in plain(app, "reply-view"))
        assert "FCALL twice numkeys key… arg…" in plain(app, "reply-view")


async def test_a_script_of_the_cache_is_called_by_its_sha(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "counter" in plain(app, "scripts-view"))
        await pilot.press("alt+5", "e")
        await until(pilot, lambda: isinstance(app.screen, CallScreen))
        await pilot.press(*"counter", "enter")
        await until(pilot, lambda: "(integer) 2" in app.screen.query_one(LineView).plain)


async def test_the_threshold_of_the_slow_log_is_set_in_milliseconds(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one("#slowlog", TabbedPane)
        await until(pilot, lambda: pane.border_subtitle == "over 10 ms")
        await pilot.press("alt+6", "t")
        await answer(pilot, until, "2.5")
        await until(pilot, lambda: pane.border_subtitle == "over 2.5 ms")


async def test_the_server_is_charted_and_a_setting_is_changed(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+s")
        await until(pilot, lambda: "connected_clients\t2\tClients" in plain(app, "server-view"))
        charts = str(app.screen.query_one("#charts", Static).visual)
        assert [line.split()[0] for line in charts.splitlines()] == ["ops/s", "memory", "hit", "clients"]
        await pilot.press("c", "slash", *"maxmemory-policy", "enter")
        await until(pilot, lambda: plain(app, "server-view") == "maxmemory-policy\tnoeviction\t")
        await pilot.press("enter")
        await answer(pilot, until, "allkeys-lru")
        await until(pilot, lambda: plain(app, "server-view") == "maxmemory-policy\tallkeys-lru\t")


async def test_passwords_are_not_among_the_settings_that_are_shown(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert app._session is not None
        await app._session.execute([b"CONFIG", b"SET", b"masterauth", b"hunter2"])
        await pilot.press("alt+s", "c")
        await until(pilot, lambda: "masterauth\t(hidden)" in plain(app, "server-view"))
        assert "hunter2" not in plain(app, "server-view")


async def test_monitor_begins_when_asked_and_shows_what_runs(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+o")
        await until(pilot, lambda: "s starts it" in plain(app, "monitor-view"))
        view = app.screen.query_one(MonitorView)
        await pilot.press("s")
        await until(pilot, lambda: view.is_listening)
        assert app._session is not None
        await app._session.execute([b"SET", b"a", b"1"])
        await until(pilot, lambda: "SET a 1" in plain(app, "monitor-view"))
        assert "OK" not in [line.strip() for line in plain(app, "monitor-view").splitlines()]
        await pilot.press("o")
        await until(pilot, lambda: "SET a 1" not in plain(app, "monitor-view"))
        await pilot.press("o")
        await until(pilot, lambda: "SET a 1" in plain(app, "monitor-view"))
        await pilot.press("s")
        await until(pilot, lambda: not view.is_listening)
        assert "SET a 1" in plain(app, "monitor-view")


async def test_channels_patterns_and_shards_are_heard_in_one_view(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+p", "a")
        await answer(pilot, until, "news jobs.* shard:s")
        await until(pilot, lambda: "ssubscribe s" in plain(app, "pubsub-view"))
        assert app._session is not None
        for command in (b"PUBLISH news hello", b"PUBLISH jobs.1 begun", b"SPUBLISH s there"):
            await app._session.execute(command.split())
        await until(pilot, lambda: "s there" in plain(app, "pubsub-view"))
        assert "news hello" in plain(app, "pubsub-view")
        assert "*jobs.1 begun" in plain(app, "pubsub-view")
        await pilot.press("slash", *"jobs", "enter")
        assert "hello" not in plain(app, "pubsub-view")


async def test_fifty_thousand_events_in_a_burst_leave_the_interface_free_and_tell_what_was_dropped(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+o", "s")
        view = app.screen.query_one(MonitorView)
        await until(pilot, lambda: view.is_listening)
        lines = [b'1700000000.%06d [0 127.0.0.1:5555] "SET" "key" "value"' % at for at in range(BURST)]
        # The stream takes all of them in one go, as from a thread that never lets the loop have a turn.
        session.streams[0].put(lines)
        await until(pilot, lambda: "30,000 dropped" in view.subtitle)
        assert view.subtitle == "50,000 told · 30,000 dropped"
        assert "30,000 dropped" in str(view.query_one(".head", Static).visual)
        assert view.tail.messages[-1].reply == lines[-1]
        assert len(view.tail.messages) == 20_000


async def test_a_pause_keeps_what_comes_and_shows_it_afterwards(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+o", "s")
        view = app.screen.query_one(MonitorView)
        await until(pilot, lambda: view.is_listening)
        await pilot.press("p")
        session.streams[0].put([b"one", b"two"])
        await until(pilot, lambda: "paused, 2 new" in str(view.query_one(".head", Static).visual))
        assert "one" not in view.tail.plain
        await pilot.press("p")
        assert view.tail.plain == "one\ntwo"


async def test_a_broken_stream_says_so_and_keeps_its_messages(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+p", "a")
        await answer(pilot, until, "news")
        view = app.screen.query_one(PubSubView)
        await until(pilot, lambda: view.is_listening)
        session.streams[0].put([[b"message", b"news", b"hello"]])
        session.streams[0].fail(SessionError("The connection broke."))
        await until(pilot, lambda: not view.is_listening)
        assert "news hello" in view.tail.plain
        assert "✗ broken" in str(view.query_one(".head", Static).visual)


async def test_a_busy_server_is_told_in_every_view_and_can_be_killed_from_here(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        session.is_busy = True
        await pilot.press("f9")
        for pane in ("#scripts", "#slowlog"):
            await until(pilot, lambda: app.screen.query_one(pane).border_subtitle == "BUSY · F8 kills")  # noqa: B023  # awaited here
        await until(pilot, lambda: app.screen.query_one("#kill-button").display)
        await pilot.press("f8")
        await until(pilot, lambda: session.kills)
        session.is_busy = False
        await until(pilot, lambda: not app.screen.query_one("#kill-button").display)
        await until(pilot, lambda: app.screen.query_one("#slowlog").border_subtitle == "over 10 ms")


async def test_of_fifty_thousand_events_all_are_told_and_the_last_are_kept(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+p", "a")
        await answer(pilot, until, "news")
        view = app.screen.query_one(PubSubView)
        await until(pilot, lambda: view.is_listening)
        stream = session.streams[0]
        for _ in range(10):
            stream.put([b"message", b"news", b"x" * 40] for _ in range(BURST // 10))
            view.take(stream.take())
            await pilot.pause()
        view.tick()
        assert view.subtitle == "50,000 told · last 20,000"


async def test_a_script_that_others_loaded_has_the_name_of_its_file(until: Until, home: Any) -> None:
    (home / "greeting.lua").write_text("return 'hello'")
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert app._session is not None
        await app._session.execute([b"SCRIPT", b"LOAD", b"return 'hello'"])
        await until(pilot, lambda: "greeting" in plain(app, "scripts-view"))


async def test_tabs_are_clicked_and_turned_and_escape_leaves_the_whole_screen(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one("#scripts", TabbedPane)
        await pilot.click("#scripts", offset=(15, 0))
        await until(pilot, lambda: pane.active == "functions")
        await pilot.press("left_square_bracket")
        assert pane.active == "scripts"
        await pilot.press("f11")
        await until(pilot, lambda: pane.size.width > 100)
        await pilot.press("escape")
        await until(pilot, lambda: pane.size.width < 60)


async def test_what_a_view_can_do_is_in_the_palette(until: Until) -> None:
    app = embedded()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        provider = ActionProvider(app.screen)
        offered = {str(hit.text): hit.command async for hit in provider.discover() if isinstance(hit, DiscoveryHit)}
        await offered["Monitor: start/stop"]()
        await until(pilot, lambda: app.screen.query_one(MonitorView).is_listening)
        assert app.screen.query_one("#slowlog", TabbedPane).active == "monitor"


async def test_a_stream_that_is_asked_for_twice_is_opened_once(until: Until, home: Path) -> None:
    class Slow(FakeSession):
        async def stream(self, argv: Sequence[bytes], *, capacity: int = 10_000) -> Stream:
            await asyncio.sleep(0)
            return await super().stream(argv, capacity=capacity)

    session = Slow()

    async def open_slow() -> Slow:
        return session

    app = WorkbenchApp(open_slow)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        for _ in range(2):
            app.screen._activity.take(Wish("monitor.toggle"))
        view = app.screen.query_one(MonitorView)
        await until(pilot, lambda: session.left == 1)
        assert (len(session.streams), view.is_listening) == (2, True)
        app.screen._activity.take(Wish("monitor.toggle"))
        await until(pilot, lambda: session.left == 2 and not view.is_listening)
