"""EVAL and its kin, and the script cache's commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.lazyfree import many_freed_late
from redis_tui.engine.registry import command, container
from redis_tui.engine.scripts import KillResult
from redis_tui.errors import CommandError, SubcommandFault
from redis_tui.resp.types import OK, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import NOT_AN_INTEGER, decode_int

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.scripting.cache import CachedScript
    from redis_tui.spec.bind import Rest

EVAL = (
    CommandFlag.NOSCRIPT
    | CommandFlag.SKIP_MONITOR
    | CommandFlag.MAY_REPLICATE
    | CommandFlag.NO_MANDATORY_KEYS
    | CommandFlag.STALE
    | CommandFlag.MOVABLEKEYS
)
EVAL_RO = (EVAL | CommandFlag.READONLY) & ~CommandFlag.MAY_REPLICATE
_COST = "Depends on the script that is executed."
_SHA_LENGTH = 40
_KILLS: Final = {
    KillResult.KILLED: None,
    KillResult.NOTHING_RUNNING: "NOTBUSY No scripts in execution right now.",
    KillResult.UNKILLABLE: (
        "UNKILLABLE Sorry the script already executed write commands against the dataset. "
        "You can either wait the script termination or kill the server in a hard way "
        "using the SHUTDOWN NOSAVE command."
    ),
}
"""Refusals of SCRIPT KILL and FUNCTION KILL; what is missing here is answered as any command is: BUSY."""

container("script", "A container for Lua scripts management commands.", since="2.6.0", group="scripting")


@command("EVAL script numkeys [key [key ...]] [arg [arg ...]]", since="2.6.0", flags=EVAL, complexity=_COST)
def eval_(ctx: Ctx, script: bytes, numkeys: bytes, rest: Rest) -> Reply:
    """Executes a server-side Lua script."""
    return _eval(ctx, script, numkeys, rest, read_only=False)


@command("EVAL_RO script numkeys [key [key ...]] [arg [arg ...]]", since="7.0.0", flags=EVAL_RO, complexity=_COST)
def eval_ro(ctx: Ctx, script: bytes, numkeys: bytes, rest: Rest) -> Reply:
    """Executes a read-only server-side Lua script."""
    return _eval(ctx, script, numkeys, rest, read_only=True)


@command("EVALSHA sha1 numkeys [key [key ...]] [arg [arg ...]]", since="2.6.0", flags=EVAL, complexity=_COST)
def evalsha(ctx: Ctx, sha1: bytes, numkeys: bytes, rest: Rest) -> Reply:
    """Executes a server-side Lua script by SHA1 digest."""
    return _evalsha(ctx, sha1, numkeys, rest, read_only=False)


@command("EVALSHA_RO sha1 numkeys [key [key ...]] [arg [arg ...]]", since="7.0.0", flags=EVAL_RO, complexity=_COST)
def evalsha_ro(ctx: Ctx, sha1: bytes, numkeys: bytes, rest: Rest) -> Reply:
    """Executes a read-only server-side Lua script by SHA1 digest."""
    return _evalsha(ctx, sha1, numkeys, rest, read_only=True)


@command(
    "SCRIPT LOAD script",
    since="2.6.0",
    flags=CommandFlag.NOSCRIPT | CommandFlag.STALE,
    complexity="O(N) with N being the length in bytes of the script body.",
)
def script_load(ctx: Ctx, script: bytes) -> Reply:
    """Loads a server-side Lua script to the script cache."""
    return ctx.engine.scripts.load(script, by_eval=False).script.sha1


@command(
    "SCRIPT EXISTS sha1 [sha1 ...]",
    since="2.6.0",
    flags=CommandFlag.NOSCRIPT,
    complexity="O(N) with N being the number of scripts to check (so checking a single script is an O(1) operation).",
)
def script_exists(ctx: Ctx, sha1: list[bytes]) -> Reply:
    """Determines whether server-side Lua scripts exist in the script cache."""
    cache = ctx.engine.scripts.cache
    return [int(sha in cache) for sha in sha1]


@command(
    "SCRIPT FLUSH [ASYNC | SYNC]",
    since="2.6.0",
    flags=CommandFlag.NOSCRIPT,
    complexity="O(N) with N being the number of scripts in cache",
)
def script_flush(ctx: Ctx, rest: Rest) -> Reply:
    """Removes all server-side Lua scripts from the script cache."""
    # Both words mean the same here: there is no other thread to leave the work to.
    if len(rest) > 1 or (rest and rest[0].lower() not in (b"async", b"sync")):
        raise CommandError("ERR SCRIPT FLUSH only support SYNC|ASYNC option")
    scripts = ctx.engine.scripts
    ctx.engine.stats.freed_late += many_freed_late(len(scripts.cache), rest, ctx.config)
    scripts.flush()
    return OK


@command(
    "SCRIPT DEBUG <YES | SYNC | NO> [engine]",
    since="3.2.0",
    flags=CommandFlag.NOSCRIPT,
    complexity="O(1)",
    usages=dict.fromkeys(("redis-8", "redis-7.2"), "SCRIPT DEBUG <YES | SYNC | NO>"),
)
def script_debug(ctx: Ctx, rest: Rest) -> Reply:
    """Sets the debug mode of server-side Lua scripts."""
    if len(rest) > 1 and not ctx.dialect.is_valkey:
        raise CommandError("ERR wrong number of arguments for 'script|debug' command")
    if len(rest) > 2:
        raise SubcommandFault
    if len(rest) == 2 and rest[1].lower() != b"lua":
        raise CommandError(b"ERR No scripting engine found with name '%b' to enable debug" % rest[1])
    mode = rest[0].lower()
    if mode not in (b"yes", b"sync", b"no"):
        raise CommandError("ERR Use SCRIPT DEBUG YES/SYNC/NO")
    if mode != b"no":
        raise CommandError("ERR There is no Lua debugger here; a run in redis-tui shows each call with its line")
    return OK


@command("SCRIPT KILL", since="2.6.0", flags=CommandFlag.NOSCRIPT | CommandFlag.ALLOW_BUSY, complexity="O(1)")
def script_kill(ctx: Ctx) -> Reply:
    """Terminates a server-side Lua script during execution."""
    return kill_running(ctx, function=False)


def kill_running(ctx: Ctx, *, function: bool) -> Reply:
    """Ends what runs now, if it is of that kind.

    Raises:
        CommandError: nothing runs, it is of the other kind, or it has written.
    """
    scripts = ctx.engine.scripts
    text = scripts.busy_text
    refusal = _KILLS.get(scripts.kill(function=function), text)
    if refusal is not None:
        raise CommandError(refusal)
    return OK


@command("SCRIPT SHOW sha1", since="8.0.0", only="valkey", flags=CommandFlag.NOSCRIPT, complexity="O(1).")
def script_show(ctx: Ctx, sha1: bytes) -> Reply:
    """Show server-side Lua script in the script cache."""
    return _cached(ctx, sha1).script.source


def _eval(ctx: Ctx, source: bytes, numkeys: bytes, rest: list[bytes], *, read_only: bool) -> Reply:
    count = number_of_keys(numkeys, rest)
    return _run(ctx, ctx.engine.scripts.load(source, by_eval=True), count, rest, read_only=read_only)


def _evalsha(ctx: Ctx, sha: bytes, numkeys: bytes, rest: list[bytes], *, read_only: bool) -> Reply:
    # A digest of the wrong length is refused before numkeys is looked at: EVALSHA abc x -> NOSCRIPT
    if len(sha) != _SHA_LENGTH:
        raise CommandError(ctx.dialect.noscript)
    count = number_of_keys(numkeys, rest)
    return _run(ctx, _cached(ctx, sha), count, rest, read_only=read_only)


def _run(ctx: Ctx, cached: CachedScript, count: int, rest: list[bytes], *, read_only: bool) -> Reply:
    scripts = ctx.engine.scripts
    scripts.check_flags(cached.script, read_only=read_only)
    return scripts.run(ctx.client, cached, rest[:count], rest[count:], read_only=read_only).reply


def number_of_keys(numkeys: bytes, rest: Sequence[bytes], not_a_number: str = NOT_AN_INTEGER) -> int:
    """How many of the arguments are keys.

    Args:
        not_a_number: what is said of a text that is none.

    Raises:
        CommandError: it is none, or there are not so many arguments.
    """
    count = decode_int(numkeys, not_a_number)
    if count > len(rest):
        raise CommandError("ERR Number of keys can't be greater than number of args")
    if count < 0:
        raise CommandError("ERR Number of keys can't be negative")
    return count


def _cached(ctx: Ctx, sha: bytes) -> CachedScript:
    script = ctx.engine.scripts.cache.find(sha)
    if script is None:
        raise CommandError(ctx.dialect.noscript)
    return script
