"""What may be typed next on a command line: candidates and a hint, as a pure function.

It knows a catalog and a text, and no interface library: the REPL, the TUI's console and a test
call the same function. The decision a reader would question: a word that fits nowhere is passed over
rather than reported, because a hint must stay useful while a line is half right; `faults` reports.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from redis_tui.record import dataclass
from redis_tui.spec.command import Arg, ArgKind, CommandSpec
from redis_tui.spec.usage import render_usage
from redis_tui.spec.walk import Walk, Word, split_words

if TYPE_CHECKING:
    from redis_tui.spec.catalog import Catalog

_MOST_VALUES: Final = 100
_MOST_DONE: Final = 4
_LONGEST_COMPLEXITY: Final = 32
_ESCAPED: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that may stand at the cursor."""

    text: str
    """Replaces the text from `Completion.start` to the cursor."""
    meta: str
    """A few words on what it is."""


Vocabulary: TypeAlias = Callable[[CommandSpec, Arg, Sequence[str]], Iterable[Candidate]]
"""Values that are known for an argument, the likeliest first: ``(command, argument, words before it)``."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The command being typed: what stands there, what is typed now, what is still to come."""

    name: str
    done: tuple[str, ...] = ()
    """Arguments typed so far, by name; an option by its word."""
    current: str = ""
    """What the word at the cursor is, or will be; empty where nothing more is needed."""
    rest: str = ""
    """What may follow, ``[NX | XX] [GET]``."""
    missing: tuple[str, ...] = ()
    """Arguments without which the server will refuse it."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be typed next."""

    candidates: tuple[Candidate, ...]
    start: int
    """Where the word at the cursor begins."""
    hint: str
    """What is still to be typed, ``value [NX | XX] … · since 1.0.0 · O(1)``; empty before a command is known.
    No space in front: where the text does not end in one, whoever shows it adds it."""
    usage: Usage | None = None
    """None before a command is known."""
    facts: str = ""
    """``since 1.0.0 · O(1)``, as at the end of the hint."""


def complete(
    catalog: Catalog, text: str, cursor: int, keys: Sequence[str] = (), vocabulary: Vocabulary | None = None
) -> Completion:
    """Completes a command line.

    Args:
        catalog: the commands there are.
        text: the line.
        cursor: offset into it; what stands behind is not looked at.
        keys: keys seen lately, the likeliest first.
        vocabulary: what is known of other arguments: shas, functions, fields.

    Returns:
        Candidates for the word at the cursor, and the hint.
    """
    *done, word = split_words(text[:cursor])
    if not done:
        found = catalog.starting_with(word.value)
        spec = catalog.get(word.value) if word.value else None
        names = tuple(Candidate(_styled(one.name, word.raw), one.summary) for one in found)
        return _explained(spec, Completion(names, word.start, "")) if spec else Completion(names, word.start, "")
    spec = catalog.get(done[0].value)
    if spec is None:
        return Completion((), word.start, "")
    if spec.subcommands and len(done) == 1:
        return _complete_subcommand(spec, done[0], word)
    sub = subcommand(spec, done[1].value) if spec.subcommands else None
    typed = [one.value for one in done[2 if sub else 1 :]]
    known = _with_keys(keys, vocabulary)
    return _complete_argument(sub or spec, typed, word, known, style=word.raw or done[0].raw)


def _with_keys(keys: Sequence[str], vocabulary: Vocabulary | None) -> Vocabulary:
    def known(spec: CommandSpec, arg: Arg, before: Sequence[str]) -> Iterable[Candidate]:
        if arg.kind is ArgKind.KEY:
            yield from (Candidate(key, "key") for key in keys)
        if vocabulary is not None:
            yield from vocabulary(spec, arg, before)

    return known


def _complete_subcommand(spec: CommandSpec, name: Word, word: Word) -> Completion:
    low = word.value.lower()
    style = word.raw or name.raw
    found = tuple(
        Candidate(_styled(tail, style), sub.summary)
        for sub in spec.subcommands
        if (tail := sub.name.partition("|")[2]).startswith(low)
    )
    return _explained(subcommand(spec, word.value) or spec, Completion(found, word.start, ""))


def _explained(spec: CommandSpec, found: Completion) -> Completion:
    """With the hint of a command of which nothing but the name is typed."""
    if spec.subcommands:
        rest = "subcommand [argument ...]" if not spec.args else ""
        usage = Usage(spec.display, rest=rest, missing=() if spec.args else ("subcommand",))
    else:
        rest = render_usage(spec.args)
        usage = Usage(spec.display, rest=rest, missing=_missing(Walk(spec.args)))
    facts = _facts(spec)
    return Completion(found.candidates, found.start, _joined(rest, facts), usage, facts)


def _complete_argument(spec: CommandSpec, typed: list[str], word: Word, known: Vocabulary, *, style: str) -> Completion:
    walk = Walk(spec.args)
    taken = [arg for value in typed if (arg := walk.pass_over(value)) is not None]
    found: list[Candidate] = []
    if not word.raw.startswith(('"', "'")):
        wanted = word.value.upper()
        found = [Candidate(_styled(token, style), meta) for token, meta in walk.tokens() if token.startswith(wanted)]
    values = (one for arg in walk.values() for one in known(spec, arg, typed) if one.text.startswith(word.value))
    found += [
        Candidate(_quoted(one.text, word.raw), one.meta) for _, one in zip(range(_MOST_VALUES), values, strict=False)
    ]
    current = _shown(walk.pass_over(word.value)) if word.raw else ""
    rest = render_usage(walk.rest)
    facts = _facts(spec)
    usage = Usage(spec.display, _shortened([_shown(arg) for arg in taken]), current, rest, _missing(walk))
    if not word.raw and walk.rest and not walk.rest[0].optional:
        usage = replace(usage, current=render_usage(walk.rest[:1]), rest=render_usage(walk.rest[1:]))
    return Completion(tuple(found), word.start, _joined(rest, facts), usage, facts)


def _shown(arg: Arg | None) -> str:
    if arg is None:
        return ""
    return arg.token if arg.kind is ArgKind.PURE_TOKEN and arg.token else arg.name


def _shortened(names: list[str]) -> tuple[str, ...]:
    return tuple(names) if len(names) <= _MOST_DONE else ("…", *names[-_MOST_DONE:])


def _missing(walk: Walk) -> tuple[str, ...]:
    return tuple(render_usage([arg]) for arg in walk.required())


def subcommand(spec: CommandSpec, word: str) -> CommandSpec | None:
    """A subcommand by its word, in any case."""
    full = f"{spec.name}|{word.lower()}"
    return next((sub for sub in spec.subcommands if sub.name == full), None)


def _facts(spec: CommandSpec) -> str:
    return _joined(f"since {spec.since}" if spec.since else "", _brief(spec.complexity))


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


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
