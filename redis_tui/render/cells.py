"""How many cells of a terminal a text takes, and texts cut and padded to so many.

Pure. Nothing but ASCII is one cell a character: CJK and emoji are two, combining signs none. The decision a reader
would question: the table is rich's, though rich is a library of interfaces. Textual measures by it what it draws, and
what is measured here has to stand below that; a control character counts as the one sign it is shown as.
"""

from __future__ import annotations

from rich.cells import cell_len, get_character_cell_size


def cells(text: str) -> int:
    """Cells of a text."""
    if text.isascii():
        return len(text)
    return cell_len(text if text.isprintable() else "".join([one if one.isprintable() else "·" for one in text]))


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
    for at in range(start, len(text)):
        room -= cell_of(text[at])
        if room < 0:
            return at
    return len(text)


def cell_of(character: str) -> int:
    """Cells of one character."""
    return 1 if character < "\x7f" or not character.isprintable() else get_character_cell_size(character)
