"""A reply, or a part of one, on the whole screen: a leaf that is longer than its row, an answer of the console.

Knows no session. The decision a reader would question: a part opens another screen over this one, not another content
in it. Escape then goes back to the place one came from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.markup import escape

from redis_tui.render.reply import stream_cli_lines
from redis_tui.render.reply_hint import reply_hints
from redis_tui.render.reply_node import size_text, type_of
from redis_tui.render.spans import Line, text_line
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.reply_viewer import Document, ReplyViewer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from redis_tui.resp.types import Reply


class ReplyScreen(Modal[None]):
    """The viewer alone."""

    DEFAULT_CSS = "ReplyScreen .dialog { padding: 0 1; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "close", show=False)]

    def __init__(self, title: str, reply: Reply) -> None:
        super().__init__()
        self._title, self._reply = title, reply
        self._viewer = ReplyViewer()

    def compose(self) -> ComposeResult:
        """One viewer."""
        with Vertical(classes="dialog -full"):
            yield self._viewer

    def on_mount(self) -> None:
        """Shows it."""
        reply = self._reply
        self._viewer.show(Document(reply, lambda: _lines(reply)))
        self._viewer.focus_content()

    @on(ReplyViewer.Changed)
    def _changed(self, event: ReplyViewer.Changed) -> None:
        event.stop()
        box = self.query_one(".dialog")
        box.border_title = f"{escape(self._title)}  {self._viewer.names_markup}"
        size = size_text(self._reply)
        parts = [self._viewer.status, type_of(self._reply), size, f"{self._viewer.keys}  Esc back"]
        box.border_subtitle = escape(" · ".join(part for part in parts if part))

    @on(ReplyViewer.Opened)
    def _opened(self, event: ReplyViewer.Opened) -> None:
        event.stop()
        self.app.push_screen(ReplyScreen(event.title, event.reply))

    def action_show_view(self, view: str) -> None:
        """A name in the border was clicked."""
        self._viewer.action_show_view(view)

    def action_close(self) -> None:
        """Back."""
        self.dismiss(None)


def _lines(reply: Reply) -> Iterator[Line]:
    yield from stream_cli_lines(reply, pieces=True)
    yield from (text_line(hint, "dim") for hint in reply_hints(reply))
