"""Replication and modules, as a server answers them that has no replica and loads nothing.

The decision a reader would question: REPLICAOF a host is refused. A server would connect and
wait; here nothing ever would, and a client must not believe that its data goes anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.module_list import modules
from redis_tui.engine.registry import command, container
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import OK, Reply
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
_NO_REPLICAS = "ERR Replication is not supported here: this server keeps its data to itself."

container(
    "module",
    "A container for module commands.",
    since="4.0.0",
    group="server",
)


@command("REPLICAOF <host port | NO ONE>", since="5.0.0", flags=_REPLICAOF, complexity="O(1)", group="server", arity=3)
def replicaof(_ctx: Ctx, rest: Rest) -> Reply:
    """Configures a server as replica of another, or promotes it to a master."""
    return _replicate(rest)


@command("SLAVEOF <host port | NO ONE>", since="1.0.0", flags=_REPLICAOF, complexity="O(1)", group="server", arity=3)
def slaveof(_ctx: Ctx, rest: Rest) -> Reply:
    """Sets a Redis server as a replica of another, or promotes it to being a master."""
    return _replicate(rest)


def _replicate(rest: list[bytes]) -> Reply:
    host, port = rest
    if host.lower() == b"no" and port.lower() == b"one":
        return OK
    if not 0 <= decode_int(port, "ERR Invalid master port") <= 65535:
        raise CommandError("ERR Invalid master port")
    raise CommandError(_NO_REPLICAS)


@command(
    "REPLCONF",
    since="3.0.0",
    flags=CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.LOADING | CommandFlag.STALE | CommandFlag.ALLOW_BUSY,
    complexity="O(1)",
    group="server",
    arity=-1,
)
def replconf(_ctx: Ctx, rest: Rest) -> Reply:
    """An internal command for configuring the replication stream."""
    if len(rest) % 2:
        raise SyntaxFault
    return OK


@command("PSYNC replicationid offset", since="2.8.0", flags=_SYNC, group="server", arity=-3)
def psync(_ctx: Ctx, rest: Rest) -> Reply:  # noqa: ARG001  # whatever was asked
    """An internal command used in replication."""
    raise CommandError(_NO_REPLICAS)


@command("SYNC", since="1.0.0", flags=_SYNC, group="server")
def sync(_ctx: Ctx) -> Reply:
    """An internal command used in replication."""
    raise CommandError(_NO_REPLICAS)


@command(
    "FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]",
    since="6.2.0",
    flags=CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.STALE,
    complexity="O(1)",
    group="server",
)
def failover(_ctx: Ctx, rest: Rest) -> Reply:
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
