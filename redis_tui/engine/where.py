"""Which servers have a fact, for tables whose rows differ by server.

A row says ``newer`` where one of a list of versions would be noise; the versions stand here once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from redis_tui.engine.dialect import Dialect

Where = Literal["all", "redis", "redis-8", "redis-7.2", "valkey", "newer", "older"]
"""``newer``: since Redis 8 and Valkey 8; ``older``: what Redis 7.2 and every Valkey have."""


def places(dialect: Dialect) -> frozenset[str]:
    """Every `Where` that holds for a server."""
    newer, valkey = dialect.at_least("8.0.0", valkey="8.0.0"), dialect.is_valkey
    holds: dict[Where, bool] = {
        "all": True,
        "redis": not valkey,
        "redis-8": newer and not valkey,
        "redis-7.2": not newer,
        "valkey": valkey,
        "newer": newer,
        "older": valkey or not newer,
    }
    return frozenset(name for name, is_so in holds.items() if is_so)
