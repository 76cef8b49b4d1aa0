"""Notices stay out of the way and can be read again; the terminal's title says what the window is about."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from textual.widgets._toast import Toast

from redis_tui.paths import packaged_themes_dir, settings_file
from redis_tui.settings import read_settings
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.desks.notices import NoticeShelf
from redis_tui.tui.desks.window_title import WindowTitle
from redis_tui.tui.screens.dialogs import Reading
from redis_tui.tui.widgets.line_view import LineView
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from tests.tui.fake_session import FakeSession


async def no_session() -> FakeSession:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_notice_that_is_repeated_is_counted_and_its_kind_has_a_sign() -> None:
    shelf = NoticeShelf()
    shelf.add("Saved.", "information")
    shelf.add("Refused.\nTry again.", "error")
    shelf.add("Refused.\nTry again.", "error")
    lines = ["".join(span.text for span in line)[10:] for line in shelf.lines()]
    assert lines == ["· Saved.", "✗ Refused.  2×", "  Try again."]


async def test_notices_are_read_again_when_they_have_gone(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.notify("The disk is [full].", severity="error", timeout=0.01)
        await app.run_action("notices")
        await pilot.pause()
        await until(pilot, lambda: isinstance(app.screen, Reading))
        await until(pilot, lambda: "✗ The disk is [full]." in app.screen.query_one(LineView).plain)


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20)])
async def test_a_notice_leaves_the_kill_button_and_the_prompt_in_sight(
    app: WorkbenchApp, until: Until, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size, notifications=True) as pilot:
        await ready(app, pilot, until)
        app.notify("Somebody should read this, and it takes more than one line to say it.", timeout=60)
        await until(pilot, lambda: app.screen.query(Toast) and app.screen.query_one(Toast).region.area)
        await pilot.pause()
        toast = app.screen.query_one(Toast).region
        for name in ("#running", "#prompt-line", "#key-bar", "#title-bar"):
            assert not toast.overlaps(app.screen.query_one(name).region), name


def test_the_title_is_written_when_it_changes_and_given_back_at_the_end() -> None:
    written: list[str] = []
    title = WindowTitle(written.append)
    title.show("counter.lua ●", "redis.example:6379")
    title.show("counter.lua ●", "redis.example:6379")
    title.show("counter.lua", "redis.example:6379", "counter")
    title.restore()
    assert written == [
        "\x1b[22;2t",
        "\x1b]2;counter.lua ● · redis.example:6379 · redis-tui\x07",
        "\x1b]2;▶ counter · redis.example:6379 · redis-tui\x07",
        "\x1b[23;2t",
    ]


def test_a_name_with_control_characters_sends_none_to_the_terminal() -> None:
    written: list[str] = []
    WindowTitle(written.append).show("a\x1b]0;b\x07.lua", "c\n")
    assert written[1] == "\x1b]2;a?]0;b?.lua · c? · redis-tui\x07"


def test_a_title_that_was_never_shown_is_not_given_back() -> None:
    written: list[str] = []
    WindowTitle(written.append).restore()
    assert written == []


async def test_the_window_is_called_by_what_runs(app: WorkbenchApp, session: FakeSession, until: Until) -> None:
    written: list[str] = []
    app.window_title = WindowTitle(written.append)
    session.hang = asyncio.Event()
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: any("counter.lua · embedded" in text for text in written))
        await pilot.press("f5")
        await until(pilot, lambda: "▶ counter" in written[-1])
        session.hang.set()
        await until(pilot, lambda: "]2;counter.lua ·" in written[-1])
    assert written[-1] == "\x1b[23;2t"


async def test_all_mistakes_of_the_settings_are_told_in_one_notice(until: Until) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text('colour = 1\nplain = "x"\n[keys]\nsav = "f5"\nrunn = "f5"\n')
    app = WorkbenchApp(no_session, settings=read_settings(), shelf=read_shelf([packaged_themes_dir()]))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: app.screen.query(Toast))
        await pilot.pause()
        assert len(app.screen.query(Toast)) == 1
        told = "\n".join("".join(span.text for span in line) for line in app.notices.lines())
        assert "There are 3 more" in told
        assert all(word in told for word in ("colour", "plain", "sav", "runn"))
