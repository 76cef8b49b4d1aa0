"""The line below the editor that finds and replaces: two fields, three switches, a button, a count.

It knows no text; it tells what is wanted and is told what came of it. The decision a reader
would question: switches are reached with Tab and have no keys of their own, because every
Alt-letter that a terminal passes on belongs to an action of the workbench.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Checkbox, Input, Static

from redis_tui.tui.widgets.field import Field
from redis_tui.tui.widgets.text_search import Search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.widget import Widget

Step = Literal["stay", "next", "previous", "replace", "all"]


class Flag(Checkbox):
    """A switch that tells its state by its sign, not by colour alone."""

    def __init__(self, label: str, *, id: str, tooltip: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(label, id=id, compact=True, tooltip=tooltip)

    @property
    def _button(self) -> Content:
        """Textual's own draws the same sign in another colour."""
        return Content("[x]" if self.value else "[ ]")


class FindBar(Horizontal):
    """Find and replace."""

    DEFAULT_CSS = """
    FindBar { height: 1; background: $rt-panel; padding: 0 1; display: none; }
    FindBar Input { width: 1fr; background: $rt-panel; border: none; padding: 0; height: 1; }
    FindBar Checkbox { width: auto; border: none; padding: 0 1; height: 1; background: $rt-panel; }
    FindBar Button { width: auto; min-width: 5; height: 1; border: none; }
    FindBar Static { width: auto; min-width: 9; color: $rt-dim; text-align: right; }
    FindBar .-replacing { display: none; }
    FindBar.-replacing .-replacing { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step('next')", "Next", show=False),
        Binding("up", "step('previous')", "Previous", show=False),
    ]

    class Wanted(Message):
        """Something is to be found or replaced."""

        def __init__(self, search: Search, step: Step, replacement: str) -> None:
            super().__init__()
            self.search, self.step, self.replacement = search, step, replacement

    @staticmethod
    def _parts() -> Iterator[Widget]:
        yield Field(placeholder="find", id="find", compact=True)
        yield Field(placeholder="replace with", id="replace", compact=True, classes="-replacing")
        yield Flag("Aa", id="find-case", tooltip="tell capital letters from small ones")
        yield Flag("word", id="find-word", tooltip="only whole names")
        yield Flag(".*", id="find-regex", tooltip="an expression: a group is (a), in the replacement \\1")
        yield Button("all", id="replace-all", compact=True, classes="-replacing", tooltip="replace every one")
        yield Static(id="find-count", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether it is to be seen."""
        return bool(self.display)

    def open(self, needle: str, *, replacing: bool) -> None:
        """Shows it, with what is selected to be found."""
        if not self.children:  # seven widgets that a start need not wait for
            self.mount(*self._parts())
        self.display = True
        self.set_class(replacing, "-replacing")
        field = self.query_one("#find", Input)
        field.value = needle or field.value
        field.focus()
        self.action_step("stay")

    def close(self) -> None:
        """Hides it."""
        self.display = False

    def tell(self, text: str) -> None:
        """What came of it: ``3 of 17``."""
        self.query_one("#find-count", Static).update(text)

    def action_step(self, step: Step) -> None:
        """Asks for the next place, the one before, or a replacement."""
        search = Search(
            self.query_one("#find", Input).value,
            case=self.query_one("#find-case", Checkbox).value,
            word=self.query_one("#find-word", Checkbox).value,
            regex=self.query_one("#find-regex", Checkbox).value,
        )
        self.post_message(self.Wanted(search, step, self.query_one("#replace", Input).value))

    @on(Input.Changed, "#find")
    @on(Checkbox.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        if self.is_open:
            self.action_step("stay")

    @on(Input.Changed, "#replace")
    def _replacement_typed(self, event: Message) -> None:
        event.stop()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_step("replace" if event.input.id == "replace" else "next")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_step("all")
