"""Files and arguments: opening, keeping, presets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work

from redis_tui.tui import messages
from redis_tui.tui.parts.base import Part

if TYPE_CHECKING:
    from pathlib import Path


class FilesPart(Part):
    """What becomes of the script in front, and what it is given."""

    @work(group="dialog", exclusive=True)
    async def action_open(self) -> None:
        """^O."""
        await self._files.ask_open()

    @work(group="dialog", exclusive=True)
    async def open_example(self, name: str) -> None:
        """Opens an example in a tab; the palette asks for it."""
        await self._files.open_path(f"example:{name}")

    @work(group="dialog", exclusive=True)
    async def open_file(self, path: str) -> None:
        """Opens a file in a tab; the palette asks for it."""
        await self._files.open_path(path)

    @property
    def recent_files(self) -> list[Path]:
        """Files that were opened or saved lately, the last one first."""
        return self._bench.workspace.recent()

    @property
    def presets(self) -> list[str]:
        """Names of the presets of the script in front."""
        return self._panes.editor.presets

    def use_preset(self, name: str) -> None:
        """Fills the fields from a preset; the palette asks for it."""
        self._presets.fill(name)

    @work(group="dialog", exclusive=True)
    async def action_save(self) -> None:
        """^S."""
        await self._files.save()

    @work(group="dialog", exclusive=True)
    async def action_save_as(self) -> None:
        """Asks for a place."""
        await self._files.save(elsewhere=True)

    @work(group="dialog", exclusive=True)
    async def action_rename_file(self) -> None:
        """Moves the file."""
        await self._files.rename()

    @work(group="dialog", exclusive=True)
    async def action_new(self) -> None:
        """^N."""
        await self._files.new()

    @work(group="dialog", exclusive=True)
    async def action_close_tab(self) -> None:
        """Closes the script in front."""
        await self._files.close()

    @work(group="setup")
    async def action_setup_example(self) -> None:
        """Runs the example's set-up commands."""
        await self._files.set_up_example()

    def action_next_preset(self) -> None:
        """F4."""
        self._presets.fill_next()

    @work(group="dialog", exclusive=True)
    async def action_pick_preset(self) -> None:
        """Alt-A."""
        await self._presets.pick()

    @work(group="presets")
    async def action_run_presets(self) -> None:
        """Tries the script with each preset."""
        await self._presets.run_all()

    @work(group="dialog", exclusive=True)
    async def action_keep_preset(self) -> None:
        """Keeps the fields as a preset."""
        await self._presets.keep()

    @work(group="presets")
    async def action_expect_replies(self) -> None:
        """Keeps what each preset answers now as what is expected."""
        await self._presets.run_all(expecting=True)

    def keep_unsaved(self) -> None:
        """Keeps all unsaved text for the next start."""
        self._files.keep_unsaved()

    @on(messages.BufferShown)
    def _buffer_shown(self) -> None:
        self._files.shown()
        self._syntax.look()

    @on(messages.BufferEdited)
    def _buffer_edited(self) -> None:
        self._files.edited()
        self._syntax.look()

    @on(messages.ArgumentsEdited)
    def _arguments_edited(self) -> None:
        self._files.with_arguments()
        self._panes.editor.keep_soon()

    @on(messages.ScriptOpened)
    async def _script_opened(self, event: messages.ScriptOpened) -> None:
        await self._files.open_script(event.info)
