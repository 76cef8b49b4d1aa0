"""Arranging the panes: borders that the mouse or a key moves, panes and sides that are hidden and come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.tui.layout import COLUMNS, LEFT, RIGHT, is_narrow
from redis_tui.tui.parts.places import PlacesPart

if TYPE_CHECKING:
    from textual import events


class ArrangingPart(PlacesPart):
    """What the arrangement's desk is told."""

    def action_arrange(self) -> None:
        """Alt-E."""
        from redis_tui.tui.screens.arranging import Arranging

        pane = self._in_use if self._in_use != "console" else "editor"
        self.app.push_screen(Arranging(self._arrange, pane))

    def _arrange(self, wish: str, pane: str, by: tuple[int, int]) -> None:
        if wish == "move":
            if not self._arranger.move(pane, *by):
                self.notify("There is no border to move that way.", timeout=2)
        elif wish == "hide":
            self._toggle(frozenset((pane,)))
        elif wish == "side":
            self._toggle(LEFT if by[0] < 0 else RIGHT)
        elif wish == "all":
            self.action_show_panes()
        elif wish == "reset":
            self.action_reset_layout()
        else:
            self.action_focus_pane(pane)

    def action_hide_pane(self) -> None:
        """Alt-X."""
        if self._in_use != "console":
            self._toggle(frozenset((self._in_use,)))

    def action_toggle_left(self) -> None:
        """Hides the column on the left, or brings it back."""
        self._toggle(LEFT)

    def action_toggle_right(self) -> None:
        """Hides the column on the right, or brings it back."""
        self._toggle(RIGHT)

    def action_show_panes(self) -> None:
        """Brings all panes back."""
        self._arranger.show(frozenset().union(*COLUMNS.values()))

    def action_reset_layout(self) -> None:
        """Sizes as they were made, nothing hidden, nothing zoomed."""
        self._zoomed = None
        self._arranger.reset()

    def _toggle(self, names: frozenset[str]) -> None:
        if is_narrow(self.app.size.width):
            self.notify("On a small screen panes take turns; there is nothing to hide.", timeout=3)
            return
        if names <= self._arranger.hidden:
            self._arranger.show(names)
            return
        if not self._arranger.hide(names):
            self.notify("The last pane stays.", timeout=2)
            return
        if self._in_use in names:
            shown = [name for name, pane in self._panes.by_name.items() if pane.display and name not in names]
            self.action_focus_pane("editor" if "editor" in shown else shown[0])

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold of a border."""
        if event.button == 1 and self._arranger.grab(event.screen_offset, is_click="@click" in event.style.meta):
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Moves the border that is held."""
        self._arranger.drag(event.screen_offset)

    def on_mouse_up(self) -> None:
        """Lets go."""
        if self._arranger.drop():
            self.release_mouse()
