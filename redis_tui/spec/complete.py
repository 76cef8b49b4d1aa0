"""What may be typed next on a command line: candidates and a hint, as a pure function.

It knows a catalog and a text, and no interface library: the REPL, the TUI's console and a test
call the same function. The decision a reader would question: typed words are walked through
the argument tree leniently. A word that fits nowhere is passed over rather than reported, because a
hint must stay useful while a line is half right; only the server judges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from redis_tui.spec.command import Arg, ArgKind, CommandSpec
from redis_tui.spec.plan import is_option
from redis_tui.spec.usage import render_arg, render_usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from redis_tui.spec.catalog import Catalog

_MOST_KEYS: Final = 100
_LONGEST_COMPLEXITY: Final = 32
_ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that may stand at the cursor."""

    text: str
    """Replaces the text from `Completion.start` to the cursor."""
    meta: str
    """A few words on what it is."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be typed next."""

    candidates: tuple[Candidate, ...]
    start: int
    """Where the word at the cursor begins."""
    hint: str
    """What is still to be typed, ``value [NX | XX] … · since 1.0.0 · O(1)``; empty before a command is known.
    No space in front: where the text does not end in one, whoever shows it adds it."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the line: where it begins, as written and as meant."""

    start: int
    raw: str
    value: str


def complete(catalog: Catalog, text: str, cursor: int, keys: Sequence[str] = ()) -> Completion:
    """Completes a command line.

    Args:
        catalog: the commands there are.
        text: the line.
        cursor: offset into it; what stands behind is not looked at.
        keys: keys seen lately, the likeliest first.

    Returns:
        Candidates for the word at the cursor, and the hint.
    """
    *done, word = _split(text[:cursor])
    if not done:
        found = catalog.starting_with(word.value)
        spec = catalog.get(word.value) if word.value else None
        names = [Candidate(_styled(one.name, word.raw), one.summary) for one in found]
        return Completion(tuple(names), word.start, _hint_of(spec, []) if spec else "")
    spec = catalog.get(done[0].value)
    if spec is None:
        return Completion((), word.start, "")
    if spec.subcommands and len(done) == 1:
        return _complete_subcommand(spec, done[0], word)
    sub = _subcommand(spec, done[1].value) if spec.subcommands else None
    typed = [one.value for one in done[2 if sub else 1 :]]
    return _complete_argument(sub or spec, typed, word, keys, style=word.raw or done[0].raw)


def _complete_subcommand(spec: CommandSpec, name: _Word, word: _Word) -> Completion:
    low = word.value.lower()
    style = word.raw or name.raw
    found = [
        Candidate(_styled(tail, style), sub.summary)
        for sub in spec.subcommands
        if (tail := sub.name.partition("|")[2]).startswith(low)
    ]
    exact = _subcommand(spec, word.value)
    hint = _hint_of(exact, []) if exact else _hint("subcommand [argument ...]" if not spec.args else "", spec)
    return Completion(tuple(found), word.start, hint)


def _complete_argument(
    spec: CommandSpec, typed: list[str], word: _Word, keys: Sequence[str], *, style: str
) -> Completion:
    walk = _Walk(spec.args)
    for value in typed:
        walk.pass_over(value)
    found: list[Candidate] = []
    if not word.raw.startswith(('"', "'")):
        wanted = word.value.upper()
        found = [Candidate(_styled(token, style), meta) for token, meta in walk.tokens() if token.startswith(wanted)]
    if walk.awaits_key():
        matching = (key for key in keys if key.startswith(word.value))
        found += [Candidate(_quoted(key, word.raw), "key") for _, key in zip(range(_MOST_KEYS), matching, strict=False)]
    if word.raw:
        walk.pass_over(word.value)
    return Completion(tuple(found), word.start, _hint(render_usage(walk.rest), spec))


class _Walk:
    """The part of an argument tree that is still to be typed."""

    def __init__(self, args: Iterable[Arg]) -> None:
        self.rest: list[Arg] = list(args)
        self._counted: int | None = None
        """What a ``numkeys`` or ``numfields`` said, until it is used up."""

    def pass_over(self, word: str) -> None:
        """Takes one typed word off the tree."""
        upper = word.upper()
        for node in self._reachable():
            after = _after_token(node, upper)
            if after is not None:
                # Options come in any order, so those before this one stay.
                self.rest.remove(node)
                self.rest[:0] = after
                return
        for index, node in enumerate(self.rest):
            if is_option(node):
                continue
            if node.name.startswith("num") and word.isdigit():
                self._counted = int(word)
            after = _after_value(node)
            if self._counted is not None and node.multiple:
                self._counted -= 1
                after = after if self._counted > 0 else []
            self.rest[: index + 1] = after
            self._drop_uncounted()
            return

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

    def awaits_key(self) -> bool:
        """Whether the next word may be a key."""
        return any(_begins_with_key(node) for node in self._reachable())


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
        return next((after for after in found if after is not None), None)
    if node.kind is ArgKind.BLOCK:
        after = _after_token(node.children[0], word)
        if after is not None:
            return [*after, *node.children[1:], *_again(node)]
    return None


def _after_value(node: Arg) -> list[Arg]:
    """What may follow once a word is taken as a node's value."""
    if node.kind is ArgKind.BLOCK and not node.token:
        return [*_after_value(node.children[0]), *node.children[1:], *_again(node)]
    if node.kind is ArgKind.ONEOF and not node.token:
        plain = [child for child in node.children if not child.token]
        return [*(_after_value(plain[0]) if plain else []), *_again(node)]
    return _again(node)


def _again(node: Arg) -> list[Arg]:
    return [replace(node, optional=True)] if node.multiple else []


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


def _begins_with_key(node: Arg) -> bool:
    if node.token:
        return False
    if node.kind is ArgKind.BLOCK:
        return _begins_with_key(node.children[0])
    if node.kind is ArgKind.ONEOF:
        return any(map(_begins_with_key, node.children))
    return node.kind is ArgKind.KEY


def _subcommand(spec: CommandSpec, word: str) -> CommandSpec | None:
    full = f"{spec.name}|{word.lower()}"
    return next((sub for sub in spec.subcommands if sub.name == full), None)


def _hint_of(spec: CommandSpec, typed: Iterable[str]) -> str:
    if spec.subcommands and not spec.args:
        return _hint("subcommand [argument ...]", spec)
    walk = _Walk(spec.args)
    for value in typed:
        walk.pass_over(value)
    return _hint(render_usage(walk.rest), spec)


def _hint(usage: str, spec: CommandSpec) -> str:
    since = f"since {spec.since}" if spec.since else ""
    return " · ".join(filter(None, (usage, since, _brief(spec.complexity))))


def _brief(complexity: str) -> str:
    """``O(N) where N is the number of keys`` -> ``O(N)``; prose is left out."""
    if not complexity.startswith("O("):
        return ""
    depth = 0
    for index, letter in enumerate(complexity):
        depth += (letter == "(") - (letter == ")")
        if not depth and letter == ")":
            return complexity[: index + 1] if index < _LONGEST_COMPLEXITY else ""
    return ""


def _styled(word: str, typed: str) -> str:
    """Lower case where the person types lower case, else as the documentation writes."""
    return word.lower() if any(letter.islower() for letter in typed) else word.upper()


def _quoted(key: str, typed: str) -> str:
    """A key as it must be typed; with the quote that is already open."""
    if typed.startswith("'"):
        return "'" + key.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if typed.startswith('"') or not key or any(letter.isspace() or letter in "\"'\\" for letter in key):
        return f'"{key.translate(_ESCAPED)}"'
    return key


def _split(text: str) -> list[_Word]:
    """Words as redis-cli reads them; the last is the one at the end, which may be empty or have its quote open."""
    words: list[_Word] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        end, value = _read_word(text, at)
        words.append(_Word(at, text[at:end], value))
        at = end
    if not words or words[-1].start + len(words[-1].raw) < len(text):
        words.append(_Word(len(text), "", ""))
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
    return at, "".join(value)
