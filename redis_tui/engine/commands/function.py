"""FUNCTION and FCALL: libraries of functions, and calls of them.

How a library is loaded and a function run is up to `engine.scripts`; here are words and replies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine import function_dump
from redis_tui.engine.commands.scripting import EVAL, EVAL_RO, kill_running, number_of_keys
from redis_tui.engine.glob import compile_glob
from redis_tui.engine.lazyfree import many_freed_late
from redis_tui.engine.registry import command, container
from redis_tui.errors import CommandError, SubcommandFault
from redis_tui.resp.types import OK, Map, Reply, SetReply, Status
from redis_tui.scripting.script import FLAGS
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.scripting.functions import Function, Library
    from redis_tui.spec.bind import Rest

_WRITES = CommandFlag.WRITE | CommandFlag.NOSCRIPT
_LOADS = _WRITES | CommandFlag.DENYOOM
_BUSY = CommandFlag.NOSCRIPT | CommandFlag.ALLOW_BUSY
_POLICIES = (b"append", b"replace", b"flush")

container("function", "A container for function commands.", since="7.0.0", group="scripting")


@command(
    "FCALL function numkeys [key [key ...]] [arg [arg ...]]",
    since="7.0.0",
    flags=EVAL,
    complexity="Depends on the function that is executed.",
    group="scripting",
)
def fcall(ctx: Ctx, function: bytes, numkeys: bytes, rest: Rest) -> Reply:
    """Invokes a function."""
    return _call(ctx, (ctx.client.spelled, function, numkeys, *rest), read_only=False)


@command(
    "FCALL_RO function numkeys [key [key ...]] [arg [arg ...]]",
    since="7.0.0",
    flags=EVAL_RO,
    complexity="Depends on the function that is executed.",
    group="scripting",
)
def fcall_ro(ctx: Ctx, function: bytes, numkeys: bytes, rest: Rest) -> Reply:
    """Invokes a read-only function."""
    return _call(ctx, (ctx.client.spelled, function, numkeys, *rest), read_only=True)


@command(
    "FUNCTION LOAD [REPLACE] function-code",
    since="7.0.0",
    flags=_LOADS,
    complexity="O(1) (considering compilation time is redundant)",
    group="scripting",
)
def function_load(ctx: Ctx, rest: Rest) -> Reply:
    """Creates a library."""
    *options, code = rest
    for option in options:
        if option.lower() != b"replace":
            raise CommandError(b"ERR Unknown option given: %b" % option)
    library = ctx.engine.scripts.load_library(ctx.client, code, replace=bool(options))
    ctx.space.dirty += 1
    return library.name


@command("FUNCTION DELETE library-name", since="7.0.0", flags=_WRITES, complexity="O(1)", group="scripting")
def function_delete(ctx: Ctx, library_name: bytes) -> Reply:
    """Deletes a library and its functions."""
    if not ctx.engine.scripts.functions.remove(library_name):
        raise CommandError("ERR Library not found")
    ctx.space.dirty += 1
    return OK


@command(
    "FUNCTION FLUSH [ASYNC | SYNC]",
    since="7.0.0",
    flags=_WRITES,
    complexity="O(N) where N is the number of functions deleted",
    group="scripting",
)
def function_flush(ctx: Ctx, rest: Rest) -> Reply:
    """Deletes all libraries and functions."""
    # Both words mean the same here: there is no other thread to leave the work to.
    _at_most(rest, 1)
    if rest and rest[0].lower() not in (b"async", b"sync"):
        raise CommandError("ERR FUNCTION FLUSH only supports SYNC|ASYNC option")
    scripts = ctx.engine.scripts
    late = many_freed_late(scripts.functions.function_count, rest, ctx.config)
    # Redis 8 leaves the engine's Lua to the thread as well: FUNCTION FLUSH ASYNC of 128 functions counts 129.
    ctx.engine.stats.freed_late += late + (late > 0 and ctx.dialect.name == "redis-8")
    scripts.flush_functions()
    ctx.space.dirty += 1
    return OK


@command(
    "FUNCTION LIST [LIBRARYNAME library-name-pattern] [WITHCODE]",
    since="7.0.0",
    flags=CommandFlag.NOSCRIPT,
    complexity="O(N) where N is the number of functions",
    group="scripting",
)
def function_list(ctx: Ctx, rest: Rest) -> Reply:
    """Returns information about all libraries."""
    pattern, with_code = None, False
    words = iter(rest)
    for word in words:
        lowered = word.lower()
        if lowered == b"withcode" and not with_code:
            with_code = True
        elif lowered == b"libraryname" and pattern is None:
            pattern = next(words, None)
            if pattern is None:
                raise CommandError("ERR library name argument was not given")
        else:
            raise CommandError(b"ERR Unknown argument %b" % word)
    libraries = list(ctx.engine.scripts.functions.libraries.values())
    if pattern is not None:
        match = compile_glob(pattern.lower()).match
        libraries = [library for library in libraries if match(library.name.lower())]
    return [_listed(library, with_code=with_code) for library in libraries]


@command("FUNCTION STATS", since="7.0.0", flags=_BUSY, complexity="O(1)", group="scripting")
def function_stats(ctx: Ctx) -> Reply:
    """Returns information about a function during execution."""
    scripts = ctx.engine.scripts
    running = scripts.current
    if running is not None and not running.is_function:
        raise CommandError(scripts.busy_text)
    shown: Reply = None
    if running is not None:
        shown = Map(
            [
                (b"name", running.script.label),
                (b"command", list(running.command)),
                (b"duration_ms", int(running.elapsed_ms)),
            ]
        )
    kept = scripts.functions
    counts = Map([(b"libraries_count", len(kept.libraries)), (b"functions_count", kept.function_count)])
    return Map([(b"running_script", shown), (b"engines", Map([(b"LUA", counts)]))])


@command("FUNCTION KILL", since="7.0.0", flags=_BUSY, complexity="O(1)", group="scripting")
def function_kill(ctx: Ctx) -> Reply:
    """Terminates a function during execution."""
    return kill_running(ctx, function=True)


@command(
    "FUNCTION DUMP",
    since="7.0.0",
    flags=CommandFlag.NOSCRIPT,
    complexity="O(N) where N is the number of functions",
    group="scripting",
)
def function_dump_(ctx: Ctx) -> Reply:
    """Dumps all libraries into a serialized binary payload."""
    codes = [library.code for library in ctx.engine.scripts.functions.libraries.values()]
    return function_dump.dump(codes, ctx.dialect, compress=ctx.config.enabled("rdbcompression"))


@command(
    "FUNCTION RESTORE serialized-value [FLUSH | APPEND | REPLACE]",
    since="7.0.0",
    flags=_LOADS,
    complexity="O(N) where N is the number of functions on the payload",
    group="scripting",
)
def function_restore(ctx: Ctx, rest: Rest) -> Reply:
    """Restores all libraries from a payload."""
    _at_most(rest, 2)
    policy = rest[1].lower() if len(rest) > 1 else b"append"
    if policy not in _POLICIES:
        raise CommandError("ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.")
    scripts = ctx.engine.scripts
    libraries = scripts.make_libraries(ctx.client, function_dump.load(rest[0], ctx.dialect))
    if policy == b"flush":
        scripts.functions.clear()
    scripts.functions.join(libraries, replace=policy == b"replace")
    ctx.space.dirty += 1
    return OK


def _call(ctx: Ctx, argv: Sequence[bytes], *, read_only: bool) -> Reply:
    scripts = ctx.engine.scripts
    function = scripts.functions.find(argv[1])
    if function is None:
        raise CommandError("ERR Function not found")
    rest = argv[3:]
    count = number_of_keys(argv[2], rest, "ERR Bad number of keys provided")
    scripts.check_flags(function, read_only=read_only)
    return scripts.call(ctx.client, function, rest[:count], rest[count:], command=argv, read_only=read_only).reply


def _listed(library: Library, *, with_code: bool) -> Map:
    pairs: list[tuple[Reply, Reply]] = [
        (b"library_name", library.name),
        (b"engine", b"LUA"),
        (b"functions", [_described(function) for function in library.functions.values()]),
    ]
    if with_code:
        pairs.append((b"library_code", library.code))
    return Map(pairs)


def _described(function: Function) -> Map:
    flags = SetReply(Status(name) for name, flag in FLAGS.items() if flag in function.flags)
    return Map([(b"name", function.name), (b"description", function.description), (b"flags", flags)])


def _at_most(rest: Sequence[bytes], count: int) -> None:
    if len(rest) > count:
        raise SubcommandFault
