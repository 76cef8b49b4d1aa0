"""What happens while a line is typed: colours, completion, the hint, more lines, the history.

Adapters between prompt_toolkit and pure functions: `render.command` styles, `spec.complete`
completes, `spec.redact` keeps secrets out of the history. The decision a reader would
question: a line with a secret is kept with the secret replaced rather than left out, so that
the command can be found again and the password typed anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer

from redis_tui.errors import FileError
from redis_tui.render.command import highlight_command
from redis_tui.repl.dots import DOT_COMMANDS, find
from redis_tui.repl.style import formatted
from redis_tui.resp.inline import UnbalancedQuotes, split_inline
from redis_tui.spec.complete import complete
from redis_tui.spec.redact import redact_text
from redis_tui.theme import read_shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from redis_tui.repl.shell import Shell

_LONGEST_STYLED = 20_000
"""Characters; a pasted megabyte is typed plain."""


class CommandLexer(Lexer):
    """Colours of the line being typed."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        if len(document.text) > _LONGEST_STYLED:
            return lambda number: [("", document.lines[number])]
        lines = highlight_command(document.text)
        return lambda number: formatted(lines[number]) if number < len(lines) else []


class CommandCompleter(Completer):
    """Commands, subcommands, tokens and keys; dot commands and their files."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        text = document.text_before_cursor
        if text.lstrip().startswith("."):
            yield from self._dots(text.lstrip(), complete_event)
            return
        if self._shell.catalog is None:
            return
        found = complete(self._shell.catalog, text, len(text), self._shell.seen_keys)
        for candidate in found.candidates:
            yield Completion(candidate.text, start_position=found.start - len(text), display_meta=candidate.meta)

    def _dots(self, text: str, event: CompleteEvent) -> Iterable[Completion]:
        name, space, rest = text.partition(" ")
        if not space:
            for command in DOT_COMMANDS:
                if command.name.startswith(name):
                    yield Completion(command.name, start_position=-len(name), display_meta=command.summary)
            return
        dot = find(name)
        if dot is None:
            return
        *before, rest = rest.split(" ")
        place = len([word for word in before if word and not word.startswith("--")])
        if dot.file_at == place:
            yield from self._paths.get_completions(Document(rest), event)
        if place:
            return
        for word in _words_of(dot.name, self._shell):
            if word.lower().startswith(rest.lower()):
                yield Completion(word, start_position=-len(rest))


def _words_of(name: str, shell: Shell) -> Iterable[str]:
    if name == ".theme":
        return sorted(read_shelf().themes)
    if name == ".output":
        return ("cli", "raw", "json", "csv")
    if name == ".help":
        commands = [spec.display for spec in shell.catalog] if shell.catalog is not None else []
        return [*(command.name for command in DOT_COMMANDS), *commands]
    return ()


def hint(shell: Shell, text: str, cursor: int) -> str:
    """What is still to be typed, for the line below the prompt."""
    stripped = text.lstrip()
    if stripped.startswith("."):
        dot = find(stripped.split()[0])
        return f"{dot.name} {dot.usage} · {dot.summary}" if dot is not None else "Type .help for the dot commands."
    if not stripped:
        return "Commands as in redis-cli · .help for dot commands · Tab completes · Alt-Enter starts a new line"
    return complete(shell.catalog, text, cursor).hint if shell.catalog is not None else ""


def wants_more(text: str) -> bool:
    """Whether a quote is open, so that Enter starts a new line."""
    try:
        split_inline(text.encode("utf-8", "surrogateescape"))
    except UnbalancedQuotes as error:
        return error.open_quote is not None
    return False


def key_bindings() -> KeyBindings:
    """Enter sends a finished line, Alt-Enter always starts a new one."""
    bindings = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)  # Enter in a search of the history stays what it is

    @bindings.add("enter", filter=typing)
    def _enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None
        elif wants_more(buffer.text):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @bindings.add("escape", "enter", filter=typing)
    def _alt_enter(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return bindings


class QuietHistory(FileHistory):
    """A history on disk that never holds a secret, readable by its owner only."""

    def store_string(self, string: str) -> None:
        path = Path(os.fsdecode(self.filename))
        try:
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(mode=0o600)
            super().store_string(string)
        except OSError as error:
            # Losing the history must not lose the session; it is told once, where the REPL starts.
            self.problem = f"The history {path} cannot be written: {(error.strerror or '').lower()}."

    problem = ""

    def append_string(self, string: str) -> None:
        super().append_string(redact_text(string))


class QuietMemory(InMemoryHistory):
    """A history for this run only, without secrets."""

    def append_string(self, string: str) -> None:
        super().append_string(redact_text(string))


def open_history(path: Path | None) -> History:
    """The history at a place, or one that ends with the REPL.

    Raises:
        FileError: the file is there and cannot be read.
    """
    if path is None:
        return QuietMemory()
    if path.exists() and not os.access(path, os.R_OK):
        raise FileError(f"The history {path} cannot be read.", hint="Check its permissions.")
    return QuietHistory(str(path))
