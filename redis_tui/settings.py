"""The user's settings: ``config.toml`` read into one frozen dataclass, the table that all else derives from.

Knows no face: names of actions and themes are judged by those who have them. A new setting is one line in
`Settings`: its default tells its type, its sentence goes into ``redis-tui config`` and the README.
The decision a reader would question: a mistake costs that one setting, never the start. What was wrong is handed
on with the settings, and each face tells it where it is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, field, fields
from typing import TYPE_CHECKING, Any

from redis_tui.errors import SettingsError
from redis_tui.paths import settings_file
from redis_tui.profile import TABLE, Profile, read_profile
from redis_tui.record import dataclass
from redis_tui.toml_file import Mistake, placed, read_toml, refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_KIND = "Settings"


def _setting(
    default: Any, about: str, *, choices: Sequence[str] = (), least: int | None = None, most: int | None = None
) -> Any:
    told = {"about": about, "choices": tuple(choices), "least": least, "most": most}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: dict(default), metadata=told)
    return field(default=default, metadata=told)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default. A field's name is its name in the file."""

    theme: str = _setting("", 'Colours, by name; "" is the theme chosen last with F3.')
    plain: bool = _setting(False, "Borders and signs in ASCII, as --plain.")
    mouse: bool = _setting(True, "Whether clicks are ours; without, the terminal selects text as it always does.")
    window_title: bool = _setting(True, "Whether the terminal's title tells the script, the server and what runs.")
    remember_layout: bool = _setting(True, "Whether sizes and hidden panes are kept for the next start.")
    sample_keys: bool = _setting(True, "Whether an empty embedded engine gets a few keys to look at.")
    notice_seconds: int = _setting(5, "How long a notice stays; errors stay twice as long.", least=1, most=60)
    keymap: str = _setting("default", "The keys to begin with.", choices=("default", "vi"))
    editor_keys: str = _setting("plain", "The keys of the editor.", choices=("plain", "vi"))
    keys: Mapping[str, tuple[str, ...]] = _setting(
        {}, 'Other keys for actions, by name: run = "f5", save = ["ctrl+s", "alt+z"]; zoom = "" takes its keys away.'
    )


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What was read, and what was wrong with it."""

    settings: Settings
    path: Path
    text: str = ""
    """The file as it stood; empty where there is none."""
    problems: tuple[SettingsError, ...] = ()
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    """Named servers, by name."""
    faulty_profiles: Mapping[str, SettingsError] = field(default_factory=dict)
    """Those that have a mistake, which is among the problems as well."""

    def problem(self, mistake: Mistake) -> SettingsError:
        """A mistake that somebody else found, with its place in the file."""
        return placed(mistake, self.path, self.text, _KIND)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table of settings."""

    name: str
    default: Any
    about: str
    """One sentence."""

    @property
    def sample(self) -> str:
        """The default as it is written in the file."""
        return toml_value(self.default)


def entries() -> list[Entry]:
    """The table of settings, in the order of the file."""
    plain = Settings()
    return [Entry(one.name, getattr(plain, one.name), _about(one)) for one in fields(Settings)]


def read_settings(path: Path | None = None) -> ReadSettings:
    """Reads the settings; never raises: what is wrong is told in the answer, and has its default.

    Args:
        path: the file; the user's own when None. One that is not there is no mistake.
    """
    place = path or settings_file()
    if not place.exists():
        return ReadSettings(Settings(), place)
    try:
        text, data = read_toml(place, _KIND)
    except SettingsError as problem:
        return ReadSettings(Settings(), place, problems=(problem,))
    known = {one.name: one for one in fields(Settings)}
    taken: dict[str, Any] = {}
    problems: list[SettingsError] = []
    profiles, faulty = _profiles(data.get(TABLE, {}), place, text)
    for name, value in data.items():
        if name == TABLE:
            continue
        try:
            refuse_unknown("", {name: value}, known)
            taken[name] = _taken(known[name], value)
        except Mistake as mistake:
            problems.append(placed(mistake, place, text, _KIND))
    return ReadSettings(Settings(**taken), place, text, (*problems, *faulty.values()), profiles, faulty)


def _profiles(tables: Any, path: Path, text: str) -> tuple[dict[str, Profile], dict[str, SettingsError]]:
    """Those that can be used, and what is wrong with the others."""
    good: dict[str, Profile] = {}
    faulty: dict[str, SettingsError] = {}
    if not isinstance(tables, Mapping):
        mistake = Mistake(TABLE, "must be a table", f"Write [{TABLE}.NAME].")
        return good, {"": placed(mistake, path, text, _KIND)}
    for name, table in tables.items():
        try:
            good[name] = read_profile(name, table)
        except Mistake as mistake:
            faulty[name] = placed(mistake, path, text, _KIND)
    return good, faulty


def template() -> str:
    """A file of all settings, each told and commented out: what an editor opens where there is none."""
    lines = ["# Settings of redis-tui. A line counts once its # is taken away.", ""]
    for entry in entries():
        lines += [f"# {entry.about}"]
        lines += [f"[{entry.name}]"] if isinstance(entry.default, Mapping) else [f"# {entry.name} = {entry.sample}", ""]
    lines += ["", "# Named servers: redis-tui NAME", f"# [{TABLE}.NAME]", '# url = "redis://host:port/db"']
    return "\n".join(lines) + "\n"


def toml_value(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {toml_value(one)}" for name, one in value.items()) + " }" if value else "{}"
    if isinstance(value, tuple):
        return toml_value(value[0]) if len(value) == 1 else "[" + ", ".join(map(toml_value, value)) + "]"
    return str(value)


def _about(one: Field[Any]) -> str:
    about, choices = str(one.metadata["about"]), one.metadata["choices"]
    return f"{about} One of {', '.join(choices)}." if choices else about


def _taken(one: Field[Any], value: Any) -> Any:
    default = getattr(Settings(), one.name)
    return next(take for kind, take in _TAKERS if isinstance(default, kind))(one, value)


def _flag(one: Field[Any], value: Any) -> bool:
    if not isinstance(value, bool):
        raise Mistake(one.name, f"is {toml_value(value)}", f"Write {one.name} = true or {one.name} = false.")
    return value


def _number(one: Field[Any], value: Any) -> int:
    least, most = one.metadata["least"], one.metadata["most"]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Mistake(one.name, f"is {toml_value(value)}", f"Write a whole number from {least} to {most}.")
    return value


def _word(one: Field[Any], value: Any) -> str:
    choices = one.metadata["choices"]
    if not isinstance(value, str):
        raise Mistake(one.name, f"is {toml_value(value)}", f'Write text in quotes: {one.name} = "…".')
    if choices and value not in choices:
        raise Mistake(one.name, f"is {toml_value(value)}", f"Choose one of {', '.join(choices)}.")
    return value


def _words(one: Field[Any], value: Any) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(value, Mapping):
        raise Mistake(one.name, "must be a table", f"Write it as [{one.name}].")
    return {name: _list(f"{one.name}.{name}", given) for name, given in value.items()}


def _list(name: str, value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else [value]
    if not all(isinstance(part, str) for part in parts):
        raise Mistake(name, "must be text", 'Write "f5", or ["f5", "ctrl+r"] for several.')
    return tuple(part.strip() for part in parts if part.strip())


_TAKERS: tuple[tuple[type, Callable[[Field[Any], Any], Any]], ...] = (
    (bool, _flag),  # before int, of which it is one
    (int, _number),
    (str, _word),
    (Mapping, _words),
)
