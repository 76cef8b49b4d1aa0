"""What a run called: one row for each redis.call and redis.pcall.

Knows no Lua and no session; the waist turns rows into its own. The decision a reader would question:
rows over the limit are counted and dropped, the first ones stay, because a loop that goes wrong goes wrong early.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call."""

    line: int
    """Line in the script, from 1; 0 where it is not known."""
    argv: tuple[bytes, ...]
    reply: Reply
    duration_us: float


class TraceLog:
    """The first calls of a run, and how many there were."""

    __slots__ = ("limit", "rows", "total")

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        self.rows: list[CallRow] = []
        self.total = 0

    def add(self, line: int, argv: tuple[bytes, ...], reply: Reply, duration_us: float) -> None:
        """Counts one call and keeps it where there is room."""
        self.total += 1
        if len(self.rows) < self.limit:
            self.rows.append(CallRow(line, argv, reply, duration_us))
