"""Commands that concern all nodes of a cluster, and how the answers of the nodes become one: one table.

Pure, no connection. A command that has keys is not here: it goes to the node of its slot. The decision a reader would
question: where one node of several does not answer, a sum is refused and not told without it. A number that leaves a
third of the keys out looks like any other number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from redis_tui.resp.types import ErrorReply, Map, Reply
from redis_tui.session.cluster_info import merged_info
from redis_tui.session.facts import items_of, pairs_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.session.cluster_map import Node

    Answers = Sequence[tuple[Node, Reply]]
    Merge = Callable[[Sequence[bytes], Answers], Reply]

DOWN = b"NODEDOWN"
"""The code of what stands for the reply of a node that does not answer."""
_NOT_BUSY: Final = ("NOTBUSY", DOWN.decode())
_SLOW_COUNT: Final = 10
"""Entries that SLOWLOG GET answers where it is not told how many."""


class Fan(NamedTuple):
    """A command that goes to several nodes."""

    merge: Merge
    replicas: bool = False
    """To those of the replicas that answer as well; what they answer counts for nothing."""


def is_down(reply: Reply) -> bool:
    """Whether it stands for the reply of a node that does not answer."""
    return isinstance(reply, ErrorReply) and reply.line.startswith(DOWN + b" ")


def whole(merge: Merge) -> Merge:
    """A merge that refuses where a node has failed."""

    def merged(argv: Sequence[bytes], answers: Answers) -> Reply:
        return failure(answers) or merge(argv, answers)

    return merged


def same_everywhere(argv: Sequence[bytes], answers: Answers) -> Reply:
    """What all say, or which have failed."""
    return whole(_first)(argv, answers)


def failure(answers: Answers) -> ErrorReply | None:
    """What is told where some nodes have failed: which, why, and how many have not."""
    failed = [(node, reply) for node, reply in answers if isinstance(reply, ErrorReply)]
    if not failed:
        return None
    at, first = failed[0]
    if len(failed) == len(answers) and len({reply.line for _, reply in failed}) == 1:
        return first  # all say the same: a mistake in the command
    others = f"; {len(failed) - 1} more failed" if len(failed) > 1 else ""
    done = len(answers) - len(failed)
    rest = f"{done} of {len(answers)} nodes did it" if done else f"none of {len(answers)} nodes did it"
    where = b"" if first.line.startswith(DOWN) else f" at {at.name}".encode()
    code, _, text = first.line.partition(b" ")
    return ErrorReply(code + b" " + text.rstrip(b".") + where + f"{others} ({rest}).".encode())


def _first(_: Sequence[bytes], answers: Answers) -> Reply:
    return answers[0][1]


def _sum(_: Sequence[bytes], answers: Answers) -> Reply:
    return sum(reply for _node, reply in answers if isinstance(reply, int))


def _all_items(_: Sequence[bytes], answers: Answers) -> Reply:
    return [item for _node, reply in answers for item in items_of(reply)]


def _each_once(_: Sequence[bytes], answers: Answers) -> Reply:
    found = [item for _node, reply in answers for item in items_of(reply)]
    return list(dict.fromkeys(item for item in found if isinstance(item, bytes)))


def _everywhere(_: Sequence[bytes], answers: Answers) -> Reply:
    """Of SCRIPT EXISTS: 1 where every node has the script."""
    columns = zip(*(items_of(reply) for _node, reply in answers), strict=False)
    return [int(all(there == 1 for there in column)) for column in columns]


def _named_sums(_: Sequence[bytes], answers: Answers) -> Reply:
    """Of PUBSUB NUMSUB: channel, number, channel, number."""
    sums: dict[bytes, int] = {}
    for _node, reply in answers:
        for name, count in pairs_of(reply):
            if isinstance(name, bytes) and isinstance(count, int):
                sums[name] = sums.get(name, 0) + count
    return [item for pair in sums.items() for item in pair]


def _by_library(_: Sequence[bytes], answers: Answers) -> Reply:
    """Of FUNCTION LIST: each library once where its nodes have the same."""
    found: list[Reply] = []
    for _node, reply in answers:
        found += [item for item in items_of(reply) if item not in found]
    return found


def _slow(argv: Sequence[bytes], answers: Answers) -> Reply:
    """Entries of all, the latest first; the node stands behind each, where servers put what is new."""
    entries = [[*items_of(entry), node.name.encode()] for node, reply in answers for entry in items_of(reply)]
    entries.sort(key=lambda entry: entry[1] if isinstance(entry[1], int) else 0, reverse=True)
    wanted = argv[2] if len(argv) > 2 else b"%d" % _SLOW_COUNT
    return entries[: int(wanted)] if wanted.isdigit() else list(entries)


def _killed(_: Sequence[bytes], answers: Answers) -> Reply:
    """Of SCRIPT KILL: what the node says that was busy; where none was, that."""
    told = [reply for _node, reply in answers]
    busy = [reply for reply in told if not (isinstance(reply, ErrorReply) and reply.code in _NOT_BUSY)]
    return next((reply for reply in busy if not isinstance(reply, ErrorReply)), busy[0] if busy else told[0])


def _clients(_: Sequence[bytes], answers: Answers) -> Reply:
    """Of CLIENT LIST: ids are of a node, so each has its node behind it: ``id=7@127.0.0.1:7000``."""
    lines = [_at_node(line, node) for node, reply in answers for line in text_of(reply).splitlines() if line]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def _at_node(line: str, node: Node) -> str:
    first, _, rest = line.partition(" ")
    return f"{first}@{node.name} {rest}" if first.startswith("id=") else line


def _settings(_: Sequence[bytes], answers: Answers) -> Reply:
    """Of CONFIG GET: a value that all share, or each node's own with its name."""
    values: dict[bytes, dict[str, bytes]] = {}
    for node, reply in answers:
        for name, value in pairs_of(reply):
            if isinstance(name, bytes) and isinstance(value, bytes):
                values.setdefault(name, {})[node.name] = value
    pairs: list[tuple[Reply, Reply]] = []
    for name, told in values.items():
        shared = set(told.values())
        own = b", ".join(node.encode() + b"=" + value for node, value in told.items())
        pairs.append((name, shared.pop() if len(shared) == 1 and len(told) == len(answers) else own))
    return Map(pairs) if isinstance(answers[0][1], Map) else Map(pairs).flat()


_SAME = Fan(whole(_first))
_SAME_ALL_NODES = Fan(whole(_first), replicas=True)
_COUNT = Fan(whole(_sum))

FANS: Final[dict[str, Fan]] = {
    "acl|deluser": _SAME_ALL_NODES,
    "acl|load": _SAME_ALL_NODES,
    "acl|save": _SAME_ALL_NODES,
    "acl|setuser": _SAME_ALL_NODES,
    "bgrewriteaof": _SAME,
    "bgsave": _SAME,
    "client|list": Fan(whole(_clients)),
    "client|no-evict": _SAME,
    "client|no-touch": _SAME,
    "client|pause": _SAME,
    "client|setinfo": _SAME,
    "client|setname": _SAME,
    "client|unpause": _SAME,
    "commandlog|get": Fan(whole(_slow)),
    "commandlog|len": _COUNT,
    "commandlog|reset": _SAME,
    "config|get": Fan(whole(_settings)),
    "config|resetstat": _SAME_ALL_NODES,
    "config|rewrite": _SAME_ALL_NODES,
    "config|set": _SAME_ALL_NODES,
    "dbsize": _COUNT,
    "flushall": _SAME,
    "flushdb": _SAME,
    "function|delete": _SAME,
    "function|flush": _SAME,
    "function|kill": Fan(_killed),
    "function|list": Fan(whole(_by_library)),
    "function|load": _SAME,
    "function|restore": _SAME,
    "hello": _SAME,
    "info": Fan(merged_info),
    "keys": Fan(whole(_all_items)),
    "latency|reset": _COUNT,
    "pubsub|channels": Fan(whole(_each_once)),
    "pubsub|numpat": _COUNT,
    "pubsub|numsub": Fan(whole(_named_sums)),
    "pubsub|shardchannels": Fan(whole(_each_once)),
    "pubsub|shardnumsub": Fan(whole(_named_sums)),
    "reset": _SAME,
    "save": _SAME,
    "script|exists": Fan(whole(_everywhere)),
    "script|flush": _SAME_ALL_NODES,
    "script|kill": Fan(_killed),
    "script|load": _SAME_ALL_NODES,
    "slowlog|get": Fan(whole(_slow)),
    "slowlog|len": _COUNT,
    "slowlog|reset": _SAME,
}
"""What goes to every primary, and how the answers are merged."""

OF_ONE_NODE: Final = frozenset(
    (
        "acl|log",
        "asking",
        "client|caching",
        "client|kill",
        "client|unblock",
        "cluster|addslots",
        "cluster|addslotsrange",
        "cluster|bumpepoch",
        "cluster|count-failure-reports",
        "cluster|delslots",
        "cluster|delslotsrange",
        "cluster|failover",
        "cluster|flushslots",
        "cluster|forget",
        "cluster|links",
        "cluster|meet",
        "cluster|myid",
        "cluster|myshardid",
        "cluster|replicate",
        "cluster|reset",
        "cluster|saveconfig",
        "cluster|set-config-epoch",
        "cluster|slot-stats",
        "cluster|setslot",
        "debug",
        "failover",
        "function|stats",
        "lastsave",
        "latency|doctor",
        "latency|graph",
        "latency|histogram",
        "latency|history",
        "latency|latest",
        "memory|doctor",
        "memory|malloc-stats",
        "memory|purge",
        "memory|stats",
        "module|load",
        "module|loadex",
        "module|unload",
        "readonly",
        "readwrite",
        "replicaof",
        "role",
        "shutdown",
        "slaveof",
        "wait",
        "waitaof",
    )
)
"""What means one node and names none: an answer of any one would look like one about all."""
