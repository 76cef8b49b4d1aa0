"""The right column: script cache, slow log, and what runs now."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Button, Static

from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import join_inline
from redis_tui.session.base import Capability, Running, ScriptInfo
from redis_tui.spec.redact import redact
from redis_tui.tui.messages import KillWanted, ScriptOpened, SlowCommandOpened
from redis_tui.tui.queries import SlowEntry, duration_label
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

_SLOW_MEAN_MS = 10.0
_SHA_WIDTH = 6


class ScriptsPane(Vertical):
    """The script cache: sha, name, runs, mean time."""

    def __init__(self) -> None:
        super().__init__(id="scripts", classes="pane")
        self.border_title = "5 Scripts"
        self._scripts: list[ScriptInfo] = []
        self._whole = True

    def compose(self) -> ComposeResult:
        """A head line and the rows."""
        yield Static("", id="scripts-head")
        yield LineView(cursor=True, id="scripts-view")

    def on_mount(self) -> None:
        """Says what will be here."""
        self.show([], whole=True)

    def show(self, scripts: list[ScriptInfo], *, whole: bool) -> None:
        """Shows the cache.

        Args:
            scripts: most recently run first.
            whole: the server told its whole cache; else only what this session has run.
        """
        self._scripts, self._whole = scripts, whole
        view = self.query_one(LineView)
        head = self.query_one("#scripts-head", Static)
        head.display = bool(scripts)
        width = max(8, self.content_size.width - _SHA_WIDTH - 18)
        head.update(f" {'sha':<{_SHA_WIDTH}} {'name':<{width}} {'runs':>5} {'mean':>8}")
        if not scripts:
            view.set_lines([[Span("No script in the cache yet.", "dim")], [Span("F5 runs one.", "dim")]])
            self.border_subtitle = ""
            return
        view.set_lines([self._line(info, width) for info in scripts], keep_place=True)
        self.border_subtitle = f"{len(scripts):,} cached" if whole else f"{len(scripts):,} run from here"

    def on_resize(self) -> None:
        """Names get what room is left."""
        self.show(self._scripts, whole=self._whole)

    def _line(self, info: ScriptInfo, width: int) -> Line:
        name = (info.name or "(unnamed)") + ("" if info.on_server else " ○")
        shown = name if len(name) <= width else name[: width - 1] + "…"
        mean = f"{info.mean_ms:.2f} ms" if info.mean_ms < 100 else duration_label(info.mean_ms)
        return [
            Span(f" {info.sha[:_SHA_WIDTH]} ", "dim"),
            Span(f"{shown:<{width}} ", "strong" if info.name else "dim"),
            Span(f"{info.runs:>5,} ", "text"),
            Span(f"{mean:>8}" if info.runs else "       –", "warning" if info.mean_ms >= _SLOW_MEAN_MS else "text"),
        ]

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if event.row < len(self._scripts):
            self.post_message(ScriptOpened(self._scripts[event.row]))

    def focus_content(self) -> None:
        """Gives the keyboard to the rows."""
        self.query_one(LineView).focus()


class SlowlogPane(Vertical):
    """The slow log; a script's rows carry its name."""

    def __init__(self) -> None:
        super().__init__(id="slowlog", classes="pane")
        self.border_title = "6 Slow log"
        self._entries: list[SlowEntry] = []

    def compose(self) -> ComposeResult:
        """Two lines an entry."""
        yield LineView(cursor=True, id="slowlog-view")

    def on_mount(self) -> None:
        """Says what will be here."""
        self.show([], {}, "")

    def show(self, entries: list[SlowEntry], names: Mapping[str, str], threshold: str) -> None:
        """Shows entries.

        Args:
            entries: newest first.
            names: script names by sha or by source.
            threshold: what counts as slow, for the border.
        """
        self._entries = entries
        lines: list[Line] = []
        for entry in entries:
            lines += self._lines(entry, names)
        if not lines:
            lines = [[Span("Nothing was slow.", "dim")]]
        self.query_one(LineView).set_lines(lines, keep_place=True)
        self.border_subtitle = threshold

    def show_message(self, text: str) -> None:
        """The server refused."""
        self._entries = []
        self.query_one(LineView).set_lines([[Span(text, "dim")]])

    def _lines(self, entry: SlowEntry, names: Mapping[str, str]) -> list[Line]:
        milliseconds = entry.duration_us / 1000
        took = f"{milliseconds:.1f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
        at = time.strftime("%H:%M:%S", time.localtime(entry.at_s))
        command = entry.argv[0].upper() if entry.argv else b""
        name = None
        if command in (b"EVAL", b"EVALSHA", b"EVAL_RO", b"EVALSHA_RO") and len(entry.argv) > 1:
            name = names.get(entry.argv[1].decode("utf-8", "replace"), "(unnamed)")
        text = join_inline(redact(entry.argv)).replace("\\n", " ")
        first = Span(name, "strong") if name else Span(text, "text")
        second = text if name else f"{at} · {entry.client}".rstrip(" ·")
        return [[Span(f"{took:>8}  ", "warning"), first], [Span(" " * 10, "dim"), Span(second, "dim")]]

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if event.row // 2 < len(self._entries):
            self.post_message(SlowCommandOpened(self._entries[event.row // 2].argv))

    def focus_content(self) -> None:
        """Gives the keyboard to the rows."""
        self.query_one(LineView).focus()


class RunningPane(Vertical):
    """What runs now, and the button that ends it."""

    def __init__(self) -> None:
        super().__init__(id="running", classes="pane")
        self.border_title = "7 Running"
        self._said = ""

    def compose(self) -> ComposeResult:
        """Two lines and a button."""
        yield Static("", id="running-text")
        yield Button("Kill  F8", id="kill-button", compact=True)

    def on_mount(self) -> None:
        """Nothing runs at first."""
        self.show(None, frozenset())

    def say(self, prospect: str) -> None:
        """Replaces what is said of this run's end until it has ended: a kill is under way, or was refused."""
        self._said = prospect

    def show(self, running: Running | None, capabilities: frozenset[Capability]) -> None:
        """Shows a run, or that there is none."""
        text = self.query_one("#running-text", Static)
        self.query_one("#kill-button", Button).display = running is not None
        self.set_class(running is not None, "-busy")
        if running is None:
            self._said = ""
            text.update("[$rt-dim]nothing is running[/]")
            return
        text.update(
            Content.from_markup(
                "[bold $rt-danger]▶ $name[/]  [$rt-text]$elapsed s[/]\n[$rt-dim]  $prospect[/]",
                name=running.name,
                elapsed=f"{running.elapsed_ms / 1000:.1f}",
                prospect=self._said or _prospect(running, capabilities),
            )
        )

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(KillWanted())

    def focus_content(self) -> None:
        """Gives the keyboard to the button, where there is one."""
        button = self.query_one("#kill-button", Button)
        if button.display:
            button.focus()
        else:
            self.focus()


def _prospect(running: Running, capabilities: frozenset[Capability]) -> str:
    if running.dry_run:
        return "dry run: can be killed"
    if running.has_written is None:
        return "can be killed if it has not written"
    if not running.has_written:
        return "no writes yet: can be killed"
    undo = Capability.ROLLBACK_KILL in capabilities
    return "has written: kill will undo it" if undo else "has written: cannot be killed"
