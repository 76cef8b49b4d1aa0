"""What one REPL holds while it runs: the session, the modes, the keys it has seen, where it prints.

Knows the session waist; must not know prompt_toolkit, so that commands can be tested
without a terminal. The decision a reader would question: the protocol version is tracked
here from HELLO and its reply, because a session tells that of its beginning only.
"""

from __future__ import annotations

import asyncio
from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from redis_tui.batch import OutputMode
from redis_tui.errors import NotSupportedError
from redis_tui.prompt.assist import Assist
from redis_tui.prompt.label import prompt_label, prompt_line
from redis_tui.prompt.memory import Memory
from redis_tui.prompt.watching import Watching
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.production import ask_with

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from redis_tui.render.spans import Line
    from redis_tui.session.base import Session
    from redis_tui.session.danger import Danger
    from redis_tui.spec.catalog import Catalog

MOST_LINES = 1_000
"""Lines of a reply that are printed unless told otherwise."""


class Printer(Protocol):
    """Where a REPL prints."""

    def lines(self, lines: Sequence[Line]) -> None:
        """Prints styled lines."""
        ...

    def raw(self, data: bytes) -> None:
        """Prints bytes as they are, and a newline."""
        ...

    def use_theme(self, name: str) -> None:
        """Prints in another theme from now on. Raises `SettingsError` where there is none of that name."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The last command and what came back, for `.page` and `.save`."""

    argv: tuple[bytes, ...]
    reply: Reply


@dataclass(slots=True)
class Shell:
    """One REPL's state."""

    session: Session
    printer: Printer
    mode: OutputMode = OutputMode.CLI
    catalog: Catalog | None = None
    """None until the session has told it."""
    open_session: Callable[[str], Awaitable[Session]] | None = None
    """Opens what ``.connect`` names; None where there is nothing else to connect to."""
    ask: Callable[[str], Awaitable[bool]] | None = None
    """Puts a yes-or-no question; None where nobody can answer."""
    ask_danger: Callable[[Danger, str], Awaitable[bool]] | None = None
    """Has the word typed before a dangerous command goes to production; None where nobody can type."""
    timeout_ms: int | None = None
    """How long a script of `.run` and its kin may last; None lets it last."""
    stop: asyncio.Event | None = None
    """Ends a series of runs, or listening, that is under way; Ctrl-C sets it."""
    asked_s: float = 0.0
    """Seconds that questions before what is dangerous have stood there; no time of a server's."""
    progress: str = ""
    """How far that is."""
    status: int = 0
    """What the process ends with: that of the last command, as a shell does."""
    next_input: str = ""
    """Text that the next prompt begins with, from ``.edit``."""
    last_input: str = ""
    ended: bool = False
    answer: Answer | None = None
    most_lines: int | None = MOST_LINES
    """Lines of a reply that are printed; None prints all."""
    hints: bool = True
    """What is typed is explained below the prompt."""
    timing: bool = False
    """Each reply's time is told."""
    hello: int | None = None
    """Protocol version that HELLO chose; None is the session's own."""
    use_vi: Callable[[bool], None] | None = None
    """Changes the keys of the prompt; None where there is none."""
    memory: Memory = field(default_factory=Memory)
    watching: Watching = field(default_factory=Watching)

    @property
    def assist(self) -> Assist:
        """Help while typing."""
        return Assist(self.catalog, self.memory)

    @property
    def resp(self) -> int:
        """Protocol version in whose shape replies are shown."""
        return self.hello or self.session.info.resp

    @property
    def prompt(self) -> str:
        """``embedded:0>``, ``redis:3(TX)>``; ``connecting:3>`` while that is not done."""
        return prompt_label(self.session)

    @property
    def prompt_line(self) -> Line:
        """The same, with the mark of production."""
        return prompt_line(self.session)

    def refuse_in_transaction(self) -> None:
        """For what asks several things at once, which would be queued.

        Raises:
            NotSupportedError: MULTI is open.
        """
        if self.session.in_transaction:
            raise NotSupportedError(
                "MULTI is open: what is asked now would be queued.", hint="EXEC or DISCARD ends it."
            )

    def note_keys(self, keys: Sequence[bytes]) -> None:
        """Remembers keys for completion."""
        self.memory.note_keys(keys)

    def use(self, session: Session) -> None:
        """Works with this session from now on, and says how a person is asked before what is dangerous there."""
        self.session = session
        if self.ask_danger is not None:
            ask_with(session, self.ask_danger)

    def move_to(self, session: Session) -> None:
        """Goes on with another session; nothing that was learnt of the one before holds there."""
        self.use(session)
        self.hello, self.catalog, self.answer = None, None, None
        self.memory.forget()
        self.watching = Watching()

    def observe(self, argv: Sequence[bytes], reply: Reply) -> None:
        """Learns from a command and its reply: the protocol's version, and keys."""
        name = argv[0].upper()
        failed = isinstance(reply, ErrorReply)
        if name == b"HELLO" and not failed and len(argv) > 1:
            self.hello = int(argv[1])
        elif name == b"RESET" and not failed:
            self.hello = 2
        self.memory.observe(argv, reply, self.catalog)


async def stopped_within(stop: asyncio.Event, seconds: float) -> None:
    """Waits for a time, or until Ctrl-C."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
