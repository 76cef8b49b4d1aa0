"""How many cells of a terminal a text takes, and texts cut and padded to so many.

Pure. Nothing but ASCII is one cell a character: CJK and emoji are two, combining signs none. The decision a reader
would question: the table is rich's, though rich is a library of interfaces. Textual measures by it what it draws, and
what is measured here has to stand below that; a control character counts as the one sign it is shown as.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

from rich.cells import cell_len, get_character_cell_size


class _Sizes(dict[str, int]):
    """Cells of each character, looked up as quickly as a dictionary is: texts of megabytes are measured by it."""

    def __missing__(self, character: str) -> int:
        size = self[character] = get_character_cell_size(character) if character.isprintable() else 1
        return size


_size = _Sizes().__getitem__
_JOINERS = ("\u200d", "\ufe0f")
"""With these several characters are one sign."""


def cells(text: str) -> int:
    """Cells of a text."""
    if text.isascii():
        return len(text)
    if any(joiner in text for joiner in _JOINERS):
        return cell_len("".join([one if one.isprintable() or one in _JOINERS else "·" for one in text]))
    return sum(map(_size, text))


def cut(text: str, room: int) -> str:
    """A text in so many cells at most; one that is cut ends in ``…``."""
    if cells(text) <= room:
        return text
    return text[: fitting(text, max(0, room - 1))] + "…"


def fit(text: str, room: int, *, right: bool = False) -> str:
    """A text in exactly so many cells, cut or padded.

    Args:
        text: without line breaks.
        room: in cells.
        right: pads before the text.
    """
    text = cut(text, room)
    pad = " " * (room - cells(text))
    return pad + text if right else text + pad


def fitting(text: str, room: int, start: int = 0) -> int:
    """Up to which character a text fits into so many cells.

    Args:
        text: what is to be cut.
        room: in cells.
        start: the first character that counts.
    """
    if text.isascii():
        return min(len(text), start + room)
    part = text[start : start + room + 1]
    ends = list(accumulate(map(_size, part)))
    if not part or ends[-1] > room or start + len(part) == len(text):
        return start + bisect_right(ends, room)
    return fitting(text, room - ends[-1], start + len(part))  # some take no room
