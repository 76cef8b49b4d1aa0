from __future__ import annotations

import pytest

from redis_tui.spec.redact import has_secret, redact, redact_text, redact_url


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("AUTH pw", "AUTH ***"),
        ("auth user pw", "auth user ***"),
        ("AUTH user p w", "AUTH user *** ***"),
        ("HELLO 3 AUTH user pw SETNAME me", "HELLO 3 AUTH user *** SETNAME me"),
        ("ACL SETUSER bob on >pw <old #abc !def ~*", "ACL SETUSER bob on >*** <*** #*** !*** ~*"),
        ("CONFIG SET requirepass pw maxmemory 1", "CONFIG SET requirepass *** maxmemory 1"),
        ("CONFIG SET MASTERAUTH pw", "CONFIG SET MASTERAUTH ***"),
        ("MIGRATE h 1 k 0 10 COPY AUTH pw", "MIGRATE h 1 k 0 10 COPY AUTH ***"),
        ('MIGRATE h 1 "" 0 10 AUTH2 u pw KEYS auth x', 'MIGRATE h 1 "" 0 10 AUTH2 u *** KEYS auth x'),
        ("SENTINEL SET m auth-pass pw", "SENTINEL SET m auth-pass ***"),
        (".connect redis://u:pw@h:1/0", ".connect redis://u:***@h:1/0"),
        (".every 2s AUTH pw", ".every 2s AUTH ***"),
        (".at 7001 CONFIG SET requirepass pw", ".at 7001 CONFIG SET requirepass ***"),
        (".page AUTH pw", ".page AUTH ***"),
        ('"AUTH" pw', "AUTH ***"),
        ('AUTH "pw', "AUTH ***"),
        ('HELLO 3 AUTH u "pw', "HELLO ***"),
    ],
)
def test_secrets_are_replaced(line: str, shown: str) -> None:
    assert redact_text(line) == shown
    assert has_secret(line)


@pytest.mark.parametrize(
    "line",
    [
        "SET  auth   secret",
        "GET 'a b'",
        "CONFIG GET requirepass",
        "ACL GETUSER bob",
        "HELLO 3",
        "AUTH",
        'SET k "open',
        ".connect redis://h:1",
        "",
    ],
)
def test_a_line_without_secrets_stays_as_it_was_typed(line: str) -> None:
    assert redact_text(line) == line


def test_arguments_that_are_no_text_survive() -> None:
    assert redact([b"SET", b"\xff", b"\x00"]) == [b"SET", b"\xff", b"\x00"]


def test_urls_lose_their_password_only() -> None:
    assert redact_url("rediss://me:s3cret@host:6380/2") == "rediss://me:***@host:6380/2"
    assert redact_url("redis://host") == "redis://host"
