"""A session that writes down what was asked of it, what came of it and how long that took.

Wraps a session of either kind; where it is written, the program's logging knows. Secrets are replaced before anything
is handed to that. The decision a reader would question: a reply's content is not logged, only its kind. A log is sent
to other people, and the values of a database are nobody's business there.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from redis_tui.errors import RedisTuiError
from redis_tui.resp.types import ErrorReply
from redis_tui.session.aside import is_aside
from redis_tui.session.base import EventKind
from redis_tui.session.wrapped import WrappedSession
from redis_tui.spec.redact import redacted_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import KillOutcome, ScriptOutcome, ScriptRun, Session
    from redis_tui.session.stream import Stream

_LOG = logging.getLogger(__name__)
_LONGEST = 300
"""Characters of a command that are written."""
_TOLD = {EventKind.DISCONNECTED: logging.WARNING, EventKind.RECONNECTED: logging.INFO}


class LoggedSession(WrappedSession):
    """A `Session` over another one, whose doings are logged."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        info = session.info
        _LOG.info("opened %s: %s %s", info.url, info.server, info.version)
        self._listening = asyncio.create_task(self._listen())

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        with _timed(_line(argv)) as note:
            reply = await self.inner.execute(argv, db=db)
            note(reply)
        return reply

    async def execute_many(
        self, commands: Sequence[Sequence[bytes]], *, db: int | None = None, stop_at_error: bool = False
    ) -> list[Reply]:
        first = f" and {len(commands) - 1:,} more" if len(commands) > 1 else ""
        with _timed(f"{_line(commands[0]) if commands else 'nothing'}{first}") as note:
            replies = await self.inner.execute_many(commands, db=db, stop_at_error=stop_at_error)
            note(next((reply for reply in replies if isinstance(reply, ErrorReply)), None))
        return replies

    async def run(self, run: ScriptRun) -> ScriptOutcome:
        with _timed(f"{'dry run' if run.dry_run else 'run'} of {run.name}, {len(run.keys)} keys") as note:
            outcome = await self.inner.run(run)
            note(outcome.reply)
        return outcome

    async def stream(self, argv: Sequence[bytes], *, capacity: int = 10_000) -> Stream:
        with _timed(_line(argv)) as note:
            stream = await self.inner.stream(argv, capacity=capacity)
            note(None)
        return stream

    async def kill(self, *, undo: bool = False) -> KillOutcome:
        outcome = await self.inner.kill(undo=undo)
        _LOG.info("kill: %s", outcome.value)
        return outcome

    async def close(self) -> None:
        self._listening.cancel()
        await self.inner.close()
        _LOG.info("closed %s", self.info.url)

    async def _listen(self) -> None:
        async for event in self.inner.events():
            if event.kind in _TOLD:
                _LOG.log(_TOLD[event.kind], "%s %s", event.kind.value, event.text)


class _Note:
    """What came of one thing that was asked."""

    def __init__(self) -> None:
        self.told = "no answer"
        self.level = logging.INFO

    def __call__(self, reply: Reply) -> None:
        is_error = isinstance(reply, ErrorReply)
        self.told = f"error {reply.code}" if isinstance(reply, ErrorReply) else "ok"
        self.level = logging.WARNING if is_error else logging.INFO


@contextmanager
def _timed(what: str) -> Iterator[_Note]:
    note, started = _Note(), time.perf_counter()
    try:
        yield note
    except RedisTuiError as error:
        note.told, note.level = f"{type(error).__name__}: {error}", logging.ERROR
        raise
    except Exception:
        _LOG.exception("fault in %s", what)
        raise
    finally:
        # What panes read for themselves is much, and seldom what somebody looks for in a log.
        level = logging.DEBUG if is_aside() and note.level == logging.INFO else note.level
        _LOG.log(level, "%s: %s, %.2f ms", what, note.told, (time.perf_counter() - started) * 1000)


def _line(argv: Sequence[bytes]) -> str:
    line = redacted_line(argv)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}… ({len(line):,} characters)"
