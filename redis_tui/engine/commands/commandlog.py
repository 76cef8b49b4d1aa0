"""SLOWLOG, and COMMANDLOG, which is its heir in Valkey: three logs under one name.

The logs themselves are `engine.command_log` and `engine.large_log`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.registry import command, container
from redis_tui.errors import CommandError, SubcommandFault
from redis_tui.resp.types import OK, Reply
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from redis_tui.engine.command_log import CommandLog
    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_ADMIN = CommandFlag.ADMIN | CommandFlag.LOADING | CommandFlag.STALE
_SHOWN = 10
_NO_COUNT = "ERR count should be greater than or equal to -1"
_NO_TYPE = "ERR type should be one of the following: slow, large-request, large-reply"
_TYPE = "<SLOW | LARGE-REQUEST | LARGE-REPLY>"

container("slowlog", "A container for slow log commands.", since="2.2.12", group="server")
container("commandlog", "A container for command log commands.", since="8.1.0", group="server", only="valkey")


@command(
    "SLOWLOG GET [count]",
    since="2.2.12",
    flags=_ADMIN,
    complexity="O(N) where N is the number of entries returned",
    group="server",
)
def slowlog_get(ctx: Ctx, rest: Rest) -> Reply:
    """Returns the slow log's entries."""
    if len(rest) > 1:
        raise SubcommandFault
    return _newest(ctx.engine.slowlog, _count(rest[0]) if rest else _SHOWN)


@command("SLOWLOG LEN", since="2.2.12", flags=_ADMIN, complexity="O(1)", group="server")
def slowlog_len(ctx: Ctx) -> Reply:
    """Returns the number of entries in the slow log."""
    return len(ctx.engine.slowlog)


@command(
    "SLOWLOG RESET",
    since="2.2.12",
    flags=_ADMIN,
    complexity="O(N) where N is the number of entries in the slowlog",
    group="server",
)
def slowlog_reset(ctx: Ctx) -> Reply:
    """Clears all entries from the slow log."""
    ctx.engine.slowlog.reset()
    return OK


@command(
    f"COMMANDLOG GET count {_TYPE}",
    since="8.1.0",
    flags=_ADMIN,
    complexity="O(N) where N is the number of entries returned",
    only="valkey",
    group="server",
)
def commandlog_get(ctx: Ctx, count: bytes, kind: bytes) -> Reply:
    """Returns the specified command log's entries."""
    wanted = _count(count)
    return _newest(_log(ctx, kind), wanted)


@command(f"COMMANDLOG LEN {_TYPE}", since="8.1.0", flags=_ADMIN, complexity="O(1)", only="valkey", group="server")
def commandlog_len(ctx: Ctx, kind: bytes) -> Reply:
    """Returns the number of entries in the specified type of command log."""
    return len(_log(ctx, kind))


@command(
    f"COMMANDLOG RESET {_TYPE}",
    since="8.1.0",
    flags=_ADMIN,
    complexity="O(N) where N is the number of entries in the commandlog",
    only="valkey",
    group="server",
)
def commandlog_reset(ctx: Ctx, kind: bytes) -> Reply:
    """Clears all entries from the specified type of command log."""
    _log(ctx, kind).reset()
    return OK


def _count(text: bytes) -> int:
    """How many entries are wanted; -1 for all."""
    count = decode_int(text, _NO_COUNT)
    if count < -1:
        raise CommandError(_NO_COUNT)
    return count


def _log(ctx: Ctx, kind: bytes) -> CommandLog:
    engine = ctx.engine
    logs = {b"slow": engine.slowlog, b"large-request": engine.large.requests, b"large-reply": engine.large.replies}
    log = logs.get(kind.lower())
    if log is None:
        raise CommandError(_NO_TYPE)
    return log


def _newest(log: CommandLog, count: int) -> Reply:
    return [
        [one.id, one.unix_time, one.measure, list(one.argv), one.client_addr, one.client_name]
        for one in log.newest(count)
    ]
