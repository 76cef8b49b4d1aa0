"""Passwords planted in every place that takes one are found in none that is read by others, or read again.

One long session over a server that wants a password, with a secret of its own for each place, so that a leak names
where it came from. Searched are the screens, every file that was written, a crash's report and the process list.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from redis_tui.crash import write_report
from redis_tui.log_file import start_log, stop_log
from redis_tui.paths import packaged_themes_dir
from redis_tui.session.open import open_session
from redis_tui.theme import read_shelf
from redis_tui.tui.app import WorkbenchApp
from redis_tui.tui.screens.connect import ConnectScreen
from redis_tui.tui.screens.dialogs import Ask
from redis_tui.tui.screens.sent import SentScreen
from redis_tui.tui.screens.workbench import WorkbenchScreen
from tests.conformance.real_server import RealServer, running
from tests.tui.conftest import Until, ready

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis_tui.session.base import Session

USER = "hunter-user"
"""The password that lets in; the others are refused or change something."""
TYPED = (
    f"AUTH ann {USER}",
    "AUTH hunter-auth",
    "auth default 'hunter auth two'",
    f"HELLO 2 AUTH ann {USER} SETNAME tui",
    "ACL SETUSER bob on >hunter-acl ~* +@all",
    "CONFIG SET masterauth hunter-config",
    "CONFIG SET requirepass hunter-requirepass",
    "MIGRATE 127.0.0.1 1 k 0 10 AUTH hunter-migrate",
    "MIGRATE 127.0.0.1 1 k 0 10 AUTH2 ann hunter-migrate-two",
    "MIGRATE 127.0.0.1 1 '' 0 10 AUTH hunter-migrate-three KEYS a b",
    "AUTH 'hunter-unfinished",
    "ECHO redis://ann:hunter-echo@h",
)


@pytest.fixture(scope="module")
def guarded() -> Iterator[RealServer]:
    with running("redis-8", "--user", "ann", "on", f">{USER}", "~*", "&*", "+@all") as server:
        yield server


class Keyring(ModuleType):
    """The system's, as far as it is asked."""

    def __init__(self) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.errors = ModuleType("keyring.errors")
        self.errors.KeyringError = OSError  # type: ignore[attr-defined]  # as the package has it

    def set_password(self, service: str, name: str, password: str) -> None:
        self.kept[service, name] = password

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Keyring:
    made = Keyring()
    monkeypatch.setitem(sys.modules, "keyring", made)
    monkeypatch.setitem(sys.modules, "keyring.errors", made.errors)
    return made


def files_below(folder: Path) -> dict[str, str]:
    return {str(path): path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()}


def process_list() -> str:
    """What every user of this machine can read of this process and its children."""
    texts = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            parent = int((path.parent / "stat").read_text().rpartition(")")[2].split()[1])
            if os.getpid() in (parent, int(path.parent.name)):
                texts.append(path.read_text(errors="replace").replace("\0", " "))
        except (OSError, ValueError):
            continue  # gone meanwhile
    return "\n".join(text for text in texts if "redis-server" not in text)  # the test's own server was told it so


async def test_no_password_is_seen_written_or_listed(
    guarded: RealServer, home: Path, keyring: Keyring, monkeypatch: pytest.MonkeyPatch, until: Until
) -> None:
    monkeypatch.setenv("REDISCLI_AUTH", "hunter-environment")
    monkeypatch.setenv("THE_PASSWORD", USER)
    place = f"127.0.0.1:{guarded.port}"
    config = home / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text(f'[profiles.told]\nurl = "redis://{place}/3"\nuser = "ann"\npassword_env = "THE_PASSWORD"\n')
    start_log(home / "log", "debug")

    async def opened() -> Session:
        return await open_session(f"redis://ann:{USER}@{place}")

    shelf = read_shelf([packaged_themes_dir()])
    app = WorkbenchApp(opened, open_at=open_session, address="redis://ann:***@h", shelf=shelf, sample_keys=False)
    seen: list[str] = []

    async def look() -> None:
        await pilot.pause()
        seen.append("\n".join(strip.text for strip in app.screen._compositor.render_strips()))

    async with app.run_test(size=(120, 40)) as pilot:
        await ready(app, pilot, until)
        workbench = app.screen
        assert isinstance(workbench, WorkbenchScreen)
        session = workbench.session
        await pilot.press("ctrl+t")
        for line in TYPED:
            field = workbench.query_one("#command", Input)
            field.value = line
            await look()
            await pilot.press("enter")
            await until(pilot, lambda: not workbench._prompt_desk._waiting)
            field.value = ""
            await look()
        await pilot.press("up", "up")
        await look()
        for view in ("server", "clients", "slowlog"):
            workbench.action_open_view(view)
            await look()
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, SentScreen))
        await look()
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is workbench)

        await pilot.press("alt+u")
        await until(pilot, lambda: isinstance(app.screen, ConnectScreen) and isinstance(app.focused, Input))
        connect = app.screen
        await look()
        connect.query_one("#connect-address", Input).value = f"redis://ann:{USER}@{place}/4"
        await until(pilot, lambda: connect.query_one("#connect-password", Input).value == USER)
        connect.query_one("#connect-name", Input).value = "kept"
        connect.query_one("#connect-source").action_turn(-1)  # type: ignore[attr-defined]  # the keyring
        await look()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, Ask) and app.screen.query("#answer-do"))
        app.screen.query_one("#answer-do", Button).press()
        await until(pilot, lambda: keyring.kept)
        await until(pilot, lambda: app.screen is connect and "[profiles.kept]" in config.read_text())
        await look()
        names = connect.query_one("#connect-list")
        names.row = 2  # type: ignore[attr-defined]  # told, whose password is in the environment
        await until(pilot, lambda: connect.query_one("#connect-name", Input).value == "told")
        await look()
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is workbench and session.db == 3)
        await look()
        workbench.action_new()
        app.action_notices()
        await look()
        listed = process_list()
        report = write_report(ValueError(f"redis://ann:{USER}@h"), face="workbench", sent=app._sent.texts())
        await pilot.press("escape")
        workbench.keep_unsaved()
    await asyncio.to_thread(stop_log)
    assert keyring.kept == {("redis-tui", f"ann@{place}"): USER}
    assert report.report is not None
    found = files_below(home)
    written = "\n".join(found.values())
    assert "AUTH ***" in written
    assert "ACL SETUSER bob" in written
    assert [name for name, text in found.items() if "hunter" in text] == []
    assert [line for text in seen for line in text.splitlines() if "hunter" in line] == []
    assert "hunter" not in listed
