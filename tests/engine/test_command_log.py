"""The slow log: trimmed as a server trims, newest first, without secrets."""

from __future__ import annotations

from redis_tui.engine.command_log import CommandLog, redacted, trim


def note(log: CommandLog, *argv: bytes) -> None:
    log.add(argv, unix_time=1, measure=2, addr=b"a:1", name=b"")


def test_a_long_argument_is_cut_at_128_bytes() -> None:
    assert trim([b"ECHO", b"x" * 128]) == (b"ECHO", b"x" * 128)
    assert trim([b"ECHO", b"x" * 162]) == (b"ECHO", b"x" * 128 + b"... (34 more bytes)")


def test_of_many_arguments_32_are_kept_the_last_one_counting_the_rest() -> None:
    assert len(trim([b"a"] * 32)) == 32
    assert trim([b"a"] * 32)[-1] == b"a"
    assert trim([b"a"] * 34) == (b"a",) * 31 + (b"... (3 more arguments)",)


def test_the_newest_comes_first_and_the_oldest_goes() -> None:
    log = CommandLog(2)
    for word in (b"1", b"2", b"3"):
        note(log, word)
    assert [(entry.id, entry.argv) for entry in log.newest(-1)] == [(2, (b"3",)), (1, (b"2",))]
    assert [entry.id for entry in log.newest(1)] == [2]


def test_resizing_keeps_the_newest() -> None:
    log = CommandLog(3)
    for word in (b"1", b"2", b"3"):
        note(log, word)
    log.resize(1)
    assert [entry.argv for entry in log.newest(-1)] == [(b"3",)]
    log.resize(2)
    note(log, b"4")
    assert [entry.argv for entry in log.newest(-1)] == [(b"4",), (b"3",)]


def test_ids_go_on_after_a_reset() -> None:
    log = CommandLog()
    note(log, b"1")
    log.reset()
    note(log, b"2")
    assert [entry.id for entry in log.newest(-1)] == [1]


def test_passwords_are_taken_out() -> None:
    hidden = b"(redacted)"
    assert redacted("auth", [b"AUTH", b"u", b"p"]) == [b"AUTH", hidden, hidden]
    hello = [b"HELLO", b"3", b"auth", b"u", b"p", b"SETNAME", b"n"]
    assert redacted("hello", hello) == [b"HELLO", b"3", b"auth", hidden, hidden, b"SETNAME", b"n"]
    config = [b"CONFIG", b"SET", b"requirepass", b"p", b"hz", b"10"]
    assert redacted("config|set", config) == [b"CONFIG", b"SET", b"requirepass", hidden, b"hz", b"10"]
    assert redacted("get", [b"GET", b"requirepass"]) == [b"GET", b"requirepass"]


def test_secrets_are_taken_out_wherever_a_command_has_them() -> None:
    hidden = b"(redacted)"
    assert redacted("acl|setuser", [b"ACL", b"SETUSER", b"u", b">p"]) == [b"ACL", b"SETUSER", hidden, hidden]
    call = [b"MIGRATE", b"h", b"1", b"auth", b"0", b"9"]
    assert redacted("migrate", [*call, b"AUTH", b"p", b"COPY"]) == [*call, b"AUTH", hidden, b"COPY"]
    assert redacted("migrate", [*call, b"auth2", b"u", b"p"]) == [*call, b"auth2", hidden, hidden]


def test_names_of_users_are_secrets_since_redis_8() -> None:
    hidden = b"(redacted)"
    words = [b"ACL", b"DELUSER", b"ann", b"bob"]
    assert redacted("acl|deluser", words) == [b"ACL", b"DELUSER", hidden, hidden]
    assert redacted("acl|deluser", words, users=False) == words
    assert redacted("acl|getuser", [b"ACL", b"GETUSER", b"ann"]) == [b"ACL", b"GETUSER", hidden]


def test_an_auth_that_nobody_could_mean_is_kept_as_it_came() -> None:
    assert redacted("auth", [b"AUTH", b"a", b"b", b"c"]) == [b"AUTH", b"a", b"b", b"c"]
