"""A script wrapped so that a real server reports its calls: trace where there is no hook.

Pure text in, text out. The wrapper stands before the script's first line, on that same
line, so that line numbers stay as they are. It shadows `redis` (and Valkey's `server`)
with a table whose `call` and `pcall` note their line, arguments, reply and, where the
server has os.clock (Redis 7.4, Valkey 8), time. The line of a call comes from the place
that ``error('', 3)`` puts before its message, because a server has no debug library. ``return redis.call(…)``
is a tail call and would have lost its line, so it goes out in parentheses; a tail call by another name,
and one that C makes (``pcall(redis.call, …)``), is reported as line 0.

The server sees another script than the person wrote, with another sha. So this is only
sent when a trace was asked for, and the outcome says so.
"""

from __future__ import annotations

import time

from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.base import MISSING, Snapshot, TraceRow
from redis_tui.session.inspect import READS, seen
from redis_tui.session.tail_calls import without_tail_calls

LIMIT = 1_000
"""Calls that are reported; the rest are only counted."""

# {records, count, looks, result}: the result comes last, since a nil would end the array.
_HEAD = (
    "%l"
    "local __calls,__count={},0 "
    "local __clock=rawget(_G,'os') and os.clock "
    "local function __note(target,...) "
    "local where=select(2,pcall(error,'',4)) "  # 2 is here, 3 the function below, 4 the script
    "local at=__clock and __clock() "
    "local reply=target(...) "
    "__count=__count+1 "
    f"if __count<={LIMIT} then "
    "local argv={} for i=1,select('#',...) do argv[i]=tostring((select(i,...))) end "
    "local took=__clock and math.floor((__clock()-at)*1e6+0.5) or -1 "
    "__calls[#__calls+1]={tonumber(string.match(tostring(where),':(%d+):')) or 0,took,argv,reply} "
    "end return reply end "
    "local redis=(function(api) return setmetatable({"
    "pcall=function(...) local reply=__note(api.pcall,...) return reply end,"
    "call=function(...) local reply=__note(api.pcall,...) "
    "if type(reply)=='table' and reply.err then error(reply,2) end return reply end"
    "},{__index=api}) end)(redis) "
    "%s"
    "local __ok,__result=pcall(function(...) "
)
_FOOT = (
    "\nend) if not __ok then "
    "__result={err=type(__result)=='table' and __result.err or tostring(__result)} "
    "end return {__calls,__count,%l,__result}"
)

# {{type, pttl, size, content}, …} of the declared keys; copied first, since a script may change KEYS.
_LOOK = (
    "local __keys={} for i,key in ipairs(KEYS) do __keys[i]=key end "
    "local __reads={%r} local __call,__unpack=redis.call,unpack "
    "local function __look() local seen={} for i,key in ipairs(__keys) do "
    "local kind=__call('TYPE',key).ok local reads=__reads[kind] local parts={kind,__call('PTTL',key)} "
    "if reads then for j,read in ipairs(reads) do parts[2+j]=__call(read[1],key,__unpack(read,2)) end end "
    "seen[i]=parts end return seen end "
    "local __before=__look() "
)


@dataclass(frozen=True, slots=True)
class Reported:
    """What a wrapped script answered."""

    reply: Reply
    trace: tuple[TraceRow, ...]
    total: int
    before: tuple[Snapshot, ...] = ()
    """The declared keys ahead of the run, in their order; empty where nobody looked."""
    after: tuple[Snapshot, ...] = ()


def instrument(source: bytes, *, valkey: bool, looks: bool = False) -> bytes:
    """The script with the wrapper around it.

    Args:
        source: as the person wrote it; a shebang stays the first line.
        valkey: the server has `server` beside `redis`.
        looks: also read the declared keys before and after.
    """
    source = without_tail_calls(source)
    head = _HEAD.replace("%s", "local server=redis " if valkey else "").replace("%l", _looking() if looks else "")
    foot = _FOOT.replace("%l", "{__before,__look()}" if looks else "{}").encode()
    if not source.startswith(b"#!"):
        return head.encode() + source + foot
    shebang, newline, body = source.partition(b"\n")
    return shebang + newline + head.encode() + body + foot


def _looking() -> str:
    def words(read: tuple[bytes, ...]) -> str:
        return "{" + ",".join(f"'{word.decode()}'" for word in read) + "}"

    reads = (f"{kind.decode()}={{{words(size)},{words(content)}}}" for kind, (size, content) in READS.items())
    return _LOOK.replace("%r", ",".join(reads))


def read_report(reply: Reply) -> Reported | None:
    """The trace and the script's own reply, None where the wrapper did not get to answer (compile error, kill)."""
    if not isinstance(reply, list) or len(reply) < 3 or not isinstance(reply[0], list):
        return None
    rows = tuple(_row(record) for record in reply[0] if isinstance(record, list))
    total = reply[1] if isinstance(reply[1], int) else len(rows)
    result = reply[3] if len(reply) > 3 else None
    if isinstance(result, ErrorReply):
        result = _with_place(result, rows)
    looks = reply[2] if isinstance(reply[2], list) and len(reply[2]) == 2 else [[], []]
    return Reported(result, rows, total, _seen(looks[0]), _seen(looks[1]))


def _seen(look: Reply) -> tuple[Snapshot, ...]:
    now_ms = time.time_ns() // 1_000_000
    return (
        tuple(_snapshot(parts, now_ms) for parts in look if isinstance(parts, list)) if isinstance(look, list) else ()
    )


def _snapshot(parts: list[Reply], now_ms: int) -> Snapshot:
    kind, left, *read = parts
    if not isinstance(kind, bytes) or kind == b"none":
        return MISSING
    expires = now_ms + left if isinstance(left, int) and left >= 0 else None
    return seen(kind, expires, *(read if len(read) == 2 else (None, None)))


def _row(record: list[Reply]) -> TraceRow:
    line, took, argv = record[0], record[1], record[2]
    words = tuple(word for word in argv if isinstance(word, bytes)) if isinstance(argv, list) else ()
    reply = record[3] if len(record) > 3 else None
    known = isinstance(took, int) and took >= 0
    return TraceRow(line if isinstance(line, int) else 0, words, reply, float(took) if known else None)  # type: ignore[arg-type]  # an int, as just seen


def _with_place(error: ErrorReply, rows: tuple[TraceRow, ...]) -> ErrorReply:
    """The error with the place that the server would have named, where the last call is what failed."""
    if b"user_script:" in error.line or not rows or not rows[-1].line:
        return error
    last = rows[-1].reply
    if isinstance(last, ErrorReply) and last.line == error.line:
        return ErrorReply(error.line + b" script: on @user_script:%d." % rows[-1].line)
    return error
