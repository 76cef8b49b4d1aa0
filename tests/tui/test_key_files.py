"""Keys into files and back, to the byte."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from redis_tui.errors import FileError
from redis_tui.resp.inline import split_inline
from redis_tui.session.open import open_session
from redis_tui.tui.key_files import read_commands, write_keys
from tests.tui.test_keys import at_keys, open_with

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.conftest import Until

LINES = (
    r'SET "bin\xff" "\x00\n\"q"',
    "HSET h a 1 b 2",
    "HPEXPIRE h 900000 FIELDS 1 b",
    "RPUSH l x y x",
    r'SADD s "\xfe"',
    "ZADD z 0.1 a inf b",
    "XADD e 5-1 kind start",
    "PEXPIRE l 900000",
)


async def everything(session: Any) -> list[Any]:
    asked = (
        r'GET "bin\xff"',
        "HMGET h a b",
        "LRANGE l 0 -1",
        "SMEMBERS s",
        "ZRANGE z 0 -1 WITHSCORES",
        "XRANGE e - +",
        "PERSIST l",
        "HPERSIST h FIELDS 1 b",
    )
    return [await session.execute(split_inline(line.encode())) for line in asked]


@pytest.mark.parametrize("ending", ["redis", "json", "dump"])
async def test_what_is_exported_comes_back_to_the_byte(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"keys.{ending}"
    source, target = await open_session("memory://"), await open_session("memory://")
    for line in LINES:
        await source.execute(split_inline(line.encode()))
    names = [b"bin\xff", b"h", b"l", b"s", b"z", b"e"]
    tallies = [tally async for tally in write_keys(source, names, path)]
    assert (tallies[-1].done, tallies[-1].failed) == (6, 0)
    for command in read_commands(path):
        await target.execute(command)
    assert await everything(target) == await everything(source)
    await source.close()
    await target.close()


async def test_json_is_readable(tmp_path: Path) -> None:
    session = await open_session("memory://")
    await session.execute([b"HSET", b"h", b"name", b"\xc3\xa9", b"raw", b"\xff"])
    path = tmp_path / "keys.json"
    assert [tally.done async for tally in write_keys(session, [b"h", b"missing"], path)] == [1, 2]
    assert json.loads(path.read_text()) == {
        "key": "h",
        "type": "hash",
        "value": [["name", "é"], ["raw", {"base64": "/w=="}]],
    }
    await session.close()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("SET a 1\nFLUSHALL\n", "line 2: FLUSHALL is not imported"),
        ('SET a "open\n', "line 1: this is no exported key"),
        ('{"key": "a"}\n', "line 1: this is no exported key"),
        ('{"key": {"base64": "?"}, "type": "string", "value": ""}\n', "line 1: this is no exported key"),
    ],
)
def test_a_file_with_anything_else_in_it_is_refused_before_anything_is_sent(
    text: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "keys.redis"
    path.write_text(text)
    with pytest.raises(FileError, match=told):
        read_commands(path)


async def test_selected_keys_go_to_a_file_and_come_back(until: Until, home: Path) -> None:
    app, session = await open_with(["SET a 1", "RPUSH b x"])
    async with app.run_test(size=(120, 40)) as pilot:
        bench = await at_keys(app, pilot, until, session)
        await pilot.press("a", "x")
        await bench.type("out.json")
        await bench.until(lambda: "Exported 2 keys to out.json." in bench.notices())
        await bench.ask("DEL a b")
        await pilot.press("i")
        await bench.type("out.json")
        await bench.answer("import")
        await bench.until(lambda: "Carried out 2 commands of out.json." in bench.notices())
        assert await bench.ask("LRANGE b 0 -1") == [b"x"]
