r"""The colon commands of vi: a line's number, write, quit, edit, substitute, delete, yank, shift. Pure.

The decision a reader would question: patterns are expressions of Python's, as in ``/``, so a group is
``(a)`` and not ``\(a\)``; in the text put in, ``&`` and ``\1`` mean what they do in vi.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from redis_tui.record import dataclass
from redis_tui.tui.vi.change import Change, removed, rows_of, shifted, text_of
from redis_tui.tui.vi.motion import first_column, pattern_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from redis_tui.tui.vi.motion import Memory, Place

_ADDRESS: Final = r"(?:\d+|[.$]|'[<>])(?:[+-]\d+)?"
_LINE: Final = re.compile(rf"\s*(%|(?P<first>{_ADDRESS})(?:,(?P<last>{_ADDRESS}))?)?\s*(?P<rest>.*)$")
_WISHES: Final = {
    "w": "save",
    "write": "save",
    "q": "close",
    "quit": "close",
    "q!": "drop",
    "quit!": "drop",
    "wq": "save_close",
    "x": "save_close",
    "e": "open",
    "edit": "open",
    "e!": "reload",
    "bn": "next_tab",
    "bp": "previous_tab",
    "tabn": "next_tab",
    "tabp": "previous_tab",
    "qa": "quit",
    "qa!": "quit",
}


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a colon command."""

    changes: tuple[Change, ...] = ()
    cursor: Place | None = None
    wish: tuple[str, str] | None = None
    """What the editor's owner is to do, and its argument: a path, or what to tell."""


def told(text: str) -> Done:
    """Nothing but a sentence."""
    return Done(wish=("tell", text))


def run(command: str, lines: Sequence[str], cursor: Place, visual: tuple[int, int], memory: Memory) -> Done:
    """Does a colon command.

    Args:
        command: without the colon.
        lines: the text.
        cursor: where it is.
        visual: the first and last row of what was selected last.
        memory: for the pattern of a substitution, and for what is yanked.
    """
    match = _LINE.match(command)
    if match is None:  # it matches any line
        return told(f"{command!r} is no command.")
    rest = match["rest"].strip()
    if match[1] is None:
        top = bottom = cursor[0]
    elif match[1] == "%":
        top, bottom = 0, len(lines) - 1
    else:
        top = _row(match["first"], lines, cursor, visual)
        bottom = _row(match["last"], lines, cursor, visual) if match["last"] else top
    top, bottom = sorted((top, bottom))
    if not rest:
        return Done(cursor=(bottom, first_column(lines[bottom]))) if match[1] else Done()
    if substitution := re.match(r"s([^\w\s\\])", rest):
        return _substitute(rest[2:], substitution[1], lines, (top, bottom), memory)
    if rest in _LINEWISE:
        return _LINEWISE[rest](lines, top, bottom, memory)
    name, _, argument = rest.partition(" ")
    if name in _WISHES:
        return Done(wish=(_WISHES[name], argument.strip()))
    if name in ("noh", "nohlsearch"):
        return Done()
    return told(f":{name} is not known here. :w :q :wq :e FILE :N :s/a/b/g :d :y :> :< are.")


def _row(address: str, lines: Sequence[str], cursor: Place, visual: tuple[int, int]) -> int:
    base, sign, offset = re.fullmatch(r"(.+?)(?:([+-])(\d+))?", address).groups()  # type: ignore[union-attr]  # _LINE matched
    named = {".": cursor[0], "$": len(lines) - 1, "'<": visual[0], "'>": visual[1]}
    row = named[base] if base in named else int(base) - 1
    row += int(offset or 0) * (-1 if sign == "-" else 1)
    return max(0, min(row, len(lines) - 1))


def _substitute(text: str, mark: str, lines: Sequence[str], rows: tuple[int, int], memory: Memory) -> Done:
    parts = [part.replace("\\" + mark, mark) for part in re.split(rf"(?<!\\){re.escape(mark)}", text)]
    pattern, replacement, flags = (*parts, "", "", "")[:3]
    memory.pattern = pattern or memory.pattern
    if not memory.pattern:
        return told("Nothing was looked for yet.")
    found = pattern_of(memory.pattern)
    if "i" in flags:
        found = re.compile(found.pattern, found.flags | re.IGNORECASE)
    top, bottom = rows
    count, last, new = 0, top, []
    for row in range(top, bottom + 1):
        line, times = found.subn(lambda match: _filled(replacement, match), lines[row], count=0 if "g" in flags else 1)
        new.append(line)
        count += times
        last = row if times else last
    if not count:
        return told(f"{memory.pattern} is not found.")
    row = last + sum(line.count("\n") for line in new[: last - top + 1])
    change = Change((top, 0), (bottom, len(lines[bottom])), "\n".join(new))
    many = f"{count:,} replaced" if count > 1 else ""
    return Done((change,), (row, 0), ("tell", many) if many else None)


def _filled(replacement: str, match: re.Match[str]) -> str:
    def part(sign: re.Match[str]) -> str:
        if sign[0] == "&":
            return match[0]
        if sign[1].isdecimal():
            return (match[int(sign[1])] or "") if int(sign[1]) <= len(match.groups()) else ""
        return {"n": "\n", "r": "\n", "t": "\t"}.get(sign[1], sign[1])

    return re.sub(r"&|\\(.)", part, replacement)


def _delete(lines: Sequence[str], top: int, bottom: int, memory: Memory) -> Done:
    span = rows_of(lines, top, bottom)
    memory.registers[""] = (text_of(lines, span), True)
    change, cursor = removed(lines, span)
    return Done((change,), cursor)


def _yank(lines: Sequence[str], top: int, bottom: int, memory: Memory) -> Done:
    memory.registers[""] = (text_of(lines, rows_of(lines, top, bottom)), True)
    return Done()


def _shift(by: int) -> Callable[[Sequence[str], int, int, Memory], Done]:
    def act(lines: Sequence[str], top: int, bottom: int, _memory: Memory) -> Done:
        change = shifted(lines, top, bottom, by)
        return Done((change,), (bottom, first_column(change.text.rpartition("\n")[2])))

    return act


_LINEWISE: Final[dict[str, Callable[[Sequence[str], int, int, Memory], Done]]] = {
    "d": _delete,
    "y": _yank,
    ">": _shift(1),
    "<": _shift(-1),
}
