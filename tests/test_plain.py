"""Signs become ASCII of the same width; what people wrote stays."""

from __future__ import annotations

import pytest
from prompt_toolkit.utils import get_cwidth

from redis_tui.plain import needs_plain, to_plain


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("╭─ 1 Keys ─╮", "+- 1 Keys -+"),
        ("│ ▾ user: │", "| v user: |"),
        ("● ready · ✗ busy · ⚠ production", "* ready - x busy - ! production"),
        ("get hits → (nil)", "get hits > (nil)"),
        ("EVALSHA coun…", "EVALSHA coun~"),
        ("Grüße, 你好, Ελλάδα", "Grüße, 你好, Ελλάδα"),
        ("12.5 µs", "12.5 us"),
        ("█▌▁░", "#|-."),
        ("⣾ running", "* running"),
        ("🔒 locked", "*  locked"),
        ("plain", "plain"),
    ],
)
def test_a_sign_has_a_stand_in_of_its_width(text: str, plain: str) -> None:
    assert to_plain(text) == plain
    assert get_cwidth(to_plain(text)) == get_cwidth(text)


def test_a_linux_console_is_known_to_lack_signs() -> None:
    assert needs_plain({"TERM": "linux"})
    assert not needs_plain({"TERM": "xterm-256color"})
