"""What the servers tell of a command beyond its declaration: tips, history, replacements, help.

The facts lie in ``command_facts.json`` and were read from the servers themselves (see
`tests.conformance.gather_facts`), one command a line; a value stands beside the dialects that
have it. It knows no declaration.

The decision a reader would question: this is a second place for facts of a command. Nothing in
it changes what a command does, only three replies show it, and only what cannot be derived
from the declaration is in it; so the file is read when one of these replies is first asked for.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

Facts = dict[str, Any]
"""``tips flags categories`` of COMMAND INFO, ``help`` as lines, all else as COMMAND DOCS names it.
None: the server leaves out what the declaration has."""


@lru_cache(maxsize=8)
def facts_of(dialect: str) -> dict[str, Facts]:
    """By full name of a command, what a server tells of it.

    Args:
        dialect: its name.
    """
    import json  # for three replies that most runs never give
    from importlib import resources

    text = resources.files("redis_tui.engine").joinpath("command_facts.json").read_text(encoding="utf-8")
    found: dict[str, Facts] = {}
    for name, fields in json.loads(text).items():
        for field, values in fields.items():
            for dialects, value in values.items():
                if dialect in dialects.split():
                    found.setdefault(name, {})[field] = value
    return found
