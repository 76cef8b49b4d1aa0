"""The keys of the side panes' views, for the help and the palette; from their own tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span
from redis_tui.tui.panes.clients import ClientsView
from redis_tui.tui.panes.functions import FunctionsView
from redis_tui.tui.panes.history import HistoryView
from redis_tui.tui.panes.scripts import ScriptsView
from redis_tui.tui.panes.server import ServerView
from redis_tui.tui.panes.slowlog import SlowlogView
from redis_tui.tui.panes.streams import MonitorView, PubSubView

if TYPE_CHECKING:
    from redis_tui.tui.widgets.view import View

VIEWS: dict[str, type[View]] = {
    "scripts": ScriptsView,
    "functions": FunctionsView,
    "slowlog": SlowlogView,
    "clients": ClientsView,
    "server": ServerView,
    "monitor": MonitorView,
    "pubsub": PubSubView,
    "history": HistoryView,
}
"""By the names that actions give them."""


def view_lines() -> list[Line]:
    """A line for each view."""
    lines: list[Line] = [
        [],
        [Span("Views", "title"), Span("   [ and ] turn the tabs; Esc leaves the whole screen", "dim")],
    ]
    for view in VIEWS.values():
        keys = "  ".join(f"{key.shown} {key.word}" for key in view.KEYS)
        lines.append([Span(f"   {view.TITLE:<12}", "accent"), Span(keys, "text")])
    return lines
