"""What a run did to each key, by type, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.render.changes import changes_lines
from redis_tui.render.spans import plain
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import NULL_ARRAY
from redis_tui.session.base import Part, PartKind, ScriptRun
from redis_tui.session.difference import PARTS

if TYPE_CHECKING:
    from redis_tui.session.base import ScriptOutcome, Session


async def play(session: Session, setup: str, body: str, *keys: bytes) -> ScriptOutcome:
    for line in setup.splitlines():
        await session.execute(split_inline(line.encode()))
    outcome = await session.run(ScriptRun(body.encode(), keys))
    assert outcome.error is None
    return outcome


CASES = {
    "string": ("SET k a", "redis.call('SET', 'k', 'b')", '~ k  string\n    "a" → "b"'),
    "string in place": (
        f"SET k {'x' * 200}",
        "redis.call('SETRANGE', 'k', 100, 'YZ')",
        '~ k  string\n    200 → 200 bytes\n    ~ at byte 100 "xx" → "YZ"',
    ),
    "bit of a long string": (
        "SETBIT k 4000 1",
        "redis.call('SETBIT', 'k', 7, 1)",
        '~ k  string\n    501 → 501 bytes\n    ~ at byte 0 "\\x00" → "\\x01"',
    ),
    "hash": (
        "HSET k a 1 b 2 c 3",
        "redis.call('HSET', 'k', 'b', 9, 'd', 4) redis.call('HDEL', 'k', 'c')",
        '~ k  hash\n    ~ "b"  "2" → "9"\n    - "c"  "3"\n    + "d"  "4"',
    ),
    "time of a field": (
        "HSET k a 1 b 2\nHPEXPIREAT k 32503680000000 FIELDS 1 a",
        "redis.call('HPERSIST', 'k', 'FIELDS', 1, 'a')",
        '~ k  hash\n    - TTL of "a"  # s',
    ),
    "set": (
        "SADD k a b",
        "redis.call('SADD', 'k', 'c') redis.call('SREM', 'k', 'a')",
        '~ k  set\n    - "a"\n    + "c"',
    ),
    "sorted set": (
        "ZADD k 1 a 2 b",
        "redis.call('ZADD', 'k', 2.5, 'a') redis.call('ZREM', 'k', 'b') redis.call('ZADD', 'k', 7, 'c')",
        '~ k  zset\n    ~ "a"  1 → 2.5\n    - "b"  2\n    + "c"  7',
    ),
    "list at its ends": (
        "RPUSH k a b c d",
        "redis.call('LPOP', 'k') redis.call('RPUSH', 'k', 'e', 'f')",
        '~ k  list  4 → 5\n    - [0] "a"  popped left\n    + [3] "e"  pushed right\n    + [4] "f"  pushed right',
    ),
    "rotated list": (
        "RPUSH k a b c d",
        "redis.call('LMOVE', 'k', 'k', 'RIGHT', 'LEFT')",
        '~ k  list\n    - [3] "d"  popped right\n    + [0] "d"  pushed left',
    ),
    "trimmed list": (
        "RPUSH k a b c d e",
        "redis.call('LTRIM', 'k', 0, 2)",
        '~ k  list  5 → 3\n    - [3] "d"  popped right\n    - [4] "e"  popped right',
    ),
    "list set at an index": (
        "RPUSH k a b c",
        "redis.call('LSET', 'k', 1, 'x')",
        '~ k  list\n    ~ [1] "b" → "x"',
    ),
    "list, removed here and there": (
        "RPUSH k a x b x c y",
        "redis.call('LREM', 'k', 0, 'x') redis.call('LSET', 'k', -1, 'z')",
        '~ k  list  6 → 4\n    - [1] "x"\n    - [3] "x"\n    ~ [5] "y" → "z"',
    ),
    "stream": (
        "XADD k 1-1 f v\nXADD k 2-1 f w",
        "redis.call('XADD', 'k', '3-1', 'g', 'x', 'h', 'y') redis.call('XDEL', 'k', '1-1')",
        '~ k  stream\n    - 1-1  "f" "v"\n    + 3-1  "g" "x" "h" "y"',
    ),
    "last id of a stream": (
        "XADD k 1-1 f v",
        "redis.call('XSETID', 'k', '9-9')",
        '~ k  stream\n    ~ last id  "1-1" → "9-9"',
    ),
    "groups of a stream": (
        "XADD k 1-1 f v\nXGROUP CREATE k old 0",
        "redis.call('XGROUP', 'CREATE', 'k', 'new', '0') redis.call('XREADGROUP', 'GROUP', 'old', 'me', 'STREAMS', 'k', '>')",
        (
            '~ k  stream\n    ~ group "old"  "0-0" → "1-1"\n    + group "new"  "0-0"\n    + consumer "old me"  1\n'
            '    + pending "old 1-1"  "me"'
        ),
    ),
    "vector set": (
        "VADD k VALUES 2 1 0 a NOQUANT\nVADD k VALUES 2 0 1 b NOQUANT",
        "redis.call('VREM', 'k', 'a') redis.call('VADD', 'k', 'VALUES', 2, 0, 2, 'c', 'NOQUANT', 'SETATTR', '{}')",
        '~ k  vectorset\n    - "a"  1 0\n    + "c"  0 2 "{}"',
    ),
    "created": ("", "redis.call('RPUSH', 'k', 'a')", '+ k  list  created  0 → 1\n    + [0] "a"'),
    "deleted": ("HSET k f v", "redis.call('DEL', 'k')", '- k  hash  deleted  1 → 0\n    - "f"  "v"'),
    "stream deleted": (
        "XADD k 1-1 f v",
        "redis.call('DEL', 'k')",
        '- k  stream  deleted  1 → 0\n    - 1-1  "f" "v"',
    ),
    "stream of nothing but a last id deleted": (
        "XADD k 1-1 f v\nXDEL k 1-1",
        "redis.call('DEL', 'k')",
        "- k  stream  deleted",
    ),
    "of another type": (
        "SADD k a",
        "redis.call('DEL', 'k') redis.call('LPUSH', 'k', 'b')",
        '~ k  list  was set\n    - "a"\n    + [0] "b"',
    ),
    "renamed": (
        "HSET old f v",
        "redis.call('RENAME', 'old', 'k')",
        '- old  hash  deleted  1 → 0\n    - "f"  "v"\n+ k  hash  renamed from old  0 → 1\n    + "f"  "v"',
    ),
    "time to live set": ("SET k v", "redis.call('PEXPIREAT', 'k', 32503680000000)", "~ k  string\n    TTL  none → # s"),
    "nothing after all": ("SET k v", "redis.call('SET', 'k', 'w') redis.call('SET', 'k', 'v')", "nothing changed"),
    "an entry that came and went": (
        "XADD k 1-1 f v",
        "redis.call('XADD', 'k', 'NOMKSTREAM', '2-1', 'f', 'v') redis.call('XDEL', 'k', '2-1')",
        '~ k  stream\n    ~ last id  "1-1" → "2-1"',
    ),
}


@pytest.mark.parametrize(("setup", "body", "shown"), CASES.values(), ids=CASES)
async def test_each_type_tells_what_happened_to_its_parts(embedded: Session, setup: str, body: str, shown: str) -> None:
    outcome = await play(embedded, setup, body)
    text = plain(changes_lines(outcome.changes, outcome.changes_total))
    if "#" in shown:
        head, tail = shown.split("#")
        assert text.startswith(head)
        assert text.endswith(tail)
    else:
        assert text == shown


async def test_a_large_collection_tells_the_first_parts_by_its_whole_value(embedded: Session) -> None:
    setup = "EVAL \"for i = 1, 5000 do redis.call('ZADD', 'k', i, 'm' .. i) end\" 0"
    outcome = await play(embedded, setup, "redis.call('ZREMRANGEBYSCORE', 'k', 4001, 5000)")
    change = outcome.changes[0]
    assert change.before.cut
    assert change.parts is not None
    assert (len(change.parts), change.parts_total) == (PARTS, 1000)
    assert change.parts[0] == Part(PartKind.REMOVED, "member", b"m4001", None, 4001.0, None)
    assert plain(changes_lines(outcome.changes, 1, limit=PARTS)).split("\n")[PARTS + 1].strip() == "… 800 more"


@pytest.mark.parametrize("name", ["hash", "set", "sorted set", "list at its ends", "rotated list", "stream"])
async def test_a_server_tells_the_same_of_declared_keys(remote: Session, name: str) -> None:
    setup, body, shown = CASES[name]
    outcome = await play(remote, setup, body, b"k")
    assert plain(changes_lines(outcome.changes, outcome.changes_total)) == shown


async def test_a_dry_run_of_a_servers_stream_has_its_groups(remote: Session) -> None:
    for line in (b"XADD k 1-1 f v", b"XGROUP CREATE k g 0"):
        await remote.execute(line.split())
    source = b"return redis.call('XREADGROUP', 'GROUP', 'g', 'me', 'STREAMS', KEYS[1], '>')"
    outcome = await remote.run(ScriptRun(source, (b"k",), dry_run=True))
    assert outcome.reply == [[b"k", [[b"1-1", [b"f", b"v"]]]]]
    assert await remote.execute([b"XPENDING", b"k", b"g"]) == [0, None, None, NULL_ARRAY]
