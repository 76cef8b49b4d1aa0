"""What the word under the cursor is called in the manual: a command, a function of Lua, an error code. Pure.

The decision a reader would question: one line is looked at, and the nearest meaning wins. In
``redis.call('HSET', key)`` the word ``HSET`` is the command, ``call`` the function, and all that is neither
belongs to the call that the cursor stands in.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from redis_tui.render.lua import FUNCTIONS
from redis_tui.tui.widgets.lua_complete import MEMBERS
from redis_tui.tui.widgets.lua_signature import open_call

if TYPE_CHECKING:
    from redis_tui.spec.catalog import Catalog

_NAME = re.compile(r"[A-Za-z_][\w.]*")
_CALL = re.compile(r"""\b(?:redis|server)\.p?call\s*\(\s*["']([\w.|-]+)["'](?:\s*,\s*["'](\w+)["'])?[^()]*""")
_ERROR = re.compile(r"^\s*✗ ([A-Z]{2,})\b")


def topic_of_script(line: str, column: int, catalog: Catalog | None) -> str | None:
    """What a place in a script is about.

    Args:
        line: the line's text.
        column: the cursor's, from 0; behind a word is on it.
        catalog: the commands there are.
    """
    word = _word_at(line, column)
    if word is not None and (known := _lua_name(word)):
        return known
    for call in _CALL.finditer(line):
        if call.start() <= column <= call.end() and (command := _command([call[1], call[2] or ""], catalog)):
            return command
    around = open_call(line[:column])
    return _lua_name(around[0]) if around is not None else None


def topic_of_command(line: str, catalog: Catalog | None) -> str | None:
    """What a line of the console is about: its command, or its subcommand."""
    return _command(line.split()[:2], catalog)


def topic_of_error(shown: str) -> str | None:
    """The code of an error that is shown."""
    found = _ERROR.match(shown)
    return found[1] if found else None


def _word_at(line: str, column: int) -> str | None:
    return next((word.group() for word in _NAME.finditer(line) if word.start() <= column <= word.end()), None)


def _lua_name(word: str) -> str | None:
    """``redis.call`` for ``server.call``; None for what is no name of Lua or Redis."""
    library, _, member = word.rstrip(".").partition(".")
    library = "redis" if library == "server" else library
    if member in MEMBERS.get(library, {}):
        return f"{library}.{member}"
    return word if word in FUNCTIONS or word in ("KEYS", "ARGV") else None


def _command(words: list[str], catalog: Catalog | None) -> str | None:
    if catalog is None or not words:
        return None
    spec = catalog.get(" ".join(filter(None, words))) or catalog.get(words[0])
    return spec.display if spec is not None else None
