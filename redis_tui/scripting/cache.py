"""The script cache: every script that EVALSHA finds, with what its runs cost.

Holds scripts, runs none. The decision a reader would question: a script that came by EVAL may be evicted
(the least recently run goes once there are 500), one that came by SCRIPT LOAD never is. That is the rule of Redis 7.4
and Valkey 8. Adding an evictable script as one that stays makes it stay; only Valkey's SCRIPT LOAD does so.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.scripting.script import Script

EVAL_LIMIT = 500


@dataclass(slots=True)
class CachedScript:
    """A script of the cache and the sum of its runs."""

    script: Script
    evictable: bool
    """It came by EVAL, not by SCRIPT LOAD."""
    runs: int = 0
    total_us: float = 0.0
    worst_us: float = 0.0
    last_run_ms: int | None = None
    """Unix time of the last run's end in milliseconds; None: never run."""

    @property
    def mean_us(self) -> float:
        """Mean duration of a run in microseconds; 0 before the first."""
        return self.total_us / self.runs if self.runs else 0.0

    def record(self, duration_us: float, now_ms: int) -> None:
        """Counts one run."""
        self.runs += 1
        self.total_us += duration_us
        self.worst_us = max(self.worst_us, duration_us)
        self.last_run_ms = now_ms


@dataclass(frozen=True, slots=True)
class CacheImage:
    """A cache at one moment."""

    scripts: dict[bytes, CachedScript]
    evictable: tuple[bytes, ...]
    evicted: int


class ScriptCache:
    """sha1 -> script. Shas are lower-case; `find` takes any case."""

    def __init__(self, *, eval_limit: int | None = EVAL_LIMIT) -> None:
        self._scripts: OrderedDict[bytes, CachedScript] = OrderedDict()
        self._evictable: OrderedDict[bytes, None] = OrderedDict()
        self._eval_limit = eval_limit
        self.evicted = 0
        """Scripts that had to go, since the start or CONFIG RESETSTAT; INFO's ``evicted_scripts``."""

    def __len__(self) -> int:
        return len(self._scripts)

    def __iter__(self) -> Iterator[CachedScript]:
        """Most recently added or run first."""
        return reversed(self._scripts.values())

    def __contains__(self, sha: bytes) -> bool:
        return sha.lower() in self._scripts

    def find(self, sha: bytes) -> CachedScript | None:
        """The script of that sha, marked as used; None where the cache has none."""
        cached = self._scripts.get(sha)
        if cached is None and (cached := self._scripts.get(sha := sha.lower())) is None:
            return None
        self._scripts.move_to_end(sha)
        if cached.evictable:
            self._evictable.move_to_end(sha)
        return cached

    def peek(self, sha: bytes) -> CachedScript | None:
        """Likewise, without marking it as used."""
        return self._scripts.get(sha.lower())

    def add(self, script: Script, *, evictable: bool) -> CachedScript:
        """Keeps a script; one that is there already keeps its figures.

        Args:
            script: what to keep.
            evictable: it came by EVAL; False where SCRIPT LOAD brought it.
        """
        cached = self._scripts.get(script.sha1)
        if cached is None:
            cached = self._scripts[script.sha1] = CachedScript(script, evictable)
            if evictable:
                self._evictable[script.sha1] = None
                self._evict()
        elif cached.evictable and not evictable:
            cached.evictable = False
            del self._evictable[script.sha1]
        return cached

    def image(self) -> CacheImage:
        """The cache as it is now, for `put_back`."""
        figures = {sha: replace(cached) for sha, cached in self._scripts.items()}
        return CacheImage(figures, tuple(self._evictable), self.evicted)

    def put_back(self, image: CacheImage) -> None:
        """Makes the cache again what it was."""
        self._scripts = OrderedDict(image.scripts)
        self._evictable = OrderedDict.fromkeys(image.evictable)
        self.evicted = image.evicted

    def flush(self) -> None:
        """Forgets all; the count of evictions stays."""
        self._scripts.clear()
        self._evictable.clear()

    def _evict(self) -> None:
        while self._eval_limit is not None and len(self._evictable) > self._eval_limit:
            sha, _ = self._evictable.popitem(last=False)
            del self._scripts[sha]
            self.evicted += 1
