"""What DEBUG turns on and off in an engine, for tests of clients and of the engine itself."""

from __future__ import annotations

from redis_tui.record import dataclass


@dataclass(slots=True)
class Switches:
    """As they stand when an engine starts."""

    active_expire: bool = True
    """Keys whose time has run out go without being read."""
    reply_buffers_shrink: bool = True
    """The room for replies becomes smaller where little of it was used."""
    scripts_denied: bool = True
    """Commands that are not for scripts are refused in them."""
