"""The notices that were shown, to be read again: what went away before it was read is not gone.

Knows no widget.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span, text_line

if TYPE_CHECKING:
    from typing import Any

    from textual.app import App
    from textual.notifications import SeverityLevel

_LIMIT = 200
_LOOKS: dict[SeverityLevel, tuple[str, str]] = {
    "information": ("·", "dim"),
    "warning": ("⚠", "warning"),
    "error": ("✗", "danger"),
}
"""A sign and its style, so that colour does not speak alone."""


class NoticeShelf:
    """The last notices, the newest at the end; what is said twice in a row is counted."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, SeverityLevel, str, int]] = deque(maxlen=_LIMIT)

    def add(self, text: str, severity: SeverityLevel) -> None:
        """Keeps one."""
        times = 1
        if self._kept and self._kept[-1][1:3] == (severity, text):
            times += self._kept.pop()[3]
        self._kept.append((time.time(), severity, text, times))

    def lines(self) -> list[Line]:
        """All of them, one a line or more."""
        lines: list[Line] = []
        for at, severity, text, times in self._kept:
            sign, style = _LOOKS[severity]
            first, *rest = text.split("\n")
            clock = time.strftime("%H:%M:%S  ", time.localtime(at))
            count = [Span(f"  {times}×", "dim")] if times > 1 else []
            lines.append([Span(clock, "dim"), Span(f"{sign} ", style), Span(first, "text"), *count])
            lines += [text_line(f"            {more}") for more in rest]
        return lines or [[Span("Nothing was told yet.", "dim")]]


def take_away(app: App[Any], title: str) -> None:
    """Takes the toasts with a title off the screen, because what they told is no longer so; the list keeps them."""
    for notification in [one for one in app._notifications if one.title == title]:  # noqa: SLF001  # no public way
        app._unnotify(notification)  # noqa: SLF001
