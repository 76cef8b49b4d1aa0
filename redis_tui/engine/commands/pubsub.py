"""Publish and subscribe: the commands over `engine.pubsub`.

The decision a reader would question: SUBSCRIBE answers `Several` pushes and no reply of its
own, because that is what stands on the wire: one confirmation for each channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.pubsub import Kind
from redis_tui.engine.registry import command, container
from redis_tui.errors import CommandError
from redis_tui.resp.types import Reply, Several
from redis_tui.spec.command import CommandFlag, KeyRange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx

_OPEN = CommandFlag.PUBSUB | CommandFlag.LOADING | CommandFlag.STALE
_LISTEN = _OPEN | CommandFlag.NOSCRIPT
_SEND = _OPEN | CommandFlag.FAST | CommandFlag.MAY_REPLICATE

container("pubsub", "A container for Pub/Sub commands.", since="2.8.0", group="pubsub")


@command(
    "SUBSCRIBE channel [channel ...]",
    since="2.0.0",
    flags=_LISTEN,
    complexity="O(N) where N is the number of channels to subscribe to.",
)
def subscribe(ctx: Ctx, channels: Sequence[bytes]) -> Reply:
    """Listens for messages published to channels."""
    return _subscribe(ctx, Kind.CHANNEL, channels)


@command(
    "PSUBSCRIBE pattern [pattern ...]",
    since="2.0.0",
    flags=_LISTEN,
    complexity="O(N) where N is the number of patterns to subscribe to.",
)
def psubscribe(ctx: Ctx, patterns: Sequence[bytes]) -> Reply:
    """Listens for messages published to channels that match one or more patterns."""
    return _subscribe(ctx, Kind.PATTERN, patterns)


@command(
    "SSUBSCRIBE shardchannel [shardchannel ...]",
    keys=KeyRange(1, -1, 1),
    since="7.0.0",
    flags=_LISTEN,
    complexity="O(N) where N is the number of shard channels to subscribe to.",
)
def ssubscribe(ctx: Ctx, channels: Sequence[bytes]) -> Reply:
    """Listens for messages published to shard channels."""
    return _subscribe(ctx, Kind.SHARD, channels)


@command(
    "UNSUBSCRIBE [channel [channel ...]]",
    since="2.0.0",
    flags=_LISTEN,
    complexity="O(N) where N is the number of channels to unsubscribe.",
)
def unsubscribe(ctx: Ctx, channels: Sequence[bytes] = ()) -> Reply:
    """Stops listening to messages posted to channels."""
    return Several(ctx.engine.pubsub.unsubscribe(ctx.client, Kind.CHANNEL, channels))


@command(
    "PUNSUBSCRIBE [pattern [pattern ...]]",
    since="2.0.0",
    flags=_LISTEN,
    complexity="O(N) where N is the number of patterns to unsubscribe.",
)
def punsubscribe(ctx: Ctx, patterns: Sequence[bytes] = ()) -> Reply:
    """Stops listening to messages published to channels that match one or more patterns."""
    return Several(ctx.engine.pubsub.unsubscribe(ctx.client, Kind.PATTERN, patterns))


@command(
    "SUNSUBSCRIBE [shardchannel [shardchannel ...]]",
    keys=KeyRange(1, -1, 1),
    since="7.0.0",
    flags=_LISTEN,
    complexity="O(N) where N is the number of shard channels to unsubscribe.",
)
def sunsubscribe(ctx: Ctx, channels: Sequence[bytes] = ()) -> Reply:
    """Stops listening to messages posted to shard channels."""
    return Several(ctx.engine.pubsub.unsubscribe(ctx.client, Kind.SHARD, channels))


@command(
    "PUBLISH channel message",
    since="2.0.0",
    flags=_SEND,
    complexity="O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number "
    "of subscribed patterns (by any client).",
)
def publish(ctx: Ctx, channel: bytes, message: bytes) -> Reply:
    """Posts a message to a channel."""
    return ctx.engine.pubsub.publish(channel, message)


# Shard channels stand where keys do, so that a cluster's clients find their slot; they are none all the same.
@command(
    "SPUBLISH shardchannel message",
    keys=KeyRange(1, 1, 1),
    since="7.0.0",
    flags=_SEND,
    complexity="O(N) where N is the number of clients subscribed to the receiving shard channel.",
)
def spublish(ctx: Ctx, channel: bytes, message: bytes) -> Reply:
    """Post a message to a shard channel"""  # noqa: D415  # the server's own words, without a full stop
    return ctx.engine.pubsub.publish_to_shard(channel, message)


@command(
    "PUBSUB CHANNELS [pattern]",
    since="2.8.0",
    flags=_OPEN,
    complexity="O(N) where N is the number of active channels, and assuming constant time pattern matching "
    "(relatively short channels and patterns)",
)
def pubsub_channels(ctx: Ctx, pattern: bytes | None = None) -> Reply:
    """Returns the active channels."""
    return ctx.engine.pubsub.names(Kind.CHANNEL, pattern)


@command("PUBSUB NUMPAT", since="2.8.0", flags=_OPEN, complexity="O(1)")
def pubsub_numpat(ctx: Ctx) -> Reply:
    """Returns a count of unique pattern subscriptions."""
    return len(ctx.engine.pubsub.listeners[Kind.PATTERN])


@command(
    "PUBSUB NUMSUB [channel [channel ...]]",
    since="2.8.0",
    flags=_OPEN,
    complexity="O(N) for the NUMSUB subcommand, where N is the number of requested channels",
)
def pubsub_numsub(ctx: Ctx, channels: Sequence[bytes] = ()) -> Reply:
    """Returns a count of subscribers to channels."""
    return _counts(ctx, Kind.CHANNEL, channels)


@command(
    "PUBSUB SHARDCHANNELS [pattern]",
    since="7.0.0",
    flags=_OPEN,
    complexity="O(N) where N is the number of active shard channels, and assuming constant time pattern matching "
    "(relatively short shard channels).",
)
def pubsub_shardchannels(ctx: Ctx, pattern: bytes | None = None) -> Reply:
    """Returns the active shard channels."""
    return ctx.engine.pubsub.names(Kind.SHARD, pattern)


@command(
    "PUBSUB SHARDNUMSUB [shardchannel [shardchannel ...]]",
    since="7.0.0",
    flags=_OPEN,
    complexity="O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels",
)
def pubsub_shardnumsub(ctx: Ctx, channels: Sequence[bytes] = ()) -> Reply:
    """Returns the count of subscribers of shard channels."""
    return _counts(ctx, Kind.SHARD, channels)


def _subscribe(ctx: Ctx, kind: Kind, names: Sequence[bytes]) -> Reply:
    if ctx.in_script:
        word = (kind.value + b"subscribe").decode().upper()
        raise CommandError(f"ERR {word} isn't allowed for a DENY BLOCKING client")
    return Several(ctx.engine.pubsub.subscribe(ctx.client, kind, name) for name in names)


def _counts(ctx: Ctx, kind: Kind, channels: Sequence[bytes]) -> Reply:
    # A flat array in both protocols: RESP3 PUBSUB NUMSUB a -> *2 a :0
    counts: list[Reply] = []
    for name in channels:
        counts += [name, ctx.engine.pubsub.subscribers(kind, name)]
    return counts
