"""What a server will refuse in a typed line, found while it is typed: unknown names, words too many, bad tokens.

Pure, over a catalog and a text. The decision a reader would question: this warns and never prevents. The
grammar of a few commands is richer than their argument trees tell, a server may know more than its
catalog; so only what is plainly wrong is marked, and the line can be sent all the same.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from redis_tui.late_pattern import late_pattern
from redis_tui.record import dataclass
from redis_tui.spec.command import Arg, ArgKind, CommandFlag, CommandSpec
from redis_tui.spec.complete import subcommand
from redis_tui.spec.usage import render_usage
from redis_tui.spec.walk import Walk, Word, split_words

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from redis_tui.spec.catalog import Catalog

_INTEGER: Final = late_pattern(r"[+-]?\d+|#\d+")
_LOOSE: Final = frozenset(("cursor", "start", "end", "stop", "min", "max", "threshold", "id", "count", "increment"))
"""Called integers by their name, and something else in one command or another."""
_RICH: Final = frozenset(
    (  # noqa: SIM905  # words to read, not a list to scroll through
        "debug georadius georadius_ro lolwut replconf"
    ).split()
)
"""Commands that take more than their argument tree tells."""
_MOST_SHOWN: Final = 6
_LONGEST_USAGE: Final = 120
_MOST_WORDS: Final = 200
"""Arguments that are looked at: a line is judged at each key press, and what is wrong is wrong early."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A stretch of a typed line that a server will refuse."""

    start: int
    end: int
    """Offsets into the line; the end is exclusive."""
    message: str
    """``GETT is no command of this server; did you mean GET?``"""


def find_faults(catalog: Catalog, text: str, cursor: int | None = None, also: Container[str] = ()) -> tuple[Fault, ...]:
    """What is plainly wrong with a line, from left to right.

    Args:
        catalog: the commands there are.
        text: the line.
        cursor: where the person types; the word that ends there may still become a right one. None: all is typed.
        also: names, in lower case, that are no commands of a server and right nevertheless.
    """
    words = [word for word in split_words(text) if word.raw]
    if len(words) > 1 and words[0].raw.isdigit():
        words = words[1:]  # 3 INCR n: three times
    if not words or words[0].value.lower() in also:
        return ()
    spec = catalog.get(words[0].value)
    if spec is None:
        return _unknown(words[0], catalog.names, "command of this server", cursor)
    typed = words[1:]
    if spec.subcommands and (typed or not spec.args):
        names = [sub.name.partition("|")[2] for sub in spec.subcommands]
        if not typed:
            return ()
        sub = subcommand(spec, typed[0].value)
        if sub is None:
            return () if spec.args else _unknown(typed[0], names, f"subcommand of {spec.display}", cursor)
        spec, typed = sub, typed[1:]
    return tuple(_misplaced(spec, typed, cursor))


def _unknown(word: Word, names: Iterable[str], what: str, cursor: int | None) -> tuple[Fault, ...]:
    low = word.value.lower()
    known = list(names)
    if word.end == cursor and any(name.startswith(low) for name in known):
        return ()
    near = get_close_matches(low, known, 1, 0.7)
    question = f"; did you mean {near[0].upper()}?" if near else ""
    return (Fault(word.start, word.end, f"{word.value} is no {what}{question}"),)


def _misplaced(spec: CommandSpec, typed: list[Word], cursor: int | None) -> Iterable[Fault]:
    is_untold = not spec.args and spec.arity != (2 if spec.container else 1)
    if is_untold or spec.name.lower() in _RICH or (spec.flags & CommandFlag.MODULE and not spec.args):
        return  # not told, or not all of it
    walk = Walk(spec.args)
    is_lost = False
    for word in typed[:_MOST_WORDS]:
        before = list(walk.rest)
        arg = walk.pass_over(word.value)
        if arg is None and is_lost:
            continue  # a value of the option that is not known
        is_lost = arg is None and not walk.required() and bool(walk.rest)
        if arg is None:
            wanted = [token for token, _ in Walk(before).tokens()]
            if word.end == cursor and any(token.startswith(word.value.upper()) for token in wanted):
                return
            yield Fault(word.start, word.end, _surplus(spec, word, wanted))
        elif not _is_right(arg, word.value):
            yield Fault(word.start, word.end, f"{arg.name} must be an integer")


def _surplus(spec: CommandSpec, word: Word, wanted: list[str]) -> str:
    if wanted:
        near = get_close_matches(word.value.upper(), wanted, 1, 0.6)
        shown = near or wanted[:_MOST_SHOWN]
        more = " …" if not near and len(wanted) > _MOST_SHOWN else ""
        return f"{word.value} is no option of {spec.display} here; {'did you mean' if near else 'there are'} " + (
            f"{near[0]}?" if near else f"{' '.join(shown)}{more}"
        )
    usage = render_usage(spec.args) or "no arguments"
    if len(usage) > _LONGEST_USAGE:
        usage = f"{usage[:_LONGEST_USAGE].rpartition(' ')[0]} …"
    return f"{spec.display} takes {usage}; this is one too many"


def _is_right(arg: Arg, value: str) -> bool:
    if arg.kind is not ArgKind.INTEGER or arg.name in _LOOSE:
        return True
    return _INTEGER.fullmatch(value) is not None


def line_of_faults(faults: Iterable[Fault]) -> str:
    """The first fault in words, and how many follow; empty where there is none."""
    found = list(faults)
    if not found:
        return ""
    return found[0].message + (f" · and {len(found) - 1} more" if len(found) > 1 else "")
