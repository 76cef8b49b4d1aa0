"""Up to which size a collection keeps its compact encoding.

Knows parameter names, no type and no command. The decision a reader would question: a
`Limits` is kept up to date by a listener and held by the collections that ask it, because
asking the configuration anew at each SADD would cost more than the SADD itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from redis_tui.engine.config import Config

_UNLIMITED = 2**63
_NODE_BYTES = {-1: 4096, -2: 8192, -3: 16384, -4: 32768, -5: 65536}
_SAFETY_BYTES = 8192
"""Of a listpack whose elements are limited by count."""


class Limits:
    """The thresholds of one type in one engine.

    Args:
        config: where they stand; its later changes are followed.
        prefix: ``hash``, ``list``, ``set`` or ``zset``, as the parameters' names begin.
    """

    __slots__ = ("entries", "intset", "node_bytes", "value")

    def __init__(self, config: Config, prefix: str) -> None:
        self.entries = _UNLIMITED
        """Most elements of a listpack."""
        self.value = _UNLIMITED
        """Longest element of a listpack, in bytes."""
        self.intset = 0
        """Most elements of an intset; sets only."""
        self.node_bytes = _UNLIMITED
        """Most bytes of a listpack; lists only."""

        def refresh() -> None:
            if prefix == "list":
                fill = config.number("list-max-listpack-size")
                self.node_bytes = _SAFETY_BYTES if fill >= 0 else _NODE_BYTES[max(fill, min(_NODE_BYTES))]
                self.entries = max(fill, 1) if fill >= 0 else _UNLIMITED
                return
            self.entries = config.number(f"{prefix}-max-listpack-entries")
            self.value = config.number(f"{prefix}-max-listpack-value")
            if prefix == "set":
                self.intset = config.number("set-max-intset-entries")

        config.subscribe(refresh)


_KNOWN: WeakKeyDictionary[Config, dict[str, Limits]] = WeakKeyDictionary()


def limits_of(config: Config, prefix: str) -> Limits:
    """The thresholds of a type under a configuration; the same object for the same question."""
    by_prefix = _KNOWN.setdefault(config, {})
    if prefix not in by_prefix:
        by_prefix[prefix] = Limits(config, prefix)
    return by_prefix[prefix]
