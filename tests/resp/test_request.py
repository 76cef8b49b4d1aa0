from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redis_tui.resp.encoder import encode_command
from redis_tui.resp.request import RequestParser

Outcome: TypeAlias = tuple[list[list[bytes]], bytes | None]
Read: TypeAlias = Callable[[bytes], Outcome]


def whole(data: bytes) -> Outcome:
    parser = RequestParser()
    return parser.feed(data), parser.failure


def bytewise(data: bytes) -> Outcome:
    parser = RequestParser()
    batch: list[list[bytes]] = []
    for at in range(len(data)):
        batch += parser.feed(data[at : at + 1])
    return batch, parser.failure


PING = b"*1\r\n$4\r\nPING\r\n"

# What Redis 8.2.3 does with the same bytes.
REQUESTS: list[tuple[bytes, list[list[bytes]]]] = [
    (PING, [[b"PING"]]),
    (PING * 3, [[b"PING"]] * 3),
    (b"PING\r\n", [[b"PING"]]),
    (b"PING\n\n\nPING\n", [[b"PING"], [b"PING"]]),
    (b"\r\nPING\r\n", [[b"PING"]]),
    (b"SET \"a b\" 'c'\r\n", [[b"SET", b"a b", b"c"]]),
    (PING + b"ECHO hi\r\n" + PING, [[b"PING"], [b"ECHO", b"hi"], [b"PING"]]),
    (b"*-5\r\nPING\r\n", [[b"PING"]]),
    (b"*0\r\nPING\r\n", [[b"PING"]]),
    (b"*1\r\n$0\r\n\r\n", [[b""]]),
    (b"*1\r\n$4\r\nPINGxxPING\r\n", [[b"PING"], [b"PING"]]),
    (b"*2\r\n$4\r\nECHO\r\n$6\r\n\r\n*1\r\n\r\n", [[b"ECHO", b"\r\n*1\r\n"]]),
    (b"*2\r\n$4\r\nECHO\r\n$6\r\n\r\n$-1\r\r\n", [[b"ECHO", b"\r\n$-1\r"]]),
    (b"*2\r\n$4\r\nECHO\r\n", []),
    (b"*1\n$4\nPING\n", []),
    (b"*1048577\r\n$4\r\nPING\r\n", []),
    (b"$4\r\nPING\r\n", [[b"$4"], [b"PING"]]),
]

REFUSALS: list[tuple[bytes, bytes]] = [
    (b"*x\r\n", b"invalid multibulk length"),
    (b"*\r\n", b"invalid multibulk length"),
    (b"*01\r\n$4\r\nPING\r\n", b"invalid multibulk length"),
    (b"*+1\r\n$4\r\nPING\r\n", b"invalid multibulk length"),
    (b"* 1\r\n$4\r\nPING\r\n", b"invalid multibulk length"),
    (b"*2147483648\r\n", b"invalid multibulk length"),
    (b"*99999999999999999999\r\n", b"invalid multibulk length"),
    (b"*1\r\n$x\r\n", b"invalid bulk length"),
    (b"*1\r\n$\r\n", b"invalid bulk length"),
    (b"*1\r\n$04\r\nPING\r\n", b"invalid bulk length"),
    (b"*1\r\n$4 \r\nPING\r\n", b"invalid bulk length"),
    (b"*1\r\n$-1\r\n", b"invalid bulk length"),
    (b"*1\r\n$536870913\r\n", b"invalid bulk length"),
    (b"*1\r\nPING\r\n", b"expected '$', got 'P'"),
    (b"*1\r\n+PING\r\n", b"expected '$', got '+'"),
    (b"*1\r\n*1\r\n$4\r\nPING\r\n", b"expected '$', got '*'"),
    (b"*1\r\n\r\n", b"expected '$', got ' '"),
    (b"*1\r\n\x80\r\n", b"expected '$', got '\x80'"),
    (b'SET "a\r\n', b"unbalanced quotes in request"),
    (b'"PING"x\r\n', b"unbalanced quotes in request"),
]


@pytest.mark.parametrize(("data", "commands"), REQUESTS)
@pytest.mark.parametrize("read", [whole, bytewise])
def test_requests_are_read_as_redis_reads_them(read: Read, data: bytes, commands: list[list[bytes]]) -> None:
    assert read(data) == (commands, None)


@pytest.mark.parametrize(("data", "reason"), REFUSALS)
@pytest.mark.parametrize("read", [whole, bytewise])
def test_protocol_errors_are_worded_as_redis_words_them(read: Read, data: bytes, reason: bytes) -> None:
    assert read(data) == ([], b"ERR Protocol error: " + reason)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"*1\r\n$" + b"1" * 70_000, b"too big bulk count string"),
        (b"*" + b"1" * 70_000, b"too big mbulk count string"),
        (b"x" * 70_000, b"too big inline request"),
    ],
)
def test_an_endless_line_is_refused(data: bytes, reason: bytes) -> None:
    assert whole(data) == ([], b"ERR Protocol error: " + reason)


def test_commands_before_a_protocol_error_are_answered_and_none_after_it() -> None:
    parser = RequestParser()
    assert parser.feed(PING + b"*1\r\nx\r\n" + PING) == [[b"PING"]]
    assert parser.failure == b"ERR Protocol error: expected '$', got 'x'"
    assert parser.feed(PING) == []


def test_a_large_argument_over_many_reads_is_one_argument() -> None:
    value = bytes(range(256)) * 4096
    data = PING + encode_command([b"SET", b"k", value]) + PING
    parser = RequestParser()
    batch: list[list[bytes]] = []
    for at in range(0, len(data), 65_536):
        batch += parser.feed(data[at : at + 65_536])
    assert batch == [[b"PING"], [b"SET", b"k", value], [b"PING"]]


def test_a_huge_declared_length_costs_no_memory() -> None:
    parser = RequestParser()
    assert parser.feed(b"*2147483647\r\n$1\r\na\r\n") == []
    assert parser.failure is None


def test_without_authentication_requests_are_small() -> None:
    parser = RequestParser(authenticated=False)
    assert parser.feed(b"*11\r\n") == []
    assert parser.failure == b"ERR Protocol error: unauthenticated multibulk length"
    parser = RequestParser(authenticated=False)
    parser.feed(b"*1\r\n$16385\r\n")
    assert parser.failure == b"ERR Protocol error: unauthenticated bulk length"


def test_what_follows_auth_in_one_read_may_be_large() -> None:
    auth, large = [b"AUTH", b"secret"], [b"DEL", *[b"k"] * 20]
    parser = RequestParser(authenticated=False)
    assert parser.feed(encode_command(auth) + encode_command(large)) == [auth]
    parser.authenticated = True
    assert parser.feed(b"") == [large]


_commands = st.lists(st.lists(st.binary(max_size=12), min_size=1, max_size=4), max_size=5)


def test_a_cut_between_two_arguments_leaves_nothing_behind() -> None:
    parser = RequestParser()
    assert parser.feed(b"*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n") == [[b"PING"]]
    assert parser.feed(b"$1\r\na\r\n*1\r\n$4\r\nQUIT\r\n") == [[b"ECHO", b"a"], [b"QUIT"]]


@given(_commands, st.data())
def test_commands_survive_any_cut_of_their_bytes(commands: list[list[bytes]], data: st.DataObject) -> None:
    wire = b"".join(map(encode_command, commands))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=6)))
    parser = RequestParser()
    batch: list[list[bytes]] = []
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        batch += parser.feed(wire[start:end])
    assert (batch, parser.failure) == (commands, None)


_noise = st.lists(
    st.sampled_from(
        [b"*1", b"*2", b"*0", b"$1", b"$-1", b"$4", b"\r\n", b"\r\n", b"\r\n", b"PING", b"a", b"+", b"'", b'"', b"\n"]
    ),
    max_size=16,
).map(b"".join)


@given(_noise)
def test_bytes_cut_anywhere_give_what_they_give_whole(data: bytes) -> None:
    assert bytewise(data) == whole(data)
