"""The Arguments pane: KEYS and ARGV of the script in front, quoted as in redis-cli, and how long it may run.

The decision a reader would question: the time limit stands with the arguments and is kept
with their preset, because it belongs to what is run and not to the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

from textual import on
from textual.containers import Horizontal
from textual.markup import escape
from textual.widgets import Input, Label

from redis_tui.arguments import KeyUse, parse_arguments
from redis_tui.errors import UsageError
from redis_tui.quantity import milliseconds
from redis_tui.tui.messages import ArgumentsEdited, RunWanted
from redis_tui.tui.widgets.field import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from redis_tui.session.base import NodeFacts

T = TypeVar("T")


class ArgumentTexts(NamedTuple):
    """The fields as typed."""

    keys: str = ""
    args: str = ""
    limit: str = ""


class Arguments(NamedTuple):
    """What the fields mean."""

    keys: tuple[bytes, ...]
    args: tuple[bytes, ...]
    timeout_ms: int | None
    """None lets a run last."""


class ArgumentsPane(Horizontal):
    """Three fields; Enter in any runs the script."""

    def __init__(self) -> None:
        super().__init__(id="arguments", classes="pane")
        self.border_title = "3 Arguments"
        self._use = KeyUse()
        self._primaries: Sequence[NodeFacts] = ()

    def compose(self) -> ComposeResult:
        """Label and field, thrice."""
        yield Label("KEYS", classes="field-label")
        yield Field(id="keys-field", compact=True, placeholder="none")
        yield Label("ARGV", classes="field-label")
        yield Field(id="args-field", compact=True, placeholder="none")
        yield Label("limit", classes="field-label")
        yield Field(id="limit-field", compact=True, placeholder="none")

    @property
    def texts(self) -> ArgumentTexts:
        """The fields as typed."""
        return ArgumentTexts(self._keys.value, self._args.value, self._limit.value)

    def parsed(self) -> Arguments:
        """What a run is to be given.

        Raises:
            UsageError: a quote is left open, or the limit is no time; says in which field.
        """
        keys, args, limit = self.texts
        return Arguments(
            _named("KEYS", parse_arguments, keys),
            _named("ARGV", parse_arguments, args),
            _named("limit", milliseconds, limit) if limit.strip() else None,
        )

    def set_texts(self, texts: ArgumentTexts, preset: str = "", presets: int = 0) -> None:
        """Fills the fields."""
        with self.prevent(Input.Changed):
            self._keys.value, self._args.value, self._limit.value = texts
        name = f"  preset: {escape(preset)}" if preset else ""
        more = " · F4 next" if presets > 1 else ""
        self.border_title = f"3 Arguments[not bold]{name}{more}[/]"
        self._judge()

    def set_use(self, use: KeyUse) -> None:
        """What the script reads, to tell a wrong count before anything is sent."""
        self._use = use
        self._judge()

    def set_nodes(self, nodes: Sequence[NodeFacts]) -> None:
        """Of a cluster: each key is told with its slot and its node."""
        if tuple(nodes) != tuple(self._primaries):
            self._primaries = nodes
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
            keys, args, _ = self.parsed()
        except UsageError as error:
            self.border_subtitle = f"[$rt-danger]{escape(str(error))}[/]"
            return
        missing = self._use.missing(keys, args)
        if missing or not self._primaries:
            self.border_subtitle = f"[$rt-warning]⚠ {escape(' · '.join(missing))}[/]" if missing else ""
            return
        from redis_tui.tui.slot_lines import slot_line

        text, is_well = slot_line(keys, self._primaries, room=max(20, self.size.width - 8))
        self.border_subtitle = escape(text) if is_well else f"[$rt-warning]⚠ {escape(text)}[/]"

    @property
    def _keys(self) -> Input:
        return self.query_one("#keys-field", Input)

    @property
    def _args(self) -> Input:
        return self.query_one("#args-field", Input)

    @property
    def _limit(self) -> Input:
        return self.query_one("#limit-field", Input)


def _named(name: str, parse: Callable[[str], T], text: str) -> T:
    try:
        return parse(text)
    except UsageError as error:
        raise UsageError(f"{name}: {error.message}", hint=error.hint) from error
