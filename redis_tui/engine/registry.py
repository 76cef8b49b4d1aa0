"""`@command`: the single source of every command's facts.

A declaration stands beside its handler. From the usage line come the argument tree, the
arity, the keys and the binder; from the module the group; from the docstring the summary.
`Registry` is what one engine looks commands up in: the declarations that its dialect has.

The decision a reader would question: most modules of commands are loaded when a name is met that those loaded at
first do not have, or when all commands are asked for. A workbench that opens needs a quarter of them to show its
keys, and the rest takes a twentieth of the way there.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from redis_tui.engine.command_facts import facts_of
from redis_tui.engine.flag_variants import TURNED
from redis_tui.errors import CommandError
from redis_tui.record import dataclass
from redis_tui.resp.types import Reply, Status
from redis_tui.spec.bind import compile_binder, plain_call
from redis_tui.spec.command import CommandFlag, CommandSpec, KeyRange
from redis_tui.spec.key_specs import VARIANTS, key_specs
from redis_tui.spec.usage import arity as derive_arity
from redis_tui.spec.usage import key_range, name_of, parse_usage, render_usage

if TYPE_CHECKING:
    from redis_tui.engine.context import Ctx
    from redis_tui.engine.dialect import Dialect
    from redis_tui.spec.bind import PlainCall
    from redis_tui.spec.command import Arg

Handler = Callable[..., Reply]
Invoke = Callable[["Ctx", Sequence[bytes]], Reply]
"""``invoke(ctx, args)``: checks, decodes and runs; ``args`` leave the command's name words out."""
H = TypeVar("H", bound=Handler)

_SPELLINGS_KEPT = 4096
_AT_FIRST = ("string", "hash", "list", "set", "sorted_set", "generic", "server", "config", "commandlog")
"""Modules of commands with what a workbench asks for on its way to the first screen; no container is half in them."""


class Unbound:
    """An `Invoke` whose binder is compiled when it is first wanted: nobody calls all commands, and each takes time.

    Args:
        declaration: whose command it is.
        handler: what does it.
    """

    __slots__ = ("_bound", "_declaration", "_handler", "_plain")

    def __init__(self, declaration: Declaration, handler: Handler) -> None:
        self._declaration = declaration
        self._handler = handler
        self._bound: Invoke | None = None
        self._plain: list[PlainCall | None] = []

    @property
    def facts(self) -> tuple[str, tuple[Arg, ...], Handler, int]:
        """What `compile_binder` wants to know."""
        spec = self._declaration.spec
        return spec.name, spec.args, self._handler, spec.arity

    def __call__(self, ctx: Ctx, args: Sequence[bytes]) -> Reply:
        return self.bound()(ctx, args)

    def bound(self) -> Invoke:
        """The compiled function itself, which costs a call less."""
        if self._bound is None:
            self._bound = compile_binder(*self.facts)
        return self._bound

    def plain(self) -> PlainCall | None:
        """How to call the handler without the binder, for scripts' lanes; see `spec.bind.plain_call`."""
        if not self._plain:
            self._plain.append(plain_call(*self.facts))
        return self._plain[0]


@dataclass(slots=True, eq=False)
class Declaration:
    """One handler with its facts, in every dialect.

    Its usage line is read when somebody asks for the facts: nobody asks for all, and there are four hundred lines.
    """

    name: str
    since: str
    only: str | None
    read: Callable[[], CommandSpec]
    """Reads the facts."""
    invoke: Invoke | None = None
    """None for a container that does nothing by itself."""
    valkey_since: str | None = None
    """Release in which Valkey brought it on its own; None where ``since`` speaks for both."""
    usages: Mapping[str, str] = field(default_factory=dict)
    """Usage lines by dialect, where one takes other options than ``spec`` tells."""
    flags_in: Mapping[str, CommandFlag] = field(default_factory=dict)
    """Flags by dialect, where they are others."""
    _spec: CommandSpec | None = None

    @property
    def spec(self) -> CommandSpec:
        """The facts, read once."""
        if self._spec is None:
            self._spec = self.read()
        return self._spec


_DECLARED: dict[str, Declaration] = {}


def command(
    usage: str,
    *,
    since: str,
    flags: CommandFlag = CommandFlag.NONE,
    complexity: str = "",
    keys: KeyRange | None = None,
    arity: int | None = None,
    only: str | None = None,
    valkey_since: str | None = None,
    group: str | None = None,
    usages: Mapping[str, str] | None = None,
    flags_in: Mapping[str, CommandFlag] | None = None,
) -> Callable[[H], H]:
    """Declares the decorated handler as a command.

    Args:
        usage: as the documentation writes it: ``SET key value [NX | XX] [GET]``; two words in
            capitals at the start are a container and its subcommand.
        since: release that brought it; of Redis unless ``only`` is ``valkey``.
        flags: Redis' own command flags.
        complexity: for COMMAND DOCS.
        keys: where keys stand, where that does not follow from the usage; say why beside it.
        arity: likewise.
        only: ``redis`` or ``valkey`` where the other family lacks the command.
        valkey_since: release in which Valkey brought it on its own.
        group: where it is not the module's name, because a large group has several modules.
        usages: lines for those dialects that take other options, by the dialect's name; for
            COMMAND DOCS and completion. The handler is given what ``usage`` tells in all of them.
        flags_in: flags for those dialects that have others, by the dialect's name; those that
            something hangs on, while COMMAND INFO tells what `command_facts` says.
    """

    def declare(handler: H) -> H:
        name = name_of(usage)
        if CommandFlag.MODULE in flags:
            name = name.upper()
        if name in _DECLARED:
            raise RuntimeError(f"{name} is declared twice")
        one = Declaration(
            name, since, only, lambda: read(name, handler), None, valkey_since, usages or {}, flags_in or {}
        )
        one.invoke = Unbound(one, handler)
        _DECLARED[name] = one
        return handler

    def read(name: str, handler: Handler) -> CommandSpec:
        args = parse_usage(usage)[1]
        is_sub = "|" in name
        derived_keys, numkeys_at = key_range(args, is_subcommand=is_sub)
        return CommandSpec(
            name=name,
            summary=(inspect.getdoc(handler) or "").split("\n", 1)[0],
            group=group or handler.__module__.rpartition(".")[2].replace("_", "-"),
            since=since,
            arity=derive_arity(args, is_subcommand=is_sub) if arity is None else arity,
            flags=flags,
            complexity=complexity,
            args=args,
            keys=derived_keys if keys is None else keys,
            numkeys_at=numkeys_at,
            key_specs=key_specs(name.lower()),
            usage=render_usage(args),
            only=only,
        )

    return declare


def container(
    name: str,
    summary: str,
    *,
    since: str,
    group: str,
    complexity: str = "Depends on subcommand.",
    only: str | None = None,
) -> None:
    """Declares a command that only holds subcommands.

    Args:
        name: in lower case.
        summary: as COMMAND DOCS tells it.
        only: as for `command`.
    """
    spec = CommandSpec(name=name, summary=summary, group=group, since=since, arity=-2, complexity=complexity, only=only)
    _DECLARED[name] = Declaration(name, since, only, lambda: spec)


_loading = threading.RLock()
"""Held while modules are loaded: nobody shall see the declarations of half of them."""


def declarations() -> dict[str, Declaration]:
    """Every declaration there is, by full name, once all command modules are loaded."""
    package = importlib.import_module("redis_tui.engine.commands")
    return _load([module.name for module in pkgutil.iter_modules(package.__path__)])


def _load(names: Sequence[str]) -> dict[str, Declaration]:
    with _loading:
        for name in names:
            importlib.import_module(f"redis_tui.engine.commands.{name}")
        return _DECLARED


class Command:
    """A command of one engine, ready to run.

    Args:
        name: as its spec has it.
        invoke: what runs it; None for a container.
        read: reads its facts, once one of them is asked for.
    """

    __slots__ = (
        "_read",
        "arity",
        "barred_from_scripts",
        "binder",
        "flags",
        "invoke",
        "name",
        "runs_scripts",
        "spec",
        "subcommands",
        "writes",
    )

    spec: CommandSpec
    arity: int
    flags: CommandFlag
    writes: bool
    barred_from_scripts: bool
    runs_scripts: bool

    def __init__(self, name: str, invoke: Invoke | None, read: Callable[[], CommandSpec]) -> None:
        self.name = name
        self._read = read
        self.invoke = invoke
        self.binder = invoke if isinstance(invoke, Unbound) else None
        """What compiled, or will compile, its `invoke`."""
        self.subcommands: dict[bytes, Command] = {}

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            # Only a slot that is empty comes here, so that a fact costs nothing once it is known.
            if name not in Command.__slots__:
                raise AttributeError(name)
            self._fill()
            return getattr(self, name)

    def _fill(self) -> None:
        spec = self._read()
        if self.subcommands:
            spec = replace(spec, subcommands=tuple(sub.spec for sub in self.subcommands.values()))
        self.spec = spec
        self.arity = spec.arity
        self.flags = spec.flags
        # Asked at every script's first call of a command; an enum's & takes a microsecond.
        self.writes = bool(spec.flags & CommandFlag.WRITE)
        self.barred_from_scripts = bool(spec.flags & CommandFlag.NOSCRIPT)
        # What EVAL and FCALL have in common with nothing else; MONITOR and tracking see the calls inside instead.
        self.runs_scripts = bool(spec.flags & CommandFlag.SKIP_MONITOR)

    def takes(self, argc: int) -> bool:
        """Whether that many words, name included, are a right number."""
        return argc == self.arity if self.arity >= 0 else argc >= -self.arity


class Registry:
    """The commands that one dialect has.

    Args:
        dialect: whose commands.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._spelled: dict[bytes, Command] = {}
        self._commands: dict[str, Command] = {}
        self._taken: set[str] = set()
        self._is_whole = False
        with _loading:
            self._take(_load(_AT_FIRST))

    @property
    def commands(self) -> dict[str, Command]:
        """Top-level commands by lower-case name, all of them."""
        self.complete()
        return self._commands

    def complete(self) -> None:
        """Has all commands looked up without a wait from now on."""
        if self._is_whole:
            return
        with _loading:
            self._take(declarations())
            self._is_whole = True

    def _take(self, declared: Mapping[str, Declaration]) -> None:
        """Takes what has not been taken yet; other threads may look commands up meanwhile."""
        new = [one for one in declared.values() if one.name not in self._taken]
        self._taken.update(one.name for one in new)
        known = [one for one in new if self._dialect.has(one, valkey_since=one.valkey_since)]
        added: dict[str, Command] = {}
        for one in known:
            if "|" not in one.name:
                added[one.name.lower()] = Command(one.name, one.invoke, partial(_in_dialect, one, self._dialect))
        for one in known:
            container, _, word = one.name.partition("|")
            holder = added.get(container) or self._commands.get(container)
            if word and holder is not None:
                sub = Command(one.name, one.invoke, partial(_in_dialect, one, self._dialect))
                holder.subcommands[word.encode()] = sub
        for one in known:
            holder = added.get(one.name.lower())
            if holder is not None and holder.subcommands and b"help" not in holder.subcommands:
                self._add_help(holder, one)
        self._commands.update(added)

    def specs(self) -> list[CommandSpec]:
        """Every top-level command's facts."""
        return [one.spec for one in self.commands.values()]

    def find(self, name: bytes) -> Command | None:
        """A top-level command by name, in any case."""
        found = self._spelled.get(name)
        if found is not None:
            return found
        try:
            lower = name.decode("ascii").lower()
        except UnicodeDecodeError:
            return None
        found = self._commands.get(lower) or self.commands.get(lower)
        if found is not None:
            if isinstance(found.invoke, Unbound):
                found.invoke = found.invoke.bound()
            if len(self._spelled) < _SPELLINGS_KEPT:
                self._spelled[name] = found
        return found

    def resolve(self, argv: Sequence[bytes]) -> tuple[Command, Sequence[bytes]]:
        """The command or subcommand to run, and its arguments.

        Raises:
            CommandError: unknown command or subcommand, or a wrong number of arguments.
        """
        found = self._spelled.get(argv[0]) or self.find(argv[0])
        if found is None:
            raise unknown_command(argv)
        if not found.subcommands or (len(argv) == 1 and found.invoke is not None):
            return found, argv[1:]
        if len(argv) == 1:
            raise CommandError(f"ERR wrong number of arguments for '{found.name}' command")
        sub = found.subcommands.get(argv[1].lower())
        if sub is None:
            raise CommandError(
                b"ERR unknown subcommand '%.128b'. Try %b HELP." % (printable(argv[1]), found.name.upper().encode())
            )
        return sub, argv[2:]

    def _add_help(self, holder: Command, declared: Declaration) -> None:
        name = f"{holder.name}|help"

        def read() -> CommandSpec:
            return CommandSpec(
                name=name,
                summary="Returns helpful text about the different subcommands.",
                group=declared.spec.group,
                since="5.0.0",
                arity=2,
                flags=CommandFlag.LOADING | CommandFlag.STALE,
                complexity="O(1)",
            )

        def invoke(_ctx: Ctx, args: Sequence[bytes]) -> Reply:
            if args:
                raise CommandError(f"ERR wrong number of arguments for '{name}' command")
            return help_lines(holder, self._dialect.name)

        holder.subcommands[b"help"] = Command(name, invoke, read)


def _in_dialect(one: Declaration, dialect: Dialect) -> CommandSpec:
    """The facts of a declaration with what differs from server to server put right."""
    spec = one.spec
    if spec.name in VARIANTS:
        spec = replace(spec, key_specs=key_specs(spec.name, dialect.server, dialect.name))
    turned = TURNED.get(dialect.name, {}).get(spec.name)
    if turned is not None:
        spec = replace(spec, flags=spec.flags ^ turned)
    if dialect.name in one.usages:
        args = parse_usage(one.usages[dialect.name])[1]
        # An option less may make of a minimum an exact number; else the number is the same everywhere.
        derived = derive_arity(args, is_subcommand="|" in spec.name)
        spec = replace(
            spec, args=args, usage=render_usage(args), arity=derived if derived == -spec.arity else spec.arity
        )
    if dialect.name in one.flags_in:
        spec = replace(spec, flags=one.flags_in[dialect.name])
    return spec


def help_lines(holder: Command, dialect: str) -> list[Reply]:
    """What ``<CONTAINER> HELP`` answers: the server's own lines, or those that the declarations give."""
    told = facts_of(dialect).get(holder.name, {}).get("help")
    if told is not None:
        return [Status(line.encode()) for line in told]
    lines = [f"{holder.name.upper()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"]
    for sub in sorted(holder.subcommands.values(), key=lambda one: one.name):
        word = sub.name.partition("|")[2].upper()
        lines += [f"{word} {sub.spec.usage}".rstrip(), f"    {sub.spec.summary}"]
    return [Status(line.encode()) for line in lines]


def printable(arg: bytes) -> bytes:
    """An argument fit to stand in an error line, where CR and LF would end it; a C string, it ends at its first NUL."""
    return arg.partition(b"\0")[0].replace(b"\r", b" ").replace(b"\n", b" ")


def unknown_command(argv: Sequence[bytes]) -> CommandError:
    """The error for a name that is no command; shows at most 128 bytes of arguments, as Redis does."""
    shown = b""
    for arg in argv[1:]:
        if len(shown) >= 128:
            break
        shown += b"'%b' " % printable(arg[: 128 - len(shown)])
    return CommandError(b"ERR unknown command '%b', with args beginning with: %b" % (printable(argv[0][:128]), shown))
