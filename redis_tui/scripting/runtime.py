"""Owns one Lua 5.1 runtime: compiles scripts, runs them, ends them. The only door to lupa.

Must not know commands: a run sees the world through its `ScriptHost`. One thread uses a runtime; only
`LuaRuntime.kill` may come from another.

The decision a reader would question: scripts run in one coroutine that is kept from run to run, not on the
main state. A hook that kills the main state would also kill what disarms it; and a new coroutine for each
run would cost a microsecond. Only a run that was killed or ran out of memory costs it its life.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final

from lupa import lua51

from redis_tui.errors import CommandError
from redis_tui.record import dataclass
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.scripting import api, convert, gauge, lane, limits, matcher, pattern, sandbox
from redis_tui.scripting.bytecode import keep_frames
from redis_tui.scripting.libs import bit, chance, cjson, cmsgpack, misuse
from redis_tui.scripting.libs import struct as layouts
from redis_tui.scripting.metronome import METRONOME, prodder
from redis_tui.scripting.script import Runnable, Script, digest, read_shebang

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.scripting.host import ScriptHost
    from redis_tui.scripting.trace import TraceLog
    from redis_tui.scripting.wording import Wording

MEMORY_LIMIT: Final = 256 << 20
MOST_REPEATED: Final = 2 << 30
"""Bytes that one run may build with string.rep, kept or not; see `sandbox`."""
GARBAGE_KEPT: Final = 1000
"""Scripts compiled until what that left behind is collected."""
SOURCE_NAME: Final = b"=[redis]"
"""Chunk name of our own Lua, by which error positions tell it from scripts."""
VALUE, STREAM, FAILED, DEAD = 0, 1, 2, 3
"""How a run ended: with one string or number, with a stream, with an error, with its coroutine's death."""


@dataclass(slots=True)
class RunResult:
    """What one run came to. Not frozen: making a frozen one costs as much as the run of a small script."""

    reply: Reply
    """An `ErrorReply` with the servers' full text where the run failed."""
    error_line: int | None
    """Line of the script, from 1, where it failed."""
    killed: bool
    duration_us: float
    timed_out: bool = False
    """Killed, because it reached its own time limit."""
    instructions: int | None = None
    """As `gauge` counts them; None where nobody asked."""
    memory_peak: int | None = None
    """Bytes that Lua held at most above what it held before; None where nobody asked."""


class LuaRuntime:
    """One Lua, its sandbox and its libraries.

    Args:
        wording: texts and constants of the server that is spoken.
        memory_limit: bytes that Lua may take, at least `limits.LEAST_MEMORY`; a script that wants more fails. None is
            `MEMORY_LIMIT`.
    """

    chunk_name = b"@user_script"
    """How error positions name what was compiled here."""
    compile_fault = b"ERR Error compiling script (new function): "

    def __init__(self, *, wording: Wording, memory_limit: int | None = None) -> None:
        self._wording = wording
        self._memory_limit = memory_limit = memory_limit or MEMORY_LIMIT
        self._lua = lua51.LuaRuntime(
            encoding=None,
            unpack_returned_tuples=True,
            register_builtins=False,
            register_eval=False,
            attribute_filter=_deny,
            max_memory=memory_limit,
        )
        self._limits = limits.Limits(self._lua.get_memory_used, memory_limit, prodder(lua51.__file__))
        self._bridge = api.Bridge(self._limits)
        self._compile, self._enter, self._part, self._recover = self._load()

        self._gauge = gauge.Gauge(self._core, lambda: self._compiled(gauge.CALIBRATION))
        METRONOME.add(self._limits)
        self._lua.gccollect()
        self._own_memory = int(self._lua.get_memory_used())

    @property
    def random_state(self) -> tuple[int, int]:
        """Where the sequence of math.random stands."""
        high, low = self._core[b"random_state"]()
        return high, low

    @random_state.setter
    def random_state(self, state: tuple[int, int]) -> None:
        self._core[b"set_random_state"](*state)

    @property
    def killed_text(self) -> bytes:
        """What is said of a run that was ended from outside."""
        return self._wording.killed

    @property
    def memory_used(self) -> int:
        """Bytes that Lua holds now."""
        return int(self._lua.get_memory_used())

    def memory_of_scripts(self) -> int:
        """Bytes that scripts hold, garbage and our own Lua left out. Not while one runs."""
        self._lua.gccollect()
        return max(0, int(self._lua.get_memory_used()) - self._own_memory)

    def prepare_gauge(self) -> None:
        """Makes ready for a run whose instructions and memory are counted."""
        self._gauge.prepare()

    def kill(self) -> None:
        """Ends the script that runs, whatever it does. From any thread; does not wait."""
        self._limits.kill()

    def compile(self, source: bytes) -> Script:
        """Compiles a script without running it.

        Raises:
            CommandError: it does not compile, or its shebang is wrong; the servers' text.
        """
        flags, body = read_shebang(source, self._wording)
        return Script(source, digest(source), flags, self._compiled(body))

    def run(
        self,
        script: Runnable,
        keys: Sequence[bytes],
        args: Sequence[bytes],
        host: ScriptHost,
        *,
        resp: int = 2,  # noqa: ARG002  # named for the reader: see Returns
        trace: TraceLog | None = None,
        busy_after_ms: int = 5000,
        timeout_ms: int | None = None,
        gauged: bool = False,
    ) -> RunResult:
        """Runs a script to its end.

        Args:
            script: of this runtime.
            keys: KEYS.
            args: ARGV.
            host: the server as this run sees it.
            resp: the client's protocol.
            trace: where to note each call; None runs at full speed.
            busy_after_ms: from when on ``host.busy`` is told that the run lasts.
            timeout_ms: when to end it; None lets it last.
            gauged: count its instructions and its memory; call `prepare_gauge` ahead of it.

        Returns:
            The outcome. The reply does not depend on `resp`: how a boolean reads is up to the protocol that the
            *script* chose (``redis.setresp``), and the rest is for the encoder.

        Raises:
            BaseException: whatever the host raised, once Lua is unwound.
        """
        self._bridge.start(host, trace)
        if gauged:
            self._gauge.begin()
        started = self._limits.start(host, busy_after_ms, timeout_ms)
        try:
            outcome = self._call(script, keys, args, None if trace is not None else host.profile)
        finally:
            self._limits.end()
            self._bridge.end()
            if self._lua.get_memory_used() > self._memory_limit >> 1:
                self._free()
            cost = self._gauge.end() if gauged else gauge.UNKNOWN
        fault = self._limits.fault
        if fault is not None:
            raise fault
        reply: Reply
        line: int | None = None
        if outcome[0] == VALUE:
            value = outcome[1]
            reply = value if type(value) is bytes else convert.integer(value)
        else:
            reply, line = self._conclude(script, *outcome)
        killed = outcome[0] == DEAD and bool(self._limits.killed)
        taken_ns = perf_counter_ns() - started
        if cost.looking_ns:
            taken_ns = max(taken_ns // 10, taken_ns - cost.looking_ns)  # an estimate, which must not eat up all of it
        result = RunResult(reply, line, killed, taken_ns / 1000)
        result.instructions, result.memory_peak = cost.instructions, cost.memory_peak
        if killed and self._limits.timed_out:
            result.timed_out = True
            if isinstance(reply, ErrorReply):
                told = b"Script killed after %d ms, its time limit." % (timeout_ms or 0)
                result.reply = ErrorReply(reply.line.replace(self.killed_text, told, 1))
        return result

    def _compiled(self, text: bytes) -> Any:
        """Lua's own of a text without its shebang."""
        if not self._limits.has_room(4 * len(text)):
            raise CommandError(self.compile_fault + b"not enough memory")
        chunk, fault = self._compile(text, keep_frames)
        if chunk is None:
            raise CommandError(self.compile_fault + convert.one_line(fault))
        return chunk

    def _call(
        self, script: Runnable, keys: Sequence[bytes], args: Sequence[bytes], profile: int | None
    ) -> tuple[Any, ...]:
        count, words = len(keys), (*keys, *args)
        if words:
            size = sum(map(len, words)) + api.VALUE_SIZE * len(words)
            if size > lane.LARGE and not self._limits.has_room(size):
                return FAILED, b"not enough memory", None, None
        try:
            if len(words) <= api.CHUNK:
                outcome: tuple[Any, ...] = self._enter(script.chunk, profile, count, *words)
            else:
                tables = self._lua.table_from(keys), self._lua.table_from(args)
                outcome = self._enter(script.chunk, profile, None, *tables)
            if outcome[0] == STREAM and outcome[1] is not None:
                outcome = (STREAM, None, *self._long(outcome[1]))
        except (lua51.LuaError, MemoryError):
            return self._exhausted()
        return outcome

    def _guarded(self, call: Callable[[], tuple[Any, ...]]) -> tuple[Any, ...]:
        """An outcome of a call into Lua whatever memory does."""
        try:
            return call()
        except (lua51.LuaError, MemoryError):
            return self._exhausted()

    def _exhausted(self) -> tuple[Any, ...]:
        """Memory ran out outside of the script: while its arguments went in or its reply came out."""
        self._free()
        return FAILED, b"not enough memory", None, None

    def _long(self, size: int) -> list[Any]:
        stream: list[Any] = []
        while len(stream) < size:
            part = self._part(len(stream) + 1)
            stream += part if type(part) is tuple else (part,)
        return stream

    def _conclude(self, script: Runnable, kind: int, *rest: Any) -> tuple[Reply, int | None]:
        if kind == STREAM:
            return convert.from_stream(rest[1:]), None
        text, source, line = rest
        if text is None:
            text = b"ERR " + (self.killed_text if self._limits.killed else b"not enough memory")
        elif source is None:
            text = b"ERR " + text
        text = text.partition(b"\0")[0]
        if source is not None and line is not None:
            text += self._wording.tail(script.label, source, int(line))
        own = source == self.chunk_name and line is not None and line > 0
        error_line = int(line) if own else None
        if self._wording.runtime_errors_on_one_line:
            return ErrorReply(convert.one_line(text)), error_line
        # Redis lets line breaks pass: error("a\\nb") -> -ERR user_script:1: a\nb. Both at once would end the reply.
        return ErrorReply(text.replace(b"\r\n", b"  "), as_it_is=True), error_line

    def _free(self) -> None:
        """Makes room: after memory ran out nothing can be called until the limit is lifted."""
        self._lua.set_max_memory(0)
        try:
            self._recover()
            self._lua.gccollect()
        finally:
            self._lua.set_max_memory(self._memory_limit)

    def _load(self) -> tuple[Callable[..., Any], ...]:
        wording = self._wording
        core = self._core = self._lua.execute(BOOT, SOURCE_NAME)
        core[b"source"] = SOURCE_NAME
        core[b"chunk_name"] = self.chunk_name
        core[b"for_functions"] = self.chunk_name != LuaRuntime.chunk_name
        core[b"api_name"] = wording.api
        core[b"killed_text"] = self.killed_text
        core[b"no_arguments"] = wording.no_arguments
        core[b"argument_types"] = wording.argument_types
        core[b"garbage_kept"] = GARBAGE_KEPT
        core[b"keep_frames"] = self._bridge.guarded(keep_frames)
        core[b"bad_log_level"] = wording.bad_log_level
        core[b"big_number_ends_at_zero"] = wording.big_number_ends_at_zero
        core[b"os_clock"] = wording.os_clock
        core[b"environments"] = wording.environments
        core[b"errors_trimmed"] = wording.errors_trimmed
        core[b"cmsgpack_copyright"] = wording.cmsgpack_copyright
        core[b"chunk"], core[b"crossing"] = api.CHUNK, api.CROSSING
        core[b"most_repeated"] = MOST_REPEATED
        core[b"memory_limit"] = self._memory_limit
        core[b"names_kept"], core[b"profiles_kept"] = api.NAMES_KEPT, api.PROFILES_KEPT
        core[b"max_depth"] = convert.MAX_DEPTH
        core[b"resp"] = 2
        core[b"aliases"] = self._lua.table_from(wording.aliases)
        core[b"constants"] = self._lua.table_from(dict(wording.constants))
        load = core[b"load"]
        load(sandbox.LUA, core)
        watch = self._limits
        load(limits.LUA, core, watch.poll, watch.tick, limits.MOST_INSTRUCTIONS, watch.may_collect, watch.set_inner)
        load(gauge.LUA, core, gauge.FINE, gauge.OF_CALL, gauge.OF_ERROR)
        load(convert.LUA, core)
        load(misuse.LUA, core)
        load(matcher.LUA, core)
        load(pattern.LUA, core)
        load(chance.LUA, core)
        load(cjson.LUA, core)
        load(cmsgpack.LUA, core, layouts.msgpack_float, layouts.msgpack_value)
        load(layouts.LUA, core, layouts.pack_float, layouts.unpack_float)
        load(bit.LUA, core, layouts.low_bits)
        load(api.LUA, core, self._lua.table_from(self._bridge.functions()))
        load(RUN, core, self._limits.set_worker)
        return tuple(core[name] for name in (b"compile", b"enter", b"part", b"recover"))


def _deny(_object: object, _name: object, _is_setting: bool) -> object:
    raise AttributeError("scripts see no Python")


BOOT: Final = rb"""
local source = ...
local open, native = _G, {}
for name, value in pairs(open) do native[name] = value end
local next = next
for name in next, native do open[name] = nil end
native.python, native.package, native.require, native.module, native._G = nil, nil, nil, nil, nil
local core = {native = native}
local loadstring, assert, setfenv = native.loadstring, native.assert, native.setfenv
function core.load(text, ...)
  local chunk = setfenv(assert(loadstring(text, source)), native)
  return chunk(...)
end
return core
"""

RUN: Final = rb"""
local core, set_worker = ...
local native, G = core.native, core.G
local create, resume, yield = native.coroutine.create, native.coroutine.resume, native.coroutine.yield
local xpcall, type, tostring, unpack, select = native.xpcall, native.type, native.tostring, native.unpack, native.select
local loadstring, dump, setfenv = native.loadstring, native.string.dump, native.setfenv
local getinfo, sethook = native.debug.getinfo, native.debug.sethook
local source, chunk_size = core.source, core.chunk
local export, clean, sweep, begin = core.export, core.clean, core.sweep, core.begin

-- Lua keeps one of each string, and finds them by some of their bytes only. The dumps of scripts that differ in a
-- number look alike to it: each is compared with all the others, until those are collected.
local collect = native.collectgarbage
local compiled = 0
local function count()
  compiled = compiled + 1
  if compiled < core.garbage_kept then return end
  compiled = 0
  collect()
end

function core.compile(text, patch)
  local chunk, fault
  count()
  local name = core.chunk_name
  if native.string.byte(text) == 27 then fault = native.string.sub(name, 2) .. ":1: unexpected symbol near 'char(27)'"
  else chunk, fault = loadstring(text, name) end
  if not chunk then return nil, fault end
  return setfenv(loadstring(patch(dump(chunk)), name), core.globals), nil
end

-- Where a script failed: the servers look at the frame that raised, and at the one below it if that is C.
-- What is ours stands, with the C that it calls, for one function in C; but what gsub calls back is not gsub.
local last
local gsub = native.string.gsub
local function failed(err)
  local level = 2
  local info, below = getinfo(2, 'Slf'), getinfo(3, 'Slf')
  local raised_in_c = info and info.what == 'C'
  while info and (raised_in_c or info.what == 'tail' or info.source == source
      or info.what == 'C' and below and below.source == source and (info.func ~= gsub or core.complaining)) do
    raised_in_c = false
    level = level + 1
    info, below = below, getinfo(level + 1, 'Slf')
  end
  core.complaining = false
  local kind, text = type(err), nil
  if kind == 'table' then
    text = err.err
    if type(text) == 'number' then text = tostring(text) end
    if type(text) ~= 'string' then text = 'ERR unknown error' end
  else
    text = 'ERR ' .. tostring(clean(err))
  end
  last = {text = text, source = info and info.source, line = info and info.currentline}
  return last
end
G.__redis__err__handler = function(err)
  local info = getinfo(2, 'Sl')
  if info and info.what == 'C' then info = getinfo(3, 'Sl') end
  if type(err) ~= 'table' then err = {err = 'ERR ' .. tostring(err)} end
  if info then err.source, err.line = info.source, info.currentline end
  return err
end
for _, name in native.ipairs(core.aliases) do G['__' .. name .. '__err__handler'] = G.__redis__err__handler end

local stream

local function finish(ok, value)
  if not ok then
    if value ~= last then return 2, clean(value), nil, nil end
    return 2, value.text, value.source or '', value.line
  end
  local kind = type(value)
  if kind == 'string' or kind == 'number' then return 0, value end
  local tokens, size = export(value)
  if not core.is_light(tokens, size) then return 2, 'not enough memory', nil, nil end
  if size <= chunk_size then return 1, nil, unpack(tokens, 1, size) end
  stream = tokens
  return 1, size
end

function core.part(from)
  return unpack(stream, from, from + chunk_size - 1 < #stream and from + chunk_size - 1 or #stream)
end

local function new_worker()
  set_worker(nil)   -- before its end: another thread may be about to use it
  local worker = create(function(chunk)
    setfenv(0, core.globals)   -- for what it compiles and the coroutines it makes; lupa needs the main state's own
    while true do chunk = yield(finish(xpcall(chunk, failed))) end
  end)
  core.worker = worker
  core.arm(worker)
  set_worker(tostring(worker))
end
new_worker()

local function leave(alive, ...)
  sweep()
  if alive then return ... end
  sethook(core.worker)
  core.killing = false
  new_worker()
  if last then return 3, last.text, last.source or '', last.line end
  return 3, nil, nil, nil
end

local for_functions = core.for_functions
local callback, call_keys, call_argv   -- a function takes them as arguments
local function invoke()
  return callback(call_keys, call_argv)
end

function core.enter(chunk, profile, count, ...)   -- no profile: the run is traced
  local keys, argv
  if count then
    local total = select('#', ...)
    keys, argv = {}, {}
    if total > 0 then
      local all = {...}
      for i = 1, count do keys[i] = all[i] end
      for i = count + 1, total do argv[i - count] = all[i] end
    end
  else
    keys, argv = ...
  end
  if not for_functions then G.KEYS, G.ARGV = keys, argv
  elseif keys then
    callback, call_keys, call_argv = chunk, keys, argv
    chunk = invoke
  end
  last = nil
  begin(profile)
  return leave(resume(core.worker, chunk))
end

function core.recover()
  last, stream, call_keys, call_argv = nil, nil, nil, nil
  if not for_functions then G.KEYS, G.ARGV = {}, {} end
  native.collectgarbage('restart')
  new_worker()
end
"""
