"""Passwords that are planted everywhere are found nowhere: not in the log, the history, a report or the process list."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from redis_tui.cli import run_cli
from redis_tui.crash import crash_sentences, write_report
from redis_tui.paths import HOME_VARIABLE, history_file
from redis_tui.prompt.history import History

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

SECRET = "hunter2"
PLANTED = (
    f"AUTH {SECRET}",
    f"AUTH default {SECRET}",
    f"HELLO 2 AUTH default {SECRET}",
    f"ACL SETUSER ann on >{SECRET} +@all",
    f"CONFIG SET requirepass {SECRET}",
    f'CONFIG SET masterauth "{SECRET}"',
    f"MIGRATE h 6379 k 0 10 AUTH {SECRET}",
    f"MIGRATE h 6379 k 0 10 AUTH2 ann {SECRET}",
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    return tmp_path


def written(folder: Path) -> str:
    return "\n".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    lines = tmp_path.parent / f"{tmp_path.name}-typed"
    lines.write_text("".join(f"{line}\n" for line in PLANTED))
    with lines.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        yield


@pytest.mark.usefixtures("typed")
def test_the_log_names_each_command_and_no_password(home: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = home / "log"
    run_cli(["exec", "--log-file", str(log), "--log-level", "debug"])
    run_cli(["exec", "--log-file", str(log), "--url", f"redis://ann:{SECRET}@127.0.0.1:1", "PING"])
    assert SECRET not in capfd.readouterr().err
    text = written(home)
    for name in ("AUTH ***", "ACL SETUSER", "CONFIG SET requirepass ***", "MIGRATE", "redis://ann:***@127.0.0.1:1"):
        assert name in text
    assert SECRET not in text
    assert log.stat().st_mode & 0o777 == 0o600


def test_the_history_keeps_none(home: Path) -> None:
    history = History(history_file("repl"))
    history.load()
    for line in PLANTED:
        history.append(line)
    assert "ACL SETUSER ann" in written(home)
    assert SECRET not in written(home)


def test_a_report_has_where_it_happened_and_no_values(home: Path) -> None:
    def fail() -> None:
        password = SECRET
        raise ValueError(f"redis://ann:{password}@h")

    with pytest.raises(ValueError, match="redis") as fault:
        fail()
    crash = write_report(fault.value, face="repl", sent=["AUTH ***"])
    assert crash.report is not None
    assert crash.report.stat().st_mode & 0o777 == 0o600
    text = crash.report.read_text()
    assert "in fail" in text
    assert "AUTH ***" in text
    assert SECRET not in text
    assert any(str(crash.report) in sentence for sentence in crash_sentences(crash))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process change what ps shows of it")
def test_the_process_list_shows_no_password() -> None:
    program = (
        "import sys; from redis_tui.process_title import hide_passwords; hide_passwords(sys.argv); "
        "sys.stdout.buffer.write(open('/proc/self/cmdline', 'rb').read()); print(sys.argv[1])"
    )
    url = f"redis://ann:{SECRET}@h:6379/1"
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, check=True, cwd=Path.cwd())
    shown, _, kept = done.stdout.rpartition(b"\0")
    assert b"redis://ann:***@h:6379/1" in shown
    assert SECRET.encode() not in shown
    assert kept.decode().strip() == url


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process change what ps shows of it")
@pytest.mark.parametrize("words", [["--requirepass", "s3cr3t"], ["--requirepass=s3cr3t"]])
def test_the_process_list_shows_no_password_of_our_own_server(words: list[str]) -> None:
    program = (
        "import sys; from redis_tui.process_title import hide_passwords; hide_passwords(sys.argv); "
        "sys.stdout.buffer.write(open('/proc/self/cmdline', 'rb').read())"
    )
    argv = [sys.executable, "-c", program, "serve", "not-s3cr3t", *words, "--port", "0"]
    shown = subprocess.run(argv, capture_output=True, check=True, cwd=Path.cwd()).stdout.rstrip(b"\0").split(b"\0")
    told = [word.rstrip().decode() for word in shown[3:]]
    hidden = [word.replace("s3cr3t", "***") for word in words]
    assert told == ["serve", "not-s3cr3t", *hidden, "--port", "0"]


@pytest.mark.parametrize("path", ["/dev/full", "/nowhere/log"])
def test_a_log_that_cannot_be_written_is_told_once_and_stops_nothing(
    path: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if path == "/dev/full" and not Path(path).exists():
        pytest.skip("no such device here")
    lines = tmp_path / "lines"
    lines.write_text("PING\nSELECT 1\nPING\n")
    with lines.open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert run_cli(["exec", "--log-file", path]) == 0
    out, err = capfd.readouterr()
    assert out == "PONG\nOK\nPONG\n"
    assert err.count(f"No log is written to {path}") == 1
    assert err.count("\n") == 1


def test_a_fault_of_a_command_is_one_line_and_a_report(
    home: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> int:
        raise KeyError("gone")

    monkeypatch.setattr("redis_tui.cli.script._script_run", broken)
    assert run_cli(["run", "--example", "counter"]) == 70
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("redis-tui: redis-tui has met a fault of its own and had to stop: KeyError in ")
    assert "Traceback" not in err
    assert "Traceback" in written(home)


def test_a_password_that_is_hidden_in_a_changed_address_is_the_one_given_last(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []

    async def open_session(url: str, **_: object) -> None:
        given.append(url)

    def run_workbench(_: object, *, open_at: Callable[[str], Awaitable[object]], **__: object) -> int:
        async def change() -> None:
            await open_at("redis://:***@other")
            await open_at("redis://:new@other")
            await open_at("redis://:***@third")

        asyncio.run(change())
        return 0

    monkeypatch.setattr("redis_tui.session.open.open_session", open_session)
    monkeypatch.setattr("redis_tui.tui.app.run_workbench", run_workbench)
    assert run_cli(["redis://:old@first"]) == 0
    assert given == ["redis://:old@other", "redis://:new@other", "redis://:new@third"]
