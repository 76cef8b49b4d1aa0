"""An error in its context: the source around it with a caret, what it means, what to do next.

Knows the codes and the wordings of Redis and Valkey; sessions take a reply apart into a
`ScriptError`, this explains it. It must not know where a script came from.

The decision a reader would question: what an error means is told by a table of codes and
a table of patterns, and an error that neither knows gets no sentence at all. A guess
would be worse than the server's own words.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

from redis_tui.render.lua import START, highlight_line
from redis_tui.render.spans import Line, Span

if TYPE_CHECKING:
    from redis_tui.session.base import ScriptError, ScriptOutcome

_AROUND = 2
"""Lines of source shown before and after the one in question."""


class Advice(NamedTuple):
    """What an error means and what to do next, a sentence each."""

    meaning: str
    action: str


_CODES: dict[str, Advice] = {
    "WRONGTYPE": Advice(
        "The key holds another type than this command works on.", "Look with TYPE key; delete or rename the key."
    ),
    "NOSCRIPT": Advice(
        "The server's script cache does not hold this script.",
        "Run it by EVAL or load it with SCRIPT LOAD; a restart, SCRIPT FLUSH or a failover empties the cache.",
    ),
    "BUSY": Advice(
        "Another script has been running for longer than the server allows, so it answers nobody else.",
        "Wait, or kill that script (.kill, SCRIPT KILL).",
    ),
    "UNKILLABLE": Advice(
        "The script has already written, and ending it now would leave half of its work.",
        "Wait for it to end; the only other way is to stop the server without saving.",
    ),
    "NOTBUSY": Advice("No script is running.", "There is nothing to kill."),
    "OOM": Advice(
        "The server has reached maxmemory and refuses commands that may need more.",
        "Delete keys, raise maxmemory, or choose an eviction policy (CONFIG GET maxmemory*).",
    ),
    "READONLY": Advice(
        "This server is a replica, or this connection was opened read-only: it refuses writes.",
        "Connect to the master, or open the connection without read_only.",
    ),
    "NOPERM": Advice(
        "The user of this connection may not run that command or touch that key.",
        "Look with ACL WHOAMI and ACL GETUSER; ask whoever looks after the server for the right.",
    ),
    "NOAUTH": Advice("The server wants a password first.", "Give it with AUTH, or in the URL."),
    "WRONGPASS": Advice(
        "The user name or the password is wrong, or the user is disabled.", "Check both and try again."
    ),
    "CROSSSLOT": Advice(
        "The keys belong to different slots of the cluster.",
        "Give them a common part in braces: {user:1}:name and {user:1}:age share a slot.",
    ),
    "MOVED": Advice("Another node of the cluster holds this key.", "Connect to the node that the reply names."),
    "ASK": Advice("The key's slot is being moved to another node.", "Ask the node that the reply names."),
    "CLUSTERDOWN": Advice("The cluster cannot serve this slot now.", "Look with CLUSTER INFO and CLUSTER NODES."),
    "MISCONF": Advice(
        "The server cannot save to disk and therefore refuses writes.",
        "Look at its log for the reason; the setting is stop-writes-on-bgsave-error.",
    ),
    "MASTERDOWN": Advice(
        "This replica has lost its master and is set not to serve old data.",
        "Connect to another server, or set replica-serve-stale-data.",
    ),
    "LOADING": Advice("The server is still loading its data from disk.", "Try again in a moment."),
    "NOREPLICAS": Advice(
        "Fewer replicas are connected than the server wants before it takes writes.",
        "Look with INFO replication; the setting is min-replicas-to-write.",
    ),
    "EXECABORT": Advice(
        "A command was refused while the transaction was put together, so none of it ran.",
        "Mend that command and begin again with MULTI.",
    ),
    "NOPROTO": Advice("The server does not speak this protocol version.", "Use HELLO 2, or HELLO 3 from Redis 6 on."),
    "BUSYKEY": Advice("The key exists already.", "Delete it first, or give RESTORE the word REPLACE."),
}

_PATTERNS: tuple[tuple[re.Pattern[str], Advice], ...] = tuple(
    (re.compile(pattern), Advice(meaning, action))
    for pattern, meaning, action in (
        (
            r"[Ee]rror compiling (script|function)",
            "The script has a syntax error; nothing of it ran.",
            "Mend the marked line; what is missing may also stand on a line before it.",
        ),
        (
            r"Unknown lua shebang option: name=",
            "This is a library of functions, not a script.",
            "Load it with FUNCTION LOAD (`.load FILE` at the prompt), then call one: FCALL name numkeys key… arg….",
        ),
        (
            r"nonexistent global variable '(KEYS|ARGV)'",
            "KEYS and ARGV exist in scripts only; a function gets them as its arguments.",
            "Write function(keys, args) and use those.",
        ),
        (
            r"nonexistent global variable",
            "The name was never given a value: Redis forbids reading globals that do not exist.",
            "Check the spelling, or declare it with local before this line.",
        ),
        (
            r"modify a readonly table|create global variable",
            "Scripts may not create or change global variables.",
            "Write local before the name where it is first given a value.",
        ),
        (
            r"[Ss]cript killed by user|killed by user",
            "The script was killed while it ran.",
            "Look for a loop without an end on the marked line.",
        ),
        (
            r"attempt to (index|perform arithmetic on|concatenate|call|compare|get length of)",
            "A value here is not of the type that this line works on, often because it is nil or false.",
            "A reply that is missing is false in Lua; test it with `if not value then` first.",
        ),
        (
            r"arguments must be strings or integers",
            "redis.call takes strings and numbers only; one of its arguments is nil, a boolean or a table.",
            "Are there as many KEYS and ARGV as the script uses? Use tostring(…) or unpack(…).",
        ),
        (
            r"[Ww]rong number of arg",
            "The command was called with too few or too many arguments.",
            "Its usage: `.help NAME` at the prompt of `redis-tui repl`.",
        ),
        (
            r"[Uu]nknown (Redis |Valkey )?command|unknown subcommand",
            "The server has no command of that name.",
            "Check the spelling, and with INFO server whether this version has it.",
        ),
        (
            r"command is not allowed from script",
            "This command may not be called inside a script.",
            "Call it before or after the script.",
        ),
        (
            r"[Ww]rite commands are not allowed from read-only",
            "The script was run read-only, and this line writes.",
            "Run it by EVAL, not EVAL_RO; without --read-only, and without the flag no-writes.",
        ),
        (
            r"Number of keys can't be",
            "The number of keys does not agree with the arguments that follow it.",
            "The number comes first: EVAL script 1 key arg…",
        ),
        (r"stack overflow", "A function calls itself without an end.", "Look at the recursion's last case."),
        (
            r"not enough memory|used memory > 'maxmemory'",
            "The script needed more memory than it may have.",
            "Build smaller tables, or work in several runs.",
        ),
        (
            r"[Ss]yntax error",
            "The command's arguments do not fit its grammar.",
            "Its usage: `.help NAME` at the prompt of `redis-tui repl`.",
        ),
        (
            r"not an integer or out of range|not a valid float",
            "A number was wanted, and this is none, or it is too large.",
            "Look at the value with GET key, or check the argument.",
        ),
        (r"no such key", "The key does not exist.", "Check its name, and the database with SELECT."),
    )
)


def advise(code: str, message: str) -> Advice | None:
    """What an error means and what to do next; None for one that is not known.

    Args:
        code: its first word, ``WRONGTYPE``.
        message: the rest.
    """
    # What the message says is nearer than a general code; NOAUTH and its like have no pattern.
    if code in _CODES:
        return _CODES[code]
    return next((advice for pattern, advice in _PATTERNS if pattern.search(message)), None)


def explain(error: ScriptError, source: bytes | str = b"") -> list[Line]:
    """An error of a script for people: message, source with a caret, meaning, next step.

    Args:
        error: the error, taken apart.
        source: the script; without it only the error's own line is shown.
    """
    place = "" if error.line is None else f" (line {error.line})"
    lines: list[Line] = [[Span(f"{error.code} ", "reply.error"), Span(f"{error.message}{place}", "reply.error")]]
    if error.line is not None:
        lines += excerpt(error, source)
    if advice := _misspelt(error) or advise(error.code, error.message):
        lines.append([Span(advice.meaning, "text")])
        lines.append([Span("→ ", "hint"), Span(advice.action, "hint")])
    return lines


def _misspelt(error: ScriptError) -> Advice | None:
    """What was meant by ``redis.cal(…)``; None where it is not that."""
    found = _NO_FUNCTION.search(error.message)
    if found is None or error.source is None:
        return None
    called = re.search(rf"\b(redis|server)\s*\.\s*{found[1]}\b", error.source)
    near = get_close_matches(found[1], _API, n=1)
    if called is None or not near:
        return None
    return Advice(f"{called[1]} has no function of the name {found[1]}.", f"Did you mean {called[1]}.{near[0]}?")


def explain_outcome(outcome: ScriptOutcome, source: bytes | str) -> list[Line]:
    """`explain` for a run; no lines where it did not fail."""
    return [] if outcome.error is None else explain(outcome.error, source)


def excerpt(error: ScriptError, source: bytes | str) -> list[Line]:
    """The lines around an error, numbered, with a caret under what is wrong."""
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    texts = text.removesuffix("\n").split("\n")
    at = error.line or 0
    if not text or not 1 <= at <= len(texts):
        if error.source is None:
            return []
        first, texts, shown = at, [error.source], 1
    else:
        first = max(1, at - _AROUND)
        shown = min(len(texts), at + _AROUND) - first + 1
    digits = len(str(first + shown - 1))
    lines: list[Line] = []
    state = START
    skipped = first - 1 if len(texts) > 1 else 0
    for number, line in enumerate(texts[: skipped + shown], first - skipped):
        spans, state = highlight_line(line.rstrip("\r").expandtabs(4), state)
        if number < first:
            continue
        mark = ">" if number == at else " "
        lines.append([Span(f"{mark} {number:{digits}} │ ", "danger" if number == at else "dim"), *spans])
        if number == at:
            column, size = _caret(line.rstrip("\r").expandtabs(4), error.message)
            lines.append([Span(f"  {'':{digits}} │ ", "dim"), Span(" " * column + "^" * size, "danger")])
    return lines


_NO_FUNCTION = re.compile(r"attempt to call field '(\w+)'")
_API = (
    *("call", "pcall", "log", "sha1hex", "error_reply", "status_reply", "setresp", "acl_check_cmd", "breakpoint"),
    *("debug", "register_function", "set_repl", "replicate_commands"),
)
"""Functions of the table `redis`."""
_NEAR = re.compile(r"near '([^'\n]+)'")
_NAMED = re.compile(r"(?:global variable|local|field|upvalue|global|method) '([\w?]+)'")


def _caret(line: str, message: str) -> tuple[int, int]:
    """Where to point: at the name or token that the message tells, else at the whole line."""
    for pattern in (_NEAR, _NAMED):
        found = pattern.search(message)
        if found and (match := re.search(rf"(?<!\w){re.escape(found[1])}(?!\w)", line)):
            return match.start(), match.end() - match.start()
    start = len(line) - len(line.lstrip())
    return start, max(1, len(line.strip()))
