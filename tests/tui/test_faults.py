"""The workbench over real servers at their worst: it lives, says what happened, keeps what was typed, and recovers."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import pytest
from textual.widgets import Button

from redis_tui.paths import packaged_themes_dir
from redis_tui.render.spans import plain
from redis_tui.session import remote, wire
from redis_tui.session.base import ScriptRun
from redis_tui.session.open import open_session
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.desks import activity, letting_go, link
from redis_tui.tui.messages import CommandEntered
from redis_tui.tui.panes.slowlog import SlowlogView
from redis_tui.tui.screens.dialogs import Ask
from redis_tui.tui.widgets.bars import TitleBar
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.conformance.real_server import RealServer, running
from tests.proxy import Proxy
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from textual.pilot import Pilot

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session

TYPED = "-- typed and not saved\n"
WRITE = "return redis.call('set', 'k', 'v')"
SPIN = "while true do end"
WRITE_AND_SPIN = "redis.call('set', 'k', 1) while redis.call('exists', 'stop') == 0 do end"


@pytest.fixture
def server() -> Iterator[RealServer]:
    with running("valkey-9", "--busy-reply-threshold", "20", "--enable-protected-configs", "yes") as server:
        yield server


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds for people takes less here."""
    monkeypatch.setattr(link, "_WAITS_S", (0.1,))
    monkeypatch.setattr(activity, "_SLOWLOG_S", 0.1)
    monkeypatch.setattr(remote, "_LOOK_S", 0.05)
    monkeypatch.setattr(letting_go, "_SILENT_MS", 100)


class Bench(NamedTuple):
    """A workbench that stands."""

    app: WorkbenchApp
    pilot: Pilot[int]
    until: Until
    sessions: list[Session]
    """That were opened, as they are below what the workbench wraps them in."""

    @property
    def state(self) -> str:
        return self.app.screen_stack[1].query_one(TitleBar).state[0]

    @property
    def told(self) -> str:
        return plain(self.app.notices.lines())

    @property
    def question(self) -> str:
        is_asked = isinstance(self.app.screen, Ask) and isinstance(self.app.focused, Button)
        return str(self.app.screen.query("Static").first().render()) if is_asked else ""

    @property
    def reply(self) -> str:
        return self.app.screen.query_one("#reply-view", LineView).plain

    def replies(self, *words: str) -> bool:
        return all(word in self.reply for word in words)

    def write(self, source: str) -> None:
        self.app.screen.query_one(LuaEditor).load_text(TYPED + source)

    def keeps_what_was_typed(self) -> bool:
        return self.app.screen.query_one(LuaEditor).text.startswith(TYPED)


@contextlib.asynccontextmanager
async def workbench(port: int, until: Until) -> AsyncIterator[Bench]:
    sessions: list[Session] = []

    async def opened() -> Session:
        sessions.append(await open_session(f"redis://127.0.0.1:{port}"))
        return sessions[-1]

    app = WorkbenchApp(opened, shelf=read_shelf([packaged_themes_dir()]))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await ready(app, pilot, until)
        bench = Bench(app, pilot, until, sessions)
        await until(pilot, lambda: bench.state == "ready")
        yield bench


async def asked(server: RealServer, *commands: str) -> Reply:
    """The last one's reply."""
    session = await open_session(f"redis://127.0.0.1:{server.port}")
    replies = [await session.execute(command.encode().split(b" ")) for command in commands]
    await session.close()
    return replies[-1]


async def no_snapshot(server: RealServer) -> None:
    """Has one fail."""
    session = await open_session(f"redis://127.0.0.1:{server.port}")
    await session.execute([b"CONFIG", b"SET", b"save", b"3600 1"])
    await session.execute([b"BGSAVE"])
    async with asyncio.timeout(30):
        while b"rdb_last_bgsave_status:err" not in await session.execute([b"INFO", b"persistence"]):  # type: ignore[operator]  # bytes
            await asyncio.sleep(0.02)
    await session.close()


async def test_a_server_that_dies_under_a_script_it_would_not_end_comes_back_by_itself(
    server: RealServer, until: Until
) -> None:
    async with workbench(server.port, until) as bench:
        bench.write(WRITE_AND_SPIN)
        await bench.pilot.press("f5")
        await until(bench.pilot, lambda: bench.state.startswith("running"))
        await bench.pilot.press("f8")
        await until(bench.pilot, lambda: "SHUTDOWN NOSAVE" in bench.question)
        await bench.pilot.press("escape")
        server.process.kill()
        await until(bench.pilot, lambda: "is not known: look at its keys" in bench.reply)
        await until(bench.pilot, lambda: "disconnected, trying again" in bench.state and "tried" in bench.state)
        assert bench.keeps_what_was_typed()
        with running("valkey-9", port=server.port):
            await until(bench.pilot, lambda: bench.state == "ready" and "Connected again." in bench.told)
            bench.write(WRITE)
            await bench.pilot.press("f5")
            await until(bench.pilot, lambda: "OK" in bench.reply)


async def test_a_server_that_hangs_is_told_and_let_go(
    server: RealServer, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Proxy(server.port) as proxy, workbench(proxy.port, until) as bench:
        bench.write(WRITE)
        proxy.hold()
        await until(bench.pilot, lambda: bench.state.startswith("no answer for"))
        await bench.pilot.press("f8")
        await until(bench.pilot, lambda: "may be busy, hang, or be cut off" in bench.question)
        monkeypatch.setattr(wire, "ANSWER_S", 0.2)
        await bench.pilot.click("#answer-let-go")
        await until(bench.pilot, lambda: "has not answered for" in bench.told and "disconnected" in bench.state)
        assert bench.keeps_what_was_typed()
        monkeypatch.setattr(wire, "ANSWER_S", 30)
        proxy.release()
        await until(bench.pilot, lambda: bench.state == "ready")


async def test_a_script_that_a_broken_network_hides_is_let_go_and_ended_later(
    server: RealServer, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "KILL_TIMEOUT_S", 0.2)
    async with Proxy(server.port) as proxy, workbench(proxy.port, until) as bench:
        bench.write(SPIN)
        await bench.pilot.press("f5")
        await until(bench.pilot, lambda: bench.state.startswith("running"))
        proxy.hold()
        await bench.pilot.press("f8")
        await until(bench.pilot, lambda: "has not answered SCRIPT KILL" in bench.question)
        await bench.pilot.click("#answer-let-go")
        await until(bench.pilot, lambda: not bench.question and "is not known: look at its keys" in bench.reply)
        monkeypatch.setattr(remote, "KILL_TIMEOUT_S", 30)
        proxy.release()
        await until(bench.pilot, lambda: bench.state == "ready" or bench.state.startswith("BUSY"))
        if bench.state != "ready":  # the kill that was not answered may have been heard
            await bench.pilot.press("f8")
        await until(bench.pilot, lambda: bench.state == "ready")


async def test_a_server_that_refuses_writes_says_why_and_what_to_do(server: RealServer, until: Until) -> None:
    cases = (
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0", "OOM", "raise maxmemory"),
        ("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0", "NOREPLICAS", "INFO replication"),
        ("CONFIG SET dir /proc", "CONFIG SET stop-writes-on-bgsave-error no", "MISCONF", "Look at its log"),
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE", "READONLY", "Connect to the master"),
    )
    async with workbench(server.port, until) as bench:
        bench.write(WRITE)
        for spoil, mend, code, advice in cases:
            await asked(server, spoil)
            if code == "MISCONF":
                await no_snapshot(server)
            await bench.pilot.press("f5")
            await until(bench.pilot, partial(bench.replies, code, advice))
            await asked(server, mend)
            await bench.pilot.press("f5")
            await until(bench.pilot, partial(bench.replies, "OK"))
        await until(bench.pilot, lambda: "is a replica of 127.0.0.1:1 and takes no writes" in bench.told)
        assert bench.keeps_what_was_typed()


async def test_who_is_locked_out_is_told_and_comes_back_with_the_new_password(server: RealServer, until: Until) -> None:
    async with workbench(server.port, until) as bench:
        bench.write(WRITE)
        await asked(server, "CONFIG SET requirepass new", "CLIENT KILL TYPE normal SKIPME yes")
        await until(bench.pilot, lambda: "AUTH PASSWORD or AUTH USER PASSWORD lets you in" in bench.told)
        assert "disconnected" in bench.state
        assert "Connected again." not in bench.told
        bench.app.screen.post_message(CommandEntered("AUTH new"))
        await until(bench.pilot, lambda: bench.state == "ready")
        assert bench.keeps_what_was_typed()


async def test_a_script_of_another_client_is_seen_though_no_pane_asks_and_ended_though_the_server_is_full(
    server: RealServer, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "_PROBE_S", 0.1)
    async with workbench(server.port, until) as bench:
        slow_log = bench.app.screen.query_one(SlowlogView)
        await bench.app.screen.run_action("screen.show_view('monitor')")
        await until(bench.pilot, lambda: not slow_log.is_seen)
        other = await open_session(f"redis://127.0.0.1:{server.port}")
        await until(bench.pilot, lambda: bench.sessions[0]._spare.is_ready)  # type: ignore[attr-defined]  # nothing else shows it
        await other.execute(b"CONFIG SET maxclients 2".split())
        spinning = asyncio.ensure_future(other.run(ScriptRun(SPIN.encode())))
        await until(bench.pilot, lambda: bench.state.startswith("BUSY"))
        await until(bench.pilot, lambda: bench.app.screen.query_one("#kill-button").display)
        await bench.pilot.press("f8")
        await until(bench.pilot, lambda: "Script killed" in bench.told)
        assert (await spinning).killed
        await until(bench.pilot, lambda: bench.state == "ready")
        await other.close()
