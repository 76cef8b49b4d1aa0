"""A pane whose border holds tabs: Scripts and Functions in one place, all that can be watched in another.

Knows no view by name. The decision a reader would question: the tabs stand in the border, not in a bar of
their own. The side column has few rows, and a pane with one tab in front looks as it would alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult

    from redis_tui.tui.widgets.view import View


class TabbedPane(Vertical):
    """Views that take turns.

    Args:
        id: the pane's name.
        number: its number for jumping.
        views: by the names that actions give them.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.leave_view", show=False),
        Binding("left_square_bracket", "turn(-1)", show=False),
        Binding("right_square_bracket", "turn(1)", show=False),
    ]

    def __init__(self, *, id: str, number: int, views: Mapping[str, View]) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id, classes="pane")
        self._number = number
        self.views = dict(views)
        self.active = next(iter(self.views))

    def compose(self) -> ComposeResult:
        """The view that is seen; the others come by `complete`, and seldom before they are wanted."""
        yield self.view

    async def complete(self) -> None:
        """Makes the views behind the one that is seen."""
        for view in self.views.values():
            if not view.is_attached:
                await self.mount(view)

    def on_mount(self) -> None:
        """Follows what the views say of themselves."""
        for view in self.views.values():
            self.watch(view, "subtitle", self._draw)
        self.show_view(self.active)

    @property
    def view(self) -> View:
        """The one in front."""
        return self.views[self.active]

    def show_view(self, name: str) -> None:
        """Brings a view to the front."""
        self.active = name
        if not self.view.is_attached:
            self.mount(self.view)
        for known, view in self.views.items():
            view.display = known == name
        self._draw()

    def action_turn(self, by: int) -> None:
        """``[`` and ``]``: the next view."""
        names = list(self.views)
        self.show_view(names[(names.index(self.active) + by) % len(names)])
        self.focus_content()

    def focus_content(self) -> None:
        """Gives the keyboard to the view in front."""
        self.view.focus_content()

    def on_resize(self) -> None:
        """Long or short words in the border."""
        self._draw()

    def _draw(self) -> None:
        room = self.size.width - 2
        long = [view.TITLE for view in self.views.values()]
        short = [view.TITLE if name == self.active else view.SHORT for name, view in self.views.items()]
        words = long if sum(map(len, long)) + 2 * len(long) <= room else short
        gap = "  " if sum(map(len, words)) + 2 * len(words) <= room else " "
        tabs = [
            f"[{'bold' if name == self.active else 'not bold $rt-dim'} @click=screen.show_view('{name}')]{word}[/]"
            for name, word in zip(self.views, words, strict=True)
        ]
        self.border_title = f"{self._number} " + gap.join(tabs)
        self.border_subtitle = self.view.subtitle
