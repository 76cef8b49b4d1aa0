"""``redis-tui run --repeat``: how long a script takes, as a table, as JSON, and when it is ended early."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_cli import Shell

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shell(capfd: pytest.CaptureFixture[str]) -> Shell:
    return Shell(capfd)


@pytest.fixture
def count(tmp_path: Path) -> str:
    path = tmp_path / "count.lua"
    path.write_text("return redis.call('INCR', KEYS[1])")
    return str(path)


def test_a_table_tells_median_p99_worst_and_total(shell: Shell, count: str) -> None:
    status, out, err = shell("run", count, "n", ",", "--repeat", "20")
    assert (status, err) == (0, "")
    lines = re.sub(r"\d+\.\d{3}", "#", out.replace("  (the first run)", "")).splitlines()
    assert [re.sub(" +", " ", line) for line in lines] == [
        "20 runs, 0 errors",
        "median # ms",
        "p99 # ms",
        "worst # ms",
        "total # ms",
        "Each run keeps every other client waiting: for # ms as a rule, # ms at worst.",
    ]


def test_json_tells_the_same_and_the_last_reply(shell: Shell, count: str) -> None:
    status, out, err = shell("run", count, "n", ",", "--repeat", "20", "--json")
    told = json.loads(out)
    assert (status, err) == (0, "")
    assert (told["runs"], told["wanted"], told["errors"], told["stopped"], told["error"]) == (20, 20, 0, False, None)
    assert told["reply"] == 20
    assert 0 < told["median_ms"] <= told["p99_ms"] <= told["worst_ms"] <= told["total_ms"]
    assert told["slow_log_ms"] == 10


def test_each_dry_run_begins_from_the_same_state(shell: Shell, count: str, tmp_path: Path) -> None:
    setup = tmp_path / "setup.txt"
    setup.write_text("SET n 41\n")
    out = shell("run", count, "n", ",", "--repeat", "5", "--dry-run", "--json", "--setup", str(setup))[1]
    assert json.loads(out)["reply"] == 42


def test_failures_are_counted_and_the_first_is_told(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "odd.lua"
    path.write_text("if redis.call('INCR', KEYS[1]) % 2 == 0 then error('even') end")
    status, out, err = shell("run", str(path), "n", ",", "--repeat", "5")
    assert status == 1
    assert out.startswith("5 runs, 2 errors\n")
    assert err.startswith("Line 1:\n")


def test_a_run_above_the_slow_logs_threshold_is_warned_of(shell: Shell, count: str, tmp_path: Path) -> None:
    setup = tmp_path / "setup.txt"
    setup.write_text("CONFIG SET slowlog-log-slower-than 1\n")
    out = shell("run", count, "n", ",", "--repeat", "2", "--setup", str(setup))[1]
    assert out.endswith("Slow: the slow log of this server begins at 0.001 ms (slowlog-log-slower-than).\n")
    setup.write_text("CONFIG SET slowlog-log-slower-than -1\n")
    out = shell("run", count, "n", ",", "--repeat", "2", "--setup", str(setup))[1]
    assert "Slow" not in out


@pytest.mark.parametrize("option", ["--trace", "--changes", "--costs"])
def test_what_would_be_measured_as_well_is_refused(shell: Shell, count: str, option: str) -> None:
    status, _, err = shell("run", count, "n", ",", "--repeat", "2", option)
    assert status == 2
    assert err.startswith("redis-tui: --repeat measures, and would measure --trace, --changes and --costs as well.")


def test_ctrl_c_ends_with_what_was_measured(tmp_path: Path) -> None:
    path = tmp_path / "slow.lua"
    # The third run tells that it is there, and does not end.
    path.write_text(
        "if redis.call('INCR', KEYS[1]) < 3 then return end redis.log(redis.LOG_WARNING, 'x') while true do end"
    )
    program = (
        "import sys, redis_tui.runner as runner\n"
        "from redis_tui.cli import run_cli\n"
        "def told(self, done, wanted):\n"
        "    if done == 2: print('second', flush=True)\n"
        "runner._Counter.show = told\n"
        "sys.exit(run_cli(sys.argv[1:]))\n"
    )
    command = [sys.executable, "-c", program, "run", str(path), "n", ",", "--repeat", "1000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "second\n"
        process.send_signal(signal.SIGINT)
        out = process.stdout.read()
    assert process.returncode == 130
    assert out.startswith("2 runs of 1,000, then stopped, 0 errors\nmedian ")
