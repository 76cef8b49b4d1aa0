"""Reads INFO and the settings for the Server view, and changes a setting when told.

Knows the session and the view. The decision a reader would question: a setting whose name tells of a secret is
never read into the table, so that neither the screen nor a copy of it ever shows one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.resp.types import ErrorReply
from redis_tui.session.nodes import at_node, lacking_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from redis_tui.tui.desks.bench import Bench

_SECRETS = ("pass", "masterauth", "primaryauth")
_HIDDEN = "(hidden)"


class FigureDesk:
    """What the Server view asks for."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._session, self._view = bench.session, bench.panes.server
        self._settings: dict[str, str] = {}
        self._node = ""
        """Of a cluster: which node is looked at; empty is all of them together."""
        self.deeds: dict[str, Callable[[str], Awaitable[None]]] = {
            "server.read": lambda _: self.read(),
            "server.set": self._set,
            "server.node": self._next_node,
        }

    def leave(self) -> None:
        """Another server comes, with settings of its own, and other nodes or none."""
        self._settings, self._node = {}, ""

    async def read(self) -> None:
        """INFO for the charts, and the settings where these are looked at."""
        from redis_tui.tui import server_queries

        with at_node(self._node):
            found = await server_queries.info(self._session)
        if isinstance(found, ErrorReply):
            self._view.show_message(f"✗ {found.code} {found.message}")
            return
        self._view.show_info(found, of=self._of())
        if self._view.shows_settings:
            await self._read_settings()

    async def _read_settings(self) -> None:
        from redis_tui.tui import server_queries

        with at_node(self._node):
            found = await server_queries.settings(self._session)
        if isinstance(found, ErrorReply):
            self._view.show_message(f"✗ {found.code} {found.message}")
            return
        self._settings = {name: _HIDDEN if _is_secret(name) and value else value for name, value in found.items()}
        self._view.show_settings(self._settings, of=self._of())

    def _of(self) -> str:
        """What the figures are of, for people; empty where there is one server."""
        nodes = self._session.nodes()
        if not nodes or self._node:
            return self._node
        return " · ".join(part for part in (f"{len(nodes)} nodes together", lacking_text(nodes)) if part)

    async def _next_node(self, _: str) -> None:
        """All nodes together, then one after the other."""
        names = [node.name for node in self._session.nodes()]
        if not names:
            self._bench.app.notify("There is one server.", timeout=3)
            return
        self._node = ["", *names, ""][names.index(self._node) + 2 if self._node in names else 1]
        await self.read()

    async def _set(self, name: str) -> None:
        from redis_tui.tui.screens.dialogs import AskText

        now = self._settings.get(name)
        if now is None:
            return
        if _is_secret(name):
            self._bench.app.notify(f"{name} is a secret: set it at the prompt, which keeps it out of histories.")
            return
        at = f" at {self._node}" if self._node else " on every node" if self._session.info.is_cluster else ""
        answer = await self._bench.app.push_screen_wait(AskText(f"CONFIG SET {name}{at}", now, wanted="the new value"))
        if not answer or answer == now:
            return
        value = b"" if answer == "''" else answer.encode("utf-8", "surrogateescape")
        with at_node(self._node):
            reply = await self._session.execute([b"CONFIG", b"SET", name.encode(), value])
        self._bench.tell(reply, f"{name} is {answer} now{at}, until the server restarts (CONFIG REWRITE keeps it).")
        await self._read_settings()


def _is_secret(name: str) -> bool:
    return any(part in name for part in _SECRETS)
