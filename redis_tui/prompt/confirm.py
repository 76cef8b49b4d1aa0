"""The question before a dangerous command goes to production: its words, and what agrees to it.

Knows no terminal; each face draws it. The decision a reader would question: no button and no ``y``. What is
typed is the host's name, so that a finger that answers by habit has to read where it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.prompt.label import PRODUCTION
from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from redis_tui.session.danger import Danger


def danger_lines(danger: Danger, word: str) -> list[Line]:
    """What a person reads before typing the word.

    Args:
        danger: what is about to go out, and why it is dangerous.
        word: the host's name.
    """
    return [
        [Span(f"{PRODUCTION}: ", "danger"), Span(f"{danger.what} on {word}.", "strong")],
        [Span(danger.why, "text")],
    ]


def is_word(typed: str, word: str) -> bool:
    """Whether what was typed agrees: the word whole; capitals do not matter in a host's name."""
    return typed.strip().casefold() == word.casefold()
