"""Whether a text is Lua 5.1: compiled, never run.

Knows nothing of servers and engines. The decision a reader would question: each look makes a bare
Lua state of its own and throws it away (a fraction of a millisecond), instead of asking the engine's.
So it can be made from any thread, while a script spins, and leaves nothing behind in anybody's cache.
"""

from __future__ import annotations

import re

from lupa import lua51

from redis_tui.record import dataclass

_MEMORY = 64 * 1024 * 1024
_POSITION = re.compile(rb"^text:(\d+): (.*)$", re.DOTALL)
_COMPILE = b"""
local load = loadstring
return function(text)
  local chunk, fault = load(text, '@text')
  return chunk == nil and fault or nil
end
"""


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Where a text stops being Lua."""

    line: int
    """From 1; the last one with text where Lua misses something at the end."""
    message: str
    """Lua's own words: ``'then' expected near 'x'``."""


def find_fault(source: bytes) -> SyntaxFault | None:
    """The first thing in a script or library that Lua cannot read; None where there is nothing.

    Args:
        source: with its shebang, if it has one; that line is not judged.
    """
    text = source[len(source.partition(b"\n")[0]) :] if source.startswith(b"#!") else source
    if text.startswith(b"\x1b"):  # Lua takes that for bytecode, which servers refuse
        return SyntaxFault(1, "unexpected symbol near 'char(27)'")
    lua = lua51.LuaRuntime(encoding=None, register_eval=False, register_builtins=False, max_memory=_MEMORY)
    try:
        said = lua.execute(_COMPILE)(text)
    except lua51.LuaError as error:
        return SyntaxFault(1, str(error))
    if said is None:
        return None
    match = _POSITION.match(said)
    if match is None:
        return SyntaxFault(1, said.decode("utf-8", "replace"))
    line, message = int(match[1]), match[2].decode("utf-8", "replace")
    if message.endswith("near '<eof>'"):
        line = min(line, source.rstrip().count(b"\n") + 1)
        message = message.removesuffix(" near '<eof>'") + " at the end of the script"
    return SyntaxFault(line, " ".join(message.split()))
