"""Replies of COMMAND INFO, DOCS and GETKEYSANDFLAGS, made from the declarations.

It knows no client. The decision a reader would question: how a command uses its keys
(`_ACCESS`) stands here and not beside the command. It is asked for by one reply only, falls
into few sorts, and most of it follows from READONLY; the sorts were read from COMMAND INFO
of Redis 8.2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from redis_tui.resp.types import Map, Reply, SetReply, Status
from redis_tui.spec.categories import acl_categories
from redis_tui.spec.command import Arg, ArgKind, CommandFlag, CommandSpec
from redis_tui.spec.keys import getkeys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.engine.registry import Command

# In the order in which Redis lists them.
_FLAG_NAMES: Final = tuple(
    (flag, Status(name.encode()))
    for flag, name in (
        (CommandFlag.WRITE, "write"),
        (CommandFlag.READONLY, "readonly"),
        (CommandFlag.DENYOOM, "denyoom"),
        (CommandFlag.ADMIN, "admin"),
        (CommandFlag.PUBSUB, "pubsub"),
        (CommandFlag.NOSCRIPT, "noscript"),
        (CommandFlag.BLOCKING, "blocking"),
        (CommandFlag.LOADING, "loading"),
        (CommandFlag.STALE, "stale"),
        (CommandFlag.SKIP_MONITOR, "skip_monitor"),
        (CommandFlag.SKIP_SLOWLOG, "skip_slowlog"),
        (CommandFlag.FAST, "fast"),
        (CommandFlag.NO_AUTH, "no_auth"),
        (CommandFlag.NO_MANDATORY_KEYS, "no_mandatory_keys"),
        (CommandFlag.NO_ASYNC_LOADING, "no_async_loading"),
        (CommandFlag.NO_MULTI, "no_multi"),
        (CommandFlag.ALLOW_BUSY, "allow_busy"),
        (CommandFlag.MOVABLEKEYS, "movablekeys"),
    )
)

# Likewise.
_CATEGORIES: Final = tuple(
    "keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow "  # noqa: SIM905  # a table of words
    "blocking dangerous connection transaction scripting".split()
)
_MOVE: Final = ("RW access delete", "RW insert")
_STORE: Final = ("OW update", "RO access")
_SORTS: Final[dict[str | tuple[str, ...], str]] = {
    "RW insert": "append hsetnx linsert lpush lpushx rpush rpushx sadd",
    "RW access delete": "getdel hgetdel lmpop lpop rpop spop zmpop zpopmax zpopmin",
    "RW access update": (
        "decr decrby eval evalsha getex getset hgetex hincrby hincrbyfloat incr incrby incrbyfloat move zincrby"
    ),
    "RW access update variable_flags": "set",
    "RM delete": "del unlink delifeq",
    "RO": (
        "exists hexists hlen hstrlen llen memory|usage object|encoding object|freq object|idletime object|refcount "
        "scard sismember strlen touch type watch zcard"
    ),
    "RW update": (
        "expire expireat hexpire hexpireat hmset hpersist hpexpire hpexpireat hset hsetex lset persist pexpire "
        "pexpireat setrange zadd geoadd"
    ),
    "RW delete": "hdel lrem ltrim srem zrem zremrangebylex zremrangebyrank zremrangebyscore",
    "OW update": "mset psetex setex restore",
    "OW insert": "msetnx setnx",
    _MOVE: "lmove rpoplpush smove",
    _STORE: "sdiffstore sinterstore sunionstore zdiffstore zinterstore zrangestore zunionstore geosearchstore",
    ("RO access", "OW update"): "copy georadius georadiusbymember sort",
    ("RW access delete", "OW update"): "rename",
    ("RW access delete", "OW insert"): "renamenx",
}
_ACCESS: Final = {
    name: (sort,) if isinstance(sort, str) else sort for sort, names in _SORTS.items() for name in names.split()
}


@dataclass(frozen=True, slots=True)
class _Keyword:
    """Keys behind a word that may stand anywhere."""

    word: bytes
    start: int
    """Where it may stand at the earliest; negative: counted from the end, looked for backwards."""
    access: str
    last: int = 0
    """-1 where all that follows are keys."""

    def key_spec(self) -> Map:
        where = Map([(b"keyword", self.word), (b"startfrom", self.start)])
        begin = Map([(b"type", b"keyword"), (b"spec", where)])
        return _key_spec(self.access, begin, b"range", (self.last, 1, 0))


_KEYWORDS: Final = {
    "georadius": (_Keyword(b"STORE", 6, "OW update"), _Keyword(b"STOREDIST", 6, "OW update")),
    "georadiusbymember": (_Keyword(b"STORE", 5, "OW update"), _Keyword(b"STOREDIST", 5, "OW update")),
    "migrate": (_Keyword(b"KEYS", -2, "RW access delete incomplete", -1),),
}


def accesses(spec: CommandSpec) -> tuple[str, ...]:
    """How a command uses its first key, its second, and so on; the last holds for all that follow."""
    found = _ACCESS.get(spec.name)
    if found is not None:
        return found
    return ("RO access",) if CommandFlag.WRITE not in spec.flags else ("RW access update",)


def info_row(command: Command) -> Reply:
    """One row of COMMAND INFO."""
    spec = command.spec
    return [
        spec.name.encode(),
        spec.arity,
        SetReply(name for flag, name in _FLAG_NAMES if flag in spec.flags),
        spec.keys.first,
        spec.keys.last,
        spec.keys.step,
        SetReply(Status(b"@" + name.encode()) for name in sorted(acl_categories(spec), key=_CATEGORIES.index)),
        SetReply(),
        SetReply(_key_specs(spec)),
        SetReply(info_row(sub) for sub in command.subcommands.values()),
    ]


def keys_and_flags(spec: CommandSpec, argv: Sequence[bytes]) -> Reply:
    """What COMMAND GETKEYSANDFLAGS answers.

    Raises:
        CommandError: as `spec.keys.getkeys`.
    """
    used = accesses(spec)
    if spec.name == "set":  # the one here with variable flags: RW only where the old value is asked for
        used = ("RW access update" if b"GET" in (word.upper() for word in argv[3:]) else "OW update",)
    return [
        [key, SetReply(Status(word.encode()) for word in used[min(at, len(used) - 1)].split())]
        for at, key in enumerate(getkeys(spec, argv))
    ]


def docs(command: Command) -> Map:
    """One command's entry of COMMAND DOCS."""
    spec = command.spec
    pairs: list[tuple[Reply, Reply]] = [
        (b"summary", spec.summary.encode()),
        (b"since", spec.since.encode()),
        (b"group", spec.group.encode()),
    ]
    if spec.complexity:
        pairs.append((b"complexity", spec.complexity.encode()))
    if spec.args:
        pairs.append((b"arguments", [_argument(arg) for arg in spec.args]))
    if command.subcommands:
        subs = [(sub.name.encode(), docs(sub)) for sub in command.subcommands.values()]
        pairs.append((b"subcommands", Map(subs)))
    return Map(pairs)


def _key_specs(spec: CommandSpec) -> Iterator[Reply]:
    used = list(accesses(spec))
    keys = spec.keys
    if keys.first:
        last = keys.last - keys.first if keys.last >= 0 else keys.last
        if len(used) == 1 or spec.numkeys_at or (keys.first == keys.last and len(used) > 1):
            yield _key_spec(used.pop(0), _at(keys.first), b"range", (last, keys.step, 0))
        else:
            yield _key_spec(used.pop(0), _at(keys.first), b"range", (0, 1, 0))
            yield _key_spec(used.pop(0), _at(keys.first + 1), b"range", (min(0, last), 1, 0))
    if spec.numkeys_at:
        yield _key_spec(used.pop(0), _at(spec.numkeys_at), b"keynum", (0, 1, 1))
    for behind in _KEYWORDS.get(spec.name, ()):
        yield behind.key_spec()


def _at(index: int) -> Map:
    return Map([(b"type", b"index"), (b"spec", Map([(b"index", index)]))])


def _key_spec(access: str, begin: Map, finder: bytes, numbers: tuple[int, int, int]) -> Map:
    names = (b"lastkey", b"keystep", b"limit") if finder == b"range" else (b"keynumidx", b"firstkey", b"keystep")
    found = Map([(b"type", finder), (b"spec", Map(zip(names, numbers, strict=True)))])
    flags = SetReply(Status(word.encode()) for word in access.split())
    return Map([(b"flags", flags), (b"begin_search", begin), (b"find_keys", found)])


def _argument(arg: Arg) -> Map:
    pairs: list[tuple[Reply, Reply]] = [(b"name", arg.name.encode()), (b"type", arg.kind.value.encode())]
    if arg.kind not in (ArgKind.ONEOF, ArgKind.BLOCK):
        pairs.append((b"display_text", arg.name.encode()))
    if arg.token:
        pairs.append((b"token", arg.token.encode()))
    flags = [Status(name) for name, is_set in ((b"optional", arg.optional), (b"multiple", arg.multiple)) if is_set]
    if flags:
        pairs.append((b"flags", SetReply(flags)))
    if arg.children:
        pairs.append((b"arguments", [_argument(child) for child in arg.children]))
    return Map(pairs)
