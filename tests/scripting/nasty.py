"""Scripts that mean harm, made up by chance; ``python -m tests.scripting.nasty [SECONDS] [SEED]`` plays them by hand.

Each is played on an engine in a process of its own, with a time limit. Whatever it does, that process must live on, the
script must end soon after its time is up, and the next one be answered right. What it answers is nobody's business.
"""

from __future__ import annotations

import faulthandler
import random
import subprocess
import sys
import time

from redis_tui.engine.engine import Engine
from redis_tui.engine.scripts import Observation

LIMIT_MS = 200
LATE_MS = 200
"""A script may go on for so long after its time is up; processor time, since the machine has other work as well."""
PLAIN = b"local t = {('a1'):find('(%d)')} table.insert(t, redis.call('get', KEYS[1])) t[5] = pcall(error) and 1 or 0 return t"
PLAIN_REPLY = [2, 2, b"1", b"v", 0]


def _words(text: str, between: str | None = None) -> list[str]:
    return [word.strip() for word in text.split(between)]


NUMBERS = _words("0 1 -1 2 3 7 255 1.5 -0.5 1e15 2^31 -2^31 2^53 2^63 -2^63 1e308 1/0 -1/0 0/0 7999 8000 1e5")
TEXTS = _words(r"""
    '' 'a' 'x' '%' '%d' '%99.99f' '%q' '\0' '\255' '1' '0x10' '1e5' 'k' 'nan' '[' '{' '{"a":[1,{}]}' '[[[[' '\27Lua' BIG
    BIG..'b' ('[['):rep(1e5) ('\0\n\"'):rep(1e5) ('a'):rep(1e6) ('%s'):rep(200) '>I16' '!16d' 'c0s' 'i' 'return' 'x=' 'local'
""")
PATTERNS = _words("""
    '(a?)' '.-' '.*' '(.-)b' '%b()' '%f[%w]' '(a*)*' '[^x]*x' '%1' '(a)%1' '(' ')' '[' '%' '^' '$' '()' ('a?'):rep(1e5)
    ('(.-)'):rep(30)..'b' ('.-x'):rep(9) ('a*'):rep(50)..'b' ('('):rep(40) ('[a'):rep(1e5) 'a-b' '%z' ('a'):rep(5e5)..'b'
""")
ODD = _words(
    r"""
    nil | true | false | T | META | CO | function() end | function(...) return ... end | function() error(T) end |
    function() while true do end end | redis | redis.call | pcall | string | string.rep | cjson.null | _G | KEYS |
    coroutine.yield | coroutine.wrap(pcall_) | {} | {1,2,3} | {T} | {err=T} | {ok='a\r\nb'} | {map=T} | {double=0/0} |
    {set={[T]=1}} | {[1]=1,[1e9]=2} | {err=BIG} | {big_number='1'} | {n=1e9} | F
    """,
    "|",
)
FUNCTIONS = _words("""
    assert collectgarbage error gcinfo getmetatable ipairs load loadstring next pairs pcall rawequal rawget rawset select
    setmetatable tonumber tostring type unpack xpcall string.byte string.char string.dump string.find string.format
    string.gmatch string.gsub string.len string.lower string.match string.rep string.reverse string.sub string.upper
    table.concat table.foreach table.foreachi table.getn table.insert table.maxn table.remove table.setn table.sort
    math.random math.randomseed math.fmod math.floor math.ldexp math.max coroutine.create coroutine.resume
    coroutine.running coroutine.status coroutine.wrap coroutine.yield cjson.encode cjson.decode cjson.new
    cjson.encode_max_depth cjson.encode_sparse_array cmsgpack.pack cmsgpack.unpack cmsgpack.unpack_one
    cmsgpack.unpack_limit struct.pack struct.unpack struct.size bit.bor bit.lshift bit.tohex bit.rol redis.call redis.pcall
    redis.sha1hex redis.error_reply redis.status_reply redis.log redis.setresp redis.set_repl redis.acl_check_cmd F
""")
PATTERN_FUNCTIONS = _words("string.find string.match string.gmatch string.gsub")
COMMANDS = _words("""
    get set append incr incrbyfloat del lpush lrange lrem linsert sadd smembers sunion zadd zrange hset hgetall
    hincrbyfloat eval evalsha script multi subscribe select keys scan sort object type rename expire xadd xrange xread
    geoadd pfadd pfmerge echo ping time info config client command function fcall wait publish debug blpop nosuch restore
    dump copy lcs
""")
COLLECT = _words("'collect' 'stop' 'restart' 'step' 'setpause' 'setstepmul' 'count' 'bogus'")
METHODS = _words(
    "__index __newindex __call __concat __lt __le __eq __add __unm __len __tostring __metatable __gc __mode"
)
PRELUDE = (
    "local BIG, T, META, CO, F = ('ab'):rep(50000), {}, {}, nil, nil\n"
    "local function pcall_(f, ...) return pcall(f, ...) end\n"
    "F = function(n, ...) return F((tonumber(n) or 0) + 1, ...) end\n"
    "CO = coroutine.create(function(...) while true do coroutine.yield(...) end end)\n"
)


def nasty(seed: int) -> str:
    """A script by its number."""
    chance = random.Random(seed)
    lines = "\n".join(_statement(chance, 3) for _ in range(chance.randint(1, 5)))
    return f"{PRELUDE}{lines}\nreturn {_value(chance, 2)}"


def _value(chance: random.Random, depth: int) -> str:
    kind = chance.random()
    if depth and kind < 0.3:
        return _call(chance, depth - 1)
    if kind < 0.5:
        return chance.choice(NUMBERS)
    if kind < 0.75:
        return f"({chance.choice(TEXTS)})"
    return f"({chance.choice(ODD)})"


def _call(chance: random.Random, depth: int) -> str:
    kind = chance.random()
    if kind < 0.15:
        extra = f", {_value(chance, depth)}" if chance.random() < 0.7 else ", 'x', 5"
        return f"{chance.choice(PATTERN_FUNCTIONS)}({chance.choice(TEXTS)}, {chance.choice(PATTERNS)}{extra})"
    arguments = [_value(chance, depth) for _ in range(chance.choice((0, 1, 1, 2, 2, 3, 4)))]
    if kind < 0.3:
        given = ", ".join([repr(chance.choice(COMMANDS)), "'k'", *arguments])
        return f"redis.{chance.choice(('call', 'pcall'))}({given})"
    if kind < 0.33:
        return f"collectgarbage({chance.choice(COLLECT)})"
    if kind < 0.36:
        return f"redis.pcall('rpush', 'k', unpack(T, 1, {chance.choice(NUMBERS)}))"
    if kind < 0.6:
        return f"pcall({', '.join([chance.choice(FUNCTIONS), *arguments])})"
    return f"{chance.choice(FUNCTIONS)}({', '.join(arguments)})"


def _statement(chance: random.Random, depth: int) -> str:
    if not depth:
        return f"pcall(function() return {_call(chance, 1)} end)"
    inner = _statement(chance, depth - 1)
    value, other = _value(chance, 1), _value(chance, 1)
    guarded = f"pcall(function() {inner} end)"
    body = f"function(...) {guarded} return {value} end"
    return chance.choice(
        (
            f"local _ = {_call(chance, 2)}",
            guarded,
            f"while true do {guarded} end",
            f"for _ = 1, 50 do {guarded} end",
            f"xpcall({body}, {body})",
            f"xpcall(function() error({value}) end, function(e) {inner} return e end)",
            f"pcall(coroutine.wrap({body}), {value})",
            f"CO = coroutine.create({body}) coroutine.resume(CO, {value})",
            f"META[{chance.choice(METHODS)!r}] = {body} setmetatable(T, META)",
            f"META[{chance.choice(METHODS)!r}] = {value} pcall(setmetatable, T, META)",
            f"pcall(function() T[{value}] = {other} end)",
            "T[1] = T T.err = T",
            "for i = 1, 2e4 do T[i] = i % 7 end",
            f"for i = 1, 7000 do rawset(T, i, BIG) end {inner}",
            f"pcall(table.sort, T, function(a, b) {guarded} return {value} end)",
            f"pcall(function() return BIG:gsub('.', {body}) end)",
            f"local function r(n) {inner} return 1 + r(n + 1) end pcall(r, 0)",
            f"local function r(n) return pcall(r, n) end r({value}) {inner}",
            f"local function r() coroutine.wrap(r)() end pcall(r) {inner}",
            f"local f = loadstring({value}) if f then pcall(f) end {inner}",
            f"pcall(function() local f = load(function() return {value} end) f() end)",
            f"pcall(function() local s = BIG while true do s = s .. s {guarded} end end)",
            f"pcall(error, {value}, {other})",
            f"pcall(function() return T {chance.choice(('+', '..', '<', '==', '%', '^'))} {value} end)",
        )
    )


def play(seed: int, count: int) -> None:
    """Plays that many in this process, and says on the way which: the last word of a process that dies."""
    faulthandler.enable()
    engine = Engine()
    client = engine.connect()
    for number in range(seed, seed + count):
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        engine.execute(client, [b"FLUSHALL"])
        engine.execute(client, [b"SET", b"key", b"v"])
        engine.scripts.observation = Observation(timeout_ms=LIMIT_MS)
        started = time.thread_time()
        engine.execute(client, [b"EVAL", nasty(number).encode("latin-1"), b"1", b"k"])
        took_ms = (time.thread_time() - started) * 1000
        engine.scripts.observation = None
        engine.execute(client, [b"SELECT", b"0"])
        engine.execute(client, [b"SET", b"key", b"v"])
        reply = engine.execute(client, [b"EVAL", PLAIN, b"1", b"key"])
        if reply != PLAIN_REPLY:
            sys.exit(f"then the next script answered {reply!r}")
        if took_ms > LIMIT_MS + LATE_MS:
            sys.exit(f"took {took_ms:.0f} ms")


def fault(seed: int, count: int, timeout_s: float) -> str | None:
    """Plays that many in another process.

    Returns:
        What went wrong, with the number of the script; None where nothing did.
    """
    command = [sys.executable, "-c", f"from tests.scripting.nasty import play; play({seed}, {count})"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    except subprocess.TimeoutExpired as late:
        return f"script {_last(late.stdout)} does not end"
    return f"script {_last(done.stdout)}: exit {done.returncode}, {done.stderr[-2000:]}" if done.returncode else None


def _last(printed: bytes | str | None) -> str:
    text = printed.decode() if isinstance(printed, bytes) else printed or ""
    return (text.split() or ["?"])[-1]


def main(seconds: float = 600, seed: int = 0) -> None:
    """Plays for that long, and prints what goes wrong."""
    ends_at = time.monotonic() + seconds
    played = 0
    while time.monotonic() < ends_at:
        wrong = fault(seed, 100, 120)
        if wrong:
            sys.stdout.write(f"{wrong}\n")
            number = wrong.split()[1].rstrip(":")
            played += int(number) - seed + 1 if number.isdigit() else 1
            seed = int(number) + 1 if number.isdigit() else seed + 100
        else:
            played, seed = played + 100, seed + 100
        sys.stdout.flush()
    sys.stdout.write(f"{played} scripts\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
