"""Connections: greeting, password, name, the list of clients and how to end one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.config import Config
from redis_tui.engine.dialect import REDIS_7_2, VALKEY_9
from redis_tui.engine.engine import Engine
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import OK, PONG, ErrorReply, Map, Status, Verbatim
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.client import Client
    from redis_tui.engine.clock import ManualClock
    from redis_tui.resp.types import Reply

    Run = Callable[[str], Reply]

NOAUTH = ErrorReply(b"NOAUTH Authentication required.")
WRONGPASS = ErrorReply(b"WRONGPASS invalid username-password pair or user is disabled.")


@pytest.fixture
def guarded() -> Engine:
    return Engine(config=Config(requirepass="pw"))


def ask(engine: Engine, client: Client, line: str) -> Reply:
    return engine.execute(client, split_inline(line.encode()))


def fields(reply: Reply) -> dict[str, str]:
    assert isinstance(reply, Verbatim)
    return dict(word.split("=", 1) for word in reply.text.decode().split())


def test_ping_and_echo(run: Run) -> None:
    assert run("PING") == PONG
    assert run("PING hello") == b"hello"
    assert run("ECHO hello") == b"hello"
    assert run("PING a b") == ErrorReply(b"ERR wrong number of arguments for 'ping' command")


def test_hello_tells_what_it_speaks_to(run: Run, client: Client) -> None:
    assert run("HELLO 3") == Map(
        [
            (b"server", b"redis"),
            (b"version", b"8.2.3"),
            (b"proto", 3),
            (b"id", client.id),
            (b"mode", b"standalone"),
            (b"role", b"master"),
            (b"modules", [Map([(b"name", b"vectorset"), (b"ver", 1), (b"path", b""), (b"args", [])])]),
        ]
    )
    assert client.resp == 3


def test_hello_refuses_other_protocols_and_changes_nothing(run: Run, client: Client) -> None:
    assert run("HELLO 4") == ErrorReply(b"NOPROTO unsupported protocol version")
    assert run("HELLO x") == ErrorReply(b"ERR Protocol version is not an integer or out of range")
    assert run("HELLO 3 FOO") == ErrorReply(b"ERR Syntax error in HELLO option 'FOO'")
    assert run("HELLO 3 AUTH default") == ErrorReply(b"ERR Syntax error in HELLO option 'AUTH'")
    assert client.resp == 2


def test_a_stranger_may_only_shake_hands(guarded: Engine) -> None:
    client = guarded.connect()
    assert ask(guarded, client, "GET k") == NOAUTH
    assert ask(guarded, client, "GET") == ErrorReply(b"ERR wrong number of arguments for 'get' command")
    assert ask(guarded, client, "EXEC") == ErrorReply(
        b"EXECABORT Transaction discarded because of: NOAUTH Authentication required."
    )
    hello = ask(guarded, client, "HELLO 3")
    assert isinstance(hello, ErrorReply)
    assert hello.line.startswith(b"NOAUTH HELLO must be called with the client already authenticated")
    assert ask(guarded, client, "QUIT") == OK


def test_valkey_tells_a_stranger_nothing_about_its_commands() -> None:
    guarded = Engine(config=Config(VALKEY_9, requirepass="pw"), dialect=VALKEY_9)
    client = guarded.connect()
    assert ask(guarded, client, "FOO") == NOAUTH
    assert ask(guarded, client, "GET") == NOAUTH


def test_the_password_opens(guarded: Engine) -> None:
    client = guarded.connect()
    assert ask(guarded, client, "AUTH bad") == WRONGPASS
    assert ask(guarded, client, "AUTH nobody pw") == WRONGPASS
    assert ask(guarded, client, "AUTH pw") == OK
    assert ask(guarded, client, "GET k") is None
    assert ask(guarded, client, "RESET") == Status(b"RESET")
    assert ask(guarded, client, "GET k") == NOAUTH
    assert isinstance(ask(guarded, client, "HELLO 2 AUTH default pw"), Map)
    assert ask(guarded, client, "GET k") is None


def test_auth_without_any_password_set(run: Run) -> None:
    assert run("AUTH x") == ErrorReply(
        b"ERR AUTH <password> called without any password configured for the default user. "
        b"Are you sure your configuration is correct?"
    )
    assert run("AUTH default x") == OK
    assert run("AUTH a b c") == ErrorReply(b"ERR syntax error")


def test_a_password_set_later_leaves_those_who_are_in(run: Run, engine: Engine) -> None:
    run("CONFIG SET requirepass pw")
    assert run("PING") == PONG
    assert ask(engine, engine.connect(), "PING") == NOAUTH


def test_select_takes_the_databases_there_are(run: Run) -> None:
    assert run("SELECT 15") == OK
    assert run("SELECT 16") == ErrorReply(b"ERR DB index is out of range")
    assert run("SELECT x") == ErrorReply(b"ERR value is not an integer or out of range")
    assert run("SELECT 4294967296") == ErrorReply(
        b"ERR value is out of range, value must between -2147483648 and 2147483647"
    )


def test_names(run: Run) -> None:
    assert run("CLIENT GETNAME") is None
    assert run("CLIENT SETNAME me") == OK
    assert run("CLIENT GETNAME") == b"me"
    refusal = ErrorReply(b"ERR Client names cannot contain spaces, newlines or special characters.")
    assert run('CLIENT SETNAME "a b"') == refusal
    assert run('CLIENT SETNAME ""') == OK
    assert run("CLIENT GETNAME") is None


def test_setinfo_shows_in_the_list(run: Run) -> None:
    run("CLIENT SETINFO LIB-NAME redis-py")
    run("CLIENT SETINFO lib-ver 5.0")
    shown = fields(run("CLIENT INFO"))
    assert (shown["lib-name"], shown["lib-ver"]) == ("redis-py", "5.0")
    assert run("CLIENT SETINFO foo bar") == ErrorReply(b"ERR Unrecognized option 'foo'")


def test_a_line_has_the_fields_of_a_real_server(run: Run, clock: ManualClock, client: Client) -> None:
    clock.advance(ms=5000)
    run("SELECT 3")
    clock.advance(ms=2000)
    shown = fields(run("CLIENT INFO"))
    assert " ".join(shown) == (
        "id addr laddr fd name age idle flags db sub psub ssub multi watch qbuf qbuf-free argv-mem multi-mem rbs rbp "
        "obl oll omem tot-mem events cmd user redir resp lib-name lib-ver io-thread tot-net-in tot-net-out tot-cmds"
    )
    assert (shown["id"], shown["age"], shown["idle"], shown["db"]) == (str(client.id), "7", "0", "3")
    assert (shown["cmd"], shown["flags"], shown["multi"], shown["tot-cmds"]) == ("client|info", "N", "-1", "1")


def test_a_line_has_the_fields_of_its_dialect() -> None:
    old, valkey = Engine(dialect=REDIS_7_2), Engine(dialect=VALKEY_9)
    assert "watch" not in fields(ask(old, old.connect(), "CLIENT INFO"))
    assert "io-thread" not in fields(ask(old, old.connect(), "CLIENT INFO"))
    assert "capa" in fields(ask(valkey, valkey.connect(), "CLIENT INFO"))


def test_flags_tell_of_a_transaction_and_a_broken_watch(run: Run, engine: Engine) -> None:
    run("CLIENT NO-EVICT ON")
    run("WATCH k")
    run("SET k 1")
    run("MULTI")
    lister = engine.connect()
    reply = ask(engine, lister, "CLIENT LIST ID 1")
    assert fields(reply)["flags"] == "xde"


def test_client_list_filters(run: Run, engine: Engine) -> None:
    other = engine.connect()
    listed = run(f"CLIENT LIST ID {other.id} 999")
    assert isinstance(listed, Verbatim)
    assert listed.text.count(b"\n") == 1
    assert run("CLIENT LIST TYPE pubsub") == Verbatim(b"")
    assert run("CLIENT LIST TYPE foo") == ErrorReply(b"ERR Unknown client type 'foo'")
    assert run("CLIENT LIST ID x") == ErrorReply(b"ERR Invalid client ID")


def test_kill_closes_another_and_tells_its_owner(run: Run, engine: Engine) -> None:
    other = engine.connect()
    other.outlet = outlet = Outlet()
    assert run(f"CLIENT KILL ID {other.id}") == 1
    assert other.closing
    assert outlet.closed == 1


def test_kill_by_address_and_of_oneself(run: Run, engine: Engine, client: Client) -> None:
    other = engine.connect(addr=b"10.0.0.1:5")
    other.outlet = outlet = Outlet()
    assert run("CLIENT KILL 10.0.0.1:5") == OK
    assert run("CLIENT KILL 10.0.0.1:6") == ErrorReply(b"ERR No such client")
    assert outlet.closed == 1
    assert run("CLIENT KILL TYPE normal") == 0  # not the one that is closing, and not oneself
    assert run("CLIENT KILL TYPE normal SKIPME no") == 1
    assert outlet.closed == 1
    assert client.closing is True


def test_kill_by_age(run: Run, engine: Engine, clock: ManualClock) -> None:
    engine.connect()
    assert run("CLIENT KILL MAXAGE 5") == 0
    clock.advance(ms=5000)
    assert run("CLIENT KILL MAXAGE 5") == 1
    assert run("CLIENT KILL MAXAGE 0") == ErrorReply(b"ERR maxage should be greater than 0")


def test_kill_by_user(run: Run, engine: Engine) -> None:
    other = engine.connect()
    run("ACL SETUSER ann on nopass +@all")
    engine.execute(other, [b"AUTH", b"ann", b"x"])
    assert run("CLIENT KILL USER bob") == ErrorReply(b"ERR No such user 'bob'")
    assert run("CLIENT KILL USER ann") == 1
    assert other.closing


def test_quit_closes_after_its_answer(run: Run, client: Client) -> None:
    assert run("QUIT with words") == OK
    assert client.closing
