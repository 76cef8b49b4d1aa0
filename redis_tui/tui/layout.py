"""Which panes are seen, given the terminal's size, the pane in use and whether it is zoomed. Pure."""

from __future__ import annotations

NARROW_COLUMNS = 100
"""Below this many columns the side panes fold into tabs."""

SHORT_ROWS = 20
"""Below this many rows the arguments lose their frame, and the result grows only while it has the keyboard."""

LEFT = frozenset(("keys",))
MIDDLE = frozenset(("editor", "arguments", "result"))
RIGHT = frozenset(("scripts", "slowlog", "running"))
ALWAYS = frozenset(("console",))
COLUMNS = {"left": LEFT, "middle": MIDDLE, "right": RIGHT}


def is_narrow(width: int) -> bool:
    """Whether the side panes take turns with the middle."""
    return width < NARROW_COLUMNS


def is_short(height: int) -> bool:
    """Whether rows are so few that the frames of the middle would take the editor's."""
    return height < SHORT_ROWS


def visible_panes(width: int, in_use: str, zoomed: str | None) -> frozenset[str]:
    """The panes on the screen.

    Args:
        width: columns of the terminal.
        in_use: the pane that has or last had the keyboard.
        zoomed: the pane that has the screen for itself.
    """
    if zoomed is not None:
        return ALWAYS | {zoomed}
    if not is_narrow(width):
        return ALWAYS | LEFT | MIDDLE | RIGHT
    return ALWAYS | (MIDDLE if in_use in MIDDLE or in_use in ALWAYS else {in_use})
