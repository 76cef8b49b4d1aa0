"""The keys inside panes and of the side panes' views, for the help and the palette.

The decision a reader would question: views have tables of their own, from which these derive. What the other panes
take by themselves (a list's Enter, the editor's Tab) stands here in words, as Textual's bindings have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.tui.panes.changes import ChangesView
from redis_tui.tui.panes.clients import ClientsView
from redis_tui.tui.panes.functions import FunctionsView
from redis_tui.tui.panes.history import HistoryView
from redis_tui.tui.panes.scripts import ScriptsView
from redis_tui.tui.panes.server import ServerView
from redis_tui.tui.panes.slowlog import SlowlogView
from redis_tui.tui.panes.streams import MonitorView, PubSubView
from redis_tui.tui.panes.trace import TraceView

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
    "trace": TraceView,
    "changes": ChangesView,
    "history": HistoryView,
}
"""By the names that actions give them."""

VALUE = "In a value"
"""What the screen of a value is called among the panes."""

Rows = tuple[tuple[str, str, str], ...]
"""Key, name, sentence."""

PANE_KEYS: dict[str, Rows] = {
    "keys": (
        ("Enter", "Open", "The key's value; opens and closes a group."),
        ("/", "Filter", "By pattern; a word without * is looked for anywhere."),
        ("m", "Scan on or stop", "Goes on with SCAN where it stopped, or stops it."),
        ("←  →", "Fold", "Closes and opens a group."),
        ("Esc", "Select none", "What was selected is so no more."),
    ),
    "editor": (
        ("Tab", "Indent or complete", "Takes the completion where one is offered."),
        ("^Space", "Completion", "Of redis., libraries, names, and commands in redis.call('."),
        ("^Z", "Undo", "Takes the last change back."),
        ("^Y", "Redo", "Makes it again."),
        ("Esc", "Close", "The completion, the find line."),
    ),
    "arguments": (
        ("Enter", "Run", "As F5."),
        ("Tab", "Next field", "KEYS, ARGV, limit."),
        ("limit", "Time limit", "500ms, 2s: a run that lasts longer is killed, and undone where that can be."),
    ),
    "result": (
        ("Tab", "Next tab", "Reply, trace, changes, keys, log."),
        ("Enter", "Show whole", "A leaf of the tree, a row of the table; a call of the trace in the editor."),
        ("Space  ←  →", "Open and close", "Nodes of the tree."),
    ),
    "console": (
        ("Tab", "Completion", "Commands, their words, keys and values met before."),
        ("↑  ↓", "History", "That of the prompt `redis-tui repl` as well."),
        ("^R", "Search the history", "Again for one further back."),
        ("Esc", "Stop or fold", "Ends a wait, kills the script it runs, else folds the answers."),
        ("^L", "Clear", "Takes the answers away."),
    ),
    "In any list": (
        ("↑  ↓", "Move", "Also j and k; PgUp and PgDn, Home and End."),
        ("←  →", "Sideways", "Where lines are long; also h and l."),
        ("y", "Copy", "Everything the list shows."),
        ("Enter", "Open", "Scripts: the source. Slow log: the whole command."),
    ),
    VALUE: (
        ("v  V", "View", "Text, JSON, MessagePack, hex; packed values are unpacked."),
        ("e", "Edit", "The row, or the whole string."),
        ("a", "Add", "A row; A pushes to the left of a list."),
        ("i", "Insert", "An element before this one."),
        ("d", "Delete", "The row."),
        ("t", "Time to live", "Of a hash's field."),
        ("n  p", "Page", "The next, the one before."),
        (":", "Go to", "An element by its number."),
    ),
}
"""What panes take besides the actions of the table: by a pane's name, or by a title for several."""


def view_keys() -> dict[str, tuple[str, Rows]]:
    """Of each view its title and its keys, from its own table."""
    turn = (("[  ]", "Turn the tabs", "Esc leaves the whole screen."),)
    return {
        name: (view.TITLE, tuple((key.shown, key.word.capitalize(), "") for key in view.KEYS) + turn)
        for name, view in VIEWS.items()
    }
