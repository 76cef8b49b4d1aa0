"""XCLAIM and XAUTOCLAIM: taking over what another consumer has not acknowledged.

The decision a reader would question: both also clear away what is pending but no longer in
the stream. XCLAIM does so without a word, XAUTOCLAIM tells; as servers do since Redis 7.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from redis_tui.engine.commands.stream import shown
from redis_tui.engine.commands.stream_group import seen_consumer
from redis_tui.engine.registry import command, printable
from redis_tui.engine.stream_id import is_strict_id, range_start, strict_id
from redis_tui.engine.types.stream import Stream, text_of
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import INT64_MAX, Options, decode_int

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.types.stream_group import Group
    from redis_tui.resp.types import Reply
    from redis_tui.spec.decode import Rest

WRITE = CommandFlag.WRITE
FAST = CommandFlag.FAST

_DEFAULT_COUNT: Final = 100
_LOOKS: Final = 10
"""Pending entries that XAUTOCLAIM looks at, for each that it may claim."""
_ID_BYTES: Final = 16
"""Limits COUNT: a server must be able to reserve that much for each."""


@dataclass(slots=True)
class _Claim:
    """Options of one XCLAIM."""

    ids: list[int]
    min_idle_ms: int
    owner: bytes
    delivered_ms: int | None = None
    count: int = -1
    force: bool = False
    just_id: bool = False
    last_id: int = 0


@command(
    "XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-milliseconds] [RETRYCOUNT count]"
    " [FORCE] [JUSTID] [LASTID lastid]",
    since="5.0.0",
    flags=WRITE | FAST,
    complexity="O(log N) with N being the number of messages in the PEL of the consumer group.",
    group="stream",
)
def xclaim(ctx: Ctx, key: bytes, group: bytes, consumer: bytes, rest: Rest) -> Reply:
    """Changes, or acquires, ownership of a message in a consumer group, as if the message was delivered a consumer group member."""  # noqa: E501  # the server's own sentence
    stream, found = _edit_group(ctx, key, group)
    claim = _parse_claim(rest, consumer, ctx.now_ms)
    found.last_id = max(found.last_id, claim.last_id)
    seen_consumer(ctx, key, found, claim.owner)
    claimed = [id_ for id_ in claim.ids if _claim_one(ctx, stream, found, id_, claim)]
    return _claimed_reply(stream, claimed, just_id=claim.just_id)


def _parse_claim(rest: Rest, owner: bytes, now_ms: int) -> _Claim:
    min_idle_ms = decode_int(rest[0], "ERR Invalid min-idle-time argument for XCLAIM")
    at = next((index for index, text in enumerate(rest) if index and not is_strict_id(text)), len(rest))
    claim = _Claim([strict_id(text) for text in rest[1:at]], max(min_idle_ms, 0), owner)
    options = Options(rest, at)
    while options:
        given = options.take()
        word = given.upper()
        if word == b"FORCE":
            claim.force = True
        elif word == b"JUSTID":
            claim.just_id = True
        elif word in (b"IDLE", b"TIME") and options:
            number = options.take_int(f"ERR Invalid {word.decode()} option argument for XCLAIM")
            claim.delivered_ms = now_ms - number if word == b"IDLE" else number
        elif word == b"RETRYCOUNT" and options:
            claim.count = options.take_int("ERR Invalid RETRYCOUNT option argument for XCLAIM")
        elif word == b"LASTID" and options:
            claim.last_id = strict_id(options.take())
        else:
            raise CommandError(b"ERR Unrecognized XCLAIM option '%b'" % printable(given))
    if claim.delivered_ms is None or not 0 <= claim.delivered_ms <= now_ms:
        claim.delivered_ms = now_ms  # a caller's clock may be ahead: no error, as on a server
    return claim


def _claim_one(ctx: Ctx, stream: Stream, group: Group, id_: int, claim: _Claim) -> bool:
    delivery = group.pending.by_id.get(id_)
    if stream.get(id_) is None:
        ctx.space.dirty += group.acknowledge(id_)
        return False
    if delivery is None:
        if not claim.force:
            return False
    elif claim.min_idle_ms and ctx.now_ms - delivery.delivered_ms < claim.min_idle_ms:
        return False
    count = delivery.count if delivery else 1
    if claim.count >= 0:
        count = claim.count
    elif not claim.just_id:
        count += 1
    owner = group.consumers[claim.owner]
    assert claim.delivered_ms is not None
    group.give(id_, owner, claim.delivered_ms, count)
    owner.active_ms = ctx.now_ms
    ctx.space.dirty += 1
    return True


@command(
    "XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]",
    since="6.2.0",
    flags=WRITE | FAST,
    complexity="O(1) if COUNT is small.",
    group="stream",
)
def xautoclaim(ctx: Ctx, key: bytes, group: bytes, consumer: bytes, rest: Rest) -> Reply:
    """Changes, or acquires, ownership of messages in a consumer group, as if the messages were delivered to as consumer group member."""  # noqa: E501  # the server's own sentence
    min_idle_ms = max(decode_int(rest[0], "ERR Invalid min-idle-time argument for XAUTOCLAIM"), 0)
    first = range_start(rest[1])
    count, just_id = _parse_autoclaim(Options(rest, 2))
    stream, found = _edit_group(ctx, key, group)
    owner = seen_consumer(ctx, key, found, consumer)
    claimed: list[int] = []
    missing: list[int] = []
    cursor = 0
    for looked, id_ in enumerate(list(islice(found.pending.ids(first), count * _LOOKS + 1))):
        if looked == count * _LOOKS or len(claimed) + len(missing) == count:
            cursor = id_
            break
        delivery = found.pending.by_id[id_]
        if stream.get(id_) is None:
            found.acknowledge(id_)
            missing.append(id_)
        elif ctx.now_ms - delivery.delivered_ms >= min_idle_ms or not min_idle_ms:
            found.give(id_, owner, ctx.now_ms, delivery.count + (not just_id))
            owner.active_ms = ctx.now_ms
            claimed.append(id_)
    ctx.space.dirty += len(claimed) + len(missing)
    return [text_of(cursor), _claimed_reply(stream, claimed, just_id=just_id), [text_of(id_) for id_ in missing]]


def _parse_autoclaim(options: Options) -> tuple[int, bool]:
    count, just_id = _DEFAULT_COUNT, False
    while options:
        word = options.accept(b"COUNT", b"JUSTID")
        if word is None or (word == b"COUNT" and not options):
            raise SyntaxFault
        if word == b"JUSTID":
            just_id = True
            continue
        count = options.take_int("ERR COUNT must be > 0")
        if not 1 <= count <= INT64_MAX // _ID_BYTES:
            raise CommandError("ERR COUNT must be > 0")
    return count, just_id


def _edit_group(ctx: Ctx, key: bytes, group: bytes) -> tuple[Stream, Group]:
    stream = ctx.edit(key, Stream)
    found = None if stream is None else stream.groups.get(group)
    if stream is None or found is None:
        raise CommandError(b"NOGROUP No such key '%b' or consumer group '%b'" % (printable(key), printable(group)))
    return stream, found


def _claimed_reply(stream: Stream, ids: list[int], *, just_id: bool) -> Reply:
    if just_id:
        return [text_of(id_) for id_ in ids]
    return shown([(id_, stream.get(id_) or []) for id_ in ids])
