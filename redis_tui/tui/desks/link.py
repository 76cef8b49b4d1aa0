"""The link to the server: says when it is gone, tries again with longer and longer waits, and tells when it is back.

Knows the session, the title bar and the border of the panes; what they show it leaves alone, marked as old. The
decision a reader would question: one command at a time tries the link, and the panes hold back meanwhile. Eight panes
that each try to connect keep a server that is coming back busy with nothing else.
"""

from __future__ import annotations

import math
import random
import time
from typing import TYPE_CHECKING

from redis_tui.errors import AuthError, RedisTuiError
from redis_tui.session.aside import aside
from redis_tui.session.base import Event, EventKind
from redis_tui.tui.desks.notices import take_away

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.tui.desks.bench import Bench

_WAITS_S = (1, 2, 3, 5, 8, 13, 20, 30)
"""Between attempts; the last one from then on."""
_SPREAD = (0.8, 1.2)
"""A server that comes back is not to meet all its clients in the same moment."""
STALE = "old: disconnected"
"""In the border of what was read before the link was lost."""
_SAY_AFTER_S = 1
"""Seconds of an attempt that nobody needs to be told of."""
_LOST = "Disconnected"
"""The title of the notices that say so."""


class LinkDesk:
    """Watches over the link, and mends it.

    Args:
        bench: the workbench.
        read_all: reads for every pane, once the link is back.
    """

    def __init__(self, bench: Bench, read_all: Callable[[], None]) -> None:
        self._bench = bench
        self._session, self._panes = bench.session, bench.panes
        self._read_all = read_all
        self._attempts = self._tried = 0
        self._next_at = self._began = 0.0
        self._is_trying = False
        self._told = ""

    def take(self, event: Event) -> None:
        """Something happened to the link."""
        if event.kind is EventKind.DISCONNECTED:
            self._lost(event.text)
        elif event.kind is EventKind.RECONNECTED:
            self._back(event.text)
        elif event.kind is EventKind.DEMOTED:
            self._bench.app.notify(event.text, title="Replica", severity="warning", timeout=12)

    def tick(self) -> None:
        """Counts down to the next attempt."""
        if not self._bench.link.is_lost:
            return
        left = self._next_at - time.monotonic()
        if self._is_trying:
            waited = time.monotonic() - self._began
            seconds = f" {waited:.0f} s" if waited >= _SAY_AFTER_S else ""
            self._panes.title.set_alarm(f"disconnected, trying again…{seconds}")
        elif left <= 0:
            self.try_now()
        else:
            tried = f", tried {self._tried}×" if self._tried else ""
            self._panes.title.set_alarm(f"disconnected, trying again ({math.ceil(left)} s{tried}) · F9 now")

    def forget(self) -> None:
        """Another server comes, and its link is whole."""
        self._bench.link.is_lost = self._is_trying = False
        self._told = ""
        self._panes.title.set_alarm(None)
        self._mark(is_old=False)
        take_away(self._bench.app, _LOST)

    def try_now(self) -> None:
        """An attempt, if the link is lost and none is under way."""
        if self._bench.link.is_lost and not self._is_trying:
            self._is_trying, self._began = True, time.monotonic()
            self.tick()
            self._bench.work(self._try(), "link")

    def _lost(self, reason: str) -> None:
        if not self._bench.link.is_lost:
            self._bench.link.is_lost = True
            self._attempts = self._tried = 0
            self._wait()
            self._mark(is_old=True)
        self._tell(reason)
        self.tick()

    def _tell(self, reason: str) -> None:
        """Once for each reason: twenty attempts that end alike are one notice."""
        if reason and reason != self._told:
            self._told = reason
            self._bench.app.notify(reason, title=_LOST, severity="error", timeout=8)

    def _wait(self) -> None:
        wait = _WAITS_S[min(self._attempts, len(_WAITS_S) - 1)]
        self._attempts += 1
        self._next_at = time.monotonic() + wait * random.uniform(*_SPREAD)  # no secret

    async def _try(self) -> None:
        try:
            with aside():
                await self._session.execute([b"PING"])
        except RedisTuiError as error:
            self._tried += 1
            self._wait()
            self._tell(f"{error.message} {error.hint}" if isinstance(error, AuthError) else error.message)
        else:
            self._back()
        finally:
            self._is_trying = False
            self.tick()

    def _back(self, news: str = "") -> None:
        if news:
            self._bench.app.notify(news, title="Moved", timeout=8)
        if not self._bench.link.is_lost:
            return
        self._bench.link.is_lost = False
        self._told = ""
        self._panes.title.set_alarm(None)
        self._mark(is_old=False)
        take_away(self._bench.app, _LOST)
        self._bench.app.notify("Connected again.", timeout=3)
        self._read_all()

    def _mark(self, *, is_old: bool) -> None:
        """Dims what was read before, and says so in the border."""
        self._bench.screen.set_class(is_old, "-lost")
        self._panes.keys.say(STALE if is_old else "")
        for view in (self._panes.library.views | self._panes.activity.views).values():
            if is_old:
                view.subtitle = STALE
            elif view.subtitle == STALE:
                view.subtitle = ""
