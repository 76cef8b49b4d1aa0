"""What answers at an address: a server, a node of a cluster, a sentinel; how it is, and how far away.

Asks over `Session.execute` alone, so it is the same for every kind of session. The decision a reader would question:
a node of a cluster and a sentinel are no faults. Both answer to a plain address, and both are hardly ever what was
meant; so they are told with the address that may have been.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.facts import items_of, pairs_of, text_of

if TYPE_CHECKING:
    from redis_tui.session.base import Session

_PINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Instead:
    """Another address, which may have been meant."""

    label: str
    """A few words for a button."""
    url: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What answered."""

    text: str
    """A sentence or two."""
    is_usable: bool
    """False of a sentinel, which keeps no keys."""
    instead: tuple[Instead, ...] = ()


async def probe(session: Session, url: str) -> Finding:
    """Looks at the other end of an open session.

    Args:
        session: that was opened at the address.
        url: the address as a person gave it; another one is made of it, credentials and all.

    Raises:
        SessionError: the connection broke.
    """
    info = session.info
    latency_ms = await _latency_ms(session)
    facts = _fields(await session.execute([b"INFO"]))
    mode = facts.get("server_mode") or facts.get("redis_mode") or ""
    if mode == "sentinel":
        return await _sentinel(session, url)
    size = await session.execute([b"DBSIZE"])
    parts = [f"{info.server.capitalize()} {info.version}".strip(), _role(facts, is_cluster=info.is_cluster)]
    parts.append(f"{latency_ms:.1f} ms away" if not info.embedded else "in this program")
    if isinstance(size, int):
        parts.append(
            f"{size:,} key{'' if size == 1 else 's'} in db{session.db}" if not info.is_cluster else f"{size:,} keys"
        )
    refusal = next((reply for reply in (size,) if isinstance(reply, ErrorReply)), None)
    text = " · ".join(part for part in parts if part) + "."
    if refusal is not None:
        text += f" It refuses DBSIZE: {refusal.line.decode('utf-8', 'replace')}"
    if info.is_unverified:
        text += " Its certificate was not checked."
    if mode == "cluster" and not info.is_cluster and (other := _with_scheme(url, "cluster")):
        text += " It is one node of a cluster and serves its own slots only."
        return Finding(text, is_usable=True, instead=(Instead("Open the whole cluster", other),))
    return Finding(text, is_usable=True)


async def _latency_ms(session: Session) -> float:
    """The quickest of a few ways there and back."""
    best = float("inf")
    for _ in range(_PINGS):
        started = time.perf_counter()
        await session.execute([b"PING"])
        best = min(best, (time.perf_counter() - started) * 1000)
    return best


def _role(facts: dict[str, str], *, is_cluster: bool) -> str:
    if is_cluster:
        return "cluster"
    role = facts.get("role", "")
    if role == "slave":
        link = "" if facts.get("master_link_status", "up") == "up" else ", its link to it is down"
        return f"replica of {facts.get('master_host')}:{facts.get('master_port')}{link}"
    replicas = int(facts.get("connected_slaves", "0") or 0)
    return role + (f" with {replicas} replica{'' if replicas == 1 else 's'}" if role and replicas else "")


async def _sentinel(session: Session, url: str) -> Finding:
    reply = await session.execute([b"SENTINEL", b"MASTERS"])
    names = [name for name in (_name(item) for item in items_of(reply)) if name]
    known = f"It knows {', '.join(names)}." if names else "It tells of no master."
    offers = [Instead(f"Open {name}", other) for name in names if (other := _with_scheme(url, "sentinel", name))]
    return Finding(f"A sentinel answers there, which keeps no keys. {known}", is_usable=False, instead=tuple(offers))


def _name(master: Reply) -> str:
    return next((text_of(value) for key, value in pairs_of(master) if key == b"name"), "")


def _with_scheme(url: str, kind: str, master: str = "") -> str:
    """The same place as a cluster or through its sentinel; empty where that cannot be, as of a socket."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        scheme, rest = "redis", url
    if "+" in scheme or scheme == "unix":
        return ""
    place, question, query = rest.partition("?")
    head, _, db = place.partition("/")
    path = f"/{quote(master, safe='')}/{db or '0'}" if master else ""
    return f"{scheme}+{kind}://{head}{path}{question}{query}"


def _fields(info: Reply) -> dict[str, str]:
    return {name: value for name, colon, value in (line.partition(":") for line in text_of(info).splitlines()) if colon}
