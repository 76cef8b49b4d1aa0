"""The real program in a real terminal."""

from __future__ import annotations

import os
import sys
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
