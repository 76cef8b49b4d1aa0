"""The dry runs of a session over a real server: here on fetched keys, or in the server's own debugger.

Each has a connection of its own, so the session's other work goes on meanwhile; one at a time, since one is what a
person looks at, kills, and sees running.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from redis_tui.errors import NotSupportedError
from redis_tui.session.base import Capability, KillOutcome, Running, SessionInfo
from redis_tui.session.debugger import DebugRun
from redis_tui.session.greeting import in_time, refused, settle
from redis_tui.session.rehearsal import Scratch, ServerKeys, rehearse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Sequence

    from redis_tui.session.base import ScriptOutcome, ScriptRun
    from redis_tui.session.link import Link
    from redis_tui.session.wire import Wire


class DryRuns:
    """The dry runs of one session.

    Args:
        dial: opens a bare connection.
        dial_for: opens one to the server that would run a script, for its debugger.
        scratch: makes an embedded session that speaks as nearly as it can as the server.
        sent: told of each command that goes out.
    """

    def __init__(
        self,
        dial: Callable[[], Awaitable[Link]],
        dial_for: Callable[[ScriptRun], Awaitable[Wire]],
        scratch: Callable[[SessionInfo], Awaitable[Scratch]],
        sent: Callable[[Sequence[bytes]], None],
    ) -> None:
        self._dial, self._dial_for, self._scratch, self._sent = dial, dial_for, scratch, sent
        self._turn = asyncio.Lock()
        self._rehearsal: Scratch | None = None
        self._debugging: DebugRun | None = None

    async def run(self, run: ScriptRun, sha: str, *, db: int, info: SessionInfo) -> ScriptOutcome:
        """One dry run.

        Args:
            run: what was asked for.
            sha: of its source.
            db: the database that it runs in.
            info: of the session.

        Raises:
            NotSupportedError: this server has no such dry runs, or a key is of a type that the engine lacks.
            TooMuchToFetch: it reads more than may be fetched.
            SessionError: the server cannot be reached, or does not give a key.
        """
        if run.on_server and Capability.SERVER_DRY_RUN not in info.capabilities:
            raise NotSupportedError(
                "A script without an end would stay in Valkey's debugger and take a whole core until the server ends.",
                hint="Try it here, on copies of the keys.",
            )
        run = replace(run, db=db, read_only=run.read_only or info.read_only)
        async with self._turn:
            if run.on_server:
                wire = await self._dial_for(run)
                return await self._tried(wire, db, self._debug(wire, run, sha))
            link = await self._dial()
            return await self._tried(link, db, self._rehearse(link, run, info))

    async def _tried(self, wire: Link, db: int, work: Coroutine[Any, Any, ScriptOutcome]) -> ScriptOutcome:
        """What a dry run tells, in its database; closes the connection afterwards."""
        try:
            refusal = await in_time(wire.target, settle(wire, db))
            if refusal is not None:
                raise refused(wire, refusal)
            return await work
        finally:
            work.close()
            await wire.close()

    async def kill(self) -> KillOutcome | None:
        """Ends the dry run that is under way; None where there is none."""
        if self._rehearsal is not None:
            return await self._rehearsal.kill()
        if self._debugging is not None:
            self._debugging.let_go()
            return KillOutcome.KILLED
        # On its way, and not there yet: SCRIPT KILL would end what somebody else runs.
        return KillOutcome.NOTHING_RUNNING if self._turn.locked() else None

    def running(self) -> Running | None:
        """The dry run that is under way."""
        watched = self._rehearsal or self._debugging
        return None if watched is None else watched.running()

    async def _rehearse(self, wire: Link, run: ScriptRun, info: SessionInfo) -> ScriptOutcome:
        scratch = self._rehearsal = await self._scratch(info)
        try:
            return await rehearse(ServerKeys(wire, run.db or 0, limit=run.fetch_limit, note=self._sent), scratch, run)
        finally:
            self._rehearsal = None
            await scratch.close()

    async def _debug(self, wire: Wire, run: ScriptRun, sha: str) -> ScriptOutcome:
        debug = self._debugging = DebugRun(wire, self._sent)
        try:
            return await debug.run(run, sha, db=run.db or 0)
        finally:
            self._debugging = None
