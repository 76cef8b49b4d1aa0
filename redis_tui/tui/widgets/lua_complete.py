"""Completion in a Lua script: members of libraries, commands and their tokens inside ``redis.call('``, names.

Pure. Commands come from a function that is handed in, so that the catalog of the connected
server answers. The decision a reader would question: only where the text before the cursor
asks for it (a dot, a bracket, an open quote in a call); names of the script come when somebody asks,
as a list at each word would be in the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from redis_tui.arguments import key_use
from redis_tui.late_pattern import late_pattern
from redis_tui.record import dataclass
from redis_tui.render.lua import FUNCTIONS, KEYWORDS
from redis_tui.tui.widgets.lua_signature import SIGNATURES, command_line, open_call

if TYPE_CHECKING:
    from collections.abc import Iterable


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
        "register_function": "in a library: names a function",
        "replicate_commands": "always true since 7.0",
        "set_repl": "what is replicated",
        "breakpoint": "for the debugger",
        "debug": "for the debugger",
        "LOG_DEBUG": "level 0",
        "LOG_VERBOSE": "level 1",
        "LOG_NOTICE": "level 2",
        "LOG_WARNING": "level 3",
        "REPL_ALL": "for set_repl: replicas and AOF",
        "REPL_NONE": "for set_repl: neither",
        "REPL_AOF": "for set_repl: only AOF",
        "REPL_REPLICA": "for set_repl: only replicas",
        "REDIS_VERSION": "as text",
        "REDIS_VERSION_NUM": "as 0x00MMmmpp",
    },
    "cjson": {"encode": "value to JSON", "decode": "JSON to value", "null": "JSON's null"},
    "cmsgpack": {"pack": "values to MessagePack", "unpack": "MessagePack to values"},
    "struct": {"pack": "values to bytes", "unpack": "bytes to values", "size": "of a format"},
    "bit": {
        "band": "and, of 32 bits",
        "bor": "or, of 32 bits",
        "bxor": "exclusive or, of 32 bits",
        "bnot": "each of 32 bits turned",
        "lshift": "to the left, zeros come in",
        "rshift": "to the right, zeros come in",
        "arshift": "to the right, the sign comes in",
        "rol": "rotates to the left",
        "ror": "rotates to the right",
        "bswap": "the four bytes the other way round",
        "tobit": "a number as 32 bits with a sign",
        "tohex": "a number in hex digits",
    },
    "string": {
        "byte": "codes of bytes",
        "char": "bytes of codes",
        "find": "where a pattern is",
        "format": "as printf in C",
        "gmatch": "each match, for a loop",
        "gsub": "replaces what matches",
        "len": "how many bytes",
        "lower": "small letters",
        "match": "what a pattern captures",
        "rep": "several times",
        "reverse": "the other way round",
        "sub": "a part of it",
        "upper": "capital letters",
    },
    "table": {
        "concat": "the elements as one string",
        "foreach": "calls for each pair; use pairs",
        "foreachi": "calls for each element; use ipairs",
        "getn": "how many elements; use #",
        "insert": "puts an element in",
        "maxn": "the largest index",
        "remove": "takes an element out",
        "sort": "sorts in place",
    },
    "math": {
        "abs": "without its sign",
        "acos": "arc cosine",
        "asin": "arc sine",
        "atan": "arc tangent",
        "atan2": "arc tangent of y/x",
        "ceil": "up to a whole number",
        "cos": "cosine",
        "cosh": "hyperbolic cosine",
        "deg": "radians to degrees",
        "exp": "e to a power",
        "floor": "down to a whole number",
        "fmod": "remainder of a division",
        "frexp": "mantissa and exponent",
        "huge": "infinity",
        "ldexp": "from mantissa and exponent",
        "log": "natural logarithm",
        "log10": "logarithm to 10",
        "max": "the largest",
        "min": "the smallest",
        "modf": "whole and fractional part",
        "pi": "3.1415926535898",
        "pow": "x to the power of y",
        "rad": "degrees to radians",
        "random": "a random number; the same row in each run",
        "randomseed": "where the random row begins",
        "sin": "sine",
        "sinh": "hyperbolic sine",
        "sqrt": "square root",
        "tan": "tangent",
        "tanh": "hyperbolic tangent",
    },
}

_MEMBER = late_pattern(r"\b(redis|server|cjson|cmsgpack|struct|bit|string|table|math)\.(\w*)$")
_CALL = late_pattern(r"""\b(?:redis|server)\.p?call\s*\(\s*(["'])([A-Za-z.]*)$""")
_INDEX = late_pattern(r"\b(KEYS|ARGV)\[(\d*)$")
_USE = late_pattern(r"\b(KEYS|ARGV)\s*\[\s*(\d{1,4})\s*\]")
_DOTTED = late_pattern(r"\b(redis|server|cjson|cmsgpack|struct|bit|string|table|math)\.(\w+)")
_WORD = late_pattern(r"(?<![\w.:])[A-Za-z_]\w*$")
_NAMES = late_pattern(r"[A-Za-z_]\w{2,}")
_CALLS = frozenset(f"{table}.{name}" for table in ("redis", "server") for name in ("call", "pcall"))
_FAR = 200_000
"""Characters of a script in which names are looked for."""


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


Held = Mapping[str, Sequence[str]]
"""What the fields hold for KEYS and for ARGV, quoted as they are typed."""
_NOTHING: Held = MappingProxyType({})


def lua_offers(
    before: str, commands: CommandOffers, text: str = "", *, asked: bool = False, held: Held = _NOTHING
) -> Offers:
    """What fits, given the line up to the cursor.

    Args:
        before: the line's text before the cursor.
        commands: asks the catalog.
        text: the whole script: its names and indices are offered.
        asked: somebody asked; names are offered then only.
        held: what a run would be given.
    """
    if match := _CALL.search(before):
        items, hint = commands(match[2])
        return Offers(_in_case_of(match[2], items), match.start(2), hint)
    if match := _INDEX.search(before):
        return Offers(_indices(match[1], match[2], text, held), match.start(2))
    if match := _MEMBER.search(before):
        library = "redis" if match[1] == "server" else match[1]
        fits = tuple(Offer(name, meta) for name, meta in MEMBERS[library].items() if name.startswith(match[2]))
        return Offers(fits, match.start(2))
    call = open_call(before)
    if call is not None and call[0] in _CALLS and (line := command_line(call[1])):
        items, hint = commands(line[0])
        is_quoted = call[1][-1].lstrip()[:1] in ("'", '"')
        tokens = [item for item in items if item.text.upper().startswith(line[1].upper())] if is_quoted else []
        if tokens or not asked or is_quoted:
            return Offers(_in_case_of(line[1], tokens), len(before) - len(line[1]), hint)
    name = call[0].replace("server.", "redis.") if call else ""
    hint = f"{name}: {SIGNATURES[name]}" if name in SIGNATURES else ""
    word = _WORD.search(before) if asked else None
    if word is None:
        return Offers(hint=hint)
    return Offers(_names(word.group(), text), word.start(), hint)


def _in_case_of(typed: str, items: Iterable[Offer]) -> tuple[Offer, ...]:
    return tuple(Offer(item.text.lower() if typed.islower() else item.text, item.meta) for item in items)


def word_hint(line: str, column: int, held: Held) -> str:
    """What is known of the word at a place: what an index holds in the fields, or what a function takes.

    Args:
        line: of the script.
        column: of the cursor.
        held: what a run would be given.
    """
    for match in _USE.finditer(line):
        if match.start() <= column <= match.end():
            values, at = held.get(match[1], ()), int(match[2])
            return f"{match[1]}[{at}] is {values[at - 1] if 0 < at <= len(values) else 'not given: nil'}"
    for match in _DOTTED.finditer(line):
        if match.start() <= column <= match.end():
            library = "redis" if match[1] == "server" else match[1]
            name = f"{library}.{match[2]}"
            told = SIGNATURES.get(name) or MEMBERS[library].get(match[2])
            return f"{name}: {told}" if told else ""
    return ""


def _indices(name: str, typed: str, text: str, held: Held) -> tuple[Offer, ...]:
    use, values = key_use(text[:_FAR]), held.get(name, ())
    highest = use.keys if name == "KEYS" else use.args
    used = ["used already"] * highest + ["the next one"]
    told = [*values, *used[len(values) :]] if len(values) < len(used) else values
    found = [Offer(str(at), meta) for at, meta in enumerate(told, 1)]
    return tuple(item for item in found if item.text.startswith(typed) and item.text != typed)


def _names(typed: str, text: str) -> tuple[Offer, ...]:
    known = dict.fromkeys(_NAMES.findall(text[:_FAR]), "in this script")
    known |= dict.fromkeys(KEYWORDS, "keyword") | dict.fromkeys(FUNCTIONS, "Lua") | dict.fromkeys(MEMBERS, "library")
    known |= {"KEYS": "keys of the run", "ARGV": "arguments of the run"}
    return tuple(Offer(name, meta) for name, meta in sorted(known.items()) if name.startswith(typed) and name != typed)
