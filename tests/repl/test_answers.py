"""What becomes of an answer: cut, paged, saved, piped, timed; messages that come on and on; EXEC that did nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from redis_tui.errors import FileError, NotSupportedError, UsageError
from redis_tui.repl.dots import run_dot
from redis_tui.repl.send import send, split_pipe
from redis_tui.resp.types import NULL_ARRAY, ErrorReply
from redis_tui.session.stream import Stream

if TYPE_CHECKING:
    from pathlib import Path

    from redis_tui.repl.shell import Shell


@pytest.fixture
def long(session: Any) -> list[int]:
    numbers = list(range(3000))
    session._replies[b"LONG"] = numbers
    return numbers


async def test_a_long_reply_is_cut_and_says_so(shell: Shell, paper: Any, long: list[int]) -> None:
    await send(shell, [b"LONG"])
    printed = "\n".join(paper.text).splitlines()
    assert printed[999] == "1000) (integer) 999"
    assert printed[1000] == (
        "… cut after 1,000 lines of a reply with 3,000 elements · .page shows all, .save FILE keeps it"
    )
    assert len(printed) == 1001


async def test_how_much_is_printed_can_be_chosen(shell: Shell, paper: Any, long: list[int]) -> None:
    await run_dot(shell, [b".lines", b"all"])
    await send(shell, [b"LONG"])
    assert paper.text[0] == "Replies are printed whole."
    assert "\n".join(paper.text[1:]).splitlines()[-1] == "3000) (integer) 2999"
    with pytest.raises(UsageError, match="'few' is no number of lines"):
        await run_dot(shell, [b".lines", b"few"])


async def test_the_last_reply_is_saved_whole_and_nothing_is_overwritten(
    shell: Shell, paper: Any, long: list[int], tmp_path: Path
) -> None:
    name = str(tmp_path / "reply").encode()
    with pytest.raises(UsageError, match="no answer yet"):
        await run_dot(shell, [b".save", name])
    await send(shell, [b"LONG"])
    await run_dot(shell, [b".save", name])
    assert (tmp_path / "reply").read_text().splitlines()[2999] == "3000) (integer) 2999"
    with pytest.raises(FileError, match="exists and was left"):
        await run_dot(shell, [b".save", name])


async def test_the_pager_gets_the_last_reply_or_a_commands(
    shell: Shell, session: Any, long: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PAGER", f"cat > {tmp_path}/paged")
    await run_dot(shell, [b".page", b"LONG"])
    assert (tmp_path / "paged").read_text().splitlines()[-1] == "3000) (integer) 2999"
    session._replies[b"LONG"] = b"another"
    await run_dot(shell, [b".page"])
    assert len((tmp_path / "paged").read_text().splitlines()) == 3000


@pytest.mark.parametrize(
    ("text", "command", "program"),
    [
        ("LRANGE l 0 -1 | sort -n", "LRANGE l 0 -1 ", "sort -n"),
        ("SET k |", "SET k |", None),
        ('SET k "|" x', 'SET k "|" x', None),
        ("GET a|b", "GET a|b", None),
    ],
)
def test_a_bar_that_stands_alone_begins_a_program(text: str, command: str, program: str | None) -> None:
    assert split_pipe(text) == (command, program)


async def test_a_program_gets_the_reply_as_a_pipe_does(shell: Shell, session: Any, paper: Any, tmp_path: Path) -> None:
    session._replies[b"LIST"] = [b"b", b"a"]
    await send(shell, [b"LIST"], f"sort > {tmp_path}/sorted")
    assert (tmp_path / "sorted").read_text() == "a\nb\n"
    assert paper.text == []
    with pytest.raises(UsageError, match="`false` ended with status 1"):
        await send(shell, [b"LIST"], "false")


async def test_times_are_told_when_asked_for(shell: Shell, paper: Any) -> None:
    await send(shell, [b"PING"])
    await run_dot(shell, [b".timing", b"on"])
    await send(shell, [b"PING"])
    assert paper.text[:3] == ["OK", "Each reply's time is told.", "OK"]
    assert paper.text[3].endswith(" ms)")
    with pytest.raises(UsageError):
        await run_dot(shell, [b".timing", b"maybe"])


async def test_messages_are_printed_until_they_are_not_wanted(shell: Shell, session: Any, paper: Any) -> None:
    async def nothing(*_: object) -> None:
        await asyncio.sleep(0)

    async def stream(argv: list[bytes], *, capacity: int = 10_000) -> Stream:
        opened = Stream(nothing, nothing)
        opened.put([[b"subscribe", b"news", 1], [b"message", b"news", b"hello"]])
        return opened

    session.stream = stream
    listening = asyncio.ensure_future(send(shell, [b"SUBSCRIBE", b"news"]))
    while len(paper.text) < 2:
        await asyncio.sleep(0)
    assert shell.stop is not None
    assert shell.progress == "SUBSCRIBE: 1 message"
    shell.stop.set()
    await listening
    assert paper.text == [
        '1) "subscribe"\n2) "news"\n3) (integer) 1',
        '1) "message"\n2) "news"\n3) "hello"',
        "Stopped listening after 1 message.",
    ]


async def test_the_key_that_broke_an_exec_is_named(shell: Shell, session: Any, paper: Any) -> None:
    session._replies |= {b"TYPE": b"string", b"PTTL": -1, b"STRLEN": 1, b"GETRANGE": b"1", b"EXEC": NULL_ARRAY}
    await send(shell, [b"WATCH", b"stock"])
    session._replies[b"GETRANGE"] = b"2"
    await send(shell, [b"EXEC"])
    assert paper.text[:2] == ["OK", "(nil)"]
    assert paper.text[2].startswith("Nothing was executed: stock changed since WATCH.")
    assert "stock" in paper.text[2].splitlines()[1]


async def test_an_exec_broken_by_a_write_of_the_same_value_says_so(shell: Shell, session: Any, paper: Any) -> None:
    session._replies |= {b"TYPE": b"none", b"PTTL": -2, b"EXEC": NULL_ARRAY}
    await send(shell, [b"WATCH", b"stock"])
    await send(shell, [b"EXEC"])
    assert paper.text[2] == ("Nothing was executed: somebody wrote to a watched key (stock), which is as it was again.")
    await send(shell, [b"EXEC"])
    assert paper.text[3:] == ["(nil)"]


async def test_a_command_is_sent_again_and_again_until_it_is_stopped(shell: Shell, session: Any, paper: Any) -> None:
    again = asyncio.ensure_future(run_dot(shell, [b".every", b"1ms", b"INCR", b"n"]))
    while len(session.sent) < 3:
        await asyncio.sleep(0)
    assert shell.stop is not None
    shell.stop.set()
    await again
    assert session.sent[:3] == [[b"INCR", b"n"]] * 3
    assert shell.stop is None


async def test_resp3_is_asked_for_and_told_where_it_is_refused(shell: Shell, session: Any, paper: Any) -> None:
    await run_dot(shell, [b".output", b"resp3"])
    assert session.sent == [[b"HELLO", b"3"]]
    assert shell.resp == 3
    session._replies[b"HELLO"] = ErrorReply(b"NOPROTO unsupported protocol version")
    with pytest.raises(UsageError, match="NOPROTO"):
        await run_dot(shell, [b".output", b"resp2"])
    assert shell.resp == 3


async def test_the_keys_of_the_prompt_are_changed(shell: Shell) -> None:
    chosen: list[bool] = []
    shell.use_vi = chosen.append
    await run_dot(shell, [b".keymap", b"vi"])
    await run_dot(shell, [b".keymap", b"emacs"])
    assert chosen == [True, False]
    with pytest.raises(UsageError):
        await run_dot(shell, [b".keymap", b"nano"])


async def test_peek_shows_a_key_whatever_its_type(shell: Shell, session: Any, paper: Any) -> None:
    session._replies |= {b"TYPE": b"hash", b"PTTL": 59_000, b"HLEN": 2, b"HSCAN": [b"0", [b"a", b"1"]]}
    session._replies |= {b"OBJECT": b"listpack", b"MEMORY": 1_056}
    await run_dot(shell, [b".peek", b"user:1"])
    assert paper.text == [
        'user:1  hash · 2 fields · listpack · expires in 59 s · 1,056 bytes of memory\n1# "a" => "1"',
        "… the first 1 of 2 fields",
    ]
    session._replies |= {b"TYPE": b"none", b"PTTL": -2}
    await run_dot(shell, [b".peek", b"nope"])
    assert paper.text[2] == "There is no key nope."
    assert shell.memory.keys == ["user:1"]
    session.in_transaction = True
    with pytest.raises(NotSupportedError, match="MULTI is open"):
        await run_dot(shell, [b".peek", b"user:1"])
