"""A dry run of a script over a server's keys: our own engine runs it, and fetches each key that the script names.

Nothing on the server is changed, or even run: keys come by DUMP, over a connection of their own, and are watched there
(WATCH) until the run is over, so that it can be told whether somebody has changed one meanwhile. How much may be
fetched is bounded, and asked of the server (MEMORY USAGE) before it is.

The decision a reader would question: keys are fetched when they are named and not ahead, so a script that
makes up its keys sees them too, at the price of one round trip for each call that names a new one.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from redis_tui.errors import SessionError, TooMuchToFetch
from redis_tui.quantity import size_text
from redis_tui.resp.types import OK, ErrorReply, Reply, Status
from redis_tui.session.base import ScriptOutcome, Session
from redis_tui.session.failure import script_error

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from redis_tui.session.base import ScriptRun
    from redis_tui.session.link import Link

FETCH_TIMEOUT_S = 10.0
"""How long the script waits for a key."""
_NAMED = 5
"""Changed keys that are told by name."""


class Scratch(Session, Protocol):
    """An embedded session that can run over keys that are elsewhere."""

    async def run_over(
        self,
        run: ScriptRun,
        fetch: Callable[[int, Sequence[bytes]], Coroutine[None, None, Sequence[tuple[bytes | None, int | None]]]],
    ) -> ScriptOutcome:
        """As `Session.run`, where each key comes from ``fetch(db, keys)``: what DUMP answers, and its PTTL.

        Raises:
            RedisTuiError: a key could not be had.
        """
        ...


class ServerKeys:
    """The keys of one dry run.

    Args:
        wire: an open connection that nobody else uses.
        db: in which database it is.
        limit: bytes that may be fetched, by the server's own count.
        note: told of each command that goes out.
    """

    def __init__(self, wire: Link, db: int, *, limit: int, note: Callable[[Sequence[bytes]], None]) -> None:
        self._wire = wire
        self._db = db
        self._limit = limit
        self._note = note
        self._digests: dict[tuple[int, bytes], bytes | None] = {}
        self.fetched_bytes = 0
        self._told = True

    async def fetch(self, db: int, keys: Sequence[bytes]) -> list[tuple[bytes | None, int | None]]:
        """Keys as they are now, watched from before that moment on.

        Raises:
            TooMuchToFetch: they and those before them are larger than the limit.
            SessionError: the server does not give them.
        """
        try:
            async with asyncio.timeout(FETCH_TIMEOUT_S):
                return await self._fetch(db, keys)
        except TimeoutError:
            raise SessionError(
                f"{self._wire.target} has not given the keys of the dry run within {FETCH_TIMEOUT_S:.0f} s.",
                hint="Try again when it is less busy.",
            ) from None

    async def _fetch(self, db: int, keys: Sequence[bytes]) -> list[tuple[bytes | None, int | None]]:
        await self._use(db)
        watched, *facts = await self._send(
            [[b"WATCH", *keys], *(argv for key in keys for argv in ([b"MEMORY", b"USAGE", key], [b"PTTL", key]))]
        )
        self._told = self._told and watched == OK  # a user may lack the right to WATCH: nothing is lost but the telling
        for key, taken in zip(keys, facts[::2], strict=True):
            self.fetched_bytes += taken if isinstance(taken, int) else 0
            if self.fetched_bytes > self._limit:
                raise _too_much(key, taken, self.fetched_bytes, self._limit)
        found: list[tuple[bytes | None, int | None]] = []
        for key, left, dumped in zip(
            keys, facts[1::2], await self._send([[b"DUMP", key] for key in keys]), strict=True
        ):
            if isinstance(dumped, ErrorReply):
                text = dumped.line.decode("utf-8", "replace").rstrip(".")
                raise SessionError(f"{self._wire.target} does not give the key {_quoted(key)}: {text}.")
            content = dumped if isinstance(dumped, bytes) else None
            self._digests[db, key] = _digest(content)
            found.append((content, left if isinstance(left, int) and left >= 0 else None))
        return found

    @property
    def count(self) -> int:
        """Keys that were there."""
        return sum(digest is not None for digest in self._digests.values())

    async def changed(self) -> tuple[bytes, ...] | None:
        """Keys that somebody has changed since they were fetched; None where the server does not say."""
        if not self._digests:
            return ()
        if not self._told:
            return None
        *_, done = await self._send([[b"MULTI"], [b"PING"], [b"EXEC"]])
        if isinstance(done, ErrorReply):
            return None
        if done == [Status(b"PONG")]:
            return ()
        found: list[bytes] = []
        for (db, key), digest in self._digests.items():  # only now is it worth reading them again to tell which
            await self._use(db)
            (dumped,) = await self._send([[b"DUMP", key]])
            if _digest(dumped) != digest:
                found.append(key)
        return tuple(found) or tuple(key for _, key in self._digests)

    async def _use(self, db: int) -> None:
        if db == self._db:
            return
        (chosen,) = await self._send([[b"SELECT", b"%d" % db]])
        if isinstance(chosen, ErrorReply):
            raise SessionError(f"{self._wire.target} refused database {db}: {chosen.line.decode('utf-8', 'replace')}.")
        self._db = db

    async def _send(self, commands: Sequence[Sequence[bytes]]) -> list[Reply]:
        for argv in commands:
            self._note(argv)
        return await self._wire.pipeline(commands)


async def rehearse(keys: ServerKeys, scratch: Scratch, run: ScriptRun) -> ScriptOutcome:
    """Runs a script over a server's keys and leaves them alone.

    Args:
        keys: of the server.
        scratch: an empty embedded session.
        run: what was asked for, its database named; a function's library is loaded first.

    Raises:
        TooMuchToFetch: it reads more than may be fetched.
        SessionError: the server does not give a key.
        NotSupportedError: a key is of a type that the engine lacks.
    """
    there = run.db or 0
    here = there if there < scratch.info.databases else 0  # a server may have more databases than the engine

    async def fetch(db: int, names: Sequence[bytes]) -> list[tuple[bytes | None, int | None]]:
        return await keys.fetch(there if db == here else db, names)

    if run.function is not None:
        loaded = await scratch.execute([b"FUNCTION", b"LOAD", run.source])
        if isinstance(loaded, ErrorReply):
            return ScriptOutcome(loaded, "", 0.0, error=script_error(loaded, run.source), dry_run=True)
    outcome = await scratch.run_over(replace(run, dry_run=True, db=here), fetch)
    outcome = replace(
        outcome, changes=tuple(replace(one, db=there) if one.db == here else one for one in outcome.changes)
    )
    return replace(outcome, notes=(_ran_on(keys), *await _meanwhile(keys), *outcome.notes))


def _ran_on(keys: ServerKeys) -> str:
    count = f"{keys.count:,} {'key' if keys.count == 1 else 'keys'}"
    return (
        f"Ran here, on a copy of the {count} it named ({size_text(keys.fetched_bytes)}); nothing was run on the server."
    )


async def _meanwhile(keys: ServerKeys) -> list[str]:
    try:
        async with asyncio.timeout(FETCH_TIMEOUT_S):
            changed = await keys.changed()
    except (TimeoutError, SessionError):  # what ran here is worth telling all the same
        return ["Whether somebody changed those keys meanwhile is not known: the server has not answered any more."]
    if changed is None:
        return ["Whether somebody changed those keys meanwhile is not known: this user may not WATCH them."]
    if not changed:
        return []
    names = ", ".join(_quoted(key) for key in changed[:_NAMED])
    more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
    return [f"Somebody changed {names}{more} on the server during this run: on it, the script may do something else."]


def _too_much(key: bytes, taken: Reply, total: int, limit: int) -> TooMuchToFetch:
    own = f" ({size_text(taken)})" if isinstance(taken, int) else ""
    return TooMuchToFetch(
        f"The script reads {_quoted(key)}{own}: a dry run would have to fetch {size_text(total)} "
        f"and may fetch {size_text(limit)}.",
        hint="Allow more (--fetch SIZE), or try it on smaller keys.",
        needed=total,
    )


def _digest(dumped: Reply) -> bytes | None:
    return hashlib.sha1(dumped, usedforsecurity=False).digest() if isinstance(dumped, bytes) else None


def _quoted(key: bytes) -> str:
    return repr(key.decode("utf-8", "replace"))
