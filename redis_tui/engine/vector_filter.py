"""The expressions of VSIM's FILTER: ``.year > 1980 and "action" in .genres``.

A text becomes a program of values and operators in postfix order; `Filter.passes` runs it
against an element's attributes, whose fields `vector_attributes` finds. Errors name the place
as a server does (Redis 8.2.3). It knows neither vectors nor commands.

The decision a reader would question: nothing is refused while it runs. A field that is missing
makes the whole expression false, even in ``.missing or 1``, a division by zero is infinite, and
``!!1`` is a syntax error; so the server has it.
"""

from __future__ import annotations

import math
import re
from functools import partial
from typing import TYPE_CHECKING, Final

from redis_tui.engine.vector_attributes import MISSING, Item, field_of
from redis_tui.errors import CommandError
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

_SPACES: Final = re.compile(rb"[ \t\n\v\f\r]*")
_NUMBER: Final = re.compile(rb"-?[0-9.eE]*")
_DIGIT: Final = re.compile(rb"[0-9.eE]")
_MOST_DIGITS: Final = 255
_STRING: Final = {
    quote: re.compile(rb"%b((?:\\.|[^%b\\])*)%b" % (quote, quote, quote), re.DOTALL) for quote in (b"'", b'"')
}
_SELECTOR: Final = re.compile(rb"\.([A-Za-z0-9_-]+|\Z)")
_OPERATOR: Final = re.compile(rb"[A-Za-z+*%/!()<>=|&-]+")
_HEX: Final = re.compile(rb"[+-]?0[xX]")


def number_of(item: Item) -> float:
    """What an item is worth in a calculation: a string its number, 0 where it is none."""
    if isinstance(item, float):
        return item
    return _strtod(item) if isinstance(item, bytes) else 0.0


def _strtod(text: bytes) -> float:
    text = text.lstrip()
    if len(text) > _MOST_DIGITS or b"_" in text or text[-1:].isspace():
        return 0.0
    try:
        return float.fromhex(text.decode()) if _HEX.match(text) else float(text)
    except (ValueError, OverflowError):
        return 0.0


def _holds(item: Item) -> bool:
    """Whether an item counts as true."""
    if isinstance(item, list):
        return True
    return bool(item)


def _equal(one: Item, other: Item) -> bool:
    if isinstance(one, bytes) and isinstance(other, bytes):
        return one == other
    if one is None or other is None:
        return one is other
    return number_of(one) == number_of(other)


def _contains(one: Item, other: Item) -> bool:
    return isinstance(other, list) and any(_equal(one, each) for each in other)


def _divided(one: float, other: float) -> float:
    if other:
        return one / other
    return math.nan if one == 0 or math.isnan(one) else math.copysign(math.inf, one) * math.copysign(1, other)


def _power(one: float, other: float) -> float:
    try:
        return math.pow(one, other)
    except OverflowError:
        return -math.inf if one < 0 and other % 2 == 1 else math.inf
    except ValueError:
        # pow(0, -1) is infinite, pow(-1, 0.5) no number.
        if one:
            return math.nan
        return math.copysign(math.inf, one) if other % 2 == 1 else math.inf


def _remainder(one: float, other: float) -> float:
    try:
        return math.fmod(one, other)
    except ValueError:
        return math.nan


def _of_numbers(work: Callable[[float, float], float], one: Item, other: Item) -> float:
    return float(work(number_of(one), number_of(other)))


@dataclass(frozen=True, slots=True)
class _Operator:
    precedence: int
    arity: int
    work: Callable[..., float]


def _arithmetic(precedence: int, work: Callable[[float, float], float]) -> _Operator:
    return _Operator(precedence, 2, partial(_of_numbers, work))


_OPEN: Final = _Operator(7, 0, float)
_CLOSE: Final = _Operator(7, 0, float)
_NOT: Final = _Operator(6, 1, lambda one: float(not _holds(one)))
_POWER: Final = _arithmetic(5, _power)
_AND: Final = _Operator(1, 2, lambda one, other: float(_holds(one) and _holds(other)))
_OR: Final = _Operator(0, 2, lambda one, other: float(_holds(one) or _holds(other)))
_OPERATORS: Final = {
    b"(": _OPEN,
    b")": _CLOSE,
    b"!": _NOT,
    b"not": _NOT,
    b"**": _POWER,
    b"*": _arithmetic(4, lambda one, other: one * other),
    b"/": _arithmetic(4, _divided),
    b"%": _arithmetic(4, _remainder),
    b"+": _arithmetic(3, lambda one, other: one + other),
    b"-": _arithmetic(3, lambda one, other: one - other),
    b">": _arithmetic(2, lambda one, other: one > other),
    b">=": _arithmetic(2, lambda one, other: one >= other),
    b"<": _arithmetic(2, lambda one, other: one < other),
    b"<=": _arithmetic(2, lambda one, other: one <= other),
    b"==": _Operator(2, 2, lambda one, other: float(_equal(one, other))),
    b"!=": _Operator(2, 2, lambda one, other: float(not _equal(one, other))),
    b"in": _Operator(2, 2, lambda one, other: float(_contains(one, other))),
    b"and": _AND,
    b"&&": _AND,
    b"or": _OR,
    b"||": _OR,
}
_LONGEST: Final = max(map(len, _OPERATORS))


@dataclass(frozen=True, slots=True)
class _Selector:
    """A field of the attributes."""

    name: bytes


_Token = _Operator | _Selector | Item


class _Fault(Exception):
    """The expression is wrong at ``at``."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class Filter:
    """An expression ready to run.

    Args:
        text: as it was given; it ends at its first NUL.

    Raises:
        CommandError: it is no expression.
    """

    def __init__(self, text: bytes) -> None:
        expression = text.partition(b"\0")[0]
        try:
            self._program = _compiled(_tokens(expression))
        except _Fault as fault:
            near = expression[fault.at :] if fault.at < len(text) else expression
            raise CommandError(b"ERR syntax error in FILTER expression near: " + near) from None

    def passes(self, attributes: bytes | None) -> bool:
        """Whether attributes fulfil it; none at all never do."""
        if attributes is None:
            return False
        stack: list[Item] = []
        for token in self._program:
            if isinstance(token, _Operator):
                operands = stack[-token.arity :]
                del stack[-token.arity :]
                stack.append(token.work(*operands))
            elif isinstance(token, _Selector):
                item = field_of(attributes, token.name) if token.name else MISSING
                if item is MISSING:
                    return False
                stack.append(item)
            else:
                stack.append(token)
        return _holds(stack[-1])


def _compiled(tokens: list[_Token]) -> list[_Token]:
    """Operators behind their operands, by precedence; ``**`` groups from the right."""
    program: list[_Token] = []
    waiting: list[_Operator] = []
    items = 0

    def emit() -> None:
        nonlocal items
        operator = waiting.pop()
        if operator is _OPEN or items < operator.arity:
            raise _Fault(0)
        program.append(operator)
        items += 1 - operator.arity

    for token in tokens:
        if not isinstance(token, _Operator):
            program.append(token)
            items += 1
        elif token is _CLOSE:
            while waiting and waiting[-1] is not _OPEN:
                emit()
            if not waiting:
                raise _Fault(0)
            waiting.pop()
        else:
            least = token.precedence + (token is _POWER)
            while token is not _OPEN and waiting and waiting[-1] is not _OPEN and waiting[-1].precedence >= least:
                emit()
            waiting.append(token)
    while waiting:
        emit()
    if items != 1:
        raise _Fault(0)
    return program


def _tokens(text: bytes) -> list[_Token]:
    found: list[_Token] = []
    at = _end(_SPACES, text, 0)
    while at < len(text):
        # A minus belongs to the number behind it at the start and behind an operator.
        signed = not found or (isinstance(found[-1], _Operator) and found[-1] is not _CLOSE)
        token, at = _token(text, at, signed=signed)
        found.append(token)
        at = _end(_SPACES, text, at)
    return found


def _end(pattern: re.Pattern[bytes], text: bytes, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _token(text: bytes, at: int, *, signed: bool) -> tuple[_Token, int]:
    first = text[at : at + 1]
    if first.isdigit() or (signed and first == b"-" and text[at + 1 : at + 2].isdigit()):
        return _number(text, at)
    if first in _STRING:
        return _string(text, at)
    if first == b"[":
        return _tuple(text, at + 1)
    if selector := _SELECTOR.match(text, at):
        return _Selector(selector[1]), selector.end()
    run = _OPERATOR.match(text, at)
    if run is None:
        raise _Fault(at)
    if run[0] == b"null":
        return None, run.end()
    for size in range(_LONGEST, 0, -1):
        if len(run[0]) >= size and (operator := _OPERATORS.get(run[0][:size])):
            return operator, at + size
    raise _Fault(run.end())


def _number(text: bytes, at: int) -> tuple[float, int]:
    match = _NUMBER.match(text, at, at + _MOST_DIGITS)
    end = match.end() if match else at
    if end - at == _MOST_DIGITS and _DIGIT.match(text, end):
        raise _Fault(end)
    try:
        return float(text[at:end]), end
    except ValueError:
        raise _Fault(end) from None


def _string(text: bytes, at: int) -> tuple[bytes, int]:
    """A string between quotes; what is escaped stays as it is written."""
    match = _STRING[text[at : at + 1]].match(text, at)
    if match is None:
        raise _Fault(len(text))
    return match[1], match.end()


def _tuple(text: bytes, at: int) -> tuple[list[Item], int]:
    found: list[Item] = []
    while True:
        at = _end(_SPACES, text, at)
        first = text[at : at + 1]
        if first == b"]":
            return found, at + 1
        if first not in _STRING and first != b"-" and not first.isdigit():
            raise _Fault(at)
        item, at = _string(text, at) if first in _STRING else _number(text, at)
        found.append(item)
        at = _end(_SPACES, text, at)
        mark = text[at : at + 1]
        if mark not in (b",", b"]"):
            raise _Fault(at)
        at += mark == b","
