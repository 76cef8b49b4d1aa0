r"""One line of words, as people type commands: ``SET "my key" 'it''s' "\xff"``.

The rules are those of Redis' sdssplitargs, which serves redis-cli and inline requests:
double quotes know ``\n \r \t \b \a \xHH`` and ``\c`` for any other character; single
quotes know only ``\'``; a quote may begin in the middle of a word, but nothing may follow
its end directly.

This module must not know what a command is.

The decision a reader would question: `quote` answers what redis-cli prints, always in
double quotes, because it is also the way back: ``split_inline(quote(x)) == [x]``.
"""

from __future__ import annotations

import re

from redis_tui.errors import ProtocolError

# isspace() of the C locale; a NUL ends the line there, which can only happen in a file.
_SPACE = b" \t\n\r\v\f"
_PLAIN = re.compile(rb"[^\s\"'\0]*")
_DOUBLE = re.compile(rb'[^"\\]*')
_SINGLE = re.compile(rb"[^'\\]*")
_HEX = re.compile(rb"[0-9a-fA-F]{2}")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"a": b"\a"}
_NAMES = {0x5C: "\\\\", 0x22: '\\"', 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x07: "\\a", 0x08: "\\b"}
_QUOTED = [_NAMES.get(byte) or (chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}") for byte in range(256)]
_PLAIN_WORD = re.compile(rb"[^\s\"'\\\x00-\x20\x7f-\xff]+")


class UnbalancedQuotes(ProtocolError):
    """A quote is left open, or something follows its end directly.

    Args:
        open_quote: the quote that is still open, ``"`` or ``'``; None where text follows a closing quote.
    """

    def __init__(self, open_quote: str | None) -> None:
        super().__init__("Invalid argument(s): unbalanced quotes.")
        self.open_quote = open_quote


def split_inline(line: bytes) -> list[bytes]:
    """Splits a line into words.

    Args:
        line: one line; surrounding white space is of no meaning.

    Raises:
        UnbalancedQuotes: the line has an open quote, or text directly after a closing one.
    """
    if b'"' not in line and b"'" not in line:
        return line.partition(b"\0")[0].split()
    words: list[bytes] = []
    at, end = 0, len(line)
    while True:
        while at < end and line[at] in _SPACE:
            at += 1
        if at >= end or line[at] == 0:
            return words
        word, at = _read_word(line, at)
        words.append(word)


def quote(arg: bytes) -> str:
    r"""Writes a word in double quotes as redis-cli prints strings: ``"a\n\xff"``."""
    return '"' + "".join([_QUOTED[byte] for byte in arg]) + '"'


def join_inline(argv: list[bytes] | tuple[bytes, ...]) -> str:
    """Writes a command as a person would type it: quotes only where they are needed."""
    return " ".join(arg.decode("ascii") if _PLAIN_WORD.fullmatch(arg) else quote(arg) for arg in argv)


def _read_word(line: bytes, at: int) -> tuple[bytes, int]:
    """Reads the word that begins at a position; answers it and the position after it."""
    parts: list[bytes] = []
    while True:
        plain = _PLAIN.match(line, at)
        assert plain is not None
        parts.append(plain.group())
        at = plain.end()
        mark = line[at : at + 1]
        if mark not in (b'"', b"'"):
            return b"".join(parts), at
        at = _read_double(line, at + 1, parts) if mark == b'"' else _read_single(line, at + 1, parts)
        if at < len(line) and line[at] not in _SPACE and line[at] != 0:
            raise UnbalancedQuotes(None)
        return b"".join(parts), at


def _read_double(line: bytes, at: int, parts: list[bytes]) -> int:
    while True:
        run = _DOUBLE.match(line, at)
        assert run is not None
        parts.append(run.group())
        at = run.end()
        if at >= len(line) or (line[at : at + 1] == b"\\" and at + 1 >= len(line)):
            raise UnbalancedQuotes('"')
        if line[at : at + 1] == b'"':
            return at + 1
        escaped = line[at + 1 : at + 2]
        if escaped == b"x" and (digits := _HEX.match(line, at + 2)):
            parts.append(bytes([int(digits.group(), 16)]))
            at += 4
        else:
            parts.append(_ESCAPES.get(escaped, escaped))
            at += 2


def _read_single(line: bytes, at: int, parts: list[bytes]) -> int:
    while True:
        run = _SINGLE.match(line, at)
        assert run is not None
        parts.append(run.group())
        at = run.end()
        if at >= len(line):
            raise UnbalancedQuotes("'")
        if line[at : at + 1] == b"'":
            return at + 1
        if line[at + 1 : at + 2] == b"'":
            parts.append(b"'")
            at += 2
        else:
            parts.append(b"\\")
            at += 1
