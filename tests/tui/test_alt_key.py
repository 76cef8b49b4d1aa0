"""Alt and a character, as terminals send it, arrives as the key of its action."""

from __future__ import annotations

import pytest
from textual._xterm_parser import XTermParser
from textual.events import Key

from redis_tui.tui.actions import ACTIONS
from redis_tui.tui.alt_key import tell_alt_keys
from redis_tui.tui.keymap import PRESETS, is_sent

BOUND = {key for action in ACTIONS for key in action.keys.split(",")} | {
    key for preset in PRESETS.values() for key in preset.values()
}


def keys(sent: str) -> list[str]:
    tell_alt_keys()
    parser = XTermParser(debug=False)
    return [event.key for event in (*parser.feed(sent), *parser.feed("")) if isinstance(event, Key)]


@pytest.mark.parametrize("key", sorted(key for key in BOUND if key.startswith("alt+") and len(key) == len("alt+x")))
def test_every_such_key_of_an_action_arrives_as_it_is_named(key: str) -> None:
    assert keys(f"\x1b{key[-1]}") == [key]


def test_a_key_that_is_held_stays_that_key() -> None:
    assert keys("\x1bi\x1bi\x1bi") == ["alt+i", "alt+i", "alt+i"]


def test_what_is_typed_quickly_behind_it_is_text_and_the_next_key_a_key() -> None:
    assert keys("\x1b3k1\x1b[17~") == ["alt+3", "k", "1", "f6"]


def test_other_sequences_are_read_as_before() -> None:
    assert keys("\x1b[A\x1bOP\x1b[1;3A\x1bb\x1bf") == ["up", "f1", "alt+up", "ctrl+left", "ctrl+right"]


def test_keys_that_arrive_as_others_are_told() -> None:
    assert [key for key in ("alt+b", "alt+f", "alt+k") if not is_sent(key)] == ["alt+b", "alt+f"]
