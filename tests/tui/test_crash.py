"""A fault of the workbench itself: the text is kept, a report is written, the screen is given back without a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.crash import crash_sentences
from redis_tui.tui.widgets.lua_editor import LuaEditor
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.tui.app import WorkbenchApp


async def fall_over(app: WorkbenchApp, until: Until) -> None:
    """Types something, then meets a fault."""

    def fault() -> None:
        raise KeyError("a fault on purpose")

    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        app.screen.query_one(LuaEditor).load_text("return 'half written'")
        await pilot.pause()
        app.screen.call_later(fault)
        await until(pilot, lambda: app.crash)


def drafts(home: Path) -> str:
    return "".join(path.read_text() for path in home.rglob("unsaved/*.json"))


async def test_the_text_comes_back_and_the_report_names_the_place(app: WorkbenchApp, home: Path, until: Until) -> None:
    with pytest.raises(KeyError, match="a fault on purpose"):
        await fall_over(app, until)
    assert app.crash is not None
    assert app._exit_renderables == []  # Textual prints those: its traceback has the values of variables
    assert app.return_code == 70
    assert "half written" in drafts(home)
    said = "\n".join(crash_sentences(app.crash, texts_are_kept=True))
    assert "KeyError in " in said
    assert "brings them back" in said
    assert app.crash.report is not None
    assert "a fault on purpose" in app.crash.report.read_text()
