"""The longest common subsequence."""

from __future__ import annotations

from redis_tui.engine.lcs import Run, longest_common


def test_runs_come_from_the_last_to_the_first() -> None:
    assert longest_common(b"ohmytext", b"mynewtext") == (6, [Run(4, 5, 4), Run(2, 0, 2)])


def test_texts_without_anything_in_common_have_no_runs() -> None:
    assert longest_common(b"abc", b"xyz") == (0, [])
    assert longest_common(b"", b"xyz") == (0, [])
