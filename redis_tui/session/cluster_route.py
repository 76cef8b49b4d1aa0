"""Where a command of a cluster goes, from its words alone, and what a reply says about that.

Pure, no connection. The decision a reader would question: keys of several slots are refused here, though a server would
say it too. It says neither which keys nor which slots.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from redis_tui.errors import CommandError, NotSupportedError, SessionError, UsageError
from redis_tui.resp.inline import join_inline
from redis_tui.resp.types import ErrorReply
from redis_tui.session.cluster_fan import DOWN, FANS, OF_ONE_NODE, Fan
from redis_tui.session.cluster_map import Node
from redis_tui.session.guard import runs_script
from redis_tui.spec.keys import keys_of
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from redis_tui.spec.catalog import Catalog
    from redis_tui.spec.command import CommandSpec

_REDIRECTED = re.compile(rb"^(?:MOVED|ASK) (\d+) (\S+)$")
_CHANNEL_FIRST = frozenset(("spublish", "ssubscribe", "sunsubscribe"))
_OF_SLOT = frozenset(("cluster|countkeysinslot", "cluster|getkeysinslot"))
"""What only the node of a slot, which is named, can tell."""
_AT_NODE = re.compile(rb"^(\d+)@(\S+)$")
_AT_NODE_COMMANDS = frozenset(("client|kill", "client|unblock"))
"""Which take an id with its node."""


_OF_CONNECTION = frozenset(
    b"AUTH ASKING DISCARD EXEC HELLO MULTI QUIT READONLY READWRITE RESET SELECT UNWATCH WATCH".split()
)
"""What would change the connection that everything else goes over as well."""


class Route(NamedTuple):
    """Where a command goes; all None: to any primary."""

    slot: int | None = None
    fan: Fan | None = None
    node: Node | None = None
    """The command itself names it."""
    refusal: ErrorReply | None = None
    """Why it is not sent."""


def route(catalog: Catalog, argv: Sequence[bytes]) -> Route:
    """Where a command goes.

    Args:
        catalog: of the cluster.
        argv: name and arguments.

    Raises:
        NotSupportedError: it means one node and names none.
    """
    spec = _spec(catalog, argv)
    if spec is None:
        return Route()
    if spec.name in _AT_NODE_COMMANDS and (node := _named_node(argv)) is not None:
        return Route(node=node)
    _check_sense(spec.name, argv)
    if spec.name in _OF_SLOT and len(argv) > 2 and argv[2].isdigit():
        return Route(slot=int(argv[2]))
    if spec.name == "clusterscan" and len(argv) > 1:
        return Route(slot=hash_slot(argv[1]) if b"{" in argv[1] else 0)  # its cursors name their slot: 0-{06S}-0
    keys = _keys(spec, argv)
    slots: dict[int, bytes] = {}
    for key in keys:
        slots.setdefault(hash_slot(key), key)
    if len(slots) > 1:
        return Route(refusal=crossslot(slots))
    if slots:
        return Route(slot=next(iter(slots)))
    return Route(fan=FANS.get(spec.name))


def named(known: Iterable[Node], name: str) -> Node:
    """The node of a name.

    Raises:
        UsageError: there is none.
    """
    for node in known:
        if node.name == name:
            return node
    raise UsageError(f"There is no node {name} in this cluster.", hint="CLUSTER NODES lists those there are.")


def check_named(commands: Sequence[Sequence[bytes]]) -> None:
    """Refuses, for a node that was named, what concerns the connection and not the node.

    Raises:
        NotSupportedError: one of them does.
    """
    for argv in commands:
        word = argv[0].upper()
        if word in _OF_CONNECTION:
            raise NotSupportedError(
                f"{word.decode()} is about a connection, and this one serves the whole cluster.",
                hint="Open the node itself for it: redis://host:port.",
            )


def crossslot(slots: dict[int, bytes]) -> ErrorReply:
    """What is told of keys of several slots, before anything is sent.

    Args:
        slots: a key of each.
    """
    (one, first), (other, second) = [*slots.items()][:2]
    return ErrorReply(
        b"CROSSSLOT Keys in request don't hash to the same slot: %b is of slot %d, %b of slot %d. It was not sent."
        % (join_inline([first]).encode(), one, join_inline([second]).encode(), other)
    )


def _spec(catalog: Catalog, argv: Sequence[bytes]) -> CommandSpec | None:
    name = argv[0].decode("utf-8", "replace")
    spec = catalog.get(name)
    if spec is not None and spec.subcommands and len(argv) > 1:
        return catalog.get(f"{name} {argv[1].decode('utf-8', 'replace')}") or spec
    return spec


def _keys(spec: CommandSpec, argv: Sequence[bytes]) -> list[bytes]:
    if spec.name in _CHANNEL_FIRST:
        return list(argv[1:2] if spec.name == "spublish" else argv[1:])
    try:
        return keys_of(spec, argv)
    except (CommandError, IndexError):
        return []  # a mistake in the call: any node will say which


def _check_sense(name: str, argv: Sequence[bytes]) -> None:
    if name == "select" and len(argv) == 2 and argv[1] != b"0":
        raise NotSupportedError("A cluster is worked with in database 0 only.", hint="Keys of all nodes are in it.")
    if name == "hello" and len(argv) > 2:
        raise NotSupportedError(
            "Each node of a cluster has a connection of its own, which would have to say who you are.",
            hint="AUTH says it to all of them; so do user and password in the address.",
        )
    if name not in OF_ONE_NODE:
        return
    words = name.replace("|", " ").upper()
    hint = f"Name it: .at HOST:PORT {words} at a prompt, or exec --node; or open the node itself, redis://host:port."
    if name in _AT_NODE_COMMANDS:
        hint = "Write the id as CLIENT LIST does, with its node: 7@127.0.0.1:7000."
    raise NotSupportedError(f"{words} is about one node of the cluster, and does not say which.", hint=hint)


def _named_node(argv: Sequence[bytes]) -> Node | None:
    named = next((found for word in argv if (found := _AT_NODE.match(word))), None)
    try:
        return None if named is None else Node.at(named[2].decode("utf-8", "replace"))
    except ValueError:
        return None


def without_node(argv: Sequence[bytes]) -> list[bytes]:
    """A command that names a node in an id, as that node takes it."""
    return [found[1] if (found := _AT_NODE.match(word)) else word for word in argv]


def redirection(reply: ErrorReply, slot: int, asked: Node) -> Node | None:
    """Whom the reply names. A script may make one up: it must at least be about the slot that was asked for."""
    found = _REDIRECTED.match(reply.line)
    if found is None or int(found[1]) != slot:
        return None
    host, _, port = found[2].decode("utf-8", "replace").rpartition(":")
    if not port.isdigit():
        return None
    node = Node(host.strip("[]") or asked.host, int(port))
    return None if node == asked else node


def may_be_repeated(argv: Sequence[bytes], reply: ErrorReply) -> bool:
    """Whether a refusal tells that nothing was carried out. A script could say the same by itself, after it wrote."""
    if reply.line.startswith(DOWN):
        return b"does not answer" in reply.line
    return reply.code in ("TRYAGAIN", "CLUSTERDOWN") and not runs_script(argv)


def no_cluster(node: Node, reply: ErrorReply) -> SessionError:
    """What is raised where a node tells of no cluster."""
    said = reply.line.decode("utf-8", "replace").rstrip(".")
    return SessionError(f"{node.name} does not tell of a cluster: {said}.", hint="Open it as redis://host:port.")
