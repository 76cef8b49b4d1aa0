"""The tour: a card beside the pane it speaks of, which goes on when the user has done what it says.

Knows panes by their names, no session. The decision a reader would question: no screen of its own, and the
card never has the keyboard. Whoever is told to press F5 must be able to, so the card only looks, a few times a
second, whether it was done; its own key goes on without, and Esc ends it where nothing else wants that key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.containers import Horizontal, Vertical
from textual.css.query import NoMatches
from textual.geometry import Offset, Region
from textual.widgets import Button, Static

from redis_tui.record import dataclass
from redis_tui.tui.actions import PANE_NUMBER, PANES
from redis_tui.tui.keymap import keymap_of
from redis_tui.tui.widgets.find_bar import FindBar
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.offer_list import OfferList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.screen import Screen

_LOOKS_EVERY_S = 0.2
_WIDTH, _HEIGHT = 46, 9
_TOURED = "-toured"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do."""

    pane: str
    """Where, by the name that actions give the pane."""
    text: str
    """With ``{action}`` for the key of an action."""
    state: Callable[[Screen[Any]], object]
    """It is done when this is another than at the step's beginning."""


def _reply(screen: Screen[Any]) -> object:
    return screen.query_one("#reply-view", LineView).plain


def _is_dry(screen: Screen[Any]) -> object:
    return screen.query_one("#result").has_class("-dry")


def _is_in_keys(screen: Screen[Any]) -> object:
    return screen.query_one("#keys").has_focus_within


def _answers(screen: Screen[Any]) -> object:
    return screen.query_one("#transcript", LineView).row_count


def _is_in_front(screen: Screen[Any]) -> object:
    return screen.is_active


STEPS: tuple[Step, ...] = (
    Step(
        "editor",
        "This script counts how often it was called. Below it stand its KEYS and ARGV, filled in.\n"
        "Press {run} to run it.",
        _reply,
    ),
    Step(
        "result",
        "The reply; its tabs tell each call, what changed and what was logged.\n"
        "{dry_run} tries a script and undoes everything: press it.",
        _is_dry,
    ),
    Step(
        "keys",
        "The keys of the database; what a run changed lights up. Enter opens one.\n"
        "Go there: {jump}, then {number}; or Alt-{number}, or a click.",
        _is_in_keys,
    ),
    Step(
        "console",
        "Any Redis command, with completion and history.\n{console} goes there: try GET counter and Enter.",
        _answers,
    ),
    Step(
        "editor",
        "All else is found by its name: {command_palette} has every action, {help} explains every key, command and "
        "function. Press one of them.",
        _is_in_front,
    ),
)


class TourCard(Vertical):
    """The card."""

    DEFAULT_CSS = f"""
    TourCard {{
        position: absolute; overlay: screen; width: {_WIDTH}; height: {_HEIGHT}; padding: 0 1;
        background: $rt-panel; border: heavy $rt-accent; border-title-color: $rt-accent; border-title-style: bold;
        border-subtitle-color: $rt-dim;
    }}
    TourCard #tour-text {{ height: 1fr; }}
    TourCard Horizontal {{ height: 1; }}
    TourCard Button {{ margin: 0 2 0 0; }}
    """
    BORDER_TITLE: ClassVar[str] = "Tour"

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self._before: object = None

    def compose(self) -> ComposeResult:
        """Text and two buttons for the mouse."""
        yield Static(id="tour-text", markup=False)
        with Horizontal():
            for name, label in (("next", "Next"), ("end", "End the tour")):
                button = Button(label, id=f"tour-{name}", compact=True)
                button.can_focus = False
                yield button

    def on_mount(self) -> None:
        """Begins."""
        self._show()
        self.set_interval(_LOOKS_EVERY_S, self._look)

    @property
    def wants_escape(self) -> bool:
        """Whether Esc means the tour: nothing else is open that it would close."""
        screen = self.screen
        open_lists = any(one.display for one in screen.query(OfferList))
        is_waiting = screen.query_one("#waiting").display
        return screen.is_active and not (open_lists or screen.query_one(FindBar).is_open or is_waiting)

    def go_on(self) -> None:
        """The next step; behind the last one it ends."""
        self._at += 1
        if self._at < len(STEPS):
            self._show()
        else:
            self.end()

    def end(self) -> None:
        """Takes it away."""
        self._point_at(None)
        self.remove()

    def on_resize(self) -> None:
        """Another place, where the panes went."""
        self._place()

    def _look(self) -> None:
        step = STEPS[self._at]
        try:
            is_done = step.state(self.screen) != self._before
        except NoMatches:
            return  # the screen is being taken down
        if is_done:
            self.go_on()
        else:
            self._place()

    def _show(self) -> None:
        step = STEPS[self._at]
        self._before = step.state(self.screen)
        keymap = keymap_of(self)
        keys = {action.name: action.key_label or "^P" for action in keymap.actions}
        self.query_one("#tour-text", Static).update(step.text.format(number=PANE_NUMBER[step.pane], **keys))
        title = dict(PANES)[step.pane]
        self.border_title = f"Tour {self._at + 1} of {len(STEPS)} · {PANE_NUMBER[step.pane]} {title}"
        self.border_subtitle = f"{keys['tour']} next · Esc ends"
        self.query_one("#tour-next", Button).label = "Next" if self._at + 1 < len(STEPS) else "Done"
        self._point_at(step.pane)
        self.call_after_refresh(self._place)

    def _point_at(self, pane: str | None) -> None:
        for name, _ in PANES:
            self.screen.query_one(f"#{name}").set_class(name == pane, _TOURED)

    def _place(self) -> None:
        """In the corner that hides least of the pane, and of the reply."""
        width, height = self.screen.size
        pane = self.screen.query_one(f"#{STEPS[self._at].pane}").region
        reply = self.screen.query_one("#result").region
        right, bottom = max(0, width - _WIDTH - 1), max(1, height - _HEIGHT - 3)
        corners = [Offset(x, y) for y in (2, bottom) for x in (right, 0)]

        def hidden(corner: Offset) -> tuple[int, int]:
            card = Region(corner.x, corner.y, _WIDTH, _HEIGHT)
            return pane.intersection(card).area, reply.intersection(card).area

        place = min(corners, key=hidden)
        if self.styles.offset.x.value != place.x or self.styles.offset.y.value != place.y:
            self.styles.offset = place

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "tour-next":
            self.go_on()
        else:
            self.end()


def tour_of(screen: Screen[Any]) -> TourCard | None:
    """The tour that is under way on a screen."""
    return next(iter(screen.query(TourCard)), None)
