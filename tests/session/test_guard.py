"""What a session knows of a command before it sends it."""

from __future__ import annotations

import pytest

from redis_tui.session.guard import runs_script


@pytest.mark.parametrize(
    ("argv", "answer"),
    [
        ([b"eval", b"return 1", b"0"], True),
        ([b"EVALSHA_RO", b"0" * 40, b"0"], True),
        ([b"Fcall", b"f", b"0"], True),
        ([b"SCRIPT", b"LOAD", b"return 1"], False),
        ([b"BLPOP", b"q", b"0"], False),
    ],
)
def test_a_command_that_runs_lua_is_known(argv: list[bytes], answer: bool) -> None:
    assert runs_script(argv) is answer
