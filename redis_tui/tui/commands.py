"""The palette: every action of the table, every example, every theme, every recent file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from redis_tui.tui.actions import PANE_OF, PANES
from redis_tui.tui.panes.view_help import VIEWS
from redis_tui.tui.screens.workbench import WorkbenchScreen
from redis_tui.workspace import list_examples

if TYPE_CHECKING:
    from redis_tui.tui.app import WorkbenchApp

Entry = tuple[str, str, Callable[[], object]]


class ActionProvider(Provider):
    """Answers the palette from the table of actions."""

    def _entries(self) -> Iterator[Entry]:
        app: WorkbenchApp = self.app  # type: ignore[assignment]  # the only app this provider is given to
        screen = self.screen
        for action in app.keymap.actions:
            if action.name == "command_palette" or (action.scope != "app" and not isinstance(screen, WorkbenchScreen)):
                continue
            target = "app" if action.scope == "app" else "screen"
            title = f"{action.title}  ({action.key_label})" if action.key_label else action.title
            if action.scope in PANE_OF:
                yield title, action.about, partial(screen.query_one(PANE_OF[action.scope]).run_action, action.name)
                continue
            yield title, action.about, partial(screen.run_action, f"{target}.{action.name}")
        for theme in app.themes.shelf.themes.values():
            yield f"Theme: {theme.title}", f"Changes the colours to {theme.name}.", partial(app.use_theme, theme.name)
        for problem in app.themes.shelf.problems:
            tell = partial(app.notify, str(problem), severity="warning", timeout=12, markup=False)
            yield f"Broken theme: {problem.message}", problem.hint, tell
        if isinstance(screen, WorkbenchScreen):
            for number, (name, title) in enumerate(PANES, 1):
                yield (
                    f"Go to {title}  (Alt-{number})",
                    "Gives the pane the keyboard.",
                    partial(screen.action_focus_pane, name),
                )
            for name, view in VIEWS.items():
                for key in view.KEYS:
                    title = f"{view.TITLE}: {key.word}  ({key.shown} there)"
                    yield title, f"As the key in the pane {view.TITLE}.", partial(screen.do_in_view, name, key.action)
            for example in list_examples():
                yield f"Example: {example.name}", example.title, partial(screen.open_example, example.name)

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for title, about, run in self._entries():
            yield DiscoveryHit(title, run, help=about)

    async def search(self, query: str) -> Hits:
        """What matches."""
        matcher = self.matcher(query)
        for title, about, run in self._entries():
            score = max(matcher.match(title), matcher.match(about) * 0.6)
            if score > 0:
                yield Hit(score, matcher.highlight(title), run, help=about)
