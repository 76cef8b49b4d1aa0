"""URL -> Session: the one place that knows which kind an address means."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

from redis_tui.errors import RedisTuiError, UsageError
from redis_tui.log_file import current_log
from redis_tui.session.aside import aside
from redis_tui.session.production import ProductionSession
from redis_tui.spec.redact import redact_url

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.session.address import Address
    from redis_tui.session.base import Session, SessionInfo
    from redis_tui.session.rehearsal import Scratch
    from redis_tui.session.way import Way

EMBEDDED_URL = "memory://"
_LOG = logging.getLogger(__name__)
_MARKS = ("production", "read_only")
_YES = ("yes", "true", "on", "1")


class Marked(NamedTuple):
    """An address without its marks, and the marks."""

    url: str
    production: bool
    read_only: bool
    resp: int = 2
    """Protocol version that is asked for."""


def read_marks(url: str) -> Marked:
    """Takes ``?production=yes``, ``?read_only=yes`` and ``?protocol=3`` out of an address, where they may be kept.

    Args:
        url: an address as a person gave it.

    Raises:
        UsageError: a mark is neither yes nor no, or the protocol none that there is.
    """
    head, mark, query = url.partition("?")
    kept, marks, resp = [], dict.fromkeys(_MARKS, False), 2
    for part in query.split("&") if mark else ():
        name, _, value = part.partition("=")
        if name == "protocol":
            if value not in ("2", "3"):
                raise UsageError(f"There is no protocol {value}.", hint="Write ?protocol=2 or ?protocol=3.")
            resp = int(value)
            continue
        if name not in marks:
            kept.append(part)
            continue
        if value.lower() not in (*_YES, "no", "false", "off", "0"):
            raise UsageError(f"{name} is yes or no.", hint=f"Write ?{name}=yes behind the address.")
        marks[name] = value.lower() in _YES
    return Marked(f"{head}?{'&'.join(kept)}" if kept else head, **marks, resp=resp)


async def open_session(
    url: str = EMBEDDED_URL,
    *,
    dialect: str = "redis-8",
    password: str | None = None,
    read_only: bool = False,
    load: Path | None = None,
    lua_memory: int | None = None,
    production: bool = False,
) -> Session:
    """Opens a session.

    Args:
        url: ``memory://`` for the embedded engine, or of a server, as `read_address` takes it, or
            ``redis+cluster://host:port[,host:port]`` of a cluster. ``?production=yes``, ``?read_only=yes`` and
            ``?protocol=3`` may stand behind it.
        dialect: whom the embedded engine speaks as.
        password: overrides the URL's.
        read_only: refuse commands that write.
        load: a snapshot file to fill the embedded engine from.
        lua_memory: bytes that scripts may take in the embedded engine; None is the usual.
        production: people depend on that server: dangerous commands are refused until a face says, with
            `production.ask_with`, how it asks.

    Raises:
        UsageError: the address is of no known kind, or a server should do what only the embedded engine can.
        FileError: the file cannot be read, or is damaged.
        ConnectError, AuthError: no connection.
    """
    marked = read_marks(url)
    try:
        session = await _open(
            marked.url,
            dialect=dialect,
            password=password,
            read_only=read_only or marked.read_only,
            load=load,
            lua_memory=lua_memory,
        )
    except RedisTuiError as error:
        _LOG.error("cannot open %s: %s", redact_url(url), error)  # a refusal, no fault of ours
        raise
    if marked.resp != 2:
        try:
            with aside():  # a server that refuses goes on in RESP2, as `SessionInfo.resp` tells
                await session.execute([b"HELLO", b"%d" % marked.resp])
        except BaseException:
            await session.close()
            raise
    if current_log() is not None:
        from redis_tui.session.logged import LoggedSession

        session = LoggedSession(session)
    return ProductionSession(session) if production or marked.production else session


async def _open(
    url: str, *, dialect: str, password: str | None, read_only: bool, load: Path | None, lua_memory: int | None
) -> Session:
    if url.startswith("memory://"):
        # In another thread: the workbench has something to show while a large file is read.
        return await asyncio.to_thread(_embedded, dialect, read_only=read_only, load=load, lua_memory=lua_memory)
    if load is not None:
        raise UsageError(
            f"A server loads no file: {load} is for the embedded engine.", hint="Leave the address out, or the file."
        )
    if lua_memory is not None:
        raise UsageError("A server has its own bounds for the memory of scripts.", hint="Leave --lua-memory out.")
    from redis_tui.session.address import is_cluster, read_address
    from redis_tui.session.remote import RemoteSession

    async def scratch(info: SessionInfo) -> Scratch:
        from redis_tui.engine.dialect import dialect_like
        from redis_tui.session.embedded import EmbeddedSession

        return EmbeddedSession(dialect=dialect_like(info.server, info.version))

    if is_cluster(url):
        from redis_tui.session.cluster import ClusterSession

        return await ClusterSession.connect_to(url, scratch=scratch, password=password, read_only=read_only)
    address = read_address(url)
    way = _way(address, password)
    try:
        return await RemoteSession.connect(way, scratch=scratch, read_only=read_only)
    except BaseException:
        await way.close()
        raise


def _way(address: Address, password: str | None) -> Way:
    """The way to a server; that of most needs neither sentinels nor ssh."""
    if address.sentinels:
        from redis_tui.session.sentinel import SentinelWay

        return SentinelWay(address, password=password)
    if address.ssh:
        from redis_tui.session.tunnel import TunnelWay

        return TunnelWay(address, password=password)
    from redis_tui.session.way import StraightWay

    return StraightWay(address, password=password)


def _embedded(dialect: str, *, read_only: bool, load: Path | None, lua_memory: int | None) -> Session:
    from redis_tui.engine.dialect import dialect_named
    from redis_tui.session.embedded import EmbeddedSession

    return EmbeddedSession(dialect=dialect_named(dialect), read_only=read_only, load=load, lua_memory=lua_memory)
