"""CONFIG: every parameter the engine honours, declared once, as a table.

A parameter that would have no effect here is not in the table, except the few that
clients set blindly at start-up; those say so.

The decision a reader would question: two names of one parameter may stand in one CONFIG SET
(the later one holds), because only a name that is repeated counts as a duplicate in Redis.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from redis_tui.engine.glob import compile_glob
from redis_tui.errors import CommandError
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["integer", "memory", "boolean", "string", "enum", "save"]

_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1
_LONG_MAX = 2**63 - 1
_UNITS = {"": 1, "b": 1, "k": 1000, "kb": 1024, "m": 1000**2, "mb": 1024**2, "g": 1000**3, "gb": 1024**3}
_GLOB_MARKS = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter."""

    name: str
    default: str
    """Canonical text, as CONFIG GET shows it."""
    kind: Kind = "string"
    low: int = 0
    high: int = _LONG_MAX
    unsigned: bool = False
    """Held in an unsigned word: Redis 8 says "greater or equal" where others name both limits."""
    clamp: tuple[int, int] | None = None
    """Limits that a value is silently pulled into."""
    choices: tuple[str, ...] = ()
    mutable: bool = True
    alias: str | None = None
    """An older name that CONFIG takes and shows as well."""


def _entries(name: str, default: str, alias: str | None = None) -> Setting:
    return Setting(name, default, "integer", unsigned=True, alias=alias)


def _size(name: str, default: str, alias: str | None = None) -> Setting:
    return Setting(name, default, "memory", unsigned=True, alias=alias)


SETTINGS: tuple[Setting, ...] = (
    Setting("busy-reply-threshold", "5000", "integer", alias="lua-time-limit"),
    Setting("slowlog-log-slower-than", "10000", "integer", low=-1),
    Setting("slowlog-max-len", "128", "integer"),
    Setting("requirepass", ""),
    Setting("databases", "16", "integer", low=1, high=_INT_MAX, mutable=False),
    # Without effect: nothing is evicted or refused for want of memory.
    _size("maxmemory", "0"),
    Setting("maxmemory-policy", "noeviction", "enum", choices=("noeviction",)),
    # Without effect: the owner thread has a pace of its own, idle clients stay, nothing is saved.
    Setting("hz", "10", "integer", high=_INT_MAX, clamp=(1, 500)),
    Setting("timeout", "0", "integer", high=_INT_MAX),
    Setting("save", "", "save"),
    Setting("appendonly", "no", "enum", choices=("no",), mutable=False),
    Setting("port", "0", "integer", high=65535, mutable=False),
    Setting("bind", "127.0.0.1", mutable=False),
    Setting("proto-max-bulk-len", "536870912", "memory", low=1024 * 1024),
    _entries("hash-max-listpack-entries", "512", "hash-max-ziplist-entries"),
    _size("hash-max-listpack-value", "64", "hash-max-ziplist-value"),
    Setting("list-max-listpack-size", "-2", "integer", low=_INT_MIN, high=_INT_MAX, alias="list-max-ziplist-size"),
    _entries("set-max-intset-entries", "512"),
    _entries("set-max-listpack-entries", "128"),
    _entries("set-max-listpack-value", "64"),
    _entries("zset-max-listpack-entries", "128", "zset-max-ziplist-entries"),
    _size("zset-max-listpack-value", "64", "zset-max-ziplist-value"),
)


def parse_memory(text: str) -> int:
    """``"64mb"`` -> 67108864; no text at all is 0, as in Redis.

    Raises:
        ValueError: it is no amount of memory.
    """
    lowered = text.lower()
    digits = lowered.rstrip("bkmg")
    unit = lowered[len(digits) :]
    if not (digits.isascii() and digits.isdigit()) and lowered:
        raise ValueError(text)
    if unit not in _UNITS:
        raise ValueError(text)
    return int(digits or "0") * _UNITS[unit]


class Config:
    """The values of one engine's parameters.

    Args:
        overrides: texts by name, ``_`` for ``-``, for what the command line sets.

    Raises:
        CommandError: a text is no value of its parameter.
        KeyError: there is no such parameter.
    """

    def __init__(self, **overrides: str) -> None:
        self._settings = {setting.name: setting for setting in SETTINGS}
        self._settings |= {setting.alias: setting for setting in SETTINGS if setting.alias}
        self._texts = {setting.name: setting.default for setting in SETTINGS}
        self._listeners: list[Callable[[], None]] = []
        for given, text in overrides.items():
            setting = self._settings[given.replace("_", "-")]
            self._texts[setting.name] = _canonical(setting, setting.name, text, newest=False)

    def names(self) -> list[str]:
        """Every name CONFIG GET may show, aliases among them."""
        return list(self._settings)

    def text(self, name: str) -> str:
        """A parameter's canonical text. Raises KeyError for an unknown one."""
        return self._texts[self._settings[name].name]

    def number(self, name: str) -> int:
        """A parameter that counts something."""
        return int(self.text(name))

    def matching(self, patterns: list[str]) -> list[tuple[str, str]]:
        """Names and texts for CONFIG GET, sorted; a name without wildcards comes back as it was written."""
        found: dict[str, tuple[str, str]] = {}
        for pattern in patterns:
            if not _GLOB_MARKS & set(pattern):
                if (name := pattern.lower()) in self._settings:
                    found.setdefault(name, (pattern, self.text(name)))
                continue
            match = compile_glob(pattern.lower().encode("latin-1")).match
            for name in self._settings:
                if match(name.encode()):
                    found.setdefault(name, (name, self.text(name)))
        return [found[name] for name in sorted(found)]

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Calls the listener after each change; for those who keep a value at hand in a hot path."""
        self._listeners.append(listener)
        listener()

    def set_many(self, pairs: list[tuple[str, str]], *, newest: bool = False) -> None:
        """Sets parameters, all or none, as CONFIG SET does.

        Args:
            pairs: names, in any case, and texts.
            newest: word a value below zero as Redis 8 does.

        Raises:
            CommandError: with the server's own text, naming the first that is wrong.
        """
        seen: set[str] = set()
        chosen: list[tuple[str, str, Setting]] = []
        for name, text in pairs:
            setting = self._settings.get(name.lower())
            if setting is None:
                shown = name.replace("\r", " ").replace("\n", " ").encode("latin-1")
                raise CommandError(b"ERR Unknown option or number of arguments for CONFIG SET - '%b'" % shown)
            if not setting.mutable:
                raise _failed(name, "can't set immutable config")
            if name.lower() in seen:
                raise _failed(name, "duplicate parameter")
            seen.add(name.lower())
            chosen.append((name, text, setting))
        self._texts |= {one.name: _canonical(one, name, text, newest=newest) for name, text, one in chosen}
        for listener in self._listeners:
            listener()


def _failed(name: str, why: str) -> CommandError:
    return CommandError(f"ERR CONFIG SET failed (possibly related to argument '{name}') - {why}")


def _canonical(setting: Setting, name: str, text: str, *, newest: bool) -> str:
    if setting.kind in ("integer", "memory"):
        return str(_checked(setting, name, text, newest=newest))
    if setting.kind == "enum":
        if text.lower() not in setting.choices:
            raise _failed(name, "argument(s) must be one of the following: " + ", ".join(setting.choices))
        return text.lower()
    if setting.kind == "boolean":
        if text.lower() not in ("yes", "no"):
            raise _failed(name, "argument must be 'yes' or 'no'")
        return text.lower()
    if setting.kind == "save":
        words = text.split()
        if len(words) % 2 or not all(word.isascii() and word.isdigit() for word in words):
            raise _failed(name, "Invalid save parameters")
        return " ".join(words)
    return text


def _checked(setting: Setting, name: str, text: str, *, newest: bool) -> int:
    """A number within its setting's limits."""
    if setting.kind == "memory":
        try:
            number = parse_memory(text)
        except ValueError:
            raise _failed(name, "argument must be a memory value") from None
    else:
        try:
            number = decode_int(text.encode("latin-1"))
        except CommandError:
            raise _failed(name, "argument couldn't be parsed into an integer") from None
    if not setting.low <= number <= setting.high:
        if setting.unsigned and newest:
            raise _failed(name, f"argument must be greater or equal to {setting.low}")
        raise _failed(name, f"argument must be between {setting.low} and {setting.high} inclusive")
    return number if setting.clamp is None else min(max(number, setting.clamp[0]), setting.clamp[1])
