"""What servers of several makes and ages tell, as the side panes read it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from redis_tui.tui import queries, server_queries
from redis_tui.tui.panes.slowlog import slow_lines
from tests.tui.fake_session import FakeSession

if TYPE_CHECKING:
    from redis_tui.resp.types import Reply


@dataclass
class Told(FakeSession):
    """Answers every command of a name with one reply."""

    replies: dict[bytes, Reply] = field(default_factory=dict)

    def _answer(self, name: bytes, args: list[bytes]) -> Reply:
        return self.replies[args[0] if args else name]


async def test_rows_of_the_slow_log_have_four_six_or_seven_fields() -> None:
    argv: Reply = [b"GET", b"a"]
    rows: list[Reply] = [
        [3, 1_700_000_000, 15_000, argv, b"127.0.0.1:5", b"worker", 7],
        [2, 1_700_000_000, 15_000, argv, b"127.0.0.1:5", b""],
        [1, 1_700_000_000, 15_000, argv],
    ]
    entries = await queries.slowlog(Told(replies={b"GET": rows}))
    assert isinstance(entries, list)
    assert [(entry.client, entry.client_name, entry.more) for entry in entries] == [
        ("127.0.0.1:5", "worker", ("7",)),
        ("127.0.0.1:5", "", ()),
        ("", "", ()),
    ]
    assert [span.text for span in slow_lines(entries[0])[4]] == ["also    ", "7"]


async def test_a_password_in_a_slow_command_is_not_shown() -> None:
    rows: list[Reply] = [[1, 1_700_000_000, 15_000, [b"AUTH", b"hunter2"]]]
    entries = await queries.slowlog(Told(replies={b"GET": rows}))
    assert isinstance(entries, list)
    assert "hunter2" not in str(slow_lines(entries[0]))


async def test_a_line_of_client_list_keeps_fields_that_nobody_has_heard_of() -> None:
    session = Told(replies={b"LIST": b"id=7 addr=127.0.0.1:5 name= cmd=get new-thing=1\n", b"ID": 7})
    found = await server_queries.clients(session)
    assert isinstance(found, list)
    client = found[0]
    assert (client.id, client.text("new-thing"), client.text("name"), client.is_own) == ("7", "1", "", True)


async def test_info_is_told_by_section() -> None:
    session = Told(replies={b"INFO": b"# Server\r\nredis_version:8.2.3\r\n\r\n# Keyspace\r\n"})
    assert await server_queries.info(session) == {"Server": {"redis_version": "8.2.3"}}
