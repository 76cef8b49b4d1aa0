"""What a person is told beside the reply of a run on a real server: what was compared, what came too late."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redis_tui.errors import NotSupportedError
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.base import ScriptError, ScriptOutcome

if TYPE_CHECKING:
    from redis_tui.errors import SessionError
    from redis_tui.session.base import ScriptRun
    from redis_tui.session.instrument import Reported

_NO_SUCH_FORM = re.compile(rb"ERR unknown command [`']EVAL(SHA)?_RO[`']", re.IGNORECASE)
_ENDS_WHATEVER = (
    "A server that is asked to kill ends whatever it runs: if this script waited behind another client's, that one may "
    "have been killed."
)


def given_up(sha: str, duration_ms: float) -> ScriptOutcome:
    """The outcome of a run whose time is up and which the server does not kill."""
    text = "the script goes on: the server kills none that has written, or it does not obey"
    return ScriptOutcome(
        reply=ErrorReply(b"UNKILLABLE Its time is up, but " + text.encode()),
        sha=sha,
        duration_ms=duration_ms,
        error=ScriptError("UNKILLABLE", f"Its time is up, but {text}", None, None),
        timed_out=True,
        notes=("It runs on the server until it ends; others are told BUSY meanwhile. Its writes stay.",),
    )


def refuse_unknown_form(reply: Reply, target: str) -> None:
    """Looks whether a server has the commands by which scripts are run read-only; those before Redis 7 have none.

    Args:
        reply: to the script.
        target: the server, for people.

    Raises:
        NotSupportedError: it has not, and nothing was run.
    """
    if isinstance(reply, ErrorReply) and _NO_SUCH_FORM.match(reply.line):
        raise NotSupportedError(
            f"{target} has no EVAL_RO, by which a read-only session runs scripts (since Redis 7.0); nothing ran.",
            hint="Try it here, on copies of the keys, by a dry run; or connect without read-only.",
        )


def changes_unknown(error: SessionError) -> str:
    """Of a run whose reply came and whose keys could not be read any more."""
    return f"Which keys it changed is not known. {error.message}"


def demotion(target: str, role: Reply) -> str:
    """What is told of a server that takes no writes; empty where it is no replica, and refuses for another reason.

    Args:
        target: the server, for people.
        role: its answer to ROLE.
    """
    if not isinstance(role, list) or role[:1] != [b"slave"] or not isinstance(role[1], bytes):
        return ""
    return (
        f"{target} is a replica of {role[1].decode('utf-8', 'replace')}:{role[2]} and takes no writes. "
        "Connect there to write, or have this one made a primary (REPLICAOF NO ONE)."
    )


def late_notes(duration_ms: float, *, killed: bool, late: bool) -> tuple[str, ...]:
    """Of a run with a time limit: whether it was kept, and whom the kill may have met."""
    if not late:
        return ()
    took = f"{duration_ms:.0f} ms"
    if killed:
        return (f"Killed after {took} for its time limit; a server listens only from busy-reply-threshold on.",)
    ended = f"Its time was up, but it ended by itself after {took}."
    return (f"{ended} {_ENDS_WHATEVER}",)


def run_notes(run: ScriptRun, report: Reported | None) -> tuple[str, ...]:
    """What a server does not tell of a run, and what was sent in its place."""
    notes = []
    if run.changes:
        notes.append("Only the keys passed in KEYS were compared; a server does not tell which others changed.")
    if run.trace and run.function is not None:
        notes.append("A server does not tell the calls of a function; a dry run on a copy here does.")
    elif run.trace:
        notes.append("Sent wrapped, for the trace: the server has cached it under another sha.")
    if report is not None and report.total > len(report.trace):
        notes.append(f"The trace holds the first {len(report.trace)} of {report.total} calls.")
    return tuple(notes)
