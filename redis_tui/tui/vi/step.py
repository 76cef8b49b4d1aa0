"""What the machine of vi is given at a key, and what it answers. Knows no key."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.tui.vi.change import Change
    from redis_tui.tui.vi.motion import Place


class Mode(Enum):
    """What a key means; the value is shown."""

    NORMAL = "NORMAL"
    INSERT = "INSERT"
    REPLACE = "REPLACE"
    VISUAL = "VISUAL"
    LINES = "V-LINE"


@dataclass(frozen=True, slots=True)
class Seen:
    """The editor at a key press."""

    lines: Sequence[str]
    cursor: Place
    top: int = 0
    """First row on the screen."""
    height: int = 20


@dataclass(slots=True)
class Step:
    """What came of a key."""

    changes: list[Change] = field(default_factory=list)
    """In their order; each place is meant behind the changes before it."""
    cursor: Place | None = None
    wishes: list[tuple[str, str]] = field(default_factory=list)
    """What only the owner can do: undo, redo, save, copy, tell; and its argument."""
