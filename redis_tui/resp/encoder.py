"""Replies and commands to bytes: the only place that knows how RESP2 and RESP3 differ on the wire.

The table in `resp.types` is the contract. This module must not know commands, clients
or sockets.

The decision a reader would question: `encode_into` tests the five commonest types by
identity before it looks in a table. A server writes some hundred thousand replies a
second and nearly all are a status, an integer, a bulk string, a null or an array.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import copysign
from typing import Final, cast

from redis_tui.resp.shortest import digits_of
from redis_tui.resp.types import (
    NULL_ARRAY,
    OK,
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
    Status,
    Verbatim,
)

_SMALL_INTEGERS = [b":%d\r\n" % number for number in range(1024)]
_BULK_HEADERS = [b"$%d\r\n" % size for size in range(1024)]
_LARGEST_PLAIN_INTEGER = 2.0**62
_NEWLINES_TO_SPACES = bytes.maketrans(b"\r\n", b"  ")


def encode(reply: Reply, resp: int = 2) -> bytes:
    """Encodes one reply.

    Args:
        reply: any value of `resp.types`.
        resp: protocol version, 2 or 3.
    """
    out = bytearray()
    encode_into(out, reply, resp)
    return bytes(out)


def encode_into(out: bytearray, reply: Reply, resp: int = 2) -> None:
    """Appends one encoded reply, so that a batch of replies makes one write.

    Args:
        out: receives the bytes.
        reply: any value of `resp.types`.
        resp: protocol version, 2 or 3.

    Raises:
        TypeError: the value is no reply.
    """
    cls = type(reply)
    if cls is bytes:
        _write_bulk(out, cast("bytes", reply))
    elif cls is int:
        number = cast("int", reply)
        out += _SMALL_INTEGERS[number] if 0 <= number < 1024 else b":%d\r\n" % number
    elif reply is OK:
        out += b"+OK\r\n"
    elif reply is None:
        out += b"_\r\n" if resp == 3 else b"$-1\r\n"
    elif cls is list:
        _write_items(out, b"*", cast("list[Reply]", reply), resp)
    else:
        writer = _WRITERS.get(cls) or _writer_of_base(reply)
        writer(out, reply, resp)


def encode_command(argv: Sequence[bytes]) -> bytes:
    """Encodes a request: an array of bulk strings."""
    out = bytearray(b"*%d\r\n" % len(argv))
    for arg in argv:
        _write_bulk(out, arg)
    return bytes(out)


_INFINITIES: Final = (float("inf"), float("-inf"))


def format_double(value: float) -> bytes:
    """The text of a double as Redis 7.2 and later write it.

    Observed on ZSCORE of 8.2.3: integral values up to 2**62 have neither point nor exponent
    (``-0.0`` is ``-0``), others are the digits of `shortest`, plain or with an
    exponent by the rules of fpconv: ``0.000015``, ``1.2345e-4``, ``1e+19``.
    """
    if -_LARGEST_PLAIN_INTEGER <= value <= _LARGEST_PLAIN_INTEGER:
        whole = int(value)
        if whole == value:
            return b"%d" % whole if whole or copysign(1.0, value) > 0 else b"-0"
    elif value != value:  # noqa: PLR0124  # the test for NaN
        return b"nan"
    elif value in _INFINITIES:
        return b"inf" if value > 0 else b"-inf"
    sign = "-" if value < 0 else ""
    return (sign + _place_point(*digits_of(abs(value)))).encode()


def _place_point(digits: str, scale: int) -> str:
    """Writes ``digits * 10**scale`` by the three cases of fpconv's emit_digits."""
    count = len(digits)
    exponent = scale + count - 1
    if scale >= 0 and abs(exponent) < count + 7:
        return digits + "0" * scale
    if scale < 0 and (scale > -7 or abs(exponent) < 4):
        split = count + scale
        return f"0.{'0' * -split}{digits}" if split <= 0 else f"{digits[:split]}.{digits[split:]}"
    point = f".{digits[1:]}" if count > 1 else ""
    return f"{digits[0]}{point}e{'-' if exponent < 0 else '+'}{abs(exponent)}"


def _write_bulk(out: bytearray, value: bytes) -> None:
    size = len(value)
    out += _BULK_HEADERS[size] if size < 1024 else b"$%d\r\n" % size
    out += value
    out += b"\r\n"


def _write_items(out: bytearray, mark: bytes, items: Sequence[Reply], resp: int) -> None:
    out += b"%b%d\r\n" % (mark, len(items))
    for item in items:
        if type(item) is bytes:
            _write_bulk(out, item)
        else:
            encode_into(out, item, resp)


def _write_pairs(out: bytearray, pairs: Iterable[tuple[Reply, Reply]], resp: int) -> None:
    for key, value in pairs:
        encode_into(out, key, resp)
        encode_into(out, value, resp)


# One line of text must stay one line: as addReplyErrorFormat and luaReplyToRedisReply do.
def _one_line(text: bytes) -> bytes:
    return text.translate(_NEWLINES_TO_SPACES) if b"\n" in text or b"\r" in text else text


def _status(out: bytearray, reply: Status, _resp: int) -> None:
    out += b"+%b\r\n" % _one_line(reply)


def _error(out: bytearray, reply: ErrorReply, _resp: int) -> None:
    out += b"-%b\r\n" % (reply.line if reply.as_it_is else _one_line(reply.line.rstrip(b"\r\n")))


def _boolean(out: bytearray, reply: bool, resp: int) -> None:
    if resp == 3:
        out += b"#t\r\n" if reply else b"#f\r\n"
    else:
        out += b":1\r\n" if reply else b":0\r\n"


def _double(out: bytearray, reply: float, resp: int) -> None:
    text = format_double(reply)
    if resp == 3:
        out += b",%b\r\n" % text
    else:
        _write_bulk(out, text)


def _long_double(out: bytearray, reply: LongDouble, resp: int) -> None:
    if resp == 3:
        out += b",%b\r\n" % reply.text
    else:
        _write_bulk(out, reply.text)


def _array(out: bytearray, reply: Sequence[Reply], resp: int) -> None:
    _write_items(out, b"*", reply, resp)


def _map(out: bytearray, reply: Map, resp: int) -> None:
    out += b"%%%d\r\n" % len(reply.pairs) if resp == 3 else b"*%d\r\n" % (2 * len(reply.pairs))
    _write_pairs(out, reply.pairs, resp)


def _pairs(out: bytearray, reply: Pairs, resp: int) -> None:
    if resp != 3:
        out += b"*%d\r\n" % (2 * len(reply.pairs))
        _write_pairs(out, reply.pairs, resp)
        return
    out += b"*%d\r\n" % len(reply.pairs)
    for key, value in reply.pairs:
        out += b"*2\r\n"
        encode_into(out, key, 3)
        encode_into(out, value, 3)


def _set(out: bytearray, reply: SetReply, resp: int) -> None:
    _write_items(out, b"~" if resp == 3 else b"*", reply.items, resp)


def _push(out: bytearray, reply: Push, resp: int) -> None:
    _write_items(out, b">" if resp == 3 else b"*", reply.items, resp)


def _attributed(out: bytearray, reply: Attributed, resp: int) -> None:
    if resp == 3:
        out += b"|%d\r\n" % len(reply.attributes.pairs)
        _write_pairs(out, reply.attributes.pairs, resp)
    encode_into(out, reply.reply, resp)


def _several(out: bytearray, reply: Several, resp: int) -> None:
    for item in reply.items:
        encode_into(out, item, resp)


def _verbatim(out: bytearray, reply: Verbatim, resp: int) -> None:
    if resp == 3:
        out += b"=%d\r\n%b:%b\r\n" % (len(reply.text) + 4, reply.format, reply.text)
    else:
        _write_bulk(out, reply.text)


def _big_number(out: bytearray, reply: BigNumber, resp: int) -> None:
    if resp == 3:
        out += b"(%b\r\n" % _one_line(reply.digits)
    else:
        _write_bulk(out, reply.digits)


def _null_array(out: bytearray, _reply: object, resp: int) -> None:
    out += b"_\r\n" if resp == 3 else b"*-1\r\n"


def _integer(out: bytearray, reply: int, _resp: int) -> None:
    out += b":%d\r\n" % reply


def _bulk(out: bytearray, reply: bytes, _resp: int) -> None:
    _write_bulk(out, reply)


_Writer = Callable[[bytearray, "object", int], None]

_WRITERS: dict[type, _Writer] = cast(
    "dict[type, _Writer]",
    {
        Status: _status,
        ErrorReply: _error,
        bool: _boolean,
        float: _double,
        LongDouble: _long_double,
        tuple: _array,
        Map: _map,
        Pairs: _pairs,
        SetReply: _set,
        Push: _push,
        Several: _several,
        Attributed: _attributed,
        Verbatim: _verbatim,
        BigNumber: _big_number,
        type(NULL_ARRAY): _null_array,
        list: _array,
        int: _integer,
        bytes: _bulk,
    },
)


def _writer_of_base(reply: Reply) -> _Writer:
    """The writer of a subclass, e.g. of an IntEnum."""
    for base in type(reply).__mro__[1:]:
        if writer := _WRITERS.get(base):
            return writer
    raise TypeError(f"no reply: {type(reply).__name__}")
