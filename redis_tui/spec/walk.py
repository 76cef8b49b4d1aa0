"""A typed line as words, and a walk of those words through an argument tree.

Completion, the hint and the finding of faults all read a line this way. It must not know a catalog.
The decision a reader would question: the walk is lenient. A word that fits nowhere is passed over and
the walk goes on as if it had not been typed, so that what follows one slip is still understood.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from redis_tui.record import dataclass
from redis_tui.spec.command import Arg, ArgKind
from redis_tui.spec.plan import begins_with_token, is_option
from redis_tui.spec.usage import render_arg

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RUNS = {"": re.compile(r"[^\s\"']+"), '"': re.compile(r'[^"\\]+'), "'": re.compile(r"[^'\\]+")}
"""Letters without a meaning of their own, outside quotes and inside each kind."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the line: where it begins, as written and as meant."""

    start: int
    raw: str
    value: str

    @property
    def end(self) -> int:
        """Behind its last character."""
        return self.start + len(self.raw)


class Walk:
    """The part of an argument tree that is still to be typed."""

    def __init__(self, args: Iterable[Arg]) -> None:
        self.rest: list[Arg] = [part for node in args for part in _apart(node)]
        self._counted: int | None = None
        """What a ``numkeys`` or ``numfields`` said, until it is used up."""

    def pass_over(self, word: str) -> Arg | None:
        """Takes one typed word off the tree.

        Returns:
            What the word is: a pure token, or the argument whose value it is; None where it fits nowhere.
        """
        upper = word.upper()
        for node in self._reachable():
            after = _after_token(node, upper)
            if after is not None:
                # Options come in any order, so those before this one stay.
                self.rest.remove(node)
                self.rest[:0] = after
                return Arg(word, ArgKind.PURE_TOKEN, token=upper)
        for index, node in enumerate(self.rest):
            if is_option(node):
                continue
            if node.name.startswith("num") and word.isdigit():
                self._counted = int(word)
            if node.name == "num":
                self._count_next(index + 1)
            after = _after_value(node)
            if self._counted is not None and node.multiple:
                self._counted -= 1
                after = after if self._counted > 0 else _last_of(node)
            self.rest[: index + 1] = after
            self._drop_uncounted()
            return None if begins_with_token(node) else _value_of(node)
        return None

    def _count_next(self, index: int) -> None:
        """VADD key VALUES num vector: the numbers of the vector are so many words, which its grammar does not tell."""
        place = next((at for at in range(index, len(self.rest)) if not is_option(self.rest[at])), None)
        if place is not None:
            self.rest[place] = replace(self.rest[place], multiple=True)

    def _drop_uncounted(self) -> None:
        """EVAL script 0: no keys follow."""
        if self._counted is not None and self._counted <= 0:
            self._counted = None
            self.rest = [node for node in self.rest if not (node.multiple and node.kind is ArgKind.KEY)]

    def _reachable(self) -> Iterator[Arg]:
        """Nodes that the next word may belong to: up to the first that must be typed."""
        for node in self.rest:
            yield node
            if not node.optional or (self._counted and node.multiple):
                return

    def tokens(self) -> Iterator[tuple[str, str]]:
        """Tokens that may come next, each with the usage of what follows it."""
        for node in self._reachable():
            yield from _tokens(node)

    def values(self) -> Iterator[Arg]:
        """Arguments whose value the next word may be."""
        for node in self._reachable():
            yield from _values(node)

    def required(self) -> list[Arg]:
        """What must still be typed."""
        return [node for node in self.rest if not node.optional]


_EXPIRY_CONDITIONS = frozenset(("NX", "XX", "GT", "LT"))


def _apart(node: Arg) -> tuple[Arg, ...]:
    """EXPIRE k 10 XX GT is right, though the documentation has its conditions as alternatives."""
    tokens = {child.token for child in node.children}
    if node.kind is not ArgKind.ONEOF or tokens != _EXPIRY_CONDITIONS:
        return (node,)
    pairs = (("NX", "XX"), ("GT", "LT"))
    return tuple(
        replace(node, children=tuple(child for child in node.children if child.token in pair)) for pair in pairs
    )


def _after_token(node: Arg, word: str) -> list[Arg] | None:
    """What must follow once a word is taken as a node's token; None where it is not its token."""
    if node.token:
        if node.token.upper() != word:
            return None
        if node.kind is ArgKind.PURE_TOKEN:
            return []
        return list(node.children) if node.kind is ArgKind.BLOCK else [replace(node, token=None, optional=False)]
    if node.kind is ArgKind.ONEOF:
        found = (_after_token(child, word) for child in node.children)
        after = next((after for after in found if after is not None), None)
        return None if after is None else [*after, *_again(node)]
    if node.kind is ArgKind.BLOCK:
        for place, child in enumerate(node.children):
            after = _after_token(child, word)
            if after is not None:
                return [*after, *node.children[place + 1 :], *_again(node)]
            if not child.optional:
                return None
    return None


def _after_value(node: Arg) -> list[Arg]:
    """What may follow once a word is taken as a node's value."""
    if node.kind is ArgKind.BLOCK and not node.token:
        place = next((place for place, child in enumerate(node.children) if not is_option(child)), 0)
        return [*_after_value(node.children[place]), *node.children[place + 1 :], *_again(node)]
    if node.kind is ArgKind.ONEOF and not node.token:
        # The form that takes most words: CLIENT KILL ip:port, or filters in any number.
        plain = sorted((child for child in node.children if not child.token), key=lambda child: not child.multiple)
        return [*(_after_value(plain[0]) if plain else []), *_again(node)]
    return _again(node)


def _last_of(node: Arg) -> list[Arg]:
    """What completes the last of a counted repetition: the value of a field."""
    return list(node.children[1:]) if node.kind is ArgKind.BLOCK else []


def _again(node: Arg) -> list[Arg]:
    if not node.multiple:
        return []
    return [node if node.optional else replace(node, optional=True)]


def _tokens(node: Arg) -> Iterator[tuple[str, str]]:
    if node.token:
        shown = render_arg(replace(node, optional=False))
        yield node.token.upper(), shown[len(node.token) :].strip()
    elif node.kind is ArgKind.ONEOF:
        for child in node.children:
            yield from _tokens(child)
    elif node.kind is ArgKind.BLOCK:
        for child in node.children:
            yield from _tokens(child)
            if not child.optional:
                return


def _values(node: Arg) -> Iterator[Arg]:
    if node.token:
        return
    if node.kind is ArgKind.BLOCK:
        yield from _values(node.children[0])
    elif node.kind is ArgKind.ONEOF:
        for child in node.children:
            yield from _values(child)
    else:
        yield node


def _value_of(node: Arg) -> Arg:
    """The argument that a plain word is the value of."""
    return next(_values(replace(node, token=None) if node.token else node), node)


def split_words(text: str) -> list[Word]:
    """Words as redis-cli reads them; the last is the one at the end, which may be empty or have its quote open."""
    words: list[Word] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        end, value = _read_word(text, at)
        words.append(Word(at, text[at:end], value))
        at = end
    if not words or words[-1].start + len(words[-1].raw) < len(text):
        words.append(Word(len(text), "", ""))
    return words


def _read_word(text: str, at: int) -> tuple[int, str]:
    """Reads to the next space outside quotes; gives the end and the value without quotes."""
    value: list[str] = []
    quote = ""
    while at < len(text):
        letter = text[at]
        if quote and letter == "\\" and at + 1 < len(text):
            at += 1
            value.append({"n": "\n", "r": "\r", "t": "\t"}.get(text[at], text[at]) if quote == '"' else text[at])
        elif quote:
            if letter == quote:
                quote = ""
            else:
                value.append(letter)
        elif letter in "\"'":
            quote = letter
        elif letter.isspace():
            break
        else:
            value.append(letter)
        at += 1
        # What means nothing special is taken in one go: documents are pasted into prompts.
        run = _RUNS[quote].match(text, at)
        if run is not None:
            value.append(run.group())
            at = run.end()
    return at, "".join(value)
