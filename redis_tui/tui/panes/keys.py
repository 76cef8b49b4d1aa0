"""The Keys pane: what SCAN has given, with facts of the rows on the screen, and wishes about chosen keys.

Knows no session. The decision a reader would question: keys that come are put into the model at
once, the rows are read again a little later and for many batches together; a scan of a million
keys would otherwise draw two thousand times.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape
from textual.widgets import Input

from redis_tui.render.spans import Span
from redis_tui.tui.actions import bindings
from redis_tui.tui.key_model import Row
from redis_tui.tui.messages import FactsWanted, KeyOpened, KeyWish, PatternChosen, ScanWanted
from redis_tui.tui.panes.key_tree import SORTS, KeyHead, KeyTree
from redis_tui.tui.widgets.field import Field
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from redis_tui.session.base import NodeFacts
    from redis_tui.tui.panes.node_strip import NodeStrip
    from redis_tui.tui.queries import KeyFacts

__all__ = ["KeyTree", "KeysPane"]

_DRAWN_EVERY_S = 0.2
"""While keys come in by the thousand, rows are read again no oftener."""
_FACTS_KEPT = 20_000
_LOOK_EVERY_S = 5.0
TYPES = ("", "string", "hash", "list", "set", "zset", "stream")
"""Types that the filter goes through; the first lets everything through."""


class KeysPane(Vertical):
    """Filter, tree and how far the scan has come."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("keys"),
        Binding("slash", "edit_filter", "Filter", show=False),
        Binding("m", "scan", "Scan on or stop", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="keys", classes="pane")
        self._pattern = ""
        self._kind = ""
        self._sort = "name"
        self._progress = ""
        self._drawn_at = 0.0
        self._told_at = 0.0
        self._drawing: Timer | None = None
        self._awaited: bytes | None = None
        """The key to go to once its scan begins."""
        self._watch: Timer | None = None
        self._strip: NodeStrip | None = None
        self._title()

    def compose(self) -> ComposeResult:
        """The filter is hidden until it is wanted."""
        tree = KeyTree()
        yield Field(placeholder="pattern, e.g. user:*", id="key-filter", compact=True)
        yield KeyHead(tree)
        yield tree

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
        if self._sort != "name":
            self._set_sort("name")
        self._draw()
        if self._awaited is not None:
            self._go_to(self._awaited)

    def show_key(self, key: bytes) -> None:
        """Goes to a key; a filter that might hide it goes first."""
        if self._pattern or self._kind:
            self._pattern = self._kind = ""
            self._title()
            self.await_key(key)
            self.post_message(PatternChosen(""))
        else:
            self._go_to(key)

    def await_key(self, key: bytes) -> None:
        """Goes to a key as soon as the scan that is to come has begun."""
        self._awaited = key

    def _go_to(self, key: bytes) -> None:
        """Opens the groups that a key is in; where a group is too long to show it, shows the flat list."""
        self._awaited = None
        tree = self._tree
        tree.model.add([key])
        tree.model.reveal(key)
        self._draw()
        row = tree.rows.find(Row(0, key, key))
        if row is None:
            tree.model.is_flat = True
            self._draw()
            row = tree.rows.find(Row(0, key, key))
        if row is not None:
            tree.row = row

    def add(self, keys: Iterable[bytes]) -> None:
        """A batch came."""
        if self._tree.model.add(keys):
            self._draw_soon()

    def show_nodes(self, nodes: Sequence[NodeFacts], counts: Mapping[str, int]) -> None:
        """The nodes of a cluster, and how many keys each has told; nothing where there is one server."""
        if not nodes:
            if self._strip is not None:  # a cluster was here before
                self._strip.remove()
                self._strip = None
            return
        if self._strip is None:
            from redis_tui.tui.panes.node_strip import NodeStrip

            self._strip = NodeStrip()
            self.mount(self._strip)
        self._strip.show(nodes, counts)
        self._point()

    def _point(self) -> None:
        here = self._tree.here
        if self._strip is not None:
            self._strip.point(here.key if here is not None else None)

    def show_progress(self, seen: int, total: int, *, scanning: bool, complete: bool, lacking: str = "") -> None:
        """How far the scan has come, and how to go on or stop.

        Args:
            seen: keys so far.
            total: keys that there are.
            scanning: it goes on.
            complete: it has ended.
            lacking: nodes of a cluster whose keys are not seen.
        """
        text = f"scanned {total if complete else seen:,} of {total:,}"
        if lacking and complete:
            text = f"{total:,} {lacking}"
        if scanning:
            text += " · m stops"
        elif not complete:
            text += " · m more"
        self._progress = text
        if not scanning or time.monotonic() - self._told_at > _DRAWN_EVERY_S:
            self._told_at = time.monotonic()
            self._subtitle()
        if not scanning:
            self._draw()
        if complete and not len(self._tree.model):
            if self._kind:
                self.show_message(
                    f"No {self._kind} {f'matches {self._pattern}' if self._pattern else 'here'}.",
                    "T shows other types.",
                )
            elif self._pattern:
                self.show_message(f"No key matches {self._pattern}.", "/ changes the filter.")
            elif lacking:
                self.show_message("No key on the nodes that answer.", f"These are all {lacking}.")
            else:
                self.show_message("This database is empty.", "n makes a key; so does a script, or SET at the prompt.")

    def show_message(self, text: str, hint: str) -> None:
        """A state instead of keys: loading, empty, error, disconnected."""
        tree = self._tree
        tree.message = [[Span(text, "dim")], *([[Span(hint, "dim")]] if hint else [])]
        tree.rebuild()

    def show_paused(self, text: str, hint: str) -> None:
        """A state in the place of the keys, which are read again later."""
        self._tree.model.clear()
        self._progress = ""
        self._subtitle()
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
        """Facts came; keys that were asked for and are missing are gone, those that differ light up."""
        tree = self._tree
        if self._watch is not None:
            tree.changed |= {key for key, now in facts.items() if _differs(tree.facts.get(key), now)}
        if len(tree.facts) > _FACTS_KEPT:
            tree.facts.clear()
        tree.facts.update(facts)
        gone = [key for key in asked if key not in facts]
        if gone:
            self.forget(gone)
            return
        tree.refresh()

    def forget(self, keys: Iterable[bytes]) -> None:
        """These keys exist no more."""
        gone = tuple(keys)
        tree = self._tree
        tree.model.discard(gone)
        tree.selected.difference_update(gone)
        for key in gone:
            tree.facts.pop(key, None)
        tree.rebuild()
        self._subtitle()

    def set_order(self, by: str, order: list[bytes] | None) -> None:
        """Shows the keys in an order that somebody found out; None is by name."""
        tree = self._tree
        tree.model.order = order
        tree.model.is_flat = tree.model.is_flat or order is not None
        self._set_sort(by)
        tree.row = 0
        tree.rebuild()

    @property
    def kind(self) -> str:
        """The type that is let through; empty lets all through."""
        return self._kind

    @property
    def known_facts(self) -> dict[bytes, KeyFacts]:
        """What is known of keys now."""
        return self._tree.facts

    @property
    def all_keys(self) -> list[bytes]:
        """Every key that was seen."""
        return self._tree.model.all_keys()

    def set_separator(self, separator: bytes) -> None:
        """Groups keys by another separator; empty shows them flat."""
        self._tree.model.separator = separator
        self._tree.model.is_flat = not separator
        self._tree.rebuild()

    def clear_selection(self) -> None:
        """No key is selected any more."""
        self._tree.selected.clear()
        self._tree.refresh()
        self._subtitle()

    def say(self, text: str) -> None:
        """Something of the moment in the lower border; empty shows the progress again."""
        self.border_subtitle = escape(text)
        if not text:
            self._subtitle()

    def mark_changed(self, keys: Iterable[bytes]) -> None:
        """Lights up keys that a run changed; asks for their facts again."""
        tree = self._tree
        tree.changed = set(keys)
        for key in tree.changed:
            tree.facts.pop(key, None)
        tree.refresh()
        shown = tuple(self._visible_keys())
        self.post_message(FactsWanted(tuple(key for key in tree.changed if key in shown), details=tree.wants_details))

    def forget_facts(self) -> None:
        """TTLs are old: ask for those on the screen again."""
        self._tree.facts.clear()
        self.ask_facts()

    @property
    def keys_seen(self) -> tuple[bytes, ...]:
        """Some keys, for completion."""
        rows = self._tree.rows
        found = (rows[at].key for at in range(min(500, len(rows))))
        return tuple(key for key in found if key is not None)

    # ── wishes ─────────────────────────────────────────────────────────────

    def _visible_keys(self) -> list[bytes]:
        tree = self._tree
        keys = (tree.rows[at].key for at in tree.visible_rows if at < len(tree.rows))
        return [key for key in keys if key is not None]

    def ask_facts(self) -> None:
        """Asks for what is on the screen and not known."""
        tree = self._tree
        wanted = tuple(key for key in self._visible_keys() if key not in tree.facts)
        if wanted:
            self.post_message(FactsWanted(wanted, details=tree.wants_details))

    def _look_again(self) -> None:
        """Asks again for what is on the screen, where anybody sees it."""
        keys = tuple(self._visible_keys()) if self.display and self.screen.is_current else ()
        if keys:
            self.post_message(FactsWanted(keys, details=self._tree.wants_details))

    @on(LineView.Moved)
    def _moved(self, event: LineView.Moved) -> None:
        event.stop()
        self._point()
        self.ask_facts()
        self.query_one(KeyHead).refresh()  # a scrollbar may have come, and its columns moved

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
            (tree.model.show_more if row.note else tree.model.toggle)(row.group)
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

    @on(KeyTree.Marked)
    def _marked(self, event: KeyTree.Marked) -> None:
        event.stop()
        self._subtitle()

    @on(KeyHead.Sorted)
    def _sort_clicked(self, event: KeyHead.Sorted) -> None:
        event.stop()
        self._wish_sort(event.by)

    def action_wish(self, name: str) -> None:
        """Something is wanted of the chosen keys."""
        self.post_message(KeyWish(name, self._tree.chosen_keys))

    def action_mark_row(self) -> None:
        """Selects what is under the cursor."""
        self._tree.action_mark()

    def action_scan_all(self) -> None:
        """Goes on until the end."""
        self.post_message(KeyWish("scan_all"))

    def action_sort_keys(self) -> None:
        """The next order."""
        self._wish_sort(SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)])

    def action_toggle_flat(self) -> None:
        """A tree or a flat list."""
        model = self._tree.model
        model.is_flat = not model.is_flat
        if not model.is_flat:
            model.order = None
            self._set_sort("name")
        self._tree.rebuild()

    def action_next_type(self) -> None:
        """Lets only keys of the next type through."""
        self._kind = TYPES[(TYPES.index(self._kind) + 1) % len(TYPES)]
        self._title()
        self.post_message(PatternChosen(self._pattern))

    def action_select_all(self) -> None:
        """Selects every key that was seen, or none."""
        tree = self._tree
        everything = set(tree.model.all_keys())
        tree.selected = set() if everything <= tree.selected else everything
        tree.refresh()
        self._subtitle()

    def action_watch_keys(self) -> None:
        """Looks at the visible keys again and again, or no more."""
        if self._watch is None:
            self._watch = self.set_interval(_LOOK_EVERY_S, self._look_again)
            self._look_again()
        else:
            self._watch.stop()
            self._watch = None
        self._title()

    def _wish_sort(self, by: str) -> None:
        if by == "name":
            self.set_order(by, None)
        else:
            self.post_message(KeyWish(f"sort {by}"))

    @on(Input.Submitted, "#key-filter")
    def _filtered(self, event: Input.Submitted) -> None:
        event.stop()
        pattern = event.value.strip()
        self._pattern = pattern if not pattern or any(sign in pattern for sign in "*?[") else f"*{pattern}*"
        self._close_filter()
        self.post_message(PatternChosen(self._pattern))

    def key_escape(self) -> None:
        """Leaves the filter as it was; else nothing is selected any more."""
        if self.query_one("#key-filter").display:
            self._close_filter()
        else:
            self.clear_selection()

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
        parts = [f"filter {escape(self._pattern)}"] if self._pattern else []
        parts += [f"type {self._kind}"] if self._kind else []
        parts += ["⟳ 5 s"] if self._watch is not None else []
        self.border_title = "  ".join(["1 Keys", " · ".join(parts)]) if parts else "1 Keys"

    def _subtitle(self) -> None:
        count = len(self._tree.selected)
        self.border_subtitle = f"{count:,} selected · d t c x · Esc" if count else self._progress

    def _set_sort(self, by: str) -> None:
        self._sort = by
        head = self.query_one(KeyHead)
        head.by = by
        head.refresh()

    def _draw(self) -> None:
        if self._drawing is not None:
            self._drawing.stop()
            self._drawing = None
        started = time.monotonic()
        self._tree.rebuild()
        self.query_one(KeyHead).display = len(self._tree.model) > 0
        # What took long is done seldom: a tenth of the time at most goes into rows that the next batch moves.
        self._drawn_at = time.monotonic() + 9 * (time.monotonic() - started)

    def _draw_soon(self) -> None:
        wait = self._drawn_at + _DRAWN_EVERY_S - time.monotonic()
        if wait <= 0:
            self._draw()
        elif self._drawing is None:
            self._drawing = self.set_timer(wait, self._draw)

    @property
    def _tree(self) -> KeyTree:
        return self.query_one(KeyTree)


def _differs(before: KeyFacts | None, now: KeyFacts) -> bool:
    """Whether a key changed between two looks; that its time runs down is no change."""
    if before is None:
        return False
    return (before.type, before.size, before.encoding) != (now.type, now.size, now.encoding) or (
        now.ttl_ms > before.ttl_ms + 1_500 or (now.ttl_ms < 0) != (before.ttl_ms < 0)
    )
