"""The command line on a production server, and on one that is read-only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.cli import run_cli

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_exec_refuses_what_is_dangerous_until_yes_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["exec", "--production", "FLUSHALL"]) == 2
    told = (
        "redis-tui: FLUSHALL was not sent: embedded is a production server. Add --yes to send it without being asked.\n"
    )
    assert capfd.readouterr() == ("", told)
    assert run_cli(["exec", "--production", "--yes", "FLUSHALL"]) == 0
    assert run_cli(["exec", "--url", "memory://?production=yes", "KEYS", "*"]) == 2
    assert run_cli(["exec", "--production", "CONFIG", "GET", "save"]) == 0


def test_what_stood_before_it_in_a_pipe_was_sent_and_no_more(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    lines.write_bytes(b"SET a 1\nGET a\nKEYS *\nSET a 2\n")
    with lines.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert run_cli(["exec", "--production"]) == 2
    out, err = capfd.readouterr()
    assert out == "OK\n1\n"
    assert "KEYS was not sent" in err


def test_run_refuses_a_script_that_names_one(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    script = tmp_path / "wipe.lua"
    script.write_text("return redis.call('FLUSHALL')")
    assert run_cli(["run", "--production", str(script), ","]) == 2
    assert "FLUSHALL in line 1 of wipe was not sent" in capfd.readouterr().err
    assert run_cli(["run", "--production", "--yes", str(script), ","]) == 0
    assert run_cli(["run", "--production", "--dry-run", str(script), ","]) == 0


def test_a_read_only_session_says_why_it_refuses(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["exec", "--read-only", "SET", "k", "v"]) == 1
    assert "This session is read-only; the command was not run." in capfd.readouterr().out
