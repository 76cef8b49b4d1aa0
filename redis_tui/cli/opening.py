"""From the options of a command to a session, and work on it.

A password that stands in no address is looked up here and nowhere else: it belongs to the server that the command
names, not to one that a person opens later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from redis_tui.cli.options import told_safety
from redis_tui.cli.stream import complain
from redis_tui.cli.way_options import told_password_source
from redis_tui.errors import UsageError
from redis_tui.log_file import start_log
from redis_tui.resp.types import ErrorReply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from redis_tui.session.base import Session
    from redis_tui.session.danger import Danger

_ASKED = "redis_tui.asked"


def session_opener(
    url: str,
    *,
    dialect: str,
    read_only: bool,
    load: Path | None,
    lua_memory: int | None = None,
    db: int | None = None,
) -> Callable[[], Awaitable[Session]]:
    """How the session that a command was asked for is opened; begins the log, and asks for the password, where wanted.

    Args:
        url: as a person gave it.
        dialect: whom the embedded engine speaks as.
        read_only: whether commands that write are refused.
        load: a snapshot for the embedded engine.
        lua_memory: what its scripts may take, in bytes.
        db: the database to begin in; None is that of the address.

    Raises:
        UsageError, AuthError: there is no password where there should be one.
    """
    safety = told_safety()
    production = safety.production
    if safety.log_file is not None:
        start_log(safety.log_file, safety.log_level)
    password = told_password(url)

    async def open_it() -> Session:
        from redis_tui.session.open import open_session

        session = await open_session(
            url,
            dialect=dialect,
            password=password,
            read_only=read_only,
            load=load,
            lua_memory=lua_memory,
            production=production,
        )
        if db is not None:
            await _choose(session, db)
        return session

    return open_it


def told_password(url: str) -> str | None:
    """The password of the server that a command was asked for; asks once, however often it is wanted.

    Args:
        url: of that server.

    Raises:
        UsageError, AuthError: there is none where there should be one.
    """
    meta = click.get_current_context().meta
    if _ASKED not in meta:
        meta[_ASKED] = told_password_source().read(url)
    found: str | None = meta[_ASKED]
    return found


async def _choose(session: Session, db: int) -> None:
    chosen = await session.execute([b"SELECT", b"%d" % db])
    if isinstance(chosen, ErrorReply):
        await session.close()
        raise UsageError(f"Database {db}: {chosen.line.decode('utf-8', 'replace')}.")


async def with_session(opener: Callable[[], Awaitable[Session]], work: Callable[[Session], Awaitable[int]]) -> int:
    """Opens, works, closes.

    Args:
        opener: of `session_opener`.
        work: what is done meanwhile; its answer is the exit status.
    """
    session = await opener()
    if session.info.is_unverified:
        complain(f"The certificate of {session.info.label} was not checked: anybody may have answered.")
    if told_safety().yes:
        from redis_tui.session.production import ask_with

        ask_with(session, _agree)
    try:
        return await work(session)
    finally:
        await session.close()


async def _agree(_danger: Danger, _word: str) -> bool:
    """``--yes``."""
    return True
