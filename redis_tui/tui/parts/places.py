"""Which pane has the keyboard and the room: focus, jumping, zoom, views of the side panes, folding."""

from __future__ import annotations

from textual import events, on
from textual.widget import Widget
from textual.widgets import TabbedContent, TabPane

from redis_tui.tui import messages
from redis_tui.tui.actions import PANES
from redis_tui.tui.layout import COLUMNS, FOLDED, is_narrow, is_short, neighbour, visible_panes
from redis_tui.tui.parts.base import Part
from redis_tui.tui.widgets.bars import KeyBar, PaneTabs
from redis_tui.tui.widgets.view import Wish


class PlacesPart(Part):
    """Going to a pane, and what is on the screen then."""

    def action_show_view(self, name: str) -> None:
        """Brings one view of a side pane to the front."""
        pane = next(pane for pane in self._panes.with_views if name in pane.views)
        pane.show_view(name)
        self.action_focus_pane(pane.id or "")

    def action_open_view(self, name: str) -> None:
        """As that, on the whole screen; a second time back to the workbench."""
        pane = next(pane for pane in self._panes.with_views if name in pane.views)
        if self._zoomed == pane.id and pane.active == name:
            self._zoomed = None
            self.action_focus_pane("editor")
            return
        self._zoomed = pane.id
        self.action_show_view(name)

    async def do_in_view(self, name: str, action: str) -> None:
        """Shows a view and does what one of its keys does; the palette asks for it."""
        self.action_show_view(name)
        await self._panes.views[name].run_action(action)

    def action_leave_view(self) -> None:
        """Escape in a side pane: from the whole screen back to the workbench."""
        if self._zoomed is not None:
            self._zoomed = None
            self.action_focus_pane("editor")

    @on(Wish)
    def _wished(self, event: Wish) -> None:
        self._activity.take(event)

    def action_focus_pane(self, name: str) -> None:
        """Alt and a digit."""
        if self._zoomed is not None and name != "console":
            self._zoomed = name
        self._in_use = name
        self._arranger.show(frozenset((name,)))
        self._lay_out()
        self._held = self._held or []
        self.set_focus(None)  # until the pane can take it: what is typed meanwhile is meant for that one
        self.call_after_refresh(self._arrive, name)

    def _arrive(self, name: str) -> None:
        self._panes.by_name[name].focus_content()
        self.app.call_later(self._release)  # behind the focus, which goes that way too

    def _release(self) -> None:
        held, self._held = self._held or [], None
        for event in held:
            self.app.post_message(events.Key(event.key, event.character))

    def on_key(self, event: events.Key) -> None:
        """Keys that came while the keyboard went from one pane to another."""
        if self._held is not None and self.focused is None:
            event.stop()
            self._held.append(event)

    def action_console(self) -> None:
        """^T."""
        self.action_focus_pane("console")

    def action_jump(self) -> None:
        """^G: the next key goes somewhere. It opens here and now, so that a digit right behind goes nowhere else."""
        from redis_tui.tui.screens.jump import Jump, labelled, targets

        self.app.push_screen(Jump(labelled(targets(self))), self._jumped)

    async def _jumped(self, action: str | None) -> None:
        if action:
            await self.run_action(action)

    def action_show_content(self, name: str) -> None:
        """Brings a tab inside a pane to the front."""
        tab = self.query_one(f"#{name}", TabPane)
        numbered = dict(PANES)
        for node in tab.ancestors:
            if isinstance(node, TabbedContent):
                node.active = name
            if node.id in numbered:
                self.action_focus_pane(node.id)
                return

    def action_pane_left(self) -> None:
        """The pane on the left."""
        self._step(-1, 0)

    def action_pane_right(self) -> None:
        """The pane on the right."""
        self._step(1, 0)

    def action_pane_up(self) -> None:
        """The pane above."""
        self._step(0, -1)

    def action_pane_down(self) -> None:
        """The pane below."""
        self._step(0, 1)

    def _step(self, across: int, down: int) -> None:
        places = {name: pane.region for name, pane in self._panes.by_name.items() if pane.region.area}
        if (beside := neighbour(places, self._in_use, across, down)) is not None:
            self.action_focus_pane(beside)

    def action_zoom(self) -> None:
        """F11."""
        self._zoomed = None if self._zoomed else self._in_use if self._in_use != "console" else "editor"
        self._lay_out()

    def on_resize(self) -> None:
        """Folds or unfolds the side panes."""
        self._lay_out()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remembers which pane is in use."""
        for node in event.widget.ancestors_with_self:
            if isinstance(node, Widget) and node.id in dict(PANES):
                self._in_use = node.id
                self._lay_out()
                return

    @on(messages.PaneChosen)
    def _pane_chosen(self, event: messages.PaneChosen) -> None:
        self.action_focus_pane(event.pane)

    def _lay_out(self) -> None:
        width = self.app.size.width
        shown = visible_panes(width, self._in_use, self._zoomed, self._arranger.hidden)
        for column, names in COLUMNS.items():
            self.query_one(f"#{column}").display = bool(names & shown)
            for name in names:
                self._panes.by_name[name].display = name in shown
        tabs = self.query_one(PaneTabs)
        hidden = self._arranger.hidden
        tabs.display = (is_narrow(width) or bool(hidden)) and self._zoomed is None
        if is_narrow(width):
            tabs.show(FOLDED, self._in_use if self._in_use in FOLDED else "editor")
        else:
            tabs.show([name for name, _ in PANES if name in hidden], "")
        self.set_class(is_narrow(width), "-narrow")
        self.set_class(is_short(self.app.size.height), "-short")
        self.set_class(self._zoomed is not None, "-zoomed")
        self._tell_keys()
        self._arranger.apply(shown, is_zoomed=self._zoomed is not None)

    @on(messages.TabShown)
    def _tell_keys(self) -> None:
        """The footer has the keys of the pane in use; those of the result are the reply's."""
        is_behind = self._in_use == "result" and self._panes.result.active != "reply"
        self.query_one(KeyBar).set_pane("" if is_behind else self._in_use)

    @on(messages.LineWanted)
    def _line_wanted(self, event: messages.LineWanted) -> None:
        self.action_focus_pane("editor")
        if not self._panes.editor.go_to(event.source, event.line):
            self.notify("The script was changed since that run; the line may be another.", timeout=4)
