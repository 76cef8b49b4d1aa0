"""Why there is no connection: each way in which a server can be none is told in a sentence of its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from redis_tui.errors import ConnectError
from redis_tui.session.open import open_session
from redis_tui.session.refusal import no_answer, no_connection
from redis_tui.spec.redact import redact_url, unredacted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def says(words: bytes, *, first: bool = True) -> AsyncIterator[int]:
    """Listens; whoever comes gets the words, at once or once they have asked, and is left."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not first:
            await reader.read(1)
        writer.write(words)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as listener:
        yield listener.sockets[0].getsockname()[1]


@pytest.mark.parametrize("user", ["", ":secret@"])
@pytest.mark.parametrize(
    ("words", "first", "told"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", False, "speaks HTTP"),
        (b"-DENIED Redis is running in protected mode because\r\n", True, "is in protected mode"),
        (b"-ERR max number of clients reached\r\n", True, "takes no more clients"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", False, "is not Redis"),
        (b"\x15\x03\x01\x00\x02\x02F\r\n", False, "wants TLS"),
    ],
)
async def test_what_listens_there_is_told(words: bytes, first: bool, told: str, user: str) -> None:
    async with says(words, first=first) as port:
        with pytest.raises(ConnectError, match=told) as refused:
            await open_session(f"redis://{user}127.0.0.1:{port}")
    assert refused.value.hint
    assert "secret" not in str(refused.value)


async def test_a_socket_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConnectError, match=f"There is no socket {tmp_path}/redis.sock"):
        await open_session(f"unix://{tmp_path}/redis.sock")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Error 13 connecting to /run/redis.sock. Permission denied", "may not open the socket"),
        ("Error -2 connecting to h:1. Name or service not known", "There is no host of that name"),
        ("Error -3 connecting to h:1. Temporary failure in name resolution", "There is no host of that name"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "is not trusted"),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number", "does not speak TLS"),
        ("Something unheard of", "Could not connect to h:1: Something unheard of."),
    ],
)
def test_a_text_of_the_system_becomes_a_sentence(said: str, told: str) -> None:
    assert told in str(no_connection("h:1", said))


def test_who_waits_for_tls_in_vain_is_told_of_it() -> None:
    assert "write redis:// instead" in str(no_answer("h:1 (TLS)", 5, is_tls=True))
    assert "TLS" not in str(no_answer("h:1", 5, is_tls=False))


@pytest.mark.parametrize(
    ("changed", "given"),
    [("redis://ann:***@other:1", "redis://ann:s3cret@other:1"), ("redis://ann:new@h:1", "redis://ann:new@h:1")],
)
def test_a_password_that_was_left_hidden_is_the_old_one(changed: str, given: str) -> None:
    known = "redis://ann:s3cret@h:1"
    assert redact_url(known) == "redis://ann:***@h:1"
    assert unredacted(changed, known) == given


def test_the_passwords_of_sentinels_are_put_back_as_well() -> None:
    known = "redis+sentinel://ann:one@h:1/main?role=replica&sentinel_user=eve&sentinel_password=two"
    shown = redact_url(known)
    assert shown == "redis+sentinel://ann:***@h:1/main?role=replica&sentinel_user=eve&sentinel_password=***"
    assert unredacted(shown.replace("h:1", "other:2"), known) == known.replace("h:1", "other:2")
    assert unredacted(shown.replace("=***", "=new"), known) == known.replace("=two", "=new")
