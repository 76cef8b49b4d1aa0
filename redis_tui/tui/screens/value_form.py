r"""Fields for a part of a value, and what will change, before it is saved.

Knows no session. The decision a reader would question: bytes that are not plain text are edited
escaped, as ``\xHH`` in the way of redis-cli, and never as their closest text: a value that is
opened and saved untouched is the same to the byte.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.markup import escape
from textual.widgets import Button, Input, Label, TextArea

from redis_tui.render.decode import is_text
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import UnbalancedQuotes, quote, split_inline
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.field import Field
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

_SHOWN_AROUND = 3
_LONG = 2_000
"""Lines of a difference that are shown."""


class ValueForm(Modal["list[bytes] | None"]):
    """Some fields; answers their bytes, or None."""

    DEFAULT_CSS = """
    ValueForm TextArea { height: 10; background: $rt-panel; border: none; padding: 0 1; }
    ValueForm .-tall TextArea { height: 1fr; }
    ValueForm .-tall { height: 80%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("ctrl+s", "save", show=False, priority=True),
        Binding("ctrl+b", "escaped", show=False, priority=True),
    ]

    def __init__(self, title: str, fields: Sequence[tuple[str, bytes]], *, is_tall: bool = False) -> None:
        """Takes the fields' names and what they hold; the last one may have many lines."""
        super().__init__()
        self._title, self._fields, self._is_tall = title, fields, is_tall
        self._escaped = not all(_is_plain(data) for _, data in fields)

    def compose(self) -> ComposeResult:
        """A label and a field each."""
        with Vertical(classes="dialog -full -tall" if self._is_tall else "dialog") as box:
            box.border_title = escape(self._title)
            for at, (name, data) in enumerate(self._fields):
                yield Label(name, classes="field-label", markup=False)
                if at < len(self._fields) - 1:
                    yield Field(self._shown(data), id=f"field-{at}", compact=True)
                else:
                    yield TextArea(self._shown(data), id=f"field-{at}", soft_wrap=True, compact=True)
            with Horizontal(classes="buttons"):
                yield Button("Save  ^S", id="save", compact=True)
                yield Button("Cancel  Esc", id="cancel", compact=True)

    def on_mount(self) -> None:
        """The keyboard goes to what is most likely edited: the last field, or an empty first."""
        first_empty = next((at for at, (_, data) in enumerate(self._fields) if not data), len(self._fields) - 1)
        self.query_one(f"#field-{first_empty}").focus()
        self._tell()

    def _shown(self, data: bytes) -> str:
        return quote(data)[1:-1] if self._escaped else data.decode()

    def _tell(self, problem: str = "") -> None:
        mode = r"escaped: \xHH \n \t \" \\  · ^B plain text" if self._escaped else r"plain text · ^B escaped, for \xHH"
        self.query_one(".dialog").border_subtitle = escape(problem or mode)

    def _texts(self) -> list[str]:
        found = [self.query_one(f"#field-{at}") for at in range(len(self._fields))]
        return [field.text if isinstance(field, TextArea) else getattr(field, "value", "") for field in found]

    def _values(self) -> list[bytes]:
        """What the fields hold.

        Raises:
            UnbalancedQuotes: an escaped field has a bare quote.
        """
        if not self._escaped:
            return [text.encode() for text in self._texts()]
        found = []
        for text in self._texts():
            words = split_inline(b'"' + text.replace("\n", "\\n").encode() + b'"')
            if len(words) != 1:
                raise UnbalancedQuotes('"')
            found.append(words[0])
        return found

    def action_save(self) -> None:
        """Answers."""
        try:
            self.dismiss(self._values())
        except UnbalancedQuotes:
            self._tell(r"A quote or backslash is bare; write \" or \\.")

    def action_escaped(self) -> None:
        """Plain text or escapes; what is not plain text stays escaped."""
        try:
            values = self._values()
        except UnbalancedQuotes:
            self._tell(r"A quote or backslash is bare; write \" or \\.")
            return
        if self._escaped and not all(map(_is_plain, values)):
            self._tell("These bytes are not plain text; they stay escaped.")
            return
        self._escaped = not self._escaped
        for at, data in enumerate(values):
            field = self.query_one(f"#field-{at}")
            if isinstance(field, TextArea):
                field.text = self._shown(data)
            elif isinstance(field, Input):
                field.value = self._shown(data)
        self._tell()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes to the next field."""
        event.stop()
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Save or cancel."""
        event.stop()
        (self.action_save if event.button.id == "save" else self.action_cancel)()

    def action_cancel(self) -> None:
        """Nothing changes."""
        self.dismiss(None)


class Difference(Modal[bool]):
    """What saving would change; answers whether it is meant."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "answer(False)", show=False),
        Binding("ctrl+s,y", "answer(True)", show=False, priority=True),
    ]

    def __init__(self, title: str, before: bytes, after: bytes) -> None:
        super().__init__()
        self._title = title
        self._lines = difference_lines(before, after)

    def compose(self) -> ComposeResult:
        """The lines and two buttons."""
        with Vertical(classes="dialog -full") as box:
            box.border_title = escape(self._title)
            box.border_subtitle = "- is taken out · + is put in"
            yield LineView()
            with Horizontal(classes="buttons"):
                yield Button("Save  y", id="save", compact=True)
                yield Button("Back  Esc", id="back", compact=True)

    def on_mount(self) -> None:
        """Shows them."""
        self.query_one(LineView).set_lines(self._lines)
        self.query_one("#save").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answers."""
        event.stop()
        self.dismiss(event.button.id == "save")

    def action_answer(self, meant: bool) -> None:
        """Answers."""
        self.dismiss(meant)


def difference_lines(before: bytes, after: bytes) -> list[Line]:
    """The lines that differ, with some around them; bytes that are no text are compared as escapes."""
    plain = is_text(before) and is_text(after)
    old, new = ([data.decode()] if plain else [quote(data)] for data in (before, after))
    found = difflib.unified_diff(old[0].split("\n"), new[0].split("\n"), n=_SHOWN_AROUND, lineterm="")
    lines: list[Line] = []
    for at, line in enumerate(found):
        if at < 2:
            continue
        style = {"-": "before", "+": "after", "@": "dim"}.get(line[:1], "text")
        lines.append([Span(f"{line[:1]} {line[1:]}" if line[:1] != "@" else line, style)])
        if len(lines) >= _LONG:
            lines.append([Span("… more lines differ", "dim")])
            break
    return lines


def _is_plain(data: bytes) -> bool:
    """Whether a text field gives the bytes back as they were: it would make line ends alike."""
    return is_text(data) and b"\r" not in data
