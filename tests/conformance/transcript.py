"""The transcript format: what was typed, one command a line, and how to compare its reply.

::

    # a comment
    SET k "a b"                       quoted as in redis-cli
    @resp3                            the protocol from here on; @resp2
    @on redis-8                       what follows is for this server only; @on all
    SMEMBERS s @unordered             arrays and sets compared without their order
    CLIENT ID @type-only              only the kind of the reply is compared
    DEBUG RELOAD @error-only          only whether it is an error, and its code
    EVAL <<END 1 key arg              a word of several lines, up to the mark alone on a line
    return KEYS[1]
    END
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis_tui.resp.inline import split_inline
from tests.conformance.wire import tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIXES = ("@unordered", "@error-only", "@type-only")


@dataclass(frozen=True)
class Step:
    """One command of a transcript."""

    number: int
    """Line in the file, from 1."""
    text: str
    argv: tuple[bytes, ...]
    compare: str = ""
    """A suffix, or empty for the bytes themselves."""
    server: str = "all"


def read(path: Path) -> Iterator[Step]:
    """The steps of a file. ``@resp2`` and ``@resp3`` become HELLO."""
    server = "all"
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    for number, raw in lines:
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line in ("@resp2", "@resp3"):
            yield Step(number, line, (b"HELLO", line[-1].encode()), "@type-only")
            continue
        if line.startswith("@on "):
            server = line.split()[1]
            continue
        compare = next((suffix for suffix in _SUFFIXES if line.endswith(" " + suffix)), "")
        typed = line.removesuffix(compare).rstrip()
        argv = [_block(word, lines) if word.startswith(b"<<") else word for word in split_inline(typed.encode())]
        yield Step(number, line, tuple(argv), compare, server)


def _block(word: bytes, lines: Iterator[tuple[int, str]]) -> bytes:
    mark = word[2:].decode()
    taken: list[str] = []
    for _, line in lines:
        if line.strip() == mark:
            return "\n".join(taken).encode()
        taken.append(line)
    raise ValueError(f"the block <<{mark} has no end")


def same(ours: bytes, theirs: bytes, compare: str) -> bool:
    """Whether two raw replies agree as far as a step wants it."""
    if compare == "@unordered":
        return bool(tree(ours) == tree(theirs))
    if compare == "@type-only":
        return ours[:1] == theirs[:1]
    if compare == "@error-only":
        if ours[:1] == theirs[:1] == b"-":
            return ours.split()[0] == theirs.split()[0]
        return (ours[:1] == b"-") == (theirs[:1] == b"-")
    return ours == theirs
