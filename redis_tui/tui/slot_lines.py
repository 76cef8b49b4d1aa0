"""What a cluster makes of the keys of a run, in one line: slot and node of each, or that they are of several slots.

Pure. The decision a reader would question: only slots decide. Keys of two slots of one node are refused by a server
as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.cells import cut
from redis_tui.resp.inline import join_inline
from redis_tui.session.base import Trouble
from redis_tui.session.nodes import short_names
from redis_tui.spec.slot import hash_slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import NodeFacts


def slot_line(keys: Sequence[bytes], nodes: Sequence[NodeFacts], *, room: int) -> tuple[str, bool]:
    """The line, and whether a cluster would take these keys.

    Args:
        keys: of a run.
        nodes: the primaries.
        room: cells.
    """
    slots = {key: hash_slot(key) for key in keys}
    if not slots:
        return ("no key: any node runs it", True)
    if len(set(slots.values())) > 1:
        told = ", ".join(f"{join_inline([key])} → {slot}" for key, slot in slots.items())
        return (cut(f"CROSSSLOT {told}", room), False)
    slot = next(iter(slots.values()))
    owner = next((node for node in nodes if node.serves(slot)), None)
    if owner is None:
        return (cut(f"slot {slot}, served by no node", room), False)
    name = short_names(node.name for node in nodes)[owner.name]
    if owner.trouble is Trouble.DOWN:
        return (cut(f"slot {slot} · {name} is down", room), False)
    return (cut(f"slot {slot} · {name}", room), True)
