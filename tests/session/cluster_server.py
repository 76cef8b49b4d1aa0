"""A cluster of real processes on the loopback: three primaries, each with a replica.

It is not made by CLUSTER MEET, which takes seconds until all have heard of all: each node starts from a
``nodes.conf`` in which everybody stands already.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.spec.slot import hash_slot
from tests.conformance.real_server import _die_with_parent, binary, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RANGES = ((0, 5460), (5461, 10922), (10923, 16383))
FORM_S = 60.0
_SETTINGS = (
    "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--cluster-enabled", "yes",
    "--cluster-config-file", "nodes.conf", "--cluster-node-timeout", "3000", "--cluster-require-full-coverage", "no",
    "--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0", "--busy-reply-threshold", "50",
)  # fmt: skip


@dataclass
class ClusterNode:
    """One process; the first three are primaries, the others their replicas in the same order."""

    index: int
    port: int
    bus: int
    folder: Path
    announced: int = 0
    """The port that it tells, where that is another one."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def id(self) -> str:
        return f"{self.index:040x}"

    @property
    def name(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self, program: str) -> None:
        argv = [program, "--port", str(self.port), "--cluster-port", str(self.bus), *_SETTINGS]
        argv += ["--cluster-announce-port", str(self.announced)] if self.announced else []
        self.process = subprocess.Popen(
            argv,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # one system call, no lock is taken
        )

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=60)

    def ask(self, *words: str) -> bytes:
        """One command on a connection of its own; the raw reply."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as sock:
            sock.sendall(
                b"".join([b"*%d\r\n" % len(words), *(b"$%d\r\n%b\r\n" % (len(w), w) for w in map(str.encode, words))])
            )
            return sock.recv(65_536)


@dataclass
class Cluster:
    """Six processes that know each other."""

    nodes: list[ClusterNode] = field(default_factory=list)

    @property
    def primaries(self) -> list[ClusterNode]:
        return self.nodes[:3]

    @property
    def url(self) -> str:
        return f"redis+cluster://{self.nodes[0].name}"

    def owner(self, key: bytes) -> ClusterNode:
        """The primary of a key, as the cluster began."""
        slot = hash_slot(key)
        return next(self.nodes[at] for at, (first, last) in enumerate(RANGES) if first <= slot <= last)

    def form(self) -> None:
        """Waits until everybody serves."""
        _wait(self.nodes)


@contextlib.contextmanager
def running_cluster(replicas: bool = True, announced: Sequence[int] = (), kind: str = "valkey-9") -> Iterator[Cluster]:
    """Starts a cluster, ends it afterwards.

    Args:
        replicas: each primary has one.
        announced: ports that the nodes tell in place of their own.
        kind: the dialect that they speak.
    """
    with begun_cluster(replicas, announced, kind) as cluster:
        cluster.form()
        yield cluster


@contextlib.contextmanager
def begun_cluster(replicas: bool = True, announced: Sequence[int] = (), kind: str = "valkey-9") -> Iterator[Cluster]:
    """Starts a cluster that has not formed yet: a primary does nothing but wait for its first two seconds."""
    program = binary(kind)
    count = 6 if replicas else 3
    ports = free_ports(2 * count)
    home = Path(tempfile.mkdtemp(prefix="cluster-"))
    nodes = [ClusterNode(at, ports[2 * at], ports[2 * at + 1], home / str(at)) for at in range(count)]
    for node, port in zip(nodes, announced, strict=False):
        node.announced = port
    try:
        for node in nodes:
            node.folder.mkdir()
            (node.folder / "nodes.conf").write_text(_config(nodes, node))
            node.start(program)
        yield Cluster(nodes)
    finally:
        for node in nodes:
            node.stop()
        shutil.rmtree(home, ignore_errors=True)


def _config(nodes: Sequence[ClusterNode], own: ClusterNode) -> str:
    lines = []
    for node in nodes:
        flags = ("myself," if node is own else "") + ("master" if node.index < 3 else "slave")
        master = "-" if node.index < 3 else nodes[node.index - 3].id
        slots = " {}-{}".format(*RANGES[node.index]) if node.index < 3 else ""
        epoch = node.index % 3 + 1
        lines.append(
            f"{node.id} 127.0.0.1:{node.announced or node.port}@{node.bus} {flags} {master} 0 0 {epoch} connected{slots}"
        )
    return "\n".join([*lines, "vars currentEpoch 3 lastVoteEpoch 0", ""])


def _wait(nodes: Sequence[ClusterNode]) -> None:
    give_up_at = time.monotonic() + FORM_S
    for node in nodes:
        while True:
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"the cluster has not formed within {FORM_S:.0f} s: {node.name} lags behind")
            with contextlib.suppress(OSError):
                is_well = b"cluster_state:ok" in node.ask("CLUSTER", "INFO")
                if is_well and (node.index < 3 or b"master_link_status:up" in node.ask("INFO", "replication")):
                    break
            time.sleep(0.02)  # a server tells nobody when it is ready


def free_ports(count: int) -> list[int]:
    return [free_port() for _ in range(count)]
