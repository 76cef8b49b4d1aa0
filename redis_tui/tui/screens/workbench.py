"""The workbench itself: lays the panes out and keeps its clocks; what it can do is lent by its parts.

The decision a reader would question: an action of the table is a method of this screen, by way of a part,
because Textual looks an action up by that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.widget import MountError

from redis_tui.tui.actions import bindings
from redis_tui.tui.parts.arranging import ArrangingPart
from redis_tui.tui.parts.editing import EditingPart
from redis_tui.tui.parts.files import FilesPart
from redis_tui.tui.parts.meeting import MeetingPart
from redis_tui.tui.parts.prompt import PromptPart
from redis_tui.tui.parts.running import RunningPart
from redis_tui.tui.parts.runs import RunsPart
from redis_tui.tui.parts.server import ServerPart
from redis_tui.tui.widgets.bars import KeyBar, PaneTabs

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from redis_tui.session.base import Event

_TICK_SECONDS = 0.2


class WorkbenchScreen(
    RunningPart, RunsPart, FilesPart, EditingPart, PromptPart, ServerPart, MeetingPart, ArrangingPart
):
    """All panes around one session."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("workbench")
    AUTO_FOCUS = ""
    _was_shown = False

    def compose(self) -> ComposeResult:
        """Title, folded tabs, three columns, prompt, keys."""
        panes = self._panes
        yield panes.title
        yield PaneTabs()
        with Horizontal(id="columns"):
            with Vertical(id="left"):
                yield panes.keys
            with Vertical(id="middle"):
                yield panes.editor
                yield panes.arguments
                yield panes.result
            with Vertical(id="right"):
                yield panes.library
                yield panes.activity
                yield panes.running
        yield panes.console
        yield KeyBar()

    async def on_mount(self) -> None:
        """Opens the scripts and asks the server what the panes show."""
        self._lay_out()
        self._colon.start()
        await self._files.open_first(self._named_files)
        self._prompt_desk.show_prompt()
        self._feed.start()
        self.set_interval(_TICK_SECONDS, self._tick)
        self.set_interval(1, self._feed.count_down)
        self.set_interval(1, self._changed_files.look)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Styles that were given at mounting a moment ago are not worked out again."""
        if not self._was_shown:
            self._was_shown, event.refresh_styles = True, False

    def _compositor_refresh(self) -> None:
        # Textual draws a screen that comes to the front, all of it, even in a batch (Screen._refresh_layout).
        if self.app._batch_count:  # noqa: SLF001  # there is no other way to ask
            self.refresh()
            return
        super()._compositor_refresh()

    def _tick(self) -> None:
        if self._bench.is_whole:
            self._feed.tick()
            self._runs.tick()
            self._link.tick()
            self._prompt_desk.tick()
            self._activity.tick()
            self._title_window()

    def _title_window(self) -> None:
        app: Any = self.app
        buffer, running = self._panes.editor.title, self.session.running()
        app.window_title.show(buffer, self.session.info.label, "" if running is None else running.name)

    async def wait_until_filled(self, at_most_s: float) -> None:
        """Until the panes have what they show at first, or time is up."""
        await self._feed.wait_until_filled(at_most_s)

    async def complete(self) -> None:
        """Makes what is behind other things at first, part by part: the screen may be left between them."""
        self._feed.learn()
        try:
            for pane in (self._panes.running, *self._panes.with_views):
                await pane.complete()
        except (NoMatches, MountError):  # the program is leaving: Textual composes no more
            if self._bench.is_whole:
                raise
        if self.focused is None:  # the focus that was asked for stands behind the keys that wait for it
            self.set_focus(self._panes.editor.front)

    def on_unmount(self) -> None:
        """Nothing more is read."""
        self._feed.stop()

    def session_event(self, event: Event) -> None:
        """Something happened on the server's side."""
        self._link.take(event)
        self._feed.take(event)
