"""What an action is: a name, what it is called, and the keys that do it. Knows no widget and no table of them."""

from __future__ import annotations

import re
from typing import Literal

from redis_tui.record import dataclass

Scope = Literal["app", "workbench", "keys", "result"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do."""

    name: str
    """The method is ``action_<name>``; a parameter may follow: ``focus_pane(1)``."""
    title: str
    """Two or three words for palette and help."""
    about: str
    """One sentence for help and palette."""
    keys: str = ""
    """Textual's key names, comma separated; the first is shown."""
    short: str = ""
    """One word for the footer; empty keeps it out."""
    group: str = "Run"
    scope: Scope = "workbench"
    priority: bool = True
    """Wins over the focused widget's own keys."""
    rank: int = 50
    """In a narrow footer the highest ranks go first."""

    @property
    def setting(self) -> str:
        """Its name in the configuration: ``open_view('keys')`` is ``open_view_keys``, ``wish('new')`` ``key_new``."""
        return re.sub(r"\W+", "_", self.name.replace("-", "back_")).strip("_").replace("wish_", "key_", 1)

    @property
    def key_label(self) -> str:
        """The first key as people write it: ``F5``, ``^O``, ``Alt-1``."""
        return key_label(self.keys.partition(",")[0]) if self.keys else ""


_SIGNS = {
    "comma": ",",
    "ctrl+slash": "^/",
    "ctrl+underscore": "^/",
    "full_stop": ".",
    "slash": "/",
    "pagedown": "PgDn",
    "pageup": "PgUp",
}


def key_label(key: str) -> str:
    """``ctrl+o`` as ``^O``, ``alt+1`` as ``Alt-1``, ``f5`` as ``F5``."""
    if key in _SIGNS:
        return _SIGNS[key]
    *modifiers, last = key.split("+")
    word = _SIGNS.get(last) or (last if len(last) == 1 and not modifiers else last.capitalize())
    return "^" * ("ctrl" in modifiers) + "".join(f"{one.capitalize()}-" for one in modifiers if one != "ctrl") + word
