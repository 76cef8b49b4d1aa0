"""How Alt with a letter or a digit reaches the actions, however quickly keys follow one another.

Knows Textual's table of escape sequences and nothing of the workbench. Terminals send Escape and the character.
The decision a reader would question: each of these pairs is put into Textual's own table, where it is not there
at all (then it waits for a tenth of a second that nothing follows, and types ``^i`` into the text when something
does, as when the key is held) or stands for what Option and a digit type on a Mac.
"""

from __future__ import annotations

from string import ascii_lowercase, digits
from typing import Any

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

from redis_tui.record import dataclass

TAKEN = frozenset("bf")
"""Macs send Escape with these for Option and an arrow, which goes from word to word; no action may have them."""


@dataclass(frozen=True, slots=True)
class AltKey:
    """What stands in the table for a key."""

    value: str
    """Its name, as bindings have it; called as that of Textual's own keys."""


def tell_alt_keys() -> None:
    """Has Textual read them; a second time changes nothing."""
    table: Any = ANSI_SEQUENCES_KEYS  # a dict, though declared as a Mapping
    table.update({f"\x1b{each}": (AltKey(f"alt+{each}"),) for each in ascii_lowercase + digits if each not in TAKEN})
