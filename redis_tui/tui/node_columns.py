"""Columns of a table that tell, for each node of a cluster, whether it has what a row is about.

Pure. The decision a reader would question: where there is little room all nodes are one column of signs, in the order
of their slots. Three signs tell what a column for each would need a screen for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.session.base import Trouble
from redis_tui.session.nodes import short_names
from redis_tui.tui.widgets.table_view import Column

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from redis_tui.session.base import NodeFacts

_WIDE = 100
"""From this width on each node has a column of its own."""
_MOST = 8
"""Nodes that are told apart; of more only how many have it."""
_SIGNS = {"has": "●", "other": "≠", "lacks": "○", "silent": "✗"}
_WORDS = {"has": "● here", "other": "≠ other", "lacks": "○ missing", "silent": "✗ no answer"}


def node_columns(nodes: Sequence[NodeFacts]) -> tuple[Column, ...]:
    """The columns; none where there is one server."""
    if not nodes:
        return ()
    names = short_names(node.name for node in nodes)
    if len(nodes) > _MOST:
        return (Column("nodes", 8),)
    wide = (Column(names[node.name], max(11, len(names[node.name])), floor=_WIDE) for node in nodes)
    return (Column("nodes", max(5, len(nodes)), ceiling=_WIDE), *wide)


def node_cells(
    nodes: Sequence[NodeFacts], have: Collection[str], others: Collection[str] = ()
) -> tuple[tuple[str, ...], tuple[str | int, ...]]:
    """The cells of one row, and what they are sorted by.

    Args:
        nodes: the primaries.
        have: names of those that have it.
        others: names of those that have another one under its name.
    """
    if not nodes:
        return ((), ())
    states = [_state(node, have, others) for node in nodes]
    if len(nodes) > _MOST:
        return ((f"{states.count('has')}/{len(nodes)}",), (states.count("has"),))
    return (
        ("".join(_SIGNS[state] for state in states), *(_WORDS[state] for state in states)),
        (states.count("has"), *states),
    )


def _state(node: NodeFacts, have: Collection[str], others: Collection[str]) -> str:
    if node.trouble is Trouble.DOWN:
        return "silent"
    return "has" if node.name in have else "other" if node.name in others else "lacks"
