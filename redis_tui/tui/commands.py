"""The palette: every action of the table, keys of views, panes, presets, files, examples and themes; ranked.

The decision a reader would question: what is done is found before what is opened, by a weight for each kind of
entry. ``count`` should offer "counter.lua" only behind an action that has the word in its name, and the sentence
about an action counts less than its name; letters scattered over a sentence, which Textual would take, are no match.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from redis_tui.record import dataclass
from redis_tui.tui.actions import PANES
from redis_tui.tui.pane_actions import PANE_OF
from redis_tui.tui.panes.view_help import VIEWS
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.workspace import list_examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redis_tui.tui.app import WorkbenchApp

_ABOUT = 0.6
"""What a sentence counts beside a name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the palette does."""

    title: str
    about: str
    do: Callable[[], object]
    key: str = ""
    """As people write it; not searched for."""
    weight: float = 1.0
    """Of its kind."""


class ActionProvider(Provider):
    """Answers the palette from the table of actions, and from what there is to open."""

    def _entries(self) -> Iterator[Entry]:
        app: WorkbenchApp = self.app  # type: ignore[assignment]  # the only app this provider is given to
        screen = self.screen
        bench = screen if isinstance(screen, WorkbenchScreen) else None
        for action in app.keymap.actions:
            if action.name == "command_palette" or (action.scope != "app" and bench is None):
                continue
            if action.scope in PANE_OF:
                do = partial(screen.query_one(PANE_OF[action.scope]).run_action, action.name)
                yield Entry(action.title, action.about, do, action.key_label, 0.97)
                continue
            target = "app" if action.scope == "app" else "screen"
            do = partial(screen.run_action, f"{target}.{action.name}")
            yield Entry(action.title, action.about, do, action.key_label)
        if bench is not None:
            yield from _places(bench)
            yield from _openable(bench)
        yield from _themes(app)

    async def discover(self) -> Hits:
        """Everything, before anything is typed: what is done first, then what is opened."""
        for entry in self._entries():
            yield DiscoveryHit(_shown(entry, Content(entry.title)), entry.do, text=entry.title, help=entry.about)

    async def search(self, query: str) -> Hits:
        """What matches, names before sentences."""
        matcher = self.matcher(query)
        words = query.casefold().split()
        for entry in self._entries():
            in_title = matcher.match(entry.title)
            is_told = all(word in entry.about.casefold() for word in words)
            score = entry.weight * max(in_title, matcher.match(entry.about) * _ABOUT if is_told else 0)
            if score > 0:
                name = matcher.highlight(entry.title) if in_title else Content(entry.title)
                yield Hit(score, _shown(entry, name), entry.do, entry.title, entry.about)


def _shown(entry: Entry, name: Content) -> Content:
    """The name and its key; never as markup, which keys and names of files may look like."""
    return Content.assemble(name, (f"  {entry.key}", "dim")) if entry.key else name


def _places(bench: WorkbenchScreen) -> Iterator[Entry]:
    for number, (name, title) in enumerate(PANES, 1):
        do = partial(bench.action_focus_pane, name)
        yield Entry(f"Go to {title}", "Gives the pane the keyboard.", do, f"Alt-{number}", 0.98)
    for name, view in VIEWS.items():
        for key in view.KEYS:
            about = f"As the key in the pane {view.TITLE}."
            act = partial(bench.do_in_view, name, key.action)
            yield Entry(f"{view.TITLE}: {key.word}", about, act, f"{key.shown} there", 0.9)


def _openable(bench: WorkbenchScreen) -> Iterator[Entry]:
    for preset in bench.presets:
        yield Entry(f"Preset: {preset}", "Fills KEYS and ARGV from it.", partial(bench.use_preset, preset), weight=0.95)
    for path in bench.recent_files:
        yield Entry(f"File: {path.name}", str(path.parent), partial(bench.open_file, str(path)), weight=0.9)
    for example in list_examples():
        do = partial(bench.open_example, example.name)
        yield Entry(f"Example: {example.name}", example.title, do, weight=0.85)


def _themes(app: WorkbenchApp) -> Iterator[Entry]:
    for theme in app.themes.shelf.themes.values():
        do = partial(app.use_theme, theme.name)
        yield Entry(f"Theme: {theme.title}", f"Changes the colours to {theme.name}.", do, weight=0.8)
    for problem in app.themes.shelf.problems:
        tell = partial(app.notify, str(problem), severity="warning", timeout=12, markup=False)
        yield Entry(f"Broken theme: {problem.message}", problem.hint, tell, weight=0.8)
