"""Themes: TOML files read into plain dataclasses, for the workbench and the REPL alike.

Knows no interface library; each face converts a `Style` to its own kind.
A theme has a handful of ``[colors]``, and ``[styles]`` that name a colour (or ``#rrggbb``)
with ``bold italic underline reverse``. The decision a reader would question: a style that a theme leaves
out is taken from the built-in dark or light one by its name, *as words*, then coloured by the
theme's own colours. So a user's theme of ten lines is whole, and stays so when a release
adds a style.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from redis_tui.errors import SettingsError
from redis_tui.paths import packaged_themes_dir, user_themes_dir

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

DEFAULT_THEME = "dark"

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


@dataclass(frozen=True, slots=True)
class ThemeShelf:
    """All themes that could be read, and what was wrong with the others."""

    themes: Mapping[str, Theme]
    problems: tuple[SettingsError, ...] = ()

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
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"Theme {path}: cannot be read ({error.strerror}).", hint="Check the file.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"Theme {path}: is not UTF-8.", hint="Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"Theme {path}: is not TOML: {error}.", hint="Mend that line.") from error
    return _build(path, data)


def read_shelf(folders: Iterable[Path] | None = None) -> ThemeShelf:
    """Reads every theme file of the folders; a later folder's theme replaces an earlier one of its name.

    A theme is found by its file's name, not by the ``name`` inside, so that a copy of
    ``light.toml`` never hides the theme it was copied from.

    Args:
        folders: where to look; the packaged themes and the user's own when None.
    """
    places = (packaged_themes_dir(), user_themes_dir()) if folders is None else tuple(folders)
    themes: dict[str, Theme] = {}
    problems: list[SettingsError] = []
    for path in (file for place in places for file in sorted(place.glob("*.toml"))):
        try:
            theme = read_theme(path)
        except SettingsError as problem:
            problems.append(problem)
            continue
        themes[theme.name] = theme
    return ThemeShelf(themes, tuple(problems))


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
    _refuse_unknown(path, "", data, ("name", "title", "dark", "colors", "styles"))
    _text(path, data, "name", path.stem)  # for people; a theme is asked for by its file's name
    name = path.stem
    dark = data.get("dark", True)
    if not isinstance(dark, bool):
        raise _mistake(path, "dark", "must be true or false", "Write dark = true or dark = false.")
    colors = _colors(path, _table(path, data, "colors"))
    words = {**DEFAULT_STYLES, **dict(_flat(path, "styles", _table(path, data, "styles")))}
    styles = {key: _style(path, key, value, colors) for key, value in words.items()}
    return Theme(name, _text(path, data, "title", name.replace("-", " ").capitalize()), dark, colors, styles)


def _colors(path: Path, table: Mapping[str, Any]) -> dict[str, str]:
    _refuse_unknown(path, "colors.", table, COLOR_NAMES)
    colors: dict[str, str] = {}
    for key in COLOR_NAMES:
        value = table.get(key)
        if value is None:
            raise _mistake(path, f"colors.{key}", "is missing", f'Add {key} = "#rrggbb" under [colors].')
        if not isinstance(value, str) or not _HEX.match(value):
            raise _mistake(path, f"colors.{key}", f"is {value!r}", 'Write a colour as "#rrggbb".')
        colors[key] = value.lower()
    return colors


def _style(path: Path, key: str, text: str, colors: Mapping[str, str]) -> Style:
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
            raise _mistake(path, f"styles.{key}", f"has {word!r}", f"Use {allowed}.")
    return Style(color, **attributes)


def _flat(path: Path, prefix: str, table: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """``{"lua": {"string": "x"}}`` and ``{"lua.string": "x"}`` both as ``("lua.string", "x")``."""
    for key, value in table.items():
        if isinstance(value, dict):
            for inner, text in _flat(path, f"{prefix}.{key}", value):
                yield f"{key}.{inner}", text
        elif isinstance(value, str):
            yield key, value
        else:
            raise _mistake(path, f"{prefix}.{key}", f"is {value!r}", 'Write a style as text, e.g. "bold #ff79c6".')


def _table(path: Path, data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise _mistake(path, key, "must be a table", f"Write it as [{key}].")
    return value


def _text(path: Path, data: Mapping[str, Any], key: str, default: str) -> str:
    value = data.get(key, default)
    if not isinstance(value, str) or not value.strip():
        raise _mistake(path, key, "must be text", f'Write {key} = "{default}".')
    return value.strip()


def _refuse_unknown(path: Path, prefix: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in table:
        if key not in known:
            raise _mistake(path, f"{prefix}{key}", "is not known", f"Known here: {', '.join(known)}.")


def _mistake(path: Path, key: str, what: str, hint: str) -> SettingsError:
    return SettingsError(f"Theme {path}: {key} {what}.", hint=hint)
