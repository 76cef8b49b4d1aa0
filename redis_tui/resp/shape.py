"""One reply in the shape of a protocol version, as plain values.

Handlers answer protocol-neutral values (`Pairs`, `Map`); whoever shows or compares them
in process wants what a client of RESP2 or RESP3 would have received. This module must not
know the wire.

The decision a reader would question: this repeats the table that `resp.encoder` follows.
Encoding to bytes only to parse them again is what it avoids.
"""

from __future__ import annotations

from collections.abc import Sequence

from redis_tui.resp.encoder import format_double
from redis_tui.resp.types import (
    NULL_ARRAY,
    Attributed,
    BigNumber,
    ErrorReply,
    LongDouble,
    Map,
    Pairs,
    Push,
    Reply,
    SetReply,
    Several,
    Verbatim,
)


def as_resp2(reply: Reply) -> Reply:
    """The reply as a RESP2 client receives it: maps and sets are arrays, doubles and booleans strings and integers."""
    if reply is None or isinstance(reply, bytes | ErrorReply):
        return reply
    if isinstance(reply, bool):
        return int(reply)
    if isinstance(reply, int):
        return reply
    if isinstance(reply, LongDouble):
        return reply.text
    if isinstance(reply, float):
        return format_double(reply)
    if isinstance(reply, Map | Pairs):
        return [as_resp2(item) for item in reply.flat()]
    if isinstance(reply, Attributed):
        return as_resp2(reply.reply)
    if isinstance(reply, SetReply | Push | Several):
        return [as_resp2(item) for item in reply.items]
    if isinstance(reply, Verbatim):
        return reply.text
    if isinstance(reply, BigNumber):
        return reply.digits
    if isinstance(reply, Sequence):
        return [as_resp2(item) for item in reply]
    return reply


def as_resp3(reply: Reply) -> Reply:
    """The reply as a RESP3 client receives it: one kind of null, pairs as nested arrays."""
    if reply is NULL_ARRAY:
        return None
    if isinstance(reply, Pairs):
        return [[as_resp3(key), as_resp3(value)] for key, value in reply.pairs]
    if isinstance(reply, Map):
        return Map((as_resp3(key), as_resp3(value)) for key, value in reply.pairs)
    if isinstance(reply, Attributed):
        return as_resp3(reply.reply)  # those who show replies have no place for what is said about them
    if isinstance(reply, SetReply | Push):
        return type(reply)(as_resp3(item) for item in reply.items)
    if isinstance(reply, Sequence) and not isinstance(reply, bytes):
        return [as_resp3(item) for item in reply]
    return reply
