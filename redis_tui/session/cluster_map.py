"""Who serves which slots of a cluster, as one of its nodes tells it, and the address that a cluster is opened by.

Pure data, no connection. The decision a reader would question: CLUSTER SLOTS and not CLUSTER SHARDS. Servers before 7
know only the former, and over TLS it names the port for TLS by itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from redis_tui.errors import UsageError
from redis_tui.record import dataclass
from redis_tui.session.address import Address, read_address
from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from redis_tui.resp.types import Reply

_ADDRESS = re.compile(r"^(?P<scheme>[a-z]+)\+cluster://(?P<user>(?:(?![?&]ssh=).)*@)?(?P<hosts>[^/?]*)(?P<more>.*)$")
_PORT = 6379


class Node(NamedTuple):
    """One node, by the address that it announces."""

    host: str
    port: int

    @property
    def name(self) -> str:
        """For people, and as MOVED writes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def at(cls, address: str) -> Node:
        """Reads ``host:port``, ``[ipv6]:port`` or a host alone.

        Raises:
            ValueError: the port is no number.
        """
        host, colon, port = address.rpartition(":")
        if not colon or address.endswith("]"):
            return cls(address.strip("[]"), _PORT)
        return cls(host.strip("[]"), int(port))


@dataclass(frozen=True, slots=True)
class ClusterAddress:
    """An address that names a cluster by some of its nodes."""

    scheme: str
    user: str
    """``user:password@``, or nothing."""
    seeds: tuple[Node, ...]
    more: str
    """What stands behind the nodes: path and options."""

    def of(self, node: Node) -> Address:
        """The address of one node, with the cluster's credentials and options."""
        return read_address(f"{self.scheme}://{self.user}{node.name}{self.more}")


def read_cluster_address(url: str) -> ClusterAddress:
    """Takes ``redis+cluster://[user:password@]host:port[,host:port…]`` apart.

    Raises:
        UsageError: it is no such address, or says something that is not known.
    """
    found = _ADDRESS.match(url)
    seeds = _seeds(found["hosts"]) if found is not None else ()
    if found is None or not seeds:
        raise UsageError(
            f"{redact_url(url)!r} is no address of a cluster.",
            hint="Write redis+cluster://[user:password@]host:port[,host:port], naming one or more of its nodes.",
        )
    address = ClusterAddress(found["scheme"], found["user"] or "", seeds, found["more"])
    address.of(seeds[0])
    return address


def _seeds(hosts: str) -> tuple[Node, ...]:
    try:
        return tuple(map(Node.at, hosts.split(","))) if hosts else ()
    except ValueError:
        return ()


@dataclass(frozen=True, slots=True)
class SlotMap:
    """Which node serves which slots."""

    ranges: tuple[tuple[int, int, Node], ...]
    """First slot, last slot, primary; by first slot."""
    replicas: tuple[Node, ...]
    followers: Mapping[Node, tuple[Node, ...]] = field(default_factory=dict)
    """By primary: its replicas."""

    @property
    def primaries(self) -> tuple[Node, ...]:
        """Those that serve slots, by their first."""
        return tuple(dict.fromkeys(node for _, _, node in self.ranges))

    def owner(self, slot: int) -> Node | None:
        """The primary of a slot; None where nobody serves it."""
        at = bisect_right(self.ranges, slot, key=lambda one: one[0]) - 1
        return self.ranges[at][2] if at >= 0 and slot <= self.ranges[at][1] else None

    def slots_of(self, node: Node) -> str:
        """What a primary serves, for people: ``0-5460``; empty of a node that serves none."""
        return ", ".join(
            f"{first}-{last}" if first < last else f"{first}" for first, last, owner in self.ranges if owner == node
        )


def slot_map(reply: Reply, asked: Node) -> SlotMap:
    """What CLUSTER SLOTS answers.

    Args:
        reply: an array.
        asked: who answered; a node that does not know its own address means that one.
    """
    ranges: list[tuple[int, int, Node]] = []
    followers: dict[Node, dict[Node, None]] = {}
    for row in reply if isinstance(reply, list) else []:
        if not (isinstance(row, list) and len(row) > 2 and isinstance(row[0], int) and isinstance(row[1], int)):
            continue
        nodes = list(_nodes(row[2:], asked))
        if nodes:
            ranges.append((row[0], row[1], nodes[0]))
            followers.setdefault(nodes[0], {}).update(dict.fromkeys(nodes[1:]))
    replicas = dict.fromkeys(node for of_one in followers.values() for node in of_one)
    return SlotMap(tuple(sorted(ranges)), tuple(replicas), {node: tuple(of) for node, of in followers.items()})


def has_failed(nodes: bytes, node: Node) -> bool:
    """Whether CLUSTER NODES says of a node that it has failed, by agreement and not by suspicion (``fail?``)."""
    for line in nodes.decode("utf-8", "replace").splitlines():
        words = line.split(" ")
        address, _, more = words[1].partition("@") if len(words) > 2 else ("", "", "")
        host, _, port = address.rpartition(":")
        announced = more.split(",")[1:2]  # a name, where it has one: 10.0.0.1:7000@17000,db1.example.org
        if port == str(node.port) and node.host in (host, *announced):
            return "fail" in words[2].split(",")
    return False


def _nodes(rows: list[Reply], asked: Node) -> Iterable[Node]:
    for row in rows:
        if isinstance(row, list) and len(row) > 1 and isinstance(row[1], int):
            host = row[0].decode("utf-8", "replace") if isinstance(row[0], bytes) else ""
            yield Node(host if host not in ("", "?") else asked.host, row[1])
