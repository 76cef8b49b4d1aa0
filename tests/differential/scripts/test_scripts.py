"""The engine answers every script of the corpus as the real servers do, and the corpus is read as it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.encoder import encode
from tests.conformance.real_server import running
from tests.differential.play import Ours, Theirs
from tests.differential.scripts.by_hand import FILES
from tests.differential.scripts.corpus import Malformed, for_dialect, parse, read
from tests.differential.scripts.player import differences, masked

if TYPE_CHECKING:
    from pathlib import Path

SHOWN = 10


@pytest.mark.parametrize("dialect", ["redis-8", "valkey-9"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scripts_are_answered_as_by_the_server(path: Path, dialect: str) -> None:
    # A server of its own: what a script leaves in the VM, and the state of math.random, is the same on both sides.
    with running(dialect) as server, server.connect() as sock:
        found = differences(for_dialect(read(path), dialect), dialect, Ours(dialect), Theirs(sock))
    if found:
        pytest.fail(f"{len(found)} scripts differ\n" + "\n".join(found[:SHOWN]), pytrace=False)


def test_a_script_is_read_with_its_options() -> None:
    text = """# about the file

== first
# why
@do SET k "a b"
@with 1 k x
@on valkey-9
@resp 3
return 1
-- @run is no option here

== second
@run FCALL f 0
@source "a\\r\\n"
"""
    first, second = parse(text.splitlines(), "here")
    assert first.setup == [(b"SET", b"k", b"a b")]
    assert first.commands == [(b"EVAL", b"return 1\n-- @run is no option here", b"1", b"k", b"x")]
    assert (first.name, first.number, first.dialects, first.protocols) == ("first", 3, ("valkey-9",), (3,))
    assert (second.source, second.commands) == (b"a\r\n", [(b"FCALL", b"f", b"0")])


def test_lines_are_tried_each_by_itself() -> None:
    text = '== a\n@lines\n1, "x", nil\nnil + 1\ndo local t = {a = {2}} t.t = t return t end\n{0.1, print}\n'
    (script,) = parse(text.splitlines(), "here")
    assert Ours("redis-8").play(script.commands) == [
        encode(
            [
                b'true, 1, "x", nil',
                b'false, "user_script:3: attempt to perform arithmetic on a nil value"',
                b'true, {"a"={1=2} "t"=...}',
                b"false, \"user_script:5: Script attempted to access nonexistent global variable 'print'\"",
            ],
            2,
        )
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("return 1", "here:1: a heading must come first"),
        ("== a\nreturn 1\n== a\nreturn 2", "here:3: the name comes twice: a"),
        ("== a\n@rnu X\nreturn 1", "here:2: @rnu X: KeyError('rnu')"),
        ("== a\n@on redis-9\nreturn 1", "here:2: @on redis-9: ValueError('tuple.index(x): x not in tuple')"),
        ("== a\n\n== b\nreturn 1", "here:1: neither Lua nor @run"),
    ],
)
def test_a_slip_in_a_file_is_told_with_its_line(text: str, fault: str) -> None:
    with pytest.raises(Malformed) as told:
        parse(text.splitlines(), "here")
    assert str(told.value) == fault


def test_a_difference_is_told_in_replies_and_in_data() -> None:
    text = """== a
@resp 2
return {1, 2}
== b
@resp 2
redis.call('set', 'k', 1)
== c
@differs redis-8 It is known.
return 3
== d
@differs redis-8 It was known.
return 7"""
    with running("redis-8") as server, server.connect() as sock:
        found = differences(parse(text.splitlines(), "here"), "redis-8", _Wrong("redis-8"), Theirs(sock))
    assert "\n".join(found).splitlines() == [
        "== a (line 1, redis-8)",
        '  RESP2, EVAL "return {1, 2}" 0',
        r"    ours   b':7\r\n'",
        r"    theirs b'*2\r\n:1\r\n:2\r\n'",
        "== b (line 4, redis-8)",
        "  RESP2, EVAL \"redis.call('set', 'k', 1)\" 0",
        r"    ours   b':7\r\n'",
        r"    theirs b'$-1\r\n'",
        "  RESP2, keys of database 0",
        "    ours   set()",
        "    theirs {b'k'}",
        "== d (line 10, redis-8)",
        "does not differ any more, but was said to: It was known.",
    ]


class _Wrong(Ours):
    """Answers every script with 7."""

    def _ask(self, argv: tuple[bytes, ...]) -> bytes:
        return b":7\r\n" if argv[0] == b"EVAL" else super()._ask(argv)


def test_addresses_are_masked_and_nothing_else() -> None:
    raw = b"*2\r\n$21\r\ntable: 0x7f0123456789\r\n$3\r\n0x1\r\n"
    assert masked(raw) == b"*2\r\n$9\r\ntable: 0x\r\n$3\r\n0x1\r\n"
    assert masked(b"-ERR function: 0xabc\r\n") == b"-ERR function: 0x\r\n"
