"""Users beyond one connection: the log's entries, revoked rights, ended connections, the file of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.clock import ManualClock
from redis_tui.engine.config import Config
from redis_tui.engine.dialect import REDIS_7_2, REDIS_8
from redis_tui.engine.engine import Engine
from redis_tui.errors import FileError
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import OK, QUEUED, ErrorReply, Map, Reply
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.engine.client import Client


class House:
    """An engine and its clients by name."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.clients: dict[str, Client] = {}

    def say(self, who: str, line: str) -> Reply:
        client = self.clients.setdefault(who, self.engine.connect())
        return self.engine.execute(client, split_inline(line.encode()))

    def log(self) -> list[dict[bytes, Reply]]:
        entries = self.say("admin", "ACL LOG")
        assert isinstance(entries, list)
        return [
            {key: value for key, value in one.pairs if isinstance(key, bytes)}
            for one in entries
            if isinstance(one, Map)
        ]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_000_000_000_000)


@pytest.fixture
def house(clock: ManualClock) -> House:
    return House(Engine(clock=clock))


def test_a_user_who_may_do_everything_passes_no_gate(house: House) -> None:
    house.say("admin", "ACL SETUSER root on nopass +@all ~* &*")
    house.say("admin", "ACL SETUSER other on nopass (+@all ~* &*) -@all")
    for name in ("root", "other"):
        assert house.say(name, f"AUTH {name} x") is OK
        assert house.clients[name].plain
    house.say("admin", "ACL SETUSER root -get")
    assert not house.clients["root"].plain


def test_like_refusals_are_one_entry_of_the_log(house: House, clock: ManualClock) -> None:
    house.say("admin", "ACL SETUSER u on nopass")
    house.say("u", "AUTH u x")
    house.say("u", "GET a")
    clock.advance(ms=1500)
    house.say("u", "GET b")
    clock.advance(ms=500)
    (entry,) = house.log()
    assert (entry[b"count"], entry[b"age-seconds"], entry[b"object"]) == (2, 0.5, b"get")
    assert (entry[b"reason"], entry[b"context"], entry[b"username"]) == (b"command", b"toplevel", b"u")
    assert entry[b"timestamp-last-updated"] - entry[b"timestamp-created"] == 1500  # type: ignore[operator]  # both are numbers
    clock.advance(ms=61_000)
    house.say("u", "GET c")
    assert [entry[b"count"] for entry in house.log()] == [1, 2]


def test_the_log_tells_where_it_happened(house: House) -> None:
    house.say("admin", "ACL SETUSER u on nopass +eval +multi +set +publish ~ok")
    house.say("u", "AUTH u x")
    house.say("u", "EVAL \"redis.pcall('get','a')\" 0")
    house.say("u", "SET key x")
    house.say("u", "PUBLISH channel x")
    house.say("u", "hello 3 auth nosuch y")
    house.say("u", "MULTI")
    house.say("u", "INCR a")
    found = [(one[b"context"], one[b"reason"], one[b"object"], one[b"username"]) for one in house.log()]
    assert found == [
        (b"multi", b"command", b"incr", b"u"),
        (b"toplevel", b"auth", b"hello", b"nosuch"),
        (b"toplevel", b"channel", b"channel", b"u"),
        (b"toplevel", b"key", b"key", b"u"),
        (b"lua", b"command", b"get", b"u"),
    ]
    assert house.engine.stats.acl_denied == {"cmd": 2, "key": 1, "channel": 1, "db": 0}


def test_the_log_keeps_no_more_than_it_may(house: House) -> None:
    house.say("admin", "CONFIG SET acllog-max-len 2")
    house.say("admin", "ACL SETUSER u on nopass +set")
    house.say("u", "AUTH u x")
    for name in "abc":
        house.say("u", f"SET {name} 1")
    assert [one[b"object"] for one in house.log()] == [b"c", b"b"]


def test_rights_that_were_revoked_since_are_missing_in_exec(house: House) -> None:
    house.say("admin", "ACL SETUSER u on nopass +@all ~* &*")
    house.say("u", "AUTH u x")
    house.say("u", "MULTI")
    assert house.say("u", "SET a 1") is QUEUED
    assert house.say("u", "PING") is QUEUED
    house.say("admin", "ACL SETUSER u resetkeys")
    replies = house.say("u", "EXEC")
    assert isinstance(replies, list)
    assert isinstance(replies[0], ErrorReply)
    assert replies[0].line.endswith(b"no permission to touch the specified keys")
    assert replies[1] == b"PONG"


def test_a_command_that_waited_is_held_against_the_new_rules(house: House) -> None:
    house.say("admin", "ACL SETUSER u on nopass +@all ~*")
    house.say("u", "AUTH u x")
    outlet = house.clients["u"].outlet = Outlet()
    house.say("u", "BLPOP list 0")
    house.say("admin", "ACL SETUSER u resetkeys")
    house.say("admin", "RPUSH list a")
    assert outlet.answers == [ErrorReply(b"NOPERM No permissions to access a key")]
    assert house.say("admin", "LLEN list") == 1


def test_a_deleted_user_is_hung_up_on(house: House) -> None:
    house.say("admin", "ACL SETUSER u on nopass +@all")
    house.say("u", "AUTH u x")
    outlet = house.clients["u"].outlet = Outlet()
    assert house.say("admin", "ACL DELUSER u") == 1
    assert outlet.closed
    assert house.clients["u"].closing


def is_closing(client: Client) -> bool:
    return client.closing


def test_a_subscriber_who_may_not_listen_any_more_is_hung_up_on(house: House) -> None:
    house.say("admin", "ACL SETUSER u on nopass +@all &a &b* &c")
    house.say("u", "AUTH u x")
    house.say("u", "SUBSCRIBE a")
    house.say("u", "PSUBSCRIBE b*")
    house.say("admin", "ACL SETUSER u resetchannels &a &b* &d")
    assert not is_closing(house.clients["u"])
    house.say("admin", "ACL SETUSER u resetchannels &*")
    assert not is_closing(house.clients["u"])
    house.say("admin", "ACL SETUSER u resetchannels &a &bc")
    assert house.clients["u"].closing
    assert house.clients["u"].id not in house.engine.clients


def test_a_script_keeps_its_quick_lanes_apart_by_user(house: House) -> None:
    script = "EVAL \"return redis.call('get','a')\" 0"
    house.say("u", "SET a 1")
    assert house.say("u", script) == b"1"
    house.say("admin", "ACL SETUSER u on nopass +eval +auth ~*")
    house.say("u", "AUTH u x")
    refused = house.say("u", script)
    assert isinstance(refused, ErrorReply)
    assert refused.line.startswith(b"ERR ACL failure in script: User u has no permissions to run the 'get' command")
    house.say("u", "AUTH default x")
    assert house.say("u", script) == b"1"


def test_the_file_of_users_is_read_at_the_start_and_written(tmp_path: Path) -> None:
    path = tmp_path / "users.acl"
    path.write_text("user alice on nopass ~* +@all\n\nuser default on nopass ~* &* +@all (+get  ~x)\n")
    house = House(Engine(config=Config(REDIS_8, aclfile=str(path))))
    assert house.say("alice", "AUTH alice x") is OK
    house.say("admin", "ACL SETUSER bob on >pw")
    assert house.say("admin", "ACL SAVE") is OK
    assert [line.split()[1] for line in path.read_text().splitlines()] == ["alice", "bob", "default"]
    house.say("admin", "ACL SETUSER eve on nopass +@all")
    house.say("eve", "AUTH eve x")
    assert house.say("alice", "ACL LOAD") is OK
    assert house.say("alice", "ACL WHOAMI") == b"alice"
    assert house.clients["eve"].closing
    assert house.say("admin", "ACL USERS") == [b"alice", b"bob", b"default"]


def test_reading_the_file_again_ends_every_login_in_redis_7_2(tmp_path: Path) -> None:
    path = tmp_path / "users.acl"
    path.write_text("user alice on nopass ~* +@all")
    house = House(Engine(dialect=REDIS_7_2, config=Config(REDIS_7_2, aclfile=str(path))))
    house.say("alice", "AUTH alice x")
    assert house.say("alice", "ACL LOAD") is OK
    assert house.clients["alice"].closing


def test_a_file_of_users_that_does_not_hold_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "users.acl"
    path.write_text("user alice on nopass")
    house = House(Engine(config=Config(REDIS_8, aclfile=str(path))))
    path.write_text("user bob on\nuser bob on\nnouser x\nuser eve +nosuch ~* ~a (+get")
    reply = house.say("admin", "ACL LOAD")
    assert isinstance(reply, ErrorReply)
    assert (
        reply.line
        == (
            f"ERR WARNING: Duplicate user 'bob' found on line 2. "
            f"{path}:3 should start with user keyword followed by the username. "
            f"{path}:4: Unmatched parenthesis in selector definition."
            "WARNING: ACL errors detected, no change to the previously active ACL rules was performed"
        ).encode()
    )
    assert house.say("admin", "ACL USERS") == [b"alice", b"default"]
    with pytest.raises(FileError, match="Duplicate user"):
        Engine(config=Config(REDIS_8, aclfile=str(path)))


def test_may_subscribe_takes_a_pattern_literally(house: House) -> None:
    house.say("admin", "ACL SETUSER u on nopass &news.*")
    house.say("u", "AUTH u x")
    client, acl = house.clients["u"], house.engine.acl
    assert acl.may_subscribe(client, b"news.a")
    assert acl.may_subscribe(client, b"news.*", pattern=True)
    assert not acl.may_subscribe(client, b"news.a*", pattern=True)
