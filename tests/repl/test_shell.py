from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import OK, ErrorReply

if TYPE_CHECKING:
    from redis_tui.repl.shell import Shell


def test_the_prompt_shows_server_database_and_transaction(shell: Shell) -> None:
    assert shell.prompt == "redis:0> "
    shell.observe([b"multi"], OK)
    assert shell.prompt == "redis:0(TX)> "
    shell.observe([b"EXEC"], ErrorReply(b"EXECABORT x"))
    assert shell.prompt == "redis:0> "


def test_a_refused_multi_starts_no_transaction(shell: Shell) -> None:
    shell.observe([b"MULTI"], ErrorReply(b"ERR MULTI calls can not be nested"))
    assert not shell.in_transaction


def test_keys_are_learnt_from_commands_and_replies_latest_first(shell: Shell) -> None:
    shell.observe([b"GET", b"a"], b"1")
    shell.observe([b"SCAN", b"0"], [b"0", [b"b", b"\xff"]])
    shell.observe([b"KEYS", b"*"], [b"c"])
    shell.observe([b"GET", b"a"], b"1")
    assert shell.memory.keys == ["a", "c", "b"]
