"""Wrapped text is seen whole, beside the scrollbar too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.app import App
from textual.geometry import Region

from redis_tui.paths import packaged_themes_dir
from redis_tui.render.spans import text_line, width
from redis_tui.theme import load_theme
from redis_tui.tui.theme import Palette
from redis_tui.tui.widgets.flow_view import FlowView
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from rich.style import Style
    from textual.app import ComposeResult

    from tests.tui.conftest import Until


class Page(App[None]):
    """One widget and nothing else."""

    CSS = "* { scrollbar-size: 1 1; }"

    def __init__(self, view: LineView) -> None:
        super().__init__()
        self.palette = Palette(load_theme("dark", [packaged_themes_dir()]))
        self.view = view

    def compose(self) -> ComposeResult:
        yield self.view


@pytest.mark.parametrize("make", [lambda: LineView(wrap=True), FlowView], ids=["lines", "flow"])
async def test_no_row_is_wider_than_what_the_scrollbar_leaves(make: type[LineView]) -> None:
    app = Page(make())
    async with app.run_test(size=(20, 5)) as pilot:
        app.view.set_lines([text_line("x" * 60)] * 9)
        await pilot.pause()
        room = app.view.scrollable_content_region.width
        assert room == 19
        assert max(width(app.view.line_at(row)) for row in range(app.view.row_count)) == room


async def test_a_row_wider_than_the_first_hundred_can_be_scrolled_to_once_it_is_seen(until: Until) -> None:
    app = Page(LineView())
    async with app.run_test(size=(20, 5)) as pilot:
        app.view.set_lines([text_line("x")] * 200 + [text_line("x" * 60)])
        await until(pilot, lambda: app.view.virtual_size.height == 201)
        app.view.scroll_end(animate=False, force=True)
        await until(pilot, lambda: app.view.virtual_size.width == 60)


async def test_the_style_that_rows_share_is_worked_out_once_a_drawing() -> None:
    asked: list[object] = []

    class Counted(LineView):
        @property
        def rich_style(self) -> Style:
            asked.append(self)
            return super().rich_style

    app = Page(Counted())
    async with app.run_test(size=(20, 5)) as pilot:
        app.view.set_lines([text_line("x")] * 9)
        await pilot.pause()
        asked.clear()
        app.view.render_lines(Region(0, 0, 20, 5))
        assert len(asked) == 1
