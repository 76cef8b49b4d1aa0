"""A `redis_tui.theme.Theme` as Textual and Rich want it.

The decision a reader would question: widgets that draw by line ask for styles by name at
draw time through `palette_of`, not through CSS component classes. Spans come from `render`
with names a theme file may extend, and a component class would have to be declared for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.style import Style as RichStyle
from textual.constants import COLOR_SYSTEM
from textual.theme import Theme as TextualTheme

if TYPE_CHECKING:
    from textual.widget import Widget

    from redis_tui.theme import Style, Theme


class Palette:
    """Styles by name, converted once per theme."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self._styles: dict[str, RichStyle] = {}
        self._selected: dict[str, RichStyle] = {}

    def rich(self, name: str) -> RichStyle:
        """The Rich style of a name."""
        style = self._styles.get(name)
        if style is None:
            style = self._styles[name] = _rich(self.theme.style(name))
        return style

    def rich_on_selection(self, name: str) -> RichStyle:
        """The Rich style of a name on a selected row, where the darker colours would not read."""
        style = self._selected.get(name)
        if style is None:
            style = self._selected[name] = _rich(self.theme.style_on(name, "selection"))
        return style

    def color(self, name: str) -> str:
        """One of the theme's colours as ``#rrggbb``."""
        return self.theme.colors[name]


def palette_of(widget: Widget) -> Palette:
    """The palette of the application a widget is mounted in."""
    app: Any = widget.app
    palette: Palette = app.palette
    return palette


def has_sixteen_colors() -> bool:
    """Whether the terminal has sixteen colours or fewer, as Textual will find."""
    return Console(force_terminal=True, color_system=COLOR_SYSTEM).color_system == "standard"  # type: ignore[arg-type]


def textual_theme(theme: Theme) -> TextualTheme:
    """Converts a theme; its colours become CSS variables ``$rt-background`` and so on."""
    colors = theme.colors
    return TextualTheme(
        name=theme.name,
        primary=colors["focus"],
        secondary=colors["focus"],
        accent=colors["accent"],
        warning=colors["warning"],
        error=colors["danger"],
        success=colors["success"],
        foreground=colors["text"],
        background=colors["background"],
        surface=colors["surface"],
        panel=colors["panel"],
        dark=theme.dark,
        variables=css_variables(theme),
    )


def css_variables(theme: Theme) -> dict[str, str]:
    """Variables for the style sheet, and those of Textual's own widgets that should follow the theme."""
    colors = theme.colors
    ours = {f"rt-{name.replace('_', '-')}": value for name, value in colors.items()}
    return ours | {
        "block-cursor-background": colors["focus"],
        "block-cursor-foreground": colors["background"],
        "block-cursor-text-style": "bold",
        "input-cursor-background": colors["text"],
        "input-cursor-foreground": colors["background"],
        "input-selection-background": colors["selection"],
        "border": colors["focus"],
        "border-blurred": colors["border"],
        "scrollbar": colors["border"],
        "scrollbar-hover": colors["dim"],
        "scrollbar-active": colors["focus"],
        "scrollbar-background": colors["background"],
        "scrollbar-background-hover": colors["background"],
        "scrollbar-background-active": colors["background"],
        "scrollbar-corner-color": colors["background"],
    }


def _rich(style: Style) -> RichStyle:
    return RichStyle(
        color=style.color,
        bold=style.bold or None,
        italic=style.italic or None,
        underline=style.underline or None,
        reverse=style.reverse or None,
    )
