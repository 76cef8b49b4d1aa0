"""Glob patterns against what stringmatchlen of Redis 8.2 and Valkey 9.1 answers."""

from __future__ import annotations

import time

import pytest

from redis_tui.engine.glob import compile_glob


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        (b"", [b""], [b"a"]),
        (b"*", [b"a", b"a\nb"], [b""]),
        (b"**", [b"a"], [b""]),
        (b"h?llo", [b"hello", b"h\nllo"], [b"hllo", b"heello"]),
        (b"h*llo", [b"hllo", b"heeello"], [b"hell"]),
        (b"h[ae]llo", [b"hallo", b"hello"], [b"hillo"]),
        (b"h[^e]llo", [b"hallo"], [b"hello"]),
        (b"h[a-c]llo", [b"hbllo"], [b"hdllo", b"h-llo"]),
        (b"h[c-a]llo", [b"hbllo"], [b"hdllo"]),
        (b"h\\*llo", [b"h*llo"], [b"hello"]),
        (b"h[\\]]llo", [b"h]llo"], [b"h\\llo"]),
        (b"a\\", [b"a\\"], [b"a"]),
        (b"[ab", [b"a", b"b"], [b"["]),
        (b"[", [], [b"["]),
        (b"[^", [b"x"], [b""]),
        (b"[]a", [], [b"a", b"]a"]),
        (b"[^]a", [b"xa"], [b"a"]),
        (b"[\x7f-\xff]", [b"\x00", b"\x7f", b"\xff"], [b"\x80"]),
        (b"*a*b*", [b"ab", b"xaxbx"], [b"ba"]),
        (b"a*", [b"a", b"ab"], [b"ba"]),
    ],
)
def test_a_pattern_matches_as_on_a_server(pattern: bytes, matching: list[bytes], others: list[bytes]) -> None:
    matches = compile_glob(pattern).match
    assert [text for text in matching if not matches(text)] == []
    assert [text for text in others if matches(text)] == []


def test_many_stars_do_not_multiply() -> None:
    started = time.process_time()
    assert compile_glob(b"*a" * 30 + b"b").match(b"a" * 2000) is None
    assert time.process_time() - started < 2
