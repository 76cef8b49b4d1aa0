"""The workbench on a production server: it says where it is, and has the host's name typed before what is dangerous."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, Static

from redis_tui.paths import packaged_themes_dir
from redis_tui.session.danger import danger_of
from redis_tui.session.production import ProductionSession
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.danger import ConfirmDanger
from redis_tui.tui.screens.dialogs import Ask, Choice
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.bars import TitleBar
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.view import Wish
from tests.tui.conftest import Until, ready
from tests.tui.fake_session import FakeSession, info

if TYPE_CHECKING:
    from textual.pilot import Pilot

SIZE = (120, 40)


@pytest.fixture
def session() -> FakeSession:
    session = FakeSession(info(embedded=False))
    session.data.update({b"a": b"1", b"b": b"2"})
    return session


@pytest.fixture
def app(session: FakeSession) -> WorkbenchApp:
    async def open_session() -> ProductionSession:
        return ProductionSession(session)

    return WorkbenchApp(open_session, shelf=read_shelf([packaged_themes_dir()]), sample_keys=False)


async def enter(pilot: Pilot[int], line: str) -> None:
    await pilot.press("ctrl+t")
    pilot.app.screen.query_one("#command", Input).value = line
    pilot.app.screen.query_one("#command", Input).focus()
    await pilot.press("enter")


def transcript(app: WorkbenchApp) -> str:
    return app.screen_stack[-1].query_one("#transcript", LineView).plain


async def test_the_bar_and_the_prompt_say_so_in_words(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        assert app.screen.query_one(TitleBar).has_class("-production")
        assert "! PRODUCTION" in str(app.screen.query_one(TitleBar).content)
        assert str(app.screen.query_one("#prompt", Static).content).startswith("! PRODUCTION redis:0>")


async def asked(pilot: Pilot[int], until: Until) -> ConfirmDanger:
    await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmDanger) and pilot.app.focused is not None)
    screen = pilot.app.screen
    assert isinstance(screen, ConfirmDanger)
    return screen


async def test_a_dangerous_command_is_sent_once_the_word_was_typed(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await enter(pilot, "FLUSHALL")
        screen = await asked(pilot, until)
        await pilot.press("y", "enter")
        assert "nothing was sent" in str(screen.query_one("#danger-told", Static).content)
        assert (b"FLUSHALL",) not in session.sent
        screen.query_one(Input).value = app._session.info.word  # type: ignore[union-attr]  # it is open
        await pilot.press("enter")
        await until(pilot, lambda: (b"FLUSHALL",) in session.sent)


@pytest.mark.parametrize("way", [["escape"], ["tab", "enter"]])
async def test_leaving_the_question_sends_nothing_and_says_so(
    app: WorkbenchApp, session: FakeSession, until: Until, way: list[str]
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        await enter(pilot, "CONFIG SET maxmemory 1")
        await asked(pilot, until)
        await pilot.press(*way)
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
        await until(pilot, lambda: "CONFIG SET was not sent" in app.screen.query_one("#transcript", LineView).plain)
        assert not any(argv[:2] == (b"CONFIG", b"SET") for argv in session.sent)


async def test_deleting_several_keys_wants_the_word_and_one_key_the_usual_question(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        app.screen._feed.serve_keys("delete", (b"a", b"b"))
        screen = await asked(pilot, until)
        assert screen._danger.what == "Delete 2 keys"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
        app.screen._feed.serve_keys("delete", (b"a",))
        await until(pilot, lambda: isinstance(app.screen, Ask))
        assert not any(argv[0] == b"UNLINK" for argv in session.sent)


async def test_ending_a_connection_is_asked_about_once_and_by_the_word(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        app.screen.action_show_view("clients")
        clients = app.screen._panes.clients
        await until(pilot, lambda: clients.client("7"))
        app.screen._activity.take(Wish("clients.kill", "7"))
        screen = await asked(pilot, until)
        assert screen._danger.what == "CLIENT KILL"
        assert "last command" in screen._danger.why
        screen.query_one(Input).value = app._session.info.word  # type: ignore[union-attr]  # it is open
        await pilot.press("enter")
        await until(pilot, lambda: any(argv[:2] == (b"CLIENT", b"KILL") for argv in session.sent))
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))


async def test_a_script_that_names_one_is_asked_about(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        assert isinstance(app.screen, WorkbenchScreen)
        app.screen._panes.editor.query_one("LuaEditor").load_text("redis.call('FLUSHALL')")  # type: ignore[attr-defined]  # the editor
        await pilot.pause()
        await pilot.press("f5")
        screen = await asked(pilot, until)
        assert screen._danger.what.startswith("FLUSHALL in line 1 of ")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, WorkbenchScreen))
        assert session.runs == []


async def test_what_the_panes_read_is_not_asked_about(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        for view in ("clients", "server", "slowlog"):
            app.screen.action_show_view(view)  # type: ignore[attr-defined]  # the workbench
            await pilot.pause()
        assert isinstance(app.screen, WorkbenchScreen)
        catalog = await session.catalog()
        assert [argv for argv in session.sent if danger_of(catalog, argv) is not None] == []


@pytest.mark.parametrize("choices", [("danger", "cancel"), ("cancel", "danger")])
async def test_enter_on_a_question_never_takes_the_dangerous_answer(
    app: WorkbenchApp, until: Until, choices: tuple[str, str]
) -> None:
    answers: list[str | None] = []
    async with app.run_test(size=SIZE) as pilot:
        await ready(app, pilot, until)
        offered = [Choice(name, name.title(), danger=name == "danger") for name in choices]
        app.push_screen(Ask("Sure?", "…", offered), answers.append)
        await until(pilot, lambda: isinstance(app.screen, Ask) and isinstance(app.focused, Button))
        assert str(app.screen.query_one("#answer-danger", Button).label) == "! Danger"
        await pilot.press("enter")
        await until(pilot, lambda: answers)
    assert answers == ["cancel"]
