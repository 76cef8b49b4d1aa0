"""The dot commands about answers: ``.output .page .save .lines .timing .every``.

Knows the shell; must not know prompt_toolkit. The decision a reader would question: `.page` and `.save` take
the last answer where no command follows. One wants a pager after one has seen how long it is, and the
command may not be one to send twice.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from typing import TYPE_CHECKING

from redis_tui.batch import OutputMode
from redis_tui.errors import FileError, UsageError
from redis_tui.paths import expanded
from redis_tui.quantity import milliseconds
from redis_tui.render.spans import text_line
from redis_tui.repl.send import answer_text, pass_on, send
from redis_tui.repl.shell import Answer, stopped_within
from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from redis_tui.repl.shell import Shell

OUTPUTS = (*(mode.value for mode in OutputMode), "resp3", "resp2")
"""What ``.output`` takes."""


async def output(shell: Shell, args: list[str]) -> None:
    """How replies are written; ``resp3`` and ``resp2`` change the protocol they come in.

    Raises:
        UsageError: there is no such output.
    """
    if not args:
        line = f"Replies are written as {shell.mode.value}, and come as RESP{shell.resp}."
        shell.printer.lines([text_line(line), text_line(f"Choose one of {', '.join(OUTPUTS)}.", "dim")])
        return
    word = args[0].lower()
    if word not in OUTPUTS:
        raise UsageError(f"There is no output {args[0]!r}.", hint=f"Choose one of {', '.join(OUTPUTS)}.")
    if not word.startswith("resp"):
        shell.mode = OutputMode(word)
        return
    argv = [b"HELLO", word[-1].encode()]
    reply = await shell.session.execute(argv)
    shell.observe(argv, reply)
    if isinstance(reply, ErrorReply):
        raise UsageError(f"The server refused: {reply.line.decode('utf-8', 'replace')}.")
    shell.printer.lines([text_line(f"Replies come as RESP{word[-1]} now.", "success")])


async def page(shell: Shell, args: list[str]) -> None:
    """Shows an answer in the pager.

    Raises:
        UsageError: there is no answer yet, or the pager ended with a fault.
    """
    answer = await _answer(shell, args)
    pager = os.environ.get("PAGER") or ("less" if shutil.which("less") else "more")
    await pass_on(pager, answer_text(shell, answer), to_its_end=True)


async def save(shell: Shell, args: list[str]) -> None:
    """Writes an answer to a file.

    Raises:
        UsageError: there is no answer yet.
        FileError: it cannot be written, or nobody agreed to overwrite it.
    """
    path = _path(args[0])
    answer = await _answer(shell, args[1:])
    exists = await asyncio.to_thread(path.exists)
    if exists and (shell.ask is None or not await shell.ask(f"{path} exists. Overwrite it?")):
        raise FileError(f"{path} exists and was left as it is.")
    data = answer_text(shell, answer)
    try:
        await asyncio.to_thread(path.write_bytes, data)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {(error.strerror or str(error)).lower()}.") from None
    shell.printer.lines([text_line(f"{len(data):,} bytes written to {path}.", "success")])


def _path(name: str) -> Path:
    return expanded(name)


async def _answer(shell: Shell, args: Sequence[str]) -> Answer:
    if args:
        argv = tuple(arg.encode("utf-8", "surrogateescape") for arg in args)
        reply = await shell.session.execute(argv)
        shell.observe(argv, reply)
        shell.answer = Answer(argv, reply)
    if shell.answer is None:
        raise UsageError("There is no answer yet.", hint="Send a command first, or write it behind the name.")
    return shell.answer


async def lines(shell: Shell, args: list[str]) -> None:
    """How many lines of a reply are printed.

    Raises:
        UsageError: it is no number.
    """
    if args:
        word = args[0].lower()
        if word != "all" and not (word.isdecimal() and int(word)):
            raise UsageError(f"{args[0]!r} is no number of lines.", hint="Write a number, or all.")
        shell.most_lines = None if word == "all" else int(word)
    told = "whole" if shell.most_lines is None else f"up to {shell.most_lines:,} lines"
    shell.printer.lines([text_line(f"Replies are printed {told}.")])


async def timing(shell: Shell, args: list[str]) -> None:
    """Whether each reply's time is told.

    Raises:
        UsageError: it is neither on nor off.
    """
    word = args[0].lower() if args else ("off" if shell.timing else "on")
    if word not in ("on", "off"):
        raise UsageError(f"{args[0]!r} is neither on nor off.", hint="Usage: .timing on|off")
    shell.timing = word == "on"
    told = "Each reply's time is told." if shell.timing else "Only replies of half a second or more tell their time."
    shell.printer.lines([text_line(told)])


async def every(shell: Shell, args: list[str]) -> None:
    """Sends a command again and again until Ctrl-C.

    Raises:
        UsageError: the first word is no time, or the second is no command of the server.
    """
    pause_s = milliseconds(args[0]) / 1000
    if args[1].startswith("."):
        raise UsageError(".every sends commands of the server.", hint=".stat and .latency go on by themselves.")
    argv = [arg.encode("utf-8", "surrogateescape") for arg in args[1:]]
    stop = shell.stop = asyncio.Event()
    name, count = argv[0].decode("utf-8", "replace").upper(), 0
    try:
        while not stop.is_set():
            count += 1
            shell.progress = f"{name} every {args[0]}, {count:,} times so far"
            await send(shell, argv)
            await stopped_within(stop, pause_s)
    finally:
        shell.stop = None
