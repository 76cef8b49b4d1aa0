"""How the panes are arranged by their user: widths, heights, what is hidden; for each class of terminal size.

Pure; knows no widget. The decision a reader would question: shares are kept, not columns, and each class of
width has its own. What suits 200 columns is unusable at 120, and a terminal is as wide as the desk it is
carried to.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from redis_tui.paths import state_dir
from redis_tui.record import dataclass
from redis_tui.tui.layout import COLUMNS, is_narrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

HUGE_COLUMNS = 160
"""From this many columns on, a terminal has an arrangement of its own."""
LEAST_SIDE = 16
"""Columns that a side keeps."""
LEAST_MIDDLE = 30
LEAST_ROWS = 3
"""Frame and one row."""
FIXED = frozenset(("arguments",))
"""Panes whose height is that of what they hold."""

_PANES = frozenset().union(*COLUMNS.values())


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What somebody made of the panes; nothing in it is as the style sheet has it."""

    widths: Mapping[str, float] = field(default_factory=dict)
    """Share of the terminal's width, by column: ``left`` and ``right``."""
    heights: Mapping[str, int] = field(default_factory=dict)
    """Rows, by pane, when they were last set; at another height they stand for shares."""
    hidden: frozenset[str] = frozenset()
    """Panes."""


def size_class(width: int) -> str:
    """Which arrangement a terminal of that many columns has."""
    return "narrow" if is_narrow(width) else "wide" if width < HUGE_COLUMNS else "huge"


def side_widths(total: int, shares: Mapping[str, float], shown: Iterable[str]) -> dict[str, int]:
    """Columns of the sides that were given a share, so that none is too small and the middle keeps enough.

    Args:
        total: columns of the terminal.
        shares: of the sides.
        shown: the columns of panes that are shown.
    """
    there = set(shown)
    sides = [side for side in COLUMNS if side in there and side != "middle"]
    widths = {side: max(LEAST_SIDE, round(total * shares[side])) for side in sides if side in shares}
    room = total - (LEAST_MIDDLE if "middle" in there else 0)
    room -= sum(LEAST_SIDE for side in sides if side not in widths)
    while widths and sum(widths.values()) > room:
        widest = max(widths, key=lambda side: widths[side])
        widths[widest] = max(LEAST_SIDE, widths[widest] - (sum(widths.values()) - room))
        if all(width == LEAST_SIDE for width in widths.values()):
            break
    return widths


def row_weights(heights: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    """How the panes of one column share its rows; empty where nobody has said.

    Args:
        heights: rows by pane.
        names: the panes that are shown there and can grow.
    """
    there = [name for name in names if name not in FIXED]
    known = [heights[name] for name in there if name in heights]
    if not known or len(there) < 2:
        return {}
    usual = max(1, sum(known) // len(known))
    return {name: heights.get(name, usual) for name in there}


def moved(sizes: Mapping[str, int], first: str, second: str, by: int, least: Mapping[str, int]) -> dict[str, int]:
    """Sizes after the border between two has moved, as far as it can.

    Args:
        sizes: rows or columns of all of them.
        first: the one that grows where `by` is positive.
        second: the one that shrinks then.
        by: how far.
        least: what each of them keeps.
    """
    first_room, second_room = max(0, sizes[first] - least[first]), max(0, sizes[second] - least[second])
    by = max(-first_room, min(by, second_room))
    return {**sizes, first: sizes[first] + by, second: sizes[second] - by}


class ArrangementShelf:
    """All arrangements, and the file that keeps them for the next start.

    Args:
        keeps: whether the file is read and written at all.
        path: the file; the user's own when None. One that is damaged counts as none.
    """

    def __init__(self, *, keeps: bool = True, path: Path | None = None) -> None:
        self._keeps = keeps
        self._path = path or state_dir() / "layout.json"
        self._all: dict[str, Arrangement] = self._read() if keeps else {}

    def of(self, width: int) -> Arrangement:
        """The arrangement of terminals as wide."""
        return self._all.get(size_class(width), Arrangement())

    def put(self, width: int, arrangement: Arrangement) -> None:
        """Changes it; `keep` writes it."""
        self._all[size_class(width)] = arrangement

    def keep(self) -> None:
        """Writes all; a folder that cannot be written to costs only that."""
        if not self._keeps:
            return
        record = {
            name: {"widths": dict(one.widths), "heights": dict(one.heights), "hidden": sorted(one.hidden)}
            for name, one in self._all.items()
        }
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft = self._path.with_suffix(".new")
            draft.write_text(json.dumps(record), encoding="utf-8")
            draft.replace(self._path)

    def _read(self) -> dict[str, Arrangement]:
        try:
            record = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        known = ("narrow", "wide", "huge")
        return {name: _arrangement(record[name]) for name in known if isinstance(record, dict) and name in record}


def _arrangement(record: Any) -> Arrangement:
    if not isinstance(record, dict):
        return Arrangement()
    hidden = record.get("hidden")
    names = frozenset(name for name in hidden if name in _PANES) if isinstance(hidden, list) else frozenset[str]()
    widths = _numbers(record.get("widths"), COLUMNS, 1)
    heights = {name: int(rows) for name, rows in _numbers(record.get("heights"), _PANES, 1_000).items() if rows >= 1}
    made = Arrangement(widths, heights, names)
    return made if names != _PANES else replace(made, hidden=frozenset())


def _numbers(record: Any, known: Iterable[str], below: int) -> dict[str, float]:
    if not isinstance(record, dict):
        return {}
    return {
        name: float(record[name])
        for name in known
        if isinstance(record.get(name), int | float) and not isinstance(record[name], bool) and 0 < record[name] < below
    }
