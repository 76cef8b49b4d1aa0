"""A view: what one tab of a side pane shows; with keys of its own, told in a line below while it is in use.

Knows no session. The decision a reader would question: its keys are plain letters and stand in a table of the
view, not among the actions of the workbench. They act on the row under the cursor, and would
take a letter from the editor anywhere else; bindings, the line below and the help derive from the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from redis_tui.record import dataclass
from redis_tui.tui.widgets.field import Field
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click


@dataclass(frozen=True, slots=True)
class ViewKey:
    """One key of a view."""

    key: str
    """Textual's name; the first of several is shown."""
    word: str
    """For the line below."""
    action: str
    """A method ``action_…`` of the view, or ``wish('…')``."""
    label: str = ""
    """How the key is written where its name is not what people know."""
    of_cluster: bool = False
    """Of no use where there is one server."""

    @property
    def shown(self) -> str:
        """As people write it."""
        return self.label or self.key.partition(",")[0]


class Wish(Message):
    """Something is wanted of the server."""

    def __init__(self, name: str, argument: str = "") -> None:
        """Takes ``view.verb`` and what it is about."""
        super().__init__()
        self.name = name
        self.argument = argument


def bindings_of(keys: Sequence[ViewKey]) -> list[BindingType]:
    """The bindings of a table of keys."""
    return [Binding(item.key, item.action, item.word, show=False) for item in keys]


class HintBar(Static):
    """The keys of a view, in one line; each can be clicked."""

    DEFAULT_CSS = "HintBar { height: 1; background: $rt-panel; padding: 0 1; display: none; }"

    def __init__(self, keys: Sequence[ViewKey]) -> None:
        super().__init__()
        self._keys = keys
        self._spots: list[tuple[int, int, str]] = []

    def on_resize(self) -> None:
        """Shows as many as there is room for."""
        self._spots, pieces, at = [], [], 1
        has_nodes = isinstance(self.parent, View) and self.parent.has_nodes
        for item in self._keys:
            if item.of_cluster and not has_nodes:
                continue
            width = cell_len(item.shown) + 1 + cell_len(item.word)
            if at + width > self.size.width + 1:
                break
            pieces.append(
                Content.from_markup("[bold $rt-focus]$key[/] [$rt-text]$word[/]", key=item.shown, word=item.word)
            )
            self._spots.append((at, at + width, item.action))
            at += width + 2
        self.update(Content("  ").join(pieces))

    async def on_click(self, event: Click) -> None:
        """Does what the clicked word says."""
        for start, end, action in self._spots:
            if start <= event.x < end and isinstance(self.parent, Widget):
                await self.parent.run_action(action)
                return


class View(Vertical):
    """The base of all views; a subclass sets ``TITLE``, ``SHORT`` and ``KEYS`` and composes."""

    DEFAULT_CSS = """
    View { height: 1fr; }
    View:focus-within > HintBar { display: block; }
    View > LineView { scrollbar-size-horizontal: 0; }
    View .head { height: 1; color: $rt-dim; }
    """

    TITLE: ClassVar[str] = ""
    SHORT: ClassVar[str] = ""
    """For a border with little room."""
    KEYS: ClassVar[tuple[ViewKey, ...]] = ()

    subtitle = reactive("")
    """For the lower border of the pane."""

    has_nodes = False
    """It is about a cluster."""

    def of_nodes(self, *, has_nodes: bool) -> None:
        """Says whether it is about a cluster, whose nodes some keys are about."""
        if has_nodes != self.has_nodes:
            self.has_nodes = has_nodes
            for bar in self.query_children(HintBar):  # none yet, where it is told before it is composed
                bar.on_resize()

    def on_descendant_focus(self) -> None:
        """Makes the line of keys, which is seen from now on while the view is in use."""
        if self.KEYS and not self.query_children(HintBar):
            self.mount(HintBar(self.KEYS))

    def action_wish(self, name: str) -> None:
        """Passes a wish up, about the row under the cursor."""
        self.post_message(Wish(name, self.argument()))

    def argument(self) -> str:
        """What a wish is about: the row under the cursor."""
        return ""

    def focus_content(self) -> None:
        """Gives the keyboard to the rows."""
        self.query_one(LineView).focus()

    def forget(self) -> None:
        """Another server comes: what is shown of the one before goes."""
        self.subtitle = ""

    def open_filter(self, wanted: str) -> None:
        """Shows the field that narrows the rows; it is made when it is first asked for.

        Args:
            wanted: what it takes, said in it while it is empty.
        """
        line = next(iter(self.query(FilterLine)), None)
        if line is None:
            line = FilterLine(wanted)
            self.mount(line, before=next(iter(self.query_children(HintBar)), None))
        line.open()

    @property
    def is_seen(self) -> bool:
        """Whether it is on the screen now."""
        return (
            self.is_attached
            and self.screen is self.app.screen
            and all(node.display for node in self.ancestors_with_self if isinstance(node, Widget))
        )


class FilterLine(Field):
    """The field below a list that narrows it; `View.open_filter` makes it."""

    DEFAULT_CSS = """
    FilterLine, FilterLine:focus { height: 1; background: $rt-panel; padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "clear_filter", show=False),
        Binding("down", "to_list", show=False),
    ]

    def __init__(self, wanted: str) -> None:
        super().__init__(placeholder=wanted, compact=True)

    def open(self) -> None:
        """Shows it."""
        self.display = True
        self.focus()

    def action_clear_filter(self) -> None:
        """Escape: all rows again."""
        self.value = ""
        self.display = False
        self.action_to_list()

    def action_to_list(self) -> None:
        """Back to the rows."""
        if isinstance(self.parent, View):
            self.parent.focus_content()

    async def action_submit(self) -> None:
        """Enter keeps the filter and goes to the rows."""
        self.display = bool(self.value)
        self.action_to_list()
