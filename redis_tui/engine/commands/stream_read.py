"""XREAD and XREADGROUP: what is new in several streams at once, waiting for it if wanted.

The decision a reader would question: ``$`` and ``+`` are turned into ids in a first run and
kept in the memo of the waiting client. Were they read anew when the client wakes, ``$``
would stand for the very entry that woke it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from redis_tui.engine.commands.stream import counting_of, shown
from redis_tui.engine.commands.stream_group import seen_consumer
from redis_tui.engine.registry import command, printable
from redis_tui.engine.stream_id import strict_id
from redis_tui.engine.types.stream import LAST_ID, Stream, text_of
from redis_tui.errors import CommandError, NamingFault, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.resp.types import NULL_ARRAY, Map, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import INT64_MAX, Options

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.types.stream_group import Consumer, Group
    from redis_tui.spec.decode import Rest

_MEANINGLESS: Final = (
    "ERR The {0} ID is meaningless in the context of XREADGROUP: you want to read the history of this consumer by"
    " specifying a proper ID, or use the > ID to get new messages. The {0} ID would just return an empty result set."
)
_ONLY_GROUP: Final = "ERR The {} option is only supported by XREADGROUP. You called XREAD instead."
_NOT_AN_INTEGER: Final = "ERR timeout is not an integer or out of range"


@dataclass(slots=True)
class _Request:
    """The options of one call."""

    name: str
    count: int = 0
    """0 for all."""
    timeout_ms: int | None = None
    """None does not wait, 0 waits forever."""
    group: bytes | None = None
    consumer: bytes = b""
    noack: bool = False
    keys: list[bytes] = field(default_factory=list)
    ids: list[bytes] = field(default_factory=list)

    @property
    def of_group(self) -> bool:
        return self.name == "xreadgroup"


@command(
    "XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]",
    since="5.0.0",
    flags=CommandFlag.READONLY | CommandFlag.BLOCKING | CommandFlag.MOVABLEKEYS,
    group="stream",
)
def xread(ctx: Ctx, rest: Rest) -> Reply:
    """Returns messages from multiple streams with IDs greater than the ones requested. Blocks until a message is available otherwise."""  # noqa: E501  # the server's own sentence
    request = _parse(ctx, "xread", rest)
    streams, resolved = [], []
    for key, id_ in _pairs(request):  # a key's type, then its id, then the next key
        streams.append(stream := ctx.read(key, Stream))
        resolved.append(_plain_id(ctx, stream, id_))
    after: list[int] = ctx.client.blocked.memo if ctx.reprocessing else resolved  # type: ignore[assignment,union-attr]  # the memo is what this handler stored
    found: list[tuple[Reply, Reply]] = []
    for key, stream, last in zip(request.keys, streams, after, strict=True):
        if stream is not None and stream.top_id > last:
            found.append((key, shown(stream.between(last + 1, LAST_ID, request.count))))
    return _answer(ctx, request, found, after)


def _plain_id(ctx: Ctx, stream: Stream | None, id_: bytes) -> int:
    """The id behind which XREAD reads."""
    if id_ == b"$":
        return 0 if stream is None else stream.last_id
    if id_ == b"+" and _knows_plus(ctx):
        last = 0 if stream is None else stream.top_id or stream.last_id
        return max(last - 1, 0)
    if id_ == b">":
        raise CommandError(
            "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> option."
        )
    return strict_id(id_)


@command(
    'XREADGROUP "GROUP" group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key [key ...] id [id ...]',
    since="5.0.0",
    flags=CommandFlag.WRITE | CommandFlag.BLOCKING | CommandFlag.MOVABLEKEYS,
    complexity="For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g."
    " always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP"
    " blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data.",
    group="stream",
)
def xreadgroup(ctx: Ctx, rest: Rest) -> Reply:
    """Returns new or historical messages from a stream for a consumer in a group. Blocks until a message is available otherwise."""  # noqa: E501  # the server's own sentence
    request = _parse(ctx, "xreadgroup", rest)
    places = [(*_find_group(ctx, key, request), _group_id(ctx, id_)) for key, id_ in _pairs(request)]
    found: list[tuple[Reply, Reply]] = []
    for key, (stream, group, after) in zip(request.keys, places, strict=True):
        consumer = seen_consumer(ctx, key, group, request.consumer)
        if after is not None:
            found.append((key, _history(ctx, stream, consumer, after, request.count)))
        elif stream.top_id > group.last_id:
            found.append((key, _deliver(ctx, stream, group, consumer, request)))
    return _answer(ctx, request, found, None)


def _pairs(request: _Request) -> list[tuple[bytes, bytes]]:
    return list(zip(request.keys, request.ids, strict=True))


def _find_group(ctx: Ctx, key: bytes, request: _Request) -> tuple[Stream, Group]:
    stream = ctx.edit(key, Stream)
    group = None if stream is None else stream.groups.get(request.group or b"")
    if stream is None or group is None:
        raise CommandError(
            b"NOGROUP No such key '%b' or consumer group '%b' in XREADGROUP with GROUP option"
            % (printable(key), printable(request.group or b""))
        )
    return stream, group


def _group_id(ctx: Ctx, id_: bytes) -> int | None:
    """The id behind which a consumer's history is wanted; None for what is new."""
    if id_ == b">":
        return None
    if id_ == b"$" or (id_ == b"+" and _knows_plus(ctx)):
        raise CommandError(_MEANINGLESS.format(id_.decode()))
    after = strict_id(id_)
    return None if after == LAST_ID else after  # a server takes the highest id for ">"


def _history(ctx: Ctx, stream: Stream, consumer: Consumer, after: int, count: int) -> Reply:
    """What is pending for a consumer; each is thereby delivered once more."""
    rows: list[Reply] = []
    for id_, delivery in consumer.pending.items(after + 1):
        fields = stream.get(id_)
        rows.append([text_of(id_), NULL_ARRAY if fields is None else fields])
        if fields is not None:
            delivery.delivered_ms = ctx.now_ms
            delivery.count += 1
        if len(rows) == count:
            break
    ctx.space.dirty += 1
    return rows


def _deliver(ctx: Ctx, stream: Stream, group: Group, consumer: Consumer, request: _Request) -> Reply:
    """What nobody in the group has been given yet."""
    now_ms = ctx.now_ms
    counting = counting_of(ctx.dialect)
    entries = stream.between(group.last_id + 1, LAST_ID, request.count)
    for id_, _ in entries:
        stream.advance(group, id_, counting=counting)
        if not request.noack:
            group.give(id_, consumer, now_ms)
    if not request.noack:
        consumer.active_ms = now_ms
    ctx.space.dirty += 1
    return shown(entries)


def _answer(ctx: Ctx, request: _Request, found: list[tuple[Reply, Reply]], memo: object) -> Reply:
    if found:
        return [list(pair) for pair in found] if ctx.resp == 2 else Map(found)
    if request.timeout_ms is None:
        return NULL_ARRAY
    return ctx.block(
        request.keys,
        Stream,
        timeout_ms=request.timeout_ms,
        on_timeout=NULL_ARRAY,
        on_missing=request.of_group,
        memo=memo,
    )


def _knows_plus(ctx: Ctx) -> bool:
    return ctx.dialect.at_least("7.4.0", valkey="8.0.0")


def _parse(ctx: Ctx, name: str, rest: Rest) -> _Request:
    request = _Request(name)
    options = Options(rest)
    while options:
        word = options.take_word()
        if word == b"STREAMS" and options:
            _split(ctx, request, options.take_rest())
            break
        _parse_option(ctx, request, word, options)
    if not request.keys:
        raise SyntaxFault
    if request.of_group and request.group is None:
        raise CommandError("ERR Missing GROUP option for XREADGROUP")
    return request


def _parse_option(ctx: Ctx, request: _Request, word: bytes, options: Options) -> None:
    if word == b"BLOCK" and options:
        if ctx.in_script and not ctx.dialect.at_least("7.4.0", valkey="8.0.0"):
            raise NamingFault("command is not allowed with BLOCK option from scripts")
        request.timeout_ms = _timeout(ctx, options)
    elif word == b"COUNT" and options:
        request.count = max(options.take_int(), 0)
    elif word == b"GROUP" and len(options) > 1:
        if not request.of_group:
            raise CommandError(_ONLY_GROUP.format("GROUP"))
        request.group, request.consumer = options.take(), options.take()
    elif word == b"NOACK":
        if not request.of_group:
            raise CommandError(_ONLY_GROUP.format("NOACK"))
        request.noack = True
    else:
        raise SyntaxFault


def _timeout(ctx: Ctx, options: Options) -> int:
    timeout_ms = options.take_int(_NOT_AN_INTEGER)
    if timeout_ms < 0:
        raise CommandError("ERR timeout is negative")
    if timeout_ms > INT64_MAX - ctx.now_ms:
        raise CommandError("ERR timeout is out of range")
    return timeout_ms


def _split(ctx: Ctx, request: _Request, words: list[bytes]) -> None:
    half, odd = divmod(len(words), 2)
    if odd:
        wanted = "an ID or '>'" if request.of_group else "an ID or '$'"
        if not request.of_group and ctx.dialect.at_least("7.4.0"):
            wanted = "an ID, '+', or '$'"
        raise CommandError(
            f"ERR Unbalanced '{request.name}' list of streams: for each stream key {wanted} must be specified."
        )
    request.keys, request.ids = words[:half], words[half:]
