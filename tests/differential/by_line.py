"""``python -m tests.differential expressions``: made-up calls of library functions against any server, by the thousand.

::

    expressions                                       Redis 8 and Valkey 9 of the test extras
    expressions redis-7.2=7000 --kind cjson --count 5000    one that runs there; its scripts are flushed
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conformance.wire import reply_end
from tests.differential.expressions import expressions
from tests.differential.play import Ours, Theirs
from tests.differential.scripts.by_hand import connected
from tests.differential.scripts.corpus import tried
from tests.differential.scripts.player import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = 40


def check_lines(lines: Sequence[str], ours: Ours, theirs: Theirs) -> None:
    """Tries each line on both sides.

    Raises:
        AssertionError: a line does not come to the same; the message is the line with both answers.
    """
    command = (b"EVAL", tried(lines).encode(), b"0")
    here, there = ours.play([command])[0], theirs.play([command])[0]
    if masked(here) == masked(there):
        return
    said = [_items(masked(raw)) for raw in (here, there)]
    for line, mine, theirs_ in zip(lines, *said, strict=False):
        if mine != theirs_:
            raise AssertionError(f"{line}\n    ours   {mine!r}\n    theirs {theirs_!r}")
    raise AssertionError(f"{lines}\n    ours   {here!r}\n    theirs {there!r}")


def _items(raw: bytes) -> list[bytes]:
    """The elements of an array, raw."""
    items, at = [], raw.index(b"\r\n") + 2
    while at < len(raw):
        end = reply_end(raw, at)
        assert end is not None, raw[at:]
        items.append(raw[at:end])
        at = end
    return items


def main(words: Sequence[str]) -> int:
    """Plays as told by the words behind ``expressions``; 1 where something differs."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.differential expressions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("servers", nargs="*", default=["redis-8", "valkey-9"], metavar="DIALECT[=PORT|BINARY]")
    parser.add_argument("--kind", action="append", help="what is called; may come again; default: all")
    parser.add_argument("--count", type=int, default=100, help=f"examples of {LINES} lines for each kind and server")
    told = parser.parse_args(words)
    differing = [server for server in told.servers if not _play(server, told.kind, told.count)]
    return int(bool(differing))


def _play(server: str, kinds: Sequence[str] | None, count: int) -> bool:
    dialect, _, place = server.partition("=")
    good = True
    for name, kind in expressions(ordered=dialect != "valkey-9").items():
        if kinds and name not in kinds:
            continue
        started = time.monotonic()
        with connected(dialect, place) as sock:
            fault = _search(kind, count, Ours(dialect), Theirs(sock))
        took = time.monotonic() - started
        sys.stdout.write(f"{dialect}, {name}: {count * LINES} lines in {took:.0f} s: {fault or 'all the same'}\n")
        sys.stdout.flush()
        good = good and fault is None
    return good


def _search(kind: st.SearchStrategy[str], count: int, ours: Ours, theirs: Theirs) -> AssertionError | None:
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
    )
    @given(st.lists(kind, min_size=LINES, max_size=LINES))
    def play(lines: list[str]) -> None:
        check_lines(lines, ours, theirs)

    theirs.play([(b"SCRIPT", b"FLUSH")])
    try:
        play()
    except AssertionError as fault:
        return fault
    return None
