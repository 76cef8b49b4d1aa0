from __future__ import annotations

import pytest

from redis_tui.spec.mask import masked


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("AUTH pw", "AUTH ••"),
        ("AUTH ann pw", "AUTH ann ••"),
        ("AUTH 'p w", "AUTH ••••"),
        ('AUTH "p\nw', "AUTH ••\n•"),
        ("HELLO 3 AUTH ann pw SETNAME me", "HELLO 3 AUTH ann •• SETNAME me"),
        ("ACL SETUSER bob on >pw ~*", "ACL SETUSER bob on >•• ~*"),
        ("CONFIG SET requirepass pw maxmemory 1", "CONFIG SET requirepass •• maxmemory 1"),
        ("3 CONFIG SET masterauth pw", "3 CONFIG SET masterauth ••"),
        ("MIGRATE h 1 k 0 10 AUTH pw", "MIGRATE h 1 k 0 10 AUTH ••"),
        (".connect redis://u:pw@h:1/0", ".connect redis://u:••@h:1/0"),
        ("SET a auth\nAUTH pw\nGET a", "SET a auth\nAUTH ••\nGET a"),
    ],
)
def test_each_letter_of_a_secret_is_hidden_and_no_other(typed: str, shown: str) -> None:
    assert masked(typed) == shown
    for end in range(len(typed)):
        assert len(masked(typed[:end])) == end


@pytest.mark.parametrize(
    "typed", ["SET auth pw", "GET 'a b", "CONFIG GET requirepass", "ACL SETUSER ann +@all", "ECHO redis://h:1/0", "5"]
)
def test_a_line_without_secrets_is_shown_as_it_is(typed: str) -> None:
    assert masked(typed) == typed
