"""What the side panes want to know of a server: clients, figures, functions, logs, settings; over `Session.execute`.

Knows no widget. Each answers an `ErrorReply` where the server did. The decision a reader would question: INFO and
CLIENT LIST are read as dicts of text, not as dataclasses of numbers, since each server and version has fields of
its own and a workbench shows those it has never heard of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply, Map, Reply, SetReply, Verbatim
from redis_tui.session.library import Function, Library, libraries

if TYPE_CHECKING:
    from redis_tui.session.base import Session

__all__ = [
    "COMMAND_LOGS",
    "THRESHOLDS",
    "ClientFacts",
    "Function",
    "Library",
    "clients",
    "info",
    "items_of",
    "libraries",
    "pairs_of",
    "settings",
    "text_of",
]
COMMAND_LOGS = ("slow", "large-request", "large-reply")
"""What Valkey's COMMANDLOG keeps; other servers have the first alone, as SLOWLOG."""
THRESHOLDS = {
    "slow": "slowlog-log-slower-than",
    "large-request": "commandlog-request-larger-than",
    "large-reply": "commandlog-reply-larger-than",
}
"""The setting behind each log."""


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """One line of CLIENT LIST."""

    fields: dict[str, str]
    is_own: bool = False

    @property
    def id(self) -> str:
        """Its number."""
        return self.fields.get("id", "")

    def text(self, name: str) -> str:
        """A field; empty where the server does not tell it."""
        return self.fields.get(name, "")

    def number(self, name: str) -> int:
        """A field as a number; 0 where it is none."""
        text = self.text(name)
        return int(text) if text.lstrip("-").isdigit() else 0


async def clients(session: Session, own: str = "") -> list[ClientFacts] | ErrorReply:
    """Who is connected.

    Args:
        session: asked.
        own: this session's own id, as far as it is known; asked for where it is not in the list.
    """
    reply = await session.execute([b"CLIENT", b"LIST"])
    if isinstance(reply, ErrorReply):
        return reply
    lines = [
        dict(part.split("=", 1) for part in line.split(" ") if "=" in part) for line in text_of(reply).splitlines()
    ]
    if own not in {fields.get("id") for fields in lines}:
        own = text_of(await session.execute([b"CLIENT", b"ID"]))
    return [ClientFacts(fields, fields["id"] == own) for fields in lines if fields.get("id")]


async def info(session: Session) -> dict[str, dict[str, str]] | ErrorReply:
    """INFO by section and name, in the server's order."""
    reply = await session.execute([b"INFO"])
    if isinstance(reply, ErrorReply):
        return reply
    sections: dict[str, dict[str, str]] = {}
    current = sections.setdefault("", {})
    for line in text_of(reply).splitlines():
        if line.startswith("#"):
            current = sections.setdefault(line.lstrip("# ").strip(), {})
        elif ":" in line:
            name, _, value = line.partition(":")
            current[name] = value
    return {name: fields for name, fields in sections.items() if fields}


async def settings(session: Session, pattern: str = "*") -> dict[str, str] | ErrorReply:
    """CONFIG GET, by name."""
    reply = await session.execute([b"CONFIG", b"GET", pattern.encode()])
    if isinstance(reply, ErrorReply):
        return reply
    return {text_of(name): text_of(value) for name, value in sorted(pairs_of(reply), key=lambda pair: text_of(pair[0]))}


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
