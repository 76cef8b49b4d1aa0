"""A usage line is a grammar: this module reads it into an argument tree and writes it back.

``SET key value [NX | XX] [GET] [EX seconds | KEEPTTL]`` gives the name ``set`` and a tuple
of `Arg`; from that tree follow arity, key positions, tokens, the binder, hints and docs.

==========================  =============================================================
``KEY`` (no lower case)     a word that is typed as it stands; at the start: the name
``"text"``                  the same, for a word right after the name (``XREAD "STREAMS" …``)
``value``                   an argument; its kind follows from its name
``[a]``  ``[a | b]``        optional, optional alternatives
``<a | b>``                 required alternatives
``a [a ...]``               once or more; ``a b [a b ...]`` repeats the block
``[EX seconds]``            a token binds the values after it, up to the bracket
==========================  =============================================================

It must not know any command. The decision a reader would question: kinds are inferred
from the names of values (``key``, ``offset``, ``score``), because the documentation of
Redis uses the same few dozen names everywhere, and they matter to docs and completion
only; what a handler is given is decided by its annotations (`bind`).
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final

from redis_tui.late_pattern import late_pattern
from redis_tui.spec.command import Arg, ArgKind, KeyRange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LEXEME: Final = late_pattern(r'\s+|(\.\.\.|[\[\]<>|])|"([^"]*)"|([^\s\[\]<>|"]+)')
_CLOSING: Final = frozenset(("end", "]", ">", "|", "..."))
_NAME_WORDS: Final = 2
"""A command and its subcommand; a third upper-case word is a token."""

_KEYS: Final = """key key1 key2 newkey destination source destkey sourcekey dst src"""
_INTEGERS: Final = """
    bit count cursor db decrement destination-db end end-index frequency increment index integer iterations len
    limit max-count maxlen milliseconds min-match-len num-matches numfields numkeys numlocal numreplicas numslaves
    offset port protover rank samples seconds size start start-index start-slot end-slot slot stop threshold
    timeout ttl client-id
"""
_DOUBLES: Final = """score min max weight longitude latitude radius width height"""
_KINDS: Final = {
    **dict.fromkeys(_KEYS.split(), ArgKind.KEY),
    **dict.fromkeys(_INTEGERS.split(), ArgKind.INTEGER),
    **dict.fromkeys(_DOUBLES.split(), ArgKind.DOUBLE),
    "pattern": ArgKind.PATTERN,
}


class UsageFault(ValueError):
    """A usage line is not well formed; a mistake of whoever declared the command."""


def parse_usage(usage: str) -> tuple[str, tuple[Arg, ...]]:
    """Reads a usage line.

    Args:
        usage: ``CLIENT SETNAME connection-name``; the name's words in upper case.

    Returns:
        The name as specs spell it (``client|setname``) and the argument tree.

    Raises:
        UsageFault: a bracket is not closed, a repetition does not repeat what stands before it, no name.
    """
    name = name_of(usage)
    reader = _Reader(list(_lex(usage))[name.count("|") + 1 :], usage)
    args = reader.sequence(bound=False)
    if not reader.at_end:
        raise UsageFault(f"unexpected {reader.peek[1]!r} in {usage!r}")
    return name, _with_kinds_of(name, args)


def name_of(usage: str) -> str:
    """Reads the name alone, which takes a fraction of the time.

    Args:
        usage: as for `parse_usage`.

    Returns:
        The name as specs spell it.

    Raises:
        UsageFault: there is none.
    """
    words = takewhile(_is_name_word, islice(_lex(usage), _NAME_WORDS))
    name = "|".join(word.lower() for _, word in words)
    if not name:
        raise UsageFault(f"no command name at the start of {usage!r}")
    return name


def render_usage(args: Iterable[Arg]) -> str:
    """Writes an argument tree as redis-cli shows it: ``key value [NX | XX]``."""
    return " ".join(filter(None, map(render_arg, args)))


@cache
def render_arg(arg: Arg) -> str:
    """Writes one node of an argument tree."""
    body = _render_body(arg)
    if arg.multiple:
        again = body if arg.kind is ArgKind.BLOCK and not arg.token else _render_value(arg)
        body = f"{body} [{again} ...]"
    if not arg.optional:
        return f"<{body}>" if arg.kind is ArgKind.ONEOF and not arg.token else body
    return f"[{body}]"


def arity(args: Iterable[Arg], is_subcommand: bool = False) -> int:
    """Counts words as COMMAND INFO does.

    Args:
        args: the argument tree.
        is_subcommand: the name has two words.

    Returns:
        The exact count with the name's words, or the least count, negative, where more may follow.
    """
    least, is_exact = _count(args)
    least += 2 if is_subcommand else 1
    return least if is_exact else -least


def key_range(args: Iterable[Arg], is_subcommand: bool = False) -> tuple[KeyRange, int]:
    """Finds where keys stand, as COMMAND INFO says it.

    Args:
        args: the argument tree.
        is_subcommand: the name has two words, so that positions begin at 2.

    Returns:
        The range of positions, and the position of ``numkeys`` (0: there is none). Keys behind an
        optional token (``STORE destination``) stand at no fixed position; `keys` finds them.
    """
    nodes = list(args)
    position = 2 if is_subcommand else 1
    found = KeyRange()
    for index, arg in enumerate(nodes):
        if arg.name == "numkeys" and not arg.optional and not arg.token:
            return found, position
        here = _keys_at(arg, position, nodes[index + 1 :])
        if arg.optional and arg.multiple and arg.kind is ArgKind.KEY and found.last == position - 1:
            return KeyRange(found.first, -1, 1), 0  # PFMERGE destkey [sourcekey ...]
        if here is not None:
            if found.first and not _continues(found, here):
                return found, 0
            found = KeyRange(found.first or here.first, here.last, _step(found, here))
        least, is_exact = _count((arg,))
        if not is_exact:
            return found, 0
        position += least
    return found, 0


def _step(found: KeyRange, here: KeyRange) -> int:
    return here.step if not found.first else max(found.step, here.first - found.last)


def _continues(found: KeyRange, here: KeyRange) -> bool:
    return found.last > 0 and here.first - found.last == 1


def _keys_at(arg: Arg, position: int, after: list[Arg]) -> KeyRange | None:
    """The keys of one node that begins at a position, or None."""
    if arg.token:
        return None
    if arg.kind is ArgKind.KEY and not arg.optional:
        if not arg.multiple:
            return KeyRange(position, position, 1)
        tail, is_exact = _count(after)
        return KeyRange(position, -1 - tail if is_exact else -1, 1)
    if arg.kind is ArgKind.BLOCK and arg.multiple and not arg.optional and arg.children[0].kind is ArgKind.KEY:
        return KeyRange(position, -1, _count(arg.children)[0])
    return None


def _count(args: Iterable[Arg]) -> tuple[int, bool]:
    """Least number of words of a sequence, and whether it is the only one."""
    least, is_exact = 0, True
    for arg in args:
        if arg.optional:
            is_exact = False
            continue
        words, is_fixed = _words(arg)
        least += words
        is_exact = is_exact and is_fixed and not arg.multiple
    return least, is_exact


def _words(arg: Arg) -> tuple[int, bool]:
    """Words of one occurrence of a required node."""
    before = 1 if arg.token and arg.kind is not ArgKind.PURE_TOKEN else 0
    if arg.kind is ArgKind.BLOCK:
        least, is_exact = _count(arg.children)
        return before + least, is_exact
    if arg.kind is ArgKind.ONEOF:
        counts = [_count((child,)) for child in arg.children]
        least = min(count for count, _ in counts)
        return before + least, all(is_exact and count == least for count, is_exact in counts)
    return before + 1, True


def _lex(usage: str) -> Iterator[tuple[str, str]]:
    """Yields (kind, text): kind is the punctuation itself, ``token`` or ``value``."""
    position = 0
    while position < len(usage):
        match = _LEXEME.match(usage, position)
        if match is None:
            raise UsageFault(f"unreadable from {usage[position:]!r}")
        position = match.end()
        mark, quoted, word = match.groups()
        if mark:
            yield mark, mark
        elif quoted is not None:
            yield "quoted", quoted
        elif word:
            yield ("value" if any(letter.islower() for letter in word) else "token"), word


def _is_name_word(lexeme: tuple[str, str]) -> bool:
    return lexeme[0] == "token" and lexeme[1][0].isalpha()


class _Reader:
    """Recursive descent over the lexemes of one usage line."""

    def __init__(self, lexemes: list[tuple[str, str]], usage: str) -> None:
        self._lexemes = lexemes
        self._usage = usage
        self._at = 0

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._lexemes)

    @property
    def peek(self) -> tuple[str, str]:
        return ("end", "") if self.at_end else self._lexemes[self._at]

    def sequence(self, *, bound: bool) -> tuple[Arg, ...]:
        """Items up to a closing mark. ``bound``: inside brackets, where a token takes all that follows."""
        items: list[Arg] = []
        while (kind := self.peek[0]) not in _CLOSING and not self._is_repeated_choice():
            if kind == "[" and self._is_repetition():
                self._repeat(items)
            elif kind == "[":
                items.append(self._optional())
            elif kind == "<":
                items.append(self._required())
            elif kind == "value":
                items.append(_value(self._take()))
            else:
                items.append(self._token(bound=bound))
        return tuple(items)

    def _take(self) -> str:
        text = self.peek[1]
        self._at += 1
        return text

    def _close(self, mark: str) -> None:
        if self.peek[0] != mark:
            raise UsageFault(f"expected {mark!r}, found {self.peek[1]!r} in {self._usage!r}")
        self._at += 1

    def _token(self, *, bound: bool) -> Arg:
        """A token with the values that it binds."""
        start = self._at
        token = self._take()
        pure = Arg(token.lower(), ArgKind.PURE_TOKEN, token.upper())
        values: list[Arg] = []
        while self._binds_next(start, bound=bound):
            if self.peek[0] == "[" and self._is_repetition():
                self._repeat(values)
            elif self.peek[0] == "value":
                values.append(_value(self._take()))
            elif self.peek[0] == "[":
                values.append(self._optional())
            elif self.peek[0] == "<":
                values.append(self._required())
            else:
                values.append(self._token(bound=True))
        if not values:
            return pure
        if len(values) == 1 and not values[0].token and not values[0].optional:
            return replace(values[0], token=token.upper())
        return Arg(token.lower(), ArgKind.BLOCK, token.upper(), children=tuple(values))

    def _binds_next(self, start: int, *, bound: bool) -> bool:
        kind = self.peek[0]
        if kind in _CLOSING or self._is_repeated_choice():
            return False
        if kind == "value":
            return True
        if kind == "[" and self._is_repetition():
            # `GET pattern [GET pattern ...]` repeats the token too, so it is not among its values.
            return self._lexemes[self._at + 1] != self._lexemes[start]
        return bound

    def _is_repetition(self) -> bool:
        depth = 0
        for index in range(self._at, len(self._lexemes)):
            kind = self._lexemes[index][0]
            depth += (kind == "[") - (kind == "]")
            if not depth:
                return self._lexemes[index - 1][0] == "..."
        raise UsageFault(f"a bracket is not closed in {self._usage!r}")

    def _is_repeated_choice(self) -> bool:
        """Whether ``[a | b ...]`` stands here: it repeats alternatives, not the items before it."""
        if self.peek[0] != "[" or not self._is_repetition():
            return False
        depth = 0
        for kind, _ in self._lexemes[self._at :]:
            depth += (kind in ("[", "<")) - (kind in ("]", ">"))
            if depth == 1 and kind == "|":
                return True
            if not depth:
                break
        return False

    def _repeat(self, items: list[Arg]) -> None:
        """Folds ``[a b ...]`` into the ``a b`` that stand before it."""
        self._close("[")
        again = self.sequence(bound=True)
        self._close("...")
        self._close("]")
        size = len(again)
        if not size or tuple(items[-size:]) != again:
            raise UsageFault(f"{render_usage(again)!r} ... repeats nothing in {self._usage!r}")
        del items[-size:]
        if size == 1 and not again[0].token:
            items.append(replace(again[0], multiple=True))
        else:
            items.append(Arg(again[0].name, ArgKind.BLOCK, multiple=True, children=again))

    def _optional(self) -> Arg:
        self._close("[")
        choice = self._choices()
        self._close("]")
        return replace(choice, optional=True)

    def _required(self) -> Arg:
        self._close("<")
        choice = self._choices()
        self._close(">")
        return choice

    def _choices(self) -> Arg:
        """``a | b`` up to the closing bracket, and their repetition where there is one."""
        choices = [self.sequence(bound=True)]
        while self.peek[0] == "|":
            self._at += 1
            choices.append(self.sequence(bound=True))
        if not all(choices):
            raise UsageFault(f"an empty alternative in {self._usage!r}")
        choice = _choice(choices)
        if not self._is_repeated_choice():
            return choice
        self._close("[")
        if self._choices() != choice:
            raise UsageFault(f"{render_arg(choice)!r} is not what is repeated in {self._usage!r}")
        self._close("...")
        self._close("]")
        return replace(choice, multiple=True)


def _one(items: tuple[Arg, ...]) -> Arg:
    return items[0] if len(items) == 1 else Arg(items[0].name, ArgKind.BLOCK, children=items)


def _choice(choices: list[tuple[Arg, ...]]) -> Arg:
    children = tuple(map(_one, choices))
    if len(children) == 1:
        return children[0]
    return Arg("-or-".join(child.name for child in children[:2]), ArgKind.ONEOF, children=children)


def _value(name: str) -> Arg:
    return Arg(name.lower(), _kind(name.lower()))


def _kind(name: str) -> ArgKind:
    if name.startswith("unix-time"):
        return ArgKind.UNIX_TIME
    return _KINDS.get(name, ArgKind.STRING)


def _with_kinds_of(name: str, args: tuple[Arg, ...]) -> tuple[Arg, ...]:
    """The one kind that a command's name decides: the increment of INCRBYFLOAT and HINCRBYFLOAT."""
    if not name.endswith("float"):
        return args
    return tuple(replace(arg, kind=ArgKind.DOUBLE) if arg.name == "increment" else arg for arg in args)


def _render_value(arg: Arg) -> str:
    """The value part, without the token before it."""
    if arg.kind is ArgKind.BLOCK:
        return render_usage(arg.children)
    if arg.kind is ArgKind.ONEOF:
        choices = " | ".join(map(render_arg, arg.children))
        return f"<{choices}>" if arg.token else choices
    return arg.name


def _render_body(arg: Arg) -> str:
    if arg.kind is ArgKind.PURE_TOKEN:
        return arg.token or '""'
    value = _render_value(arg)
    return f"{arg.token} {value}" if arg.token else value
