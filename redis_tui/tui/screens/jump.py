"""Jump mode: a key over the corner of every pane and over every tab; pressing it goes there.

Knows no pane by name. The decision a reader would question: tabs in a border are found by the click that their
markup holds, so that whatever a pane puts there to be clicked can be reached by the keyboard as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.events import Key
from textual.geometry import Offset
from textual.widgets import Static, TabbedContent, TabPane

from redis_tui.record import dataclass
from redis_tui.tui.actions import PANES
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.bars import PaneTabs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.events import Click
    from textual.screen import Screen
    from textual.widget import Widget

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
_CLICK = re.compile(r"@click=(?:screen\.)?([\w.]+\([^)]*\))")
_TITLE_AT = 3
"""Columns from a frame's corner to its title."""


@dataclass(frozen=True, slots=True)
class Target:
    """A place on the screen to go to."""

    action: str
    """Of the workbench."""
    at: Offset
    """Where its key is shown."""
    digit: str = ""
    """A pane has its number; all else gets the next letter."""


def targets(screen: Screen[None]) -> list[Target]:
    """Every pane and tab that can be seen, from the top left to the bottom right."""
    found = [*_panes(screen), *_folded(screen), *_tabs(screen), *_border_tabs(screen)]
    return sorted(found, key=lambda target: (target.at.y, target.at.x))


def labelled(found: Sequence[Target]) -> dict[str, Target]:
    """A key for each target; where letters run out, the last ones have none."""
    letters = iter(LETTERS)
    return {key: target for target in found if (key := target.digit or next(letters, ""))}


class Jump(Modal[str]):
    """The labels over the workbench below; answers the action that goes there, or nothing.

    Args:
        labels: what each key stands for.
    """

    DEFAULT_CSS = """
    Jump { align: left top; background: $rt-background 50%; }
    Jump .jump-label {
        position: absolute; width: auto; height: 1;
        background: $rt-focus; color: $rt-background; text-style: bold;
    }
    Jump .-pane { background: $rt-accent; }
    Jump #jump-hint {
        dock: bottom; width: 100%; height: 1; background: $rt-panel; color: $rt-text; padding: 0 1;
    }
    """

    _is_typed_on = False

    def __init__(self, labels: dict[str, Target] | None = None) -> None:
        super().__init__()
        self._labels = labels or {}

    def compose(self) -> ComposeResult:
        """A label for each target."""
        for key, target in self._labels.items():
            look = ("jump-label -pane", f" {key}") if target.digit else ("jump-label", key)
            label = Static(look[1], classes=look[0], markup=False, name=key)
            label.styles.offset = target.at
            yield label
        yield Static("Jump: press the key of a pane or a tab · a digit goes to any pane · Esc stays", id="jump-hint")

    def on_key(self, event: Key) -> None:
        """Answers at once; what comes behind that is for the pane, but for a digit that was pressed twice."""
        event.stop()
        key = event.character or ""
        if self.is_answered:
            self._is_typed_on = self._is_typed_on or not key.isdecimal()
            if self._is_typed_on:
                self.app.post_message(Key(event.key, event.character))
            return
        self._answer(key)

    def on_click(self, event: Click) -> None:
        """A click on a label is its key; one beside stays."""
        label, _ = self.get_widget_at(event.screen_x, event.screen_y)
        self._answer(label.name or "")

    def _answer(self, key: str) -> None:
        if key in self._labels:
            self.dismiss(self._labels[key].action)
            return
        at = int(key) if key.isdecimal() else 0
        self.dismiss(f"focus_pane('{PANES[at - 1][0]}')" if 1 <= at <= len(PANES) else "")


def _panes(screen: Screen[None]) -> Iterator[Target]:
    for number, (name, _) in enumerate(PANES, 1):
        region = screen.query_one(f"#{name}").region
        if region.area:
            at = Offset(_TITLE_AT - 1, 0) if region.height > 1 and name != "console" else Offset()
            yield Target(f"focus_pane('{name}')", region.offset + at, str(number))


def _folded(screen: Screen[None]) -> Iterator[Target]:
    bar = screen.query_one(PaneTabs)
    if not bar.region.area:
        return
    shown = {name for name, _ in PANES if screen.query_one(f"#{name}").region.area}
    for number, (name, _) in enumerate(PANES, 1):
        if name in bar.places and name not in shown:
            yield Target(f"focus_pane('{name}')", bar.content_region.offset + Offset(bar.places[name], 0), str(number))


def _tabs(screen: Screen[None]) -> Iterator[Target]:
    for tabbed in screen.query(TabbedContent):
        for pane in tabbed.query(TabPane):
            region = tabbed.get_tab(pane).region if pane.id else None
            if region is not None and region.area:
                yield Target(f"show_content('{pane.id}')", region.offset)


def _border_tabs(screen: Screen[None]) -> Iterator[Target]:
    for name, _ in PANES:
        pane: Widget = screen.query_one(f"#{name}")
        if not pane.region.area or not pane.border_title:
            continue
        title = Content.from_markup(pane.border_title)
        for span in title.spans:
            if found := _CLICK.search(str(span.style)):
                # In the gap before the word, so that the word can still be read.
                column = _TITLE_AT + cell_len(title.plain[: span.start]) - 1
                if column < pane.region.width - 1:
                    yield Target(found[1], pane.region.offset + Offset(column, 0))
