"""The table of parameters: reading, setting all or none, and the server's own refusals."""

from __future__ import annotations

import pytest

from redis_tui.engine.config import Config, parse_memory
from redis_tui.engine.config_settings import EFFECTIVE, settings_of
from redis_tui.engine.dialect import REDIS_7_2, REDIS_8, VALKEY_9
from redis_tui.errors import CommandError

POLICIES = (
    b"volatile-lru, volatile-lfu, volatile-random, volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction"
)


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("", 0), ("100", 100), ("1k", 1000), ("1kb", 1024), ("64MB", 67108864), ("2g", 2 * 10**9), ("5b", 5)],
)
def test_amounts_of_memory(text: str, size: int) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize("text", ["x", "1.5k", "-1", "10xx", "kb1", "1 kb", "k"])
def test_what_is_no_amount_of_memory(text: str) -> None:
    with pytest.raises(ValueError):
        parse_memory(text)


@pytest.mark.parametrize(
    ("pairs", "refusal"),
    [
        ([("nosuch", "1")], b"ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"),
        ([("hz", "abc")], b"'hz') - argument couldn't be parsed into an integer"),
        ([("hz", "+10")], b"'hz') - argument couldn't be parsed into an integer"),
        ([("hz", "-1")], b"'hz') - argument must be between 0 and 2147483647 inclusive"),
        ([("hz", "10"), ("HZ", "11")], b"'HZ') - duplicate parameter"),
        ([("databases", "3")], b"'databases') - can't set immutable config"),
        ([("save", "900")], b"'save') - Invalid save parameters"),
        (
            [("maxmemory-policy", "x")],
            POLICIES,
        ),
        ([("proto-max-bulk-len", "1")], b"must be between 1048576 and 9223372036854775807 inclusive"),
        ([("hz\r\nx", "1")], b"ERR Unknown option or number of arguments for CONFIG SET - 'hz  x'"),
    ],
)
def test_refusals(pairs: list[tuple[str, str]], refusal: bytes) -> None:
    config = Config()
    with pytest.raises(CommandError) as caught:
        config.set_many([("timeout", "9"), *pairs])
    assert caught.value.line.endswith(refusal)
    assert config.number("timeout") == 0


def test_redis_8_words_the_limits_of_an_unsigned_number_its_own_way() -> None:
    limits = b"between 0 and 9223372036854775807 inclusive"
    for dialect, words in ((REDIS_8, b"greater or equal to 0"), (REDIS_7_2, limits), (VALKEY_9, limits)):
        with pytest.raises(CommandError) as caught:
            Config(dialect).set_many([("hash-max-listpack-entries", "-1")])
        assert caught.value.line.endswith(b"argument must be " + words)


def test_two_names_of_one_parameter_may_stand_together_and_the_later_holds() -> None:
    config = Config()
    config.set_many([("busy-reply-threshold", "10"), ("lua-time-limit", "11")])
    assert config.number("busy-reply-threshold") == 11


def test_values_are_kept_in_canonical_form() -> None:
    config = Config()
    config.set_many([("hz", "9999"), ("maxmemory", "1kb"), ("save", " 900  1 ")])
    assert [config.text(name) for name in ("hz", "maxmemory", "save")] == ["500", "1024", "900 1"]


def test_listeners_hear_of_a_change_once_it_holds() -> None:
    config = Config()
    heard: list[int] = []
    config.subscribe(lambda: heard.append(config.number("hz")))
    config.set_many([("hz", "20"), ("timeout", "1")])
    with pytest.raises(CommandError):
        config.set_many([("hz", "x")])
    assert heard == [10, 20]


def test_overrides_are_checked_as_well() -> None:
    assert Config(requirepass="pw", slowlog_max_len="7").text("slowlog-max-len") == "7"
    with pytest.raises(CommandError):
        Config(databases="many")


def test_wildcards_find_aliases_too() -> None:
    names = [name for name, _ in Config().matching(["*ziplist*"])]
    assert names == [
        "hash-max-ziplist-entries",
        "hash-max-ziplist-value",
        "list-max-ziplist-size",
        "zset-max-ziplist-entries",
        "zset-max-ziplist-value",
    ]


def test_what_is_said_to_have_an_effect_exists() -> None:
    assert {one.name for dialect in (REDIS_8, VALKEY_9) for one in settings_of(dialect)} >= EFFECTIVE
