"""The Console pane: a prompt for any Redis command, and above it what was answered.

The transcript opens when a command is entered and closes on Escape, so that an idle prompt
costs one line. Completion, usage, faults and history are those of the REPL (`prompt`). The decision a reader
would question: a command of several lines is gone on with in a one-line prompt, as in a shell, and its lines
so far stand above it; a field of many lines would take Enter and the arrows for itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Label, Static

from redis_tui.prompt.assist import Assist, wants_more
from redis_tui.prompt.history import History
from redis_tui.render.command import highlight_command
from redis_tui.render.spans import Line, Span, text_line, width
from redis_tui.spec.mask import masked
from redis_tui.spec.redact import redact_text
from redis_tui.tui.messages import CommandEntered, WaitUnwanted
from redis_tui.tui.theme import palette_of
from redis_tui.tui.widgets.command_input import CommandHighlighter, CommandInput
from redis_tui.tui.widgets.line_view import LineView, wrap_line
from redis_tui.tui.widgets.lua_complete import Offer
from redis_tui.tui.widgets.offer_list import OfferList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from textual.app import ComposeResult

    from redis_tui.spec.catalog import Catalog

_TRANSCRIPT_LIMIT = 5_000
_MOST_BEGUN = 5
"""Lines of a command that are shown above the one that is typed."""
_MORE = "....> "
"""The prompt of a line that goes on."""
_BESIDE = 4
"""Columns of the transcript that no text has: its margins and the bar."""
_SAID = frozenset(("danger", "reply.error", "hint"))
"""Styles of sentences to read, not of data."""


class ConsolePane(Vertical):
    """Transcript, completion, prompt."""

    DEFAULT_CSS = """
    ConsolePane #usage-below { height: 1; padding: 0 1; color: $rt-dim; }
    ConsolePane #begun { height: auto; padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", show=False, priority=True),
        Binding("up", "earlier(-1)", show=False, priority=True),
        Binding("down", "earlier(1)", show=False, priority=True),
        Binding("ctrl+r", "search", show=False, priority=True),
        Binding("alt+enter", "new_line", show=False, priority=True),
        Binding("backspace", "join_line", show=False, priority=True),
        Binding("escape", "fold", show=False),
        Binding("ctrl+l", "clear", show=False, priority=True),
        Binding("ctrl+c", "stop_waiting", show=False, priority=True),
    ]

    def __init__(self, history_file: Path | None = None) -> None:
        super().__init__(id="console")
        self._history = History(history_file)
        self._place = 0
        self._wanted: str | None = None
        """What ^R looks for, while one goes from line to line with it."""
        self._begun = ""
        """Lines of a command that goes on, each with its line break."""
        self._draft = ""
        self._lines: list[Line] = []
        self._prompt: Line = text_line("redis:0> ", "prompt")
        self._is_waiting = False
        self.assist = Assist()
        self._known_keys: Callable[[], Sequence[str]] = lambda: ()

    def compose(self) -> ComposeResult:
        """Transcript above, prompt below."""
        yield LineView(id="transcript")
        yield OfferList(id="console-offers")
        yield Static("", id="waiting")
        yield Static("", id="begun")
        with Horizontal(id="prompt-line"):
            yield Label("redis:0> ", id="prompt")
            yield CommandInput(id="command", compact=True, highlighter=CommandHighlighter(self))
            yield Static("", id="usage")
        yield Static("", id="usage-below")

    def on_mount(self) -> None:
        """Reads the history; the transcript is folded."""
        self.query_one("#transcript").display = False
        self.query_one("#usage-below").display = False
        self.query_one("#begun").display = False
        self.show_waiting([])
        self._history.load()
        self._told_problem()
        self._place = len(self._history.lines)

    # ── setters ────────────────────────────────────────────────────────────

    def set_prompt(self, line: Line) -> None:
        """``redis:0> ``, ``redis:0(TX)> ``."""
        self._prompt = line
        self._show_prompt()

    def set_catalog(self, catalog: Catalog, keys: Callable[[], Sequence[str]]) -> None:
        """The commands there are, and who knows keys besides those met here."""
        self.assist.catalog = catalog
        self._known_keys = keys

    def show_waiting(self, waits: Sequence[tuple[str, float]]) -> None:
        """Shows what has no answer yet, and for how many seconds; none hides the line."""
        self._is_waiting = bool(waits)
        notice = self.query_one("#waiting", Static)
        notice.display = self._is_waiting
        if not waits:
            return
        line, seconds = waits[0]
        line = " ".join(line.split())
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
        """Adds an answer to the transcript; what is said of a failure is broken at words, data stays in its lines."""
        room = self.size.width - _BESIDE
        self._add(
            part
            for line in lines
            for part in (wrap_line(line, room) if room > 0 and line and line[0].style in _SAID else [line])
        )

    def focus_content(self) -> None:
        """Gives the keyboard to the prompt and shows the transcript if there is one."""
        if self._lines:
            self.query_one("#transcript").display = True
        self._input.focus()

    # ── what happens inside ────────────────────────────────────────────────

    @on(CommandInput.Entered)
    def _entered(self, event: CommandInput.Entered) -> None:
        event.stop()
        offers = self.query_one(OfferList)
        if offers.chosen is not None:
            self._input.value = event.text
            self._input.cursor_position = event.cursor
            self._take(offers.chosen)
            return
        line = self._begun + event.text
        if not line.strip():
            return
        if wants_more(line):
            self._begun = line + "\n"
            self._show_prompt()
            return
        self._begun = ""
        self._show_prompt()
        if not self.assist.several(line.strip()):
            self.echo(line.strip())  # of several each as it is sent, so that its answer stands below it
        self._remember(line.strip())
        self.post_message(CommandEntered(line.strip()))

    def echo(self, command: str) -> None:
        """Puts a command into the transcript, without its secrets."""
        self._add(self._prompted(highlight_command(redact_text(command))))

    def _prompted(self, lines: Iterable[Line]) -> list[Line]:
        """Lines of a command behind their prompts."""
        return [[*(text_line(_MORE, "prompt") if number else self._prompt), *line] for number, line in enumerate(lines)]

    def _begun_text(self) -> Text:
        """The lines above the one that is typed, the last few of many."""
        palette = palette_of(self)
        lines = highlight_command(masked(self._begun.removesuffix("\n")))
        hidden = max(0, len(lines) - _MOST_BEGUN)
        shown = self._prompted(lines)[hidden:]
        if hidden:
            shown.insert(0, text_line(f"… {hidden:,} more line{'' if hidden == 1 else 's'} above", "dim"))
        rows = (Text.assemble(*((span.text, palette.rich(span.style)) for span in line)) for line in shown)
        return Text("\n", no_wrap=True, overflow="ellipsis").join(rows)

    @on(CommandInput.LinesPasted)
    def _pasted(self, event: CommandInput.LinesPasted) -> None:
        event.stop()
        field = self._input
        head, tail = field.value[: field.cursor_position], field.value[field.cursor_position :]
        self._put(self._begun + head + event.text, tail)

    def action_new_line(self) -> None:
        """Goes on in a new line."""
        field = self._input
        head, tail = field.value[: field.cursor_position], field.value[field.cursor_position :]
        self._put(f"{self._begun}{head}\n", tail)

    def action_join_line(self) -> None:
        """Backspace at the beginning of a line goes back to the one before."""
        field = self._input
        self._put(self._begun.removesuffix("\n"), field.value)

    def _put(self, head: str, tail: str) -> None:
        """Shows a command of any number of lines, the cursor between its two parts."""
        *begun, last = head.split("\n")
        self._begun = "".join(f"{line}\n" for line in begun)
        self._show_prompt()
        self._input.value = last + tail
        self._input.cursor_position = len(last)
        self._hint()

    def _show_prompt(self) -> None:
        self.query_one("#prompt", Label).update(
            Content.assemble(
                *(
                    (span.text, "$rt-danger" if span.style == "danger" else "")
                    for span in (text_line(_MORE) if self._begun else self._prompt)
                )
            )
        )
        view = self.query_one("#begun", Static)
        view.display = bool(self._begun)
        if self._begun:
            view.update(self._begun_text())

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
        line, cursor = self.typed(field.value, field.cursor_position)
        if not line.strip():
            spans: Line = [Span("any Redis command · Tab completes · ^R searches", "dim")]
        else:
            spans = self.assist.usage_line(line, cursor)
        palette = palette_of(self)
        text = Text.assemble(*((span.text, palette.rich(span.style)) for span in spans), no_wrap=True)
        room = max(0, self.size.width - width(self._prompt) - len(field.value) - 4)
        below = self.query_one("#usage-below", Static)
        # Once there it stays until the line is empty: what one types must not jump up and down.
        below.display = bool(line) and (below.display or width(spans) > room)
        if below.display:
            text.truncate(max(0, self.size.width - 4), overflow="ellipsis")
        below.update(text if below.display else "")
        usage.update("" if below.display else text)

    def typed(self, text: str, cursor: int) -> tuple[str, int]:
        """A line of the prompt and a place in it, with the lines before that belong to the same command."""
        return self._begun + text, len(self._begun) + cursor

    def on_resize(self) -> None:
        """The hint gets what room is left."""
        self._hint()

    def action_complete(self) -> None:
        """One candidate is put in; several are listed, and Tab goes through them."""
        offers, field = self.query_one(OfferList), self._input
        if offers.display:
            offers.row = (offers.row + 1) % offers.row_count
            return
        self.assist.more_keys = self._known_keys()
        completion = self.assist.complete(*self.typed(field.value, field.cursor_position))
        found = [Offer(item.text, item.meta) for item in completion.candidates[:50]]
        if len(found) == 1:
            self._take(found[0])
        else:
            offers.offer(found)

    def _take(self, offer: Offer) -> None:
        field = self._input
        line, cursor = self.typed(field.value, field.cursor_position)
        start = max(0, self.assist.complete(line, cursor).start - len(self._begun))
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
        if not 0 <= place <= len(self._history.lines):
            return
        if self._place == len(self._history.lines):
            self._draft = self._begun + self._input.value
        self._recall(place)

    def action_search(self) -> None:
        """Goes back to the latest line that holds what is typed; again, to the one before."""
        if self._wanted is None or self._place == len(self._history.lines):
            self._wanted = self._draft = self._begun + self._input.value
        found = self._history.find(self._wanted, self._place)
        if found is None:
            self.notify(f"No earlier line holds {self._wanted!r}.", timeout=2)
            return
        self._recall(found)

    def _recall(self, place: int) -> None:
        self._place = place
        if place == len(self._history.lines):
            self._wanted = None
        text = self._history.lines[place] if place < len(self._history.lines) else self._draft
        self._put(text, "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002  # Textual's signature
        """Arrows scroll the transcript while it has the keyboard."""
        if action == "stop_waiting":
            return self._is_waiting
        if action == "join_line":
            return bool(self._begun) and self._input.has_focus and self._input.cursor_position == 0
        if action in ("complete", "earlier", "search", "new_line"):
            return self.is_mounted and self._input.has_focus
        return True

    def action_fold(self) -> None:
        """Closes the candidates, drops a command of several lines, ends a wait, closes the transcript."""
        offers = self.query_one(OfferList)
        if offers.display:
            offers.offer(())
        elif self._begun:
            self._begun = ""
            self._show_prompt()
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
        self._lines += lines
        if len(self._lines) > _TRANSCRIPT_LIMIT:
            gone = text_line(f"… what was before is gone: {_TRANSCRIPT_LIMIT:,} lines are kept", "dim")
            self._lines = [gone, *self._lines[-_TRANSCRIPT_LIMIT:]]
        view = self.query_one("#transcript", LineView)
        view.display = True
        share = 4 if self.screen.has_class("-narrow") else 3  # there, all else stands in one column above it
        view.styles.height = 1 + min(len(self._lines), max(4, self.app.size.height // share))
        view.set_lines(self._lines, keep_place=True)
        view.call_after_refresh(view.scroll_end, animate=False)

    def _remember(self, line: str) -> None:
        self._history.append(line)
        self._told_problem()
        self._place = len(self._history.lines)
        self._wanted = None

    def _told_problem(self) -> None:
        if self._history.problem:
            self.notify(self._history.problem, severity="warning")
            self._history.problem = ""

    @property
    def _input(self) -> Input:
        return self.query_one("#command", Input)
