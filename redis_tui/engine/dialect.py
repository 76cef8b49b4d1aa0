"""Which server we speak as: version, wording and gates, as data.

Redis 7.0 to 8 differ in a few gates only; Valkey words most script errors its own way.
So a dialect is a value that handlers ask, never a subclass that they override.
"""

from __future__ import annotations

from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING

from redis_tui.errors import UsageError
from redis_tui.record import dataclass
from redis_tui.scripting import wording as lua

if TYPE_CHECKING:
    from redis_tui.engine.registry import Declaration
    from redis_tui.spec.command import CommandSpec


@cache
def version_tuple(version: str) -> tuple[int, ...]:
    """``"7.2.6"`` -> ``(7, 2, 6)``, for comparing."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True, slots=True)
class Dialect:
    """One server to speak as."""

    name: str
    """As ``--dialect`` takes it."""
    server: str
    """``redis`` or ``valkey``: HELLO's ``server`` field."""
    version: str
    """The server's own version."""
    redis_version: str
    """What INFO gives as ``redis_version``; a Valkey says 7.2.4 for ever."""
    scripts: lua.Wording
    """Texts of the Lua side."""
    unknown_command: str
    """Of a call from a script, like the two that follow."""
    wrong_arity: str
    not_allowed: str
    busy: str
    noscript: str
    is_valkey: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_valkey", self.server == "valkey")

    @property
    def busy_function(self) -> str:
        """As `busy`, while it is a function that runs."""
        return self.busy.replace("SCRIPT KILL", "FUNCTION KILL")

    @property
    def cannot_save(self) -> str:
        """What a change is refused with once a background save has failed."""
        name = self.server.capitalize()
        return (
            f"MISCONF {name} is configured to save RDB snapshots, but it's currently unable to persist to disk."
            " Commands that may modify the data set are disabled, because this instance is configured to report errors"
            " during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the"
            f" {name} logs for details about the RDB error."
        )

    @property
    def cannot_save_script(self) -> str:
        """Likewise, of a script whose shebang does not promise to leave the data alone."""
        return (
            f"MISCONF {self.server.capitalize()} is configured to save RDB snapshots, but it's currently unable to"
            " persist to disk. Writable scripts are blocked. Use 'no-writes' flag for read only scripts."
        )

    def at_least(self, version: str, *, valkey: str | None = None) -> bool:
        """Whether this server is new enough for a feature.

        Args:
            version: the Redis release that brought it.
            valkey: the Valkey release that brought it; None where only what Valkey took
                over from Redis 7.2 counts.
        """
        if self.is_valkey and valkey is not None:
            return version_tuple(self.version) >= version_tuple(valkey)
        return version_tuple(self.redis_version) >= version_tuple(version)

    def has(self, spec: CommandSpec | Declaration, *, valkey_since: str | None = None) -> bool:
        """Whether this server has a command.

        Args:
            spec: the command, or its declaration; ``spec.since`` is a Redis release unless ``spec.only`` is ``valkey``.
            valkey_since: the Valkey release that brought it, where Valkey got it on its own.
        """
        if spec.only is not None and spec.only != self.server:
            return False
        if spec.only == "valkey":
            return version_tuple(self.version) >= version_tuple(spec.since)
        return self.at_least(spec.since, valkey=valkey_since)


def _redis(name: str, version: str, scripts: lua.Wording) -> Dialect:
    return Dialect(
        name=name,
        server="redis",
        version=version,
        redis_version=version,
        scripts=scripts,
        unknown_command="ERR Unknown Redis command called from script",
        wrong_arity="ERR Wrong number of args calling Redis command from script",
        not_allowed="ERR This Redis command is not allowed from script",
        busy="BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
        noscript="NOSCRIPT No matching script. Please use EVAL.",
    )


REDIS_8 = _redis("redis-8", "8.2.3", lua.REDIS_8)
REDIS_7_2 = _redis("redis-7.2", "7.2.6", lua.REDIS_7_2)
VALKEY_9 = Dialect(
    name="valkey-9",
    server="valkey",
    version="9.1.2",
    redis_version="7.2.4",
    scripts=lua.VALKEY_9,
    unknown_command="ERR Unknown command called from script",
    wrong_arity="ERR Wrong number of args calling command from script",
    not_allowed="ERR This Valkey command is not allowed from script",
    busy="BUSY Valkey is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
    noscript="NOSCRIPT No matching script.",
)

DIALECTS = {dialect.name: dialect for dialect in (REDIS_8, REDIS_7_2, VALKEY_9)}


def dialect_named(name: str) -> Dialect:
    """The dialect of that name.

    Raises:
        UsageError: there is none; the message lists those that are.
    """
    try:
        return DIALECTS[name]
    except KeyError:
        raise UsageError(f"There is no dialect {name!r}.", hint=f"Choose one of {', '.join(DIALECTS)}.") from None


def dialect_like(server: str, version: str) -> Dialect:
    """The dialect that comes nearest to a real server.

    Args:
        server: ``redis`` or ``valkey``.
        version: as INFO has it.
    """
    if server == "valkey":
        return VALKEY_9
    major = version.partition(".")[0]
    return REDIS_7_2 if major.isdigit() and int(major) < 8 else REDIS_8
