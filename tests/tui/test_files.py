"""Opening and saving: nothing that was named is replaced by something else, nothing is overwritten unasked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input, Static

from redis_tui.paths import packaged_themes_dir
from redis_tui.presets import read_presets
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.desks.changed import ChangedFileDesk
from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.screens.dialogs import Ask, AskText, Reading
from redis_tui.tui.screens.preset_picker import PresetPicker
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.tui.fake_session import FakeSession


@pytest.fixture
def opened(session: FakeSession) -> Callable[[Path], WorkbenchApp]:
    async def open_session() -> FakeSession:
        return session

    return lambda path: WorkbenchApp(open_session, shelf=read_shelf([packaged_themes_dir()]), files=[path])


async def test_of_several_files_the_first_is_in_front(session: FakeSession, home: Path, until: Until) -> None:
    async def open_session() -> FakeSession:
        return session

    for name in ("first", "second"):
        (home / f"{name}.lua").write_text(f"return '{name}'")
    app = WorkbenchApp(open_session, files=[home / "first.lua", home / "second.lua"])
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await until(pilot, lambda: app.screen.query_one(LuaEditor).text == "return 'first'")


async def test_a_file_that_is_not_there_is_begun(
    opened: Callable[[Path], WorkbenchApp], home: Path, until: Until
) -> None:
    app = opened(home / "nope.lua")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert app.screen.query_one(LuaEditor).text == ""
        assert "nope.lua" in str(app.screen.query_one(EditorPane).border_title)
        await pilot.press(*"return", "ctrl+s")
        await until(pilot, (home / "nope.lua").exists)
        assert (home / "nope.lua").read_text() == "return"


async def test_a_file_that_cannot_be_read_is_told_where_it_stays(
    opened: Callable[[Path], WorkbenchApp], home: Path, until: Until
) -> None:
    app = opened(home / "no-folder" / "x.lua")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert "There is no folder" in app.screen.query_one("#reply-view", LineView).plain
        assert app.screen.query_one(LuaEditor).text == ""


def read(path: Path) -> str:
    return path.read_text()


def write(path: Path, text: str) -> None:
    path.write_text(text)


def remove(path: Path) -> None:
    path.unlink()


@pytest.fixture
def shared(home: Path) -> Path:
    path = home / "shared.lua"
    path.write_text("return 1")
    return path


async def test_saving_asks_before_it_overwrites_what_somebody_else_wrote(
    opened: Callable[[Path], WorkbenchApp], shared: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ChangedFileDesk, "look", lambda _desk: None)  # saving was quicker than the look each second
    app = opened(shared)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        write(shared, "return 'theirs'")
        await pilot.press("x", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.focused is not None)
        assert "was changed by somebody else" in str(app.screen.query_one(Static).content)
        assert read(shared) == "return 'theirs'"
        await pilot.click("#answer-overwrite")
        await until(pilot, lambda: read(shared) == "xreturn 1")


async def test_saving_over_another_file_can_be_turned_aside(
    opened: Callable[[Path], WorkbenchApp], shared: Path, until: Until
) -> None:
    app = opened(shared.with_name("new.lua"))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("x")
        await app.screen.run_action("save_as")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        app.screen.query_one(Input).value = str(shared)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, Ask))
        assert "exists already" in str(app.screen.query_one(Static).content)
        await pilot.click("#answer-elsewhere")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        app.screen.query_one(Input).value = str(shared.with_name("third.lua"))
        await pilot.press("enter")
        await until(pilot, shared.with_name("third.lua").exists)
        assert read(shared) == "return 1"


async def test_a_file_written_by_another_program_is_read_again_and_undo_brings_the_old_text_back(
    opened: Callable[[Path], WorkbenchApp], shared: Path, until: Until
) -> None:
    app = opened(shared)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane, editor = app.screen.query_one(EditorPane), app.screen.query_one(LuaEditor)
        write(shared, "return 'theirs'")
        await until(pilot, lambda: editor.text == "return 'theirs'")
        assert pane.buffer is not None
        assert not pane.buffer.dirty
        editor.undo()
        assert editor.text == "return 1"
        assert pane.buffer.dirty


async def test_where_both_sides_changed_the_texts_are_compared_and_mine_can_be_kept(
    opened: Callable[[Path], WorkbenchApp], shared: Path, until: Until
) -> None:
    app = opened(shared)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane, editor = app.screen.query_one(EditorPane), app.screen.query_one(LuaEditor)
        editor.insert("-- mine\n", (0, 0))
        write(shared, "return 'theirs'")
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.focused is not None)
        app.screen.query_one("#answer-compare", Button).press()
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, Reading) and app.screen.query(LineView) and app.screen.query_one(LineView).plain
            ),
        )
        shown = app.screen.query_one(LineView).plain
        assert "-return 'theirs'" in shown
        assert "+-- mine" in shown
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.focused is not None)
        app.screen.query_one("#answer-keep", Button).press()
        await until(pilot, lambda: pane.buffer is not None and pane.buffer.saved_text == "return 'theirs'")
        assert editor.text == "-- mine\nreturn 1"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: read(shared) == "-- mine\nreturn 1")


async def test_a_file_that_goes_away_is_told_and_its_text_stays(
    opened: Callable[[Path], WorkbenchApp], shared: Path, until: Until
) -> None:
    app = opened(shared)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        write(shared, "return 2")
        await until(pilot, lambda: app.screen.query_one(LuaEditor).text == "return 2")
        remove(shared)
        await until(pilot, lambda: any("gone from the disk" in note.message for note in app._notifications))
        assert app.screen.query_one(LuaEditor).text == "return 2"


async def test_a_preset_is_chosen_from_a_list(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(EditorPane)
        assert pane.buffer is not None
        last = pane.buffer.presets[-1]
        await pilot.press("alt+a")
        await until(pilot, lambda: isinstance(app.screen, PresetPicker) and app.focused is not None)
        assert last.name in app.screen.query_one(LineView).plain
        await pilot.press("end", "enter")
        await until(pilot, lambda: pane.buffer is not None and pane.buffer.preset == last.name)


async def test_presets_are_kept_renamed_and_deleted_in_a_file_beside_the_script(
    opened: Callable[[Path], WorkbenchApp], shared: Path, until: Until
) -> None:
    app, beside = opened(shared), shared.with_name("shared.presets.toml")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.screen.query_one("#keys-field", Input).value = "k1"
        await app.screen.run_action("keep_preset")
        await until(pilot, lambda: isinstance(app.screen, AskText) and app.focused is not None)
        await pilot.press("enter")
        await until(pilot, beside.exists)
        assert [preset.name for preset in read_presets(beside)] == ["k1"]
        await pilot.press("alt+a")
        await until(pilot, lambda: isinstance(app.screen, PresetPicker) and app.focused is not None)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, AskText) and app.focused is not None)
        app.screen.query_one(Input).value = "other"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PresetPicker) and app.focused is not None)
        assert [(preset.name, preset.keys) for preset in read_presets(beside)] == [("other", (b"k1",))]
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.focused is not None)
        app.screen.query_one("#answer-delete", Button).press()
        await until(pilot, lambda: not beside.exists())


async def test_the_list_of_presets_tells_which_give_too_few_keys_and_a_broken_file_is_told_with_its_line(
    opened: Callable[[Path], WorkbenchApp], shared: Path, until: Until
) -> None:
    write(shared, "return KEYS[2]")
    beside = shared.with_name("shared.presets.toml")
    write(beside, "[[preset]]\nname = 'few'\nkeys = 'a'\n")
    app = opened(shared)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("alt+a")
        await until(pilot, lambda: isinstance(app.screen, PresetPicker) and app.focused is not None)
        assert "few" in app.screen.query_one(LineView).plain
        assert "⚠ KEYS[2] is read, 1 given" in app.screen.query_one(LineView).plain
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, PresetPicker))
        write(beside, "[[preset]]\nname = 'few'\nkeys = 'a\n")
        await pilot.press("alt+a")
        await until(pilot, lambda: any("presets.toml:3: is not TOML" in note.message for note in app._notifications))


async def test_what_presets_answer_now_can_be_expected_from_here_on(
    opened: Callable[[Path], WorkbenchApp], shared: Path, until: Until
) -> None:
    beside = shared.with_name("shared.presets.toml")
    write(beside, "# mine\n[[preset]]\nname = 'one'\nkeys = 'a'\n")
    app = opened(shared)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await app.screen.run_action("expect_replies")
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, Reading) and app.screen.query(LineView) and app.screen.query_one(LineView).plain
            ),
        )
        assert "✓ one" in app.screen.query_one(LineView).plain
        assert read(beside) == "# mine\n[[preset]]\nname = 'one'\nkeys = 'a'\nreply = '(integer) 1'\n"


async def test_all_presets_are_tried_dry_and_their_replies_stand_side_by_side(
    app: WorkbenchApp, session: FakeSession, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        buffer = app.screen.query_one(EditorPane).buffer
        assert buffer is not None
        await app.screen.run_action("run_presets")
        await until(
            pilot,
            lambda: (
                isinstance(app.screen, Reading) and app.screen.query(LineView) and app.screen.query_one(LineView).plain
            ),
        )
        shown = app.screen.query_one(LineView).plain.splitlines()
        assert shown[0].split() == ["preset", "reply", "time", "changes"]
        assert all(
            line.strip().startswith(preset.name[:24]) for line, preset in zip(shown[1:-2], buffer.presets, strict=True)
        )
        assert [(run.keys, run.dry_run) for run in session.runs] == [(preset.keys, True) for preset in buffer.presets]


async def test_the_home_of_nobody_is_a_path_like_any_other(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, AskText))
        app.screen.query_one(Input).value = "~nobody-of-that-name/x.lua"
        await pilot.press("tab", "enter")
        await until(pilot, lambda: any("~nobody-of-that-name" in note.message for note in app._notifications))


@pytest.mark.parametrize("others", [0, 1, 2])
async def test_tabs_that_are_closed_in_a_row_leave_what_the_editor_says(
    app: WorkbenchApp, until: Until, others: int
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(EditorPane)
        workbench = app.screen
        assert isinstance(workbench, WorkbenchScreen)
        for count in range(others):
            await pilot.press("ctrl+n")
            await until(pilot, lambda: len(editor.buffers) == count + 2)  # noqa: B023  # awaited at once
        for _ in range(others + 1):
            workbench.action_close_tab()  # at once: no key comes between two closings
            await pilot.press("alt+w")
        await until(pilot, lambda: not editor.buffers)
        await until(pilot, lambda: not app.screen.query(LuaEditor))
        assert str(editor.border_title) == "2 Editor"
        assert str(editor.border_subtitle) == "^O opens a script, ^N begins one"
        await until(pilot, lambda: not app.screen.query_one("#keys-field", Input).value)
        for key in ("f5", "alt+w", "alt+2", "ctrl+f", "alt+right", "ctrl+underscore"):  # nothing to do, and no crash
            await pilot.press(key)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: len(editor.buffers) == 1 and isinstance(app.focused, LuaEditor))
