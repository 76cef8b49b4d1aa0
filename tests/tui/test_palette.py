"""The palette finds everything by its name, what is done before what is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.command import CommandPalette
from textual.widgets import Input, OptionList

from redis_tui.tui.commands import ActionProvider
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.tui.app import WorkbenchApp


async def found(app: WorkbenchApp, query: str) -> list[str]:
    """The names the palette offers for a query, the best first."""
    hits = [hit async for hit in ActionProvider(app.screen).search(query)]
    return [str(hit.text) for hit in sorted(hits, key=lambda hit: -hit.score)]


async def test_what_is_done_comes_before_what_is_opened(app: WorkbenchApp, home: Path, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert (await found(app, "run"))[0] == "Run"
        assert (await found(app, "save"))[0] == "Save"
        assert (await found(app, "slow log"))[0] in ("Slow log", "Go to Slow log")
        assert (await found(app, "nord"))[0] == "Theme: Nord"
        assert "Example: rate_limit" in await found(app, "rate")


async def test_letters_scattered_over_a_sentence_are_no_match(app: WorkbenchApp, until: Until) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        assert (await found(app, "new"))[0] == "New script"
        assert "Kill the script" not in await found(app, "new")
        assert "Dry run" in await found(app, "undoes everything")


async def test_presets_and_recent_files_are_offered_and_opened(app: WorkbenchApp, home: Path, until: Until) -> None:
    script = home / "zebra.lua"
    script.write_text("return 7")
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        bench = app.screen
        app._workspace._remember(script)
        assert (await found(app, "preset: count"))[0] == "Preset: count"
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette) and isinstance(app.focused, Input))
        await pilot.press(*"file: zebra")
        await until(pilot, lambda: app.screen.query_one(OptionList).option_count == 1)
        await pilot.press("enter")
        await until(pilot, lambda: "zebra.lua" in str(bench.query_one("#editor").border_title))
