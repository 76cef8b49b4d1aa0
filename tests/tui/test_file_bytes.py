"""What is in a file comes back as it was, what cannot be written is told, and paths are completed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from redis_tui import workspace as workspace_module
from redis_tui.errors import FileError
from redis_tui.presets import Preset, presets_beside, write_presets
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.screens.ask_path import AskPath, entries
from redis_tui.tui.screens.dialogs import Ask
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_document import LuaDocument
from redis_tui.tui.widgets.lua_editor import LuaEditor
from redis_tui.workspace import Workspace
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.tui.fake_session import FakeSession


@pytest.fixture
def opened(session: FakeSession) -> Callable[[Path], WorkbenchApp]:
    async def open_session() -> FakeSession:
        return session

    return lambda path: WorkbenchApp(open_session, files=[path])


KINDS = {
    "unix": b"a\nb\n",
    "no end": b"a\nb",
    "crlf": b"a\r\n\r\nb\r\n",
    "crlf without end": b"a\r\nb",
    "mixed": b"a\r\nb\nc\r\r\n",
    "old mac": b"a\rb\r",
    "tabs": b"\tif a\tthen\n",
    "bom": b"\xef\xbb\xbfreturn 1\n",
    "latin-1": b"return '\xe9\x85'\nx\x0c\n",
    "separators": "a\u2028b\x1cc\x85d\n".encode(),
    "binary": bytes(range(256)),
    "empty": b"",
    "blank lines": b"\n\n\n",
}


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def names(folder: Path) -> list[str]:
    return [entry.name for entry in sorted(folder.glob("*.*"))]


def read(path: Path) -> bytes:
    return path.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_is_saved_byte_for_byte_and_an_edit_that_is_undone_leaves_no_mark(
    opened: Callable[[Path], WorkbenchApp], home: Path, until: Until, kind: str
) -> None:
    path, data = home / "some.lua", KINDS[kind]
    write(path, data)
    app = opened(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        pane, editor = app.screen.query_one(EditorPane), app.screen.query_one(LuaEditor)
        assert [(one.dirty, one.source) for one in pane.buffers] == [(False, data)]
        await pilot.press("enter", "x")
        assert [one.dirty for one in pane.buffers] == [True]
        editor.undo()
        editor.undo()
        assert [one.source for one in pane.buffers] == [data]
        editor.select_all()
        await pilot.press("x")
        editor.undo()
        assert [one.source for one in pane.buffers] == [data]
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("Saved" in note.message for note in app._notifications))
        assert read(path) == data


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_that_are_put_in_end_like_the_others(newline: str) -> None:
    document = LuaDocument(newline.join(("a", "b", "")))
    document.replace_range((0, 1), (1, 0), "x\ny\n")
    assert document.text == newline.join(("ax", "y", "b", ""))


async def test_a_large_file_opens_and_takes_a_key(
    opened: Callable[[Path], WorkbenchApp], home: Path, until: Until
) -> None:
    path = home / "large.lua"
    write(path, b"local a = redis.call('get', KEYS[1]) -- some\n" * 23_000)
    app = opened(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(EditorPane)
        await pilot.press("ctrl+end", "x", "ctrl+s")
        await until(pilot, lambda: read(path).endswith(b"\nx"))
        assert pane.buffer is not None
        assert not pane.buffer.dirty


async def test_reading_a_file_again_leaves_the_cursor_where_it_is(
    opened: Callable[[Path], WorkbenchApp], home: Path, until: Until
) -> None:
    path = home / "some.lua"
    write(path, b"one\n" * 200)
    app = opened(path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(app, pilot, until)
        editor = app.screen.query_one(LuaEditor)
        editor.move_cursor((150, 2))
        await pilot.pause()
        write(path, b"two\n" * 200)
        await until(pilot, lambda: editor.text.startswith("two"))
        assert editor.cursor_location == (150, 2)


def test_what_is_read_only_is_not_replaced(tmp_path: Path) -> None:
    workspace, path = Workspace(tmp_path / "data", tmp_path / "state"), tmp_path / "some.lua"
    write(path, b"return 1")
    path.chmod(0o444)
    with pytest.raises(FileError, match=r"is read-only\. chmod u\+w some.lua"):
        workspace.save(workspace.open(path))
    assert read(path) == b"return 1"


async def test_unsaved_text_that_cannot_be_kept_is_told_once(
    app: WorkbenchApp, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def full(path: Path, _data: bytes) -> None:
        tries.append(path)
        raise OSError(28, "No space left on device")

    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        monkeypatch.setattr(workspace_module, "write_whole", full)
        await pilot.press("x")
        await until(pilot, lambda: len(tries) == 1)
        await pilot.press("x")
        await until(pilot, lambda: len(tries) == 2)
        told = [note.message for note in app._notifications if "No space left" in note.message]
        assert len(told) == 1
        assert "Save it, or a crash loses it." in told[0]


async def test_arguments_reach_the_draft_of_a_script_that_is_not_saved(
    app: WorkbenchApp, home: Path, until: Until
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        await pilot.press("x")
        await until(pilot, lambda: list((home / "state" / "unsaved").glob("*.json")))
        app.screen.query_one("#keys-field", Input).value = "another"
        await until(
            pilot,
            lambda: any("another" in one.read_text() for one in (home / "state" / "unsaved").glob("*.json")),
        )


async def test_a_script_is_renamed_with_its_presets_and_asks_before_it_replaces_another(
    opened: Callable[[Path], WorkbenchApp], home: Path, until: Until
) -> None:
    path, other = home / "one.lua", home / "two.lua"
    write(path, b"return 1")
    write(other, b"return 2")
    write_presets(presets_beside(path), (Preset("a"),), script="one.lua")
    app = opened(path)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(EditorPane)
        for name in ("two.lua", "three.lua"):
            await app.screen.run_action("rename_file")
            await until(pilot, lambda: isinstance(app.screen, AskPath) and app.focused is not None)
            app.screen.query_one(Input).value = str(home / name)
            await pilot.press("enter")
            if name == "two.lua":
                await until(pilot, lambda: isinstance(app.screen, Ask) and app.focused is not None)
                await pilot.press("escape")
                await until(pilot, lambda: not isinstance(app.screen, Ask))
        await until(pilot, lambda: pane.buffer is not None and pane.buffer.title == "three.lua")
        await until(pilot, lambda: names(home) == ["three.lua", "three.presets.toml", "two.lua"])
        assert read(other) == b"return 2"


def test_folders_and_lua_files_complete_a_path(home: Path) -> None:
    (home / "lua").mkdir()
    for name in ("lua/one.lua", "lua/other.txt", "lock.lua", ".hidden.lua"):
        write(home / name, b"")
    assert [answer for answer, _, _ in entries("l")] == ["lua/", "lock.lua"]
    assert [answer for answer, _, _ in entries("lua/")] == ["lua/one.lua"]
    assert [answer for answer, _, _ in entries(".h")] == [".hidden.lua"]
    assert entries("nowhere/x") == []


async def test_a_path_is_typed_with_tab_and_opened(app: WorkbenchApp, home: Path, until: Until) -> None:
    (home / "scripts").mkdir()
    write(home / "scripts" / "only.lua", b"return 'only'")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        pane = app.screen.query_one(EditorPane)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(app.screen, AskPath) and app.focused is not None)
        await pilot.press("s", "c", "tab")
        await until(pilot, lambda: "only.lua" in app.screen.query_one(LineView).plain)
        assert app.screen.query_one(Input).value == "scripts/"
        await pilot.press("tab", "enter")
        await until(pilot, lambda: pane.buffer is not None and pane.buffer.text == "return 'only'")
