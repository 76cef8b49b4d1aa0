"""Two runs side by side over the workbench; at few columns one under the other.

Knows `render.compare`, and not who keeps runs. The decision a reader would question: one view with headings
and no tabs. Most runs differ in one thing, and what is the same is told in a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical

from redis_tui.render.compare import Compared, compare
from redis_tui.render.spans import Line, Span
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.view import HintBar, ViewKey, bindings_of

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from redis_tui.render.side import Section

_SIDE_BY_SIDE = 100
"""Columns from which on the sides stand beside each other unless told otherwise."""
_KEYS = (
    ViewKey("n", "next", "next(1)"),
    ViewKey("p", "before", "next(-1)"),
    ViewKey("w", "beside or below", "turn"),
    ViewKey("x", "swap", "swap"),
    ViewKey("y", "copy", "copy"),
    ViewKey("escape,q", "close", "close", "Esc"),
)


class CompareScreen(Modal[None]):
    """What two runs have in common, and what not."""

    KEYS = _KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of([key for key in _KEYS if key.key != "y"])
    DEFAULT_CSS = """
    CompareScreen #comparison {
        border: round $rt-focus; border-title-color: $rt-focus; border-title-style: bold;
        background: $rt-background; padding: 0 0 0 1;
    }
    CompareScreen HintBar { display: block; }
    """

    def __init__(self, a: Compared, b: Compared) -> None:
        super().__init__()
        self._a, self._b = a, b
        self._is_stacked: bool | None = None
        """None: as there is room."""
        self._starts: list[int] = []
        """Rows at which a section begins that differs."""

    def compose(self) -> ComposeResult:
        """One view, and its keys."""
        with Vertical(id="comparison"):
            yield LineView()
        yield HintBar(self.KEYS)

    def on_mount(self) -> None:
        """The keyboard is for scrolling."""
        self.query_one(LineView).focus()

    def on_resize(self) -> None:
        """Fits the sides to the width."""
        self._draw()

    @property
    def _stacks(self) -> bool:
        return self.app.size.width < _SIDE_BY_SIDE if self._is_stacked is None else self._is_stacked

    def _draw(self) -> None:
        box, view = self.query_one("#comparison"), self.query_one(LineView)
        box.border_title = f"Compare   A {self._a.title}   B {self._b.title}"
        columns = max(20, self.app.size.width - 4)
        lines: list[Line] = []
        self._starts = []
        for section in compare(self._a, self._b, columns=columns, stacked=self._stacks):
            if section.differs:
                self._starts.append(len(lines))
            lines += _drawn(section, columns)
        view.set_lines(lines, keep_place=True)

    def action_next(self, by: int) -> None:
        """Goes to the next section that differs, or the one before."""
        view = self.query_one(LineView)
        top = view.scroll_offset.y
        found = [row for row in self._starts if (row > top if by > 0 else row < top)]
        if found:
            view.scroll_to(y=found[0] if by > 0 else found[-1], animate=False, force=True)
        else:
            self.notify("No other difference that way.", timeout=2)

    def action_turn(self) -> None:
        """Beside each other, or one under the other."""
        self._is_stacked = not self._stacks
        self._draw()

    def action_swap(self) -> None:
        """A becomes B."""
        self._a, self._b = self._b, self._a
        self._draw()

    def action_copy(self) -> None:
        """Everything shown."""
        self.query_one(LineView).action_copy()

    def action_close(self) -> None:
        """Back to the workbench."""
        self.dismiss(None)


def _drawn(section: Section, columns: int) -> list[Line]:
    """A section with its heading; one that has nothing to show is its heading alone."""
    if not section.title:
        return [*section.lines, []]
    style = "warning" if section.differs else "dim"
    mark = "≠" if section.differs else "=" if section.told else " "
    head = [
        Span(f"{mark} ", style),
        Span(section.title, "strong"),
        Span(f"  {section.told}" * bool(section.told), style),
    ]
    used = sum(len(span.text) for span in head)
    rule = Span(" " + "─" * max(0, columns - used - 1), "faint")
    return [[*head, rule], *section.lines, []] if section.lines else [head]
