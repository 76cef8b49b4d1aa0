"""What is asked of a server and not answered: says so when it lasts, and offers to wait no longer.

Knows the session and asks questions; shows nothing by itself. The decision a reader would question: nothing is let go
unasked. What a person sent may be at work there, and a connection that is ended loses its answer for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis_tui.session.base import Session, Waiting
    from redis_tui.tui.desks.bench import Bench

_SILENT_MS = 3_000
"""Milliseconds without an answer that nobody needs to be told of."""
KILL = "kill"
"""The answer that something else is wanted: the script be ended that may hold the server up."""


def unanswered(session: Session) -> Waiting | None:
    """What a server has not answered for so long that a person is told; a script of this session is told otherwise."""
    waiting = session.waiting()
    return waiting if waiting is not None and waiting.elapsed_ms >= _SILENT_MS and session.running() is None else None


def told(waiting: Waiting) -> str:
    """For the title bar."""
    return f"no answer for {waiting.elapsed_ms / 1000:.0f} s · F8 stops waiting"


async def offer(bench: Bench, waiting: Waiting, *, before: str = "") -> str:
    """Asks whether to wait on, and lets go where that is wanted.

    Args:
        bench: the workbench.
        waiting: what has no answer.
        before: what was tried in vain; a kill is offered where it is empty.

    Returns:
        `KILL` where that is wanted; else nothing is left to be done.
    """
    from redis_tui.tui.screens.dialogs import Choice

    session = bench.session
    command, seconds = waiting.command, waiting.elapsed_ms / 1000
    text = (
        f"{before}\n\n{session.info.label} has not answered {command} for {seconds:.0f} s. It may be busy, hang, or be "
        "cut off from here. Who stops waiting ends the connection, and it is made anew; whether the command is carried "
        "out is then not known."
    ).lstrip()
    choices = [Choice("cancel", "Wait on"), Choice("let-go", "Stop waiting", danger=True)]
    if not before:
        choices.append(Choice(KILL, "Kill the script that runs there", danger=True))
    answer = await bench.ask("No answer", text, *choices)
    now = session.waiting()
    # What was answered while the question stood has no need of it, and what was sent since keeps the connection.
    if answer == "let-go" and now is not None and now.elapsed_ms >= waiting.elapsed_ms:
        await session.let_go()
    return answer
