"""What XDELEX and XACKDEL share: ``[KEEPREF | DELREF | ACKED] IDS numids id [id ...]``, and what it does.

The decision a reader would question: ids are decoded by the caller, after it has found that
there is a stream at all; where there is none, a server does not look at them. IDS may stand
anywhere and several times, the last one counts; that is how a server reads it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.trim_request import strategy_of
from redis_tui.errors import CommandError, SyntaxFault
from redis_tui.spec.decode import Options

if TYPE_CHECKING:
    from redis_tui.engine.types.stream import Strategy, Stream
    from redis_tui.spec.decode import Rest

DELETED = 1
MISSING = -1
KEPT = 2
"""Acknowledged perhaps, but some group still wants the entry."""


def parse_listed_ids(rest: Rest) -> tuple[Strategy, list[bytes]]:
    """Reads the arguments behind key and group.

    Returns:
        What becomes of references, and the ids, undecoded.

    Raises:
        CommandError: the grammar is not kept.
    """
    options = Options(rest)
    strategy: Strategy | None = None
    ids: list[bytes] | None = None
    while options:
        word = options.take()
        if word.upper() == b"IDS" and options:
            ids = _take_ids(options)
        elif strategy is None and strategy_of(word) is not None:
            strategy = strategy_of(word)
        else:
            raise SyntaxFault
    if ids is None:
        raise SyntaxFault
    return strategy or "keepref", ids


def _take_ids(options: Options) -> list[bytes]:
    fault = "ERR Number of IDs must be a positive integer"
    count = options.take_int(fault)
    if count <= 0:
        raise CommandError(fault)
    if count > len(options):
        raise CommandError("ERR The `numids` parameter must match the number of arguments")
    return options.take_many(count)


def delete_listed(stream: Stream, id_: int, strategy: Strategy) -> int:
    """Deletes one entry as far as the strategy allows it; the number that stands for the outcome."""
    if strategy == "acked" and stream.is_referenced(id_):
        return KEPT
    if strategy == "delref":
        stream.drop_references(id_)
    return DELETED if stream.delete(id_) else MISSING
