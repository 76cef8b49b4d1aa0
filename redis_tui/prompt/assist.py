"""Help while a line is typed: what may come next, which argument this is, what is wrong, whether it goes on.

Pure over a catalog and a memory, for the REPL and the console alike. The decision a reader would question:
only an open quote makes Enter start a new line. An open bracket does not: ``(1`` and ``[a`` are bounds of
ranges, and a prompt that waits for their other half would never send ZRANGEBYLEX.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from redis_tui.prompt.memory import Memory
from redis_tui.record import dataclass
from redis_tui.render.spans import Line, Span
from redis_tui.resp.inline import UnbalancedQuotes, split_inline
from redis_tui.spec.complete import Candidate, Completion, Usage, complete
from redis_tui.spec.faults import Fault, find_faults, line_of_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from redis_tui.spec.catalog import Catalog
    from redis_tui.spec.command import Arg, CommandSpec

OWN_WORDS = frozenset(("help", "?", "exit", "quit", "clear", "connect", ":set"))
"""What a prompt takes besides commands, as redis-cli does."""
_NOTHING = Completion((), 0, "")
_COMMAND_NAMES = frozenset(("command-name", "command"))


@dataclass(slots=True)
class Assist:
    """One prompt's helper."""

    catalog: Catalog | None = None
    """None until a server has told it; then there is no help, and all else works."""
    memory: Memory = field(default_factory=Memory)
    more_keys: Sequence[str] = ()
    """Keys that are known from elsewhere, the browser for one."""

    def complete(self, text: str, cursor: int) -> Completion:
        """What may stand at the cursor."""
        if self.catalog is None:
            return _NOTHING
        keys = list(dict.fromkeys([*self.memory.keys, *self.more_keys]))
        return complete(self.catalog, text, cursor, keys, self._vocabulary)

    def _vocabulary(self, spec: CommandSpec, arg: Arg, before: Sequence[str]) -> Iterator[Candidate]:
        if arg.name in _COMMAND_NAMES and self.catalog is not None:
            yield from (Candidate(one.name, one.summary) for one in self.catalog)
        yield from self.memory.vocabulary(spec, arg, before)

    def faults(self, text: str, cursor: int | None = None) -> tuple[Fault, ...]:
        """What a server would refuse; nothing of a line for the prompt itself."""
        if self.catalog is None or text.lstrip().startswith(".") or self.several(text):
            return ()
        return find_faults(self.catalog, text, cursor, OWN_WORDS)

    def several(self, text: str) -> tuple[str, ...]:
        """The commands of a text that has one a line, as it is pasted from a file; empty where it is one command.

        It is that where each line that begins outside quotes begins, without a space, with a command's name. A word
        of a command that goes on in the next line does not.
        """
        if "\n" not in text or self.catalog is None:
            return ()
        lines = _logical_lines(text)
        are_commands = all(self._begins_with_command(line) for line in lines)
        return tuple(lines) if len(lines) > 1 and are_commands else ()

    def _begins_with_command(self, line: str) -> bool:
        name, *_ = line.split(None, 1)
        return (
            not line[0].isspace()
            and self.catalog is not None
            and (self.catalog.get(name) is not None or name.startswith("."))
        )

    def usage_line(self, text: str, cursor: int) -> Line:
        """The command's usage with the argument at the cursor marked; what is wrong instead, where something is."""
        several = self.several(text)
        if several:
            return [Span(f"{len(several)} commands, one a line; Enter sends them one after the other", "hint")]
        wrong = line_of_faults(self.faults(text, cursor))
        if wrong:
            return [Span(f"⚠ {wrong}", "warning")]
        found = self.complete(text, cursor)
        if found.usage is None:
            return []
        return _usage_spans(found.usage, found.facts)


def _usage_spans(usage: Usage, facts: str) -> Line:
    line: Line = [Span(usage.name, "command.name")]
    for word in usage.done:
        line += [Span(" "), Span(word, "dim")]
    if usage.current:
        line += [Span(" "), Span(usage.current, "hint.current")]
    if usage.rest:
        line += [Span(" "), Span(usage.rest, "hint")]
    if facts:
        line.append(Span(f" · {facts}", "dim"))
    return line


def _logical_lines(text: str) -> list[str]:
    """The lines of a text, those of an open quote together; blank ones and comments left out."""
    lines: list[str] = []
    begun = ""
    for line in text.split("\n"):
        begun = f"{begun}\n{line}" if begun else line
        if wants_more(begun):
            continue
        if begun.strip() and not begun.startswith("#"):
            lines.append(begun)
        begun = ""
    return [*lines, begun] if begun.strip() else lines


def wants_more(text: str) -> bool:
    """Whether a quote is open, so that Enter starts a new line."""
    try:
        split_inline(text.encode("utf-8", "surrogateescape"))
    except UnbalancedQuotes as error:
        return error.open_quote is not None
    return False


def underlined(line: Line, faults: Sequence[Fault]) -> Line:
    """A styled line of text with its faults marked.

    Args:
        line: spans that together are the text.
        faults: stretches of that text.
    """
    marked: Line = []
    at = 0
    for span in line:
        edges = {0, len(span.text)}
        for fault in faults:
            edges |= {edge - at for edge in (fault.start, fault.end) if at < edge < at + len(span.text)}
        for start, end in zip(sorted(edges), sorted(edges)[1:], strict=False):
            is_wrong = any(fault.start <= at + start and at + end <= fault.end for fault in faults)
            marked.append(Span(span.text[start:end], "fault" if is_wrong else span.style))
        at += len(span.text)
    return marked
