"""CONFIG: the values in force of every parameter; the table of them is `config_settings`.

It knows no client. Who needs a value in a hot path subscribes and keeps it at hand.

The decision a reader would question: two names of one parameter may stand in one CONFIG SET
(the later one holds), because only a name that is repeated counts as a duplicate in Redis.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from redis_tui.engine.config_kinds import canonical, parse_memory
from redis_tui.engine.config_settings import Setting, settings_of
from redis_tui.engine.dialect import REDIS_8
from redis_tui.engine.glob import compile_glob
from redis_tui.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.dialect import Dialect

__all__ = ["Config", "parse_memory"]

_GLOB_MARKS = frozenset("*?[")
_LISTENING: Final = {
    "bind": "Failed to bind to specified addresses.",
    "port": "Unable to listen on this port. Check server logs.",
    "tls-port": "Unable to listen on this port. Check server logs.",
}
"""What has to be listened on anew; where nobody listens, only the value that it has is taken again."""


class Config:
    """The values of one engine's parameters.

    Args:
        dialect: whose parameters.
        overrides: texts by name, ``_`` for ``-``, for what the command line sets.

    Raises:
        CommandError: a text is no value of its parameter.
        KeyError: there is no such parameter.
    """

    def __init__(self, dialect: Dialect = REDIS_8, /, **overrides: str) -> None:
        settings = settings_of(dialect)
        self.dialect = dialect
        self._settings = {setting.name: setting for setting in settings}
        self._settings |= {setting.alias: setting for setting in settings if setting.alias}
        self._texts = {setting.name: setting.default for setting in settings}
        self._texts["dir"] = os.getcwd()  # noqa: PTH109  # a text for CONFIG GET, no path to work with
        self._listeners: list[Callable[[], None]] = []
        self.listen: Callable[[str, int], bool] | None = None
        """Moves the server to other addresses and another port, or answers False; None where there is no server."""
        for given, text in overrides.items():
            setting = self._settings[given.replace("_", "-")]
            self._texts[setting.name] = self._checked(setting, setting.name, text)

    def names(self) -> list[str]:
        """Every name CONFIG GET may show, aliases among them."""
        return list(self._settings)

    def text(self, name: str) -> str:
        """A parameter's canonical text. Raises KeyError for an unknown one."""
        return self._texts[self._settings[name].name]

    def number(self, name: str) -> int:
        """A parameter that counts something."""
        return int(self.text(name))

    def enabled(self, name: str) -> bool:
        """A parameter that is yes or no."""
        return self.text(name) == "yes"

    def matching(self, patterns: list[str]) -> list[tuple[str, str]]:
        """Names and texts for CONFIG GET, sorted; a name without wildcards comes back as it was written."""
        found: dict[str, tuple[str, str]] = {}
        for pattern in patterns:
            if not _GLOB_MARKS & set(pattern):
                if (name := pattern.lower()) in self._settings:
                    found.setdefault(name, (pattern, self.text(name)))
                continue
            match = compile_glob(pattern.lower().encode("latin-1")).match
            for name, setting in self._settings.items():
                if not setting.hidden and match(name.encode()):
                    found.setdefault(name, (name, self.text(name)))
        return [found[name] for name in sorted(found)]

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Calls the listener after each change; for those who keep a value at hand in a hot path."""
        self._listeners.append(listener)
        listener()

    def set_many(self, pairs: list[tuple[str, str]]) -> None:
        """Sets parameters, all or none, as CONFIG SET does.

        Args:
            pairs: names, in any case, and texts.

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
            if setting.access == "fixed":
                raise _failed(name, "can't set immutable config")
            if setting.access == "protected" and not self.enabled("enable-protected-configs"):
                raise _failed(name, "can't set protected config")
            if name.lower() in seen:
                raise _failed(name, "duplicate parameter")
            seen.add(name.lower())
            chosen.append((name, text, setting))
        fresh = {one.name: self._checked(one, name, text) for name, text, one in chosen}
        for name, _, one in chosen:
            if one.name in _LISTENING and fresh[one.name] != self._texts[one.name] and not self._moved(one, fresh):
                raise _failed(name, _LISTENING[one.name])
        self._texts |= fresh
        for listener in self._listeners:
            listener()

    def note(self, name: str, text: str) -> None:
        """Shows what a command has set that CONFIG SET may not."""
        self._texts[name] = text

    def _moved(self, setting: Setting, fresh: dict[str, str]) -> bool:
        """Whether the server listens now where it should."""
        bind, port = fresh.get("bind", self._texts["bind"]), fresh.get("port", self._texts["port"])
        if self.listen is None or setting.name == "tls-port" or port == "0" or not self.listen(bind, int(port)):
            return False
        self._texts |= {"bind": bind, "port": port}
        return True

    def _checked(self, setting: Setting, name: str, text: str) -> str:
        try:
            return canonical(setting, text, self._texts[setting.name], self.dialect)
        except ValueError as refusal:
            raise _failed(name, str(refusal)) from None


def _failed(name: str, why: str) -> CommandError:
    return CommandError(f"ERR CONFIG SET failed (possibly related to argument '{name}') - {why}".encode("latin-1"))
