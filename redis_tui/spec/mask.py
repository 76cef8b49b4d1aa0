"""Typed lines with their secrets hidden, letter for letter: for prompts, where the cursor has to stay where it is.

Pure. The decision a reader would question: a password is hidden while it is typed, too. A prompt stays on the screen,
in the terminal's scrollback and in whatever records it, long after the line was sent.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from redis_tui.late_pattern import late_pattern
from redis_tui.spec.redact import redact, redact_url
from redis_tui.spec.walk import Word, split_words

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGN: Final = "•"
_KEPT: Final = 1
"""Letters of an ACL rule that say what its secret is for."""
_MAY_HOLD: Final = late_pattern(r"auth|acl|config|sentinel|://", re.IGNORECASE)
_LOOKED_AT: Final = 20_000
"""Letters; a document of a megabyte is looked at with each key that is pressed."""
_COUNT: Final = late_pattern(r"\s*\d+(?=\s)")


def masked(text: str) -> str:
    """A typed text with each letter of a secret as ``•``; as long as it was, and the same where it has none.

    Args:
        text: a command, or several of them one a line.
    """
    if _MAY_HOLD.search(text) is None:
        return text
    letters = list(text)
    for start, end in _spans(text[:_LOOKED_AT]):
        letters[start:end] = [letter if letter == "\n" else SIGN for letter in letters[start:end]]
    return "".join(letters)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    yield from _of_command(text, 0)
    at = 0
    lines = text.split("\n")
    for line in lines if len(lines) > 1 else ():  # pasted, each may be a command of its own
        yield from _of_command(line, at)
        at += len(line) + 1


def _of_command(text: str, at: int) -> Iterator[tuple[int, int]]:
    count = _COUNT.match(text)  # 5 AUTH … sends it five times
    skipped = count.end() if count else 0
    words = [word for word in split_words(text[skipped:]) if word.raw]
    given = [word.value.encode("utf-8", "surrogateescape") for word in words]
    for word, before, after in zip(words, given, redact(given), strict=True):
        if before != after:
            start, end = _within(word, after.decode("utf-8", "surrogateescape"))
            yield at + skipped + word.start + start, at + skipped + word.start + end


def _within(word: Word, redacted: str) -> tuple[int, int]:
    """The part of a word that is secret: all of it, but for what stands before and after in what is shown."""
    if word.raw != word.value:
        return 0, len(word.raw)
    if "://" in word.value and redact_url(word.value) == redacted:
        head, _, tail = redacted.partition("***")
        return len(head), len(word.value) - len(tail)
    return (_KEPT if redacted[:1] == word.value[:1] and redacted[1:] == "***" else 0), len(word.raw)
