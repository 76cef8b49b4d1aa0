"""Function libraries: shown, loaded from the editor, called, deleted, dumped into a file and restored from one.

Knows the session, the view and the editor. The decision a reader would question: code opens in the editor and not in a
reader of its own, since what one does next is to change it and load it again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.paths import expanded
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import ScriptInfo
from redis_tui.session.nodes import at_node

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.desks.files import FileDesk
    from redis_tui.tui.server_queries import Library

_POLICIES = (
    ("append", "append", "adds them; one that exists already is an error"),
    ("replace", "replace", "adds them, over those of the same name"),
    ("flush", "flush", "deletes all others first"),
)


class LibraryDesk:
    """What the Functions view asks for."""

    def __init__(self, bench: Bench, files: FileDesk) -> None:
        self._bench, self._files = bench, files
        self._session, self._view = bench.session, bench.panes.functions
        self._known: dict[str, Library] = {}
        self.deeds: dict[str, Callable[[str], Awaitable[None]]] = {
            "functions.code": self._open,
            "functions.load": self._load,
            "functions.everywhere": self._load_everywhere,
            "functions.offer": self._offer,
            "functions.call": self._call,
            "functions.delete": self._delete,
            "functions.dump": self._dump,
            "functions.restore": self._restore,
        }

    async def read(self) -> None:
        """FUNCTION LIST."""
        from redis_tui.tui import server_queries

        found = await server_queries.libraries(self._session)
        if isinstance(found, ErrorReply):
            what = f"✗ {found.code} {found.message}"
            self._view.show_message(what if found.code != "ERR" else f"{what}\nFunctions came with Redis 7.")
            return
        self._known = {library.name: library for library in found}
        self._view.show(found, self._session.nodes())

    async def _open(self, row: str) -> None:
        library = self._known.get(row.partition("/")[0])
        if library is not None:
            await self._files.open_script(ScriptInfo("0" * 40, library.name, library.code, 0, 0.0, 0.0, on_server=True))

    async def _load(self, _: str) -> None:
        from redis_tui.tui import server_queries
        from redis_tui.tui.screens.dialogs import Choice

        buffer = self._bench.panes.editor.buffer
        if buffer is None:
            return
        source = buffer.source
        if not source.startswith(b"#!"):
            text = f"{buffer.name} is no library: its first line must be #!lua name=…"
            self._bench.app.notify(text, severity="warning", timeout=6)
            return
        reply = await self._session.execute([b"FUNCTION", b"LOAD", source])
        if isinstance(reply, ErrorReply) and "already exists" in reply.message:
            choices = (Choice("replace", "Replace it", danger=True), Choice("cancel", "Keep the old one"))
            if await self._bench.ask("Replace the library?", f"{reply.message}.", *choices) != "replace":
                return
            reply = await self._session.execute([b"FUNCTION", b"LOAD", b"REPLACE", source])
        self._bench.tell(reply, f"Loaded library {server_queries.text_of(reply)}.")
        await self.read()

    async def _load_everywhere(self, row: str) -> None:
        """The chosen library, on the nodes of a cluster that lack it; other code under its name is asked about."""
        library = self._known.get(row.partition("/")[0])
        if library is None or not self._session.info.is_cluster:
            self._bench.app.notify("There is one server, and no other to load a library on.", timeout=3)
            return
        if library.other_on and not await self._may_replace(library):
            return
        for node in self._session.nodes():
            if node.name not in library.on_nodes:
                with at_node(node.name):
                    reply = await self._session.execute([b"FUNCTION", b"LOAD", b"REPLACE", library.code])
                if isinstance(reply, ErrorReply):
                    self._bench.tell(reply, "")
                    break
        else:
            self._bench.app.notify(f"{library.name} is on every node now.", timeout=4)
        await self.read()

    async def _may_replace(self, library: Library) -> bool:
        from redis_tui.tui.screens.dialogs import Choice

        text = f"{', '.join(library.other_on)} has other code under that name; most nodes have what the row shows."
        choices = (Choice("replace", "Replace it there", danger=True), Choice("cancel", "Leave it"))
        return await self._bench.ask(f"Replace {library.name}?", text, *choices) == "replace"

    async def _offer(self, _: str) -> None:
        """A library was to be run as a script: offers to load it, and says how its functions are called."""
        from redis_tui.tui import server_queries
        from redis_tui.tui.screens.dialogs import Choice

        buffer = self._bench.panes.editor.buffer
        if buffer is None:
            return
        text = (
            f"{buffer.title} holds functions, which are loaded once and called by name. FUNCTION LOAD REPLACE puts it "
            "on the server, over a library of the same name."
        )
        choices = (Choice("load", "Load it"), Choice("cancel", "Leave it"))
        if await self._bench.ask("Load the function library?", text, *choices) != "load":
            return
        reply = await self._session.execute([b"FUNCTION", b"LOAD", b"REPLACE", buffer.source])
        result = self._bench.panes.result
        if isinstance(reply, ErrorReply):
            result.show_problem(f"{reply.code} {reply.message}", "The library was not loaded.")
            return
        await self.read()
        name = server_queries.text_of(reply)
        library = self._known.get(name)
        result.show_loaded(name, [one.name for one in library.functions] if library else [])

    async def _call(self, row: str) -> None:
        from redis_tui.tui.screens.call import CallScreen

        library, _, name = row.partition("/")
        functions = self._known[library].functions if library in self._known else ()
        function = next((one for one in functions if one.name == name or not name), None)
        if function is None:
            return
        command = b"FCALL_RO" if "no-writes" in function.flags else b"FCALL"
        title = f"{command.decode()} {function.name}"
        self._bench.app.push_screen(CallScreen(self._session, title, [command, function.name.encode()]))

    async def _delete(self, row: str) -> None:
        from redis_tui.tui.screens.dialogs import Choice

        library = self._known.get(row.partition("/")[0])
        if library is None:
            return
        names = ", ".join(function.name for function in library.functions)
        text = f"FUNCTION DELETE {library.name} takes away: {names}. Clients that call them get an error."
        delete = Choice("delete", "Delete", danger=True)
        what = f"FUNCTION DELETE {library.name}"
        if await self._bench.confirm(what, f"Delete the library {library.name}?", text, delete):
            reply = await self._session.execute([b"FUNCTION", b"DELETE", library.name.encode()])
            self._bench.tell(reply, f"Deleted {library.name}.")
            await self.read()

    async def _dump(self, _: str) -> None:
        from redis_tui.tui.screens.dialogs import AskText

        question = AskText("Dump all libraries into a file", "functions.rdb", wanted="path of the file")
        answer = await self._bench.app.push_screen_wait(question)
        if not answer:
            return
        reply = await self._session.execute([b"FUNCTION", b"DUMP"])
        if not isinstance(reply, bytes):
            self._bench.tell(reply, "")
            return
        path = await asyncio.to_thread(expanded, answer)
        try:
            await asyncio.to_thread(_write_new, path, reply)
        except OSError as error:
            self._bench.app.notify(f"{path} was not written: {error.strerror}.", severity="error", timeout=6)
            return
        self._bench.app.notify(f"Wrote {len(reply):,} bytes into {path}.", timeout=4)

    async def _restore(self, _: str) -> None:
        from redis_tui.tui.screens.dialogs import AskText

        answer = await self._bench.app.push_screen_wait(
            AskText("Restore libraries from a file", "functions.rdb", wanted="path of a dump")
        )
        if not answer:
            return
        path = await asyncio.to_thread(expanded, answer)
        try:
            payload = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            self._bench.app.notify(f"{path} was not read: {error.strerror}.", severity="error", timeout=6)
            return
        policy = await self._bench.app.push_screen_wait(AskText("How?", "append", _POLICIES, wanted="policy"))
        if not policy:
            return
        reply = await self._session.execute([b"FUNCTION", b"RESTORE", payload, policy.upper().encode()])
        self._bench.tell(reply, f"Restored from {path}.")
        await self.read()


def _write_new(path: Path, data: bytes) -> None:
    with path.open("xb") as file:  # never over a file that is there
        file.write(data)
