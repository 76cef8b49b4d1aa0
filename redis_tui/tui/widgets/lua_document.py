"""The text of an editor, byte for byte as it was: no line end is changed that nobody touched.

The decision a reader would question: Textual's own document splits at everything Python calls a line's end. A
form feed, a 0x85 of a binary string or one lone carriage return in a file then came back as a line feed when it
was saved, so that the script's sha was another one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.document._document import Document, EditResult

if TYPE_CHECKING:
    from textual.document._document import Location, Newline

_ANY = re.compile("\r\n|\n|\r")


def newline_of(text: str) -> Newline:
    """How a text's lines end: CR LF only where every one does, as what is left over would be lost."""
    feeds, returns, pairs = text.count("\n"), text.count("\r"), text.count("\r\n")
    if pairs and pairs == feeds == returns:
        return "\r\n"
    return "\r" if returns and not feeds else "\n"


class LuaDocument(Document):
    """Lines of a text; where line ends are mixed, a carriage return is a character of its line."""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._newline = newline_of(text)
        self._lines = text.split(self._newline)

    def follow(self, text: str) -> None:
        """Takes over how the lines of a text end that comes in the place of all of this one."""
        self._newline = newline_of(text)

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Puts a text into the place of another.

        Args:
            start: row and column.
            end: behind what is replaced.
            text: may have several lines.
        """
        (top, left), (bottom, right) = sorted((start, end))
        lines = self._lines
        replaced = self.get_text_range((top, left), (bottom, right))
        before = lines[top][:left] if top < len(lines) else ""
        behind = lines[bottom][right:] if bottom < len(lines) else ""
        new = text.split("\n") if self._newline == "\n" else _ANY.split(text)
        column = len(new[-1]) + (len(before) if len(new) == 1 else 0)
        new[0] = before + new[0]
        new[-1] += behind
        lines[top : bottom + 1] = new
        return EditResult((top + len(new) - 1, column), replaced)
