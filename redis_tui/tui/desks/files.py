"""Opens, saves and closes scripts, and keeps their arguments.

Knows the workspace, the editor and the arguments; sends nothing but an example's set-up
commands. The decision a reader would question: the fields of the Arguments pane are put into
the buffer whenever something is done with it, so that there is one truth about a script: its buffer.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from redis_tui.arguments import format_arguments, key_use
from redis_tui.errors import RedisTuiError
from redis_tui.paths import expanded
from redis_tui.tui.panes.arguments import ArgumentTexts
from redis_tui.tui.panes.editor import suggested_path
from redis_tui.workspace import Buffer, decode_source, list_examples, load_example

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import ScriptInfo
    from redis_tui.tui.desks.bench import Bench


class FileDesk:
    """The scripts of the editor and their files."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._editor, self._arguments = bench.panes.editor, bench.panes.arguments
        self._workspace = bench.workspace
        self._is_told = False
        """It was said that unsaved text cannot be kept."""

    # ── opening ────────────────────────────────────────────────────────────

    async def open_first(self, paths: Sequence[Path]) -> None:
        """The files that were named, or else an example; behind them what was never saved."""
        recovered = self._workspace.recover()
        for path in paths:
            await self._open_named(path)
        if self._editor.buffer is None:
            await self._editor.add(self._workspace.open_example("counter") if not paths else self._workspace.new(1))
        for buffer in recovered:
            await self._editor.add(buffer)
        self._editor.show(0)
        if any(buffer.recovered for buffer in self._editor.buffers):
            self._bench.app.notify("Unsaved text of the last session is back.", timeout=5)
        self._editor.focus_content()

    async def _open_named(self, path: Path) -> None:
        """A file of the command line: what is wrong with it stays on the screen."""
        try:
            buffer = self._workspace.open_or_new(path)
        except RedisTuiError as error:
            self._bench.panes.result.show_problem(error.message, error.hint)
            return
        await self._add(buffer)
        if buffer.path is not None and not buffer.path.exists():
            self._bench.app.notify(f"{buffer.title} is new: saving creates it.", timeout=5)

    async def ask_open(self) -> None:
        """Asks for a file, a recent one or an example."""
        from redis_tui.tui.screens.ask_path import AskPath
        from redis_tui.tui.screens.dialogs import file_offers

        examples = [(example.name, example.title) for example in list_examples()]
        dialog = AskPath("Open", "", file_offers(self._workspace.recent(), examples), existing=True)
        if answer := await self._bench.app.push_screen_wait(dialog):
            await self.open_path(answer)

    async def open_path(self, answer: str) -> None:
        """A file by its path, or ``example:NAME``."""
        try:
            if answer.startswith("example:"):
                buffer = self._workspace.open_example(answer.removeprefix("example:"))
            else:
                buffer = self._workspace.open(Path(answer))
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=8)
            return
        await self._add(buffer)
        self._editor.focus_content()

    async def _add(self, buffer: Buffer) -> None:
        """Opens a tab, and says what is wrong with the presets beside the file."""
        await self._editor.add(buffer)
        if buffer.presets_problem:
            self._bench.app.notify(buffer.presets_problem, severity="error", timeout=10)

    async def open_script(self, info: ScriptInfo) -> None:
        """A script of the cache: the tab that has its text, or a new one."""
        if info.source is None:
            text = f"The server does not give the source of {info.sha[:6]} away."
            self._bench.app.notify(text, severity="warning")
            return
        text = info.source.decode("utf-8", "replace")
        known = next((at for at, buffer in enumerate(self._editor.buffers) if buffer.text == text), None)
        if known is None:
            await self._editor.add(Buffer(info.name or info.sha[:6], text, saved_text=text))
        else:
            self._editor.show(known)
        self._editor.focus_content()

    def edit_outside(self) -> None:
        """Hands the text to the person's own editor. Everything stands still meanwhile: the terminal is not ours."""
        from redis_tui.external import edited

        buffer = self.with_arguments()
        if buffer is None:
            return
        try:
            with self._bench.app.suspend():
                data = edited(buffer.source, buffer.title)
        except SuspendNotSupported:
            self._bench.app.notify("Here the terminal cannot be given to another program.", severity="warning")
            return
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=8)
            return
        text, encoding = decode_source(data)
        if text != buffer.text:
            at = next(at for at, known in enumerate(self._editor.buffers) if known == buffer)
            self._editor.reload(at, replace(buffer, text=text, encoding=encoding))

    async def ask_line(self) -> None:
        """Asks for a line's number and goes there."""
        from redis_tui.tui.screens.dialogs import AskText

        answer = await self._bench.app.push_screen_wait(AskText("Go to line", "", wanted="number of the line"))
        if answer.isdecimal():
            self._editor.go_to_line(int(answer))
        elif answer:
            self._bench.app.notify(f"{answer} is no number of a line.", severity="warning")

    async def new(self) -> None:
        """An empty tab."""
        await self._editor.add(self._workspace.new(len(self._editor.buffers) + 1))
        self._editor.focus_content()

    # ── saving and closing ─────────────────────────────────────────────────

    async def save(self, *, elsewhere: bool = False, path: str = "") -> bool:
        """Writes the script in front; asks for a place where it has none, or another is wanted.

        Args:
            elsewhere: ask for another place.
            path: the place, as typed; empty is its own.

        Returns:
            Whether it was written.
        """
        buffer = self.with_arguments()
        return buffer is not None and await self._save(buffer, elsewhere=elsewhere, path=path)

    async def _save(self, buffer: Buffer, *, elsewhere: bool = False, path: str = "") -> bool:
        place = await self._place(buffer, _absolute(path) if path else None if elsewhere else buffer.path)
        if place is None:
            return False
        try:
            saved = self._workspace.save(buffer, place)
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=8)
            return False
        self._editor.set_buffer(saved)
        turned = "" if saved.encoding == buffer.encoding else " It is UTF-8 now: Latin-1 lacks a character of it."
        self._bench.app.notify(f"Saved {saved.path}.{turned}", timeout=8 if turned else 2)
        return True

    async def rename(self) -> None:
        """Moves the file of the script in front; asks before another one is replaced."""
        from redis_tui.tui.screens.ask_path import AskPath

        buffer = self.with_arguments()
        if buffer is None:
            return
        if buffer.path is None:
            await self.save(elsewhere=True)
            return
        typed = await self._bench.app.push_screen_wait(AskPath("Rename", str(buffer.path), (), existing=False))
        place = _absolute(typed) if typed else buffer.path
        if place == buffer.path:
            return
        if place.exists() and await self._ask_overwrite(buffer, place) != "overwrite":
            return
        try:
            renamed = self._workspace.rename(buffer, place)
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=8)
            return
        self._editor.set_buffer(renamed)
        self._keep(renamed)
        self._bench.app.notify(f"{buffer.title} is {place} now.", timeout=4)

    async def _place(self, buffer: Buffer, place: Path | None) -> Path | None:
        """Where to save: never over what the buffer has not seen, unless that is wanted; None asks."""
        from redis_tui.tui.screens.ask_path import AskPath

        while True:
            if place is None:
                dialog = AskPath("Save as", str(suggested_path(buffer)), (), existing=False)
                typed = await self._bench.app.push_screen_wait(dialog)
                if not typed:
                    return None
                place = _absolute(typed)
            if not self._workspace.would_overwrite(buffer, place):
                return place
            answer = await self._ask_overwrite(buffer, place)
            if answer == "overwrite":
                return place
            if answer == "cancel":
                return None
            place = None

    async def _ask_overwrite(self, buffer: Buffer, place: Path) -> str:
        from redis_tui.tui.screens.dialogs import Choice

        what = "was changed by somebody else since it was read" if place == buffer.path else "exists already"
        choices = (Choice("elsewhere", "Save as…"), Choice("overwrite", "Overwrite", danger=True))
        text = f"{place} {what}."
        return await self._bench.ask("Overwrite the file?", text, *choices, Choice("cancel", "Cancel"))

    async def close(self, *, unasked: bool = False) -> None:
        """Closes the script in front; asks if its text is not saved, unless told not to."""
        from redis_tui.tui.screens.dialogs import Choice

        buffer = self.with_arguments()
        if buffer is None:
            return
        if buffer.dirty and not unasked:
            choices = (Choice("save", "Save"), Choice("drop", "Discard", danger=True), Choice("cancel", "Keep open"))
            answer = await self._bench.ask(buffer.title, "Its text is not saved.", *choices)
            if answer == "cancel":
                return
            if answer == "save":
                await self._save(buffer)
                if (now := self._editor.buffer) is None or now.dirty:
                    return
        self._workspace.forget(buffer)
        await self._editor.close()

    def reload(self) -> None:
        """Reads the file of the script in front again; undo brings the text back."""
        buffer = self._editor.buffer
        if buffer is None or buffer.path is None:
            self._bench.app.notify("This script has no file.", severity="warning")
            return
        try:
            found = self._workspace.open(buffer.path)
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=8)
            return
        taken = replace(buffer, text=found.text, saved_text=found.text, encoding=found.encoding)
        self._editor.reload(self._editor.buffers.index(buffer), taken)

    def keep_unsaved(self) -> None:
        """Keeps all unsaved text for the next start."""
        self.with_arguments()
        for buffer in self._editor.buffers:
            self._keep(buffer)

    def _keep(self, buffer: Buffer) -> None:
        """Keeps unsaved text; that it cannot be kept is said once, until it can."""
        try:
            self._workspace.autosave(buffer)
        except RedisTuiError as error:
            if not self._is_told:
                self._bench.app.notify(str(error), severity="error", timeout=15)
            self._is_told = True
        else:
            self._is_told = False

    # ── arguments ──────────────────────────────────────────────────────────

    def with_arguments(self) -> Buffer | None:
        """The script in front, with its fields as they are typed now."""
        buffer = self._editor.buffer
        if buffer is None:
            return None
        keys, args, limit = self._arguments.texts
        buffer = replace(buffer, keys_text=keys, args_text=args, limit_text=limit)
        self._editor.set_buffer(buffer)
        self._tell_held()
        return buffer

    def _tell_held(self) -> None:
        with contextlib.suppress(RedisTuiError):  # half typed: what was there before holds
            given = self._arguments.parsed()
            keys, args = ([format_arguments((value,)) for value in values] for values in (given.keys, given.args))
            self._editor.set_held(keys, args)

    def shown(self) -> None:
        """Another script is in front: its arguments are too."""
        buffer = self._editor.buffer
        if buffer is None:
            self._arguments.set_texts(ArgumentTexts())
        else:
            texts = ArgumentTexts(buffer.keys_text, buffer.args_text, buffer.limit_text)
            self._arguments.set_texts(texts, buffer.preset, len(buffer.presets))
            self._arguments.set_use(key_use(buffer.text))
            self._tell_held()
        for known in self._editor.buffers:  # a change just before another tab came to the front
            self._keep(known)

    def edited(self) -> None:
        """The text changed: it may read other arguments, and is kept."""
        buffer = self.with_arguments()
        if buffer is not None:
            self._arguments.set_use(key_use(buffer.text))
            self._keep(buffer)

    async def set_up_example(self) -> None:
        """Runs the example's set-up commands."""
        buffer = self._editor.buffer
        example = load_example(buffer.example) if buffer and buffer.example else None
        if example is None or not example.setup:
            self._bench.app.notify("This script needs no sample data.", timeout=3)
            return
        for argv in example.setup:
            await self._bench.guard(partial(self._bench.session.execute, argv))
        text = f"{len(example.setup)} commands prepared the sample data (F12 shows them)."
        self._bench.app.notify(text, timeout=4)


def _absolute(typed: str) -> Path:
    return expanded(typed).absolute()
