from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from redis_tui.batch import OutputMode, format_reply, read_lines, run_command, run_lines
from redis_tui.errors import SessionError
from redis_tui.resp.types import OK, ErrorReply, Map, Reply
from redis_tui.session.base import Session, SessionInfo
from redis_tui.spec.catalog import Catalog
from redis_tui.spec.command import CommandSpec

if TYPE_CHECKING:
    from collections.abc import Sequence


def spec_of(name: str, group: str) -> CommandSpec:
    return CommandSpec(name, "", group, "1.0.0", -1)


class Echo:
    """Answers OK, or an error to BAD; breaks at BREAK."""

    info = SessionInfo("redis://h:1", "redis", "8.2.3", embedded=False, capabilities=frozenset())

    def __init__(self) -> None:
        self.sent: list[list[bytes]] = []
        self.together: list[int] = []

    in_transaction = False

    async def catalog(self) -> Catalog:
        return Catalog.from_specs([spec_of("BAD", "string"), spec_of("SET", "string"), spec_of("PING", "connection")])

    async def execute_many(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        self.together.append(len(commands))
        return [await self.execute(argv) for argv in commands]

    async def execute(self, argv: Sequence[bytes], *, db: int | None = None) -> Reply:
        self.sent.append(list(argv))
        if argv[0] == b"BREAK":
            raise SessionError("The connection was lost.")
        return ErrorReply(b"ERR no") if argv[0] == b"BAD" else OK


async def play(text: bytes) -> tuple[int, bytes, list[str]]:
    out, complaints = bytearray(), list[str]()
    session: Session = Echo()  # type: ignore[assignment]  # only what run_lines uses
    status = await run_lines(session, text.splitlines(keepends=True), out.extend, complain=complaints.append)
    return status, bytes(out), complaints


@pytest.mark.parametrize(
    ("text", "status", "out", "complaints"),
    [
        (b"PING\n\nSET a 'b c'\r\n", 0, b"OK\nOK\n", []),
        (b"", 0, b"", []),
        (b"BAD\nPING\n", 1, b"ERR no\n\nOK\n", []),
        (b'GET "a\nPING\n', 2, b"OK\n", ["Line 1: a quote is not closed. The line was not sent."]),
        (b"BREAK\nPING\n", 3, b"", ["The connection was lost."]),
        (b"QUIT\nPING\n", 0, b"OK\n", []),
        (b".run x\n", 2, b"", ["Line 1: .run works at a prompt only. Use `redis-tui run FILE` for scripts."]),
        (
            b".at 7001 PING\n",
            2,
            b"",
            ["Line 1: .at works at a prompt only. Use `redis-tui exec --node HOST:PORT` for one node."],
        ),
    ],
)
async def test_lines_run_one_by_one(text: bytes, status: int, out: bytes, complaints: list[str]) -> None:
    assert await play(text) == (status, out, complaints)


async def test_commands_on_data_go_together_and_the_rest_alone() -> None:
    echo, out = Echo(), bytearray()
    session: Session = echo  # type: ignore[assignment]  # only what run_lines uses
    lines = [b"SET a 1", b"SET b 2", b"BAD", b"PING", b"SET c 3", b'GET "']
    assert await run_lines(session, lines, out.extend, complain=lambda _sentence: None) == 2
    assert echo.together == [3, 1]
    assert [argv[0] for argv in echo.sent] == [b"SET", b"SET", b"BAD", b"PING", b"SET"]
    assert out == b"OK\nOK\nERR no\n\nOK\nOK\n"


async def test_a_pipe_is_read_without_stopping_the_loop() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(read_end, "rb") as pipe:
        lines = read_lines(pipe)
        first = asyncio.ensure_future(anext(lines))
        await asyncio.sleep(0)
        assert not first.done()
        os.write(write_end, b"PING\nlast")
        os.close(write_end)
        assert await asyncio.wait_for(first, 30) == [b"PING"]
        assert await anext(lines) == [b"last"]
        with pytest.raises(StopAsyncIteration):
            await anext(lines)


async def test_one_command_answers_its_status() -> None:
    out = bytearray()
    session: Session = Echo()  # type: ignore[assignment]  # only what run_command uses
    assert await run_command(session, [b"BAD"], out.extend, "cli") == 1
    assert out == b"(error) ERR no\n"


@pytest.mark.parametrize(
    ("mode", "text"),
    [("cli", b'1) "a"\n2) "1.5"'), ("raw", b"a\n1.5"), ("csv", b'"a","1.5"'), ("json", b'{"a":1.5}')],
)
def test_a_reply_in_every_form(mode: str, text: bytes) -> None:
    assert format_reply(Map([(b"a", 1.5)]), OutputMode(mode)) == text


def test_nothing_here_loads_an_interface_library() -> None:
    code = "import sys, redis_tui.batch; print([m for m in ('prompt_toolkit', 'textual', 'pygments', 'redis') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
