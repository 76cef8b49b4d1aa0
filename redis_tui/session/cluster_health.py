"""Which nodes of a cluster answer, as far as anybody has noticed, and the sentences on what changes in that.

Knows no connection: whoever asked a node says here how that went. The decision a reader would question: nothing looks
after nodes by itself. A node that nobody asks may be down unnoticed; panes that are seen ask all of them often enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.session.base import NodeFacts, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.session.cluster_map import Node, SlotMap


class Health:
    """What is known of the nodes of one session."""

    def __init__(self) -> None:
        self._troubles: dict[Node, Trouble] = {}
        self.tell: Callable[[str], None] | None = None
        """Told a sentence for people whenever something changed."""

    def note(self, node: Node, trouble: Trouble | None, known: SlotMap) -> None:
        """A node was asked.

        Args:
            node: which.
            trouble: None where it did what it was asked.
            known: who serves what.
        """
        before = self._troubles.get(node)
        if before is trouble:
            return
        if trouble is None:
            del self._troubles[node]
        else:
            self._troubles[node] = trouble
        if node in known.primaries and self.tell is not None:
            self.tell(_sentence(node, before, trouble, known))

    def is_down(self, node: Node) -> bool:
        """Whether it did not answer when it was last asked."""
        return self._troubles.get(node) is Trouble.DOWN

    def moved(self, before: SlotMap, now: SlotMap) -> None:
        """The map was read again."""
        if not before.ranges or self.tell is None:
            return
        for node in now.primaries:
            if node not in before.primaries:
                gone = [old.name for old in before.primaries if old not in now.primaries]
                instead = f", no longer {', '.join(gone)}" if gone else ""
                self.tell(f"{node.name} serves slots {now.slots_of(node)} now{instead}.")

    def facts(self, known: SlotMap) -> tuple[NodeFacts, ...]:
        """The primaries, by their slots."""
        return tuple(
            NodeFacts(
                name=node.name,
                ranges=tuple((first, last) for first, last, owner in known.ranges if owner == node),
                replicas=tuple(replica.name for replica in known.followers.get(node, ())),
                trouble=self._troubles.get(node),
            )
            for node in known.primaries
        )


def _sentence(node: Node, before: Trouble | None, trouble: Trouble | None, known: SlotMap) -> str:
    if trouble is Trouble.DOWN:
        return f"{node.name} does not answer: keys of slots {known.slots_of(node)} are not seen. The others go on."
    if trouble is Trouble.BUSY:
        return f"{node.name} is busy with a script. The others go on."
    return f"{node.name} answers again." if before is Trouble.DOWN else f"{node.name} is not busy any more."
