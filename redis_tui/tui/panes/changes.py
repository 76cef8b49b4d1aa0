"""The keys that a run changed, before and after, as a tab of the Result pane; Enter opens a key.

Knows changes, not sessions. The decision a reader would question: every line of a key opens it, not only its
headline. Whoever looks at a field that changed wants to see the key, and not to go back up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on

from redis_tui.render.spans import Line, Span
from redis_tui.tui.messages import KeyOpened, KeyShown
from redis_tui.tui.widgets.line_view import LineView
from redis_tui.tui.widgets.view import View, ViewKey, bindings_of

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from redis_tui.session.base import Change, ScriptOutcome

_PARTS = 200
"""Fields or members of one key that are shown; the others are counted."""
_KEYS = (
    ViewKey("enter", "open", "choose", "Enter"),
    ViewKey("n", "next", "next(1)"),
    ViewKey("p", "before", "next(-1)"),
    ViewKey("b", "in browser", "browse"),
    ViewKey("y", "copy", "copy"),
)


class ChangesView(View):
    """The Changes tab."""

    TITLE = "Changes"
    SHORT = "Changes"
    KEYS = _KEYS
    BINDINGS: ClassVar[list[BindingType]] = bindings_of([key for key in _KEYS if key.key in "npb"])

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[Change | None] = []
        """Of each line, the key that it is about."""

    def compose(self) -> ComposeResult:
        """The lines."""
        yield LineView(cursor=True, id="changes-view")

    def say(self, text: str) -> None:
        """Nothing changed: why."""
        self._keys = []
        self.query_one(LineView).set_lines([[Span(text, "dim")]])

    def show(self, outcome: ScriptOutcome, now_ms: float | None) -> None:
        """Shows the changes of a run.

        Args:
            outcome: the run; it changed one key at least.
            now_ms: Unix time that remaining times are counted from; None is now.
        """
        from redis_tui.render.changes import change_lines
        from redis_tui.tui.outcome_lines import change_note

        lines: list[Line] = change_note(outcome)
        keys: list[Change | None] = [None] * len(lines)
        for change in outcome.changes:
            made = change_lines(change, limit=_PARTS, now_ms=now_ms)
            lines += made
            keys += [change] * len(made)
        if outcome.changes_total > len(outcome.changes):
            lines.append([Span(f"first {len(outcome.changes):,} of {outcome.changes_total:,} keys", "dim")])
        self._keys = keys
        view = self.query_one(LineView)
        view.set_lines(lines)
        view.row = next((at for at, key in enumerate(keys) if key is not None), 0)

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        change = self._here
        if change is not None:
            self.post_message(KeyOpened(change.key, change.db))

    @property
    def _here(self) -> Change | None:
        """The key that the cursor's line is about, where it is still there."""
        row = self.query_one(LineView).row
        change = self._keys[row] if row < len(self._keys) else None
        if change is not None and change.after.type == "none":
            self.notify("The run deleted this key; there is nothing to open.", timeout=3)
            return None
        return change

    def action_browse(self) -> None:
        """The key in the key browser."""
        change = self._here
        if change is not None:
            self.post_message(KeyShown(change.key, change.db))

    def action_choose(self) -> None:
        """Enter, by way of the line of keys."""
        self.query_one(LineView).action_choose()

    def action_copy(self) -> None:
        """All changes, as they are shown."""
        self.query_one(LineView).action_copy()

    def action_next(self, by: int) -> None:
        """The headline of the next key, or of the one before."""
        view = self.query_one(LineView)
        heads = [
            at for at, key in enumerate(self._keys) if key is not None and (not at or self._keys[at - 1] is not key)
        ]
        found = [at for at in heads if (at > view.row if by > 0 else at < view.row)]
        if found:
            view.row = found[0] if by > 0 else found[-1]
