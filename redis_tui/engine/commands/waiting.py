"""WAIT, WAITAOF and MIGRATE: what depends on other servers, where there are none.

The decision a reader would question: an engine has no replicas and opens no connections. So
WAIT counts none, and lets its time pass where some were wanted; MIGRATE finds its target
out of reach, but only after everything that a server checks ahead of connecting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.registry import command
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import Reply, Status
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.spec.decode import Rest

_SINCE_4 = "since Redis 4.0 "
_NO_WAIT = (
    "ERR WAIT cannot be used with replica instances. Please also note that %sif a replica is configured to be writable"
    " (which is not the default) writes to replicas are just local and are not propagated."
)
_NO_WAITAOF = (
    "ERR WAITAOF cannot be used with replica instances. Please also note that writes to replicas are just local and"
    " are not propagated."
)
_NOT_POSITIVE = "ERR value is out of range, must be positive"


def _timeout_ms(text: bytes) -> int:
    timeout_ms = decode_int(text, "ERR timeout is not an integer or out of range")
    if timeout_ms < 0:
        raise CommandError("ERR timeout is negative")
    return timeout_ms


@command("WAIT numreplicas timeout", since="3.0.0", flags=CommandFlag.BLOCKING, complexity="O(1)", group="generic")
def wait(ctx: Ctx, numreplicas: bytes, timeout: bytes) -> Reply:
    """Blocks until the asynchronous replication of all preceding write commands sent by the connection is completed."""
    if ctx.engine.replication.master is not None:
        raise CommandError(_NO_WAIT % ("" if ctx.dialect.is_valkey else _SINCE_4))
    replicas, timeout_ms = decode_int(numreplicas), _timeout_ms(timeout)
    if replicas <= 0:
        return 0
    return ctx.block([], timeout_ms=timeout_ms, on_timeout=0)


@command(
    "WAITAOF numlocal numreplicas timeout",
    since="7.2.0",
    flags=CommandFlag.BLOCKING,
    complexity="O(1)",
    group="generic",
    flags_in={"redis-7.2": CommandFlag.NOSCRIPT},
)
def waitaof(ctx: Ctx, numlocal: bytes, numreplicas: bytes, timeout: bytes) -> Reply:
    """Blocks until all of the preceding write commands sent by the connection are written to the append-only file of the master and/or replicas."""  # noqa: E501  # the server's own sentence
    local = decode_int(numlocal)
    if local not in (0, 1):
        raise CommandError("ERR value is out of range, value must between 0 and 1")
    replicas = decode_int(numreplicas, _NOT_POSITIVE)
    if replicas < 0:
        raise CommandError(_NOT_POSITIVE)
    timeout_ms = _timeout_ms(timeout)
    if ctx.engine.replication.master is not None:
        raise CommandError(_NO_WAITAOF)
    if local and ctx.config.text("appendonly") == "no":
        raise CommandError("ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.")
    synced: Reply = [local, 0]
    return ctx.block([], timeout_ms=timeout_ms, on_timeout=synced) if replicas else synced


@command(
    "MIGRATE host port key destination-db timeout [COPY] [REPLACE] [AUTH password | AUTH2 username password]"
    " [KEYS key [key ...]]",
    since="2.6.0",
    flags=CommandFlag.WRITE | CommandFlag.MOVABLEKEYS,
    complexity="This command actually executes a DUMP+DEL in the source instance, and a RESTORE in the target instance."
    " See the pages of these commands for time complexity. Also an O(N) data transfer between the two instances is"
    " performed.",
    group="generic",
)
def migrate(ctx: Ctx, rest: Rest) -> Reply:
    """Atomically transfers a key from one Redis instance to another."""
    _host, _port, key, number, timeout, *more = rest
    keys = _moved_keys(key, Options(more))
    decode_int(timeout)
    decode_int(number)
    if not [one for one in keys if ctx.get(one) is not None]:
        return Status(b"NOKEY")
    raise CommandError("IOERR error or timeout writing to target instance")


def _moved_keys(key: bytes, options: Options) -> list[bytes]:
    """The keys that a MIGRATE is about."""
    while options:
        word, left = options.take_word(), len(options)
        if word in (b"COPY", b"REPLACE"):
            continue
        if word == b"AUTH" and left >= 1:
            options.take()
        elif word == b"AUTH2" and left >= 2:
            options.take_many(2)
        elif word == b"KEYS" and key:
            raise CommandError("ERR When using MIGRATE KEYS option, the key argument must be set to the empty string")
        elif word == b"KEYS":
            return options.take_rest()
        else:
            raise SyntaxFault
    return [key]
