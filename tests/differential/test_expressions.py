"""Made-up calls of library functions answer as on a real server.

Bounded and repeatable here; ``python -m tests.differential expressions`` goes on for as long as is wished.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.conformance.real_server import running
from tests.differential.by_line import check_lines
from tests.differential.expressions import expressions
from tests.differential.play import Ours, Theirs

EXAMPLES = 12
LINES = 12


@pytest.mark.parametrize("dialect", ["redis-8", "valkey-9"])
def test_calls_of_library_functions_come_to_the_same(dialect: str) -> None:
    drawn = expressions(ordered=dialect != "valkey-9")
    with running(dialect) as server, server.connect() as sock:
        ours, theirs = Ours(dialect), Theirs(sock)
        for kind in drawn.values():

            @settings(
                max_examples=EXAMPLES,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate, Phase.shrink],
            )
            @given(st.lists(kind, min_size=LINES, max_size=LINES))
            def play(lines: list[str]) -> None:
                check_lines(lines, ours, theirs)

            play()


def test_a_difference_is_told_as_the_line_with_both_answers() -> None:
    with running("redis-8") as server, server.connect() as sock:
        ours, theirs = Ours("redis-8"), Theirs(sock)
        check_lines(["1 + 1", "nil .. 1"], ours, theirs)
        with pytest.raises(AssertionError) as told:
            check_lines(["1 + 1", "redis.sha1hex(redis.REDIS_VERSION_NUM)"], Ours("redis-7.2"), theirs)
    assert str(told.value).splitlines()[0] == "redis.sha1hex(redis.REDIS_VERSION_NUM)"
