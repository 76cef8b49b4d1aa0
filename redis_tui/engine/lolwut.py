"""The picture of LOLWUT: a walk over a field of tiles, each turned one way or the other.

Two slanted strokes, laid by chance, make a maze; the idea is as old as home computers. It
knows no command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random

_TILES: Final = "\u2571\u2572"
_COLUMNS: Final = 40
_ROWS: Final = 8
_LARGEST: Final = 200


def picture(rng: random.Random, columns: int = _COLUMNS, rows: int = _ROWS) -> str:
    """A maze.

    Args:
        rng: decides on each tile.
        columns: width, pulled into what a terminal can show; like ``rows``.
        rows: height.
    """
    width, height = (min(max(size, 1), _LARGEST) for size in (columns, rows))
    lines = ("".join(rng.choice(_TILES) for _ in range(width)) for _ in range(height))
    return "".join(line + "\n" for line in lines) + "\nEvery way out is somewhere. "
