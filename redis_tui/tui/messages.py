"""What panes tell the screen. Facts and wishes only; a pane does not know who listens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from redis_tui.session.base import ScriptInfo
    from redis_tui.tui.queries import SlowEntry


class BufferShown(Message):
    """Another editor tab came to the front."""


class TabShown(Message):
    """Another tab of the result came to the front."""


class EditorWish(Message):
    """A colon command wants something that only the workbench can do."""

    def __init__(self, name: str, argument: str) -> None:
        super().__init__()
        self.name, self.argument = name, argument


class BufferEdited(Message):
    """The text of the editor tab in front changed."""


class ArgumentsEdited(Message):
    """KEYS or ARGV changed."""


class PresetWanted(Message):
    """The next preset of this script is wanted."""


class RunWanted(Message):
    """Enter was pressed in the arguments."""


class KillWanted(Message):
    """The Kill button was pressed."""


class ScanWanted(Message):
    """More keys are wanted, or no more."""


class PatternChosen(Message):
    """The key filter changed."""

    def __init__(self, pattern: str) -> None:
        super().__init__()
        self.pattern = pattern


class FactsWanted(Message):
    """Keys came into view whose type and TTL are not known; with ``details`` size and encoding are wanted too."""

    def __init__(self, keys: tuple[bytes, ...], *, details: bool = False) -> None:
        super().__init__()
        self.keys = keys
        self.details = details


class KeyWish(Message):
    """Something is wanted of some keys: ``delete``, ``expire``, ``sort TTL``…; the desks have the names."""

    def __init__(self, name: str, keys: tuple[bytes, ...] = ()) -> None:
        super().__init__()
        self.name = name
        self.keys = keys


class KeyOpened(Message):
    """A key's value is wanted."""

    def __init__(self, key: bytes, db: int | None = None) -> None:
        """Takes the key and its database; None is that of the session."""
        super().__init__()
        self.key = key
        self.db = db


class KeyShown(Message):
    """A key is wanted in the browser."""

    def __init__(self, key: bytes, db: int) -> None:
        super().__init__()
        self.key = key
        self.db = db


class ScriptOpened(Message):
    """A script of the cache is wanted in the editor."""

    def __init__(self, info: ScriptInfo) -> None:
        super().__init__()
        self.info = info


class SlowCommandOpened(Message):
    """A slow log entry is wanted whole."""

    def __init__(self, entry: SlowEntry) -> None:
        super().__init__()
        self.entry = entry


class LineWanted(Message):
    """A line of a script that was run is to be seen in the editor."""

    def __init__(self, source: bytes, line: int) -> None:
        """Takes the script as it was run, and its line from 1."""
        super().__init__()
        self.source = source
        self.line = line


class CommandEntered(Message):
    """A line was entered at the console."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class WaitUnwanted(Message):
    """The answer that the console waits for is not wanted any more."""


class PaneChosen(Message):
    """A folded pane's tab was clicked."""

    def __init__(self, pane: str) -> None:
        super().__init__()
        self.pane = pane
