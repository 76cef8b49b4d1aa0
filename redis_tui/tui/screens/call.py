"""Calls a script by its sha, or a function by its name, with KEYS and ARGV; the reply is shown below, again and again.

Knows the session. The decision a reader would question: it sends EVALSHA and FCALL as any client does, not as a run of
the workbench, which would send the source and find NOSCRIPT never.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Label

from redis_tui.errors import RedisTuiError
from redis_tui.render.reply import cli_lines
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import split_inline
from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.base import KillOutcome
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.field import Field
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from redis_tui.session.base import Session


_LEAVES = "Esc leaves without the reply; it may go on on the server."


class CallScreen(Modal[None]):
    """One script or function, to be called.

    Args:
        session: where.
        title: for the frame.
        command: all that stands before the number of keys.
    """

    DEFAULT_CSS = """
    CallScreen .dialog { width: 90; height: 24; }
    CallScreen .row { height: 1; margin: 0 0 1 0; }
    CallScreen Label { width: 7; color: $rt-dim; }
    CallScreen Input, CallScreen Input:focus { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("f5", "call", show=False),
        Binding("f8", "kill", show=False),
    ]

    def __init__(self, session: Session, title: str, command: Sequence[bytes]) -> None:
        super().__init__()
        self._session, self._title, self._command = session, title, list(command)
        self._is_waiting = False
        self._goes_on = False
        """It could not be ended: who leaves, leaves it behind."""

    def compose(self) -> ComposeResult:
        """Two fields, two buttons, the reply."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            box.border_subtitle = "Enter or F5 calls · F8 kills · Esc leaves"
            with Horizontal(classes="row"):
                yield Label("KEYS")
                yield Field(id="call-keys", placeholder="as at the prompt: user:1 'with a space'", compact=True)
            with Horizontal(classes="row"):
                yield Label("ARGV")
                yield Field(id="call-args", placeholder="(none)", compact=True)
            with Horizontal(classes="row"):
                yield Button("Call  F5", id="call-button", compact=True)
                yield Label(" ")
                yield Button("Leave", id="leave-button", compact=True)
            yield LineView(wrap=True, id="call-reply")

    def on_mount(self) -> None:
        """Nothing was called yet."""
        self._show([[Span("The reply will be here.", "dim")]])

    @on(Button.Pressed, "#leave-button")
    def action_leave(self) -> None:
        """Back; what runs is killed first."""
        if self._is_waiting and not self._goes_on:
            self.action_kill()
        else:
            self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#call-button")
    def action_call(self) -> None:
        """Sends it."""
        if not self._is_waiting:
            self._call()

    @work(group="kill")
    async def action_kill(self) -> None:
        """Ends it on the server."""
        try:
            outcome = await self._session.kill()
        except RedisTuiError as error:
            self._goes_on = True
            self.notify(f"{error} {_LEAVES}", severity="warning", timeout=8)
            return
        self._goes_on = outcome is KillOutcome.UNKILLABLE
        self.notify(f"Kill: {outcome.value}.{f' {_LEAVES}' if self._goes_on else ''}", timeout=3)

    @work(group="call")
    async def _call(self) -> None:
        try:
            keys = split_inline(self._text("#call-keys")) if self._text("#call-keys") else []
            args = split_inline(self._text("#call-args")) if self._text("#call-args") else []
        except RedisTuiError as error:
            self._show([[Span(f"✗ {error}", "danger")]])
            return
        self._is_waiting, self._goes_on = True, False
        self._show([[Span("… waiting for the reply. F8 kills it.", "warning")]])
        started = time.perf_counter()
        try:
            reply: Reply = await self._session.execute([*self._command, b"%d" % len(keys), *keys, *args])
            lines = list(cli_lines(reply))
        except RedisTuiError as error:
            reply, lines = None, [[Span(f"✗ {error}", "danger")]]
        finally:
            self._is_waiting = False
        took = f"{(time.perf_counter() - started) * 1000:.2f} ms"
        if isinstance(reply, ErrorReply) and reply.code == "NOSCRIPT":
            lines.append([Span("The server has forgotten this script; F5 in the workbench runs it anew.", "dim")])
        self._show([[Span(f"{took}", "dim")], *lines])

    def _text(self, field: str) -> bytes:
        return self.query_one(field, Input).value.strip().encode("utf-8", "surrogateescape")

    def _show(self, lines: Sequence[Line]) -> None:
        if self.is_attached:
            self.query_one(LineView).set_lines(lines)
