"""The help: a search field, the entries that fit, and the page of the one that is marked.

Knows the manual, no session. The decision a reader would question: the field keeps the keyboard while the
arrows move in the list, as in the palette. One types, sees the page, and is gone again with Esc; Enter
goes into the page only to scroll it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from redis_tui.render.spans import Line, Span, text_line
from redis_tui.tui.manual import SECTIONS
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.field import Field
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Click

    from redis_tui.tui.manual import Entry, Manual

_NARROW = 76
"""Columns below which list and page take turns."""
_MARK = 8
"""Columns for a key before its name."""
_NO_COMMANDS = "The server has not told its commands yet: press F1 again in a moment."
_NOTHING = (
    "Nothing fits. Try fewer letters, or another section.",
    "Enter with an empty field shows everything again.",
)


class EntryList(LineView):
    """What fits; a row is drawn when it is seen."""

    def __init__(self) -> None:
        super().__init__(cursor=True, id="help-entries")
        self._entries: Sequence[Entry] = ()

    @property
    def row_count(self) -> int:
        """How many fit."""
        return len(self._entries)

    @property
    def shows_cursor(self) -> bool:
        """Always: the page is that of the marked row."""
        return True

    @property
    def entry(self) -> Entry | None:
        """The marked one."""
        return self._entries[self.row] if self.row < len(self._entries) else None

    def line_at(self, row: int) -> Line:
        """Key or indent, name, a few words."""
        entry = self._entries[row]
        if entry.is_heading:
            return [Span(f" {entry.name}", "title")]
        mark = [Span(f"{entry.mark:>{_MARK}} ", "accent")] if entry.mark else [Span("   ")]
        return [Span(" "), *mark, Span(entry.name, "strong"), Span(f"  {entry.brief}", "dim")]

    def show(self, entries: Sequence[Entry], marked: Entry | None = None) -> None:
        """Shows other entries, one of them marked."""
        self._entries = entries
        self.row = entries.index(marked) if marked in entries else 0
        self.rows_changed()
        self.scroll_to(0, max(0, self.row - 3), animate=False, force=True)
        self.post_message(self.Moved(self))


class SectionBar(Static):
    """The sections, each with how many entries fit; one is in front."""

    def __init__(self) -> None:
        super().__init__(id="help-sections")
        self._spots: list[tuple[int, int, str]] = []

    def show(self, active: str, counts: dict[str, int]) -> None:
        """Draws them."""
        pieces, self._spots, at = [], [], 0
        for name in SECTIONS:
            label = f" {name} {counts[name]:,} "
            look = "bold $rt-background on $rt-focus" if name == active else "$rt-dim"
            pieces.append(Content.from_markup(f"[{look}]$label[/]", label=label))
            self._spots.append((at, at + cell_len(label), name))
            at += cell_len(label) + 1
        self.update(Content(" ").join(pieces))

    async def on_click(self, event: Click) -> None:
        """Shows the section that was clicked."""
        for start, end, name in self._spots:
            if start <= event.x < end:
                await self.run_action(f"screen.section('{name}')")


class HelpScreen(Modal[None]):
    """The manual, to be searched.

    Args:
        manual: what there is to read.
        topic: the entry to open with; the first one where there is none of that name.
        has_commands: the server has told its commands.
    """

    DEFAULT_CSS = """
    HelpScreen #help {
        width: 124; max-width: 96%; height: 94%; padding: 0 1; background: $rt-background;
        border: round $rt-focus; border-title-color: $rt-focus; border-title-style: bold;
        border-subtitle-color: $rt-dim;
    }
    HelpScreen #help-sections { height: 1; margin: 0 0 1 0; }
    HelpScreen #help-entries { width: 2fr; max-width: 50; overflow-x: hidden; }
    HelpScreen #help-page-box { width: 3fr; padding: 0 0 0 1; border-left: solid $rt-border; }
    HelpScreen #help-page-box:focus-within { border-left: solid $rt-focus; }
    HelpScreen.-narrow #help-page-box { display: none; border-left: none; padding: 0; }
    HelpScreen.-narrow.-reading #help-page-box { display: block; width: 1fr; }
    HelpScreen.-narrow.-reading #help-entries { display: none; }
    HelpScreen.-narrow #help-entries { width: 1fr; max-width: 100%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("ctrl+pagedown,alt+right", "turn(1)", show=False, priority=True),
        Binding("ctrl+pageup,alt+left", "turn(-1)", show=False, priority=True),
    ]

    def __init__(self, manual: Manual, topic: str | None = None, *, has_commands: bool = True) -> None:
        super().__init__()
        self._manual = manual
        self._section = "All"
        self._has_commands = has_commands
        self._opened = manual.look_up(topic) if topic else None

    def compose(self) -> ComposeResult:
        """Field, sections, list and page."""
        with Vertical(id="help") as box:
            box.border_title = "Help"
            yield Field(placeholder="search keys, commands, Lua, errors", id="help-search", compact=True)
            yield SectionBar()
            with Horizontal():
                yield EntryList()
                with Vertical(id="help-page-box"):
                    yield LineView(wrap=True, id="help-page")

    def on_mount(self) -> None:
        """Opens at the topic."""
        self.set_class(self.app.size.width < _NARROW, "-narrow")
        self.set_class(self._opened is not None, "-reading")
        self.query_one("#help-search").focus()
        self._narrow(self._opened)

    def on_resize(self) -> None:
        """List and page side by side, or in turns."""
        self.set_class(self.app.size.width < _NARROW, "-narrow")

    # ── searching ──────────────────────────────────────────────────────────

    @on(Input.Changed, "#help-search")
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.remove_class("-reading")
        self._narrow()

    def _narrow(self, marked: Entry | None = None) -> None:
        query = self.query_one("#help-search", Input).value
        found = self._manual.found(query)
        counts = {
            name: sum(1 for one in found if not one.is_heading and name in ("All", one.section)) for name in SECTIONS
        }
        self.query_one(SectionBar).show(self._section, counts)
        self._list.show([one for one in found if self._section in ("All", one.section)], marked)
        self._hint()

    @on(LineView.Moved, "#help-entries")
    def _moved(self, event: LineView.Moved) -> None:
        event.stop()
        entry = self._list.entry
        page = self.query_one("#help-page", LineView)
        page.set_lines(entry.page() if entry is not None else [text_line(text, "dim") for text in _NOTHING])

    # ── opening and leaving ────────────────────────────────────────────────

    @on(LineView.Chosen, "#help-entries")
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self._read()

    @on(Input.Submitted, "#help-search")
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._read()

    def _read(self) -> None:
        if self._list.entry is None:
            self.query_one("#help-search", Input).value = ""
            return
        self.add_class("-reading")
        self.query_one("#help-page").focus()
        self._hint()

    def action_back(self) -> None:
        """From the page to the list; from there to the workbench."""
        field = self.query_one("#help-search", Input)
        if not self.query_one("#help-page").has_focus and not self.has_class("-narrow", "-reading"):
            self.dismiss(None)
            return
        self.remove_class("-reading")
        field.focus()
        self._hint()

    def action_close(self) -> None:
        """F1 again: back to the workbench."""
        self.dismiss(None)

    def action_step(self, by: int) -> None:
        """Another entry; the field keeps the keyboard."""
        self._list.action_step(by)

    def action_page(self, by: int) -> None:
        """A screen of entries further."""
        self._list.action_page(by)

    def action_turn(self, by: int) -> None:
        """The next section."""
        self.action_section(SECTIONS[(SECTIONS.index(self._section) + by) % len(SECTIONS)])

    def action_section(self, name: str) -> None:
        """Shows one section, or all."""
        self._section = name
        self._narrow()

    def _hint(self) -> None:
        box = self.query_one("#help")
        if not self._has_commands:
            box.border_subtitle = _NO_COMMANDS
        elif self.has_class("-reading"):
            box.border_subtitle = "↑ ↓ scroll · y copies · Esc to the list · F1 leaves"
        else:
            box.border_subtitle = "↑ ↓ choose · Enter reads · Alt-← → section · Esc leaves"

    @property
    def _list(self) -> EntryList:
        return self.query_one(EntryList)
