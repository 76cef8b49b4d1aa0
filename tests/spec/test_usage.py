"""Usage lines: what is read from them, and that arity and keys are those of a real server's COMMAND INFO."""

from __future__ import annotations

import pytest

from redis_tui.spec.command import Arg, ArgKind
from redis_tui.spec.usage import UsageFault, arity, key_range, parse_usage, render_usage

# Usage lines and facts as Redis 8.2.3 tells them in COMMAND DOCS and COMMAND INFO.
REAL = [
    ("APPEND key value", "append", 3, (1, 1, 1), 0),
    ("DECR key", "decr", 2, (1, 1, 1), 0),
    ("GET key", "get", 2, (1, 1, 1), 0),
    ("GETDEL key", "getdel", 2, (1, 1, 1), 0),
    (
        "GETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST]",
        "getex",
        -2,
        (1, 1, 1),
        0,
    ),
    ("GETRANGE key start end", "getrange", 4, (1, 1, 1), 0),
    ("INCRBYFLOAT key increment", "incrbyfloat", 3, (1, 1, 1), 0),
    ("LCS key1 key2 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]", "lcs", -3, (1, 2, 1), 0),
    ("MGET key [key ...]", "mget", -2, (1, -1, 1), 0),
    ("MSET key value [key value ...]", "mset", -3, (1, -1, 2), 0),
    ("MSETNX key value [key value ...]", "msetnx", -3, (1, -1, 2), 0),
    (
        "SET key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | KEEPTTL]",
        "set",
        -3,
        (1, 1, 1),
        0,
    ),
    ("SETEX key seconds value", "setex", 4, (1, 1, 1), 0),
    ("SETRANGE key offset value", "setrange", 4, (1, 1, 1), 0),
    ("BLPOP key [key ...] timeout", "blpop", -3, (1, -2, 1), 0),
    ("BLMPOP timeout numkeys key [key ...] <LEFT | RIGHT> [COUNT count]", "blmpop", -5, (0, 0, 0), 2),
    ("BRPOPLPUSH source destination timeout", "brpoplpush", 4, (1, 2, 1), 0),
    ("LINDEX key index", "lindex", 3, (1, 1, 1), 0),
    ("LINSERT key <BEFORE | AFTER> pivot element", "linsert", 5, (1, 1, 1), 0),
    ("LLEN key", "llen", 2, (1, 1, 1), 0),
    ("LMOVE source destination <LEFT | RIGHT> <LEFT | RIGHT>", "lmove", 5, (1, 2, 1), 0),
    ("LMPOP numkeys key [key ...] <LEFT | RIGHT> [COUNT count]", "lmpop", -4, (0, 0, 0), 1),
    ("LPOP key [count]", "lpop", -2, (1, 1, 1), 0),
    ("LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]", "lpos", -3, (1, 1, 1), 0),
    ("LPUSH key element [element ...]", "lpush", -3, (1, 1, 1), 0),
    ("LRANGE key start stop", "lrange", 4, (1, 1, 1), 0),
    ("SADD key member [member ...]", "sadd", -3, (1, 1, 1), 0),
    ("SDIFF key [key ...]", "sdiff", -2, (1, -1, 1), 0),
    ("SINTERSTORE destination key [key ...]", "sinterstore", -3, (1, -1, 1), 0),
    ("SMOVE source destination member", "smove", 4, (1, 2, 1), 0),
    ("SPOP key [count]", "spop", -2, (1, 1, 1), 0),
    ("SRANDMEMBER key [count]", "srandmember", -2, (1, 1, 1), 0),
    ("SSCAN key cursor [MATCH pattern] [COUNT count]", "sscan", -3, (1, 1, 1), 0),
    ("HSET key field value [field value ...]", "hset", -4, (1, 1, 1), 0),
    ("HGET key field", "hget", 3, (1, 1, 1), 0),
    ("HMGET key field [field ...]", "hmget", -3, (1, 1, 1), 0),
    ("HRANDFIELD key [count [WITHVALUES]]", "hrandfield", -2, (1, 1, 1), 0),
    ("HEXPIRE key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]", "hexpire", -6, (1, 1, 1), 0),
    (
        "HGETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds | PERSIST] FIELDS numfields field [field ...]",
        "hgetex",
        -5,
        (1, 1, 1),
        0,
    ),
    ("ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]", "zadd", -4, (1, 1, 1), 0),
    ("ZCOUNT key min max", "zcount", 4, (1, 1, 1), 0),
    ("ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]", "zrange", -4, (1, 1, 1), 0),
    ("ZRANGEBYSCORE key min max [WITHSCORES] [LIMIT offset count]", "zrangebyscore", -4, (1, 1, 1), 0),
    ("ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]", "zrangestore", -5, (1, 2, 1), 0),
    (
        "ZUNIONSTORE destination numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>]",
        "zunionstore",
        -4,
        (1, 1, 1),
        2,
    ),
    (
        "ZINTER numkeys key [key ...] [WEIGHTS weight [weight ...]] [AGGREGATE <SUM | MIN | MAX>] [WITHSCORES]",
        "zinter",
        -3,
        (0, 0, 0),
        1,
    ),
    ("ZINTERCARD numkeys key [key ...] [LIMIT limit]", "zintercard", -3, (0, 0, 0), 1),
    ("ZMPOP numkeys key [key ...] <MIN | MAX> [COUNT count]", "zmpop", -4, (0, 0, 0), 1),
    ("ZSCORE key member", "zscore", 3, (1, 1, 1), 0),
    ("COPY source destination [DB destination-db] [REPLACE]", "copy", -3, (1, 2, 1), 0),
    ("DEL key [key ...]", "del", -2, (1, -1, 1), 0),
    ("EXPIRE key seconds [NX | XX | GT | LT]", "expire", -3, (1, 1, 1), 0),
    ("OBJECT ENCODING key", "object|encoding", 3, (2, 2, 1), 0),
    ("OBJECT HELP", "object|help", 2, (0, 0, 0), 0),
    ("PERSIST key", "persist", 2, (1, 1, 1), 0),
    ("RENAME key newkey", "rename", 3, (1, 2, 1), 0),
    (
        "RESTORE key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]",
        "restore",
        -4,
        (1, 1, 1),
        0,
    ),
    ("SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]", "scan", -2, (0, 0, 0), 0),
    (
        "SORT key [BY pattern] [LIMIT offset count] [GET pattern [GET pattern ...]] [ASC | DESC] [ALPHA] [STORE destination]",
        "sort",
        -2,
        (1, 1, 1),
        0,
    ),
    ("TOUCH key [key ...]", "touch", -2, (1, -1, 1), 0),
    ("TTL key", "ttl", 2, (1, 1, 1), 0),
    ("AUTH [username] password", "auth", -2, (0, 0, 0), 0),
    ("CLIENT SETNAME connection-name", "client|setname", 3, (0, 0, 0), 0),
    ("CLIENT ID", "client|id", 2, (0, 0, 0), 0),
    (
        "CLIENT LIST [TYPE <NORMAL | MASTER | REPLICA | PUBSUB>] [ID client-id [client-id ...]]",
        "client|list",
        -2,
        (0, 0, 0),
        0,
    ),
    ("ECHO message", "echo", 2, (0, 0, 0), 0),
    ("HELLO [protover [AUTH username password] [SETNAME clientname]]", "hello", -1, (0, 0, 0), 0),
    ("PING [message]", "ping", -1, (0, 0, 0), 0),
    ("SELECT index", "select", 2, (0, 0, 0), 0),
    ("CONFIG GET parameter [parameter ...]", "config|get", -3, (0, 0, 0), 0),
    ("CONFIG SET parameter value [parameter value ...]", "config|set", -4, (0, 0, 0), 0),
    ("DBSIZE", "dbsize", 1, (0, 0, 0), 0),
    ("FLUSHALL [ASYNC | SYNC]", "flushall", -1, (0, 0, 0), 0),
    ("INFO [section [section ...]]", "info", -1, (0, 0, 0), 0),
    ("MEMORY USAGE key [SAMPLES count]", "memory|usage", -3, (2, 2, 1), 0),
    ("SLOWLOG GET [count]", "slowlog|get", -2, (0, 0, 0), 0),
    ("EVAL script numkeys [key [key ...]] [arg [arg ...]]", "eval", -3, (0, 0, 0), 2),
    ("EVALSHA sha1 numkeys [key [key ...]] [arg [arg ...]]", "evalsha", -3, (0, 0, 0), 2),
    ("EVAL_RO script numkeys [key [key ...]] [arg [arg ...]]", "eval_ro", -3, (0, 0, 0), 2),
    ("SCRIPT EXISTS sha1 [sha1 ...]", "script|exists", -3, (0, 0, 0), 0),
    ("SCRIPT FLUSH [ASYNC | SYNC]", "script|flush", -2, (0, 0, 0), 0),
    ("SCRIPT KILL", "script|kill", 2, (0, 0, 0), 0),
    ("FCALL function numkeys [key [key ...]] [arg [arg ...]]", "fcall", -3, (0, 0, 0), 2),
    ("EXEC", "exec", 1, (0, 0, 0), 0),
    ("MULTI", "multi", 1, (0, 0, 0), 0),
    ("WATCH key [key ...]", "watch", -2, (1, -1, 1), 0),
    (
        "XADD key [NOMKSTREAM] [KEEPREF | DELREF | ACKED] [<MAXLEN | MINID> [= | ~] threshold [LIMIT count]] <* | id> field value [field value ...]",
        "xadd",
        -5,
        (1, 1, 1),
        0,
    ),
    ("XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]", "xread", -4, (0, 0, 0), 0),
    (
        'XREADGROUP "GROUP" group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key [key ...] id [id ...]',
        "xreadgroup",
        -7,
        (0, 0, 0),
        0,
    ),
    (
        "GEOSEARCH key <FROMMEMBER member | FROMLONLAT longitude latitude> <BYRADIUS radius <M | KM | FT | MI> | BYBOX width height <M | KM | FT | MI>> [ASC | DESC] [COUNT count [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]",
        "geosearch",
        -7,
        (1, 1, 1),
        0,
    ),
    ("BITOP <AND | OR | XOR | NOT | DIFF | DIFF1 | ANDOR | ONE> destkey key [key ...]", "bitop", -4, (2, -1, 1), 0),
    ("PFMERGE destkey [sourcekey [sourcekey ...]]", "pfmerge", -2, (1, -1, 1), 0),
    ("PFCOUNT key [key ...]", "pfcount", -2, (1, -1, 1), 0),
    ("BITCOUNT key [start end [BYTE | BIT]]", "bitcount", -2, (1, 1, 1), 0),
    ("PUBLISH channel message", "publish", 3, (0, 0, 0), 0),
]


@pytest.mark.parametrize(("usage", "name", "expected_arity", "keys", "numkeys_at"), REAL, ids=[row[1] for row in REAL])
def test_arity_and_keys_are_those_of_a_real_server(
    usage: str, name: str, expected_arity: int, keys: tuple[int, int, int], numkeys_at: int
) -> None:
    parsed, args = parse_usage(usage)
    is_sub = "|" in name
    found, counted = key_range(args, is_sub)
    assert parsed == name
    assert arity(args, is_sub) == expected_arity
    assert (found.first, found.last, found.step) == keys
    assert counted == numkeys_at


@pytest.mark.parametrize("usage", [row[0] for row in REAL], ids=[row[1] for row in REAL])
def test_a_tree_renders_to_the_line_it_was_read_from(usage: str) -> None:
    name, args = parse_usage(usage)
    assert f"{name.replace('|', ' ').upper()} {render_usage(args)}".strip() == usage.replace('"GROUP"', "GROUP")


def test_the_tree_of_set_has_redis_own_shape() -> None:
    name, args = parse_usage("SET key value [NX | XX] [GET] [EX seconds | EXAT unix-time-seconds | KEEPTTL]")
    assert name == "set"
    assert args == (
        Arg("key", ArgKind.KEY),
        Arg("value", ArgKind.STRING),
        Arg(
            "nx-or-xx",
            ArgKind.ONEOF,
            optional=True,
            children=(Arg("nx", ArgKind.PURE_TOKEN, "NX"), Arg("xx", ArgKind.PURE_TOKEN, "XX")),
        ),
        Arg("get", ArgKind.PURE_TOKEN, "GET", optional=True),
        Arg(
            "seconds-or-unix-time-seconds",
            ArgKind.ONEOF,
            optional=True,
            children=(
                Arg("seconds", ArgKind.INTEGER, "EX"),
                Arg("unix-time-seconds", ArgKind.UNIX_TIME, "EXAT"),
                Arg("keepttl", ArgKind.PURE_TOKEN, "KEEPTTL"),
            ),
        ),
    )


def test_a_repeated_block_is_one_node() -> None:
    assert parse_usage("MSET key value [key value ...]")[1] == (
        Arg(
            "key",
            ArgKind.BLOCK,
            multiple=True,
            children=(Arg("key", ArgKind.KEY), Arg("value", ArgKind.STRING)),
        ),
    )


def test_a_token_binds_the_values_behind_it() -> None:
    assert parse_usage("X [LIMIT offset count] [AGGREGATE <SUM | MIN>] [GET pattern [GET pattern ...]]")[1] == (
        Arg(
            "limit",
            ArgKind.BLOCK,
            "LIMIT",
            optional=True,
            children=(Arg("offset", ArgKind.INTEGER), Arg("count", ArgKind.INTEGER)),
        ),
        Arg(
            "sum-or-min",
            ArgKind.ONEOF,
            "AGGREGATE",
            optional=True,
            children=(Arg("sum", ArgKind.PURE_TOKEN, "SUM"), Arg("min", ArgKind.PURE_TOKEN, "MIN")),
        ),
        Arg(
            "pattern",
            ArgKind.BLOCK,
            optional=True,
            multiple=True,
            children=(Arg("pattern", ArgKind.PATTERN, "GET"),),
        ),
    )


def test_the_increment_of_a_float_command_is_a_double() -> None:
    assert parse_usage("INCRBY key increment")[1][1].kind is ArgKind.INTEGER
    assert parse_usage("INCRBYFLOAT key increment")[1][1].kind is ArgKind.DOUBLE


@pytest.mark.parametrize(
    ("usage", "message"),
    [
        ("key value", "no command name at the start of 'key value'"),
        ("GET [key", "a bracket is not closed in 'GET [key'"),
        ("GET <key", "expected '>', found '' in 'GET <key'"),
        ("GET [key ...", "a bracket is not closed in 'GET [key ...'"),
        ("GET key]", "unexpected ']' in 'GET key]'"),
        ("MSET key value [key ...]", "'key' ... repeats nothing in 'MSET key value [key ...]'"),
        ("GET [NX | ]", "an empty alternative in 'GET [NX | ]'"),
        ('GET "key', "unreadable from '\"key'"),
    ],
)
def test_a_malformed_line_is_refused(usage: str, message: str) -> None:
    with pytest.raises(UsageFault) as caught:
        parse_usage(usage)
    assert str(caught.value) == message
