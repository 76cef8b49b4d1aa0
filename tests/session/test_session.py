"""What every kind of session does alike."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from redis_tui.errors import AuthError, ConnectError, NotSupportedError, SessionError, UsageError
from redis_tui.resp.types import NULL_ARRAY, ErrorReply, Map, Reply, Status
from redis_tui.session.base import Capability, Change, EventKind, KillOutcome, ScriptRun, Session, Snapshot
from redis_tui.session.open import open_session
from redis_tui.workspace import load_example
from tests.conformance.real_server import RealServer, running

COUNTER = load_example("counter").source
PUSH = load_example("push_if_exists").source
DELETE = load_example("delete_if_equal").source


async def test_a_command_gives_its_reply_with_its_type(session: Session) -> None:
    assert await session.execute([b"SET", b"greeting", b"OK"]) == Status(b"OK")
    reply = await session.execute([b"GET", b"greeting"])
    assert reply == b"OK"
    assert not isinstance(reply, Status)
    assert await session.execute([b"LLEN", b"greeting"]) == ErrorReply(
        b"WRONGTYPE Operation against a key holding the wrong kind of value"
    )


async def test_a_hash_comes_flat_as_resp2_has_it(session: Session) -> None:
    await session.execute([b"HSET", b"user", b"name", b"ada", b"age", b"36"])
    assert await session.execute([b"HGETALL", b"user"]) == [b"name", b"ada", b"age", b"36"]


async def test_select_changes_the_database_and_db_leaves_it(session: Session) -> None:
    await session.execute([b"SELECT", b"3"])
    assert session.db == 3
    await session.execute([b"SET", b"k", b"in three"])
    assert await session.execute([b"GET", b"k"], db=0) is None
    assert session.db == 3
    assert await session.execute([b"GET", b"k"]) == b"in three"


async def test_a_database_that_a_transaction_could_not_choose_is_not_taken_for_chosen(session: Session) -> None:
    await session.execute([b"MULTI"])
    for name in (b"2", b"99999", b"nonsense"):
        assert await session.execute([b"SELECT", name]) == Status(b"QUEUED")
    reply = await session.execute([b"EXEC"])
    assert isinstance(reply, list)
    assert [isinstance(one, ErrorReply) for one in reply] == [False, True, True]
    assert session.db == 2
    assert await session.execute([b"SELECT", b"0"]) == Status(b"OK")


async def test_many_commands_may_be_none(session: Session) -> None:
    assert await session.execute_many([]) == []


async def test_the_counter_counts(session: Session) -> None:
    first = await session.run(ScriptRun(COUNTER, (b"counter",), name="counter"))
    second = await session.run(ScriptRun(COUNTER, (b"counter",), name="counter"))
    assert (first.reply, second.reply) == (1, 2)
    assert first.changes == (Change(0, b"counter", Snapshot("none", None, 0), Snapshot("string", b"1", 1)),)
    assert second.changes == (Change(0, b"counter", Snapshot("string", b"1", 1), Snapshot("string", b"2", 1)),)
    assert await session.execute([b"GET", b"counter"]) == b"2"


async def test_push_if_exists_pushes_only_then(session: Session) -> None:
    run = ScriptRun(PUSH, (b"mykey", b"mylist"), (b"myvalue",))
    assert (await session.run(run)).reply == 0
    await session.execute([b"SET", b"mykey", b"here"])
    outcome = await session.run(run)
    assert outcome.reply == 1
    assert [(change.key, change.after.value) for change in outcome.changes] == [(b"mylist", [b"myvalue"])]


async def test_delete_if_equal_deletes_only_its_own(session: Session) -> None:
    await session.execute([b"SET", b"mykey", b"some_value"])
    assert (await session.run(ScriptRun(DELETE, (b"mykey",), (b"other",)))).reply == 0
    outcome = await session.run(ScriptRun(DELETE, (b"mykey",), (b"some_value",)))
    assert outcome.reply == 1
    assert [(change.before.value, change.after.type) for change in outcome.changes] == [(b"some_value", "none")]


async def test_a_trace_tells_each_call_with_line_and_reply(session: Session) -> None:
    outcome = await session.run(ScriptRun(COUNTER, (b"counter",), trace=True))
    lines = COUNTER.decode().splitlines()
    called = [(lines[row.line - 1].strip(), row.command, row.reply) for row in outcome.trace]
    assert outcome.reply == 1
    assert outcome.trace_total == 2
    assert called == [
        ("local current = redis.call('get', KEYS[1])", (b"get", b"counter"), None),
        ("redis.call('set', KEYS[1], 1)", (b"set", b"counter", b"1"), Status(b"OK")),
    ]


async def test_a_trace_shows_replies_in_the_shape_the_script_got(session: Session) -> None:
    source = b"""
redis.call('zadd', KEYS[1], 1.5, 'm') redis.call('hset', KEYS[2], 'f', 'v')
redis.call('zincrby', KEYS[1], 1, 'm')
redis.call('zrange', KEYS[1], 0, -1, 'withscores')
redis.call('hgetall', KEYS[2])
redis.call('get', KEYS[3])
"""
    outcome = await session.run(ScriptRun(source, (b"z", b"h", b"none"), trace=True))
    assert [row.reply for row in outcome.trace] == [1, 1, b"2.5", [b"m", b"2.5"], [b"f", b"v"], None]


async def test_a_script_that_chose_resp3_is_shown_what_it_got_then(embedded: Session) -> None:
    source = b"redis.call('zadd', 'z', 1.5, 'm') redis.setresp(3) redis.call('zscore', 'z', 'm')"
    source += b" redis.setresp(2) redis.call('zscore', 'z', 'm')"
    outcome = await embedded.run(ScriptRun(source, trace=True))
    assert [row.reply for row in outcome.trace] == [1, 1.5, b"1.5"]


async def test_a_trace_tells_the_line_of_a_call_that_is_returned(session: Session) -> None:
    source = b"""
local function get(key)
  return redis.call('get', -- the key )
    key)
end
local found = get(KEYS[1]) or redis.pcall('nosuch')
return redis.call('set', KEYS[1], [[)]], 'px', (1 + 2) * 1000)
"""
    outcome = await session.run(ScriptRun(source, (b"k",), trace=True))
    lines = [row.line for row in outcome.trace]
    assert outcome.reply == Status(b"OK")
    assert [lines[0] in (3, 4), *lines[1:]] == [True, 6, 7]  # servers name the call's first line or its last


async def test_a_traced_error_still_names_its_line(session: Session) -> None:
    source = b"local x = 1\nredis.call('set', KEYS[1], x)\nlocal y = redis.call('lpush', KEYS[1], x)\nreturn y"
    outcome = await session.run(ScriptRun(source, (b"k",), trace=True))
    assert outcome.error is not None
    assert (outcome.error.code, outcome.error.line) == ("WRONGTYPE", 3)
    assert outcome.error.source == "local y = redis.call('lpush', KEYS[1], x)"
    assert [row.line for row in outcome.trace] == [2, 3]


async def test_an_error_names_its_line_and_source(session: Session) -> None:
    outcome = await session.run(ScriptRun(b"local a = 1\nreturn nosuch + a"))
    assert outcome.error is not None
    assert outcome.error.code == "ERR"
    assert outcome.error.message == "Script attempted to access nonexistent global variable 'nosuch'"
    assert (outcome.error.line, outcome.error.source) == (2, "return nosuch + a")


async def test_a_syntax_error_names_its_line(session: Session) -> None:
    outcome = await session.run(ScriptRun(b"local a = 1\nif a then\nreturn ("))
    assert outcome.error is not None
    assert outcome.error.line == 3
    assert "unexpected symbol near '<eof>'" in outcome.error.message


async def test_a_dry_run_tells_what_would_change_and_changes_nothing(session: Session) -> None:
    await session.execute([b"SET", b"counter", b"41"])
    outcome = await session.run(ScriptRun(COUNTER, (b"counter",), dry_run=True))
    assert outcome.reply == 42
    assert outcome.dry_run
    assert [(change.before.value, change.after.value) for change in outcome.changes] == [(b"41", b"42")]
    assert await session.execute([b"GET", b"counter"]) == b"41"


async def test_a_dry_run_sees_every_type_and_the_time_to_live(session: Session) -> None:
    for line in (
        b"RPUSH queue a b c",
        b"SADD tags x",
        b"HSET user name ada",
        b"ZADD board 1.5 ada 2 bob",
        b"SET token t EX 1000",
    ):
        await session.execute(line.split())
    source = (
        b"return {redis.call('lrange',KEYS[1],0,-1), redis.call('smembers',KEYS[2]), redis.call('hget',KEYS[3],'name'),"
        b" redis.call('zscore',KEYS[4],'ada'), redis.call('ttl',KEYS[5]) > 900}"
    )
    run = ScriptRun(source, (b"queue", b"tags", b"user", b"board", b"token"), dry_run=True)
    assert (await session.run(run)).reply == [[b"a", b"b", b"c"], [b"x"], b"ada", b"1.5", 1]


async def test_a_read_only_run_refuses_to_write(session: Session) -> None:
    outcome = await session.run(ScriptRun(COUNTER, (b"counter",), read_only=True))
    assert outcome.error is not None
    assert outcome.error.message == "Write commands are not allowed from read-only scripts."
    assert await session.execute([b"EXISTS", b"counter"]) == 0


async def test_scripts_that_were_run_are_listed_by_name(session: Session) -> None:
    await session.run(ScriptRun(COUNTER, (b"counter",), name="counter"))
    await session.run(ScriptRun(COUNTER, (b"counter",), name="counter"))
    [script] = await session.scripts()
    assert (script.name, script.runs, script.on_server, script.source) == ("counter", 2, True, COUNTER)
    assert 0 < script.mean_ms <= script.worst_ms
    await session.execute([b"SCRIPT", b"FLUSH"])
    assert [one.on_server for one in await session.scripts()] in ([], [False])


async def test_events_tell_what_was_sent_without_secrets(session: Session) -> None:
    events = session.events()
    await session.execute([b"CONFIG", b"SET", b"requirepass", b"hunter2"])
    await session.execute([b"CONFIG", b"SET", b"requirepass", b""])
    event = await asyncio.wait_for(anext(events), 5)
    assert (event.kind, event.text) == (EventKind.SENT, "CONFIG SET requirepass ***")


async def test_kill_with_nothing_running_says_so(session: Session) -> None:
    assert await session.kill() is KillOutcome.NOTHING_RUNNING


async def test_a_closed_session_says_so(session: Session) -> None:
    await session.close()
    await session.close()
    with pytest.raises(SessionError, match="This session is closed"):
        await session.execute([b"PING"])


async def test_the_catalog_knows_commands_and_their_usage(session: Session) -> None:
    catalog = await session.catalog()
    get = catalog.get("get")
    assert get is not None
    assert catalog.usage(get) == "GET key"
    assert catalog.get("config set") is not None


async def test_a_spinning_script_is_killed(session: Session) -> None:
    if not session.info.embedded:
        await session.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"10"])
    spinning = asyncio.create_task(session.run(ScriptRun(b"while true do end", name="spin")))
    async with asyncio.timeout(30):
        while session.running() is None:
            await asyncio.sleep(0)
        while await session.kill() is not KillOutcome.KILLED:
            await asyncio.sleep(0)
        outcome = await spinning
    assert outcome.killed
    assert outcome.error is not None
    assert "Script killed by user" in outcome.error.message
    assert (await session.run(ScriptRun(b"return 7"))).reply == 7
    if not session.info.embedded:
        await session.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"5000"])


async def test_a_script_that_has_written_is_unkillable_but_can_be_undone_here(embedded: Session) -> None:
    assert Capability.ROLLBACK_KILL in embedded.info.capabilities
    await embedded.execute([b"SET", b"k", b"before"])
    spinning = asyncio.create_task(
        embedded.run(ScriptRun(b"redis.call('set', KEYS[1], 'after') while true do end", (b"k",)))
    )
    async with asyncio.timeout(30):
        while (running := embedded.running()) is None or not running.has_written:
            await asyncio.sleep(0)
        assert await embedded.kill() is KillOutcome.UNKILLABLE
        assert await embedded.kill(undo=True) is KillOutcome.KILLED
        outcome = await spinning
    assert [(change.before.value, change.after.value) for change in outcome.changes] == [(b"before", b"after")]
    assert await embedded.execute([b"GET", b"k"]) == b"before"


@pytest.mark.parametrize("command", ["eval", "evalsha", "fcall"])
async def test_what_a_typed_script_has_written_can_be_undone_too(embedded: Session, command: str) -> None:
    body = b"redis.call('rpush', 'l', 'b') redis.call('set', 'k', 'after') while true do end"
    library = b"#!lua name=l\nredis.register_function('spin', function() " + body + b" end)"
    sha = await embedded.execute([b"SCRIPT", b"LOAD", body])
    await embedded.execute([b"FUNCTION", b"LOAD", library])
    await embedded.execute([b"RPUSH", b"l", b"a"])
    assert isinstance(sha, bytes)
    argv = {
        "eval": [b"EVAL", body, b"0"],
        "evalsha": [b"EVALSHA", sha, b"0"],
        "fcall": [b"FCALL", b"spin", b"0"],
    }[command]
    spinning = asyncio.create_task(embedded.execute(argv))
    async with asyncio.timeout(30):
        while (running := embedded.running()) is None or not running.has_written:
            await asyncio.sleep(0)
        assert await embedded.kill() is KillOutcome.UNKILLABLE
        assert await embedded.kill(undo=True) is KillOutcome.KILLED
        reply = await spinning
    assert isinstance(reply, ErrorReply)
    assert "killed by user" in reply.message
    assert await embedded.execute([b"EXISTS", b"k"]) == 0
    assert await embedded.execute([b"LRANGE", b"l", b"0", b"-1"]) == [b"a"]


async def test_a_typed_script_that_is_not_killed_keeps_what_it_wrote(embedded: Session) -> None:
    waiting = asyncio.create_task(embedded.execute([b"BLPOP", b"l", b"0"]))
    await embedded.execute([b"PING"])
    assert await embedded.execute([b"EVAL", b"return redis.call('rpush', 'l', 'a', 'b')", b"0"]) == 2
    assert await waiting == [b"l", b"a"]
    assert await embedded.execute([b"LRANGE", b"l", b"0", b"-1"]) == [b"b"]


async def test_a_script_typed_while_another_is_busy_is_told_so(embedded: Session) -> None:
    await embedded.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"10"])
    spinning = asyncio.create_task(embedded.execute([b"EVAL", b"redis.call('set', 'k', 'v') while true do end", b"0"]))
    async with asyncio.timeout(30):
        while (running := embedded.running()) is None or not running.has_written:
            await asyncio.sleep(0)
        reply = await embedded.execute([b"EVAL", b"return 1", b"0"])
        assert isinstance(reply, ErrorReply)
        assert reply.code == "BUSY"
        assert await embedded.kill(undo=True) is KillOutcome.KILLED
        await spinning
    assert await embedded.execute([b"EXISTS", b"k"]) == 0


async def test_a_run_that_lasts_longer_than_its_limit_is_killed(session: Session) -> None:
    if not session.info.embedded:
        await session.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"10"])
    outcome = await asyncio.wait_for(session.run(ScriptRun(b"while true do end", timeout_ms=30)), 30)
    assert outcome.killed
    assert outcome.timed_out
    assert outcome.duration_ms >= 20  # what the look at its costs took is not told
    assert outcome.error is not None
    assert outcome.error.line == 1
    assert outcome.notes[0].startswith("Killed after ")
    assert (await session.run(ScriptRun(b"return 7", timeout_ms=5000))).reply == 7
    if not session.info.embedded:
        await session.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"5000"])


async def test_a_run_within_its_limit_is_like_any_other(session: Session) -> None:
    outcome = await session.run(ScriptRun(COUNTER, (b"k",), timeout_ms=5000))
    assert (outcome.reply, outcome.timed_out, outcome.killed) == (1, False, False)


async def test_what_was_written_before_the_limit_is_rolled_back_here(embedded: Session) -> None:
    await embedded.execute([b"SET", b"k", b"before"])
    source = b"redis.call('set', KEYS[1], 'after') while true do redis.call('incr', 'n') end"
    outcome = await embedded.run(ScriptRun(source, (b"k",), timeout_ms=30))
    assert outcome.timed_out
    assert outcome.error is not None
    assert outcome.error.message == "Script killed after 30 ms, its time limit."
    assert outcome.notes[:1] == ("Killed after 30 ms, its time limit; its writes were rolled back.",)
    assert outcome.changes_total == 2
    assert await embedded.execute([b"MGET", b"k", b"n"]) == [b"before", None]


async def test_a_run_whose_instructions_take_long_ends_at_its_limit_as_well(embedded: Session) -> None:
    outcome = await embedded.run(ScriptRun(b"local s = ('x'):rep(1e7) while true do s:reverse() end", timeout_ms=30))
    assert outcome.timed_out
    assert outcome.duration_ms < 2000


async def test_a_run_that_has_written_nothing_says_so_at_its_limit(embedded: Session) -> None:
    outcome = await embedded.run(ScriptRun(b"while true do pcall(error) end", timeout_ms=5))
    assert outcome.notes == ("Killed after 5 ms, its time limit; it had written nothing.",)


async def test_a_server_that_does_not_kill_a_script_that_has_written_is_not_waited_for() -> None:
    source = b"redis.call('set', KEYS[1], 'v') while true do end"
    with running("redis-8") as server:
        session = await open_session(f"redis://127.0.0.1:{server.port}")
        try:
            await session.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"10"])
            outcome = await asyncio.wait_for(session.run(ScriptRun(source, (b"k",), timeout_ms=30)), 30)
        finally:
            await session.close()
    assert (outcome.timed_out, outcome.killed) == (True, False)
    assert isinstance(outcome.reply, ErrorReply)
    assert outcome.reply.code == "UNKILLABLE"
    assert outcome.notes == ("It runs on the server until it ends; others are told BUSY meanwhile. Its writes stay.",)


@pytest.mark.parametrize("db", [0, 3])
async def test_a_server_left_busy_says_so_until_its_script_is_killed(db: int) -> None:
    with running("redis-8") as server:
        session = await open_session(f"redis://127.0.0.1:{server.port}/{db}")
        try:
            await session.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"10"])
            spinning = asyncio.ensure_future(session.execute([b"EVAL", b"while true do end", b"0"]))
            while session.running() is None:
                await asyncio.sleep(0)
            await asyncio.wait({spinning}, timeout=0.05)
            spinning.cancel()
            await asyncio.wait({spinning})
            reply = await session.execute([b"GET", b"k"])
            assert isinstance(reply, ErrorReply)
            assert reply.code == "BUSY"
            assert await session.kill() is KillOutcome.KILLED
            while isinstance(reply := await session.execute([b"CLIENT", b"INFO"]), ErrorReply):
                await asyncio.sleep(0)
            assert isinstance(reply, bytes)
            assert f" db={db} ".encode() in reply
        finally:
            await session.close()


@pytest.mark.parametrize("dialect", ["redis-8", "valkey-9"])
async def test_who_connects_to_a_busy_server_may_kill_what_keeps_it_busy(dialect: str) -> None:
    with running(dialect, "--busy-reply-threshold", "10") as server:
        url = f"redis://127.0.0.1:{server.port}"
        other = await open_session(url)
        spinning = asyncio.ensure_future(other.execute([b"EVAL", b"while true do end", b"0"]))
        async with asyncio.timeout(30):
            while True:
                session = await open_session(f"{url}/3")
                busy = await session.execute([b"GET", b"k"])
                if isinstance(busy, ErrorReply):
                    break
                await session.close()
            assert busy.code == "BUSY"
            assert session.info.version == other.info.version
            assert session.info.server == dialect.partition("-")[0]
            assert (await session.catalog()).get("GET") is not None
            assert await session.execute([b"SCRIPT", b"KILL"]) == b"OK"
            reply = await spinning
            assert isinstance(reply, ErrorReply)
            client = await session.execute([b"CLIENT", b"INFO"])
        assert isinstance(client, bytes)
        assert b" db=3 " in client
        assert b" name=redis-tui " in client
        await session.close()
        await other.close()


async def test_a_database_that_is_not_there_is_not_taken_for_a_server_that_is_not(real_redis: RealServer) -> None:
    with pytest.raises(SessionError, match="refused database 99: ERR DB index is out of range") as caught:
        await open_session(f"redis://127.0.0.1:{real_redis.port}/99")
    assert caught.value.hint == "Name another one behind the last slash of the address, or none."


async def test_a_server_that_wants_a_password_says_where_to_give_it() -> None:
    with running("redis-8") as server:
        session = await open_session(f"redis://127.0.0.1:{server.port}")
        await session.execute([b"CONFIG", b"SET", b"requirepass", b"pass"])
        await session.close()
        for credentials in ("", ":wrong@"):
            with pytest.raises(AuthError, match="refused the credentials") as caught:
                await open_session(f"redis://{credentials}127.0.0.1:{server.port}")
            assert "REDISCLI_AUTH" in (caught.value.hint or "")
        session = await open_session(f"redis://:pass@127.0.0.1:{server.port}")
        assert await session.execute([b"PING"]) == b"PONG"
        await session.close()


async def test_a_server_without_a_password_says_that_it_wants_none(real_redis: RealServer) -> None:
    with pytest.raises(AuthError, match="has no password, and was given one") as caught:
        await open_session(f"redis://:surplus@127.0.0.1:{real_redis.port}")
    assert caught.value.hint == "Leave the password out."


async def test_the_time_of_a_run_is_the_servers_while_panes_are_drawn(real_redis: RealServer) -> None:
    async def draw() -> None:
        while True:
            time.sleep(0.02)  # noqa: ASYNC251  # as a pane that is drawn: the loop stands still
            await asyncio.sleep(0)

    session = await open_session(f"redis://127.0.0.1:{real_redis.port}")
    drawing = asyncio.ensure_future(draw())
    try:
        for _ in range(50):  # a busy machine may hold up the server itself
            if (await session.run(ScriptRun(b"return 1", changes=False))).duration_ms < 20:
                return
        pytest.fail("no run was shorter than what was drawn meanwhile")
    finally:
        drawing.cancel()
        await session.close()


async def test_a_key_put_back_as_it_was_is_no_change(embedded: Session) -> None:
    await embedded.execute([b"SADD", b"tags", b"a"])
    source = b"redis.call('sadd', KEYS[1], 'b') redis.call('srem', KEYS[1], 'b') return 1"
    assert (await embedded.run(ScriptRun(source, (b"tags",)))).changes == ()


async def test_undeclared_keys_are_seen_by_the_embedded_engine(embedded: Session) -> None:
    outcome = await embedded.run(ScriptRun(b"redis.call('select', 2) redis.call('set', 'hidden', 'x') return 1"))
    assert [(change.db, change.key) for change in outcome.changes] == [(2, b"hidden")]


async def test_redis_log_lines_are_kept(embedded: Session) -> None:
    outcome = await embedded.run(ScriptRun(b"redis.log(redis.LOG_WARNING, 'careful', 3) return 1"))
    assert [(line.level, line.message) for line in outcome.log] == [("warning", b"careful 3")]


async def test_a_read_only_session_refuses_below_the_interface() -> None:
    session = await open_session("memory://", read_only=True)
    try:
        reply = await session.execute([b"SET", b"k", b"v"])
        assert isinstance(reply, ErrorReply)
        assert reply.code == "READONLY"
        assert (await session.run(ScriptRun(COUNTER, (b"k",)))).error is not None
        assert await session.execute([b"GET", b"k"]) is None
    finally:
        await session.close()


async def test_a_refused_connection_says_what_to_do() -> None:
    with pytest.raises(ConnectError, match=r"Could not connect to 127\.0\.0\.1:1: connection refused\. Check that"):
        await open_session("redis://127.0.0.1:1")


async def test_an_unknown_kind_of_address_says_which_there_are() -> None:
    with pytest.raises(UsageError, match="http:// is no address"):
        await open_session("http://localhost")


async def test_a_broken_connection_is_made_anew_at_the_next_command(remote: Session) -> None:
    events = remote.events()
    other = await open_session(remote.info.url)
    ids = await remote.execute([b"CLIENT", b"ID"])
    assert isinstance(ids, int)
    await other.execute([b"CLIENT", b"KILL", b"ID", b"%d" % ids])
    await other.close()
    with contextlib.suppress(SessionError):  # who listens may have been told before, and the link made anew
        await remote.execute([b"PING"])
    assert await remote.execute([b"PING"]) == Status(b"PONG")
    kinds = []
    while EventKind.RECONNECTED not in kinds:
        kinds.append((await asyncio.wait_for(anext(events), 5)).kind)
    assert EventKind.DISCONNECTED in kinds


async def test_a_connection_made_anew_has_the_database_and_the_protocol_of_the_old_one(remote: Session) -> None:
    await remote.execute([b"HSET", b"h", b"f", b"v"])
    await remote.execute([b"MOVE", b"h", b"3"])
    await remote.execute([b"SELECT", b"3"])
    await remote.execute([b"HELLO", b"3"])
    await remote.execute([b"CLIENT", b"KILL", b"SKIPME", b"no", b"TYPE", b"normal"])
    with pytest.raises(SessionError, match="broke"):
        await remote.execute([b"PING"])
    assert await remote.execute([b"HGETALL", b"h"]) == Map([(b"f", b"v")])


async def test_a_run_is_refused_while_multi_is_open(session: Session) -> None:
    await session.execute([b"MULTI"])
    assert bool(session.in_transaction)
    with pytest.raises(NotSupportedError, match="MULTI is open"):
        await session.run(ScriptRun(COUNTER, (b"counter",), dry_run=True))
    assert await session.execute([b"EXEC"]) == []
    assert not session.in_transaction
    assert await session.execute([b"EXISTS", b"counter"]) == 0


async def test_a_select_that_was_discarded_leads_nowhere(session: Session) -> None:
    for line in (b"MULTI", b"SELECT 3", b"DISCARD"):
        await session.execute(line.split())
    assert session.db == 0
    for line in (b"MULTI", b"SELECT 3", b"EXEC"):
        await session.execute(line.split())
    assert session.db == 3
    await session.execute([b"RESET"])
    assert session.db == 0


async def test_what_is_typed_during_a_run_does_not_reach_into_it(embedded: Session) -> None:
    await embedded.execute([b"CONFIG", b"SET", b"busy-reply-threshold", b"1"])
    source = b"redis.call('select', 5) redis.call('set', 'a', 1) while true do if redis.call('exists', 'go') == 1 then break end end"
    run = asyncio.create_task(embedded.run(ScriptRun(source)))
    async with asyncio.timeout(30):
        while (running := embedded.running()) is None or not running.has_written:
            await asyncio.sleep(0)
        while await embedded.execute([b"RESET"]) != Status(b"RESET"):
            await asyncio.sleep(0)
        assert await embedded.kill(undo=True) is KillOutcome.KILLED
        outcome = await run
    assert [(change.db, change.key) for change in outcome.changes] == [(5, b"a")]


@pytest.mark.parametrize("line", [b"SUBSCRIBE c", b"MONITOR", b"CLIENT REPLY OFF", b"SCRIPT DEBUG yes"])
async def test_a_command_that_would_take_the_connection_over_is_refused(remote: Session, line: bytes) -> None:
    with pytest.raises(NotSupportedError, match="would take over this connection"):
        await remote.execute(line.split())
    assert await remote.execute([b"PING"]) == Status(b"PONG")


async def test_a_dry_run_of_a_real_server_is_killed_here_and_not_there(remote: Session) -> None:
    run = asyncio.create_task(
        remote.run(ScriptRun(b"redis.call('set', KEYS[1], 1) while true do end", (b"k",), dry_run=True))
    )
    async with asyncio.timeout(30):
        while remote.running() is None:
            await asyncio.sleep(0)
        while await remote.kill() is not KillOutcome.KILLED:
            await asyncio.sleep(0)
        outcome = await run
    assert outcome.killed
    assert await remote.execute([b"EXISTS", b"k"]) == 0


@pytest.mark.parametrize("url", ["redis://u:pa/ss@h:notaport", "redis://h:1x?password=pass"])
async def test_a_wrong_address_is_told_without_its_password(url: str) -> None:
    with pytest.raises(UsageError) as told:
        await open_session(url)
    assert "pa/ss" not in str(told.value)
    assert "password=pass" not in str(told.value)


async def test_a_pause_holds_commands_and_runs_back_and_answers_them_then(session: Session) -> None:
    began = time.monotonic()
    await session.execute([b"CLIENT", b"PAUSE", b"150", b"WRITE"])
    assert await session.execute([b"SET", b"k", b"v"]) == b"OK"
    assert time.monotonic() - began > 0.1
    await session.execute([b"CLIENT", b"PAUSE", b"150", b"WRITE"])
    outcome = await session.run(ScriptRun(b"return redis.call('INCR', KEYS[1])", (b"n",)))
    assert outcome.reply == 1


async def test_a_command_that_waits_is_answered_once_there_is_something(session: Session) -> None:
    assert await session.execute([b"BLPOP", b"queue", b"0.01"]) is NULL_ARRAY
    await session.execute([b"RPUSH", b"queue", b"a"])
    assert await session.execute([b"BLPOP", b"queue", b"0"]) == [b"queue", b"a"]


async def test_a_dry_run_gives_nothing_to_those_who_wait(embedded: Session) -> None:
    waits = asyncio.create_task(embedded.execute([b"BLPOP", b"queue", b"0"]))
    while b"cmd=blpop" not in _bytes(await embedded.execute([b"CLIENT", b"LIST"])):
        await asyncio.sleep(0)
    push = b"return redis.call('RPUSH', KEYS[1], ARGV[1])"
    outcome = await embedded.run(ScriptRun(push, (b"queue",), (b"imagined",), dry_run=True))
    assert [change.key for change in outcome.changes] == [b"queue"]
    await embedded.run(ScriptRun(push, (b"queue",), (b"real",)))
    assert await waits == [b"queue", b"real"]


async def test_what_waits_and_what_runs_are_the_same_user(embedded: Session) -> None:
    await embedded.execute([b"CONFIG", b"SET", b"requirepass", b"secret"])
    assert await embedded.execute([b"BLPOP", b"queue", b"0.01"]) is NULL_ARRAY
    await embedded.execute(b"ACL SETUSER guest on nopass ~* +@all -blpop -eval".split())
    await embedded.execute([b"AUTH", b"guest", b""])
    denied = ErrorReply(b"NOPERM User guest has no permissions to run the 'blpop' command")
    assert await embedded.execute([b"BLPOP", b"queue", b"0.01"]) == denied
    outcome = await embedded.run(ScriptRun(b"return 1"))
    assert outcome.reply == ErrorReply(b"NOPERM User guest has no permissions to run the 'eval' command")


def _bytes(reply: Reply) -> bytes:
    assert isinstance(reply, bytes)
    return reply
