"""Themes: TOML files read into plain dataclasses, for the workbench and the REPL alike.

Knows no interface library; each face converts a `Style` to its own kind.
A theme has a handful of ``[colors]``, and ``[styles]`` that name a colour (or ``#rrggbb``)
with ``bold italic underline reverse``. The decision a reader would question: a style that a theme leaves
out is taken from the built-in dark or light one by its name, *as words*, then coloured by the
theme's own colours. So a user's theme of ten lines is whole, and stays so when a release
adds a style.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from redis_tui.contrast import legible
from redis_tui.errors import SettingsError
from redis_tui.paths import packaged_themes_dir, state_dir, user_themes_dir
from redis_tui.record import dataclass
from redis_tui.toml_file import Mistake, placed, read_toml, refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

DEFAULT_THEME = "dark"
SIXTEEN_THEME = "sixteen"
"""What a terminal of sixteen colours gets where nobody chose."""

COLOR_NAMES = (
    "background",
    "surface",
    "panel",
    "border",
    "focus",
    "text",
    "dim",
    "faint",
    "accent",
    "danger",
    "warning",
    "success",
    "selection",
    "cursor_line",
)
"""What a theme's ``[colors]`` must hold, all of them."""

DEFAULT_STYLES: Mapping[str, str] = {
    "text": "text",
    "dim": "dim",
    "faint": "faint",
    "strong": "bold text",
    "title": "bold focus",
    "accent": "bold accent",
    "danger": "bold danger",
    "warning": "warning",
    "success": "success",
    "key": "bold text",
    "changed": "bold accent",
    "before": "danger",
    "after": "success",
    "prompt": "bold focus",
    "hint": "dim",
    "hint.current": "bold underline text",
    "fault": "underline danger",
    "cursor": "reverse",
    "command.name": "bold focus",
    "command.token": "success",
    "command.number": "accent",
    "command.string": "warning",
    "command.argument": "text",
    "lua.keyword": "danger",
    "lua.builtin": "success",
    "lua.string": "warning",
    "lua.number": "accent",
    "lua.comment": "italic dim",
    "lua.name": "text",
    "lua.operator": "text",
    "lua.redis": "bold focus",
    "lua.keys": "bold accent",
    "lua.error": "bold underline danger",
    "reply.integer": "accent",
    "reply.double": "accent",
    "reply.string": "text",
    "reply.status": "success",
    "reply.error": "danger",
    "reply.null": "dim",
    "reply.index": "dim",
    "reply.type": "dim",
    "reply.boolean": "accent",
}
"""Every style a face may ask for, in words; a theme overrides what it likes."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_ATTRIBUTES = ("bold", "italic", "underline", "reverse")


@dataclass(frozen=True, slots=True)
class Style:
    """How a piece of text looks."""

    color: str | None = None
    """``#rrggbb``; None is the terminal's own."""
    bold: bool = False
    italic: bool = False
    underline: bool = False
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme, whole and checked."""

    name: str
    title: str
    dark: bool
    colors: Mapping[str, str]
    """Each of `COLOR_NAMES` as ``#rrggbb``."""
    styles: Mapping[str, Style] = field(default_factory=dict)

    def style(self, name: str) -> Style:
        """The style of a name; an unknown ``lua.x.y`` is shown as ``lua.x``, then ``lua``, then plain."""
        while name:
            if name in self.styles:
                return self.styles[name]
            name = name.rpartition(".")[0]
        return self.styles["text"]

    def style_on(self, name: str, ground: str) -> Style:
        """The style of a name as it reads on one of the theme's colours: a selected row, a bar.

        Args:
            name: the style's name.
            ground: the name of the colour behind it.
        """
        style = self.style(name)
        return replace(style, color=self.color_on(style.color or self.colors["text"], ground))

    def color_on(self, color: str, ground: str) -> str:
        """A colour, moved towards the text's where it would not read on one of the theme's colours.

        Args:
            color: ``#rrggbb``.
            ground: the name of the colour behind it.
        """
        return legible(color, self.colors[ground], self.colors["text"])


@dataclass(frozen=True, slots=True)
class ThemeShelf:
    """All themes that could be read, and what was wrong with the others."""

    themes: Mapping[str, Theme]
    problems: tuple[SettingsError, ...] = ()
    folders: tuple[Path, ...] = ()
    """Where they were read from, a later one winning."""
    stamps: frozenset[tuple[Path, int, int]] = frozenset()
    """Each file with its time of change in nanoseconds and its size, as it was when it was read."""

    def look(self) -> frozenset[tuple[Path, int, int]]:
        """The stamps of the files as they are now: others than `stamps` where something changed."""
        return _stamps(self.folders)

    def why_missing(self, name: str) -> str:
        """Why a theme, or the user's own version of it, is not here; empty where it is."""
        for problem in self.problems:
            if f"/{name}.toml:" in problem.message:
                return str(problem)
        return (
            "" if name in self.themes else f"There is no theme named {name}. Known: {', '.join(sorted(self.themes))}."
        )


def read_theme(path: Path) -> Theme:
    """Reads one theme file.

    Raises:
        SettingsError: the file cannot be read or has a mistake; names the file, the key and what to do.
    """
    text, data = read_toml(path, "Theme")
    try:
        return _build(path, data)
    except Mistake as mistake:
        raise placed(mistake, path, text, "Theme") from None


def read_shelf(folders: Iterable[Path] | None = None) -> ThemeShelf:
    """Reads every theme file of the folders; a later folder's theme replaces an earlier one of its name.

    A theme is found by its file's name, not by the ``name`` inside, so that a copy of
    ``light.toml`` never hides the theme it was copied from.

    Args:
        folders: where to look; the packaged themes and the user's own when None.
    """
    places = (packaged_themes_dir(), user_themes_dir()) if folders is None else tuple(folders)
    stamps = _stamps(places)  # before they are read, so that no change in between is missed
    themes: dict[str, Theme] = {}
    problems: list[SettingsError] = []
    for path in (file for place in places for file in sorted(place.glob("*.toml"))):
        try:
            theme = read_theme(path)
        except SettingsError as problem:
            problems.append(problem)
            continue
        themes[theme.name] = theme
    return ThemeShelf(themes, tuple(problems), places, stamps)


def starting_theme(wanted: str | None, *, sixteen_colors: bool) -> str:
    """The name of the theme a face opens in.

    Args:
        wanted: what the command line names; it wins.
        sixteen_colors: the terminal has no more; it gets the theme made for that.

    Returns:
        The name; else the one that was chosen last, in either face, if its file is still there.
    """
    if wanted:
        return wanted
    if sixteen_colors:
        return SIXTEEN_THEME
    try:
        chosen = _chosen_file().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return DEFAULT_THEME
    there = any((place / f"{chosen}.toml").is_file() for place in (packaged_themes_dir(), user_themes_dir()))
    return chosen if chosen and there else DEFAULT_THEME


def remember_theme(name: str) -> None:
    """Keeps what was chosen for the next start; a folder that cannot be written to costs only that."""
    with contextlib.suppress(OSError):
        _chosen_file().parent.mkdir(parents=True, exist_ok=True)
        _chosen_file().write_text(f"{name}\n", encoding="utf-8")


def _chosen_file() -> Path:
    return state_dir() / "theme"


def _stamps(folders: Iterable[Path]) -> frozenset[tuple[Path, int, int]]:
    found: set[tuple[Path, int, int]] = set()
    for path in (file for folder in folders for file in folder.glob("*.toml")):
        with contextlib.suppress(OSError):  # it may go while we look
            facts = path.stat()
            found.add((path, facts.st_mtime_ns, facts.st_size))
    return frozenset(found)


def load_theme(name: str = DEFAULT_THEME, folders: Iterable[Path] | None = None) -> Theme:
    """One theme by its name.

    Raises:
        SettingsError: no such theme, or its file has a mistake.
    """
    shelf = read_shelf(folders)
    if name in shelf.themes:
        return shelf.themes[name]
    for problem in shelf.problems:
        if f"/{name}.toml:" in problem.message:
            raise problem
    known = ", ".join(sorted(shelf.themes)) or "none"
    raise SettingsError(
        f"There is no theme named {name!r}.", hint=f"Choose one of {known}, or put {name}.toml in {user_themes_dir()}."
    )


def _build(path: Path, data: Mapping[str, Any]) -> Theme:
    refuse_unknown("", data, ("name", "title", "dark", "colors", "styles"))
    _text(data, "name", path.stem)  # for people; a theme is asked for by its file's name
    name = path.stem
    dark = data.get("dark", True)
    if not isinstance(dark, bool):
        raise Mistake("dark", "must be true or false", "Write dark = true or dark = false.")
    colors = _colors(_table(data, "colors"))
    words = {**DEFAULT_STYLES, **dict(_flat("styles", _table(data, "styles")))}
    styles = {key: _style(key, value, colors) for key, value in words.items()}
    return Theme(name, _text(data, "title", name.replace("-", " ").capitalize()), dark, colors, styles)


def _colors(table: Mapping[str, Any]) -> dict[str, str]:
    refuse_unknown("colors.", table, COLOR_NAMES)
    colors: dict[str, str] = {}
    for key in COLOR_NAMES:
        value = table.get(key)
        if value is None:
            raise Mistake(f"colors.{key}", "is missing", f'Add {key} = "#rrggbb" under [colors].')
        if not isinstance(value, str) or not _HEX.match(value):
            raise Mistake(f"colors.{key}", f"is {value!r}", 'Write a colour as "#rrggbb".')
        colors[key] = value.lower()
    return colors


def _style(key: str, text: str, colors: Mapping[str, str]) -> Style:
    color: str | None = None
    attributes: dict[str, bool] = {}
    for word in text.split():
        if word in _ATTRIBUTES:
            attributes[word] = True
        elif word in colors:
            color = colors[word]
        elif _HEX.match(word):
            color = word.lower()
        else:
            allowed = f'"#rrggbb", one of {", ".join(_ATTRIBUTES)}, or a name from [colors]'
            raise Mistake(f"styles.{key}", f"has {word!r}", f"Use {allowed}.")
    return Style(color, **attributes)


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """``{"lua": {"string": "x"}}`` and ``{"lua.string": "x"}`` both as ``("lua.string", "x")``."""
    for key, value in table.items():
        if isinstance(value, dict):
            for inner, text in _flat(f"{prefix}.{key}", value):
                yield f"{key}.{inner}", text
        elif isinstance(value, str):
            yield key, value
        else:
            raise Mistake(f"{prefix}.{key}", f"is {value!r}", 'Write a style as text, e.g. "bold #ff79c6".')


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise Mistake(key, "must be a table", f"Write it as [{key}].")
    return value


def _text(data: Mapping[str, Any], key: str, default: str) -> str:
    value = data.get(key, default)
    if not isinstance(value, str) or not value.strip():
        raise Mistake(key, "must be text", f'Write {key} = "{default}".')
    return value.strip()
