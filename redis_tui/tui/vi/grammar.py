"""Reads what is typed in vi's normal and visual modes: register, count, operator, motion or object.

Pure. The decision a reader would question: all keys since the last command are read anew at each
key. They are few, and a command is then told from a beginning of one by one function without any state.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from redis_tui.record import dataclass
from redis_tui.tui.vi.motion import MOTIONS, SEEKING
from redis_tui.tui.vi.textobject import OBJECTS

if TYPE_CHECKING:
    from collections.abc import Sequence

OPERATORS: Final = frozenset(("d", "c", "y", ">", "<", "gu", "gU", "g~"))
PROMPTS: Final = frozenset("/?:")
_SIMPLE: Final = frozenset((*"xXsSRpPuJ~oOaAiIvVDCY.", "ctrl+r", "ctrl+d", "ctrl+u", "ctrl+f", "ctrl+b", "gJ", "gv"))
_VISUAL: Final = frozenset((*"xXsSRpPuUJ~oDCYvV", "ctrl+d", "ctrl+u", "ctrl+f", "ctrl+b"))
_SCROLLS: Final = {"z" + sign for sign in ("z", "t", "b", "enter", ".", "-")}
_TWO_KEYS: Final = frozenset("gzZ")


@dataclass(frozen=True, slots=True)
class Command:
    """One command, read to its end."""

    name: str
    """Of the operator, the command, or ``move``."""
    count: int | None = None
    register: str = ""
    motion: str = ""
    """Behind an operator: a motion, ``iw`` and the like, or ``lines`` where the operator is doubled."""
    extra: str = ""
    """The character behind f, t or r; the text behind / ? and :."""


class IncompleteError(Exception):
    """More keys are to come."""


class UnknownError(Exception):
    """No command begins like that."""


def read(keys: Sequence[str], *, visual: bool = False) -> Command:
    """The command that was typed.

    Args:
        keys: since the last command; a printable key is its character.
        visual: something is selected, so operators wait for nothing.

    Raises:
        IncompleteError: it is only the beginning of one.
        UnknownError: it is none.
    """
    reader = _Reader(keys)
    register = ""
    if reader.peek() == '"':
        reader.take()
        register = reader.take()
    count = reader.number()
    name = reader.name()
    if visual and name in ("i", "a"):
        return Command("select", count, register, name + _object(reader))
    if visual and (name in _VISUAL or name in OPERATORS):
        return Command(name, count, register)
    if name in OPERATORS:
        return _operation(reader, Command(name, count, register))
    if name in _SIMPLE and not visual:
        return Command(name, count, register)
    if name == "r":
        return Command(name, count, register, extra=reader.take())
    if name == ":":
        return Command(name, count, register, extra=reader.text())
    if name in _SCROLLS or name in ("ZZ", "ZQ"):
        return Command(name, count, register)
    motion, extra = _motion(reader, name)
    return Command("move", count, register, motion, extra)


def _operation(reader: _Reader, command: Command) -> Command:
    more = reader.number()
    name = reader.name()
    count = command.count
    if more is not None:
        count = more * (count or 1)
    if name == command.name or (len(command.name) == 2 and name == command.name[1]):
        return replace(command, count=count, motion="lines")
    if name in ("i", "a"):
        return replace(command, count=count, motion=name + _object(reader))
    motion, extra = _motion(reader, name)
    return replace(command, count=count, motion=motion, extra=extra)


def _object(reader: _Reader) -> str:
    sign = reader.take()
    if sign not in OBJECTS:
        raise UnknownError
    return sign


def _motion(reader: _Reader, name: str) -> tuple[str, str]:
    if name in SEEKING:
        return name, reader.take()
    if name in PROMPTS:
        return name, reader.text()
    if name not in MOTIONS:
        raise UnknownError
    return name, ""


class _Reader:
    """Takes keys one by one."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys, self._at = keys, 0

    def peek(self) -> str:
        return self._keys[self._at] if self._at < len(self._keys) else ""

    def take(self) -> str:
        if self._at >= len(self._keys):
            raise IncompleteError
        self._at += 1
        return self._keys[self._at - 1]

    def number(self) -> int | None:
        digits = ""
        while len(key := self.peek()) == 1 and key in "0123456789" and (digits or key != "0"):
            digits += self.take()
        return min(int(digits), 99_999) if digits else None

    def name(self) -> str:
        name = self.take()
        return name + self.take() if name in _TWO_KEYS else name

    def text(self) -> str:
        text = ""
        while (key := self.take()) != "enter":
            text += key
        return text
