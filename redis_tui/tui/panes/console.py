"""The Console pane: a prompt for any Redis command, and above it what was answered.

The transcript opens when a command is entered and closes on Escape, so that an idle prompt
costs one line. Lines that hold a secret never enter the history.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.markup import escape
from textual.widgets import Input, Label, Static

from redis_tui.render.command import highlight_command
from redis_tui.render.spans import Line, Span
from redis_tui.spec.complete import Completion
from redis_tui.spec.redact import has_secret, redact_text
from redis_tui.tui.messages import CommandEntered, WaitUnwanted
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.lua_complete import Offer
from redis_tui.tui.widgets.offer_list import OfferList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.app import ComposeResult

Completer = Callable[[str, int], Completion]
_HISTORY_LIMIT = 1_000
_TRANSCRIPT_LIMIT = 5_000


class ConsolePane(Vertical):
    """Transcript, completion, prompt."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False, priority=True),
        Binding("up", "earlier(-1)", show=False, priority=True),
        Binding("down", "earlier(1)", show=False, priority=True),
        Binding("escape", "fold", show=False),
        Binding("ctrl+l", "clear", show=False, priority=True),
        Binding("ctrl+c", "stop_waiting", show=False, priority=True),
    ]

    def __init__(self, history_file: Path | None = None) -> None:
        super().__init__(id="console")
        self._file = history_file
        self._history: list[str] = []
        self._place = 0
        self._draft = ""
        self._lines: list[Line] = []
        self._prompt = "redis:0> "
        self._is_waiting = False
        self._completer: Completer = lambda _text, _cursor: Completion((), 0, "")

    def compose(self) -> ComposeResult:
        """Transcript above, prompt below."""
        yield LineView(id="transcript")
        yield OfferList(id="console-offers")
        yield Static("", id="waiting")
        with Horizontal(id="prompt-line"):
            yield Label("redis:0> ", id="prompt")
            yield Input(id="command", compact=True)
            yield Static("", id="usage")

    def on_mount(self) -> None:
        """Reads the history; the transcript is folded."""
        self.query_one("#transcript").display = False
        self.show_waiting([])
        if self._file is not None and self._file.is_file():
            text = self._file.read_text(encoding="utf-8", errors="replace")
            self._history = [line for line in text.splitlines() if line][-_HISTORY_LIMIT:]
        self._place = len(self._history)

    # ── setters ────────────────────────────────────────────────────────────

    def set_prompt(self, text: str) -> None:
        """``redis:0> ``, ``redis:0(TX)> ``."""
        self._prompt = text
        self.query_one("#prompt", Label).update(escape(text))

    def set_completer(self, completer: Completer) -> None:
        """Who knows the commands."""
        self._completer = completer

    def show_waiting(self, waits: Sequence[tuple[str, float]]) -> None:
        """Shows what has no answer yet, and for how many seconds; none hides the line."""
        self._is_waiting = bool(waits)
        notice = self.query_one("#waiting", Static)
        notice.display = self._is_waiting
        if not waits:
            return
        line, seconds = waits[0]
        more = f" and {len(waits) - 1} more" if len(waits) > 1 else ""
        room = max(10, self.size.width - 34 - len(more))
        notice.update(
            Content.from_markup(
                "[bold $rt-warning]… $line[/][$rt-warning]$more[/]  [$rt-dim]waiting $seconds s · Esc stops[/]",
                line=line if len(line) <= room else line[: room - 1] + "…",
                more=more,
                seconds=f"{seconds:.0f}",
            )
        )

    def show_reply(self, lines: Iterable[Line]) -> None:
        """Adds an answer to the transcript."""
        self._add(lines)

    def focus_content(self) -> None:
        """Gives the keyboard to the prompt and shows the transcript if there is one."""
        if self._lines:
            self.query_one("#transcript").display = True
        self._input.focus()

    # ── what happens inside ────────────────────────────────────────────────

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        offers = self.query_one(OfferList)
        if offers.chosen is not None:
            self._take(offers.chosen)
            return
        line = event.value.strip()
        if not line:
            return
        self._input.value = ""
        self._remember(line)
        shown = highlight_command(redact_text(line))[0]
        self._add([[Span(self._prompt, "prompt"), *shown]])
        self.post_message(CommandEntered(line))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one(OfferList).offer(())
        self._hint()

    @on(OfferList.Taken)
    def _clicked(self, event: OfferList.Taken) -> None:
        event.stop()
        self._take(event.offer)

    def _hint(self) -> None:
        field, usage = self._input, self.query_one("#usage", Static)
        text = field.value
        completion = self._completer(text, len(text)) if text.strip() else None
        hint = completion.hint if completion else "" if text else "any Redis command · Tab completes"
        room = max(0, self.size.width - len(self._prompt) - len(text) - 4)
        usage.update(escape(hint if len(hint) <= room else hint[: max(0, room - 1)] + "…" if room > 8 else ""))

    def on_resize(self) -> None:
        """The hint gets what room is left."""
        self._hint()

    def action_complete(self) -> None:
        """One candidate is put in; several are listed, and Tab goes through them."""
        offers, field = self.query_one(OfferList), self._input
        if offers.display:
            offers.row = (offers.row + 1) % offers.row_count
            return
        completion = self._completer(field.value, field.cursor_position)
        found = [Offer(item.text, item.meta) for item in completion.candidates[:50]]
        if len(found) == 1:
            self._take(found[0])
        else:
            offers.offer(found)

    def _take(self, offer: Offer) -> None:
        field = self._input
        start = self._completer(field.value, field.cursor_position).start
        tail = field.value[field.cursor_position :]
        head = field.value[:start] + offer.text + ("" if tail.startswith(" ") else " ")
        field.value = head + tail
        field.cursor_position = len(head)
        self.query_one(OfferList).offer(())
        field.focus()

    def action_earlier(self, by: int) -> None:
        """Goes through the history, or through the candidates while they are open."""
        offers = self.query_one(OfferList)
        if offers.display:
            offers.action_step(by)
            return
        place = self._place + by
        if not 0 <= place <= len(self._history):
            return
        if self._place == len(self._history):
            self._draft = self._input.value
        self._place = place
        self._input.value = self._history[place] if place < len(self._history) else self._draft
        self._input.cursor_position = len(self._input.value)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual's signature
        """Arrows scroll the transcript while it has the keyboard."""
        if action == "stop_waiting":
            return self._is_waiting
        if action in ("complete", "earlier"):
            return self.is_mounted and self._input.has_focus
        return True

    def action_fold(self) -> None:
        """Closes the candidates, ends a wait, closes the transcript."""
        offers = self.query_one(OfferList)
        if offers.display:
            offers.offer(())
        elif self._is_waiting:
            self.action_stop_waiting()
        else:
            self.query_one("#transcript").display = False

    def action_stop_waiting(self) -> None:
        """^C, and Escape."""
        self.post_message(WaitUnwanted())

    def action_clear(self) -> None:
        """Empties the transcript."""
        self._lines = []
        self.query_one("#transcript", LineView).set_lines([])
        self.query_one("#transcript").display = False

    def _add(self, lines: Iterable[Line]) -> None:
        self._lines = [*self._lines, *lines][-_TRANSCRIPT_LIMIT:]
        view = self.query_one("#transcript", LineView)
        view.display = True
        view.styles.height = 1 + min(len(self._lines), max(4, self.app.size.height // 3))
        view.set_lines(self._lines, keep_place=True)
        view.call_after_refresh(view.scroll_end, animate=False)

    def _remember(self, line: str) -> None:
        if not has_secret(line) and (not self._history or self._history[-1] != line):
            self._history = [*self._history, line][-_HISTORY_LIMIT:]
            self._write_history(line)
        self._place = len(self._history)

    def _write_history(self, line: str) -> None:
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError as error:
            self.notify(f"The history is not kept: {error.strerror}.", severity="warning")
            self._file = None

    @property
    def _input(self) -> Input:
        return self.query_one("#command", Input)
