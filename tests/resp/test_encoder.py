from __future__ import annotations

import enum
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.resp.encoder import encode, encode_command, encode_into, format_double
from redis_tui.resp.parser import parse
from redis_tui.resp.types import (
    NULL_ARRAY,
    OK,
    BigNumber,
    ErrorReply,
    Map,
    Pairs,
    Push,
    Reply,
    SetReply,
    Status,
    Verbatim,
)

WIRE = [
    (1, b":1\r\n", b":1\r\n"),
    (-7, b":-7\r\n", b":-7\r\n"),
    (1024, b":1024\r\n", b":1024\r\n"),
    (b"", b"$0\r\n\r\n", b"$0\r\n\r\n"),
    (b"a\r\nb", b"$4\r\na\r\nb\r\n", b"$4\r\na\r\nb\r\n"),
    (b"x" * 1024, b"$1024\r\n" + b"x" * 1024 + b"\r\n", b"$1024\r\n" + b"x" * 1024 + b"\r\n"),
    (None, b"$-1\r\n", b"_\r\n"),
    (NULL_ARRAY, b"*-1\r\n", b"_\r\n"),
    ([], b"*0\r\n", b"*0\r\n"),
    ([1, [b"a"], None], b"*3\r\n:1\r\n*1\r\n$1\r\na\r\n$-1\r\n", b"*3\r\n:1\r\n*1\r\n$1\r\na\r\n_\r\n"),
    ((1, 2), b"*2\r\n:1\r\n:2\r\n", b"*2\r\n:1\r\n:2\r\n"),
    (True, b":1\r\n", b"#t\r\n"),
    (False, b":0\r\n", b"#f\r\n"),
    (3.5, b"$3\r\n3.5\r\n", b",3.5\r\n"),
    (OK, b"+OK\r\n", b"+OK\r\n"),
    (Status(b"PONG"), b"+PONG\r\n", b"+PONG\r\n"),
    (ErrorReply(b"ERR no"), b"-ERR no\r\n", b"-ERR no\r\n"),
    (Map([(b"a", 1)]), b"*2\r\n$1\r\na\r\n:1\r\n", b"%1\r\n$1\r\na\r\n:1\r\n"),
    (SetReply([b"a"]), b"*1\r\n$1\r\na\r\n", b"~1\r\n$1\r\na\r\n"),
    (Pairs([(b"m", 1.0)]), b"*2\r\n$1\r\nm\r\n$1\r\n1\r\n", b"*1\r\n*2\r\n$1\r\nm\r\n,1\r\n"),
    (Verbatim(b"hi"), b"$2\r\nhi\r\n", b"=6\r\ntxt:hi\r\n"),
    (BigNumber(b"123"), b"$3\r\n123\r\n", b"(123\r\n"),
    (Push([b"message"]), b"*1\r\n$7\r\nmessage\r\n", b">1\r\n$7\r\nmessage\r\n"),
]


@pytest.mark.parametrize(("reply", "resp2", "resp3"), WIRE)
def test_each_type_has_its_form_in_both_protocols(reply: Reply, resp2: bytes, resp3: bytes) -> None:
    assert encode(reply, 2) == resp2
    assert encode(reply, 3) == resp3


# Replies of ZSCORE, Redis 8.2.3.
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, b"0"),
        (-0.0, b"-0"),
        (3.0, b"3"),
        (0.1, b"0.1"),
        (-3.25, b"-3.25"),
        (1234567.891, b"1234567.891"),
        (1e18, b"1000000000000000000"),
        (1e19, b"1e+19"),
        (12345678901234567890.0, b"12345678901234567000"),
        (1.25e21, b"1.25e+21"),
        (1e-6, b"0.000001"),
        (1e-7, b"1e-7"),
        (1.5e-5, b"0.000015"),
        (0.00012345, b"1.2345e-4"),
        (0.1234567890123456789, b"0.12345678901234568"),
        (1.7976931348623157e308, b"1.7976931348623157e+308"),
        (5e-324, b"5e-324"),
        (float("inf"), b"inf"),
        (float("-inf"), b"-inf"),
        (float("nan"), b"nan"),
    ],
)
def test_doubles_are_written_as_redis_writes_them(value: float, text: bytes) -> None:
    assert format_double(value) == text


@given(st.floats(allow_nan=False))
def test_a_double_reads_back_as_itself(value: float) -> None:
    assert float(format_double(value)) == value


def test_line_breaks_in_one_line_replies_become_spaces() -> None:
    assert encode(ErrorReply(b"ERR a\r\nb\r\n")) == b"-ERR a  b\r\n"
    assert encode(Status(b"a\nb")) == b"+a b\r\n"


def test_a_subclass_is_encoded_as_its_base() -> None:
    class Answer(enum.IntEnum):
        YES = 1

    assert encode(Answer.YES) == b":1\r\n"


def test_what_is_no_reply_is_refused() -> None:
    with pytest.raises(TypeError, match="no reply: object"):
        encode(cast("Reply", object()))


def test_a_batch_is_appended_to_one_buffer() -> None:
    out = bytearray()
    for reply in (OK, 1, b"a"):
        encode_into(out, reply, 2)
    assert out == b"+OK\r\n:1\r\n$1\r\na\r\n"


def test_a_command_is_an_array_of_bulk_strings() -> None:
    assert encode_command([b"SET", b"k", b""]) == b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$0\r\n\r\n"


_line = st.binary(max_size=20).map(lambda text: text.replace(b"\r", b"").replace(b"\n", b""))
_leaf = st.one_of(
    st.integers(-(2**63), 2**63 - 1),
    st.binary(max_size=30),
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False),
    _line.map(Status),
    _line.map(ErrorReply),
    st.binary(max_size=20).map(Verbatim),
    st.integers().map(lambda number: BigNumber(b"%d" % number)),
)
_replies = st.recursive(
    _leaf,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(SetReply),
        st.lists(inner, max_size=4).map(Push),
        st.lists(st.tuples(inner, inner), max_size=3).map(Map),
    ),
    max_leaves=12,
)


@given(_replies)
def test_resp3_bytes_parse_back_to_an_equal_reply(reply: Reply) -> None:
    [again] = parse(encode(reply, 3))
    assert again == reply
    assert type(again) is type(reply)


@given(_replies)
def test_resp2_bytes_are_always_one_whole_reply(reply: Reply) -> None:
    assert len(parse(encode(reply, 2))) == 1
