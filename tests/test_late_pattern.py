"""Patterns that are compiled late: like those compiled at once, but for when."""

from __future__ import annotations

import re

import pytest

from redis_tui.late_pattern import late_pattern


def test_a_late_pattern_does_what_a_pattern_does() -> None:
    late, bare = late_pattern(r"(?P<word>[a-z]+)=(\d+)"), re.compile(r"(?P<word>[a-z]+)=(\d+)")
    for text in ("a=1 bc=22", "none"):
        assert late.findall(text) == bare.findall(text)
        assert late.sub("-", text) == bare.sub("-", text)
    assert late.pattern == bare.pattern
    assert late.groupindex == bare.groupindex


def test_its_flags_and_bytes_are_kept() -> None:
    found = late_pattern(b"geo", re.IGNORECASE).match(b"GEOADD")
    assert found is not None
    assert found[0] == b"GEO"


def test_its_text_is_read_at_the_first_use() -> None:
    late = late_pattern("(")
    with pytest.raises(re.error):
        late.match("")
