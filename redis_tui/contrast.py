"""How well one colour reads on another, by the rules of WCAG 2; arithmetic on ``#rrggbb`` alone.

Knows no theme and no interface library. The decision a reader would question: what does not reach
the ratio is mixed with the text's colour, not lightened or darkened. So it goes the right way on
dark and on light grounds without being told which it is.
"""

from __future__ import annotations

from functools import lru_cache

AA = 4.5
"""The ratio that text must reach against what is behind it (WCAG 2.2, success criterion 1.4.3)."""

_STEPS = 20


@lru_cache(maxsize=4096)
def contrast(one: str, other: str) -> float:
    """The ratio of two colours, from 1 (the same) to 21 (black and white), whichever is in front.

    Args:
        one: ``#rrggbb``.
        other: ``#rrggbb``.
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def legible(color: str, ground: str, text: str) -> str:
    """The colour, mixed with the text's as far as it must be to read on a ground.

    Args:
        color: ``#rrggbb``, what is wished.
        ground: ``#rrggbb``, what is behind.
        text: ``#rrggbb``, what reads best there; the answer where no mixture does.

    Returns:
        ``#rrggbb``.
    """
    for step in range(_STEPS + 1):
        mixed = mix(color, text, step / _STEPS)
        if contrast(mixed, ground) >= AA:
            return mixed
    return text


def mix(one: str, other: str, share: float) -> str:
    """A colour between two.

    Args:
        one: ``#rrggbb``.
        other: ``#rrggbb``.
        share: how much of the other, from 0 to 1.
    """
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _parts(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
