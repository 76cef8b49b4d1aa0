"""Which type number and which bytes stand for a value, and back.

The numbers are the servers'. Written is what Redis 7.2 and later and Valkey 8 and later write
for the encoding that the value has; read is everything since 2009. A value is never handed
out half read: what is damaged raises `DamagedData`.

The decision a reader would question: the encoding of a value that was read is worked out anew
from its size, as servers do, and not taken from the type number.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from redis_tui.engine.rdb import intset, listpack, stream, timed_hash, ziplist
from redis_tui.engine.rdb.reader import Reader, within
from redis_tui.engine.rdb.writer import DOUBLE, put_length, put_string
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.limits import limits_of
from redis_tui.engine.types.list import List
from redis_tui.engine.types.set import HASHTABLE, INTSET, LISTPACK, Set, is_integer
from redis_tui.engine.types.sorted_set import SortedSet
from redis_tui.engine.types.stream import Stream
from redis_tui.engine.types.timed_hash import TimedHash
from redis_tui.engine.types.vector_set import VectorSet
from redis_tui.errors import CommandError
from redis_tui.record import dataclass
from redis_tui.resp.encoder import format_double

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from redis_tui.engine.config import Config
    from redis_tui.engine.rdb.writer import Compress
    from redis_tui.engine.types.base import Value

STRING: Final = 0
LIST: Final = 1
SET: Final = 2
ZSET_TEXT: Final = 3
HASH: Final = 4
ZSET: Final = 5
MODULE_OLD: Final = 6
MODULE: Final = 7
HASH_ZIPMAP: Final = 9
LIST_ZIPLIST: Final = 10
SET_INTSET: Final = 11
ZSET_ZIPLIST: Final = 12
HASH_ZIPLIST: Final = 13
QUICKLIST_ZIPLISTS: Final = 14
HASH_LISTPACK: Final = 16
ZSET_LISTPACK: Final = 17
QUICKLIST: Final = 18
SET_LISTPACK: Final = 20

_PLAIN: Final = 1
_PACKED: Final = 2
_NODE_OVERHEAD: Final = 8
"""What a server adds to an element's length when it asks whether a node has room for it."""
_MODULE_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True, slots=True)
class Style:
    """How values are written."""

    config: Config
    compress: Compress | None
    """For long strings; None where they stay as they are."""
    plain_nodes: bool
    """An element larger than a node stands in one of its own, without a listpack around: since Redis 7.4."""


# Writing


def encode(value: Value, style: Style) -> tuple[int, bytearray]:
    """A value's type number and bytes."""
    if isinstance(value, bytes | bytearray):
        out = bytearray()
        put_string(out, value, style.compress)
        return STRING, out
    return _WRITERS[type(value)](value, style)


def _blob(blob: bytes, style: Style) -> bytearray:
    out = bytearray()
    put_string(out, blob, style.compress)
    return out


def _strings(texts: Iterable[bytes], count: int, style: Style) -> bytearray:
    out = bytearray()
    put_length(out, count)
    for text in texts:
        put_string(out, text, style.compress)
    return out


def _put_list(value: List, style: Style) -> tuple[int, bytearray]:
    nodes = list(_nodes(value, style))
    out = bytearray()
    put_length(out, len(nodes))
    for container, blob in nodes:
        out.append(container)
        put_string(out, blob, style.compress)
    return QUICKLIST, out


def _nodes(value: List, style: Style) -> Iterable[tuple[int, bytes]]:
    """The nodes of a quicklist, filled from the head on."""
    if not value.is_quicklist:
        yield _PACKED, listpack.encode(value.items)
        return
    limits = limits_of(style.config, "list")
    node: list[bytes] = []
    size = _EMPTY_NODE
    for item in value.items:
        if style.plain_nodes and len(item) > limits.node_bytes:
            if node:
                yield _PACKED, listpack.join(node)
            node, size = [], _EMPTY_NODE
            yield _PLAIN, item
            continue
        if node and (size + len(item) + _NODE_OVERHEAD > limits.node_bytes or len(node) >= limits.entries):
            yield _PACKED, listpack.join(node)
            node, size = [], _EMPTY_NODE
        node.append(element := listpack.element(item))
        size += len(element)
    if node:
        yield _PACKED, listpack.join(node)


_EMPTY_NODE: Final = 7


def _put_set(value: Set, style: Style) -> tuple[int, bytearray]:
    if value.kind == INTSET:
        return SET_INTSET, _blob(intset.encode(sorted(map(int, value.members))), style)
    if value.kind == LISTPACK:
        return SET_LISTPACK, _blob(listpack.encode(value.members), style)
    return SET, _strings(value.members, len(value), style)


def _put_sorted_set(value: SortedSet, style: Style) -> tuple[int, bytearray]:
    order = sorted(zip(value.scores.values(), value.scores, strict=True))
    if value.is_packed:
        pairs = chain.from_iterable((member, format_double(score)) for score, member in order)
        return ZSET_LISTPACK, _blob(listpack.encode(pairs), style)
    out = bytearray()
    put_length(out, len(order))
    for score, member in reversed(order):
        put_string(out, member, style.compress)
        out += DOUBLE.pack(score)
    return ZSET, out


def _put_hash(value: Hash, style: Style) -> tuple[int, bytearray]:
    texts = chain.from_iterable(value.items())
    if value.encoding(style.config) == "listpack":
        return HASH_LISTPACK, _blob(listpack.encode(texts), style)
    return HASH, _strings(texts, len(value), style)


def _put_timed_hash(value: TimedHash, style: Style) -> tuple[int, bytearray]:
    return timed_hash.encode(value, style.compress) or _put_hash(value, style)


def _put_stream(value: Stream, style: Style) -> tuple[int, bytearray]:
    return stream.THIRD, stream.encode(value, style.compress)


def _put_vector_set(_value: VectorSet, _style: Style) -> tuple[int, bytearray]:
    raise CommandError("ERR a vector set cannot be written: servers keep it with a graph that is not there")


_WRITERS: Final[dict[type, Callable[..., tuple[int, bytearray]]]] = {
    List: _put_list,
    Set: _put_set,
    SortedSet: _put_sorted_set,
    Hash: _put_hash,
    TimedHash: _put_timed_hash,
    Stream: _put_stream,
    VectorSet: _put_vector_set,
}


# Reading


def check(kind: int, reader: Reader) -> None:
    """Raises `DamagedData` where no value has this type number, which was the last byte read."""
    if kind != STRING and kind not in _READERS:
        raise reader.fault(f"the number of a known type of value, and this is {kind}", reader.at - 1)


def decode(kind: int, reader: Reader, config: Config) -> Value | None:
    """The value that stands at the reader's place.

    Args:
        kind: its type number, which `check` has found good.
        reader: stands at the value, and behind it afterwards.
        config: for the encodings.

    Returns:
        None for a collection without elements, which no server keeps.

    Raises:
        DamagedData: the bytes are no value of that type.
    """
    if kind == STRING:
        return reader.string("a string's value")
    return _READERS[kind](reader, config)


def _count(reader: Reader) -> int:
    return reader.length("the number of elements")


def _elements(reader: Reader, count: int) -> list[bytes]:
    string = reader.string
    return [string("an element") for _ in range(count)]


def _packed(reader: Reader, read: Callable[[bytes], list[bytes]]) -> list[bytes]:
    at = reader.at
    return within(reader.string("a blob of elements"), at, read)


def _make_list(items: list[bytes], config: Config) -> List | None:
    made = List()
    made.push_tail(items, config)
    return made if items else None


def _get_list(reader: Reader, config: Config) -> List | None:
    return _make_list(_elements(reader, _count(reader)), config)


def _get_ziplist(reader: Reader, config: Config) -> List | None:
    return _make_list(_packed(reader, ziplist.decode), config)


def _get_ziplists(reader: Reader, config: Config) -> List | None:
    items: list[bytes] = []
    for _ in range(_count(reader)):
        items += _packed(reader, ziplist.decode)
    return _make_list(items, config)


def _get_quicklist(reader: Reader, config: Config) -> List | None:
    items: list[bytes] = []
    for _ in range(_count(reader)):
        at = reader.at
        container = reader.length("the kind of a list's node")
        if container == _PLAIN:
            items.append(reader.string("an element"))
        elif container == _PACKED:
            items += _packed(reader, listpack.decode)
        else:
            raise reader.fault("the kind of a list's node, 1 or 2", at)
    return _make_list(items, config)


def _make_set(items: list[bytes], reader: Reader, config: Config, kind: str) -> Set | None:
    made = Set()
    made.members = dict.fromkeys(items)
    if len(made.members) != len(items):
        raise reader.fault("members that differ")
    limits = limits_of(config, "set")
    if kind == INTSET and len(items) > limits.intset:
        kind = LISTPACK
    if kind == LISTPACK and (len(items) > limits.entries or max(map(len, items), default=0) > limits.value):
        kind = HASHTABLE
    made.kind = kind
    return made if items else None


def _get_set(reader: Reader, config: Config) -> Set | None:
    items = _elements(reader, _count(reader))
    few = len(items) <= limits_of(config, "set").intset
    return _make_set(items, reader, config, INTSET if few and all(map(is_integer, items)) else LISTPACK)


def _get_intset(reader: Reader, config: Config) -> Set | None:
    return _make_set(_packed(reader, intset.decode), reader, config, INTSET)


def _get_set_listpack(reader: Reader, config: Config) -> Set | None:
    return _make_set(_packed(reader, listpack.decode), reader, config, LISTPACK)


def _make_sorted_set(pairs: Iterable[tuple[bytes, float]], count: int, reader: Reader, config: Config) -> Value | None:
    scores = dict(pairs)
    if len(scores) != count:
        raise reader.fault("members that differ")
    if any(score != score for score in scores.values()):  # noqa: PLR0124  # the test for NaN
        raise reader.fault("scores that are numbers")
    return SortedSet.of(scores, config) if scores else None


def _get_sorted_set(reader: Reader, config: Config) -> Value | None:
    count = _count(reader)
    string, double = reader.string, reader.double
    pairs = [(string("a member"), double("a score")) for _ in range(count)]
    return _make_sorted_set(pairs, count, reader, config)


def _get_old_sorted_set(reader: Reader, config: Config) -> Value | None:
    count = _count(reader)
    pairs = [(reader.string("a member"), reader.old_double("a score")) for _ in range(count)]
    return _make_sorted_set(pairs, count, reader, config)


def _packed_sorted_set(read: Callable[[bytes], list[bytes]]) -> Callable[[Reader, Config], Value | None]:
    def get(reader: Reader, config: Config) -> Value | None:
        at = reader.at
        items = _packed(reader, read)
        if len(items) % 2:
            raise reader.fault("members and scores in turn", at)
        try:
            scores = [float(text) for text in items[1::2]]
        except ValueError:
            raise reader.fault("scores that are numbers", at) from None
        return _make_sorted_set(zip(items[::2], scores, strict=True), len(scores), reader, config)

    return get


def _make_hash(texts: list[bytes], reader: Reader, config: Config) -> Hash | None:
    if len(texts) % 2:
        raise reader.fault("fields and values in turn")
    made = Hash.of(zip(texts[::2], texts[1::2], strict=True), config)
    if len(made) * 2 != len(texts):
        raise reader.fault("fields that differ")
    return made if texts else None


def _get_hash(reader: Reader, config: Config) -> Hash | None:
    return _make_hash(_elements(reader, 2 * _count(reader)), reader, config)


def _packed_hash(read: Callable[[bytes], list[bytes]]) -> Callable[[Reader, Config], Value | None]:
    return lambda reader, config: _make_hash(_packed(reader, read), reader, config)


def _get_module(reader: Reader, _config: Config) -> Value | None:
    at = reader.at
    number = reader.length("a module's number")
    raise reader.fault(f"a value that needs no module, and this one is of the module type {module_name(number)}", at)


def module_name(number: int) -> str:
    """The nine letters of a module's type, which are the upper 54 bits of its number."""
    return bytes(_MODULE_LETTERS[number >> shift & 63] for shift in range(58, 9, -6)).decode()


_READERS: Final[dict[int, Callable[[Reader, Config], Value | None]]] = {
    LIST: _get_list,
    SET: _get_set,
    ZSET_TEXT: _get_old_sorted_set,
    HASH: _get_hash,
    ZSET: _get_sorted_set,
    MODULE_OLD: _get_module,
    MODULE: _get_module,
    HASH_ZIPMAP: _packed_hash(ziplist.decode_zipmap),
    LIST_ZIPLIST: _get_ziplist,
    SET_INTSET: _get_intset,
    ZSET_ZIPLIST: _packed_sorted_set(ziplist.decode),
    HASH_ZIPLIST: _packed_hash(ziplist.decode),
    QUICKLIST_ZIPLISTS: _get_ziplists,
    HASH_LISTPACK: _packed_hash(listpack.decode),
    ZSET_LISTPACK: _packed_sorted_set(listpack.decode),
    QUICKLIST: _get_quicklist,
    SET_LISTPACK: _get_set_listpack,
    timed_hash.HASH_2: timed_hash.get_hash_2,
    timed_hash.PACKED_OLD: timed_hash.get_packed(has_head=False),
    timed_hash.METADATA: timed_hash.get_metadata,
    timed_hash.PACKED: timed_hash.get_packed(has_head=True),
    **{kind: stream.reader_of(kind) for kind in (stream.FIRST, stream.SECOND, stream.THIRD)},
}
