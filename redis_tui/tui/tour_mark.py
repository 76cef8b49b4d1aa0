"""Whether this machine's user has seen the tour: a file in the state folder.

Knows nothing of the tour itself. The decision a reader would question: a module of its own for two functions. Each
start asks, and all starts but the first have no use for the tour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.paths import state_dir

if TYPE_CHECKING:
    from pathlib import Path


def _mark() -> Path:
    return state_dir() / "tour-taken"


def was_taken() -> bool:
    """Whether the tour was shown on this machine before."""
    return _mark().exists()


def remember_taken() -> None:
    """It is not shown by itself again; a folder that cannot be written to shows it once more, which harms nobody."""
    try:
        _mark().parent.mkdir(parents=True, exist_ok=True)
        _mark().touch()
    except OSError:
        return
