"""Flags of commands that not every server gives them, as data; all others stand in the declarations.

It knows no command's code. The decision a reader would question: a flag here is turned over, given where the
declaration lacks it and taken where it has it, so that one table says both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Mapping

_BUSY: Final = CommandFlag.ALLOW_BUSY
_VALKEY: Final[Mapping[str, CommandFlag]] = {
    "select": _BUSY,
    "client|caching": _BUSY,
    "client|getname": _BUSY,
    "client|getredir": _BUSY,
    "client|id": _BUSY,
    "client|no-evict": _BUSY,
    "client|no-touch": _BUSY,
    "client|reply": _BUSY | CommandFlag.NO_MULTI,
    "client|setinfo": _BUSY,
    "client|setname": _BUSY,
    "multi": CommandFlag.NO_MULTI,
    "watch": CommandFlag.NO_MULTI,
    "script|exists": CommandFlag.STALE,
    "script|flush": CommandFlag.STALE,
    "script|show": CommandFlag.STALE,
}
TURNED: Final[Mapping[str, Mapping[str, CommandFlag]]] = {
    "redis-7.2": {"waitaof": CommandFlag.NOSCRIPT},
    "valkey-9": _VALKEY,
}
"""By dialect and by a command's full name in lower case."""
