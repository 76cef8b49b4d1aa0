"""An argument tree taken apart into what may stand where: the shape that a binder is written for.

It must not know handlers. The decision a reader would question: only the shapes that Redis'
commands have are told apart (required, options, required, optional values, options); whatever
is stranger is parsed by its handler from `Rest`.
"""

from __future__ import annotations

from dataclasses import field

from redis_tui.record import dataclass
from redis_tui.spec.command import Arg, ArgKind


@dataclass(slots=True)
class Plan:
    """The parts of a command line, in order."""

    head: list[Arg] = field(default_factory=list)
    """Required, before any option."""
    lead: list[Arg] = field(default_factory=list)
    """Options before a required argument (ZADD key [NX] score member)."""
    body: list[Arg] = field(default_factory=list)
    """Required, after ``lead`` or from the first that repeats."""
    groups: list[list[Arg]] = field(default_factory=list)
    """Optional values; those of one group come together (BITCOUNT key [start end])."""
    options: list[Arg] = field(default_factory=list)
    """Options at the end."""


def plan_of(args: tuple[Arg, ...]) -> Plan:
    """Sorts the nodes of an argument tree into the parts of a command line."""
    plan = Plan()
    for node in args:
        if is_option(node):
            plan.options.append(node)
        elif node.optional:
            _add_group(plan, node)
        else:
            if plan.options:
                plan.lead += plan.options
                plan.options = []
            (plan.body if plan.lead or node.multiple or plan.body else plan.head).append(node)
    return plan


def _add_group(plan: Plan, node: Arg) -> None:
    """``[count]``, ``[start end [BYTE | BIT]]``: values first, then what may follow them."""
    if node.kind is not ArgKind.BLOCK or node.multiple:
        plan.groups.append([node])
        return
    values = [child for child in node.children if not child.optional]
    plan.groups.append(values)
    for child in node.children[len(values) :]:
        if is_option(child):
            plan.options.append(child)
        else:
            _add_group(plan, child)


def is_option(node: Arg) -> bool:
    """Whether it may be left out, and a token tells that it stands here."""
    return node.optional and begins_with_token(node)


def begins_with_token(node: Arg) -> bool:
    """Whether each form of a node begins with a token."""
    if node.token:
        return True
    if node.kind is ArgKind.ONEOF:
        return all(map(begins_with_token, node.children))
    if node.kind is not ArgKind.BLOCK:
        return False
    # [IDLE min-idle-time] start end count: its first part may be left out.
    first = next((place for place, child in enumerate(node.children) if not child.optional), len(node.children) - 1)
    return all(map(begins_with_token, node.children[: first + 1]))


def choices_of(node: Arg) -> tuple[Arg, ...]:
    """The alternatives of a node, or the node alone."""
    return node.children if node.kind is ArgKind.ONEOF and not node.token else (node,)


def token_of(node: Arg) -> str:
    """The token that a node begins with; empty where it begins with a value."""
    return node.token or (token_of(node.children[0]) if node.children else "")


def width_of(node: Arg) -> int:
    """Words of one repetition."""
    return len(node.children) if node.kind is ArgKind.BLOCK else 1
