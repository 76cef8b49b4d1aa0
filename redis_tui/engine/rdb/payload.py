"""What DUMP answers and RESTORE takes: type number, value, version, checksum.

It knows no key and no client. Both ways raise or return values only; the errors' wording is
the commands'.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.rdb import lzf, values
from redis_tui.engine.rdb.crc64 import crc64
from redis_tui.engine.rdb.reader import Reader
from redis_tui.errors import DamagedData

if TYPE_CHECKING:
    from redis_tui.engine.config import Config
    from redis_tui.engine.dialect import Dialect
    from redis_tui.engine.rdb.writer import Compress
    from redis_tui.engine.types.base import Value

_FOOTER: Final = 10
"""Two bytes of version, eight of checksum."""
FIRST_OF_VALKEY: Final = 80
_LAST_IN_COMMON: Final = 11
"""The versions from here to Valkey's own are Redis' after the two parted."""


def version(dialect: Dialect) -> int:
    """The version that a server writes: Redis 7.2.6: 11, Redis 8.2.3: 12, Valkey 9.1.2: 80."""
    if dialect.at_least("99", valkey="9.0.0"):
        return FIRST_OF_VALKEY
    return 12 if dialect.at_least("7.4.0") else _LAST_IN_COMMON


def style(dialect: Dialect, config: Config, compress: Compress) -> values.Style:
    """How that server writes values, ``rdbcompression`` allowing for the compressor."""
    return values.Style(
        config=config,
        compress=compress if config.enabled("rdbcompression") else None,
        plain_nodes=dialect.at_least("7.4.0", valkey="8.0.0"),
    )


def dump(value: Value, dialect: Dialect, config: Config) -> bytes:
    """A value as that server's DUMP writes it."""
    kind, out = values.encode(value, style(dialect, config, lzf.compress))
    out[:0] = bytes((kind,))
    out += version(dialect).to_bytes(2, "little")
    out += crc64(out).to_bytes(8, "little")
    return bytes(out)


def is_sound(payload: bytes, dialect: Dialect) -> bool:
    """Whether the checksum is right and the version one that this server reads."""
    if len(payload) < _FOOTER:
        return False
    given = _version_of(payload)
    own = version(dialect)
    if given > own or (own == FIRST_OF_VALKEY and _LAST_IN_COMMON < given < FIRST_OF_VALKEY):
        return False
    return crc64(payload[:-8]) == int.from_bytes(payload[-8:], "little")


def _version_of(payload: bytes) -> int:
    return int.from_bytes(payload[-_FOOTER : -_FOOTER + 2], "little")


def restore(payload: bytes, config: Config) -> Value:
    """The value of a sound payload.

    Raises:
        DamagedData: it is none, of a type unknown, or without elements.
    """
    reader = Reader(payload, end=len(payload) - _FOOTER)
    reader.of_valkey = _version_of(payload) >= FIRST_OF_VALKEY
    kind = reader.byte("the number of a type")
    values.check(kind, reader)
    value = values.decode(kind, reader, config)
    if value is None:
        raise DamagedData(reader.at, "at least one element")
    return value
