"""Ways to a cluster: through another host by ssh, by TLS, as a user of its ACL; each node by the address it announces."""

from __future__ import annotations

import contextlib
import os
import ssl as tls
from typing import TYPE_CHECKING

import pytest
import trustme

from redis_tui.errors import AuthError, ConnectError
from redis_tui.resp.types import OK, ErrorReply
from redis_tui.session.nodes import each_node
from redis_tui.session.open import open_session
from tests.proxy import Proxy
from tests.session.cluster_server import Cluster, free_ports, running_cluster
from tests.session.fake_ssh import Ssh, runs

if TYPE_CHECKING:
    from pathlib import Path

KEYS = (b"b", b"c", b"a")
"""One of each node."""


def reached(ssh: Ssh) -> set[str]:
    """The ports that were forwarded to, as the other host sees them."""
    return {words[words.index("-L") + 1].rpartition(":")[2] for words in ssh.starts}


async def test_every_node_is_reached_through_another_host(cluster: Cluster, ssh: Ssh) -> None:
    session = await open_session(f"{cluster.url}?ssh=ann@bastion")
    assert [await session.execute([b"SET", key, key]) for key in KEYS] == [OK] * 3
    stream = await session.stream([b"MONITOR"])
    await stream.aclose()
    assert reached(ssh) == {str(node.port) for node in cluster.primaries}
    assert len(ssh.starts) == 3
    assert all(words[-1] == "ann@bastion" for words in ssh.starts)
    await session.close()
    assert not any(runs(words[0]) for words in ssh.starts)


async def test_a_tunnel_to_one_node_that_ended_is_opened_again(cluster: Cluster, ssh: Ssh) -> None:
    session = await open_session(f"{cluster.url}?ssh=bastion")
    assert await session.execute([b"SET", b"a", b"1"]) == OK
    port = str(cluster.owner(b"a").port)
    of_a = next(words for words in ssh.starts if words[words.index("-L") + 1].endswith(f":{port}"))
    os.kill(int(of_a[0]), 9)
    while await session.execute([b"GET", b"a"]) != b"1":  # what was under way when it broke is told as an error
        pass
    assert [words[words.index("-L") + 1].rpartition(":")[2] for words in ssh.starts].count(port) == 2
    await session.close()
    assert not any(runs(words[0]) for words in ssh.starts)


async def test_a_cluster_that_is_not_there_leaves_no_tunnel(ssh: Ssh) -> None:
    with pytest.raises(ConnectError, match=r"127\.0\.0\.1:1 .*through bastion"):
        await open_session("redis+cluster://127.0.0.1:1?ssh=bastion")
    assert not any(runs(words[0]) for words in ssh.starts)


async def test_tls_and_a_user_hold_for_every_node(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ports = free_ports(3)
    with running_cluster(replicas=False, announced=ports) as own:
        async with contextlib.AsyncExitStack() as doors:
            for node, port in zip(own.nodes, ports, strict=True):
                door = Proxy(node.port, tls=context)
                door.port = port
                await doors.enter_async_context(door)
                node.ask("ACL", "SETUSER", "ann", "on", ">secret", "~*", "&*", "+@all")
                node.ask("ACL", "SETUSER", "bob", "on", ">other", "~*", "&*", "+@all")
                node.ask("ACL", "SETUSER", "default", "off")
            url = f"rediss+cluster://ann:{{}}@127.0.0.1:{ports[0]}?cacert={tmp_path}/ca.pem"
            session = await open_session(url.format("secret"))
            assert [await session.execute([b"SET", key, key]) for key in KEYS] == [OK] * 3
            told = await each_node(session, [b"ACL", b"WHOAMI"])
            assert [(node.name, reply) for node, reply in told] == [(f"127.0.0.1:{port}", b"ann") for port in ports]
            refused = await session.execute([b"AUTH", b"bob", b"wrong"])
            assert isinstance(refused, ErrorReply)
            assert refused.code == "WRONGPASS"
            assert await session.execute([b"AUTH", b"bob", b"other"]) == OK
            told = await each_node(session, [b"ACL", b"WHOAMI"])
            assert [reply for _, reply in told] == [b"bob"] * 3
            await session.close()
            with pytest.raises(AuthError):
                await open_session(url.format("wrong"))
