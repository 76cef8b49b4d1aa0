"""Notices that a file of an open tab was written by somebody else: a git checkout, another editor.

Knows the workspace and the editor. The decision a reader would question: a tab without changes
of its own takes the new text at once and says so (undo brings the old one back); only where both
sides changed is there a question, with a comparison to answer it by.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError
from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.tui.desks.bench import Bench
    from redis_tui.workspace import Buffer, FileStamp

_TONES = {"+": "after", "-": "before", "@": "dim"}


class ChangedFileDesk:
    """Looks at the files of all tabs each second."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._stamps: dict[Path, FileStamp] = {}
        self._is_looking = False

    def look(self) -> None:
        """Another second is over. While a dialog is open nothing is asked: the next look sees it as well."""
        if not self._is_looking and self._bench.is_whole and self._bench.app.screen is self._bench.screen:
            self._is_looking = True
            self._bench.work(self._look(), "changed files")

    async def _look(self) -> None:
        try:
            paths = [buffer.path for buffer in self._bench.panes.editor.buffers if buffer.path is not None]
            stamps = await asyncio.to_thread(lambda: {path: self._bench.workspace.stamp(path) for path in paths})
            for path, stamp in stamps.items():
                if path not in self._stamps or self._stamps[path] != stamp:
                    known, self._stamps[path] = self._stamps.get(path), stamp
                    await self._written(path, stamp, was_there=known is not None)
        finally:
            self._is_looking = False

    async def _written(self, path: Path, stamp: FileStamp, *, was_there: bool) -> None:
        editor, workspace = self._bench.panes.editor, self._bench.workspace
        at, buffer = next(((at, one) for at, one in enumerate(editor.buffers) if one.path == path), (0, None))
        if buffer is None:
            return
        if stamp is None:
            if was_there:
                text = f"{path} is gone from the disk. Its text is still here; saving writes it again."
                self._bench.app.notify(text, severity="warning", timeout=8)
            return
        if not workspace.would_overwrite(buffer):
            return
        try:
            found = workspace.open(path)
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=8)
            return
        if buffer.text == found.text:
            editor.set_saved(at, found.text)
        elif not buffer.dirty:
            self._take(at, buffer, found)
        else:
            editor.show(at)
            await self._ask(path, buffer, found)

    def _take(self, at: int, buffer: Buffer, found: Buffer) -> None:
        taken = replace(buffer, text=found.text, saved_text=found.text, encoding=found.encoding)
        self._bench.panes.editor.reload(at, taken)
        self._bench.app.notify(f"{buffer.title} was changed on disk and read again; ^Z brings the old text back.")

    async def _ask(self, path: Path, buffer: Buffer, found: Buffer) -> None:
        from redis_tui.tui.screens.dialogs import Choice, Reading

        choices = (
            Choice("compare", "Compare"),
            Choice("reload", "Reload", danger=True),
            Choice("keep", "Keep mine"),
        )
        text = f"{path} was changed by somebody else, and so was the text here."
        while (answer := await self._bench.ask("Changed on disk", text, *choices)) == "compare":
            await self._bench.app.push_screen_wait(
                Reading("On disk (-) and here (+)", compared(found.text, buffer.text), remark="Esc goes back")
            )
        editor = self._bench.panes.editor
        at = next((at for at, one in enumerate(editor.buffers) if one.path == path), None)
        if at is None:
            return
        if answer == "reload":
            self._take(at, editor.buffers[at], found)
        elif answer == "keep":
            editor.set_saved(at, found.text)


def compared(before: str, after: str) -> list[Line]:
    """What differs between two texts, as a unified diff."""
    from redis_tui.render.text_difference import changed_lines

    rows = changed_lines(before.splitlines(), after.splitlines(), around=2)
    return [[Span(row, _TONES.get(row[:1], "text"))] for row in rows] or [[Span("Only line ends differ.", "dim")]]
