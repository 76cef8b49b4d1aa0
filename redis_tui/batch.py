"""Commands from lines, one a line, as redis-cli takes them from a pipe; and replies in every output form.

Used by ``redis-tui exec`` and by the REPL when its input is no terminal. Knows sessions and
rendering; must not know prompt_toolkit, so that a pipe starts quickly.

The decision a reader would question: redis-cli ends with status 0 whatever the server
answered. Here a line that the server refuses makes it 1 and one that cannot be split 2,
and the lines after it still run, as there.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import itertools
import sys
import threading
from enum import Enum
from typing import TYPE_CHECKING

from redis_tui.errors import NotSupportedError, RedisTuiError, UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.render.reply import cli_lines, csv_text, json_text, plain, prints_raw, raw_text
from redis_tui.render.table_text import stream_table_lines
from redis_tui.resp.inline import UnbalancedQuotes, split_inline
from redis_tui.resp.shape import as_resp2, as_resp3
from redis_tui.resp.types import ErrorReply
from redis_tui.session.bulk import BATCH, may_go_together
from redis_tui.session.danger import danger_of
from redis_tui.session.guard import refuse_takeover

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session

_AHEAD = 8
"""Pieces read from a pipe before the first of them has run."""
_READ_SIZE = 65_536
_TABLE_COLUMNS = 1_000
"""Of a table that is written to a file or a pipe, which has no width."""


class OutputMode(Enum):
    """How replies are written; made from its word, ``OutputMode("json")``."""

    CLI = "cli"
    """As redis-cli on a terminal."""
    RAW = "raw"
    """As redis-cli into a pipe."""
    JSON = "json"
    CSV = "csv"
    TABLE = "table"
    """Columns with names, where the reply has that shape; else as CLI."""


def format_reply(reply: Reply, mode: OutputMode, *, resp: int = 2, argv: Sequence[bytes] = ()) -> bytes:
    """A reply's text, without a newline at its end.

    Args:
        reply: what a session answered.
        mode: how to write it.
        resp: protocol version whose shape is shown; JSON keeps maps and numbers of either.
        argv: the command, for the few whose text is never quoted (INFO, CLIENT LIST).
    """
    if mode is OutputMode.JSON:
        return json_text(as_resp3(reply)).encode()
    if mode is OutputMode.TABLE:
        return plain(stream_table_lines(reply, argv, columns=_TABLE_COLUMNS, resp=resp)).encode(
            "utf-8", "surrogateescape"
        )
    shaped = as_resp2(reply) if resp == 2 else as_resp3(reply)
    if mode is OutputMode.CSV:
        return csv_text(shaped).encode()
    if mode is OutputMode.RAW or (prints_raw(argv) and isinstance(shaped, bytes)):
        return raw_text(shaped)
    return plain(cli_lines(shaped)).encode("utf-8", "surrogateescape")


def complain_on_stderr(sentence: str) -> None:
    """Tells the person at the terminal, beside the replies."""
    sys.stderr.write(f"redis-tui: {sentence}\n")


async def run_command(
    session: Session, argv: Sequence[bytes], write: Callable[[bytes], None], mode: OutputMode | str = OutputMode.CLI
) -> int:
    """Runs one command.

    Args:
        session: where it goes.
        argv: name and arguments.
        write: receives the reply's text and a newline.
        mode: how it is written.

    Returns:
        0, or 1 where the reply was an error.

    Raises:
        SessionError: the session broke.
    """
    reply = await session.execute(argv)
    write(format_reply(reply, OutputMode(mode), resp=session.info.resp, argv=argv) + b"\n")
    return ExitStatus.ERROR_REPLY if isinstance(reply, ErrorReply) else ExitStatus.OK


async def run_lines(
    session: Session,
    lines: Iterable[bytes],
    write: Callable[[bytes], None],
    mode: OutputMode | str = OutputMode.RAW,
    *,
    complain: Callable[[str], None] = complain_on_stderr,
) -> int:
    """Runs one command a line until the lines end, or until QUIT.

    Args:
        session: where the commands go.
        lines: commands, quoted as redis-cli takes them; blank lines are passed over. A file is
            read by a thread, so that waiting for a line does not stop the event loop. Those that have come and
            work on data alone go out together.
        write: receives each reply's text and a newline.
        mode: how replies are written.
        complain: told, in a sentence, of a line that cannot be run and of a session that broke.

    Returns:
        0, 1 where a reply was an error, 2 where a line could not be split, 3 where the session broke.
    """
    sender, number = _Sender(session, write, OutputMode(mode)), 0
    try:
        async for batch in _batches(lines):
            for line in batch:
                number += 1
                try:
                    argv = _split(line, number)
                    if not argv:
                        continue
                    refuse_takeover(argv)
                except (UsageError, NotSupportedError) as error:
                    await sender.flush()
                    complain(str(error) if isinstance(error, UsageError) else f"Line {number}: {error}")
                    sender.status = max(sender.status, error.exit_status)
                    continue
                await sender.take(argv, alone=len(batch) == 1)
                if argv[0].lower() in (b"quit", b"exit"):
                    return sender.status
            await sender.flush()
    except RedisTuiError as error:
        complain(str(error))
        return error.exit_status
    return sender.status


class _Sender:
    """Sends commands, together where they may go so, and writes their replies in order."""

    def __init__(self, session: Session, write: Callable[[bytes], None], mode: OutputMode) -> None:
        self._session, self._write, self._mode = session, write, mode
        self._pending: list[list[bytes]] = []
        self.status = ExitStatus.OK

    async def take(self, argv: list[bytes], *, alone: bool) -> None:
        """Sends a command, now or with those that follow.

        Args:
            argv: name and arguments.
            alone: none follows at once.
        """
        session = self._session
        # A dangerous one goes alone: where production refuses it, what stood before it has gone out, and no more.
        is_careful = session.info.production and danger_of(await session.catalog(), argv) is not None
        alone = alone or is_careful or session.in_transaction
        if not alone and may_go_together(await session.catalog(), argv):
            self._pending.append(argv)
            if len(self._pending) >= BATCH:
                await self.flush()
            return
        await self.flush()
        self.status = max(self.status, await run_command(session, argv, self._write, self._mode))

    async def flush(self) -> None:
        """Sends what waits."""
        commands, self._pending = self._pending, []
        if not commands:
            return
        replies = await self._session.execute_many(commands)
        resp = self._session.info.resp
        texts = [
            format_reply(reply, self._mode, resp=resp, argv=argv) for argv, reply in zip(commands, replies, strict=True)
        ]
        self._write(b"\n".join([*texts, b""]))
        if any(isinstance(reply, ErrorReply) for reply in replies):
            self.status = max(self.status, ExitStatus.ERROR_REPLY)


async def read_lines(stream: io.BufferedIOBase) -> AsyncIterator[list[bytes]]:
    """The lines of a pipe, as many at a time as have come, read by a thread so that the event loop goes on.

    The thread is a daemon: a program that is interrupted does not wait for the next line.
    """
    loop = asyncio.get_running_loop()
    arrived: asyncio.Queue[list[bytes] | None] = asyncio.Queue()
    room = threading.Semaphore(_AHEAD)

    def read() -> None:
        rest = b""
        # The loop may close while a line is read; nobody wants the line then.
        with contextlib.suppress(RuntimeError, ValueError, OSError):
            while data := stream.read1(_READ_SIZE):
                *lines, rest = (rest + data).split(b"\n")
                if lines:
                    room.acquire()
                    loop.call_soon_threadsafe(arrived.put_nowait, lines)
            if rest:
                loop.call_soon_threadsafe(arrived.put_nowait, [rest])
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(arrived.put_nowait, None)

    threading.Thread(target=read, name="redis-tui-input", daemon=True).start()
    while (lines := await arrived.get()) is not None:
        room.release()
        yield lines


_INSTEAD = {
    b".at": "Use `redis-tui exec --node HOST:PORT` for one node.",
    b".connect": "Use `redis-tui exec --url URL`.",
    b".dry": "Use `redis-tui run --dry-run FILE`.",
    b".trace": "Use `redis-tui run --trace FILE`.",
}
"""What does the same without a prompt."""


def _split(line: bytes, number: int) -> list[bytes]:
    try:
        argv = split_inline(line)
    except UnbalancedQuotes:
        raise UsageError(f"Line {number}: a quote is not closed.", hint="The line was not sent.") from None
    if argv and argv[0].startswith(b"."):
        raise UsageError(
            f"Line {number}: {argv[0].decode('utf-8', 'replace')} works at a prompt only.",
            hint=_INSTEAD.get(argv[0], "Use `redis-tui run FILE` for scripts."),
        )
    return argv


async def _batches(lines: Iterable[bytes]) -> AsyncIterator[Sequence[bytes]]:
    if isinstance(lines, io.BufferedIOBase):
        async for batch in read_lines(lines):
            yield batch
        return
    rest = iter(lines)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch
