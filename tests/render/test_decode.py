"""Bytes made readable."""

from __future__ import annotations

import gzip
import json
import sys
import zlib

import lz4.frame
import msgpack
import pytest
import zstandard

from redis_tui.render.decode import UNPACKED_LIMIT, decode
from redis_tui.render.spans import plain

JSON = b'{"a":[1,true,null],"b":"\xc3\xa9"}'
PRETTY = '{\n  "a": [\n    1,\n    true,\n    null\n  ],\n  "b": "é"\n}'


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (JSON, "json"),
        (gzip.compress(JSON, mtime=0), "gzip → json"),
        (zlib.compress(JSON), "zlib → json"),
        (zstandard.compress(JSON), "zstd → json"),
        (lz4.frame.compress(JSON), "lz4 → json"),
        (msgpack.packb({"a": [1, True, None], "b": "é"}), "msgpack"),
        (zlib.compress(msgpack.packb({"a": [1, True, None], "b": "é"})), "zlib → msgpack"),
    ],
)
def test_what_it_is_is_found_out(data: bytes, name: str) -> None:
    decoded = decode(data)
    assert (decoded.name, plain(decoded.lines), decoded.note) == (name, PRETTY, "")


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (b"hello\nworld", "text", "hello\nworld"),
        (b"", "text", '""'),
        (b"42", "text", "42"),
        (b"{broken", "text", "{broken"),
        (b"\x1f\x8bno gzip", "hex", "00000000  1f 8b 6e 6f 20 67 7a 69  70                       |..no gzip|"),
        (b"\x80\xff", "hex", "00000000  80 ff                                             |..|"),
        (gzip.compress(b"plain", mtime=0), "gzip → text", "plain"),
    ],
)
def test_what_is_nothing_special_is_text_or_hex(data: bytes, name: str, text: str) -> None:
    decoded = decode(data)
    assert (decoded.name, plain(decoded.lines)) == (name, text)


def test_messagepack_that_is_not_text_keeps_its_bytes() -> None:
    assert plain(decode(msgpack.packb([b"\xff\x00", {1: "x"}])).lines) == (
        '[\n  {\n    "base64": "/wA="\n  },\n  {\n    "1": "x"\n  }\n]'
    )


def test_a_bomb_is_cut_and_said_to_be() -> None:
    decoded = decode(gzip.compress(b"a" * (UNPACKED_LIMIT * 4)))
    assert decoded.note == "first 1,048,576 bytes unpacked"
    assert len(plain(decoded.lines)) == UNPACKED_LIMIT


def test_a_part_of_a_value_is_not_parsed() -> None:
    assert decode(JSON, whole=False).name == "text"
    assert decode(gzip.compress(JSON), whole=False).name == "hex"


def test_a_view_that_does_not_fit_says_so() -> None:
    decoded = decode(b"hello", "json")
    assert (decoded.name, decoded.note) == ("text", "this is no json")


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    decoded = decode(zstandard.compress(JSON))
    assert (decoded.name, decoded.note) == ("hex", "zstd? pip install zstandard unpacks it")


def test_more_than_is_unpacked_is_not_parsed_and_said_to_be_cut() -> None:
    data = b"[" + b"1," * UNPACKED_LIMIT + b"1]"
    decoded = decode(data)
    assert (decoded.name, plain(decoded.lines)) == ("text", data[:UNPACKED_LIMIT].decode())
    assert decoded.note == "too large to be unpacked here; the first 1,048,576 bytes, raw shows all"


def test_a_character_that_the_limit_cuts_does_not_make_bytes_of_a_text() -> None:
    data = b"a" + "日".encode() * UNPACKED_LIMIT
    decoded = decode(data)
    assert decoded.name == "text"
    assert set(plain(decoded.lines)) == {"a", "日"}


def test_packed_bytes_are_unpacked_however_many_they_are() -> None:
    noise = bytes(range(256)) * 8_192
    decoded = decode(gzip.compress(noise, compresslevel=0))
    assert (decoded.name, decoded.note) == ("gzip → hex", "first 1,048,576 bytes unpacked")


def test_what_json_and_messagepack_hold_is_written_as_python_writes_it() -> None:
    value = {"a": [], "b": {}, "c": [[1.5, -2, "ü", True]], "d": {"e": None, "f\n": [{}]}}
    told = json.dumps(value, indent=2, ensure_ascii=False)
    assert plain(decode(json.dumps(value).encode()).lines) == told
    assert plain(decode(msgpack.packb(value)).lines) == told
