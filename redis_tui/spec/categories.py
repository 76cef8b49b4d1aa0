"""ACL categories of a command, derived as Redis derives them: from its group and its flags.

It must not know users or rules. The decision a reader would question: the table of commands
below. Redis declares some categories by hand, beyond what group and flags imply; the table was
made by comparing all 400 commands of COMMAND INFO (Redis 8.2.3) with the derivation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from redis_tui.spec.command import CommandSpec

_OF_GROUP: Final = {
    "bitmap": "bitmap",
    "connection": "connection",
    "generic": "keyspace",
    "geo": "geo",
    "hash": "hash",
    "hyperloglog": "hyperloglog",
    "list": "list",
    "pubsub": "pubsub",
    "scripting": "scripting",
    "set": "set",
    "sorted-set": "sortedset",
    "stream": "stream",
    "string": "string",
    "transactions": "transaction",
}
_OF_FLAG: Final = {
    CommandFlag.WRITE: ("write",),
    CommandFlag.READONLY: ("read",),
    CommandFlag.ADMIN: ("admin", "dangerous"),
    CommandFlag.DANGEROUS: ("dangerous",),
    CommandFlag.PUBSUB: ("pubsub",),
    CommandFlag.BLOCKING: ("blocking",),
}
_ALSO: Final = {
    "asking": ("connection",),
    "command": ("connection",),
    "dbsize": ("keyspace",),
    "flushall": ("keyspace", "dangerous"),
    "flushdb": ("keyspace", "dangerous"),
    "info": ("dangerous",),
    "keys": ("dangerous",),
    "lastsave": ("admin", "dangerous"),
    "migrate": ("dangerous",),
    "readonly": ("connection",),
    "readwrite": ("connection",),
    "restore": ("dangerous",),
    "restore-asking": ("keyspace", "dangerous"),
    "role": ("admin", "dangerous"),
    "sort": ("dangerous", "list", "set", "sortedset"),
    "sort_ro": ("dangerous", "list", "set", "sortedset"),
    "swapdb": ("keyspace", "dangerous"),
    "wait": ("connection",),
    "waitaof": ("connection",),
}
_NOT_OF_ITS_GROUP: Final = frozenset(("sort", "sort_ro", "wait", "waitaof", "pubsub|help"))


def acl_categories(spec: CommandSpec) -> frozenset[str]:
    """The categories of ACL CAT that a command is in.

    Args:
        spec: a command or subcommand.

    Returns:
        Names without the ``@``: ``{"write", "string", "slow"}``.
    """
    if CommandFlag.MODULE in spec.flags:
        return frozenset()
    found = {"fast" if CommandFlag.FAST in spec.flags else "slow"}
    if spec.subcommands and spec.name != "command":
        return frozenset(found)  # a container is nothing in itself
    group = _OF_GROUP.get(spec.group)
    if group and spec.name not in _NOT_OF_ITS_GROUP:
        found.add(group)
    for flag, categories in _OF_FLAG.items():
        if flag in spec.flags:
            found.update(categories)
    if spec.group == "scripting":
        found.discard("read")  # EVAL_RO is readonly, yet only @slow @scripting
    found.update(_ALSO.get(spec.container or spec.name, ()))
    return frozenset(found)
