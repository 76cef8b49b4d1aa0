"""MULTI and its kin: what was queued runs in one piece, at one moment.

What may be queued is the engine's gate, not decided here. The decision a reader would
question: the transaction stays open while EXEC runs it, because that is what CLIENT LIST
shows on a server (``multi=3``, ``flags=x``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.registry import command
from redis_tui.errors import CommandError
from redis_tui.resp.types import NULL_ARRAY, OK, ErrorReply, Reply
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from redis_tui.engine.client import Transaction
    from redis_tui.engine.context import Ctx

_EXEC = CommandFlag.NOSCRIPT | CommandFlag.LOADING | CommandFlag.STALE
_AROUND = _EXEC | CommandFlag.FAST | CommandFlag.ALLOW_BUSY


@command("MULTI", since="1.2.0", flags=_AROUND, complexity="O(1)")
def multi(ctx: Ctx) -> Reply:
    """Starts a transaction."""
    if ctx.client.transaction is not None:
        raise CommandError("ERR MULTI calls can not be nested")
    ctx.client.begin()
    return OK


@command(
    "EXEC",
    since="1.2.0",
    flags=_EXEC | CommandFlag.SKIP_SLOWLOG,
    complexity="Depends on commands in the transaction",
)
def exec_(ctx: Ctx) -> Reply:
    """Executes all commands in a transaction."""
    client = ctx.client
    transaction = client.transaction
    if transaction is None:
        raise CommandError("ERR EXEC without MULTI")
    for db, key in tuple(client.watched):
        db.peek(key)  # a watched key whose time has run out goes now, and breaks the watch
    try:
        if transaction.broken:
            raise CommandError("EXECABORT Transaction discarded because of previous errors.")
        if client.watch_broken:
            return NULL_ARRAY
        client.unwatch()
        return _run(ctx, transaction)
    finally:
        client.discard()


def _run(ctx: Ctx, transaction: Transaction) -> Reply:
    engine, client = ctx.engine, ctx.client
    frozen, engine.time_frozen = engine.time_frozen, True
    if engine.dialect.is_valkey:
        client.executed = transaction.queue
    replies: list[Reply] = []
    try:
        for queued, argv in transaction.queue:
            ctx.resp = client.resp  # HELLO may stand among them
            revoked = engine.acl.revoked(client, queued, argv) if client.account.restricted else None
            if revoked is not None:
                replies.append(ErrorReply(revoked))
                continue
            args = argv[1 + queued.name.count("|") :]
            if queued.runs_scripts and engine.monitors:
                engine.feed_monitors(client, queued, argv)  # ahead of what the script will call
            replies.append(engine.call(client, queued, args, argv))
    finally:
        engine.time_frozen = frozen
    return replies


@command("DISCARD", since="2.0.0", flags=_AROUND, complexity="O(N), when N is the number of queued commands")
def discard(ctx: Ctx) -> Reply:
    """Discards a transaction."""
    if ctx.client.transaction is None:
        raise CommandError("ERR DISCARD without MULTI")
    ctx.client.discard()
    return OK


@command("WATCH key [key ...]", since="2.2.0", flags=_AROUND, complexity="O(1) for every key.")
def watch(ctx: Ctx, keys: list[bytes]) -> Reply:
    """Monitors changes to keys to determine the execution of a transaction."""
    client = ctx.client
    if client.transaction is not None:
        raise CommandError("ERR WATCH inside MULTI is not allowed")
    for key in keys:
        ctx.peek(key)  # one that is due already counts as missing from here on
        client.watch(ctx.db, key)
    return OK


@command("UNWATCH", since="2.2.0", flags=_AROUND, complexity="O(1)")
def unwatch(ctx: Ctx) -> Reply:
    """Forgets about watched keys of a transaction."""
    ctx.client.unwatch()
    return OK
