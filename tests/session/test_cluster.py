"""A session over a cluster of real processes: routing, sums over nodes, redirections, what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError, SessionError, UsageError
from redis_tui.resp.types import OK, ErrorReply, Status
from redis_tui.session.base import ScriptRun
from redis_tui.session.open import open_session
from redis_tui.session.sweep import sweep

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply
    from redis_tui.session.base import Session
    from tests.session.cluster_server import Cluster


async def said(session: Session, line: str) -> Reply:
    return await session.execute(line.encode().split())


async def test_each_key_goes_to_the_node_of_its_slot(clustered: Session, cluster: Cluster) -> None:
    for name in ("a", "b", "c"):
        assert await said(clustered, f"SET {name} of-{name}") == OK
    assert [await said(clustered, f"GET {name}") for name in ("a", "b", "c")] == [b"of-a", b"of-b", b"of-c"]
    assert cluster.owner(b"a") is not cluster.owner(b"b")
    assert b"of-a" in cluster.owner(b"a").ask("GET", "a")


async def test_replies_keep_their_types(clustered: Session) -> None:
    assert isinstance(await said(clustered, "SET a OK"), Status)
    assert not isinstance(await said(clustered, "GET a"), Status)


async def test_many_commands_come_back_in_their_order(clustered: Session) -> None:
    commands = [[b"SET", b"key:%d" % at, b"%d" % at] for at in range(100)]
    assert await clustered.execute_many(commands) == [OK] * 100
    mixed = [command for at in range(100) for command in ([b"INCR", b"key:%d" % at], [b"GET", b"key:%d" % at])]
    assert await clustered.execute_many(mixed) == [
        reply for at in range(100) for reply in (at + 1, str(at + 1).encode())
    ]


async def test_keys_of_several_slots_are_told_before_anything_is_sent(clustered: Session) -> None:
    assert await said(clustered, "MSET a 1 b 2") == ErrorReply(
        b"CROSSSLOT Keys in request don't hash to the same slot: a is of slot 15495, b of slot 3300. It was not sent."
    )
    assert await said(clustered, "EXISTS a") == 0


async def test_dbsize_and_keys_are_of_all_nodes(clustered: Session) -> None:
    await clustered.execute_many([[b"SET", b"key:%d" % at, b""] for at in range(50)])
    assert await said(clustered, "DBSIZE") == 50
    keys = await said(clustered, "KEYS key:*")
    assert isinstance(keys, list)
    assert len(keys) == 50


async def test_scan_walks_all_primaries(clustered: Session) -> None:
    names = {b"key:%d" % at for at in range(300)}
    await clustered.execute_many([[b"SET", name, b""] for name in names])
    found: list[Reply] = []
    cursor: Reply = b"0"
    while True:
        assert isinstance(cursor, bytes)
        reply = await clustered.execute([b"SCAN", cursor, b"COUNT", b"20"])
        assert isinstance(reply, list)
        cursor, keys = reply
        assert isinstance(keys, list)
        found += keys
        if cursor == b"0":
            break
    assert set(found) == names


async def test_the_browsers_walk_finds_every_key(clustered: Session) -> None:
    names = {b"key:%d" % at for at in range(300)}
    await clustered.execute_many([[b"SET", name, b""] for name in names])
    assert {key async for batch in sweep(clustered, "key:*") for key in batch.keys} == names


async def test_a_script_runs_where_its_keys_are(clustered: Session) -> None:
    source = b"return redis.call('INCR', KEYS[1])"
    for key in (b"a", b"b", b"c"):
        assert (await clustered.run(ScriptRun(source, keys=(key,)))).reply == 1
        outcome = await clustered.run(ScriptRun(source, keys=(key,)))
        assert outcome.reply == 2
        assert [change.key for change in outcome.changes] == [key]


async def test_a_script_with_keys_of_two_slots_is_not_sent(clustered: Session) -> None:
    outcome = await clustered.run(ScriptRun(b"return 1", keys=(b"a", b"b")))
    assert outcome.error is not None
    assert outcome.error.code == "CROSSSLOT"
    assert "It was not sent" in outcome.error.message


async def test_a_script_without_keys_says_that_any_node_had_it(clustered: Session) -> None:
    outcome = await clustered.run(ScriptRun(b"return 7"))
    assert outcome.reply == 7
    assert any("any one primary" in note for note in outcome.notes)


async def test_another_database_is_refused(clustered: Session) -> None:
    with pytest.raises(NotSupportedError, match="database 0 only"):
        await said(clustered, "SELECT 1")
    assert clustered.info.databases == 1


async def test_an_address_that_is_none_says_how_one_looks() -> None:
    with pytest.raises(UsageError, match=r"redis\+cluster://\[user:password@\]host:port"):
        await open_session("redis+cluster://")
    with pytest.raises(UsageError, match="one database, number 0"):
        await open_session("redis+cluster://127.0.0.1:1/3")


async def test_a_server_that_is_no_cluster_says_so(request: pytest.FixtureRequest) -> None:
    port = request.getfixturevalue("real_valkey").port
    with pytest.raises(SessionError, match="does not tell of a cluster"):
        await open_session(f"redis+cluster://127.0.0.1:{port}")
