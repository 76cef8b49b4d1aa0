"""What opens over the workbench: questions, lists, long texts, help. Each answers through ``dismiss``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Input, Static

from redis_tui.record import dataclass
from redis_tui.render.cells import cells, fit
from redis_tui.render.spans import Line, Span
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.field import Field
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to a question."""

    name: str
    label: str
    danger: bool = False


class Ask(Modal[str]):
    """A question with a few answers; Escape answers ``cancel``. Enter alone never takes a dangerous one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(self, title: str, text: str, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title, self._text, self._choices = title, text, choices

    def compose(self) -> ComposeResult:
        """Title, text, a button for each answer."""
        with Vertical(classes="dialog") as box:
            box.border_title = self._title
            yield Static(self._text, markup=False)
            with Horizontal(classes="buttons"):
                for choice in self._choices:
                    yield Button(
                        f"! {choice.label}" if choice.danger else choice.label,
                        id=f"answer-{choice.name}",
                        compact=True,
                        classes="-danger" if choice.danger else "",
                    )

    def on_mount(self) -> None:
        """The first answer that costs nothing has the keyboard."""
        harmless = next((choice for choice in self._choices if not choice.danger), self._choices[0])
        self.query(f"#answer-{harmless.name}").focus()  # none where the question was answered before it stood

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss((event.button.id or "").removeprefix("answer-"))

    def action_cancel(self) -> None:
        """No answer."""
        self.dismiss("cancel")


class Answers(LineView):
    """Answers to choose from, below a field; while that is empty, Enter there takes the one that is marked."""

    DEFAULT_CSS = """
    Answers { scrollbar-size-horizontal: 0; }  /* it would lie over the last answer */
    """

    def __init__(self) -> None:
        super().__init__(cursor=True)

    @property
    def shows_cursor(self) -> bool:
        """Not beside a text that is typed, which goes before."""
        return self.has_focus or not self.screen.query_one(Input).value.strip()


_TALL = 16
"""Offers that fill the dialog; for fewer it is as high as they are."""


class AskText(Modal[str]):
    """Asks for a path or another text; below, answers to choose from. Answers the text, a choice, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
    ]

    def __init__(
        self,
        title: str,
        value: str,
        offers: Sequence[tuple[str, str, str]] = (),
        *,
        wanted: str = "path to a .lua file",
    ) -> None:
        """Takes offers as (answer, text, remark)."""
        super().__init__()
        self._title, self._value, self._offers, self._wanted = title, value, offers, wanted

    def compose(self) -> ComposeResult:
        """A field, and the list if there is one."""
        with Vertical(classes="dialog -tall" if self._offers else "dialog") as box:
            box.border_title = self._title
            box.border_subtitle = "Enter takes it · Esc leaves"
            yield Field(self._value, placeholder=self._wanted, compact=True)
            if self._offers:
                yield Answers()

    @property
    def offers(self) -> Sequence[tuple[str, str, str]]:
        """What is listed now."""
        return self._offers

    @property
    def marked(self) -> int:
        """Which of them Enter would take."""
        return min(self.query_one(Answers).row, len(self._offers) - 1)

    def show_offers(self, offers: Sequence[tuple[str, str, str]]) -> None:
        """Lists other answers."""
        self._offers = offers
        width = max((cells(text) for _, text, _ in offers), default=0)
        self.query_one(LineView).set_lines(
            [[Span(f" {fit(text, width)}  ", "strong"), Span(remark, "dim")] for _, text, remark in offers]
        )

    def on_mount(self) -> None:
        """Fills the list."""
        if self._offers:
            self.show_offers(self._offers)
            view = self.query_one(LineView)
            if len(self._offers) < _TALL:
                view.styles.height = len(self._offers)
                self.query_one(".dialog").remove_class("-tall").add_class("-list")

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.dismiss(event.value.strip())
        elif self._offers:
            self.dismiss(self._offers[self.query_one(Answers).row][0])

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.dismiss(self._offers[event.row][0])

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._offers:
            self.query_one(Answers).refresh()

    def action_step(self, by: int) -> None:
        """Another answer of the list; the field keeps the keyboard."""
        if self._offers:
            self.query_one(Answers).action_step(by)

    def action_cancel(self) -> None:
        """No path."""
        self.dismiss("")


class Reading(Modal[None]):
    """A long text to read: the log of sent commands, a slow command, help."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,f12,f1", "close", show=False)]

    def __init__(self, title: str, lines: Sequence[Line], *, remark: str = "", at_end: bool = False) -> None:
        super().__init__()
        self._title, self._lines, self._remark, self._at_end = title, lines, remark, at_end

    def compose(self) -> ComposeResult:
        """One view."""
        with Vertical(classes="dialog -full") as box:
            box.border_title = self._title
            box.border_subtitle = self._remark or "Esc closes · y copies"
            yield LineView()

    def on_mount(self) -> None:
        """Fills the view."""
        view = self.query_one(LineView)
        view.set_lines(self._lines)
        view.focus()
        if self._at_end:
            view.call_after_refresh(view.scroll_end, animate=False)

    def action_close(self) -> None:
        """Back to the workbench."""
        self.dismiss(None)


def file_offers(recent: Sequence[Path], examples: Sequence[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """What the open dialog lists: recent files, Lua files here, examples."""
    here = sorted(Path.cwd().glob("*.lua"))[:30]
    files = [*recent, *(path for path in here if path not in recent)]
    offers = [(str(path), path.name, str(path.parent)) for path in files]
    return offers + [(f"example:{name}", f"{name}.lua", f"example: {title}") for name, title in examples]
