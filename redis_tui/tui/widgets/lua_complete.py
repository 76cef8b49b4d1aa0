"""Completion in a Lua script: members of the script libraries, and commands inside ``redis.call('``.

Pure. Commands come from a function that is handed in, so that the catalog of the connected
server answers. The decision a reader would question: only where the text before the cursor
asks for it (a dot, or an open quote in a call); completing every local name would be in the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


def _each(names: str, meta: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), meta)


MEMBERS: dict[str, dict[str, str]] = {
    "redis": {
        "call": "runs a command; an error ends the script",
        "pcall": "runs a command; an error is returned as a table",
        "error_reply": "makes an error to return",
        "status_reply": "makes a status to return",
        "sha1hex": "SHA1 of a string, in hex",
        "log": "writes to the server's log",
        "setresp": "2 or 3: how replies are given to Lua",
        "acl_check_cmd": "may this user run a command?",
        "replicate_commands": "always true since 7.0",
        "set_repl": "what is replicated",
        "breakpoint": "for the debugger",
        "debug": "for the debugger",
        "LOG_DEBUG": "level 0",
        "LOG_VERBOSE": "level 1",
        "LOG_NOTICE": "level 2",
        "LOG_WARNING": "level 3",
        "REDIS_VERSION": "as text",
        "REDIS_VERSION_NUM": "as 0x00MMmmpp",
    },
    "cjson": {"encode": "value to JSON", "decode": "JSON to value", "null": "JSON's null"},
    "cmsgpack": {"pack": "values to MessagePack", "unpack": "MessagePack to values"},
    "struct": {"pack": "values to bytes", "unpack": "bytes to values", "size": "of a format"},
    "bit": _each("band bor bxor bnot lshift rshift arshift rol ror bswap tobit tohex", "32 bits"),
    "string": _each("byte char find format gmatch gsub len lower match rep reverse sub upper", "string library"),
    "table": _each("concat foreach foreachi getn insert maxn remove sort", "table library"),
    "math": _each(
        "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min "
        "modf pi pow rad random randomseed sin sinh sqrt tan tanh",
        "math library",
    ),
}

_MEMBER = re.compile(r"\b(redis|server|cjson|cmsgpack|struct|bit|string|table|math)\.(\w*)$")
_CALL = re.compile(r"""\b(?:redis|server)\.p?call\s*\(\s*(["'])([A-Za-z.]*)$""")
_ARGUMENTS = re.compile(r"""\b(?:redis|server)\.p?call\s*\(\s*(["'])([A-Za-z.]+)\1\s*,(.*)$""")


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that may be put at the cursor."""

    text: str
    meta: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """What fits before the cursor."""

    items: tuple[Offer, ...] = ()
    start: int = 0
    """Column where the text to be replaced begins."""
    hint: str = ""


CommandOffers = Callable[[str], tuple[list[Offer], str]]
"""``commands(line)``: candidates for the last word of a command line, and the usage hint."""


def lua_offers(before: str, commands: CommandOffers) -> Offers:
    """What fits, given the line up to the cursor.

    Args:
        before: the line's text before the cursor.
        commands: asks the catalog.
    """
    if match := _CALL.search(before):
        typed = match[2]
        items, hint = commands(typed)
        lower = typed.islower()
        named = tuple(Offer(item.text.lower() if lower else item.text, item.meta) for item in items)
        return Offers(named, match.start(2), hint)
    if match := _ARGUMENTS.search(before):
        return Offers((), len(before), commands(f"{match[2]} ")[1])
    if match := _MEMBER.search(before):
        library = "redis" if match[1] == "server" else match[1]
        fits = tuple(Offer(name, meta) for name, meta in MEMBERS[library].items() if name.startswith(match[2]))
        return Offers(fits, match.start(2))
    return Offers()
