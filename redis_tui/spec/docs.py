"""A server's COMMAND DOCS (and COMMAND INFO) reply becomes `CommandSpec` values.

It knows no session and no connection: replies come in as values, from RESP2 (flat lists) or
RESP3 (maps), texts as bytes or str. The decision a reader would question: nothing here raises.
A server may be newer than we are, and an argument type that we do not know is still an
argument; what cannot be read is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from redis_tui.resp.types import Map, SetReply
from redis_tui.spec.command import Arg, ArgKind, CommandFlag, CommandSpec, KeyRange
from redis_tui.spec.usage import arity, key_range, render_usage

if TYPE_CHECKING:
    from collections.abc import Iterator

_KINDS: Final = {kind.value: kind for kind in ArgKind}
_FLAGS: Final = {str(flag.name).lower(): flag for flag in CommandFlag if flag is not CommandFlag.NONE}


def specs_from_docs(docs: Any, info: Any = None) -> list[CommandSpec]:
    """Reads the commands that a server has.

    Args:
        docs: the reply of COMMAND DOCS.
        info: the reply of COMMAND INFO (or of COMMAND), for arity, flags and keys as the server tells
            them; without it arity and keys derive from the argument tree and flags are unknown.

    Returns:
        The top-level commands, subcommands inside, in the server's order.
    """
    facts: dict[str, list[Any]] = {}
    for row in _items(info):
        facts.update(_facts(row))
    return [_spec(name, fields, facts) for name, fields in _pairs(docs)]


def specs_from_info(info: Any, known: Mapping[str, CommandSpec]) -> list[CommandSpec]:
    """Reads the commands of a server that documents none, as those before version 7 do: which there are is its own.

    Args:
        info: the reply of COMMAND.
        known: specs by name, from elsewhere: what the server does not tell. Theirs are the subcommands too, for
            such a server lists none; arity, flags and keys are the server's.

    Returns:
        The top-level commands; one that is not known has a name, an arity and flags.
    """
    specs = []
    for row in _items(info):
        for name, facts in _facts(row):
            blank = CommandSpec(name, summary="", group="", since="", arity=facts[1])
            specs.append(_with_facts(known.get(name, blank), facts))
    return specs


def _spec(name: str, reply: Any, facts: dict[str, list[Any]]) -> CommandSpec:
    fields = dict(_pairs(reply))
    args = tuple(_arg(row) for row in _items(fields.get("arguments")))
    subcommands = tuple(_spec(sub.lower(), row, facts) for sub, row in _pairs(fields.get("subcommands")))
    is_sub = "|" in name
    keys, numkeys_at = key_range(args, is_sub)
    spec = CommandSpec(
        name=name.lower(),
        summary=_text(fields.get("summary", "")),
        group=_text(fields.get("group", "")),
        since=_text(fields.get("since", "")),
        arity=-2 if subcommands and not args else arity(args, is_sub),
        complexity=_text(fields.get("complexity", "")),
        args=args,
        keys=keys,
        numkeys_at=numkeys_at,
        usage=render_usage(args),
        subcommands=subcommands,
    )
    row = facts.get(spec.name)
    return spec if row is None else _with_facts(spec, row)


def _with_facts(spec: CommandSpec, row: list[Any]) -> CommandSpec:
    """Overrides what was derived by what COMMAND INFO says."""
    flags = CommandFlag.NONE
    for word in _items(row[2]):
        flags |= _FLAGS.get(_text(word).lower(), CommandFlag.NONE)
    first, last, step = row[3:6]
    keys = KeyRange(first, last, step) if first else spec.keys
    return replace(spec, arity=row[1], flags=flags, keys=keys)


def _facts(row: Any) -> Iterator[tuple[str, list[Any]]]:
    """One row of COMMAND INFO and the rows of its subcommands, by name."""
    if not isinstance(row, list) or len(row) < 6:
        return
    yield _text(row[0]).lower(), row
    for sub in _items(row[9]) if len(row) > 9 else ():
        yield from _facts(sub)


def _arg(reply: Any) -> Arg:
    fields = dict(_pairs(reply))
    flags = {_text(flag) for flag in _items(fields.get("flags"))}
    token = _text(fields["token"]) if fields.get("token") is not None else None
    kind = _KINDS.get(_text(fields.get("type", "")), ArgKind.STRING)
    name = _text(
        fields.get("name", "") if kind is ArgKind.PURE_TOKEN else fields.get("display_text") or fields.get("name", "")
    )
    arg = Arg(
        name=name,
        kind=kind,
        token=token,
        optional="optional" in flags,
        multiple="multiple" in flags,
        children=tuple(_arg(row) for row in _items(fields.get("arguments"))),
    )
    if "multiple_token" not in flags:
        return arg
    # `GET pattern [GET pattern ...]`: the token repeats, so what repeats is a block around it.
    inner = replace(arg, optional=False, multiple=False)
    return Arg(name, ArgKind.BLOCK, optional=arg.optional, multiple=True, children=(inner,))


def _pairs(reply: Any) -> Iterator[tuple[str, Any]]:
    """Keys and values of a map, in whatever form it came."""
    if isinstance(reply, Map):
        yield from ((_text(key), value) for key, value in reply.pairs)
    elif isinstance(reply, Mapping):
        yield from ((_text(key), value) for key, value in reply.items())
    elif isinstance(reply, list | tuple):
        yield from ((_text(key), value) for key, value in zip(reply[::2], reply[1::2], strict=False))


def _items(reply: Any) -> list[Any]:
    if isinstance(reply, SetReply):
        return list(reply.items)
    if isinstance(reply, Map):
        return [value for _, value in reply.pairs]
    if isinstance(reply, Mapping):
        return list(reply.values())
    return list(reply) if isinstance(reply, list | tuple | set | frozenset) else []


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
