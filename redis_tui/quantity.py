"""Quantities as people type them, with their units, as numbers; knows not what they are for."""

from __future__ import annotations

import re
from typing import Final

from redis_tui.errors import UsageError

_AMOUNT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_MILLISECONDS: Final = {"": 1, "ms": 1, "s": 1000, "m": 60_000}


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


def _amount(text: str, units: dict[str, int]) -> int | None:
    found = _AMOUNT.fullmatch(text.strip().lower())
    return None if found is None or found[2] not in units else round(float(found[1]) * units[found[2]])
