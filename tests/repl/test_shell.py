from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis_tui.repl.shell import Shell


def test_the_prompt_shows_server_database_and_what_must_not_be_forgotten(shell: Shell, session: Any) -> None:
    assert shell.prompt == "redis:0> "
    session.in_transaction = True
    assert shell.prompt == "redis:0(TX)> "
    session.info = replace(session.info, read_only=True)
    assert shell.prompt == "redis:0(read-only TX)> "
    session.in_transaction = False
    session.db = 3
    assert shell.prompt == "redis:3(read-only)> "


def test_keys_are_learnt_from_commands_and_replies_latest_first(shell: Shell) -> None:
    shell.observe([b"GET", b"a"], b"1")
    shell.observe([b"SCAN", b"0"], [b"0", [b"b", b"\xff"]])
    shell.observe([b"KEYS", b"*"], [b"c"])
    shell.observe([b"GET", b"a"], b"1")
    assert shell.memory.keys == ["a", "c", "b"]
