"""The server as a whole: CONFIG, COMMAND, INFO, the slow log, FLUSHALL, MEMORY USAGE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.config import Config
from redis_tui.engine.engine import Engine
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import OK, ErrorReply, Map, SetReply, Status, Verbatim

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from redis_tui.engine.client import Client
    from redis_tui.engine.clock import ManualClock
    from redis_tui.resp.types import Reply

    Run = Callable[[str], Reply]

SYNTAX = ErrorReply(b"ERR syntax error")


def figures(reply: Reply) -> dict[str, str]:
    """INFO as a dict."""
    assert isinstance(reply, Verbatim)
    lines = reply.text.decode().split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)


def test_config_get_takes_patterns_names_and_aliases(run: Run) -> None:
    assert run("CONFIG GET slowlog*") == Map([(b"slowlog-log-slower-than", b"10000"), (b"slowlog-max-len", b"128")])
    assert run("CONFIG GET HZ") == Map([(b"HZ", b"10")])
    assert run("CONFIG GET lua-time-limit") == Map([(b"lua-time-limit", b"5000")])
    assert run("CONFIG GET nosuch") == Map()


def test_config_set_is_all_or_nothing(run: Run) -> None:
    assert run("CONFIG SET hz 20 maxmemory abc") == ErrorReply(
        b"ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value"
    )
    assert run("CONFIG GET hz") == Map([(b"hz", b"10")])
    assert run("CONFIG SET hz 20 slowlog-max-len 5") == OK
    assert run("CONFIG GET hz") == Map([(b"hz", b"20")])


def test_an_alias_sets_the_parameter(run: Run) -> None:
    run("CONFIG SET lua-time-limit 7")
    assert run("CONFIG GET busy-reply-threshold") == Map([(b"busy-reply-threshold", b"7")])


def test_resetstat_starts_anew(run: Run) -> None:
    run("GET k")
    assert run("CONFIG RESETSTAT") == OK
    shown = figures(run("INFO all"))
    assert (shown["keyspace_misses"], shown["total_error_replies"]) == ("0", "0")
    assert [name for name in shown if name.startswith("cmdstat_")] == ["cmdstat_config|resetstat"]


def test_info_has_the_sections_asked_for_in_redis_order(run: Run) -> None:
    reply = run("INFO keyspace replication nosuch")
    assert isinstance(reply, Verbatim)
    assert [line for line in reply.text.split(b"\r\n") if line.startswith(b"#")] == [b"# Replication", b"# Keyspace"]
    assert run("INFO nosuch") == Verbatim(b"")


def test_info_counts_calls_refusals_and_failures(run: Run) -> None:
    run("SET k text")
    run("SET k")
    run("HGET k f")
    shown = figures(run("INFO everything"))
    assert shown["cmdstat_set"].startswith("calls=1,")
    assert shown["cmdstat_set"].endswith("rejected_calls=1,failed_calls=0")
    assert shown["cmdstat_hget"].endswith("rejected_calls=0,failed_calls=1")
    assert (shown["errorstat_ERR"], shown["errorstat_WRONGTYPE"]) == ("count=1", "count=1")
    assert shown["total_error_replies"] == "2"


def test_an_error_of_a_script_counts_as_one(run: Run) -> None:
    run("EVAL \"return redis.error_reply('MINE stop')\" 0")
    assert figures(run("INFO errorstats"))["errorstat_MINE"] == "count=1"


def test_info_tells_of_the_keys(run: Run, clock: ManualClock) -> None:
    run("SET a 1")
    run("SET b 1 PX 10000")
    run("SELECT 2")
    run("SET c 1")
    clock.advance(ms=4000)
    shown = figures(run("INFO keyspace"))
    assert shown == {
        "db0": "keys=2,expires=1,avg_ttl=6000,subexpiry=0",
        "db2": "keys=1,expires=0,avg_ttl=0,subexpiry=0",
    }


def test_info_tells_of_hits_misses_and_changes(run: Run) -> None:
    run("SET k 1")
    run("GET k")
    run("GET missing")
    shown = figures(run("INFO"))
    assert (shown["keyspace_hits"], shown["keyspace_misses"]) == ("1", "1")
    assert shown["rdb_changes_since_last_save"] == "1"
    assert shown["redis_version"] == "8.2.3"
    assert "cmdstat_get" not in shown


def test_uptime_follows_the_clock(run: Run, clock: ManualClock) -> None:
    clock.advance(ms=90_000)
    assert figures(run("INFO server"))["uptime_in_seconds"] == "90"


def test_the_rate_is_that_of_the_last_cycles(run: Run, engine: Engine, clock: ManualClock) -> None:
    engine.expire_cycle()
    for _ in range(50):
        run("PING")
    clock.advance(ms=500)
    engine.expire_cycle()
    assert figures(run("INFO stats"))["instantaneous_ops_per_sec"] == "100"


def test_used_memory_grows_with_the_data(run: Run) -> None:
    before = int(figures(run("INFO memory"))["used_memory"])
    run(f"SET k {'x' * 10000}")
    shown = figures(run("INFO memory"))
    assert 10000 < int(shown["used_memory"]) - before < 11000
    run("FLUSHALL")
    shown = figures(run("INFO memory"))
    assert int(shown["used_memory_peak"]) > 10000 > int(shown["used_memory_dataset"])


def test_command_info_is_made_from_the_declaration(run: Run) -> None:
    reply = run("COMMAND INFO get nosuch")
    assert isinstance(reply, list)
    row, missing = reply
    assert row[:6] == [b"get", 2, SetReply([Status(b"readonly"), Status(b"fast")]), 1, 1, 1]
    assert row[6] == SetReply([Status(b"@read"), Status(b"@string"), Status(b"@fast")])
    assert missing is None


def test_command_count_and_list_agree(run: Run, engine: Engine) -> None:
    count = run("COMMAND COUNT")
    assert count == len(engine.registry.commands)
    everything = run("COMMAND")
    assert isinstance(everything, list)
    assert len(everything) == count
    names = run("COMMAND LIST")
    assert isinstance(names, list)
    assert {b"get", b"client|setname"} <= set(names)


def test_command_list_filters(run: Run) -> None:
    assert run("COMMAND LIST FILTERBY PATTERN client|set*") == [b"client|setname", b"client|setinfo"]
    listed = run("COMMAND LIST FILTERBY ACLCAT transaction")
    assert isinstance(listed, list)
    assert sorted(listed) == [b"discard", b"exec", b"multi", b"unwatch", b"watch"]
    assert run("COMMAND LIST FILTERBY MODULE x") == []
    assert run("COMMAND LIST FILTERBY") == SYNTAX


def test_command_docs_has_arguments(run: Run) -> None:
    reply = run("COMMAND DOCS echo nosuch")
    assert reply == Map(
        [
            (
                b"echo",
                Map(
                    [
                        (b"summary", b"Returns the given string."),
                        (b"since", b"1.0.0"),
                        (b"group", b"connection"),
                        (b"complexity", b"O(1)"),
                        (
                            b"arguments",
                            [Map([(b"name", b"message"), (b"type", b"string"), (b"display_text", b"message")])],
                        ),
                    ]
                ),
            )
        ]
    )


def test_getkeys(run: Run) -> None:
    assert run("COMMAND GETKEYS EVAL s 2 a b c") == [b"a", b"b"]
    assert run("COMMAND GETKEYS PING") == ErrorReply(b"ERR The command has no key arguments")
    assert run("COMMAND GETKEYS FOO a") == ErrorReply(b"ERR Invalid command specified")
    assert run("COMMAND GETKEYS GET") == ErrorReply(b"ERR Invalid number of arguments specified for command")


def test_getkeysandflags(run: Run) -> None:
    overwrite = SetReply([Status(b"OW"), Status(b"update")])
    both = SetReply([Status(b"RW"), Status(b"access"), Status(b"update")])
    assert run("COMMAND GETKEYSANDFLAGS SET k v") == [[b"k", overwrite]]
    assert run("COMMAND GETKEYSANDFLAGS SET k v get") == [[b"k", both]]


def test_flushdb_and_flushall(run: Run) -> None:
    run("SET a 1")
    run("SELECT 1")
    run("SET b 1")
    assert run("FLUSHDB ASYNC") == OK
    assert run("DBSIZE") == 0
    run("SELECT 0")
    assert run("DBSIZE") == 1
    assert run("FLUSHALL") == OK
    assert run("DBSIZE") == 0
    assert run("FLUSHALL NOW") == SYNTAX


def test_swapdb(run: Run) -> None:
    run("SET a 1 EX 100")
    assert run("SWAPDB 0 1") == OK
    assert run("GET a") is None
    run("SELECT 1")
    assert run("GET a") == b"1"
    assert run("SWAPDB x 1") == ErrorReply(b"ERR invalid first DB index")
    assert run("SWAPDB 0 99") == ErrorReply(b"ERR DB index is out of range")


def test_time_is_the_clocks(run: Run, clock: ManualClock) -> None:
    assert run("TIME") == [b"1700000000", b"0"]
    clock.advance(ms=1500)
    assert run("TIME") == [b"1700000001", b"500000"]


def test_role(run: Run) -> None:
    assert run("ROLE") == [b"master", 0, []]


def test_slowlog_tells_what_was_slow_and_whose(run: Run, client: Client) -> None:
    run("CLIENT SETNAME me")
    run("CONFIG SET slowlog-log-slower-than 0 slowlog-max-len 2")
    run("SLOWLOG RESET")
    run("SET a 1")
    run("SET b 1")
    run("CONFIG SET slowlog-log-slower-than -1")
    entries = run("SLOWLOG GET")
    assert isinstance(entries, list)
    (identifier, unix_time, duration_us, argv, addr, name), older = entries
    assert (unix_time, argv, addr, name) == (1_700_000_000, [b"SET", b"b", b"1"], client.addr, b"me")
    assert duration_us >= 0
    assert older[0] == identifier - 1
    assert run("SLOWLOG LEN") == 2
    assert run("SLOWLOG GET -2") == ErrorReply(b"ERR count should be greater than or equal to -1")


def test_slowlog_never_shows_a_password(run: Run) -> None:
    run("CONFIG SET slowlog-log-slower-than 0")
    run("AUTH default secret")
    run("HELLO 2 AUTH default secret SETNAME x")
    run('CONFIG SET slowlog-log-slower-than -1 requirepass "secret"')
    entries = run("SLOWLOG GET 3")
    assert "secret" not in repr(entries)


def test_debug_sleep_takes_what_strtod_takes(run: Run) -> None:
    assert run("DEBUG SLEEP 0.001") == OK
    assert run("DEBUG SLEEP x") == OK
    assert run("DEBUG SLEEP -1") == OK
    assert run("DEBUG FOO") == ErrorReply(
        b"ERR unknown subcommand or wrong number of arguments for 'FOO'. Try DEBUG HELP."
    )


def test_memory_usage_of_small_values_is_that_of_redis(run: Run) -> None:
    run("SET k v")
    run("SET n 1")
    run("RPUSH l 1 2 3")
    run("HSET h a 1 b 2")
    assert [run(f"MEMORY USAGE {key}") for key in ("k", "n", "l", "h", "missing")] == [32, 24, 40, 48, None]
    assert run("MEMORY USAGE k SAMPLES -1") == SYNTAX


def test_memory_usage_of_large_values_is_near_that_of_redis(run: Run) -> None:
    for number in range(1, 1001):
        run(f"HSET h field{number} value{number}")
        run(f"RPUSH l element{number}")
        run(f"SADD s member{number}")
        run(f"ZADD z {number} member{number}")
    for key, real in {"h": 64272, "l": 12432, "s": 48272, "z": 92160}.items():
        estimate = run(f"MEMORY USAGE {key} SAMPLES 0")
        assert isinstance(estimate, int)
        assert abs(estimate - real) < real * 0.15, key


def test_shutdown_asks_the_server_to_end(tmp_path: Path) -> None:
    engine = Engine(config=Config(dir=str(tmp_path)))
    client = engine.connect()

    def run(line: str) -> Reply:
        return engine.execute(client, split_inline(line.encode()))

    refused = ErrorReply(b"ERR Errors trying to SHUTDOWN. Check logs.")
    assert run("SHUTDOWN") == refused  # nobody is there who could end
    asked: list[str] = []
    engine.on_shutdown = lambda: asked.append("end")
    assert run("SHUTDOWN ABORT") == ErrorReply(b"ERR No shutdown in progress.")
    assert asked == []
    run("SHUTDOWN NOSAVE")
    assert asked == ["end"]
    assert client.closing
    assert not (tmp_path / "dump.rdb").exists()
    run("SHUTDOWN SAVE")
    assert (tmp_path / "dump.rdb").exists()
