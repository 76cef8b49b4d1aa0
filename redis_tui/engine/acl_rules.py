"""What one set of ACL rules allows: commands, keys, channels and, in Valkey, databases.

A user has one such set and may have more (selectors); any of them may allow a call. Rules are
applied word by word, as ACL SETUSER takes them, and told back as ACL LIST shows them. It knows
neither users nor clients.

The decision a reader would question: the words are kept beside the set of commands that follows
from them. The words are what is shown, because ``+@all -@hash`` says more than the names that
are left; the set is what a call is held against.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from redis_tui.engine.glob import compile_glob
from redis_tui.errors import CommandError
from redis_tui.late_pattern import late_pattern
from redis_tui.record import dataclass
from redis_tui.spec.categories import acl_categories
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.keys import KeyUse, has_keys, key_uses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.engine.registry import Command, Registry

READ, WRITE = 1, 2
CATEGORIES: Final = tuple(
    "keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow "  # noqa: SIM905  # a table of words
    "blocking dangerous connection transaction scripting".split()
)
_UNKNOWN: Final = "Unknown command or category name in ACL"
_SYNTAX: Final = "Syntax error"
_AFTER_ALL: Final = (
    "Adding a pattern after the * pattern (or the 'all{0}' flag) is not valid and does not have any effect. "
    "Try 'reset{0}' to start with an empty list of {1}"
)
_NEEDS: Final = {"access": READ, "insert": WRITE, "delete": WRITE, "update": WRITE}
_BLANK: Final = late_pattern(rb"[\s\0]")
_CHANNELS: Final = {
    "psubscribe": (slice(1, None), True),
    "publish": (slice(1, 2), False),
    "spublish": (slice(1, 2), False),
    "ssubscribe": (slice(1, None), False),
    "subscribe": (slice(1, None), False),
}
"""Where channels stand, and whether they are patterns; one may always leave a channel."""


class RuleFault(ValueError):
    """A word of ACL SETUSER that does not hold; its text says why, as a server does."""


class Denial(NamedTuple):
    """Why a call is not allowed. The greater one is the more telling one."""

    rank: int
    position: int
    """Of the word that is at fault; 0 for the command itself."""
    reason: str
    """As ACL LOG names it."""


_RANKS: Final = {"database": 0, "command": 1, "key": 2, "channel": 3}


def denial(reason: str, position: int = 0) -> Denial:
    """A denial by its reason."""
    return Denial(_RANKS[reason], position, reason)


class Rulebook:
    """The commands that rules may speak of.

    Args:
        registry: of one engine.
    """

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def commands(self) -> Iterator[Command]:
        """Every command, its subcommands behind it."""
        for one in self._registry.commands.values():
            yield one
            yield from one.subcommands.values()

    @cached_property
    def names(self) -> frozenset[str]:
        """Of every command and subcommand."""
        return frozenset(one.name for one in self.commands())

    @cached_property
    def categories(self) -> dict[str, tuple[Command, ...]]:
        """The commands of each category."""
        found: dict[str, list[Command]] = {name: [] for name in CATEGORIES}
        for one in self.commands():
            for category in acl_categories(one.spec):
                found[category].append(one)
        return {name: tuple(members) for name, members in found.items()}

    def find(self, name: str) -> Command | None:
        """A command (``get``) or subcommand (``config|get``) by its name in any case."""
        head, bar, word = name.partition("|")
        command = self._registry.find(head.encode("latin-1"))
        if command is None or not bar:
            return command
        return command.subcommands.get(word.lower().encode("latin-1"))

    def called(self, argv: Sequence[bytes]) -> Command | None:
        """The command of a call, arguments unchecked; a container where its subcommand is missing."""
        command = self._registry.find(argv[0])
        if command is None or not command.subcommands or len(argv) == 1:
            return command
        return command.subcommands.get(argv[1].lower())


@dataclass(slots=True)
class Call:
    """A call that rules are held against; its keys are looked for once for all selectors."""

    command: Command
    argv: Sequence[bytes]
    db: int
    _uses: list[KeyUse] | None = None

    def uses(self) -> list[KeyUse]:
        """Its keys; none where they cannot be told, for the command will refuse the call itself."""
        if self._uses is None:
            try:
                self._uses = key_uses(self.command.spec, self.argv)
            except CommandError:
                self._uses = []
        return self._uses

    def channels(self) -> Iterator[tuple[int, bytes, bool]]:
        """Its channels: position, name, whether it is a pattern."""
        found = _CHANNELS.get(self.command.name)
        if found is not None:
            where, is_pattern = found
            for at in range(*where.indices(len(self.argv))):
                yield at, self.argv[at], is_pattern

    def databases(self) -> Iterator[tuple[int, int | None]]:
        """The databases that it reaches: position of the word that says so, number or None for all."""
        name, argv = self.command.name, self.argv
        if name == "flushall":
            yield 0, None
        places = {"select": (1,), "move": (2,), "swapdb": (1, 2)}.get(name, ())
        if name == "copy":
            places = tuple(at + 1 for at in range(3, len(argv) - 1) if argv[at].upper() == b"DB")[-1:]
        for at in places:
            if at < len(argv) and argv[at].isdigit():
                yield at, int(argv[at])
        flags = CommandFlag.READONLY | CommandFlag.WRITE
        if name not in ("flushall", "swapdb") and (self.command.flags & flags or has_keys(self.command.spec)):
            yield 0, self.db


@dataclass(slots=True, eq=False)
class Rules:
    """One set of rules; a new one allows nothing."""

    book: Rulebook
    knows_databases: bool
    """Valkey: rules may name databases."""
    commands: set[str] = field(default_factory=set)
    """Those that are allowed, unless all are: then they are not told one by one, which would load every one."""
    all_commands: bool = False
    future: bool = False
    """It began with ``+@all``."""
    words: list[str] = field(default_factory=list)
    """What was said of commands since then, the sign first."""
    first_args: dict[str, list[bytes]] = field(default_factory=dict)
    """Commands that are allowed with one of these as the first argument only."""
    all_keys: bool = False
    keys: dict[bytes, int] = field(default_factory=dict)
    """Patterns, and what may be done: READ, WRITE or both."""
    all_channels: bool = False
    channels: list[bytes] = field(default_factory=list)
    databases: frozenset[int] | None = None
    """None allows all."""

    def copy(self) -> Rules:
        """The same rules, to be changed on their own."""
        return replace(
            self,
            commands=set(self.commands),
            words=list(self.words),
            first_args={name: list(args) for name, args in self.first_args.items()},
            keys=dict(self.keys),
            channels=list(self.channels),
        )

    @property
    def allows_everything(self) -> bool:
        return self.all_commands and self.all_keys and self.all_channels and self.databases is None

    def apply(self, word: bytes) -> None:
        """Takes one word: ``+get``, ``-@hash``, ``~key*``, ``&channel``, ``allkeys``.

        Raises:
            RuleFault: it is no rule.
        """
        text = word.decode("latin-1")
        lowered = text.lower()
        if lowered in ("allkeys", "~*", "resetkeys"):
            self.all_keys = lowered != "resetkeys"
            self.keys.clear()
        elif lowered in ("allchannels", "&*", "resetchannels"):
            self.all_channels = lowered != "resetchannels"
            self.channels.clear()
        elif lowered in ("allcommands", "+@all", "nocommands", "-@all"):
            self._all_commands(allow=lowered in ("allcommands", "+@all"))
        elif word[:1] in (b"~", b"%"):
            self._key_pattern(word)
        elif word[:1] == b"&":
            self._channel_pattern(word[1:])
        elif word[:2] in (b"+@", b"-@"):
            self._category(text[2:].lower(), allow=text[0] == "+")
        elif word[:1] == b"+":
            self._allow(text[1:])
        elif word[:1] == b"-":
            self._change(self._found(text[1:]), allow=False)
        elif self.knows_databases and (lowered in ("alldbs", "resetdbs") or lowered.startswith("db=")):
            self._databases(lowered)
        else:
            raise RuleFault(_SYNTAX)

    # Told back

    def commands_text(self) -> str:
        """``+@all -@hash +hget``."""
        return " ".join(["+@all" if self.future else "-@all", *self.words])

    def key_words(self) -> list[bytes]:
        """``~key``, ``%R~key``."""
        if self.all_keys:
            return [b"~*"]
        marks = {READ: b"%R~", WRITE: b"%W~", READ | WRITE: b"~"}
        return [marks[flags] + pattern for pattern, flags in self.keys.items()]

    def channel_words(self) -> list[bytes]:
        """``&channel``."""
        return [b"&*"] if self.all_channels else [b"&" + pattern for pattern in self.channels]

    def database_text(self) -> bytes:
        """``alldbs``, ``db=1,2``, or nothing where none is allowed."""
        if self.databases is None:
            return b"alldbs"
        return b"db=" + ",".join(map(str, sorted(self.databases))).encode() if self.databases else b""

    def description(self) -> bytes:
        """As ACL LIST shows it."""
        parts = [*self.key_words(), *([] if self.all_channels else [b"resetchannels"]), *self.channel_words()]
        if self.databases is not None:
            parts.append(self.database_text() or b"resetdbs")
        return b" ".join([*parts, self.commands_text().encode("latin-1")])

    # Held against a call

    def check(self, call: Call) -> Denial | None:
        """Why a call is not allowed; None where it is."""
        if not self.allows_command(call):
            return denial("command")
        if self.databases is not None:
            for at, number in call.databases():
                if number is None or number not in self.databases:
                    return denial("database", at)
        if not self.all_keys:
            for use in call.uses():
                if not self.allows_key(call.argv[use.position], use.flags):
                    return denial("key", use.position)
        if not self.all_channels:
            for at, channel, is_pattern in call.channels():
                if not allows_channel(self.channels, channel, is_pattern=is_pattern):
                    return denial("channel", at)
        return None

    def allows_command(self, call: Call) -> bool:
        """Whether the command may be run at all; a stranger's commands always may."""
        command, argv = call.command, call.argv
        if self.all_commands or command.flags & CommandFlag.NO_AUTH or command.name in self.commands:
            return True
        first = argv[1].lower() if len(argv) > 1 else None
        return first in self.first_args.get(command.name, ())

    def allows_key(self, key: bytes, flags: Sequence[str]) -> bool:
        """Whether this may be done to a key; ``flags`` as `KeyUse.flags`, none for its mere existence."""
        if self.all_keys:
            return True
        need = 0
        for flag in flags:
            need |= _NEEDS.get(flag, 0)
        return any(
            allowed & need == need and compile_glob(pattern).match(key) for pattern, allowed in self.keys.items()
        )

    def reads_every_key(self) -> bool:
        """Whether any key may be read: by ``~*``, ``%R~*`` or ``%RW~*``."""
        return self.all_keys or bool(self.keys.get(b"*", 0) & READ)

    # One word each

    def _all_commands(self, *, allow: bool) -> None:
        self.commands = set()
        self.all_commands = self.future = allow
        self.words.clear()
        self.first_args.clear()

    def _key_pattern(self, word: bytes) -> None:
        if self.all_keys:
            raise RuleFault(_AFTER_ALL.format("keys", "patterns"))
        allowed, pattern = READ | WRITE, word[1:]
        if word[:1] == b"%":
            letters, _, pattern = word[1:].partition(b"~")  # "%R" without more is the empty pattern
            rights = letters.upper()
            if rights not in (b"R", b"W", b"RW", b"WR"):
                raise RuleFault(_SYNTAX)
            allowed = (READ if b"R" in rights else 0) | (WRITE if b"W" in rights else 0)
        if _BLANK.search(pattern):
            raise RuleFault(_SYNTAX)
        self.keys[pattern] = self.keys.get(pattern, 0) | allowed

    def _channel_pattern(self, pattern: bytes) -> None:
        if self.all_channels:
            raise RuleFault(_AFTER_ALL.format("channels", "channels"))
        if _BLANK.search(pattern):
            raise RuleFault(_SYNTAX)
        if pattern not in self.channels:
            self.channels.append(pattern)

    def _category(self, name: str, *, allow: bool) -> None:
        members = self.book.categories.get(name)
        if members is None:
            raise RuleFault(_UNKNOWN)
        self._say("@" + name, allow=allow)
        for command in members:
            self._set(command, allow=allow)

    def _allow(self, name: str) -> None:
        head, bar, word = name.rpartition("|")
        if not bar:
            self._change(self._found(name), allow=True)
            return
        command = self._found(head)
        if "|" in command.name:
            raise RuleFault("Allowing first-arg of a subcommand is not supported")
        if not word:
            raise RuleFault(_SYNTAX)
        if command.subcommands:
            self._change(self._found(name), allow=True)
            return
        args = self.first_args.setdefault(command.name, [])
        if (first := word.lower().encode("latin-1")) not in args:
            args.append(first)
        self._say(name.lower(), allow=True)

    def _found(self, name: str) -> Command:
        command = self.book.find(name)
        if command is None:
            raise RuleFault(_UNKNOWN)
        return command

    def _change(self, command: Command, *, allow: bool) -> None:
        self._set(command, allow=allow)
        self._say(command.name.lower(), allow=allow)

    def _set(self, command: Command, *, allow: bool) -> None:
        names = {command.name, *(sub.name for sub in command.subcommands.values())}
        self.first_args.pop(command.name, None)
        if allow:
            self.commands |= names
            return
        if self.all_commands:
            self.commands, self.all_commands = set(self.book.names), False
        self.commands -= names

    def _say(self, rule: str, *, allow: bool) -> None:
        """Notes a rule in the place of what it makes void: the same, and all of its subcommands."""
        kept = [word for word in self.words if word[1:] != rule and not word[1:].startswith(rule + "|")]
        self.words = [*kept, ("+" if allow else "-") + rule]

    def _databases(self, word: str) -> None:
        if word in ("alldbs", "resetdbs"):
            self.databases = None if word == "alldbs" else frozenset()
            return
        numbers = word.removeprefix("db=").split(",")
        if any(number[:1] == "-" and number[1:].isdigit() for number in numbers):
            raise RuleFault("The provided database ID is out of range")
        if not all(number.isascii() and number.isdigit() for number in numbers):
            raise RuleFault(_SYNTAX)
        self.databases = frozenset(map(int, numbers))


def allows_channel(patterns: Sequence[bytes], channel: bytes, *, is_pattern: bool) -> bool:
    """Whether one of the patterns covers a channel; a pattern to subscribe to must be one of them itself."""
    if is_pattern:
        return channel in patterns
    return any(compile_glob(pattern).match(channel) for pattern in patterns)
