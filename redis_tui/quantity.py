"""Quantities with their units, as people type and read them; knows not what they are for."""

from __future__ import annotations

from typing import Final

from redis_tui.errors import UsageError
from redis_tui.late_pattern import late_pattern

_AMOUNT: Final = late_pattern(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_BYTES: Final = {"": 1, "b": 1, "k": 10**3, "m": 10**6, "g": 10**9, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
"""As the servers' configuration has them."""
_MILLISECONDS: Final = {"": 1, "ms": 1, "s": 1000, "m": 60_000}
_MOST: Final = 1 << 53
"""More is a slip of the finger, and too much for the clocks and allocators that such a number is handed to."""


def milliseconds(text: str) -> int:
    """A time: ``500ms``, ``2s``, ``1.5m``; a bare number is milliseconds.

    Returns:
        Whole milliseconds, at least one.

    Raises:
        UsageError: it is no time, or none at all.
    """
    amount = _amount(text, _MILLISECONDS)
    if amount is None or amount < 1:
        raise UsageError(f"{text!r} is no time.", hint="Write 500ms, 2s, 1m, or milliseconds.")
    return amount


def memory_size(text: str, *, least: int) -> int:
    """An amount of memory: ``256mb``, ``1gb``; a bare number is bytes.

    Args:
        least: bytes that it must reach.

    Raises:
        UsageError: it is no amount, or too small a one.
    """
    amount = _amount(text, _BYTES)
    if amount is None:
        raise UsageError(f"{text!r} is no amount of memory.", hint="Write 256mb, 1gb, or bytes.")
    if amount < least:
        raise UsageError(f"{text!r} is too little.", hint=f"Give at least {least >> 20}mb.")
    return amount


def size_text(size: int) -> str:
    """Bytes with the unit that people read: ``312 B``, ``4.2 KB``, ``1.5 MB``, ``2.0 GB``."""
    if size < 1 << 10:
        return f"{size} B"
    for unit, step in (("KB", 1 << 10), ("MB", 1 << 20)):
        if size < step << 10:
            return f"{size / step:.1f} {unit}"
    return f"{size / (1 << 30):.1f} GB"


def _amount(text: str, units: dict[str, int]) -> int | None:
    found = _AMOUNT.fullmatch(text.strip().lower())
    if found is None or found[2] not in units:
        return None
    amount = float(found[1]) * units[found[2]]
    return round(amount) if amount <= _MOST else None
