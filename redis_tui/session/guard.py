"""Which commands a session refuses, below every face: writes where it is read-only, and what would break it.

A command whose effect is not known counts as one that writes: a module's command, a name
that the catalog lacks. EVAL and its kin write unless they are the ``_RO`` forms. The decision a reader would question:
what only an administrator does (ACL SETUSER, CLUSTER RESET, SAVE) writes as well, unless a table says that it tells
or ends something. It may not touch a key, and yet nobody who asked for read-only means to allow it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.errors import NotSupportedError
from redis_tui.resp.types import ErrorReply
from redis_tui.session.danger import ONLY_TELLS
from redis_tui.session.stream import opens_stream
from redis_tui.spec.catalog import acl_categories
from redis_tui.spec.command import CommandFlag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.base import ScriptRun, Session, SessionInfo
    from redis_tui.spec.catalog import Catalog

_RUNNERS = frozenset({"eval", "evalsha", "fcall"})
_CHANGES_SERVER = frozenset(
    [
        "client|kill",
        "client|pause",
        "client|reply",
        "client|unblock",
        "client|unpause",
        "commandlog|reset",
        "debug",
        "failover",
        "function|delete",
        "function|flush",
        "function|load",
        "function|restore",
        "latency|reset",
        "script|flush",
        "shutdown",
        "slowlog|reset",
        "swapdb",
    ]
)
_LEAVES_SERVER = frozenset(["client|no-evict", "function|kill", "keys", "monitor", "reset", "script|kill", "sort_ro"])
"""Dangerous or of an administrator, and yet changing nothing but this connection, or ending what must be ended."""


def writes(catalog: Catalog, argv: Sequence[bytes]) -> bool:
    """Whether a command may change data or the server."""
    name = argv[0].decode("utf-8", "replace").lower()
    spec = catalog.get(name)
    if spec is not None and spec.subcommands and len(argv) > 1:
        spec = catalog.get(f"{name} {argv[1].decode('utf-8', 'replace')}")
    if spec is None or spec.name in _RUNNERS or spec.name in _CHANGES_SERVER or spec.flags & CommandFlag.WRITE:
        return True
    if spec.name == "acl|log":
        return len(argv) > 2 and argv[2].lower() == b"reset"
    if spec.name in ONLY_TELLS or spec.name in _LEAVES_SERVER:
        return False
    return not {"admin", "dangerous"}.isdisjoint(acl_categories(spec))


def read_only_refusal(argv: Sequence[bytes], *, fate: str) -> ErrorReply:
    """What a read-only session answers to a command that may write.

    Args:
        argv: the command.
        fate: ``sent`` or ``run``, which it was not.
    """
    name = argv[0].decode("utf-8", "replace").lower()
    instead = f" {name.upper()}_RO is, and a write inside fails." if name in _RUNNERS else ""
    return ErrorReply(f"READONLY This session is read-only; the command was not {fate}.{instead}".encode())


def read_only_notes(run: ScriptRun, info: SessionInfo) -> tuple[str, ...]:
    """What a person is told of a run that was sent where writes are refused; nothing of another.

    Args:
        run: as it was asked for.
        info: of the session that ran it.
    """
    if not info.read_only or run.dry_run:
        return ()
    name = "EVAL_RO" if run.function is None else "FCALL_RO"
    return (f"Sent as {name}, as this session is read-only: a write inside is an error.",)


def runs_script(argv: Sequence[bytes]) -> bool:
    """Whether a command runs Lua: EVAL, EVALSHA, FCALL, or one of their ``_RO`` forms."""
    return argv[0].decode("utf-8", "replace").lower().removesuffix("_ro") in _RUNNERS


def ends_script(argv: Sequence[bytes]) -> bool:
    """Whether a command is SCRIPT KILL or FUNCTION KILL, which a busy server obeys whatever the database."""
    return len(argv) == 2 and argv[0].upper() in (b"SCRIPT", b"FUNCTION") and argv[1].upper() == b"KILL"


def refuse_in_transaction(session: Session) -> None:
    """A run is not sent while MULTI is open: it would be queued, and run for real by a later EXEC.

    Raises:
        NotSupportedError: it is open.
    """
    if session.in_transaction:
        raise NotSupportedError(
            "MULTI is open in this session.", hint="End it with EXEC or DISCARD, then run the script."
        )


_TAKES_OVER = frozenset((b"subscribe", b"psubscribe", b"ssubscribe", b"monitor", b"sync", b"psync"))
_LISTENS = "At the prompt of `redis-tui repl` it listens until Ctrl-C."
_ELSEWHERE = "Use redis-cli for it; `redis-tui serve` puts the embedded engine on a port."
_SILENCES = frozenset(((b"client", b"reply"), (b"client", b"tracking")))
_DEBUGS = frozenset(((b"script", b"debug", b"yes"), (b"script", b"debug", b"sync")))
"""After which an EVAL has the server's debugger take every line that follows for one of its own."""


def refuse_takeover(argv: Sequence[bytes]) -> None:
    """Refuses commands after which a connection answers no longer one reply a command.

    Raises:
        NotSupportedError: it is one of them.
    """
    name, *rest = (word.lower() for word in argv[:3])
    if name in _TAKES_OVER or (name, *rest[:1]) in _SILENCES or (name, *rest) in _DEBUGS:
        words = b" ".join(argv[: 1 if name in _TAKES_OVER else 2]).decode("utf-8", "replace").upper()
        raise NotSupportedError(
            f"{words} would take over this connection.",
            hint=_LISTENS if opens_stream(argv) else _ELSEWHERE,
        )
