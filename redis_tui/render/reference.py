"""A command's page of the reference: usage, what it does, since when, at what cost, which flags.

Made from a `CommandSpec`, wherever that came from. The decision a reader would question: the usage is broken
at its options, one a line, where it is long; a usage of three lines of brackets is read by nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span, text_line
from redis_tui.spec.categories import acl_categories
from redis_tui.spec.command import Arg, ArgKind, CommandFlag
from redis_tui.spec.usage import render_arg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.spec.catalog import Catalog
    from redis_tui.spec.command import CommandSpec

_WIDE = 76
_KINDS = {
    ArgKind.PURE_TOKEN: "word",
    ArgKind.ONEOF: "one of these",
    ArgKind.BLOCK: "together",
    ArgKind.UNIX_TIME: "Unix time",
}
"""How an argument's kind is told; the others by their own names."""
_MEANINGS = (
    (CommandFlag.NOSCRIPT, "A script may not call it."),
    (CommandFlag.WRITE, "It writes: EVAL_RO and a read-only connection refuse it."),
    (CommandFlag.READONLY, "It only reads."),
    (CommandFlag.BLOCKING, "It may wait; in a script and in MULTI it answers at once."),
    (CommandFlag.DENYOOM, "It is refused when the server's memory is full."),
    (CommandFlag.ALLOW_BUSY, "It is answered even while a script holds the server up."),
    (CommandFlag.NO_MULTI, "It may not stand in MULTI."),
)
"""What flags mean for whoever writes scripts, in the order they are told."""


def reference_lines(spec: CommandSpec) -> list[Line]:
    """The page of one command or subcommand."""
    lines = _usage_lines(spec)
    if spec.summary:
        lines.append(text_line(spec.summary))
    facts = [f"since {spec.since}" if spec.since else "", spec.complexity.rstrip("."), spec.group]
    lines.append(text_line(" · ".join(filter(None, facts)), "dim"))
    flags = [flag.name.lower() for flag in CommandFlag if flag in spec.flags and flag.name]
    if flags:
        lines.append(text_line(f"flags {' '.join(flags)}", "dim"))
    if not spec.subcommands and (categories := sorted(acl_categories(spec))):
        lines.append(text_line(f"ACL {' '.join(f'@{name}' for name in categories)}", "dim"))
    width = max((len(child.display) for child in spec.subcommands), default=0)
    lines += [
        [Span(f"  {child.display:<{width}}", "key"), Span(f"  {child.summary}", "dim")] for child in spec.subcommands
    ]
    return lines


def group_lines(catalog: Catalog, name: str) -> list[Line]:
    """The commands of a group, ``HELP @string`` of redis-cli; all groups where there is none of that name."""
    wanted = name.removeprefix("@").lower().replace("_", "-")
    specs = catalog.in_group(wanted)
    if not specs:
        told = f"There is no group {name}." if wanted else "Groups:"
        return [text_line(told, "hint"), text_line(" ".join(f"@{group}" for group in catalog.groups), "dim")]
    room = max(len(spec.display) for spec in specs)
    return [[Span(f"{spec.display:<{room}}", "key"), Span(f"  {spec.summary}", "dim")] for spec in specs]


def _usage_lines(spec: CommandSpec) -> list[Line]:
    parts = [render_arg(arg) for arg in spec.args]
    if spec.subcommands and not parts:
        parts = ["subcommand [argument ...]"]
    usage = " ".join(parts)
    if len(spec.display) + 1 + len(usage) <= _WIDE:
        return [[Span(spec.display, "key"), Span(f" {usage}".rstrip(), "text")]]
    required = [part for arg, part in zip(spec.args, parts, strict=False) if not arg.optional]
    first: Line = [Span(spec.display, "key"), Span(f" {' '.join(required)}".rstrip(), "text")]
    options = [part for arg, part in zip(spec.args, parts, strict=False) if arg.optional]
    return [first, *[text_line(f"    {part}") for part in options]]


def whole_reference(spec: CommandSpec) -> list[Line]:
    """The page and, below it, each argument and what the flags mean for a script."""
    lines = reference_lines(spec)
    told = [text_line(text) for flag, text in _MEANINGS if flag in spec.flags]
    rows = list(_argument_rows(spec.args, 0))
    if told:
        lines += [[], *told]
    if rows:
        room = max(len(name) for name, _ in rows)
        lines += [[], text_line("Arguments", "title")]
        lines += [[Span(f"  {name:<{room}}", "key"), Span(f"  {kind}", "dim")] for name, kind in rows]
    return lines


def _argument_rows(args: Sequence[Arg], depth: int) -> Iterator[tuple[str, str]]:
    for arg in args:
        name = arg.name if arg.kind is not ArgKind.PURE_TOKEN else ""
        shown = " ".join(filter(None, (arg.token, name if not arg.children or arg.token else f"({name})")))
        facts = [_KINDS.get(arg.kind, arg.kind.value)]
        facts += ["may be left out"] if arg.optional else []
        facts += ["may be repeated"] if arg.multiple else []
        yield "  " * depth + shown, " · ".join(facts)
        yield from _argument_rows(arg.children, depth + 1)
