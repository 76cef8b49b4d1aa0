"""The real program in a real terminal: the start, a script, Ctrl-C on an endless one, the exit."""

from __future__ import annotations

import io
import os
import select
import sys
import termios
import time
from typing import TYPE_CHECKING

import pexpect
import pytest

from tests.conformance.real_server import running

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

PROMPT = "embedded:0>"
STYLING = r"(?:\x1b\[[0-9;]*m)*"


@pytest.fixture
def program(tmp_path: Path) -> Iterator[pexpect.spawn[str]]:
    yield from spawned(tmp_path)


def spawned(tmp_path: Path, *words: str) -> Generator[pexpect.spawn[str], None, None]:
    environment = {**os.environ, "TERM": "xterm", "HOME": str(tmp_path), "NO_COLOR": "1", "PROMPT_TOOLKIT_NO_CPR": "1"}
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        environment[name] = str(tmp_path / name)
    child = pexpect.spawn(
        sys.executable,
        ["-m", "redis_tui", "repl", *words],
        encoding="utf-8",
        env=environment,
        dimensions=(24, 100),
        timeout=60,
    )
    yield child
    child.close(force=True)


def wait_until_ctrl_c_is_a_signal(program: pexpect.spawn[str]) -> None:
    """While a line is typed Ctrl-C is a key; once the line runs, the terminal turns it into SIGINT again."""
    program.expect_exact("\x1b[?2004l")  # the line was taken
    deadline = time.monotonic() + 60
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
    program.expect_exact("SUBSCRIBE: listening")
    program.sendintr()
    program.expect_exact("Stopped listening")
    program.send(".quit\r")
    program.expect(pexpect.EOF)
    program.wait()
    assert program.exitstatus == 0


def test_a_session_of_many_lines_as_people_type_it(program: pexpect.spawn[str], tmp_path: Path) -> None:
    library = tmp_path / "l.lua"
    library.write_text("#!lua name=l\nredis.register_function('twice', function(k, a) return a[1] * 2 end)\n")
    program.expect_exact(PROMPT)
    program.send("MULTI\r")
    program.expect_exact("embedded:0(TX)>")
    program.send("SET a 1\r")
    program.expect_exact("QUEUED")
    program.expect_exact("embedded:0(TX)>")
    program.send("EXEC\r")
    program.expect_exact(PROMPT)
    program.send('EVAL "local x = 1\rreturn y" 0\r')
    program.expect_exact("nonexistent global variable")
    program.expect("2 │ .*return")
    program.expect_exact(PROMPT)
    program.send("\x1b[200~SET b 2\nINCR b\n\x1b[201~\r")
    program.expect(rf"\(integer\) {STYLING}3")
    program.expect_exact(PROMPT)
    program.send(f".run --fcall twice {library} , 21\r")
    program.expect(rf"\(integer\) {STYLING}42")
    program.expect_exact(PROMPT)
    program.send(".connect redis://127.0.0.1:1\r")
    program.expect_exact("Could not connect to 127.0.0.1:1")
    program.expect_exact(PROMPT)
    program.send("\x12INCR")  # ^R
    program.expect_exact("I-search backward")
    program.send("\x03")  # ends the search, the prompt stands
    program.send(".stat 10ms\r")
    wait_until_ctrl_c_is_a_signal(program)
    program.expect_exact("ops/s")
    program.sendintr()
    program.expect_exact(PROMPT)
    program.send("\x04")
    program.expect(pexpect.EOF)
    program.wait()
    assert program.exitstatus == 0


def test_a_connection_that_breaks_is_told_and_made_anew_in_its_database(tmp_path: Path) -> None:
    with running("redis-8") as server:
        talk = spawned(tmp_path, f"redis://127.0.0.1:{server.port}/3")
        program = next(talk)
        program.expect_exact("redis:3>")
        program.send("HELLO 3\r")
        program.expect_exact("redis:3>")
        program.send("HSET h f v\r")
        program.expect_exact("redis:3>")
        program.send("CLIENT KILL SKIPME no TYPE normal\r")
        program.expect_exact("redis:3>")
        program.send("HGETALL h\r")
        program.expect_exact("out is not known. The next command connects again.")
        program.expect_exact("redis:3>")
        program.send("HGETALL h\r")
        program.expect(rf'1# {STYLING}"f"{STYLING} => {STYLING}"v"')
        talk.close()


def test_ctrl_c_ends_a_long_repetition(program: pexpect.spawn[str]) -> None:
    program.expect_exact(PROMPT)
    program.send("100000 INCR n\r")
    program.expect(rf"\(integer\) {STYLING}20")
    program.sendintr()
    program.expect(r"Stopped after \d+ of 100,000\.")
    program.expect_exact(PROMPT)
    program.send("\x04")
    program.expect(pexpect.EOF)


def test_the_terminal_is_given_no_password_that_is_typed(tmp_path: Path) -> None:
    """Not even for a moment: what the program writes is what a recording or the scrollback keeps."""
    for program in spawned(tmp_path):
        program.expect_exact(PROMPT)
        written = io.StringIO()
        program.logfile_read = written
        program.send("ACL SETUSER bob on >hunter2 ~*\r")
        program.expect_exact("OK")
        program.expect_exact(PROMPT)
        program.send("AUTH bob hunter2\r")
        program.expect_exact("OK")
        program.expect_exact(PROMPT)
        program.send(".quit\r")
        program.expect(pexpect.EOF)
        assert "hunter" not in written.getvalue()
        assert "hunter" not in "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
