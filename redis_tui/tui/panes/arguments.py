"""The Arguments pane: KEYS and ARGV of the script in front, quoted as in redis-cli."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.markup import escape
from textual.widgets import Input, Label

from redis_tui.errors import UsageError
from redis_tui.tui.messages import ArgumentsEdited, RunWanted
from redis_tui.workspace import KeyUse, parse_arguments

if TYPE_CHECKING:
    from textual.app import ComposeResult


class ArgumentsPane(Horizontal):
    """Two fields; Enter in either runs the script."""

    def __init__(self) -> None:
        super().__init__(id="arguments", classes="pane")
        self.border_title = "3 Arguments"
        self._use = KeyUse()

    def compose(self) -> ComposeResult:
        """Label and field, twice."""
        yield Label("KEYS", classes="field-label")
        yield Input(id="keys-field", compact=True, placeholder="none")
        yield Label("ARGV", classes="field-label")
        yield Input(id="args-field", compact=True, placeholder="none")

    @property
    def texts(self) -> tuple[str, str]:
        """Both fields as typed."""
        return self._keys.value, self._args.value

    def parsed(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """KEYS and ARGV.

        Raises:
            UsageError: a quote is left open; says in which field.
        """
        values = []
        for name, text in zip(("KEYS", "ARGV"), self.texts, strict=True):
            try:
                values.append(parse_arguments(text))
            except UsageError as error:
                raise UsageError(f"{name}: {error.message}", hint=error.hint) from error
        return values[0], values[1]

    def set_texts(self, keys: str, args: str, preset: str, presets: int) -> None:
        """Fills both fields."""
        with self.prevent(Input.Changed):
            self._keys.value, self._args.value = keys, args
        name = f"  preset: {escape(preset)}" if preset else ""
        more = " · F4 next" if presets > 1 else ""
        self.border_title = f"3 Arguments[not bold]{name}{more}[/]"
        self._judge()

    def set_use(self, use: KeyUse) -> None:
        """What the script reads, to tell a wrong count before anything is sent."""
        self._use = use
        self._judge()

    def focus_content(self) -> None:
        """Gives the keyboard to KEYS."""
        self._keys.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._judge()
        self.post_message(ArgumentsEdited())

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(RunWanted())

    def _judge(self) -> None:
        try:
            keys, args = self.parsed()
        except UsageError as error:
            self.border_subtitle = f"[$rt-danger]{escape(str(error))}[/]"
            return
        missing = []
        for name, used, given in (("KEYS", self._use.keys, len(keys)), ("ARGV", self._use.args, len(args))):
            if used > given:
                missing.append(f"{name}[{used}] is read, {given or 'none'} given")
        self.border_subtitle = f"[$rt-warning]⚠ {escape(' · '.join(missing))}[/]" if missing else ""

    @property
    def _keys(self) -> Input:
        return self.query_one("#keys-field", Input)

    @property
    def _args(self) -> Input:
        return self.query_one("#args-field", Input)
