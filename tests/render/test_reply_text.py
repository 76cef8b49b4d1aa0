"""The lines of JSON, raw and unpacked, and the forms that are copied and saved."""

from __future__ import annotations

import json
import zlib

import pytest

from redis_tui.render.export import json_text, raw_chunks, raw_text
from redis_tui.render.reply import stream_cli_lines
from redis_tui.render.reply_forms import FORMS, lua_literal, python_literal
from redis_tui.render.reply_text import (
    BREATH,
    PIECE,
    HexRows,
    json_lines,
    long_string_lines,
    packed_note,
    raw_lines,
    unpacked_lines,
    within,
)
from redis_tui.render.spans import plain, text_line
from redis_tui.resp.inline import quote
from redis_tui.resp.types import NULL_ARRAY, OK, BigNumber, ErrorReply, Map, Pairs, Reply, SetReply, Verbatim

REPLIES: list[Reply] = [
    None,
    NULL_ARRAY,
    True,
    5,
    1.5,
    float("inf"),
    OK,
    b"text",
    b"\xff\x00",
    "Öl".encode(),
    BigNumber(b"123456789012345678901234567890"),
    Verbatim(b"two\nlines"),
    ErrorReply(b"ERR no"),
    [],
    Map(),
    SetReply([b"a"]),
    Pairs([(b"ann", 1.5)]),
    [1, [b"x", []], Map([(b"k", [b"v", None]), (7, Map([(b"deep", ErrorReply(b"ERR no"))]))])],
]


@pytest.mark.parametrize("reply", REPLIES, ids=repr)
def test_the_lines_of_json_are_those_of_python(reply: Reply) -> None:
    assert plain(json_lines(reply)) == json_text(reply, indent=2)


@pytest.mark.parametrize("reply", REPLIES, ids=repr)
def test_raw_lines_are_what_redis_cli_writes_into_a_pipe(reply: Reply) -> None:
    assert plain(raw_lines(reply)) == raw_text(reply).decode("utf-8", "backslashreplace")


def test_a_long_string_comes_in_pieces_and_nothing_of_it_is_lost() -> None:
    data = bytes(range(256)) * 100
    lines = list(json_lines(data))
    assert max(len(span.text) for line in lines for span in line) <= PIECE
    assert "".join(plain([line]) for line in lines) == json_text(data)
    assert "".join(plain([line]) for line in long_string_lines(data)) == quote(data)


@pytest.mark.parametrize(
    "data",
    [b'line "one"\n' * 20_000, "日本語 ü ".encode() * 20_000, "日本語".encode() * 20_000 + b"\xff", b"x" * 300_000],
    ids=["lines", "wide", "no text", "one line"],
)
def test_a_string_of_any_length_is_written_as_a_short_one_is(data: bytes) -> None:
    lines = [line for line in json_lines([data, 1]) if line is not BREATH]
    assert max(len(plain([line])) for line in lines) <= PIECE
    first, *strings, last, end = [plain([line]) for line in lines]
    assert "\n".join([first, "".join(strings), last, end]) == json_text([data, 1], indent=2)
    assert b"".join(FORMS["json"].pieces([data, 1])).decode() == json_text([data, 1], indent=2)
    shown = plain(raw_lines(data))
    assert shown.replace("\n", "") == data.decode("utf-8", "backslashreplace").replace("\n", "")
    assert max(map(len, shown.split("\n"))) <= PIECE
    assert plain(stream_cli_lines(Verbatim(data))) == data.decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("reply", REPLIES, ids=repr)
def test_the_chunks_of_raw_are_the_whole_of_it(reply: Reply) -> None:
    assert b"".join(raw_chunks(reply)) == raw_text(reply)
    big = [b"x" * 3_000_000, reply]
    assert max(map(len, raw_chunks(big))) <= 1 << 20
    assert b"".join(raw_chunks(big)) == raw_text(big)


def test_a_dump_makes_the_rows_that_are_asked_for() -> None:
    rows = HexRows(b"x" * 1_000_000_0)
    assert len(rows) == 625_000
    assert plain([rows[624_999]]).startswith("0098967")


def test_strings_are_unpacked_and_what_they_were_is_said() -> None:
    packed = zlib.compress(json.dumps({"a": 1}).encode())
    shown = plain(unpacked_lines([b"plain", packed, 7]))
    assert shown == (
        "[0]  plain  text\n"
        f"[1]  zlib → json · {len(packed)} bytes\n"
        "{\n"
        '  "a": 1\n'
        "}\n"
        "[2]  7"
    )  # fmt: skip


def test_messagepack_is_unpacked_where_its_library_is_installed() -> None:
    pytest.importorskip("msgpack")
    assert plain(unpacked_lines(b"\x81\xa1a\x01")) == 'msgpack · 4 bytes\n{\n  "a": 1\n}'
    assert packed_note(b"\x81\xa1a\x01") == "msgpack"
    assert packed_note(b"plain") == ""


@pytest.mark.parametrize(
    ("reply", "lua", "python"),
    [
        (None, "false", "None"),
        (True, "true", "True"),
        (5, "5", "5"),
        (1.5, "1.5", "1.5"),
        (float("inf"), "math.huge", 'float("inf")'),
        (b'a"\\', '"a\\"\\\\"', "b'a\"\\\\'"),
        (b"\xff1", '"\\2551"', "b'\\xff1'"),
        ("Öl".encode(), '"Öl"', "b'\\xc3\\x96l'"),
        (Map([(b"k", [1, b""])]), '{["k"] = {1, ""}}', "{b'k': [1, b'']}"),
        (Map([([1], 2)]), "{[{1}] = 2}", "[([1], 2)]"),
        (Pairs([(b"ann", 1.5)]), '{{"ann", 1.5}}', "[[b'ann', 1.5]]"),
        (ErrorReply(b"ERR no"), '{err = "ERR no"}', "Exception('ERR no')"),
    ],
    ids=repr,
)
def test_literals_of_lua_and_python(reply: Reply, lua: str, python: str) -> None:
    assert lua_literal(reply) == lua
    assert python_literal(reply) == python


def test_json_that_is_copied_is_never_cut_into_pieces() -> None:
    text = b"".join(FORMS["json"].pieces([b"x" * 10_000]))
    assert json.loads(text) == ["x" * 10_000]


def test_each_form_has_a_letter_and_an_ending_of_its_own() -> None:
    assert len({form.key for form in FORMS.values()}) == len({form.ending for form in FORMS.values()}) == len(FORMS)


def test_a_text_is_cut_after_the_line_that_passes_the_limit_and_says_so() -> None:
    lines = [text_line("12345"), BREATH, text_line("67890"), text_line("more")]
    cut = text_line("cut")
    assert list(within(lines, 7, cut)) == [*lines[:3], cut]
    assert list(within(lines, 10, cut)) == lines
    assert list(within(lines[:3], 7, cut)) == lines[:3]
