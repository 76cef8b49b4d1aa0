"""Consumer groups: making and unmaking them, acknowledging, looking at what is pending.

The decision a reader would question: most commands here end in `Database.noted` or in
nothing but a count, where others end in `touched`. To a server the groups of a stream are no
part of its value, so that XACK or XGROUP SETID break no WATCH.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.commands.stream import counting_of
from redis_tui.engine.registry import command, container, printable
from redis_tui.engine.stream_delete import DELETED, KEPT, MISSING, parse_listed_ids
from redis_tui.engine.stream_id import any_id, range_end, range_start, strict_id
from redis_tui.engine.types.stream import Stream, text_of
from redis_tui.engine.types.stream_group import Consumer, Group, Pending
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import NULL_ARRAY, OK, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.types.stream import Strategy
    from redis_tui.spec.decode import Rest

READ = CommandFlag.READONLY
WRITE = CommandFlag.WRITE
DENYOOM = CommandFlag.DENYOOM
FAST = CommandFlag.FAST

_NO_KEY = (
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use the MKSTREAM option"
    " to create an empty stream automatically."
)

container(
    "xgroup",
    "A container for consumer groups commands.",
    since="5.0.0",
    group="stream",
    complexity="Depends on subcommand.",
)


@command(
    "XGROUP CREATE key group <id | $> [MKSTREAM] [ENTRIESREAD entries-read]",
    since="5.0.0",
    flags=WRITE | DENYOOM,
    complexity="O(1)",
    group="stream",
)
def xgroup_create(ctx: Ctx, key: bytes, group: bytes, id_: bytes, rest: Rest) -> Reply:
    """Creates a consumer group."""
    makes_stream, entries_read = _parse_group(Options(rest), "CREATE")
    stream = ctx.edit(key, Stream)
    if stream is None and not makes_stream:
        raise CommandError(_NO_KEY)
    newest = 0 if stream is None else stream.last_id
    last_id = newest if id_ == b"$" else strict_id(id_)
    if stream is None:
        stream = ctx.edit_or_new(key, Stream)
        ctx.touched(key, "", 0)  # a change for those who watch; the event follows, once
    elif group in stream.groups:
        raise CommandError("BUSYGROUP Consumer Group name already exists")
    stream.groups[group] = Group(last_id, _limited(ctx, stream, entries_read))
    ctx.db.noted(key, "xgroup-create")
    return OK


@command(
    "XGROUP SETID key group <id | $> [ENTRIESREAD entries-read]",
    since="5.0.0",
    flags=WRITE,
    complexity="O(1)",
    group="stream",
)
def xgroup_setid(ctx: Ctx, key: bytes, group: bytes, id_: bytes, rest: Rest) -> Reply:
    """Sets the last-delivered ID of a consumer group."""
    _, entries_read = _parse_group(Options(rest), "SETID")
    stream, found = _edit_group(ctx, key, group)
    found.last_id = stream.last_id if id_ == b"$" else any_id(id_)
    found.entries_read = _limited(ctx, stream, entries_read)
    ctx.db.noted(key, "xgroup-setid")
    return OK


def _limited(ctx: Ctx, stream: Stream, entries_read: int | None) -> int | None:
    # XGROUP SETID s g $ ENTRIESREAD 5 on a stream of 4 -> entries-read 4 in Redis 8, 5 elsewhere.
    if entries_read is None or counting_of(ctx.dialect) != "redis-8":
        return entries_read
    return min(entries_read, stream.entries_added)


def _parse_group(options: Options, subcommand: str) -> tuple[bool, int | None]:
    """MKSTREAM, and the value of ENTRIESREAD."""
    makes_stream, entries_read = False, None
    while options:
        word = options.accept(b"MKSTREAM", b"ENTRIESREAD") if subcommand == "CREATE" else options.accept(b"ENTRIESREAD")
        if word is None or (word == b"ENTRIESREAD" and not options):
            raise CommandError(
                f"ERR unknown subcommand or wrong number of arguments for '{subcommand}'. Try XGROUP HELP."
            )
        if word == b"MKSTREAM":
            makes_stream = True
            continue
        number = options.take_int()
        if number < -1:
            raise CommandError("ERR value for ENTRIESREAD must be positive or -1")
        entries_read = None if number == -1 else number
    return makes_stream, entries_read


@command(
    "XGROUP DESTROY key group",
    since="5.0.0",
    flags=WRITE,
    complexity="O(N) where N is the number of entries in the group's pending entries list (PEL).",
    group="stream",
)
def xgroup_destroy(ctx: Ctx, key: bytes, group: bytes) -> Reply:
    """Destroys a consumer group."""
    stream = ctx.edit(key, Stream)
    if stream is None:
        raise CommandError(_NO_KEY)
    if stream.groups.pop(group, None) is None:
        return 0
    ctx.touched(key, "xgroup-destroy")  # wakes those who read through the group; they are told that it is gone
    return 1


@command(
    "XGROUP CREATECONSUMER key group consumer",
    since="6.2.0",
    flags=WRITE | DENYOOM,
    complexity="O(1)",
    group="stream",
)
def xgroup_createconsumer(ctx: Ctx, key: bytes, group: bytes, consumer: bytes) -> Reply:
    """Creates a consumer in a consumer group."""
    _, found = _edit_group(ctx, key, group)
    if consumer in found.consumers:
        return 0
    found.create(consumer, ctx.now_ms)
    ctx.db.noted(key, "xgroup-createconsumer")
    return 1


def seen_consumer(ctx: Ctx, key: bytes, group: Group, name: bytes) -> Consumer:
    """The consumer that asks, made where there is none; it counts as seen now."""
    consumer = group.consumers.get(name)
    if consumer is None:
        consumer = group.create(name, ctx.now_ms)
        ctx.db.noted(key, "xgroup-createconsumer")
    consumer.seen_ms = ctx.now_ms
    return consumer


@command("XGROUP DELCONSUMER key group consumer", since="5.0.0", flags=WRITE, complexity="O(1)", group="stream")
def xgroup_delconsumer(ctx: Ctx, key: bytes, group: bytes, consumer: bytes) -> Reply:
    """Deletes a consumer from a consumer group."""
    _, found = _edit_group(ctx, key, group)
    pending = found.remove(consumer)
    if pending is None:
        return 0
    ctx.db.noted(key, "xgroup-delconsumer")
    return pending


def _edit_group(ctx: Ctx, key: bytes, group: bytes) -> tuple[Stream, Group]:
    stream = ctx.edit(key, Stream)
    if stream is None:
        raise CommandError(_NO_KEY)
    found = stream.groups.get(group)
    if found is None:
        raise CommandError(
            b"NOGROUP No such consumer group '%b' for key name '%b'" % (printable(group), printable(key))
        )
    return stream, found


@command(
    "XACK key group id [id ...]",
    since="5.0.0",
    flags=WRITE | FAST,
    complexity="O(1) for each message ID processed.",
    group="stream",
)
def xack(ctx: Ctx, key: bytes, group: bytes, ids: list[bytes]) -> Reply:
    """Returns the number of messages that were successfully acknowledged by the consumer group member of a stream."""
    stream = ctx.edit(key, Stream)
    found = None if stream is None else stream.groups.get(group)
    if found is None:
        return 0
    acknowledged = sum(map(found.acknowledge, [strict_id(text) for text in ids]))
    ctx.space.dirty += acknowledged
    return acknowledged


@command(
    "XACKDEL key group [KEEPREF | DELREF | ACKED] IDS numids id [id ...]",
    since="8.2.0",
    only="redis",
    flags=WRITE | FAST,
    complexity="O(1) for each message ID processed.",
    group="stream",
)
def xackdel(ctx: Ctx, key: bytes, group: bytes, rest: Rest) -> Reply:
    """Acknowledges and deletes one or multiple messages for a stream consumer group."""
    stream = ctx.edit(key, Stream)
    strategy, texts = parse_listed_ids(rest)
    found = None if stream is None else stream.groups.get(group)
    if stream is None or found is None:
        return [MISSING] * len(texts)
    before = stream.length
    ids = [strict_id(text) for text in texts]
    results = [_acknowledge_and_delete(stream, found, id_, strategy) for id_ in ids]
    if stream.length < before:
        ctx.touched(key, "xdel", before - stream.length)
    return list(results)


def _acknowledge_and_delete(stream: Stream, group: Group, id_: int, strategy: Strategy) -> int:
    if not group.acknowledge(id_):
        return MISSING
    if strategy == "acked" and stream.is_referenced(id_):
        return KEPT
    if strategy == "delref":
        stream.drop_references(id_)
    stream.delete(id_)
    return DELETED


@command(
    "XPENDING key group [[IDLE min-idle-time] start end count [consumer]]",
    since="5.0.0",
    flags=READ,
    complexity="O(N) with N being the number of elements returned, so asking for a small fixed number of entries per"
    " call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the"
    " command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an"
    " additional O(N) time for iterating every consumer.",
    group="stream",
)
def xpending(ctx: Ctx, key: bytes, group: bytes, rest: Rest) -> Reply:
    """Returns the information and entries from a stream consumer group's pending entries list."""
    if rest and not 3 <= len(rest) <= 6:
        raise SyntaxFault
    min_idle_ms = 0
    if rest and rest[0].upper() == b"IDLE":
        min_idle_ms = decode_int(rest[1])
        if len(rest) < 5:
            raise SyntaxFault
        rest = rest[2:]
    if not rest:
        return _summary(_pending_group(ctx, key, group))
    count = decode_int(rest[2])
    span = range_start(rest[0]), range_end(rest[1])
    found = _pending_group(ctx, key, group)
    pending = found.pending
    if len(rest) > 3:
        consumer = found.consumers.get(rest[3])
        pending = Pending() if consumer is None else consumer.pending
    return _listed(pending, span, count, ctx.now_ms, min_idle_ms)


def _pending_group(ctx: Ctx, key: bytes, group: bytes) -> Group:
    stream = ctx.read(key, Stream)
    found = None if stream is None else stream.groups.get(group)
    if found is None:
        raise CommandError(b"NOGROUP No such key '%b' or consumer group '%b'" % (printable(key), printable(group)))
    return found


def _summary(group: Group) -> Reply:
    bounds = group.pending.bounds()
    if bounds is None:
        return [0, None, None, NULL_ARRAY]
    consumers: list[Reply] = [
        [consumer.name, b"%d" % len(consumer.pending)] for consumer in group.sorted_consumers() if len(consumer.pending)
    ]
    return [len(group.pending), text_of(bounds[0]), text_of(bounds[1]), consumers]


def _listed(pending: Pending, span: tuple[int, int], count: int, now_ms: int, min_idle_ms: int) -> Reply:
    rows: list[Reply] = []
    if count <= 0:
        return rows
    for id_, delivery in pending.items(*span):
        idle_ms = now_ms - delivery.delivered_ms
        if min_idle_ms and idle_ms < min_idle_ms:
            continue
        rows.append([text_of(id_), delivery.consumer.name, max(idle_ms, 0), delivery.count])
        if len(rows) >= count:
            break
    return rows
