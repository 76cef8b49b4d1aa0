"""A command's page of the reference: usage, what it does, since when, at what cost, which flags.

Made from a `CommandSpec`, wherever that came from. The decision a reader would question: the usage is broken
at its options, one a line, where it is long; a usage of three lines of brackets is read by nobody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.render.spans import Line, Span, text_line
from redis_tui.spec.categories import acl_categories
from redis_tui.spec.command import CommandFlag
from redis_tui.spec.usage import render_arg

if TYPE_CHECKING:
    from redis_tui.spec.command import CommandSpec

_WIDE = 76


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
