"""Keeps the panes true to the server: reads what they show, again after each change that is told.

Knows the session and the setters of the panes around the editor. The decision a reader would
question: nothing is polled. What runs is looked up in memory each tick; everything
else is read when the session tells a change, a burst of changes once.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import Capability, Event, EventKind, ScriptInfo
from redis_tui.session.nodes import busy_names, lacking_text, trouble_text
from redis_tui.session.threshold import slow_threshold_ms
from redis_tui.spec.complete import complete
from redis_tui.tui import queries
from redis_tui.tui.desks.coalescer import Coalescer
from redis_tui.tui.desks.key_work import KeyWork
from redis_tui.tui.desks.keys import KeyDesk
from redis_tui.tui.desks.letting_go import told, unanswered
from redis_tui.tui.desks.names import file_names, sha_of
from redis_tui.tui.widgets.lua_complete import Offer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.spec.catalog import Catalog
    from redis_tui.tui.desks.bench import Bench

_OF_RUNS = frozenset((EventKind.KEYS_CHANGED, EventKind.SCRIPTS_CHANGED, EventKind.RUN_STARTED, EventKind.RUN_ENDED))
_BUSY_AGAIN_SECONDS = 1.0
_BUSY = ("BUSY with a script · F8 kills it", "BUSY · F8 kills")
_FIRST = frozenset(("keys", "scripts", "slowlog", "figures"))
"""Work of the start without which the workbench looks empty."""
_LOOK_S = 0.004
_LOGGED = 128
"""Bytes of an argument that the slow log keeps."""


class FeedDesk:
    """Reads for the panes."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._session, self._panes = bench.session, bench.panes
        self._keys = KeyDesk(bench.session, bench.panes.keys)
        self._key_work = KeyWork(bench, self._keys)
        self._scripts: list[ScriptInfo] = []
        self._file_names: dict[str, str] = {}
        self._catalog: Catalog | None = None
        self._was_running = False
        self._was_busy = False
        self._held = self._held_mark = ""
        """Why the server answers nobody, as the title and as the panes say it."""
        self._is_quiet = False
        self._has_begun = False
        self.log = "slow"
        """Which of the server's logs is shown."""
        self._figures_soon = Coalescer(self.read_figures)
        self._scripts_soon = Coalescer(self.read_scripts)
        self._slowlog_soon = Coalescer(self.read_slowlog)
        self._keys_soon = Coalescer(self._keys_may_differ, delay_s=0.4)
        self._all_soon = Coalescer(self.read_all, delay_s=_BUSY_AGAIN_SECONDS)
        """For a server that answers nobody: whatever found that out, it is asked again once a second."""

    def start(self) -> None:
        """Asks the server what the panes show."""
        self._show_place()
        self.read_all()
        self._has_begun = True

    def learn(self) -> None:
        """Asks for the commands, which completion and hints know: nobody needs them to see the panes."""
        self._bench.work(self._load_catalog(), "catalog")

    async def wait_until_filled(self, at_most_s: float) -> None:
        """Until what was read at the start is there, or time is up: drawn once, not pane after pane."""
        screen, ends_s = self._bench.screen, time.monotonic() + at_most_s
        while time.monotonic() < ends_s:
            await asyncio.sleep(_LOOK_S)
            if self._has_begun and not any(one.node is screen and one.group in _FIRST for one in screen.workers):
                return

    def stop(self) -> None:
        """Wishes that wait are not served any more."""
        for soon in (self._figures_soon, self._slowlog_soon, self._scripts_soon, self._keys_soon, self._all_soon):
            soon.stop()

    def leave(self) -> None:
        """Another server comes: forgets what this one told."""
        self.stop()
        self._scripts, self._catalog, self.log = [], None, "slow"
        self._was_running = self._was_busy = False
        self._note_held("", "")
        self._panes.title.set_state("ready", "success")
        self._panes.title.set_figures("")
        self._keys.leave()
        for view in (self._panes.scripts, self._panes.slowlog):
            view.forget()

    # ── what the session tells ─────────────────────────────────────────────

    def take(self, event: Event) -> None:
        """Something happened on the server's side."""
        if self._is_quiet and event.kind in _OF_RUNS:
            return
        match event.kind:
            case EventKind.KEYS_CHANGED:
                self._figures_soon.wish()
                if event.keys:
                    self._panes.keys.add(event.keys)
                    self._panes.keys.mark_changed(event.keys)
                else:
                    self._keys_soon.wish()
            case EventKind.SCRIPTS_CHANGED:
                self._scripts_soon.wish()
            case EventKind.RUN_STARTED | EventKind.RUN_ENDED:
                self.tick()
            case EventKind.NODES_CHANGED:
                self._tell_nodes(event.text)
            case EventKind.BUSY | EventKind.FREE:
                self._note_busy(is_busy=event.kind is EventKind.BUSY)
                self.tick()
            case EventKind.SENT | EventKind.DISCONNECTED | EventKind.RECONNECTED:
                pass

    def _tell_nodes(self, text: str) -> None:
        """A node of a cluster fell out or came back: the title says it while it lasts, a notice says it now."""
        nodes = self._session.nodes()
        is_well = not any(node.trouble for node in nodes)
        self._bench.app.notify(text, title="Nodes", severity="information" if is_well else "warning", timeout=8)
        self._show_place()
        self._figures_soon.wish()
        self._keys_soon.wish()
        self._scripts_soon.wish()

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """While many runs follow each other nothing is drawn for each of them; all is read when they are over."""
        self._is_quiet = True
        try:
            yield
        finally:
            self._is_quiet = False
            self.read_all()
            self.tick()

    def tick(self) -> None:
        """Looks what runs."""
        if not self._bench.is_whole:
            return
        running = self._session.running()
        waiting = unanswered(self._session)
        self._panes.running.show(
            running,
            self._session.info.capabilities,
            is_server_busy=self._was_busy,
            busy_nodes=busy_names(self._session.nodes()),
            waiting=waiting,
        )
        self._panes.title.set_wait("" if waiting is None else told(waiting))
        if running is not None:
            self._panes.title.set_state(f"running {running.name}", "warning", "▶")
        elif self._was_running:
            self._panes.title.set_state("ready", "success")
        self._was_running = running is not None

    def count_down(self) -> None:
        """A second has passed for the keys that expire."""
        if self._bench.is_whole and not self._session.in_transaction:
            self._panes.keys.count_down(1000)

    def run_ended(self) -> None:
        """A run of this workbench may have changed everything but the keys it told."""
        self.read_slowlog()
        self._scripts_soon.wish()
        self._figures_soon.wish()
        self.tick()

    def command_ended(self) -> None:
        """A command from the prompt may have changed the figures, and may have been slow."""
        self._figures_soon.wish()
        self._slowlog_soon.wish()

    # ── completion ─────────────────────────────────────────────────────────

    async def _load_catalog(self) -> None:
        try:
            catalog = await self._session.catalog()
        except RedisTuiError as error:
            self._bench.app.notify(f"No completion: {error}", severity="warning")
            return
        self._catalog = catalog
        pane = self._panes.keys
        self._panes.console.set_catalog(catalog, lambda: [key.decode("utf-8", "replace") for key in pane.keys_seen])
        self._panes.editor.set_commands(self._command_offers)

    def _command_offers(self, line: str) -> tuple[list[Offer], str]:
        if self._catalog is None:
            return [], ""
        completion = complete(self._catalog, line, len(line))
        return [Offer(item.text, item.meta) for item in completion.candidates], completion.hint

    # ── reading ────────────────────────────────────────────────────────────

    def read_all(self) -> None:
        """Keys, scripts, slow log and figures."""
        self.read_keys()
        self.read_scripts()
        self.read_slowlog()
        self.read_figures()

    def read_keys(self) -> None:
        """Scans from the beginning."""
        self._bench.work(self._bench.read(self._keys.restart), "keys")

    def _keys_may_differ(self) -> None:
        """Somebody wrote, it is not known what: reads few keys again; of many only those on the screen."""
        if self._keys.is_far:
            self._panes.keys.forget_facts()
            self._bench.work(self._bench.read(self._keys.recount), "keys")
        else:
            self.read_keys()

    def filter_keys(self, pattern: str) -> None:
        """Scans with another pattern."""
        self._bench.work(self._bench.read(lambda: self._keys.restart(pattern)), "keys")

    def scan_on(self) -> None:
        """Goes on with the scan, or stops it."""
        self._bench.work(self._bench.read(self._keys.go_on_or_stop), "keys")

    def read_facts(self, keys: tuple[bytes, ...], *, details: bool = False) -> None:
        """Types and TTLs of keys that came into view, with ``details`` size and encoding."""
        self._bench.work(self._bench.read(lambda: self._keys.facts(keys, details=details)), "facts")

    def serve_keys(self, name: str, keys: tuple[bytes, ...]) -> None:
        """Something is wanted of some keys."""
        self._bench.work(self._bench.guard(lambda: self._key_work.serve(name, keys)), "key work")

    def key_changed(self, key: bytes) -> None:
        """Somebody edited a value here."""
        self._panes.keys.mark_changed([key])
        self._figures_soon.wish()

    def read_figures(self) -> None:
        """The title bar's right end."""
        self._bench.work(self._read_figures(), "figures")

    async def _read_figures(self) -> None:
        await self._bench.read(self._show_figures)
        await self._bench.read(self._recount)

    async def _recount(self) -> None:
        refusal = await self._keys.recount()
        if refusal is not None and refusal.code == "LOADING":
            share = await queries.loading_share(self._session)
            self._note_held(f"LOADING its data{share}", "LOADING · read again by itself")
        elif self._held.startswith("LOADING"):
            self._note_held("", "")
            self.read_keys()

    async def _show_figures(self) -> None:
        self._panes.title.set_figures(await queries.figures(self._session))
        self._show_place()

    def _show_place(self) -> None:
        info, nodes = self._session.info, self._session.nodes()
        self._panes.title.set_guards(production=info.production, read_only=info.read_only)
        trust = " · TLS unverified" if info.is_unverified else ""
        where = f"{len(nodes)} node{'' if len(nodes) == 1 else 's'}" if nodes else f"db{self._session.db}"
        self._panes.title.set_place(info.label, f"{info.server} {info.version}{trust} · {where}")
        self._panes.title.set_trouble(trouble_text(nodes))
        self._panes.arguments.set_nodes(nodes)

    def read_scripts(self) -> None:
        """The script cache."""
        self._bench.work(self._bench.read(self._show_scripts), "scripts")

    async def _show_scripts(self) -> None:
        if not self._file_names:
            self._file_names = await asyncio.to_thread(file_names, self._bench.workspace)
        names = self._file_names | {sha_of(buffer.source): buffer.name for buffer in self._panes.editor.buffers}
        found = await self._session.scripts()
        self._scripts = [info if info.name else replace(info, name=names.get(info.sha)) for info in found]
        whole = Capability.LIST_SCRIPTS in self._session.info.capabilities
        self._panes.scripts.show(self._scripts, whole=whole, nodes=self._session.nodes())

    def read_slowlog(self) -> None:
        """The slow log."""
        self._bench.work(self._bench.read(self._show_slowlog), "slowlog")

    async def _show_slowlog(self) -> None:
        log = self.log
        entries = await queries.slowlog(self._session, log=log)
        is_busy = isinstance(entries, ErrorReply) and entries.code == "BUSY"
        self._note_busy(is_busy=is_busy)
        nodes = self._session.nodes()
        self._panes.title.set_trouble(trouble_text(nodes))
        if isinstance(entries, ErrorReply):
            self._panes.slowlog.show_message(f"✗ {entries.message or entries.code}")
            return
        if log != "slow":
            self._panes.slowlog.show(entries, self.script_names(), log, unit="bytes")
            return
        threshold = await slow_threshold_ms(self._session)
        label = "" if threshold is None else "off" if math.isinf(threshold) else f"over {threshold:g} ms"
        label = " · ".join(part for part in (label, lacking_text(nodes)) if part)
        self._panes.slowlog.show(entries, self.script_names(), label)

    def _note_busy(self, *, is_busy: bool) -> None:
        """A script holds the server up, whosever it is, or does so no longer."""
        if is_busy:
            self._note_held(*_BUSY)
        elif self._held == _BUSY[0]:
            self._note_held("", "")
            self.read_scripts()
        self._was_busy = is_busy or bool(busy_names(self._session.nodes()))

    def _note_held(self, state: str, mark: str) -> None:
        """The server answers nobody, for a script of somebody or because it starts: says so, looks again until it does.

        Args:
            state: for the title; empty where it answers again.
            mark: for the border of each pane.
        """
        if state:
            self._panes.title.set_state(state, "danger", "▶")
            self._all_soon.wish()
        elif self._held:
            self._panes.title.set_state("ready", "success")
        for view in self._panes.views.values():
            if mark or view.subtitle == self._held_mark:
                view.subtitle = mark
        self._held, self._held_mark = state, mark

    def script_of(self, entry: queries.SlowEntry) -> ScriptInfo | None:
        """The script of an entry, where its source is known; else the entry is all there is."""
        if len(entry.argv) < 2 or not entry.argv[0].upper().startswith(b"EVAL"):
            return None
        word = entry.argv[1].decode("utf-8", "replace")
        found = (info for info in self._scripts if info.source and word in (info.sha, _as_logged(info.source)))
        return next(found, None)

    def script_names(self) -> dict[str, str]:
        """Names by sha, and by the source as logs tell it."""
        names: dict[str, str] = {}
        for buffer in self._panes.editor.buffers:
            names[sha_of(buffer.source)] = buffer.name
            names[_as_logged(buffer.source)] = buffer.name
        for info in self._scripts:
            if info.name:
                names[info.sha] = info.name
                names[_as_logged(info.source or b"")] = info.name
        return names


def _as_logged(source: bytes) -> str:
    """A script as SLOWLOG tells it: the rest of a long one is only counted."""
    rest = len(source) - _LOGGED
    text = source if rest <= 0 else b"%b... (%d more bytes)" % (source[:_LOGGED], rest)
    return text.decode("utf-8", "replace")
