"""The modes of vi: takes keys one by one, answers what is to be changed and where the cursor goes.

Knows no widget and no file. What is typed in insert mode is not its business: the editor does
that as ever, with its indenting and completion, and the machine looks at what came of it when
Escape ends it. The decision a reader would question: ``.`` does not replay keys. It makes the command again and
puts in the text that insert mode left, so that what completion wrote is repeated as well.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from redis_tui.tui.vi import change as made
from redis_tui.tui.vi import ex
from redis_tui.tui.vi.change import Change, covered, end_of, on_character, rows_of, text_of
from redis_tui.tui.vi.grammar import OPERATORS, PROMPTS, Command, IncompleteError, UnknownError, read
from redis_tui.tui.vi.motion import FAR, Look, Memory, Motion, Place, changed_word_end, first_column, move
from redis_tui.tui.vi.step import Mode, Step
from redis_tui.tui.vi.textobject import Span, span

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.tui.vi.step import Seen


_SHORT: Final = {
    "x": ("d", "l"),
    "X": ("d", "h"),
    "D": ("d", "$"),
    "C": ("c", "$"),
    "s": ("c", "l"),
    "S": ("c", "lines"),
}
_IN_VISUAL: Final = {"x": "d", "X": "d", "D": "d", "s": "c", "S": "c", "C": "c", "R": "c", "Y": "y"}
_WHOLE: Final = frozenset("XDSCRY")
"""Of these, those that take whole lines."""
_CASES: Final = {"u": "gu", "U": "gU", "~": "g~"}
_CHANGING: Final = OPERATORS - {"y"} | frozenset("xXsSRpPrJ~oOaAiIDC") | {"gJ"}
_SCROLL: Final = {"ctrl+d": 0.5, "ctrl+u": -0.5, "ctrl+f": 1.0, "ctrl+b": -1.0}
_PLACES: Final = {"z": "center", "t": "top", "b": "bottom", "enter": "top", ".": "center", "-": "bottom"}
_CLIPBOARD: Final = frozenset("+*")


class Machine:
    """The keys of vi in one script.

    Args:
        memory: registers and searches, shared by all scripts.
        indent: what a new line below a text begins with.
    """

    def __init__(self, memory: Memory, indent: Callable[[str], str]) -> None:
        self._memory, self._indent = memory, indent
        self.mode = Mode.NORMAL
        self.anchor: Place = (0, 0)
        """Where what is selected began."""
        self._keys: list[str] = []
        self._wanted = 0
        self._column: int | None = None
        """Where the cursor was left: elsewhere, somebody else moved it."""
        self._began: Place = (0, 0)
        self._times = 1
        self._last: tuple[Command, str, tuple[int, int] | None] | None = None
        self._selected: tuple[Place, Place, Mode] = ((0, 0), (0, 0), Mode.VISUAL)
        self._step = Step()

    @property
    def is_inserting(self) -> bool:
        """What is typed goes into the text."""
        return self.mode in (Mode.INSERT, Mode.REPLACE)

    @property
    def is_visual(self) -> bool:
        """Something is selected."""
        return self.mode in (Mode.VISUAL, Mode.LINES)

    @property
    def typed(self) -> str:
        """What was typed of a command that is not whole yet, for the person."""
        return "".join(key if len(key) == 1 else f"<{key}>" for key in self._keys)

    @property
    def is_asking(self) -> bool:
        """A line is typed: a search or a colon command."""
        return any(key in PROMPTS for key in self._keys) and self._is_incomplete()

    def reset(self) -> None:
        """Back to normal mode, nothing half typed."""
        self._keys.clear()
        self.mode = Mode.NORMAL

    # ── keys ───────────────────────────────────────────────────────────────

    def press(self, key: str, seen: Seen) -> Step | None:
        """Takes a key.

        Args:
            key: a printable one as its character, others by Textual's names.
            seen: the text and the cursor.

        Returns:
            What is to be done; None where the key is none of vi's.
        """
        self._step = Step()
        if key in ("ctrl+left_square_bracket", "ctrl+c"):
            key = "escape"
        if self.is_inserting:
            return self._in_insert(key, seen)
        if key == "escape":
            return self._escaped(seen)
        asking = self.is_asking
        if len(key) > 1 and key not in _NAMED and not asking:
            return None
        if asking and key == "backspace":
            self._keys.pop()
            return self._step
        if asking and len(key) > 1 and key != "enter":
            return self._step
        if not self._keys and self.is_visual and key == ":":
            self._keys = [":", *"'<,'>"]
            return self._step
        self._keys.append(key)
        try:
            command = read(self._keys, visual=self.is_visual)
        except IncompleteError:
            return self._step
        except UnknownError:
            is_begun = len(self._keys) > 1
            self._keys.clear()
            return self._step if is_begun or len(key) == 1 else None
        self._keys.clear()
        if seen.cursor[1] != self._column:
            self._wanted = seen.cursor[1]
        self._do(command, self._look(seen))
        return self._settled(seen)

    def _is_incomplete(self) -> bool:
        try:
            read(self._keys, visual=self.is_visual)
        except IncompleteError:
            return True
        except UnknownError:
            return False
        return False

    def _look(self, seen: Seen, *, operating: bool = False) -> Look:
        return Look(seen.lines, seen.cursor, self._memory, self._wanted, seen.top, seen.height, operating)

    def _escaped(self, seen: Seen) -> Step:
        self._keys.clear()
        if self.is_visual:
            self._leave_visual(seen.cursor)
        self._step.cursor = seen.cursor
        return self._settled(seen)

    def _settled(self, seen: Seen) -> Step:
        """Keeps the cursor on a character, as normal mode has it."""
        step = self._step
        if step.cursor is not None and not self.is_inserting and not step.changes:
            row = min(step.cursor[0], len(seen.lines) - 1)
            last = max(0, len(seen.lines[row]) - (not self.is_visual))
            step.cursor = (row, max(0, min(step.cursor[1], last)))
        self._column = step.cursor[1] if step.cursor is not None else None
        return step

    # ── insert mode ────────────────────────────────────────────────────────

    def _insert(self, at: Place, times: int = 1) -> None:
        self.mode = Mode.INSERT
        self._began, self._times = at, times
        self._step.cursor = at

    def _in_insert(self, key: str, seen: Seen) -> Step | None:
        row, column = seen.cursor
        if key == "escape":
            return self._end_insert(seen)
        if self.mode is Mode.REPLACE and key == "backspace":
            self._step.cursor = (row, max(0, column - 1))
            return self._step
        if self.mode is Mode.REPLACE and len(key) == 1:
            end = min(column + 1, len(seen.lines[row]))
            self._step.changes.append(Change((row, column), (row, end), key))
            self._step.cursor = (row, column + 1)
            return self._step
        return None

    def _end_insert(self, seen: Seen) -> Step:
        row, column = seen.cursor
        line = seen.lines[row]
        text = text_of(seen.lines, Span(self._began, seen.cursor)) if self._began <= seen.cursor else ""
        is_replacing = self.mode is Mode.REPLACE
        self.mode = Mode.NORMAL
        if self._last is not None:
            self._last = (self._last[0], text, self._last[2])
        if not text and line and not line.strip() and column == len(line):  # an indent to which nothing was added
            self._step.changes.append(Change((row, 0), (row, len(line)), ""))
            column = 0
        elif self._times > 1 and text and not is_replacing:
            more = text * (self._times - 1)
            self._step.changes.append(Change(seen.cursor, seen.cursor, more))
            row, column = end_of(seen.cursor, more)
        self._step.cursor = (row, max(0, column - 1))
        self._column = self._wanted = self._step.cursor[1]
        return self._step

    # ── commands ───────────────────────────────────────────────────────────

    def _do(self, command: Command, look: Look) -> None:
        if command.name == ".":
            self._again(command, look)
            return
        extent = self._extent(look) if self.is_visual else None
        if command.name in _CHANGING or (self.is_visual and command.name in _CASES):
            self._last = (command, "", extent)
        if command.name == "move":
            self._move(command, look)
        elif command.name == ":":
            self._colon(command.extra, look)
        elif command.name in _SCROLL:
            self._scroll(command.name, look)
        elif command.name[0] in "zZ" or (command.name in ("u", "ctrl+r") and not self.is_visual):
            self._wish(command)
        elif self.is_visual:
            self._in_visual(command, look)
        else:
            self._in_normal(command, look)

    def _move(self, command: Command, look: Look) -> None:
        motion = move(look, command.motion, command.count, command.extra)
        if motion is None:
            self._failed(command)
            return
        self._step.cursor = motion.place
        if command.motion in ("$", "end"):
            self._wanted = FAR
        elif not motion.keeps_column:
            self._wanted = motion.place[1]

    def _failed(self, command: Command) -> None:
        if command.motion in ("/", "?", "n", "N", "*", "#") and self._memory.pattern:
            self._step.wishes.append(("tell", f"{self._memory.pattern} is not found."))

    def _colon(self, text: str, look: Look) -> None:
        if self.is_visual:
            self._leave_visual(look.cursor)
        first, last, _ = self._selected
        rows = (min(first, last)[0], max(first, last)[0])
        done = ex.run(text, look.lines, look.cursor, rows, self._memory)
        self._step.changes += done.changes
        self._step.cursor = done.cursor
        if done.wish is not None:
            self._step.wishes.append(done.wish)

    def _scroll(self, name: str, look: Look) -> None:
        by = int(look.height * _SCROLL[name]) or 1
        row = max(0, min(look.cursor[0] + by, len(look.lines) - 1))
        self._step.cursor = (row, min(self._wanted, len(look.lines[row])))
        self._step.wishes.append(("scroll", str(by)))

    def _wish(self, command: Command) -> None:
        names = {"u": ("undo", ""), "ctrl+r": ("redo", ""), "ZZ": ("save_close", ""), "ZQ": ("drop", "")}
        wish = names.get(command.name) or ("place", _PLACES[command.name[1:]])
        self._step.wishes += [wish] * (command.count or 1 if command.name in ("u", "ctrl+r") else 1)

    def _again(self, command: Command, look: Look) -> None:
        if self._last is None:
            return
        done, text, extent = self._last
        if command.count is not None:
            done = replace(done, count=command.count)
        if extent is not None:
            self._again_visual(done, look, extent)
        else:
            self._in_normal(done, look)
        self._last = (done, text, extent)
        if not self.is_inserting:
            return
        at = self._step.cursor or look.cursor
        self.mode = Mode.NORMAL
        text *= self._times
        self._step.changes.append(Change(at, (at[0], at[1] + len(text)) if done.name == "R" else at, text))
        row, column = end_of(at, text)
        self._step.cursor = (row, max(0, column - 1))

    # ── normal mode ────────────────────────────────────────────────────────

    def _in_normal(self, command: Command, look: Look) -> None:
        name = command.name
        if name in _SHORT:
            operator, motion = _SHORT[name]
            self._operate(replace(command, name=operator, motion=motion), look)
        elif name == "Y":
            self._operate(replace(command, name="y", motion="lines"), look)
        elif name in OPERATORS:
            self._operate(command, look)
        elif name in "iIaAoO":
            self._open(name, command.count or 1, look)
        elif name in "vV":
            self.mode, self.anchor = Mode.VISUAL if name == "v" else Mode.LINES, look.cursor
            self._step.cursor = look.cursor
        elif name == "gv":
            self.anchor, self._step.cursor, self.mode = self._selected
        elif name == "R":
            self._insert(look.cursor)
            self.mode = Mode.REPLACE
        elif name in "pP":
            self._put(command, look)
        else:
            self._edit(command, look)

    def _edit(self, command: Command, look: Look) -> None:
        row, column = look.cursor
        count = command.count or 1
        if command.name in ("J", "gJ"):
            found = made.joined(look.lines, row, count, plain=command.name == "gJ")
            if found is not None:
                self._step.changes.append(found[0])
                self._step.cursor = found[1]
        elif command.name == "~" and look.line:
            end = min(len(look.line), column + count)
            self._step.changes.append(made.recased(look.lines, Span(look.cursor, (row, end)), "g~"))
            self._step.cursor = (row, min(end, len(look.line) - 1))
        elif command.name == "r" and column + count <= len(look.line):
            text = "\n" if command.extra == "enter" else command.extra * count
            self._step.changes.append(Change(look.cursor, (row, column + count), text))
            self._step.cursor = (row + 1, 0) if text == "\n" else (row, column + count - 1)

    def _open(self, name: str, count: int, look: Look) -> None:
        row, column = look.cursor
        line = look.line
        if name in "oO":
            indent = self._indent(line) if name == "o" else line[: first_column(line)]
            place = (row, len(line)) if name == "o" else (row, 0)
            self._step.changes.append(Change(place, place, "\n" + indent if name == "o" else indent + "\n"))
            self._insert((row + (name == "o"), len(indent)), count)
            return
        columns = {"i": column, "a": min(column + 1, len(line)), "I": first_column(line), "A": len(line)}
        self._insert((row, columns[name]), count)

    def _put(self, command: Command, look: Look) -> None:
        if command.register in _CLIPBOARD:
            self._step.wishes.append(("paste", command.name))
            return
        text, whole = self._memory.registers.get(command.register, ("", False))
        if not text:
            return
        times = command.count or 1
        text = "\n".join([text] * times) if whole else text * times
        change, cursor = made.put(look.lines, look.cursor, text, whole=whole, before=command.name == "P")
        self._step.changes.append(change)
        self._step.cursor = cursor

    def _operate(self, command: Command, look: Look) -> None:
        found = self._taken(command, replace(look, operating=True))
        if found is not None:
            self._apply(command, found, look)

    def _taken(self, command: Command, look: Look) -> Span | None:
        row = look.cursor[0]
        name, count = command.motion, command.count
        if name == "lines":
            return rows_of(look.lines, row, min(len(look.lines) - 1, row + (count or 1) - 1))
        if name[0] in "ia" and len(name) == 2:
            return span(look.lines, look.cursor, name[1], around=name[0] == "a")
        motion: Motion | None
        if command.name == "c" and name in "wW" and look.line[look.cursor[1] : look.cursor[1] + 1].strip():
            motion = changed_word_end(look, count or 1, big=name == "W")
        else:
            motion = move(look, name, count, command.extra)
        if motion is None:
            self._failed(command)
            return None
        return covered(look, motion)

    def _apply(self, command: Command, taken: Span, look: Look) -> None:
        name, lines, step = command.name, look.lines, self._step
        top, bottom = taken.start[0], taken.end[0]
        if name in (">", "<"):
            by = 1 if name == ">" else -1
            change = made.shifted(lines, top, bottom, by * (command.count or 1 if self.is_visual else 1))
            step.changes.append(change)
            step.cursor = (top, first_column(change.text.partition("\n")[0]))
            return
        if name in ("gu", "gU", "g~"):
            step.changes.append(made.recased(lines, taken, name))
            step.cursor = look.cursor if taken.lines and not self.is_visual else taken.start
            return
        self._keep(command.register, text_of(lines, taken), whole=taken.lines, yanked=name == "y")
        if name == "y":
            step.cursor = (top, look.cursor[1]) if taken.lines else taken.start
        elif name == "d":
            change, cursor = made.removed(lines, taken)
            step.changes.append(change)
            step.cursor = on_character(lines, taken, cursor)
        elif taken.lines:
            indent = lines[top][: first_column(lines[top])]
            step.changes.append(Change((top, 0), taken.end, indent))
            self._insert((top, len(indent)))
        else:
            step.changes.append(Change(taken.start, taken.end, ""))
            self._insert(taken.start)

    def _keep(self, register: str, text: str, *, whole: bool, yanked: bool) -> None:
        if register == "_":
            return
        if register in _CLIPBOARD and register:
            self._step.wishes.append(("copy", text + "\n" * whole))
        elif register.isupper():
            before, was_whole = self._memory.registers.get(register.lower(), ("", False))
            glue = "\n" if before and (whole or was_whole) else ""
            self._memory.registers[register.lower()] = (before + glue + text, whole or was_whole)
        elif register:
            self._memory.registers[register] = (text, whole)
        if yanked and not register:
            self._memory.registers["0"] = (text, whole)
        self._memory.registers[""] = (text, whole)

    # ── visual mode ────────────────────────────────────────────────────────

    def _leave_visual(self, cursor: Place) -> None:
        self._selected = (self.anchor, cursor, self.mode)
        self.mode = Mode.NORMAL

    def _extent(self, look: Look) -> tuple[int, int]:
        (top, left), (bottom, right) = sorted((self.anchor, look.cursor))
        return bottom - top, -1 if self.mode is Mode.LINES else right - left if top == bottom else right

    def _chosen(self, look: Look, *, whole: bool) -> Span:
        (top, left), (bottom, right) = sorted((self.anchor, look.cursor))
        if whole or self.mode is Mode.LINES:
            return rows_of(look.lines, top, bottom)
        return Span((top, left), (bottom, min(right + 1, len(look.lines[bottom]))))

    def _in_visual(self, command: Command, look: Look) -> None:
        name = command.name
        if name == "o":
            self.anchor, self._step.cursor = look.cursor, self.anchor
            return
        if name in ("v", "V"):
            wanted = Mode.VISUAL if name == "v" else Mode.LINES
            if self.mode is wanted:
                self._leave_visual(look.cursor)
            self.mode = wanted if self.mode is not Mode.NORMAL else Mode.NORMAL
            self._step.cursor = look.cursor
            return
        if name == "select":
            self._select(command.motion, look)
            return
        taken = self._chosen(look, whole=name in _WHOLE)
        self._over(command, taken, look)
        if self.is_visual:
            self._leave_visual(look.cursor)

    def _select(self, motion: str, look: Look) -> None:
        found = span(look.lines, look.cursor, motion[1], around=motion[0] == "a")
        if found is None:
            return
        self.mode = Mode.LINES if found.lines else Mode.VISUAL
        self.anchor = found.start
        self._step.cursor = (found.end[0], max(0, found.end[1] - 1))

    def _over(self, command: Command, taken: Span, look: Look) -> None:
        """Does to what is selected what a command does."""
        name = command.name
        if name in ("p", "P"):
            self._put_over(command, taken, look)
        elif name == "J":
            rows = taken.end[0] - taken.start[0] + 1
            self._edit(Command("J", rows), replace(look, cursor=taken.start))
        elif name == "r":
            text = text_of(look.lines, taken)
            new = "".join(sign if sign == "\n" else command.extra for sign in text)
            self._step.changes.append(Change(taken.start, taken.end, new))
            self._step.cursor = taken.start
        else:
            self._apply(replace(command, name=_CASES.get(name) or _IN_VISUAL.get(name, name)), taken, look)

    def _put_over(self, command: Command, taken: Span, look: Look) -> None:
        text, whole = self._memory.registers.get(command.register, ("", False))
        self._keep("", text_of(look.lines, taken), whole=taken.lines, yanked=False)
        if taken.lines != whole:
            text = text if taken.lines else f"\n{text}\n"
        self._step.changes.append(Change(taken.start, taken.end, text))
        self._step.cursor = taken.start if "\n" in text else (taken.start[0], taken.start[1] + max(0, len(text) - 1))

    def _again_visual(self, command: Command, look: Look, extent: tuple[int, int]) -> None:
        rows, columns = extent
        row, column = look.cursor
        bottom = min(len(look.lines) - 1, row + rows)
        if columns < 0 or command.name in _WHOLE:
            taken = rows_of(look.lines, row, bottom)
        else:
            right = column + columns if not rows else columns
            taken = Span(look.cursor, (bottom, min(right + 1, len(look.lines[bottom]))))
        self._over(command, taken, look)


_NAMED: Final = frozenset(("enter", "backspace", "left", "right", "up", "down", "home", "end", "ctrl+r", *_SCROLL))
