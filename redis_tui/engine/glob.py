r"""Glob patterns as KEYS, SCAN and CONFIG GET take them: Redis' stringmatchlen, turned into one regular expression.

It must not know what it matches. The decision a reader would question: every ``*`` but the
last becomes an atomic group. The first place where the text after a star fits is as good as
any later one, because all other signs match exactly one byte; so ``a*a*a*b`` costs no
backtracking, which is what stringmatchlen's skipLongerMatches is for.

Its oddities are kept: no pattern but the empty one matches the empty text, not even ``*``; a
class that is not closed ends with the pattern; ranges compare signed chars, ``[\x7f-\xff]``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_STAR, _ANY, _OPEN, _CLOSE, _ESCAPE, _NOT, _DASH = b"*?[]\\^-"
_ONE_BYTE: Final = b"."
_NEVER: Final = b"(?!)"
_COMPILED_KEPT: Final = 256
_MOST_STARS: Final = 1000
"""With more of them that something follows, a server gives up and says that nothing matches."""


@lru_cache(maxsize=_COMPILED_KEPT)
def compile_glob(pattern: bytes) -> re.Pattern[bytes]:
    r"""The expression whose ``match`` is true for exactly what the pattern matches.

    Args:
        pattern: ``*``, ``?``, ``[abc]``, ``[^a-z]`` and ``\`` ahead of a sign taken as it is.
    """
    if not pattern:
        return re.compile(rb"\Z")
    pieces = [b""]
    at = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == _STAR:
            pieces.append(b"")
            at += 1
            continue
        if sign == _OPEN:
            one, at = _read_class(pattern, at + 1)
        elif sign == _ANY:
            one, at = _ONE_BYTE, at + 1
        else:
            at += sign == _ESCAPE and at + 1 < len(pattern)
            one, at = re.escape(pattern[at : at + 1]), at + 1
        pieces[-1] += one
    return re.compile(b"(?s)(?!\\Z)%b\\Z" % _join(pieces))


def _join(pieces: list[bytes]) -> bytes:
    """Puts what stands between stars together."""
    if len(pieces) == 1:
        return pieces[0]
    if sum(map(bool, pieces[1:])) > _MOST_STARS:
        return _NEVER
    middle = b"".join(b"(?>.*?%b)" % piece for piece in pieces[1:-1] if piece)
    return b"%b%b.*%b" % (pieces[0], middle, pieces[-1])


def _read_class(pattern: bytes, at: int) -> tuple[bytes, int]:
    """Reads a class from behind its bracket; returns the expression and where to go on."""
    is_negated = pattern[at : at + 1] == b"^"
    at += is_negated
    members: set[int] = set()
    while at < len(pattern) and pattern[at] != _CLOSE:
        left = len(pattern) - at
        if pattern[at] == _ESCAPE and left >= 2:
            members.add(pattern[at + 1])
            at += 2
        elif left >= 3 and pattern[at + 1] == _DASH:
            members |= _byte_range(pattern[at], pattern[at + 2])
            at += 3
        else:
            members.add(pattern[at])
            at += 1
    if is_negated:
        members = set(range(256)) - members
    if not members:
        return _NEVER, at + 1
    return b"[%b]" % b"".join(b"\\x%02x" % member for member in sorted(members)), at + 1


def _byte_range(start: int, end: int) -> set[int]:
    """The bytes from one to the other, either way round, as C's signed chars compare."""
    low, high = sorted(byte - 256 if byte > 127 else byte for byte in (start, end))
    return {byte % 256 for byte in range(low, high + 1)}
