"""Asks for a path: what is typed is completed with Tab, and narrows the list below it.

Knows folders, no script. The decision a reader would question: folders are read in a thread at each key. One on a
network drive may take its time, and a key press must not.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.widgets import Input

from redis_tui.paths import expanded
from redis_tui.tui.screens.dialogs import AskText
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 200


class AskPath(AskText):
    """A path, and below it what fits: what was opened lately, folders and Lua files."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("tab", "complete", show=False, priority=True)]

    def __init__(self, title: str, value: str, offers: Sequence[tuple[str, str, str]], *, existing: bool) -> None:
        """Takes offers as `AskText`; `existing` makes Enter take the marked one where no such file is typed."""
        super().__init__(title, value, offers or [("", "", "")])
        self._first, self._existing = list(offers), existing
        self._hint = "Tab completes · Enter takes it · Esc leaves"

    def on_mount(self) -> None:
        """Shows what fits."""
        super().on_mount()
        box = self.query_one(".dialog")
        box.border_subtitle = self._hint
        box.remove_class("-list").add_class("-tall")
        self.query_one(LineView).styles.clear_rule("height")
        self._narrow()

    @on(Input.Changed)
    def _path_typed(self) -> None:
        self._narrow()

    @work(exclusive=True)
    async def _narrow(self) -> None:
        typed = self.query_one(Input).value.strip()
        found = await asyncio.to_thread(entries, typed) if typed else []
        known = [offer for offer in self._first if typed.lower() in offer[1].lower()]
        shown = {_place(one[0]) for one in found}
        self.show_offers(found + [offer for offer in known if _place(offer[0]) not in shown])

    def action_complete(self) -> None:
        """Writes on what all that fits have in common."""
        field = self.query_one(Input)
        texts = [answer for answer, _, _ in entries(field.value.strip())]
        common = os.path.commonprefix(texts)  # noqa: RUF071  # characters are meant, not folders
        if len(common) > len(field.value.strip()):
            field.value = common
            field.cursor_position = len(common)

    @on(LineView.Chosen)
    def _offer_chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        event.prevent_default()
        self._take(self.offers[event.row][0])

    @on(Input.Submitted)
    def _path_entered(self, event: Input.Submitted) -> None:
        typed = event.value.strip()
        is_there = expanded(typed).is_file() or typed.startswith("example:")
        if not (self._existing and typed and not is_there and self.offers):
            return
        event.stop()
        event.prevent_default()
        self._take(self.offers[self.marked][0])

    def _take(self, answer: str) -> None:
        if answer.endswith("/"):
            field = self.query_one(Input)
            field.value = answer
            field.cursor_position = len(answer)
        elif answer:
            self.dismiss(answer)


def _place(answer: str) -> str:
    return answer if answer.startswith("example:") else str(expanded(answer).absolute())


def entries(typed: str) -> list[tuple[str, str, str]]:
    """Folders and Lua files that begin with what is typed, as answers, folders first.

    Args:
        typed: a path, ``~`` included; what is behind its last slash is the beginning of a name.
    """
    folder, _, begin = typed.rpartition("/")
    shown = f"{folder}/" if "/" in typed else ""
    place = expanded(shown or ".")
    found = []
    try:
        with os.scandir(place) as listing:
            for entry in listing:
                is_wanted = entry.name.startswith(begin) and (begin.startswith(".") or not entry.name.startswith("."))
                if is_wanted and entry.is_dir():
                    found.append((0, f"{shown}{entry.name}/", f"{entry.name}/", "folder"))
                elif is_wanted and entry.name.endswith(".lua"):
                    found.append((1, f"{shown}{entry.name}", entry.name, str(place.absolute())))
    except OSError:
        return []
    return [(answer, text, remark) for _, answer, text, remark in sorted(found)[:_MOST]]
