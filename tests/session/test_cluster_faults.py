"""A cluster in motion: a slot that is being moved, one that has moved, a node that is gone."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import AuthError, SessionError
from redis_tui.resp.types import OK, ErrorReply
from redis_tui.session.base import EventKind, KillOutcome, ScriptRun, Trouble
from redis_tui.session.nodes import at_node
from redis_tui.session.open import open_session
from redis_tui.spec.slot import hash_slot
from tests.session.cluster_server import Cluster, begun_cluster, running_cluster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Event, Session


pytestmark = pytest.mark.xdist_group("cluster-faults")


@pytest.fixture(scope="module")
def clusters() -> Iterator[Iterator[Cluster]]:
    """One after the other, each begun while the one before is in use."""
    with contextlib.ExitStack() as stack:

        def formed() -> Iterator[Cluster]:
            ahead = stack.enter_context(begun_cluster(replicas=False))
            while True:
                cluster, ahead = ahead, stack.enter_context(begun_cluster(replicas=False))
                cluster.form()
                yield cluster
                for node in cluster.nodes:
                    node.stop()

        yield formed()


@pytest.fixture
def cluster(clusters: Iterator[Cluster]) -> Cluster:
    """One of its own, without replicas: what these tests do to it is not undone."""
    return next(clusters)


@pytest.fixture
async def session(cluster: Cluster) -> AsyncIterator[Session]:
    opened = await open_session(cluster.url)
    yield opened
    await opened.close()


async def said(session: Session, line: str) -> Reply:
    return await session.execute(line.encode().split())


async def test_a_slot_in_motion_is_followed_and_then_known(session: Session, cluster: Cluster) -> None:
    slot = str(hash_slot(b"b"))
    source, target = cluster.owner(b"b"), cluster.owner(b"a")
    await said(session, "SET b 1")
    assert source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id) == b"+OK\r\n"
    assert target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id) == b"+OK\r\n"

    # The key is still there; one that is new goes to where the slot is going.
    assert await said(session, "GET b") == b"1"
    assert await said(session, "SET {b}:new 2") == OK
    assert (await session.run(ScriptRun(b"return redis.call('GET', KEYS[1])", keys=(b"{b}:new",)))).reply == b"2"

    moved = source.ask("MIGRATE", "127.0.0.1", str(target.port), "b", "0", "5000")
    assert moved == b"+OK\r\n"
    assert await said(session, "INCR b") == 2  # ASK
    for node in (target, source, cluster.primaries[2], cluster.primaries[0]):
        node.ask("CLUSTER", "SETSLOT", slot, "NODE", target.id)
    assert await session.execute_many([[b"INCR", b"b"], [b"GET", b"{b}:new"]]) == [3, b"2"]  # MOVED
    assert target.ask("GET", "b") == b"$1\r\n3\r\n"


async def test_keys_on_both_sides_of_a_slot_in_motion_are_told(
    session: Session, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = str(hash_slot(b"b"))
    source, target = cluster.owner(b"b"), cluster.owner(b"a")
    await said(session, "SET {b}:1 x")
    await said(session, "SET {b}:2 y")
    source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
    target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
    source.ask("MIGRATE", "127.0.0.1", str(target.port), "{b}:1", "0", "5000")
    monkeypatch.setattr("redis_tui.session.cluster_wire._PATIENCE_S", 0.2)
    reply = await said(session, "MGET {b}:1 {b}:2")
    assert isinstance(reply, ErrorReply)
    assert reply.code == "TRYAGAIN"
    monkeypatch.setattr("redis_tui.session.cluster_wire._PATIENCE_S", 30.0)
    finish = asyncio.create_task(said(session, "MGET {b}:1 {b}:2"))
    await asyncio.sleep(0)
    source.ask("MIGRATE", "127.0.0.1", str(target.port), "{b}:2", "0", "5000")
    assert await finish == [b"x", b"y"]


async def test_a_script_that_makes_up_a_redirection_does_not_run_twice(session: Session) -> None:
    source = b"redis.call('INCR', KEYS[1]) return redis.error_reply(ARGV[1])"
    for line in (
        b"MOVED 3300 127.0.0.1:1",
        b"MOVED 1 127.0.0.1:1",
        b"ASK 3300 127.0.0.1:1",
        b"TRYAGAIN mine",
        b"CLUSTERDOWN mine",
    ):
        await said(session, "DEL b")
        outcome = await session.run(ScriptRun(source, keys=(b"b",), args=(line,)))
        assert isinstance(outcome.reply, ErrorReply)
        assert await said(session, "GET b") == b"1"


async def test_a_node_that_is_gone_is_named_and_the_others_work(session: Session, cluster: Cluster) -> None:
    names = {b"key:%d" % at for at in range(90)}
    await session.execute_many([[b"SET", name, b""] for name in names])
    gone = cluster.owner(b"b")
    there = {name for name in names if cluster.owner(name) is not gone}
    events = session.events()
    gone.stop()

    reply = await said(session, "GET b")
    assert isinstance(reply, ErrorReply)
    assert reply.code == "NODEDOWN"
    assert f"{gone.name}, which serves slots 0-5460," in reply.message
    assert await _news(events) == f"{gone.name} does not answer: keys of slots 0-5460 are not seen. The others go on."
    assert [node.trouble for node in session.nodes()] == [Trouble.DOWN, None, None]
    assert await said(session, "SET a 1") == OK
    size = await said(session, "DBSIZE")
    assert isinstance(size, ErrorReply)
    assert "2 of 3 nodes did it" in size.message
    many = await session.execute_many([[b"GET", b"b"], [b"GET", b"a"]])
    assert isinstance(many[0], ErrorReply)
    assert many[1] == b"1"

    found: set[bytes] = set()
    cursor = b"0"
    while isinstance(step := await session.execute([b"SCAN", cursor, b"MATCH", b"key:*"]), list):
        assert isinstance(step[0], bytes)
        assert isinstance(step[1], list)
        cursor = step[0]
        found |= {key for key in step[1] if isinstance(key, bytes)}
        assert cursor != b"0", "the walk ended as if it had seen all"
    assert found == there
    assert step == ErrorReply(
        f"NODEDOWN {gone.name} did not answer or is busy: keys there are missing, all others were told.".encode()
    )


async def _news(events: AsyncIterator[Event]) -> str:
    async for event in events:
        if event.kind is EventKind.NODES_CHANGED:
            return event.text
    return ""


async def test_the_session_opens_by_a_seed_that_lives(cluster: Cluster) -> None:
    cluster.nodes[0].stop()
    opened = await open_session(f"redis+cluster://{cluster.nodes[0].name},{cluster.nodes[1].name}")
    assert await opened.execute([b"SET", b"a", b"1"]) == OK
    await opened.close()


async def test_a_script_is_killed_though_another_node_hangs(session: Session, cluster: Cluster) -> None:
    await session.catalog()
    spin = asyncio.create_task(session.run(ScriptRun(b"while true do end", keys=(b"b",), name="spin")))
    async with asyncio.timeout(60):
        while b"BUSY" not in cluster.owner(b"b").ask("PING"):
            await asyncio.sleep(0.02)
        frozen = cluster.owner(b"a")
        assert frozen.process is not None
        frozen.process.send_signal(signal.SIGSTOP)
        assert await session.kill() is KillOutcome.KILLED
        assert (await spin).killed


async def test_a_node_that_is_silent_is_given_up_once_the_others_say_so(
    session: Session, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [await said(session, "SET a 1"), await said(session, "SET b 1")] == [OK, OK]
    silent = cluster.owner(b"b")
    assert silent.process is not None
    for node in cluster.nodes:
        assert node.ask("CONFIG", "SET", "cluster-node-timeout", "1000") == b"+OK\r\n"
    silent.process.send_signal(signal.SIGSTOP)
    for name, seconds in (("_DOUBT_S", 0.2), ("_DOUBT_LIMIT_S", 0.2), ("_SPARED_S", 0.1)):
        monkeypatch.setattr(f"redis_tui.session.cluster_wire.{name}", seconds)

    monkeypatch.setattr("redis_tui.session.wire.ANSWER_S", 1.0)

    async def refused() -> str:
        reply = await said(session, "GET b")
        assert isinstance(reply, ErrorReply)
        assert reply.code == "NODEDOWN"
        return reply.message

    async with asyncio.timeout(60):
        assert "whether this was carried out is not known" in await refused()
        assert await said(session, "SET a 1") == OK
        while "did not answer a moment ago" in await refused():  # it is spared for a tenth of a second
            await asyncio.sleep(0.02)
        monkeypatch.setattr("redis_tui.session.cluster_wire._SPARED_S", 600.0)
        while "did not answer a moment ago" not in await refused():
            await asyncio.sleep(0)
        assert await said(session, "SET a 2") == OK


async def test_a_replica_that_takes_over_is_found() -> None:
    with running_cluster() as cluster:
        session = await open_session(cluster.url)
        await said(session, "SET b 1")
        replica = cluster.nodes[3]
        async with asyncio.timeout(60):
            replica.ask("CLUSTER", "FAILOVER")
            while b"role:master" not in replica.ask("INFO", "replication"):
                await asyncio.sleep(0.05)
            cluster.nodes[0].stop()
            while replica.name not in [node.name for node in session.nodes()]:  # the others hear of it by and by
                with at_node(cluster.nodes[0].name):
                    await said(session, "DBSIZE")
                await asyncio.sleep(0.02)
            assert await said(session, "INCR b") == 2
            assert await said(session, "DBSIZE") == 1
        await session.close()


async def test_a_cluster_that_is_gone_is_an_error_of_the_session(session: Session, cluster: Cluster) -> None:
    assert await said(session, "SET a 1") == OK
    events = session.events()
    for node in cluster.nodes:
        node.stop()
    with pytest.raises(SessionError):
        await said(session, "GET a")
    event = await anext(events)
    while event.kind in (EventKind.SENT, EventKind.NODES_CHANGED):
        event = await anext(events)
    assert event.kind is EventKind.DISCONNECTED


async def test_credentials_are_said_to_every_node(cluster: Cluster) -> None:
    for node in cluster.nodes:
        assert node.ask("CONFIG", "SET", "requirepass", "secret") == b"+OK\r\n"
    with pytest.raises(AuthError, match=r"refused the credentials: Authentication required"):
        await open_session(cluster.url)
    with pytest.raises(AuthError):
        await open_session(cluster.url, password="wrong")
    for url, password in ((cluster.url, "secret"), (cluster.url.replace("//", "//:secret@"), None)):
        opened = await open_session(url, password=password)
        assert await opened.execute_many([[b"SET", key, b"1"] for key in (b"a", b"b", b"c")]) == [OK] * 3
        assert "secret" not in opened.info.url
        await opened.close()
