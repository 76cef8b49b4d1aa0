"""Monitor and Pub/Sub: what a server tells on and on, with what was dropped told beside it.

Knows messages, not sessions. The decision a reader would question: MONITOR does not begin when its tab is opened.
It costs a busy server up to half of its speed, so it is asked for.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.content import Content
from textual.widgets import Static

from redis_tui.render.message import message_bytes, message_line, monitor_line
from redis_tui.render.spans import Line, Span
from redis_tui.resp.types import OK
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.tail_view import TailView
from redis_tui.tui.widgets.view import FilterLine, View, ViewKey, bindings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import Input

    from redis_tui.session.stream import Batch, Message

_RATE_S = 1.0

_COMMON = (
    ViewKey("p", "pause", "pause"),
    ViewKey("slash", "filter", "filter", "/"),
    ViewKey("x", "clear", "clear"),
)


class StreamView(View):
    """What both have in common: a state line, messages, a filter."""

    NOTE: ClassVar[tuple[str, ...]] = ()
    """While nothing is listened to."""
    LISTENS: ClassVar[str] = ""
    """While nothing has come."""

    def __init__(self, draw: Callable[[Message], Line], *, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__()
        self._tail = TailView(draw, message_bytes, id=id)
        self._head = Static("", classes="head")
        self._what = ""
        self._received = self._dropped = 0
        self._rate = 0.0
        self._rate_from = (0.0, 0)
        self._problem = ""

    def compose(self) -> ComposeResult:
        """State and messages."""
        yield self._head
        yield self._tail

    def on_mount(self) -> None:
        """Says how to begin."""
        self.stopped()

    # ── setters ────────────────────────────────────────────────────────────

    @property
    def is_listening(self) -> bool:
        """Whether a stream is open."""
        return bool(self._what)

    @property
    def tail(self) -> TailView:
        """The messages."""
        return self._tail

    def listening(self, what: str) -> None:
        """A stream is open, or tells something else from now on."""
        if not self._what:
            self._received = self._dropped = 0
            self._rate, self._rate_from = 0.0, (time.monotonic(), 0)
        self._what, self._problem = what, ""
        self._tail.say(self.LISTENS)
        self._show_state()

    def stopped(self, problem: str = "") -> None:
        """The stream has ended, by wish or by a problem; its messages stay."""
        self._what, self._problem, self._rate = "", problem, 0.0
        self._rate_from = (time.monotonic(), self._received)
        self._tail.say(*((f"✗ {problem}",) if problem else ()), *self.NOTE)
        self._show_state()

    def forget(self) -> None:
        """Messages of another server, and how many they were."""
        super().forget()
        self._received = self._dropped = 0
        self._tail.clear()
        self.stopped()

    def take(self, batch: Batch) -> None:
        """Messages have come."""
        self._received += len(batch.messages) + batch.dropped
        self._dropped += batch.dropped
        self._tail.add(batch.messages)

    def tick(self) -> None:
        """Works out anew how many come in a second; called some times a second, however many messages come."""
        now = time.monotonic()
        at, received = self._rate_from
        if now - at >= _RATE_S:
            self._rate = (self._received - received) / (now - at)
            self._rate_from = (now, self._received)
        self._show_state()

    def _show_state(self) -> None:
        shown, kept, held = self._tail.counts
        lost = self._dropped + self._tail.lost_while_paused
        mark, tone = ("■ stopped", "dim") if not self._what else ("● listening", "success")
        if self._problem:
            mark, tone = "✗ broken", "danger"
        if self._tail.is_paused:
            mark, tone = f"‖ paused, {held:,} new", "warning"
        parts = [f"{self._rate:,.0f}/s"] if self._what else []
        parts += [f"{shown:,} of {kept:,} match"] if shown != kept else []
        parts += [self._what] if self._what else []
        drop = f" · {lost:,} dropped" if lost else ""
        self._head.update(
            Content.from_markup(
                f" [$rt-{tone}]$mark[/][bold $rt-danger]$drop[/][$rt-dim]$rest[/]",
                mark=mark,
                drop=drop,
                rest="".join(f" · {part}" for part in parts),
            ),
            layout=False,
        )
        older = self._received - self._dropped - kept
        cut = f" · last {kept:,}" if older > 0 and kept else ""
        self.subtitle = f"{self._received:,} told{cut}{drop}" if self._received else ""

    # ── keys ───────────────────────────────────────────────────────────────

    def action_pause(self) -> None:
        """Stands still, or goes on."""
        lost = self._tail.lost_while_paused
        self._tail.pause(on=not self._tail.is_paused)
        self._dropped += lost
        self._show_state()

    def action_filter(self) -> None:
        """Narrows what is shown."""
        self.open_filter("text that messages hold")

    def action_clear(self) -> None:
        """Forgets what has come."""
        self._tail.clear()
        self._received = self._dropped = 0
        self._rate_from = (time.monotonic(), 0)
        self._show_state()

    @on(FilterLine.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._tail.narrow(event.value)
        self._show_state()

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        from redis_tui.tui.screens.dialogs import Reading

        event.stop()
        message = self._tail.chosen
        if message is not None:
            text = message_bytes(message.reply).decode("utf-8", "backslashreplace")
            self.app.push_screen(Reading(self.TITLE, [[Span(line, "text")] for line in text.splitlines()]))


_MONITOR_KEYS = (
    ViewKey("s", "start/stop", "wish('monitor.toggle')"),
    *_COMMON,
    ViewKey("o", "own on/off", "wish('monitor.own')"),
    ViewKey("w", "save", "wish('monitor.save')"),
)


class MonitorView(StreamView):
    """Every command that the server runs."""

    TITLE = "Monitor"
    SHORT = "Mon"
    KEYS = _MONITOR_KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(_MONITOR_KEYS)
    NOTE = (
        "MONITOR shows every command that the",
        "server runs, from all clients.",
        "It slows a busy server down.",
        "s starts it.",
    )
    LISTENS = "No command yet."

    def __init__(self) -> None:
        self.names: Mapping[str, str] = {}
        """Script names by sha."""
        self._hides_own = False
        super().__init__(lambda message: monitor_line(message.reply, self.names), id="monitor-view")

    def take(self, batch: Batch) -> None:
        """Commands have come; that MONITOR itself was understood is no command."""
        super().take(replace(batch, messages=tuple(one for one in batch.messages if one.reply != OK)))

    def turn_own(self, addresses: Sequence[str]) -> bool:
        """Leaves out what the workbench itself sends, or shows it again.

        Args:
            addresses: of its own connections, one for each server.

        Returns:
            Whether it is left out now.
        """
        self._hides_own = not self._hides_own
        ends = ("] ", " @")  # behind the address; in a cluster its node follows
        texts = [f" {address}{end}".encode() for address in addresses for end in ends]
        self.tail.leave_out(texts if self._hides_own else ())
        self.tick()
        return self._hides_own


_PUBSUB_KEYS = (
    ViewKey("a", "subscribe", "wish('pubsub.subscribe')"),
    ViewKey("u", "unsubscribe", "wish('pubsub.unsubscribe')"),
    ViewKey("e", "key events", "wish('pubsub.keyspace')"),
    ViewKey("P", "publish", "wish('pubsub.publish')"),
    *_COMMON,
    ViewKey("w", "save", "wish('pubsub.save')"),
    ViewKey("i", "channels", "wish('pubsub.channels')"),
)


class PubSubView(StreamView):
    """What is published on channels, patterns and shard channels."""

    TITLE = "Pub/Sub"
    SHORT = "Pub"
    KEYS = _PUBSUB_KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(_PUBSUB_KEYS)
    NOTE = (
        "Nothing is subscribed to.",
        "a  a channel, a pattern (news.*),",
        "   or a shard channel (shard:news)",
        "e  events of keys",
        "P  publishes a message",
    )
    LISTENS = "Subscribed; nothing was published yet."

    def __init__(self) -> None:
        super().__init__(lambda message: message_line(message.at_s, message.reply), id="pubsub-view")
