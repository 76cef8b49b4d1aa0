"""How the server is: figures that move as small charts, below them all of INFO, or the settings, to be looked through.

Knows dicts of text, not sessions. The decision a reader would question: the charts keep what this pane has seen since
it was first opened, and nothing is read while it is hidden; so a chart may have a gap that it does not show.
The alternative would be to poll a server for a pane that nobody looks at.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Static

from redis_tui.render.spark import sparkline
from redis_tui.tui.widgets.table_pane import TablePane
from redis_tui.tui.widgets.table_view import Column, Row, TableView
from redis_tui.tui.widgets.view import ViewKey, Wish, bindings_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

_KEPT = 300
"""Readings that a chart holds."""
_CHARTS = ("ops/s", "memory", "hit rate", "clients")
_SCALES: dict[str, tuple[float | None, float | None]] = {"hit rate": (0, 100), "memory": (None, None)}
"""What the lowest and the full block stand for; others reach from 0 to their largest value."""
_KEYS = (
    ViewKey("c", "info/settings", "turn_over"),
    ViewKey("enter", "change", "choose", "⏎"),
    ViewKey("n", "next node", "wish('server.node')", of_cluster=True),
    ViewKey("slash", "filter", "filter", "/"),
    ViewKey("r", "read", "wish('server.read')"),
)


class ServerView(TablePane):
    """Charts, and INFO or CONFIG as a table."""

    TITLE = "Server"
    SHORT = "Srv"
    KEYS = _KEYS
    WANTED = "part of a name or a value"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(_KEYS)
    DEFAULT_CSS = "ServerView #charts { height: auto; padding: 0 1; margin: 0 0 1 0; }"

    def __init__(self) -> None:
        super().__init__(
            TableView(
                (Column("name", 26, style="dim"), Column("value", 0), Column("section", 14, style="dim", floor=70)),
                id="server-view",
            )
        )
        self._charts = Static("", id="charts")
        self._series: dict[str, deque[float]] = {name: deque(maxlen=_KEPT) for name in _CHARTS}
        self._said: dict[str, str] = {}
        self._of = ""
        self._last: tuple[int, int] | None = None
        self.shows_settings = False
        """The table holds settings, not INFO."""

    def compose(self) -> ComposeResult:
        """Charts above the table."""
        yield self._charts
        yield from super().compose()

    # ── setters ────────────────────────────────────────────────────────────

    def show_info(self, sections: Mapping[str, Mapping[str, str]], *, of: str = "") -> None:
        """Takes one reading of INFO.

        Args:
            sections: by name.
            of: of a cluster: which node, or all together; a chart goes on with the same alone.
        """
        self._is_of(of)
        self._measure({name: value for fields in sections.values() for name, value in fields.items()})
        self._draw_charts()
        if self.shows_settings:
            return
        rows = [
            Row(f"{section}/{name}", (name, value, section), ())
            for section, fields in sections.items()
            for name, value in fields.items()
        ]
        self._table.set_rows(rows, empty="The server tells nothing.")
        self.subtitle = f"{of} · n next" if of else f"{len(rows):,} figures · c settings"

    def _is_of(self, of: str) -> None:
        if of == self._of:
            return
        self._of, self._last = of, None
        for series in self._series.values():
            series.clear()
        self.of_nodes(has_nodes=bool(of))

    def show_settings(self, settings: Mapping[str, str], *, of: str = "") -> None:
        """Shows CONFIG GET; ``of`` as for `show_info`."""
        rows = [Row(name, (name, value or "''", ""), ()) for name, value in settings.items()]
        self._table.set_rows(rows, empty="The server gives no settings.")
        self.subtitle = f"{of} · n next" if of else f"{len(rows):,} settings · c figures"

    def forget(self) -> None:
        """The charts as well."""
        super().forget()
        self._series = {name: deque(maxlen=_KEPT) for name in _CHARTS}
        self._said, self._last = {}, None
        self._charts.update("")

    def show_message(self, text: str) -> None:
        """The server refused."""
        self._table.say(text)
        self.subtitle = ""

    # ── charts ─────────────────────────────────────────────────────────────

    def _measure(self, facts: Mapping[str, str]) -> None:
        hits, misses = _number(facts, "keyspace_hits"), _number(facts, "keyspace_misses")
        before, self._last = self._last, (int(hits), int(misses))
        # Since the last reading where something was looked up; else since the server began.
        asked = (hits - before[0], misses - before[1]) if before else (hits, misses)
        asked = asked if sum(asked) > 0 else (hits, misses)
        rate = 100 * asked[0] / sum(asked) if sum(asked) > 0 else 0.0
        peak = facts.get("used_memory_peak_human", "")
        readings = {
            "ops/s": (_number(facts, "instantaneous_ops_per_sec"), ""),
            "memory": (_number(facts, "used_memory"), f"{facts.get('used_memory_human', '')} of peak {peak}"),
            "hit rate": (rate, f"{rate:.1f} %" if sum(asked) > 0 else "nothing was read"),
            "clients": (_number(facts, "connected_clients"), ""),
        }
        for name, (value, text) in readings.items():
            self._series[name].append(value)
            self._said[name] = text or f"{value:,.0f}"

    def _draw_charts(self) -> None:
        room = self.size.width - 2
        if not self._said or room < 20:
            return
        said = max(len(self._said[name]) for name in _CHARTS) if room >= 60 else 8
        lines = []
        for name in _CHARTS:
            text = self._said[name] if room >= 60 else self._said[name].partition(" of ")[0][:said]
            bottom, top = _SCALES.get(name, (0, None))
            chart = sparkline(list(self._series[name]), room - 10 - said, bottom=bottom, top=top)
            lines.append(
                Content.from_markup(
                    "[$rt-dim]$name[/] [$rt-accent]$chart[/] [bold $rt-text]$text[/]",
                    name=f"{name:<8}",
                    chart=chart,
                    text=f"{text:>{said}}",
                )
            )
        self._charts.update(Content("\n").join(lines))

    def on_resize(self) -> None:
        """Charts get what room there is."""
        self._draw_charts()

    # ── keys ───────────────────────────────────────────────────────────────

    def action_turn_over(self) -> None:
        """Figures or settings."""
        self.shows_settings = not self.shows_settings
        self._table.say("Reading…")
        self.post_message(Wish("server.read"))

    def action_choose(self) -> None:
        """Changes the setting under the cursor; a click on the hint does it too."""
        self._table.action_choose()

    @on(TableView.Chosen)
    def _chosen(self, event: TableView.Chosen) -> None:
        event.stop()
        if self.shows_settings:
            self.post_message(Wish("server.set", self.argument()))
        elif row := self._table.chosen:
            self.notify(f"{row.cells[0]}: {row.cells[1]}", timeout=4)


def _number(facts: Mapping[str, str], name: str) -> float:
    try:
        return float(facts.get(name, "0"))
    except ValueError:
        return 0.0
