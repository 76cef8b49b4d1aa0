"""Real sentinels over a real master and its replica: who is found by name, and a failover that is followed."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from redis_tui.errors import AuthError, ConnectError, SessionError, UsageError
from redis_tui.resp.types import OK, ErrorReply
from redis_tui.session.address import Sentinels, read_address
from redis_tui.session.base import EventKind
from redis_tui.session.open import open_session
from redis_tui.spec.redact import redact_url
from tests.conformance.real_server import RealServer, _die_with_parent, binary, free_port, running
from tests.session.fake_ssh import Ssh, runs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from redis_tui.session.base import Event, Session

_PATIENCE_S = 60


@dataclass(frozen=True)
class Watched:
    """A master, a replica that has all of it, and a sentinel that knows both."""

    master: RealServer
    replica: RealServer
    sentinel: RealServer


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with contextlib.ExitStack() as started:
        master = started.enter_context(running("valkey-9", "--repl-diskless-sync-delay", "0"))
        replica = started.enter_context(running("valkey-9", "--replicaof", f"127.0.0.1 {master.port}"))
        wait_until(lambda: "state': 'online'" in said(master, "INFO", "replication"))
        guard = started.enter_context(sentinel(tmp_path, master))
        wait_until(lambda: "b'flags', b'slave'," in said(guard, "SENTINEL", "REPLICAS", "main"))
        yield Watched(master, replica, guard)


class sentinel:  # noqa: N801  # used as `running` is
    def __init__(self, folder: Path, master: RealServer) -> None:
        self._port = free_port()
        self._file = folder / "sentinel.conf"
        self._file.write_text(
            f"port {self._port}\nbind 127.0.0.1\nsentinel monitor main 127.0.0.1 {master.port} 1\n"
            "sentinel down-after-milliseconds main 60000\n"
        )

    def __enter__(self) -> RealServer:
        process = subprocess.Popen(
            [binary("valkey-9"), str(self._file), "--sentinel"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # one system call, no lock is taken
        )
        self._server = RealServer("sentinel", self._port, process)
        wait_until(lambda: "master0" in said(self._server, "INFO", "sentinel"))
        # A master that was replaced is told so four rounds of hearsay later, which are eight seconds otherwise.
        assert said(self._server, "SENTINEL", "DEBUG", "info-period", "200", "publish-period", "200") == "b'OK'"
        return self._server

    def __exit__(self, *_: object) -> None:
        self._server.process.kill()
        self._server.process.wait(timeout=60)


def said(server: RealServer, *words: str) -> str:
    """What a server answers, as text; its refusal as well."""
    try:
        with redis.Redis(port=server.port, protocol=2, retry=Retry(NoBackoff(), 0)) as client:
            return str(client.execute_command(*words))
    except redis.RedisError as error:
        return str(error)


def wait_until(holds: object) -> None:
    assert callable(holds)
    give_up_at = time.monotonic() + _PATIENCE_S
    while not holds():
        assert time.monotonic() < give_up_at
        time.sleep(0.05)  # nobody tells when a replica has caught up


def url(watched: Watched, rest: str = "main/3") -> str:
    return f"redis+sentinel://127.0.0.1:1,127.0.0.1:{watched.sentinel.port}/{rest}"


async def asked(session: Session, line: bytes) -> object:
    return await session.execute(line.split())


async def moved(events: AsyncIterator[Event]) -> str:
    async with asyncio.timeout(_PATIENCE_S):
        async for event in events:
            if event.kind is EventKind.RECONNECTED and event.text:
                return event.text
    raise AssertionError


async def test_a_master_is_found_by_name_and_followed_when_it_moves(watched: Watched) -> None:
    session = await open_session(url(watched))
    events = session.events()
    assert (session.info.label, session.info.word, session.db) == ("main/3", "main", 3)
    assert await asked(session, b"SET k 1") == OK
    assert f"tcp_port:{watched.master.port}".encode() in await asked(session, b"INFO server")  # type: ignore[operator]
    wait_until(lambda: said(watched.sentinel, "SENTINEL", "FAILOVER", "main") in ("True", "b'OK'"))
    await until_it_writes(session)
    where = [f"127.0.0.1:{server.port}" for server in (watched.replica, watched.master)]
    assert await moved(events) == "main/3 is at {} now, no longer at {}.".format(*where)
    assert b" db=3 " in await asked(session, b"CLIENT INFO")  # type: ignore[operator]
    await session.close()


async def until_it_writes(session: Session) -> None:
    """As a person does: tries again, until it is carried out by another server."""
    async with asyncio.timeout(_PATIENCE_S):
        before = await asked(session, b"INFO server")
        while True:
            try:
                written = await asked(session, b"SET k 2")
                if written == OK and port_of(await asked(session, b"INFO server")) != port_of(before):
                    return
            except SessionError:
                pass
            await asyncio.sleep(0.05)  # what a failover takes is the sentinels' affair


def port_of(info: object) -> bytes:
    assert isinstance(info, bytes)
    return info.partition(b"tcp_port:")[2].split(b"\r\n")[0]


async def test_who_is_refused_writes_asks_again(watched: Watched) -> None:
    session = await open_session(url(watched))
    events = session.events()
    said(watched.master, "REPLICAOF", "127.0.0.1", "1")  # and nobody has told the sentinel yet
    refused = await asked(session, b"SET k 1")
    assert isinstance(refused, ErrorReply)
    assert refused.code == "READONLY"
    kind, text = await anext((event.kind, event.text) async for event in events if event.kind is EventKind.DISCONNECTED)
    assert (kind, text) == (
        EventKind.DISCONNECTED,
        f"127.0.0.1:{watched.master.port} takes no writes any more: it is a replica now.",
    )
    with pytest.raises(ConnectError, match=r"named as the master, and says that it is a replica\. .*try again"):
        await asked(session, b"GET k")
    await session.close()


async def test_a_replica_can_be_asked_for(watched: Watched) -> None:
    session = await open_session(f"{url(watched)}?role=replica")
    assert f"tcp_port:{watched.replica.port}".encode() in await asked(session, b"INFO server")  # type: ignore[operator]
    refused = await asked(session, b"SET k 1")
    assert isinstance(refused, ErrorReply)
    assert await asked(session, b"GET k") is None
    await session.close()


async def test_why_there_is_no_way_is_told(watched: Watched, real_redis: RealServer) -> None:
    with pytest.raises(ConnectError, match=f"127.0.0.1:{watched.sentinel.port} watches no other. It watches main"):
        await open_session(url(watched, "other"))
    with pytest.raises(ConnectError, match=r"127\.0\.0\.1:\d+ is no sentinel\. Sentinels listen at 26379"):
        await open_session(f"redis+sentinel://127.0.0.1:{real_redis.port}/main")
    with pytest.raises(ConnectError, match="connection refused"):
        await open_session("redis+sentinel://127.0.0.1:1/main")
    said(watched.sentinel, "ACL", "SETUSER", "default", "resetpass", ">s3cret")
    with pytest.raises(AuthError, match="sentinel_password"):
        await open_session(url(watched))
    session = await open_session(f"{url(watched)}?sentinel_password=s3cret")
    assert "s3cret" not in session.info.url
    await session.close()


def test_an_address_of_sentinels() -> None:
    address = read_address("rediss+sentinel://ann:pw@a,b:1/main?role=replica&sentinel_user=u&sentinel_password=p%40w")
    assert address.sentinels == Sentinels(("a:26379", "b:1"), "main", replica=True, user="u", password="p@w")
    assert address.sentinels.url("b:1") == "redis://u:p%40w@b:1"
    assert address.at("::1", 7) == "rediss://ann:pw@[::1]:7/0"
    assert address.shown == "rediss+sentinel://ann:***@main/0"
    assert address.tls is not None
    assert "p%40w" not in redact_url("redis+sentinel://h/main?sentinel_password=p%40w")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("redis+sentinel://h:1", "Which master"),
        ("redis+sentinel://h/main?role=slave", "role is master or replica"),
        ("redis://h?role=replica", "role is for sentinels"),
        ("unix+sentinel://h/main", "unix[+]sentinel:// is no address"),
        ("redis+ssh://h", "redis[+]ssh:// is no address"),
    ],
)
def test_what_is_no_address_of_sentinels_is_told(given: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read_address(given)


async def test_sentinels_and_the_master_they_name_are_reached_through_another_host(watched: Watched, ssh: Ssh) -> None:
    session = await open_session(f"redis+sentinel://127.0.0.1:{watched.sentinel.port}/main?ssh=bastion")
    assert await session.execute([b"SET", b"k", b"v"]) == OK
    reached = {words[words.index("-L") + 1].rpartition("127.0.0.1:")[2] for words in ssh.starts}
    assert reached == {str(watched.sentinel.port), str(watched.master.port)}
    await session.close()
    assert not any(runs(words[0]) for words in ssh.starts)
