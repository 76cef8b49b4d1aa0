"""Replies into Lua values and back, at RESP2 and RESP3: the one table of rules.

==============  ==================  =========================================
reply           Lua at RESP2        Lua at RESP3
==============  ==================  =========================================
int             number              number
bytes           string              string
None            false               nil (false inside an array's holes: nil)
list            table               table
Status          {ok=}               {ok=}
ErrorReply      {err=}              {err=}
bool            1, 0                boolean
float           string              {double=}
Map             flat table          {map={}}
SetReply, Push  table               {set={member=true}}, table
Pairs           flat table          table of two-element tables
Verbatim        string              {verbatim_string={string=, format=}}
BigNumber       string              {big_number=}
==============  ==================  =========================================

Values cross as flat streams, one crossing for a whole reply: calling across for each element would cost
half a microsecond each. A stream into Lua is ``(code, payload…)`` for each value, except that a flat list
of strings and numbers, by far the most common, is sent bare. A stream out of Lua is strings and numbers
as they are, everything else as ``False, code, payload…``.

The decision a reader would question: a Lua table nested deeper than `MAX_DEPTH` ends in an error reply. The servers
go on to some thousands, which no client reads; a table that holds itself is the only way there.
"""

from __future__ import annotations

import math
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from redis_tui.resp.encoder import format_double
from redis_tui.resp.types import (
    NULL_ARRAY,
    Attributed,
    BigNumber,
    ErrorReply,
    LongDouble,
    Map,
    Pairs,
    Push,
    Reply,
    SetReply,
    Status,
    Verbatim,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MAX_DEPTH: Final = 200
INT64_MIN: Final = -(1 << 63)

# Into Lua.
VALUE, NULL, ARRAY, OK, ERR, DOUBLE, BIG, VERBATIM, TRUE, FALSE, MAP, SET = range(12)
PLAIN: Final = frozenset({bytes, int})

# Out of Lua.
(
    OUT_NULL,
    OUT_TRUE,
    OUT_FALSE,
    OUT_ARRAY,
    OUT_ERR,
    OUT_OK,
    OUT_DOUBLE,
    OUT_BIG,
    OUT_VERBATIM,
    OUT_MAP,
    OUT_SET,
    OUT_DEEP,
) = range(12)


_PLAIN_AT_RESP2: Final = PLAIN | {float, type(None)}
FLAT_AT_RESP2: Final[dict[type, Callable[[Any], list[Any]]]] = {
    Map: Map.flat,
    Pairs: Pairs.flat,
    SetReply: attrgetter("items"),
}
"""Replies that are plain lists at RESP2, and how they become one."""


def number_text(value: float) -> bytes:
    """A Lua number as an argument of a command: the shortest text that reads back the same.

    The forms are those of the servers' fpconv, observed: ``0.00001`` but ``1.2345e-4``.
    """
    if math.isnan(value):
        return b"-nan" if math.copysign(1, value) < 0 else b"nan"  # 0/0 is -nan on x86, -(0/0) is nan
    return format_double(value + 0.0)  # -0.0 + 0.0 is 0.0: -0.0 is passed as 0


def flat_list(reply: object, resp: int) -> list[Any] | None:
    """The elements as Lua takes them where a reply is a flat array of strings, integers, at RESP2 nulls and doubles."""
    if type(reply) is not list:
        return None
    kinds = set(map(type, reply))
    if kinds <= PLAIN:
        return reply
    if resp == 2 and kinds <= _PLAIN_AT_RESP2:
        return [False if item is None else format_double(item) if type(item) is float else item for item in reply]
    return None


def to_stream(reply: Reply, resp: int) -> list[Any]:
    """A reply as the stream that Lua builds its value from."""
    out: list[Any] = []
    _write(out, reply, resp)
    return out


def _write(out: list[Any], reply: Any, resp: int) -> None:
    kind = type(reply)
    if kind in PLAIN:
        out += (VALUE, reply)
        return
    writer = _WRITERS.get(kind)
    if writer is not None:
        writer(out, reply, resp)
    elif isinstance(reply, list | tuple):
        _array(out, reply, resp)
    else:
        out.append(NULL)


def _array(out: list[Any], items: Sequence[Any], resp: int) -> None:
    out += (ARRAY, len(items))
    for item in items:
        _write(out, item, resp)


def _bool(out: list[Any], value: bool, resp: int) -> None:
    if resp == 2:
        out += (VALUE, int(value))
    else:
        out.append(TRUE if value else FALSE)


def _map(out: list[Any], reply: Map, resp: int) -> None:
    if resp == 2:
        _array(out, reply.flat(), resp)
        return
    out += (MAP, len(reply.pairs))
    for item in reply.flat():
        _write(out, item, resp)


def _set(out: list[Any], reply: SetReply, resp: int) -> None:
    start = len(out)
    _array(out, reply.items, resp)
    if resp == 3:
        out[start] = SET


def _verbatim(out: list[Any], reply: Verbatim, resp: int) -> None:
    out += (VALUE, reply.text) if resp == 2 else (VERBATIM, reply.format, reply.text)


_WRITERS: dict[type, Callable[[list[Any], Any, int], None]] = {
    type(None): lambda out, _reply, _resp: out.append(NULL),
    type(NULL_ARRAY): lambda out, _reply, _resp: out.append(NULL),
    Status: lambda out, reply, _resp: out.extend((OK, bytes(reply))),
    ErrorReply: lambda out, reply, _resp: out.extend((ERR, reply.line)),
    bool: _bool,
    float: lambda out, value, resp: out.extend((VALUE, format_double(value)) if resp == 2 else (DOUBLE, value)),
    LongDouble: lambda out, value, resp: out.extend((VALUE, value.text) if resp == 2 else (DOUBLE, float(value))),
    Map: _map,
    SetReply: _set,
    Push: lambda out, reply, resp: _array(out, reply.items, resp),
    Attributed: lambda out, reply, resp: _write(out, reply.reply, resp),
    Pairs: lambda out, reply, resp: _array(out, reply.flat() if resp == 2 else reply.nested(), resp),
    Verbatim: _verbatim,
    BigNumber: lambda out, reply, resp: out.extend((VALUE if resp == 2 else BIG, reply.digits)),
}


def integer(value: float) -> int:
    """A Lua number as an integer reply.

    Truncates towards zero; what 64 bits do not hold becomes the smallest integer, as the C cast gives on x86.
    """
    if type(value) is int:
        return value
    if not math.isfinite(value) or abs(value) >= 1 << 63:
        return INT64_MIN
    return int(value)


def from_stream(stream: Sequence[Any]) -> Reply:
    """The reply that a script's return value stands for."""
    return _read(iter(stream))


def _read(stream: Iterator[Any]) -> Reply:
    value = next(stream)
    if type(value) is bytes:
        return value
    if value is not False:
        return integer(value)
    return _READERS[next(stream)](stream)


def _read_array(stream: Iterator[Any]) -> list[Reply]:
    return [_read(stream) for _ in range(next(stream))]


def _read_map(stream: Iterator[Any]) -> Map:
    return Map([(_read(stream), _read(stream)) for _ in range(next(stream))])


def _read_verbatim(stream: Iterator[Any]) -> Verbatim:
    text = next(stream)
    # {format='a'} -> =5 "a  :x", {format='text'} -> "tex:x"
    return Verbatim(text, next(stream)[:3].ljust(3))


def one_line(text: bytes) -> bytes:
    """Text for a status or error line as the servers send it: line breaks become spaces, a zero byte ends it."""
    if b"\n" in text or b"\r" in text or b"\0" in text:
        return unbroken(text.partition(b"\0")[0])
    return text


def unbroken(text: bytes) -> bytes:
    """Text with spaces for line breaks."""
    return text.replace(b"\r", b" ").replace(b"\n", b" ")


_READERS: dict[int, Callable[[Iterator[Any]], Reply]] = {
    OUT_NULL: lambda _stream: None,
    OUT_TRUE: lambda _stream: True,
    OUT_FALSE: lambda _stream: False,
    OUT_ARRAY: _read_array,
    OUT_ERR: lambda stream: ErrorReply(one_line(next(stream).rstrip(b"\r\n"))),
    OUT_OK: lambda stream: Status(one_line(next(stream))),
    OUT_DOUBLE: lambda stream: float(next(stream)),
    OUT_BIG: lambda stream: BigNumber(unbroken(next(stream))),
    OUT_VERBATIM: _read_verbatim,
    OUT_MAP: _read_map,
    OUT_SET: lambda stream: SetReply(_read_array(stream)),
    OUT_DEEP: lambda _stream: ErrorReply(b"ERR reached lua stack limit"),
}

LUA = rb"""
local core = ...
local native = core.native
local type, rawget, next, match = native.type, native.rawget, native.next, native.string.match
local MAX_DEPTH = core.max_depth

-- builds one value from a stream; returns it and the position after it
local build
build = function(s, i, null)
  local code = s[i]
  if code == 0 then return s[i + 1], i + 2 end
  if code == 1 then return null, i + 1 end
  if code == 2 then
    local t, n = {}, s[i + 1]
    i = i + 2
    for k = 1, n do t[k], i = build(s, i, null) end
    return t, i
  end
  if code == 3 then return {ok = s[i + 1]}, i + 2 end
  if code == 4 then return {err = s[i + 1], ignore_error_stats_update = true}, i + 2 end
  if code == 5 then return {double = s[i + 1]}, i + 2 end
  if code == 6 then return {big_number = s[i + 1]}, i + 2 end
  if code == 7 then return {verbatim_string = {format = s[i + 1], string = s[i + 2]}}, i + 3 end
  if code == 8 then return true, i + 1 end
  if code == 9 then return false, i + 1 end
  local t, n, key, value = {}, s[i + 1], nil, nil
  i = i + 2
  for _ = 1, n do
    key, i = build(s, i, null)
    value = true
    if code == 10 then value, i = build(s, i, null) end
    if key ~= nil then t[key] = value end
  end
  if code == 10 then return {map = t}, i end
  return {set = t}, i
end
core.build = build

local out, size, export

local function put(code, a, b)
  out[size + 1], out[size + 2] = false, code
  size = size + 2
  if a ~= nil then size = size + 1; out[size] = a end
  if b ~= nil then size = size + 1; out[size] = b end
end

local function put_pairs(t, is_map, depth)
  put(is_map and 9 or 10, 0)
  local at, n = size, 0
  for k, v in next, t do
    n = n + 1
    export(k, depth)
    if is_map then export(v, depth) end
  end
  out[at] = n
end

local function put_table(t, depth)
  local v = rawget(t, 'err')
  if type(v) == 'string' then return put(4, v) end
  v = rawget(t, 'ok')
  if type(v) == 'string' then return put(5, v) end
  v = rawget(t, 'double')
  -- lupa makes the float -0 the integer 0
  if type(v) == 'number' then return put(6, v == 0 and 1 / v < 0 and '-0' or v) end
  v = rawget(t, 'big_number')
  if type(v) == 'string' then return put(7, core.big_number_ends_at_zero and match(v, '^%Z*') or v) end
  v = rawget(t, 'verbatim_string')
  if type(v) == 'table' then
    local text, format = rawget(v, 'string'), rawget(v, 'format')
    if type(text) == 'string' and type(format) == 'string' then return put(8, text, format) end
  end
  v = rawget(t, 'map')
  if type(v) == 'table' then return put_pairs(v, true, depth) end
  v = rawget(t, 'set')
  if type(v) == 'table' then return put_pairs(v, false, depth) end
  put(3, 0)
  local at, n = size, 0
  while true do
    v = rawget(t, n + 1)
    if v == nil then break end
    n = n + 1
    local kind = type(v)
    if kind == 'string' or kind == 'number' then
      size = size + 1
      out[size] = v
    else
      export(v, depth)
    end
  end
  out[at] = n
end

export = function(v, depth)
  local kind = type(v)
  if kind == 'string' or kind == 'number' then
    size = size + 1
    out[size] = v
  elseif kind == 'table' then
    if depth >= MAX_DEPTH then return put(11) end
    put_table(v, depth + 1)
  elseif kind == 'boolean' then
    if core.resp == 3 then put(v and 1 or 2)
    elseif v then size = size + 1; out[size] = 1
    else put(0) end
  else
    put(0)
  end
end

-- a return value as a table of tokens, and their number
function core.export(v)
  out, size = {}, 0
  export(v, 0)
  return out, size
end
"""
