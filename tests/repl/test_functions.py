"""Libraries of functions at the prompt, on the embedded engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from redis_tui.errors import UsageError
from redis_tui.repl.dots import run_dot
from redis_tui.repl.shell import Shell
from redis_tui.session.open import open_session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SOURCE = "#!lua name=mylib\nredis.register_function('twice', function(keys, args) return args[1] * %d end)\n"


@pytest.fixture
async def shell(paper: Any) -> AsyncIterator[Shell]:
    session = await open_session("memory://")
    yield Shell(session, paper, catalog=await session.catalog())
    await session.close()


@pytest.fixture
def library(tmp_path: Path) -> bytes:
    path = tmp_path / "mylib.lua"
    path.write_text(SOURCE % 2)
    return str(path).encode()


async def test_load_takes_a_library_and_tells_how_to_call_it(shell: Shell, paper: Any, library: bytes) -> None:
    await run_dot(shell, [b".load", library])
    assert paper.text == [
        "The library mylib is loaded.",
        "mylib  95 bytes of LUA\n  FCALL twice numkeys key… arg…",
    ]
    assert [found.text for found in shell.assist.complete("FCALL ", 6).candidates] == ["twice"]


async def test_functions_lists_them_or_says_that_there_are_none(shell: Shell, paper: Any, library: bytes) -> None:
    await run_dot(shell, [b".functions"])
    await run_dot(shell, [b".load", library])
    await run_dot(shell, [b".functions", b"my*"])
    await run_dot(shell, [b".functions", b"other"])
    assert paper.text[0] == "No libraries yet. .load FILE loads one."
    assert paper.text[3] == paper.text[2]
    assert paper.text[4] == "No library of that name."


async def test_a_function_is_run_tried_traced_and_repeated(shell: Shell, paper: Any, library: bytes) -> None:
    await run_dot(shell, [b".dry", b"--fcall", b"twice", library, b",", b"4"])
    assert paper.text[0].startswith("(integer) 8\nDry run: nothing was kept.")
    await run_dot(shell, [b".functions"])
    assert paper.text[1] == "No libraries yet. .load FILE loads one."
    await run_dot(shell, [b".run", b"--fcall", b"twice", library, b",", b"4"])
    assert paper.text[2].startswith("(integer) 8\n")
    await run_dot(shell, [b".repeat", b"3", b"--fcall", b"twice", library, b",", b"4"])
    assert paper.text[3].startswith("3 runs")
    with pytest.raises(UsageError, match=r"\.trace needs a FILE") as caught:
        await run_dot(shell, [b".trace", b"--fcall", b"twice"])
    assert caught.value.hint == "Usage: .trace [--fcall NAME] FILE [key ...] [, arg ...]"


async def test_other_code_replaces_a_library_only_after_a_question(
    shell: Shell, paper: Any, library: bytes, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def decline(question: str) -> bool:
        asked.append(question)
        return False

    await run_dot(shell, [b".load", library])
    (tmp_path / "mylib.lua").write_text(SOURCE % 3)
    with pytest.raises(UsageError, match="other code"):
        await run_dot(shell, [b".load", library])
    shell.ask = decline
    with pytest.raises(UsageError, match="was left as it is"):
        await run_dot(shell, [b".run", b"--fcall", b"twice", library, b",", b"4"])
    assert asked == ["There is a library mylib with other code. Replace it, for everybody who calls it?"]
