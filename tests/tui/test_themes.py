"""Themes in the running workbench: chosen with a preview, read again when a file changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.paths import packaged_themes_dir, state_dir, user_themes_dir
from redis_tui.theme import load_theme, read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.theme_picker import ThemeList, ThemePicker
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from pathlib import Path

    from rich.segment import Segment
    from textual.pilot import Pilot

    from tests.tui.fake_session import FakeSession


@pytest.fixture
def mine(home: Path) -> Path:
    """A theme of the user's own: the packaged dark one under another name."""
    folder = user_themes_dir()
    folder.mkdir(parents=True)
    text = (packaged_themes_dir() / "dark.toml").read_text(encoding="utf-8")
    path = folder / "mine.toml"
    path.write_text(text.replace('title = "Dark"', 'title = "Mine"'), encoding="utf-8")
    return path


def workbench(session: FakeSession, theme: str | None = None) -> WorkbenchApp:
    async def open_session() -> FakeSession:
        return session

    return WorkbenchApp(open_session, theme=theme, shelf=read_shelf([packaged_themes_dir(), user_themes_dir()]))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def line_of(path: Path, text: str) -> int:
    return path.read_text(encoding="utf-8").splitlines().index(text) + 1


def toasts(app: WorkbenchApp) -> str:
    return "\n".join(note.message for note in app._notifications)


def keyword_color(app: WorkbenchApp) -> str:
    """The colour that `local` is drawn in, in the script in front."""
    editor = next(screen for screen in app.screen_stack if isinstance(screen, WorkbenchScreen)).query_one(LuaEditor)
    for y in range(editor.size.height):
        for segment in editor.render_line(y):
            if segment.text.strip() == "local" and segment.style is not None and segment.style.color is not None:
                return segment.style.color.name
    raise AssertionError("no keyword is in view")


async def picker(app: WorkbenchApp, pilot: Pilot[int], until: Until) -> ThemeList:
    await pilot.press("f3")
    await until(pilot, lambda: isinstance(app.screen, ThemePicker) and isinstance(app.focused, ThemeList))
    return app.screen.query_one(ThemeList)


async def test_moving_shows_a_theme_and_escape_goes_back(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        before = keyword_color(app)
        themes = await picker(app, pilot, until)
        assert "● Dark" in themes.plain
        await pilot.press("end")
        await until(pilot, lambda: app.palette.theme.name == "solarized")
        await until(pilot, lambda: keyword_color(app) == load_theme("solarized").style("lua.keyword").color)
        await pilot.press("escape")
        await until(pilot, lambda: keyword_color(app) == before)
        assert app.palette.theme.name == "dark"
        assert not (state_dir() / "theme").exists()


async def test_enter_keeps_the_theme_for_the_next_start(session: FakeSession, app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await picker(app, pilot, until)
        await pilot.press("down", "enter")
        await until(pilot, lambda: not isinstance(app.screen, ThemePicker))
        assert app.palette.theme.name == "dawn"
        assert app.screen.styles.background.hex.lower() == load_theme("dawn").colors["background"]
    assert workbench(session).palette.theme.name == "dawn"
    assert workbench(session, "nord").palette.theme.name == "nord"


async def test_a_click_shows_a_theme_and_a_second_one_keeps_it(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        await picker(app, pilot, until)
        await pilot.click(ThemeList, offset=(4, 0))
        await until(pilot, lambda: app.palette.theme.name == "color-blind")
        await pilot.click(ThemeList, offset=(4, 0))
        await until(pilot, lambda: not isinstance(app.screen, ThemePicker))
        assert app.palette.theme.name == "color-blind"


async def test_a_theme_file_is_read_again_when_it_changes(session: FakeSession, mine: Path, until: Until) -> None:
    app = workbench(session, "mine")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        edit(mine, '"lua.keyword" = "#ff79c6"', '"lua.keyword" = "#abcdef"')
        await until(pilot, lambda: keyword_color(app) == "#abcdef")
        edit(mine, 'background = "#1a1b26"', 'background = "#000011"')
        await until(pilot, lambda: app.screen.styles.background.hex == "#000011")


async def test_a_mistake_in_a_changed_file_is_told_with_its_line_and_the_colours_stay(
    session: FakeSession, mine: Path, until: Until
) -> None:
    app = workbench(session, "mine")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        line = line_of(mine, 'text = "#c8d0f0"')
        edit(mine, 'text = "#c8d0f0"', 'text = "pale"')
        await until(pilot, lambda: "'pale'" in toasts(app))
        assert f"mine.toml:{line}: colors.text is 'pale'" in toasts(app)
        assert app.palette.theme.title == "Mine"
        themes = await picker(app, pilot, until)
        assert "● Mine" in themes.plain  # as it was
        assert f"mine.toml:{line}" in app.screen.query_one("#theme-problems", LineView).plain
        await pilot.press("escape")
        edit(mine, 'text = "pale"', 'text = "#ffffff"')
        await until(pilot, lambda: app.palette.theme.colors["text"] == "#ffffff")


async def test_a_new_file_is_offered_without_a_new_start(app: WorkbenchApp, home: Path, until: Until) -> None:
    app = WorkbenchApp(app._open, shelf=read_shelf([packaged_themes_dir(), user_themes_dir()]))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        user_themes_dir().mkdir(parents=True)
        text = (packaged_themes_dir() / "nord.toml").read_text(encoding="utf-8")
        (user_themes_dir() / "fresh.toml").write_text(text.replace('"Nord"', '"Fresh"'), encoding="utf-8")
        await until(pilot, lambda: "fresh" in app.themes.shelf.themes)
        assert "Fresh" in (await picker(app, pilot, until)).plain


def test_a_console_of_sixteen_colours_gets_the_theme_made_for_it(
    session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.delenv("COLORTERM", raising=False)
    assert workbench(session).palette.theme.name == "sixteen"
    assert workbench(session, "dark").palette.theme.name == "dark"


def drawn(app: WorkbenchApp) -> list[Segment]:
    """What goes to the terminal."""
    return [segment for strip in app.screen._compositor.render_strips() for segment in strip]


async def test_plain_draws_nothing_but_ascii(session: FakeSession, until: Until) -> None:
    async def open_session() -> FakeSession:
        return session

    app = WorkbenchApp(open_session, shelf=read_shelf([packaged_themes_dir()]), plain=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        text = "".join(segment.text for segment in drawn(app))
        assert "+- 1 Keys" in text
        assert [sign for sign in text if not sign.isascii()] == []


async def test_no_color_sends_no_colour_and_marks_rows_and_focus_without(
    session: FakeSession, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = workbench(session)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("f1")
        await pilot.press("escape")
        styles = [(segment.text, segment.style) for segment in drawn(app) if segment.style is not None]
        assert [text for text, style in styles if style.color or style.bgcolor] == []
        assert any("redis-tui" in text and style.reverse for text, style in styles)
        assert "┏" in "".join(text for text, _ in styles)  # the frame in focus is heavy
