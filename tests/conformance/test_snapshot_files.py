"""A server starts from a file of ours with everything in it, and we read its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.config import Config
from redis_tui.engine.dialect import dialect_named
from redis_tui.engine.engine import Engine
from redis_tui.resp.encoder import encode
from tests.conformance.real_server import running
from tests.conformance.wire import RawClient, tree

if TYPE_CHECKING:
    from pathlib import Path

MANY = [b"%d" % number for number in range(700)]
PAIRS = [word for number in MANY for word in (b"field:" + number, number)]
COMMANDS: list[list[bytes]] = [
    [b"SET", b"text", b"hello"],
    [b"SET", b"number", b"-70000"],
    [b"SET", b"long", b"lorem ipsum " * 500],
    [b"SET", b"volatile", b"x", b"PXAT", b"4102444800000"],
    [b"RPUSH", b"list", b"a", b"1", b""],
    [b"RPUSH", b"quicklist", *PAIRS * 5],
    [b"SADD", b"intset", b"1", b"-70000"],
    [b"SADD", b"set", b"a", b"1"],
    [b"SADD", b"hashtable", *PAIRS],
    [b"HSET", b"hash", b"f", b"v"],
    [b"HSET", b"large", *PAIRS],
    [b"ZADD", b"zset", b"1.5", b"a", b"-inf", b"b"],
    [b"ZADD", b"skiplist", *(word for number in MANY for word in (number, b"m" + number))],
    [b"SELECT", b"5"],
    [b"SET", b"text", b"in another database"],
    [b"SELECT", b"0"],
]
READS = [
    b"DBSIZE",
    b"GET text",
    b"GET number",
    b"GET long",
    b"PEXPIRETIME volatile",
    b"LRANGE list 0 -1",
    b"LRANGE quicklist 0 -1",
    b"SMEMBERS intset",
    b"SMEMBERS set",
    b"SMEMBERS hashtable",
    b"HGETALL hash",
    b"HGETALL large",
    b"ZRANGE zset 0 -1 WITHSCORES",
    b"ZRANGE skiplist 0 -1 WITHSCORES",
    b"OBJECT ENCODING quicklist",
    b"OBJECT ENCODING set",
    b"OBJECT ENCODING large",
    b"SELECT 5",
    b"GET text",
]


class Place:
    """An engine that keeps its file there."""

    def __init__(self, name: str, folder: Path) -> None:
        dialect = dialect_named(name)
        self.engine = Engine(dialect=dialect, config=Config(dialect, dir=str(folder)))
        self._client = self.engine.connect()

    def ask(self, *argv: bytes) -> bytes:
        return encode(self.engine.execute(self._client, argv), self._client.resp)


def test_a_server_starts_from_our_file(name: str, tmp_path: Path) -> None:
    ours = Place(name, tmp_path)
    for command in COMMANDS:
        ours.ask(*command)
    assert ours.ask(b"SAVE") == b"+OK\r\n"
    with running(name, "--dir", str(tmp_path)) as server:
        theirs = RawClient(server.connect())
        for line in READS:
            assert tree(theirs.ask(*line.split())) == tree(ours.ask(*line.split())), line
        theirs.close()


def test_we_start_from_a_servers_file(name: str, tmp_path: Path) -> None:
    with running(name, "--dir", str(tmp_path)) as server:
        theirs = RawClient(server.connect())
        for command in COMMANDS:
            theirs.ask(*command)
        assert theirs.ask(b"SAVE") == b"+OK\r\n"
        ours = Place(name, tmp_path)
        ours.engine.persistence.load_file(tmp_path / "dump.rdb")
        for line in READS:
            assert tree(theirs.ask(*line.split())) == tree(ours.ask(*line.split())), line
        theirs.close()
