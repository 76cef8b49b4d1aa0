"""What a run costs in Lua: instructions and memory. Only for runs that somebody watches.

Knows no commands. ``LUA`` puts another count hook in the place of the one in `limits`, which it calls as often as
that would have been called; other runs never meet it.

What is counted: instructions of the script, also inside its coroutines; not those of our own Lua (the ``redis``
table, cjson and the other libraries), which on a server is C. ``redis.call`` does its work in a coroutine that has
no hook. Of the rest the hook looks where it was met: at each of the first `FINE` instructions, then in steps of one
part in `FINE` of what has passed. So a figure is exact up to `FINE` instructions and within a per cent beyond, but
for scripts that do most of their work in the libraries: these are told apart by sampling, within some per cent.

The decision a reader would question: a full collection ahead of each watched run. Without it the garbage of
earlier runs would be freed during this one and hide what it takes. And counting takes longer than what a small
script does, so the time of a run is told without it, as far as `CALIBRATION` has shown what one look costs.
"""

from __future__ import annotations

from time import perf_counter_ns
from typing import TYPE_CHECKING, Any, Final

from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

FINE: Final = 200
"""Instructions up to which each one is counted."""
OF_CALL: Final = 16
"""Instructions by which the way into that coroutine and back is longer than a call of C."""
OF_ERROR: Final = 8
"""The same of an error that comes back, on top."""

CALIBRATION: Final = b"for i = 1, 400 do end"
"""A script that does next to nothing but be counted."""

_CALIBRATIONS: Final = 5
"""The quickest of so many counts, because others use the machine too."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    instructions: int | None
    memory_peak: int | None
    """Bytes that Lua held at most, above what it held before."""
    looking_ns: int
    """Time that went into counting, by estimate."""


UNKNOWN: Final = Cost(None, None, 0)


class Gauge:
    """The gauge of one runtime.

    Args:
        core: what the Lua halves share.
        compile_calibration: compiles `CALIBRATION`, at the first use.
    """

    def __init__(self, core: Any, compile_calibration: Callable[[], Any]) -> None:
        self._core = core
        self._compile_calibration = compile_calibration
        self._look_ns = 0
        """What one look takes; 0 before the first use."""

    def prepare(self) -> None:
        """Collects what earlier runs left. Ahead of the run: it takes milliseconds, in which no kill is heard."""
        if not self._look_ns:
            chunk = self._compile_calibration()
            self._look_ns = min(self._calibrated(chunk) for _ in range(_CALIBRATIONS))
        self._core[b"collect"]()

    def begin(self) -> None:
        """Counts from now on."""
        self._core[b"begin_gauge"]()

    def end(self) -> Cost:
        """Counts no more."""
        instructions, peak, looks = self._core[b"end_gauge"]()
        return Cost(int(instructions), int(peak), int(looks) * self._look_ns)

    def _calibrated(self, chunk: Any) -> int:
        self._core[b"begin_gauge"]()
        started = perf_counter_ns()
        self._core[b"enter"](chunk, None, 0)
        taken_ns = perf_counter_ns() - started
        return max(1, taken_ns // int(self._core[b"end_gauge"]()[2]))


LUA: Final = rb"""
local core, FINE, OF_CALL, OF_ERROR = ...
local native = core.native
local sethook, getfenv, running = native.debug.sethook, native.getfenv, native.coroutine.running
local collect, floor, setmetatable = native.collectgarbage, native.math.floor, native.setmetatable
local create, resume, yield = native.coroutine.create, native.coroutine.resume, native.coroutine.yield
local status = native.coroutine.status
local setfenv, error, gethook, select = native.setfenv, native.error, native.debug.gethook, native.select
local hook = core.hook

local counted, passed, unpolled = 0, 0, 0   -- of the script; of anybody; since the last poll
local base, peak, hits = 0, 0, 0
local place = 0   -- from 0 to 1, evenly spread
local primes, at = {1, 2}, 1
local steps = setmetatable({}, {__mode = 'k'})   -- coroutine -> instructions until it meets the hook

-- a prime number, so that it does not keep time with a loop of the script
local function next_step()
  local wanted = passed / FINE
  if wanted > core.every then wanted = core.every end
  while primes[at + 1] and primes[at + 1] <= wanted do at = at + 1 end
  while at > 1 and primes[at] > wanted do at = at - 1 end
  return primes[at]
end

-- makes no garbage, which would be taken for the script's
local function gauge()
  local here = running()
  local step, count = steps[here], select(3, gethook())
  if step > 1 and count == 1 then step = floor(step / 2) end   -- prodded, somewhere in the step: half of it on average
  if getfenv(2) ~= native then counted = counted + step end   -- our own functions see more than scripts do
  local held = collect('count')
  if held > peak then peak = held end
  hits = hits + 1
  passed, unpolled = passed + step, unpolled + step
  -- prodded, because what it does takes long: hardly anything else counts to one
  local is_prodded = count == 1 and (passed >= FINE or passed % 8 == 0)
  if core.killing or unpolled >= core.every or is_prodded then
    unpolled = 0
    hook()
  end
  if passed < FINE then return end
  step = next_step()
  steps[here] = step
  return sethook(here, gauge, '', step + 1)   -- the return is met by the hook as well
end

-- Many coroutines may end within a step: of those that begin, each meets the hook somewhere else in its first one,
-- so that as many are counted for a whole step as makes it come right.
function core.arm_gauge(co)
  local step = next_step()
  steps[co] = step
  place = (place + 0.61803398875) % 1
  sethook(co, gauge, '', floor(place * step) + 1)
end

local function find_primes(most)
  for n = 3, most, 2 do
    local is_prime = true
    for i = 2, #primes do
      if primes[i] * primes[i] > n then break end
      if n % primes[i] == 0 then is_prime = false break end
    end
    if is_prime then primes[#primes + 1] = n end
  end
end

-- what redis.call does is done where no hook counts
local helper, calls, failures = nil, 0, 0
local plain = {}

local function new_helper()
  local function serve(f, ...) return serve(yield(f(...))) end
  helper = create(serve)
end

local function back(ok, reply)
  if ok then return reply end
  failures = failures + 1
  new_helper()
  error(reply, 0)
end

local function outside(f)
  return setfenv(function(...)
    calls = calls + 1
    core.caller = running()
    return back(resume(helper, f, ...))
  end, core.globals)   -- counted, so that it can be taken off to the letter
end

function core.collect()
  collect('collect')
end

function core.begin_gauge()
  if #primes == 2 then find_primes(core.every) end
  counted, passed, unpolled, place, hits, at = 0, 0, 0, 0, 0, 1
  base = collect('count')
  peak = base
  core.gauging = true
  plain.call, plain.pcall = core.redis.call, core.redis.pcall
  if not helper then
    setfenv(back, core.globals)
    plain.counted_call, plain.counted_pcall = outside(plain.call), outside(plain.pcall)
  end
  if not helper or status(helper) == 'dead' then new_helper() end   -- a kill may have come ahead of `back`
  core.redis.call, core.redis.pcall = plain.counted_call, plain.counted_pcall
  calls, failures = 0, 0
  core.arm(core.worker)
end

function core.end_gauge()
  core.gauging, core.caller = false, nil
  core.redis.call, core.redis.pcall = plain.call, plain.pcall
  core.arm(core.worker)
  local held = collect('count')
  if held > peak then peak = held end
  counted = counted - calls * OF_CALL - failures * OF_ERROR
  return counted > 0 and counted or 0, floor((peak - base) * 1024), hits
end
"""
