"""What a key would cost in a real server: MEMORY USAGE, and the sum of it for INFO.

Python's own objects are several times larger and would tell a person nothing about the
server that the script is meant for; so the sizes of Redis 8.2's structures are added up,
each rounded up as its allocator does. Small values come out exact, large ones within
about a tenth. It knows no command.

The decision a reader would question: the sum for INFO is taken from up to a hundred keys
spread over each database, when INFO asks; a running count would make every write pay.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from redis_tui.engine.types.base import Collection, Value
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.list import List, listpack_size
from redis_tui.engine.types.set import Set
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.engine.types.stream import Stream
from redis_tui.engine.types.stream_node import radix_nodes
from redis_tui.engine.types.vector_set import VectorSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.engine.config import Config
    from redis_tui.engine.database import Database
    from redis_tui.engine.keyspace import Keyspace

STARTUP: Final = 1 << 20
"""Bytes that are counted for an engine that holds nothing; about what a server takes."""
DEFAULT_SAMPLES: Final = 5
_SPREAD: Final = 100
_KEPT_EMBEDDED: Final = 64
"""Key, value and header together up to this many bytes are one allocation."""
_HEADER: Final = 16
_POINTER: Final = 8
_DICT: Final = 56
_ENTRY: Final = 24
KEY_ENTRY: Final = 32
"""A key's place in its database's table."""
_SKIPLIST_NODE: Final = 48
_QUICKLIST_NODE: Final = 32
_NODE_BYTES: Final = 8192
_SLACK: Final = 1
_STREAM: Final = 112
_STREAM_NODE_BYTES: Final = 4096
"""What the last node of a stream is given ahead."""
_GROUP: Final = 40
_CONSUMER: Final = 32
_DELIVERY: Final = 32
_ID: Final = 16
_RADIX_NODE: Final = 244
"""A server's own estimate."""
_VECTOR_SET: Final = 112 + 1672
"""With the head of its graph."""
_VECTOR_NODE: Final = 312
_VECTOR_LAYER: Final = 24
_VECTORS_SEEN: Final = 20
_ATTRIBUTES_GUESSED: Final = 64
_LONGEST_EMBEDDED: Final = 44


def allocated(size: int) -> int:
    """The block that an allocator with jemalloc's size classes hands out; servers have it go in steps of 8 up to 64."""
    if size <= 64:
        return max(8, -(-size // 8) * 8)
    if size <= 128:
        return -(-size // 16) * 16
    step = 1 << ((size - 1).bit_length() - 3)
    return -(-size // step) * step


def usage(key: bytes, value: Value, config: Config, *, samples: int = DEFAULT_SAMPLES) -> int:
    """Bytes of a key and its value.

    Args:
        key: its name.
        value: what it holds.
        config: decides on encodings.
        samples: elements whose size is looked at in a large collection; 0 for all.
    """
    if not isinstance(value, Collection):
        return _string_usage(key, bytes(value))
    return allocated(_HEADER + 1 + _text(key)) + _collection(value, config, samples)


def dataset(space: Keyspace, config: Config) -> int:
    """About how many bytes all keys take."""
    return sum(_database(db, config) for db in space.databases if db.entries)


def _database(db: Database, config: Config) -> int:
    count = len(db.entries)
    step = max(1, count // _SPREAD)
    sizes = [usage(key, value, config) for key, value in islice(db.entries.items(), 0, None, step)]
    return sum(sizes) * count // len(sizes) + sum(tables(db))


def tables(db: Database) -> tuple[int, int]:
    """Bytes of a database's own tables: of its keys, and of their times to live."""
    return len(db.entries) * KEY_ENTRY, len(db.expires) * _POINTER


def _text(text: bytes) -> int:
    """A string with its header and its closing NUL."""
    size = len(text)
    return size + 2 if size < 32 else size + 4 if size < 256 else size + 6 if size < 65536 else size + 10


def _is_whole_number(text: bytes) -> bool:
    return len(text) < 20 and text.lstrip(b"-").isdigit() and b"%d" % int(text) == text


def _string_usage(key: bytes, value: bytes) -> int:
    head = _HEADER + 1 + _text(key)
    if _is_whole_number(value):
        return allocated(head)
    whole = head + len(value) + 4
    if whole <= _KEPT_EMBEDDED:
        return allocated(whole)
    return allocated(head) + allocated(len(value) + (4 if len(value) < 256 else 6 if len(value) < 65536 else 10))


def _radix(ids: list[int]) -> int:
    return len(ids) * _ID + radix_nodes(ids) * _RADIX_NODE


def _stream_usage(stream: Stream, config: Config) -> int:
    """A stream's nodes, all but the last cut to their size, and what is pending, once for group and consumer."""
    size = _STREAM + _radix([node.master for node in stream.nodes])
    size += sum(allocated(node.measured()) for node in stream.nodes[:-1])
    if stream.nodes:
        ahead = min(config.number("stream-node-max-bytes") or _STREAM_NODE_BYTES, _STREAM_NODE_BYTES)
        size += allocated(max(stream.nodes[-1].measured(), ahead))
    for group in stream.groups.values():
        size += _GROUP + _radix(list(group.pending.ids())) + _DELIVERY * len(group.pending)
        for consumer in group.consumers.values():
            size += _CONSUMER + len(consumer.name) + _radix(list(consumer.pending.ids()))
    return size


def _vector_set_usage(value: VectorSet) -> int:
    """The server's own estimate: a third of the nodes has a second level, names are as long as the newest ones."""
    layout, count = value.layout, len(value)
    newest = list(islice(reversed(value.entries.items()), _VECTORS_SEEN))
    names = [_object(element) for element, _ in newest]
    attributes = [_object(entry.attributes) for _, entry in newest if entry.attributes is not None]
    links = 2 * layout.links
    return (
        _VECTOR_SET
        + 4 * layout.given_dimension * layout.dimension
        + (_VECTOR_NODE + len(newest[0][1].vector.raw())) * count
        + _VECTOR_LAYER * count * 4 // 3
        + _POINTER * links * count
        + _POINTER * (links // 2) * count // 3
        + sum(names) // len(names) * count
        + (sum(attributes) // len(attributes) if attributes else _ATTRIBUTES_GUESSED) * value.with_attributes()
        + 2 * _POINTER * count
    )


def _object(text: bytes) -> int:
    """A string by itself, in one block with its header while it is short."""
    if len(text) <= _LONGEST_EMBEDDED:
        return allocated(_HEADER + 3 + len(text) + 1)
    return _HEADER + allocated(_text(text))


def _collection(value: Collection, config: Config, samples: int) -> int:
    if isinstance(value, Stream):
        return _stream_usage(value, config)
    if isinstance(value, VectorSet):
        return _vector_set_usage(value)
    encoding = value.encoding(config)
    if encoding == "intset":
        return allocated(8 + len(value) * _integer_width(value))
    if encoding == "listpack":
        return allocated(listpack_size(_packed(value)) + _SLACK)
    seen = list(islice(_packed(value), min(samples, len(value)) * _width(value) or None))
    if isinstance(value, List):
        payload = (listpack_size(seen) - listpack_size(())) * len(value) // max(1, len(seen))
        return payload + max(1, -(-payload // _NODE_BYTES)) * _QUICKLIST_NODE + _DICT
    if isinstance(value, SortedSet):
        each = sum(allocated(_SKIPLIST_NODE + _text(member)) + _ENTRY for member in seen[::2])
    else:
        each = sum(allocated(_text(text)) for text in seen) + _ENTRY * (len(seen) // _width(value))
    buckets = 1 << max(2, (len(value) - 1).bit_length())
    return _DICT + buckets * _POINTER + each * len(value) * _width(value) // max(1, len(seen))


def _packed(value: Collection) -> Iterator[bytes]:
    """What stands in a listpack, one after the other."""
    if isinstance(value, Hash):
        return (text for pair in value.items() for text in pair)
    if isinstance(value, SortedSet):
        return (text for member, score in value.scores.items() for text in (member, b"%g" % score))
    if isinstance(value, Set):
        return iter(value.members)
    assert isinstance(value, List)
    return iter(value.items)


def _width(value: Collection) -> int:
    """How many texts an element takes."""
    return 2 if isinstance(value, Hash | SortedSet) else 1


def _integer_width(value: Collection) -> int:
    widest = max((abs(int(member)) for member in _packed(value)), default=0)
    return 2 if widest < 1 << 15 else 4 if widest < 1 << 31 else 8
