"""Serves the side panes: reads what is seen of clients and functions, and does what their rows are asked for.

Knows the session and the setters of the views. The decision a reader would question: here something is polled, which
elsewhere is not. No server tells when a client comes or a command was slow; so a view is read again
while it is on the screen, and never otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError
from redis_tui.render.spans import Line, Span
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.production import answered
from redis_tui.tui.desks.figures import FigureDesk
from redis_tui.tui.desks.libraries import LibraryDesk
from redis_tui.tui.desks.streams import StreamDesk

if TYPE_CHECKING:
    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.desks.feed import FeedDesk
    from redis_tui.tui.desks.files import FileDesk
    from redis_tui.tui.widgets.view import Wish

Deed = Callable[[str], Awaitable[None]]
"""What is done for a wish, given what it is about."""
_SLOWLOG_S = 2.0
_CLIENTS_S = 2.0
_INFO_S = 1.0
_FUNCTIONS_S = 10.0
_PROBE_S = 5.0
"""Where nothing that is seen is read so often, the figures are: else nobody would notice that the server is held up."""


class ActivityDesk:
    """What the right column shows and does."""

    def __init__(self, bench: Bench, feed: FeedDesk, files: FileDesk) -> None:
        self._bench, self._feed = bench, feed
        self._session, self._panes = bench.session, bench.panes
        self._libraries = LibraryDesk(bench, files)
        self._figures = FigureDesk(bench)
        self._streams = StreamDesk(bench, feed.script_names)
        self._own_id = ""
        self._read_at: dict[str, float] = {}
        self._reading: set[str] = set()
        self._readers: dict[str, tuple[float, Callable[[], Awaitable[object]]]] = {
            "clients": (_CLIENTS_S, self._read_clients),
            "server": (_INFO_S, self._figures.read),
            "functions": (_FUNCTIONS_S, self._libraries.read),
        }
        self._deeds: dict[str, Deed] = {
            "scripts.call": self._call_script,
            "scripts.load": self._load_script,
            "scripts.everywhere": self._load_everywhere,
            "scripts.flush": self._flush_scripts,
            "slowlog.threshold": self._set_threshold,
            "slowlog.reset": self._reset_log,
            "slowlog.next": self._next_log,
            "slowlog.read": self._read_log,
            "clients.kill": self._kill_client,
            "clients.details": self._show_client,
            "clients.read": self._again("clients"),
            **self._libraries.deeds,
            **self._streams.deeds,
            **self._figures.deeds,
        }

    # ── reading what is seen ───────────────────────────────────────────────

    def tick(self) -> None:
        """Reads the views that are seen and were read long ago."""
        self._streams.tick()
        if self._session.in_transaction:
            return
        now = time.monotonic()
        self._read_at.setdefault("probe", now)
        if not self._session.info.embedded and self._panes.slowlog.is_seen and self._is_due("slowlog", _SLOWLOG_S, now):
            self._feed.read_slowlog()
        for name, (every, read) in self._readers.items():
            view = self._panes.views[name]
            if view.is_seen and name not in self._reading and self._is_due(name, every, now):
                self._bench.work(self._read(name, read), name)
        if not self._session.info.embedded and now - max(self._read_at.values()) >= _PROBE_S:
            self._read_at["probe"] = now
            self._feed.read_figures()

    def forget(self) -> None:
        """All views are read at the next tick."""
        self._read_at.clear()

    def leave(self) -> None:
        """Another server comes: what is shown of this one goes."""
        self._own_id = ""
        self._reading.clear()
        self._figures.leave()
        for view in (*self._panes.library.views.values(), *self._panes.activity.views.values()):
            view.forget()
        self.forget()

    def _is_due(self, name: str, every: float, now: float) -> bool:
        if now - self._read_at.get(name, -every) < every:
            return False
        self._read_at[name] = now
        return True

    async def _read(self, name: str, read: Callable[[], Awaitable[object]]) -> None:
        self._reading.add(name)
        try:
            await self._bench.read(read)
        finally:
            self._reading.discard(name)

    def _again(self, name: str) -> Deed:
        async def read(_: str) -> None:
            self._read_at.pop(name, None)

        return read

    # ── wishes ─────────────────────────────────────────────────────────────

    def take(self, wish: Wish) -> None:
        """Does what a view was asked for."""
        if self._session.in_transaction:
            self._bench.app.notify("MULTI is open in the console: EXEC or DISCARD ends it.", severity="warning")
            return
        deed = self._deeds[wish.name]
        self._bench.work(self._do(deed, wish.argument), "wish")

    async def _do(self, deed: Deed, argument: str) -> None:
        try:
            await deed(argument)
        except RedisTuiError as error:
            self._bench.app.notify(str(error), severity="error", timeout=6)

    # ── scripts ────────────────────────────────────────────────────────────

    async def _call_script(self, sha: str) -> None:
        from redis_tui.tui.screens.call import CallScreen

        info = self._panes.scripts.info(sha)
        if info is not None:
            title = f"EVALSHA {info.name or ''} {sha[:6]}".replace("  ", " ")
            self._bench.app.push_screen(CallScreen(self._session, title, [b"EVALSHA", sha.encode()]))

    async def _load_script(self, _: str) -> None:
        from redis_tui.tui import server_queries

        buffer = self._panes.editor.buffer
        if buffer is None:
            return
        reply = await self._session.execute([b"SCRIPT", b"LOAD", buffer.source])
        self._bench.tell(reply, f"Loaded {buffer.name}: {server_queries.text_of(reply)}")
        self._feed.read_scripts()

    async def _load_everywhere(self, sha: str) -> None:
        """The chosen script, on every node of a cluster."""
        info = self._panes.scripts.info(sha)
        if info is None or not self._session.info.is_cluster:
            self._bench.app.notify("There is one server, and no other to load a script on.", timeout=3)
            return
        if info.source is None:
            self._bench.app.notify(f"The text of {sha[:6]} is not known here.", severity="warning", timeout=4)
            return
        reply = await self._session.execute([b"SCRIPT", b"LOAD", info.source])
        self._bench.tell(reply, f"{info.name or sha[:6]} is on every node now, replicas included.")
        self._feed.read_scripts()

    async def _flush_scripts(self, _: str) -> None:
        await self._bench.screen.run_action("screen.flush_scripts")

    # ── the slow log ───────────────────────────────────────────────────────

    async def _set_threshold(self, _: str) -> None:
        from redis_tui.tui import server_queries
        from redis_tui.tui.screens.dialogs import AskText

        log = self._feed.log
        name = server_queries.THRESHOLDS[log]
        unit = "milliseconds; 0 logs all, -1 nothing" if log == "slow" else "bytes; -1 logs nothing"
        answer = await self._bench.app.push_screen_wait(AskText(f"Threshold: {name}", "", wanted=unit))
        if not answer:
            return
        try:
            number = float(answer.removesuffix("ms").strip())
        except ValueError:
            self._bench.app.notify(f"{answer!r} is no number of {unit.partition(';')[0]}.", severity="error")
            return
        value = round(number * 1000) if log == "slow" and number > 0 else round(number)
        reply = await self._session.execute([b"CONFIG", b"SET", name.encode(), b"%d" % value])
        self._bench.tell(reply, f"{name} is {value} now.")
        self._feed.read_slowlog()

    async def _reset_log(self, _: str) -> None:
        if self._feed.log == "slow":
            await self._bench.screen.run_action("screen.reset_slowlog")
            return
        reply = await self._session.execute([b"COMMANDLOG", b"RESET", self._feed.log.encode()])
        self._bench.tell(reply, f"The log of {self._feed.log} is empty.")
        self._feed.read_slowlog()

    async def _next_log(self, _: str) -> None:
        from redis_tui.tui import server_queries

        if self._session.info.server != "valkey":
            self._bench.app.notify("Only Valkey keeps other logs (COMMANDLOG).", timeout=3)
            return
        logs = server_queries.COMMAND_LOGS
        self._feed.log = logs[(logs.index(self._feed.log) + 1) % len(logs)]
        self._bench.app.notify(f"Log: {self._feed.log}", timeout=2)
        self._feed.read_slowlog()

    async def _read_log(self, _: str) -> None:
        self._feed.read_slowlog()

    # ── clients ────────────────────────────────────────────────────────────

    async def _read_clients(self) -> None:
        from redis_tui.tui import server_queries

        found = await server_queries.clients(self._session, self._own_id)
        if isinstance(found, ErrorReply):
            self._panes.clients.show_message(f"✗ {found.code} {found.message}")
        else:
            self._own_id = next((client.id for client in found if client.is_own), "")
            self._panes.clients.show(found)

    async def _kill_client(self, id_: str) -> None:
        from redis_tui.tui.screens.dialogs import Choice

        client = self._panes.clients.client(id_)
        if client is None:
            return
        who = f"{client.text('addr')} {client.text('name')}".strip()
        text = f"CLIENT KILL ID {id_} ends the connection of {who}, last command {client.text('cmd') or 'none'}."
        if client.is_own:
            text += "\n\nThat is this workbench's own connection. It connects again with its next command."
        kill = Choice("kill", "Kill", danger=True)
        if not await self._bench.confirm("CLIENT KILL", "End this connection?", text, kill):
            return
        with answered():
            reply: Reply = await self._session.execute([b"CLIENT", b"KILL", b"ID", id_.encode()])
        self._bench.tell(reply, f"Ended {who}." if reply == 1 else f"{who} was gone already.")
        self._read_at.pop("clients", None)

    async def _show_client(self, id_: str) -> None:
        from redis_tui.tui.screens.dialogs import Reading

        client = self._panes.clients.client(id_)
        if client is not None:
            lines: list[Line] = [
                [Span(f"{name:<20}", "dim"), Span(value, "text")] for name, value in client.fields.items()
            ]
            self._bench.app.push_screen(Reading(f"Client {id_}", lines))
