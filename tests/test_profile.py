"""Named servers: what the settings may say of one, what it becomes, and that a mistake is told with its line."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from redis_tui.cli import run_cli
from redis_tui.errors import AuthError
from redis_tui.paths import HOME_VARIABLE
from redis_tui.settings import read_settings
from tests.conformance.real_server import RealServer, running

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from redis_tui.session.base import Session

SECRET = "hunter2"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    (tmp_path / "config").mkdir()
    return tmp_path / "config" / "config.toml"


@pytest.fixture(scope="module")
def guarded() -> Iterator[RealServer]:
    with running("redis-8", "--user", "ann", "on", f">{SECRET}", "~*", "+@all") as server:
        yield server


def test_a_profile_becomes_an_address_that_says_all_of_it(file: Path) -> None:
    file.write_text(
        '[profiles.work]\nurl = "db:6380/2"\nuser = "ann"\ntls = true\ncacert = "/etc/ca.pem"\n'
        'production = true\nread_only = true\npassword_command = "pass redis"\ntheme = "ember"\n'
    )
    found = read_settings()
    assert found.problems == ()
    work = found.profiles["work"]
    assert work.url == "rediss://ann@db:6380/2?cacert=/etc/ca.pem&read_only=yes&production=yes"
    assert (work.source.command, work.theme) == ("pass redis", "ember")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('password = "x"', '3: profiles.work.password is no place for a password. Write password_command = "pass'),
        ("tls = 1", "3: profiles.work.tls is of another kind. Write tls = true or tls = false."),
        ("user = 1", '3: profiles.work.user is of another kind. Write text in quotes: user = "…".'),
        ("colour = 1", "3: profiles.work.colour is not known. Known here: url, user,"),
        ('sni = "x"', "2: profiles.work.url is no use: sni is about TLS, which this address does not speak. Write red"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_keeps_that_profile_from_being_used(
    file: Path, capfd: pytest.CaptureFixture[str], line: str, told: str
) -> None:
    file.write_text(f'[profiles.work]\nurl = "redis://db"\n{line}\n[profiles.home]\nurl = "memory://"\n')
    found = read_settings()
    assert [str(problem).startswith(f"Settings {file}:{told}") for problem in found.problems] == [True], found.problems
    assert list(found.profiles) == ["home"]
    assert run_cli(["exec", "--profile", "work", "PING"]) == 2
    assert f"redis-tui: Settings {file}:" in capfd.readouterr().err
    assert run_cli(["exec", "--profile", "home", "PING"]) == 0


@pytest.mark.parametrize("text", ["profiles = 1", "[profiles]\nwork = 1", "[profiles.work]\ntls = true"])
def test_what_is_no_profile_is_told(file: Path, text: str) -> None:
    file.write_text(text)
    assert len(read_settings().problems) == 1


def test_a_server_is_opened_by_its_name(file: Path, guarded: RealServer, capfd: pytest.CaptureFixture[str]) -> None:
    url = f"redis://127.0.0.1:{guarded.port}/3"
    file.write_text(
        f'[profiles.work]\nurl = "{url}"\nuser = "ann"\npassword_command = "echo {SECRET}"\nproduction = true\n'
    )
    for words in (["--profile", "work"], ["--url", "work"], ["-u", "work"]):
        assert run_cli(["exec", *words, "ACL", "WHOAMI"]) == 0
        assert capfd.readouterr() == ("ann\n", "")
    assert run_cli(["exec", "--profile", "work", "--password-command", "echo no", "PING"]) == 3
    assert run_cli(["exec", "--profile", "work", "FLUSHDB"]) == 2
    assert "is a production server" in capfd.readouterr().err


def test_a_name_that_nobody_has_is_told_with_those_there_are(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file.write_text('[profiles.work]\nurl = "redis://db"\n')
    assert run_cli(["exec", "--profile", "wrok", "PING"]) == 2
    assert f"There is no profile wrok. Those in {file}: work." in capfd.readouterr().err
    assert run_cli(["exec", "--profile", "work", "--url", "redis://h", "PING"]) == 2
    assert "A profile has an address of its own." in capfd.readouterr().err


def test_config_shows_profiles_without_their_secrets(file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file.write_text(f'[profiles.work]\nurl = "redis://ann:{SECRET}@db/1"\nproduction = true\n')
    assert run_cli(["config"]) == 0
    out = capfd.readouterr().out
    assert '[profiles.work]\nurl = "redis://ann:***@db/1"\nproduction = true\n' in out
    assert SECRET not in out


def test_the_workbench_takes_a_name_for_an_address(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('theme = "nord"\n[profiles.work]\nurl = "redis://db/1"\nread_only = true\ntheme = "ember"\n')
    opened: dict[str, object] = {}

    def run_workbench(_opener: object, **options: object) -> int:
        opened.update(options)
        return 0

    monkeypatch.setattr("redis_tui.tui.app.run_workbench", run_workbench)
    assert run_cli(["work", "a.lua"]) == 0
    assert (opened["address"], opened["theme"]) == ("redis://db/1?read_only=yes", "ember")
    assert str(opened["files"]) == "[PosixPath('a.lua')]"


def test_a_changed_address_keeps_the_password_for_its_server_alone(
    file: Path, guarded: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"redis://ann@127.0.0.1:{guarded.port}"
    file.write_text(f'[profiles.work]\nurl = "{url}/3"\npassword_command = "echo {SECRET}"\n')
    seen: list[object] = []

    async def who(open_at: Callable[[str], Awaitable[Session]], address: str) -> object:
        session = await open_at(address)
        try:
            return session.info.label, await session.execute([b"ACL", b"WHOAMI"])
        finally:
            await session.close()

    def run_workbench(_opener: object, *, open_at: Callable[[str], Awaitable[Session]], **_: object) -> int:
        seen.extend(asyncio.run(who(open_at, address)) for address in (f"{url}/4", "work"))
        with pytest.raises(AuthError):
            asyncio.run(who(open_at, f"redis://ann:no@127.0.0.1:{guarded.port}"))
        seen.append(asyncio.run(who(open_at, f"redis://localhost:{guarded.port}")))
        return 0

    monkeypatch.setattr("redis_tui.tui.app.run_workbench", run_workbench)
    assert run_cli(["work"]) == 0
    assert seen == [
        (f"127.0.0.1:{guarded.port}/4", b"ann"),
        (f"127.0.0.1:{guarded.port}/3", b"ann"),
        (f"localhost:{guarded.port}", b"default"),
    ]
