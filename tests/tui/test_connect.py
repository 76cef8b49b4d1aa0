"""The screen Connect: tries a server, saves it by name, and has the workbench go over to it with its scripts untouched."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, Static

from redis_tui.contrast import AA, contrast
from redis_tui.errors import AuthError, ConnectError
from redis_tui.paths import packaged_themes_dir, settings_file
from redis_tui.profile import COLORS
from redis_tui.session.base import SessionInfo
from redis_tui.settings import read_settings
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.keys import KeysPane, KeyTree
from redis_tui.tui.panes.node_strip import NodeStrip
from redis_tui.tui.panes.scripts import ScriptsView
from redis_tui.tui.panes.server import ServerView
from redis_tui.tui.screens.connect import ConnectScreen
from redis_tui.tui.screens.connecting import ConnectingScreen
from redis_tui.tui.screens.dialogs import Ask
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.bars import TitleBar
from redis_tui.tui.widgets.choices import Cycle, Toggle
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from redis_tui.tui.widgets.table_view import TableView
from tests.tui.conftest import Until, ready
from tests.tui.fake_cluster import A, FakeCluster
from tests.tui.fake_session import ALL, FakeSession

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from redis_tui.resp.types import Reply

SIZE = (120, 40)
PROFILES = """# mine
[profiles.work]  # the shop
url = "redis://work.example:6380/2"
user = "ann"
color = "green"
separator = "/"
"""


class Place(FakeSession):
    """A server at an address, which remembers whether it was left."""

    is_closed = False
    mode = "standalone"

    async def execute(self, argv: object, *, db: int | None = None) -> Reply:
        words = list(argv)  # type: ignore[call-overload]  # words
        if words == [b"INFO"]:
            return f"# Server\r\nredis_mode:{self.mode}\r\nrole:master\r\nconnected_slaves:1\r\n".encode()
        if words == [b"SENTINEL", b"MASTERS"]:
            return [[b"name", b"main", b"ip", b"10.0.0.1"]]
        return await super().execute(words, db=db)

    async def close(self) -> None:
        self.is_closed = True
        await super().close()


class World:
    """The servers that can be opened, and what was asked for."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.places: list[Place] = []
        self.fault: Exception | None = None
        self.mode = "standalone"

    async def open_at(self, url: str) -> Place:
        self.opened.append(url)
        if self.fault is not None:
            raise self.fault
        place = Place(SessionInfo(url.partition("?")[0], "redis", "8.2.3", embedded=False, capabilities=ALL))
        place.mode = self.mode
        place.data.update({b"there/1": b"x", b"there/2": b"x"})
        self.places.append(place)
        return place


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def first() -> Place:
    place = Place()
    place.data[b"here:1"] = b"x"
    return place


@pytest.fixture
def app(world: World, first: Place, home: Path) -> WorkbenchApp:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(PROFILES)

    async def open_session() -> Place:
        return first

    shelf = read_shelf([packaged_themes_dir()])
    return WorkbenchApp(open_session, open_at=world.open_at, shelf=shelf, sample_keys=False)


@pytest.fixture
def form_app(world: World, home: Path) -> WorkbenchApp:
    """One without a workbench, which takes a second to stand: the screen opens over the wait for a server as well."""
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(PROFILES)
    shelf = read_shelf([packaged_themes_dir()])
    return WorkbenchApp(never, open_at=world.open_at, address="redis://gone", shelf=shelf, sample_keys=False)


async def never(_: str = "") -> Place:
    await asyncio.Event().wait()
    raise AssertionError


def told(app: WorkbenchApp) -> str:
    return str(app.screen.query_one("#connect-told", Static).content)


def field(app: WorkbenchApp, name: str) -> Input:
    return app.screen.query_one(f"#connect-{name}", Input)


async def opened(app: WorkbenchApp, pilot: Pilot[int], until: Until) -> ConnectScreen:
    await until(pilot, lambda: isinstance(app.screen, ConnectingScreen) or isinstance(app.focused, LuaEditor))
    await pilot.press("alt+u")
    await until(pilot, lambda: isinstance(app.screen, ConnectScreen) and isinstance(app.focused, Input))
    screen = app.screen
    assert isinstance(screen, ConnectScreen)
    return screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_an_address_is_gone_over_to_and_the_editor_stays(
    app: WorkbenchApp, world: World, first: Place, until: Until, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        await pilot.press("-", "-", " ", "m", "i", "n", "e")
        await until(pilot, lambda: editor.text.startswith("-- mine"))
        screen = await opened(app, pilot, until)
        assert screen.query_one("#connect-close", Button).region.bottom < size[1]
        await pilot.press(*"db:7")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
        assert world.opened == ["redis://db:7"]
        await until(pilot, lambda: first.is_closed)
        keys = app.screen.query_one(KeysPane)
        await until(pilot, lambda: keys.all_keys == [b"there/1", b"there/2"])
        await until(pilot, lambda: "redis-tui   db:7 ·" in str(app.screen.query_one(TitleBar).content))
        assert app.screen.query_one(LuaEditor) is editor
        assert editor.text.startswith("-- mine")
        editor.undo()
        assert not editor.text.startswith("-- mine")
    assert world.places[0].is_closed


async def test_nothing_of_a_cluster_stays_with_one_server(home: Path, world: World, until: Until) -> None:
    async def open_cluster() -> FakeCluster:
        return FakeCluster(data={b"a": b"1"})

    shelf = read_shelf([packaged_themes_dir()])
    app = WorkbenchApp(open_cluster, open_at=world.open_at, shelf=shelf, sample_keys=False)
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query(NodeStrip))
        table = app.screen.query_one(ScriptsView).query_one(TableView)
        await until(pilot, lambda: "nodes" in [column.title for _, column, _ in table.shown_columns()])
        await pilot.press("alt+s")
        await until(pilot, lambda: app.focused is app.screen.query_one(ServerView).query_one(TableView))
        view = app.screen.query_one(ServerView)
        await until(pilot, lambda: view.subtitle.startswith("3 nodes together"))
        await pilot.press("n")
        await until(pilot, lambda: view.subtitle.startswith(A))
        await pilot.press("alt+u")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen) and isinstance(app.focused, Input))
        await pilot.press(*"db:7", "enter")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
        await until(pilot, lambda: app.screen.query_one(KeysPane).all_keys == [b"there/1", b"there/2"])
        await until(pilot, lambda: not app.screen.query(NodeStrip))
        await until(pilot, lambda: "nodes" not in [column.title for _, column, _ in table.shown_columns()])
        await until(pilot, lambda: view.subtitle.endswith("figures · c settings"))


async def test_a_profile_is_picked_from_the_list_and_named_in_the_title(
    app: WorkbenchApp, world: World, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, until)
        names = screen.query_one("#connect-list", LineView)
        names.focus()
        names.row = 2
        await until(pilot, lambda: field(app, "name").value == "work")
        assert field(app, "address").value == "redis://work.example:6380/2"
        assert field(app, "user").value == "ann"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
        assert world.opened == ["redis://ann@work.example:6380/2"]
        await until(pilot, lambda: " work " in str(app.screen.query_one(TitleBar).content))
        tree = app.screen.query_one(KeyTree)
        await until(pilot, lambda: [row.group for row in tree.rows][:1] == [b"there/"])


async def test_a_pasted_address_is_taken_apart_and_its_password_hidden(form_app: WorkbenchApp, until: Until) -> None:
    app = form_app
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, until)
        field(app, "address").value = "rediss://ann:hun%2Fter2@db:6380/1?cacert=/ca.pem&production=yes"
        await until(pilot, lambda: field(app, "address").value == "rediss://db:6380/1")
        assert (field(app, "user").value, field(app, "password").value) == ("ann", "hun/ter2")
        assert field(app, "cacert").value == "/ca.pem"
        assert field(app, "cacert").parent is not None
        assert screen.query_one("#connect-tls", Toggle).is_on
        assert screen.query_one("#connect-production", Toggle).is_on
        assert field(app, "password").password
        await pilot.pause()
        assert "hun" not in app.export_screenshot()


async def test_tls_is_turned_on_by_key_and_writes_itself_into_the_address(form_app: WorkbenchApp, until: Until) -> None:
    app = form_app
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, until)
        field(app, "address").value = "db:6380"
        toggle = screen.query_one("#connect-tls", Toggle)
        toggle.focus()
        await pilot.press("space")
        await until(pilot, lambda: field(app, "address").value == "rediss://db:6380")
        await until(pilot, lambda: field(app, "cacert").region.height == 1)
        await pilot.click("#connect-tls")
        await until(pilot, lambda: field(app, "address").value == "redis://db:6380")


async def test_a_test_tells_version_role_and_distance_and_ends_what_it_opened(
    form_app: WorkbenchApp, world: World, until: Until
) -> None:
    app = form_app
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, until)
        await pilot.press(*"db")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "Redis 8.2.3 · master with 1 replica · " in told(app))
        assert told(app).startswith("✓")
        assert "2 keys in db0." in told(app)
        assert world.places[0].is_closed


@pytest.mark.parametrize(
    "fault",
    [
        ConnectError("Could not connect to db:6379: connection refused.", hint="Start one."),
        AuthError("db refused the credentials: WRONGPASS.", hint="Type another."),
    ],
)
async def test_what_fails_is_told_with_what_to_do(
    form_app: WorkbenchApp, world: World, until: Until, fault: Exception
) -> None:
    world.fault, app = fault, form_app
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, until)
        await pilot.press(*"db")
        for key in ("ctrl+t", "enter"):
            await pilot.press(key)
            await until(pilot, lambda: told(app) == f"✗ {fault}")
        assert isinstance(app.screen, ConnectScreen)


async def test_a_server_that_wants_tls_is_tried_with_it_by_one_key(
    form_app: WorkbenchApp, world: World, until: Until
) -> None:
    app, world.fault = form_app, ConnectError("db:1 wants TLS.", hint="Write rediss:// instead of redis://.")
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, until)
        await pilot.press(*"db:1")
        await pilot.press("ctrl+t")
        cure = screen.query_one("#connect-instead-0", Button)
        await until(pilot, lambda: cure.display and str(cure.label) == "Try with TLS")
        cure.focus()
        await pilot.press("enter")
        await until(pilot, lambda: world.opened == ["redis://db:1", "rediss://db:1"])


async def test_the_screen_opens_where_the_first_server_cannot_be_reached(world: World, until: Until) -> None:
    async def refused() -> Place:
        raise ConnectError("Could not connect to gone:6379: connection refused.")

    shelf = read_shelf([packaged_themes_dir()])
    app = WorkbenchApp(refused, open_at=world.open_at, address="redis://gone", shelf=shelf, sample_keys=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ConnectingScreen) and isinstance(app.focused, Button))
        assert app.screen.query_one("#leave", Button).region.right < 80
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen) and isinstance(app.focused, Input))
        await pilot.press(*"db")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
        await until(pilot, lambda: app.screen.query_one(KeysPane).all_keys == [b"there/1", b"there/2"])


async def test_nothing_is_opened_without_an_address(form_app: WorkbenchApp, world: World, until: Until) -> None:
    app = form_app
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, until)
        await pilot.press("enter")
        await until(pilot, lambda: "There is no address." in told(app))
        assert world.opened == []


async def test_a_node_of_a_cluster_offers_the_whole_of_it(form_app: WorkbenchApp, world: World, until: Until) -> None:
    world.mode, app = "cluster", form_app
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, until)
        await pilot.press(*"db:7")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "one node of a cluster" in told(app))
        await until(pilot, lambda: screen.query_one("#connect-instead-0", Button).region.width > 0)
        await pilot.click("#connect-instead-0")
        await until(pilot, lambda: world.opened[-1:] == ["redis+cluster://db:7"])
        assert field(app, "address").value == "redis+cluster://db:7"


async def test_a_sentinel_names_its_masters(form_app: WorkbenchApp, world: World, until: Until) -> None:
    world.mode, app = "sentinel", form_app
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, until)
        await pilot.press(*"s:26379")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "A sentinel answers there" in told(app))
        await until(pilot, lambda: str(screen.query_one("#connect-instead-0", Button).label) == "Open main")
        screen.query_one("#connect-instead-0", Button).press()
        await until(pilot, lambda: field(app, "address").value == "redis+sentinel://s:26379/main/0")


async def test_saving_keeps_comments_and_no_password_and_asks_where_nothing_was_tested(
    form_app: WorkbenchApp, until: Until
) -> None:
    app = form_app
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, until)
        field(app, "address").value = "redis://ann:hunter2@db:6380/3"
        await until(pilot, lambda: field(app, "password").value == "hunter2")
        field(app, "name").value = "other"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        await until(pilot, lambda: app.screen.query("#answer-do"))
        app.screen.query_one("#answer-do", Button).press()
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen) and "Saved in" in told(app))
    text = settings_file().read_text()
    assert text.startswith("# mine\n[profiles.work]  # the shop\n")
    assert "hunter2" not in text
    other = read_settings().profiles["other"]
    assert (other.url, other.said) == ("redis://ann@db:6380/3", (("url", "redis://db:6380/3"), ("user", "ann")))


async def test_after_a_test_saving_asks_nothing_and_a_name_is_wanted(
    form_app: WorkbenchApp, world: World, until: Until
) -> None:
    app = form_app
    async with app.run_test(size=SIZE) as pilot:
        screen = await opened(app, pilot, until)
        await pilot.press(*"db")
        screen.query_one("#connect-color", Cycle).focus()
        await pilot.press("right")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "A profile needs a name." in told(app))
        field(app, "name").value = "near"
        await pilot.press("ctrl+t")
        await until(pilot, lambda: told(app).startswith("✓ Redis"))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "redis-tui near opens it." in told(app))
    assert read_settings().profiles["near"].color == next(iter(COLORS))


async def test_a_try_can_be_given_up(form_app: WorkbenchApp, world: World, until: Until) -> None:
    app = form_app
    app._open_at = never
    async with app.run_test(size=SIZE) as pilot:
        await opened(app, pilot, until)
        await pilot.press(*"db")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: "Trying redis://db …" in told(app))
        await pilot.press("escape")
        await until(pilot, lambda: "was given up" in told(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ConnectingScreen))


def test_every_colour_of_a_profile_reads_in_every_theme() -> None:
    for theme in read_shelf([packaged_themes_dir()]).themes.values():
        for role in COLORS.values():
            assert contrast(theme.colors["background"], theme.colors[role]) >= AA, (theme.name, role)
