"""KEYS and ARGV as a person writes them, and which of them a script reads. Pure.

The decision a reader would question: redis-cli's quoting everywhere, in fields and in files of presets alike. It
holds any byte, and what was copied from a terminal can be pasted.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from redis_tui.errors import ProtocolError, UsageError
from redis_tui.record import dataclass
from redis_tui.resp.inline import join_inline, split_inline

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class KeyUse:
    """Which of KEYS and ARGV a script reads by a literal index."""

    keys: int = 0
    args: int = 0
    open_ended: bool = field(default=False)
    """It also reads them by a computed index, so more may be meant."""

    def missing(self, keys: Sequence[bytes], args: Sequence[bytes]) -> list[str]:
        """What the script reads and is not given, a phrase each."""
        counts = (("KEYS", self.keys, len(keys)), ("ARGV", self.args, len(args)))
        return [f"{name}[{used}] is read, {given or 'none'} given" for name, used, given in counts if used > given]


def parse_arguments(text: str) -> tuple[bytes, ...]:
    r"""What a KEYS or ARGV field holds, quoted as in redis-cli: ``a "b c" "\x00"``.

    Raises:
        UsageError: a quote is left open.
    """
    try:
        return tuple(split_inline(text.encode("utf-8", "surrogateescape")))
    except ProtocolError as error:
        raise UsageError("A quote is left open.", hint='Close it, or write \\" for a quote inside one.') from error


def format_arguments(values: Sequence[bytes]) -> str:
    """The text of a field: the way back from `parse_arguments`, non-ASCII text left readable."""
    words = []
    for value in values:
        text = value.decode("utf-8", "replace")
        readable = text.isprintable() and text.encode() == value and not set(text) & set("\"'\\ ") and bool(text)
        words.append(text if readable else join_inline((value,)))
    return " ".join(words)


_INDEX = re.compile(r"\b(KEYS|ARGV)\s*\[\s*(\d+)?(\s*\][\s)]*\bor\b)?")


def key_use(text: str) -> KeyUse:
    """The highest literal index of KEYS and ARGV that a script needs; comments and ``ARGV[3] or …`` left out."""
    highest = {"KEYS": 0, "ARGV": 0}
    code = re.sub(r"--[^\n]*", "", text)
    open_ended = bool(re.search(r"\b(?:KEYS|ARGV)\b(?!\s*\[)", code))
    for match in _INDEX.finditer(code):
        if match[2] is None:
            open_ended = True
        elif not match[3]:
            highest[match[1]] = max(highest[match[1]], int(match[2]))
    return KeyUse(highest["KEYS"], highest["ARGV"], open_ended)
