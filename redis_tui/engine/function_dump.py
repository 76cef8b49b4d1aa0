"""What FUNCTION DUMP answers and FUNCTION RESTORE takes: the code of each library, version, checksum.

It knows no Lua: a library is its code. Its name and its functions are read from that again, which is why a payload
holds nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.rdb import lzf, payload
from redis_tui.engine.rdb.crc64 import crc64
from redis_tui.engine.rdb.reader import Reader
from redis_tui.engine.rdb.writer import put_string
from redis_tui.errors import CommandError, DamagedData

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis_tui.engine.dialect import Dialect

LIBRARY: Final = 245
"""The mark ahead of a library, in payloads and in snapshot files."""
_OF_A_CANDIDATE: Final = 246
"""Likewise, as Redis 7.0 wrote it before its release."""
_FOOTER: Final = 10


def dump(codes: Iterable[bytes], dialect: Dialect, *, compress: bool) -> bytes:
    """Libraries as that server's FUNCTION DUMP writes them.

    Args:
        codes: the code of each, its shebang included.
        compress: whether long ones may be compressed.
    """
    out = bytearray()
    for code in codes:
        out.append(LIBRARY)
        put_string(out, code, lzf.compress if compress else None)
    out += payload.version(dialect).to_bytes(2, "little")
    out += crc64(out).to_bytes(8, "little")
    return bytes(out)


def load(data: bytes, dialect: Dialect) -> list[bytes]:
    """The code of each library of a payload.

    Raises:
        CommandError: it is damaged, from a newer server, or none of functions.
    """
    if not payload.is_sound(data, dialect):
        raise CommandError("ERR DUMP payload version or checksum are wrong")
    reader = Reader(data, end=len(data) - _FOOTER)
    codes = []
    while reader.at < reader.end:
        mark = reader.byte("the mark of a library")
        if mark == _OF_A_CANDIDATE:
            raise CommandError("ERR Pre-GA function format not supported")
        if mark != LIBRARY:
            raise CommandError("ERR given type is not a function")
        try:
            codes.append(reader.string("the code of a library"))
        except DamagedData:
            raise CommandError("ERR Failed loading library data") from None
    return codes
