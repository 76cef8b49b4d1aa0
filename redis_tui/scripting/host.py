"""What a running script may reach of the server around it.

Scripting never imports the engine: the engine hands one of these in for each run.
A test hands in twenty lines that answer from a dict.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.errors import CommandError
    from redis_tui.resp.types import ErrorReply, Reply
    from redis_tui.spec.bind import PlainCall


class Bounds(Protocol):
    """From when on a call took long."""

    @property
    def notable_ns(self) -> int: ...


class Tally(Protocol):
    """Counts the calls of one command."""

    calls: int


class Stopwatch(NamedTuple):
    """Wants to hear of calls that took long."""

    bounds: Bounds
    note: Callable[[Sequence[bytes], int], None]
    """``note(args, taken_ns)``, from ``bounds.notable_ns`` on."""


class DirectCall(NamedTuple):
    """A quick lane to one command."""

    invoke: Callable[[Any, Sequence[bytes]], Reply]
    """``invoke(ctx, args)`` runs it with its arguments, the command's name left out. Raises `CommandError` where it
    refuses; hand that to `ScriptHost.refused`. Nothing stands between this and the command, not even what would bind
    ``ctx`` to it."""
    ctx: Any
    """The host's own; for nothing but to be handed back."""
    writes: bool
    """Set `ScriptHost.wrote` ahead of running it."""
    tally: Tally
    """Add one to its ``calls`` at each run; a lane that asked a method to count would cost a tenth more."""
    plain: PlainCall | None = None
    """What ``invoke`` does where it is given just the arguments it must have, as source."""
    stopwatch: Stopwatch | None = None
    """Each call is timed; None of commands that take constant time."""


class Watch(Protocol):
    """Who is told that a run lasts."""

    doomed: bool
    """The run is to end; set ahead of a kill, because that one does not reach a run that is about to begin."""

    def busy(self, elapsed_ms: int) -> None:
        """Told again and again, from the thread that runs Lua, while a run lasts; the host answers others here."""
        ...


class ScriptHost(Watch, Protocol):
    """The server, as one run of one script sees it."""

    wrote: bool
    """This run has executed a command that writes."""

    @property
    def profile(self) -> int:
        """A number for what `direct` gives: runs with the same number get the same lanes, which may be kept."""
        ...

    def call(self, argv: Sequence[bytes]) -> Reply:
        """Runs one command under the gates of this run.

        Args:
            argv: the command's name and its arguments.

        Returns:
            The reply; errors are `ErrorReply` values *without* the ``script: …`` tail,
            which the redis API adds. Protocol-neutral: the caller converts for RESP2 or RESP3.
        """
        ...

    def direct(self, name: bytes) -> DirectCall | None:
        """A quick lane to one command, its gates already passed for the whole run.

        Args:
            name: the command as the script spells it (``b"GET"``, ``b"get"``).

        Returns:
            A lane that is good for every run of the same `profile`, or None where each
            call must go through `call` (unknown command, a container, not allowed).
        """
        ...

    def set_resp(self, version: int) -> None:
        """The script chose its protocol version, 2 or 3, for the replies of its calls."""
        ...

    def log(self, level: int, message: bytes) -> None:
        """One line of ``redis.log``; level 0 debug, 1 verbose, 2 notice, 3 warning."""
        ...

    def refused(self, name: bytes, args: Sequence[bytes], refusal: CommandError) -> ErrorReply:
        """The error of a command that a lane has run, in the words it has inside a script."""
        ...

    def acl_check(self, argv: Sequence[bytes]) -> bool:
        """Whether the caller may run this command. Raises `CommandError` for an unknown one."""
        ...
