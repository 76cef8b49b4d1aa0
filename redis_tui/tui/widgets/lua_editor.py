"""The Lua text area: highlighting of visible lines, auto-indent, comment toggle, find, one marked line.

Knows no session and no file. The decision a reader would question: `render_line` is replaced,
with a cache keyed by what a line shows. Textual's own joins the whole text for each line it
draws and drops its cache at each key press, which is felt from about a thousand lines on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, Selection

from redis_tui.late_pattern import late_pattern
from redis_tui.render.lua import highlight_line
from redis_tui.tui.theme import palette_of
from redis_tui.tui.widgets.edit_history import GroupedHistory, spans_lines
from redis_tui.tui.widgets.field import do_at_once
from redis_tui.tui.widgets.line_states import LineStates
from redis_tui.tui.widgets.line_view import visible
from redis_tui.tui.widgets.lua_blocks import partner
from redis_tui.tui.widgets.lua_document import LuaDocument
from redis_tui.tui.widgets.text_search import following, preceding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual import events
    from textual.document._document import Location
    from textual.geometry import Region

    from redis_tui.tui.vi.motion import Memory
    from redis_tui.tui.widgets.text_search import Search
    from redis_tui.tui.widgets.vi_keys import ViKeys

INDENT = "  "
_BRACKET_ROWS = 400
_OPENS_BLOCK = late_pattern(r"(\b(then|do|else|repeat)|\bfunction\b[^()]*\([^()]*\)|[{(])\s*(--.*)?$")
_CLOSES_BLOCK = late_pattern(r"^(\s+)(end|else|elseif|until|\}|\))$")
_OFFER_KEYS = frozenset(("tab", "enter", "up", "down", "escape"))
_OURS = frozenset(("f6", "f7", "ctrl+k", "ctrl+e", "ctrl+d"))
"""Keys of TextArea that the workbench or the terminal user wants for something else."""


def indent_below(line: str) -> str:
    """What the line below a text begins with: one step further in where that opens a block."""
    indent = line[: len(line) - len(line.lstrip())]
    return indent + INDENT if _OPENS_BLOCK.search(line) else indent


class _Wrapped(WrappedDocument):
    """Textual's own adds up all lines each time it is asked how high it is, twice a key press."""

    @property
    def height(self) -> int:
        """Rows on the screen, of which it keeps a list."""
        return len(self._offset_to_line_info)


class LuaEditor(TextArea, inherit_bindings=False):
    """One script being edited."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in TextArea.BINDINGS
        if not (isinstance(binding, Binding) and set(binding.key.split(",")) & _OURS)
    ] + [
        Binding("end", "cursor_line_end", "End of line", show=False),
        Binding("delete", "delete_right", "Delete", show=False),
        Binding("ctrl+home", "document_edge(0)", "Top", show=False),
        Binding("ctrl+end", "document_edge(1)", "End", show=False),
        Binding("shift+tab", "outdent", "Outdent", show=False),
    ]

    class CompletionWanted(Message):
        """Tab was pressed behind a word, or the text before the cursor invites completion."""

    class ViChanged(Message):
        """The mode of vi, or what is half typed, is another."""

    class Wished(Message):
        """A colon command wants something that only the workbench can do."""

        def __init__(self, name: str, argument: str) -> None:
            super().__init__()
            self.name, self.argument = name, argument

    class OfferKey(Message):
        """A key that is meant for the list of candidates while it is open."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, text: str, *, id: str | None = None) -> None:  # noqa: A002  # Textual's own name
        self._states = LineStates()
        self.error_row: int | None = None
        self.fault_row: int | None = None
        self.is_offering = False
        self._offered_at: Location | None = None
        self.vi: ViKeys | None = None
        super().__init__(text, tab_behavior="indent", show_line_numbers=True, soft_wrap=True, id=id, compact=True)
        self.indent_width = len(INDENT)
        self.match_cursor_bracket = True
        self.history: GroupedHistory = GroupedHistory()

    # ── setters ────────────────────────────────────────────────────────────

    def mark_error(self, line: int | None) -> None:
        """Marks a line, from 1, and brings it into view; None takes the mark away."""
        self.error_row = None if line is None else line - 1
        self.notify_style_update()
        if self.error_row is not None and self.error_row < self.document.line_count:
            self.move_cursor((self.error_row, 0), center=False)
        self.refresh()

    def mark_fault(self, line: int | None) -> None:
        """Marks the line, from 1, where the text stops being Lua; the cursor stays where somebody types."""
        row = None if line is None else line - 1
        if row != self.fault_row:
            self.fault_row = row
            self.refresh()

    def use_vi(self, memory: Memory | None) -> None:
        """Gives it the keys of vi, with what they remember; None takes them away."""
        self.history.close_group()
        if memory is None:
            self.vi = None
        else:
            from redis_tui.tui.widgets.vi_keys import ViKeys

            self.vi = ViKeys(self, memory, indent_below, self._wish)
        self.vi_changed()

    def _wish(self, name: str, argument: str) -> None:
        self.post_message(self.Wished(name, argument))

    def vi_changed(self) -> None:
        """Shows the mode: by the cursor's shape, and whoever listens by its name."""
        self.set_class(self.vi is not None and self.vi.is_inserting, "-inserting")
        self.refresh()
        self.post_message(self.ViChanged())

    # ── drawing ────────────────────────────────────────────────────────────

    def get_line(self, line_index: int) -> Text:
        """One line with its highlighting; asked for visible lines only."""
        line = self.document.get_line(line_index)
        text = Text(end="", no_wrap=True)
        palette = palette_of(self)
        spans, _ = highlight_line(line, self._states.at(line_index, self.document.lines))
        for span in spans:
            text.append("\t".join(map(visible, span.text.split("\t"))), palette.rich(span.style))
        if line_index in (self.error_row, self.fault_row):
            text.stylize(palette.rich("lua.error"), len(line) - len(line.lstrip()), len(line))
        if self.vi is not None and line_index in self.vi.rows:
            text.plain = line or " "
            text.stylize(self.get_component_rich_style("text-area--selection"))
        return text

    def render_line(self, y: int) -> Strip:
        """One row of the screen, from the cache where nothing it shows has changed."""
        infos = self.wrapped_document._offset_to_line_info  # noqa: SLF001  # no public way from a row to its line
        at = y + self.scroll_offset.y
        if at >= len(infos):
            return self._render_line(y)
        row, section = infos[at]
        start, end = self.selection
        top, bottom = sorted((start, end))
        bracket = self._matching_bracket_location
        on_cursor = row == end[0]
        key = (
            self.document.get_line(row),
            self._states.at(row, self.document.lines),
            row,
            section,
            self.size.width,
            self.gutter_width,
            (top, bottom) if start != end and top[0] <= row <= bottom[0] else None,
            (end[1], self._draw_cursor, bracket is not None, self.suggestion) if on_cursor else None,
            bracket if bracket is not None and bracket[0] == row else None,
            row in (self.error_row, self.fault_row),
            self.vi is not None and (row in self.vi.rows, on_cursor and self.vi.mode),
        )
        strip = self._line_cache.get(key)
        if strip is None:
            strip = self._line_cache[key] = self._render_line(y)
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """Takes the colours from the style sheet; the cursor's line changes its background only."""
        if not self._component_styles:  # it may be drawn before the style sheet has reached it
            return [Strip.blank(crop.width)] * crop.height
        self._theme.apply_css(self)
        line = self._theme.cursor_line_style
        is_selecting = self.vi is not None and self.vi.is_selecting  # which that colour would hide
        self._theme.cursor_line_style = Style(bgcolor=line.bgcolor) if line is not None and not is_selecting else None
        return ScrollView.render_lines(self, crop)

    def _build_highlight_map(self) -> None:
        """Nothing to build: highlighting happens per visible line. Called by TextArea after each change."""
        if self.error_row is not None:
            self.error_row = None

    def _yield_character_locations(self, start: Location) -> Iterable[tuple[str, Location]]:
        """Characters from a place on, a few hundred lines far: bracket matching must not read the whole text."""
        row, column = start
        for index in range(row, min(self.document.line_count, row + _BRACKET_ROWS)):
            line = self.document.get_line(index)
            for place in range(column, len(line)):
                yield line[place], (index, place)
            column = 0

    def _yield_character_locations_reverse(self, start: Location) -> Iterable[tuple[str, Location]]:
        row, column = start
        for index in range(row, max(-1, row - _BRACKET_ROWS), -1):
            line = self.document.get_line(index)
            for place in range(min(column, len(line) - 1), -1, -1):
                yield line[place], (index, place)
            column = 1 << 30

    # ── editing ────────────────────────────────────────────────────────────

    def edit(self, edit: Edit) -> object:  # type: ignore[override]  # EditResult is private to Textual
        """Applies an edit; lines from its first row on are lexed anew."""
        self._states.edited(min(edit.from_location[0], edit.to_location[0]))
        return super().edit(edit)

    def _set_document(self, text: str, language: str | None) -> None:
        self._states.edited(0)
        super()._set_document("", language)
        self.document = LuaDocument(text)
        self.wrapped_document = _Wrapped(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._rewrap_and_refresh_virtual_size()

    def take(self, text: str) -> None:
        """Takes another text as one change for undo; the cursor and what is in view stay where they are."""
        cursor, scroll = self.cursor_location, self.scroll_offset
        end = self.document.end
        if isinstance(self.document, LuaDocument):
            self.document.follow(text)
        self.history.checkpoint()
        self.replace(text, (0, 0), end, maintain_selection_offset=False)
        self.move_cursor(self.clamp_visitable(cursor))
        self.scroll_to(scroll.x, scroll.y, animate=False, force=True)

    async def _on_paste(self, event: events.Paste) -> None:
        """A terminal may send a carriage return for each line's end."""
        event.text = event.text.replace("\r\n", "\n").replace("\r", "\n")
        await super()._on_paste(event)
        event.prevent_default()

    def undo(self) -> None:
        """Takes the last change back."""
        self._states.edited(0)
        super().undo()

    def redo(self) -> None:
        """Makes the change again that was taken back."""
        self._states.edited(0)
        super().redo()

    def _undo_batch(self, edits: Sequence[Edit]) -> None:
        super()._undo_batch(edits)
        if spans_lines(edits):
            self._rewrap_and_refresh_virtual_size()

    def _redo_batch(self, edits: Sequence[Edit]) -> None:
        super()._redo_batch(edits)
        if spans_lines(edits):
            self._rewrap_and_refresh_virtual_size()

    def _on_blur(self, event: events.Blur) -> None:
        super()._on_blur(event)
        if self.vi is not None and not self.is_offering:
            self.vi.left()

    def set_offering(self, on: bool) -> None:  # a setter of one fact
        """Tells whether candidates are shown for the place where the cursor is now."""
        self.is_offering = on
        self._offered_at = self.cursor_location

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" and self._offered_at != self.cursor_location:
            self.is_offering = False  # more was typed than the list has seen: the line is meant, not a candidate
        if self.is_offering and event.key in _OFFER_KEYS:
            event.stop()
            event.prevent_default()
            self.post_message(self.OfferKey(event.key))
            if not (event.key == "escape" and self.vi is not None):
                return
        if self.vi is not None and self.vi.press(event):
            event.stop()
            event.prevent_default()
            return
        if event.key == "tab" and self.selection.start[0] != self.selection.end[0]:
            event.stop()
            event.prevent_default()
            from redis_tui.tui.widgets.lua_edits import indent

            indent(self)
            return
        if event.key == "enter" and not self.read_only:
            event.stop()
            event.prevent_default()
            self._new_line()
            return
        if event.key == "escape":
            event.prevent_default()  # TextArea would move the focus on
            return
        if not event.is_printable and event.key != "tab" and await do_at_once(self, event):
            return
        await super()._on_key(event)
        event.prevent_default()  # or TextArea's own handler would be called once more
        if event.is_printable:
            self._outdent_closer()
            if event.character in (".", "'", '"', "["):
                self.post_message(self.CompletionWanted())

    def _new_line(self) -> None:
        start, end = sorted(self.selection)
        indent = indent_below(self.document.get_line(start[0])[: start[1]])
        self._restart_blink()
        self.replace("\n" + indent, start, end, maintain_selection_offset=False)
        self.scroll_cursor_visible()

    def _outdent_closer(self) -> None:
        """``end`` typed alone on a line moves to the column of what it closes."""
        row, column = self.cursor_location
        match = _CLOSES_BLOCK.match(self.document.get_line(row)[:column])
        if match is None or row == 0:
            return
        above = self.document.get_line(row - 1)
        level = len(above) - len(above.lstrip())
        if _OPENS_BLOCK.search(above):
            level += len(INDENT)
        if above.strip() and len(match[1]) == level and level >= len(INDENT):
            self.delete((row, 0), (row, len(INDENT)), maintain_selection_offset=True)

    def action_outdent(self) -> None:
        """Takes one indent from the selected lines."""
        with self.history.group():
            for row in self.selected_rows():
                line = self.document.get_line(row)
                width = min(len(INDENT), len(line) - len(line.lstrip(" ")))
                if width:
                    self.delete((row, 0), (row, width))

    def toggle_comment(self) -> None:
        """Comments the selected lines out, or in when all of them are comments."""
        with self.history.group():
            self._toggle_comment()

    def _toggle_comment(self) -> None:
        rows = [row for row in self.selected_rows() if self.document.get_line(row).strip()]
        if not rows:
            return
        lines = {row: self.document.get_line(row) for row in rows}
        if all(line.lstrip().startswith("--") for line in lines.values()):
            for row, line in lines.items():
                at = line.index("--")
                self.delete((row, at), (row, at + (3 if line[at + 2 : at + 3] == " " else 2)))
            return
        column = min(len(line) - len(line.lstrip()) for line in lines.values())
        for row in rows:
            self.insert("-- ", (row, column))

    def find(self, search: Search, *, again: bool, backwards: bool = False) -> tuple[int, int] | None:
        """Selects the next place of a text, from the cursor on and round the end.

        Args:
            search: what to look for.
            again: go on behind the present place instead of staying on it.
            backwards: go to the one before instead.

        Returns:
            Which one it is, from 1, and how many there are; None where there is none.
        """
        matches = search.matches(self.document.lines)
        if not matches:
            return None
        start = min(self.selection)
        at = preceding(matches, start) if backwards else following(matches, start, again=again)
        row, left, right = matches[at]
        self.selection = Selection((row, left), (row, right))
        self.scroll_cursor_visible(center=True)
        return at + 1, len(matches)

    def replace_found(self, search: Search, text: str) -> bool:
        """Replaces what is selected, if that is what is looked for, and leaves the cursor behind it."""
        start, end = sorted(self.selection)
        if (start[0], start[1], end[1]) not in search.matches(self.document.lines[: start[0] + 1]) or start[0] != end[
            0
        ]:
            return False
        new = search.replacement(self.document.get_line(start[0]), start[1], text)
        self.replace(new, start, end, maintain_selection_offset=False)
        return True

    def replace_all(self, search: Search, text: str) -> int:
        """Replaces every place, as one change for undo; answers how many there were."""
        matches = search.matches(self.document.lines)
        if not matches:
            return 0
        first, last = matches[0][0], matches[-1][0]
        lines = self.document.lines[first : last + 1]
        place = self.cursor_location
        new = self.document.newline.join(search.replaced(lines, text))
        self.replace(new, (first, 0), (last, len(lines[-1])), maintain_selection_offset=False)
        self.move_cursor(place)
        return len(matches)

    def go_to_line(self, line: int) -> int:
        """Puts the cursor on a line, from 1, or on the last one; answers which it was."""
        row = max(0, min(line, self.document.line_count) - 1)
        self.move_cursor((row, 0), center=True)
        return row + 1

    def action_document_edge(self, end: int) -> None:
        """First or last character of the text."""
        self.move_cursor(self.document.end if end else (0, 0))

    def go_to_partner(self) -> bool:
        """Puts the cursor on the other end of the block or bracket; False where there is none."""
        found = partner(self.document.lines, self._states, self.cursor_location)
        if found is not None:
            self.move_cursor(found)
        return found is not None

    def selected_rows(self) -> range:
        """The lines that are selected, or that of the cursor."""
        (top, _), (bottom, column) = sorted(self.selection)
        return range(top, bottom + (0 if column == 0 and bottom > top else 1))
