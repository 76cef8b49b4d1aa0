"""Functions, as clients call them, where a transcript cannot say it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import REDIS_7_2, VALKEY_9
from redis_tui.engine.engine import Engine
from redis_tui.resp.types import OK, ErrorReply, Map, Verbatim

if TYPE_CHECKING:
    from redis_tui.engine.dialect import Dialect
    from redis_tui.resp.types import Reply
    from tests.engine.conftest import Run

LOOP = b"#!lua name=spin\nredis.register_function('spin', function() while true do end end)"
ONE = b"#!lua name=one\nredis.register_function('one', function() return 1 end)"
BUSY = b"BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE."


@pytest.fixture
def busy(engine: Engine) -> Engine:
    """An engine whose scripts are busy from their start."""
    client = engine.connect()
    assert engine.execute(client, [b"CONFIG", b"SET", b"busy-reply-threshold", b"1"]) == OK
    return engine


def _while_spinning(engine: Engine, argv: list[bytes], asked: list[list[bytes]]) -> tuple[Reply, list[Reply]]:
    """The reply of a run that lasts, and those to what another client asks meanwhile, one after the other."""
    client, other = engine.connect(), engine.connect()
    questions = iter(asked)
    answers: list[Reply] = []

    def answer() -> None:
        answers.extend(engine.execute(other, question) for question in itertools.islice(questions, 1))

    engine.scripts.on_busy = answer
    return engine.execute(client, argv), answers


def test_a_busy_function_is_killed_by_function_kill_only(busy: Engine) -> None:
    client = busy.connect()
    assert busy.execute(client, [b"FUNCTION", b"LOAD", LOOP]) == b"spin"
    reply, answers = _while_spinning(
        busy,
        [b"FCALL", b"spin", b"1", b"k", b"a"],
        [[b"PING"], [b"SCRIPT", b"KILL"], [b"FUNCTION", b"STATS"], [b"FUNCTION", b"KILL"]],
    )
    assert reply == ErrorReply(b"ERR Script killed by user with SCRIPT KILL... script: spin, on @user_function:2.")
    assert answers[0] == ErrorReply(BUSY)
    assert answers[1] == ErrorReply(BUSY)
    stats = answers[2]
    assert isinstance(stats, Map)
    running = dict(stats.pairs)[b"running_script"]
    assert isinstance(running, Map)
    assert running.pairs[:2] == [(b"name", b"spin"), (b"command", [b"FCALL", b"spin", b"1", b"k", b"a"])]
    assert answers[3] == OK


def test_function_kill_leaves_a_script_alone(busy: Engine) -> None:
    _, answers = _while_spinning(
        busy,
        [b"EVAL", b"while true do end", b"0"],
        [[b"FUNCTION", b"KILL"], [b"FUNCTION", b"STATS"], [b"SCRIPT", b"KILL"]],
    )
    refusal = ErrorReply(BUSY.replace(b"FUNCTION", b"SCRIPT"))
    assert answers == [refusal, refusal, OK]


def test_a_function_that_has_written_is_not_killed(busy: Engine) -> None:
    client = busy.connect()
    code = b"#!lua name=w\nredis.register_function('w', function() redis.call('set', 'k', 1) while true do end end)"
    assert busy.execute(client, [b"FUNCTION", b"LOAD", code]) == b"w"
    refused: list[Reply] = []

    def ask() -> None:
        if not refused:
            refused.append(busy.execute(client, [b"FUNCTION", b"KILL"]))
        else:
            busy.scripts.kill(force=True)

    busy.scripts.on_busy = ask
    busy.execute(busy.connect(), [b"FCALL", b"w", b"0"])
    assert isinstance(refused[0], ErrorReply)
    assert refused[0].code == "UNKILLABLE"


def test_a_library_that_does_not_come_to_an_end_is_not_loaded(engine: Engine) -> None:
    reply = engine.execute(engine.connect(), [b"FUNCTION", b"LOAD", b"#!lua name=l\nwhile true do end"])
    assert reply == ErrorReply(b"ERR Error registering functions: ERR FUNCTION LOAD timeout")
    assert engine.execute(engine.connect(), [b"FUNCTION", b"LOAD", ONE]) == b"one"


@pytest.mark.parametrize("dialect", [REDIS_7_2, VALKEY_9], ids=lambda dialect: dialect.name)
def test_what_was_dumped_comes_back(dialect: Dialect) -> None:
    engine = Engine(dialect=dialect)
    client = engine.connect()
    engine.execute(client, [b"FUNCTION", b"LOAD", ONE])
    dump = engine.execute(client, [b"FUNCTION", b"DUMP"])
    assert isinstance(dump, bytes)
    assert engine.execute(client, [b"FUNCTION", b"RESTORE", dump]) == ErrorReply(b"ERR Library one already exists")
    assert engine.execute(client, [b"FUNCTION", b"RESTORE", dump, b"REPLACE"]) == OK
    assert engine.execute(client, [b"FUNCTION", b"RESTORE", dump, b"FLUSH"]) == OK
    assert engine.execute(client, [b"FCALL", b"one", b"0"]) == 1
    engine.execute(client, [b"FUNCTION", b"FLUSH"])
    assert engine.execute(client, [b"FUNCTION", b"RESTORE", dump]) == OK
    assert engine.execute(client, [b"FCALL", b"ONE", b"0"]) == 1


def test_a_restore_that_clashes_changes_nothing(engine: Engine) -> None:
    client = engine.connect()
    engine.execute(client, [b"FUNCTION", b"LOAD", ONE])
    dump = engine.execute(client, [b"FUNCTION", b"DUMP"])
    assert isinstance(dump, bytes)
    engine.execute(client, [b"FUNCTION", b"FLUSH"])
    engine.execute(client, [b"FUNCTION", b"LOAD", ONE.replace(b"name=one", b"name=other")])
    reply = engine.execute(client, [b"FUNCTION", b"RESTORE", dump, b"REPLACE"])
    assert reply == ErrorReply(b"ERR Function one already exists")
    assert list(engine.scripts.functions.libraries) == [b"other"]


@pytest.mark.parametrize(
    ("dialect", "sender"), [(REDIS_7_2, (b"", b"")), (VALKEY_9, (b"10.0.0.1:5", b"me"))], ids=["redis", "valkey"]
)
def test_the_slow_log_has_what_a_script_called_of_no_client_in_redis(
    dialect: Dialect, sender: tuple[bytes, bytes]
) -> None:
    engine = Engine(dialect=dialect)
    client = engine.connect(addr=b"10.0.0.1:5")
    client.name = b"me"
    engine.execute(client, [b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0"])
    engine.execute(client, [b"EVAL", b"redis.call('set', 'k', 1) redis.pcall('incr', 'k', 'x')", b"0"])
    run, call = engine.slowlog.newest(2)
    assert run.argv[0] == b"EVAL"
    assert call.argv == (b"set", b"k", b"1")
    assert (call.client_addr, call.client_name) == sender


def test_a_call_of_constant_time_is_timed_once_the_slow_log_wants_short_ones(engine: Engine) -> None:
    client = engine.connect()
    engine.execute(client, [b"EVAL", b"redis.call('set', 'k', 1)", b"0"])
    engine.execute(client, [b"CONFIG", b"SET", b"slowlog-log-slower-than", b"0"])
    engine.execute(client, [b"SLOWLOG", b"RESET"])
    engine.execute(client, [b"EVAL", b"redis.call('set', 'k', 1)", b"0"])
    assert [entry.argv[0] for entry in engine.slowlog.newest(-1)] == [b"EVAL", b"set", b"SLOWLOG"]


def _memory(run: Run) -> dict[str, str]:
    shown = run("INFO memory")
    assert isinstance(shown, Verbatim)
    return dict(line.split(":", 1) for line in shown.text.decode().splitlines()[1:])


def test_info_tells_what_scripts_and_libraries_take(run: Run) -> None:
    bare = _memory(run)
    assert (bare["used_memory_scripts_eval"], bare["used_memory_functions"]) == ("0", "216")
    assert bare["used_memory_vm_total_human"] == "64.00K"
    run("SCRIPT LOAD 'return 1'")
    run("FUNCTION LOAD \"#!lua name=l\\nredis.register_function('f', function() return 1 end)\"")
    full = _memory(run)
    taken = int(full["used_memory_scripts_eval"]) + int(full["used_memory_functions"])
    assert taken == int(full["used_memory_scripts"]) > 216 + len("return 1")
    machines = int(full["used_memory_vm_eval"]) + int(full["used_memory_vm_functions"])
    assert machines == int(full["used_memory_vm_total"]) > 2 * 32768
    assert full["used_memory_lua"] == full["used_memory_vm_eval"]
    counts = ("number_of_cached_scripts", "number_of_functions", "number_of_libraries")
    assert [full[name] for name in counts] == ["1", "1", "1"]
    run("SCRIPT FLUSH")
    run("FUNCTION FLUSH")
    assert _memory(run)["used_memory_scripts"] == "216"
