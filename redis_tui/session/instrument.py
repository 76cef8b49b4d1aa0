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

from dataclasses import dataclass

from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.base import TraceRow
from redis_tui.session.tail_calls import without_tail_calls

LIMIT = 1_000
"""Calls that are reported; the rest are only counted."""

# {records, count, result}: the result comes last, since a nil would end the array.
_HEAD = (
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
    "end return {__calls,__count,__result}"
)


@dataclass(frozen=True, slots=True)
class Reported:
    """What a wrapped script answered."""

    reply: Reply
    trace: tuple[TraceRow, ...]
    total: int


def instrument(source: bytes, *, valkey: bool) -> bytes:
    """The script with the wrapper around it.

    Args:
        source: as the person wrote it; a shebang stays the first line.
        valkey: the server has `server` beside `redis`.
    """
    source = without_tail_calls(source)
    head = _HEAD.replace("%s", "local server=redis " if valkey else "").encode()
    if not source.startswith(b"#!"):
        return head + source + _FOOT.encode()
    shebang, newline, body = source.partition(b"\n")
    return shebang + newline + head + body + _FOOT.encode()


def read_report(reply: Reply) -> Reported | None:
    """The trace and the script's own reply, None where the wrapper did not get to answer (compile error, kill)."""
    if not isinstance(reply, list) or len(reply) < 2 or not isinstance(reply[0], list):
        return None
    rows = tuple(_row(record) for record in reply[0] if isinstance(record, list))
    total = reply[1] if isinstance(reply[1], int) else len(rows)
    result = reply[2] if len(reply) > 2 else None
    if isinstance(result, ErrorReply):
        result = _with_place(result, rows)
    return Reported(result, rows, total)


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
