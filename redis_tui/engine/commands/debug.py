"""DEBUG: looking inside, and making an engine behave as a test wants it.

Subcommands register themselves with `_sub`; a server knows no COMMAND INFO of them, so they
are no `@command` of their own. What would crash a server is not here.

The decision a reader would question: some subcommands are taken and do nothing (`_INERT`).
They turn off things that only a server has, and tests send them blindly.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from redis_tui.engine import digest
from redis_tui.engine.commands.generic import encoding_name, reference_count
from redis_tui.engine.commands.persistence import debug_loadaof, debug_reload
from redis_tui.engine.config_kinds import parse_memory
from redis_tui.engine.rdb import lzf, payload, values
from redis_tui.engine.registry import command, printable
from redis_tui.engine.types.list import List
from redis_tui.errors import CommandError
from redis_tui.record import dataclass
from redis_tui.resp.types import (
    OK,
    Attributed,
    BigNumber,
    ErrorReply,
    Map,
    Push,
    Reply,
    SetReply,
    Several,
    Status,
    Verbatim,
)
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.engine.types.base import Value
    from redis_tui.spec.bind import Rest

    Handler = Callable[[Ctx, Sequence[bytes]], Reply]

_SECONDS: Final = re.compile(rb"\s*[+]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_INTEGER: Final = re.compile(rb"\s*([+-]?\d+)")
_LONGEST_SLEEP_S: Final = 10**6
_NO_KEY: Final = "ERR no such key"
_NOT_POSITIVE: Final = "ERR value is out of range, must be positive"
_ADDRESSES: Final = 0x7FFFFFFFFFF0
_LRU_CLOCK: Final = 1 << 24
_SMALLEST_TABLE: Final = 4
_PACKED_MAX: Final = 1 << 32


@dataclass(frozen=True, slots=True)
class _Sub:
    """One subcommand."""

    handler: Handler
    least: int
    most: int | None
    """None: any number of arguments."""
    usage: str
    summary: str
    since: str
    """Release of Redis that brought it."""
    valkey: str | None
    """Release of Valkey that brought it, where that is not what it took over from Redis."""

    def fits(self, ctx: Ctx, argc: int) -> bool:
        """Whether this server takes it with so many arguments."""
        is_known = ctx.dialect.at_least(self.since, valkey=self.valkey)
        return is_known and argc >= self.least and (self.most is None or argc <= self.most)


_SUBS: dict[bytes, _Sub] = {}


def _sub(
    usage: str, *, least: int = 0, most: int | None = 0, since: str = "1.0.0", valkey: str | None = None
) -> Callable[[Handler], Handler]:
    """Declares a subcommand.

    Args:
        usage: its name and arguments as HELP shows them; the help itself is the docstring.
        least: fewest arguments behind the name.
        most: most of them; None for any number.
        since: release of Redis that brought it.
        valkey: release of Valkey, where it came there on its own.
    """

    def declare(handler: Handler) -> Handler:
        name = usage.partition(" ")[0].encode()
        summary = (handler.__doc__ or "").partition("\n")[0]
        _SUBS[name] = _Sub(handler, least, most, usage, summary, since, valkey)
        return handler

    return declare


@command(
    "DEBUG subcommand [arg [arg ...]]",
    since="1.0.0",
    flags=CommandFlag.LOADING | CommandFlag.STALE | CommandFlag.ADMIN | CommandFlag.NOSCRIPT,
    complexity="Depends on subcommand.",
    group="server",
)
def debug(ctx: Ctx, subcommand: bytes, rest: Rest) -> Reply:
    """A container for debugging commands."""
    found = _SUBS.get(subcommand.upper())
    if found is None or not found.fits(ctx, len(rest)):
        raise _unknown(subcommand)
    return found.handler(ctx, rest)


def _unknown(subcommand: bytes) -> CommandError:
    return CommandError(
        b"ERR unknown subcommand or wrong number of arguments for '%.128b'. Try DEBUG HELP." % printable(subcommand)
    )


@_sub("HELP")
def _help(ctx: Ctx, _args: Sequence[bytes]) -> Reply:
    """Print this help."""
    lines = ["DEBUG <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"]
    for one in sorted(_SUBS.values(), key=lambda sub: sub.usage):
        if one.summary and one.fits(ctx, one.least):
            lines += [one.usage, f"    {one.summary}"]
    return [Status(line.encode()) for line in lines]


def _truth(text: bytes) -> bool:
    """A switch as C's atoi reads it: what is no number is off."""
    found = _INTEGER.match(text)
    return found is not None and int(found[1]) != 0


# Time and switches


@_sub("SLEEP <seconds>", least=1, most=1)
def _sleep(_ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Stop the server for <seconds>. Decimals allowed."""
    number = _SECONDS.match(args[0])  # strtod: what is no number is 0
    time.sleep(min(float(number.group()), _LONGEST_SLEEP_S) if number else 0)
    return OK


@_sub("SET-ACTIVE-EXPIRE <0|1>", least=1, most=1)
def _set_active_expire(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Setting it to 0 disables expiring keys in background when they are not accessed."""
    ctx.engine.switches.active_expire = _truth(args[0])
    return OK


@_sub("SET-DISABLE-DENY-SCRIPTS <0|1>", least=1, most=1)
def _set_disable_deny_scripts(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Setting it to 1 lets scripts call commands that are not for scripts."""
    ctx.engine.switches.scripts_denied = not _truth(args[0])
    return OK


@_sub("SCRIPT <LIST|<sha>>", least=1, most=1, since="7.4.0")
def _script(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Taken where there is such a script: a server writes it to its log."""
    if args[0].lower() != b"list" and ctx.engine.scripts.cache.peek(args[0]) is None:
        raise CommandError(ctx.dialect.noscript)
    return OK


@_sub("QUICKLIST-PACKED-THRESHOLD <size>", least=1, most=1)
def _quicklist_packed_threshold(_ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Taken, and without effect: elements of lists are not kept in nodes."""
    try:
        size = parse_memory(args[0].decode("latin-1"))
    except ValueError:
        size = -1
    if not 0 <= size <= _PACKED_MAX:
        raise CommandError("ERR argument must be a memory value bigger than 1 and smaller than 4gb")
    return OK


@_sub("CHANGE-REPL-ID")
def _change_repl_id(ctx: Ctx, _args: Sequence[bytes]) -> Reply:
    """Change the replication IDs of the instance."""
    ctx.engine.replication.renew()
    return OK


@_sub("REPLYBUFFER <PEAK-RESET-TIME <NEVER|RESET|time>|RESIZING <0|1>>", least=2, most=2)
def _replybuffer(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Set when and whether the room that is counted for replies becomes smaller; the time is taken, without effect."""
    word = args[0].upper()
    if word not in (b"PEAK-RESET-TIME", b"RESIZING"):
        raise _unknown(b"REPLYBUFFER")
    if word == b"PEAK-RESET-TIME" and args[1].upper() not in (b"NEVER", b"RESET"):
        decode_int(args[1])
    if word == b"RESIZING":
        ctx.engine.switches.reply_buffers_shrink = _truth(args[1])
    return OK


def _inert(_ctx: Ctx, _args: Sequence[bytes]) -> Reply:
    return OK


_INERT: Final = (
    ("AOF-FLUSH-SLEEP <microsec>", "1.0.0", None),
    ("LEAK <string>", "1.0.0", None),
    ("LOG <message>", "1.0.0", None),
    ("PAUSE-CRON <0|1>", "1.0.0", None),
    ("REPLICATE <string>", "1.0.0", None),
    ("SET-SKIP-CHECKSUM-VALIDATION <0|1>", "1.0.0", None),
    ("DICT-RESIZING <0|1>", "7.4.0", "8.0.0"),
    ("KEYSIZES-HIST-ASSERT <0|1>", "8.0.0", None),
    ("CLIENT-ENFORCE-REPLY-LIST <0|1>", "99.0.0", "8.0.0"),
    ("DELAY-RDB-CLIENT-FREE-SECOND <seconds>", "99.0.0", "8.0.0"),
    ("HASHTABLE-CAN-ABORT-SHRINK <0|1>", "99.0.0", "9.0.0"),
    ("PAUSE-AFTER-FORK <0|1>", "99.0.0", "8.0.0"),
)
for _usage, _since, _valkey in _INERT:
    _sub(_usage, least=1, most=1, since=_since, valkey=_valkey)(_inert)


# The file


@_sub("RELOAD [option ...]", most=None)
def _reload(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Save the RDB on disk and reload it back to memory."""
    return debug_reload(ctx, args)


@_sub("LOADAOF")
def _loadaof(ctx: Ctx, _args: Sequence[bytes]) -> Reply:
    """Flush the AOF buffers on disk and reload the AOF in memory."""
    return debug_loadaof(ctx)


# Looking inside


def _present(ctx: Ctx, key: bytes) -> Value:
    value = ctx.db.entries.get(key)
    if value is None:
        raise CommandError(_NO_KEY)
    return value


@_sub("OBJECT <key> [fast]", least=1, most=2)
def _object(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Show low level info about `key` and associated value."""
    if len(args) > 1 and not ctx.dialect.is_valkey:
        raise _unknown(b"OBJECT")
    value = _present(ctx, args[0])
    kind = encoding_name(ctx, args[0], value)
    is_fast = len(args) > 1 and args[1].lower() == b"fast"
    size = "" if is_fast else f"serializedlength:{_size(ctx, value)} "
    idle_s = ctx.db.idle_s(args[0]) or 0
    lru = (ctx.space.lru_clock - idle_s) % _LRU_CLOCK
    extra = _nodes(ctx, value) if kind == "quicklist" and isinstance(value, List) and not is_fast else ""
    # A server counts a number up where it stands, so its address stays; here that goes by the key.
    address = hash(args[0]) & _ADDRESSES if kind == "int" else id(value)
    shared = reference_count(ctx, value)
    line = f"Value at:{address:#x} refcount:{shared} encoding:{kind} {size}lru:{lru} lru_seconds_idle:{idle_s}{extra}"
    return Status(line.encode())


def _size(ctx: Ctx, value: Value) -> int:
    """Bytes of a value in a snapshot file."""
    return len(values.encode(value, payload.style(ctx.dialect, ctx.config, lzf.compress))[1])


def _nodes(ctx: Ctx, value: List) -> str:
    """What a server tells of the nodes that a list would have."""
    fill, size = ctx.config.number("list-max-listpack-size"), _size(ctx, value)
    per_node = fill if fill > 0 else max(1, 4096 * 2 ** (-fill - 1) * len(value) // size)
    count = -(-len(value) // per_node)
    return (
        f" ql_nodes:{count} ql_avg_node:{len(value) / count:.2f} ql_listpack_max:{fill} ql_compressed:0"
        f" ql_uncompressed_size:{size}"
    )


@_sub("SDSLEN <key>", least=1, most=1)
def _sdslen(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Show low level SDS string info representing `key` and value."""
    value = _present(ctx, args[0])
    if not isinstance(value, bytes | bytearray) or encoding_name(ctx, args[0], value) == "int":
        raise CommandError("ERR Not an sds encoded string.")
    key_size, size = len(args[0]), len(value)
    line = (
        f"key_sds_len:{key_size}, key_sds_avail:0, key_zmalloc: {key_size + 2}, "
        f"val_sds_len:{size}, val_sds_avail:0, val_zmalloc: {size + 2}"
    )
    return Status(line.encode())


@_sub("LISTPACK <key>", least=1, most=1)
def _listpack(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Show low level info about the listpack encoding of <key>."""
    if encoding_name(ctx, args[0], _present(ctx, args[0])) != "listpack":
        raise CommandError("ERR Not a listpack encoded object.")
    return Status(b"Listpack structure printed on stdout")


@_sub("QUICKLIST <key> [<0|1>]", least=1, most=2)
def _quicklist(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Show low level info about the quicklist encoding of <key>."""
    if encoding_name(ctx, args[0], _present(ctx, args[0])) != "quicklist":
        raise CommandError("ERR Not a quicklist encoded object.")
    return Status(b"Quicklist structure printed on stdout")


@_sub("STRUCTSIZE")
def _structsize(_ctx: Ctx, _args: Sequence[bytes]) -> Reply:
    """Return the size of different core C structures."""
    return b"bits:64 robj:16 dictentry:24 sdshdr5:1 sdshdr8:3 sdshdr16:5 sdshdr32:9 sdshdr64:17 "


@_sub("HTSTATS <dbid> [full]", least=1, most=None)
def _htstats(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Return hash table statistics of the specified database."""
    number = decode_int(args[0])
    if not 0 <= number < len(ctx.space.databases):
        raise CommandError("ERR Out of range database")
    db = ctx.space.databases[number]
    text = f"[Dictionary HT]\n{_table(len(db.entries))}[Expires HT]\n{_table(len(db.expires))}"
    return Verbatim(text.encode())


@_sub("HTSTATS-KEY <key> [full]", least=1, most=None)
def _htstats_key(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Like HTSTATS but for the hash table stored at <key>'s value."""
    value = _present(ctx, args[0])
    if isinstance(value, bytes | bytearray) or encoding_name(ctx, args[0], value) not in ("hashtable", "skiplist"):
        raise CommandError("ERR The value stored at the specified key is not represented using an hash table")
    return Verbatim(_table(len(value)).encode())


def _table(count: int) -> str:
    """A hash table of so many elements, as it would be after growing."""
    if not count:
        return "Hash table 0 stats (main hash table):\nNo stats available for empty dictionaries\n"
    size = max(_SMALLEST_TABLE, 1 << (count - 1).bit_length())
    return f"Hash table 0 stats (main hash table):\n table size: {size}\n number of elements: {count}\n"


@_sub("CLIENT-EVICTION")
def _client_eviction(_ctx: Ctx, _args: Sequence[bytes]) -> Reply:
    """Show low level client eviction pools info (maxmemory-clients)."""
    raise CommandError("ERR maxmemory-clients is disabled.")


@_sub("STRINGMATCH-TEST")
def _stringmatch_test(ctx: Ctx, _args: Sequence[bytes]) -> Reply:
    """Tell that the matcher of patterns has been tested."""
    who = "the server" if ctx.dialect.is_valkey else "Redis"
    return Status(f"Apparently {who} did not crash: test passed".encode())


# Data


@_sub("DIGEST")
def _digest(ctx: Ctx, _args: Sequence[bytes]) -> Reply:
    """Output a hex signature representing the current DB content."""
    return Status(digest.of_databases(ctx.space.databases).hex().encode())


@_sub("DIGEST-VALUE <key> [<key> ...]", most=None)
def _digest_value(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Output a hex signature of the values of all the specified keys."""
    db = ctx.db
    digests = [digest.of_value(db.entries.get(key), expires=key in db.expires) for key in args]
    return [Status(one.hex().encode()) for one in digests]


@_sub("POPULATE <count> [<prefix>] [<size>]", least=1, most=3)
def _populate(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Create <count> string keys named key:<num>. If <prefix> is specified then it is used instead of `key`."""
    count = _positive(args[0])
    prefix = args[1] if len(args) > 1 else b"key"
    size = _positive(args[2]) if len(args) > 2 else 0
    for number in range(count):
        key, value = b"%b:%d" % (prefix, number), b"value:%d" % number
        if ctx.peek(key) is None:
            ctx.set(key, value[:size].ljust(size, b"\0") if size else value)
    return OK


def _positive(text: bytes) -> int:
    number = decode_int(text, _NOT_POSITIVE)
    if number < 0:
        raise CommandError(_NOT_POSITIVE)
    return number


# Replies


@_sub("ERROR <string>", least=1, most=1)
def _error(_ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Return an error with <string> as message. Useful for clients unit tests to simulate error replies."""
    return ErrorReply(args[0])


_POPULARITY: Final[list[tuple[Reply, Reply]]] = [(b"key-popularity", [b"key:123", 90])]
_REPLIES: Final[dict[bytes, Reply]] = {
    b"STRING": b"Hello World",
    b"INTEGER": 12345,
    b"DOUBLE": 3.141,
    b"BIGNUM": BigNumber(b"1234567999999999999999999999999999999"),
    b"NULL": None,
    b"ARRAY": [0, 1, 2],
    b"SET": SetReply([0, 1, 2]),
    b"MAP": Map([(0, False), (1, True), (2, False)]),
    b"ATTRIB": Attributed(Map(_POPULARITY), b"Some real reply following the attribute"),
    b"PUSH": Several([Push([b"server-cpu-usage", 42]), b"Some real reply following the push reply"]),
    b"VERBATIM": Verbatim(b"This is a verbatim\nstring"),
    b"TRUE": True,
    b"FALSE": False,
}


@_sub("PROTOCOL <type>", least=1, most=1)
def _protocol(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Reply with a test value of the specified type: string, integer, double, bignum, null, array and others."""
    kind = args[0].upper()
    if kind == b"PUSH" and ctx.resp < 3:
        raise CommandError("ERR RESP2 is not supported by this command")
    if kind not in _REPLIES:
        names = "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false"
        raise CommandError(f"ERR Wrong protocol type name. Please use one of the following: {names}")
    return _REPLIES[kind]
