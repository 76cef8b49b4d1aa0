"""What the screen Connect asks for: tries a server, opens it, writes its profile.

Knows how a session is opened, the settings' file and no widget. The decision a reader would question: a try is a whole
session, opened as the workbench would open it and ended at once. A cheaper knock on the port would find less than what
can fail later: TLS, credentials, the database, the tunnel.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from redis_tui.errors import UsageError
from redis_tui.password import keep_in_keyring
from redis_tui.profile_file import remove_profile, save_profile
from redis_tui.session.aside import aside
from redis_tui.session.probe import Finding, probe
from redis_tui.session.production import answered
from redis_tui.settings import read_settings
from redis_tui.tui.connect_form import with_password

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from redis_tui.profile import Profile
    from redis_tui.session.base import Session
    from redis_tui.settings import ReadSettings
    from redis_tui.tui.connect_form import ConnectForm


class ConnectDesk:
    """Serves the form.

    Args:
        open_at: opens an address.
        path: of the settings.
    """

    def __init__(self, open_at: Callable[[str], Awaitable[Session]], path: Path) -> None:
        self._open_at, self._path = open_at, path

    def settings(self) -> ReadSettings:
        """The profiles as they are now, which another program may have changed."""
        return read_settings(self._path)

    async def open(self, form: ConnectForm, password: str) -> tuple[Session, Profile]:
        """Opens what the form says.

        Args:
            form: its fields.
            password: what was typed; empty looks where the form says that it is.

        Raises:
            UsageError: a field is wrong, or the password cannot be had.
            SessionError: no connection.
        """
        profile = form.profile()
        found: str | None = password
        if not password and not profile.source.ask:
            found = await asyncio.to_thread(profile.source.read, profile.url, environment={}, has_terminal=False)
        return await self._open_at(with_password(profile.url, found)), profile

    async def test(self, form: ConnectForm, password: str) -> Finding:
        """Opens it, looks, and ends it.

        Raises:
            UsageError, SessionError: as for `open`.
        """
        session, _ = await self.open(form, password)
        try:
            with aside(), answered():
                return await probe(session, form.url)
        finally:
            await session.close()

    async def save(self, form: ConnectForm, password: str) -> str:
        """Writes the profile, and puts the password into the keyring where that is chosen.

        Returns:
            What was done, for people.

        Raises:
            UsageError: a field is wrong, there is no name, or no keyring.
            FileError: the file cannot be written.
        """
        if not form.name:
            raise UsageError("A profile needs a name.", hint="Fill in the field Name; redis-tui NAME opens it then.")
        profile = form.profile()
        kept = ""
        if form.source == "keyring" and password:
            account = await asyncio.to_thread(keep_in_keyring, profile.url, password)
            kept = f" Its password is in the system's keyring, as {account}."
        await asyncio.to_thread(save_profile, self._path, form.name, form.said())
        return f"Saved in {self._path}: redis-tui {form.name} opens it.{kept}"

    async def remove(self, name: str) -> None:
        """Takes a profile out of the settings.

        Raises:
            FileError: the file cannot be written.
        """
        await asyncio.to_thread(remove_profile, self._path, name)
