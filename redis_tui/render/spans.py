"""The currency of rendering: a piece of text and the name of its style.

A name is a word of meaning (``reply.integer``, ``lua.keyword``, ``danger``), one of
`redis_tui.theme.DEFAULT_STYLES` or a dotted name below one of them; a face turns it into
its own colours. This module must not know themes or any interface library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from redis_tui.render.cells import cells

if TYPE_CHECKING:
    from collections.abc import Iterable


class Span(NamedTuple):
    """A piece of one line; holds no line break."""

    text: str
    style: str = "text"


Line: TypeAlias = list[Span]
"""One line, left to right."""


def plain(lines: Iterable[Iterable[Span]]) -> str:
    """The text alone, lines joined by newlines, none at the end."""
    return "\n".join(["".join([span.text for span in line]) for line in lines])


def width(line: Iterable[Span]) -> int:
    """Cells of a line."""
    return sum(cells(span.text) for span in line)


def text_line(text: str, style: str = "text") -> Line:
    """A line of one style."""
    return [Span(text, style)]


def show(data: bytes) -> str:
    r"""Bytes as text for people: UTF-8 where it is that, ``\xHH`` for the bytes that are not; no line breaks."""
    return data.decode("utf-8", "backslashreplace").replace("\r", "\\r").replace("\n", "\\n")
