"""The workbench as it stands behind a dialog: Textual's own dimming, worked out once for each style.

Knows no screen of ours. The decision a reader would question: Textual mixes the colours of each of some
thousand stretches of text anew, five times while a dialog opens, which took half of the time until it
stood; there are only some dozens of styles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.segment import Segment
from textual.renderables.background_screen import BackgroundScreen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.style import Style
    from textual.color import Color


class Dimmed(BackgroundScreen):
    """A screen behind another one."""

    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterator[Segment]:
        """Applies the tint."""
        mixed: dict[Style | None, Style | None] = {}
        for segment in segments:
            text, style, control = segment
            if control:
                yield segment
                continue
            if style not in mixed:
                mixed[style] = next(iter(super().process_segments([Segment("", style)], color))).style
            yield Segment(text, mixed[style])


class Dims:
    """Mixed into a screen that lets the one behind it shine through.

    No screen itself: Textual looks for styles along the first base that is one, and not along the others.
    """

    def render(self) -> Any:
        """What stands behind the dialog."""
        behind = super().render()  # type: ignore[misc]  # the screen's
        return Dimmed(behind.screen, behind.color) if isinstance(behind, BackgroundScreen) else behind
