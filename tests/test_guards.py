"""A read-only session refuses every command that writes, whichever face sends it; the server's own counters are witness.

``INFO commandstats`` counts each command that came in, the refused and the mistyped ones too. So a face that lets one
through is found even where the server would have refused it.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from redis_tui.cli import run_cli
from redis_tui.paths import HOME_VARIABLE, packaged_themes_dir
from redis_tui.repl.send import send
from redis_tui.repl.shell import Shell
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.base import ScriptRun
from redis_tui.session.open import open_session
from redis_tui.spec.command import CommandFlag
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.conformance.real_server import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from redis_tui.render.spans import Line
    from redis_tui.session.base import Session
    from redis_tui.tui.desks.console import ConsoleDesk

CHANGES_THE_SERVER = (
    "ACL SETUSER eve on nopass +@all",
    "ACL LOG RESET",
    "CLIENT KILL TYPE normal",
    "CLUSTER RESET",
    "CONFIG SET maxmemory 1",
    "DEBUG RELOAD",
    "EVALSHA ffffffffffffffffffffffffffffffffffffffff 0",
    "FCALL f 0",
    "FUNCTION FLUSH",
    "MODULE LOADEX /m.so",
    "REPLICAOF 127.0.0.1 1",
    "SAVE",
    "SCRIPT FLUSH",
    "SHUTDOWN NOSAVE",
    "SLOWLOG RESET",
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running("redis-8") as made:
        yield f"redis://127.0.0.1:{made.port}"


@pytest.fixture(scope="module")
def writing() -> list[str]:
    """A line for each command that is declared to write, and for what changes the server otherwise."""

    async def declared() -> list[str]:
        session = await open_session()
        try:
            catalog = await session.catalog()
        finally:
            await session.close()
        return [
            f"{spec.name.replace('|', ' ').upper()} k v v"
            for spec in catalog.by_name.values()
            if CommandFlag.WRITE in spec.flags and not spec.subcommands
        ]

    found = asyncio.run(declared())
    assert len(found) > 100
    return [*found, *CHANGES_THE_SERVER]


class Witness:
    """What a server says that it was sent."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def begin(self) -> None:
        await self._session.execute([b"CONFIG", b"RESETSTAT"])

    async def met(self) -> set[str]:
        told = await self._session.execute([b"INFO", b"commandstats"])
        assert isinstance(told, bytes)
        lines = [line.partition(b":")[0] for line in told.splitlines() if line.startswith(b"cmdstat_")]
        return {line.removeprefix(b"cmdstat_").decode() for line in lines}


@pytest.fixture
async def witness(server: str) -> AsyncIterator[Witness]:
    session = await open_session(server)
    made = Witness(session)
    await made.begin()
    yield made
    await session.close()


def names(lines: Sequence[str]) -> set[str]:
    """The counters of these lines."""
    return {
        "|".join(words[:2]) if words[0] in _CONTAINERS else words[0] for words in map(str.split, map(str.lower, lines))
    }


_CONTAINERS = frozenset(("acl", "client", "cluster", "config", "function", "module", "script", "slowlog", "xgroup"))


def is_refusal(reply: Reply) -> bool:
    return isinstance(reply, ErrorReply) and reply.line.startswith(b"READONLY This session is read-only")


async def test_a_session_over_a_server_sends_none(server: str, witness: Witness, writing: list[str]) -> None:
    session = await open_session(server, read_only=True)
    try:
        assert [line for line in writing if not is_refusal(await session.execute(line.encode().split()))] == []
        together = await session.execute_many([line.encode().split() for line in writing])
        assert [line for line, reply in zip(writing, together, strict=True) if not is_refusal(reply)] == []
        await session.execute([b"MULTI"])
        assert is_refusal(await session.execute([b"SET", b"k", b"v"]))
        assert await session.execute([b"EXEC"]) == []
    finally:
        await session.close()
    assert await witness.met() & names(writing) == set()


async def test_a_session_over_the_engine_runs_none(writing: list[str]) -> None:
    session = await open_session("memory://", read_only=True)
    try:
        assert [line for line in writing if not is_refusal(await session.execute(line.encode().split()))] == []
        together = await session.execute_many([line.encode().split() for line in writing])
        assert all(map(is_refusal, together))
        assert await Witness(session).met() & names(writing) == set()
    finally:
        await session.close()


async def test_scripts_and_functions_go_out_in_the_form_that_cannot_write(server: str, witness: Witness) -> None:
    library = b"#!lua name=counting\nredis.register_function{function_name='one', callback=function() return 1 end, flags={'no-writes'}}"
    owner = await open_session(server)
    session = await open_session(server, read_only=True)
    try:
        await owner.execute([b"FUNCTION", b"LOAD", b"REPLACE", library])
        await witness.begin()
        for _ in range(2):
            assert (await session.run(ScriptRun(b"return 1"))).reply == 1
        assert (await session.run(ScriptRun(library, function=b"one"))).reply == 1
        assert (
            await session.run(ScriptRun(b"return redis.call('incr', KEYS[1])", (b"k",), trace=True))
        ).error is not None
    finally:
        await session.close()
        await owner.close()
    met = await witness.met()
    assert {"eval_ro", "evalsha_ro", "fcall_ro"} <= met
    assert met & {"eval", "evalsha", "fcall", "incr"} <= {"incr"}  # INCR is counted as refused within EVAL_RO


async def test_exec_and_a_piped_prompt_send_none(
    server: str,
    witness: Witness,
    writing: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    typed = Path(os.environ[HOME_VARIABLE]) / "typed"
    typed.write_text("\n".join(writing) + "\n")
    for words in (["exec", "--url", server, "--read-only"], ["repl", f"{server}?read_only=yes"]):
        with typed.open() as stream:
            monkeypatch.setattr("sys.stdin", stream)
            await asyncio.to_thread(run_cli, words)
        out = list(filter(None, capfd.readouterr().out.splitlines()))
        assert len(out) == len(writing)
        assert [line for line in out if "READONLY This session is read-only" not in line] == []
    assert await witness.met() & names(writing) == set()


class Paper:
    """Where a prompt prints."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def lines(self, lines: Sequence[Line]) -> None:
        self.text += ["".join(span.text for span in line) for line in lines]

    def raw(self, data: bytes) -> None:
        self.text.append(os.fsdecode(data))

    def use_theme(self, name: str) -> None: ...


async def test_the_prompt_sends_none(server: str, witness: Witness, writing: list[str]) -> None:
    session = await open_session(server, read_only=True)
    paper = Paper()
    shell = Shell(session, paper)
    try:
        for line in writing:
            await send(shell, line.encode().split())
    finally:
        await session.close()
    assert sum("READONLY This session is read-only" in line for line in paper.text) == len(writing)
    assert await witness.met() & names(writing) == set()


async def answer(desk: ConsoleDesk, line: str) -> Reply:
    await desk.enter(line)
    assert desk.answered is not None
    return desk.answered[1]


async def test_the_console_of_the_workbench_sends_none(server: str, witness: Witness, writing: list[str]) -> None:
    async def opened() -> Session:
        return await open_session(server, read_only=True)

    app = WorkbenchApp(opened, shelf=read_shelf([packaged_themes_dir()]), sample_keys=False, address=server)
    async with app.run_test(size=(120, 40)) as pilot:
        while not (isinstance(app.screen, WorkbenchScreen) and app.screen.is_mounted):
            await pilot.pause(0.01)
        desk = app.screen._prompt_desk
        with app.batch_update():  # nobody looks
            answers = [await answer(desk, line) for line in writing]
        assert all(map(is_refusal, answers))
        app.screen.action_run()  # F5
        while app.screen._runs.log.newest is None:
            await pilot.pause(0.01)
    met = await witness.met()
    assert met & (names(writing) - {"set"}) == set()  # the script's own SET is counted, as refused within EVAL_RO
    assert "eval_ro" in met
