"""Writing to a terminal that is gone."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from redis_tui.tui.driver import _Enduring

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_written_to_a_terminal_that_is_gone_goes_nowhere() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as file:
        terminal = _Enduring(file)
        terminal.write("kept until it is flushed")
        terminal.flush()
        terminal.write("x" * 100_000)
        terminal.flush()
        # The file's own end flushes it once more; that failed before, and was the program's exit status.


def test_what_is_written_to_one_that_is_there_arrives(tmp_path: Path) -> None:
    path = tmp_path / "terminal"
    with path.open("w", encoding="utf-8") as file:
        terminal = _Enduring(file)
        terminal.write("shown")
        terminal.flush()
        assert path.read_text(encoding="utf-8") == "shown"
        assert terminal.fileno() == file.fileno()
