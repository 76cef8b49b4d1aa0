"""Signs as ASCII, for screen readers, for fonts without them and for terminals that are not UTF-8.

Knows no interface library: each face passes what it is about to draw. The decision a reader would
question: it works on what is drawn, not where it is written, so that no pane can forget it. A sign
of the interface beside a word (``● ready``) becomes a sign that a screen reader passes over, and
data looks the same as the interface's own signs; what is copied or saved is never touched.
"""

from __future__ import annotations

import locale
import os
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGNS = {
    "·": "-", "•": "*", "…": "~", "–": "-", "—": "-", "−": "-", "×": "x", "∞": "-", "≤": "<", "≥": ">", "≠": "!",
    "→": ">", "←": "<", "↑": "^", "↓": "v", "↵": "$", "⏎": "$", "▶": ">", "▸": ">", "◀": "<", "▼": "v", "▾": "v",
    "▲": "^", "▴": "^", "●": "*", "○": "o", "◉": "*", "◌": "o", "■": "#", "□": "o", "✓": "+", "✔": "+", "✗": "x",
    "✘": "x", "⚠": "!", "‹": "<", "›": ">", "«": "<", "»": ">", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'",
    "░": ".", "▒": ":", "▓": "#", "█": "#", "µ": "u", "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
"""What stands for what; each as wide as the sign."""

_HORIZONTAL = frozenset("─━═╌╍┄┅┈┉╴╶╸╺╼╾▔▁▂▃▀▄")
_VERTICAL = frozenset("│┃║╎╏┆┇┊┋╵╷╹╻╽╿▏▎▍▌▐▕")


def to_plain(text: str) -> str:
    """The text with a sign of ASCII for each sign that is none; letters of any script stay, and so does its width."""
    return text if text.isascii() else text.translate(_TABLE)


def needs_plain(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal is known to lack the signs: a console's own font, or an encoding that has none."""
    return environ.get("TERM", "").startswith(("linux", "vt", "cons")) or not _is_utf8()


def _is_utf8() -> bool:
    return "utf" in locale.getpreferredencoding(do_setlocale=False).lower()


class _Table(dict[int, str]):
    """Answers for every character, and remembers it."""

    def __missing__(self, code: int) -> str:
        self[code] = found = _plain(chr(code))
        return found


def _plain(sign: str) -> str:
    if sign.isascii() or unicodedata.category(sign)[0] in "LMN":
        return _SIGNS.get(sign, sign)
    if sign in _SIGNS:
        return _SIGNS[sign]
    if sign in _HORIZONTAL:
        return "-"
    if sign in _VERTICAL:
        return "|"
    if "\u2500" <= sign <= "\u257f":  # box drawing: corners and crossings
        return "+"
    if "\u2580" <= sign <= "\u259f":  # blocks
        return "#"
    if "\u2400" <= sign <= "\u2426":  # pictures of control characters
        return "?"
    return "* " if unicodedata.east_asian_width(sign) in "WF" else "*"


_TABLE = _Table()
