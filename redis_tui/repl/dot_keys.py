"""The dot commands that go over all keys: ``.scan .bigkeys .memkeys``, until Ctrl-C.

Knows the shell and the session waist; must not know prompt_toolkit. The decision a reader would question: Ctrl-C
is no failure here. What was found by then is shown, with how much of the database that is.
"""

from __future__ import annotations

import asyncio
import contextlib
from heapq import nlargest
from typing import TYPE_CHECKING

from redis_tui.quantity import size_text
from redis_tui.render.spans import Line, Span, show, text_line
from redis_tui.repl.shell import Answer
from redis_tui.session.facts import UNIT_OF
from redis_tui.session.sweep import Batch, Weight, sweep, weigh

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from redis_tui.repl.shell import Shell

_SHOWN = 5
"""Of each type, the largest keys."""
_LONGEST_KEY = 60


async def scan(shell: Shell, args: list[str]) -> None:
    """Prints keys, as many as a reply has lines; all of them go to `.page` and `.save`.

    Raises:
        NotSupportedError: MULTI is open.
    """
    pattern, kind = (*args, "", "")[:2]
    found: list[bytes] = []
    last: Batch | None = None
    async for last in _batches(shell, "SCAN", pattern, kind):
        room = None if shell.most_lines is None else max(0, shell.most_lines - len(found))
        found += last.keys
        shell.note_keys(last.keys)
        if last.keys[:room]:
            shell.printer.lines([[Span(show(key), "key")] for key in last.keys[:room]])
    shell.answer = Answer((b"SCAN",), list(found))
    if shell.most_lines is not None and len(found) > shell.most_lines:
        text = f"… cut after {shell.most_lines:,} of {len(found):,} keys · .page shows all, .save FILE keeps them"
        shell.printer.lines([text_line(text, "warning")])
    _tell_end(shell, f"{len(found):,} key{'' if len(found) == 1 else 's'}", last)


async def bigkeys(shell: Shell, args: list[str]) -> None:
    """The largest keys of each type, by elements or bytes.

    Raises:
        NotSupportedError: MULTI is open.
    """
    await _weigh_all(shell, args[0] if args else "", memory=False)


async def memkeys(shell: Shell, args: list[str]) -> None:
    """The keys of each type that take most memory.

    Raises:
        NotSupportedError: MULTI is open.
    """
    await _weigh_all(shell, args[0] if args else "", memory=True)


async def _weigh_all(shell: Shell, pattern: str, *, memory: bool) -> None:
    tally = _Tally(memory=memory)
    last: Batch | None = None
    async for last in _batches(shell, "memory" if memory else "sizes", pattern):
        tally.add(await weigh(shell.session, last.keys, memory=memory))
    if tally.lines():
        shell.printer.lines(tally.lines())
    _tell_end(shell, f"{tally.count:,} key{'' if tally.count == 1 else 's'} weighed", last)


class _Tally:
    """Sums by type, and the largest of each."""

    def __init__(self, *, memory: bool) -> None:
        self._memory = memory
        self._largest: dict[str, dict[bytes, Weight]] = {}
        self._sums: dict[str, tuple[int, int]] = {}
        self.count = 0

    def add(self, weights: Iterable[Weight]) -> None:
        """Takes a batch."""
        for weight in weights:
            keys, size = self._sums.get(weight.type, (0, 0))
            self._sums[weight.type] = (keys + 1, size + weight.size)
            self.count += 1
            top = self._largest.setdefault(weight.type, {})
            top[weight.key] = weight
            if len(top) > _SHOWN * 20:
                self._largest[weight.type] = {one.key: one for one in _top(top.values())}

    def lines(self) -> list[Line]:
        """A head for each type, the heaviest first, and its largest keys."""
        lines: list[Line] = []
        for kind, (keys, size) in sorted(self._sums.items(), key=lambda item: -item[1][1]):
            amount, mean = self._amount(kind, size), self._amount(kind, round(size / keys))
            lines.append(
                [
                    Span(f"{kind:<8}", "strong"),
                    Span(f" {keys:,} key{'' if keys == 1 else 's'} · {amount} · {mean} on average", "dim"),
                ]
            )
            lines += [
                [Span(f"  {self._amount(kind, one.size):>16}  "), Span(_shortened(show(one.key)), "key")]
                for one in _top(self._largest[kind].values())
            ]
        return lines

    def _amount(self, kind: str, size: int) -> str:
        if self._memory or kind == "string":
            return size_text(size)
        one, several = UNIT_OF[kind]
        return f"{size:,} {one if size == 1 else several}"


def _top(weights: Iterable[Weight]) -> list[Weight]:
    return nlargest(_SHOWN, weights, key=lambda one: one.size)


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST_KEY else name[: _LONGEST_KEY - 1] + "…"


async def _batches(shell: Shell, name: str, pattern: str, kind: str = "") -> AsyncIterator[Batch]:
    """The batches of a sweep until Ctrl-C, with its progress told."""
    shell.refuse_in_transaction()
    stop = shell.stop = asyncio.Event()
    shell.progress = f"{name}: beginning"
    try:
        async with contextlib.aclosing(sweep(shell.session, pattern, kind)) as batches:
            async for batch in batches:
                yield batch
                shell.progress = f"{name}: looked at {batch.progress}"
                if stop.is_set():
                    return
    finally:
        shell.stop = None


def _tell_end(shell: Shell, what: str, last: Batch | None) -> None:
    if last is None:
        return
    is_whole = last.looked_at >= last.total
    scope = "all of the database was looked at" if is_whole else f"stopped after about {last.progress}"
    shell.printer.lines([text_line(f"{what} · {scope}", "dim" if is_whole else "warning")])
