"""What every desk works with: the panes, the session, the workspace, and the screen that shows dialogs.

Must not know what any desk does. The decision a reader would question: the panes are made here
and not by the screen, so that a desk can be given them before the screen is mounted.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from textual.css.query import NoMatches

from redis_tui.errors import RedisTuiError, SessionError
from redis_tui.paths import history_file
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply
from redis_tui.session.aside import aside
from redis_tui.session.danger import Danger
from redis_tui.session.production import agreed
from redis_tui.tui.actions import PANE_NUMBER
from redis_tui.tui.panes.arguments import ArgumentsPane
from redis_tui.tui.panes.clients import ClientsView
from redis_tui.tui.panes.console import ConsolePane
from redis_tui.tui.panes.editor import EditorPane
from redis_tui.tui.panes.functions import FunctionsView
from redis_tui.tui.panes.keys import KeysPane
from redis_tui.tui.panes.result import ResultPane
from redis_tui.tui.panes.running import RunningPane
from redis_tui.tui.panes.scripts import ScriptsView
from redis_tui.tui.panes.server import ServerView
from redis_tui.tui.panes.slowlog import SlowlogView
from redis_tui.tui.panes.streams import MonitorView, PubSubView
from redis_tui.tui.widgets.bars import TitleBar
from redis_tui.tui.widgets.tabbed_pane import TabbedPane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from textual.app import App
    from textual.screen import Screen

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session
    from redis_tui.tui.screens.dialogs import Choice
    from redis_tui.tui.widgets.view import View
    from redis_tui.workspace import Workspace

Pane = KeysPane | EditorPane | ArgumentsPane | ResultPane | TabbedPane | RunningPane | ConsolePane

_PAUSED = ("Paused: MULTI is open in the console.", "EXEC or DISCARD ends it.")


@dataclass(frozen=True, slots=True)
class Panes:
    """All panes, and the bar above them."""

    title: TitleBar = field(default_factory=TitleBar)
    keys: KeysPane = field(default_factory=KeysPane)
    editor: EditorPane = field(default_factory=EditorPane)
    arguments: ArgumentsPane = field(default_factory=ArgumentsPane)
    result: ResultPane = field(default_factory=ResultPane)
    scripts: ScriptsView = field(default_factory=ScriptsView)
    functions: FunctionsView = field(default_factory=FunctionsView)
    slowlog: SlowlogView = field(default_factory=SlowlogView)
    clients: ClientsView = field(default_factory=ClientsView)
    server: ServerView = field(default_factory=ServerView)
    monitor: MonitorView = field(default_factory=MonitorView)
    pubsub: PubSubView = field(default_factory=PubSubView)
    running: RunningPane = field(default_factory=RunningPane)
    console: ConsolePane = field(default_factory=lambda: ConsolePane(history_file("repl")))

    library: TabbedPane = field(init=False)
    """What the server keeps of code."""
    activity: TabbedPane = field(init=False)
    """What goes on at the server."""

    def __post_init__(self) -> None:
        """Puts the views into their panes."""
        for name, pane, views in (
            ("library", "scripts", ("scripts", "functions")),
            ("activity", "slowlog", ("slowlog", "clients", "server", "monitor", "pubsub")),
        ):
            held = {view: getattr(self, view) for view in views}
            object.__setattr__(self, name, TabbedPane(id=pane, number=PANE_NUMBER[pane], views=held))

    @property
    def views(self) -> dict[str, View]:
        """All views of the panes by the names that actions give them."""
        return {name: view for pane in self.with_views for name, view in pane.views.items()}

    @property
    def with_views(self) -> tuple[TabbedPane | ResultPane, ...]:
        """The panes that show one of several views."""
        return self.library, self.activity, self.result

    @property
    def by_name(self) -> dict[str, Pane]:
        """The numbered panes by the names that the table of actions gives them."""
        return {
            "keys": self.keys,
            "editor": self.editor,
            "arguments": self.arguments,
            "result": self.result,
            "scripts": self.library,
            "slowlog": self.activity,
            "running": self.running,
            "console": self.console,
        }


@dataclass(slots=True)
class Link:
    """How the link to the server is."""

    is_lost: bool = False
    """It is tried again; what panes want to read waits until it is back."""


@dataclass(frozen=True, slots=True)
class Bench:
    """One workbench, as its desks see it."""

    screen: Screen[None]
    session: Session
    workspace: Workspace
    panes: Panes = field(default_factory=Panes)
    link: Link = field(default_factory=Link)

    @property
    def app(self) -> App[Any]:
        """For notices and for screens that answer."""
        return self.screen.app

    @property
    def is_whole(self) -> bool:
        """False while the screen is being taken down, when an answer may still come in."""
        return self.screen.is_attached and all(
            part.children for part in (*self.panes.by_name.values(), *self.panes.views.values())
        )

    def work(self, work: Coroutine[Any, Any, None], group: str) -> None:
        """Starts work beside the interface, and takes no other's place: a command that is cancelled costs the link."""
        task = self.screen.run_worker(work, group=group)._task  # noqa: SLF001  # no public way to hear of its end
        if task is not None:
            # What the end of the program overtakes is never begun, and Python would complain of that on the terminal.
            task.add_done_callback(lambda _: work.close())

    async def ask(self, title: str, text: str, *choices: Choice) -> str:
        """Puts a question; ``cancel`` where it is left unanswered. For workers."""
        from redis_tui.tui.screens.dialogs import Ask

        return await self.app.push_screen_wait(Ask(title, text, choices)) or "cancel"

    async def confirm(self, what: str, title: str, text: str, choice: Choice) -> bool:
        """Whether something dangerous is meant, asked once: with a button, on production by the host's name.

        What is done then is done within `production.answered`, or it would be asked about again.

        Args:
            what: the command, as production names it.
            title: of the question.
            text: what it does.
            choice: that agrees.
        """
        from redis_tui.tui.screens.dialogs import Choice

        if self.session.info.production:
            return await agreed(self.session, Danger(what, text))
        return await self.ask(title, text, choice, Choice("cancel", "Keep")) == choice.name

    def tell(self, reply: Reply, text: str) -> None:
        """Says what came of a command: a sentence, or the server's error."""
        if isinstance(reply, ErrorReply):
            self.app.notify(f"{reply.code} {reply.message}", severity="error", timeout=6)
        elif text:
            self.app.notify(text, timeout=4)

    async def guard(self, reading: Callable[[], Awaitable[object]]) -> None:
        """Reads for a pane; while MULTI is open nothing is sent, as it would be queued there."""
        if self.session.in_transaction:
            self.show_paused()
            return
        try:
            await reading()
        except NoMatches:
            if self.is_whole:
                raise
        except SessionError as error:
            if self.is_whole and not self.panes.keys.all_keys:  # what was read stays, marked as old
                self.panes.keys.show_message(error.message, error.hint or "F9 tries again.")
        except RedisTuiError as error:
            self.app.notify(str(error), severity="error")

    async def read(self, reading: Callable[[], Awaitable[object]]) -> None:
        """As `guard`, for what no one but a pane wants: it stays out of the embedded engine's slow log.

        Nothing is read while the link is lost: what was read stays, and all is read again once it is back.
        """
        if self.link.is_lost:
            return
        with aside():
            await self.guard(reading)

    def show_paused(self) -> None:
        """Says why nothing is read."""
        self.panes.keys.show_paused(*_PAUSED)
