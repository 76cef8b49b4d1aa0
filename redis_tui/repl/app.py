"""The REPL itself: reads a line, runs it, prints what came back, until it is told to stop.

Knows the session waist, rendering and prompt_toolkit; sessions are opened by whoever
starts it. The decision a reader would question: commands run as tasks beside the prompt's
own loop, and Ctrl-C is a signal handler that sets an event. A KeyboardInterrupt in the
middle of the loop would tear down the very session that has to kill the script.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession, print_formatted_text
from prompt_toolkit.application import create_app_session, get_app_session
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.key_binding.vi_state import InputMode
from prompt_toolkit.shortcuts import clear

from redis_tui.batch import OutputMode
from redis_tui.crash import write_report
from redis_tui.errors import RedisTuiError, UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.paths import history_file
from redis_tui.plain import needs_plain
from redis_tui.prompt.confirm import danger_lines, is_word
from redis_tui.render.spans import Line, Span, text_line
from redis_tui.repl.dot_script import kill_running
from redis_tui.repl.dots import run_dot
from redis_tui.repl.line import CommandCompleter, CommandLexer, folded, hint, key_bindings, open_history
from redis_tui.repl.send import send, split_pipe
from redis_tui.repl.shell import Shell
from redis_tui.repl.status import StatusLine
from redis_tui.repl.style import Colors, color_depth, formatted, formatted_lines, wrapped
from redis_tui.resp.inline import UnbalancedQuotes, split_inline
from redis_tui.session.base import EventKind, KillOutcome
from redis_tui.session.late import LateSession

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from redis_tui.repl.shell import Printer
    from redis_tui.session.base import Running, Session
    from redis_tui.session.danger import Danger
    from redis_tui.spec.catalog import Catalog

_VI_MODES = {
    InputMode.INSERT: "insert",
    InputMode.INSERT_MULTIPLE: "insert",
    InputMode.NAVIGATION: "normal",
    InputMode.REPLACE: "replace",
    InputMode.REPLACE_SINGLE: "replace",
}
_TELL_EVERY_S = 0.5
_STARTS_WITHIN_MS = 200
_LOOK_EVERY_MS = 20
_LOOKS_EVERY_S = 1.0
"""How soon a theme that is edited shows at a prompt that waits."""


class TerminalPrinter:
    """Prints on the terminal in the colours of a theme."""

    def __init__(self, theme: str | None, output: Output | None = None, *, plain: bool = False) -> None:
        self.colors = Colors(theme, output or get_app_session().output)
        self._plain = plain or needs_plain()
        self._output = output
        self.status = StatusLine(output or get_app_session().output, draws=output is not None or sys.stdout.isatty())

    def lines(self, lines: Sequence[Line]) -> None:
        self.status.clear()
        columns = (self._output or get_app_session().output).get_size().columns
        lines = [part for line in lines for part in wrapped(line, columns)]
        print_formatted_text(
            FormattedText(formatted_lines(lines, plain=self._plain)),
            style=self.colors.sheet,
            output=self._output,
            color_depth=color_depth(),
        )

    def raw(self, data: bytes) -> None:
        self.status.clear()
        sys.stdout.flush()
        sys.stdout.buffer.write(data + b"\n")
        sys.stdout.buffer.flush()

    def clear(self) -> None:
        """Empties the screen."""
        self.status.clear()
        clear()

    def use_theme(self, name: str) -> None:
        self.colors.use(name)


async def run_repl(
    session: Session,
    *,
    catalog: Catalog | None = None,
    open_session: Callable[[str], Awaitable[Session]] | None = None,
    mode: OutputMode | str = OutputMode.CLI,
    theme: str | None = None,
    plain: bool = False,
    vi: bool = False,
    history: Path | None = None,
    printer: Printer | None = None,
    input: Input | None = None,  # noqa: A002  # prompt_toolkit's own word for it
    output: Output | None = None,
    on_ready: Callable[[], None] = lambda: None,
) -> int:
    """Runs a REPL until ``.quit`` or the end of its input; closes the session that it ends with.

    Args:
        session: where commands go; a `LateSession` is opened once the first prompt stands.
        catalog: commands for completion; asked of the session when None.
        open_session: opens what ``.connect`` names.
        mode: how replies are written.
        theme: name of a theme; None is the one chosen last.
        plain: signs in ASCII.
        vi: keys of vi instead of emacs.
        history: the history's file; the user's own when None.
        printer: where to print; the terminal when None.
        input: where keys come from; the terminal when None.
        output: where the prompt is drawn; the terminal when None.
        on_ready: called once a session stands behind the first prompt.

    Returns:
        0, or 3 where the session broke at the last command. A mistyped command is no reason to end with 1.

    Raises:
        SettingsError: there is no such theme, or it has a mistake.
        FileError: the history cannot be read.
        UsageError, FileError, ConnectError, AuthError: a late session cannot be opened.
    """
    with create_app_session(input=input, output=output):
        terminal = TerminalPrinter(theme, output, plain=plain)
        shell = Shell(session, printer or terminal, mode=OutputMode(mode), catalog=catalog, open_session=open_session)
        repl = Repl(shell, terminal, history if history is not None else history_file("repl"), vi=vi, on_ready=on_ready)
        try:
            return await repl.run()
        finally:
            await shell.session.close()


_NEWS = frozenset((EventKind.RECONNECTED, EventKind.NODES_CHANGED, EventKind.DEMOTED))
"""What happened to a server that a person at the prompt has to know."""


class Repl:
    """The loop, and what Ctrl-C means in it."""

    def __init__(
        self,
        shell: Shell,
        terminal: TerminalPrinter,
        history: Path,
        *,
        vi: bool,
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._shell = shell
        self._on_ready = on_ready
        self._terminal = terminal
        self._interrupt = asyncio.Event()
        self._was_pressed = False
        """Ctrl-C came since Enter: what would be run next is not, however quick each of them is."""
        self._is_asking = False
        """A question has the line: nothing else may be written there."""
        self._prompt: PromptSession[str] = PromptSession(
            history=open_history(history),
            lexer=CommandLexer(shell),
            auto_suggest=AutoSuggestFromHistory(),
            enable_open_in_editor=True,
            tempfile_suffix=".redis",
            completer=CommandCompleter(shell),
            complete_while_typing=True,
            key_bindings=key_bindings(),
            multiline=True,
            prompt_continuation=continuation,
            bottom_toolbar=self._hint,
            editing_mode=EditingMode.VI if vi else EditingMode.EMACS,
            color_depth=color_depth(),
            reserve_space_for_menu=6,
        )
        shell.ask, shell.ask_danger = self._ask, self._ask_danger
        shell.use(shell.session)
        shell.use_vi = self._use_vi
        self._news: list[str] = []
        self._heard: Session | None = None
        self._is_used = asyncio.Event()
        self._flaw: RedisTuiError | None = None
        """A mistake in a theme's file."""
        self._looks_every_s = _LOOKS_EVERY_S
        self._drawn = asyncio.Event()
        self._prompt.app.after_render += lambda _: self._drawn.set()

    async def run(self) -> int:
        """Reads and runs lines until the end."""
        learning = asyncio.create_task(self._learn())
        coloring = asyncio.create_task(self._keep_colors())
        hearing = asyncio.create_task(self._hear())
        try:
            with self._ctrl_c():
                while not self._shell.ended:
                    await self._turn()
        except EOFError:
            pass
        finally:
            learning.cancel()
            coloring.cancel()
            hearing.cancel()
            with contextlib.suppress(asyncio.CancelledError, RedisTuiError):
                await learning
        broken = self._shell.status == ExitStatus.NO_CONNECTION
        return ExitStatus.NO_CONNECTION if broken else ExitStatus.OK

    async def _keep_colors(self) -> None:
        """Puts a prompt that nobody types at into the colours of a theme's file that is being edited."""
        while True:
            await asyncio.sleep(self._looks_every_s)
            try:
                self._terminal.colors.look()
            except RedisTuiError as error:
                self._flaw = error  # told before the next prompt, not into the line that is typed
            if self._prompt.style is not self._terminal.colors.sheet and self._prompt.app.is_running:
                self._prompt.style = self._terminal.colors.sheet
                self._prompt.app.invalidate()

    async def _learn(self) -> None:
        """Opens the session where it is not yet, then fetches the catalog, all once the first prompt is drawn.

        Without a catalog there is no completion, and all else works. Without a session the prompt ends.
        """
        await self._drawn.wait()
        try:
            await self._open()
        except RedisTuiError as error:
            if self._prompt.app.is_running:
                self._prompt.app.exit(exception=error)
            return
        if self._shell.catalog is None:
            with contextlib.suppress(RedisTuiError):
                self._shell.catalog = await self._shell.session.catalog()
        self._on_ready()

    async def _hear(self) -> None:
        """Keeps what a session tells of where its server is and what it is now, to be told below the next answer."""
        while True:
            await self._is_used.wait()
            self._is_used.clear()
            if (session := self._shell.session) is self._heard:
                continue
            self._heard = session
            async for event in session.events():
                if event.kind in _NEWS and event.text:
                    self._news.append(event.text)

    def _tell_news(self) -> None:
        if not isinstance(self._shell.session, LateSession):
            self._is_used.set()
        if self._news:
            self._shell.printer.lines([text_line(news, "warning") for news in self._news])
            self._news.clear()

    async def _open(self) -> None:
        late = self._shell.session
        if isinstance(late, LateSession):
            self._shell.use(await late.opened())
            self._is_used.set()
            self._prompt.app.invalidate()

    async def _is_open(self) -> bool:
        """Whether a line can be run; waits for the session that is being opened."""
        if isinstance(self._shell.session, LateSession):
            await self._interruptible(self._open(), sends=True)
        return not isinstance(self._shell.session, LateSession)

    async def _turn(self) -> None:
        shell = self._shell
        start, shell.next_input = shell.next_input, ""
        # Here and not where the work begins: a Ctrl-C right after Enter must not be lost.
        self._interrupt.clear()
        self._was_pressed = False
        self._tell_news()
        try:
            self._terminal.colors.look()
        except RedisTuiError as error:
            self._flaw = error
        if self._flaw is not None:
            self._complain(self._flaw)
            self._flaw = None
        try:
            text = await self._prompt.prompt_async(
                lambda: formatted(shell.prompt_line),
                default=start,
                style=self._terminal.colors.sheet,
                handle_sigint=False,
            )
        except KeyboardInterrupt:
            return
        if not text.strip() or not await self._is_open():
            return
        before = shell.status
        shell.status = ExitStatus.OK  # a dot command that fails to connect leaves no mark on those that follow
        lines = shell.assist.several(text) or (text,)
        for number, line in enumerate(lines, 1):
            if not await self._guard(self._run_line(line)):
                break  # what follows may build on it
            if self._was_pressed and number < len(lines):
                self._told(f"Stopped after {number} of {len(lines)} lines.")
                break
        if shell.ended:
            shell.status = before  # to leave is no line of its own

    async def _guard(self, work: Awaitable[None]) -> bool:
        """Runs a line; whatever goes wrong becomes one sentence. False where something did."""
        try:
            await work
        except RedisTuiError as error:
            self._complain(error)
            self._shell.status = error.exit_status
            return False
        except Exception as error:  # noqa: BLE001  # one line's fault must not end the session of the others
            crash = write_report(error, face="repl")
            place = f" The report is in {crash.report}." if crash.report is not None else ""
            self._shell.printer.lines(
                [text_line(f"A fault of redis-tui itself: {crash.what}.{place} The prompt goes on.", "danger")]
            )
            self._shell.status = ExitStatus.FAULT
            return False
        return True

    async def _run_line(self, text: str) -> None:
        shell = self._shell
        text, program = split_pipe(text) if not text.lstrip().startswith(".") else (text, None)
        try:
            words = split_inline(text.encode("utf-8", "surrogateescape"))
        except UnbalancedQuotes:
            raise UsageError("Something follows a closing quote directly.", hint="Put a space between them.") from None
        if not words:
            return
        name = words[0].lower()
        if name.startswith(b"."):
            await self._interruptible(run_dot(shell, words))
            return
        shell.last_input = text
        if name in (b"help", b"?"):
            await run_dot(shell, [b".help", *words[1:]])
        elif name == b"connect":
            await self._interruptible(run_dot(shell, [b".connect", *_address(words[1:])]))
        elif name == b":set":
            shell.hints = _wants_hints(words[1:])
        elif name in (b"exit", b"quit") and len(words) == 1:
            shell.ended = True
        elif name == b"clear" and len(words) == 1:
            self._terminal.clear()
        else:
            count, argv = _repeat(words)
            if argv[0].startswith(b"."):
                raise UsageError(
                    "A number repeats commands of the server.", hint=".repeat N FILE runs a script N times."
                )
            for number in range(1, count + 1):
                await self._interruptible(send(shell, argv, program), sends=program is None)
                if self._was_pressed and number < count:
                    self._told(f"Stopped after {number:,} of {count:,}.")
                    break

    async def _ask_danger(self, danger: Danger, word: str) -> bool:
        """Before a dangerous command goes to production: nothing but its host's name agrees."""
        self._terminal.status.clear()
        self._shell.printer.lines(danger_lines(danger, word))
        asking: PromptSession[str] = PromptSession(color_depth=color_depth())
        self._is_asking, started = True, time.perf_counter()
        try:
            answer = await asking.prompt_async(
                [("class:tui-danger", f"Type {word} to go on: ")],
                style=self._terminal.colors.sheet,
                handle_sigint=False,
            )
        except (KeyboardInterrupt, EOFError):
            return False
        finally:
            self._is_asking = False
            self._shell.asked_s += time.perf_counter() - started
        return is_word(answer, word)

    def _tell(self, seconds: float, *, sends: bool) -> None:
        """Says what is waited for; nothing of a dot command without a script, which may have the screen."""
        if self._is_asking:
            return
        if self._shell.stop is not None:
            self._terminal.status.show(f"{self._shell.progress} · Ctrl-C stops")
        elif (running := self._shell.session.running()) is not None:
            text = f"{running.name} has been running for {running.elapsed_ms / 1000:.0f} s · Ctrl-C ends it"
            self._terminal.status.show(text)
        elif sends:
            self._terminal.status.show(f"waiting for the reply for {seconds:.0f} s · Ctrl-C stops")

    async def _interruptible(self, work: Awaitable[None], *, sends: bool = False) -> None:
        """Runs work to its end; Ctrl-C offers to kill a script, and otherwise stops waiting."""
        task = asyncio.ensure_future(work)
        started = time.monotonic()
        while not task.done():
            pressed = asyncio.ensure_future(self._interrupt.wait())
            await asyncio.wait([task, pressed], timeout=_TELL_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            pressed.cancel()
            if task.done():
                break
            if not self._interrupt.is_set():
                self._tell(time.monotonic() - started, sends=sends)
                continue
            self._interrupt.clear()
            self._terminal.status.clear()
            await self._guard(self._interrupted(task))
        self._terminal.status.clear()
        if task.cancelled():
            self._shell.printer.lines([text_line("No longer waiting for the reply.", "dim")])
            return
        task.result()

    async def _interrupted(self, task: asyncio.Future[None]) -> None:
        if (stop := self._shell.stop) is not None and not stop.is_set():
            stop.set()
            return
        running = await self._running(task)
        if running is None:
            if not task.done():
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError, RedisTuiError):
                await task
            return
        asked = asyncio.ensure_future(
            self._ask(
                f"{running.name} has been running for {running.elapsed_ms / 1000:.1f} s. Kill it?", ctrl_c_agrees=True
            )
        )
        waiting: set[asyncio.Future[Any]] = {task, asked}
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        if not asked.done():
            # It ended by itself while the question stood there.
            asked.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asked
        elif asked.result():
            await self._kill(task)

    async def _kill(self, task: asyncio.Future[None]) -> None:
        """Has what runs ended; where the server does not, or cannot be asked, it can be left there."""
        try:
            outcome, sentence = await kill_running(self._shell)
        except RedisTuiError as error:
            question = "Stop waiting for it? It may go on on the server."
            self._complain(error)
        else:
            question = "Stop waiting for it? It goes on on the server." if outcome is KillOutcome.UNKILLABLE else ""
            if not task.done():  # or the reply has said so already
                self._shell.printer.lines([sentence])
        if question and not task.done() and await self._ask(question):
            task.cancel()
            await asyncio.wait({task})

    async def _running(self, task: asyncio.Future[None]) -> Running | None:
        """What runs; a script that was sent a moment ago may not have begun yet."""
        for _ in range(_STARTS_WITHIN_MS // _LOOK_EVERY_MS):
            if task.done() or self._shell.session.running() is not None:
                break
            await asyncio.wait({task}, timeout=_LOOK_EVERY_MS / 1000)
        return None if task.done() else self._shell.session.running()

    async def _ask(self, question: str, *, ctrl_c_agrees: bool = False) -> bool:
        """A question of its own line; nothing but y or yes agrees, or a second Ctrl-C where it may."""
        asking: PromptSession[str] = PromptSession(color_depth=color_depth())
        try:
            answer = await asking.prompt_async(
                [("class:tui-warning", f"{question} [y/N] ")], style=self._terminal.colors.sheet, handle_sigint=False
            )
        except KeyboardInterrupt:
            return ctrl_c_agrees
        except EOFError:
            return False
        return answer.strip().lower() in ("y", "yes")

    @contextlib.contextmanager
    def _ctrl_c(self) -> Iterator[None]:
        """Ctrl-C sets an event while a command runs; while a line is typed prompt_toolkit sees it as a key."""
        loop = asyncio.get_running_loop()
        try:
            loop.add_signal_handler(signal.SIGINT, self._press)
        except (NotImplementedError, RuntimeError, ValueError):
            # No signals here: another thread than the main one, or Windows.
            yield
            return
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)

    def _press(self) -> None:
        self._terminal.status.wipe()
        self._was_pressed = True
        self._interrupt.set()

    def _told(self, text: str) -> None:
        self._shell.printer.lines([text_line(text, "dim")])

    def _hint(self) -> StyleAndTextTuples:
        buffer = self._prompt.default_buffer
        line = hint(self._shell, buffer.text, buffer.cursor_position)
        if self._prompt.editing_mode is EditingMode.VI:
            line = [Span(f"{_VI_MODES[self._prompt.app.vi_state.input_mode]} ", "strong"), *line]
        return formatted_lines(folded(line, self._prompt.app.output.get_size().columns))

    def _use_vi(self, is_vi: bool) -> None:  # a setter
        self._prompt.editing_mode = EditingMode.VI if is_vi else EditingMode.EMACS

    def _complain(self, error: RedisTuiError) -> None:
        line: Line = [Span(error.message, "danger")]
        if error.hint:
            line.append(Span(f" {error.hint}", "hint"))
        self._shell.printer.lines([line])


def continuation(width: int, _line: int, wrapped: int) -> str:
    """What stands before a further line: dots where the text has one, nothing where the screen is too narrow."""
    return (" " if wrapped else ".") * (width - 1) + " "


def _address(words: list[bytes]) -> list[bytes]:
    """``CONNECT host port``, as redis-cli has it; a URL is left as it is."""
    if not words or b"://" in words[0]:
        return words[:1]
    port = words[1] if len(words) > 1 else b"6379"
    return [b"redis://" + words[0] + b":" + port]


def _wants_hints(words: list[bytes]) -> bool:
    if words not in ([b"hints"], [b"nohints"]):
        raise UsageError("This is no setting of the prompt.", hint=":set hints and :set nohints show and hide hints.")
    return words == [b"hints"]


def _repeat(words: list[bytes]) -> tuple[int, list[bytes]]:
    """``3 INCR n`` runs INCR n three times, as redis-cli does."""
    if len(words) > 1 and words[0].isdigit() and int(words[0]) > 0:
        return int(words[0]), words[1:]
    return 1, words
