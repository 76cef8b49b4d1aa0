"""A short list of things to do, each with a letter: arrows and Enter, the letter, or a click. Answers a name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from redis_tui.record import dataclass
from redis_tui.render.spans import Span
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Key


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do."""

    key: str
    name: str
    title: str
    about: str = ""


class Menu(Modal[str]):
    """Items to choose from; Escape answers nothing."""

    DEFAULT_CSS = """
    Menu .dialog { width: 64; padding: 0 1; }
    Menu LineView { height: auto; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", show=False)]

    def __init__(self, title: str, items: Sequence[Item]) -> None:
        super().__init__()
        self._title, self._items = title, items

    def compose(self) -> ComposeResult:
        """One row an item."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = "letter or Enter · Esc leaves"
            yield LineView(cursor=True)

    def on_mount(self) -> None:
        """Fills the list."""
        view = self.query_one(LineView)
        view.styles.height = len(self._items)
        width = max(len(item.title) for item in self._items)
        view.set_lines(
            [Span(f" {item.key}  ", "accent"), Span(f"{item.title:<{width}}  ", "strong"), Span(item.about, "dim")]
            for item in self._items
        )
        view.focus()

    def on_key(self, event: Key) -> None:
        """A letter of an item answers at once, also one that would move in the list."""
        found = next((item.name for item in self._items if item.key == event.character), None)
        if found is not None:
            event.stop()
            event.prevent_default()
            self.dismiss(found)

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.dismiss(self._items[event.row].name)

    def action_leave(self) -> None:
        """Nothing."""
        self.dismiss("")
