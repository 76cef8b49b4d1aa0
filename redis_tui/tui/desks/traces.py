"""Writes the calls of a run to a file: as redis-cli commands, or as a table.

Knows the calls that the tab shows, and the disk. The decision a reader would question: the name's ending chooses the
form, ``.tsv`` the table and anything else the commands, so that no second question is asked.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.render.trace import calls_as_commands, calls_as_table
from redis_tui.whole_file import write_whole

if TYPE_CHECKING:
    from redis_tui.tui.desks.bench import Bench
    from redis_tui.tui.panes.trace import TraceView


class TraceDesk:
    """What the tab of calls asks for."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def save(self, wanted: TraceView.SaveWanted) -> None:
        """Asks for a place and writes there."""
        from redis_tui.tui.key_files import typed_path
        from redis_tui.tui.screens.dialogs import AskText, Choice

        offers = (
            (f"{wanted.script}-calls.redis", f"{wanted.script}-calls.redis", "commands, for redis-cli"),
            (f"{wanted.script}-trace.tsv", f"{wanted.script}-trace.tsv", "line, time, command, reply"),
        )
        answer = await self._bench.app.push_screen_wait(
            AskText("Save the calls", "", offers, wanted="path; .tsv is a table, anything else commands")
        )
        if not answer:
            return
        place = typed_path(answer)
        if place.exists():
            choices = (Choice("overwrite", "Overwrite", danger=True), Choice("cancel", "Keep"))
            if await self._bench.ask("Overwrite the file?", f"{place} exists already.", *choices) != "overwrite":
                return
        text = calls_as_table if place.suffix == ".tsv" else calls_as_commands
        try:
            await asyncio.to_thread(lambda: write_whole(place, text(wanted.rows).encode()))
        except OSError as error:
            self._bench.app.notify(f"{place}: {error.strerror}. Try another place.", severity="error", timeout=8)
            return
        self._bench.app.notify(f"Wrote {place}.", timeout=4)
