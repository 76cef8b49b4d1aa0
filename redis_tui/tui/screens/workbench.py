"""The workbench itself: lays out the panes, and passes keys and messages to the desks.

The one place that knows which desk serves what. What an action does stands in `tui.desks`; here
each is one line. The decision a reader would question: an action of the table is a method
of this screen all the same, because Textual looks an action up by that name.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widget import Widget

from redis_tui.render.spans import Span
from redis_tui.tui import messages
from redis_tui.tui.actions import PANES, bindings
from redis_tui.tui.desks.activity import ActivityDesk
from redis_tui.tui.desks.bench import Bench
from redis_tui.tui.desks.changed import ChangedFileDesk
from redis_tui.tui.desks.console import ConsoleDesk
from redis_tui.tui.desks.feed import FeedDesk
from redis_tui.tui.desks.files import FileDesk
from redis_tui.tui.desks.presets import PresetDesk
from redis_tui.tui.desks.run import RunDesk
from redis_tui.tui.desks.syntax import SyntaxDesk
from redis_tui.tui.layout import COLUMNS, is_narrow, is_short, visible_panes
from redis_tui.tui.panes.slowlog import slow_lines
from redis_tui.tui.screens.dialogs import Choice, Jump, Reading
from redis_tui.tui.screens.value import ValueScreen
from redis_tui.tui.widgets.bars import KeyBar, PaneTabs
from redis_tui.tui.widgets.view import Wish

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from redis_tui.session.base import Event, Session
    from redis_tui.workspace import Workspace

_TICK_SECONDS = 0.2


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
        self._sent = sent
        self._named_files = files
        self._in_use = "editor"
        self._zoomed: str | None = None
        self._held: list[events.Key] | None = None
        """Keys for the pane that is about to have the keyboard; None while it is where it should be."""
        self._bench = Bench(self, session, workspace)
        self._panes = self._bench.panes
        self._feed = FeedDesk(self._bench)
        self._files = FileDesk(self._bench)
        self._presets = PresetDesk(self._bench, self._files)
        self._changed_files = ChangedFileDesk(self._bench)
        self._syntax = SyntaxDesk(self._bench)
        self._runs = RunDesk(self._bench, self._feed)
        self._activity = ActivityDesk(self._bench, self._feed, self._files)
        self._prompt_desk = ConsoleDesk(session, self._panes.console)

    def compose(self) -> ComposeResult:
        """Title, folded tabs, three columns, prompt, keys."""
        panes = self._panes
        yield panes.title
        yield PaneTabs()
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield panes.keys
            with Vertical(id="middle"):
                yield panes.editor
                yield panes.arguments
                yield panes.result
            with Vertical(id="right"):
                yield panes.library
                yield panes.activity
                yield panes.running
        yield panes.console
        yield KeyBar()

    async def on_mount(self) -> None:
        """Opens the scripts and asks the server what the panes show."""
        self._lay_out()
        await self._files.open_first(self._named_files)
        self._prompt_desk.show_prompt()
        self._feed.start()
        self.set_interval(_TICK_SECONDS, self._tick)
        self.set_interval(1, self._feed.count_down)
        self.set_interval(1, self._changed_files.look)

    def _tick(self) -> None:
        if self._bench.is_whole:
            self._feed.tick()
            self._prompt_desk.tick()
            self._activity.tick()

    def on_unmount(self) -> None:
        """Nothing more is read."""
        self._feed.stop()

    def session_event(self, event: Event) -> None:
        """Something happened on the server's side."""
        self._feed.take(event)

    # ── running ────────────────────────────────────────────────────────────

    def action_run(self) -> None:
        """F5."""
        self._runs.start()

    def action_dry_run(self) -> None:
        """F6."""
        self._runs.start(dry_run=True)

    def action_trace_run(self) -> None:
        """F7."""
        self._runs.start(trace=True)

    @work(group="dialog", exclusive=True)
    async def action_repeat(self) -> None:
        """Asks how often."""
        await self._runs.ask_repeat()

    def action_kill(self) -> None:
        """F8."""
        self._runs.kill()

    @on(messages.RunWanted)
    def _run_wanted(self) -> None:
        self._runs.start()

    @on(messages.KillWanted)
    def _kill_wanted(self) -> None:
        self._runs.kill()

    # ── files and arguments ────────────────────────────────────────────────

    @work(group="dialog", exclusive=True)
    async def action_open(self) -> None:
        """^O."""
        await self._files.ask_open()

    @work(group="dialog", exclusive=True)
    async def open_example(self, name: str) -> None:
        """Opens an example in a tab; the palette asks for it."""
        await self._files.open_path(f"example:{name}")

    @work(group="dialog", exclusive=True)
    async def action_save(self) -> None:
        """^S."""
        await self._files.save()

    @work(group="dialog", exclusive=True)
    async def action_save_as(self) -> None:
        """Asks for a place."""
        await self._files.save(elsewhere=True)

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
        self._files.next_preset()

    @work(group="dialog", exclusive=True)
    async def action_pick_preset(self) -> None:
        """Alt-A."""
        await self._presets.pick()

    @work(group="presets")
    async def action_run_presets(self) -> None:
        """Tries the script with each preset."""
        await self._presets.run_all()

    def action_keep_preset(self) -> None:
        """Keeps the fields as a preset."""
        self._files.keep_preset()

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

    @on(messages.ScriptOpened)
    async def _script_opened(self, event: messages.ScriptOpened) -> None:
        await self._files.open_script(event.info)

    @on(messages.LineWanted)
    def _line_wanted(self, event: messages.LineWanted) -> None:
        self.action_focus_pane("editor")
        if not self._panes.editor.go_to(event.source, event.line):
            self.notify("The script was changed since that run; the line may be another.", timeout=4)

    # ── editing ────────────────────────────────────────────────────────────

    def action_edit_outside(self) -> None:
        """^E."""
        self._files.edit_outside()

    def action_find(self) -> None:
        """^F."""
        self._panes.editor.start_find()

    def action_replace(self) -> None:
        """Alt-H."""
        self._panes.editor.start_find(replacing=True)

    @work(group="dialog", exclusive=True)
    async def action_go_to_line(self) -> None:
        """Alt-G."""
        await self._files.ask_line()

    def action_toggle_comment(self) -> None:
        """^/."""
        self._panes.editor.toggle_comment()

    def action_next_tab(self) -> None:
        """The next script."""
        self._panes.editor.show_next(1)

    def action_previous_tab(self) -> None:
        """The script before."""
        self._panes.editor.show_next(-1)

    def action_show_tab(self, at: int) -> None:
        """A tab in the editor's border was clicked."""
        self._panes.editor.show(at)

    # ── panes ──────────────────────────────────────────────────────────────

    def action_show_view(self, name: str) -> None:
        """Brings one view of a side pane to the front."""
        pane = next(pane for pane in (self._panes.library, self._panes.activity) if name in pane.views)
        pane.show_view(name)
        self.action_focus_pane(pane.id or "")

    def action_open_view(self, name: str) -> None:
        """As that, on the whole screen; a second time back to the workbench."""
        pane = next(pane for pane in (self._panes.library, self._panes.activity) if name in pane.views)
        if self._zoomed == pane.id and pane.active == name:
            self._zoomed = None
            self.action_focus_pane("editor")
            return
        self._zoomed = pane.id
        self.action_show_view(name)

    async def do_in_view(self, name: str, action: str) -> None:
        """Shows a view and does what one of its keys does; the palette asks for it."""
        self.action_show_view(name)
        await self._panes.views[name].run_action(action)

    def action_leave_view(self) -> None:
        """Escape in a side pane: from the whole screen back to the workbench."""
        if self._zoomed is not None:
            self._zoomed = None
            self.action_focus_pane("editor")

    @on(Wish)
    def _wished(self, event: Wish) -> None:
        self._activity.take(event)

    def action_focus_pane(self, name: str) -> None:
        """Alt and a digit."""
        if self._zoomed is not None and name != "console":
            self._zoomed = name
        self._in_use = name
        self._lay_out()
        self._held = self._held or []
        self.set_focus(None)  # until the pane can take it: what is typed meanwhile is meant for that one
        self.call_after_refresh(self._arrive, name)

    def _arrive(self, name: str) -> None:
        self._panes.by_name[name].focus_content()
        self.app.call_later(self._release)  # behind the focus, which goes that way too

    def _release(self) -> None:
        held, self._held = self._held or [], None
        for event in held:
            self.app.post_message(events.Key(event.key, event.character))

    def on_key(self, event: events.Key) -> None:
        """Keys that came while the keyboard went from one pane to another."""
        if self._held is not None and self.focused is None:
            event.stop()
            self._held.append(event)

    def action_console(self) -> None:
        """^T."""
        self.action_focus_pane("console")

    def action_jump(self) -> None:
        """^G: the next digit chooses a pane. It opens here and now, so that a digit right behind goes nowhere else."""
        self.app.push_screen(Jump(), self._jumped)

    def _jumped(self, pane: str | None) -> None:
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
                self._panes.by_name[name].display = name in shown
        tabs = self.query_one(PaneTabs)
        tabs.display = is_narrow(width) and self._zoomed is None
        folded = dict(PaneTabs.FOLDED)
        tabs.active = self._in_use if self._in_use in folded else "editor"
        self.set_class(is_narrow(width), "-narrow")
        self.set_class(is_short(self.app.size.height), "-short")
        self.set_class(self._zoomed is not None, "-zoomed")

    # ── keys, slow log, scripts ────────────────────────────────────────────

    def action_refresh(self) -> None:
        """F9."""
        self._feed.read_all()
        self._activity.forget()

    def action_filter_keys(self) -> None:
        """Shows the filter of the key browser."""
        self.action_focus_pane("keys")
        self.call_after_refresh(self._panes.keys.action_edit_filter)

    def action_scan_more(self) -> None:
        """Scans on, or stops."""
        self._feed.scan_on()

    @on(messages.ScanWanted)
    def _scan_wanted(self) -> None:
        self._feed.scan_on()

    @on(messages.PatternChosen)
    def _pattern_chosen(self, event: messages.PatternChosen) -> None:
        self._feed.filter_keys(event.pattern)

    @on(messages.FactsWanted)
    def _facts_wanted(self, event: messages.FactsWanted) -> None:
        self._feed.read_facts(event.keys, details=event.details)

    @on(messages.KeyWish)
    def _key_wish(self, event: messages.KeyWish) -> None:
        self._feed.serve_keys(event.name, event.keys)

    @on(messages.KeyOpened)
    def _key_opened(self, event: messages.KeyOpened) -> None:
        self.app.push_screen(
            ValueScreen(self.session, event.key),
            lambda changed: self._feed.key_changed(event.key) if changed else None,
        )

    @on(messages.SlowCommandOpened)
    async def _slow_opened(self, event: messages.SlowCommandOpened) -> None:
        info = self._feed.script_of(event.entry)
        if info is not None:
            await self._files.open_script(info)
            return
        self.app.push_screen(Reading("Slow command", slow_lines(event.entry)))

    @work(group="dialog", exclusive=True)
    async def action_flush_scripts(self) -> None:
        """SCRIPT FLUSH, after a question."""
        text = "SCRIPT FLUSH empties the server's script cache. Clients that use EVALSHA must load their scripts again."
        choices = (Choice("flush", "Flush", danger=True), Choice("cancel", "Keep"))
        if await self._bench.ask("Flush the script cache?", text, *choices) == "flush":
            await self._bench.guard(lambda: self.session.execute([b"SCRIPT", b"FLUSH"]))
            self._feed.read_scripts()

    @work(group="dialog", exclusive=True)
    async def action_reset_slowlog(self) -> None:
        """SLOWLOG RESET."""
        await self._bench.guard(lambda: self.session.execute([b"SLOWLOG", b"RESET"]))
        self._feed.read_slowlog()

    # ── the prompt, and what was sent ──────────────────────────────────────

    @on(messages.CommandEntered)
    def _command_entered(self, event: messages.CommandEntered) -> None:
        self._enter(event.line)

    @work(group="console")
    async def _enter(self, line: str) -> None:
        was_open = self.session.in_transaction
        await self._prompt_desk.enter(line)
        if self.session.in_transaction:
            self._bench.show_paused()
        elif was_open:
            self._feed.read_all()
        else:
            self._feed.command_ended()
            if line.split(maxsplit=1)[0].upper() == "SELECT":
                self._feed.read_keys()

    @on(messages.WaitUnwanted)
    def _wait_unwanted(self) -> None:
        self.action_stop_waiting()

    def action_stop_waiting(self) -> None:
        """Escape or ^C in the console: a script is ended, any other command is not waited for."""
        if self._prompt_desk.waits_for_script and self.session.running() is not None:
            self._runs.kill()
        else:
            self._prompt_desk.stop_waiting()

    def action_sent_log(self) -> None:
        """F12."""
        lines = [
            [Span(time.strftime("%H:%M:%S  ", time.localtime(at)), "dim"), Span(text, "text")]
            for at, text in self._sent
        ] or [[Span("Nothing was sent yet.", "dim")]]
        remark = f"{len(self._sent):,} commands · Esc closes · y copies"
        self.app.push_screen(Reading("Sent to the server", lines, remark=remark, at_end=True))
