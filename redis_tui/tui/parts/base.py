"""What every part of the workbench stands on: the session, the panes and the desks.

Composes nothing and has no action. The decision a reader would question: the desks are made here, before any part
says a word, so that the order of the parts means nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

from redis_tui.tui.desks.activity import ActivityDesk
from redis_tui.tui.desks.arrange import ArrangeDesk
from redis_tui.tui.desks.bench import Bench
from redis_tui.tui.desks.changed import ChangedFileDesk
from redis_tui.tui.desks.colon import ColonDesk
from redis_tui.tui.desks.console import ConsoleDesk
from redis_tui.tui.desks.feed import FeedDesk
from redis_tui.tui.desks.files import FileDesk
from redis_tui.tui.desks.history import HistoryDesk
from redis_tui.tui.desks.link import LinkDesk
from redis_tui.tui.desks.presets import PresetDesk
from redis_tui.tui.desks.run import RunDesk
from redis_tui.tui.desks.syntax import SyntaxDesk
from redis_tui.tui.desks.traces import TraceDesk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual import events

    from redis_tui.session.base import Session
    from redis_tui.tui.sent_log import SentLog
    from redis_tui.workspace import Workspace


class Part(Screen[None]):
    """One concern of the workbench."""

    def __init__(self, session: Session, workspace: Workspace, sent: SentLog, files: Sequence[Path]) -> None:
        """Takes the open session, the workspace, the log of sent commands (filled by others) and files to open."""
        super().__init__()
        self.session = session
        self._sent = sent
        self._named_files = files
        self._in_use = "editor"
        self._zoomed: str | None = None
        self._held: list[events.Key] | None = None
        """Keys for the pane that is about to have the keyboard; None while it is where it should be."""
        self._bench = Bench(self, session, workspace)
        self._arranger = ArrangeDesk(self._bench, self._lay_out)
        self._panes = self._bench.panes
        self._feed = FeedDesk(self._bench)
        self._link = LinkDesk(self._bench, self._feed.read_all)
        self._files = FileDesk(self._bench)
        self._colon = ColonDesk(self._bench, self._files)
        self._changed_files = ChangedFileDesk(self._bench)
        self._syntax = SyntaxDesk(self._bench)
        self._runs = RunDesk(self._bench, self._feed)
        self._presets = PresetDesk(self._bench, self._files, self._runs)
        self._traces = TraceDesk(self._bench)
        self._history = HistoryDesk(self._bench, self._runs, self._files)
        self._activity = ActivityDesk(self._bench, self._feed, self._files)
        self._prompt_desk = ConsoleDesk(session, self._panes.console)

    def _lay_out(self) -> None:
        """Shows the panes that are to be seen; `parts.places` knows which."""
