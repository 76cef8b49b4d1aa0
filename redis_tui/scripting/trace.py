"""What a run called: one row for each redis.call and redis.pcall.

Knows no Lua and no session; the waist turns rows into its own. The decision a reader would question:
rows over the limit are counted and dropped, the first ones stay, because a loop that goes wrong goes wrong early.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from redis_tui.resp.shape import as_resp2, as_resp3

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply


class CallRow(NamedTuple):
    """One call."""

    line: int
    """Line in the script, from 1; 0 where it is not known."""
    argv: tuple[bytes, ...]
    reply: Reply
    """As the script received it, in the shape of the protocol that it had chosen by then."""
    duration_us: float


class TraceLog:
    """The first calls of a run, and how many there were."""

    __slots__ = ("_rows", "limit", "resp", "total")

    def __init__(self, limit: int = 10_000) -> None:
        self.limit = limit
        self._rows: list[tuple[int, tuple[bytes, ...], Reply, int, int]] = []
        self.resp = 2
        """The protocol of the calls to come; ``redis.setresp`` changes it."""
        self.total = 0

    @property
    def rows(self) -> list[CallRow]:
        """The calls that were kept."""
        return [
            CallRow(line, argv, as_resp2(reply) if resp == 2 else as_resp3(reply), duration_ns / 1000)
            for line, argv, reply, duration_ns, resp in self._rows
        ]

    def add(self, line: int, argv: tuple[bytes, ...], reply: Reply, duration_ns: int) -> None:
        """Counts one call and keeps it where there is room."""
        self.total += 1
        if self.total <= self.limit:
            self._rows.append((line, argv, reply, duration_ns, self.resp))
