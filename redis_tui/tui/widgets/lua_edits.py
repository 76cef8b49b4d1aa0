"""What a small IDE does to lines: indents, duplicates and moves them, and selects more and more around the cursor.

Each is one step for undo. Knows the text area and nothing above it. The decision a reader would question: functions
over the text area and not methods of it, as that one is about drawing and keys already.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.widgets.text_area import Selection

from redis_tui.tui.vi.change import INDENT, text_of
from redis_tui.tui.vi.textobject import Span, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.tui.vi.motion import Place
    from redis_tui.tui.widgets.lua_editor import LuaEditor


def indent(editor: LuaEditor) -> None:
    """Puts the selected lines one step further in; empty ones stay empty."""
    start, end = editor.selection
    rows = editor.selected_rows()
    with editor.history.group():
        for row in rows:
            if editor.document.get_line(row):
                editor.insert(INDENT, (row, 0), maintain_selection_offset=False)
    editor.selection = Selection(*(_shifted(editor, place, rows) for place in (start, end)))


def _shifted(editor: LuaEditor, place: Place, rows: range) -> Place:
    row, column = place
    return (row, column + len(INDENT)) if row in rows and column and editor.document.get_line(row) else place


def duplicate(editor: LuaEditor) -> None:
    """Makes a copy of the selected lines below them; the cursor goes to the copy."""
    rows, (start, end) = editor.selected_rows(), editor.selection
    lines = editor.document.lines[rows.start : rows.stop]
    last = (rows.stop - 1, len(lines[-1]))
    newline = editor.document.newline
    editor.replace(newline + newline.join(lines), last, last, maintain_selection_offset=False)
    editor.selection = Selection(*((row + len(rows), column) for row, column in (start, end)))


def move(editor: LuaEditor, by: int) -> None:
    """Moves the selected lines one up or down, the selection with them."""
    rows, (start, end) = editor.selected_rows(), editor.selection
    top, bottom = (rows.start - 1, rows.stop - 1) if by < 0 else (rows.start, rows.stop)
    if top < 0 or bottom >= editor.document.line_count:
        return
    lines = editor.document.lines[top : bottom + 1]
    turned = [*lines[1:], lines[0]] if by < 0 else [lines[-1], *lines[:-1]]
    text = editor.document.newline.join(turned)
    editor.replace(text, (top, 0), (bottom, len(lines[-1])), maintain_selection_offset=False)
    last = editor.document.line_count - 1
    editor.selection = Selection(*((max(0, min(last, row + by)), column) for row, column in (start, end)))


def select_more(editor: LuaEditor) -> None:
    """Selects the word, then what is in quotes or brackets, then with these, then the line, the paragraph, all."""
    now = tuple(sorted(editor.selection))
    for start, end in _around(editor):
        if start <= now[0] and end >= now[1] and (start, end) != now:
            editor.selection = Selection(start, end)
            return


def _around(editor: LuaEditor) -> Iterator[tuple[Place, Place]]:
    """What may be selected around the present selection, the smallest first."""
    lines, (start, end) = editor.document.lines, sorted(editor.selection)
    words = re.finditer(r"\w+", lines[start[0]])
    found = [
        ((start[0], word.start()), (start[0], word.end())) for word in words if word.start() <= start[1] <= word.end()
    ]
    for place in (start, (start[0], max(0, start[1] - 1))):  # with a bracket selected, the next ones are outside
        for sign in "'\"([{":
            for around in (False, True):
                one = span(lines, place, sign, around=around)
                if one is not None and not one.lines and one.start <= start and one.end >= end:
                    found.append((one.start, one.end))
    row = lines[start[0]]
    if start[0] == end[0]:
        found.append(((start[0], len(row) - len(row.lstrip())), (start[0], len(row))))
    paragraph = span(lines, start, "p", around=False)
    if paragraph is not None:
        found.append((paragraph.start, paragraph.end))
    found.append(((0, 0), editor.document.end))
    yield from sorted(found, key=lambda one: len(text_of(lines, Span(*one))))
