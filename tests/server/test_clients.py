"""redis-py, redis-cli and redis-benchmark use a served port as they use a server."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.conformance.test_brief_examples import COUNTER, DELETE_IF_EQUAL, PUSH_IF_EXISTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.conftest import Served, Serving

CLI = shutil.which("redis-cli")
BENCHMARK = shutil.which("redis-benchmark")
needs_cli = pytest.mark.skipif(
    CLI is None, reason="redis-cli is not installed; test_connection.py says the same in bytes"
)
needs_benchmark = pytest.mark.skipif(BENCHMARK is None, reason="redis-benchmark is not installed")


@pytest.fixture(params=[2, 3])
def client(served: Served, request: pytest.FixtureRequest) -> Iterator[redis.Redis]:
    with redis.Redis(port=served.port, protocol=request.param, decode_responses=True) as connected:
        yield connected


def test_redis_py_reads_and_writes(client: redis.Redis) -> None:
    assert client.ping() is True
    assert client.set("k", "v", ex=100) is True
    assert client.get("k") == "v"
    assert client.hset("h", mapping={"a": "1", "b": "2"}) == 2
    assert client.hgetall("h") == {"a": "1", "b": "2"}
    assert client.zadd("z", {"m": 1.5}) == 1
    assert client.zscore("z", "m") == 1.5
    assert client.sadd("s", "x") == 1
    assert client.smembers("s") == {"x"}


def test_redis_py_pipelines_and_transactions(client: redis.Redis) -> None:
    with client.pipeline(transaction=True) as pipe:
        pipe.set("n", 1)
        pipe.incr("n")
        pipe.get("n")
        assert pipe.execute() == [True, 2, "2"]
    with client.pipeline(transaction=False) as pipe:
        for number in range(1000):
            pipe.set(f"k{number}", number)
        assert pipe.execute() == [True] * 1000


def test_redis_py_registers_scripts(client: redis.Redis) -> None:
    counter = client.register_script(COUNTER)
    assert counter(keys=["counter"]) == 1
    assert counter(keys=["counter"]) == 2
    client.script_flush()
    assert counter(keys=["counter"]) == 3


def test_redis_py_raises_error_replies(client: redis.Redis) -> None:
    client.set("s", "text")
    with pytest.raises(redis.ResponseError, match="value is not an integer or out of range"):
        client.incr("s")
    with pytest.raises(redis.exceptions.NoScriptError):
        client.evalsha("f" * 40, 0)


def test_redis_py_scans(client: redis.Redis) -> None:
    client.mset({f"key{number}": number for number in range(50)})
    assert len(set(client.scan_iter(count=7))) == 50


def test_redis_py_with_a_wrong_password_is_refused(serving: Serving) -> None:
    port = serving.start(password="secret").port
    once = Retry(NoBackoff(), 0)
    with redis.Redis(port=port, password="wrong", retry=once) as wrong, pytest.raises(redis.AuthenticationError):
        wrong.ping()
    with redis.Redis(port=port, retry=once) as none, pytest.raises(redis.AuthenticationError):
        none.ping()
    with redis.Redis(port=port, password="secret", protocol=3) as right:
        assert right.ping() is True


def cli(served: Served, *words: str) -> str:
    assert CLI is not None
    done = subprocess.run(
        [CLI, "--no-raw", "-p", str(served.port), *words], capture_output=True, text=True, timeout=30, check=False
    )
    return done.stdout


@needs_cli
def test_redis_cli_runs_the_three_examples(served: Served) -> None:
    assert cli(served, "EVAL", COUNTER.decode(), "1", "counter") == "(integer) 1\n"
    assert cli(served, "EVAL", COUNTER.decode(), "1", "counter") == "(integer) 2\n"
    push = ("EVAL", PUSH_IF_EXISTS.decode(), "2", "mykey", "mylist", "myvalue")
    assert cli(served, *push) == "(integer) 0\n"
    assert cli(served, "SET", "mykey", "some_value") == "OK\n"
    assert cli(served, *push) == "(integer) 1\n"
    assert cli(served, "LRANGE", "mylist", "0", "-1") == '1) "myvalue"\n'
    delete = ("EVAL", DELETE_IF_EQUAL.decode(), "1", "mykey")
    assert cli(served, *delete, "other") == "(integer) 0\n"
    assert cli(served, *delete, "some_value") == "(integer) 1\n"
    assert cli(served, "EXISTS", "mykey") == "(integer) 0\n"


@needs_cli
def test_redis_cli_speaks_resp3(served: Served) -> None:
    cli(served, "HSET", "h", "f", "v")
    assert cli(served, "-3", "HGETALL", "h") == '1# "f" => "v"\n'


@needs_benchmark
def test_redis_benchmark_runs(served: Served) -> None:
    assert BENCHMARK is not None
    words = ["-p", str(served.port), "-n", "500", "-c", "5", "-t", "ping,set,get,incr,lpush,hset", "--csv"]
    done = subprocess.run([BENCHMARK, *words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    names = [line.split(",")[0].strip('"') for line in done.stdout.splitlines()]
    assert names[-7:] == ["PING_INLINE", "PING_MBULK", "SET", "GET", "INCR", "LPUSH", "HSET"]
