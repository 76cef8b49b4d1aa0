"""A server that follows another: who is told, what is hidden, what it reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import OK, ErrorReply, Status, Verbatim
from tests.engine.outlet import Outlet

if TYPE_CHECKING:
    from redis_tui.engine.clock import ManualClock
    from redis_tui.engine.engine import Engine
    from tests.engine.conftest import Run


def _info(run: Run) -> dict[str, str]:
    shown = run("INFO replication")
    assert isinstance(shown, Verbatim)
    return dict(line.split(":", 1) for line in shown.text.decode().splitlines()[1:])


def test_who_waits_is_told_and_hung_up_on(engine: Engine, run: Run) -> None:
    waiting = engine.connect()
    waiting.outlet = outlet = Outlet()
    engine.execute(waiting, [b"BLPOP", b"l", b"0"])
    assert run("REPLICAOF localhost 1") == OK
    (reply,) = outlet.answers
    assert isinstance(reply, ErrorReply)
    assert reply.line.startswith(b"UNBLOCKED force unblock from blocking operation, instance state changed")
    assert waiting.closing


def test_what_a_pause_holds_back_goes_on_waiting(engine: Engine, run: Run) -> None:
    run("CLIENT PAUSE 1000 WRITE")
    held = engine.connect()
    held.outlet = outlet = Outlet()
    engine.execute(held, [b"SET", b"k", b"v"])
    run("REPLICAOF localhost 1")
    assert not held.closing
    run("CLIENT UNPAUSE")
    assert [isinstance(reply, ErrorReply) and reply.code for reply in outlet.answers] == ["READONLY"]


def test_a_key_that_has_run_out_is_hidden_and_stays_until_it_leads_again(run: Run, clock: ManualClock) -> None:
    run("SET k v PX 10")
    run("REPLICAOF localhost 1")
    clock.advance(ms=20)
    assert run("GET k") is None
    assert run("EXISTS k") == 0
    assert run("DBSIZE") == 1
    run("REPLICAOF NO ONE")
    assert run("GET k") is None
    assert run("DBSIZE") == 0


def test_a_pause_that_ends_does_not_let_a_replicas_keys_go(run: Run, clock: ManualClock) -> None:
    run("SET k v PX 10")
    run("REPLICAOF localhost 1")
    run("CLIENT PAUSE 5 WRITE")
    clock.advance(ms=20)
    run("CLIENT UNPAUSE")
    assert run("GET k") is None
    assert run("DBSIZE") == 1


def test_info_and_role_and_hello_name_the_master_and_say_that_its_link_is_down(run: Run) -> None:
    before = _info(run)
    assert run("REPLICAOF example.org 6380") == OK
    assert run("REPLICAOF example.org 6380") == Status(b"OK Already connected to specified master")
    assert run("ROLE") == [b"slave", b"example.org", 6380, b"connect", -1]
    shown = _info(run)
    assert list(shown)[:4] == ["role", "master_host", "master_port", "master_link_status"]
    assert (shown["role"], shown["master_host"], shown["master_port"]) == ("slave", "example.org", "6380")
    assert (shown["master_link_status"], shown["slave_read_only"]) == ("down", "1")
    assert shown["master_replid"] == before["master_replid"]


def test_who_leads_again_goes_on_from_the_history_that_it_had(run: Run) -> None:
    run("REPLICAOF localhost 1")
    before = _info(run)
    run("REPLICAOF NO ONE")
    after = _info(run)
    assert after["role"] == "master"
    assert after["master_replid2"] == before["master_replid"]
    assert after["master_replid"] != before["master_replid"]
    assert "master_host" not in after
    run("REPLICAOF NO ONE")
    assert _info(run) == after


def test_one_that_takes_changes_begins_anew_where_a_key_has_run_out(run: Run, clock: ManualClock) -> None:
    run("SET k 5 PX 10")
    run("REPLICAOF localhost 1")
    run("CONFIG SET replica-read-only no")
    clock.advance(ms=20)
    assert run("INCR k") == 1
    assert run("GET k") == b"1"
