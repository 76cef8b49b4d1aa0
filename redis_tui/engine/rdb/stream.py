"""Streams as payloads and files have them: nodes as listpacks, counters, consumer groups.

Written is the third form, of Redis 7.2 and Valkey 8; read are all three. The decision a reader
would question: tombstones are counted when a node is read and not written again, because a
node here keeps no place for them; a server takes such a node as one that was never deleted from.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Final

from redis_tui.engine.rdb import listpack
from redis_tui.engine.rdb.reader import within
from redis_tui.engine.rdb.writer import INT64, Compress, put_length, put_string
from redis_tui.engine.types.stream import Stream
from redis_tui.engine.types.stream_group import Group

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.config import Config
    from redis_tui.engine.rdb.reader import Reader
    from redis_tui.engine.types.stream import Entry
    from redis_tui.engine.types.stream_node import Node

FIRST: Final = 15
SECOND: Final = 19
THIRD: Final = 21

_LOW: Final = (1 << 64) - 1
_SIGN: Final = 1 << 63
_DELETED: Final = 1
_SAME_FIELDS: Final = 2
_UNKNOWN: Final = _LOW
"""How many entries a group has read, where nobody can tell."""


def encode(stream: Stream, compress: Compress | None) -> bytearray:
    """A stream's bytes in the third form."""
    out = bytearray()
    put_length(out, len(stream.nodes))
    for node in stream.nodes:
        put_string(out, node.master.to_bytes(16, "big"), compress)
        put_string(out, _node(node), compress)
    put_length(out, stream.length)
    for id_ in (stream.last_id, stream.first_id, stream.max_deleted_id):
        _put_id(out, id_)
    put_length(out, stream.entries_added)
    put_length(out, len(stream.groups))
    for name in sorted(stream.groups):
        put_string(out, name, compress)
        _put_group(out, stream.groups[name], compress)
    return out


def _put_id(out: bytearray, id_: int) -> None:
    put_length(out, id_ >> 64)
    put_length(out, id_ & _LOW)


def _node(node: Node) -> bytes:
    numbers = [len(node.ids), 0, len(node.names)]
    elements = [*map(_number, numbers), *map(listpack.element, node.names), _number(0)]
    for id_, fields in zip(node.ids, node.entries, strict=True):
        same = fields[::2] == node.names
        elements += (
            _number(_SAME_FIELDS if same else 0),
            _number((id_ >> 64) - (node.master >> 64)),
            _number((id_ & _LOW) - (node.master & _LOW)),
        )
        if same:
            elements += map(listpack.element, fields[1::2])
            elements.append(_number(len(node.names) + 3))
        else:
            elements.append(_number(len(fields) // 2))
            elements += map(listpack.element, fields)
            elements.append(_number(len(fields) + 4))
    return listpack.join(elements)


def _number(number: int) -> bytes:
    # A server takes the difference in 64 bits, so that a large one is written as a negative number.
    return listpack.element(b"%d" % ((number + _SIGN) % (1 << 64) - _SIGN))


def _put_group(out: bytearray, group: Group, compress: Compress | None) -> None:
    _put_id(out, group.last_id)
    put_length(out, _UNKNOWN if group.entries_read is None else group.entries_read)
    put_length(out, len(group.pending))
    for id_, delivery in group.pending.items():
        out += id_.to_bytes(16, "big")
        out += INT64.pack(delivery.delivered_ms)
        put_length(out, delivery.count)
    put_length(out, len(group.consumers))
    for consumer in group.sorted_consumers():
        put_string(out, consumer.name, compress)
        out += INT64.pack(consumer.seen_ms)
        out += INT64.pack(consumer.active_ms)
        put_length(out, len(consumer.pending))
        for id_ in consumer.pending.ids():
            out += id_.to_bytes(16, "big")


def reader_of(kind: int) -> Callable[[Reader, Config], Stream]:
    """What reads one of the three forms."""

    def read(reader: Reader, _config: Config) -> Stream:
        return _Decoder(reader, kind).run()

    return read


class _Decoder:
    """Reads one stream."""

    def __init__(self, reader: Reader, kind: int) -> None:
        self._reader = reader
        self._kind = kind
        self._stream = Stream()

    def run(self) -> Stream:
        """The stream that stands at the reader's place."""
        reader, stream = self._reader, self._stream
        for _ in range(reader.length("the number of a stream's nodes")):
            self._node()
        at = reader.at
        if reader.length("a stream's length") != stream.length:
            raise reader.fault(f"a stream's length, {stream.length}", at)
        stream.last_id = self._id()
        stream.entries_added = stream.length
        if self._kind >= SECOND:
            self._id()  # of the first entry, which the entries tell
            stream.max_deleted_id = self._id()
            stream.entries_added = reader.length("how many entries a stream had")
        if stream.last_id < stream.top_id:
            raise reader.fault("a last id that no entry's is above", at)
        for _ in range(reader.length("the number of a stream's groups")):
            self._group()
        return stream

    def _id(self) -> int:
        milliseconds = self._reader.length("an id's milliseconds")
        return milliseconds << 64 | self._reader.length("an id's sequence")

    def _raw_id(self) -> int:
        return int.from_bytes(self._reader.take(16, "an id"), "big")

    def _node(self) -> None:
        reader, stream = self._reader, self._stream
        at = reader.at
        key = reader.string("the id of a stream's node")
        master = int.from_bytes(key, "big")
        if len(key) != 16 or (stream.nodes and master <= stream.nodes[-1].last):
            raise reader.fault("the id of a stream's node, behind the one before", at)
        at = reader.at
        items = within(reader.string("a stream's node"), at, listpack.decode)
        try:
            entries, names, deleted = _entries(items, master)
        except (ValueError, IndexError):
            raise reader.fault("a stream's node whose entries can be told apart", at) from None
        if any(one[0] >= other[0] for one, other in itertools.pairwise(entries)):
            raise reader.fault("a stream's node whose ids ascend", at)
        if entries:
            stream.restore_node(master, entries, names, deleted)

    def _group(self) -> None:
        reader, stream = self._reader, self._stream
        at = reader.at
        name = reader.string("a group's name")
        if name in stream.groups:
            raise reader.fault("groups that differ", at)
        group = stream.groups[name] = Group(self._id())
        if self._kind >= SECOND:
            read = reader.length("how many entries a group has read")
            group.entries_read = None if read == _UNKNOWN else read
        else:
            group.entries_read = stream.number_of(group.last_id, counting="redis-7.2")
        waiting: dict[int, tuple[int, int]] = {}
        for _ in range(reader.length("the number of pending entries")):
            id_ = self._raw_id()
            waiting[id_] = reader.int64("a delivery's time"), reader.length("how often an entry was delivered")
        for _ in range(reader.length("the number of consumers")):
            self._consumer(group, waiting)
        if waiting:
            raise reader.fault("a consumer for each pending entry")

    def _consumer(self, group: Group, waiting: dict[int, tuple[int, int]]) -> None:
        reader = self._reader
        at = reader.at
        name = reader.string("a consumer's name")
        if name in group.consumers:
            raise reader.fault("consumers that differ", at)
        consumer = group.create(name, reader.int64("when a consumer was seen"))
        consumer.active_ms = reader.int64("when a consumer was active") if self._kind >= THIRD else consumer.seen_ms
        for _ in range(reader.length("the number of a consumer's pending entries")):
            at = reader.at
            id_ = self._raw_id()
            if id_ not in waiting:
                raise reader.fault("the id of an entry that is pending for the group and nobody else", at)
            group.give(id_, consumer, *waiting.pop(id_))


def _entries(items: list[bytes], master: int) -> tuple[list[Entry], list[bytes], int]:
    """The live entries of a node, the names of its fields, and how many entries were deleted.

    Raises:
        ValueError: the elements make no node.
        IndexError: they end too early.
    """
    count, deleted, width = int(items[0]), int(items[1]), int(items[2])
    names = items[3 : 3 + width]
    if width < 1 or int(items[3 + width]):
        raise ValueError("a node's head")
    at = 4 + width
    entries: list[Entry] = []
    gone = 0
    while at < len(items):
        flags = int(items[at])
        milliseconds = ((master >> 64) + int(items[at + 1])) & _LOW
        id_ = milliseconds << 64 | ((master & _LOW) + int(items[at + 2])) & _LOW
        at += 3
        if flags & _SAME_FIELDS:
            values = items[at : at + width]
            at += width
            fields = [text for pair in zip(names, values, strict=True) for text in pair]
            own = width + 3
        else:
            own = int(items[at])
            fields = items[at + 1 : at + 1 + 2 * own]
            if own < 1 or len(fields) != 2 * own:
                raise ValueError("an entry cut short")
            at += 1 + 2 * own
            own = 2 * own + 4
        if int(items[at]) != own or flags & ~(_DELETED | _SAME_FIELDS):
            raise ValueError("an entry of another size than it says")
        at += 1
        if flags & _DELETED:
            gone += 1
        else:
            entries.append((id_, fields))
    if count != len(entries) or deleted != gone:
        raise ValueError("another number of entries than announced")
    return entries, names, gone
