"""Makes the pictures of the README: the workbench in every theme, as SVG, without a terminal.

``make pictures`` runs it. The decision a reader would question: it drives the program as a test
does, on the embedded engine, so that no picture shows what the program does not.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.paths import HOME_VARIABLE, packaged_themes_dir
from redis_tui.session.open import open_session
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.panes.keys import KeysPane
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from redis_tui.session.base import Session

FOLDER = Path(__file__).parents[1] / "themes" / "pictures"
MAIN = ("workbench", "dark", (120, 40))
"""The picture at the top of the README: its file's name, its theme and its size in cells."""
PREVIEW_SIZE = (120, 28)
_PATIENCE_S = 60


async def take_picture(theme: str, size: tuple[int, int], folder: Path, name: str) -> Path:
    """Runs the first example in a theme and saves what is on the screen.

    Args:
        theme: the theme's name.
        size: columns and rows.
        folder: where the picture goes.
        name: its file's name without ``.svg``.
    """

    async def session() -> Session:
        return await open_session("memory://")

    app = WorkbenchApp(session, theme=theme, shelf=read_shelf([packaged_themes_dir()]))
    async with app.run_test(size=size) as pilot:
        await _until(pilot, lambda: isinstance(app.focused, LuaEditor) and app.screen.query_one(EditorPane).buffer)
        await _until(pilot, lambda: "scanned" in str(app.screen.query_one(KeysPane).border_subtitle))
        for runs in (1, 2):
            await pilot.press("f5")
            await _until(pilot, partial(_replied, app, f"(integer) {runs}"))
        await pilot.pause()
        app.save_screenshot(f"{name}.svg", str(folder))
    return folder / f"{name}.svg"


def _replied(app: WorkbenchApp, text: str) -> bool:
    return text in app.screen.query_one("#reply-view", LineView).plain


async def _until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not true():
            await asyncio.sleep(0.02)


async def make_all(folder: Path) -> None:
    """Every picture of the README."""
    name, theme, size = MAIN
    await take_picture(theme, size, folder, name)
    for known in read_shelf([packaged_themes_dir()]).themes:
        await take_picture(known, PREVIEW_SIZE, folder, known)


def main() -> None:
    """Makes them all, in a home of their own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {HOME_VARIABLE: home, "TERM": "xterm-256color"}
        os.chdir(home)
        asyncio.run(make_all(FOLDER))
    sys.stdout.write(f"made in {FOLDER}\n")


if __name__ == "__main__":
    main()
