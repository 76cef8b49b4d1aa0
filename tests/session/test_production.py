"""A production server: nothing dangerous goes out before a person has agreed, whichever way it is sent."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import NotConfirmedError, UsageError
from redis_tui.session.base import ScriptRun, SessionInfo
from redis_tui.session.danger import Danger, danger_of
from redis_tui.session.open import open_session, read_marks
from redis_tui.session.production import ask_with

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis_tui.session.base import Session


@pytest.fixture
async def production() -> AsyncIterator[Session]:
    session = await open_session(production=True)
    try:
        yield session
    finally:
        await session.close()


class Asked:
    """Answers every question alike, and remembers them."""

    def __init__(self, session: Session, *, agrees: bool) -> None:
        self.agrees = agrees
        self.whats: list[str] = []
        ask_with(session, self._ask)

    async def _ask(self, danger: Danger, word: str) -> bool:
        assert word == "embedded"
        self.whats.append(danger.what)
        return self.agrees


async def test_every_dangerous_command_of_the_catalog_is_held_back(production: Session) -> None:
    asked = Asked(production, agrees=False)
    catalog = await production.catalog()
    commands = [spec.name.encode().split(b"|") for spec in catalog.in_category("dangerous")]
    held = [argv for argv in commands if danger_of(catalog, argv) is not None]
    assert len(held) > 50
    for argv in held:
        with pytest.raises(NotConfirmedError, match="was not sent"):
            await production.execute(argv)
        with pytest.raises(NotConfirmedError):
            await production.execute_many([[b"PING"], argv])
    assert len(asked.whats) == 2 * len(held)


async def test_nothing_is_lost_by_a_question_that_nobody_agrees_to(production: Session) -> None:
    Asked(production, agrees=False)
    await production.execute([b"SET", b"k", b"v"])
    with pytest.raises(NotConfirmedError):
        await production.execute([b"FLUSHALL"])
    assert await production.execute([b"GET", b"k"]) == b"v"


async def test_it_is_sent_once_somebody_agreed(production: Session) -> None:
    asked = Asked(production, agrees=True)
    await production.execute([b"SET", b"k", b"v"])
    await production.execute([b"FLUSHALL"])
    assert await production.execute([b"GET", b"k"]) is None
    assert asked.whats == ["FLUSHALL"]


async def test_where_nobody_can_be_asked_it_is_refused_and_the_way_on_is_told(production: Session) -> None:
    with pytest.raises(NotConfirmedError, match=r"KEYS was not sent: embedded is a production server.*--yes"):
        await production.execute([b"KEYS", b"*"])


async def test_a_script_that_names_one_is_asked_about_and_a_dry_run_is_not(production: Session) -> None:
    asked = Asked(production, agrees=False)
    wipe = ScriptRun(b"redis.call('FLUSHALL')", name="wipe")
    with pytest.raises(NotConfirmedError, match="FLUSHALL in line 1 of wipe"):
        await production.run(wipe)
    outcome = await production.run(ScriptRun(b"redis.call('FLUSHALL') return 1", name="wipe", dry_run=True))
    assert outcome.reply == 1
    assert asked.whats == ["FLUSHALL in line 1 of wipe"]


@pytest.mark.parametrize("line", [b"EVALSHA %b 0" % (b"f" * 40), b"FCALL wipe 0"])
async def test_a_script_that_was_not_seen_here_is_asked_about_once(production: Session, line: bytes) -> None:
    asked = Asked(production, agrees=False)
    with pytest.raises(NotConfirmedError, match="was not sent"):
        await production.execute(line.split())
    asked.agrees = True
    for _ in range(2):
        await production.execute(line.split())
    assert len(asked.whats) == 2
    assert line.decode().startswith(asked.whats[0])


async def test_a_script_whose_text_went_out_from_here_is_run_by_name_unasked(production: Session) -> None:
    asked = Asked(production, agrees=False)
    library = b"#!lua name=one\nredis.register_function('one', function() return 1 end)"
    sha = await production.execute([b"SCRIPT", b"LOAD", b"return 1"])
    assert isinstance(sha, bytes)
    assert await production.execute([b"EVALSHA", sha, b"0"]) == 1
    await production.execute([b"FUNCTION", b"LOAD", library])
    assert await production.execute([b"FCALL", b"one", b"0"]) == 1
    outcome = await production.run(ScriptRun(b"return 2"))
    assert await production.execute([b"EVALSHA", outcome.sha.encode(), b"0"]) == 2
    await production.execute([b"EVALSHA_RO", b"f" * 40, b"0"])  # it cannot write
    assert asked.whats == []


async def test_a_text_that_was_only_read_with_is_not_run_by_name_unasked(production: Session) -> None:
    asked = Asked(production, agrees=False)
    wipe = b"return redis.call('FLUSHALL')"
    with pytest.raises(NotConfirmedError):
        await production.execute([b"EVAL_RO", wipe, b"0"])
    with pytest.raises(NotConfirmedError):
        await production.execute([b"EVALSHA", hashlib.sha1(wipe, usedforsecurity=False).hexdigest().encode(), b"0"])
    assert asked.whats == ["FLUSHALL in line 1 of the script", "EVALSHA " + hashlib.sha1(wipe).hexdigest()[:12]]


async def test_a_function_is_known_by_the_library_that_registers_it_and_not_by_a_word_in_one(
    production: Session,
) -> None:
    asked = Asked(production, agrees=False)
    library = b"#!lua name=l\nredis.register_function{function_name = 'two', callback = function() return 'wipe' end}"
    await production.execute([b"FUNCTION", b"LOAD", library])
    assert await production.execute([b"FCALL", b"two", b"0"]) == b"wipe"
    with pytest.raises(NotConfirmedError):
        await production.execute([b"FCALL", b"wipe", b"0"])
    assert asked.whats == ["FCALL wipe"]


async def test_monitor_is_asked_about(production: Session) -> None:
    Asked(production, agrees=False)
    with pytest.raises(NotConfirmedError, match="MONITOR"):
        await production.stream([b"MONITOR"])


async def test_a_read_only_session_refuses_a_write_without_a_question() -> None:
    session = await open_session(production=True, read_only=True)
    asked = Asked(session, agrees=True)
    try:
        reply = await session.execute([b"FLUSHALL"])
    finally:
        await session.close()
    assert b"READONLY" in reply.line  # type: ignore[union-attr]  # an error reply
    assert asked.whats == []


async def test_the_marks_may_stand_in_the_address() -> None:
    session = await open_session("memory://?production=yes&read_only=yes")
    await session.close()
    assert (session.info.production, session.info.read_only) == (True, True)


def test_marks_leave_the_rest_of_an_address_alone() -> None:
    assert read_marks("redis://h/1?timeout=3&production=on") == ("redis://h/1?timeout=3", True, False, 2)
    assert read_marks("redis://h?production=no") == ("redis://h", False, False, 2)
    assert read_marks("redis://h?protocol=3&ssh=a") == ("redis://h?ssh=a", False, False, 3)
    with pytest.raises(UsageError, match="production is yes or no"):
        read_marks("redis://h?production=maybe")
    with pytest.raises(UsageError, match=r"There is no protocol 4\. Write \?protocol=2 or"):
        read_marks("redis://h?protocol=4")


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("redis://shop.example:6379/2", "shop.example"),
        ("rediss://user:***@shop.example", "shop.example"),
        ("redis://[::1]:6379", "::1"),
        ("unix:///run/redis/shop.sock?db=1", "shop.sock"),
        ("unix:///run/redis/a@shop.sock", "a@shop.sock"),
        ("redis+cluster://shop.example:7000,other:7000?ssh=me@bastion", "shop.example"),
    ],
)
def test_the_word_to_type_is_the_host(url: str, word: str) -> None:
    assert SessionInfo(url, "redis", "8", embedded=False, capabilities=frozenset()).word == word
