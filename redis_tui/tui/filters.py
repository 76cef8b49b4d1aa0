"""What is done to every line on its way to the terminal: signs as ASCII, and no colours.

The decision a reader would question: NO_COLOR is not left to Textual, which turns colours into
greys. Greys are colours too, and a selected row in them is told by its shade alone; here such a
row is shown in reverse, which every terminal has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.segment import Segment
from rich.style import Style
from textual.filter import LineFilter

from redis_tui.plain import to_plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.color import Color

    from redis_tui.tui.theme import Palette

_FILLED = ("selection", "focus", "text", "danger", "warning", "accent", "success")
"""Colours that mean something when they stand behind a text."""


class PlainSigns(LineFilter):
    """Borders, marks and arrows as ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  # as Textual calls it
        return [
            segment if segment.text.isascii() else Segment(to_plain(segment.text), segment.style, segment.control)
            for segment in segments
        ]


class NoColors(LineFilter):
    """No colour at all; what a ground would mark is shown in reverse.

    Args:
        palette: the palette that is on.
    """

    def __init__(self, palette: Callable[[], Palette]) -> None:
        super().__init__()
        self._palette = palette
        self._known: dict[tuple[str, Style], Style] = {}

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002  # as Textual calls it
        palette = self._palette()
        return [
            segment if style is None else Segment(segment.text, self._bare(palette, style), segment.control)
            for segment in segments
            for style in (segment.style,)
        ]

    def _bare(self, palette: Palette, style: Style) -> Style:
        key = (palette.theme.name, style)
        found = self._known.get(key)
        if found is not None:
            return found
        ground = style.bgcolor.name.lower() if style.bgcolor is not None else ""
        marked = ground in {palette.color(name) for name in _FILLED}
        bare = style.without_color + Style(reverse=True) if marked and not style.reverse else style.without_color
        if len(self._known) > 4096:
            self._known.clear()
        self._known[key] = bare
        return bare
