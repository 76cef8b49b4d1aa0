"""CONFIG: what the server's parameters are, and how they change.

The decision a reader would question: CONFIG REWRITE always refuses, as a server does that was
started without a file; nothing here is read from one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.registry import command, container
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.resp.types import OK, Map, Reply
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.spec.bind import Rest

_FLAGS = CommandFlag.ADMIN | CommandFlag.NOSCRIPT | CommandFlag.LOADING | CommandFlag.STALE
_PER_PARAMETER = "O(N) when N is the number of configuration parameters provided"

container("config", "A container for server configuration commands.", since="2.0.0", group="server")


@command(
    "CONFIG GET parameter [parameter ...]",
    since="2.0.0",
    flags=_FLAGS,
    complexity=_PER_PARAMETER,
    group="server",
)
def config_get(ctx: Ctx, parameters: list[bytes]) -> Reply:
    """Returns the effective values of configuration parameters."""
    found = ctx.config.matching([one.decode("latin-1") for one in parameters])
    return Map([(name.encode("latin-1"), text.encode("latin-1")) for name, text in found])


@command(
    "CONFIG SET parameter value [parameter value ...]",
    since="2.0.0",
    flags=_FLAGS,
    complexity=_PER_PARAMETER,
    group="server",
)
def config_set(ctx: Ctx, rest: Rest) -> Reply:
    """Sets configuration parameters in-flight."""
    if len(rest) % 2:
        raise SyntaxFault
    words = [word.decode("latin-1") for word in rest]
    ctx.config.set_many(list(zip(words[::2], words[1::2], strict=True)))
    return OK


@command("CONFIG RESETSTAT", since="2.0.0", flags=_FLAGS, complexity="O(1)", group="server")
def config_resetstat(ctx: Ctx) -> Reply:
    """Resets the server's statistics."""
    ctx.engine.stats.reset()
    ctx.engine.client_memory.evicted = ctx.engine.eviction.evicted = ctx.engine.scripts.cache.evicted = 0
    ctx.space.hits = ctx.space.misses = ctx.space.expired = ctx.space.expired_fields = 0
    return OK


@command("CONFIG REWRITE", since="2.8.0", flags=_FLAGS, complexity="O(1)", group="server")
def config_rewrite(_ctx: Ctx) -> Reply:
    """Persists the effective configuration to file."""
    raise CommandError("ERR The server is running without a config file")
