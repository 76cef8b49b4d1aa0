"""Which keys hold: those of the table of actions, changed by a preset and then by the user's ``[keys]``. Pure.

Knows no widget. Footer, palette and help take their actions from here, and Textual its keymap, so that all tell the
same. The decision a reader would question: what the user binds wins, and the action that had the key before
loses it and is told of, even where both might have worked: a key that does the other thing in half of the panes
is worse than a message.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.toml_file import Mistake
from redis_tui.tui.action import Action, key_label
from redis_tui.tui.actions import ACTIONS, keyless
from redis_tui.tui.alt_key import TAKEN
from redis_tui.tui.pane_actions import PANE_OF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.widget import Widget

    from redis_tui.errors import SettingsError
    from redis_tui.settings import ReadSettings

PRESETS: dict[str, dict[str, str]] = {
    "default": {},
    "vi": {
        "pane_left": "alt+h",
        "pane_down": "alt+j",
        "pane_up": "alt+k",
        "pane_right": "alt+l",
        "open_view_functions": "alt+u",
        "connect": "alt+0",
        "replace": "alt+t",
        "earlier_run": "alt+8",
        "filter_keys": "alt+9",
    },
}
"""What ``keymap`` begins with, by its name: actions' names and their keys."""

_FUNCTIONAL = frozenset(("up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete")) | {
    f"f{number}" for number in range(1, 25)
}
_TYPED = frozenset(("enter", "tab", "escape", "backspace", "space"))
_SIGNS = {
    "/": "slash",
    "\\": "backslash",
    ".": "full_stop",
    "-": "minus",
    "+": "plus",
    "=": "equals_sign",
    "_": "underscore",
    "?": "question_mark",
    "@": "@",
    "]": "right_square_bracket",
    "[": "left_square_bracket",
    "^": "circumflex_accent",
    ":": "colon",
    ";": "semicolon",
    "'": "apostrophe",
    "`": "grave_accent",
}
_OTHER_NAMES = {
    "esc": "escape",
    "del": "delete",
    "ins": "insert",
    "pgup": "pageup",
    "pgdn": "pagedown",
    "return": "enter",
}
_MODIFIERS = {"ctrl": "ctrl", "control": "ctrl", "c": "ctrl", "alt": "alt", "meta": "alt", "m": "alt", "shift": "shift"}
_SAME_AS = {"ctrl+i": "Tab", "ctrl+m": "Enter", "ctrl+h": "Backspace", "ctrl+left_square_bracket": "Escape"}
"""What every terminal sends for these."""
_CTRL_SIGNS = frozenset(("@", "backslash", "right_square_bracket", "circumflex_accent", "underscore", "slash"))
_KITTY_TERMS = ("kitty", "ghostty", "foot", "wezterm", "alacritty", "rio")
"""Terminals with the keyboard protocol that tells all keys apart."""


class Keymap:
    """The actions with the keys that hold.

    Args:
        read: the settings, with the file to tell mistakes in.
        term: the terminal's name; the environment's when None.
    """

    def __init__(self, read: ReadSettings, *, term: str | None = None) -> None:
        self.problems: list[SettingsError] = []
        self._read = read
        self._knows_all_keys = any(name in (term or _terminal()) for name in _KITTY_TERMS)
        bound = {action.setting: action.keys for action in ACTIONS}
        preset = {name: (key,) for name, key in PRESETS[read.settings.keymap].items()}
        self._give(bound, preset | self._wanted(read.settings.keys, bound))
        self.actions: tuple[Action, ...] = tuple(replace(action, keys=bound[action.setting]) for action in ACTIONS)
        self._by_name = {action.name: action for action in self.actions}

    def action(self, name: str) -> Action:
        """One action with its keys."""
        return self._by_name[name]

    def label(self, name: str, *, otherwise: str = "") -> str:
        """The first key of an action as people write it, or another text where it has none."""
        return self._by_name[name].key_label or otherwise

    @property
    def changed(self) -> dict[str, str]:
        """What differs from the table, as Textual's ``set_keymap`` wants it."""
        before = {action.setting: action.keys for action in ACTIONS}
        taken = {key for action in self.actions for key in action.keys.split(",")}
        released = {f"pane_{digit}": keyless(f"pane_{digit}") for digit in "0123456789" if f"alt+{digit}" in taken}
        return released | {
            action.setting: action.keys or keyless(action.setting)
            for action in self.actions
            if action.keys != before[action.setting]
        }

    def _wanted(self, given: Mapping[str, Sequence[str]], known: Iterable[str]) -> dict[str, tuple[str, ...]]:
        wanted: dict[str, tuple[str, ...]] = {}
        scopes = {action.setting: action.scope for action in ACTIONS}
        for name, texts in given.items():
            try:
                if name not in scopes:
                    raise Mistake(f"keys.{name}", "is no action", _guess(name, known))  # noqa: TRY301
                parts = [part for text in texts for part in text.split(",") if part.strip()]
                wanted[name] = tuple(self._key(name, part.strip(), types=scopes[name] in PANE_OF) for part in parts)
            except Mistake as mistake:
                self._tell(mistake)
        return wanted

    def _key(self, name: str, text: str, *, types: bool) -> str:
        key = key_name(text)
        at = f"keys.{name}"
        if key is None:
            raise Mistake(at, f"is {text!r}, which is no key", 'Write "f5", "ctrl+o", "alt+r" or a letter.')
        if key in _SAME_AS:
            raise Mistake(at, f"is {key_label(key)}", f"Terminals send that as {_SAME_AS[key]}; choose another key.")
        *modifiers, last = key.split("+")
        if last in _TYPED and not modifiers:
            raise Mistake(at, f"is {key_label(key)}", "Panes need that key themselves; choose another.")
        if not types and last not in _FUNCTIONAL and not {"ctrl", "alt"} & set(modifiers):
            raise Mistake(at, f"is {text!r}", f'That is typed as text; choose "alt+{last}" or a function key.')
        if not self._knows_all_keys and not is_sent(key):
            self._tell(
                Mistake(at, f"is {key_label(key)}", "Most terminals cannot send that key; where yours can, it works.")
            )
        return key

    def _give(self, bound: dict[str, str], wanted: Mapping[str, tuple[str, ...]]) -> None:
        """Binds what is wanted, and takes those keys from all other actions."""
        owner: dict[str, str] = {}
        for name, keys in wanted.items():
            for key in keys:
                if owner.setdefault(key, name) != name:
                    what = f"is {key_label(key)}, and so is keys.{owner[key]}"
                    self._tell(Mistake(f"keys.{name}", what, f"Give one of them another; {owner[key]} has it now."))
            bound[name] = ",".join(key for key in keys if owner[key] == name)
        for name in bound.keys() - wanted.keys():
            before = [key for key in bound[name].split(",") if key]
            kept = [key for key in before if key not in owner]
            bound[name] = ",".join(kept)
            if before and not kept and before[0] in self._own(wanted):
                what = f"is {key_label(before[0])}, which was the key of {name}"
                self._tell(Mistake(f"keys.{owner[before[0]]}", what, f'Give {name} another, or write {name} = "".'))

    def _own(self, wanted: Mapping[str, tuple[str, ...]]) -> set[str]:
        """Keys that the user's file gives, not a preset."""
        return {key for name, keys in wanted.items() if name in self._read.settings.keys for key in keys}

    def _tell(self, mistake: Mistake) -> None:
        self.problems.append(self._read.problem(mistake))


def keymap_of(node: Widget) -> Keymap:
    """The keys that hold in the app around a widget."""
    return node.app.keymap  # type: ignore[attr-defined,no-any-return]  # our app has one


def key_name(text: str) -> str | None:
    """Textual's name of a key as people write it: ``^O``, ``Ctrl-O``, ``alt+1``, ``/``; None where it is none."""
    if len(text) > 1 and text[0] == "^":
        text = "ctrl+" + text[1:]
    *before, last = re.split(r"(?<=.)[+-](?=.)", text)
    modifiers = {_MODIFIERS.get(word.strip().lower()) for word in before}
    if None in modifiers:
        return None
    named = last.strip().lower()
    key = _SIGNS.get(last) or _OTHER_NAMES.get(named)
    if key is None and len(last) == 1 and last.isalnum():
        key = named if modifiers else last  # Alt-R is how alt+r is shown
    if key is None and (named in _FUNCTIONAL or named in _TYPED or named in _SIGNS.values()):
        key = named
    if key is None:
        return None
    return "+".join([*sorted(word for word in modifiers if word), key])


def is_sent(key: str) -> bool:
    """Whether any terminal can send a key, not only those with a keyboard protocol of their own."""
    *modifiers, last = key.split("+")
    if last in _FUNCTIONAL or not modifiers:
        return True
    if modifiers == ["ctrl"]:
        return (len(last) == 1 and last.isalpha()) or last in _CTRL_SIGNS or last == "space"
    if modifiers in (["alt"], ["alt", "shift"]):
        return len(last) == 1 and last.isalnum() and last not in TAKEN
    return key == "shift+tab"


def _guess(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, 3, 0.5)
    return f"Did you mean {' or '.join(near)}?" if near else "redis-tui config actions lists them."


def _terminal() -> str:
    return f"{os.environ.get('TERM', '')} {os.environ.get('TERM_PROGRAM', '')}".lower()
