"""What all collection types share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from redis_tui.engine.config import Config


class Collection:
    """A value of one key that holds elements. An empty one does not stay in a database, but for a stream."""

    __slots__ = ()

    type_name: ClassVar[str] = "none"
    """What TYPE answers: ``list set hash zset stream``."""
    stays_empty: ClassVar[bool] = False
    """A key may hold it without elements."""

    of_module: ClassVar[bool] = False
    """A server's module owns it: it cannot be copied, and DUMP does not write it."""

    lapses: ClassVar[bool] = False
    """Parts of it have a time to live of their own: a database visits it in the active cycle."""

    def __len__(self) -> int:
        raise TypeError  # every type counts in its own way

    def copy(self) -> Self:
        """An independent copy, for the journal and COPY."""
        raise TypeError

    def digest_parts(self) -> Iterable[bytes]:
        """Texts that make the value up, in order, for DEBUG DIGEST; asked of types that it has no rule for."""
        return ()

    def enter(self, now_ms: int, lapse: Callable[[int], None] | None) -> None:
        """Begins a command, for a value some of whose parts `lapses`; see `TimedHash.enter`."""

    def due(self, now_ms: int, limit: int) -> int:  # noqa: ARG002  # for those that have parts with a time to live
        """Removes parts whose time has run out, at most so many; how many went."""
        return 0

    def walk(self, cursor: int, count: int) -> tuple[int, list[bytes]]:  # noqa: ARG002  # for those that are walked
        """The next elements of an HSCAN, SSCAN or ZSCAN; a compact one is walked over at once.

        Args:
            cursor: 0 to begin, else what the last call returned.
            count: about how many to look at.

        Returns:
            The next cursor, 0 at the end, and the elements.
        """
        raise TypeError

    def is_timed(self) -> bool:
        """Whether a part of it has a time to live now."""
        return False

    def encoding(self, config: Config) -> str:  # noqa: ARG002  # for those that derive it from thresholds
        """What OBJECT ENCODING answers."""
        raise TypeError


Value = bytes | bytearray | Collection
"""What a key may hold."""


def type_name(value: Value | None) -> str:
    """What TYPE answers for a value; ``none`` for no value."""
    if value is None:
        return "none"
    return value.type_name if isinstance(value, Collection) else "string"
