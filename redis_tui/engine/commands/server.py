"""The server as a whole: what it is, how it is set, what it holds and has done.

The texts of INFO and the replies of COMMAND are made in `engine.info` and
`engine.command_table`. The decision a reader would question: SHUTDOWN fails where there is no
server that could end, as in the workbench; it says so with a server's own error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from redis_tui.engine import info as info_text
from redis_tui.engine import lolwut
from redis_tui.engine.command_facts import facts_of
from redis_tui.engine.command_table import docs, info_row, keys_and_flags
from redis_tui.engine.glob import compile_glob
from redis_tui.engine.module_list import VECTOR_SETS
from redis_tui.engine.registry import command
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import OK, Map, Reply, Several, Verbatim
from redis_tui.spec.categories import acl_categories
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import decode_int
from redis_tui.spec.keys import getkeys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.engine.command_facts import Facts
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.registry import Command
    from redis_tui.spec.bind import Rest

_OPEN = CommandFlag.LOADING | CommandFlag.STALE
_ADMIN = _OPEN | CommandFlag.ADMIN
_CONFIG = _ADMIN | CommandFlag.NOSCRIPT


@command("INFO [section [section ...]]", since="1.0.0", flags=_OPEN, complexity="O(1)")
def info(ctx: Ctx, sections: list[bytes]) -> Reply:
    """Returns information and statistics about the server."""
    wanted = [section.decode("latin-1").lower() for section in sections]
    return Verbatim(info_text.render(ctx.engine, wanted).encode())


# COMMAND


@command(
    "COMMAND", since="2.8.13", flags=_OPEN, complexity="O(N) where N is the total number of Redis commands", arity=-1
)
def command_(ctx: Ctx) -> Reply:
    """Returns detailed information about all commands."""
    return [info_row(one, _facts(ctx)) for one in ctx.engine.registry.commands.values()]


@command("COMMAND COUNT", since="2.8.13", flags=_OPEN, complexity="O(1)")
def command_count(ctx: Ctx) -> Reply:
    """Returns a count of commands."""
    return len(ctx.engine.registry.commands)


@command(
    "COMMAND INFO [command-name [command-name ...]]",
    since="2.8.13",
    flags=_OPEN,
    complexity="O(N) where N is the number of commands to look up",
)
def command_info(ctx: Ctx, names: list[bytes]) -> Reply:
    """Returns information about one, multiple or all commands."""
    if not names:
        return command_(ctx)
    found = [_named(ctx, name) for name in names]
    return [None if one is None else info_row(one, _facts(ctx)) for one in found]


@command(
    "COMMAND DOCS [command-name [command-name ...]]",
    since="7.0.0",
    flags=_OPEN,
    complexity="O(N) where N is the number of commands to look up",
)
def command_docs(ctx: Ctx, names: list[bytes]) -> Reply:
    """Returns documentary information about one, multiple or all commands."""
    commands = [_named(ctx, name) for name in names] if names else ctx.engine.registry.commands.values()
    return Map([(one.name.encode(), docs(one, _facts(ctx))) for one in commands if one is not None])


@command(
    "COMMAND LIST [FILTERBY <MODULE module-name | ACLCAT category | PATTERN pattern>]",
    since="7.0.0",
    flags=_OPEN,
    complexity="O(N) where N is the total number of Redis commands",
)
def command_list(ctx: Ctx, rest: Rest) -> Reply:
    """Returns a list of command names."""
    if not rest:
        return [one.name.encode() for one in _every(ctx)]
    if len(rest) != 3 or rest[0].upper() != b"FILTERBY":
        raise SyntaxFault
    kind, value = rest[1].upper(), rest[2].lower()
    if kind == b"MODULE":
        # Valkey's one module has no commands.
        return [one.name.encode() for one in _every(ctx) if value == VECTOR_SETS and CommandFlag.MODULE in one.flags]
    if kind == b"ACLCAT":
        category = value.decode("latin-1")
        return [one.name.encode() for one in _every(ctx) if category in acl_categories(one.spec)]
    if kind == b"PATTERN":
        match = compile_glob(value).match
        return [one.name.encode() for one in _every(ctx) if match(one.name.lower().encode())]
    raise SyntaxFault


@command(
    "COMMAND GETKEYS command [arg [arg ...]]",
    since="2.8.13",
    flags=_OPEN,
    complexity="O(N) where N is the number of arguments to the command",
)
def command_getkeys(ctx: Ctx, rest: Rest) -> Reply:
    """Extracts the key names from an arbitrary command."""
    return [rest[use.position] for use in getkeys(_called(ctx, rest).spec, rest)]


@command(
    "COMMAND GETKEYSANDFLAGS command [arg [arg ...]]",
    since="7.0.0",
    flags=_OPEN,
    complexity="O(N) where N is the number of arguments to the command",
)
def command_getkeysandflags(ctx: Ctx, rest: Rest) -> Reply:
    """Extracts the key names and access flags for an arbitrary command."""
    return keys_and_flags(_called(ctx, rest).spec, rest)


# Data


@command("DBSIZE", since="1.0.0", flags=CommandFlag.READONLY | CommandFlag.FAST, complexity="O(1)")
def dbsize(ctx: Ctx) -> Reply:
    """Returns the number of keys in the database."""
    return len(ctx.db)


@command(
    "FLUSHDB [ASYNC | SYNC]",
    since="1.0.0",
    flags=CommandFlag.WRITE,
    complexity="O(N) where N is the number of keys in the selected database",
)
def flushdb(ctx: Ctx, rest: Rest) -> Reply:
    """Remove all keys from the current database."""
    is_late = _frees_late(ctx, rest)
    gone = ctx.db.flush()
    ctx.engine.stats.freed_late += gone if is_late else 0
    return OK


@command(
    "FLUSHALL [ASYNC | SYNC]",
    since="1.0.0",
    flags=CommandFlag.WRITE,
    complexity="O(N) where N is the total number of keys in all databases",
)
def flushall(ctx: Ctx, rest: Rest) -> Reply:
    """Removes all keys from all databases."""
    persistence = ctx.engine.persistence
    persistence.abort()
    is_late = _frees_late(ctx, rest)
    gone = ctx.space.flush()
    ctx.engine.stats.freed_late += gone if is_late else 0
    if persistence.has_save_points:
        # As a server does: else what is gone would be back after a crash.
        persistence.save()
    return OK


def _frees_late(ctx: Ctx, words: Rest) -> bool:
    """Whether a FLUSHDB or FLUSHALL leaves the freeing to a thread. Raises `SyntaxFault` for other words."""
    if not words:
        return ctx.config.enabled("lazyfree-lazy-user-flush")
    if len(words) > 1 or words[0].upper() not in (b"ASYNC", b"SYNC"):
        raise SyntaxFault
    return words[0].upper() == b"ASYNC"


@command(
    "SWAPDB index1 index2",
    since="4.0.0",
    flags=CommandFlag.WRITE | CommandFlag.FAST,
    complexity="O(N) where N is the count of clients watching or blocking on keys from both databases.",
)
def swapdb(ctx: Ctx, index1: bytes, index2: bytes) -> Reply:
    """Swaps two Redis databases."""
    first = _db_index(index1, "ERR invalid first DB index")
    second = _db_index(index2, "ERR invalid second DB index")
    count = len(ctx.space.databases)
    if not (0 <= first < count and 0 <= second < count):
        raise CommandError("ERR DB index is out of range")
    ctx.space.swap(first, second)
    return OK


def _db_index(text: bytes, refusal: str) -> int:
    """A number of 32 bits."""
    number = decode_int(text, refusal)
    if not -(2**31) <= number < 2**31:
        raise CommandError(refusal)
    return number


# The server itself


@command("TIME", since="2.6.0", flags=_OPEN | CommandFlag.FAST, complexity="O(1)")
def time_(ctx: Ctx) -> Reply:
    """Returns the server time."""
    engine = ctx.engine
    now_us = ctx.now_ms * 1000 if engine.time_frozen else engine.clock.now_us()
    return [b"%d" % (now_us // 1_000_000), b"%d" % (now_us % 1_000_000)]


@command("ROLE", since="2.8.12", flags=_OPEN | CommandFlag.NOSCRIPT | CommandFlag.FAST, complexity="O(1)")
def role(ctx: Ctx) -> Reply:
    """Returns the replication role."""
    if ctx.engine.replication.master is None:
        return [b"master", 0, []]
    host, port = ctx.engine.replication.master
    return [b"slave", host, port, b"connect", -1]


@command(
    "LOLWUT [VERSION version]",
    since="5.0.0",
    flags=CommandFlag.READONLY | CommandFlag.FAST,
    arity=-1,
)
def lolwut_(ctx: Ctx, rest: Rest) -> Reply:
    """Displays computer art and the Redis version"""  # noqa: D415  # the server's own text
    words = list(rest)
    if len(words) > 1 and words[0].upper() == b"VERSION":
        words = words[2:]
        decode_int(rest[1])
    sizes = [decode_int(word) for word in words[:2]]
    server = f"{ctx.dialect.server.capitalize()} ver. {ctx.dialect.version}\n"
    return Verbatim((lolwut.picture(ctx.space.rng, *sizes) + server).encode())


@command(
    "SHUTDOWN [NOSAVE | SAVE] [NOW] [FORCE] [ABORT]",
    since="1.0.0",
    flags=_CONFIG | CommandFlag.NO_MULTI | CommandFlag.ALLOW_BUSY,
    complexity=(
        "O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)"
    ),
    usages={"valkey-9": "SHUTDOWN [[NOSAVE | SAVE] [NOW] [FORCE] [SAFE] [FAILOVER] | ABORT]"},
)
def shutdown(
    ctx: Ctx,
    *,
    mode: Literal["nosave", "save"] | None = None,
    now: bool = False,
    force: bool = False,
    abort: bool = False,
) -> Reply:
    """Synchronously saves the database(s) to disk and shuts down the Redis server."""
    if abort:
        if mode or now or force:
            raise SyntaxFault
        raise CommandError("ERR No shutdown in progress.")
    if ctx.engine.on_shutdown is None or not _may_end(ctx, mode, force=force):
        raise CommandError("ERR Errors trying to SHUTDOWN. Check logs.")
    ctx.client.closing = True
    ctx.engine.on_shutdown()
    return Several()  # a server that ends answers nobody


def _may_end(ctx: Ctx, mode: Literal["nosave", "save"] | None, *, force: bool) -> bool:
    """Saves where that is wanted; False where it failed and matters."""
    persistence = ctx.engine.persistence
    persistence.abort()
    wanted = mode == "save" or (mode is None and persistence.has_save_points)
    return not wanted or persistence.save() or force


def _facts(ctx: Ctx) -> dict[str, Facts]:
    return facts_of(ctx.dialect.name)


def _named(ctx: Ctx, name: bytes) -> Command | None:
    """A command as COMMAND INFO takes it, ``client|setname``."""
    head, _, tail = name.partition(b"|")
    found = ctx.engine.registry.find(head)
    return found.subcommands.get(tail.lower()) if found is not None and tail else found


def _called(ctx: Ctx, argv: Sequence[bytes]) -> Command:
    """The command of a whole call. Raises `CommandError` where there is none."""
    found = ctx.engine.registry.find(argv[0])
    if found is not None and found.subcommands and len(argv) > 1:
        found = found.subcommands.get(argv[1].lower())
    if found is None:
        raise CommandError("ERR Invalid command specified")
    return found


def _every(ctx: Ctx) -> Iterator[Command]:
    for one in ctx.engine.registry.commands.values():
        yield one
        yield from one.subcommands.values()
