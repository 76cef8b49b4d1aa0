"""Themes and spans as prompt_toolkit takes them.

The one place that knows both a `Theme` and prompt_toolkit's style strings. The decision a
reader would question: every name of a style becomes a class, and prompt_toolkit resolves
classes; so a change of theme is one new style sheet, also for text on the screen already.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from prompt_toolkit.output.color_depth import ColorDepth
from prompt_toolkit.styles import Style

from redis_tui.plain import to_plain
from redis_tui.render.spans import Span, width
from redis_tui.theme import DEFAULT_THEME, load_theme, read_shelf, remember_theme, starting_theme

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.output import Output

    from redis_tui.render.spans import Line
    from redis_tui.theme import Style as ThemeStyle


_PROSE = frozenset(("danger", "warning", "success", "hint", "dim", "strong", "text"))
_WORD = re.compile(r"\S+ ?| ")


def style_sheet(theme_name: str | None) -> Style:
    """The theme as a style sheet.

    Args:
        theme_name: None is the default theme.

    Raises:
        SettingsError: there is no such theme, or its file has a mistake.
    """
    theme = load_theme(theme_name or DEFAULT_THEME)
    rules = {_class_name(name): _rule(style) for name, style in theme.styles.items()}
    bar = f"bg:{theme.colors['panel']} {theme.colors['dim']} noreverse"
    menu = f"bg:{theme.colors['panel']} {theme.colors['text']}"
    dim_there = theme.color_on(theme.colors["dim"], "selection")
    return Style.from_dict(
        {
            **rules,
            "bottom-toolbar": bar,
            "completion-menu": menu,
            "completion-menu.completion.current": f"bg:{theme.colors['selection']} {theme.colors['text']} noreverse",
            "completion-menu.meta.completion": f"bg:{theme.colors['surface']} {theme.colors['dim']}",
            "completion-menu.meta.completion.current": f"bg:{theme.colors['selection']} {dim_there}",
        }
    )


def color_depth() -> ColorDepth | None:
    """No colours where NO_COLOR asks for none; None lets prompt_toolkit look at the terminal."""
    return ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None


class Colors:
    """The theme that is on, read again where its file has changed.

    Args:
        name: the theme's name; None is the one chosen last, or the one for sixteen colours.
        output: the terminal it is for.

    Raises:
        SettingsError: there is no such theme, or its file has a mistake.
    """

    def __init__(self, name: str | None, output: Output) -> None:
        few = output.get_default_color_depth() is ColorDepth.DEPTH_4_BIT
        self._name = starting_theme(name, sixteen_colors=few)
        self._shelf = read_shelf()
        self.sheet = style_sheet(self._name)

    def use(self, name: str) -> None:
        """Changes to another theme, and keeps it for the next start.

        Raises:
            SettingsError: there is no such theme, or its file has a mistake.
        """
        self.sheet = style_sheet(name)
        self._name = name
        remember_theme(name)

    def look(self) -> None:
        """Reads the theme again if a theme's file has changed since.

        Raises:
            SettingsError: it has a mistake now; told once, and the colours stay as they were.
        """
        if self._shelf.look() != self._shelf.stamps:
            self._shelf = read_shelf()
            self.sheet = style_sheet(self._name)


def formatted(spans: Iterable[Span]) -> StyleAndTextTuples:
    """One line of spans as prompt_toolkit's fragments."""
    return [(f"class:{_class_name(span.style)}", span.text) for span in spans]


def wrapped(line: Line, columns: int) -> list[Line]:
    """A sentence broken at spaces; a reply, and what stands in columns, is left to the terminal.

    Args:
        line: what is to be printed.
        columns: room for a line.
    """
    styles = {span.style for span in line}
    if width(line) <= columns or not styles <= _PROSE or styles == {"text"} or any("  " in one.text for one in line):
        return [line]
    lines: list[Line] = [[]]
    room = columns
    for word in (Span(word, span.style) for span in line for word in _WORD.findall(span.text)):
        if len(word.text.rstrip()) > room and lines[-1]:
            lines[-1][-1] = Span(lines[-1][-1].text.rstrip(), lines[-1][-1].style)
            lines.append([])
            room = columns
        lines[-1].append(word)
        room -= len(word.text)
    return lines


def formatted_lines(lines: Sequence[Line], *, plain: bool = False) -> StyleAndTextTuples:
    """Lines of spans as prompt_toolkit's fragments, a newline between them; signs in ASCII where asked for."""
    if plain:
        lines = [[Span(to_plain(span.text), span.style) for span in line] for line in lines]
    fragments: StyleAndTextTuples = []
    for number, line in enumerate(lines):
        if number:
            fragments.append(("", "\n"))
        fragments += formatted(line)
    return fragments


# A dot in a class name would mean a hierarchy to prompt_toolkit, and "class:a.b" both a and a.b.
def _class_name(name: str) -> str:
    return f"tui-{name.replace('.', '-').replace('_', '-')}"


def _rule(style: ThemeStyle) -> str:
    flags = [flag for flag in ("bold", "italic", "underline", "reverse") if getattr(style, flag)]
    return " ".join([style.color or "", *flags]).strip()
