"""Compressed texts read back; damaged ones are refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.engine.rdb import lzf

REPETITIVE = st.lists(st.sampled_from([b"abc", b"user:", b"\0\0\0", b"x", b"0123456789"]), max_size=200).map(b"".join)


@given(st.one_of(REPETITIVE, st.binary(max_size=600)))
def test_a_text_reads_back(text: bytes) -> None:
    packed = lzf.compress(text)
    assert packed is None or (len(packed) <= len(text) - 4 and lzf.decompress(packed, len(text)) == text)


def test_the_bytes_are_those_of_a_server() -> None:
    # SET k of a hundred x, DUMP k on Redis 8.2.3
    assert lzf.compress(b"x" * 100) == bytes.fromhex("017878e057000178 78")


def test_what_would_not_shrink_stays() -> None:
    assert lzf.compress(b"abcdefghijklmnopqrstuvwxyz") is None


def test_what_is_very_large_is_not_walked() -> None:
    assert lzf.compress(bytes(1 << 20)) is None


@given(st.binary(max_size=200), st.integers(0, 10_000))
def test_noise_ends_in_an_error_or_the_announced_length(noise: bytes, size: int) -> None:
    with contextlib.suppress(ValueError):
        assert len(lzf.decompress(noise, size)) == size


@pytest.mark.parametrize("damaged", [b"\x05ab", b"\x20\x01", b"\xe0", b"\x00a\x20", b"\x00a\x20\x05"])
def test_a_damaged_text_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match=r"refer|length"):
        lzf.decompress(damaged, 10)
