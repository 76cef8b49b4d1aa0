"""A read-only session: no command that writes gets through, whichever way it is sent, and each refusal says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError, RedisTuiError
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import ScriptRun
from redis_tui.session.open import open_session
from redis_tui.spec.command import CommandFlag
from tests.conformance.real_server import running
from tests.session.conftest import address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import Session


@pytest.fixture(params=["embedded", "redis"])
async def reader(request: pytest.FixtureRequest) -> AsyncIterator[Session]:
    session = await open_session(address(request, request.param), read_only=True)
    try:
        yield session
    finally:
        await session.close()


async def test_every_command_of_the_catalog_that_writes_is_refused(reader: Session) -> None:
    catalog = await reader.catalog()
    writing = [spec for spec in catalog.by_name.values() if CommandFlag.WRITE in spec.flags and not spec.subcommands]
    assert len(writing) > 100
    for spec in writing:
        argv = [*spec.name.encode().split(b"|"), b"k", b"v"]
        try:
            refusal = await reader.execute(argv)
        except RedisTuiError:
            continue  # refused by another rule, before this one
        assert isinstance(refusal, ErrorReply)
        assert refusal.line.startswith(b"READONLY This session is read-only")
        assert await reader.execute_many([argv]) == [refusal]


@pytest.mark.parametrize("name", ["EVAL", "EVALSHA", "FCALL"])
async def test_a_script_that_is_refused_says_what_would_go_out(reader: Session, name: str) -> None:
    refusal = await reader.execute([name.encode(), b"return 1", b"0"])
    assert isinstance(refusal, ErrorReply)
    assert refusal.line.endswith(f". {name}_RO is, and a write inside fails.".encode())


@pytest.mark.parametrize(
    "line", [b"FLUSHALL", b"CONFIG SET maxmemory 1", b"SCRIPT FLUSH", b"DEBUG RELOAD", b"JSON.SET k"]
)
async def test_what_changes_the_server_or_is_not_known_is_refused_as_well(reader: Session, line: bytes) -> None:
    refusal = await reader.execute(line.split())
    assert isinstance(refusal, ErrorReply)
    assert b"read-only" in refusal.line


async def test_a_run_says_that_it_went_as_eval_ro_and_cannot_write(reader: Session) -> None:
    outcome = await reader.run(ScriptRun(b"return 1"))
    assert outcome.reply == 1
    assert "Sent as EVAL_RO, as this session is read-only: a write inside is an error." in outcome.notes
    writes = await reader.run(ScriptRun(b"return redis.call('set', KEYS[1], 1)", (b"k",)))
    assert writes.error is not None
    assert "Write commands are not allowed from read-only scripts" in writes.error.message


async def test_a_dry_run_may_write_as_it_leaves_no_mark(reader: Session) -> None:
    outcome = await reader.run(ScriptRun(b"return redis.call('set', KEYS[1], 1)", (b"k",), dry_run=True))
    assert "EVAL_RO" not in " ".join(outcome.notes)


async def test_reads_go_through_where_a_server_documents_no_commands(request: pytest.FixtureRequest) -> None:
    """As those before version 7; here it is the user that may not ask."""
    url = address(request, "redis")
    admin = await open_session(url)
    await admin.execute(b"ACL SETUSER untold on >pw ~* &* +@all -command|docs".split())
    session = await open_session(url.replace("://", "://untold:pw@"), read_only=True)
    try:
        assert await session.execute([b"GET", b"nothing"]) is None
        refusal = await session.execute([b"SET", b"k", b"v"])
        assert isinstance(refusal, ErrorReply)
        assert refusal.line.startswith(b"READONLY This session")
        get = (await session.catalog()).get("get")
        assert get is not None
        assert get.usage == "key"
    finally:
        await session.close()
        await admin.execute([b"ACL", b"DELUSER", b"untold"])
        await admin.close()


async def test_a_server_that_has_no_way_to_run_scripts_read_only_says_so() -> None:
    with running("redis-8", "--rename-command", "EVAL_RO", "") as old:
        session = await open_session(f"redis://127.0.0.1:{old.port}", read_only=True)
        for run in (ScriptRun(b"return 1"), ScriptRun(b"return 1", dry_run=True, on_server=True)):
            with pytest.raises(NotSupportedError, match="has no EVAL_RO") as caught:
                await session.run(run)
            assert caught.value.hint.startswith("Try it here")
        assert (await session.run(ScriptRun(b"return 1", dry_run=True))).reply == 1
        await session.close()
