"""The scripts that a session has run on its server, which lists none of its own accord.

Knows no connection.
"""

from __future__ import annotations

from redis_tui.record import dataclass
from redis_tui.session.base import ScriptInfo


@dataclass(slots=True)
class KnownScript:
    """A script that this session has run."""

    name: str
    source: bytes
    runs: int = 0
    total_ms: float = 0.0
    worst_ms: float = 0.0
    on_server: bool = True
    """As the server said last; one that is busy does not say."""

    def note_run(self, duration_ms: float) -> None:
        """Counts a run that has ended."""
        self.runs += 1
        self.total_ms += duration_ms
        self.worst_ms = max(self.worst_ms, duration_ms)

    def told(self, sha: str) -> ScriptInfo:
        """As a face is told of it."""
        return ScriptInfo(
            sha=sha,
            name=self.name,
            source=self.source,
            runs=self.runs,
            mean_ms=self.total_ms / self.runs if self.runs else 0.0,
            worst_ms=self.worst_ms,
            on_server=self.on_server,
        )
