"""The real program in a real terminal."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pexpect
import pytest


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_the_workbench_opens_runs_the_counter_and_quits(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]  # the fixtures of this folder work elsewhere
    env = {
        **os.environ,
        "REDIS_TUI_HOME": str(tmp_path / "home"),
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        "LINES": "40",
    }
    program: pexpect.spawn[str] = pexpect.spawn(
        sys.executable, ["-m", "redis_tui"], cwd=root, env=env, encoding="utf-8", dimensions=(40, 120), timeout=30
    )
    try:
        program.expect("counter.lua")
        program.expect("scanned")
        program.send("\x1b[15~")  # F5
        program.expect(r"\(integer\)")
        program.send("\x11")  # ^Q
        program.expect(pexpect.EOF)
    finally:
        program.close(force=True)
    assert program.exitstatus == 0


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_a_process_that_is_killed_while_somebody_types_loses_nothing_older_than_two_seconds(tmp_path: Path) -> None:
    home = tmp_path / "home"
    env = {**os.environ, "REDIS_TUI_HOME": str(home), "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "40"}
    arguments = ["-m", "redis_tui"]

    def spawn() -> pexpect.spawn[str]:
        root = Path(__file__).parents[2]
        return pexpect.spawn(
            sys.executable, arguments, cwd=root, env=env, encoding="utf-8", dimensions=(40, 120), timeout=30
        )

    def kept() -> str:
        return "".join(str(json.loads(draft.read_text())["text"]) for draft in home.rglob("unsaved/*.json"))

    program = spawn()
    try:
        program.expect("scanned")
        program.send("--mark")
        program.expect("mark")
        typed_at = time.monotonic()
        while "--mark" not in kept():  # it never pauses long enough for the text to settle
            program.send("x")
            program.expect(pexpect.TIMEOUT, timeout=0.05)
            assert time.monotonic() < typed_at + 2, "two seconds of typing, and nothing was kept"
        program.kill(signal.SIGKILL)
        program.expect(pexpect.EOF)
    finally:
        program.close(force=True)
    again = spawn()
    try:
        again.expect("recovered")
    finally:
        again.close(force=True)
    assert "--markx" in kept()


@pytest.mark.skipif(sys.platform == "win32", reason="pexpect needs a pseudo-terminal")
def test_the_text_goes_to_the_persons_own_editor_and_comes_back(tmp_path: Path) -> None:
    script = tmp_path / "mine.lua"
    script.write_text("return 'before'")
    editor = tmp_path / "editor.sh"
    editor.write_text('#!/bin/sh\necho "EDITOR HAS $(basename $1)"\nread answer\necho "return \'$answer\'" > $1\n')
    editor.chmod(0o755)
    env = {
        **os.environ,
        "REDIS_TUI_HOME": str(tmp_path / "home"),
        "TERM": "xterm-256color",
        "COLUMNS": "120",
        "LINES": "40",
        "VISUAL": str(editor),
    }
    arguments = ["-m", "redis_tui", "tui", "memory://", str(script)]
    root = Path(__file__).parents[2]
    program: pexpect.spawn[str] = pexpect.spawn(
        sys.executable, arguments, cwd=root, env=env, encoding="utf-8", dimensions=(40, 120), timeout=30
    )
    try:
        program.expect("scanned")
        program.send("\x05")  # ^E
        program.expect("EDITOR HAS mine.lua")
        program.sendline("afterwards")
        program.expect("mine.lua ●")
        program.send("\x13")  # ^S
        program.expect("Saved")
    finally:
        program.close(force=True)
    assert script.read_text() == "return 'afterwards'\n"
