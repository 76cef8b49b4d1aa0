"""The Keys pane: a tree of what SCAN has given, with types and TTLs of the rows on the screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.widgets import Input

from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import quote
from redis_tui.tui.key_model import KeyModel, Row
from redis_tui.tui.messages import FactsWanted, KeyOpened, PatternChosen, ScanWanted
from redis_tui.tui.widgets.line_view import LineView, wrap_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.app import ComposeResult

    from redis_tui.tui.queries import KeyFacts

_SOON_MS = 10_000
_TYPE_WIDTH = 6
_TTL_WIDTH = 6


class KeyTree(LineView):
    """The rows of a `KeyModel`."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "choose", "Open", show=False)]

    def __init__(self) -> None:
        super().__init__(cursor=True, id="key-tree")
        self.model = KeyModel()
        self.facts: dict[bytes, KeyFacts] = {}
        self.changed: set[bytes] = set()
        self.message: list[Line] = []
        self.rows: list[Row] = []

    @property
    def row_count(self) -> int:
        """Rows that are open, or the lines of a message where there are no keys."""
        return len(self.rows) or len(self._told)

    @property
    def _told(self) -> list[Line]:
        """The message, broken at the width."""
        return [part for line in self.message for part in wrap_line(line, max(8, self.size.width - 1))]

    def line_at(self, row: int) -> Line:
        """One key, group or note."""
        if not self.rows:
            return self._told[row]
        return self._line(self.rows[row])

    def on_resize(self) -> None:
        """Other rows may be in view now, for instance after the pane was folded."""
        self.post_message(self.Moved(self))

    def rebuild(self) -> None:
        """Reads the rows of the model again and keeps the cursor on its key."""
        old = self.rows[self.row] if self.row < len(self.rows) else None
        self.rows = self.model.rows()
        if old is not None and (self.row >= len(self.rows) or self.rows[self.row] != old):
            places = {(row.key, row.group): at for at, row in enumerate(self.rows)}
            self.row = places.get((old.key, old.group), min(self.row, max(0, len(self.rows) - 1)))
        self.rows_changed()
        self.post_message(self.Moved(self))

    def _line(self, row: Row) -> Line:
        if row.note:
            return [Span("  " * row.depth + row.note, "dim")]
        if row.group is not None:
            mark = "▼" if row.is_open else "▶"
            return [
                Span("  " * row.depth + f"{mark} ", "dim"),
                Span(_show(row.label), "strong"),
                Span(f"  {row.count:,}", "dim"),
            ]
        assert row.key is not None
        branch = "" if row.depth == 0 else "  " * (row.depth - 1) + ("└ " if row.is_last else "├ ")
        room = max(6, self.size.width - _TYPE_WIDTH - _TTL_WIDTH - 2 - len(branch))
        label = _show(row.label)
        shown = label if len(label) <= room else label[: room - 1] + "…"
        known = self.facts.get(row.key)
        changed = row.key in self.changed
        soon = known is not None and 0 <= known.ttl_ms < _SOON_MS
        return [
            Span(branch, "faint"),
            Span(f"{shown:<{room}} ", "changed" if changed else "text"),
            Span(f"{known.type if known else '':<{_TYPE_WIDTH}} ", "dim"),
            Span(f"{known.ttl_label if known else '':>{_TTL_WIDTH}}", "warning" if soon else "dim"),
        ]

    @property
    def plain(self) -> str:
        """The key under the cursor, for copying."""
        row = self.rows[self.row] if self.row < len(self.rows) else None
        return "" if row is None else _show(row.key or row.group or b"")


class KeysPane(Vertical):
    """Filter, tree and how far the scan has come."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "edit_filter", "Filter", show=False),
        Binding("m", "scan", "Scan on or stop", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="keys", classes="pane")
        self._pattern = ""
        self._title()

    def compose(self) -> ComposeResult:
        """The filter is hidden until it is wanted."""
        yield Input(placeholder="pattern, e.g. user:*", id="key-filter", compact=True)
        yield KeyTree()

    def on_mount(self) -> None:
        """Begins with the state before the first SCAN."""
        self.query_one("#key-filter").display = False
        self.show_message("Reading keys…", "")

    # ── setters ────────────────────────────────────────────────────────────

    def start(self) -> None:
        """A new scan begins: forgets keys."""
        tree = self._tree
        tree.model.clear()
        tree.facts.clear()
        tree.message = []
        tree.rebuild()

    def add(self, keys: Iterable[bytes]) -> None:
        """A batch came."""
        if self._tree.model.add(keys):
            self._tree.rebuild()

    def show_progress(self, seen: int, total: int, *, scanning: bool, complete: bool) -> None:
        """How far the scan has come, and how to go on or stop."""
        text = f"scanned {total if complete else seen:,} of {total:,}"
        if scanning:
            text += " · m stops"
        elif not complete:
            text += " · m more"
        self.border_subtitle = text
        if complete and not len(self._tree.model):
            if self._pattern:
                self.show_message(f"No key matches {self._pattern}.", "/ changes the filter.")
            else:
                self.show_message("This database is empty.", "Run a script, or SET a key at the prompt.")

    def show_message(self, text: str, hint: str) -> None:
        """A state instead of keys: loading, empty, error, disconnected."""
        tree = self._tree
        tree.message = [[Span(text, "dim")], *([[Span(hint, "dim")]] if hint else [])]
        tree.rebuild()

    def show_paused(self, text: str, hint: str) -> None:
        """A state in the place of the keys, which are read again later."""
        self._tree.model.clear()
        self.border_subtitle = ""
        self.show_message(text, hint)

    def count_down(self, elapsed_ms: int) -> None:
        """Time has passed: TTLs shrink without asking; a key whose time is over is asked for again."""
        tree = self._tree
        timed = {key: known.ttl_ms - elapsed_ms for key, known in tree.facts.items() if known.ttl_ms >= 0}
        if not timed:
            return
        for key, left in timed.items():
            if left > 0:
                tree.facts[key] = replace(tree.facts[key], ttl_ms=left)
            else:
                del tree.facts[key]
        tree.refresh()
        if min(timed.values()) <= 0:
            self.ask_facts()

    def set_facts(self, facts: dict[bytes, KeyFacts], asked: Iterable[bytes]) -> None:
        """Types and TTLs came; keys that were asked for and are missing are gone."""
        tree = self._tree
        tree.facts.update(facts)
        gone = [key for key in asked if key not in facts]
        if gone:
            tree.model.discard(gone)
            tree.rebuild()
            return
        tree.refresh()

    def mark_changed(self, keys: Iterable[bytes]) -> None:
        """Lights up keys that a run changed; asks for their facts again."""
        tree = self._tree
        tree.changed = set(keys)
        for key in tree.changed:
            tree.facts.pop(key, None)
        tree.refresh()
        self.post_message(FactsWanted(tuple(tree.changed)))

    def forget_facts(self) -> None:
        """TTLs are old: ask for those on the screen again."""
        self._tree.facts.clear()
        self.ask_facts()

    @property
    def keys_seen(self) -> tuple[bytes, ...]:
        """Some keys, for completion."""
        return tuple(row.key for row in self._tree.rows[:500] if row.key is not None)

    # ── wishes ─────────────────────────────────────────────────────────────

    def ask_facts(self) -> None:
        """Asks for what is on the screen and not known."""
        tree = self._tree
        keys = [tree.rows[at].key for at in tree.visible_rows if at < len(tree.rows)]
        wanted = tuple(key for key in keys if key is not None and key not in tree.facts)
        if wanted:
            self.post_message(FactsWanted(wanted))

    @on(LineView.Moved)
    def _moved(self, event: LineView.Moved) -> None:
        event.stop()
        self.ask_facts()

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        tree = self._tree
        if event.row >= len(tree.rows):
            return
        row = tree.rows[event.row]
        if row.key is not None:
            self.post_message(KeyOpened(row.key))
        elif row.group is not None:
            tree.model.toggle(row.group)
            tree.rebuild()

    def action_scan(self) -> None:
        """More keys, or no more."""
        self.post_message(ScanWanted())

    def action_edit_filter(self) -> None:
        """Shows the filter."""
        field = self.query_one("#key-filter", Input)
        field.display = True
        field.value = self._pattern
        field.focus()

    @on(Input.Submitted, "#key-filter")
    def _filtered(self, event: Input.Submitted) -> None:
        event.stop()
        pattern = event.value.strip()
        self._pattern = pattern if not pattern or any(sign in pattern for sign in "*?[") else f"*{pattern}*"
        self._close_filter()
        self.post_message(PatternChosen(self._pattern))

    def key_escape(self) -> None:
        """Leaves the filter as it was."""
        self._close_filter()

    def focus_content(self) -> None:
        """Gives the keyboard to the tree."""
        self._tree.focus()

    def _close_filter(self) -> None:
        field = self.query_one("#key-filter", Input)
        if field.display:
            field.display = False
            self._tree.focus()
        self._title()

    def _title(self) -> None:
        self.border_title = f"1 Keys  filter {escape(self._pattern)}" if self._pattern else "1 Keys"

    @property
    def _tree(self) -> KeyTree:
        return self.query_one(KeyTree)


def _show(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return text if text.isprintable() and text.encode() == raw else quote(raw)
