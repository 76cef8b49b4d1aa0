"""Snapshot files: every database in one stream of opcodes, types, keys and values.

Written as the dialect's server writes it; read is what Redis up to 8.2 and Valkey up to 9
write, whatever the dialect. It knows bytes and values, no path and no engine.

The decision a reader would question: a file is read completely before anything is handed
out, so that a damaged one changes nothing; and a value that only a module knows ends the
reading, since a data set with holes is worse than none.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, BinaryIO, Final

from redis_tui.engine.rdb import lzf, values
from redis_tui.engine.rdb.crc64 import crc64
from redis_tui.engine.rdb.payload import FIRST_OF_VALKEY, version
from redis_tui.engine.rdb.reader import Reader
from redis_tui.engine.rdb.writer import INT64, put_length, put_string
from redis_tui.late_pattern import late_pattern
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.config import Config
    from redis_tui.engine.dialect import Dialect
    from redis_tui.engine.rdb.moment import Moment
    from redis_tui.engine.types.base import Value

SLOT_INFO: Final = 244
FUNCTION: Final = 245
MODULE_AUX: Final = 247
IDLE: Final = 248
FREQUENCY: Final = 249
AUX: Final = 250
RESIZE: Final = 251
EXPIRES_MS: Final = 252
EXPIRES_S: Final = 253
SELECT: Final = 254
EOF: Final = 255

_FIRST_OPCODE: Final = 240
_MAGIC: Final = late_pattern(rb"REDIS([0-9]{4})|VALKEY([0-9]{3})")
_NEWEST_REDIS: Final = 12
_CHECKSUM_SINCE: Final = 5
_BUFFER: Final = 1 << 18
PAUSE_EVERY: Final = 64
"""Keys between two chances for other threads."""
_MODULE_PARTS: Final = {1: "length", 2: "length", 3: "single", 4: "double", 5: "string"}
"""What a module writes: integers, floats, doubles, strings; the reader's method by opcode."""


# Writing


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands in a file beside the data."""

    dialect: Dialect
    now_s: int
    used_memory: int
    """Bytes."""
    functions: tuple[bytes, ...] = ()
    """Sources of the function libraries."""


class _Sink:
    """Collects bytes, sums them up and hands them on in large pieces."""

    def __init__(self, file: BinaryIO, *, summed: bool) -> None:
        self._file = file
        self._summed = summed
        self._crc = 0
        self.buffer = bytearray()

    def flush(self) -> None:
        if self._summed:
            self._crc = crc64(self.buffer, self._crc)
        self._file.write(self.buffer)
        self.buffer.clear()

    def close(self) -> None:
        self.flush()
        self._file.write(self._crc.to_bytes(8, "little"))


def write(
    file: BinaryIO,
    moment: Moment,
    facts: Facts,
    style: values.Style,
    pause: Callable[[], None] | None = None,
    *,
    pause_every: int = PAUSE_EVERY,
) -> None:
    """Writes a whole snapshot.

    Args:
        file: open for binary writing.
        moment: the data.
        facts: what stands at the head of the file.
        style: how values are written.
        pause: called every few keys; may raise to end the writing.
        pause_every: how many keys that is.
    """
    sink = _Sink(file, summed=style.config.enabled("rdbchecksum"))
    out = sink.buffer
    _put_head(out, facts)
    for db, count, volatile in moment.databases():
        out.append(SELECT)
        put_length(out, db.index)
        out.append(RESIZE)
        put_length(out, count)
        put_length(out, volatile)
        for number, (key, value, expires_at_ms) in enumerate(moment.keys(db)):
            if expires_at_ms is not None:
                out.append(EXPIRES_MS)
                out += INT64.pack(expires_at_ms)
            if type(value) is bytes:
                out.append(values.STRING)
                put_string(out, key, style.compress)
                put_string(out, value, style.compress)
            else:
                kind, body = values.encode(value, style)
                out.append(kind)
                put_string(out, key, style.compress)
                out += body
            if len(out) > _BUFFER:
                sink.flush()
            if pause is not None and number % pause_every == 0:
                pause()
    out.append(EOF)
    sink.close()


def _put_head(out: bytearray, facts: Facts) -> None:
    dialect = facts.dialect
    number = version(dialect)
    out += b"VALKEY%03d" % number if number >= FIRST_OF_VALKEY else b"REDIS%04d" % number
    own = b"valkey-ver" if number >= FIRST_OF_VALKEY else b"redis-ver"
    fields = (
        (own, dialect.version.encode()),
        (b"redis-bits", b"64"),
        (b"ctime", b"%d" % facts.now_s),
        (b"used-mem", b"%d" % facts.used_memory),
        (b"aof-base", b"0"),
    )
    for name, text in fields:
        out.append(AUX)
        put_string(out, name, None)
        put_string(out, text, None)
    for source in facts.functions:
        out.append(FUNCTION)
        put_string(out, source, lzf.compress)


# Reading


@dataclass(slots=True)
class Part:
    """One database of a file."""

    entries: dict[bytes, Value] = field(default_factory=dict)
    expires: dict[bytes, int] = field(default_factory=dict)


@dataclass(slots=True)
class Loaded:
    """What a file holds."""

    databases: dict[int, Part] = field(default_factory=dict)
    functions: list[bytes] = field(default_factory=list)
    """Sources of the function libraries."""
    aux: dict[bytes, bytes] = field(default_factory=dict)
    """What the head of the file tells, such as ``redis-ver``."""
    expired: int = 0
    """Keys left out because their time had run out."""

    def __len__(self) -> int:
        return sum(len(part.entries) for part in self.databases.values())


def read(data: bytes, config: Config, *, now_ms: int) -> Loaded:
    """Everything a file holds.

    Args:
        data: the whole file.
        config: for the encodings, and for the number of databases.
        now_ms: Unix time; keys whose time has run out are left out.

    Raises:
        DamagedData: it is no snapshot, is damaged, or holds what cannot be read here.
    """
    reader = Reader(data)
    number = _version(reader)
    loaded = Loaded()
    _Walk(reader, config, now_ms, loaded).run()
    if number >= _CHECKSUM_SINCE:
        _check_sum(reader)
    elif reader.at < reader.end:
        # A checksum stands there: one bit of the version is wrong, and it would go unlooked at.
        raise reader.fault("the end of the file: this version has no checksum")
    return loaded


def _version(reader: Reader) -> int:
    found = _MAGIC.match(reader.data)
    if found is None:
        raise reader.fault("REDIS or VALKEY and a version: a snapshot file begins so")
    reader.at = found.end()
    redis, valkey = found.groups()
    reader.of_valkey = valkey is not None
    number = int(redis or valkey)
    if not 1 <= number <= (_NEWEST_REDIS if redis else FIRST_OF_VALKEY):
        newest = f"REDIS{_NEWEST_REDIS:04d} or VALKEY{FIRST_OF_VALKEY:03d}"
        raise reader.fault(f"a version up to {newest}, and this is {found.group().decode()}", 0)
    return number


def _check_sum(reader: Reader) -> None:
    end = reader.at
    given = int.from_bytes(reader.take(8, "the checksum"), "little")
    if given and given != (real := crc64(memoryview(reader.data)[:end])):
        raise reader.fault(f"the checksum {real:016x}, and this is {given:016x}", end)


class _Walk:
    """The walk through the opcodes of one file."""

    def __init__(self, reader: Reader, config: Config, now_ms: int, loaded: Loaded) -> None:
        self._reader = reader
        self._config = config
        self._now_ms = now_ms
        self._loaded = loaded
        self._part = Part()
        self._expires_at_ms: int | None = None
        self._count = 0

    def run(self) -> None:
        """Reads up to the end mark."""
        reader = self._reader
        byte, string, decode, config = reader.byte, reader.string, values.decode, self._config
        self._select(0)
        while (code := byte("the type of a key or the end mark")) != EOF:
            if code >= _FIRST_OPCODE:
                opcode = _OPCODES.get(code)
                if opcode is None:
                    raise reader.fault("a known opcode", reader.at - 1)
                opcode(self)
                continue
            if code:
                values.check(code, reader)
            key = string("a key")
            value = string("a string's value") if code == values.STRING else decode(code, reader, config)
            if value is not None:
                self._part.entries[key] = value
                self._count += 1
            if self._expires_at_ms is not None:
                self._expire(key)
        self._check_part()
        self._loaded.databases = {index: part for index, part in self._loaded.databases.items() if part.entries}

    def _expire(self, key: bytes) -> None:
        at_ms, self._expires_at_ms = self._expires_at_ms, None
        if key not in self._part.entries or at_ms is None:
            return
        if at_ms <= self._now_ms:
            del self._part.entries[key]
            self._count -= 1
            self._loaded.expired += 1
            return
        self._part.expires[key] = at_ms

    def _check_part(self) -> None:
        if self._count != len(self._part.entries):
            raise self._reader.fault("every key once, and one of this database came twice")

    def _select(self, index: int) -> None:
        self._check_part()
        self._part = self._loaded.databases.setdefault(index, Part())
        self._count = len(self._part.entries)

    def select(self) -> None:
        at = self._reader.at
        index = self._reader.length("a database's number")
        if index >= (most := self._config.number("databases")):
            raise self._reader.fault(f"a database below {most}, and this is number {index}", at)
        self._select(index)

    def expires_s(self) -> None:
        self._expires_at_ms = 1000 * int.from_bytes(self._reader.take(4, "an expiry time"), "little", signed=True)

    def expires_ms(self) -> None:
        self._expires_at_ms = self._reader.int64("an expiry time")

    def lengths(self, count: int) -> None:
        """Hints of a server to itself."""
        for _ in range(count):
            self._reader.length("a number")

    def byte(self) -> None:
        self._reader.byte("how often a key is used")

    def aux(self) -> None:
        name = self._reader.string("a field's name")
        self._loaded.aux[name] = self._reader.string("a field's text")

    def function(self) -> None:
        self._loaded.functions.append(self._reader.string("a function library"))

    def module_aux(self) -> None:
        """What a module keeps beside the keys: walked over, since no key depends on it."""
        reader = self._reader
        reader.length("a module's number")
        while code := reader.length("a module's opcode"):
            part = _MODULE_PARTS.get(code)
            if part is None:
                raise reader.fault("a module's opcode", reader.at - 1)
            getattr(reader, part)("a module's data")


_OPCODES: Final[dict[int, Callable[[_Walk], None]]] = {
    SLOT_INFO: lambda walk: walk.lengths(3),
    FUNCTION: _Walk.function,
    MODULE_AUX: _Walk.module_aux,
    IDLE: lambda walk: walk.lengths(1),
    FREQUENCY: _Walk.byte,
    AUX: _Walk.aux,
    RESIZE: lambda walk: walk.lengths(2),
    EXPIRES_MS: _Walk.expires_ms,
    EXPIRES_S: _Walk.expires_s,
    SELECT: _Walk.select,
}
