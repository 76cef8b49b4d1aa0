"""The nodes of a cluster below its keys: how many each holds, which does not answer, where the key under the cursor is.

Knows no session. The decision a reader would question: it takes a few lines of the browser, and not a pane of its own.
Which node a key is on is asked while one looks at the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from redis_tui.render.cells import cells
from redis_tui.session.base import Trouble
from redis_tui.session.nodes import TROUBLE_WORDS, short_names
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from redis_tui.session.base import NodeFacts

_MOST_LINES = 3
_SIGNS = {None: ("", "dim"), Trouble.DOWN: ("✗ ", "danger"), Trouble.BUSY: ("▶ ", "warning")}


class NodeStrip(Static):
    """Two parts: the nodes, side by side as far as there is room, and the slot of one key."""

    DEFAULT_CSS = "NodeStrip { height: auto; padding: 0 1; }"

    def __init__(self) -> None:
        super().__init__("", id="node-strip")
        self._primaries: Sequence[NodeFacts] = ()
        self._counts: Mapping[str, int] = {}
        self._key: bytes | None = None

    def show(self, nodes: Sequence[NodeFacts], counts: Mapping[str, int]) -> None:
        """Shows the nodes.

        Args:
            nodes: the primaries.
            counts: keys of each, by its name; of those that told.
        """
        self._primaries, self._counts = nodes, counts
        self._draw()

    def point(self, key: bytes | None) -> None:
        """The key under the cursor."""
        if key != self._key:
            self._key = key
            self._draw()

    def on_resize(self) -> None:
        """Other lines have room."""
        self._draw()

    def _draw(self) -> None:
        room = self.size.width or 24
        slot = None if self._key is None else hash_slot(self._key)
        short = short_names(node.name for node in self._primaries)
        owner = next((node for node in self._primaries if slot is not None and node.serves(slot)), None)
        lines: list[list[Content]] = [[]]
        left = room
        shown = 0
        # Those in trouble stand first: what is left out where there are many is never one of them.
        for node in sorted(self._primaries, key=lambda node: node.trouble is None):
            piece = self._piece(node, short[node.name], is_owner=node is owner)
            need = cells(piece.plain) + (2 if lines[-1] else 0)
            if need > left and lines[-1]:
                if len(lines) == _MOST_LINES:
                    break
                lines.append([])
                left, need = room, cells(piece.plain)
            lines[-1].append(piece)
            left -= need
            shown += 1
        told = [Content("  ").join(line) for line in lines if line]
        if shown < len(self._primaries):
            told.append(Content.from_markup(f"[$rt-dim]and {len(self._primaries) - shown} more nodes[/]"))
        if slot is not None:
            place = f" · {short[owner.name]}" if owner is not None else " · served by nobody"
            told.append(Content.from_markup("[$rt-dim]slot [/][$rt-accent]$slot$place[/]", slot=str(slot), place=place))
        self.update(Content("\n").join(told))

    def _piece(self, node: NodeFacts, name: str, *, is_owner: bool) -> Content:
        sign, tone = _SIGNS[node.trouble]
        count = self._counts.get(node.name)
        what = TROUBLE_WORDS[node.trouble] if node.trouble else "…" if count is None else f"{count:,}"
        look = "bold $rt-accent" if is_owner else f"$rt-{tone}"
        return Content.from_markup(f"[{look}]$sign$name[/] [$rt-text]$what[/]", sign=sign, name=name, what=what)
