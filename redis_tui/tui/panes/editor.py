"""The Editor pane: one text area a script, tabs in the border, find, completion, error mark.

It holds the buffers; the screen reads them and puts them back after saving.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Offset
from textual.markup import escape
from textual.widgets import ContentSwitcher, TextArea

from redis_tui.tui.messages import BufferEdited, BufferShown, EditorWish
from redis_tui.tui.widgets.find_bar import FindBar
from redis_tui.tui.widgets.lua_complete import CommandOffers, Offer, Offers, lua_offers, word_hint
from redis_tui.tui.widgets.lua_editor import LuaEditor
from redis_tui.tui.widgets.offer_list import OfferList

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from redis_tui.tui.vi.motion import Memory
    from redis_tui.workspace import Buffer

_SETTLE_SECONDS = 0.25
_LONGEST_SECONDS = 1.0
"""Somebody who types without a pause does not keep the text from being kept for longer."""


class EditorPane(Vertical):
    """All scripts that are open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+space,ctrl+@", "ask_offers", "Complete", show=False),
        Binding("escape", "dismiss", "Close", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="editor", classes="pane")
        self._buffers: list[Buffer] = []
        self._ids: list[str] = []
        self._counter = 0
        self._label = ""
        self._at = 0
        self._settle: Timer | None = None
        self._unsettled_since: float | None = None
        self._problem = ""
        self._fault = ""
        self._asked = False
        self._memory: Memory | None = None
        """What the keys of vi remember, once they were on."""
        self._held: dict[str, Sequence[str]] = {}
        self.uses_vi = False
        """The keys of vi are on."""
        self._commands: CommandOffers = lambda _line: ([], "")

    def compose(self) -> ComposeResult:
        """Editors are added as scripts are opened."""
        yield ContentSwitcher(id="editors")
        yield FindBar()
        yield OfferList(id="editor-offers")

    def on_resize(self) -> None:
        """As many tabs as there is room for."""
        self._borders()

    # ── buffers ────────────────────────────────────────────────────────────

    @property
    def buffers(self) -> list[Buffer]:
        """All open scripts, with the text as it is now."""
        return [replace(item, text=self._editor(at).text) for at, item in enumerate(self._buffers)]

    @property
    def buffer(self) -> Buffer | None:
        """The script in front, with its text as it is now."""
        if not self._buffers:
            return None
        return replace(self._buffers[self._at], text=self._editor(self._at).text)

    @property
    def title(self) -> str:
        """The name of the script in front, with a sign where it is not saved; empty where there is none."""
        return self._label if self._buffers else ""

    @property
    def presets(self) -> list[str]:
        """Names of the presets of the script in front."""
        return [preset.name for preset in self._buffers[self._at].presets] if self._buffers else []

    async def add(self, buffer: Buffer) -> None:
        """Opens a script in a tab of its own, or shows the tab that has its file."""
        for at, known in enumerate(self._buffers):
            same = (buffer.path and known.path == buffer.path) or (buffer.example and known.example == buffer.example)
            if same and not buffer.recovered and not known.recovered:
                self.show(at)
                return
        self._counter += 1
        name = f"editor-{self._counter}"
        editor = LuaEditor(buffer.text, id=name)
        editor.use_vi(self._remembering())
        await self.query_one(ContentSwitcher).mount(editor)
        self._buffers.append(buffer)
        self._ids.append(name)
        self.show(len(self._buffers) - 1)

    def show(self, at: int) -> None:
        """Brings a tab to the front."""
        if not 0 <= at < len(self._buffers):
            return
        had_focus = self.has_focus_within
        self._at = at
        self._problem = self._fault = ""
        self.query_one(ContentSwitcher).current = self._ids[at]
        self._close_offers()
        if had_focus or len(self._buffers) == 1:
            self._editor(at).focus()
        self._borders()
        self.post_message(BufferShown())

    def show_next(self, by: int) -> None:
        """The next tab, round the end."""
        if self._buffers:
            self.show((self._at + by) % len(self._buffers))

    async def close(self) -> None:
        """Closes the tab in front."""
        if not self._buffers:
            return
        name = self._ids.pop(self._at)
        self._buffers.pop(self._at)
        if self._buffers:
            self.show(min(self._at, len(self._buffers) - 1))
        else:
            self._show_none()
        # Last: whoever closes two in a row ends the wait for the first, and what is shown has to be true by then.
        await self.query_one(f"#{name}").remove()

    def _show_none(self) -> None:
        self._at = 0
        self._problem = self._fault = ""
        self.query_one(ContentSwitcher).current = None
        self.query_one(FindBar).close()
        self._close_offers()
        self._borders()
        self.post_message(BufferShown())

    def set_buffer(self, buffer: Buffer) -> None:
        """Puts back the facts of the script in front: path, saved text, arguments, presets. Not its text."""
        self._buffers[self._at] = buffer
        self._borders()

    def reload(self, at: int, buffer: Buffer) -> None:
        """Gives a tab another text, as one change that undo takes back."""
        self._editor(at).take(buffer.text)
        self._buffers[at] = buffer
        self._borders()

    def keep_soon(self) -> None:
        """Says in a moment that the script in front is to be kept, as after typing."""
        if self._settle is not None:
            self._settle.stop()
        self._settle = self.set_timer(_SETTLE_SECONDS, self._settled)

    def set_saved(self, at: int, text: str) -> None:
        """Tells what the file of a tab holds now."""
        self._buffers[at] = replace(self._buffers[at], saved_text=text)
        self._borders()

    # ── setters ────────────────────────────────────────────────────────────

    def go_to(self, source: bytes, line: int) -> bool:
        """Puts the cursor on a line of a script that was run.

        Returns:
            False where no open script has that text any more; the line is then that of the script in front.
        """
        same = next((at for at, buffer in enumerate(self.buffers) if buffer.source == source), None)
        if same is not None:
            self.show(same)
        if self._buffers:
            editor = self._editor(self._at)
            editor.move_cursor((min(line, editor.document.line_count) - 1, 0), center=True)
        return same is not None

    def use_vi(self, on: bool) -> None:  # a setter of one fact
        """Gives all scripts the keys of vi, or their plain ones."""
        self.uses_vi = on
        for at in range(len(self._buffers)):
            self._editor(at).use_vi(self._remembering())
        self._subtitle()

    def _remembering(self) -> Memory | None:
        if not self.uses_vi:
            return None
        if self._memory is None:
            from redis_tui.tui.vi.motion import Memory

            self._memory = Memory()
        return self._memory

    def set_held(self, keys: Sequence[str], args: Sequence[str]) -> None:
        """Tells what a run would be given now, for completion and hints."""
        self._held = {"KEYS": keys, "ARGV": args}

    def set_commands(self, commands: CommandOffers) -> None:
        """Sets who knows the server's commands."""
        self._commands = commands

    def mark_error(self, line: int | None, message: str) -> None:
        """Marks a line of the script in front."""
        self._problem = f"line {line}: {message}" if line else message
        if self._buffers:
            self._editor(self._at).mark_error(line)
        self._borders()

    def mark_fault(self, line: int | None, message: str = "") -> None:
        """Marks where the script in front stops being Lua, while it is typed; None: it is Lua."""
        self._fault = f"line {line}: {message}" if line else ""
        if self._buffers:
            self._editor(self._at).mark_fault(line)
        self._subtitle()

    @property
    def front(self) -> LuaEditor | None:
        """The text in front."""
        return self._editor(self._at) if self._buffers else None

    def focus_content(self) -> None:
        """Gives the keyboard to the text."""
        if self._buffers:
            self._editor(self._at).focus()

    def toggle_comment(self) -> None:
        """Comments lines out or in."""
        self.change_lines(LuaEditor.toggle_comment)

    def change_lines(self, change: Callable[[LuaEditor], object]) -> None:
        """Does something to the text in front."""
        if self._buffers:
            change(self._editor(self._at))

    def start_find(self, *, replacing: bool = False) -> None:
        """Opens the find line."""
        if self._buffers:
            needle = self._editor(self._at).selected_text.partition("\n")[0]
            self.query_one(FindBar).open(needle, replacing=replacing)

    def go_to_line(self, line: int) -> None:
        """Puts the cursor on a line, from 1."""
        if self._buffers:
            self._editor(self._at).go_to_line(line)
            self.focus_content()

    # ── what happens inside ────────────────────────────────────────────────

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._problem:
            self._problem = ""
        if self._settle is not None:
            self._settle.stop()
        now = monotonic()
        if self._unsettled_since is None:
            self._unsettled_since = now
        rest = self._unsettled_since + _LONGEST_SECONDS - now
        self._settle = self.set_timer(max(0.001, min(_SETTLE_SECONDS, rest)), self._settled)
        if self.query_one(OfferList).display:
            self._offer(asked=self._asked)

    def _settled(self) -> None:
        self._unsettled_since = None
        self._borders()
        self.post_message(BufferEdited())

    @on(TextArea.SelectionChanged)
    def _moved(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        hint = self._offers(asked=False).hint if self._buffers else ""
        if self._buffers and not (hint or self._problem or self._fault):
            editor = self._editor(self._at)
            row, column = editor.cursor_location
            hint = word_hint(editor.document.get_line(row), column, self._held)
        self._subtitle(hint)

    @on(LuaEditor.ViChanged)
    def _vi_changed(self, event: LuaEditor.ViChanged) -> None:
        event.stop()
        self._subtitle()

    @on(LuaEditor.Wished)
    def _wished(self, event: LuaEditor.Wished) -> None:
        event.stop()
        self.post_message(EditorWish(event.name, event.argument))

    @on(LuaEditor.CompletionWanted)
    def _typed_opener(self, event: LuaEditor.CompletionWanted) -> None:
        event.stop()
        self._offer()

    @on(OfferList.Taken)
    def _clicked_offer(self, event: OfferList.Taken) -> None:
        event.stop()
        self._insert(event.offer)

    def _offers(self, *, asked: bool) -> Offers:
        editor = self._editor(self._at)
        row, column = editor.cursor_location
        before = editor.document.get_line(row)[:column]
        wants_text = asked or before.rstrip("0123456789").endswith("[")
        text = editor.text if wants_text else ""
        return lua_offers(before, self._commands, text, asked=asked, held=self._held)

    def _offer(self, *, asked: bool = False) -> None:
        self._asked = asked
        editor = self._editor(self._at)
        column = editor.cursor_location[1]
        offers = self._offers(asked=asked)
        listing = self.query_one(OfferList)
        listing.offer(offers.items[:50])
        editor.set_offering(bool(offers.items))
        self._subtitle(offers.hint)
        if offers.items:
            spot = editor.cursor_screen_offset - self.content_region.offset
            back = column - offers.start
            x = max(
                0,
                min(
                    spot.x - back,
                    self.content_size.width - int(listing.styles.width.value if listing.styles.width else 20),
                ),
            )
            height = min(8, len(offers.items))
            y = spot.y + 1 if spot.y + 1 + height <= self.content_size.height else max(0, spot.y - height)
            listing.styles.offset = Offset(x, y)

    def _insert(self, offer: Offer) -> None:
        editor = self._editor(self._at)
        row, column = editor.cursor_location
        start = self._offers(asked=self._asked).start
        editor.replace(offer.text, (row, start), (row, column), maintain_selection_offset=False)
        self._close_offers()
        editor.focus()

    @on(LuaEditor.OfferKey)
    def _offer_key(self, event: LuaEditor.OfferKey) -> None:
        event.stop()
        listing = self.query_one(OfferList)
        if event.key == "escape":
            self._close_offers()
        elif event.key in ("up", "down"):
            listing.action_step(1 if event.key == "down" else -1)
        elif listing.chosen is not None:
            self._insert(listing.chosen)

    def _close_offers(self) -> None:
        self.query_one(OfferList).offer(())
        for at in range(len(self._buffers)):
            self._editor(at).set_offering(False)

    def action_ask_offers(self) -> None:
        """Asks for completion at the cursor."""
        self._offer(asked=True)

    def action_dismiss(self) -> None:
        """Closes what is open over the text: completion, find."""
        bar = self.query_one(FindBar)
        if bar.is_open:
            bar.close()
            self.focus_content()

    @on(FindBar.Wanted)
    def _find_wanted(self, event: FindBar.Wanted) -> None:
        event.stop()
        if not self._buffers:
            return
        bar, editor, search = self.query_one(FindBar), self._editor(self._at), event.search
        if search.problem:
            bar.tell(search.problem)
            return
        if event.step == "all":
            bar.tell(f"{editor.replace_all(search, event.replacement)} replaced" if search.needle else "")
            return
        replaced = event.step == "replace" and editor.replace_found(search, event.replacement)
        again = event.step == "next" or (event.step == "replace" and not replaced)
        found = editor.find(search, again=again, backwards=event.step == "previous")
        bar.tell(f"{found[0]:,} of {found[1]:,}" if found else "not here" if search.needle else "")

    def _editor(self, at: int) -> LuaEditor:
        return self.query_one(f"#{self._ids[at]}", LuaEditor)

    def _borders(self) -> None:
        labels = [
            item.title + (" (recovered)" if item.recovered else "") + (" ●" if item.dirty else "")
            for item in self.buffers
        ]
        self._label = labels[self._at] if labels else ""
        room = self.size.width - 4
        first, last = _tabs_in_view(labels, self._at, room)
        if last - first < len(labels):
            first, last = _tabs_in_view(labels, self._at, room - 6)  # the arrows
        tabs = ["‹"] if first else []
        for at in range(first, last):
            look = "bold" if at == self._at else "$rt-dim not bold"
            tabs.append(f"[{look} @click=screen.show_tab({at})]{escape(labels[at])}[/]")
        tabs += ["›"] if last < len(labels) else []
        self.border_title = "2 " + "  ".join(tabs) if tabs else "2 Editor"
        self._subtitle()

    def _subtitle(self, hint: str = "") -> None:
        if not self._buffers:
            self.border_subtitle = "^O opens a script, ^N begins one"
            return
        editor = self._editor(self._at)
        row, column = editor.cursor_location
        state = hint or self._problem or self._fault or "no problems"
        is_wrong = bool(self._problem or self._fault) and not hint
        place = f"{row + 1}:{column + 1} · " if is_wrong else f"Lua 5.1 · {row + 1}:{column + 1} · "
        mode = editor.vi.told if editor.vi is not None else ""
        room = max(10, self.size.width - len(place) - len(mode) - 7)
        state = state if len(state) <= room else state[: room - 1] + "…"
        tone = "$rt-danger" if is_wrong else "$rt-dim"
        shown = f"[bold]{escape(mode)}[/]  " if mode else ""
        self.border_subtitle = f"{shown}{place}[{tone}]{escape(state)}[/]"


def _tabs_in_view(labels: list[str], at: int, room: int) -> tuple[int, int]:
    """Which tabs there is room for, the one in front always among them; first and behind the last."""
    if not labels:
        return 0, 0
    first, last = at, at + 1
    room -= cell_len(labels[at]) + 2
    while True:
        if last < len(labels) and cell_len(labels[last]) + 2 <= room:
            room -= cell_len(labels[last]) + 2
            last += 1
        elif first > 0 and cell_len(labels[first - 1]) + 2 <= room:
            first -= 1
            room -= cell_len(labels[first]) + 2
        else:
            return first, last


def suggested_path(buffer: Buffer) -> Path:
    """Where a script without a file would be saved."""
    return buffer.path or Path.cwd() / f"{buffer.name}.lua"
