"""What stands in front of a line: the server, its database, and what one must not forget while typing.

Knows sessions alone, for the REPL and the console alike. The decision a reader would question: marks are
words and not colours alone, and ASCII with them: a transcript that somebody pastes into a ticket has no colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from redis_tui.session.base import Session

PRODUCTION = "! PRODUCTION"
"""Said wherever a production server is worked on."""


def prompt_line(session: Session) -> Line:
    """`prompt_label`, behind the mark of production where that holds."""
    line = [Span(prompt_label(session), "prompt")]
    return [Span(f"{PRODUCTION} ", "danger"), *line] if session.info.production else line


def prompt_label(session: Session) -> str:
    """``embedded:0> ``, ``redis:3(TX)> ``, ``redis:3(read-only)> ``; ``connecting:3> `` while that is not done."""
    info = session.info
    name = "embedded" if info.embedded else info.server if info.version else "connecting"
    told = (("TLS unverified", info.is_unverified), ("read-only", info.read_only), ("TX", session.in_transaction))
    marks = [word for word, holds in told if holds]
    return f"{name}:{session.db}{f'({chr(32).join(marks)})' if marks else ''}> "
