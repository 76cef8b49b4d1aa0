"""Streams: adding, reading by range, deleting, trimming. Consumer groups live in the modules beside.

The decision a reader would question: XADD parses its options by hand and looks for ``*``
first, because that is how nearly every call begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.registry import command
from redis_tui.engine.stream_delete import delete_listed, parse_listed_ids
from redis_tui.engine.stream_id import new_id, range_end, range_start, strict_id
from redis_tui.engine.trim_request import TrimRequest
from redis_tui.engine.types.stream import LAST_ID, LAST_SEQUENCE, SEQUENCE_BITS, Stream, text_of
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import NULL_ARRAY, OK, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, wrong_arity

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.dialect import Dialect
    from redis_tui.engine.types.stream import Counting, Entry
    from redis_tui.spec.decode import Rest

READ = CommandFlag.READONLY
WRITE = CommandFlag.WRITE
FAST = CommandFlag.FAST

_RANGE = (
    "O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10"
    " elements with COUNT), you can consider it O(1)."
)
_EACH = "O(1) for each single item to delete in the stream, regardless of the stream size."


@command(
    "XADD key [NOMKSTREAM] [KEEPREF | DELREF | ACKED] [<MAXLEN | MINID> [= | ~] threshold [LIMIT count]] <* | id>"
    " field value [field value ...]",
    since="5.0.0",
    flags=WRITE | CommandFlag.DENYOOM | FAST,
    complexity="O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.",
    usages=dict.fromkeys(
        ("redis-7.2", "valkey-9"),
        "XADD key [NOMKSTREAM] [<MAXLEN | MINID> [= | ~] threshold [LIMIT count]] <* | id>"
        " field value [field value ...]",
    ),
)
def xadd(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Appends a new message to a stream. Creates the key if it doesn't exist."""
    if rest[0] == b"*":
        del rest[0]
        if len(rest) % 2:
            raise wrong_arity("xadd")
        stream = ctx.edit_or_new(key, Stream)
        id_ = _free_id(stream, ctx.space.now_ms)
        stream.append(id_, rest, ctx.config)
        ctx.altered(key, "xadd")
        return b"%d-%d" % (id_ >> SEQUENCE_BITS, id_ & LAST_SEQUENCE)
    return _add_with_options(ctx, key, rest)


def _add_with_options(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    request = TrimRequest(is_add=True)
    at = request.read(ctx, rest)
    is_given = at < len(rest) and rest[at] != b"*"
    wanted, has_sequence = new_id(rest[at]) if is_given else (0, True)
    trim = request.trim(ctx)
    fields = rest[at + 1 :]
    if not fields or len(fields) % 2:
        raise wrong_arity("xadd")
    if is_given and has_sequence and not wanted:
        raise CommandError("ERR The ID specified in XADD must be greater than 0-0")
    stream = ctx.edit_or_new(key, Stream) if request.makes_stream else ctx.edit(key, Stream)
    if stream is None:
        return None
    id_ = _free_id(stream, ctx.now_ms)
    if is_given:
        id_ = wanted if has_sequence else _with_next_sequence(stream, wanted)
        if id_ <= stream.last_id:
            raise CommandError("ERR The ID specified in XADD is equal or smaller than the target stream top item")
    stream.append(id_, fields, ctx.config)
    ctx.touched(key, "xadd")
    if trim is not None and stream.trim(trim):
        ctx.touched(key, "xtrim", 0)
    return text_of(id_)


def _free_id(stream: Stream, now_ms: int) -> int:
    if stream.last_id == LAST_ID:
        raise CommandError("ERR The stream has exhausted the last possible ID, unable to add more items")
    return stream.next_id(now_ms)


def _with_next_sequence(stream: Stream, milliseconds: int) -> int:
    """The id for ``5-*``: within the same milliseconds as the last entry it counts on, unless that is full."""
    last = stream.last_id
    if last >> SEQUENCE_BITS != milliseconds >> SEQUENCE_BITS:
        return milliseconds
    return last + 1 if last & LAST_SEQUENCE != LAST_SEQUENCE else last


@command("XLEN key", since="5.0.0", flags=READ | FAST, complexity="O(1)")
def xlen(ctx: Ctx, key: bytes) -> Reply:
    """Return the number of messages in a stream."""
    stream = ctx.read(key, Stream)
    return 0 if stream is None else stream.length


@command("XRANGE key start end [COUNT count]", since="5.0.0", flags=READ, complexity=_RANGE)
def xrange(ctx: Ctx, key: bytes, start: bytes, end: bytes, rest: Rest) -> Reply:
    """Returns the messages from a stream within a range of IDs."""
    return _range(ctx, key, range_start(start), range_end(end), rest, reverse=False)


@command(
    "XREVRANGE key end start [COUNT count]",
    since="5.0.0",
    flags=READ,
    complexity=_RANGE.replace("being returned", "returned"),
)
def xrevrange(ctx: Ctx, key: bytes, end: bytes, start: bytes, rest: Rest) -> Reply:
    """Returns the messages from a stream within a range of IDs in reverse order."""
    return _range(ctx, key, range_start(start), range_end(end), rest, reverse=True)


def _range(ctx: Ctx, key: bytes, first: int, last: int, rest: Rest, *, reverse: bool) -> Reply:
    options, count = Options(rest), None
    while options:
        if options.accept(b"COUNT") is None or not options:
            raise SyntaxFault
        count = max(options.take_int(), 0)
    stream = ctx.read(key, Stream)
    if stream is None:
        return []
    if count == 0:
        return NULL_ARRAY
    return shown(stream.between(first, last, count or 0, reverse=reverse))


def shown(entries: list[Entry]) -> list[Reply]:
    """Entries as a reply holds them: an id and a flat list of fields each."""
    return [[b"%d-%d" % (id_ >> SEQUENCE_BITS, id_ & LAST_SEQUENCE), fields] for id_, fields in entries]


def counting_of(dialect: Dialect) -> Counting:
    """How a server counts what groups have read."""
    if dialect.is_valkey:
        return "valkey"
    return "redis-8" if dialect.at_least("8.0.0") else "redis-7.2"


@command("XDEL key id [id ...]", since="5.0.0", flags=WRITE | FAST, complexity=_EACH)
def xdel(ctx: Ctx, key: bytes, ids: list[bytes]) -> Reply:
    """Returns the number of messages after removing them from a stream."""
    stream = ctx.edit(key, Stream)
    if stream is None:
        return 0
    deleted = sum(map(stream.delete, [strict_id(text) for text in ids]))
    if deleted:
        ctx.touched(key, "xdel", deleted)
    return deleted


@command(
    "XDELEX key [KEEPREF | DELREF | ACKED] IDS numids id [id ...]",
    since="8.2.0",
    only="redis",
    flags=WRITE | FAST,
    complexity=_EACH,
)
def xdelex(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Deletes one or multiple entries from the stream."""
    stream = ctx.edit(key, Stream)
    strategy, texts = parse_listed_ids(rest)
    if stream is None:
        return [-1] * len(texts)
    ids = [strict_id(text) for text in texts]
    results = [delete_listed(stream, id_, strategy) for id_ in ids]
    if 1 in results:
        ctx.touched(key, "xdel", results.count(1))
    return list(results)


@command(
    "XTRIM key <MAXLEN | MINID> [= | ~] threshold [LIMIT count] [KEEPREF | DELREF | ACKED]",
    since="5.0.0",
    flags=WRITE,
    complexity="O(N), with N being the number of evicted entries. Constant times are very small however, since entries"
    " are organized in macro nodes containing multiple entries that can be released with a single deallocation.",
    usages=dict.fromkeys(("redis-7.2", "valkey-9"), "XTRIM key <MAXLEN | MINID> [= | ~] threshold [LIMIT count]"),
)
def xtrim(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Deletes messages from the beginning of a stream."""
    request = TrimRequest(is_add=False)
    request.read(ctx, rest)
    trim = request.trim(ctx)
    stream = ctx.edit(key, Stream)
    if stream is None or trim is None:
        return 0
    gone = stream.trim(trim)
    if gone:
        ctx.touched(key, "xtrim", gone)
    return gone


@command(
    "XSETID key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]",
    since="5.0.0",
    flags=WRITE | CommandFlag.DENYOOM | FAST,
    complexity="O(1)",
)
def xsetid(ctx: Ctx, key: bytes, last_id: bytes, rest: Rest) -> Reply:
    """An internal command for replicating stream values."""
    id_ = strict_id(last_id)
    added, max_deleted = _parse_setid(Options(rest), id_)
    stream = ctx.edit(key, Stream)
    if stream is None:
        raise CommandError("ERR no such key")
    if id_ < stream.max_deleted_id:
        raise CommandError("ERR The ID specified in XSETID is smaller than current max_deleted_entry_id")
    if id_ < stream.top_id:
        raise CommandError("ERR The ID specified in XSETID is smaller than the target stream top item")
    if added is not None and stream.length > added:
        raise CommandError("ERR The entries_added specified in XSETID is smaller than the target stream length")
    stream.last_id = id_
    stream.entries_added = stream.entries_added if added is None else added
    stream.max_deleted_id = max_deleted or stream.max_deleted_id
    ctx.touched(key, "xsetid")
    return OK


def _parse_setid(options: Options, last_id: int) -> tuple[int | None, int]:
    added, max_deleted = None, 0
    while options:
        word = options.accept(b"ENTRIESADDED", b"MAXDELETEDID")
        if word is None or not options:
            raise SyntaxFault
        if word == b"ENTRIESADDED":
            added = options.take_int()
            if added < 0:
                raise CommandError("ERR entries_added must be positive")
            continue
        max_deleted = strict_id(options.take())
        if last_id < max_deleted:
            raise CommandError("ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id")
    return added, max_deleted
