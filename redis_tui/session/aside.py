"""Marks commands that a face sends for itself: to fill its panes, not because anybody asked for them.

Knows no session. The embedded engine leaves them out of its slow log, which is for what people and their scripts
run. The decision a reader would question: a context variable and no argument of `Session.execute`. What reads for a
pane is functions over functions, each of which would have to hand the word on.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASIDE: ContextVar[bool] = ContextVar("aside", default=False)


@contextmanager
def aside() -> Iterator[None]:
    """Whatever is executed within is the face's own."""
    token = _ASIDE.set(True)
    try:
        yield
    finally:
        _ASIDE.reset(token)


def is_aside() -> bool:
    """Whether nobody has asked for what is executed now."""
    return _ASIDE.get()
