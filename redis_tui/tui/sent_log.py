"""Every command that went to the server, told apart by who wanted it: a person, or a pane for itself.

Knows no widget. The decision a reader would question: what panes ask is folded by its text, and what a person sent
is never dropped for it. A slow log that is read every two seconds would otherwise push an afternoon's work out.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Literal

from redis_tui.record import dataclass

Whose = Literal["all", "yours", "panes"]
FILTERS: tuple[Whose, ...] = ("all", "yours", "panes")
_OWN = 5_000
"""Of a person's commands that are kept."""
_TEXTS = 1_000
"""Different commands of panes that are kept."""


@dataclass(slots=True)
class Row:
    """One command, or several that are alike."""

    text: str
    """Without its secrets."""
    at_s: float
    """Unix time of the last one, in seconds."""
    count: int = 1
    is_own: bool = True
    """A person sent it."""


class SentLog:
    """What was sent."""

    def __init__(self) -> None:
        self._own: deque[Row] = deque(maxlen=_OWN)
        self._panes: OrderedDict[str, Row] = OrderedDict()
        self.own_total = 0
        """Commands of a person, those that are no longer kept as well."""
        self.panes_total = 0
        """Commands of panes."""

    def add(self, text: str, at_s: float, *, is_own: bool) -> None:
        """One more command went out."""
        if is_own:
            self.own_total += 1
            self._add_own(text, at_s)
            return
        self.panes_total += 1
        row = self._panes.pop(text, None) or Row(text, at_s, 0, is_own=False)
        row.count, row.at_s = row.count + 1, at_s
        self._panes[text] = row
        if len(self._panes) > _TEXTS:
            self._panes.popitem(last=False)

    def _add_own(self, text: str, at_s: float) -> None:
        last = self._own[-1] if self._own else None
        if last is not None and last.text == text:
            last.count, last.at_s = last.count + 1, at_s
        else:
            self._own.append(Row(text, at_s))

    def rows(self, whose: Whose = "all") -> list[Row]:
        """The commands, the latest last."""
        own = self._own if whose != "panes" else ()
        panes = self._panes.values() if whose != "yours" else ()
        return sorted([*own, *panes], key=lambda row: row.at_s)

    def texts(self) -> list[str]:
        """What a report of a fault names, the latest last."""
        return [row.text if row.count == 1 else f"{row.text} x{row.count}" for row in self.rows()]

    def __len__(self) -> int:
        return self.own_total + self.panes_total
