"""What the functions of Lua and of Redis take, for the hint below the text; and which call the cursor stands in.

Pure. The decision a reader would question: one line is looked at, up to the cursor. A call that spans
lines shows no hint; reading back over the text at each key press would cost more than it gives.
"""

from __future__ import annotations

import re

from redis_tui.late_pattern import late_pattern

SIGNATURES: dict[str, str] = {
    "redis.call": "command, argument… → reply",
    "redis.pcall": "command, argument… → reply, or {err = text}",
    "redis.error_reply": "text → {err = text}",
    "redis.status_reply": "text → {ok = text}",
    "redis.sha1hex": "text → 40 hex digits",
    "redis.log": "level, text…",
    "redis.setresp": "2 or 3",
    "redis.acl_check_cmd": "command, argument… → boolean",
    "redis.replicate_commands": "() → true",
    "redis.set_repl": "redis.REPL_ALL|REPL_NONE|REPL_AOF|REPL_REPLICA",
    "redis.breakpoint": "() → boolean",
    "redis.debug": "value…",
    "redis.register_function": "name, function(keys, args)",
    "cjson.encode": "value → JSON",
    "cjson.decode": "JSON → value",
    "cmsgpack.pack": "value… → bytes",
    "cmsgpack.unpack": "bytes → value…",
    "struct.pack": "format, value… → bytes",
    "struct.unpack": "format, bytes [, start] → value…, next",
    "struct.size": "format → bytes",
    "bit.band": "x, … → x",
    "bit.bor": "x, … → x",
    "bit.bxor": "x, … → x",
    "bit.bnot": "x → x",
    "bit.lshift": "x, bits → x",
    "bit.rshift": "x, bits → x",
    "bit.arshift": "x, bits → x",
    "bit.rol": "x, bits → x",
    "bit.ror": "x, bits → x",
    "bit.bswap": "x → x",
    "bit.tobit": "x → x",
    "bit.tohex": "x [, digits] → s",
    "string.byte": "s [, first [, last]] → code…",
    "string.char": "code… → s",
    "string.find": "s, pattern [, start [, plain]] → first, last, capture…",
    "string.format": "format, value… → s",
    "string.gmatch": "s, pattern → iterator",
    "string.gsub": "s, pattern, text|table|function [, most] → s, count",
    "string.len": "s → bytes",
    "string.lower": "s → s",
    "string.match": "s, pattern [, start] → capture…",
    "string.rep": "s, times → s",
    "string.reverse": "s → s",
    "string.sub": "s, first [, last] → s",
    "string.upper": "s → s",
    "table.concat": "list [, separator [, first [, last]]] → s",
    "table.foreach": "table, function(key, value)",
    "table.foreachi": "list, function(index, value)",
    "table.getn": "list → count",
    "table.insert": "list, [place,] value",
    "table.maxn": "table → number",
    "table.remove": "list [, place] → value",
    "table.sort": "list [, less(a, b)]",
    "math.abs": "x → x",
    "math.acos": "x → radians",
    "math.asin": "x → radians",
    "math.atan": "x → radians",
    "math.atan2": "y, x → radians",
    "math.ceil": "x → x",
    "math.cos": "radians → x",
    "math.cosh": "x → x",
    "math.deg": "radians → degrees",
    "math.exp": "x → x",
    "math.floor": "x → x",
    "math.fmod": "x, y → x",
    "math.frexp": "x → mantissa, exponent",
    "math.ldexp": "mantissa, exponent → x",
    "math.log": "x → x",
    "math.log10": "x → x",
    "math.max": "x, … → x",
    "math.min": "x, … → x",
    "math.modf": "x → whole, fraction",
    "math.pow": "x, y → x",
    "math.rad": "degrees → radians",
    "math.random": "[first,] last → whole number; () → 0…1",
    "math.randomseed": "number",
    "math.sin": "radians → x",
    "math.sinh": "x → x",
    "math.sqrt": "x → x",
    "math.tan": "radians → x",
    "math.tanh": "x → x",
    "assert": "value [, message] → value…",
    "error": "message|table [, level]",
    "ipairs": "list → index, value",
    "next": "table [, key] → key, value",
    "pairs": "table → key, value",
    "pcall": "function, argument… → ok, result…",
    "rawget": "table, key → value",
    "rawset": "table, key, value → table",
    "select": "place|'#', value… → value…",
    "setmetatable": "table, metatable → table",
    "tonumber": "value [, base] → number or nil",
    "tostring": "value → s",
    "type": "value → nil number string boolean table function",
    "unpack": "list [, first [, last]] → value…",
    "xpcall": "function, handler → ok, result…",
}

_PART = late_pattern(r"""'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|--|[(\[{)\]},]|[^'"(\[{)\]},-]+|-""")
_NAME = late_pattern(r"([A-Za-z_][\w.]*)\s*$")
_COMMAND = late_pattern(r"""^\s*(["'])(.*?)\1?\s*$""", re.DOTALL)


def open_call(before: str) -> tuple[str, list[str]] | None:
    """The innermost call that the cursor stands in.

    Args:
        before: the line's text before the cursor.

    Returns:
        The function's name and its arguments as written, the last one unfinished; None outside a call.
    """
    stack: list[tuple[str, list[int]]] = []
    for part in _PART.finditer(before):
        sign, at = part.group(), part.end()
        if sign == "--":
            return None
        if sign in "([{":
            called = _NAME.search(before, 0, part.start()) if sign == "(" else None
            stack.append((called[1] if called else "", [at]))
        elif sign in ")]}" and stack:
            stack.pop()
        elif sign == "," and stack:
            stack[-1][1].append(at)
    for name, starts in reversed(stack):
        if name:
            ends = [start - 1 for start in starts[1:]] + [len(before)]
            return name, [before[start:end] for start, end in zip(starts, ends, strict=True)]
    return None


def command_line(arguments: list[str]) -> tuple[str, str] | None:
    """What a redis.call would send, as far as it is written out.

    Args:
        arguments: of the call, as written; the last one is unfinished.

    Returns:
        The command line to complete, with ``x`` for all that is not a literal, and the part of its last word
        that is typed; None where the command is no literal.
    """
    words = [_COMMAND.match(argument) for argument in arguments]
    first = words[0]
    if first is None or len(words) < 2:
        return None
    *done, last = words
    typed = last[2] if last is not None else ""
    plain = [word[2] if word is not None and word[2] and " " not in word[2] else "x" for word in done]
    return " ".join([*plain, typed]), typed
