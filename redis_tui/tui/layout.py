"""Which panes are seen, given the terminal's size, the pane in use and whether it is zoomed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.geometry import Region

NARROW_COLUMNS = 100
"""Below this many columns the side panes fold into tabs."""

SHORT_ROWS = 20
"""Below this many rows the arguments lose their frame, and the result grows only while it has the keyboard."""

LEFT = frozenset(("keys",))
MIDDLE = frozenset(("editor", "arguments", "result"))
RIGHT = frozenset(("scripts", "slowlog", "running"))
ALWAYS = frozenset(("console",))
FOLDED = ("editor", "keys", "scripts", "slowlog", "running")
"""What takes turns where it is narrow, by the pane that stands for it."""
COLUMNS = {"left": LEFT, "middle": MIDDLE, "right": RIGHT}


def is_narrow(width: int) -> bool:
    """Whether the side panes take turns with the middle."""
    return width < NARROW_COLUMNS


def is_short(height: int) -> bool:
    """Whether rows are so few that the frames of the middle would take the editor's."""
    return height < SHORT_ROWS


def visible_panes(width: int, in_use: str, zoomed: str | None, hidden: frozenset[str] = frozenset()) -> frozenset[str]:
    """The panes on the screen.

    Args:
        width: columns of the terminal.
        in_use: the pane that has or last had the keyboard.
        zoomed: the pane that has the screen for itself.
        hidden: panes that are not wanted, where there would be room for them.
    """
    if zoomed is not None:
        return ALWAYS | {zoomed}
    if not is_narrow(width):
        return (ALWAYS | LEFT | MIDDLE | RIGHT) - hidden
    return ALWAYS | (MIDDLE if in_use in MIDDLE or in_use in ALWAYS else {in_use})


def neighbour(places: Mapping[str, Region], name: str, across: int, down: int) -> str | None:
    """The pane beside one, or None at the edge.

    Args:
        places: the visible panes, and where they are.
        name: the pane one is in.
        across: -1 for the left, 1 for the right.
        down: -1 for above, 1 for below.
    """
    here = places.get(name)
    if here is None:
        return None

    def distance(there: Region) -> tuple[int, int] | None:
        if across:
            ahead = there.x - here.right if across > 0 else here.x - there.right
            aside = max(there.y - here.bottom, here.y - there.bottom) + 1
            return (ahead, max(aside, abs(there.y - here.y))) if ahead >= 0 else None
        ahead = there.y - here.bottom if down > 0 else here.y - there.bottom
        aside = max(there.x - here.right, here.x - there.right) + 1
        return (ahead + max(aside, 0), abs(there.x - here.x)) if ahead >= 0 else None

    found = [(far, other) for other, there in places.items() if other != name and (far := distance(there)) is not None]
    return min(found)[1] if found else None
