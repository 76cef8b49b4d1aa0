"""What is refused when memory has run out or replicas are lacking, inside scripts and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.resp.types import OK, QUEUED, ErrorReply

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine
    from tests.engine.conftest import Run

OOM = "OOM command not allowed when used memory > 'maxmemory'."
NOREPLICAS = "NOREPLICAS Not enough good replicas to write."


def _refused(reply: object, text: str) -> bool:
    return isinstance(reply, ErrorReply) and reply.line.decode().startswith(text)


@pytest.fixture
def full(run: Run) -> Run:
    """A server that has no memory left."""
    assert run("SET k v") == OK
    assert run("CONFIG SET maxmemory 1") == OK
    return run


def test_only_what_wants_memory_is_refused(full: Run) -> None:
    assert _refused(full("SET k w"), OOM)
    assert full("GET k") == b"v"
    assert full("DEL k") == 1
    assert full("CONFIG SET maxmemory 0") == OK
    assert full("SET k w") == OK


def test_what_wants_memory_is_not_queued_but_the_queue_can_be_thrown_away(full: Run) -> None:
    assert full("MULTI") == OK
    assert full("GET k") == QUEUED
    assert _refused(full("SET k w"), OOM)
    assert full("DISCARD") == OK


def test_exec_is_refused_when_something_queued_wants_memory(engine: Engine, run: Run) -> None:
    assert run("MULTI") == OK
    assert run("SET k 1") == QUEUED
    engine.execute(engine.connect(), [b"CONFIG", b"SET", b"maxmemory", b"1"])
    assert _refused(run("EXEC"), "EXECABORT Transaction discarded because of: OOM command not allowed")


def test_a_script_without_a_shebang_is_refused_at_its_first_write(full: Run) -> None:
    assert full("EVAL \"return redis.call('get', 'k')\" 0") == b"v"
    assert _refused(full("EVAL \"return redis.call('set', 'k', 1)\" 0"), OOM)
    assert full("EVAL \"redis.call('del', 'k') redis.call('set', 'k', 1) return redis.call('get', 'k')\" 0") == b"1"


def test_a_script_with_a_shebang_is_held_to_its_flags(full: Run) -> None:
    assert _refused(full('EVAL "#!lua\\nreturn 1" 0'), OOM)
    assert full('EVAL "#!lua flags=no-writes\\nreturn 1" 0') == 1
    assert full("EVAL \"#!lua flags=allow-oom\\nreturn redis.call('set', 'k', 1)\" 0") == OK
    assert full('EVAL_RO "return 1" 0') == 1


def test_what_is_missing_is_refused_as_such(full: Run) -> None:
    assert _refused(full("FCALL nosuch 0"), "ERR Function not found")
    assert _refused(full("EVALSHA 0000000000000000000000000000000000000000 0"), "NOSCRIPT")


def test_writes_want_replicas_where_they_are_asked_for(run: Run) -> None:
    assert run("SET k v") == OK
    assert run("CONFIG SET min-replicas-to-write 1") == OK
    assert _refused(run("SET k w"), NOREPLICAS)
    assert run("GET k") == b"v"
    assert _refused(run('EVAL "#!lua\\nreturn 1" 0'), NOREPLICAS)
    assert _refused(run("EVAL \"return redis.call('set', 'k', 1)\" 0"), NOREPLICAS)
    assert run("EVAL \"return redis.call('get', 'k')\" 0") == b"v"
    assert run("CONFIG SET min-replicas-max-lag 0") == OK
    assert run("SET k w") == OK


def test_all_scripts_and_functions_draw_from_one_sequence(run: Run) -> None:
    run('EVAL "math.randomseed(7)" 0')
    assert run('EVAL "return math.random(1000000)" 0') == 266445
    run('EVAL "math.randomseed(7)" 0')
    code = "redis.register_function('r', function() return math.random(1000000) end)"
    assert run(f'FUNCTION LOAD "#!lua name=r\\n{code}"') == b"r"
    assert run("FCALL r 0") == 266445
    assert run("SCRIPT FLUSH") == OK
    assert run('EVAL "return math.random(1000000)" 0') == 682036
