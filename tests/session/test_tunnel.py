"""A server behind another host, through a program ``ssh`` that does on this machine what the real one does over two."""

from __future__ import annotations

import asyncio
import os
import ssl as tls
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from redis_tui.errors import ConnectError, SessionError, UsageError
from redis_tui.resp.types import OK, Status
from redis_tui.session.address import read_address
from redis_tui.session.open import open_session
from redis_tui.session.tunnel import Tunnel, TunnelWire
from redis_tui.spec.redact import redact_url
from tests.proxy import Proxy
from tests.session.fake_ssh import REFUSES, Ssh, runs

if TYPE_CHECKING:
    from redis_tui.session.base import Session
    from tests.conformance.real_server import RealServer


async def until_it_breaks(session: Session) -> None:
    while True:
        await session.execute([b"PING"])


async def test_a_server_is_reached_through_another_host(real_redis: RealServer, ssh: Ssh) -> None:
    session = await open_session(f"redis://127.0.0.1:{real_redis.port}/5?ssh=ann@bastion:2222")
    assert await session.execute([b"SET", b"k", b"v"]) == OK
    assert session.info.label == f"127.0.0.1:{real_redis.port}/5"
    stream = await session.stream([b"SUBSCRIBE", b"news"])
    await stream.aclose()
    [(process, *words)] = ssh.starts
    assert words[-3:] == ["-p", "2222", "ann@bastion"]
    assert "BatchMode=yes" in words
    assert runs(process)
    await session.close()
    assert not runs(process)


async def test_a_tunnel_that_ended_is_opened_again(real_redis: RealServer, ssh: Ssh) -> None:
    session = await open_session(f"redis://127.0.0.1:{real_redis.port}?ssh=bastion")
    os.kill(int(ssh.starts[0][0]), 9)
    with pytest.raises(SessionError, match="broke"):
        await until_it_breaks(session)
    assert await session.execute([b"PING"]) == Status(b"PONG")
    assert len(ssh.starts) == 2
    await session.close()
    assert not runs(ssh.starts[1][0])


OPENS = """
import asyncio, sys
from redis_tui.session.open import open_session

async def main():
    session = await open_session(sys.argv[1])
    print("open", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's end")
async def test_ssh_ends_with_a_program_that_is_killed(real_redis: RealServer, ssh: Ssh) -> None:
    url = f"redis://127.0.0.1:{real_redis.port}?ssh=bastion"
    program = await asyncio.create_subprocess_exec(sys.executable, "-c", OPENS, url, stdout=asyncio.subprocess.PIPE)
    assert program.stdout is not None
    assert await program.stdout.readline() == b"open\n"
    [(process, *_)] = ssh.starts
    assert is_alive(process)
    program.kill()
    await program.wait()
    async with asyncio.timeout(30):
        while is_alive(process):
            await asyncio.sleep(0.01)


def is_alive(process: str) -> bool:
    """Also false of one that has ended and that nobody has asked about."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


async def test_a_tunnel_whose_end_is_told_while_its_port_refuses_is_opened_again(
    real_redis: RealServer, ssh: Ssh, monkeypatch: pytest.MonkeyPatch
) -> None:
    tunnel = Tunnel("bastion", f"127.0.0.1:{real_redis.port}")
    wire = TunnelWire(f"redis://127.0.0.1:{real_redis.port}", tunnel)
    await wire.connect()
    os.kill(int(ssh.starts[0][0]), 9)
    assert await tunnel.has_ended()
    await wire.close()
    is_open, not_told_yet = vars(Tunnel)["is_open"].fget, iter([True])
    monkeypatch.setattr(Tunnel, "is_open", property(lambda it: next(not_told_yet, False) or is_open(it)))
    await wire.connect()
    assert await wire.execute([b"PING"]) == Status(b"PONG")
    assert len(ssh.starts) == 2
    await wire.close()
    await tunnel.close()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            "ann@bastion: Permission denied (publickey).",
            r"Permission denied \(publickey\)\. Put your key into the agent",
        ),
        ("Host key verification failed.", r"Host key verification failed\. Connect by hand once.*ssh ann@bastion"),
        ("ssh: Could not resolve hostname bastion", "Could not resolve hostname bastion. Check the spelling"),
        ("odd", r"through ann@bastion: odd\. See what `ssh ann@bastion` says"),
    ],
)
async def test_why_ssh_does_not_come_in_is_told_in_its_last_words(ssh: Ssh, words: str, told: str) -> None:
    ssh.says(REFUSES.format(words=words))
    with pytest.raises(ConnectError, match=told):
        await open_session("redis://h?ssh=ann@bastion")


async def test_a_server_that_is_not_there_is_told_by_ssh(ssh: Ssh) -> None:
    with pytest.raises(ConnectError, match=r"127\.0\.0\.1:1 through bastion .*ssh says: channel 2: open failed"):
        await open_session("redis://127.0.0.1:1?ssh=bastion")
    assert not runs(ssh.starts[0][0])


async def test_without_the_program_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConnectError, match="There is no program ssh"):
        await open_session("redis://h?ssh=bastion")


async def test_through_a_tunnel_the_certificate_is_still_that_of_the_server(
    real_redis: RealServer, ssh: Ssh, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    async with Proxy(real_redis.port, tls=context) as door:
        session = await open_session(f"rediss://localhost:{door.port}?ssh=bastion&cacert={tmp_path}/ca.pem")
        assert await session.execute([b"PING"]) == Status(b"PONG")
        await session.close()


@pytest.mark.parametrize("given", ["-oProxyCommand=evil", "a b", "-l"])
async def test_what_is_no_host_is_refused(given: str) -> None:
    with pytest.raises(UsageError, match="is no host for ssh"):
        await open_session(f"redis://h?ssh={given}")


async def test_a_socket_is_refused() -> None:
    with pytest.raises(UsageError, match="is not reached through ssh"):
        await open_session("unix:///s?ssh=h")


def test_the_other_host_stays_in_sight_and_the_password_does_not() -> None:
    assert redact_url("redis://:p@w@h:1/0?ssh=ann@b") == "redis://:***@h:1/0?ssh=ann@b"
    assert redact_url("redis://h:1/0?ssh=ann@b") == "redis://h:1/0?ssh=ann@b"
    assert redact_url("redis://h?password=p&ssh=ann@b") == "redis://h?password=***&ssh=ann@b"
    assert [read_address(url).host_and_port for url in ("redis://:p@h", "h:1", "redis://[::1]:2/0")] == [
        "h:6379",
        "h:1",
        "[::1]:2",
    ]
