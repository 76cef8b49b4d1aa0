"""The real program in a real terminal: the start, a script, Ctrl-C on an endless one, the exit."""

from __future__ import annotations

import os
import select
import sys
import termios
import time
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROMPT = "embedded:0>"
STYLING = r"(?:\x1b\[[0-9;]*m)*"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[pexpect.spawn[str]]:
    environment = {**os.environ, "TERM": "xterm", "HOME": str(tmp_path), "NO_COLOR": "1", "PROMPT_TOOLKIT_NO_CPR": "1"}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        environment[name] = str(tmp_path / name)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "redis_tui", "repl"],
        encoding="utf-8",
        env=environment,
        dimensions=(24, 100),
        timeout=20,
    )
    yield child
    child.close(force=True)


def wait_until_ctrl_c_is_a_signal(program: pexpect.spawn[str]) -> None:
    """While a line is typed Ctrl-C is a key; once the line runs, the terminal turns it into SIGINT again."""
    program.expect_exact("\x1b[?2004l")  # the line was taken
    deadline = time.monotonic() + 20
    while not termios.tcgetattr(program.child_fd)[3] & termios.ISIG:
        assert time.monotonic() < deadline
        select.select([], [], [], 0.01)


def test_the_repl_runs_a_script_kills_an_endless_one_and_leaves(program: pexpect.spawn[str], tmp_path: Path) -> None:
    (tmp_path / "counter.lua").write_text("return redis.call('incr', KEYS[1])")
    (tmp_path / "spin.lua").write_text("while true do end")
    program.expect_exact(PROMPT)
    program.send(f".run {tmp_path}/counter.lua hits\r")
    program.expect(rf"\(integer\) {STYLING}1")
    program.expect_exact(PROMPT)
    program.send(f".run {tmp_path}/spin.lua\r")
    wait_until_ctrl_c_is_a_signal(program)
    program.sendintr()
    program.expect_exact("Kill it? [y/N]")
    program.send("y\r")
    program.expect_exact("Script killed by user")
    program.expect_exact(PROMPT)
    program.send("GET hits\r")
    program.expect_exact('"1"')
    program.send("BLPOP nothing 0\r")
    program.expect_exact("Ctrl-C stops")
    program.sendintr()
    program.expect_exact("No longer waiting")
    program.expect_exact(PROMPT)
    program.send("SUBSCRIBE news\r")
    program.expect_exact('"subscribe"')
    program.expect_exact("1 message ")
    program.sendintr()
    program.expect_exact("Stopped listening")
    program.send(".quit\r")
    program.expect(pexpect.EOF)
    program.wait()
    assert program.exitstatus == 0
