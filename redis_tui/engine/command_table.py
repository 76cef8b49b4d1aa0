"""Replies of COMMAND INFO, DOCS and GETKEYSANDFLAGS, made from the declarations.

It knows no client and decides nothing: facts come from the declarations, the order of flags
and categories is that of a server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from redis_tui.resp.types import Map, Reply, SetReply, Status
from redis_tui.spec.categories import acl_categories
from redis_tui.spec.command import Arg, ArgKind, CommandFlag, CommandSpec, KeySpec
from redis_tui.spec.keys import getkeys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.engine.registry import Command

# In the order in which Redis lists them.
_FLAG_NAMES: Final = tuple(
    (flag, Status(name.encode()))
    for flag, name in (
        (CommandFlag.WRITE, "write"),
        (CommandFlag.READONLY, "readonly"),
        (CommandFlag.DENYOOM, "denyoom"),
        (CommandFlag.ADMIN, "admin"),
        (CommandFlag.PUBSUB, "pubsub"),
        (CommandFlag.NOSCRIPT, "noscript"),
        (CommandFlag.BLOCKING, "blocking"),
        (CommandFlag.LOADING, "loading"),
        (CommandFlag.STALE, "stale"),
        (CommandFlag.SKIP_MONITOR, "skip_monitor"),
        (CommandFlag.SKIP_SLOWLOG, "skip_slowlog"),
        (CommandFlag.FAST, "fast"),
        (CommandFlag.NO_AUTH, "no_auth"),
        (CommandFlag.NO_MANDATORY_KEYS, "no_mandatory_keys"),
        (CommandFlag.ASKING, "asking"),
        (CommandFlag.NO_ASYNC_LOADING, "no_async_loading"),
        (CommandFlag.NO_MULTI, "no_multi"),
        (CommandFlag.ALLOW_BUSY, "allow_busy"),
        (CommandFlag.MOVABLEKEYS, "movablekeys"),
    )
)

# Likewise.
_CATEGORIES: Final = tuple(
    "keyspace read write set sortedset list hash string bitmap hyperloglog geo stream pubsub admin fast slow "  # noqa: SIM905  # a table of words
    "blocking dangerous connection transaction scripting".split()
)


def info_row(command: Command) -> Reply:
    """One row of COMMAND INFO."""
    spec = command.spec
    return [
        spec.name.encode(),
        spec.arity,
        SetReply(name for flag, name in _FLAG_NAMES if flag in spec.flags),
        spec.keys.first,
        spec.keys.last,
        spec.keys.step,
        SetReply(Status(b"@" + name.encode()) for name in sorted(acl_categories(spec), key=_CATEGORIES.index)),
        SetReply(),
        SetReply(_key_spec(one) for one in spec.key_specs),
        SetReply(info_row(sub) for sub in command.subcommands.values()),
    ]


def keys_and_flags(spec: CommandSpec, argv: Sequence[bytes]) -> Reply:
    """What COMMAND GETKEYSANDFLAGS answers.

    Raises:
        CommandError: as `spec.keys.getkeys`.
    """
    return [[argv[use.position], _flags(use.flags)] for use in getkeys(spec, argv)]


def docs(command: Command) -> Map:
    """One command's entry of COMMAND DOCS."""
    spec = command.spec
    pairs: list[tuple[Reply, Reply]] = [
        (b"summary", spec.summary.encode()),
        (b"since", spec.since.encode()),
        (b"group", spec.group.encode()),
    ]
    if spec.complexity:
        pairs.append((b"complexity", spec.complexity.encode()))
    if spec.args:
        pairs.append((b"arguments", [_argument(arg) for arg in spec.args]))
    if command.subcommands:
        subs = [(sub.name.encode(), docs(sub)) for sub in command.subcommands.values()]
        pairs.append((b"subcommands", Map(subs)))
    return Map(pairs)


def _flags(words: Sequence[str]) -> SetReply:
    return SetReply(Status(word.encode()) for word in words)


def _key_spec(one: KeySpec) -> Map:
    begin: list[tuple[Reply, Reply]] = []
    if one.index is not None:
        begin = [(b"index", one.index)]
    elif one.keyword is not None:
        begin = [(b"keyword", one.keyword.encode()), (b"startfrom", one.start_from)]
    numbers: list[tuple[Reply, Reply]] = []
    if one.find == "range":
        numbers = [(b"lastkey", one.last), (b"keystep", one.step), (b"limit", one.limit)]
    elif one.find == "keynum":
        numbers = [(b"keynumidx", 0), (b"firstkey", 1), (b"keystep", one.step)]
    kind = b"unknown" if not begin else b"index" if one.index is not None else b"keyword"
    return Map(
        [
            (b"flags", _flags(one.flags)),
            (b"begin_search", Map([(b"type", kind), (b"spec", Map(begin))])),
            (b"find_keys", Map([(b"type", one.find.encode()), (b"spec", Map(numbers))])),
        ]
    )


def _argument(arg: Arg) -> Map:
    pairs: list[tuple[Reply, Reply]] = [(b"name", arg.name.encode()), (b"type", arg.kind.value.encode())]
    if arg.kind not in (ArgKind.ONEOF, ArgKind.BLOCK):
        pairs.append((b"display_text", arg.name.encode()))
    if arg.token:
        pairs.append((b"token", arg.token.encode()))
    flags = [Status(name) for name, is_set in ((b"optional", arg.optional), (b"multiple", arg.multiple)) if is_set]
    if flags:
        pairs.append((b"flags", SetReply(flags)))
    if arg.children:
        pairs.append((b"arguments", [_argument(child) for child in arg.children]))
    return Map(pairs)
