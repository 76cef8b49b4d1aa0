"""MULTI and its kin, as a client types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.dialect import VALKEY_9
from redis_tui.engine.engine import Engine
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import NULL_ARRAY, OK, QUEUED, ErrorReply, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.client import Client
    from redis_tui.engine.clock import ManualClock
    from redis_tui.resp.types import Reply

    Run = Callable[[str], Reply]

EXECABORT = ErrorReply(b"EXECABORT Transaction discarded because of previous errors.")
WRONGTYPE = ErrorReply(b"WRONGTYPE Operation against a key holding the wrong kind of value")


@pytest.fixture
def other(engine: Engine) -> Run:
    """A second client of the same engine."""
    client = engine.connect()
    return lambda line: engine.execute(client, split_inline(line.encode()))


def test_exec_runs_what_was_queued(run: Run) -> None:
    assert run("MULTI") == OK
    assert run("SET k 1") == QUEUED
    assert run("GET k") == QUEUED
    assert run("EXEC") == [OK, b"1"]
    assert run("GET k") == b"1"


def test_nothing_queued_is_seen_before_exec(run: Run, other: Run) -> None:
    run("MULTI")
    run("SET k 1")
    assert other("GET k") is None
    run("EXEC")
    assert other("GET k") == b"1"


def test_an_error_inside_exec_is_an_element_and_the_rest_goes_on(run: Run) -> None:
    run("SET k text")
    run("MULTI")
    run("HGET k f")
    run("SET k 2")
    assert run("EXEC") == [WRONGTYPE, OK]


def test_an_unknown_command_aborts(run: Run) -> None:
    run("MULTI")
    assert run("FOO") == ErrorReply(b"ERR unknown command 'FOO', with args beginning with: ")
    assert run("SET k 1") == QUEUED
    assert run("EXEC") == EXECABORT
    assert run("GET k") is None
    assert run("EXEC") == ErrorReply(b"ERR EXEC without MULTI")


def test_a_wrong_number_of_arguments_aborts(run: Run) -> None:
    run("MULTI")
    assert run("GET") == ErrorReply(b"ERR wrong number of arguments for 'get' command")
    assert run("EXEC") == EXECABORT


def test_multi_does_not_nest_and_goes_on(run: Run) -> None:
    run("MULTI")
    assert run("MULTI") == ErrorReply(b"ERR MULTI calls can not be nested")
    assert run("WATCH k") == ErrorReply(b"ERR WATCH inside MULTI is not allowed")
    assert run("EXEC") == []


def test_valkey_refuses_to_queue_multi_and_aborts() -> None:
    engine = Engine(dialect=VALKEY_9)
    client = engine.connect()
    engine.execute(client, [b"MULTI"])
    refusal = ErrorReply(b"ERR Command 'multi' not allowed inside a transaction")
    assert engine.execute(client, [b"MULTI"]) == refusal
    assert engine.execute(client, [b"EXEC"]) == EXECABORT


def test_exec_with_an_argument_discards(run: Run) -> None:
    run("MULTI")
    run("SET k 1")
    assert run("EXEC now") == ErrorReply(
        b"EXECABORT Transaction discarded because of: wrong number of arguments for 'exec' command"
    )
    assert run("GET k") is None


def test_discard_forgets_the_queue_and_the_watches(run: Run, other: Run) -> None:
    run("WATCH k")
    run("MULTI")
    run("SET k 1")
    assert run("DISCARD") == OK
    assert run("DISCARD") == ErrorReply(b"ERR DISCARD without MULTI")
    other("SET k 2")
    run("MULTI")
    assert run("EXEC") == []


def test_a_change_of_a_watched_key_by_another_breaks_exec(run: Run, other: Run) -> None:
    run("WATCH k")
    other("SET k 1")
    run("MULTI")
    run("SET k 2")
    assert run("EXEC") is NULL_ARRAY
    assert run("GET k") == b"1"


def test_ones_own_change_breaks_as_well(run: Run) -> None:
    run("WATCH k")
    run("SET k 1")
    run("MULTI")
    assert run("EXEC") is NULL_ARRAY


def test_a_write_queued_in_the_transaction_does_not_break_it(run: Run) -> None:
    run("WATCH k")
    run("MULTI")
    run("SET k 1")
    assert run("EXEC") == [OK]


def test_a_script_that_writes_breaks_the_watch_of_another(run: Run, other: Run) -> None:
    run("WATCH k")
    other("EVAL \"return redis.call('SET', 'k', 1)\" 0")
    run("MULTI")
    assert run("EXEC") is NULL_ARRAY


def test_unwatch_and_exec_end_the_watch(run: Run, other: Run) -> None:
    run("WATCH k")
    run("UNWATCH")
    other("SET k 1")
    run("MULTI")
    assert run("EXEC") == []
    run("WATCH k")
    run("MULTI")
    run("EXEC")
    other("SET k 2")
    run("MULTI")
    assert run("EXEC") == []


def test_a_watch_holds_for_its_database(run: Run, other: Run) -> None:
    run("WATCH k")
    other("SELECT 1")
    other("SET k 1")
    run("MULTI")
    assert run("EXEC") == []


def test_flushall_breaks_watches_of_keys_that_exist(run: Run, other: Run) -> None:
    run("WATCH missing")
    other("FLUSHALL")
    run("MULTI")
    assert run("EXEC") == []
    run("SET k 1")
    run("WATCH k")
    other("FLUSHALL")
    run("MULTI")
    assert run("EXEC") is NULL_ARRAY


def test_swapdb_breaks_watches_of_keys_on_either_side(run: Run, other: Run) -> None:
    run("SET k 1")
    run("SELECT 1")
    run("WATCH k")
    other("SWAPDB 0 1")
    run("MULTI")
    assert run("EXEC") is NULL_ARRAY


def test_a_watched_key_that_expires_breaks_exec(run: Run, clock: ManualClock) -> None:
    run("SET k 1 PX 10")
    run("WATCH k")
    clock.advance(ms=11)
    run("MULTI")
    assert run("EXEC") is NULL_ARRAY


def test_a_key_that_had_expired_when_it_was_watched_does_not(run: Run, clock: ManualClock) -> None:
    run("SET k 1 PX 10")
    clock.advance(ms=11)
    run("WATCH k")
    run("MULTI")
    assert run("EXEC") == []


def test_time_stands_still_within_exec(run: Run, engine: Engine, clock: ManualClock) -> None:
    engine.space.listen(lambda _db, _event, _key: clock.advance(ms=1000))
    run("MULTI")
    run("TIME")
    run("SET k 1")
    run("TIME")
    replies = run("EXEC")
    assert isinstance(replies, list)
    assert replies[0] == replies[2]
    assert engine.time_frozen is False


def test_select_inside_exec_stays(run: Run) -> None:
    run("MULTI")
    run("SELECT 3")
    run("SET k 1")
    run("EXEC")
    assert run("GET k") == b"1"
    run("SELECT 0")
    assert run("GET k") is None


def test_subcommands_are_queued_whole(run: Run) -> None:
    run("MULTI")
    assert run("CLIENT SETNAME me") == QUEUED
    assert run("CLIENT GETNAME") == QUEUED
    assert run("EXEC") == [OK, b"me"]


def test_reset_ends_a_transaction(run: Run, client: Client) -> None:
    run("MULTI")
    assert run("RESET") == Status(b"RESET")
    assert client.transaction is None
    assert run("PING") == Status(b"PONG")


def test_a_client_that_goes_leaves_no_watch(run: Run, engine: Engine, client: Client) -> None:
    run("WATCH a b")
    engine.disconnect(client)
    assert engine.space.databases[0].watchers == {}
    assert engine.space.databases[0].observed is False


def test_the_slow_log_shows_the_inner_commands_and_not_exec(run: Run) -> None:
    run("CONFIG SET slowlog-log-slower-than 0")
    run("SLOWLOG RESET")
    run("MULTI")
    run("SET k 1")
    run("EXEC")
    run("CONFIG SET slowlog-log-slower-than -1")
    entries = run("SLOWLOG GET")
    assert isinstance(entries, list)
    words = [entry[3][0] for entry in entries]
    assert words == [b"SET", b"MULTI", b"SLOWLOG"]


def test_a_watch_outlives_a_swap_with_a_database_where_the_key_is_stale(run: Run, clock: ManualClock) -> None:
    run("SET x foo PX 1")
    clock.advance(ms=5)
    run("SELECT 1")
    run("WATCH x")
    run("SWAPDB 0 1")
    run("MULTI")
    run("PING")
    assert run("EXEC") == [Status(b"PONG")]
