"""The corpus of small Lua scripts: its format, read into `Script`.

A file holds many scripts. Each has a heading with its name, then options, then Lua up to the next heading::

    # a comment, ahead of the first heading or between options
    == a hash is a map at RESP3
    @do HSET h field 1                  played first; any number, quoted as in redis-cli
    @with 1 h 10 "two words"            what follows the source in EVAL; 0 without the option
    @run EVAL_RO <source> 1 h           what is played in place of EVAL; any number, in order
    @on redis-8 redis-7.2               the dialects that it is for; all without the option
    @resp 3                             the protocol of the client; once at 2 and once at 3 without the option
    @compare unordered                  a mode of `compare.same` for what @run answers; exact without the option
    @lines                              each line is an expression, or a block ``do … end`` that returns, tried by itself
    @disturbs                           it leaves something in the Lua VM (cjson's options): a new VM afterwards
    @source "return 1\\r\\n\\x00"          the Lua as one quoted word, where a text file cannot hold it
    @differs valkey-9 The reason.       it cannot be mended there, or in "all"; one that does not differ any more fails
    redis.setresp(3)
    return redis.call('HGETALL', KEYS[1])

Words of ``@do`` and ``@run`` that are ``<source>`` or ``<sha>`` stand for the script's Lua and its sha1. A library of functions is
a script with ``@run FUNCTION LOAD <source>`` and then ``@run FCALL name 0``. The Lua ends with its last line that is not blank,
without a newline; it may begin with a shebang.

It must not know how a script is played (`player`). The decision a reader would question: the expected replies are written
nowhere. They are what a real server answers, so a script costs its author no more than the Lua.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha1
from typing import TYPE_CHECKING

from redis_tui.resp.inline import split_inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

HEADING = "== "
DIALECTS = ("redis-8", "redis-7.2", "valkey-9")
Argv = tuple[bytes, ...]


@dataclass(slots=True)
class Script:
    """One script and how to play it."""

    name: str
    number: int
    """Line of its heading in the file, from 1."""
    source: bytes = b""
    before: list[Argv] = field(default_factory=list)
    runs: list[Argv] = field(default_factory=list)
    words: Argv = (b"0",)
    dialects: tuple[str, ...] = DIALECTS
    protocols: tuple[int, ...] = (2, 3)
    compare: str = "exact"
    is_lines: bool = False
    disturbs: bool = False
    differs: dict[str, str] = field(default_factory=dict)
    """Why, by dialect."""

    @property
    def setup(self) -> list[Argv]:
        """The commands that come first."""
        return [self._filled(argv) for argv in self.before]

    @property
    def commands(self) -> list[Argv]:
        """The commands whose replies matter."""
        return [self._filled(argv) for argv in self.runs or [(b"EVAL", b"<source>", *self.words)]]

    def _filled(self, argv: Argv) -> Argv:
        sha = sha1(self.source).hexdigest().encode()
        known = {b"<source>": self.source, b"<sha>": sha, b"<SHA>": sha.upper()}
        return tuple(known.get(word, word) for word in argv)


class Malformed(ValueError):
    """A file of the corpus that cannot be read; the message has its line."""


def read(path: Path) -> list[Script]:
    """The scripts of a file.

    Raises:
        Malformed: an option that there is not, a name that comes twice, no Lua.
    """
    return parse(path.read_text(encoding="utf-8").splitlines(), path.name)


def parse(lines: Iterable[str], origin: str) -> list[Script]:
    """As `read`, from lines; `origin` is what a fault names as their file."""
    numbered = enumerate(lines, 1)
    scripts: list[Script] = []
    seen: set[str] = set()
    line = (0, "")
    for line in numbered:
        if line[1].startswith(HEADING):
            break
        if line[1].strip() and not line[1].startswith("#"):
            raise Malformed(f"{origin}:{line[0]}: a heading must come first")
    while line[1].startswith(HEADING):
        script = Script(line[1].removeprefix(HEADING).strip(), line[0])
        if script.name in seen:
            raise Malformed(f"{origin}:{script.number}: the name comes twice: {script.name}")
        seen.add(script.name)
        line = _body(script, numbered, origin)
        if not script.source and not script.runs:
            raise Malformed(f"{origin}:{script.number}: neither Lua nor @run")
        scripts.append(script)
    return scripts


def _body(script: Script, lines: Iterator[tuple[int, str]], origin: str) -> tuple[int, str]:
    """Reads one script; returns the heading that ends it, or an empty line at the end."""
    taken: list[str] = []
    for number, line in lines:
        if line.startswith(HEADING):
            break
        if taken or not line.startswith(("@", "# ")):
            taken.append(line)
        elif line.startswith("@"):
            try:
                _option(script, line)
            except (KeyError, ValueError) as fault:
                raise Malformed(f"{origin}:{number}: {line}: {fault!r}") from fault
    else:
        number, line = 0, ""
    if not script.source:
        text = "\n".join(taken).rstrip()
        script.source = (tried(text.split("\n")) if script.is_lines else text).encode()
    return number, line


_TRY = (
    "local function told(v, seen) local kind = type(v) "
    "if kind == 'number' then return string.format('%.17g', v) end "
    "if kind == 'string' then return '\"' .. v .. '\"' end "
    "if kind == 'function' or kind == 'thread' then return kind end "
    "if kind ~= 'table' then return tostring(v) end "
    "if seen[v] then return '...' end seen[v] = true "
    "local parts = {} "
    "for k, each in pairs(v) do parts[#parts + 1] = told(k, seen) .. '=' .. told(each, seen) end "
    "table.sort(parts) return '{' .. table.concat(parts, ' ') .. '}' end "
    "local said = {} "
    "local function try(f) local got = {} "
    "local function take(...) for i = 1, select('#', ...) do got[i] = told((select(i, ...)), {}) end end "
    "take(pcall(f)) said[#said + 1] = table.concat(got, ', ') end"
)
"""Lua of one line: ``try`` notes what a function came to, every digit of a number and every value of several."""


def tried(lines: Iterable[str]) -> str:
    """A script that tries each line and answers with what each came to; lines keep their distance."""
    bodies = (line if line.startswith("do ") else f"return {line}" for line in lines)
    return "\n".join([_TRY, *(f"try(function() {body} end)" for body in bodies), "return said"])


def _option(script: Script, line: str) -> None:
    name, _, rest = line[1:].partition(" ")
    match name:
        case "do":
            script.before.append(tuple(split_inline(rest.encode())))
        case "run":
            script.runs.append(tuple(split_inline(rest.encode())))
        case "with":
            script.words = tuple(split_inline(rest.encode()))
        case "on":
            script.dialects = tuple(DIALECTS[DIALECTS.index(word)] for word in rest.split())
        case "resp":
            script.protocols = tuple(map(int, rest.split()))
        case "compare":
            script.compare = rest.strip()
        case "lines":
            script.is_lines = True
        case "disturbs":
            script.disturbs = True
        case "source":
            (script.source,) = split_inline(rest.encode())
        case "differs":
            dialect, _, reason = rest.partition(" ")
            named = DIALECTS if dialect == "all" else (DIALECTS[DIALECTS.index(dialect)],)
            script.differs |= dict.fromkeys(named, reason)
        case _:
            raise KeyError(name)


def for_dialect(scripts: Iterable[Script], dialect: str) -> list[Script]:
    """Those that are for a dialect."""
    return [script for script in scripts if dialect in script.dialects]
