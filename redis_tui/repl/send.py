"""A command on its way to the session, and its answer on its way to the screen, a pipe or a pager.

Knows the shell and the session waist; must not know prompt_toolkit. The decision a reader would question: a
long reply is cut on the screen and kept whole. Printing a hundred thousand lines takes the one that was
wanted out of sight; `.page` and `.save` have them all.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from typing import TYPE_CHECKING

from redis_tui.batch import OutputMode, format_reply
from redis_tui.errors import AuthError, ConnectError, SessionError, UsageError
from redis_tui.exit_status import ExitStatus
from redis_tui.prompt.context import error_context
from redis_tui.prompt.one_node import one_node_note
from redis_tui.render.advice import advise
from redis_tui.render.reply import prints_raw, stream_cli_lines
from redis_tui.render.spans import Line, text_line
from redis_tui.render.table_text import stream_table_lines
from redis_tui.repl.shell import Answer
from redis_tui.resp.types import ErrorReply, Map, Reply, SetReply, Status
from redis_tui.session.nodes import lacking_text
from redis_tui.session.stream import opens_stream
from redis_tui.spec.walk import split_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.repl.shell import Shell

_CHUNK = 500
"""Lines printed before others get a turn."""
_SLOW_S = 0.5
"""From when on the time is told unasked, as redis-cli does."""
_CONFIRMATIONS = (b"subscribe", b"psubscribe", b"ssubscribe")
_ADVISED = ("BUSY", "NOAUTH", "NOSCRIPT", "UNKILLABLE")


def split_pipe(text: str) -> tuple[str, str | None]:
    """``LRANGE l 0 -1 | sort`` is a command and a program; a bar at the end or in quotes is an argument."""
    for word in split_words(text):
        if word.raw == "|" and (program := text[word.end :].strip()):
            return text[: word.start], program
    return text, None


async def send(shell: Shell, argv: list[bytes], program: str | None = None) -> None:
    """Runs a command and shows its answer.

    Args:
        shell: the REPL.
        argv: name and arguments.
        program: a shell's command line that gets the answer instead of the screen.

    Raises:
        SessionError: the connection broke.
    """
    if opens_stream(argv) and not shell.session.in_transaction:
        await _listen(shell, argv)
        return
    started, asked_s = time.perf_counter(), shell.asked_s
    was_open = shell.session.in_transaction
    try:
        reply = await shell.session.execute(argv)
    except (AuthError, ConnectError):
        raise  # nothing was sent
    except SessionError as error:
        raise SessionError(error.message, hint=_after_break(argv, was_open=was_open)) from None
    took_s = time.perf_counter() - started - (shell.asked_s - asked_s)
    shell.observe(argv, reply)
    shell.status = ExitStatus.ERROR_REPLY if isinstance(reply, ErrorReply) else ExitStatus.OK
    shell.answer = Answer(tuple(argv), reply)
    if program is None:
        await show(shell, shell.answer)
    else:
        await pass_on(program, answer_text(shell, shell.answer, raw=True))
    told = await shell.watching.observe(shell.session, argv, reply)
    told = told or one_node_note(shell.session, argv, reply)
    if shell.timing or took_s >= _SLOW_S:
        told = [*told, text_line(f"({_duration(took_s)})", "dim")]
    if told:
        shell.printer.lines(told)


def _after_break(argv: list[bytes], *, was_open: bool) -> str:
    """What is to be known of a command during which the connection broke."""
    name = argv[0].decode("utf-8", "replace").upper()
    lost = "MULTI is gone with all that was queued" if was_open else f"Whether {name} was carried out is not known"
    return f"{lost}. The next command connects again."


def _duration(seconds: float) -> str:
    return f"{seconds:.2f}s" if seconds >= _SLOW_S else f"{seconds * 1000:.2f} ms"


async def show(shell: Shell, answer: Answer) -> None:
    """Prints an answer, cut where it is long."""
    reply, argv = answer.reply, answer.argv
    if shell.mode not in (OutputMode.CLI, OutputMode.TABLE) or (prints_raw(argv) and isinstance(reply, bytes)):
        shell.printer.raw(format_reply(reply, shell.mode, resp=shell.resp, argv=argv))
        return
    if shell.mode is OutputMode.TABLE:
        columns = shutil.get_terminal_size().columns
        lines = stream_table_lines(reply, argv, columns=columns, resp=shell.resp)
    else:
        lines = stream_cli_lines(reply, resp=shell.resp)
    for chunk in _chunks(lines, shell.most_lines):
        shell.printer.lines(chunk)
        await asyncio.sleep(0)
    if shell.most_lines is not None and next(lines, None) is not None:
        shell.printer.lines([_told_cut(shell.most_lines, reply)])
    if context := error_context(argv, reply):
        shell.printer.lines(context)
    if isinstance(reply, ErrorReply) and reply.code in _ADVISED:
        advice = advise(reply.code, reply.message)
        assert advice is not None  # these codes are in the table
        shell.printer.lines([text_line(f"→ {advice.action}", "hint")])


def _told_cut(most: int, reply: Reply) -> Line:
    count = len(reply) if isinstance(reply, list) else len(reply.pairs) if isinstance(reply, Map) else 0
    if isinstance(reply, SetReply):
        count = len(reply.items)
    whole = f" of a reply with {count:,} elements" if count else ""
    return text_line(f"… cut after {most:,} lines{whole} · .page shows all, .save FILE keeps it", "warning")


def _chunks(lines: Iterator[Line], most: int | None) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    count = 0
    while (most is None or count < most) and (line := next(lines, None)) is not None:
        chunk.append(line)
        count += 1
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def answer_text(shell: Shell, answer: Answer, *, raw: bool = False) -> bytes:
    """An answer whole, in the output that is chosen.

    Args:
        shell: the REPL.
        answer: what was answered.
        raw: for a program, which gets no quotes and numbers of redis-cli's terminal look.
    """
    mode = OutputMode.RAW if raw and shell.mode in (OutputMode.CLI, OutputMode.TABLE) else shell.mode
    return format_reply(answer.reply, mode, resp=shell.resp, argv=answer.argv) + b"\n"


async def pass_on(program: str, data: bytes, *, to_its_end: bool = False) -> None:
    """Gives bytes to a program, and waits until it ends.

    Args:
        program: a shell's command line.
        data: what it reads.
        to_its_end: Ctrl-C is the program's own business, a pager's for one.

    Raises:
        UsageError: it ended with a fault.
    """
    process = await asyncio.create_subprocess_shell(program, stdin=asyncio.subprocess.PIPE)
    talk = asyncio.ensure_future(process.communicate(data))
    while not talk.done():
        try:
            await asyncio.shield(talk)
        except asyncio.CancelledError:
            if to_its_end:
                continue
            process.terminate()
            await talk
            raise
        except (BrokenPipeError, ConnectionResetError):
            break  # it has read enough, as head does
    if code := await process.wait():
        raise UsageError(f"`{program}` ended with status {code}.")


async def _listen(shell: Shell, argv: list[bytes]) -> None:
    """SUBSCRIBE and MONITOR: prints what is told until Ctrl-C."""
    name = argv[0].decode("latin-1").upper()
    shell.stop, count = asyncio.Event(), 0
    stopping = asyncio.ensure_future(shell.stop.wait())
    try:
        async with await shell.session.stream(argv) as stream:
            shell.progress = f"{name}: listening"
            if name == "MONITOR" and (lacking := lacking_text(shell.session.nodes())):
                shell.printer.lines([text_line(f"Listening {lacking}.", "warning")])
            while not shell.stop.is_set():
                coming = asyncio.ensure_future(anext(stream, None))
                await asyncio.wait({coming, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done():
                    coming.cancel()
                    break
                batch = coming.result()
                if batch is None:
                    break
                count += sum(not _confirms(message.reply) for message in batch.messages)
                shell.progress = f"{name}: {_messages(count) if count else 'listening'}"
                if batch.dropped:
                    shell.printer.lines(
                        [text_line(f"… {batch.dropped:,} messages came too fast and are lost", "warning")]
                    )
                for message in batch.messages:
                    _print_message(shell, message.reply)
    finally:
        shell.stop = None
        stopping.cancel()
    shell.printer.lines([text_line(f"Stopped listening after {_messages(count)}.", "dim")])


def _confirms(reply: Reply) -> bool:
    """Whether it answers what was asked, and tells nothing that happened."""
    return isinstance(reply, Status) or (isinstance(reply, list) and bool(reply) and reply[0] in _CONFIRMATIONS)


def _messages(count: int) -> str:
    return f"{count:,} message{'' if count == 1 else 's'}"


def _print_message(shell: Shell, reply: Reply) -> None:
    if shell.mode not in (OutputMode.CLI, OutputMode.TABLE):
        shell.printer.raw(format_reply(reply, shell.mode, resp=shell.resp))
    elif isinstance(reply, bytes):
        shell.printer.lines([text_line(reply.decode("utf-8", "backslashreplace"))])
    else:
        shell.printer.lines(list(stream_cli_lines(reply, resp=shell.resp)))
