"""What concerns all nodes of a cluster: sums, lists with the node named, and what is refused because it names none."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError, SessionError
from redis_tui.resp.types import NULL_ARRAY, OK, ErrorReply
from redis_tui.session import facts
from redis_tui.session.base import KillOutcome, ScriptRun
from redis_tui.session.cluster_way import ClusterWay
from redis_tui.session.library import libraries, run_loaded
from redis_tui.session.open import open_session
from redis_tui.session.rehearsal import ServerKeys
from tests.session.cluster_server import running_cluster

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session
    from redis_tui.session.stream import Stream
    from tests.session.cluster_server import Cluster

LIBRARY = b"#!lua name=mine\nredis.register_function('bump', function(keys) return redis.call('INCR', keys[1]) end)"


async def said(session: Session, line: str) -> Reply:
    return await session.execute(line.encode().split())


async def test_a_script_is_loaded_on_every_node(clustered: Session, cluster: Cluster) -> None:
    sha = await clustered.execute([b"SCRIPT", b"LOAD", b"return redis.call('INCR', KEYS[1])"])
    assert isinstance(sha, bytes)
    assert await clustered.execute([b"SCRIPT", b"EXISTS", sha]) == [1]
    for node in cluster.nodes:
        assert node.ask("SCRIPT", "EXISTS", sha.decode()) == b"*1\r\n:1\r\n"
    for key in (b"a", b"b", b"c"):
        assert await clustered.execute([b"EVALSHA", sha, b"1", key]) == 1


async def test_a_script_that_one_node_lacks_is_marked(clustered: Session, cluster: Cluster) -> None:
    await clustered.run(ScriptRun(b"return 5", keys=(b"a",), name="five"))
    (info,) = await clustered.scripts()
    assert info.on_nodes == (cluster.owner(b"a").name,)
    assert sorted(info.missing_on) == sorted(node.name for node in cluster.primaries if node is not cluster.owner(b"a"))
    assert not info.on_server


async def test_a_script_that_makes_up_that_it_is_not_there_does_not_run_twice(clustered: Session) -> None:
    source = b"redis.call('INCR', KEYS[1]) return redis.error_reply('NOSCRIPT mine')"
    for runs in (1, 2):
        await clustered.run(ScriptRun(source, keys=(b"a",)))
        assert await said(clustered, "GET a") == str(runs).encode()


async def test_a_library_is_on_all_primaries_and_told_once(clustered: Session) -> None:
    assert await clustered.execute([b"FUNCTION", b"LOAD", LIBRARY]) == b"mine"
    found = await libraries(clustered)
    assert isinstance(found, list)
    assert [library.name for library in found] == ["mine"]
    for key in (b"a", b"b", b"c"):
        assert await clustered.execute([b"FCALL", b"bump", b"1", key]) == 1
    assert await said(clustered, "FUNCTION DELETE mine") == OK
    assert await libraries(clustered) == []


async def test_a_function_runs_as_in_a_buffer(clustered: Session) -> None:
    async def always(_: str) -> bool:
        return True

    run = ScriptRun(LIBRARY, keys=(b"b",), function=b"bump")
    assert (await run_loaded(clustered, run, always)).reply == 1


async def test_the_slow_log_is_of_all_nodes_by_time(clustered: Session, cluster: Cluster) -> None:
    await said(clustered, "CONFIG SET slowlog-log-slower-than 0")
    await said(clustered, "SLOWLOG RESET")
    for key in ("a", "b", "c"):
        await said(clustered, f"SET {key} 1")
    await said(clustered, "CONFIG SET slowlog-log-slower-than 10000")
    entries = await facts.slowlog(clustered, 100)
    assert isinstance(entries, list)
    where = {entry.argv[1]: entry.node for entry in entries if entry.argv[0] == b"SET"}
    assert where == {key: cluster.owner(key).name for key in (b"a", b"b", b"c")}
    assert [entry.at_s for entry in entries] == sorted((entry.at_s for entry in entries), reverse=True)
    size = await said(clustered, "SLOWLOG LEN")
    assert isinstance(size, int)
    assert size >= 3
    assert await said(clustered, "SLOWLOG RESET") == OK


async def test_clients_name_their_node_and_can_be_ended_by_it(clustered: Session, cluster: Cluster) -> None:
    found = await facts.clients(clustered)
    assert isinstance(found, list)
    assert {one.id.partition("@")[2] for one in found} == {node.name for node in cluster.primaries}
    with pytest.raises(NotSupportedError, match="about one node of the cluster"):
        await said(clustered, "CLIENT KILL ID 7")
    assert await said(clustered, f"CLIENT KILL ID 99999@{cluster.nodes[1].name}") == 0


async def test_info_is_summed_and_tells_each_node(clustered: Session, cluster: Cluster) -> None:
    await clustered.execute_many([[b"SET", b"key:%d" % at, b""] for at in range(60)])
    found = await facts.info(clustered)
    assert isinstance(found, dict)
    assert found["Keyspace"]["db0"].startswith("keys=60,expires=0")
    assert found["Nodes"]["cluster_primaries"] == "3"
    ports = [str(node.port) for node in cluster.primaries]
    assert sorted(found["Server"]["tcp_port"].split(", ")) == sorted(ports)
    assert found["Server"]["valkey_version"].count(".") == 2
    each = [value for name, value in found["Nodes"].items() if name.startswith("127.0.0.1_")]
    assert sum(int(value.partition(",")[0].removeprefix("keys=")) for value in each) == 60


async def test_settings_that_differ_name_their_nodes(clustered: Session, cluster: Cluster) -> None:
    assert await said(clustered, "CONFIG GET maxmemory") == [b"maxmemory", b"0"]
    told = await said(clustered, "CONFIG GET port")
    assert isinstance(told, list)
    assert isinstance(told[1], bytes)
    first = cluster.nodes[0]
    assert f"{first.name}={first.port}".encode() in told[1].split(b", ")
    assert await said(clustered, "CONFIG SET lfu-decay-time 2") == OK
    assert b"\r\n2\r\n" in cluster.nodes[2].ask("CONFIG", "GET", "lfu-decay-time")
    assert await said(clustered, "CONFIG SET lfu-decay-time 1") == OK


async def test_a_mistake_is_told_once_and_as_the_server_words_it(clustered: Session) -> None:
    reply = await said(clustered, "CONFIG SET no-such-thing 1")
    assert isinstance(reply, ErrorReply)
    assert reply.line.startswith(b"ERR Unknown option or number of arguments for CONFIG SET - 'no-such-thing'")


async def test_its_label_says_that_it_is_a_cluster(clustered: Session, cluster: Cluster) -> None:
    assert clustered.info.label == f"cluster {cluster.nodes[0].name}"
    assert clustered.info.word == "127.0.0.1"


async def test_a_random_key_is_of_any_node(clustered: Session) -> None:
    assert await said(clustered, "RANDOMKEY") is None
    await said(clustered, "SET only 1")
    assert await said(clustered, "RANDOMKEY") == b"only"


async def test_what_is_published_anywhere_is_heard(clustered: Session) -> None:
    stream = await clustered.stream([b"SUBSCRIBE", b"news"])
    async with asyncio.timeout(20), stream:
        heard: list[Reply] = []
        while [b"message", b"news", b"hello"] not in heard:
            await said(clustered, "PUBLISH news hello")
            batch = await anext(stream)
            heard += [message.reply for message in batch.messages]


@pytest.mark.parametrize("pattern", [b"__keyevent@0__:*", b"*"])
async def test_the_events_of_keys_are_heard_of_every_node_and_once(clustered: Session, pattern: bytes) -> None:
    await said(clustered, "CONFIG SET notify-keyspace-events AE")
    stream = await clustered.stream([b"SUBSCRIBE", b"news"])
    async with asyncio.timeout(20), stream:
        await stream.send([b"PSUBSCRIBE", pattern])
        heard: list[Reply] = []
        while b"psubscribe" not in heard:
            heard += [reply[0] for reply in await replies_of(stream) if isinstance(reply, list)]
        while {b"a", b"b", b"c"} > (told := {reply[-1] for reply in heard if isinstance(reply, list)}):
            for key in ("a", "b", "c"):  # a node may not yet have taken the subscription when it is written to
                await said(clustered, f"SET {key} 1")
            heard += await replies_of(stream)
        assert told >= {b"a", b"b", b"c"}
        await said(clustered, "PUBLISH news end")
        while [b"message", b"news", b"end"] not in heard:
            heard += await replies_of(stream)
        assert heard.count([b"message", b"news", b"end"]) == 1
        assert heard.count(b"psubscribe") == 1
        assert heard.count([b"pmessage", pattern, b"news", b"end"]) <= 1
    await clustered.execute([b"CONFIG", b"SET", b"notify-keyspace-events", b""])


async def replies_of(stream: Stream) -> list[Reply]:
    return [message.reply for message in (await anext(stream)).messages]


async def test_a_shard_channel_is_heard_at_its_slot(clustered: Session) -> None:
    stream = await clustered.stream([b"SSUBSCRIBE", b"b"])
    async with asyncio.timeout(20), stream:
        heard: list[Reply] = [message.reply for message in (await anext(stream)).messages]
        assert await said(clustered, "SPUBLISH b hello") == 1
        while [b"smessage", b"b", b"hello"] not in heard:
            heard += [message.reply for message in (await anext(stream)).messages]


async def test_the_monitor_hears_all_nodes_and_names_them(clustered: Session, cluster: Cluster) -> None:
    stream = await clustered.stream([b"MONITOR"])
    async with asyncio.timeout(20), stream:
        wanted = {(key, cluster.owner(key).name) for key in (b"a", b"b", b"c")}
        for key, _ in wanted:
            await clustered.execute([b"SET", key, b"1"])
        heard: set[tuple[bytes, str]] = set()
        while not wanted <= heard:
            for message in (await anext(stream)).messages:
                line = message.reply
                assert isinstance(line, bytes)
                heard |= {(k, n) for k, n in wanted if b'"SET" "%b"' % k in line and f" @{n}]".encode() in line}


async def test_a_script_that_spins_is_killed_on_its_node(clustered: Session) -> None:
    spin = asyncio.create_task(clustered.run(ScriptRun(b"while true do end", keys=(b"b",), name="spin")))
    async with asyncio.timeout(30):
        while clustered.running() is None:
            await asyncio.sleep(0.01)
        while await clustered.kill() is KillOutcome.NOTHING_RUNNING:
            await asyncio.sleep(0.02)
        assert (await spin).killed


async def test_a_script_of_somebody_else_is_killed_by_a_command(clustered: Session, cluster: Cluster) -> None:
    reply = await said(clustered, "SCRIPT KILL")
    assert isinstance(reply, ErrorReply)
    assert reply.code == "NOTBUSY"
    spin = asyncio.create_task(asyncio.to_thread(cluster.owner(b"b").ask, "EVAL", "while true do end", "1", "b"))
    async with asyncio.timeout(30):
        while isinstance(await said(clustered, "SCRIPT KILL"), ErrorReply):
            await asyncio.sleep(0.02)
        assert b"killed by user" in await spin


async def test_the_keys_of_a_slot_are_counted_where_it_is(clustered: Session) -> None:
    for key in ("a", "b", "c"):
        await said(clustered, f"SET {key} 1")
        slot = await said(clustered, f"CLUSTER KEYSLOT {key}")
        assert isinstance(slot, int)
        assert await said(clustered, f"CLUSTER COUNTKEYSINSLOT {slot}") == 1
        assert await said(clustered, f"CLUSTER GETKEYSINSLOT {slot} 10") == [key.encode()]


async def test_the_other_logs_of_valkey_are_of_all_nodes_too(clustered: Session) -> None:
    assert await said(clustered, "COMMANDLOG RESET large-reply") == OK
    assert await said(clustered, "COMMANDLOG LEN large-reply") == 0
    assert await facts.slowlog(clustered, log="large-reply") == []


async def test_a_transaction_is_of_one_slot(clustered: Session) -> None:
    assert await said(clustered, "MULTI") == OK
    assert clustered.in_transaction
    assert await said(clustered, "SET {u}:1 a") == b"QUEUED"
    assert await said(clustered, "INCR {u}:2") == b"QUEUED"
    assert await said(clustered, "EXEC") == [OK, 1]
    assert not clustered.in_transaction


async def test_a_transaction_over_two_slots_is_refused_and_dropped(clustered: Session) -> None:
    await said(clustered, "MULTI")
    assert await said(clustered, "SET a 1") == b"QUEUED"
    assert await said(clustered, "SET b 1") == ErrorReply(
        b"CROSSSLOT The keys of a transaction are of one slot: this one's are of 3300, those before of 15495. "
        b"It was not sent."
    )
    assert await said(clustered, "EXEC") == ErrorReply(b"EXECABORT Transaction discarded because of previous errors.")
    assert await said(clustered, "EXISTS a") == 0


async def test_a_transaction_watches(clustered: Session, cluster: Cluster) -> None:
    await said(clustered, "WATCH a")
    await said(clustered, "MULTI")
    await said(clustered, "PING")
    await said(clustered, "SET a mine")
    cluster.owner(b"a").ask("SET", "a", "theirs")
    assert await said(clustered, "EXEC") == NULL_ARRAY
    assert await said(clustered, "GET a") == b"theirs"


async def test_a_transaction_whose_connection_is_lost_does_nothing(clustered: Session, cluster: Cluster) -> None:
    await said(clustered, "MULTI")
    assert await said(clustered, "SET a 1") == b"QUEUED"
    cluster.owner(b"a").ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    with pytest.raises(SessionError):
        await said(clustered, "SET a 2")
    assert not clustered.in_transaction
    assert await said(clustered, "EXISTS a") == 0


async def test_a_transaction_without_keys_runs_somewhere(clustered: Session) -> None:
    await said(clustered, "MULTI")
    assert await said(clustered, "PING") == b"QUEUED"
    assert await said(clustered, "EXEC") == [b"PONG"]
    await said(clustered, "MULTI")
    assert isinstance(await said(clustered, "DBSIZE"), ErrorReply)
    assert await said(clustered, "DISCARD") == OK


async def test_a_dry_run_fetches_keys_of_several_nodes(clustered: Session) -> None:
    await said(clustered, "SET a 1")
    await said(clustered, "SET b 2")
    source = b"redis.call('INCR', KEYS[1]) return redis.call('GET', 'b')"
    outcome = await clustered.run(ScriptRun(source, keys=(b"a",), dry_run=True))
    assert outcome.reply == b"2"
    assert [change.key for change in outcome.changes] == [b"a"]
    assert await said(clustered, "GET a") == b"1"
    assert any("copy of the 2 keys" in note for note in outcome.notes)
    assert any(note.startswith("May fail in a cluster: b was not passed in KEYS") for note in outcome.notes)
    assert not any("Somebody changed" in note for note in outcome.notes)


async def test_a_dry_run_learns_that_somebody_changed_a_key_of_another_node(cluster: Cluster) -> None:
    wire = await ClusterWay(cluster.url).keys()
    try:
        keys = ServerKeys(wire, 0, limit=1 << 20, note=lambda _: None)
        await keys.fetch(0, [b"a", b"b"])
        await keys.fetch(0, [b"c"])
        assert await keys.changed() == ()
        await keys.fetch(0, [b"a", b"b"])
        cluster.owner(b"b").ask("SET", "b", "other")
        assert await keys.changed() == (b"b",)
    finally:
        await wire.close()


async def test_a_dry_run_in_a_debugger_of_valkey_is_refused(clustered: Session) -> None:
    with pytest.raises(NotSupportedError, match="Valkey's debugger"):
        await clustered.run(ScriptRun(b"return 1", dry_run=True, on_server=True))


async def test_a_dry_run_in_the_debugger_of_the_node_of_its_keys() -> None:
    source = b"redis.call('incr', KEYS[1]) return redis.call('get', ARGV[1])"
    with running_cluster(replicas=False, kind="redis-8") as own:
        session = await open_session(own.url)
        for key in ("a", "b"):
            await said(session, f"SET {key} 7")
        for own_key in (b"a", b"b"):
            tried = await session.run(ScriptRun(source, keys=(own_key,), args=(own_key,), dry_run=True, on_server=True))
            assert (tried.reply, [change.key for change in tried.changes]) == (b"8", [own_key])
        stray = await session.run(ScriptRun(source, keys=(b"a",), args=(b"b",), dry_run=True, on_server=True))
        assert isinstance(stray.reply, ErrorReply)
        assert "non local key" in stray.reply.message
        keyless = await session.run(ScriptRun(b"return 1", dry_run=True, on_server=True))
        assert "names no key" in keyless.notes[-1]
        assert [await said(session, "GET a"), await said(session, "GET b")] == [b"7", b"7"]
        await session.close()


async def test_what_means_one_node_is_refused(clustered: Session) -> None:
    for line in ("SHUTDOWN", "CLUSTER FAILOVER", "DEBUG SLEEP 0", "MEMORY STATS"):
        with pytest.raises(NotSupportedError, match="about one node of the cluster"):
            await said(clustered, line)


async def test_resp3_is_spoken_with_every_node(clustered: Session) -> None:
    await clustered.execute([b"HELLO", b"3"])
    for key in (b"a", b"b", b"c"):
        await clustered.execute([b"HSET", key, b"f", b"v"])
        reply = await clustered.execute([b"HGETALL", key])
        assert type(reply).__name__ == "Map"
