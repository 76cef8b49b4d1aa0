"""One node of a cluster by its name: commands that go to it and to no other, and what each node says to the same.

Knows the session waist, no connection; a session over one server has no nodes. The decision a reader would question:
a context variable and no argument of `Session.execute`, as for `aside`. What asks about production and refuses writes
on the way sees the command as it is, and cannot forget to hand the name on.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from redis_tui.errors import UsageError
from redis_tui.session.base import Trouble

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redis_tui.resp.types import Reply
    from redis_tui.session.base import NodeFacts, Session

TROUBLE_WORDS = {Trouble.DOWN: "down", Trouble.BUSY: "BUSY"}
"""For people, in a word."""
_NODE: ContextVar[str] = ContextVar("node", default="")


@contextmanager
def at_node(name: str) -> Iterator[None]:
    """What is executed within goes to one node of a cluster, whatever keys it names; a server that is none ignores it.

    Args:
        name: ``host:port``; empty goes where it usually does.
    """
    token = _NODE.set(name)
    try:
        yield
    finally:
        _NODE.reset(token)


def named_node() -> str:
    """Where what is executed now has to go; empty where nobody said."""
    return _NODE.get()


def node_named(session: Session, name: str) -> str:
    """The whole name of a node, primary or replica, of which a person may have said the end: ``:7001``, ``7001``.

    Raises:
        UsageError: there is no such node, or more than one.
    """
    if not session.info.is_cluster:
        raise UsageError(f"{session.info.label} is one server and has no nodes.", hint="Leave the node out.")
    names = [each for node in session.nodes() for each in (node.name, *node.replicas)]
    found = [each for each in names if name in (each, each.rpartition(":")[2], f":{each.rpartition(':')[2]}")]
    if name in found or len(found) == 1:
        return name if name in found else found[0]
    what = f"Several nodes end in {name}" if found else f"There is no node {name} in this cluster"
    raise UsageError(f"{what}.", hint=f"Its nodes are {', '.join(found or names)}.")


async def each_node(session: Session, argv: Sequence[bytes]) -> list[tuple[NodeFacts, Reply]]:
    """What every primary answers to a command; an error stands for one that does not answer."""
    told = []
    for node in session.nodes():
        with at_node(node.name):
            told.append((node, await session.execute(argv)))
    return told


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Names that tell nodes apart where there is little room: ``:7001`` where all are on one host."""
    wanted = [*names]
    hosts = {name.rpartition(":")[0] for name in wanted}
    return {name: f":{name.rpartition(':')[2]}" if len(hosts) == 1 else name for name in wanted}


def trouble_text(nodes: Sequence[NodeFacts]) -> str:
    """Which nodes do not do what they are asked: ``:7001 down, :7002 BUSY``; empty where all do."""
    short = short_names(node.name for node in nodes)
    return ", ".join(f"{short[node.name]} {TROUBLE_WORDS[node.trouble]}" for node in nodes if node.trouble)


def lacking_text(nodes: Sequence[NodeFacts]) -> str:
    """For a pane that shows what the nodes told: ``without :7001``; empty where all told."""
    short = short_names(node.name for node in nodes)
    missing = [short[node.name] for node in nodes if node.trouble]
    return f"without {', '.join(missing)}" if missing else ""


def busy_names(nodes: Sequence[NodeFacts]) -> str:
    """Nodes that a script holds up; empty where none is."""
    return ", ".join(node.name for node in nodes if node.trouble is Trouble.BUSY)
