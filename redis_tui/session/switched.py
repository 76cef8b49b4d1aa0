"""A session whose server can be exchanged for another while a face works with it.

Adds nothing else. The decision a reader would question: the face keeps one session for as long as it lasts, and what
stands behind it changes. A workbench made anew for each server would lose cursors, undo and folded panes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis_tui.session.wrapped import WrappedSession

if TYPE_CHECKING:
    from redis_tui.session.base import Session


class SwitchedSession(WrappedSession):
    """A `Session` over the one that is in use now."""

    def switch(self, session: Session) -> Session:
        """Goes over to another one.

        Args:
            session: open; closed with this one from now on.

        Returns:
            The one before, for whoever ends it.
        """
        before, self.inner = self.inner, session
        return before
