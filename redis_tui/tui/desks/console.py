"""Runs what is typed at the prompt, answers in the Console pane, and stops waiting when told.

Knows the session and the pane. The decision a reader would question: a command that waits does
not hold the prompt, since what it waits for is often typed next, at the same prompt.
"""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

from redis_tui.errors import RedisTuiError
from redis_tui.prompt.label import prompt_line
from redis_tui.prompt.one_node import one_node_note
from redis_tui.prompt.watching import Watching
from redis_tui.render.reply import prints_raw, stream_cli_lines
from redis_tui.render.reply_text import within
from redis_tui.render.spans import Line, Span, text_line
from redis_tui.resp.inline import split_inline
from redis_tui.session.guard import runs_script
from redis_tui.session.nodes import at_node, node_named
from redis_tui.spec.redact import redact_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session
    from redis_tui.tui.panes.console import ConsolePane

_SAY_AFTER_S = 0.4
"""Seconds of waiting that nobody needs to be told of."""
_MOST_LINES = 2_000
"""Lines of a reply that are shown."""
_MOST_CHARACTERS = 128 * 1024
"""Of those lines."""
_MOST_RUNS = 10_000
"""How often a number in front repeats a command."""
_ELSEWHERE = (
    "Dot commands are those of `redis-tui repl`. Here F5 runs, F6 tries, F8 kills, ^P finds all else.",
    "HELP COMMAND explains a command.",
)


class ConsoleDesk:
    """Runs what is typed at the prompt."""

    def __init__(self, session: Session, pane: ConsolePane) -> None:
        self._session = session
        self._pane = pane
        self._waiting: dict[asyncio.Future[Any], tuple[str, float, bool]] = {}
        self._watching = Watching()
        self.answered: tuple[str, Reply] | None = None
        """The last command and its reply."""

    async def enter(self, line: str) -> None:
        """Runs a line, or several commands one a line, and shows the answers."""
        several = self._pane.assist.several(line)
        for one in several or (line,):
            if several:
                self.show_prompt()
                self._pane.echo(one)
            try:
                argv = split_inline(one.encode("utf-8", "surrogateescape"))
                goes_on = await self._run(argv, one)
            except RedisTuiError as error:
                self._pane.show_reply([[Span(f"✗ {error}", "danger")]])
                goes_on = False
            if not goes_on:
                break  # what follows may build on it
        self.tick()
        self.show_prompt()

    async def _run(self, argv: list[bytes], line: str) -> bool:
        """Runs a command; False where its answer was not waited for."""
        from redis_tui.session.stream import opens_stream

        name = argv[0].lower()
        if name in (b"help", b"?", b".help") and len(argv) > 1:
            self._pane.show_reply(self._reference(argv[1:]))
        elif name == b".at" and len(argv) > 2:
            return await self._at(argv, line)
        elif name.startswith(b".") or name in (b"help", b"?"):
            self._pane.show_reply([text_line(text, "hint") for text in _ELSEWHERE])
        elif name == b"clear" and len(argv) == 1:
            self._pane.action_clear()
        elif opens_stream(argv) and not self._session.in_transaction:
            await self._listen(argv, line)
        else:
            count, argv = _repeated(argv)
            for _ in range(count):
                if not await self._answer(argv, line):
                    return False
        return True

    async def _at(self, argv: list[bytes], line: str) -> bool:
        """Runs a command at one node of a cluster, or at each: ``.at 7001 INFO``, ``.at all DBSIZE``."""
        word = argv[1].decode("utf-8", "replace")
        names = [node.name for node in self._session.nodes()] if word.lower() == "all" else [word]
        for name in [node_named(self._session, one) for one in names or [word]]:
            self._pane.show_reply([[Span(name, "key")]])
            with at_node(name):
                if not await self._answer(argv[2:], line):
                    return False
        return True

    def _reference(self, words: Sequence[bytes]) -> list[Line]:
        from redis_tui.render.reference import group_lines, reference_lines

        name = b" ".join(words).decode("utf-8", "replace")
        catalog = self._pane.assist.catalog
        if catalog is None:
            return [text_line("The server has not told its commands yet.", "warning")]
        if name.startswith("@"):
            return group_lines(catalog, name)
        spec = catalog.get(name)
        return reference_lines(spec) if spec is not None else [text_line(f"There is no command {name}.", "warning")]

    async def _listen(self, argv: Sequence[bytes], line: str) -> None:
        """SUBSCRIBE and MONITOR: shows what is told until the wait is not wanted."""
        task = asyncio.ensure_future(self._show_messages(argv))
        self._waiting[task] = (line, time.monotonic(), False)
        try:
            await asyncio.wait({task})
            if task.cancelled():
                self._pane.show_reply([text_line(f"Stopped listening to {line}.", "dim")])
                return
            task.result()
        finally:
            task.cancel()
            del self._waiting[task]

    async def _show_messages(self, argv: Sequence[bytes]) -> None:
        async with await self._session.stream(argv) as stream:
            async for batch in stream:
                lines: list[Line] = []
                if batch.dropped:
                    lines.append(text_line(f"… {batch.dropped:,} messages came too fast and are lost", "warning"))
                for message in batch.messages:
                    lines += _message_lines(message.reply)
                self._pane.show_reply(lines)

    async def _answer(self, argv: Sequence[bytes], line: str) -> bool:
        """Runs a command and shows its answer; False where that was not waited for."""
        from redis_tui.prompt.context import error_context

        task = asyncio.ensure_future(self._session.execute(argv))
        self._waiting[task] = (redact_text(line), time.monotonic(), runs_script(argv))
        try:
            await asyncio.wait({task})
            if task.cancelled():
                self._pane.show_reply([[Span(f"No longer waiting for {redact_text(line)}.", "dim")]])
                return False
            reply = task.result()
            self.answered = (redact_text(line), reply)
        finally:
            task.cancel()
            del self._waiting[task]
        self._pane.assist.memory.observe(argv, reply, self._pane.assist.catalog)
        self._pane.show_reply([*_reply_lines(argv, reply), *error_context(argv, reply)])
        told = await self._watching.observe(self._session, argv, reply)
        if told := told or one_node_note(self._session, argv, reply):
            self._pane.show_reply(told)
        return True

    def tick(self) -> None:
        """Says what is waited for, and how long by now."""
        now = time.monotonic()
        waits = [(line, now - since) for line, since, _ in self._waiting.values() if now - since > _SAY_AFTER_S]
        self._pane.show_waiting(waits)

    def stop_waiting(self) -> None:
        """Waits for none of the answers any more."""
        for task in self._waiting:
            task.cancel()

    def leave(self) -> None:
        """Another server comes: what this one told is of no use there."""
        self.stop_waiting()
        self._watching = Watching()
        self.answered = None
        self._pane.assist.memory.forget()
        self._pane.assist.catalog = None

    @property
    def waits_for_script(self) -> bool:
        """Whether what is waited for is a script, which has to be ended where it runs."""
        return any(is_script for _, _, is_script in self._waiting.values())

    def show_prompt(self) -> None:
        """The prompt names the database, and an open transaction."""
        self._pane.set_prompt(prompt_line(self._session))


def _repeated(argv: list[bytes]) -> tuple[int, list[bytes]]:
    """``3 INCR n`` runs INCR n three times, as at the REPL."""
    if len(argv) > 1 and argv[0].isdigit() and 0 < int(argv[0]) <= _MOST_RUNS:
        return int(argv[0]), argv[1:]
    return 1, argv


def _message_lines(reply: Reply) -> list[Line]:
    if isinstance(reply, bytes):
        return [text_line(reply.decode("utf-8", "backslashreplace"))]
    return list(stream_cli_lines(reply))


def _reply_lines(argv: Sequence[bytes], reply: Reply) -> list[Line]:
    if isinstance(reply, bytes) and prints_raw(argv):
        return [[Span(line, "text")] for line in reply.decode("utf-8", "replace").splitlines()]
    lines = within(
        stream_cli_lines(reply, pieces=True), _MOST_CHARACTERS, _cut_line(reply, _MOST_CHARACTERS, "characters")
    )
    shown = list(islice(lines, _MOST_LINES))
    if next(lines, None) is not None:
        shown.append(_cut_line(reply, _MOST_LINES, "lines"))
    return shown


def _cut_line(reply: Reply, most: int, what: str) -> Line:
    """Says that a reply goes on, and where to see it."""
    whole = f" of a reply with {len(reply):,} elements" if isinstance(reply, list) else ""
    whole = f" of a string with {len(reply):,} bytes" if isinstance(reply, bytes) else whole
    return text_line(f"… cut after {most:,} {what}{whole} · ^P, Console reply shows more", "warning")
