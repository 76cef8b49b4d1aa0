"""The README's tables of commands and of settings, derived from their declarations.

``python -m tests.readme_table`` writes them anew between their marks.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from redis_tui.engine.dialect import REDIS_8, VALKEY_9
from redis_tui.engine.registry import Registry
from redis_tui.settings import entries

if TYPE_CHECKING:
    from collections.abc import Callable

README = Path(__file__).parent.parent / "README.md"


def commands() -> str:
    """A row a group: how many commands, subcommands among them, and the names of the top-level ones."""
    redis, valkey = Registry(REDIS_8), Registry(VALKEY_9)
    groups: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for registry, mark in ((redis, ""), (valkey, " (Valkey)")):
        for name, command in registry.commands.items():
            if mark and name in redis.commands:
                continue
            group = command.spec.group
            groups.setdefault(group, []).append(name.upper() + mark)
            counts[group] = counts.get(group, 0) + 1 + len(command.subcommands)
    rows = [f"| {group} | {counts[group]} | {' '.join(sorted(groups[group]))} |" for group in sorted(groups)]
    return "\n".join(["| group | commands | |", "|---|---|---|", *rows, ""])


def settings() -> str:
    """A row a setting."""
    rows = [f"| `{entry.name}` | `{entry.sample}` | {entry.about} |" for entry in entries()]
    return "\n".join(["| setting | unless set | |", "|---|---|---|", *rows, ""])


TABLES: dict[str, Callable[[], str]] = {"commands": commands, "settings": settings}
"""By the word in their marks."""


def split(text: str, name: str) -> tuple[str, str, str]:
    """What goes up to a table, the table, and what follows it; marks belong to what is around."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    head, mark, rest = text.partition(begin)
    held, close, tail = rest.partition(end)
    return head + mark, held, close + tail


if __name__ == "__main__":
    text = README.read_text()
    for name, table in TABLES.items():
        head, _, tail = split(text, name)
        text = head + table() + tail
    README.write_text(text)
