"""The real program in a real terminal: what it shows, and how it leaves the terminal behind."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
from typing import TYPE_CHECKING

import pytest

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from tests.tui.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

F5, F6, F8, F12 = "\x1b[15~", "\x1b[17~", "\x1b[19~", "\x1b[24~"
QUIT, SAVE, CONSOLE, CTRL_C, OUTSIDE = "\x11", "\x13", "\x14", "\x03", "\x05"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def kept(home: Path) -> str:
    """Unsaved text on disk."""
    return "".join(str(json.loads(draft.read_text())["text"]) for draft in home.rglob("unsaved/*.json"))


def script(folder: Path, text: str) -> str:
    path = folder / "mine.lua"
    path.write_text(text)
    return str(path)


def left_as_found(terminal: Terminal) -> None:
    """No mode is left on, the cursor is seen, the keyboard is a plain one, and nothing failed."""
    assert not terminal.modes
    assert b"Traceback" not in terminal.raw
    assert terminal.raw.rfind(b"\x1b[?25h") > terminal.raw.rfind(b"\x1b[?25l")
    assert terminal.raw.count(b"\x1b[<u") >= terminal.raw.count(b"\x1b[>")


def test_a_script_is_run_mended_and_the_terminal_is_left_as_it_was(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.sees("counter.lua", "scanned 8 of 8")
        assert "alternate screen" in terminal.modes
        terminal.send(F5)
        terminal.sees("(integer) 1", "scanned 9 of 9")
        terminal.send("x = = 1\r")
        terminal.send(F5)
        terminal.sees("✗ ERR", "x = = 1")
        terminal.send(QUIT)
        assert terminal.ends() == 0
        left_as_found(terminal)


def test_the_first_start_shows_around_and_the_second_does_not(home: Path) -> None:
    with Terminal(home, is_new=True) as terminal:
        terminal.sees("Tour 1 of 5", "scanned 8 of 8")
        terminal.send(F5)
        terminal.sees("Tour 2 of 5", "(integer) 1")
        terminal.send("\x1b")
        terminal.lacks("Tour")
        terminal.send(QUIT)
        assert terminal.ends() == 0
    with Terminal(home, is_new=True) as terminal:
        terminal.sees("scanned 8 of 8")
        terminal.send(F5)
        terminal.sees("(integer) 1")
        assert "Tour" not in terminal.shown


def test_a_script_that_spins_is_killed(home: Path, tmp_path: Path) -> None:
    with Terminal(home, "tui", "memory://", script(tmp_path, "while true do end")) as terminal:
        terminal.sees("mine.lua", "scanned")
        terminal.send(F5)
        terminal.sees("Kill")
        terminal.send(F8)
        terminal.sees("killed")
        terminal.send(QUIT)
        assert terminal.ends() == 0
        left_as_found(terminal)


def test_the_mouse_opens_keys_runs_and_helps(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.sees("scanned 8 of 8", "queue")
        terminal.click("queue")
        terminal.click("queue")
        terminal.sees("3 elements", "resize-image")
        terminal.send("\x1b")
        terminal.lacks("resize-image")
        terminal.click("F6 dry run")
        terminal.sees("DRY RUN")
        terminal.click("Atomic counter")  # with the keys in use, the footer has no room for help
        terminal.click("F1 help")
        terminal.sees("Where to begin")
        terminal.click("Errors")
        terminal.sees("WRONGTYPE")


def test_the_smallest_terminal_and_back(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.sees("counter.lua", "scanned 8 of 8", "5 Scripts")
        terminal.resize(60, 20)
        terminal.sees("2 Editor", "Atomic counter")
        terminal.lacks("nothing is running")
        terminal.send(F5)
        terminal.sees("(integer) 1")
        terminal.resize(120, 40)
        terminal.sees("nothing is running", "(integer) 1")
        terminal.send(QUIT)
        assert terminal.ends() == 0
        left_as_found(terminal)


def test_five_thousand_pasted_lines_are_there_in_time(home: Path, tmp_path: Path) -> None:
    lines = "".join(f"local name_{number} = {number}\n" for number in range(5_000))
    with Terminal(home, "tui", "memory://", script(tmp_path, "")) as terminal:
        terminal.sees("mine.lua", "scanned")
        terminal.send(f"\x1b[200~{lines}\x1b[201~")
        terminal.until(lambda: "5001:1" in terminal.shown)
        terminal.sees("local name_4999 = 4999")
        terminal.send(QUIT)
        assert terminal.ends() == 0
        left_as_found(terminal)
    assert kept(home) == lines


def test_ctrl_c_ends_a_wait_and_never_the_program(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.sees("scanned 8 of 8")
        terminal.send(CONSOLE)
        terminal.send("BLPOP nowhere 0\r")
        terminal.sees("BLPOP nowhere 0  waiting")
        terminal.send(CTRL_C)
        terminal.sees("No longer waiting for BLPOP nowhere 0.")
        terminal.send("ECHO alive\r")
        terminal.sees('"alive"')


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_process_that_is_told_to_end_gives_the_terminal_back_and_keeps_the_text(home: Path, name: str) -> None:
    number = signal.Signals[name]
    with Terminal(home) as terminal:
        terminal.sees("scanned 8 of 8")
        terminal.send("--mark")
        terminal.sees("--mark")
        terminal.program.kill(number)
        assert terminal.ends() == 128 + number
        left_as_found(terminal)
    assert "--mark" in kept(home)


def test_a_terminal_that_is_closed_takes_the_program_with_it(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.sees("scanned 8 of 8")
        terminal.send("--mark")
        terminal.sees("--mark")
        assert terminal.goes_away() == 128 + signal.SIGHUP
    assert "--mark" in kept(home)


def test_it_does_so_too_where_another_program_started_it_and_stays(home: Path, tmp_path: Path) -> None:
    told = tmp_path / "status"
    shell = f"trap : HUP; '{sys.executable}' -m redis_tui; echo $? > '{told}'"
    with Terminal(home, program=("/bin/sh", "-c", shell)) as terminal:
        terminal.sees("scanned 8 of 8")
        terminal.goes_away()
    assert int(told.read_text()) == 128 + signal.SIGHUP


def test_the_shell_takes_over_and_gives_back(home: Path) -> None:
    with Terminal(home) as terminal:
        pid = terminal.program.pid
        assert pid is not None
        terminal.sees("scanned 8 of 8")
        terminal.send("\x10")  # ^P
        terminal.sees("Search")
        terminal.send("suspend")
        terminal.sees("Back to the shell")
        terminal.send("\r")
        terminal.until(lambda: not terminal.modes)
        os.waitpid(pid, os.WUNTRACED)  # until it is stopped
        terminal.program.kill(signal.SIGCONT)
        terminal.until(lambda: "alternate screen" in terminal.modes)
        terminal.send(F5)
        terminal.sees("(integer) 1")
        terminal.send(QUIT)
        assert terminal.ends() == 0
        left_as_found(terminal)


def test_no_colour_is_sent_where_none_is_wanted(home: Path) -> None:
    with Terminal(home, environ={"NO_COLOR": "1"}) as terminal:
        terminal.sees("scanned 8 of 8")
        terminal.send(F5)
        terminal.sees("(integer) 1")
        colours = [match for match in SGR.findall(terminal.raw) if is_coloured(match)]
        assert not colours


def test_sixteen_colours_are_enough(home: Path) -> None:
    environ = {"TERM": "xterm-16color", "COLORTERM": "", "TEXTUAL_COLOR_SYSTEM": "standard"}
    with Terminal(home, environ=environ) as terminal:
        terminal.sees("scanned 8 of 8")
        terminal.send(F5)
        terminal.sees("(integer) 1")
        numbers = [match.split(b";") for match in SGR.findall(terminal.raw)]
        assert any(is_coloured(match) for match in SGR.findall(terminal.raw))
        assert not [each for each in numbers if b"38" in each or b"48" in each]


def test_plain_signs_are_ascii_and_words_tell_the_states(home: Path) -> None:
    with Terminal(home, "tui", "--plain") as terminal:
        terminal.sees("scanned 8 of 8")
        terminal.send(F5)
        terminal.sees("(integer) 1", "ready", "name v")
        assert terminal.shown.isascii(), [line for line in terminal.shown.splitlines() if not line.isascii()]


SGR = re.compile(rb"\x1b\[([0-9;]*)m")


def is_coloured(parameters: bytes) -> bool:
    """Whether a sequence sets a colour: 30 to 49 but the defaults, 90 to 107."""
    numbers = [int(number or 0) for number in parameters.split(b";")]
    return any((30 <= number < 50 and number not in (39, 49)) or 90 <= number < 108 for number in numbers)


def test_a_process_that_is_killed_while_somebody_types_loses_nothing_older_than_two_seconds(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.sees("scanned")
        terminal.send("--mark")
        terminal.sees("--mark")
        typed_at = time.monotonic()
        while "--mark" not in kept(home):  # it never pauses long enough for the text to settle
            terminal.send("x")
            terminal.read()
            assert time.monotonic() < typed_at + 2, "two seconds of typing, and nothing was kept"
        terminal.program.kill(signal.SIGKILL)
        terminal.until(lambda: not terminal.read())
    with Terminal(home) as again:
        again.sees("recovered")
    assert "--markx" in kept(home)


def test_the_text_goes_to_the_persons_own_editor_and_comes_back(home: Path, tmp_path: Path) -> None:
    path = script(tmp_path, "return 'before'")
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\necho "EDITOR HAS $(basename $1)"\nread answer\necho "return \'$answer\'" > $1\n')
    editor.chmod(0o755)
    with Terminal(home, "tui", "memory://", path, environ={"VISUAL": str(editor)}) as terminal:
        terminal.sees("scanned")
        terminal.send(OUTSIDE)
        terminal.sees("EDITOR HAS mine.lua")
        terminal.send("afterwards\n")
        terminal.sees("mine.lua ●")
        terminal.send(SAVE)
        terminal.sees("Saved")
    assert (tmp_path / "mine.lua").read_text() == "return 'afterwards'\n"
