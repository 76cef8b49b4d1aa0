"""The README's table of commands, derived from their declarations.

``python -m tests.readme_table`` writes it anew between its two marks.
"""

from __future__ import annotations

from pathlib import Path

from redis_tui.engine.dialect import REDIS_8, VALKEY_9
from redis_tui.engine.registry import Registry

README = Path(__file__).parent.parent / "README.md"
BEGIN, END = "<!-- commands: begin -->\n", "<!-- commands: end -->\n"


def table() -> str:
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


def split(text: str) -> tuple[str, str, str]:
    """What stands ahead of the table, the table, and what follows it."""
    head, _, rest = text.partition(BEGIN)
    held, _, tail = rest.partition(END)
    return head, held, tail


if __name__ == "__main__":
    head, _, tail = split(README.read_text())
    README.write_text(head + BEGIN + table() + END + tail)
