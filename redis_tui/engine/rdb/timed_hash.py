"""Hashes some of whose fields have a time to live: Redis' two forms and Valkey's one.

Redis 7.4 writes a packed hash as triples ordered by time, a hashtable with times relative to the
earliest; Valkey 9 writes each field's time behind it. The number of Valkey's form was that of an
unreleased one of Redis, so whose data it is has to be known (`Reader.of_valkey`).

The decision a reader would question: fields that are due are kept when read, as on a server
that was stopped for a while; they lapse at once when somebody looks.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from redis_tui.engine.rdb import listpack
from redis_tui.engine.rdb.reader import within
from redis_tui.engine.rdb.writer import INT64, Compress, put_length, put_string
from redis_tui.engine.types.hash import Hash
from redis_tui.engine.types.timed_hash import TimedHash

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.config import Config
    from redis_tui.engine.rdb.reader import Reader

HASH_2: Final = 22
"""Valkey's; in data of Redis the unreleased form of `METADATA`."""
PACKED_OLD: Final = 23
METADATA: Final = 24
PACKED: Final = 25

_NEVER: Final = -1
_LATEST: Final = (1 << 48) - 2
"""The last moment that Redis takes for a field."""


def encode(value: TimedHash, compress: Compress | None) -> tuple[int, bytearray] | None:
    """Type number and bytes; None for a hash that is written like any other."""
    out = bytearray()
    expires = value.expires
    fields = value.stored()
    if value.is_redis and value.is_packed:
        out += INT64.pack(min(expires.values(), default=0))
        triples = chain.from_iterable((field, text, b"%d" % expires.get(field, 0)) for field, text in fields)
        put_string(out, listpack.encode(triples), compress)
        return PACKED, out
    if not expires:
        return None
    if value.is_redis:
        first = min(expires.values())
        out += INT64.pack(first)
        put_length(out, len(fields))
        for field, text in fields:
            put_length(out, expires[field] - first + 1 if field in expires else 0)
            put_string(out, field, compress)
            put_string(out, text, compress)
        return METADATA, out
    put_length(out, len(fields))
    for field, text in fields:
        put_string(out, field, compress)
        put_string(out, text, compress)
        out += INT64.pack(expires.get(field, _NEVER))
    return HASH_2, out


Field = tuple[bytes, bytes, int | None]
"""Name, value, and when its time runs out."""


def _made(fields: list[Field], reader: Reader, config: Config, *, stays_timed: bool = False) -> Hash | None:
    plain = Hash.of([(name, text) for name, text, _ in fields], config)
    if len(plain) != len(fields):
        raise reader.fault("fields that differ")
    if not fields:
        return None
    if not stays_timed and all(at_ms is None for _, _, at_ms in fields):
        return plain
    made = TimedHash.timed(plain, is_redis=not config.dialect.is_valkey)
    # Of equal times the one that was set last stands first in a packed hash.
    for name, _, at_ms in reversed(fields):
        if at_ms is not None:
            if at_ms < 0 or (at_ms > _LATEST and made.is_redis):
                raise reader.fault("the time of a field")
            made.expire_at(name, at_ms)
    return made


def get_hash_2(reader: Reader, config: Config) -> Hash | None:
    """Reads Valkey's form, or in data of Redis the unreleased one."""
    fields: list[Field] = []
    for _ in range(reader.length("the number of fields")):
        if reader.of_valkey:
            name, text = reader.string("a field"), reader.string("a value")
            at_ms = reader.int64("the time of a field")
            fields.append((name, text, None if at_ms == _NEVER else at_ms))
        else:
            at_ms = reader.length("the time of a field")
            fields.append((reader.string("a field"), reader.string("a value"), at_ms or None))
    return _made(fields, reader, config)


def get_metadata(reader: Reader, config: Config) -> Hash | None:
    """Reads Redis' form of a hashtable."""
    first = reader.int64("the earliest time of a hash")
    fields: list[Field] = []
    for _ in range(reader.length("the number of fields")):
        step = reader.length("the time of a field")
        fields.append((reader.string("a field"), reader.string("a value"), first + step - 1 if step else None))
    return _made(fields, reader, config)


def get_packed(*, has_head: bool) -> Callable[[Reader, Config], Hash | None]:
    """What reads Redis' form of a packed hash.

    Args:
        has_head: the earliest time stands before the listpack.
    """

    def read(reader: Reader, config: Config) -> Hash | None:
        if has_head:
            reader.int64("the earliest time of a hash")
        at = reader.at
        items = within(reader.string("a blob of fields"), at, listpack.decode)
        try:
            times = [int(text) or None for text in items[2::3]]
            fields = list(zip(items[::3], items[1::3], times, strict=True))
        except ValueError:
            raise reader.fault("fields, values and times in turn", at) from None
        # OBJECT ENCODING -> listpackex, also of one that has no times any more.
        return _made(fields, reader, config, stays_timed=not config.dialect.is_valkey)

    return read
