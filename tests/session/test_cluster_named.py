"""One node of a cluster by its name, and what is known of each: of real processes, and of made-up maps."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError, SessionError, UsageError
from redis_tui.resp.types import OK, ErrorReply
from redis_tui.session.base import NodeFacts, Trouble
from redis_tui.session.cluster_health import Health
from redis_tui.session.cluster_map import Node, SlotMap
from redis_tui.session.nodes import at_node, each_node, lacking_text, node_named, short_names, trouble_text
from redis_tui.session.open import open_session

if TYPE_CHECKING:
    from redis_tui.session.base import Session
    from tests.session.cluster_server import Cluster

A, B, C = Node("h", 1), Node("h", 2), Node("h", 3)
MAP = SlotMap(((0, 99, A), (100, 16383, B)), (C,), {B: (C,)})


async def test_the_nodes_are_known_with_their_slots_and_replicas(clustered: Session, cluster: Cluster) -> None:
    assert [(node.name, node.slots, node.trouble) for node in clustered.nodes()] == [
        (cluster.nodes[0].name, "0-5460", None),
        (cluster.nodes[1].name, "5461-10922", None),
        (cluster.nodes[2].name, "10923-16383", None),
    ]
    assert [node.replicas for node in clustered.nodes()] == [(node.name,) for node in cluster.nodes[3:]]


async def test_each_node_answers_for_itself(clustered: Session, cluster: Cluster) -> None:
    await clustered.execute_many([[b"SET", b"key:%d" % at, b""] for at in range(60)])
    told = await each_node(clustered, [b"DBSIZE"])
    assert [node.name for node, _ in told] == [node.name for node in cluster.primaries]
    counts = [reply for _, reply in told if isinstance(reply, int)]
    assert sum(counts) == 60
    assert 0 < min(counts) < 60


async def test_a_command_for_a_named_node_goes_there_and_nowhere_else(clustered: Session, cluster: Cluster) -> None:
    first, second = cluster.nodes[:2]
    with at_node(first.name):
        assert await clustered.execute([b"CLUSTER", b"MYID"]) == first.id.encode()
        assert await clustered.execute([b"SCRIPT", b"LOAD", b"return 1"]) == b"e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
    sha = b"e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
    with at_node(second.name):
        assert await clustered.execute([b"SCRIPT", b"EXISTS", sha]) == [0]


async def test_what_was_sent_to_a_named_node_is_told_with_its_name(clustered: Session, cluster: Cluster) -> None:
    events = clustered.events()
    with at_node(cluster.nodes[1].name):
        await clustered.execute([b"DBSIZE"])
    await clustered.execute([b"DBSIZE"])
    assert [(await anext(events)).text for _ in range(2)] == [f"DBSIZE  @ {cluster.nodes[1].name}", "DBSIZE"]


async def test_a_named_node_says_itself_that_a_key_is_not_its_own(clustered: Session, cluster: Cluster) -> None:
    other = next(node for node in cluster.primaries if node is not cluster.owner(b"a"))
    with at_node(other.name):
        assert await clustered.execute([b"GET", b"a"]) == ErrorReply(f"MOVED 15495 {cluster.owner(b'a').name}".encode())


async def test_a_named_replica_is_read_from(clustered: Session, cluster: Cluster) -> None:
    replica = cluster.nodes[cluster.owner(b"a").index + 3]
    assert await clustered.execute([b"SET", b"a", b"1"]) == OK
    with at_node(replica.name):
        while await clustered.execute([b"GET", b"a"]) is None:
            pass
        assert await clustered.execute([b"GET", b"a"]) == b"1"


@pytest.mark.parametrize("line", ["SELECT 0", "MULTI", "AUTH x", "hello 3"])
async def test_what_is_of_the_connection_is_refused_at_a_named_node(
    clustered: Session, cluster: Cluster, line: str
) -> None:
    with at_node(cluster.nodes[0].name), pytest.raises(NotSupportedError, match="serves the whole cluster"):
        await clustered.execute(line.encode().split())


async def test_a_named_node_is_the_first_to_be_asked_on_a_connection_that_is_made_anew(
    clustered: Session, cluster: Cluster
) -> None:
    await clustered.let_go()
    with at_node(cluster.nodes[1].name):
        assert await clustered.execute([b"CLUSTER", b"MYID"]) == cluster.nodes[1].id.encode()


async def test_a_stream_of_a_named_node_tells_of_that_node_alone(clustered: Session, cluster: Cluster) -> None:
    one, other = cluster.nodes[0], cluster.nodes[1]
    with at_node(one.name):
        stream = await clustered.stream([b"MONITOR"])
    async with stream:
        for node in (other, one):
            with at_node(node.name):
                await clustered.execute([b"ECHO", node.name.encode()])
        told = b""
        while f'"{one.name}"'.encode() not in told:
            batch = await anext(stream)
            told += b"".join(message.reply for message in batch.messages if isinstance(message.reply, bytes))
        assert f'"{other.name}"'.encode() not in told


async def test_a_node_whose_answer_is_waited_for_no_longer_is_not_taken_for_one_that_is_down(
    clustered: Session, cluster: Cluster
) -> None:
    await clustered.catalog()
    asked = asyncio.ensure_future(clustered.execute([b"BLPOP", b"a", b"0"]))
    async with asyncio.timeout(30):
        while b"cmd=blpop" not in cluster.owner(b"a").ask("CLIENT", "LIST"):
            await asyncio.sleep(0.01)
    await clustered.let_go()
    with pytest.raises(SessionError, match="is not waited for any longer"):
        await asked
    assert [node.trouble for node in clustered.nodes()] == [None, None, None]
    assert await clustered.execute([b"GET", b"a"]) is None


async def test_within_a_transaction_no_node_is_named(clustered: Session, cluster: Cluster) -> None:
    await clustered.execute([b"MULTI"])
    with at_node(cluster.nodes[0].name), pytest.raises(NotSupportedError, match="MULTI is open"):
        await clustered.execute([b"DBSIZE"])
    await clustered.execute([b"DISCARD"])


async def test_writes_are_refused_at_a_named_node_as_anywhere(cluster: Cluster) -> None:
    session = await open_session(cluster.url, read_only=True)
    with at_node(cluster.nodes[0].name):
        reply = await session.execute([b"FLUSHDB"])
    assert isinstance(reply, ErrorReply)
    assert "read-only" in reply.message
    await session.close()


async def test_a_name_may_be_the_port_alone(clustered: Session, cluster: Cluster) -> None:
    node = cluster.nodes[1]
    assert node_named(clustered, f":{node.port}") == node_named(clustered, f"{node.port}") == node.name
    with pytest.raises(UsageError, match=f"There is no node :1 in this cluster. Its nodes are .*{node.name}"):
        node_named(clustered, ":1")
    with at_node("nowhere:1"), pytest.raises(UsageError, match="There is no node nowhere:1"):
        await clustered.execute([b"PING"])


async def test_one_server_has_no_nodes(embedded: Session) -> None:
    assert embedded.nodes() == ()
    with pytest.raises(UsageError, match="is one server and has no nodes"):
        node_named(embedded, "7001")


def test_each_change_is_told_once() -> None:
    told: list[str] = []
    health = Health()
    health.tell = told.append
    for trouble in (None, Trouble.DOWN, Trouble.DOWN, None, Trouble.BUSY, None):
        health.note(B, trouble, MAP)
    assert told == [
        "h:2 does not answer: keys of slots 100-16383 are not seen. The others go on.",
        "h:2 answers again.",
        "h:2 is busy with a script. The others go on.",
        "h:2 is not busy any more.",
    ]


def test_a_replica_that_takes_over_is_told_and_its_own_trouble_before_is_not() -> None:
    told: list[str] = []
    health = Health()
    health.tell = told.append
    health.note(C, Trouble.DOWN, MAP)
    health.note(C, None, MAP)
    health.moved(MAP, SlotMap(((0, 99, A), (100, 16383, C)), ()))
    assert told == ["h:3 serves slots 100-16383 now, no longer h:2."]


def test_names_are_short_where_all_are_on_one_host() -> None:
    nodes = [NodeFacts("h:1", ((0, 1),)), NodeFacts("h:2", ((2, 3),), trouble=Trouble.DOWN)]
    assert short_names(node.name for node in nodes) == {"h:1": ":1", "h:2": ":2"}
    assert short_names(["h:1", "i:1"])["h:1"] == "h:1"
    assert trouble_text(nodes) == ":2 down"
    assert lacking_text(nodes) == "without :2"
    assert [(node.serves(2), node.serves(1)) for node in nodes] == [(False, True), (True, False)]
