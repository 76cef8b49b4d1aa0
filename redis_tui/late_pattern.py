"""Regular expressions that are compiled when they are first asked for.

Knows nothing of redis-tui. Python compiles one in a fifth of a millisecond, and there are a hundred: a start needs few
of them. The decision a reader would question: what is given back only looks like a `re.Pattern`. Each of its methods is
the pattern's own from the first use on, so that a search costs what it always does; but `re.sub` and its like do not
take it.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Late:
    """Becomes a pattern, attribute by attribute."""

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, found)
        return found


def late_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A pattern whose text is read at its first use; for those that a start does without.

    Args:
        text: as `re.compile` takes it; a mistake in it is told at the first use.
        flags: likewise.
    """
    return cast("re.Pattern[AnyStr]", _Late(text, flags))
