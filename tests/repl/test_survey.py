"""What goes over the keys and watches the server at the prompt, on the embedded engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from redis_tui.errors import NotSupportedError, UsageError
from redis_tui.repl.dots import run_dot
from redis_tui.repl.shell import Shell
from redis_tui.session import sweep
from redis_tui.session.open import open_session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from redis_tui.render.spans import Line


@pytest.fixture
async def shell(paper: Any) -> AsyncIterator[Shell]:
    session = await open_session("memory://")
    for line in (
        b"MSET user:1 abc user:2 abcde",
        b"RPUSH queue a b c",
        b"RPUSH short a",
        b"HSET user:h f v",
    ):
        await session.execute(line.split())
    yield Shell(session, paper, catalog=await session.catalog())
    await session.close()


class Stopping:
    """A printer after whose lines one presses Ctrl-C, once there are so many."""

    def __init__(self, paper: Any, after: int) -> None:
        self._paper, self._after = paper, after
        self.shell: Shell | None = None

    def lines(self, lines: Sequence[Line]) -> None:
        self._paper.lines(lines)
        if len(self._paper.text) >= self._after and self.shell is not None and self.shell.stop is not None:
            self.shell.stop.set()

    def raw(self, data: bytes) -> None:
        self._paper.raw(data)

    def use_theme(self, name: str) -> None:
        self._paper.use_theme(name)


def stop_after(shell: Shell, paper: Any, lines: int) -> None:
    shell.printer = stopping = Stopping(paper, lines)
    stopping.shell = shell


async def test_scan_prints_keys_by_pattern_and_type(shell: Shell, paper: Any, tmp_path: Path) -> None:
    await run_dot(shell, [b".scan", b"user:*", b"string"])
    *keys, end = "\n".join(paper.text).splitlines()
    assert sorted(keys) == ["user:1", "user:2"]
    assert end == "2 keys · all of the database was looked at"
    assert sorted(shell.memory.keys) == ["user:1", "user:2"]
    await run_dot(shell, [b".save", str(tmp_path / "keys").encode()])
    assert len((tmp_path / "keys").read_text().splitlines()) == 2


async def test_scan_is_cut_where_replies_are(shell: Shell, paper: Any) -> None:
    shell.most_lines = 3
    await run_dot(shell, [b".scan"])
    lines = "\n".join(paper.text).splitlines()
    assert lines[3] == "… cut after 3 of 5 keys · .page shows all, .save FILE keeps them"
    assert lines[4] == "5 keys · all of the database was looked at"


async def test_bigkeys_and_memkeys_tell_the_largest_of_each_type(shell: Shell, paper: Any) -> None:
    await run_dot(shell, [b".bigkeys"])
    assert paper.text[0].splitlines() == [
        "string   2 keys · 8 B · 4 B on average",
        "               5 B  user:2",
        "               3 B  user:1",
        "list     2 keys · 4 elements · 2 elements on average",
        "        3 elements  queue",
        "         1 element  short",
        "hash     1 key · 1 field · 1 field on average",
        "           1 field  user:h",
    ]
    assert paper.text[1] == "5 keys weighed · all of the database was looked at"
    await run_dot(shell, [b".memkeys", b"queue"])
    assert re.fullmatch(r"list     1 key · (\d+ B) · \1 on average\n +\1  queue", paper.text[2])


async def test_a_sweep_that_is_stopped_says_how_far_it_came(
    shell: Shell, paper: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "BUDGET", 1)
    await shell.session.execute_many([[b"SET", b"more:%d" % number, b"1"] for number in range(200)])
    stop_after(shell, paper, 1)
    await run_dot(shell, [b".scan"])
    assert re.search(r" · stopped after about [1-9]\d* of 205 keys$", paper.text[-1])
    assert shell.stop is None


async def test_stat_tells_figures_again_and_again(shell: Shell, paper: Any) -> None:
    stop_after(shell, paper, 3)
    await run_dot(shell, [b".stat", b"1ms"])
    head, first, second = paper.text
    assert " ".join(head.split()) == "keys memory clients blocked ops/s hits in/s out/s exp/s evict/s"
    assert max(len(line) for line in paper.text) < 80
    assert first.split()[0] == "5"
    assert first.split()[-1] == "-"
    assert second.split()[-1] == "0"


async def test_latency_is_spread_out_at_the_end(shell: Shell, paper: Any) -> None:
    await run_dot(shell, [b".latency", b"30ms"])
    lines = paper.text[0].splitlines()
    assert re.match(r"\d+ × PING · least [\d.]+ ms · median [\d.]+ ms · p99 [\d.]+ ms · worst [\d.]+ ms$", lines[0])
    assert any("█" in line for line in lines[1:])
    assert lines[-1] == "The engine is in this process: there is no network in these times."


async def test_the_slow_log_names_scripts_and_hides_secrets(shell: Shell, paper: Any) -> None:
    await run_dot(shell, [b".slowlog"])
    assert paper.text[0].startswith("The slow log is empty.")
    await shell.session.execute([b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0"])
    await shell.session.execute([b"ACL", b"SETUSER", b"bob", b"on", b">secret"])
    await shell.session.execute([b"GET", b"user:1"])
    await run_dot(shell, [b".slowlog", b"5"])
    assert "get user:1" in paper.text[1].lower()
    assert "secret" not in paper.text[1]


async def test_clients_mark_their_own_connection(shell: Shell, paper: Any) -> None:
    await run_dot(shell, [b".clients"])
    head, *rows = paper.text[0].splitlines()
    assert head.split() == ["id", "address", "name", "age", "idle", "db", "last", "command"]
    assert sum(row.endswith("this one") for row in rows) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([b".slowlog", b"many"], "'many' is no number of entries"),
        ([b".stat", b"soon"], "'soon' is no time"),
        ([b".latency", b"soon"], "'soon' is no time"),
    ],
)
async def test_mistakes_are_told(shell: Shell, words: list[bytes], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        await run_dot(shell, words)


@pytest.mark.parametrize("name", [b".scan", b".bigkeys", b".memkeys", b".stat", b".latency", b".slowlog", b".clients"])
async def test_nothing_is_asked_while_multi_is_open(shell: Shell, name: bytes) -> None:
    await shell.session.execute([b"MULTI"])
    with pytest.raises(NotSupportedError, match="MULTI is open"):
        await run_dot(shell, [name])
    await shell.session.execute([b"DISCARD"])
