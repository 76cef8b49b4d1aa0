"""The base of all that opens over the workbench: it answers once, and closes nothing but itself.

Knows no dialog. The decision a reader would question: Textual's ``dismiss`` takes away whatever screen is on
top. A second key that was under way when the first one closed a dialog took the workbench
itself away, and an answer that came while another screen stood above took that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

if TYPE_CHECKING:
    from textual.events import ScreenResume

T = TypeVar("T")


class Modal(ModalScreen[T]):
    """A screen over another one, with an answer."""

    is_answered = False
    """It has closed, or is about to."""
    _was_shown = False
    _kept: tuple[T | None] | None = None
    """The answer, while another screen stands above."""

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Answers and closes; a second answer is not heard, one from below another screen waits until that closes."""
        if self.is_answered:
            return nothing_to_await()
        self.is_answered = True
        if self.is_active:
            return super().dismiss(result)
        self._kept = (result,)
        return nothing_to_await()

    def on_screen_resume(self, event: ScreenResume) -> None:
        """It has opened, with styles that were given at mounting a moment ago; or what stood above has closed."""
        if not self._was_shown:
            self._was_shown, event.refresh_styles = True, False
        if self._kept is not None:
            (result,), self._kept = self._kept, None
            super().dismiss(result)


def nothing_to_await() -> AwaitComplete:
    """For a screen that stays."""
    done: AwaitComplete = AwaitComplete.nothing()  # type: ignore[no-untyped-call]  # Textual declares no type there
    return done
