"""The engine and a real server, sent the same random commands, answer the same.

Bounded and repeatable here; `make differential` goes on for as long as is wished.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.registry import Registry
from tests.conformance.real_server import running
from tests.differential.compare import mode_of, same, same_all
from tests.differential.play import Ours, Theirs, check, shortest
from tests.differential.sequences import ALSO, GROUPS, Argv, Example, examples, is_drawn, specs_of

EXAMPLES = 120


@pytest.mark.parametrize("dialect", ["redis-8", "valkey-9"])
def test_random_commands_are_answered_as_by_the_server(dialect: str) -> None:
    with running(dialect) as server, server.connect() as sock:
        ours, theirs = Ours(dialect), Theirs(sock)

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(examples(dialect))
        def play(example: Example) -> None:
            check(example, ours, theirs)

        play()


@pytest.mark.parametrize("dialect", ["redis-8", "redis-7.2", "valkey-9"])
def test_every_command_with_data_is_drawn(dialect: str) -> None:
    specs = [sub for top in Registry(dialect_named(dialect)).specs() for sub in top.subcommands or (top,)]
    data = {spec.name for spec in specs if spec.group in GROUPS or spec.name in ALSO}
    drawn = {spec.name for group in specs_of(dialect).values() for spec in group}
    assert data - drawn == {spec.name for spec in specs if spec.name in data and not is_drawn(spec)}
    assert {"set", "xadd", "object|encoding", "dbsize", "eval", "watch"} <= drawn


def test_a_difference_is_told_as_the_shortest_transcript() -> None:
    class Deaf(Ours):
        """An engine that answers LLEN wrongly."""

        def _ask(self, argv: Argv) -> bytes:
            return b":7\r\n" if argv[0] == b"LLEN" else super()._ask(argv)

    commands = [line.split() for line in (b"SET a 1", b"RPUSH b 1", b"MULTI", b"GET a", b"EXEC", b"LLEN b", b"DEL b")]
    with running("redis-8") as server, server.connect() as sock:
        fault = shortest(Example(tuple(map(tuple, commands))), Deaf("redis-8"), Theirs(sock))
    assert str(fault) == "\n@resp2\nLLEN b\n    ours   b':7\\r\\n'\n    theirs b':0\\r\\n'"


@pytest.mark.parametrize(
    ("command", "ours", "theirs", "agree"),
    [
        (b"GET a", b"$1\r\n1\r\n", b"$1\r\n2\r\n", False),
        (b"SMEMBERS a", b"*2\r\n+a\r\n+b\r\n", b"*2\r\n+b\r\n+a\r\n", True),
        (b"SMEMBERS a", b"*2\r\n+a\r\n+b\r\n", b"*2\r\n+b\r\n+b\r\n", False),
        (b"HGETALL a", b"%2\r\n+a\r\n+1\r\n+b\r\n+2\r\n", b"%2\r\n+b\r\n+2\r\n+a\r\n+1\r\n", True),
        (b"HGETALL a", b"%2\r\n+a\r\n+1\r\n+b\r\n+2\r\n", b"%2\r\n+b\r\n+1\r\n+a\r\n+2\r\n", False),
        (b"EVAL x 0 SMEMBERS a", b"*2\r\n+a\r\n+b\r\n", b"*2\r\n+b\r\n+a\r\n", True),
        (b"RANDOMKEY", b"$1\r\na\r\n", b"$1\r\nb\r\n", True),
        (b"RANDOMKEY", b"$1\r\na\r\n", b"$-1\r\n", False),
        (b"SRANDMEMBER a 2", b"*1\r\n+a\r\n", b"*2\r\n+a\r\n+b\r\n", False),
        (b"PTTL a", b":99999\r\n", b":99998\r\n", True),
        (b"PTTL a", b":-1\r\n", b":-2\r\n", False),
        (b"SMEMBERS a", b"-ERR one\r\n", b"-ERR two\r\n", False),
        (b"SSCAN a 0", b"*2\r\n$1\r\n0\r\n*1\r\n+a\r\n", b"*2\r\n$1\r\n0\r\n*1\r\n+b\r\n", False),
        (b"SSCAN a 0", b"*2\r\n$1\r\n0\r\n*1\r\n+a\r\n", b"*2\r\n$1\r\n9\r\n*1\r\n+b\r\n", True),
        (
            b"XPENDING a g - + 9",
            b"*1\r\n*4\r\n$1\r\n1\r\n$1\r\nc\r\n:5\r\n:1\r\n",
            b"*1\r\n*4\r\n$1\r\n1\r\n$1\r\nc\r\n:9\r\n:1\r\n",
            True,
        ),
        (
            b"XPENDING a g - + 9",
            b"*1\r\n*4\r\n$1\r\n1\r\n$1\r\nc\r\n:5\r\n:1\r\n",
            b"*1\r\n*4\r\n$1\r\n1\r\n$1\r\nc\r\n:5\r\n:2\r\n",
            False,
        ),
    ],
)
def test_replies_agree_as_far_as_no_chance_or_clock_is_in_them(
    command: bytes, ours: bytes, theirs: bytes, agree: bool
) -> None:
    assert same(ours, theirs, mode_of(command.split())) is agree


def test_replies_within_exec_agree_each_in_its_own_way() -> None:
    one, other = b"*2\r\n*2\r\n+a\r\n+b\r\n:1\r\n", b"*2\r\n*2\r\n+b\r\n+a\r\n:1\r\n"
    assert same_all(one, other, ["unordered", "exact"])
    assert not same_all(one, other, ["exact", "exact"])
