"""Cluster commands, as a server answers them that is no part of one.

The decision a reader would question: nearly every subcommand has the same handler. They are declared
one by one all the same, because clients read COMMAND to find out what there is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.engine.registry import command, container
from redis_tui.errors import CommandError
from redis_tui.resp.types import OK
from redis_tui.spec.command import CommandFlag, KeyRange
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.context import Ctx
    from redis_tui.resp.types import Reply
    from redis_tui.spec.bind import Rest

_DISABLED = "ERR This instance has cluster support disabled"
_STALE = CommandFlag.STALE
_OPEN = CommandFlag.LOADING | CommandFlag.STALE
_QUICK = _OPEN | CommandFlag.FAST
_ADMIN = CommandFlag.ADMIN | CommandFlag.STALE
_CHANGE = _ADMIN | CommandFlag.NO_ASYNC_LOADING
_PER_SLOT = "O(N) where N is the total number of hash slot arguments"
_PER_RANGE = "O(N) where N is the total number of the slots between the start slot and end slot arguments."
_PER_NODE = "O(N) where N is the total number of Cluster nodes"
_PER_BYTE = "O(N) where N is the number of bytes in the key"
_PER_REPLICA = "O(N) where N is the number of replicas."

container(
    "cluster",
    "A container for Redis Cluster commands.",
    since="3.0.0",
    group="cluster",
)


@command("READONLY", since="3.0.0", flags=_QUICK, complexity="O(1)")
def readonly(ctx: Ctx) -> Reply:
    """Enables read-only queries for a connection to a Redis Cluster replica node."""
    return _mode(ctx)


@command("READWRITE", since="3.0.0", flags=_QUICK, complexity="O(1)")
def readwrite(ctx: Ctx) -> Reply:
    """Enables read-write queries for a connection to a Reids Cluster replica node."""
    return _mode(ctx)


@command("ASKING", since="3.0.0", flags=CommandFlag.FAST, complexity="O(1)")
def asking(_ctx: Ctx) -> Reply:
    """Signals that a cluster client is following an -ASK redirect."""
    raise CommandError(_DISABLED)


@command(
    "CLUSTERSCAN cursor [MATCH match-pattern] [COUNT count] [TYPE type] [SLOT slot]",
    since="9.1.0",
    flags=CommandFlag.READONLY,
    complexity="O(N) where N is the number of elements returned.",
    keys=KeyRange(1, 1, 1),  # the cursor stands where a key would, because it tells the slot
    only="valkey",
)
def clusterscan(ctx: Ctx, rest: Rest) -> Reply:  # noqa: ARG001  # whatever was asked
    """Iterates over the keys in the cluster."""
    raise CommandError(_DISABLED)


def _mode(ctx: Ctx) -> Reply:
    """A Valkey takes the mode of a connection in any case: its replicas outside a cluster heed it, too."""
    if not ctx.dialect.at_least("99.0.0", valkey="8.0.0"):
        raise CommandError(_DISABLED)
    return OK


def _subcommand(
    usage: str,
    since: str,
    flags: CommandFlag,
    complexity: str,
    summary: str,
    *,
    arity: int | None = None,
    keys: KeyRange | None = None,
    only: str | None = None,
    valkey_since: str | None = None,
    in_valkey: str | None = None,
) -> None:
    def refuse(ctx: Ctx, rest: Rest) -> Reply:  # noqa: ARG001  # whatever was asked
        raise CommandError(_DISABLED)

    refuse.__doc__ = summary
    declare: Callable[[Callable[..., Reply]], Callable[..., Reply]] = command(
        f"CLUSTER {usage}",
        since=since,
        flags=flags,
        complexity=complexity,
        arity=arity,
        keys=keys,
        only=only,
        valkey_since=valkey_since,
        usages={"valkey-9": f"CLUSTER {in_valkey}"} if in_valkey else None,
    )
    declare(refuse)


for _usage, _since, _flags, _complexity, _summary in (
    ("ADDSLOTS slot [slot ...]", "3.0.0", _CHANGE, _PER_SLOT, "Assigns new hash slots to a node."),
    (
        "ADDSLOTSRANGE start-slot end-slot [start-slot end-slot ...]",
        "7.0.0",
        _CHANGE,
        _PER_RANGE,
        "Assigns new hash slot ranges to a node.",
    ),
    ("BUMPEPOCH", "3.0.0", _CHANGE, "O(1)", "Advances the cluster config epoch."),
    (
        "COUNT-FAILURE-REPORTS node-id",
        "3.0.0",
        _ADMIN,
        "O(N) where N is the number of failure reports",
        "Returns the number of active failure reports active for a node.",
    ),
    ("COUNTKEYSINSLOT slot", "3.0.0", _STALE, "O(1)", "Returns the number of keys in a hash slot."),
    ("DELSLOTS slot [slot ...]", "3.0.0", _CHANGE, _PER_SLOT, "Sets hash slots as unbound for a node."),
    (
        "DELSLOTSRANGE start-slot end-slot [start-slot end-slot ...]",
        "7.0.0",
        _CHANGE,
        _PER_RANGE,
        "Sets hash slot ranges as unbound for a node.",
    ),
    (
        "FAILOVER [FORCE | TAKEOVER]",
        "3.0.0",
        _CHANGE,
        "O(1)",
        "Forces a replica to perform a manual failover of its master.",
    ),
    ("FLUSHSLOTS", "3.0.0", _CHANGE, "O(1)", "Deletes all slots information from a node."),
    ("FORGET node-id", "3.0.0", _CHANGE, "O(1)", "Removes a node from the nodes table."),
    (
        "GETKEYSINSLOT slot count",
        "3.0.0",
        _STALE,
        "O(N) where N is the number of requested keys",
        "Returns the key names in a hash slot.",
    ),
    ("HELP", "5.0.0", _OPEN, "O(1)", "Returns helpful text about the different subcommands."),
    ("INFO", "3.0.0", _STALE, "O(1)", "Returns information about the state of a node."),
    ("LINKS", "7.0.0", _STALE, _PER_NODE, "Returns a list of all TCP links to and from peer nodes."),
    ("MEET ip port [cluster-bus-port]", "3.0.0", _CHANGE, "O(1)", "Forces a node to handshake with another node."),
    ("MYID", "3.0.0", _STALE, "O(1)", "Returns the ID of a node."),
    ("MYSHARDID", "7.2.0", _STALE, "O(1)", "Returns the shard ID of a node."),
    ("NODES", "3.0.0", _STALE, _PER_NODE, "Returns the cluster configuration for a node."),
    ("REPLICAS node-id", "5.0.0", _ADMIN, _PER_REPLICA, "Lists the replica nodes of a master node."),
    (
        "RESET [HARD | SOFT]",
        "3.0.0",
        _ADMIN | CommandFlag.NOSCRIPT,
        "O(N) where N is the number of known nodes. The command may execute a FLUSHALL as a side effect.",
        "Resets a node.",
    ),
    ("SAVECONFIG", "3.0.0", _CHANGE, "O(1)", "Forces a node to save the cluster configuration to disk."),
    ("SET-CONFIG-EPOCH config-epoch", "3.0.0", _CHANGE, "O(1)", "Sets the configuration epoch for a new node."),
    (
        "SHARDS",
        "7.0.0",
        _OPEN,
        "O(N) where N is the total number of cluster nodes",
        "Returns the mapping of cluster slots to shards.",
    ),
    ("SLAVES node-id", "3.0.0", _ADMIN, _PER_REPLICA, "Lists the replica nodes of a master node."),
    ("SLOTS", "3.0.0", _OPEN, _PER_NODE, "Returns the mapping of cluster slots to nodes."),
):
    _subcommand(_usage, _since, _flags, _complexity, _summary)


@command(
    "CLUSTER KEYSLOT key",
    since="3.0.0",
    flags=_STALE,
    complexity=_PER_BYTE,
    keys=KeyRange(),  # what it is given is no key of this server's to any of them
)
def cluster_keyslot(ctx: Ctx, key: bytes) -> Reply:
    """Returns the hash slot for a key."""
    if not ctx.dialect.is_valkey:  # a Valkey tells it outside of a cluster, too
        raise CommandError(_DISABLED)
    return hash_slot(key)


# Its arity is a minimum in Valkey, which also takes NO ONE.
_subcommand(
    "REPLICATE node-id",
    "3.0.0",
    _CHANGE,
    "O(1)",
    "Configure a node as replica of a master node.",
    arity=3,
    in_valkey="REPLICATE <node-id | NO ONE>",
)
_subcommand(
    "SETSLOT slot <IMPORTING node-id | MIGRATING node-id | NODE node-id | STABLE>",
    "3.0.0",
    _CHANGE,
    "O(1)",
    "Binds a hash slot to a node.",
    in_valkey="SETSLOT slot <IMPORTING node-id | MIGRATING node-id | NODE node-id | STABLE> [TIMEOUT timeout]",
)
_subcommand(
    "SLOT-STATS <SLOTSRANGE start-slot end-slot | ORDERBY metric [LIMIT limit] [ASC | DESC]>",
    "8.2.0",
    _OPEN,
    "O(N) where N is the total number of slots based on arguments. O(N*log(N)) with ORDERBY subcommand.",
    "Return an array of slot usage statistics for slots assigned to the current node.",
    arity=-4,
    valkey_since="8.0.0",
)
for _usage, _flags, _complexity, _summary in (
    (
        "CANCELSLOTMIGRATIONS",
        _CHANGE,
        "O(N), where N is the number of slot migration operations being cancelled.",
        "Cancel all current ongoing slot migration operations.",
    ),
    (
        "FLUSHSLOT slot [ASYNC | SYNC]",
        CommandFlag.WRITE | CommandFlag.ADMIN | CommandFlag.NO_ASYNC_LOADING,
        "O(N) where N is the number of keys in the target slot",
        "Removes all keys from the target slot.",
    ),
    (
        "GETSLOTMIGRATIONS",
        _CHANGE,
        "O(N), where N is the number of active slot import and export jobs.",
        "Gets the status of ongoing and recently finished slot import and export operations.",
    ),
):
    _subcommand(_usage, "9.0.0", _flags, _complexity, _summary, only="valkey")
# The whole may be repeated, and its arity counts less than it takes.
_subcommand(
    "MIGRATESLOTS SLOTSRANGE start-slot end-slot [start-slot end-slot ...] NODE node-id",
    "9.0.0",
    _CHANGE,
    "O(N) where N is the total number of the slots between all start slot and end slot arguments.",
    "Migrate the given slots from this node to the specified nodes.",
    arity=-4,
    only="valkey",
)
# What servers say to each other, which they tell nobody.
_subcommand(
    "SYNCSLOTS",
    "9.0.0",
    _CHANGE,
    "Depends on subcommand.",
    "A container for internal slot migration commands.",
    arity=-3,
    only="valkey",
)
