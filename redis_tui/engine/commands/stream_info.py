"""XINFO: what a stream, its groups and their consumers are made of.

The decision a reader would question: the radix tree that a server keeps nodes in does not
exist here, yet its size is told. It follows from the ids at which nodes begin.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from redis_tui.engine.commands.stream import counting_of, shown
from redis_tui.engine.registry import command, container, printable
from redis_tui.engine.types.stream import LAST_ID, Stream, text_of
from redis_tui.errors import CommandError
from redis_tui.resp.types import Map, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.types.stream_group import Consumer, Group
    from redis_tui.spec.decode import Rest

READ = CommandFlag.READONLY

_DEFAULT_COUNT: Final = 10
_WRONG: Final = "ERR unknown subcommand or wrong number of arguments for 'STREAM'. Try XINFO HELP."

container(
    "xinfo",
    "A container for stream introspection commands.",
    since="5.0.0",
    group="stream",
    complexity="Depends on subcommand.",
)


@command("XINFO STREAM key [FULL [COUNT count]]", since="5.0.0", flags=READ, complexity="O(1)", group="stream")
def xinfo_stream(ctx: Ctx, key: bytes, rest: Rest) -> Reply:
    """Returns information about a stream."""
    stream = _stream(ctx, key)
    if rest:
        return _full(ctx, stream, _parse_full(rest))
    first, last = stream.between(0, LAST_ID, 1), stream.between(0, LAST_ID, 1, reverse=True)
    return Map(
        [
            *_head(stream),
            (b"groups", len(stream.groups)),
            (b"first-entry", shown(first)[0] if first else None),
            (b"last-entry", shown(last)[0] if last else None),
        ]
    )


@command("XINFO GROUPS key", since="5.0.0", flags=READ, complexity="O(1)", group="stream")
def xinfo_groups(ctx: Ctx, key: bytes) -> Reply:
    """Returns a list of the consumer groups of a stream."""
    stream = _stream(ctx, key)
    return [
        Map(
            [
                (b"name", name),
                (b"consumers", len(group.consumers)),
                (b"pending", len(group.pending)),
                *_progress(ctx, stream, group),
            ]
        )
        for name, group in sorted(stream.groups.items())
    ]


@command("XINFO CONSUMERS key group", since="5.0.0", flags=READ, complexity="O(1)", group="stream")
def xinfo_consumers(ctx: Ctx, key: bytes, group: bytes) -> Reply:
    """Returns a list of the consumers in a consumer group."""
    found = _stream(ctx, key).groups.get(group)
    if found is None:
        raise CommandError(
            b"NOGROUP No such consumer group '%b' for key name '%b'" % (printable(group), printable(key))
        )
    now_ms = ctx.now_ms
    return [
        Map(
            [
                (b"name", consumer.name),
                (b"pending", len(consumer.pending)),
                (b"idle", max(now_ms - consumer.seen_ms, 0)),
                (b"inactive", -1 if consumer.active_ms == -1 else now_ms - consumer.active_ms),
            ]
        )
        for consumer in found.sorted_consumers()
    ]


def _stream(ctx: Ctx, key: bytes) -> Stream:
    stream = ctx.read(key, Stream)
    if stream is None:
        raise CommandError("ERR no such key")
    return stream


def _parse_full(rest: Rest) -> int:
    """How many of each are wanted; 0 for all."""
    if len(rest) not in (1, 3) or rest[0].upper() != b"FULL":
        raise CommandError(_WRONG)
    if len(rest) == 1:
        return _DEFAULT_COUNT
    if rest[1].upper() != b"COUNT":
        raise CommandError(_WRONG)
    count = decode_int(rest[2])
    return count if count >= 0 else _DEFAULT_COUNT


def _head(stream: Stream) -> list[tuple[Reply, Reply]]:
    return [
        (b"length", stream.length),
        (b"radix-tree-keys", len(stream.nodes)),
        (b"radix-tree-nodes", stream.radix_size()),
        (b"last-generated-id", text_of(stream.last_id)),
        (b"max-deleted-entry-id", text_of(stream.max_deleted_id)),
        (b"entries-added", stream.entries_added),
        (b"recorded-first-entry-id", text_of(stream.first_id)),
    ]


def _full(ctx: Ctx, stream: Stream, count: int) -> Reply:
    groups: list[Reply] = [
        Map(
            [
                (b"name", name),
                *_progress(ctx, stream, group),
                (b"pel-count", len(group.pending)),
                (
                    b"pending",
                    [
                        [text_of(id_), delivery.consumer.name, delivery.delivered_ms, delivery.count]
                        for id_, delivery in islice(group.pending.items(), count or None)
                    ],
                ),
                (b"consumers", [_full_consumer(consumer, count) for consumer in group.sorted_consumers()]),
            ]
        )
        for name, group in sorted(stream.groups.items())
    ]
    return Map([*_head(stream), (b"entries", shown(stream.between(0, LAST_ID, count))), (b"groups", groups)])


def _full_consumer(consumer: Consumer, count: int) -> Reply:
    return Map(
        [
            (b"name", consumer.name),
            (b"seen-time", consumer.seen_ms),
            (b"active-time", consumer.active_ms),
            (b"pel-count", len(consumer.pending)),
            (
                b"pending",
                [
                    [text_of(id_), delivery.delivered_ms, delivery.count]
                    for id_, delivery in islice(consumer.pending.items(), count or None)
                ],
            ),
        ]
    )


def _progress(ctx: Ctx, stream: Stream, group: Group) -> list[tuple[Reply, Reply]]:
    """How far a group has come."""
    return [
        (b"last-delivered-id", text_of(group.last_id)),
        (b"entries-read", group.entries_read),
        (b"lag", stream.lag(group, counting=counting_of(ctx.dialect))),
    ]
