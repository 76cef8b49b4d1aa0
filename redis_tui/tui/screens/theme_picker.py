"""Choosing a theme: moving shows it on everything behind, Enter keeps it, Esc goes back to the one before.

Knows the desk of themes, no file. The decision a reader would question: the colours beside each
name are drawn here and not by spans, because a span's colour is the current theme's and these are
the other themes'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.strip import Strip

from redis_tui.render.spans import Line, Span
from redis_tui.theme import remember_theme
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from redis_tui.theme import Theme
    from redis_tui.tui.desks.themes import ThemeDesk

_SWATCH = ("focus", "accent", "success", "warning", "danger")
_SETTLE_S = 0.04


class ThemePicker(Modal[None]):
    """The list of themes at the right edge, so that what they change stays in view."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "go_back", show=False)]

    def __init__(self, desk: ThemeDesk) -> None:
        super().__init__()
        self._desk = desk
        self._before = desk.name
        self._names = list(desk.shelf.themes)

    def compose(self) -> ComposeResult:
        """The list, and below it the files that have a mistake."""
        with Vertical(classes="dialog") as box:
            box.border_title = "Theme"
            box.border_subtitle = "Enter keeps it · Esc goes back"
            yield ThemeList([self._desk.shelf.themes[name] for name in self._names])
            if self._desk.shelf.problems:
                yield LineView(wrap=True, id="theme-problems")

    def on_mount(self) -> None:
        """Stands on the theme that is on."""
        themes = self.query_one(ThemeList)
        themes.fill(self._before)
        themes.row = self._names.index(self._before)
        themes.focus()
        if self._desk.shelf.problems:
            problems: list[Line] = [[Span(f"✗ {problem}", "danger")] for problem in self._desk.shelf.problems]
            self.query_one("#theme-problems", LineView).set_lines(problems)

    @on(LineView.Moved)
    def _moved(self, event: LineView.Moved) -> None:
        event.stop()
        if isinstance(event.view, ThemeList) and self._names[event.view.row] != self._desk.name:
            self.set_timer(_SETTLE_S, self._preview)  # a key held down shows the last one, not each

    def _preview(self) -> None:
        name = self._names[self.query_one(ThemeList).row]
        if self.is_attached and name != self._desk.name:
            self._desk.show(name)

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self._preview()
        remember_theme(self._desk.name)
        self.dismiss(None)

    def action_go_back(self) -> None:
        """As it was."""
        if self._desk.name != self._before:
            self._desk.show(self._before)
        self.dismiss(None)


class ThemeList(LineView):
    """The names, each with its own colours behind it."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        super().__init__(cursor=True)
        self._themes = themes

    def fill(self, current: str) -> None:
        """Draws the names; a sign stands before the one that is on."""
        self.set_lines(
            [
                Span("● " if theme.name == current else "  ", "accent"),
                Span(f"{theme.title:<20}", "strong"),
                Span("dark " if theme.dark else "light", "dim"),
            ]
            for theme in self._themes
        )

    def render_line(self, y: int) -> Strip:
        """The name's row, and at its end the theme's own colours on its own background."""
        strip = super().render_line(y)
        row = y + self.scroll_offset.y
        if row >= len(self._themes):
            return strip
        colors = self._themes[row].colors
        ground = colors["background"]
        marks = [Segment("█", Style(color=colors[name], bgcolor=ground)) for name in _SWATCH]
        swatch = [Segment(" ", Style(bgcolor=ground)), *marks, Segment(" ", Style(bgcolor=ground))]
        return Strip.join([strip.crop(0, max(0, self.size.width - len(swatch))), Strip(swatch)])
