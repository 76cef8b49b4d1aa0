"""What a server would leave to a thread of its own to free, for INFO's lazyfreed_objects.

Nothing is freed late here: Python frees a value as soon as it is dropped. The decision a
reader would question: it is counted all the same, because clients and tests read from the
counter whether UNLINK and FLUSHDB ASYNC were what they had meant to call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.types.base import Collection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.config import Config
    from redis_tui.engine.types.base import Value

_WORTH_A_THREAD: Final = 64
"""More allocations than this are not freed at once."""
_NODE_BYTES: Final = 8192
_OF_MANY_PIECES: Final = ("hashtable", "skiplist")


def many_freed_late(count: int, words: Sequence[bytes], config: Config) -> int:
    """How many of the scripts or functions that a FLUSH forgets are left to the thread: all, or none.

    Args:
        count: as many as there are.
        words: ASYNC or SYNC, as it was typed; without either the configuration decides.
        config: the configuration.
    """
    is_late = words[0].lower() == b"async" if words else config.enabled("lazyfree-lazy-user-flush")
    return count if is_late and count > _WORTH_A_THREAD else 0


def is_freed_late(value: Value, config: Config) -> bool:
    """Whether UNLINK would hand this value to the thread."""
    return isinstance(value, Collection) and _pieces(value, config) > _WORTH_A_THREAD


def _pieces(value: Collection, config: Config) -> int:
    """About how many allocations a collection is made of."""
    encoding = value.encoding(config)
    if encoding in _OF_MANY_PIECES:
        return len(value)
    if encoding == "stream":
        return len(value) // max(1, config.number("stream-node-max-entries"))
    if encoding == "quicklist":
        return sum(map(len, value.digest_parts())) // _NODE_BYTES
    return 1
