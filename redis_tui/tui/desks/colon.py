"""Does what the colon commands of vi ask of the workbench, and turns the keys of vi on and off.

Knows the file desk. The decision a reader would question: ``:q`` closes the script, as a tab is what an
editor's window is here; ``:qa`` leaves the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis_tui.tui.app import WorkbenchApp
    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.desks.files import FileDesk
    from redis_tui.tui.messages import EditorWish


class ColonDesk:
    """``:w``, ``:q``, ``:e`` and their like."""

    def __init__(self, bench: Bench, files: FileDesk) -> None:
        self._bench, self._files = bench, files
        self._acts: dict[str, Callable[[str], Awaitable[None]]] = {
            "save": self._save,
            "close": self._close,
            "drop": self._drop,
            "save_close": self._save_close,
            "open": self._open,
            "reload": self._reload,
            "next_tab": self._turn,
            "previous_tab": self._turn_back,
            "quit": self._quit,
            "tell": self._tell,
        }

    def start(self) -> None:
        """Gives the editor the keys that the settings name."""
        settings = cast("WorkbenchApp", self._bench.app).settings
        self._bench.panes.editor.use_vi("vi" in (settings.editor_keys, settings.keymap))

    def toggle(self) -> None:
        """The other keys, until the end."""
        editor = self._bench.panes.editor
        editor.use_vi(not editor.uses_vi)
        text = 'The editor has the keys of vi. editor_keys = "vi" in config.toml keeps them.'
        self._bench.app.notify(text if editor.uses_vi else "The editor has its plain keys again.", timeout=4)

    async def do(self, event: EditorWish) -> None:
        """Does what a colon command asks for."""
        await self._acts[event.name](event.argument)

    async def _save(self, path: str) -> None:
        await self._files.save(path=path)

    async def _close(self, _path: str) -> None:
        await self._files.close()

    async def _drop(self, _path: str) -> None:
        await self._files.close(unasked=True)

    async def _save_close(self, path: str) -> None:
        if await self._files.save(path=path):
            await self._files.close()

    async def _open(self, path: str) -> None:
        await (self._files.open_path(path) if path else self._files.ask_open())

    async def _reload(self, _path: str) -> None:
        self._files.reload()

    async def _turn(self, _path: str) -> None:
        self._bench.panes.editor.show_next(1)

    async def _turn_back(self, _path: str) -> None:
        self._bench.panes.editor.show_next(-1)

    async def _quit(self, _path: str) -> None:
        await self._bench.app.run_action("quit")

    async def _tell(self, text: str) -> None:
        self._bench.app.notify(text, timeout=4)
