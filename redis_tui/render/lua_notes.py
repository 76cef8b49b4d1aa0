"""What one has to know of Lua's functions under Redis, beyond what they take: a few sentences or lines of code each.

Knows no interface library. The decision a reader would question: only what Redis adds or does differently
is told here. A manual of Lua 5.1 exists, and a short one of it would be read as the whole.
"""

from __future__ import annotations

from typing import Final

LUA_NOTES: Final[dict[str, tuple[str, ...]]] = {
    "KEYS": (
        "The keys that the run was given, from KEYS[1] on; #KEYS is how many.",
        "Pass every key a script touches here: a cluster finds the node by them, and ACL rules look at them.",
    ),
    "ARGV": (
        "The arguments that the run was given, from ARGV[1] on, all of them strings.",
        "Arithmetic turns them into numbers by itself; a comparison does not: tonumber(ARGV[1]) > 5.",
    ),
    "redis.call": (
        "An error of the command ends the script; redis.pcall hands it over instead.",
        "Arguments are strings or numbers. A reply comes as:",
        "   integer          number",
        "   string           string",
        "   missing value    false, not nil: test it with `if not value then`",
        "   list             table, from index 1",
        "   status           table with the field ok",
        "local value = redis.call('GET', KEYS[1])",
    ),
    "redis.pcall": (
        "As redis.call, but an error comes back as a table with the field err.",
        "local reply = redis.pcall('INCR', KEYS[1])",
        "if type(reply) == 'table' and reply.err then return reply end",
    ),
    "redis.error_reply": (
        "The first word is taken for the code: return redis.error_reply('NOTFOUND there is no such user')",
    ),
    "redis.status_reply": ("return redis.status_reply('OK')",),
    "redis.sha1hex": ("redis.sha1hex('') is da39a3ee5e6b4b0d3255bfef95601890afd80709.",),
    "redis.log": (
        "redis.log(redis.LOG_NOTICE, 'seen ' .. #KEYS)",
        "What is logged is in the tab Log of the result.",
    ),
    "redis.setresp": (
        "With 3, replies of commands come in the types of RESP3: a hash as {map = …}, a score as {double = …}.",
        "It holds for the run that calls it.",
    ),
    "redis.acl_check_cmd": ("if not redis.acl_check_cmd('SET', KEYS[1], 'x') then return false end",),
    "redis.replicate_commands": ("Scripts always replicate their effects since Redis 7.0; it does nothing any more.",),
    "redis.set_repl": ("For experts: replicas and the append-only file may then differ from this server's data.",),
    "redis.register_function": (
        "Only while a library is loaded, whose first line names it: #!lua name=mylib",
        "redis.register_function('once', function(keys, args) return redis.call('SETNX', keys[1], args[1]) end)",
        "Also as one table, with flags: {function_name = 'once', callback = once, flags = {'no-writes'}}",
    ),
    "cjson.encode": (
        "An empty table is written as {}, never as [].",
        "Numbers keep 14 digits: ids that are longer belong into strings.",
    ),
    "cjson.decode": (
        "Text that is no JSON is an error; pcall(cjson.decode, text) catches it.",
        "JSON's null comes as cjson.null, which is true in an if.",
    ),
    "cmsgpack.pack": ("Each value is packed by itself; the texts stand one behind another.",),
    "struct.pack": (
        "Format: > big-endian, < little-endian, ! alignment; b B one byte, h H two, i4 I4 four, l L eight,",
        "f float, d double, s ends with a zero byte, c3 three bytes, x a byte of padding.",
        "struct.pack('>I4', 1) is four bytes: 00 00 00 01",
    ),
    "struct.unpack": (
        "The last result is where the next value begins.",
        "Formats are those of struct.pack.",
    ),
    "bit.band": ("All of bit works on 32 bits with a sign: bit.bor(0xffffffff, 0) is -1.",),
    "bit.tohex": ("bit.tohex(255, 4) is 00ff; a negative number of digits gives capitals.",),
    "math.random": (
        "The row begins anew with each run, so that a run can be repeated: pass a seed in ARGV for another.",
    ),
    "unpack": ("Some thousand values at most: work in slices of them.",),
}
"""By the names that scripts use; lines that begin with three spaces are tables."""
