"""The one-line bars: title at the top, keys at the bottom, folded panes below the title on small screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from redis_tui.prompt.label import PRODUCTION
from redis_tui.tui.actions import PANE_NUMBER, PANES
from redis_tui.tui.keymap import keymap_of
from redis_tui.tui.messages import PaneChosen
from redis_tui.tui.pane_actions import PANE_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

    from redis_tui.tui.action import Action


class TitleBar(Static):
    """Where we are connected, how the server is, and its figures; red all over where that is production."""

    def __init__(self) -> None:
        super().__init__(id="title-bar")
        self._place = ""
        self._detail = ""
        self._state = ("ready", "success", "●")
        self._alarm: str | None = None
        self._wait = ""
        self._figures = ""
        self._trouble = ""
        self._guards: list[tuple[str, str]] = []
        self._profile = ("", "")

    def set_guards(self, *, production: bool, read_only: bool) -> None:
        """Says how careful one has to be here; each is a word, and the first one colours the bar as well."""
        told = ((production, PRODUCTION, "danger"), (read_only, "READ-ONLY", "warning"))
        self._guards = [(word, tone) for holds, word, tone in told if holds]
        self.set_class(production, "-production")
        self._draw()

    def set_profile(self, name: str, tone: str) -> None:
        """Names the profile that is connected to, on its colour where it has one; empty names none."""
        self._profile = (name, tone)
        self._draw()

    def set_place(self, label: str, detail: str) -> None:
        """Sets the server's name and its version and database."""
        self._place, self._detail = label, detail
        self._draw()

    def set_state(self, text: str, tone: str, mark: str = "●") -> None:
        """Sets the state.

        Args:
            text: one or two words.
            tone: ``success warning danger`` or ``dim``.
            mark: a sign beside the colour, so that colour does not speak alone.
        """
        self._state = (text, tone, mark)
        self._draw()

    def set_alarm(self, text: str | None) -> None:
        """What goes before any state while it lasts: the link is lost."""
        if text != self._alarm:
            self._alarm = text
            self._draw()

    def set_trouble(self, text: str) -> None:
        """What is wrong with a part of a cluster, beside the state of the rest; empty where nothing is."""
        if text != self._trouble:
            self._trouble = text
            self._draw()

    def set_wait(self, text: str) -> None:
        """What goes before any state but an alarm while it lasts: the server does not answer; empty: it does."""
        if text != self._wait:
            self._wait = text
            self._draw()

    @property
    def state(self) -> tuple[str, str, str]:
        """What is said of the server: text, tone, mark."""
        if self._alarm is not None:
            return self._alarm, "danger", "✗"
        return (self._wait, "warning", "…") if self._wait else self._state

    def set_figures(self, text: str) -> None:
        """Sets the right end: number of keys, memory."""
        self._figures = text
        self._draw()

    def on_resize(self) -> None:
        """Draws for the new width."""
        self._draw()

    async def on_click(self) -> None:
        """Where we are connected is where one goes elsewhere."""
        await self.run_action("app.connect")

    def _draw(self) -> None:
        left = self._left(self._detail)
        for shorter in (self._detail.partition(" · ")[2], ""):  # how the server is goes before what it is
            if left.cell_length > self.size.width:
                left = self._left(shorter)
        right = Content.from_markup(f"[{self._tone('dim')}]$figures[/] ", figures=self._figures)
        gap = self.size.width - left.cell_length - right.cell_length
        if gap < 2:
            self.update(left, layout=False)
            return
        self.update(Content.assemble(left, " " * gap, right), layout=False)

    def _left(self, detail: str) -> Content:
        text, tone, mark = self.state
        strong, dim, tone = (self._tone(name) for name in ("text", "dim", tone))
        guards = "".join(f"[bold {self._tone(tone)}]{word}[/]  " for word, tone in self._guards)
        trouble = f"  [bold {self._tone('danger')}]✗ $trouble[/]" if self._trouble else ""
        look = strong if self._is_production else "bold $rt-background on $rt-focus"
        name, color = self._profile
        badge = f"[bold $rt-background on $rt-{color}] $profile [/]  " if color else f"[bold {strong}]$profile[/]  "
        return Content.from_markup(
            f"[{look}] redis-tui [/]  {guards}{badge if name else ''}[bold {strong}]$place[/][{dim}]$detail[/]"
            f"   [{tone}]$mark $text[/]{trouble}",
            profile=name,
            trouble=self._trouble,
            place=self._place,
            detail=f" · {detail}" if detail else "",
            mark=mark,
            text=text,
        )

    @property
    def _is_production(self) -> bool:
        return self.has_class("-production")

    def _tone(self, name: str) -> str:
        """On red only one colour can be read."""
        return "bold $rt-background" if self._is_production else f"$rt-{name}"


class KeyBar(Static):
    """The footer: keys and their words, from the table of actions; each can be clicked.

    The keys of the pane in use stand first, in a colour of their own. Where there is little room, running, killing,
    the palette and leaving go before them, and they before all others.
    """

    _OWN_RANK = 5.5
    """Behind the palette, before what every pane has."""

    def __init__(self) -> None:
        super().__init__(id="key-bar")
        self._spots: list[tuple[int, int, Action]] = []
        self._pane = ""

    def on_mount(self) -> None:
        """Draws once it has a size."""
        self._draw()

    def on_resize(self) -> None:
        """Shows as many keys as there is room for, the important ones first."""
        self._draw()

    def set_pane(self, name: str) -> None:
        """The pane in use, whose own keys are shown."""
        if name != self._pane:
            self._pane = name
            self._draw()

    def _draw(self) -> None:
        told = [action for action in keymap_of(self).actions if action.short and action.keys]
        own = [action for action in told if action.scope == self._pane]
        told = [*own, *(action for action in told if action.scope in ("app", "workbench"))]
        room = self.size.width - 1
        chosen: list[Action] = []
        for action in sorted(told, key=lambda item: self._OWN_RANK if item in own else item.rank):
            need = cell_len(action.key_label) + cell_len(action.short) + 3
            if need > room:
                break
            room -= need
            chosen.append(action)
        gap = 1 + min(2, room // max(1, len(chosen)))
        pieces: list[Content] = []
        self._spots = []
        at = 1
        for action in (action for action in told if action in chosen):
            tone = "accent" if action in own else "focus"
            piece = Content.from_markup(
                f"[bold $rt-{tone}]$key[/] [$rt-text]$word[/]", key=action.key_label, word=action.short
            )
            self._spots.append((at, at + piece.cell_length, action))
            at += piece.cell_length + gap + 1
            pieces.append(piece)
        self.update(Content.assemble(" ", Content(" " * (gap + 1)).join(pieces)), layout=False)

    async def on_click(self, event: Click) -> None:
        """Does what the clicked word says."""
        for start, end, action in self._spots:
            if start <= event.x < end:
                await self._do(action)
                return

    async def _do(self, action: Action) -> None:
        if action.scope in ("app", "workbench"):
            await self.run_action(f"{'app' if action.scope == 'app' else 'screen'}.{action.name}")
            return
        await self.screen.query_one(PANE_OF[action.scope]).run_action(action.name)


class PaneTabs(Static):
    """On a small screen the panes that take turns; on a large one those that are hidden."""

    def __init__(self) -> None:
        super().__init__(id="pane-tabs")
        self._spots: list[tuple[int, int, str]] = []
        self._shown: tuple[tuple[str, ...], str] = ((), "")

    @property
    def places(self) -> dict[str, int]:
        """The column of each pane's tab."""
        return {name: start for start, _, name in self._spots}

    def show(self, names: Sequence[str], active: str) -> None:
        """Draws a tab for each pane.

        Args:
            names: the panes.
            active: the one that is seen; none where all of these are hidden.
        """
        if self._shown == (shown := (tuple(names), active)):
            return
        self._shown = shown
        parts: list[Content] = []
        self._spots = []
        at = 0
        for name in names:
            label = f" {PANE_NUMBER[name]} {PANES[PANE_NUMBER[name] - 1][1]} "
            look = "bold $rt-background on $rt-focus" if name == active else "$rt-dim"
            parts.append(Content.from_markup(f"[{look}]$label[/]", label=label))
            self._spots.append((at, at + len(label), name))
            at += len(label) + 1
        if names and not active:
            parts.append(Content.from_markup("[$rt-dim]hidden: a click or the number shows it[/]"))
        self.update(Content(" ").join(parts))

    def on_click(self, event: Click) -> None:
        """Tells which tab was clicked."""
        for start, end, name in self._spots:
            if start <= event.x < end:
                self.post_message(PaneChosen(name))
