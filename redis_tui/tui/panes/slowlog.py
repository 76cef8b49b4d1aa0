"""The slow log, and on Valkey its sisters for large requests and large replies; a script's rows carry its name."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on

from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import join_inline
from redis_tui.session.nodes import short_names
from redis_tui.spec.redact import redact
from redis_tui.tui.messages import SlowCommandOpened
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.view import View, ViewKey, bindings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from redis_tui.tui.queries import SlowEntry

_RUNNERS = (b"EVAL", b"EVALSHA", b"EVAL_RO", b"EVALSHA_RO")
_KEYS = (
    ViewKey("t", "threshold", "wish('slowlog.threshold')"),
    ViewKey("x", "reset", "wish('slowlog.reset')"),
    ViewKey("n", "next log", "wish('slowlog.next')"),
    ViewKey("r", "read", "wish('slowlog.read')"),
)
_EMPTY = {
    True: ("Nothing was slow.", "t sets what counts as slow."),
    False: ("Nothing was large.", "n shows the next log."),
}
"""By whether the log shown is one of times."""


class SlowlogView(View):
    """Two lines an entry, the newest first."""

    TITLE = "Slow log"
    SHORT = "Slow"
    KEYS = _KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(_KEYS)

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[SlowEntry] = []

    def compose(self) -> ComposeResult:
        """The rows."""
        yield LineView(cursor=True, id="slowlog-view")

    def on_mount(self) -> None:
        """Says what will be here."""
        self.show([], {}, "")

    def forget(self) -> None:
        """As before anything was read."""
        super().forget()
        self.show([], {}, "")

    def show(self, entries: list[SlowEntry], names: Mapping[str, str], threshold: str, *, unit: str = "ms") -> None:
        """Shows entries.

        Args:
            entries: newest first.
            names: script names by sha or by source.
            threshold: what counts as slow, for the border.
            unit: ``ms``, or ``bytes`` for the logs of what is large.
        """
        self.subtitle = threshold
        if entries == self._entries and entries:
            return
        self._entries = entries
        lines: list[Line] = []
        nodes = short_names({entry.node for entry in entries if entry.node})
        for entry in entries:
            lines += _lines(entry, names, unit, nodes.get(entry.node, ""))
        if not lines:
            lines = [[Span(f" {text}", "dim")] for text in _EMPTY[unit == "ms"]]
        self.query_one(LineView).set_lines(lines, keep_place=True)

    def show_message(self, text: str) -> None:
        """The server refused."""
        self._entries = []
        self.query_one(LineView).set_lines([[Span(f" {text}", "dim")]])

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        if event.row // 2 < len(self._entries):
            self.post_message(SlowCommandOpened(self._entries[event.row // 2]))


def _lines(entry: SlowEntry, names: Mapping[str, str], unit: str, node: str = "") -> list[Line]:
    milliseconds = entry.duration_us / 1000
    took = f"{milliseconds:.1f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"
    took = took if unit == "ms" else f"{entry.duration_us:,} B"
    at = time.strftime("%H:%M:%S", time.localtime(entry.at_s))
    name = script_name(entry.argv, names)
    text = join_inline(redact(entry.argv)).replace("\\n", " ")
    first = Span(name, "strong") if name else Span(text, "text")
    who = " · ".join(part for part in (entry.client_name, entry.client) if part)
    second = text if name else f"{at} · {who}".rstrip(" ·")
    return [
        [Span(f"{took:>8}  ", "warning"), first],
        [Span(" " * 10, "dim"), Span(f"{node} " if node else "", "accent"), Span(second, "dim")],
    ]


def script_name(argv: tuple[bytes, ...], names: Mapping[str, str]) -> str | None:
    """The name of the script that a command runs; None where it runs none."""
    if len(argv) < 2 or argv[0].upper() not in _RUNNERS:
        return None
    return names.get(argv[1].decode("utf-8", "replace"), "(unnamed)")


def slow_lines(entry: SlowEntry) -> list[Line]:
    """An entry whole, to read."""
    facts = (
        ("entry", f"{entry.number}"),
        ("at", time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at_s))),
        ("took", f"{entry.duration_us:,} microseconds"),
        ("node", entry.node),
        ("client", f"{entry.client} {entry.client_name}".strip()),
        ("also", " ".join(entry.more)),
    )
    lines: list[Line] = [[Span(f"{name:<8}", "dim"), Span(value, "text")] for name, value in facts if value]
    text = "\n".join(part.decode("utf-8", "replace") for part in redact(entry.argv))
    return [*lines, [], *([Span(line, "text")] for line in text.split("\n"))]
