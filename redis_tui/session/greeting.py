"""The first words with a server on a new connection: whose it is, a name for us, the database that is meant.

A server that is busy with a script answers BUSY to nearly all of it, and is to be reached all the same: who connects
then wants to kill that script.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from redis_tui.errors import SessionError
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session import wire as wires
from redis_tui.session.refusal import no_words
from redis_tui.session.wire import refused_credentials

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from redis_tui.session.link import Link

_T = TypeVar("_T")


async def in_time(target: str, asked: Awaitable[_T]) -> _T:
    """What a server answers at the beginning, for which it has a limited time: who took a connection may be hung.

    Args:
        target: which server, for people.
        asked: waits for the answer; cancelled when the time is up.

    Raises:
        ConnectError: the time is up.
    """
    try:
        async with asyncio.timeout(wires.ANSWER_S):
            return await asked
    except TimeoutError:
        raise no_words(target, wires.ANSWER_S) from None


async def settle(wire: Link, db: int, resp: int = 2) -> ErrorReply | None:
    """Chooses a connection's database and protocol, and gives it a name.

    Returns:
        Why it is not in that database; None where it is. Who may not have a name does without.
    """
    greeting = [[b"HELLO", b"%d" % resp]] if resp != 2 else []
    chosen, named, *_ = await wire.pipeline([[b"SELECT", b"%d" % db], [b"CLIENT", b"SETNAME", b"redis-tui"], *greeting])
    if isinstance(chosen, ErrorReply) and (db or chosen.code in ("BUSY", "NOAUTH")):
        return chosen
    return named if isinstance(named, ErrorReply) and is_busy(named) else None


def refused(wire: Link, refusal: ErrorReply) -> SessionError:
    """Why a connection is of no use, from what `settle` was answered."""
    said = refusal.line.decode("utf-8", "replace").rstrip(".")
    if refusal.code == "NOAUTH":
        return refused_credentials(wire.target, said)
    return SessionError(
        f"{wire.target} refused database {wire.db}: {said}.",
        hint="Name another one behind the last slash of the address, or none.",
    )


def is_busy(reply: Reply) -> bool:
    """Whether the server says that it runs a script and nothing else."""
    return isinstance(reply, ErrorReply) and reply.code == "BUSY"


def identity(replies: Sequence[Reply]) -> tuple[str, str, bool]:
    """Whose server it is, its version, whether it is a cluster: from INFO, or from HELLO, which a busy one answers."""
    facts = _facts(replies[0])
    if facts:
        server = "valkey" if "valkey_version" in facts else "redis"
        version = facts.get("valkey_version") or facts.get("redis_version", "unknown")
        return server, version, "cluster" in (facts.get("redis_mode"), facts.get("server_mode"))
    hello = replies[1] if isinstance(replies[1], list) else []
    told = {name: value for name, value in zip(hello[::2], hello[1::2], strict=False) if isinstance(value, bytes)}
    is_cluster = told.get(b"mode") == b"cluster"
    return told.get(b"server", b"redis").decode(), told.get(b"version", b"unknown").decode(), is_cluster


def _facts(info: Reply) -> dict[str, str]:
    """INFO's lines as a dict; empty where INFO is refused."""
    if not isinstance(info, bytes):
        return {}
    lines = info.decode("utf-8", "replace").splitlines()
    return {name: value for name, colon, value in (line.partition(":") for line in lines) if colon}
