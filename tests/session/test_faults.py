"""What real servers and networks do at their worst: it is told in a sentence, has an end, and is got over."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from redis_tui.errors import AuthError, ConnectError, SessionError
from redis_tui.resp.types import ErrorReply, Status
from redis_tui.session import remote, silence, wire
from redis_tui.session.aside import aside
from redis_tui.session.base import Event, EventKind, KillOutcome, ScriptRun, Session
from redis_tui.session.embedded import EmbeddedSession
from redis_tui.session.inspect import snapshots
from redis_tui.session.open import open_session
from redis_tui.session.rehearsal import ServerKeys, rehearse
from tests.conformance.real_server import RealServer, running
from tests.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

SPIN = b"while true do end"
WRITE_AND_SPIN = b"redis.call('set', KEYS[1], 1) local n = 0 while n < 1e9 do n = n + 1 end"


@pytest.fixture
def own() -> Iterator[RealServer]:
    """A server that a test may spoil."""
    with running("valkey-9", "--busy-reply-threshold", "20") as server:
        yield server


@contextlib.asynccontextmanager
async def opened(port: int, user: str = "") -> AsyncIterator[Session]:
    session = await open_session(f"redis://{user}127.0.0.1:{port}")
    try:
        yield session
    finally:
        await session.close()


@contextlib.asynccontextmanager
async def mute() -> AsyncIterator[int]:
    """Takes connections and never says a word."""
    kept = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kept.append(writer)
        await reader.read()

    async with await asyncio.start_server(take, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1]
        for writer in kept:
            writer.transport.abort()


async def of_kind(events: AsyncIterator[Event], kind: EventKind) -> str:
    async with asyncio.timeout(30):
        async for event in events:
            if event.kind is kind:
                return event.text
    raise AssertionError


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.01)


# ── a server that does not answer ────────────────────────────────────────────


@pytest.mark.parametrize("user", ["", ":secret@"])
async def test_who_takes_a_connection_and_says_nothing_is_not_waited_for_long(
    user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "ANSWER_S", 0.2)
    async with mute() as port:
        with pytest.raises(ConnectError, match="took the connection, but has not answered"):
            await open_session(f"redis://{user}127.0.0.1:{port}")


async def test_a_connection_that_is_made_anew_is_not_waited_for_long_either(
    real_redis: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Proxy(real_redis.port) as proxy, opened(proxy.port) as session:
        events = session.events()
        await proxy.cut()
        await of_kind(events, EventKind.DISCONNECTED)
        await proxy.restore()
        proxy.hold()
        monkeypatch.setattr(wire, "ANSWER_S", 0.2)
        with pytest.raises(ConnectError, match="has not answered"):
            await session.execute([b"PING"])
        monkeypatch.setattr(wire, "ANSWER_S", 30)
        proxy.release()
        assert await session.execute([b"PING"]) == Status(b"PONG")


async def test_what_a_face_asks_for_itself_has_a_limit(real_redis: RealServer, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Proxy(real_redis.port) as proxy, opened(proxy.port) as session:
        events = session.events()
        monkeypatch.setattr(silence, "PROBE_S", 0.2)
        proxy.hold()
        with aside(), pytest.raises(SessionError, match=r"127\.0\.0\.1:\d+ has not answered"):
            await session.execute([b"DBSIZE"])
        assert "has not answered" in await of_kind(events, EventKind.DISCONNECTED)
        proxy.release()
        assert await session.execute([b"PING"]) == Status(b"PONG")


async def test_a_command_that_is_not_answered_is_told_and_can_be_let_go(real_redis: RealServer) -> None:
    async with Proxy(real_redis.port) as proxy, opened(proxy.port) as session:
        assert session.waiting() is None
        proxy.hold()
        asked = asyncio.ensure_future(session.execute([b"GET", b"k"]))
        await proxy.asked.wait()
        waiting = session.waiting()
        assert waiting is not None
        assert waiting.command == "GET k"
        assert waiting.elapsed_ms >= 0
        await session.let_go()
        with pytest.raises(SessionError, match="is not waited for any longer"):
            await asked
        proxy.release()
        assert await session.execute([b"PING"]) == Status(b"PONG")
        assert session.waiting() is None


async def test_a_password_that_is_waited_for_is_not_shown(real_redis: RealServer) -> None:
    async with Proxy(real_redis.port) as proxy, opened(proxy.port) as session:
        proxy.hold()
        asked = asyncio.ensure_future(session.execute([b"AUTH", b"secret"]))
        await proxy.asked.wait()
        waiting = session.waiting()
        assert waiting is not None
        assert waiting.command == "AUTH ***"
        proxy.release()
        assert isinstance(await asked, ErrorReply)


async def test_of_a_run_that_is_let_go_it_is_said_that_its_outcome_is_unknown(real_redis: RealServer) -> None:
    async with Proxy(real_redis.port) as proxy, opened(proxy.port) as session:
        proxy.hold()
        run = asyncio.ensure_future(session.run(ScriptRun(b"return 1", name="count")))
        await proxy.asked.wait()
        await session.let_go()
        with pytest.raises(SessionError, match="Whether count ran, and how far, is not known"):
            await run


# ── a server that goes ───────────────────────────────────────────────────────


async def test_a_server_that_is_killed_under_a_script_is_told_and_found_again(own: RealServer) -> None:
    async with opened(own.port) as session:
        events = session.events()
        run = asyncio.ensure_future(session.run(ScriptRun(SPIN, name="spin")))
        await until(lambda: (waiting := session.waiting()) is not None and waiting.command.startswith("EVAL"))
        own.process.kill()
        with pytest.raises(SessionError, match="Whether spin ran, and how far, is not known"):
            await run
        assert "broke" in await of_kind(events, EventKind.DISCONNECTED)
        assert session.running() is None
        await asyncio.to_thread(own.process.wait)  # one that is dying may still take a connection, and drop it
        with pytest.raises(ConnectError, match="connection refused"):
            await session.execute([b"PING"])
        with running("valkey-9", port=own.port):
            assert await session.execute([b"PING"]) == Status(b"PONG")
            await of_kind(events, EventKind.RECONNECTED)


async def test_what_is_not_of_the_protocol_ends_the_connection_and_no_more(real_redis: RealServer) -> None:
    async with Proxy(real_redis.port) as proxy, opened(proxy.port) as session:
        proxy.spoil(b"\x00\xffgarbage\r\n")
        with pytest.raises(SessionError, match="broke"):
            await session.execute([b"PING"])
        assert await session.execute([b"PING"]) == Status(b"PONG")


async def test_a_run_whose_keys_could_not_be_read_before_it_was_not_sent(real_redis: RealServer) -> None:
    async with Proxy(real_redis.port) as proxy, opened(proxy.port) as session:
        proxy.truncate(0)
        with pytest.raises(SessionError, match=r"broke: .* count was not sent\.$"):
            await session.run(ScriptRun(b"return redis.call('incr', KEYS[1])", (b"n:unsent",), name="count"))
        await proxy.cut()
        await proxy.restore()
        assert await session.execute([b"EXISTS", b"n:unsent"]) == 0


async def test_a_run_whose_keys_can_be_read_no_more_keeps_its_reply(
    real_redis: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[int] = []

    async def once(*args: Any, **options: Any) -> Any:
        reads.append(1)
        if len(reads) == 2:
            raise SessionError("The connection to h:1 broke: reset.")
        return await snapshots(*args, **options)

    monkeypatch.setattr(remote, "snapshots", once)
    async with opened(real_redis.port) as session:
        outcome = await session.run(ScriptRun(b"return 7", (b"k",)))
    assert outcome.reply == 7
    assert outcome.changes == ()
    assert outcome.notes[0] == "Which keys it changed is not known. The connection to h:1 broke: reset."


@pytest.mark.parametrize("fault", [SessionError("gone"), TimeoutError()])
async def test_a_dry_run_whose_server_goes_at_its_end_is_told_all_the_same(fault: Exception) -> None:
    class Leaving:
        target = "h:1"

        async def pipeline(self, commands: Sequence[Sequence[bytes]]) -> list[object]:
            if commands[0][0] == b"MULTI":
                raise fault
            return [{b"WATCH": Status(b"OK"), b"MEMORY": 10, b"PTTL": -2}.get(argv[0]) for argv in commands]

    scratch = EmbeddedSession()
    keys = ServerKeys(Leaving(), 0, limit=1_000, note=lambda _: None)  # type: ignore[arg-type]  # what it uses of a link
    outcome = await rehearse(keys, scratch, ScriptRun(b"return redis.call('incr', KEYS[1])", (b"n",), db=0))
    await scratch.close()
    assert outcome.reply == 1
    assert any("the server has not answered any more" in note for note in outcome.notes)


# ── a server that changes ────────────────────────────────────────────────────


async def lock_out(port: int) -> None:
    """Sets a password and ends all other connections."""
    async with opened(port) as admin:
        await admin.execute([b"CONFIG", b"SET", b"requirepass", b"new"])
        await admin.execute([b"CLIENT", b"KILL", b"TYPE", b"normal", b"SKIPME", b"yes"])


async def test_a_password_that_is_set_meanwhile_is_asked_for(own: RealServer) -> None:
    async with opened(own.port) as session:
        events = session.events()
        await lock_out(own.port)
        await of_kind(events, EventKind.DISCONNECTED)
        with pytest.raises(AuthError, match=r"refused the credentials: Authentication required\. .* AUTH PASSWORD"):
            await session.execute([b"PING"])
        assert "Authentication required" in await of_kind(events, EventKind.DISCONNECTED)
        with pytest.raises(AuthError, match="invalid username-password pair"):
            await session.execute([b"AUTH", b"wrong"])
        assert await session.execute([b"AUTH", b"new"]) == Status(b"OK")
        assert await session.execute([b"PING"]) == Status(b"PONG")
        await of_kind(events, EventKind.RECONNECTED)
        assert await session.kill() is KillOutcome.NOTHING_RUNNING


async def test_a_password_that_is_changed_is_given_once_and_kept(own: RealServer) -> None:
    async with opened(own.port) as admin:
        await admin.execute([b"CONFIG", b"SET", b"requirepass", b"old"])
    async with opened(own.port, ":old@") as session:
        await session.execute([b"CONFIG", b"SET", b"requirepass", b"new"])
        assert await session.execute([b"AUTH", b"new"]) == Status(b"OK")
        await session.let_go()
        assert await session.execute([b"PING"]) == Status(b"PONG")
        assert await session.execute([b"HELLO", b"3", b"AUTH", b"default", b"new"])
        await session.execute([b"CONFIG", b"SET", b"requirepass", b"newer"])
        await session.let_go()
        with pytest.raises(AuthError, match="refused the credentials"):
            await session.execute([b"PING"])
        assert await session.execute([b"AUTH", b"default", b"newer"]) == Status(b"OK")


# ── a busy server ────────────────────────────────────────────────────────────


async def test_a_script_of_another_client_is_told_when_it_begins_and_when_it_has_ended(own: RealServer) -> None:
    async with opened(own.port) as session, opened(own.port) as other:
        events = session.events()
        run = asyncio.ensure_future(other.run(ScriptRun(SPIN)))
        await until(lambda: other.waiting() is not None)
        while await session.execute([b"PING"]) == Status(b"PONG"):
            await asyncio.sleep(0.01)
        await of_kind(events, EventKind.BUSY)
        assert await session.kill() is KillOutcome.KILLED
        await run
        assert await session.execute([b"PING"]) == Status(b"PONG")
        await of_kind(events, EventKind.FREE)


async def test_a_server_that_is_full_is_still_told_to_end_a_script(
    own: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_LOOK_S", 0.01)
    async with opened(own.port) as session:
        events = session.events()  # who listens wants to be able to end what runs
        while b" name=redis-tui-kill " not in await session.execute([b"CLIENT", b"LIST"]):  # type: ignore[operator]  # bytes
            await asyncio.sleep(0.01)
        await session.execute([b"CONFIG", b"SET", b"maxclients", b"2"])
        with pytest.raises(ConnectError, match="takes no more clients"):
            await open_session(f"redis://127.0.0.1:{own.port}")
        with pytest.raises(ConnectError, match="takes no more clients"):
            await session.stream([b"MONITOR"])
        run = asyncio.ensure_future(session.run(ScriptRun(SPIN)))
        while await session.kill() is not KillOutcome.KILLED:
            await asyncio.sleep(0.01)
        assert (await run).killed
        del events


async def test_a_server_that_becomes_a_replica_is_told(own: RealServer) -> None:
    async with opened(own.port) as session:
        events = session.events()
        await session.execute([b"REPLICAOF", b"127.0.0.1", b"1"])
        reply = await session.execute([b"SET", b"k", b"v"])
        assert isinstance(reply, ErrorReply)
        assert reply.code == "READONLY"
        assert "is a replica of 127.0.0.1:1 and takes no writes" in await of_kind(events, EventKind.DEMOTED)
        assert await session.execute([b"PING"]) == Status(b"PONG")


async def test_a_server_that_loads_its_data_is_connected_to_and_says_so() -> None:
    quick_to_answer = ("--loading-process-events-interval-bytes", "1024", "--key-load-delay", "2000")
    with running("valkey-9", *quick_to_answer) as server:
        async with opened(server.port) as admin:
            await admin.execute([b"DEBUG", b"POPULATE", b"10000"])
            loading = asyncio.ensure_future(admin.execute([b"DEBUG", b"RELOAD"]))
            async with opened(server.port) as session:
                reply: object = None
                async with asyncio.timeout(30):
                    while not isinstance(reply, ErrorReply):
                        reply = await session.execute([b"GET", b"key:1"])
                assert reply.code == "LOADING"
                async with opened(server.port) as late:  # takes the name, the database and its facts as at any time
                    assert late.info.server == "valkey"
                    assert isinstance(await late.execute([b"DBSIZE"]), ErrorReply)
                await session.execute([b"CONFIG", b"SET", b"key-load-delay", b"0"])
                assert await loading == Status(b"OK")
                assert await session.execute([b"DBSIZE"]) == 10_000


async def test_what_is_meant_for_a_database_that_is_refused_is_done_in_no_other(own: RealServer) -> None:
    async with opened(own.port) as owner, opened(own.port) as other:
        await owner.execute([b"SET", b"k", b"of db0"])
        await owner.execute(b"ACL SETUSER default on nopass ~* &* +@all -select".split())
        refusal = await other.execute([b"DEL", b"k"], db=3)
        assert isinstance(refusal, ErrorReply)
        assert refusal.code == "NOPERM"
        assert await other.execute([b"GET", b"k"]) == b"of db0"


async def test_the_commands_are_not_asked_for_within_a_transaction(real_redis: RealServer) -> None:
    async with opened(real_redis.port) as session:
        await session.execute([b"MULTI"])
        assert (await session.catalog()).get("get") is not None
        assert await session.execute([b"EXEC"]) == []


async def test_an_error_that_a_script_makes_up_does_not_hide_a_demotion(own: RealServer) -> None:
    async with opened(own.port) as session:
        events = session.events()
        made_up = await session.execute([b"EVAL", b"return redis.error_reply('READONLY made up')", b"0"])
        assert isinstance(made_up, ErrorReply)
        await session.execute(b"REPLICAOF 127.0.0.1 1".split())
        await session.execute([b"SET", b"k", b"v"])
        assert "is a replica of 127.0.0.1:1" in await of_kind(events, EventKind.DEMOTED)


async def test_what_a_pane_asks_is_not_queued_in_a_transaction_that_begins_meanwhile(real_redis: RealServer) -> None:
    async with Proxy(real_redis.port) as proxy, opened(proxy.port) as session:
        await session.run(ScriptRun(b"return 1", name="one"))
        proxy.hold()
        begun = asyncio.ensure_future(session.execute([b"MULTI"]))
        await proxy.asked.wait()
        with aside():
            asked = asyncio.ensure_future(session.execute([b"DBSIZE"]))
        listed, known = asyncio.ensure_future(session.scripts()), asyncio.ensure_future(session.catalog())
        await asyncio.sleep(0)
        proxy.release()
        assert await begun == Status(b"OK")
        reply = await asked
        assert isinstance(reply, ErrorReply)
        assert b"was not sent" in reply.line
        assert [script.name for script in await listed] == ["one"]
        assert (await known).get("get") is not None
        assert await session.execute([b"EXEC"]) == []
