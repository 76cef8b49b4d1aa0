"""Keys of any type: deleting, naming, walking, and their time to live.

The decision a reader would question: EXPIRE and its kin take their options raw, since a
server names the option that it does not know and reads all options ahead of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.access import FrequencyLog
from redis_tui.engine.glob import compile_glob
from redis_tui.engine.lazyfree import is_freed_late
from redis_tui.engine.registry import command, container, printable
from redis_tui.engine.scan_request import parse_cursor, parse_scan
from redis_tui.engine.types.base import Collection, type_name
from redis_tui.engine.types.string import EMBSTR_MAX, encoding
from redis_tui.engine.types.timed_hash import TimedHash
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import OK, Reply, Status
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import INT64_MAX, INT64_MIN, Options, decode_int

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from redis_tui.engine.context import Ctx
    from redis_tui.engine.types.base import Value
    from redis_tui.spec.bind import Rest

READ = CommandFlag.READONLY
WRITE = CommandFlag.WRITE
DENYOOM = CommandFlag.DENYOOM
FAST = CommandFlag.FAST
DANGEROUS = CommandFlag.DANGEROUS

_NO_KEY: Final = -2
_NO_EXPIRY: Final = -1
_SHARED_DIGITS: Final = 4
_SHARED_COUNT: Final = 2**31 - 1
_EXPIRE_OPTIONS: Final = (b"NX", b"XX", b"GT", b"LT")
_NO_OPTIONS: Final[frozenset[bytes]] = frozenset()


@command(
    "DEL key [key ...]",
    since="1.0.0",
    flags=WRITE,
    complexity="O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than"
    " a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set,"
    " sorted set or hash. Removing a single key that holds a string value is O(1).",
)
def del_(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Deletes one or more keys."""
    if len(keys) == 1:
        return 1 if ctx.delete(keys[0]) else 0
    return sum(map(ctx.delete, keys))


@command(
    "UNLINK key [key ...]",
    since="4.0.0",
    flags=WRITE | FAST,
    complexity="O(1) for each key removed regardless of its size. Then the command does O(N) work in a different"
    " thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.",
)
def unlink(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Asynchronously deletes one or more keys."""
    removed = 0
    for key in keys:
        value = ctx.peek(key)
        if value is not None and ctx.delete(key):
            removed += 1
            ctx.engine.stats.freed_late += is_freed_late(value, ctx.config)
    return removed


@command(
    "EXISTS key [key ...]",
    since="1.0.0",
    flags=READ | FAST,
    complexity="O(N) where N is the number of keys to check.",
)
def exists(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Determines whether one or more keys exist."""
    if len(keys) == 1:
        return 0 if ctx.db.look(keys[0]) is None else 1
    return sum(ctx.db.look(key) is not None for key in keys)


@command(
    "TOUCH key [key ...]",
    since="3.2.1",
    flags=READ | FAST,
    complexity="O(N) where N is the number of keys that will be touched.",
)
def touch(ctx: Ctx, keys: Sequence[bytes]) -> Reply:
    """Returns the number of existing keys out of those specified after updating the time they were last accessed."""
    return sum(ctx.get(key) is not None for key in keys)


@command("TYPE key", since="1.0.0", flags=READ | FAST, complexity="O(1)")
def type_(ctx: Ctx, key: bytes) -> Reply:
    """Determines the type of value stored at a key."""
    return Status(type_name(ctx.db.look(key)).encode())


# Time to live


@command("EXPIRE key seconds [NX | XX | GT | LT]", since="1.0.0", flags=WRITE | FAST, complexity="O(1)")
def expire(ctx: Ctx, key: bytes, seconds: bytes, rest: Rest) -> Reply:
    """Sets the expiration time of a key in seconds."""
    return _expire(ctx, "expire", key, seconds, rest, unit_ms=1000, from_ms=ctx.space.now_ms)


@command("PEXPIRE key milliseconds [NX | XX | GT | LT]", since="2.6.0", flags=WRITE | FAST, complexity="O(1)")
def pexpire(ctx: Ctx, key: bytes, milliseconds: bytes, rest: Rest) -> Reply:
    """Sets the expiration time of a key in milliseconds."""
    return _expire(ctx, "pexpire", key, milliseconds, rest, unit_ms=1, from_ms=ctx.space.now_ms)


@command("EXPIREAT key unix-time-seconds [NX | XX | GT | LT]", since="1.2.0", flags=WRITE | FAST, complexity="O(1)")
def expireat(ctx: Ctx, key: bytes, seconds: bytes, rest: Rest) -> Reply:
    """Sets the expiration time of a key to a Unix timestamp."""
    return _expire(ctx, "expireat", key, seconds, rest, unit_ms=1000, from_ms=0)


@command(
    "PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]", since="2.6.0", flags=WRITE | FAST, complexity="O(1)"
)
def pexpireat(ctx: Ctx, key: bytes, milliseconds: bytes, rest: Rest) -> Reply:
    """Sets the expiration time of a key to a Unix milliseconds timestamp."""
    return _expire(ctx, "pexpireat", key, milliseconds, rest, unit_ms=1, from_ms=0)


def _expire(ctx: Ctx, name: str, key: bytes, amount: bytes, rest: Rest, *, unit_ms: int, from_ms: int) -> int:
    given = _parse_expire(rest) if rest else _NO_OPTIONS
    scaled_ms = decode_int(amount) * unit_ms
    at_ms = scaled_ms + from_ms
    if not INT64_MIN <= scaled_ms <= INT64_MAX or at_ms > INT64_MAX:
        raise CommandError(f"ERR invalid expire time in '{name}' command")
    db = ctx.db
    if db.peek(key) is None or (given and not may_expire(given, db.expires_at(key), at_ms)):
        return 0
    db.expire_at(key, at_ms)
    return 1


def _parse_expire(rest: Rest) -> AbstractSet[bytes]:
    given = set()
    for text in rest:
        word = text.upper()
        if word not in _EXPIRE_OPTIONS:
            raise CommandError(b"ERR Unsupported option %b" % printable(text))
        given.add(word)
    if b"NX" in given and len(given) > 1:
        raise CommandError("ERR NX and XX, GT or LT options at the same time are not compatible")
    if {b"GT", b"LT"} <= given:
        raise CommandError("ERR GT and LT options at the same time are not compatible")
    return given


def may_expire(given: AbstractSet[bytes], current_ms: int | None, at_ms: int) -> bool:
    """Whether NX, XX, GT and LT let a time to live be set; None for the current one: it lives for ever."""
    if current_ms is None:
        # A key that stays for ever outlives any time to live: LT sets one, GT does not.
        return given <= {b"NX", b"LT"}
    if b"NX" in given or (b"GT" in given and at_ms <= current_ms):
        return False
    return not (b"LT" in given and at_ms >= current_ms)


@command("TTL key", since="1.0.0", flags=READ | FAST, complexity="O(1)")
def ttl(ctx: Ctx, key: bytes) -> Reply:
    """Returns the expiration time in seconds of a key."""
    left_ms = _expiry(ctx, key, ctx.now_ms)
    return left_ms if left_ms < 0 else (left_ms + 500) // 1000


@command("PTTL key", since="2.6.0", flags=READ | FAST, complexity="O(1)")
def pttl(ctx: Ctx, key: bytes) -> Reply:
    """Returns the expiration time in milliseconds of a key."""
    return _expiry(ctx, key, ctx.now_ms)


@command("EXPIRETIME key", since="7.0.0", flags=READ | FAST, complexity="O(1)")
def expiretime(ctx: Ctx, key: bytes) -> Reply:
    """Returns the expiration time of a key as a Unix timestamp."""
    at_ms = _expiry(ctx, key, 0)
    return at_ms if at_ms < 0 else (at_ms + 500) // 1000


@command("PEXPIRETIME key", since="7.0.0", flags=READ | FAST, complexity="O(1)")
def pexpiretime(ctx: Ctx, key: bytes) -> Reply:
    """Returns the expiration time of a key as a Unix milliseconds timestamp."""
    return _expiry(ctx, key, 0)


def _expiry(ctx: Ctx, key: bytes, from_ms: int) -> int:
    """Milliseconds from a moment to a key's end; negative where there is no key or no end."""
    if ctx.db.look(key) is None:
        return _NO_KEY
    at_ms = ctx.expires_at(key)
    return _NO_EXPIRY if at_ms is None else at_ms - from_ms


@command("PERSIST key", since="2.2.0", flags=WRITE | FAST, complexity="O(1)")
def persist(ctx: Ctx, key: bytes) -> Reply:
    """Removes the expiration time of a key."""
    return 1 if ctx.persist(key) else 0


# Walking


@command(
    "KEYS pattern",
    since="1.0.0",
    flags=READ | DANGEROUS,
    complexity="O(N) with N being the number of keys in the database, under the assumption that the key names in the"
    " database and the given pattern have limited length.",
)
def keys(ctx: Ctx, pattern: bytes) -> Reply:
    """Returns all key names that match a pattern."""
    found = ctx.db.live_keys()
    if pattern == b"*":
        return list(found)
    matches = compile_glob(pattern).match
    return [key for key in found if matches(key)]


@command(
    "SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]",
    since="2.8.0",
    flags=READ,
    complexity="O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to"
    " return back to 0. N is the number of elements inside the collection.",
)
def scan(ctx: Ctx, cursor: bytes, rest: Rest) -> Reply:
    """Iterates over the key names in the database."""
    at = parse_cursor(cursor, ctx.dialect)
    request = parse_scan(rest, ctx.dialect, of="scan")
    at, found = ctx.db.scan(at, request.count)
    if request.matches is not None:
        found = [key for key in found if request.matches(key)]
    if request.type_name is not None:
        found = [key for key in found if type_name(ctx.peek(key)) == request.type_name]
    return [b"%d" % at, found]


@command("RANDOMKEY", since="1.0.0", flags=READ, complexity="O(1)")
def randomkey(ctx: Ctx) -> Reply:
    """Returns a random key name from the database."""
    return ctx.db.random_key()


# Naming and moving


@command("RENAME key newkey", since="1.0.0", flags=WRITE, complexity="O(1)")
def rename(ctx: Ctx, key: bytes, newkey: bytes) -> Reply:
    """Renames a key and overwrites the destination."""
    _rename(ctx, key, newkey, _present(ctx, key))
    return OK


@command("RENAMENX key newkey", since="1.0.0", flags=WRITE | FAST, complexity="O(1)")
def renamenx(ctx: Ctx, key: bytes, newkey: bytes) -> Reply:
    """Renames a key only when the target key name doesn't exist."""
    value = _present(ctx, key)
    if ctx.peek(newkey) is not None:
        return 0
    _rename(ctx, key, newkey, value)
    return 1


def _present(ctx: Ctx, key: bytes) -> Value:
    value = ctx.peek(key)
    if value is None:
        raise CommandError("ERR no such key")
    return value


def _rename(ctx: Ctx, key: bytes, newkey: bytes, value: Value) -> None:
    if key == newkey:
        return
    at_ms = _leave(ctx, key, "rename_from")
    ctx.db.adopt(newkey, value, at_ms, "rename_to")


def _leave(ctx: Ctx, key: bytes, event: str) -> int | None:
    """Takes a value from the key that it leaves for another; answers when its time runs out."""
    at_ms = ctx.expires_at(key)
    ctx.delete(key, event)
    ctx.space.dirty -= 1  # leaving and arriving are one change to a server
    return at_ms


@command(
    "COPY source destination [DB destination-db] [REPLACE]",
    since="6.2.0",
    flags=WRITE | DENYOOM,
    complexity="O(N) worst case for collections, where N is the number of nested items. O(1) for string values.",
)
def copy(ctx: Ctx, source: bytes, destination: bytes, rest: Rest) -> Reply:
    """Copies the value of a key to a new key."""
    target, replaces = ctx.db, False
    options = Options(rest)
    while options:
        word = options.take_word()
        if word == b"REPLACE":
            replaces = True
        elif word == b"DB" and options:
            target = ctx.database(options.take_int())
        else:
            raise SyntaxFault
    if target is ctx.db and source == destination:
        raise CommandError("ERR source and destination objects are the same")
    value = ctx.get(source)
    if value is None or (target.peek(destination) is not None and not replaces):
        return 0
    if isinstance(value, Collection) and value.of_module:
        raise CommandError("ERR not supported for this module key")
    twin = value if isinstance(value, bytes) else value.copy()
    if isinstance(twin, TimedHash) and ctx.dialect.is_valkey:
        twin.due(ctx.now_ms, len(twin))  # what is due stays behind, even where that is all
    target.adopt(destination, twin, ctx.expires_at(source), "copy_to")
    return 1


@command("MOVE key db", since="1.0.0", flags=WRITE | FAST, complexity="O(1)")
def move(ctx: Ctx, key: bytes, db: int) -> Reply:
    """Moves a key to another database."""
    target = ctx.database(db)
    if target is ctx.db:
        raise CommandError("ERR source and destination objects are the same")
    value = ctx.peek(key)
    if value is None or target.peek(key) is not None:
        return 0
    at_ms = _leave(ctx, key, "move_from")
    target.adopt(key, value, at_ms, "move_to")
    return 1


# Looking inside

_SWITCHED = (
    "Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust."
)
container("object", "A container for object introspection commands.", since="2.2.3", group="generic")


@command("OBJECT ENCODING key", since="2.2.3", flags=READ, complexity="O(1)")
def object_encoding(ctx: Ctx, key: bytes) -> Reply:
    """Returns the internal encoding of a Redis object."""
    value = ctx.peek(key)
    return None if value is None else encoding_name(ctx, key, value).encode()


def encoding_name(ctx: Ctx, key: bytes, value: Value) -> str:
    """What OBJECT ENCODING and DEBUG OBJECT tell of a value."""
    if isinstance(value, Collection):
        return value.encoding(ctx.config)
    return encoding(value, _embstr_max(ctx, key))


def _embstr_max(ctx: Ctx, key: bytes) -> int:
    """Since Redis 8.2 and in Valkey 9 the key lives in the same piece of memory; limits as observed on both."""
    if ctx.dialect.is_valkey:
        return 113 - len(key) - (2 if len(key) > 31 else 0)
    if ctx.dialect.at_least("8.2.0"):
        return 41 - len(key) - (0 if ctx.expires_at(key) is None else 8)
    return EMBSTR_MAX


@command("OBJECT FREQ key", since="4.0.0", flags=READ, complexity="O(1)")
def object_freq(ctx: Ctx, key: bytes) -> Reply:
    """Returns the logarithmic access frequency counter of a Redis object."""
    if ctx.peek(key) is None:
        return None
    if not isinstance(ctx.db.accessed, FrequencyLog):
        raise CommandError("ERR An LFU maxmemory policy is not selected, access frequency not tracked. " + _SWITCHED)
    return ctx.db.accessed.frequency(key, ctx.space.lru_clock)


@command("OBJECT IDLETIME key", since="2.2.3", flags=READ, complexity="O(1)")
def object_idletime(ctx: Ctx, key: bytes) -> Reply:
    """Returns the time since the last access to a Redis object."""
    if ctx.peek(key) is None:
        return None
    idle_s = ctx.db.idle_s(key)
    if idle_s is None:
        raise CommandError("ERR An LFU maxmemory policy is selected, idle time not tracked. " + _SWITCHED)
    return idle_s


@command("OBJECT REFCOUNT key", since="2.2.3", flags=READ, complexity="O(1)")
def object_refcount(ctx: Ctx, key: bytes) -> Reply:
    """Returns the reference count of a value of a key."""
    value = ctx.peek(key)
    return None if value is None else reference_count(ctx, value)


def reference_count(ctx: Ctx, value: Value) -> int:
    """How many keys share a value; all that were numbers below 10000, until values moved in with their keys."""
    if ctx.dialect.at_least("8.2.0", valkey="8.1.0") or not isinstance(value, bytes) or len(value) > _SHARED_DIGITS:
        return 1
    if ctx.config.number("maxmemory") and ctx.config.text("maxmemory-policy").endswith(("lru", "lfu")):
        return 1  # each value has an age of its own then
    return _SHARED_COUNT if value.isdigit() and encoding(value) == "int" else 1
