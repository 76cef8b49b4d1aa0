"""The Result pane: what the last run answered, called, changed, touched and logged, and below it what it took.

The decision a reader would question: the summary stands below every tab and is no tab of its own.
What a script costs is a thing to be seen without being asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.widget import Widget
from textual.widgets import TabbedContent, TabPane

from redis_tui.render.spans import Line, Span
from redis_tui.render.summary import flowed, summary_parts, touched_lines
from redis_tui.session.base import Capability
from redis_tui.tui.messages import TabShown
from redis_tui.tui.panes.changes import ChangesView
from redis_tui.tui.panes.history import HistoryView
from redis_tui.tui.panes.trace import TraceView
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.reply_viewer import Document, ReplyViewer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from redis_tui.session.base import ScriptOutcome, ScriptRun, SessionInfo
    from redis_tui.session.repeat import Repetition
    from redis_tui.tui.run_log import RunRecord
    from redis_tui.tui.widgets.view import View

_PROMISES = {
    "trace": "each redis.call",
    "changes": "each changed key",
    "keys": "each key that was named, with its slot",
    "log": "redis.log lines",
}
"""The tabs behind the reply, and what each will hold."""
_TABS = {
    "reply": ("Reply", "Reply"),
    "trace": ("Trace", "Trace"),
    "changes": ("Changes", "Chg"),
    "keys": ("Keys", "Keys"),
    "log": ("Log", "Log"),
    "history": ("Runs", "Runs"),
}
"""Titles of the tabs, and those for little room."""
_LABELLINGS = ((False, False, True), (True, False, True), (True, True, True), (True, True, False))
"""Ways to label them, until there is room: close together, short, with counts."""
EMPTY = "F5 runs the script. F6 tries it and leaves no mark."


class SummaryView(LineView, can_focus=False):
    """What the run took; as high as it has to be."""

    def __init__(self) -> None:
        super().__init__(id="summary")
        self._parts: list[Line] = []

    def show(self, parts: list[Line]) -> None:
        """Shows the parts, or nothing where there are none."""
        self._parts = parts
        self.display = bool(parts)
        self.on_resize()

    def on_resize(self) -> None:
        """Flows the parts over the width."""
        # Its own width is that of the last layout, or none while it was hidden.
        columns = self.parent.size.width - 2 if isinstance(self.parent, Widget) else 0
        lines = flowed(self._parts, columns)
        self.styles.height = max(1, len(lines))
        self.set_lines(lines)


class ResultPane(Vertical):
    """Five tabs about one run; the views of the reply stand in the border."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "next_tab", "Next tab", show=False),
        Binding("escape", "leave", "Newest run, or the workbench", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="result", classes="pane")
        self.border_title = "4 Result"
        self._outcome: ScriptOutcome | None = None
        self._source = b""
        self._old = ""
        """Which run is shown, where that is not the newest."""
        self._is_stale = False
        """A run is under way, and the tabs behind the reply are about the one before."""
        self._counts = dict.fromkeys(_TABS, 0)
        self._remark = ""
        """How it ended, for the lower border."""
        self.reply = ReplyViewer(is_early=True)
        self.trace = TraceView()
        self.changes = ChangesView()
        self.history = HistoryView()
        self.views: dict[str, View] = {"trace": self.trace, "changes": self.changes, "history": self.history}

    def compose(self) -> ComposeResult:
        """The tabs with the reply, and the summary; what is behind the reply comes by `complete`."""
        with TabbedContent(initial="tab-reply"):
            for name, (title, _) in _TABS.items():
                with TabPane(title, id=f"tab-{name}"):
                    if name == "reply":
                        yield self.reply
        yield SummaryView()

    def on_mount(self) -> None:
        """Says what to do first."""
        self._fill("reply", [[Span(EMPTY, "dim")]])
        self._summarise([])

    async def complete(self) -> None:
        """Makes the tabs behind the reply, and its other views."""
        keys, log = LineView(id="keys-view"), LineView(id="log-view", wrap=True)
        for name, content in {**self.views, "keys": keys, "log": log}.items():
            await self.query_one(f"#tab-{name}").mount(content)
        await self.reply.complete()
        for name, text in _PROMISES.items():
            self._fill(name, [[Span(f"After a run: {text}.", "dim")]])

    def show_running(self, name: str, *, dry_run: bool) -> None:
        """A run has started."""
        self._outcome = None
        self._mark(dry_run=dry_run)
        self.border_subtitle = "dry run…" if dry_run else "running…"
        self._summarise([])
        self._is_stale = True
        self._fill("reply", [[Span(f"{name} is running. ", "warning"), Span("F8 ends it.", "dim")]])

    def show_elapsed(self, elapsed_s: float) -> None:
        """How long the run that is under way has lasted."""
        if self._old:
            return
        if self._is_stale:
            self._is_stale = False
            for name, text in _PROMISES.items():
                self._fill(name, [[Span(f"After the run: {text}.", "dim")]])
                self._label(name, 0)
        self.border_subtitle = f"{'dry run' if self.has_class('-dry') else 'running'}… {elapsed_s:.1f} s"

    def show_problem(self, message: str, hint: str) -> None:
        """The run could not be made at all, or the link broke and nobody knows what became of it."""
        self._outcome = None
        self._mark(dry_run=False)
        self.border_subtitle = "no outcome"
        self._summarise([])
        self._fill("reply", [[Span(f"✗ {message}", "danger")], [Span(hint, "text")]])
        self._tabs.active = "tab-reply"

    def show_loaded(self, library: str, functions: Sequence[str]) -> None:
        """A function library was loaded: how its functions are called."""
        self._outcome = None
        self._mark(dry_run=False)
        self.border_subtitle = "loaded"
        self._summarise([])
        calls: list[Line] = [[Span(f"   FCALL {name} numkeys key… arg…", "accent")] for name in functions]
        ways = "At the prompt (^T), or e in Functions (Alt-L):"
        head: list[Line] = [[Span("✓ ", "success"), Span(f"The library {library} is loaded.", "text")], []]
        self._fill("reply", [*head, [Span(ways, "dim")], *calls])
        self._tabs.active = "tab-reply"

    def show_progress(self, run: ScriptRun, done: int, wanted: int) -> None:
        """A series of runs is under way."""
        if not done:
            self._begin_series(run)
        self.border_subtitle = f"{done:,} of {wanted:,} runs…"
        room = max(10, self.size.width - 6)
        full = room * done // wanted
        head = [Span(f"{run.name} is repeated: {done:,} of {wanted:,}. ", "warning"), Span("F8 stops.", "dim")]
        self._fill("reply", [head, [Span("█" * full, "accent"), Span("░" * (room - full), "faint")]])

    def _begin_series(self, run: ScriptRun) -> None:
        self._outcome = None
        self._mark(dry_run=run.dry_run)
        self._summarise([])
        self._tabs.active = "tab-reply"
        for name in _PROMISES:
            self._fill(name, [[Span("Runs that are repeated are not watched. F5 tells this of one.", "dim")]])
            self._label(name, 0)

    def show_series(self, run: ScriptRun, series: Repetition) -> None:
        """A series of runs has ended."""
        from redis_tui.render.repeats import repeats_lines

        self._begin_series(run)
        self.border_subtitle = "stopped" if series.stopped else "ok" if not series.errors else "errors"
        kept = [[Span("DRY RUN", "warning"), Span("  nothing of this was kept", "dim")]] if run.dry_run else []
        self._fill("reply", [*kept, *repeats_lines(series, columns=self.size.width - 6)])

    def show(
        self,
        run: ScriptRun,
        outcome: ScriptOutcome,
        info: SessionInfo,
        slow_ms: float | None,
        *,
        ended_s: float | None = None,
    ) -> None:
        """A run has ended.

        Args:
            run: what was run.
            outcome: what came of it.
            info: where it ran.
            slow_ms: from which time on that server counts a command as slow; None where it does not tell.
            ended_s: Unix time of its end, from when on remaining times are counted; None is now.
        """
        from redis_tui.tui.outcome_lines import headline, log_lines, stream_reply_lines

        now_ms = None if ended_s is None else ended_s * 1000
        capabilities = info.capabilities
        self._mark(dry_run=outcome.dry_run)
        self._outcome, self._source = outcome, run.source
        self._remark = headline(outcome) + (" · read-only: EVAL_RO" if info.read_only and not outcome.dry_run else "")
        name = Path(run.name).stem or "reply"
        self.reply.show(Document(outcome.reply, lambda: stream_reply_lines(outcome, run.source, now_ms=now_ms), name))
        if outcome.trace:
            self.trace.show(outcome.trace, outcome.trace_total, source=run.source, name=run.name)
        else:
            self.trace.say(_no_trace(capabilities, asked=run.trace))
        if outcome.changes:
            self.changes.show(outcome, now_ms)
        else:
            self.changes.say(_no_changes(capabilities))
        touched = touched_lines(outcome.touched, outcome.touched_total)
        self._fill("keys", [*touched, *_touched_note(capabilities, anything=bool(touched))])
        self._fill("log", log_lines(outcome.log) or [[Span("redis.log was not called.", "dim")]])
        self._label("trace", outcome.trace_total)
        self._label("changes", outcome.changes_total or len(outcome.changes))
        self._label("keys", outcome.touched_total or len(outcome.touched))
        self._label("log", len(outcome.log))
        self._summarise(summary_parts(outcome, info, slow_ms=slow_ms))
        if outcome.error is not None:
            self._tabs.active = "tab-reply"

    def mark_old(self, told: str) -> None:
        """What is shown is not the newest run.

        Args:
            told: which it is: ``run 3 of 9, 12:01:07``.
        """
        self._old = told
        self._draw_borders()

    def show_runs(self, records: Sequence[RunRecord], *, dropped: int, shown: int, marked: int = 0) -> None:
        """Lists the runs of this session; the arguments are those of `HistoryView.show`."""
        self.history.show(records, dropped=dropped, shown=shown, marked=marked)
        self._label("history", len(records))

    def focus_content(self) -> None:
        """Gives the keyboard to the tab in front."""
        if self._tabs.active == "tab-reply":
            self.reply.focus_content()
        else:
            self.query_one(f"#{self._tabs.active.removeprefix('tab-')}-view", LineView).focus()

    def focus_reply(self) -> None:
        """Brings the reply to the front, and gives it the keyboard."""
        self._tabs.active = "tab-reply"
        self.focus_content()

    @property
    def active(self) -> str:
        """The view in front, or the tab where that is none."""
        return self._tabs.active.removeprefix("tab-")

    def show_view(self, name: str) -> None:
        """Brings a view to the front."""
        self._tabs.active = f"tab-{name}"

    async def action_leave(self) -> None:
        """Escape: from an older run back to the newest, and from the whole screen to the workbench."""
        if self._old:
            self.post_message(HistoryView.Asked("newest"))
        else:
            await self.run_action("screen.leave_view")

    def action_show_view(self, view: str) -> None:
        """A name in the border was clicked."""
        self.reply.action_show_view(view)
        self.focus_content()

    @on(TabbedContent.TabActivated)
    def _tab_changed(self, event: TabbedContent.TabActivated) -> None:
        event.stop()
        self._draw_borders()
        self.post_message(TabShown())

    @on(ReplyViewer.Changed)
    def _reply_changed(self, event: ReplyViewer.Changed) -> None:
        event.stop()
        self._draw_borders()

    @on(ReplyViewer.Opened)
    def _part_opened(self, event: ReplyViewer.Opened) -> None:
        from redis_tui.tui.screens.reply import ReplyScreen

        event.stop()
        self.app.push_screen(ReplyScreen(event.title, event.reply))

    def _draw_borders(self) -> None:
        """Title with the views, and below where one is in the reply and how the run ended."""
        title = "4 Result [$rt-warning]DRY RUN[/]" if self.has_class("-dry") else "4 Result"
        is_front = self._tabs.active == "tab-reply"
        names = self.reply.names_markup if is_front else ""
        old = f"[$rt-accent]◂ {self._old}[/][not bold] · Esc: newest[/]" if self._old else ""
        self.border_title = "  ".join(part for part in (title, old, names) if part)
        if self._outcome is None:
            return
        text = self.reply.text
        drawing = "" if text.is_whole else f"drawing, {text.row_count:,} rows so far"
        status = self.reply.status if is_front else ""
        told = " · ".join(part for part in (status, self._remark, drawing) if part)
        if is_front and self.reply.views and self.has_focus_within:
            keys = self.reply.keys
            told = f"{keys} · {told}" if len(keys) + len(told) + 8 < self.size.width else told
        self.border_subtitle = escape(told)

    def on_descendant_focus(self) -> None:
        """Tells the keys of the reply."""
        self._draw_borders()

    def on_descendant_blur(self) -> None:
        """They are of use no more."""
        self._draw_borders()

    def action_next_tab(self) -> None:
        """Reply, Trace, Changes, Keys, Log and round again."""
        names = [f"tab-{name}" for name in _TABS]
        self._tabs.active = names[(names.index(self._tabs.active) + 1) % len(names)]
        self.focus_content()

    def _mark(self, *, dry_run: bool) -> None:
        """A dry run is told apart by the frame as well."""
        self._old = ""
        self.set_class(dry_run, "-dry")
        self._draw_borders()

    def _summarise(self, parts: list[Line]) -> None:
        self.query_one(SummaryView).show(parts)

    @property
    def _tabs(self) -> TabbedContent:
        return self.query_one(TabbedContent)

    def _fill(self, name: str, lines: list[Line]) -> None:
        if name == "reply":
            self.reply.set_lines(lines)
        elif name in ("trace", "changes"):
            told = "".join(span.text for line in lines for span in line)
            (self.trace if name == "trace" else self.changes).say(told)
        else:
            self.query_one(f"#{name}-view", LineView).set_lines(lines)

    def _label(self, name: str, count: int) -> None:
        if self._counts[name] != count:
            self._counts[name] = count
            self._fit_labels()

    def on_resize(self) -> None:
        """Labels as long as there is room for."""
        self._fit_labels()

    def _fit_labels(self) -> None:
        """Closer together, shortened, without their counts: whichever first lets all tabs be seen."""
        room = self.size.width
        for is_tight, is_short, is_counted in _LABELLINGS:
            labels = [
                f"{(short if is_short else title)}{f' {count:,}' if count and is_counted else ''}"
                for (title, short), count in zip(_TABS.values(), self._counts.values(), strict=True)
            ]
            if sum(map(len, labels)) + len(labels) * (1 if is_tight else 2) <= room:
                break
        self.set_class(is_tight, "-tight")
        for name, label in zip(_TABS, labels, strict=True):
            tab = self._tabs.get_tab(f"tab-{name}")
            if str(tab.label) != label:
                tab.label = label


def _touched_note(capabilities: frozenset[Capability], *, anything: bool) -> list[Line]:
    if Capability.COSTS not in capabilities:
        return [[Span("A server tells of no keys but those in KEYS.", "dim")]]
    return [] if anything else [[Span("The script named no key.", "dim")]]


def _no_trace(capabilities: frozenset[Capability], *, asked: bool) -> str:
    if Capability.TRACE not in capabilities:
        return "This server cannot tell the calls of a script."
    return "The script called no command." if asked else "F7 runs with trace."


def _no_changes(capabilities: frozenset[Capability]) -> str:
    if Capability.CHANGES in capabilities:
        return "No key changed."
    if Capability.DECLARED_CHANGES in capabilities:
        return "None of the keys in KEYS changed. Other keys are not watched on a server."
    return "This server cannot tell which keys a script changed."
