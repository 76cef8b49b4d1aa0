"""What happens while a line is typed: colours, completion, the hint, more lines, the history.

Adapters between prompt_toolkit and what the two prompts share: `render.command` styles, `prompt.assist`
completes and judges, `prompt.history` keeps lines. The decision a reader would question: what a server will
refuse is marked in the line and told below it, and Enter sends it all the same; only the server judges.
"""

from __future__ import annotations

import re
from itertools import accumulate
from typing import TYPE_CHECKING

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import has_focus
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer

from redis_tui.errors import FileError
from redis_tui.prompt.assist import underlined, wants_more
from redis_tui.prompt.history import History as Kept
from redis_tui.render.command import highlight_command
from redis_tui.render.spans import Span, text_line
from redis_tui.repl.dot_output import OUTPUTS
from redis_tui.repl.dots import DOT_COMMANDS, find
from redis_tui.repl.send import split_pipe
from redis_tui.repl.style import formatted
from redis_tui.session.nodes import trouble_text
from redis_tui.spec.faults import Fault
from redis_tui.spec.mask import masked
from redis_tui.spec.redact import redact_text
from redis_tui.theme import read_shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from prompt_toolkit.formatted_text import StyleAndTextTuples

    from redis_tui.render.spans import Line
    from redis_tui.repl.shell import Shell

_WORD = re.compile(r"\S+\s*|\s+")
_WORD_PLACES = re.compile(r"\S+")
_MOST_HINT_LINES = 3
_LONGEST_STYLED = 20_000
"""Characters; a pasted megabyte is typed plain."""


class CommandLexer(Lexer):
    """Colours of the line being typed, marks on what a server will refuse, and no password."""

    def __init__(self, shell: Shell | None = None) -> None:
        self._shell = shell

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        if len(document.text) > _LONGEST_STYLED:
            plain = masked(document.text).split("\n")
            return lambda number: [("", plain[number])]
        lines = highlight_command(masked(document.text))
        faults = _faults(self._shell, document.text, document.cursor_position) if self._shell is not None else ()
        if faults:
            starts = [0, *accumulate(len(line) + 1 for line in document.lines)]
            moved = [[Fault(one.start - at, one.end - at, one.message) for one in faults] for at in starts]
            lines = [underlined(line, here) for line, here in zip(lines, moved, strict=False)]
        return lambda number: formatted(lines[number]) if number < len(lines) else []


def _faults(shell: Shell, text: str, cursor: int) -> tuple[Fault, ...]:
    return shell.assist.faults(split_pipe(text)[0], cursor)


class CommandCompleter(Completer):
    """Commands, subcommands, tokens and keys; dot commands and their files."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        text = document.text_before_cursor
        begins = command_begins(text)
        if begins is not None:
            text = text[begins:]
        elif text.lstrip().startswith("."):
            yield from self._dots(text.lstrip(), complete_event)
            return
        found = self._shell.assist.complete(text, len(text))
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
        if before and before[-1] == "--fcall":
            yield from (
                Completion(one, start_position=-len(rest))
                for one in self._shell.memory.known("function")
                if one.startswith(rest)
            )
            return
        if "--fcall" in before:
            del before[before.index("--fcall") + 1]
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
        return OUTPUTS
    if name == ".peek":
        return shell.memory.keys
    if name == ".at":
        return [*(each for node in shell.session.nodes() for each in (node.name, *node.replicas)), "all"]
    if name == ".timing":
        return ("on", "off")
    if name == ".keymap":
        return ("vi", "emacs")
    if name == ".limit":
        return ("none",)
    if name == ".help":
        commands = [spec.display for spec in shell.catalog] if shell.catalog is not None else []
        return [*(command.name for command in DOT_COMMANDS), *commands]
    return ()


def command_begins(text: str) -> int | None:
    """Where the command of the server begins within a dot command; None where there is none, or not yet."""
    words = [*_WORD_PLACES.finditer(text)]
    dot = find(words[0][0]) if words and words[0][0].startswith(".") else None
    if dot is None or dot.command_at is None:
        return None
    at = dot.command_at + 1
    if at < len(words):
        return words[at].start()
    return len(text) if at == len(words) and text[-1:].isspace() else None


def hint(shell: Shell, text: str, cursor: int) -> Line:
    """What is still to be typed, or what is wrong, for the line below the prompt."""
    stripped = text.lstrip()
    if not shell.hints:
        return []
    if stripped.startswith("."):
        begins = command_begins(text)
        if begins is not None and text[begins:].strip():
            return shell.assist.usage_line(text[begins:], max(0, cursor - begins))
        dot = find(stripped.split()[0])
        told = f"{dot.name} {dot.usage} · {dot.summary}" if dot is not None else "Type .help for the dot commands."
        return text_line(told, "hint")
    if not stripped:
        where = "commands as in redis-cli" if shell.session.info.embedded else shell.session.info.label
        if trouble := trouble_text(shell.session.nodes()):
            where += f" · ✗ {trouble}"
        return text_line(f"{where} · .help · Tab completes · Alt-Enter new line", "hint")
    command, program = split_pipe(text)
    if program is not None:
        return text_line(f"the reply goes to: {program}", "hint")
    return shell.assist.usage_line(command, cursor)


def folded(line: Line, columns: int) -> list[Line]:
    """A hint on as many lines as it needs, broken at spaces; what does not fit on the last one says so.

    Args:
        line: the hint.
        columns: room for a line.
    """
    words = [Span(word, span.style) for span in line for word in _WORD.findall(span.text)]
    lines: list[Line] = [[]]
    room = columns
    for word in words:
        if len(word.text.rstrip()) > room and lines[-1]:
            if len(lines) == _MOST_HINT_LINES:
                return [*lines[:-1], [*lines[-1], Span("…", "hint")]]
            lines.append([])
            room = columns - 1  # for what tells of more
        lines[-1].append(word)
        room -= len(word.text)
    return lines


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


class SharedHistory(History):
    """The history of both prompts, as prompt_toolkit asks for it; a secret is in neither file nor memory."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self._kept = kept

    @property
    def problem(self) -> str:
        """Why lines are not kept; empty while they are."""
        return self._kept.problem

    def load_history_strings(self) -> Iterable[str]:
        return list(reversed(self._kept.lines))

    def store_string(self, string: str) -> None:
        self._kept.append(string)

    def append_string(self, string: str) -> None:
        super().append_string(redact_text(string))


def open_history(path: Path | None) -> SharedHistory:
    """The history at a place, or one that ends with the REPL.

    Raises:
        FileError: the file is there and cannot be read.
    """
    kept = Kept(path)
    kept.load()
    if kept.problem:
        raise FileError(kept.problem, hint="Check its permissions.")
    return SharedHistory(kept)
