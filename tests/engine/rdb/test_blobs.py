"""Listpacks, intsets, ziplists and zipmaps: the bytes of servers, and what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.engine.rdb import intset, listpack, ziplist

INTEGERS = st.integers(-(2**70), 2**70).map(lambda number: b"%d" % number)
TEXTS = st.one_of(INTEGERS, st.binary(max_size=70), st.sampled_from([b"", b"-", b"01", b"+1", b"1 ", b"-0"]))
LONG = st.sampled_from([63, 64, 127, 128, 4095, 4096, 20_000]).map(lambda size: b"z" * size)


@given(st.lists(st.one_of(TEXTS, LONG), max_size=40))
def test_a_listpack_reads_back(items: list[bytes]) -> None:
    assert listpack.decode(listpack.encode(items)) == items


def test_a_listpack_is_a_servers() -> None:
    # RPUSH l a -1 4095 70000 9223372036854775807, DUMP l on Redis 8.2.3
    items = [b"a", b"-1", b"4095", b"70000", b"9223372036854775807"]
    blob = "1f0000000500816102dfff02cfff02f270110104f4ffffffffffffff7f09ff"
    assert listpack.encode(items) == bytes.fromhex(blob)


@given(st.sets(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=50))
def test_an_intset_reads_back(numbers: set[int]) -> None:
    ascending = sorted(numbers)
    assert intset.decode(intset.encode(ascending)) == [b"%d" % number for number in ascending]


def test_a_ziplist_of_redis_6_is_read() -> None:
    blob = (
        b"\x29\0\0\0\x23\0\0\0\x06\0"  # sizes, the last element's place, six elements
        b"\0\x01a"
        b"\x03\xf3"
        b"\x02\xfe\xff"
        b"\x03\xc0\x2c\x01"
        b"\x04\x40\x0ahello hell"
        b"\x0d\xf0\x00\x00\x01"
        b"\xff"
    )
    assert ziplist.decode(blob) == [b"a", b"2", b"-1", b"300", b"hello hell", b"65536"]


def test_a_zipmap_of_redis_2_2_is_read() -> None:
    assert ziplist.decode_zipmap(b"\x02\x01f\x02\x01v1\0\x01g\x00\x00\xff") == [b"f", b"v1", b"g", b""]


@pytest.mark.parametrize("decode", [listpack.decode, ziplist.decode, intset.decode, ziplist.decode_zipmap])
@given(noise=st.binary(max_size=60))
def test_noise_is_refused_or_read(decode: object, noise: bytes) -> None:
    assert callable(decode)
    with contextlib.suppress(ValueError, IndexError):
        decode(noise)


@given(st.lists(TEXTS, min_size=1, max_size=10), st.data())
def test_a_listpack_with_a_flipped_bit_never_does_worse_than_fail(items: list[bytes], data: st.DataObject) -> None:
    blob = bytearray(listpack.encode(items))
    at = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[at // 8] ^= 1 << at % 8
    with contextlib.suppress(ValueError, IndexError):
        listpack.decode(bytes(blob))
