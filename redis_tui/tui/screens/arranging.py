"""The mode in which keys move borders and hide panes; the workbench below stays in sight.

Knows no size. The decision a reader would question: a mode, because the keys that would do without one, Alt and
arrows, are the editor's in every other program, and terminals keep the rest for themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from redis_tui.tui.actions import PANES
from redis_tui.tui.screens.modal import Modal

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.events import Key

_MOVES = {
    "left": (-2, 0),
    "right": (2, 0),
    "up": (0, -1),
    "down": (0, 1),
    "h": (-2, 0),
    "l": (2, 0),
    "k": (0, -1),
    "j": (0, 1),
}
_WORDS = (
    ("← → ↑ ↓", "border"),
    ("1-7", "pane"),
    ("x", "hide"),
    ("[ ]", "side"),
    ("a", "all back"),
    ("0", "as made"),
    ("Esc", "done"),
)


class Arranging(Modal[None]):
    """Keys until Escape.

    Args:
        act: does what a key says to a pane: ``move``, ``hide``, ``side``, ``all``, ``reset``, ``choose``.
        pane: the one to begin with.
    """

    DEFAULT_CSS = """
    Arranging #arranging { dock: bottom; width: 100%; height: 1; background: $rt-panel; color: $rt-text; padding: 0 1; }
    """

    def __init__(self, act: Callable[[str, str, tuple[int, int]], None], pane: str) -> None:
        super().__init__()
        self._act, self._pane = act, pane

    def compose(self) -> ComposeResult:
        """One line where the keys of the workbench stand."""
        yield Static(id="arranging")

    def on_mount(self) -> None:
        """Names the pane."""
        self._draw()

    def on_resize(self) -> None:
        """As many words as there is room for."""
        self._draw()

    def _draw(self) -> None:
        title = dict(PANES)[self._pane]
        parts = [Content.from_markup("[bold $rt-accent]$title[/]", title=title)]
        room = self.app.size.width - 2 - parts[0].cell_length
        for key, word in _WORDS:
            part = Content.from_markup("[bold $rt-focus]$key[/] [$rt-text]$word[/]", key=key, word=word)
            if (room := room - part.cell_length - 2) < 0 and key != "Esc":
                continue
            parts.append(part)
        self.query_one("#arranging", Static).update(Content("  ").join(parts))

    def on_key(self, event: Key) -> None:
        """Does what the key says, and stays."""
        event.stop()
        key = event.key
        if key in ("escape", "enter", "q"):
            self.dismiss(None)
        elif key in _MOVES:
            self._act("move", self._pane, _MOVES[key])
        elif key in ("x", "delete"):
            self._act("hide", self._pane, (0, 0))
        elif key in ("left_square_bracket", "right_square_bracket"):
            self._act("side", self._pane, (-1 if key.startswith("left") else 1, 0))
        elif key == "a":
            self._act("all", self._pane, (0, 0))
        elif key in ("0", "equals_sign"):
            self._act("reset", self._pane, (0, 0))
        elif key.isdecimal() and 1 <= int(key) < len(PANES):
            self._pane = PANES[int(key) - 1][0]
            self._act("choose", self._pane, (0, 0))
            self._draw()
