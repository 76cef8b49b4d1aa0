"""Replies taken apart, whichever protocol they came by. Pure; knows no session and no widget."""

from __future__ import annotations

from redis_tui.errors import SessionError
from redis_tui.resp.encoder import format_double
from redis_tui.resp.types import Map, Pairs, Reply, SetReply


def as_items(reply: Reply) -> list[Reply]:
    """The elements of an aggregate; none of anything else."""
    if isinstance(reply, SetReply):
        return reply.items
    if isinstance(reply, (Map, Pairs)):
        return reply.flat()
    return list(reply) if isinstance(reply, (list, tuple)) else []


def as_pairs(reply: Reply) -> list[tuple[Reply, Reply]]:
    """Fields and values, members and scores, however the protocol gives them."""
    if isinstance(reply, (Map, Pairs)):
        return reply.pairs
    items = as_items(reply)
    if items and isinstance(items[0], list):
        return [(pair[0], pair[1]) for pair in items if isinstance(pair, list) and len(pair) == 2]
    if len(items) % 2:
        raise unexpected(reply)
    return list(zip(items[::2], items[1::2], strict=True))


def as_two(reply: Reply) -> tuple[Reply, Reply]:
    """The parts of an answer that has two."""
    items = as_items(reply)
    if len(items) != 2:
        raise unexpected(reply)
    return items[0], items[1]


def unexpected(reply: Reply) -> SessionError:
    """An answer of another form than its command has."""
    shown = as_text(reply)
    return SessionError(
        f"The server's answer has an unexpected form: {shown if len(shown) <= 40 else shown[:39] + '…'}.",
        hint="F9 asks again.",
    )


def as_bytes(reply: Reply) -> bytes:
    """A simple reply as bytes."""
    if isinstance(reply, bytes):
        return bytes(reply)
    if isinstance(reply, float):
        return format_double(reply)
    return str(reply).encode()


def as_text(reply: Reply) -> str:
    """A simple reply as text."""
    text = getattr(reply, "text", None)
    return as_bytes(text if isinstance(text, bytes) else reply).decode("utf-8", "replace")


def as_int(reply: Reply) -> int:
    """A number; 0 for anything else."""
    return reply if isinstance(reply, int) else 0
