"""What the pane says of a run, or of who else holds the server up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App

from redis_tui.session.base import Waiting
from redis_tui.tui.panes.running import RunningPane

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tests.tui.conftest import Until


class Alone(App[None]):
    """The pane and nothing else, as narrow as in the workbench."""

    CSS = "#running { width: 33; border: round white; padding: 0 1; } #running-text { height: auto; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict.fromkeys(("rt-danger", "rt-text", "rt-dim", "rt-warning"), "white")

    def compose(self) -> ComposeResult:
        yield RunningPane()


async def test_all_that_is_said_of_a_busy_server_has_room(until: Until) -> None:
    app = Alone()
    async with app.run_test() as pilot:
        pane = app.query_one(RunningPane)
        text = app.query_one("#running-text")
        pane.show(None, frozenset(), waiting=Waiting("GET k", 9_000))
        await until(pilot, lambda: text.size.height == 2)
        pane.show(None, frozenset(), is_server_busy=True)
        await until(pilot, lambda: text.size.height == 3)
