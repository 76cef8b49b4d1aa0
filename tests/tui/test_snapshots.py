"""What each state looks like, as text that a review can read: one part of the screen a snapshot.

A snapshot that changed on purpose is written anew by ``make snapshots``; the difference in the
commit is then what the user will see. Parts that hold times or figures are left out.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from redis_tui.errors import ConnectError
from redis_tui.paths import packaged_themes_dir
from redis_tui.resp.types import BigNumber, Map, Reply, SetReply, Verbatim
from redis_tui.session.base import Change, Event, EventKind, ScriptOutcome, ScriptRun, Snapshot
from redis_tui.session.danger import Danger
from redis_tui.session.remote_notes import given_up
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.desks import link
from redis_tui.tui.panes.keys import KeysPane
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.screens.connecting import ConnectingScreen
from redis_tui.tui.screens.danger import ConfirmDanger
from redis_tui.tui.widgets.bars import TitleBar
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.reply_viewer import ReplyViewer
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import FakeSession, counted, failed, info, killed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FOLDER = Path(__file__).parent / "snapshots"
_PATIENCE_S = 30.0
WRITES = os.environ.get("SNAPSHOTS") == "write"
SIZES = [(120, 40), (80, 24)]

every_size = pytest.mark.parametrize("size", SIZES, ids=[f"{columns}x{rows}" for columns, rows in SIZES])


def part(app: WorkbenchApp, selector: str) -> str:
    """What stands on the screen where a widget is."""
    region = app.screen.query_one(selector).region
    rows = [
        "".join(segment.text for segment in strip.crop(region.x, region.right)).rstrip()
        for strip in app.screen._compositor.render_strips()[region.y : region.bottom]
    ]
    kept = [row for at, row in enumerate(rows) if not (at and row == rows[at - 1])]  # a run of empty rows is one
    return "\n".join(kept).rstrip() + "\n"


async def matches(name: str, size: tuple[int, int], show: Callable[[], str]) -> None:
    """Waits until what is shown is as the snapshot's file has it, or writes it there."""
    path = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
    if WRITES:
        path.write_text(show(), encoding="utf-8")
    assert path.exists(), f"there is no snapshot {path.name}: make snapshots writes it"
    wanted, deadline = path.read_text(encoding="utf-8"), time.monotonic() + _PATIENCE_S
    while (shown := show()) != wanted and time.monotonic() < deadline:
        await asyncio.sleep(0.02)  # a part may be drawn a moment after the one that was waited for
    assert shown == wanted


def without_seconds(shown: str) -> str:
    """How long a connection has been waited for is left out."""
    return re.sub("…  [0-9]+ s", lambda waited: "…".ljust(len(waited[0])), shown)


def with_nine_seconds(shown: str) -> str:
    """However long it is until the next attempt."""
    return re.sub(r"[0-9]+ s\)", "9 s)", shown)


def server(session: FakeSession | None = None) -> FakeSession:
    """A session that is not embedded, so that no sample keys are put into it."""
    session = session or FakeSession()
    session.info = info(embedded=False)
    return session


def workbench(open_session: Callable[[], Awaitable[FakeSession]]) -> WorkbenchApp:
    shelf = read_shelf([packaged_themes_dir()])
    return WorkbenchApp(open_session, address="redis.example:6379", shelf=shelf, theme="dark")


def over(session: FakeSession) -> WorkbenchApp:
    async def open_session() -> FakeSession:
        return session

    return workbench(open_session)


@every_size
async def test_connecting(size: tuple[int, int], until: Until) -> None:
    async def never() -> FakeSession:
        await asyncio.Event().wait()
        raise AssertionError

    app = workbench(never)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConnectingScreen) and app.screen.query("#connecting-text"))
        await until(pilot, lambda: str(app.screen.query_one("#connecting-text", Static).content))
        await pilot.pause()
        assert "Connecting to redis.example:6379" in part(app, "#connecting")
        await matches("connecting", size, lambda: without_seconds(part(app, "#connecting")))


@every_size
async def test_a_server_that_refuses(size: tuple[int, int], until: Until) -> None:
    async def refused() -> FakeSession:
        raise ConnectError("redis.example:6379 refused the connection.", hint="Is the server running?")

    app = workbench(refused)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query("#connecting-text"))
        await until(pilot, lambda: "refused" in str(app.screen.query_one("#connecting-text", Static).content))
        await pilot.pause()
        assert "Try again" in part(app, "#connecting")
        await matches("refused", size, lambda: part(app, "#connecting"))


@every_size
async def test_a_database_without_keys(size: tuple[int, int], until: Until) -> None:
    app = over(server())
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: "scanned" in str(app.screen.query_one(KeysPane).border_subtitle))
        await pilot.press("alt+1")
        await pilot.pause()
        await matches("empty-keys", size, lambda: part(app, "#keys"))


@every_size
async def test_before_the_first_run(size: tuple[int, int], until: Until) -> None:
    app = over(server())
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await matches("empty-result", size, lambda: part(app, "#reply-view"))


@every_size
async def test_a_script_that_fails(size: tuple[int, int], until: Until) -> None:
    session = server()
    session.outcomes.append(failed())
    app = over(session)
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f5")
        await until(pilot, lambda: "WRONGTYPE" in app.screen.query_one("#reply-view", LineView).plain)
        await pilot.pause()
        await matches("error-reply", size, lambda: part(app, "#reply-view"))


@every_size
async def test_a_server_that_is_busy(size: tuple[int, int], until: Until) -> None:
    session = server()
    app = over(session)
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        session.is_busy = True
        await pilot.press("f9")
        await until(pilot, lambda: "BUSY" in app.screen.query_one(TitleBar).state[0])
        await pilot.press("alt+1")
        await pilot.pause()
        await matches("busy-keys", size, lambda: part(app, "#keys"))


@every_size
async def test_a_connection_that_is_lost(size: tuple[int, int], until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "_WAITS_S", (9,))
    monkeypatch.setattr(link, "_SPREAD", (1, 1))
    session = server()
    session.data[b"queue"] = b"1"
    app = over(session)
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+1")
        facts = app.screen.query_one(KeysPane).known_facts
        await until(pilot, lambda: b"queue" in facts and (size[0] > 100 or facts[b"queue"].size >= 0))
        session.tell(Event(EventKind.DISCONNECTED, "Connection reset by peer"))
        await until(pilot, lambda: app.screen.query_one(TitleBar).state[1] != "success")
        await pilot.pause()
        await matches("lost", size, lambda: with_nine_seconds(part(app, "#title-bar") + part(app, "#keys")))


@every_size
async def test_production(size: tuple[int, int], until: Until) -> None:
    session = server()
    session.info = replace(session.info, url="redis://shop.example:6379", read_only=True, production=True)
    app = over(session)
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await matches("production", size, lambda: part(app, "#title-bar") + part(app, "#prompt-line"))
        app.push_screen(ConfirmDanger(Danger("FLUSHALL", "It deletes every key of every database."), "shop.example"))
        await until(pilot, lambda: isinstance(app.screen, ConfirmDanger) and app.focused is not None)
        await pilot.pause()
        await matches("confirm", size, lambda: part(app, "#confirm-danger"))


@every_size
async def test_a_server_that_reads_its_data(size: tuple[int, int], until: Until) -> None:
    session = server()
    session.is_loading = True
    app = over(session)
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: "LOADING" in app.screen.query_one(TitleBar).state[0])
        await pilot.press("alt+1")
        await pilot.pause()
        await matches("loading", size, lambda: part(app, "#title-bar") + part(app, "#keys"))


@every_size
async def test_a_connection_that_only_reads(size: tuple[int, int], until: Until) -> None:
    session = server()
    session.info = replace(session.info, read_only=True)
    app = over(session)
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        assert "READ-ONLY" in part(app, "#title-bar")


NESTED = Map(
    [
        (b"name", b"Ann"),
        (b"age", 42),
        (b"scores", [1.5, 2, None, True]),
        (b"tags", SetReply([b"a", b"b"])),
        (b"big", BigNumber(b"123456789012345678901234567890")),
        (b"note", Verbatim(b"hello\nworld")),
        (b"two words", [[b"deep", Map([(b"x", b"y" * 300)])]]),
    ]
)
PEOPLE: Reply = [
    [b"id", b"%d" % number, b"name", b"person %d" % number, b"bio", b"lorem ipsum dolor sit amet " * (number % 4)]
    for number in range(9)
]


async def looks(
    until: Until, name: str, size: tuple[int, int], outcome: ScriptOutcome, *keys: str, view: str = "cli", status: str
) -> None:
    """A run, a view of its reply, keys pressed in it, and what stands in the pane when the border says so."""
    session = server()
    session.outcomes.append(outcome)
    app = over(session)
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        viewer, pane = app.screen.query_one(ReplyViewer), app.screen.query_one(ResultPane)
        viewer.wanted = view
        await pilot.press("alt+4", "f11", "f5")
        await until(pilot, lambda: viewer.document is not None and viewer.face.has_focus)
        await pilot.press(*keys)
        await until(pilot, lambda: status in str(pane.border_subtitle))
        await pilot.pause()
        await matches(name, size, lambda: part(app, "#result"))


def replied(reply: Reply) -> ScriptOutcome:
    return ScriptOutcome(reply=reply, sha="0" * 40, duration_ms=1.0)


@every_size
async def test_a_reply_as_a_tree(size: tuple[int, int], until: Until) -> None:
    keys = ("down", "down", "down", "right", "down")
    await looks(until, "reply-tree", size, replied(NESTED), *keys, view="tree", status=".scores[0]  double")


@every_size
async def test_a_reply_as_a_table(size: tuple[int, int], until: Until) -> None:
    await looks(until, "reply-table", size, replied(PEOPLE), "s", view="table", status="by id ▼")


@every_size
async def test_a_search_in_a_reply(size: tuple[int, int], until: Until) -> None:
    keys = ("slash", "p", "e", "r", "s", "o", "n", "down")
    await looks(until, "reply-search", size, replied(PEOPLE), *keys, view="json", status="2 of 9")


@every_size
async def test_an_empty_reply(size: tuple[int, int], until: Until) -> None:
    await looks(until, "reply-empty", size, replied([]), status="ok")


@every_size
async def test_a_reply_that_is_an_error(size: tuple[int, int], until: Until) -> None:
    await looks(until, "reply-error", size, failed(), view="json", status="error")


WROTE = (Change(0, b"counter", Snapshot("string", b"1", 1), Snapshot("string", b"2", 1)),)
"""What a run has changed, and what the embedded engine takes back when it is ended."""


@every_size
async def test_a_run_that_was_killed(size: tuple[int, int], until: Until) -> None:
    ended = replace(
        killed(), changes=WROTE, changes_total=1, notes=("The script was killed and its writes were undone.",)
    )
    await looks(until, "reply-killed", size, ended, status="killed")


@every_size
async def test_a_run_that_reached_its_limit(size: tuple[int, int], until: Until) -> None:
    ended = replace(killed(), timed_out=True, notes=("Killed after 5000 ms, its time limit; it had written nothing.",))
    await looks(until, "reply-timed-out", size, ended, status="timed out")


@every_size
async def test_a_run_that_reached_its_limit_and_goes_on(size: tuple[int, int], until: Until) -> None:
    await looks(until, "reply-goes-on", size, given_up("0" * 40, 5_000.0), status="timed out")


@every_size
async def test_a_run_that_was_only_tried(size: tuple[int, int], until: Until) -> None:
    tried = counted(ScriptRun(source=b"", dry_run=True))
    await looks(until, "reply-dry-run", size, tried, status="dry run")
