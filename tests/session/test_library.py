"""Functions of a library, run as scripts are: on the embedded engine and on real servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotSupportedError, UsageError
from redis_tui.resp.types import ErrorReply
from redis_tui.session.base import ScriptRun
from redis_tui.session.library import libraries, library_name, load_library, loaded, run_loaded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import Session
    from redis_tui.session.library import Library

SOURCE = b"""#!lua name=mylib
redis.register_function('my_incr', function(keys, args)
  return redis.call('incrby', keys[1], args[1])
end)
redis.register_function{
  function_name = 'my_get',
  description = 'reads it',
  callback = function(keys) return redis.call('get', keys[1]) end,
  flags = {'no-writes'},
}
redis.register_function('my_error', function()
  local nothing = nil
  return nothing.field
end)
"""
OTHER = SOURCE.replace(b"args[1])", b"args[1] * 10)")
CALL = ScriptRun(SOURCE, (b"n",), (b"5",), name="mylib", function=b"my_incr")


@pytest.fixture
async def session(session: Session) -> AsyncIterator[Session]:
    await session.execute([b"FUNCTION", b"FLUSH"])
    yield session
    await session.execute([b"FUNCTION", b"FLUSH"])


async def agree(_name: str) -> bool:
    return True


async def decline(_name: str) -> bool:
    return False


def test_a_library_is_told_by_its_first_line() -> None:
    assert library_name(SOURCE) == "mylib"
    assert library_name(b"#!lua flags=no-writes\nreturn 1") is None
    assert library_name(b"return 1 -- #!lua name=x") is None


async def test_a_function_is_loaded_and_called(session: Session) -> None:
    outcome = await run_loaded(session, CALL, decline)
    assert (outcome.reply, outcome.changes_total) == (5, 1)
    assert [(library.name, library.engine) for library in await _held(session)] == [("mylib", "LUA")]
    assert [(one.name, one.flags, one.description) for one in (await _held(session))[0].functions] == [
        ("my_error", (), ""),
        ("my_get", ("no-writes",), "reads it"),
        ("my_incr", (), ""),
    ]
    assert await session.scripts() == []


async def test_the_same_code_is_not_loaded_twice_and_other_code_replaces_only_where_that_is_agreed_to(
    session: Session,
) -> None:
    assert await load_library(session, SOURCE, decline) == b"mylib"
    assert await load_library(session, SOURCE, decline) == b"mylib"
    with pytest.raises(UsageError, match="library mylib with other code"):
        await load_library(session, OTHER, decline)
    assert await load_library(session, OTHER, agree) == b"mylib"
    assert [library.code for library in await _held(session)] == [OTHER]


async def test_a_dry_run_keeps_neither_data_nor_library(session: Session) -> None:
    await load_library(session, OTHER, decline)
    dry = ScriptRun(SOURCE, (b"n",), (b"5",), function=b"my_incr", dry_run=True, trace=True)
    outcome = await run_loaded(session, dry, decline)
    assert (outcome.reply, [row.line for row in outcome.trace]) == (5, [3])
    assert [library.code for library in await _held(session)] == [OTHER]
    assert await session.execute([b"EXISTS", b"n"]) == 0
    await session.execute([b"FUNCTION", b"FLUSH"])
    await run_loaded(session, dry, decline)
    assert await _held(session) == []


async def test_an_error_of_a_function_names_its_line(session: Session) -> None:
    outcome = await run_loaded(session, ScriptRun(SOURCE, function=b"my_error"), decline)
    assert outcome.error is not None
    assert (outcome.error.line, outcome.error.source) == (13, "  return nothing.field")
    assert outcome.error.message == "attempt to index local 'nothing' (a nil value)"


async def test_a_library_that_does_not_compile_is_an_outcome(session: Session) -> None:
    outcome = await run_loaded(session, ScriptRun(b"#!lua name=l\nlocal x = = 3", function=b"f"), decline)
    assert isinstance(outcome.reply, ErrorReply)
    assert outcome.error is not None
    assert outcome.error.line == 2


async def test_a_function_that_is_not_there_is_told_with_those_that_are(session: Session) -> None:
    with pytest.raises(UsageError, match=r"no function nope\. It has my_error, my_get, my_incr\."):
        await run_loaded(session, ScriptRun(SOURCE, function=b"nope"), decline)


async def test_a_function_that_only_reads_can_be_called_so(session: Session) -> None:
    await run_loaded(session, CALL, decline)
    read = await run_loaded(session, ScriptRun(SOURCE, (b"n",), function=b"my_get", read_only=True), decline)
    assert read.reply == b"5"
    write = await run_loaded(session, ScriptRun(SOURCE, (b"n",), function=b"my_incr", read_only=True), decline)
    assert isinstance(write.reply, ErrorReply)


async def test_nothing_is_loaded_while_multi_is_open(session: Session) -> None:
    await session.execute([b"MULTI"])
    with pytest.raises(NotSupportedError, match="MULTI is open"):
        async with loaded(session, CALL, agree):
            pass
    await session.execute([b"DISCARD"])


async def _held(session: Session) -> list[Library]:
    found = await libraries(session)
    assert isinstance(found, list)
    return found
