"""The list of a script's presets: Enter fills the fields, and keys rename, delete and expect.

Knows presets and what the script reads, no file. The decision a reader would question: it answers what is wanted and
closes; its desk does it and opens it again, so that a name is asked for and a file written in one place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from redis_tui.arguments import format_arguments
from redis_tui.render.cells import fit
from redis_tui.render.spans import Line, Span
from redis_tui.tui.screens.modal import Modal
from redis_tui.tui.widgets.line_view import LineView

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from redis_tui.arguments import KeyUse
    from redis_tui.presets import Preset
    from redis_tui.workspace import Buffer

_NAME = 28


class Picked(NamedTuple):
    """What is wanted, and of which preset."""

    wish: str = ""
    """``fill``, ``rename``, ``delete``, ``try``, ``expect`` or nothing."""
    name: str = ""


class PresetPicker(Modal[Picked]):
    """All presets of the script in front."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "want('')", show=False),
        Binding("r", "want('rename')", show=False),
        Binding("d,delete", "want('delete')", show=False),
        Binding("t", "want('try')", show=False),
        Binding("e", "want('expect')", show=False),
    ]
    CSS = """
    PresetPicker .dialog { width: 100; max-width: 96%; padding: 1; }
    PresetPicker LineView { overflow-x: hidden; }
    """

    def __init__(self, buffer: Buffer, use: KeyUse, at: str = "") -> None:
        super().__init__()
        self._buffer, self._use = buffer, use
        self._at = at or buffer.preset

    def compose(self) -> ComposeResult:
        """The list, and its keys in the border."""
        with Vertical(classes="dialog") as box:
            box.border_title = f"Presets of {self._buffer.title}"
            box.border_subtitle = "Enter fills · r rename · d delete · t try all · e expect replies · Esc"
            yield LineView(cursor=True)

    def on_mount(self) -> None:
        """Fills the list, and stands on the preset that is in the fields."""
        view = self.query_one(LineView)
        view.set_lines([self._line(preset) for preset in self._buffer.presets])
        names = [preset.name for preset in self._buffer.presets]
        view.row = names.index(self._at) if self._at in names else 0
        view.styles.height = min(18, max(1, len(names)))
        view.focus()

    def _line(self, preset: Preset) -> Line:
        parts = (
            ("KEYS", format_arguments(preset.keys)),
            ("ARGV", format_arguments(preset.args)),
            ("limit", preset.limit),
            ("→", (preset.reply or "").replace("\n", " ")),
        )
        told = "  ".join(f"{name} {text}" for name, text in parts if text)
        missing = self._use.missing(preset.keys, preset.args)
        here = preset.name == self._buffer.preset
        return [
            Span("● " if here else "  ", "accent"),
            Span(fit(preset.name, _NAME) + "  ", "strong"),
            *([Span(f"⚠ {' · '.join(missing)}  ", "warning")] if missing else []),
            Span(told or "no arguments", "dim"),
        ]

    @on(LineView.Chosen)
    def _chosen(self, event: LineView.Chosen) -> None:
        event.stop()
        self.action_want("fill")

    def action_want(self, wish: str) -> None:
        """Answers."""
        row = self.query_one(LineView).row
        known = self._buffer.presets
        self.dismiss(Picked(wish, known[row].name if wish and row < len(known) else ""))
