"""What one REPL holds while it runs: the session, the modes, the keys it has seen, where it prints.

Knows the session waist; must not know prompt_toolkit, so that commands can be tested
without a terminal. The decision a reader would question: MULTI is tracked here from
commands and replies, because a session has no such state of its own to ask for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from redis_tui.batch import OutputMode
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.spec.keys import keys_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Sequence

    from redis_tui.render.spans import Line
    from redis_tui.session.base import Session
    from redis_tui.spec.catalog import Catalog

_KEYS_KEPT = 500


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
    in_transaction: bool = False
    timeout_ms: int | None = None
    """How long a script of `.run` and its kin may last; None lets it last."""
    stop: asyncio.Event | None = None
    """Ends a series of runs that is under way; Ctrl-C sets it."""
    progress: str = ""
    """How far that series is."""
    status: int = 0
    """What the process ends with: that of the last command, as a shell does."""
    next_input: str = ""
    """Text that the next prompt begins with, from ``.edit``."""
    last_input: str = ""
    ended: bool = False
    _seen: dict[str, None] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """``embedded:0>``, ``redis:3(TX)>``."""
        info = self.session.info
        name = "embedded" if info.embedded else info.server
        return f"{name}:{self.session.db}{'(TX)' if self.in_transaction else ''}> "

    @property
    def seen_keys(self) -> list[str]:
        """Keys met in commands and replies, latest first."""
        return list(reversed(self._seen))

    def note_keys(self, keys: Sequence[bytes]) -> None:
        """Remembers keys for completion; those that are no text are passed over."""
        for key in keys:
            try:
                text = key.decode()
            except UnicodeDecodeError:
                continue
            self._seen.pop(text, None)
            self._seen[text] = None
        while len(self._seen) > _KEYS_KEPT:
            del self._seen[next(iter(self._seen))]

    def observe(self, argv: Sequence[bytes], reply: Reply) -> None:
        """Learns from a command and its reply: the transaction's state, and keys."""
        name = argv[0].upper()
        failed = isinstance(reply, ErrorReply)
        if name == b"MULTI" and not failed:
            self.in_transaction = True
        elif name in (b"EXEC", b"DISCARD", b"RESET"):
            self.in_transaction = False
        if failed:
            return
        if name == b"SCAN" and isinstance(reply, list) and len(reply) == 2:
            self.note_keys(_texts(reply[1]))
        elif name in (b"KEYS", b"RANDOMKEY"):
            self.note_keys(_texts(reply))
        elif self.catalog is not None and (spec := self.catalog.get(name.decode("latin-1"))) is not None:
            self.note_keys(keys_of(spec, list(argv)))


def _texts(reply: Reply) -> list[bytes]:
    if isinstance(reply, bytes):
        return [reply]
    return [item for item in reply if isinstance(item, bytes)] if isinstance(reply, list) else []
