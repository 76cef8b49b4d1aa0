"""CLIENT's subcommands that reach into the flow of commands: PAUSE, REPLY, UNBLOCK, and MONITOR beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from redis_tui.engine.client import Silence
from redis_tui.engine.registry import command
from redis_tui.errors import CommandError
from redis_tui.resp.types import OK, Reply, Several
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_SUB = CommandFlag.NOSCRIPT | CommandFlag.LOADING | CommandFlag.STALE
_ADMIN = _SUB | CommandFlag.ADMIN
_NO_TIMEOUT = "ERR timeout is not an integer or out of range"


@command("CLIENT PAUSE timeout [WRITE | ALL]", since="3.0.0", flags=_ADMIN, complexity="O(1)", group="connection")
def client_pause(ctx: Ctx, rest: Rest) -> Reply:
    """Suspends commands processing."""
    if len(rest) > 2:
        raise CommandError("ERR wrong number of arguments for 'client|pause' command")
    mode = rest[1].lower() if len(rest) == 2 else b"all"
    if mode not in (b"write", b"all"):
        raise CommandError("ERR CLIENT PAUSE mode must be WRITE or ALL")
    timeout_ms = decode_int(rest[0], _NO_TIMEOUT)
    if timeout_ms < 0:
        raise CommandError("ERR timeout is negative")
    now_ms = ctx.engine.clock.now_us() // 1000
    if timeout_ms > 2**63 - 1 - now_ms:
        raise CommandError("ERR timeout is out of range")
    ctx.engine.pause.begin(now_ms + timeout_ms, "all" if mode == b"all" else "write")
    return OK


@command(
    "CLIENT UNPAUSE",
    since="6.2.0",
    flags=_ADMIN,
    complexity="O(N) Where N is the number of paused clients",
    group="connection",
)
def client_unpause(ctx: Ctx) -> Reply:
    """Resumes processing commands from paused clients."""
    ctx.engine.pause.end()
    return OK


@command("CLIENT REPLY <ON | OFF | SKIP>", since="3.2.0", flags=_SUB, complexity="O(1)", group="connection")
def client_reply(ctx: Ctx, mode: Literal["on", "off", "skip"]) -> Reply:
    """Instructs the server whether to reply to commands."""
    client = ctx.client
    if mode == "on":
        client.silence = Silence.NONE
        return OK
    if mode == "off":
        client.silence = Silence.ALL
    elif client.silence is not Silence.ALL:
        client.silence = Silence.NEXT
    return Several()


@command(
    "CLIENT UNBLOCK client-id [TIMEOUT | ERROR]",
    since="5.0.0",
    flags=_ADMIN,
    complexity="O(log N) where N is the number of client connections",
    group="connection",
)
def client_unblock(ctx: Ctx, rest: Rest) -> Reply:
    """Unblocks a client blocked by a blocking command from a different connection."""
    if len(rest) > 2:
        raise CommandError("ERR wrong number of arguments for 'client|unblock' command")
    reason = rest[1].lower() if len(rest) == 2 else b"timeout"
    if reason not in (b"timeout", b"error"):
        raise CommandError("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR")
    target = ctx.engine.clients.get(decode_int(rest[0]))
    return int(target is not None and ctx.engine.blocking.unblock(target, error=reason == b"error"))


@command("MONITOR", since="1.0.0", flags=_ADMIN, group="server")
def monitor(ctx: Ctx) -> Reply:
    """Listens for all requests received by the server in real-time."""
    client = ctx.client
    if ctx.in_script or client.transaction is not None:
        raise CommandError("ERR MONITOR isn't allowed for DENY BLOCKING client")
    client.monitoring = True
    ctx.engine.monitors[client] = None
    client.refresh()
    ctx.engine.refresh()
    return OK
