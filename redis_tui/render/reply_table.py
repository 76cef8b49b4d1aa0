"""A reply as a table, where its shape is one: pairs, scores, streams, lists of maps, lists of equally long lists.

Pure; knows no view. The decision a reader would question: a shape is judged by its first few hundred rows. To look
at all of a million would take as long as to read them; a later row of another shape is shown
whole in the first column, and nothing of it is lost.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from redis_tui.late_pattern import late_pattern
from redis_tui.record import dataclass
from redis_tui.render.cells import cells
from redis_tui.render.reply_node import count_of, short_text
from redis_tui.resp.encoder import format_double
from redis_tui.resp.inline import quote
from redis_tui.resp.types import Attributed, Map, Pairs, Reply, SetReply, Status

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = 300
"""Rows that the shape and the widths are judged by."""
_MOST_COLUMNS = 60
_WIDEST = 40
"""Columns of the screen that one of the table takes at most where there is no room to spare."""
_CELL = 400
"""Characters of a cell."""
_ID = late_pattern(rb"\d+-\d+")
_NUMBER = late_pattern(r"[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|inf|nan)")

Cells = Sequence[Reply | None]


@dataclass(frozen=True, slots=True)
class ReplyTable:
    """Rows and columns over a reply; nothing is copied."""

    names: tuple[str, ...]
    """Of the columns."""
    count: int
    """Rows."""
    of_row: Callable[[int], Cells]
    """The cells of a row; shorter where it has no more."""
    right: tuple[bool, ...]
    """Which columns hold numbers."""
    widths: tuple[int, ...]
    """In cells, judged by the first rows."""

    def texts(self, row: int) -> tuple[str, ...]:
        """The cells of a row as text."""
        return tuple(cell_text(cell) for cell in self.of_row(row))

    def sort_value(self, row: int, column: int) -> tuple[float, str]:
        """What a row is sorted by."""
        cells = self.of_row(row)
        text = cell_text(cells[column]) if column < len(cells) else ""
        if self.right[column]:
            number = float(text) if _NUMBER.fullmatch(text) else -math.inf
            return (number if not math.isnan(number) else -math.inf), text
        return 0.0, text.lower()


def table_of(reply: Reply) -> ReplyTable | None:
    """The table that a reply is; None where it is none."""
    if isinstance(reply, Attributed):
        return table_of(reply.reply)
    if isinstance(reply, Map | Pairs):
        return _of_pairs(reply)
    items = reply.items if isinstance(reply, SetReply) else reply
    if isinstance(items, bytes) or not isinstance(items, Sequence) or not items:
        return None
    sample = items[:SAMPLE]
    for shape in (_of_records, _of_entries, _of_rows, _of_flat):
        found = shape(items, sample)
        if found is not None:
            return found
    return None


def cell_text(cell: Reply | None) -> str:
    """A cell: text where it is text, the type and size of an aggregate."""
    if isinstance(cell, bytes) and not isinstance(cell, Status):
        text = cell[:_CELL].decode("utf-8", "replace")
        plain = text if text.isprintable() and "\ufffd" not in text else quote(cell[:_CELL])
        return plain if len(cell) <= _CELL else plain + "…"
    if isinstance(cell, float):
        return format_double(cell).decode()
    return short_text(cell, _CELL)


def _of_pairs(reply: Map | Pairs) -> ReplyTable | None:
    pairs = reply.pairs
    if not pairs:
        return None
    sample = pairs[:SAMPLE]
    if isinstance(reply, Map) and all(isinstance(value, Map) and value.pairs for _, value in sample):
        names = _union([value for _, value in sample])
        keys = [_key(name) for name in names]

        def nested(row: int) -> Cells:
            key, value = pairs[row]
            return _record((key,), value, keys)

        return _made(("name", *map(cell_text, names)), len(pairs), nested)
    is_scores = isinstance(reply, Pairs) and all(isinstance(value, float) for _, value in sample)
    return _made(("member", "score") if is_scores else ("field", "value"), len(pairs), lambda row: pairs[row])


def _of_records(items: Sequence[Reply], sample: Sequence[Reply]) -> ReplyTable | None:
    """A list of maps."""
    if not all(isinstance(item, Map) and item.pairs for item in sample):
        return None
    names = _union(sample)
    keys = [_key(name) for name in names]
    return _made(tuple(map(cell_text, names)), len(items), lambda row: _record((), items[row], keys))


def _of_entries(items: Sequence[Reply], sample: Sequence[Reply]) -> ReplyTable | None:
    """XRANGE: an id, and fields with values."""
    if not all(_is_entry(item) for item in sample):
        return None
    names = _union([item[1] for item in sample if isinstance(item, Sequence) and not isinstance(item, bytes)])
    keys = [_key(name) for name in names]

    def entry(row: int) -> Cells:
        item = items[row]
        if not _is_entry(item):
            return (item,)
        assert isinstance(item, Sequence)
        return _record((item[0],), item[1], keys)

    return _made(("id", *map(cell_text, names)), len(items), entry)


def _of_rows(items: Sequence[Reply], sample: Sequence[Reply]) -> ReplyTable | None:
    """Equally long lists: pairs with scores, replies of HGETALL, rows of anything."""
    lengths = {count_of(item) if _is_list(item) else None for item in sample}
    if len(lengths) != 1 or (length := next(iter(lengths))) is None or length < 2:
        return None
    first = [item for item in sample if isinstance(item, Sequence)]
    if length % 2 == 0 and length > 2 and len(sample) > 1 and all(_names(row) == _names(first[0]) for row in first):
        names = _names(first[0])
        if all(isinstance(name, bytes) for name in names) and len(set(map(_key, names))) == len(names):
            return _made(tuple(map(cell_text, names)), len(items), lambda row: _cells(items[row], length)[1::2])
    if length > _MOST_COLUMNS:
        return None
    titles = tuple(f"[{at}]" for at in range(length))
    if length == 2 and all(isinstance(row[0], bytes) and isinstance(row[1], float) for row in first):
        titles = ("member", "score")
    return _made(titles, len(items), lambda row: _cells(items[row], length))


def _of_flat(items: Sequence[Reply], sample: Sequence[Reply]) -> ReplyTable | None:
    """HGETALL as a script or a RESP2 client has it: field, value, field, value."""
    if len(items) % 2 or not all(isinstance(item, bytes) for item in sample[::2]):
        return None
    if any(count_of(item) is not None for item in sample):
        return None
    return _made(("field", "value"), len(items) // 2, lambda row: items[2 * row : 2 * row + 2])


def _made(names: tuple[str, ...], count: int, of_row: Callable[[int], Cells]) -> ReplyTable:
    names = names[:_MOST_COLUMNS]
    sample = [tuple(cell_text(cell) for cell in of_row(row)) for row in range(min(count, SAMPLE))]
    columns = [[row[at] for row in sample if at < len(row)] for at in range(len(names))]
    right = tuple(any(column) and all(not text or _NUMBER.fullmatch(text) for text in column) for column in columns)
    widths = tuple(
        min(_WIDEST, max([cells(name) + 1, *map(cells, column)])) for name, column in zip(names, columns, strict=True)
    )
    return ReplyTable(names, count, of_row, right, widths)


def _record(head: tuple[Reply, ...], value: Reply, keys: Sequence[object]) -> Cells:
    """One row of fields in the order of the columns."""
    pairs = _fields(value)
    if pairs is None:
        return (*head, value)
    known = {_key(name): cell for name, cell in pairs}
    return (*head, *(known.get(key, b"") for key in keys))


def _fields(value: Reply) -> list[tuple[Reply, Reply]] | None:
    if isinstance(value, Map | Pairs):
        return value.pairs
    if not _is_list(value) or not isinstance(value, Sequence) or len(value) % 2:
        return None
    return list(zip(value[::2], value[1::2], strict=True))


def _union(records: Sequence[Reply]) -> list[Reply]:
    names: dict[object, Reply] = {}
    for record in records:
        for name, _ in _fields(record) or ():
            names.setdefault(_key(name), name)
    return list(names.values())[:_MOST_COLUMNS]


def _key(name: Reply) -> object:
    return bytes(name) if isinstance(name, bytes) else repr(name)


def _is_list(item: Reply) -> bool:
    return isinstance(item, Sequence) and not isinstance(item, bytes)


def _is_entry(item: Reply) -> bool:
    if not _is_list(item) or not isinstance(item, Sequence) or len(item) != 2:
        return False
    return isinstance(item[0], bytes) and bool(_ID.fullmatch(item[0])) and bool(_fields(item[1]))


def _names(row: Sequence[Reply]) -> list[Reply]:
    return list(row[::2])


def _cells(row: Reply, length: int) -> Cells:
    """The cells of a list; of anything else one cell with all of it."""
    if _is_list(row) and isinstance(row, Sequence) and len(row) == length:
        return row
    return (row,)
