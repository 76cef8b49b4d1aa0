"""Stream ids as arguments: ``5-1``, ``5``, ``-``, ``+``, ``(5-1``.

It knows no command and no stream. The decision a reader would question: a number that is
not written as Redis writes numbers goes the way of C's ``strtoull``, so that ``+5``, ``05``
and even a sequence of ``-0005`` are ids, as they are on a server.
"""

from __future__ import annotations

import re
from typing import Final

from redis_tui.engine.types.stream import LAST_ID, LAST_SEQUENCE, SEQUENCE_BITS
from redis_tui.errors import CommandError

_INVALID: Final = "ERR Invalid stream ID specified as stream command argument"
_LOOSE: Final = re.compile(rb"[ \t\n\v\f\r]*([+-]?)([0-9]+)\Z")
_CANONICAL: Final = re.compile(rb"-[1-9][0-9]{0,18}\Z")
_MOST_BYTES: Final = 127
_SAFE_DIGITS: Final = 20


def strict_id(text: bytes, sequence: int = 0) -> int:
    """An id that stands for itself, neither ``-`` nor ``+``.

    Args:
        text: the argument.
        sequence: what a missing second part stands for.

    Raises:
        CommandError: it is none.
    """
    milliseconds, dash, rest = text.partition(b"-")
    if milliseconds.isdigit() and len(milliseconds) < _SAFE_DIGITS:
        if not dash:
            return int(milliseconds) << SEQUENCE_BITS | sequence
        if rest.isdigit() and len(rest) < _SAFE_DIGITS:
            return int(milliseconds) << SEQUENCE_BITS | int(rest)
    if len(text) > _MOST_BYTES:
        raise CommandError(_INVALID)
    milliseconds, dash, rest = text.partition(b"\0")[0].partition(b"-")
    return _number(milliseconds) << SEQUENCE_BITS | (_number(rest) if dash else sequence)


def is_strict_id(text: bytes) -> bool:
    """Whether `strict_id` would take it."""
    try:
        strict_id(text)
    except CommandError:
        return False
    return True


def any_id(text: bytes, sequence: int = 0) -> int:
    """As `strict_id`; ``-`` is the lowest id there is, ``+`` the highest."""
    if text == b"-":
        return 0
    return LAST_ID if text == b"+" else strict_id(text, sequence)


def new_id(text: bytes) -> tuple[int, bool]:
    """The id of an entry to be added: ``5-1``, or ``5-*`` where the second part is to be found.

    Returns:
        The id, and whether its second part was given.

    Raises:
        CommandError: it is none.
    """
    if text.endswith(b"-*") and text.count(b"-") == 1 and len(text) <= _MOST_BYTES:
        return _number(text[:-2]) << SEQUENCE_BITS, False
    return strict_id(text), True


def range_start(text: bytes) -> int:
    """The lowest id of an interval, ``(`` before one that is not in it.

    Raises:
        CommandError: it is no id, or nothing lies behind it.
    """
    if not _is_open(text):
        return any_id(text)
    start = strict_id(text[1:]) + 1
    if start > LAST_ID:
        raise CommandError("ERR invalid start ID for the interval")
    return start


def range_end(text: bytes) -> int:
    """The highest id of an interval; as `range_start`."""
    if not _is_open(text):
        return any_id(text, LAST_SEQUENCE)
    end = strict_id(text[1:], LAST_SEQUENCE) - 1
    if end < 0:
        raise CommandError("ERR invalid end ID for the interval")
    return end


def _is_open(text: bytes) -> bool:
    return text[:1] == b"(" and len(text) > 1


def _number(text: bytes) -> int:
    found = _LOOSE.match(text)
    if found is None or _CANONICAL.match(text):
        raise CommandError(_INVALID)
    number = int(found[2])
    if number > LAST_SEQUENCE:
        raise CommandError(_INVALID)
    return -number & LAST_SEQUENCE if found[1] == b"-" else number
