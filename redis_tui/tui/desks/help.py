"""Opens the help: at what the cursor stands on, with the keys of the pane in use first.

Knows the panes of the workbench, and no session: the commands are those that the console was told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.widget import Widget
from textual.widgets import Input

from redis_tui.tui.actions import PANES
from redis_tui.tui.manual import make_manual
from redis_tui.tui.panes.console import ConsolePane
from redis_tui.tui.panes.view_help import VALUE, VIEWS
from redis_tui.tui.screens.help import HelpScreen
from redis_tui.tui.screens.value import ValueScreen
from redis_tui.tui.topic import topic_of_command, topic_of_error, topic_of_script
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_editor import LuaEditor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import App

    from redis_tui.spec.catalog import Catalog
    from redis_tui.tui.action import Action


def open_help(app: App[Any], actions: Sequence[Action]) -> None:
    """Opens the help over whatever is on the screen; closes it where it is open.

    Args:
        app: whose screen it is.
        actions: with the keys that hold.
    """
    if isinstance(app.screen, HelpScreen):
        app.screen.action_close()
        return
    catalog = next((pane.assist.catalog for screen in app.screen_stack for pane in screen.query(ConsolePane)), None)
    topic = _topic(app.focused, catalog)
    manual = make_manual(catalog, _pane(app.focused), actions)
    app.push_screen(HelpScreen(manual, topic, has_commands=catalog is not None))


def _topic(focused: Widget | None, catalog: Catalog | None) -> str | None:
    if isinstance(focused, LuaEditor):
        row, column = focused.cursor_location
        return topic_of_script(focused.document.get_line(row), column, catalog)
    if isinstance(focused, Input) and focused.id == "command":
        return topic_of_command(focused.value, catalog)
    if isinstance(focused, LineView) and focused.id == "reply-view":
        return topic_of_error(focused.plain)
    return None


def _pane(focused: Widget | None) -> str | None:
    """The view or pane that has the keyboard."""
    if focused is None:
        return None
    for node in focused.ancestors_with_self:
        if view := next((name for name, kind in VIEWS.items() if type(node) is kind), None):
            return view
        if isinstance(node, ValueScreen):
            return VALUE
        if isinstance(node, Widget) and node.id in dict(PANES):
            return node.id
    return None
