"""A reply as a table of text, for a terminal: its columns named and aligned, as wide as there is room for.

What is a table, `reply_table` knows; here is what a command tells of its reply's shape. Knows no session. The decision
a reader would question: a flat array is taken for pairs only where the command answers pairs. The elements of a list
are an even number every other time, and are none.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from redis_tui.render.cells import cells, fit
from redis_tui.render.reply import stream_cli_lines
from redis_tui.render.reply_table import SAMPLE, ReplyTable, cell_text, table_of
from redis_tui.render.spans import Line, Span, text_line
from redis_tui.resp.types import ErrorReply, Reply, SetReply

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PAIRED: Final = {
    ("hgetall", ""): ("field", "value"),
    ("config", "get"): ("setting", "value"),
    ("hello", ""): ("field", "value"),
    ("xinfo", "stream"): ("field", "value"),
    ("memory", "stats"): ("field", "value"),
}
"""Commands whose flat reply is pairs, by name and subcommand."""
_TOKENS: Final = {b"WITHSCORES": ("member", "score"), b"WITHVALUES": ("field", "value")}
_LEAST: Final = 6
"""Columns of the screen that a column of the table keeps."""
_GAP: Final = "  "


def stream_table_lines(reply: Reply, argv: Sequence[bytes], *, columns: int, resp: int = 2) -> Iterator[Line]:
    """The lines of a reply's table, made one at a time; as redis-cli prints it where the reply is none.

    Args:
        reply: what came back.
        argv: the command.
        columns: room for a line.
        resp: as for `stream_cli_lines`.
    """
    table = None if isinstance(reply, ErrorReply) else _table(reply, argv)
    if table is None:
        yield from stream_cli_lines(reply, resp=resp)
        return
    widths = _fitted(table, columns)
    yield [Span(_joined(table.names, widths, table), "dim")]
    is_cut = False
    for row in range(table.count):
        texts = table.texts(row)
        is_cut = is_cut or any(cells(text) > width for text, width in zip(texts, widths, strict=False))
        yield text_line(_joined(texts, widths, table))
    cut = " · values are cut, .output cli (--no-raw) shows them whole" if is_cut else ""
    yield text_line(f"{table.count:,} row{'' if table.count == 1 else 's'}{cut}", "warning" if is_cut else "dim")


def _table(reply: Reply, argv: Sequence[bytes]) -> ReplyTable | None:
    items = reply.items if isinstance(reply, SetReply) else reply
    is_flat = isinstance(items, list) and bool(items) and all(_is_simple(item) for item in items[:SAMPLE])
    if not is_flat:
        return table_of(reply)
    assert isinstance(items, list)
    names = _pair_names(argv)
    if names is not None and len(items) % 2 == 0:
        return _made(names, [tuple(items[at : at + 2]) for at in range(0, len(items), 2)])
    return _made(("", "element"), [(at, item) for at, item in enumerate(items, 1)])


def _is_simple(item: Reply) -> bool:
    return item is None or isinstance(item, bytes | int | float)


def _pair_names(argv: Sequence[bytes]) -> tuple[str, str] | None:
    words = [word.decode("latin-1").lower() for word in argv[:2]]
    name, second = (*words, "", "")[:2]
    found = _PAIRED.get((name, "")) or _PAIRED.get((name, second))
    return found or next((_TOKENS[word.upper()] for word in argv[1:] if word.upper() in _TOKENS), None)


def _made(names: tuple[str, ...], rows: Sequence[tuple[Reply, ...]]) -> ReplyTable:
    right = tuple(all(isinstance(row[at], int | float) for row in rows[:SAMPLE]) for at in range(len(names)))
    texts = [tuple(map(cell_text, row)) for row in rows[:SAMPLE]]
    widths = tuple(max([cells(name), *(cells(row[at]) for row in texts)]) for at, name in enumerate(names))
    return ReplyTable(names, len(rows), lambda row: rows[row], right, widths)


def _fitted(table: ReplyTable, columns: int) -> list[int]:
    """As wide as the first rows need; where that is too much the widest gives way first."""
    some = {*range(min(table.count, SAMPLE)), table.count - 1}  # the last has the longest number
    sample = [table.texts(row) for row in sorted(some) if row >= 0]
    widths = [
        max([cells(name), *(cells(row[at]) for row in sample if at < len(row))]) for at, name in enumerate(table.names)
    ]
    while sum(widths) + len(_GAP) * (len(widths) - 1) > columns and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _joined(texts: Sequence[str], widths: Sequence[int], table: ReplyTable) -> str:
    shown = []
    for text, width, is_right in zip(texts, widths, islice(table.right, len(texts)), strict=False):
        shown.append(fit(text, width, right=is_right))
    return _GAP.join(shown).rstrip()
