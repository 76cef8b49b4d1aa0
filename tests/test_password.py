"""Where a password comes from, and that it goes nowhere else."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from redis_tui.cli import run_cli
from redis_tui.errors import AuthError, UsageError
from redis_tui.password import PasswordSource, account
from tests.conformance.real_server import RealServer, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "hunter2"
URL = "redis://ann@h:6379/1"


@pytest.fixture(scope="module")
def guarded() -> Iterator[RealServer]:
    """A server with a user ann and her password."""
    with running("redis-8", "--user", "ann", "on", f">{SECRET}", "~*", "+@all") as server:
        yield server


def test_an_address_with_a_password_asks_nobody() -> None:
    source = PasswordSource(ask=True, command="exit 1", keyring=True)
    assert source.read(f"redis://ann:{SECRET}@h") is None
    assert source.read("memory://") is None


def test_the_environment_is_the_last_to_be_asked() -> None:
    assert PasswordSource().read(URL, environment={"REDISCLI_AUTH": SECRET}) == SECRET
    assert PasswordSource().read(URL, environment={}) is None
    assert PasswordSource(command="echo other; echo more").read(URL, environment={"REDISCLI_AUTH": SECRET}) == "other"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("exit 3", r"The command for the password failed with status 3: exit 3\. Try it in a shell"),
        ("true", "The command for the password printed none"),
    ],
)
def test_a_command_that_gives_none_is_told(command: str, told: str) -> None:
    with pytest.raises(AuthError, match=told):
        PasswordSource(command=command).read(URL)


def test_a_password_is_asked_for_by_the_name_of_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def somebody(prompt: str) -> str:
        asked.append(prompt)
        return SECRET

    monkeypatch.setattr("getpass.getpass", somebody)
    assert PasswordSource(ask=True).read(URL) == SECRET
    assert asked == ["Password for ann@h:6379: "]


def test_without_a_terminal_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", nobody)
    with pytest.raises(UsageError, match="no terminal to ask for the password"):
        PasswordSource(ask=True).read(URL)


def test_the_keyring_is_asked_by_user_and_host(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("redis-tui", "ann@h:6379"): SECRET}
    keyring, errors = ModuleType("keyring"), ModuleType("keyring.errors")
    keyring.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    errors.KeyringError = RuntimeError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert PasswordSource(keyring=True).read(URL) == SECRET
    with pytest.raises(AuthError, match=r"no password for other:1\. Put one there: keyring set redis-tui other:1\."):
        PasswordSource(keyring=True).read("redis://other:1")
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match="pip install"):
        PasswordSource(keyring=True).read(URL)


def test_what_the_keyring_knows_a_server_by() -> None:
    urls = (URL, "h:1", "rediss://h?sni=x/y", "redis+sentinel://a,b:1/main/0", "unix:///run/s")
    assert [account(url) for url in urls] == ["ann@h:6379", "h:1", "h", "a,b:1", "localhost"]


def test_the_command_line_takes_it_from_a_command_and_keeps_it_to_itself(
    guarded: RealServer, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    secret, log = tmp_path / "secret", tmp_path / "log"
    secret.write_text(f"{SECRET}\nfor: redis\n")
    words = ["--url", f"redis://ann@127.0.0.1:{guarded.port}", "--log-file", str(log), "--log-level", "debug"]
    assert run_cli(["exec", *words, "--password-command", f"cat {secret}", "ACL", "WHOAMI"]) == 0
    assert capfd.readouterr() == ("ann\n", "")
    assert run_cli(["exec", *words, "--password-command", "echo wrong", "PING"]) == 3
    assert "refused the credentials" in capfd.readouterr().err
    assert SECRET not in log.read_text()
