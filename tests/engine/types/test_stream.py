"""What a stream knows of itself: ranges, nodes, copies."""

from __future__ import annotations

import pytest

from redis_tui.engine.config import Config
from redis_tui.engine.types.stream import LAST_ID, Stream, Trim, text_of
from redis_tui.engine.types.stream_group import Group
from redis_tui.engine.types.stream_node import radix_nodes


def numbered(count: int, config: Config) -> Stream:
    stream = Stream()
    for number in range(1, count + 1):
        stream.append(number << 64, [b"f", b"value"], config)
    return stream


def test_an_id_follows_the_clock_but_never_goes_back() -> None:
    stream = Stream()
    assert text_of(stream.next_id(5)) == b"5-0"
    stream.last_id = 9 << 64 | 3
    assert text_of(stream.next_id(5)) == b"9-4"
    stream.last_id = 9 << 64 | (1 << 64) - 1
    assert text_of(stream.next_id(9)) == b"10-0"


def test_ranges_cross_nodes_both_ways() -> None:
    stream = numbered(250, Config())
    assert len(stream.nodes) == 3
    ids = [id_ >> 64 for id_, _ in stream.between(99 << 64, 202 << 64)]
    assert ids == list(range(99, 203))
    assert [id_ >> 64 for id_, _ in stream.between(99 << 64, 202 << 64, 3)] == [99, 100, 101]
    assert [id_ >> 64 for id_, _ in stream.between(99 << 64, 102 << 64, 3, reverse=True)] == [102, 101, 100]
    assert [id_ >> 64 for id_, _ in stream.between(0, LAST_ID, reverse=True)] == list(range(250, 0, -1))
    assert stream.between(5 << 64, 4 << 64) == []


# Sizes as MEMORY USAGE of Redis 8.2.3 and the listpack format give them.
@pytest.mark.parametrize(("count", "size"), [(1, 33), (2, 48), (20, 318), (100, 1518)])
def test_a_node_measures_what_a_server_stores(count: int, size: int) -> None:
    assert numbered(count, Config()).nodes[0].measured() == size


@pytest.mark.parametrize(("count", "nodes"), [(0, 1), (1, 2), (101, 6), (201, 8), (1000, 26)])
def test_the_radix_tree_has_as_many_nodes_as_a_servers(count: int, nodes: int) -> None:
    assert numbered(count, Config()).radix_size() == nodes


def test_keys_that_part_at_the_last_byte_end_in_one_node_each() -> None:
    assert radix_nodes([1, 2, 3]) == 5


def test_tombstones_count_when_a_node_fills() -> None:
    config = Config()
    stream = numbered(100, config)
    assert stream.delete(50 << 64)
    stream.append(101 << 64, [b"f", b"v"], config)
    assert [len(node) for node in stream.nodes] == [99, 1]


def test_a_node_goes_with_its_last_entry() -> None:
    stream = numbered(101, Config())
    assert stream.delete(101 << 64)
    assert len(stream.nodes) == 1
    assert stream.top_id == 100 << 64
    assert not stream.delete(101 << 64)


def test_an_approximate_trim_spares_a_node_that_ends_in_a_tombstone_above() -> None:
    stream = numbered(200, Config())
    stream.delete(100 << 64)
    assert stream.trim(Trim(below=100 << 64, is_approximate=True)) == 0
    assert stream.trim(Trim(below=101 << 64, is_approximate=True)) == 99


def test_a_copy_shares_nothing_that_changes() -> None:
    config = Config()
    stream = numbered(3, config)
    group = stream.groups[b"g"] = Group(0)
    group.give(1 << 64, group.create(b"alice", 5), 7)
    twin = stream.copy()
    twin.append(4 << 64, [b"f", b"v"], config)
    twin.delete(1 << 64)
    twin.groups[b"g"].acknowledge(1 << 64)
    assert (stream.length, twin.length) == (3, 3)
    assert stream.first_id == 1 << 64
    assert len(group.pending) == len(group.consumers[b"alice"].pending) == 1
    assert len(twin.groups[b"g"].consumers[b"alice"].pending) == 0


def test_pending_entries_keep_their_order_once_somebody_has_asked_for_it() -> None:
    group = Group(0)
    alice, bob = group.create(b"alice", 0), group.create(b"bob", 0)
    for id_ in (5, 1, 3):
        group.give(id_, alice, 0)
    assert list(group.pending.ids()) == [1, 3, 5]
    group.give(4, bob, 0)
    group.give(3, bob, 0, 2)
    group.acknowledge(1)
    assert list(group.pending.ids(4)) == [4, 5]
    assert group.pending.bounds() == (3, 5)
    assert list(alice.pending.ids()) == [5]
    assert group.remove(b"bob") == 2
    assert list(group.pending.ids()) == [5]


def test_a_stream_can_be_put_together_from_its_nodes() -> None:
    config = Config()
    stream = numbered(150, config)
    twin = Stream()
    for node in stream.nodes:
        entries = list(zip(node.ids, node.entries, strict=True))
        twin.restore_node(node.master, entries, node.names, node.deleted)
    assert twin.between(0, LAST_ID) == stream.between(0, LAST_ID)
    assert [node.measured() for node in twin.nodes] == [node.measured() for node in stream.nodes]
