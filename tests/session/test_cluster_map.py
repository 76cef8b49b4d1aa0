"""What a cluster says of itself, taken apart without one: addresses, the map, sums, the cursor of a walk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError, UsageError
from redis_tui.resp.types import OK, ErrorReply
from redis_tui.session.cluster_fan import failure
from redis_tui.session.cluster_info import merged_info
from redis_tui.session.cluster_map import Node, has_failed, read_cluster_address, slot_map
from redis_tui.session.cluster_route import route
from redis_tui.session.cluster_scan import Scan
from redis_tui.session.open import open_session
from redis_tui.spec.catalog import Catalog
from redis_tui.spec.command import CommandSpec
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply

ONE, TWO, THREE = Node("10.0.0.1", 7000), Node("10.0.0.2", 7000), Node("::1", 7001)


def test_an_address_names_nodes_and_keeps_what_is_said_of_all() -> None:
    address = read_cluster_address("rediss+cluster://ann:secret@10.0.0.1:7000,[::1]:7001,db.example?insecure=yes")
    assert address.seeds == (ONE, THREE, Node("db.example", 6379))
    there = address.of(THREE)
    assert there.plain == "rediss://ann:secret@[::1]:7001"
    assert there.shown == "rediss://ann:***@[::1]:7001"
    assert there.tls is not None
    assert there.tls.insecure


@pytest.mark.parametrize(
    "url", ["redis+cluster://", "redis+cluster://:x@", "redis+cluster://host:port", "other+cluster://h"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        read_cluster_address(url)


def test_a_map_knows_owners_gaps_and_replicas() -> None:
    nodes: Reply = [
        [0, 99, [b"10.0.0.1", 7000, b"a" * 40], [b"", 7002, b"b" * 40]],
        [200, 200, [b"10.0.0.2", 7000, b"c" * 40]],
    ]
    found = slot_map(nodes, asked=Node("seen.as", 1))
    assert [found.owner(slot) for slot in (0, 99, 100, 200, 201)] == [ONE, ONE, None, TWO, None]
    assert found.primaries == (ONE, TWO)
    assert found.replicas == (Node("seen.as", 7002),)
    assert found.slots_of(ONE) == "0-99"
    assert found.slots_of(TWO) == "200"
    assert slot_map(ErrorReply(b"ERR"), ONE).ranges == ()


def test_a_node_has_failed_when_that_is_agreed_and_not_when_it_is_suspected() -> None:
    told = b"%b 10.0.0.1:7000@17000 master,%b - 0 0 1 connected 0-99\nrubbish\n"
    assert has_failed(told % (b"a" * 40, b"fail"), ONE)
    assert not has_failed(told % (b"a" * 40, b"fail?"), ONE)
    assert not has_failed(told % (b"a" * 40, b"fail"), TWO)


def test_a_node_that_has_failed_is_known_by_its_name_too() -> None:
    told = b"ab 10.0.0.9:7000@17000,db1.example.org master,fail - 0 0 1 connected 0-99\n"
    assert has_failed(told, Node("db1.example.org", 7000))
    assert has_failed(told, Node("10.0.0.9", 7000))
    assert not has_failed(told, Node("db2.example.org", 7000))


def test_info_adds_counts_weighs_means_and_lists_the_rest() -> None:
    one = b"# Memory\r\nused_memory:1024\r\nused_memory_human:1.00K\r\n# Commandstats\r\ncmdstat_get:calls=1,usec=10,usec_per_call=10.00\r\n# Keyspace\r\ndb0:keys=1,expires=1,avg_ttl=100\r\nos:a\r\n"
    two = b"# Memory\r\nused_memory:3072\r\nused_memory_human:3.00K\r\n# Commandstats\r\ncmdstat_get:calls=3,usec=6,usec_per_call=2.00\r\n# Keyspace\r\ndb0:keys=5,expires=3,avg_ttl=500\r\nos:b\r\n"
    merged = merged_info([b"INFO"], [(ONE, one), (TWO, two), (Node("h", 1), ErrorReply(b"NODEDOWN gone"))])
    assert isinstance(merged, bytes)
    lines = merged.decode().splitlines()
    assert "used_memory:4096" in lines
    assert "used_memory_human:4.00K" in lines
    assert "cmdstat_get:calls=4,usec=16,usec_per_call=4.00" in lines
    assert "db0:keys=6,expires=4,avg_ttl=400" in lines
    assert "os:a, b" in lines
    assert "h_1:error=NODEDOWN gone" in lines
    assert lines[:3] == ["# Nodes", "cluster_primaries:3", "cluster_primaries_told:2"]


def test_a_failure_names_its_node_and_how_many_did_it() -> None:
    assert failure([(ONE, OK), (TWO, OK)]) is None
    same = ErrorReply(b"ERR syntax error")
    assert failure([(ONE, same), (TWO, same)]) == same
    assert failure([(ONE, OK), (TWO, ErrorReply(b"BUSY It runs a script."))]) == ErrorReply(
        b"BUSY It runs a script at 10.0.0.2:7000 (1 of 2 nodes did it)."
    )


async def test_a_walk_whose_node_is_no_primary_any_more_begins_again() -> None:
    async def ask(_node: Node, _commands: object) -> list[object]:
        return [[b"12", [b"k"]]]

    scan = Scan(ask)  # type: ignore[arg-type]  # its replies are plain
    reply = await scan.step([b"SCAN", b"0"], [ONE, TWO])
    assert isinstance(reply, list)
    assert isinstance(reply[0], bytes)
    assert await scan.step([b"SCAN", reply[0]], [TWO]) == ErrorReply(
        b"ERR The node of this cursor is no primary any more: begin again at 0."
    )


async def test_where_commands_go_without_asking() -> None:
    session = await open_session("memory://")
    catalog = await session.catalog()
    await session.close()
    assert route(catalog, [b"GET", b"a"]).slot == 15495
    assert route(catalog, [b"EVAL", b"return 1", b"2", b"{a}1", b"{a}2"]).slot == 15495
    assert route(catalog, [b"XREAD", b"STREAMS", b"b", b"0"]).slot == 3300
    assert route(catalog, [b"SPUBLISH", b"b", b"hi"]).slot == 3300
    assert route(catalog, [b"EVAL", b"return 1", b"0"]) == (None, None, None, None)
    assert route(catalog, [b"dbsize"]).fan is not None
    assert route(catalog, [b"client", b"kill", b"id", b"7@10.0.0.1:7000"]).node == ONE
    assert route(catalog, [b"EVAL", b"return 1", b"2", b"a", b"b"]).refusal is not None
    with pytest.raises(NotSupportedError, match="would have to say who you are"):
        route(catalog, [b"HELLO", b"3", b"AUTH", b"ann", b"secret"])
    with pytest.raises(NotSupportedError, match="CLUSTER SLOT-STATS is about one node"):
        route(catalog, [b"CLUSTER", b"SLOT-STATS", b"SLOTSRANGE", b"0", b"1"])


async def test_a_walk_passes_a_busy_node_by_and_says_so_in_the_end() -> None:
    async def ask(node: Node, _commands: object) -> list[object]:
        return [ErrorReply(b"BUSY Redis is busy running a script.")] if node == ONE else [[b"0", [b"k"]]]

    scan = Scan(ask)  # type: ignore[arg-type]  # its replies are plain
    first = await scan.step([b"SCAN", b"0"], [ONE, TWO])
    assert isinstance(first, list)
    assert isinstance(first[0], bytes)
    assert first[1] == []
    second = await scan.step([b"SCAN", first[0]], [ONE, TWO])
    assert isinstance(second, list)
    assert isinstance(second[0], bytes)
    assert second[1] == [b"k"]
    assert await scan.step([b"SCAN", second[0]], [ONE, TWO]) == ErrorReply(
        f"NODEDOWN {ONE.name} did not answer or is busy: keys there are missing, all others were told.".encode()
    )


async def test_a_walk_of_clusterscan_goes_by_the_slot_of_its_cursor() -> None:
    catalog = Catalog.from_specs([CommandSpec("clusterscan", "Walks.", "generic", "9.1.0", -2)])
    assert route(catalog, [b"CLUSTERSCAN", b"0"]).slot == 0
    assert route(catalog, [b"CLUSTERSCAN", b"0-{06S}-0"]).slot == hash_slot(b"06S")
