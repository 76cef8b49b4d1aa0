"""The options that XADD and XTRIM share: how much of a stream's head is to go.

Knows no stream. The decision a reader would question: a word that is no option ends XADD's
options, as its id; so what is no id is refused as one, and never as a syntax error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.engine.stream_id import strict_id
from redis_tui.engine.types.stream import Strategy, Trim
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.record import dataclass
from redis_tui.spec.decode import decode_int

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.context import Ctx

_BOTH: Final = "ERR syntax error, MAXLEN and MINID options at the same time are not compatible"
_NODES: Final = 100
"""Nodes that one approximate trim may drop where the caller sets no limit."""
_MOST: Final = 1_000_000
_WITHOUT_NODES: Final = 10_000
_STRATEGIES: Final[dict[bytes, Strategy]] = {b"KEEPREF": "keepref", b"DELREF": "delref", b"ACKED": "acked"}


def strategy_of(word: bytes) -> Strategy | None:
    """The strategy of deletion that a word names, None where it names none."""
    return _STRATEGIES.get(word.upper())


@dataclass(slots=True)
class TrimRequest:
    """Options of one call, as far as they have been read."""

    is_add: bool
    """For XADD: NOMKSTREAM may stand there, and the first word that is no option ends them."""
    length: int | None = None
    below: int | None = None
    is_approximate: bool = False
    limit: int | None = None
    strategy: Strategy | None = None
    makes_stream: bool = True
    """False with NOMKSTREAM."""

    def read(self, ctx: Ctx, args: Sequence[bytes]) -> int:
        """Reads options from the front of the arguments.

        Returns:
            The index of the first argument that is no option.

        Raises:
            CommandError: an option's value is none, or options do not go together.
        """
        at = 0
        while at < len(args):
            taken = self._read_option(ctx, args, at)
            if not taken:
                if self.is_add:
                    break
                raise SyntaxFault
            at += taken
        return at

    def _read_option(self, ctx: Ctx, args: Sequence[bytes], at: int) -> int:
        """Reads one option; how many words it took."""
        word, is_last = args[at].upper(), at + 1 == len(args)
        if word in (b"MAXLEN", b"MINID") and not is_last:
            return 1 + self._read_threshold(word, args[at + 1 :])
        if word == b"LIMIT" and not is_last:
            self.limit = _natural(args[at + 1], "LIMIT")
            return 2
        if word == b"NOMKSTREAM" and self.is_add:
            self.makes_stream = False
            return 1
        if self.strategy is None and word in _STRATEGIES and ctx.dialect.at_least("8.2.0"):
            self.strategy = _STRATEGIES[word]
            return 1
        return 0

    def _read_threshold(self, word: bytes, args: Sequence[bytes]) -> int:
        if self.length is not None or self.below is not None:
            raise CommandError(_BOTH)
        has_operator = len(args) > 1 and args[0] in (b"~", b"=")
        self.is_approximate = has_operator and args[0] == b"~"
        threshold = args[has_operator]
        if word == b"MAXLEN":
            self.length = _natural(threshold, "MAXLEN")
        else:
            self.below = strict_id(threshold)
        return 1 + has_operator

    def trim(self, ctx: Ctx) -> Trim | None:
        """What is to be trimmed, None for nothing, which is for XADD only.

        Raises:
            CommandError: XTRIM is to trim nothing, or LIMIT stands without what it limits.
        """
        has_threshold = self.length is not None or self.below is not None
        if self.limit and not has_threshold:
            raise CommandError("ERR syntax error, LIMIT cannot be used without specifying a trimming strategy")
        if not self.is_add and not has_threshold:
            raise CommandError("ERR syntax error, XTRIM must be called with a trimming strategy")
        if self.limit is not None and not self.is_approximate:
            raise CommandError("ERR syntax error, LIMIT cannot be used without the special ~ option")
        if not has_threshold:
            return None
        limit = self.limit
        if limit is None:
            limit = _default_limit(ctx) if self.is_approximate else 0
        return Trim(self.length, self.below, self.is_approximate, limit, self.strategy or "keepref")


def _natural(text: bytes, name: str) -> int:
    number = decode_int(text)
    if number < 0:
        raise CommandError(f"ERR The {name} argument must be >= 0.")
    return number


def _default_limit(ctx: Ctx) -> int:
    entries = _NODES * ctx.config.number("stream-node-max-entries")
    return min(entries, _MOST) if entries else _WITHOUT_NODES
