"""Feeds the key browser: SCAN in small budgets, facts of visible rows.

Knows the session and the Keys pane. The decision a reader would question: a scan stops
by itself after a budget, and waits to be told to go on; nobody asked for a million keys.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply
from redis_tui.session.nodes import lacking_text
from redis_tui.tui import queries

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.session.base import Session
    from redis_tui.tui.panes.keys import KeysPane
    from redis_tui.tui.queries import KeyFacts, ScanBatch

SCAN_BUDGET = 10_000
"""Keys that one scan reads before it waits to be told to go on."""
_ON_AND_ON = 1_000
"""Budget of one SCAN where somebody waits for all: fewer ways to the server, each still 5 ms of this loop."""
_COUNTED_EVERY = 16
"""Batches between two looks at the number of keys in all."""
_FACTS_AT_ONCE = 64
SORT_LIMIT = 10_000
"""Keys that are asked one by one, to sort them by what only the server knows."""
_NEVER = float("inf")
_PASSING = ("BUSY", "LOADING")
"""Refusals that end by themselves: what was read before stays meanwhile, marked as old."""
_SORTS: dict[str, Callable[[KeyFacts], tuple[float, str]]] = {
    "type": lambda known: (0, known.type),
    "TTL": lambda known: (known.ttl_ms if known.ttl_ms >= 0 else _NEVER, ""),
    "size": lambda known: (-known.size, ""),
}
"""What keys are ordered by: the soonest to go and the largest stand first."""


class KeyDesk:
    """Feeds the key browser: SCAN in small budgets, facts of visible rows."""

    def __init__(self, session: Session, pane: KeysPane) -> None:
        self._session = session
        self._pane = pane
        self._cursor = b"0"
        self._seen = 0
        self._count = queries.KeyCount(0)
        self._pattern = ""
        self._complete = False
        self._scanning = False
        self._generation = 0
        self._is_fresh = False
        """A scan has begun and no answer came yet: until one does, what was shown before stays."""
        self._asked: set[bytes] = set()

    async def restart(self, pattern: str | None = None) -> None:
        """Scans from the beginning, with another pattern if one is given."""
        if pattern is not None:
            self._pattern = pattern
        self._generation += 1
        self._cursor, self._seen, self._complete, self._scanning = b"0", 0, False, False
        self._asked.clear()
        self._is_fresh = True
        await self._scan()

    def leave(self) -> None:
        """Another server comes: these keys are not its."""
        self._generation += 1
        self._scanning, self._complete, self._seen, self._count = False, False, 0, queries.KeyCount(0)
        self._asked.clear()
        self._pane.start()
        self._pane.show_nodes((), {})
        self._pane.clear_selection()
        self._pane.say("")
        self._pane.show_message("Reading keys…", "")

    async def go_on_or_stop(self) -> None:
        """Stops a scan that is under way, or goes on where it stopped."""
        if self._scanning:
            self._generation += 1
            self._scanning = False
            self._progress()
        elif not self._complete:
            await self._scan()

    @property
    def is_far(self) -> bool:
        """Whether beginning again would lose what somebody waited for: a scan that is under way or past its budget."""
        return self._scanning or self._seen > SCAN_BUDGET

    async def scan_all(self) -> None:
        """Goes on until the end, or until it is stopped."""
        if not self._scanning and not self._complete:
            await self._scan(budget=None)

    async def _scan(self, budget: int | None = SCAN_BUDGET) -> None:
        generation, asked = self._generation, 0
        self._scanning = True
        while (budget is None or budget > 0) and generation == self._generation:
            count = queries.SCAN_COUNT if budget is not None else _ON_AND_ON
            known = self._count if asked % _COUNTED_EVERY else None
            batch = await queries.scan(
                self._session, self._cursor, self._pattern, self._pane.kind, count=count, known=known
            )
            asked += 1
            await asyncio.sleep(0)  # reading the keys took as long as filing them does: others have their turn between
            if generation != self._generation:
                return
            if isinstance(batch, ErrorReply) and self._ends_short(batch):
                break
            if isinstance(batch, ErrorReply):
                self._scanning = False
                if batch.code in _PASSING and self._pane.all_keys:
                    self._pane.say(f"old: {batch.code}")
                    return
                self._begin()
                self._pane.show_message(f"✗ {batch.message or batch.code}", _advice(batch))
                return
            self._take(batch, count)
            budget = None if budget is None else budget - count
            if self._complete:
                break
        self._scanning = False
        self._progress()

    def _ends_short(self, error: ErrorReply) -> bool:
        """Whether a walk is over that has seen all nodes of a cluster but those that do not answer."""
        if error.code != "NODEDOWN" or not self._count.by_node:
            return False
        self._begin()
        self._complete = True
        return True

    def _begin(self) -> None:
        if self._is_fresh:
            self._is_fresh = False
            self._pane.start()

    def _take(self, batch: ScanBatch, count: int) -> None:
        self._begin()
        self._cursor, self._count = batch.cursor, batch.count
        self._complete = batch.cursor == b"0"
        self._seen = min(self._seen + max(count, len(batch.keys)), batch.count.total)
        self._pane.add(batch.keys)
        self._progress()

    async def recount(self) -> ErrorReply | None:
        """Asks for the number of keys again: a run may have added or taken some.

        Returns:
            Why the server did not tell.
        """
        if self._scanning:
            return None
        count = await queries.key_count(self._session)
        if isinstance(count, ErrorReply):
            return count
        if not self._scanning:
            self._count = count
            self._seen = min(self._seen, count.total)
            self._progress()
        return None

    def _progress(self) -> None:
        nodes = self._session.nodes()
        self._pane.show_nodes(nodes, self._count.by_node)
        self._pane.show_progress(
            self._seen,
            self._count.total,
            scanning=self._scanning,
            complete=self._complete,
            lacking=lacking_text(nodes),
        )

    async def facts(self, keys: Sequence[bytes], *, details: bool = False) -> None:
        """Types and TTLs of keys that came into view, with ``details`` size and encoding."""
        wanted = [key for key in keys if key not in self._asked][:_FACTS_AT_ONCE]
        if not wanted:
            return
        self._asked.update(wanted)
        try:
            found = await queries.facts(self._session, wanted, details=details)
        finally:
            self._asked.difference_update(wanted)
        self._pane.set_facts(found, wanted)

    async def sort(self, by: str) -> str:
        """Shows the keys seen so far by type, TTL or size, asking for what is not known; ``m`` stops it.

        Returns:
            Why it was not done; empty where it was.
        """
        keys = self._pane.all_keys
        if len(keys) > SORT_LIMIT:
            return (
                f"Sorting by {by} asks for each of {len(keys):,} keys; at most {SORT_LIMIT:,} are. Narrow the filter."
            )
        self._generation += 1
        generation = self._generation
        known = {key: each for key, each in self._pane.known_facts.items() if each.size >= 0 or by != "size"}
        for start in range(0, len(keys), _FACTS_AT_ONCE):
            some = [key for key in keys[start : start + _FACTS_AT_ONCE] if key not in known]
            if some:
                self._pane.say(f"sorting by {by}: {start:,} of {len(keys):,}")
                known |= await queries.facts(self._session, some, details=by == "size")
            if generation != self._generation:
                return "The keys changed meanwhile; sort again."
        self._pane.say("")
        self._pane.set_facts({key: known[key] for key in keys if key in known}, keys)
        present = [key for key in keys if key in known]
        self._pane.set_order(by, sorted(present, key=lambda key: (_SORTS[by](known[key]), key)))
        return ""


def _advice(error: ErrorReply) -> str:
    advice = {
        "BUSY": "A script is running; F8 ends it, F9 reads again.",
        "LOADING": "The server reads its data from disk; the keys are read once it is done.",
        "NOAUTH": "Type AUTH at the prompt, then F9.",
        "NOPERM": "This user may not SCAN.",
    }
    return advice.get(error.code, "F9 tries again.")
