"""Replies of COMMAND INFO, DOCS and GETKEYSANDFLAGS, made from the declarations.

It knows no client and decides nothing: facts come from the declarations, the order of flags
and categories is that of a server.
"""

from __future__ import annotations

import itertools
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from redis_tui.resp.types import Map, Reply, SetReply, Status
from redis_tui.spec.categories import acl_categories
from redis_tui.spec.command import Arg, ArgKind, CommandFlag, CommandSpec, KeySpec
from redis_tui.spec.keys import getkeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from redis_tui.engine.command_facts import Facts
    from redis_tui.engine.registry import Command

# In the order in which Redis lists them.
_FLAG_NAMES: Final = tuple(
    (flag, Status(name.encode()))
    for flag, name in (
        (CommandFlag.WRITE, "write"),
        (CommandFlag.READONLY, "readonly"),
        (CommandFlag.DENYOOM, "denyoom"),
        (CommandFlag.MODULE, "module"),
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

_NOTHING: Final[Mapping[str, Facts]] = MappingProxyType({})


def info_row(command: Command, facts: Mapping[str, Facts] = _NOTHING) -> Reply:
    """One row of COMMAND INFO.

    Args:
        command: whose.
        facts: what the server tells beyond the declarations, by name.
    """
    spec = command.spec
    told = facts.get(spec.name, {})
    flags = [name for flag, name in _FLAG_NAMES if flag in spec.flags]
    categories = [Status(b"@" + name.encode()) for name in sorted(acl_categories(spec), key=_CATEGORIES.index)]
    return [
        spec.name.encode(),
        spec.arity,
        _flags(told["flags"]) if "flags" in told else SetReply(flags),
        spec.keys.first,
        spec.keys.last,
        spec.keys.step,
        _flags(told["categories"]) if "categories" in told else SetReply(categories),
        SetReply(tip.encode() for tip in told.get("tips", ())),
        SetReply(_key_spec(one) for one in spec.key_specs),
        SetReply(info_row(sub, facts) for sub in command.subcommands.values()),
    ]


def keys_and_flags(spec: CommandSpec, argv: Sequence[bytes]) -> Reply:
    """What COMMAND GETKEYSANDFLAGS answers.

    Raises:
        CommandError: as `spec.keys.getkeys`.
    """
    return [[argv[use.position], _flags(use.flags)] for use in getkeys(spec, argv)]


def docs(command: Command, facts: Mapping[str, Facts] = _NOTHING) -> Map:
    """One command's entry of COMMAND DOCS; arguments as for `info_row`."""
    spec = command.spec
    told = facts.get(spec.name, {})
    derived: dict[str, Reply] = {
        "summary": spec.summary.encode(),
        "since": spec.since.encode(),
        "group": spec.group.encode(),
        "complexity": spec.complexity.encode() or None,
        "arguments": _arguments(spec),
    }
    pairs: list[tuple[Reply, Reply]] = []
    for field, shape in _DOC_FIELDS.items():
        value = derived.get(field)
        if field in told:
            value = None if told[field] is None else shape(told[field])
        if value is not None:
            pairs.append((field.encode(), value))
    if command.subcommands:
        subs = [(sub.name.encode(), docs(sub, facts)) for sub in command.subcommands.values()]
        pairs.append((b"subcommands", Map(subs)))
    return Map(pairs)


def _arguments(spec: CommandSpec) -> Reply:
    indexes = itertools.count()
    return [_argument(arg, indexes, len(spec.key_specs)) for arg in spec.args] or None


def _told_text(value: Any) -> Reply:
    return str(value).encode()


def _told_history(value: Any) -> Reply:
    return SetReply([version.encode(), change.encode()] for version, change in value)


def _told_arguments(value: Any) -> Reply:
    return [_told_argument(one) for one in value]


def _told_argument(fields: dict[str, Any]) -> Map:
    pairs: list[tuple[Reply, Reply]] = []
    for name, value in fields.items():
        shaped: Reply = value if isinstance(value, int) else None
        if name == "flags":
            shaped = _flags(value)
        elif name == "arguments":
            shaped = _told_arguments(value)
        elif shaped is None:
            shaped = str(value).encode()
        pairs.append((name.encode(), shaped))
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


def _argument(arg: Arg, indexes: Iterator[int], key_specs: int) -> Map:
    pairs: list[tuple[Reply, Reply]] = [(b"name", arg.name.encode()), (b"type", arg.kind.value.encode())]
    if arg.kind not in (ArgKind.ONEOF, ArgKind.BLOCK):
        pairs.append((b"display_text", arg.name.encode()))
    if arg.kind is ArgKind.KEY and key_specs:
        pairs.append((b"key_spec_index", min(next(indexes), key_specs - 1)))
    if arg.token:
        pairs.append((b"token", arg.token.encode()))
    flags = [Status(name) for name, is_set in ((b"optional", arg.optional), (b"multiple", arg.multiple)) if is_set]
    if flags:
        pairs.append((b"flags", SetReply(flags)))
    if arg.children:
        pairs.append((b"arguments", [_argument(child, indexes, key_specs) for child in arg.children]))
    return Map(pairs)


_DOC_FIELDS: Final[dict[str, Callable[[Any], Reply]]] = {
    "summary": _told_text,
    "since": _told_text,
    "group": _told_text,
    "complexity": _told_text,
    "module": _told_text,
    "doc_flags": _flags,
    "deprecated_since": _told_text,
    "replaced_by": _told_text,
    "history": _told_history,
    "arguments": _told_arguments,
}
"""In the order of COMMAND DOCS; how a told value becomes a reply."""
