"""The workbench itself: lays out the panes, passes their messages to the desks, and results back to setters.

The one place that knows all panes. The decision a reader would question: it is longer than
other screens because each action of the table is one short method here; what an action
does at length stands in `tui.desks`.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.screen import Screen
from textual.widget import Widget

from redis_tui.errors import RedisTuiError, SessionError
from redis_tui.paths import history_file
from redis_tui.render.spans import Span
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import (
    Capability,
    Event,
    EventKind,
    KillOutcome,
    ScriptInfo,
    ScriptOutcome,
    ScriptRun,
    Session,
)
from redis_tui.spec.complete import complete
from redis_tui.tui import messages, queries
from redis_tui.tui.actions import PANES, bindings
from redis_tui.tui.desks import Coalescer, ConsoleDesk, KeyDesk, RunDesk
from redis_tui.tui.layout import COLUMNS, is_narrow, visible_panes
from redis_tui.tui.panes.arguments import ArgumentsPane
from redis_tui.tui.panes.console import ConsolePane
from redis_tui.tui.panes.editor import EditorPane, suggested_path
from redis_tui.tui.panes.keys import KeysPane
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.panes.server import RunningPane, ScriptsPane, SlowlogPane
from redis_tui.tui.screens.dialogs import Ask, AskPath, Choice, Jump, Reading, file_offers
from redis_tui.tui.screens.value import ValueScreen
from redis_tui.tui.widgets.bars import KeyBar, PaneTabs, TitleBar
from redis_tui.tui.widgets.lua_complete import Offer
from redis_tui.workspace import Buffer, Preset, Workspace, format_arguments, key_use, list_examples, load_example

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from redis_tui.spec.catalog import Catalog

_TICK_SECONDS = 0.2
_ECHO_SECONDS = 0.3
_ASKED = "Kill requested…"
_THRESHOLD = "The server answers once busy-reply-threshold (5 s by default) has passed."
_PAUSED = ("Paused: MULTI is open in the console.", "EXEC or DISCARD ends it.")

Pane = KeysPane | EditorPane | ArgumentsPane | ResultPane | ScriptsPane | SlowlogPane | RunningPane | ConsolePane


class WorkbenchScreen(Screen[None]):
    """All panes around one session."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("workbench")
    AUTO_FOCUS = ""

    def __init__(
        self, session: Session, workspace: Workspace, sent: Sequence[tuple[float, str]], files: Sequence[Path]
    ) -> None:
        """Takes the open session, the workspace, the log of sent commands (filled by others) and files to open."""
        super().__init__()
        self.session = session
        self.workspace = workspace
        self._sent = sent
        self._files = files
        self._in_use = "editor"
        self._zoomed: str | None = None
        self._scripts: list[ScriptInfo] = []
        self._scripts_read_at = 0.0
        self._catalog: Catalog | None = None
        self._title_bar, self._keys_pane = TitleBar(), KeysPane()
        self._editor_pane, self._arguments_pane, self._result_pane = EditorPane(), ArgumentsPane(), ResultPane()
        self._scripts_pane, self._slowlog_pane, self._running_pane = ScriptsPane(), SlowlogPane(), RunningPane()
        self._console_pane = ConsolePane(history_file("console"))
        self._runs = RunDesk(session)
        self._key_desk = KeyDesk(session, self._keys_pane)
        self._console_desk = ConsoleDesk(session, self._console_pane)
        self._figures_soon = Coalescer(self._read_figures)
        self._scripts_soon = Coalescer(self._read_scripts)
        self._keys_soon = Coalescer(self._read_keys, delay_s=0.4)

    def compose(self) -> ComposeResult:
        """Title, folded tabs, three columns, prompt, keys."""
        yield self._title_bar
        yield PaneTabs()
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield self._keys_pane
            with Vertical(id="middle"):
                yield self._editor_pane
                yield self._arguments_pane
                yield self._result_pane
            with Vertical(id="right"):
                yield self._scripts_pane
                yield self._slowlog_pane
                yield self._running_pane
        yield self._console_pane
        yield KeyBar()

    async def on_mount(self) -> None:
        """Opens the scripts and asks the server what the panes show."""
        info = self.session.info
        self._title_bar.set_place(info.label, f"{info.server} {info.version} · db{self.session.db}")
        self._lay_out()
        await self._open_first()
        self._load_catalog()
        self._read_keys()
        self._read_scripts()
        self._read_slowlog()
        self._read_figures()
        self.set_interval(_TICK_SECONDS, self._tick)
        self.set_interval(1, self._count_down)

    def on_unmount(self) -> None:
        """Wishes that wait are not served any more."""
        for soon in (self._figures_soon, self._scripts_soon, self._keys_soon):
            soon.stop()

    async def _open_first(self) -> None:
        named = [path.expanduser().absolute() for path in self._files]
        recovered = self.workspace.recover()
        for path in named:
            await self._open_path(str(path))
        if self._editor_pane.buffer is None:
            await self._editor_pane.add(self.workspace.open_example("counter"))
        front = len(self._editor_pane.buffers) - 1
        for buffer in recovered:
            await self._editor_pane.add(buffer)
        self._editor_pane.show(front)
        if any(buffer.recovered for buffer in self._editor_pane.buffers):
            self.notify("Unsaved text of the last session is back.", timeout=5)
        self._editor_pane.focus_content()

    # ── events of the session ──────────────────────────────────────────────

    def session_event(self, event: Event) -> None:
        """Something happened on the server's side."""
        match event.kind:
            case EventKind.KEYS_CHANGED:
                self._figures_soon.wish()
                if event.keys:
                    self._keys_pane.add(event.keys)
                    self._keys_pane.mark_changed(event.keys)
                else:
                    self._keys_soon.wish()
            case EventKind.SCRIPTS_CHANGED:
                # Reading the list may itself send SCRIPT EXISTS, which tells a change: no answer to our own echo.
                if time.monotonic() - self._scripts_read_at > _ECHO_SECONDS:
                    self._scripts_soon.wish()
            case EventKind.DISCONNECTED:
                self._title_bar.set_state("disconnected", "danger", "✗")
                self._keys_pane.show_message("The connection is lost.", "It is tried again; F9 asks now.")
            case EventKind.RECONNECTED:
                self._title_bar.set_state("ready", "success")
                self._read_keys()
            case EventKind.RUN_STARTED | EventKind.RUN_ENDED:
                self._tick()
            case EventKind.SENT:
                pass

    def _tick(self) -> None:
        if not self._is_whole:
            return
        running = self.session.running()
        self._running_pane.show(running, self.session.info.capabilities)
        if running is not None:
            self._title_bar.set_state(f"running {running.name}", "warning", "▶")
        elif self._was_running:
            self._title_bar.set_state("ready", "success")
        self._was_running = running is not None

    _was_running = False

    def _count_down(self) -> None:
        if self._is_whole and not self.session.in_transaction:
            self._keys_pane.count_down(1000)

    # ── reading for panes ──────────────────────────────────────────────────

    @work(group="catalog")
    async def _load_catalog(self) -> None:
        try:
            catalog = await self.session.catalog()
        except RedisTuiError as error:
            self.notify(f"No completion: {error}", severity="warning")
            return
        self._catalog = catalog
        pane = self._keys_pane
        self._console_pane.set_completer(
            lambda text, cursor: complete(
                catalog, text, cursor, [key.decode("utf-8", "replace") for key in pane.keys_seen]
            )
        )
        self._editor_pane.set_commands(self._command_offers)

    def _command_offers(self, line: str) -> tuple[list[Offer], str]:
        if self._catalog is None:
            return [], ""
        completion = complete(self._catalog, line, len(line))
        return [Offer(item.text, item.meta) for item in completion.candidates], completion.hint

    @work(group="keys", exclusive=True)
    async def _read_keys(self) -> None:
        await self._guard(self._key_desk.restart)

    @work(group="figures", exclusive=True)
    async def _read_figures(self) -> None:
        await self._guard(self._show_figures)
        await self._guard(self._key_desk.recount)

    async def _show_figures(self) -> None:
        self._title_bar.set_figures(await queries.figures(self.session))
        info = self.session.info
        self._title_bar.set_place(info.label, f"{info.server} {info.version} · db{self.session.db}")

    @work(group="scripts", exclusive=True)
    async def _read_scripts(self) -> None:
        await self._guard(self._show_scripts)

    async def _show_scripts(self) -> None:
        self._scripts_read_at = time.monotonic()
        self._scripts = await self.session.scripts()
        self._scripts_read_at = time.monotonic()
        whole = Capability.LIST_SCRIPTS in self.session.info.capabilities
        self._scripts_pane.show(self._scripts, whole=whole)

    @work(group="slowlog", exclusive=True)
    async def _read_slowlog(self) -> None:
        await self._guard(self._show_slowlog)

    async def _show_slowlog(self) -> None:
        entries = await queries.slowlog(self.session)
        if isinstance(entries, ErrorReply):
            self._slowlog_pane.show_message(f"✗ {entries.message or entries.code}")
            return
        threshold = await queries.slow_threshold(self.session)
        self._slowlog_pane.show(entries, self._script_names(), threshold)

    def _script_names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for buffer in self._editor_pane.buffers:
            names[hashlib.sha1(buffer.source, usedforsecurity=False).hexdigest()] = buffer.name
            names[buffer.text] = buffer.name
        for info in self._scripts:
            if info.name:
                names[info.sha] = info.name
                names[(info.source or b"").decode("utf-8", "replace")] = info.name
        return names

    async def _guard(self, reading: Callable[[], Awaitable[object]]) -> None:
        """Reads for a pane; while MULTI is open nothing is sent, as it would be queued there."""
        if self.session.in_transaction:
            self._keys_pane.show_paused(*_PAUSED)
            return
        try:
            await reading()
        except NoMatches:
            if self._is_whole:
                raise
        except SessionError as error:
            self._keys_pane.show_message(error.message, error.hint or "F9 tries again.")
        except RedisTuiError as error:
            self.notify(str(error), severity="error")

    @property
    def _is_whole(self) -> bool:
        """False while the screen is being taken down, when an answer may still come in."""
        return self.is_attached and all(self._pane(name).children for name, _ in PANES)

    # ── running ────────────────────────────────────────────────────────────

    def action_run(self) -> None:
        """F5."""
        self._start()

    def action_dry_run(self) -> None:
        """F6."""
        self._start(dry_run=True)

    def action_trace_run(self) -> None:
        """F7."""
        self._start(trace=True)

    def _start(self, *, dry_run: bool = False, trace: bool = False) -> None:
        buffer = self._editor_pane.buffer
        if buffer is None:
            return
        if self.session.in_transaction:
            self._result_pane.show_problem("MULTI is open in the console.", "Enter EXEC or DISCARD there, then run.")
            return
        if self._runs.is_busy:
            self.notify("A script is still running. F8 ends it.", severity="warning")
            return
        try:
            keys, args = self._arguments_pane.parsed()
        except RedisTuiError as error:
            self._result_pane.show_problem(error.message, error.hint)
            return
        if dry_run and Capability.DRY_RUN not in self.session.info.capabilities:
            self._result_pane.show_problem(
                "This server cannot run a script without effect.", "Open the embedded engine."
            )
            return
        trace = trace or self.session.info.embedded
        self._run(
            ScriptRun(
                source=buffer.source, keys=keys, args=args, name=buffer.name, db=None, trace=trace, dry_run=dry_run
            )
        )

    @work(group="run")
    async def _run(self, run: ScriptRun) -> None:
        self._editor_pane.mark_error(None, "")
        self._result_pane.show_running(run.name, dry_run=run.dry_run)
        try:
            outcome = await self._runs.run(run)
        except RedisTuiError as error:
            self._result_pane.show_problem(error.message, error.hint)
            return
        self._show_outcome(run, outcome)

    def _show_outcome(self, run: ScriptRun, outcome: ScriptOutcome) -> None:
        self._result_pane.show(run, outcome, self.session.info.capabilities)
        if outcome.error is not None:
            self._editor_pane.mark_error(outcome.error.line, outcome.error.message)
        if not run.dry_run:
            here = [change.key for change in outcome.changes if change.db == self.session.db]
            self._keys_pane.add(change.key for change in outcome.changes if change.after.type != "none")
            self._keys_pane.mark_changed(here)
        self._read_slowlog()
        self._scripts_soon.wish()
        self._figures_soon.wish()
        self._tick()

    @work(group="kill")
    async def action_kill(self) -> None:
        """F8: ends the script; where it has written, explains and offers what there is."""
        if self.session.running() is not None:
            self._running_pane.say(_ASKED if self.session.info.embedded else f"{_ASKED} {_THRESHOLD}")
            self._tick()
        outcome, sentence = await self._runs.kill()
        self._running_pane.say("")
        if outcome is KillOutcome.UNKILLABLE:
            self._running_pane.say("" if self._runs.can_undo else "has written: cannot be killed")
            outcome, sentence = await self._kill_written(sentence)
        if sentence:
            self.notify(sentence, severity="information" if outcome is KillOutcome.KILLED else "warning", timeout=4)

    async def _kill_written(self, sentence: str) -> tuple[KillOutcome, str]:
        if not self._runs.can_undo:
            text = (
                f"{sentence}\n\nIt goes on until it ends by itself. The only other way is to stop the server without "
                "saving, which loses all writes since the last save; redis-tui will not do that for you."
            )
            await self.app.push_screen_wait(Ask("Cannot be killed", text, [Choice("cancel", "Understood")]))
            return KillOutcome.UNKILLABLE, ""
        text = f"{sentence}\n\nThe embedded engine can end it and undo everything it wrote."
        choices = [Choice("undo", "Kill and undo", danger=True), Choice("cancel", "Let it run")]
        if await self.app.push_screen_wait(Ask("The script has written", text, choices)) != "undo":
            return KillOutcome.UNKILLABLE, ""
        return await self._runs.kill(undo=True)

    # ── files ──────────────────────────────────────────────────────────────

    @work(group="dialog", exclusive=True)
    async def action_open(self) -> None:
        """^O."""
        examples = [(example.name, example.title) for example in list_examples()]
        answer = await self.app.push_screen_wait(AskPath("Open", "", file_offers(self.workspace.recent(), examples)))
        if answer:
            await self._open_path(answer)

    async def _open_path(self, answer: str) -> None:
        try:
            if answer.startswith("example:"):
                buffer = self.workspace.open_example(answer.removeprefix("example:"))
            else:
                buffer = self.workspace.open(Path(answer))
        except RedisTuiError as error:
            self.notify(str(error), severity="error", timeout=8)
            return
        await self._editor_pane.add(buffer)
        self._editor_pane.focus_content()

    @work(group="dialog", exclusive=True)
    async def open_example(self, name: str) -> None:
        """Opens an example in a tab; the palette asks for it."""
        await self._open_path(f"example:{name}")

    @work(group="dialog", exclusive=True)
    async def action_save(self) -> None:
        """^S; asks for a place where there is none."""
        buffer = self._with_arguments()
        if buffer is not None:
            await self._save(buffer, None if buffer.path else await self._ask_place(buffer))

    @work(group="dialog", exclusive=True)
    async def action_save_as(self) -> None:
        """Asks for a place."""
        buffer = self._with_arguments()
        if buffer is not None:
            await self._save(buffer, await self._ask_place(buffer))

    async def _ask_place(self, buffer: Buffer) -> str:
        return await self.app.push_screen_wait(AskPath("Save as", str(suggested_path(buffer)))) or ""

    async def _save(self, buffer: Buffer, place: str | None) -> None:
        if place == "":
            return
        try:
            saved = self.workspace.save(buffer, Path(place) if place else None)
        except RedisTuiError as error:
            self.notify(str(error), severity="error", timeout=8)
            return
        self._editor_pane.set_buffer(saved)
        self.notify(f"Saved {saved.path}.", timeout=2)

    @work(group="dialog", exclusive=True)
    async def action_new(self) -> None:
        """^N."""
        await self._editor_pane.add(self.workspace.new(len(self._editor_pane.buffers) + 1))
        self._editor_pane.focus_content()

    @work(group="dialog", exclusive=True)
    async def action_close_tab(self) -> None:
        """Closes the script in front; asks if its text is not saved."""
        buffer = self._with_arguments()
        if buffer is None:
            return
        if buffer.dirty:
            choices = [Choice("save", "Save"), Choice("drop", "Discard", danger=True), Choice("cancel", "Keep open")]
            answer = await self.app.push_screen_wait(Ask(buffer.title, "Its text is not saved.", choices))
            if answer == "cancel":
                return
            if answer == "save":
                await self._save(buffer, None if buffer.path else await self._ask_place(buffer))
                if (now := self._editor_pane.buffer) is None or now.dirty:
                    return
        self.workspace.forget(buffer)
        await self._editor_pane.close()
        if self._editor_pane.buffer is None:
            self._arguments_pane.set_texts("", "", "", 0)

    def keep_unsaved(self) -> None:
        """Keeps all unsaved text for the next start."""
        self._with_arguments()
        for buffer in self._editor_pane.buffers:
            self.workspace.autosave(buffer)

    def _with_arguments(self) -> Buffer | None:
        buffer = self._editor_pane.buffer
        if buffer is None:
            return None
        keys, args = self._arguments_pane.texts
        buffer = replace(buffer, keys_text=keys, args_text=args)
        self._editor_pane.set_buffer(buffer)
        return buffer

    @on(messages.BufferShown)
    def _buffer_shown(self) -> None:
        buffer = self._editor_pane.buffer
        if buffer is not None:
            self._arguments_pane.set_texts(buffer.keys_text, buffer.args_text, buffer.preset, len(buffer.presets))
            self._arguments_pane.set_use(key_use(buffer.text))

    @on(messages.BufferEdited)
    def _buffer_edited(self) -> None:
        buffer = self._with_arguments()
        if buffer is not None:
            self._arguments_pane.set_use(key_use(buffer.text))
            self.workspace.autosave(buffer)

    @on(messages.ArgumentsEdited)
    def _arguments_edited(self) -> None:
        self._with_arguments()

    @on(messages.RunWanted)
    def _run_wanted(self) -> None:
        self._start()

    def action_next_preset(self) -> None:
        """F4."""
        buffer = self._editor_pane.buffer
        if buffer is None or not buffer.presets:
            self.notify("This script has no presets. The palette keeps these arguments as one.", timeout=4)
            return
        names = [preset.name for preset in buffer.presets]
        at = (names.index(buffer.preset) + 1) % len(names) if buffer.preset in names else 0
        preset = buffer.presets[at]
        keys, args = format_arguments(preset.keys), format_arguments(preset.args)
        self._editor_pane.set_buffer(replace(buffer, keys_text=keys, args_text=args, preset=preset.name))
        self._buffer_shown()

    def action_keep_preset(self) -> None:
        """Keeps the fields as a preset."""
        buffer = self._with_arguments()
        if buffer is None:
            return
        try:
            keys, args = self._arguments_pane.parsed()
        except RedisTuiError as error:
            self.notify(str(error), severity="error")
            return
        name = " ".join(part for part in (buffer.keys_text, buffer.args_text) if part) or "no arguments"
        self._editor_pane.set_buffer(self.workspace.keep_preset(buffer, Preset(name[:30], keys, args)))
        self._buffer_shown()

    @work(group="setup")
    async def action_setup_example(self) -> None:
        """Runs the example's set-up commands."""
        buffer = self._editor_pane.buffer
        example = load_example(buffer.example) if buffer and buffer.example else None
        if example is None or not example.setup:
            self.notify("This script needs no sample data.", timeout=3)
            return
        for argv in example.setup:
            await self._guard(partial(self.session.execute, argv))
        self.notify(f"{len(example.setup)} commands prepared the sample data (F12 shows them).", timeout=4)

    # ── editing ────────────────────────────────────────────────────────────

    def action_find(self) -> None:
        """^F."""
        self._editor_pane.start_find()

    def action_toggle_comment(self) -> None:
        """^/."""
        self._editor_pane.toggle_comment()

    def action_next_tab(self) -> None:
        """The next script."""
        self._editor_pane.show_next(1)

    def action_previous_tab(self) -> None:
        """The script before."""
        self._editor_pane.show_next(-1)

    def action_show_tab(self, at: int) -> None:
        """A tab in the editor's border was clicked."""
        self._editor_pane.show(at)

    # ── panes ──────────────────────────────────────────────────────────────

    def action_focus_pane(self, name: str) -> None:
        """Alt and a digit."""
        if self._zoomed is not None and name != "console":
            self._zoomed = name
        self._in_use = name
        self._lay_out()
        self.call_after_refresh(self._pane(name).focus_content)

    def action_console(self) -> None:
        """^T."""
        self.action_focus_pane("console")

    @work(group="dialog", exclusive=True)
    async def action_jump(self) -> None:
        """^G: the next digit chooses a pane."""
        pane = await self.app.push_screen_wait(Jump())
        if pane:
            self.action_focus_pane(pane)

    def action_zoom(self) -> None:
        """F11."""
        self._zoomed = None if self._zoomed else self._in_use if self._in_use != "console" else "editor"
        self._lay_out()

    def on_resize(self) -> None:
        """Folds or unfolds the side panes."""
        self._lay_out()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remembers which pane is in use."""
        for node in event.widget.ancestors_with_self:
            if isinstance(node, Widget) and node.id in dict(PANES):
                self._in_use = node.id
                self._lay_out()
                return

    @on(messages.PaneChosen)
    def _pane_chosen(self, event: messages.PaneChosen) -> None:
        self.action_focus_pane(event.pane)

    def _lay_out(self) -> None:
        width = self.app.size.width
        shown = visible_panes(width, self._in_use, self._zoomed)
        for column, names in COLUMNS.items():
            self.query_one(f"#{column}").display = bool(names & shown)
            for name in names:
                self._pane(name).display = name in shown
        tabs = self.query_one(PaneTabs)
        tabs.display = is_narrow(width) and self._zoomed is None
        folded = dict(PaneTabs.FOLDED)
        tabs.active = self._in_use if self._in_use in folded else "editor"
        self.set_class(is_narrow(width), "-narrow")
        self.set_class(self._zoomed is not None, "-zoomed")

    def _pane(self, name: str) -> Pane:
        panes: dict[str, Pane] = {
            "keys": self._keys_pane,
            "editor": self._editor_pane,
            "arguments": self._arguments_pane,
            "result": self._result_pane,
            "scripts": self._scripts_pane,
            "slowlog": self._slowlog_pane,
            "running": self._running_pane,
            "console": self._console_pane,
        }
        return panes[name]

    def action_refresh(self) -> None:
        """F9."""
        self._read_keys()
        self._read_scripts()
        self._read_slowlog()
        self._read_figures()

    def action_filter_keys(self) -> None:
        """Shows the filter of the key browser."""
        self.action_focus_pane("keys")
        self.call_after_refresh(self._keys_pane.action_edit_filter)

    @work(group="keys")
    async def action_scan_more(self) -> None:
        """Scans on, or stops."""
        await self._guard(self._key_desk.go_on_or_stop)

    @on(messages.ScanWanted)
    def _scan_wanted(self) -> None:
        self.action_scan_more()

    @on(messages.PatternChosen)
    def _pattern_chosen(self, event: messages.PatternChosen) -> None:
        self._filter(event.pattern)

    @work(group="keys", exclusive=True)
    async def _filter(self, pattern: str) -> None:
        await self._guard(lambda: self._key_desk.restart(pattern))

    @on(messages.FactsWanted)
    def _facts_wanted(self, event: messages.FactsWanted) -> None:
        self._read_facts(event.keys)

    @work(group="facts")
    async def _read_facts(self, keys: tuple[bytes, ...]) -> None:
        await self._guard(lambda: self._key_desk.facts(keys))

    @on(messages.KeyOpened)
    def _key_opened(self, event: messages.KeyOpened) -> None:
        self.app.push_screen(ValueScreen(self.session, event.key))

    @on(messages.ScriptOpened)
    async def _script_opened(self, event: messages.ScriptOpened) -> None:
        info = event.info
        if info.source is None:
            self.notify(f"The server does not give the source of {info.sha[:6]} away.", severity="warning")
            return
        text = info.source.decode("utf-8", "replace")
        for at, buffer in enumerate(self._editor_pane.buffers):
            if buffer.text == text:
                self._editor_pane.show(at)
                self._editor_pane.focus_content()
                return
        await self._editor_pane.add(Buffer(info.name or info.sha[:6], text, saved_text=text))
        self._editor_pane.focus_content()

    @on(messages.SlowCommandOpened)
    def _slow_opened(self, event: messages.SlowCommandOpened) -> None:
        text = "\n".join(part.decode("utf-8", "replace") for part in event.argv)
        self.app.push_screen(Reading("Slow command", [[Span(line, "text")] for line in text.split("\n")]))

    @on(messages.CommandEntered)
    def _command_entered(self, event: messages.CommandEntered) -> None:
        self._enter(event.line)

    @work(group="console")
    async def _enter(self, line: str) -> None:
        was_open = self.session.in_transaction
        await self._console_desk.enter(line)
        if self.session.in_transaction:
            self._keys_pane.show_paused(*_PAUSED)
        elif was_open:
            self.action_refresh()
        else:
            self._figures_soon.wish()
            if line.split(maxsplit=1)[0].upper() == "SELECT":
                self._read_keys()

    @on(messages.KillWanted)
    def _kill_wanted(self) -> None:
        self.action_kill()

    def action_sent_log(self) -> None:
        """F12."""
        lines = [
            [Span(time.strftime("%H:%M:%S  ", time.localtime(at)), "dim"), Span(text, "text")]
            for at, text in self._sent
        ] or [[Span("Nothing was sent yet.", "dim")]]
        remark = f"{len(self._sent):,} commands · Esc closes · y copies"
        self.app.push_screen(Reading("Sent to the server", lines, remark=remark, at_end=True))

    @work(group="dialog", exclusive=True)
    async def action_flush_scripts(self) -> None:
        """SCRIPT FLUSH, after a question."""
        text = "SCRIPT FLUSH empties the server's script cache. Clients that use EVALSHA must load their scripts again."
        choices = [Choice("flush", "Flush", danger=True), Choice("cancel", "Keep")]
        if await self.app.push_screen_wait(Ask("Flush the script cache?", text, choices)) == "flush":
            await self._guard(lambda: self.session.execute([b"SCRIPT", b"FLUSH"]))
            self._read_scripts()

    @work(group="dialog", exclusive=True)
    async def action_reset_slowlog(self) -> None:
        """SLOWLOG RESET."""
        await self._guard(lambda: self.session.execute([b"SLOWLOG", b"RESET"]))
        self._read_slowlog()
