"""Fields of an element's attributes, as VSIM's FILTER sees them.

Attributes are JSON, but nobody has checked: a server looks for a field at the top level and
takes what it understands there, strings, numbers, booleans, null and lists of them (Redis
8.2.3). What follows the field may be anything. So this is no JSON parser, and the standard
library's would refuse what a server takes.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, Literal, Union

Item = Union[float, bytes, None, list["Item"]]
"""A value of an expression; booleans are 1 and 0."""


class _Missing(Enum):
    MISSING = "missing"


MISSING: Final = _Missing.MISSING
"""No such field, or a value that expressions do not have."""
_NoItem = Literal[_Missing.MISSING]

_SPACES: Final = re.compile(rb"[ \t\n\v\f\r]*")
_STRING: Final = re.compile(rb'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_NUMBER: Final = re.compile(rb"[0-9+.eE-]+")
_ESCAPE: Final = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_WORDS: Final[dict[bytes, tuple[re.Pattern[bytes], float | None]]] = {
    word[:1]: (re.compile(rb"%b(?=[ \t\n\v\f\r,\]}]|\Z)" % word), value)
    for word, value in ((b"true", 1.0), (b"false", 0.0), (b"null", None))
}
_COMMA: Final = re.compile(rb"[ \t\n\v\f\r]*,")
_KEY: Final = re.compile(rb'[ \t\n\v\f\r]*"((?:[^"\\]|\\.)*)"[ \t\n\v\f\r]*:[ \t\n\v\f\r]*', re.DOTALL)
_SCALAR: Final = re.compile(rb'(?:"(?:[^"\\]|\\.)*"|true|false|null|[0-9+.eE-]+)[ \t\n\v\f\r]*,', re.DOTALL)
"""A value without parts, and the comma that another field follows."""
_BRACKETS: Final = {
    opener: re.compile(rb'"|%b|%b' % (re.escape(opener), re.escape(closer)))
    for opener, closer in ((b"[", b"]"), (b"{", b"}"))
}
_MOST_DIGITS: Final = 255


def field_of(attributes: bytes, name: bytes) -> Item | _NoItem:
    """The value of a field at the top level; the first one where there are several.

    Args:
        attributes: JSON, perhaps.
        name: as it is written there, escapes and all.
    """
    at = _start(attributes, name)
    return MISSING if at is None else _item(attributes, at)[0]


def _skip_spaces(text: bytes, at: int) -> int:
    match = _SPACES.match(text, at)
    return match.end() if match else at


def _start(text: bytes, name: bytes) -> int | None:
    """Where a field's value begins."""
    at = _skip_spaces(text, 0)
    if text[at : at + 1] != b"{":
        return None
    end: int | None = at + 1
    while end is not None:
        key = _KEY.match(text, end)
        if key is None:
            return None
        at = key.end()
        if key[1] == name:
            return at
        scalar = _SCALAR.match(text, at)
        end = scalar.end() if scalar else _behind_brackets(text, at)
    return None


def _behind_brackets(text: bytes, at: int) -> int | None:
    """Where the comma behind a list or an object ends; None where there is none."""
    opener = text[at : at + 1]
    if opener not in _BRACKETS:
        return None
    marks, depth = _BRACKETS[opener], 1
    at += 1
    while depth:
        mark = marks.search(text, at)
        if mark is None:
            return None
        at = mark.end()
        if mark[0] == b'"':
            string = _STRING.match(text, mark.start())
            if string is None:
                return None
            at = string.end()
        else:
            depth += 1 if mark[0] == opener else -1
    comma = _COMMA.match(text, at)
    return comma.end() if comma else None


def _item(text: bytes, at: int) -> tuple[Item | _NoItem, int]:
    """The value that begins here, and where it ends."""
    at = _skip_spaces(text, at)
    first = text[at : at + 1]
    if first == b'"':
        return _string(text, at)
    if first == b"[":
        return _list(text, at + 1)
    if first in _WORDS:
        pattern, value = _WORDS[first]
        match = pattern.match(text, at)
        return (value, match.end()) if match else (MISSING, at)
    if first.isdigit() or first in (b"-", b"+"):
        return _number(text, at)
    return MISSING, at


def _string(text: bytes, at: int) -> tuple[Item | _NoItem, int]:
    match = _STRING.match(text, at)
    if match is None:
        return MISSING, at
    return _ESCAPE.sub(lambda mark: _ESCAPED.get(mark[1], mark[1]), match[1]), match.end()


def _number(text: bytes, at: int) -> tuple[Item | _NoItem, int]:
    match = _NUMBER.match(text, at, at + _MOST_DIGITS)
    try:
        return (float(match[0]), match.end()) if match else (MISSING, at)
    except ValueError:
        return MISSING, at


def _list(text: bytes, at: int) -> tuple[Item | _NoItem, int]:
    found: list[Item] = []
    at = _skip_spaces(text, at)
    if text[at : at + 1] == b"]":
        return found, at + 1
    while True:
        item, at = _item(text, at)
        if item is MISSING:
            return MISSING, at
        found.append(item)
        at = _skip_spaces(text, at)
        mark = text[at : at + 1]
        at += 1
        if mark == b"]":
            return found, at
        if mark != b",":
            return MISSING, at
