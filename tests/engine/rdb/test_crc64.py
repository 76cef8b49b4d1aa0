"""The checksum is the one of the servers, in one piece or many."""

from __future__ import annotations

import random

import pytest

from redis_tui.engine.rdb.crc64 import crc64


def test_the_check_value_of_the_catalogue() -> None:
    assert crc64(b"123456789") == 0xE9C6D914C4B8D9CA


@pytest.mark.parametrize("size", [4096, 4097, 8191, 65_536, 262_144, 262_145, 300_001])
def test_folding_gives_what_small_pieces_give(size: int) -> None:
    data = random.Random(size).randbytes(size)
    crc = 0
    for start in range(0, size, 1000):
        crc = crc64(data[start : start + 1000], crc)
    assert crc64(data) == crc


def test_a_large_piece_goes_on_from_a_checksum() -> None:
    data = random.Random(1).randbytes(50_000)
    assert crc64(data[777:], crc64(data[:777])) == crc64(data)
