"""The presets of the script in front: kept, chosen, renamed, deleted, and all of them tried.

Knows the workspace's presets, the session and the editor. The decision a reader would question: the file is read again
before anything is done with it, as it stands beside the script to be edited by hand.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.arguments import key_use
from redis_tui.errors import RedisTuiError
from redis_tui.presets import Preset, presets_beside
from redis_tui.session.base import Capability, ScriptRun
from redis_tui.workspace import with_preset

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.trial import Tried
    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.desks.files import FileDesk
    from redis_tui.tui.desks.run import RunDesk
    from redis_tui.workspace import Buffer

_NONE = "This script has no presets. The palette keeps these arguments as one."


class PresetDesk:
    """The presets of the script in front."""

    def __init__(self, bench: Bench, files: FileDesk, runs: RunDesk) -> None:
        self._bench, self._files, self._runs = bench, files, runs

    # ── choosing ───────────────────────────────────────────────────────────

    async def pick(self) -> None:
        """Fills the fields from a preset that is chosen from a list, where they are renamed and deleted as well."""
        from redis_tui.tui.screens.preset_picker import PresetPicker

        at = ""
        while (buffer := self._fresh()) is not None:
            picker = PresetPicker(buffer, key_use(buffer.text), at)
            picked = await self._bench.app.push_screen_wait(picker)
            chosen = next((preset for preset in buffer.presets if preset.name == picked.name), None)
            if chosen is None:
                return
            if picked.wish == "fill":
                self._show(with_preset(buffer, chosen))
                return
            if picked.wish in ("try", "expect"):
                await self.run_all(expecting=picked.wish == "expect")
                return
            at = await (self._rename(buffer, chosen) if picked.wish == "rename" else self._delete(buffer, chosen))

    def fill_next(self) -> None:
        """Fills the fields from the next preset."""
        buffer = self._fresh()
        if buffer is not None:
            names = [preset.name for preset in buffer.presets]
            at = (names.index(buffer.preset) + 1) % len(names) if buffer.preset in names else 0
            self._show(with_preset(buffer, buffer.presets[at]))

    def fill(self, name: str) -> None:
        """Fills the fields from a preset by its name; one that is gone changes nothing."""
        buffer = self._fresh()
        chosen = next((one for one in buffer.presets if one.name == name), None) if buffer is not None else None
        if buffer is not None and chosen is not None:
            self._show(with_preset(buffer, chosen))

    def _fresh(self) -> Buffer | None:
        """The script in front with its presets as they are on disk; None where there are none, which is said."""
        buffer = self._files.with_arguments()
        if buffer is None:
            return None
        buffer = self._bench.workspace.fresh_presets(buffer)
        self._bench.panes.editor.set_buffer(buffer)
        if buffer.presets_problem:
            self._bench.app.notify(buffer.presets_problem, severity="error", timeout=10)
        elif not buffer.presets:
            self._bench.app.notify(_NONE, timeout=4)
        return buffer if buffer.presets else None

    def _show(self, buffer: Buffer) -> None:
        self._bench.panes.editor.set_buffer(buffer)
        self._files.shown()

    # ── keeping ────────────────────────────────────────────────────────────

    async def keep(self) -> None:
        """Keeps the fields as a preset, under a name that is asked for."""
        from redis_tui.tui.screens.dialogs import AskText

        buffer = self._files.with_arguments()
        if buffer is None:
            return
        try:
            keys, args, _ = self._bench.panes.arguments.parsed()
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error")
            return
        texts = (buffer.keys_text, buffer.args_text, buffer.limit_text)
        offered = buffer.preset or " ".join(part for part in texts if part)[:30] or "no arguments"
        name = await self._bench.app.push_screen_wait(AskText("Keep as", offered, wanted="name of the preset"))
        if name:
            preset = Preset(name, keys, args, buffer.limit_text)
            if self._write(lambda: self._bench.workspace.keep_preset(buffer, preset)):
                where = f" in {presets_beside(buffer.path).name}" if buffer.path else ""
                self._bench.app.notify(f"Kept as {name}{where}.", timeout=3)

    async def _rename(self, buffer: Buffer, preset: Preset) -> str:
        from redis_tui.tui.screens.dialogs import AskText

        name = await self._bench.app.push_screen_wait(AskText("Rename", preset.name, wanted="name of the preset"))
        if name and name != preset.name:
            self._write(lambda: self._bench.workspace.rename_preset(buffer, preset.name, name))
        return name or preset.name

    async def _delete(self, buffer: Buffer, preset: Preset) -> str:
        from redis_tui.tui.screens.dialogs import Choice

        choices = (Choice("delete", "Delete", danger=True), Choice("cancel", "Keep"))
        if await self._bench.ask("Delete the preset?", f"{preset.name} of {buffer.title}", *choices) != "delete":
            return preset.name
        self._write(lambda: self._bench.workspace.delete_preset(buffer, preset.name))
        return ""

    def _write(self, write: Callable[[], Buffer]) -> bool:
        try:
            self._show(write())
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=10)
            return False
        return True

    # ── trying ─────────────────────────────────────────────────────────────

    async def run_all(self, *, expecting: bool = False) -> None:
        """Tries the script with each preset and shows what each answers, in one table.

        Args:
            expecting: keep the replies as the expected ones.
        """
        from redis_tui.trial import tried_lines, try_presets
        from redis_tui.tui.screens.dialogs import Reading

        session = self._bench.session
        if (buffer := self._fresh()) is None:
            return
        if Capability.DRY_RUN not in session.info.capabilities or session.in_transaction:
            text = "Presets are tried as dry runs, which cannot be made here now."
            self._bench.app.notify(text, severity="warning")
            return
        tried: list[Tried] = []
        try:
            wanted = ScriptRun(source=buffer.source, name=buffer.name)
            async for one in try_presets(session, wanted, buffer.presets):
                tried.append(one)
                self._runs.log.add("preset", one.run, outcome=one.outcome)
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=8)
        self._runs.show_log()
        if expecting and len(tried) == len(buffer.presets):
            tried = self._expect(buffer, tried)
        title = f"{buffer.title} with {len(tried)} of {len(buffer.presets)} presets, dry"
        self._bench.app.push_screen(Reading(title, tried_lines(tried)))

    def _expect(self, buffer: Buffer, tried: list[Tried]) -> list[Tried]:
        expected = [replace(one, preset=replace(one.preset, reply=one.text)) for one in tried]
        kept = buffer
        for one in expected:
            preset, before = one.preset, kept
            if not self._write(lambda: self._bench.workspace.keep_preset(before, preset)):  # noqa: B023  # called at once
                return tried
            kept = self._bench.panes.editor.buffer or kept
        self._show(replace(kept, preset=buffer.preset))
        return expected
