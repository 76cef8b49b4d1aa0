"""The small list of completions over the editor or above the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from redis_tui.render.cells import cells, fit
from redis_tui.render.spans import Span
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.tui.widgets.lua_complete import Offer

_ROWS = 8


class OfferList(LineView, can_focus=False):
    """Candidates; its owner moves the cursor, because the keyboard stays where one types."""

    class Taken(Message):
        """A candidate was clicked."""

        def __init__(self, offer: Offer) -> None:
            super().__init__()
            self.offer = offer

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002  # Textual's own name
        super().__init__(cursor=True, id=id)
        self.offers: Sequence[Offer] = ()
        self.display = False

    def offer(self, offers: Sequence[Offer]) -> None:
        """Shows candidates; none hides the list."""
        self.offers = offers
        self.display = bool(offers)
        if not offers:
            return
        width = max(cells(item.text) for item in offers)
        self.styles.height = min(_ROWS, len(offers))
        self.styles.width = min(60, max(width + 3 + max(len(item.meta) for item in offers), 12) + 2)
        self.set_lines([[Span(f" {fit(item.text, width)}  ", "strong"), Span(item.meta, "dim")] for item in offers])

    @property
    def chosen(self) -> Offer | None:
        """The candidate under the cursor."""
        return self.offers[self.row] if self.display and self.row < len(self.offers) else None

    @property
    def shows_cursor(self) -> bool:
        """Its cursor is drawn though it never has the focus."""
        return True

    def action_choose(self) -> None:
        """A click takes the candidate."""
        if self.chosen is not None:
            self.post_message(self.Taken(self.chosen))
