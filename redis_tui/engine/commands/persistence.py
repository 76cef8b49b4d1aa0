"""Saving: SAVE, BGSAVE and their kin. When and how files are written is `engine.persistence`'s.

The decision a reader would question: BGREWRITEAOF answers as a server does and writes nothing,
since there is no append-only file here; clients that send it at start-up must not fail.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.registry import command
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import OK, Reply, Status
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_SAVING: Final = CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.NO_ASYNC_LOADING
_UNDER_WAY: Final = "ERR Background save already in progress"
_RELOAD_OPTIONS: Final = {b"NOSAVE": "save", b"NOFLUSH": "flush", b"MERGE": "merge"}


@command(
    "SAVE",
    since="1.0.0",
    flags=_SAVING | CommandFlag.NO_MULTI,
    complexity="O(N) where N is the total number of keys in all databases",
    group="server",
)
def save(ctx: Ctx) -> Reply:
    """Synchronously saves the database(s) to disk."""
    persistence = ctx.engine.persistence
    if persistence.is_saving:
        raise CommandError(_UNDER_WAY)
    if not persistence.save():
        raise CommandError(persistence.why_not)
    return OK


@command(
    "BGSAVE [SCHEDULE]",
    since="1.0.0",
    flags=_SAVING,
    complexity="O(1)",
    group="server",
    usages={"valkey-9": "BGSAVE [SCHEDULE | CANCEL]"},
)
def bgsave(ctx: Ctx, rest: Rest) -> Reply:
    """Asynchronously saves the database(s) to disk."""
    persistence = ctx.engine.persistence
    if rest:
        if ctx.dialect.at_least("99", valkey="8.1.0") and len(rest) == 1 and rest[0].upper() == b"CANCEL":
            return _cancel(ctx)
        if len(rest) > 1 or rest[0].upper() != b"SCHEDULE":
            raise SyntaxFault
    if persistence.is_saving:
        raise CommandError(_UNDER_WAY)
    if ctx.engine.time_frozen:  # inside of EXEC
        persistence.scheduled = True
        return Status(b"Background saving scheduled")
    persistence.begin()
    return Status(b"Background saving started")


def _cancel(ctx: Ctx) -> Reply:
    persistence = ctx.engine.persistence
    if persistence.abort():
        return Status(b"Background saving cancelled")
    if persistence.scheduled:
        persistence.scheduled = False
        return Status(b"Scheduled background saving cancelled")
    raise CommandError("ERR Background saving is currently not in progress or scheduled")


@command(
    "LASTSAVE",
    since="1.0.0",
    flags=CommandFlag.LOADING | CommandFlag.STALE | CommandFlag.FAST,
    complexity="O(1)",
    group="server",
)
def lastsave(ctx: Ctx) -> Reply:
    """Returns the Unix timestamp of the last successful save to disk."""
    ctx.engine.persistence.poll()
    return ctx.engine.persistence.last_save_s


@command("BGREWRITEAOF", since="1.0.0", flags=_SAVING, complexity="O(1)", group="server")
def bgrewriteaof(ctx: Ctx) -> Reply:
    """Asynchronously rewrites the append-only file to disk."""
    ctx.engine.persistence.rewritten = True
    waits = ctx.engine.time_frozen or ctx.engine.persistence.is_saving
    return Status(b"Background append only file rewriting " + (b"scheduled" if waits else b"started"))


def debug_reload(ctx: Ctx, args: Sequence[bytes]) -> Reply:
    """Saves and loads again, as DEBUG RELOAD does."""
    chosen = {"save": True, "flush": True, "merge": False}
    for word in args:
        name = _RELOAD_OPTIONS.get(word.upper())
        if name is None:
            raise CommandError("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.")
        chosen[name] = name == "merge"
    persistence = ctx.engine.persistence
    if chosen["save"]:
        persistence.abort()
        if not persistence.save():
            raise CommandError("ERR")
    if not persistence.reload(flush=chosen["flush"], merge=chosen["merge"]):
        raise CommandError("ERR Error trying to load the RDB dump, check server logs.")
    return OK


def debug_loadaof(ctx: Ctx) -> Reply:
    """Loads what an append-only file would hold, as DEBUG LOADAOF does."""
    if not ctx.engine.persistence.replay():
        raise CommandError("ERR Error trying to load the AOF files, check server logs.")
    return OK
