"""Leaving one server and meeting another, while scripts, arguments and the editor stay as they are.

The decision a reader would question: what the old server was asked is given up, not waited for. An answer that came
after the panes were emptied would stand among those of the new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.profile import COLORS
from redis_tui.render.spans import text_line
from redis_tui.tui.parts.base import Part

if TYPE_CHECKING:
    from redis_tui.profile import Profile

_SEPARATOR = ":"


class MeetingPart(Part):
    """What the application tells when the session goes over to another server."""

    def leave_server(self) -> None:
        """Gives up what was asked of the server that is left, and empties what it told."""
        self.workers.cancel_node(self)
        self._prompt_desk.leave()
        self._feed.leave()
        self._link.forget()
        self._activity.leave()
        self._runs.leave(self.session.info.label)

    def meet_server(self, profile: Profile | None) -> None:
        """Asks the server that was gone over to what the panes show."""
        self.show_profile(profile)
        self._prompt_desk.show_prompt()
        info = self.session.info
        told = f"connected to {info.label} · {info.server} {info.version}".rstrip()
        self._panes.console.show_reply([text_line(f"── {told} ──", "dim")])
        self._feed.start()
        self._feed.learn()

    def show_profile(self, profile: Profile | None) -> None:
        """Names the profile in the title, and groups the keys as it says."""
        self._panes.title.set_profile(*(("", "") if profile is None else (profile.name, COLORS.get(profile.color, ""))))
        separator = None if profile is None else profile.separator
        self._panes.keys.set_separator((_SEPARATOR if separator is None else separator).encode())
