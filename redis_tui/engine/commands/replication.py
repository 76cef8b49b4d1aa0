"""Replication and modules, as a server answers them that has no replica and loads nothing.

REPLICAOF makes a replica that never finds its master; what that means is `engine.replication`'s.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from redis_tui.engine.module_list import modules
from redis_tui.engine.registry import command, container, printable
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import OK, Reply, Status
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.decode import Options, decode_int

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_REPLICAOF = CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.STALE | CommandFlag.NO_ASYNC_LOADING
_SYNC = CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.NO_ASYNC_LOADING | CommandFlag.NO_MULTI
_MODULE = CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.NO_ASYNC_LOADING
_NO_MODULES = (
    'ERR MODULE command not allowed. If the enable-module-command option is set to "local", you can run it from a '
    "local connection, otherwise you need to set this option in the configuration file, and then restart the server."
)
_REPLCONF_NUMBERS: Final = frozenset({b"listening-port", b"rdb-only"})
_REPLCONF_TEXTS: Final = frozenset({b"ip-address", b"capa", b"ack", b"getack"})
_VERSION: Final = re.compile(rb"\d+\.\d+\.\d+")
_NO_REPLICAS = "ERR Replication is not supported here: this server keeps its data to itself."
_NO_LINK = "NOMASTERLINK Can't SYNC while not connected with my master"

container(
    "module",
    "A container for module commands.",
    since="4.0.0",
    group="server",
)


@command("REPLICAOF <host port | NO ONE>", since="5.0.0", flags=_REPLICAOF, complexity="O(1)", group="server", arity=3)
def replicaof(ctx: Ctx, rest: Rest) -> Reply:
    """Configures a server as replica of another, or promotes it to a master."""
    return _replicate(ctx, rest)


@command("SLAVEOF <host port | NO ONE>", since="1.0.0", flags=_REPLICAOF, complexity="O(1)", group="server", arity=3)
def slaveof(ctx: Ctx, rest: Rest) -> Reply:
    """Sets a Redis server as a replica of another, or promotes it to being a master."""
    return _replicate(ctx, rest)


def _replicate(ctx: Ctx, rest: list[bytes]) -> Reply:
    host, port = rest
    if host.lower() == b"no" and port.lower() == b"one":
        ctx.engine.replication.lead()
        return OK
    number = decode_int(port, "ERR Invalid master port")
    if not 0 <= number <= 65535:
        raise CommandError("ERR Invalid master port")
    if not ctx.engine.replication.follow(host, number):
        return Status(b"OK Already connected to specified master")
    return OK


def _synced(ctx: Ctx) -> Reply:
    raise CommandError(_NO_REPLICAS if ctx.engine.replication.master is None else _NO_LINK)


@command(
    "REPLCONF",
    since="3.0.0",
    flags=CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.LOADING | CommandFlag.STALE | CommandFlag.ALLOW_BUSY,
    complexity="O(1)",
    group="server",
    arity=-1,
)
def replconf(ctx: Ctx, rest: Rest) -> Reply:
    """An internal command for configuring the replication stream."""
    if len(rest) % 2:
        raise SyntaxFault
    for option, value in zip(rest[::2], rest[1::2], strict=True):
        _check_replconf(option, value, valkey=ctx.engine.dialect.is_valkey)
    return OK


def _check_replconf(option: bytes, value: bytes, *, valkey: bool) -> None:
    name = option.lower()
    if name in _REPLCONF_NUMBERS:
        decode_int(value)
    elif name == b"rdb-filter-only":
        for part in value.split():
            if part.lower() != b"functions":
                raise CommandError(b"ERR Unsupported rdb-filter-only option: " + printable(part))
    elif name == b"version" and valkey:
        if not _VERSION.fullmatch(value):
            raise CommandError(b"ERR Unrecognized version format: " + printable(value))
    elif name not in _REPLCONF_TEXTS:
        raise CommandError(b"ERR Unrecognized REPLCONF option: " + printable(option))


@command("PSYNC replicationid offset", since="2.8.0", flags=_SYNC, group="server", arity=-3)
def psync(ctx: Ctx, rest: Rest) -> Reply:  # noqa: ARG001  # whatever was asked
    """An internal command used in replication."""
    return _synced(ctx)


@command("SYNC", since="1.0.0", flags=_SYNC, group="server")
def sync(ctx: Ctx) -> Reply:
    """An internal command used in replication."""
    return _synced(ctx)


@command(
    "FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]",
    since="6.2.0",
    flags=CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.STALE,
    complexity="O(1)",
    group="server",
)
def failover(ctx: Ctx, rest: Rest) -> Reply:
    """Starts a coordinated failover from a server to one of its replicas."""
    if len(rest) == 1 and rest[0].lower() == b"abort":
        raise CommandError("ERR No failover in progress.")
    options = Options(rest)
    while options:
        word = options.take_word()
        if word == b"TO":
            options.take()
            options.take_int()
        elif word == b"TIMEOUT":
            options.take_int()
        elif word != b"FORCE":
            raise SyntaxFault
    if ctx.engine.replication.master is not None:
        raise CommandError("ERR FAILOVER is not valid when server is a replica.")
    raise CommandError("ERR FAILOVER requires connected replicas.")


@command(
    "MODULE LIST",
    since="4.0.0",
    flags=CommandFlag.ADMIN | CommandFlag.NOSCRIPT,
    complexity="O(N) where N is the number of loaded modules.",
    group="server",
)
def module_list(ctx: Ctx) -> Reply:
    """Returns all loaded modules."""
    return modules(ctx.dialect)


@command("MODULE LOAD path [arg [arg ...]]", since="4.0.0", flags=_MODULE, complexity="O(1)", group="server")
def module_load(_ctx: Ctx, rest: Rest) -> Reply:  # noqa: ARG001  # whatever was asked
    """Loads a module."""
    raise CommandError(_NO_MODULES)


@command(
    "MODULE LOADEX path [CONFIG name value [CONFIG name value ...]] [ARGS args [args ...]]",
    since="7.0.0",
    flags=_MODULE,
    complexity="O(1)",
    group="server",
    arity=-3,
)
def module_loadex(_ctx: Ctx, rest: Rest) -> Reply:  # noqa: ARG001  # whatever was asked
    """Loads a module using extended parameters."""
    raise CommandError(_NO_MODULES)


@command("MODULE UNLOAD name", since="4.0.0", flags=_MODULE, complexity="O(1)", group="server")
def module_unload(_ctx: Ctx, rest: Rest) -> Reply:  # noqa: ARG001  # whatever was asked
    """Unloads a module."""
    raise CommandError(_NO_MODULES)
