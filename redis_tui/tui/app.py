"""The application: connects inside its own event loop, holds the theme, and hands the session to the workbench.

The decision a reader would question: it is given a function that opens the session, not a
session. A slow or refused server then has a screen of its own with a way to try again, and
an embedded engine belongs to the loop that talks to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import App
from textual.binding import Binding
from textual.filter import Monochrome

from redis_tui.errors import RedisTuiError, UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.garbage import settle
from redis_tui.log_file import tell_problems_with
from redis_tui.plain import needs_plain
from redis_tui.session.aside import aside
from redis_tui.session.base import Event, EventKind, Session
from redis_tui.session.production import ask_with
from redis_tui.session.switched import SwitchedSession
from redis_tui.settings import ReadSettings, read_settings
from redis_tui.theme import remember_theme
from redis_tui.tui.actions import PANES, bindings
from redis_tui.tui.alt_key import tell_alt_keys
from redis_tui.tui.desks.notices import NoticeShelf
from redis_tui.tui.desks.samples import put_samples
from redis_tui.tui.desks.themes import ThemeDesk
from redis_tui.tui.desks.window_title import WindowTitle
from redis_tui.tui.driver import enduring
from redis_tui.tui.ending import has_hung_up, leave_at_signals
from redis_tui.tui.filters import NoColors, PlainSigns
from redis_tui.tui.keymap import Keymap
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.tui.sent_log import SentLog
from redis_tui.tui.theme import css_variables
from redis_tui.tui.tour_mark import remember_taken, was_taken
from redis_tui.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from rich.terminal_theme import TerminalTheme
    from textual.await_complete import AwaitComplete
    from textual.binding import BindingType
    from textual.command import Provider
    from textual.driver import Driver
    from textual.filter import LineFilter
    from textual.notifications import SeverityLevel
    from textual.screen import Screen

    from redis_tui.crash import Crash
    from redis_tui.profile import Profile
    from redis_tui.session.danger import Danger
    from redis_tui.theme import ThemeShelf
    from redis_tui.tui.screens.connecting import ConnectingScreen

_LATE_STYLES = Path(__file__).with_name("late.tcss")
"""Of what is not in the first picture: a third of all, and reading them takes time."""
_SOON_S = 0.4
"""What is there within this time needs no screen that says one must wait."""
_ENGINE_SOON_S = 1.5
"""Our own engine always comes; a screen shown on the way to it would only make the way longer."""
_DRAWN_S = 1.0
"""What is behind other things is made after this time even where nothing was drawn."""
_FILLED_S = 0.8
"""Panes that are filled within this time are drawn once."""
_LOOK_S = 1.0
"""Seconds between looks whether the terminal is still there."""
_PROBLEM_S = 12


def _palette() -> type[Provider]:
    from redis_tui.tui.commands import ActionProvider

    return ActionProvider


class WorkbenchApp(App[int]):
    """redis-tui in a terminal.

    Args:
        open_session: opens the session; called in the app's loop, again at each retry.
        open_at: opens another address, where that can be chosen after a failure.
        workspace: the user's files; the platform's places by default.
        theme: the theme's name; None is the one chosen last.
        shelf: the themes; the packaged ones and the user's by default.
        files: Lua files to open; the first one is in front.
        address: what is connected to, for the waiting screen; without any password.
        sample_keys: put sample keys into an empty embedded engine.
        plain: borders and signs in ASCII; a terminal that lacks them gets that by itself.
        on_ready: called once the workbench stands.
        settings: the user's; read from their file when None. What is asked for above goes before it.
        tour: show a newcomer around, on the embedded engine.
        profile: what the settings say of the server, where it was named.
    """

    CSS_PATH = "app.tcss"
    TITLE = "redis-tui"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("app"),
        Binding("escape", "end_tour", show=False, priority=True),
    ]
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_palette}
    COMMAND_PALETTE_BINDING = "ctrl+p"
    ESCAPE_TO_MINIMIZE = False
    _ansi: tuple[str, TerminalTheme] | None = None
    """A theme's name, and what its ANSI colours are."""

    def __init__(
        self,
        open_session: Callable[[], Awaitable[Session]],
        *,
        open_at: Callable[[str], Awaitable[Session]] | None = None,
        workspace: Workspace | None = None,
        theme: str | None = None,
        shelf: ThemeShelf | None = None,
        files: Sequence[Path] = (),
        address: str = "the server",
        sample_keys: bool = True,
        plain: bool = False,
        settings: ReadSettings | None = None,
        on_ready: Callable[[], None] = lambda: None,
        tour: bool = False,
        profile: Profile | None = None,
    ) -> None:
        self._read_settings = settings or read_settings()
        self.settings = self._read_settings.settings
        self.keymap = Keymap(self._read_settings)
        self.notices = NoticeShelf()
        self.window_title = WindowTitle(self._write_title)
        self.themes = ThemeDesk(self, shelf, theme or self.settings.theme)
        self.palette = self.themes.palette
        tell_alt_keys()
        super().__init__()
        self._open = open_session
        self._open_at = open_at
        self._on_ready = on_ready
        self._workspace = workspace or Workspace()
        self._files = tuple(files)
        self._address = address
        self._sample_keys = sample_keys and self.settings.sample_keys
        self._shows_tour = tour
        self._was_toured = False
        self._session: SwitchedSession | None = None
        self._profile = profile
        self._theme_before: str | None = None
        """The user's own, while that of a profile is on."""
        self.crash: Crash | None = None
        """The fault that ended it."""
        self._sent = SentLog()
        self._listener: asyncio.Task[None] | None = None
        self._own_filters: list[LineFilter] = [NoColors(lambda: self.palette)] if self.no_color else []
        if (
            plain or self.settings.plain or (needs_plain() and "TEXTUAL_DRIVER" not in os.environ)
        ):  # a browser has every sign
            self._own_filters.append(PlainSigns())
        self.themes.start()
        self.stylesheet.set_variables(self.get_css_variables())
        self._may_type = asyncio.Event()
        """Whether there is a screen that takes keys; until then they wait, in their order."""
        self._has_late_styles = False
        self._is_styled = False
        """Whether Textual has asked for the first time that styles are read anew: they were read with these colours."""

    # ── themes ─────────────────────────────────────────────────────────────

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables exist whichever theme is on."""
        return css_variables(self.palette.theme)

    def refresh_css(self, animate: bool = True) -> None:  # Textual's
        """Reads all styles anew with the theme's colours; not at the start, when they have just been read."""
        if self._is_styled:
            super().refresh_css(animate)
            return
        self._is_styled = True
        self.stylesheet.update(self, animate=animate)

    @property
    def ansi_theme(self) -> TerminalTheme:
        """Asked for at each line that is drawn; Textual would look for the theme by its name each time."""
        if self._ansi is None or self._ansi[0] != self.theme:
            self._ansi = self.theme, super().ansi_theme
        return self._ansi[1]

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own but the greys, and ours."""
        theirs = [one for one in super().get_line_filters() if not isinstance(one, Monochrome)]
        return [*theirs, *self._own_filters]

    def use_theme(self, name: str) -> None:
        """Changes the colours while running, and keeps them for the next start."""
        self.themes.show(name)
        remember_theme(name)
        if self.settings.theme not in ("", name):
            self.notify(f"The next start has {self.settings.theme} again: your config.toml names it.")

    def action_choose_theme(self) -> None:
        """F3."""
        from redis_tui.tui.screens.theme_picker import ThemePicker

        if not isinstance(self.screen, ThemePicker):
            self.push_screen(ThemePicker(self.themes))

    def action_next_theme(self) -> None:
        """Round the list, without looking at it."""
        self.use_theme(self.themes.next_name())
        self.notify(f"Theme: {self.palette.theme.title}", timeout=2)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,  # noqa: ARG002  # texts may hold [brackets] of keys, scripts and files
    ) -> None:
        """Shows a toast; its text is never markup."""
        if timeout is None:
            timeout = self.settings.notice_seconds * (2 if severity == "error" else 1)
        self.notices.add(f"{title}: {message}" if title else message, severity)
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def get_driver_class(self) -> type[Driver]:
        """Textual's choice, made to outlive its terminal."""
        return enduring(super().get_driver_class())

    # ── connecting ─────────────────────────────────────────────────────────

    async def on_mount(self) -> None:
        """Connects; who has to wait is told so."""
        tell_problems_with(lambda text: self.notify(text, severity="warning", timeout=8))
        opening = asyncio.ensure_future(self._open())
        await asyncio.wait((opening,), timeout=_ENGINE_SOON_S if self._address.startswith("memory:") else _SOON_S)
        is_there = opening.done() and opening.exception() is None
        waiting = None if is_there else await self._show_waiting()
        self.run_worker(self._connect(opening, waiting), group="connect", exclusive=True)
        if not self.is_headless and not self.is_web:
            leave_at_signals(self._leave)
            self.set_interval(_LOOK_S, self._leave_with_terminal)
        self.themes.watch()
        self.set_keymap(self.keymap.changed)
        self._tell_mistakes([str(problem) for problem in (*self._read_settings.problems, *self.keymap.problems)])

    def _tell_mistakes(self, mistakes: Sequence[str]) -> None:
        """In one notice: one for each would cover the workbench, and the last ones fall off the screen."""
        if not mistakes:
            return
        for mistake in mistakes[1:]:
            self.notices.add(mistake, "error")
        more = f"\nThere are {len(mistakes) - 1} more: Notices in the palette has them." if len(mistakes) > 1 else ""
        self.notify(mistakes[0] + more, severity="error", timeout=_PROBLEM_S)

    async def on_connecting_screen_retry_wanted(self, event: ConnectingScreen.RetryWanted) -> None:
        """Another attempt, perhaps at another address."""
        from redis_tui.tui.screens.connecting import ConnectingScreen

        if event.address and self._open_at is not None:
            self._open = partial(self._open_at, event.address)
        if isinstance(self.screen, ConnectingScreen):
            self.run_worker(self._connect(self._open(), self.screen), group="connect", exclusive=True)

    def on_connecting_screen_cancel_wanted(self) -> None:
        """The attempt is given up."""
        self.workers.cancel_group(self, "connect")

    async def _connect(self, opening: Awaitable[Session], waiting: ConnectingScreen | None) -> None:
        try:
            session = await opening
        except RedisTuiError as error:
            (waiting or await self._show_waiting()).show_failure(error)
            return
        except BaseException:
            self._may_type.set()  # nothing else would: who waits for it would not see the end come
            raise
        await self._stand(session, waiting)

    async def _stand(self, session: Session, waiting: ConnectingScreen | None) -> None:
        """Makes the workbench around the first session."""
        self._may_type.clear()
        try:
            self._session = SwitchedSession(session)
            await self._attend(session)
            workbench = WorkbenchScreen(self._session, self._workspace, self._sent, self._files)
            with self.batch_update():  # else each pane would be drawn empty, and again when it is filled
                await (self.push_screen(workbench) if waiting is None else self.switch_screen(workbench))
                workbench.show_profile(self._profile)
                await workbench.wait_until_filled(_FILLED_S)
            await self._complete(workbench)
        finally:
            self._may_type.set()
        self._on_ready()
        if self._shows_tour and session.info.embedded and not self._files:
            self.call_after_refresh(self.action_tour)  # beside a workbench that stands

    async def _complete(self, workbench: WorkbenchScreen) -> None:
        """Makes what is behind other things once the workbench is seen."""
        drawn = asyncio.Event()
        workbench.call_after_refresh(drawn.set)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_DRAWN_S):
                await drawn.wait()
        self._read_late_styles()
        await workbench.complete()

    def push_screen(self, screen: Screen[Any] | str, *arguments: Any, **options: Any) -> Any:
        """Reads the styles of dialogs ahead of the first one."""
        if not isinstance(screen, WorkbenchScreen):
            self._read_late_styles()
        return super().push_screen(screen, *arguments, **options)

    def _read_late_styles(self) -> None:
        if not self._has_late_styles:
            self._has_late_styles = True
            self.stylesheet.read(_LATE_STYLES)

    async def on_event(self, event: events.Event) -> None:
        """Keeps what is typed on the way to the first screen until that is whole."""
        if isinstance(event, events.InputEvent) and not event.is_forwarded:
            await self._may_type.wait()
        await super().on_event(event)

    async def _attend(self, session: Session) -> None:
        """Listens to a session that has just been opened, and says how its dangers are asked about."""
        ask_with(session, self._ask_danger)
        self._listener = asyncio.create_task(self._listen(session))
        await asyncio.sleep(0)  # lets the listener subscribe before the first command goes out
        if self._sample_keys:
            with aside():
                await put_samples(session)

    # ── going over to another server ───────────────────────────────────────

    @work(group="goes over", exclusive=True)
    async def action_connect(self) -> None:
        """Alt-U, or a click on the title."""
        from redis_tui.tui.desks.connect import ConnectDesk
        from redis_tui.tui.screens.connect import ConnectScreen
        from redis_tui.tui.screens.connecting import ConnectingScreen
        from redis_tui.tui.screens.modal import Modal

        if isinstance(self.screen, Modal):
            return
        if self._open_at is None:
            self.notify("This workbench was given one session, and opens no other.", severity="warning")
            return
        if isinstance(self.screen, ConnectingScreen):  # what is waited for there must not come in behind this one
            self.workers.cancel_group(self, "connect")
            self.screen.give_up()
        desk = ConnectDesk(self._open_at, self._read_settings.path)
        note = "" if self._session is None else _leaving_note(self._session)
        used = "" if self._profile is None else self._profile.name
        opened = await self.push_screen_wait(ConnectScreen(desk, note=note, profile=used))
        if opened is not None:
            await self._go_over(*opened)

    async def _go_over(self, session: Session, profile: Profile) -> None:
        """Has the workbench work with another session; the one before is ended."""
        from redis_tui.tui.screens.connecting import ConnectingScreen

        self._profile = profile
        self._wear(profile.theme)
        workbench = next((one for one in self.screen_stack if isinstance(one, WorkbenchScreen)), None)
        if workbench is None or self._session is None:
            await self._stand(session, self.screen if isinstance(self.screen, ConnectingScreen) else None)
            return
        workbench.leave_server()
        if self._listener is not None:
            self._listener.cancel()
        before = self._session.switch(session)
        await self._attend(session)
        workbench.meet_server(profile)
        with contextlib.suppress(RedisTuiError):
            await before.close()

    def _wear(self, theme: str) -> None:
        """Puts a profile's theme on; without one, the user's own again."""
        if theme in self.themes.shelf.themes:
            self._theme_before = self._theme_before or self.themes.name
            self.themes.show(theme)
        elif self._theme_before is not None:
            self.themes.show(self._theme_before)
            self._theme_before = None

    async def _ask_danger(self, danger: Danger, word: str) -> bool:
        from redis_tui.tui.screens.danger import ask_danger

        return await ask_danger(self, danger, word)

    async def _show_waiting(self) -> ConnectingScreen:
        from redis_tui.tui.screens.connecting import ConnectingScreen

        waiting = ConnectingScreen(self._address, can_change=self._open_at is not None)
        await self.push_screen(waiting)
        self._may_type.set()
        return waiting

    async def _listen(self, session: Session) -> None:
        async for event in session.events():
            self._take(event)

    def _take(self, event: Event) -> None:
        if event.kind is EventKind.SENT:
            self._sent.add(event.text, time.time(), is_own=not event.is_aside)
            return
        for screen in self.screen_stack:
            if isinstance(screen, WorkbenchScreen) and screen.is_mounted:
                screen.session_event(event)

    def pop_screen(self) -> AwaitComplete:
        """Takes the topmost screen away, never the workbench: a palette told twice to close would reach it."""
        from redis_tui.tui.screens.modal import nothing_to_await

        if isinstance(self.screen, WorkbenchScreen):
            return nothing_to_await()
        return super().pop_screen()

    # ── leaving and help ───────────────────────────────────────────────────

    def action_pane(self, number: int) -> None:
        """Alt and a digit; a digit without a pane does nothing, nor does any while a dialog is open."""
        if isinstance(self.screen, WorkbenchScreen) and 1 <= number <= len(PANES):
            self.screen.action_focus_pane(PANES[number - 1][0])

    def action_help_quit(self) -> None:
        """^C where nothing else takes it: says what the fingers may have meant."""
        self.notify("^Q quits redis-tui. F8 ends a script, Esc a wait in the console.", timeout=4)

    def action_help(self) -> None:
        """F1."""
        from redis_tui.tui.desks.help import open_help

        open_help(self, self.keymap.actions)

    def action_tour(self) -> None:
        """F2: shows around; again for the next step."""
        from redis_tui.tui.screens.tour import TourCard, tour_of

        self._was_toured = True
        for screen in self.screen_stack:
            if not isinstance(screen, WorkbenchScreen):
                continue
            card = tour_of(screen)
            if card is not None:
                card.go_on()
            else:
                remember_taken()
                screen.mount(TourCard())

    def action_end_tour(self) -> None:
        """Esc, where nothing else wants it."""
        from redis_tui.tui.screens.tour import tour_of

        card = tour_of(self.screen)
        if card is not None:
            card.end()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Esc belongs to the tour only while it is under way."""
        if action == "end_tour":
            if not self._was_toured:  # asked at every key: most people need none of the tour's code
                return False
            from redis_tui.tui.screens.tour import tour_of

            card = tour_of(self.screen)
            return card is not None and card.wants_escape
        return super().check_action(action, parameters)

    def action_notices(self) -> None:
        """From the palette."""
        from redis_tui.tui.screens.dialogs import Reading

        if not isinstance(self.screen, Reading):
            self.push_screen(Reading("Notices", self.notices.lines(), at_end=True))

    def _write_title(self, text: str) -> None:
        if self._driver is not None and self.settings.window_title and not self.is_web:
            self._driver.write(text)

    async def action_quit(self) -> None:
        """Asks first where a script would go on without us; keeps unsaved text, ends the session, leaves."""
        from redis_tui.tui.screens.dialogs import Ask, Choice

        session = self._session
        running = None if session is None or session.info.embedded else session.running()
        if running is None or running.dry_run:
            self._leave()
        elif not isinstance(self.screen, Ask):
            text = f"{running.name} is still running and goes on on the server after you have left."
            choices = [Choice("cancel", "Stay"), Choice("quit", "Quit", danger=True)]
            self.push_screen(Ask("Quit while a script runs?", text, choices), self._leave_if_meant)

    def _leave_if_meant(self, answer: str | None) -> None:
        if answer == "quit":
            self._leave()

    def _leave_with_terminal(self) -> None:
        if has_hung_up():
            self._leave(128 + signal.SIGHUP)

    def _leave(self, status: int = ExitStatus.OK) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, WorkbenchScreen):
                screen.keep_unsaved()
        self.exit(status)

    # ── faults of our own ──────────────────────────────────────────────────

    def _handle_exception(self, error: Exception) -> None:
        """Leaves with a report and kept texts, where Textual would print a traceback with the values of variables."""
        from redis_tui.crash import write_report

        self._return_code = ExitStatus.FAULT
        if self._exception is None:
            self.crash = write_report(error, face="workbench", sent=self._sent.texts())
            for screen in self.screen_stack:
                if isinstance(screen, WorkbenchScreen):
                    with contextlib.suppress(Exception):  # the fault may have left the panes half way
                        screen.keep_unsaved()
            self._exception = error  # a test is told by it
            self._exception_event.set()
        self._close_messages_no_wait()

    async def on_unmount(self) -> None:
        """Ends the session, whichever way the app ends."""
        self.window_title.restore()
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
        if self._session is not None:
            await self._session.close()


def _leaving_note(session: Session) -> str:
    """What is given up by going over to another server."""
    running, info = session.running(), session.info
    if running is not None and not running.dry_run:
        return f"{running.name} is running: " + ("it ends with the engine." if info.embedded else "it goes on there.")
    if session.in_transaction:
        return f"MULTI is open on {info.label}: what it has queued is dropped when you go over."
    if info.embedded:
        return "You work on the embedded engine: its keys live in memory, and go when you go over to a server."
    return f"You work on {info.label}. Scripts and arguments stay as they are when you go over."


def run_workbench(
    open_session: Callable[[], Awaitable[Session]],
    *,
    open_at: Callable[[str], Awaitable[Session]] | None = None,
    theme: str | None = None,
    files: Sequence[Path] = (),
    address: str = "the server",
    workspace: Workspace | None = None,
    plain: bool = False,
    profile: Profile | None = None,
) -> int:
    """Runs the workbench until the user leaves.

    Args:
        open_session: opens the session, in the app's event loop.
        open_at: opens another address.
        theme: the theme's name; None is the one chosen last.
        files: Lua files to open.
        address: what is connected to, for people; without any password.
        workspace: the user's files.
        plain: borders and signs in ASCII.
        profile: what the settings say of the server, where it was named.

    Returns:
        The exit status.

    Raises:
        UsageError: there is no terminal.
    """
    from redis_tui.crash import crash_sentences

    in_browser = "TEXTUAL_DRIVER" in os.environ  # as textual-serve starts it
    if not in_browser and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The workbench needs a terminal.", hint="Try redis-tui run, exec or repl.")
    if not in_browser and os.environ.get("TERM", "") in ("dumb", "unknown"):
        raise UsageError(
            f"This terminal (TERM={os.environ['TERM']}) cannot place text on the screen.",
            hint="Try redis-tui repl, run or exec, or redis-tui web in a browser.",
        )
    app = WorkbenchApp(
        open_session,
        open_at=open_at,
        workspace=workspace,
        theme=theme,
        files=files,
        address=address,
        plain=plain,
        tour=not in_browser and not was_taken(),
        on_ready=settle,
        profile=profile,
    )
    status = app.run(mouse=app.settings.mouse)
    if app.crash is not None:
        sys.stderr.write("\n".join(crash_sentences(app.crash, texts_are_kept=True)) + "\n")
        return ExitStatus.FAULT
    return status if status is not None else (app.return_code or 0)
