"""The commands that one server has, to be looked up: for completion, hints, help and tables.

A `Catalog` is made from our registry's specs or from a server's COMMAND DOCS reply, and
nothing that asks it can tell which. It must not know sessions or handlers. The decision a
reader would question: subcommands are found by their full name beside their container
(``client setname``), because that is how people type and search for them.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import field
from typing import TYPE_CHECKING, Any

from redis_tui.record import dataclass
from redis_tui.spec.categories import acl_categories
from redis_tui.spec.docs import specs_from_docs, specs_from_info
from redis_tui.spec.usage import render_usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from redis_tui.spec.command import CommandSpec

__all__ = ["Catalog", "acl_categories"]


@dataclass(frozen=True, slots=True)
class Catalog:
    """A frozen look-up over commands."""

    commands: tuple[CommandSpec, ...]
    """Top-level commands, by name."""
    by_name: Mapping[str, CommandSpec] = field(repr=False, compare=False)
    """Every command and subcommand by its full name, ``client|setname``."""
    names: tuple[str, ...] = field(repr=False, compare=False)
    """Names of the top-level commands, sorted, lower case."""

    @classmethod
    def from_specs(cls, specs: Iterable[CommandSpec]) -> Catalog:
        """Makes a catalog of top-level commands, subcommands inside them."""
        commands = tuple(sorted(specs, key=lambda spec: spec.name.lower()))
        by_name = {}
        for spec in commands:
            by_name[spec.name.lower()] = spec  # a module may spell its commands in capitals
            by_name.update({sub.name: sub for sub in spec.subcommands})
        return cls(commands, by_name, tuple(spec.name.lower() for spec in commands))

    @classmethod
    def from_command_docs(cls, docs: Any, info: Any = None) -> Catalog:
        """Makes a catalog from a server's replies.

        Args:
            docs: COMMAND DOCS, from RESP2 or RESP3.
            info: COMMAND INFO or COMMAND, where it was asked.
        """
        return cls.from_specs(specs_from_docs(docs, info))

    @classmethod
    def from_command_info(cls, info: Any, known: Catalog) -> Catalog:
        """Makes a catalog of what a server without COMMAND DOCS has (before Redis 7).

        Args:
            info: COMMAND.
            known: where summaries and arguments are taken from; they may name an option that the server is too old for.
        """
        return cls.from_specs(specs_from_info(info, known.by_name))

    def get(self, name: str) -> CommandSpec | None:
        """Finds a command as a person writes it: ``client setname``, ``CLIENT|SETNAME``, ``Get``."""
        return self.by_name.get("|".join(name.replace("|", " ").lower().split()))

    def starting_with(self, prefix: str) -> tuple[CommandSpec, ...]:
        """Top-level commands whose names begin so, in any case."""
        low = prefix.lower()
        at = bisect_left(self.names, low)
        end = at
        while end < len(self.names) and self.names[end].startswith(low):
            end += 1
        return self.commands[at:end]

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that have commands, sorted."""
        return tuple(sorted({spec.group for spec in self.commands}))

    def in_group(self, group: str) -> tuple[CommandSpec, ...]:
        """Top-level commands of a group, by name."""
        return tuple(spec for spec in self.commands if spec.group == group)

    def in_category(self, category: str) -> tuple[CommandSpec, ...]:
        """Commands and subcommands of an ACL category, with or without its ``@``."""
        wanted = category.removeprefix("@").lower()
        return tuple(spec for spec in self.by_name.values() if wanted in acl_categories(spec))

    @staticmethod
    def usage(spec: CommandSpec) -> str:
        """The whole usage line, rebuilt from the argument tree: ``LPOP key [count]``."""
        if spec.subcommands and not spec.args:
            return f"{spec.display} subcommand [argument ...]"
        return f"{spec.display} {render_usage(spec.args)}".rstrip()

    def __iter__(self) -> Iterator[CommandSpec]:
        return iter(self.commands)

    def __len__(self) -> int:
        return len(self.commands)
