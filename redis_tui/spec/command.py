"""The declaration of one command, as frozen data.

Everything that can be asked about a command derives from one `CommandSpec`: arity, keys,
ACL categories, COMMAND INFO and DOCS, completion, hints, help, the README's table.
A spec may come from our registry or from a server's COMMAND DOCS reply; nothing here
knows which.
"""

from __future__ import annotations

from enum import Enum, Flag, auto
from typing import Final, Literal

from redis_tui.record import dataclass


class CommandFlag(Flag):
    """Flags of COMMAND INFO; the names are Redis' own."""

    NONE = 0
    WRITE = auto()
    READONLY = auto()
    DENYOOM = auto()
    ADMIN = auto()
    PUBSUB = auto()
    NOSCRIPT = auto()
    BLOCKING = auto()
    LOADING = auto()
    STALE = auto()
    SKIP_MONITOR = auto()
    SKIP_SLOWLOG = auto()
    FAST = auto()
    NO_AUTH = auto()
    MAY_REPLICATE = auto()
    NO_MANDATORY_KEYS = auto()
    ASKING = auto()
    NO_ASYNC_LOADING = auto()
    NO_MULTI = auto()
    ALLOW_BUSY = auto()
    MOVABLEKEYS = auto()
    MODULE = auto()
    """A server has it from a module: no ACL category, and its name is spelled as the module does, in capitals."""
    DANGEROUS = auto()
    """Not on the wire as a flag: adds the ACL category @dangerous where it is not implied."""


READ: Final = CommandFlag.READONLY
WRITE: Final = CommandFlag.WRITE
DENYOOM: Final = CommandFlag.DENYOOM
FAST: Final = CommandFlag.FAST
"""The flags of nearly every declaration, under short names."""


class ArgKind(Enum):
    """What an argument is, in COMMAND DOCS' words."""

    STRING = "string"
    INTEGER = "integer"
    DOUBLE = "double"
    KEY = "key"
    PATTERN = "pattern"
    UNIX_TIME = "unix-time"
    PURE_TOKEN = "pure-token"  # noqa: S105  # a word of the grammar, no password
    ONEOF = "oneof"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Arg:
    """One node of a command's argument tree."""

    name: str
    """Lower case, as in the usage line; of a pure token its lower-case word."""
    kind: ArgKind
    token: str | None = None
    """Word that stands before the value (``EX``) or is the value (a pure token); upper case."""
    optional: bool = False
    multiple: bool = False
    """May stand several times."""
    children: tuple[Arg, ...] = ()
    """Alternatives of a ONEOF, parts of a BLOCK."""


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Where keys stand, by position: COMMAND INFO's first, last, step. Position 0 is the command's name."""

    first: int = 0
    """0: the command has no keys at fixed positions."""
    last: int = 0
    """-1 is the last argument, -2 the last but one."""
    step: int = 0


@dataclass(frozen=True, slots=True)
class KeySpec:
    """One key specification, as COMMAND INFO shows it; `key_specs` has them all."""

    flags: tuple[str, ...]
    """``RO RW OW RM``, then ``access update insert delete``, then ``not_key incomplete variable_flags``."""
    index: int | None
    """Where the keys begin; None where a keyword is looked for."""
    keyword: str | None = None
    start_from: int = 0
    """Where the keyword is looked for; negative counts from the end and looks backwards."""
    find: Literal["range", "keynum", "unknown"] = "range"
    """``keynum``: a number stands at the beginning, and as many keys follow."""
    last: int = 0
    """Of a range: relative to its first key, or counted from the end where negative."""
    step: int = 1
    limit: int = 0
    """Of a range that ends at -1: 2 is the first half of what follows."""


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """All facts about one command or subcommand."""

    name: str
    """Lower case, but a module's in capitals; a subcommand is ``client|setname``."""
    summary: str
    group: str
    """``string list set sorted-set hash generic connection server scripting transactions``."""
    since: str
    arity: int
    """Counts the command's name (and the subcommand's); negative is a minimum."""
    flags: CommandFlag = CommandFlag.NONE
    complexity: str = ""
    args: tuple[Arg, ...] = ()
    keys: KeyRange = KeyRange()
    numkeys_at: int = 0
    """Position of a ``numkeys`` argument (0: none); that many keys follow it."""
    key_specs: tuple[KeySpec, ...] = ()
    """What is done to which keys; empty also where a server's description was not read so far."""
    usage: str = ""
    """Human form without the name: ``key value [NX | XX] [GET]``."""
    subcommands: tuple[CommandSpec, ...] = ()
    only: str | None = None
    """``redis`` or ``valkey`` where the other family lacks it; None where both have it."""

    @property
    def container(self) -> str | None:
        """``client`` of ``client|setname``, else None."""
        head, bar, _ = self.name.partition("|")
        return head if bar else None

    @property
    def display(self) -> str:
        """As a person types it: ``CLIENT SETNAME``."""
        return self.name.replace("|", " ").upper()
