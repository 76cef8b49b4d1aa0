"""What a server tells of itself, taken apart: clients, INFO, the slow log; over `Session.execute`, for both kinds.

Knows no face. Each answers an `ErrorReply` where the server did. The decision a reader would question: INFO and
CLIENT LIST are read as dicts of text, not as dataclasses of numbers, since each server and version has fields of
its own and a workbench shows those it has never heard of.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Map, Reply, SetReply, Verbatim
from redis_tui.session.nodes import each_node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import NodeFacts, Session

SIZE_OF = {
    "string": b"STRLEN",
    "list": b"LLEN",
    "set": b"SCARD",
    "hash": b"HLEN",
    "zset": b"ZCARD",
    "stream": b"XLEN",
    "vectorset": b"VCARD",
}
"""The command that counts a value of a type."""
UNIT_OF = {
    "string": ("byte", "bytes"),
    "list": ("element", "elements"),
    "set": ("member", "members"),
    "zset": ("member", "members"),
    "hash": ("field", "fields"),
    "stream": ("entry", "entries"),
    "vectorset": ("element", "elements"),
}
"""What a value of a type has so many of: one, several."""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """One line of CLIENT LIST."""

    fields: dict[str, str]
    is_own: bool = False

    @property
    def id(self) -> str:
        """Its number; in a cluster with its node behind it, ``7@host:port``, as `cluster_fan` writes it."""
        return self.fields.get("id", "")

    @property
    def node(self) -> str:
        """Which node of a cluster it is connected to; empty where there is one server."""
        return self.id.partition("@")[2]

    def text(self, name: str) -> str:
        """A field; empty where the server does not tell it."""
        return self.fields.get(name, "")

    def number(self, name: str) -> int:
        """A field as a number; 0 where it is none."""
        text = self.text(name)
        return int(text) if text.lstrip("-").isdigit() else 0


@dataclass(frozen=True, slots=True)
class SlowEntry:
    """One entry of the slow log."""

    number: int
    at_s: int
    duration_us: int
    argv: tuple[bytes, ...]
    client: str = ""
    client_name: str = ""
    more: tuple[str, ...] = ()
    """What servers tell beyond these six."""
    node: str = ""
    """Which node of a cluster tells it; empty where there is one server."""


async def clients(session: Session, own: str = "") -> list[ClientFacts] | ErrorReply:
    """Who is connected.

    Args:
        session: asked.
        own: this session's own id, as far as it is known; asked for where it is not in the list.
    """
    if session.info.is_cluster:
        return await _clients_of_nodes(session)
    reply = await session.execute([b"CLIENT", b"LIST"])
    if isinstance(reply, ErrorReply):
        return reply
    lines = _client_lines(reply)
    if own not in {fields.get("id") for fields in lines}:
        own = text_of(await session.execute([b"CLIENT", b"ID"]))
    return [ClientFacts(fields, fields["id"] == own) for fields in lines if fields.get("id")]


async def _clients_of_nodes(session: Session) -> list[ClientFacts] | ErrorReply:
    """Of every node that answers, since one that does not says nothing about the others."""
    told = await each_node(session, [b"CLIENT", b"LIST"])
    if refusal := _refusal_of_all(told):
        return refusal
    own = {node.name: text_of(reply) for node, reply in await each_node(session, [b"CLIENT", b"ID"])}
    return [
        ClientFacts(fields | {"id": f"{fields['id']}@{node.name}"}, fields["id"] == own.get(node.name))
        for node, reply in told
        for fields in _client_lines(reply)
        if fields.get("id")
    ]


def _client_lines(reply: Reply) -> list[dict[str, str]]:
    return [dict(part.split("=", 1) for part in line.split(" ") if "=" in part) for line in text_of(reply).splitlines()]


def _refusal_of_all(told: Sequence[tuple[NodeFacts, Reply]]) -> ErrorReply | None:
    """The error where every node answers one."""
    refusals = [reply for _, reply in told if isinstance(reply, ErrorReply)]
    return refusals[0] if refusals and len(refusals) == len(told) else None


async def info(session: Session) -> dict[str, dict[str, str]] | ErrorReply:
    """INFO by section and name, in the server's order."""
    reply = await session.execute([b"INFO"])
    return reply if isinstance(reply, ErrorReply) else info_sections(reply)


def info_sections(reply: Reply) -> dict[str, dict[str, str]]:
    """A reply of INFO by section and name."""
    sections: dict[str, dict[str, str]] = {}
    current = sections.setdefault("", {})
    for line in text_of(reply).splitlines():
        if line.startswith("#"):
            current = sections.setdefault(line.lstrip("# ").strip(), {})
        elif ":" in line:
            name, _, value = line.partition(":")
            current[name] = value
    return {name: fields for name, fields in sections.items() if fields}


async def slowlog(session: Session, count: int = 64, *, log: str = "slow") -> list[SlowEntry] | ErrorReply:
    """The latest entries of the slow log, or of another of Valkey's logs."""
    wanted = [b"SLOWLOG", b"GET", b"%d" % count]
    if log != "slow":
        wanted = [b"COMMANDLOG", b"GET", b"%d" % count, log.encode()]
    if not session.info.is_cluster:
        reply = await session.execute(wanted)
        return reply if isinstance(reply, ErrorReply) else [_slow_entry(items_of(item)) for item in items_of(reply)]
    told = await each_node(session, wanted)
    if refusal := _refusal_of_all(told):
        return refusal
    entries = [replace(_slow_entry(items_of(item)), node=node.name) for node, reply in told for item in items_of(reply)]
    return sorted(entries, key=lambda entry: entry.at_s, reverse=True)[:count]


def _slow_entry(parts: list[Reply]) -> SlowEntry:
    filled: list[Reply] = [*parts, *[None] * (6 - len(parts))]
    number, at_s, duration_us, argv, client, name, *more = filled
    return SlowEntry(
        number=_int(number),
        at_s=_int(at_s),
        duration_us=_int(duration_us),
        argv=tuple(word for word in items_of(argv) if isinstance(word, bytes)),
        client=text_of(client),
        client_name=text_of(name),
        more=tuple(map(text_of, more)),
    )


def _int(reply: Reply) -> int:
    return reply if isinstance(reply, int) else 0


def text_of(reply: Reply) -> str:
    """A reply as text; empty for what is none."""
    if isinstance(reply, bytes):
        return reply.decode("utf-8", "replace")
    if isinstance(reply, Verbatim):
        return reply.text.decode("utf-8", "replace")
    return str(reply) if isinstance(reply, int | float) else ""


def items_of(reply: Reply) -> list[Reply]:
    """The items of an array or a set; none of anything else."""
    if isinstance(reply, SetReply):
        return reply.items
    return reply if isinstance(reply, list) else []


def pairs_of(reply: Reply) -> list[tuple[Reply, Reply]]:
    """The pairs of a map, or of an array that stands for one."""
    if isinstance(reply, Map):
        return reply.pairs
    flat = items_of(reply)
    return list(zip(flat[::2], flat[1::2], strict=False))
