"""Two small answers in a form: yes or no, and one of a few. Each is one line, and says in signs what it holds.

Knows Textual only. The decision a reader would question: not Textual's Checkbox, whose cross is there in either state
and tells them apart by its colour alone; nor its Select, which opens a list over the fields below it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Answer(Static, can_focus=True):
    """A line that has the keyboard, and draws what it holds."""

    DEFAULT_CSS = """
    _Answer { width: auto; height: 1; color: $rt-text; }
    _Answer:hover { color: $rt-focus; }
    _Answer:focus { background: $rt-focus; color: $rt-background; }
    _Answer:focus:nocolor { text-style: reverse; }
    """

    class Changed(Message):
        """Another answer."""

        def __init__(self, answer: _Answer) -> None:
            super().__init__()
            self.answer = answer

        @property
        def control(self) -> _Answer:
            """For ``@on``."""
            return self.answer

    def on_mount(self) -> None:
        """Draws it."""
        self.draw()

    def draw(self) -> None:
        """Shows what it holds."""

    def on_click(self) -> None:
        """As Space."""
        self.action_turn(1)

    def action_turn(self, by: int) -> None:
        """The next answer, or the one before."""


class Toggle(_Answer):
    """``[x] TLS``."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space,enter", "turn(1)", show=False)]

    def __init__(self, label: str, *, id: str) -> None:  # noqa: A002  # Textual's own name
        super().__init__(id=id)
        self._label = label
        self._is_on = False

    @property
    def is_on(self) -> bool:
        """What it holds."""
        return self._is_on

    @is_on.setter
    def is_on(self, on: bool) -> None:
        self._is_on = on
        self.draw()

    def draw(self) -> None:
        """A cross in brackets, or none."""
        self.update(Content(f"[{'x' if self._is_on else ' '}] {self._label}"))

    def action_turn(self, by: int) -> None:  # noqa: ARG002  # there are two
        """The other one."""
        self.is_on = not self._is_on
        self.post_message(self.Changed(self))


class Cycle(_Answer):
    """``‹ asked for ›``: the arrows and Space turn it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,enter,right", "turn(1)", show=False),
        Binding("left", "turn(-1)", show=False),
    ]

    def __init__(self, answers: Mapping[str, str], *, id: str) -> None:  # noqa: A002  # Textual's own name
        """Takes what may be answered, and how each is written."""
        super().__init__(id=id)
        self._answers = answers
        self._value = next(iter(answers))

    @property
    def value(self) -> str:
        """What it holds."""
        return self._value

    @value.setter
    def value(self, value: str) -> None:
        self._value = value if value in self._answers else next(iter(self._answers))
        self.draw()

    def draw(self) -> None:
        """Its words between two arrows."""
        self.update(Content(f"‹ {self._answers[self._value]} ›"))

    def action_turn(self, by: int) -> None:
        """The next one, round the end."""
        names = list(self._answers)
        self.value = names[(names.index(self._value) + by) % len(names)]
        self.post_message(self.Changed(self))
