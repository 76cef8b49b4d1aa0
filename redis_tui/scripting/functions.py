"""Functions and their libraries, as data: what FCALL looks names up in.

Knows no Lua (`function_runtime` does), no commands and no clients. The decision a reader would question: a join of
several libraries is worked out on a copy, which then takes the place of the original. So nothing has to be put
back where the last of them turns out to clash.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from redis_tui.errors import CommandError, ProtocolError
from redis_tui.record import dataclass
from redis_tui.resp.inline import split_inline
from redis_tui.scripting.script import FLAGS, ScriptFlag

if TYPE_CHECKING:
    from collections.abc import Iterable

LOAD_TIMEOUT_MS = 500
"""What a library may take to load."""
BAD_NAME = b"names can only contain letters, numbers, or underscores(_) and must be at least one character long"
_NAME = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


@dataclass(frozen=True, slots=True)
class Function:
    """One function that a library registered."""

    name: bytes
    description: bytes | None
    flags: ScriptFlag
    chunk: Any = field(repr=False, compare=False)
    """The runtime's own."""

    @property
    def label(self) -> bytes:
        """What its errors call it."""
        return self.name

    @property
    def is_read_only(self) -> bool:
        """Whether it promised not to write."""
        return ScriptFlag.NO_WRITES in self.flags


@dataclass(frozen=True, slots=True)
class Library:
    """What one FUNCTION LOAD brought."""

    name: bytes
    code: bytes
    """All of it, the shebang included."""
    functions: dict[bytes, Function]


class FunctionStore:
    """Libraries by name, and their functions by name; these are unique over all libraries, in any case."""

    def __init__(self) -> None:
        self.libraries: dict[bytes, Library] = {}
        self._functions: dict[bytes, Function] = {}

    @property
    def function_count(self) -> int:
        """How many functions there are."""
        return len(self._functions)

    def find(self, name: bytes) -> Function | None:
        """A function by name, in any case."""
        return self._functions.get(name) or self._functions.get(name.lower())

    def add(self, library: Library) -> None:
        """Links a library in; one of the same name goes.

        Raises:
            CommandError: another library has a function of the same name; nothing is changed.
        """
        old = self.libraries.get(library.name)
        own = set() if old is None else {name.lower() for name in old.functions}
        for name in library.functions:
            if name.lower() in self._functions.keys() - own:
                raise CommandError(b"ERR Function %b already exists" % name)
        if old is not None:
            self.remove(old.name)
        self.libraries[library.name] = library
        self._functions |= {name.lower(): function for name, function in library.functions.items()}

    def remove(self, name: bytes) -> bool:
        """Forgets a library; whether there was one."""
        library = self.libraries.pop(name, None)
        if library is None:
            return False
        for function in library.functions:
            self._functions.pop(function.lower(), None)
        return True

    def join(self, libraries: Iterable[Library], *, replace: bool) -> None:
        """Links several in, all or none.

        Args:
            libraries: names do not repeat.
            replace: those of the same name go; else that is an error.

        Raises:
            CommandError: a library or a function is there already.
        """
        joined = FunctionStore()
        joined.libraries, joined._functions = dict(self.libraries), dict(self._functions)
        libraries = list(libraries)
        for library in libraries:
            if library.name in joined.libraries and not replace:
                raise CommandError(b"ERR Library %b already exists" % library.name)
            joined.remove(library.name)
        for library in libraries:
            joined.add(library)
        self.libraries, self._functions = joined.libraries, joined._functions

    def clear(self) -> None:
        """Forgets all."""
        self.libraries, self._functions = {}, {}


def read_metadata(code: bytes) -> tuple[bytes, bytes]:
    """A library's name and the text for Lua, which keeps the newline so that lines still count.

    Raises:
        CommandError: the shebang is missing or wrong.
    """
    if not code.startswith(b"#!"):
        raise CommandError("ERR Missing library metadata")
    line, newline, _ = code.partition(b"\n")
    try:
        engine, *options = split_inline(line)
    except ProtocolError:
        newline = b""
    if not newline:
        raise CommandError("ERR Invalid library metadata")
    name = None
    for option in options:
        if option[:5].lower() != b"name=":
            raise CommandError(b"ERR Invalid metadata value given: %b" % option)
        if name is not None:
            raise CommandError("ERR Invalid metadata value, name argument was given multiple times")
        name = option[5:]
    if name is None:
        raise CommandError("ERR Library name was not given")
    if not name or not _NAME.issuperset(name):
        raise CommandError(b"ERR Library %b" % BAD_NAME)
    # Both families take the engine's name in any case: "#!LUA name=x" loads
    if engine[2:].lower() != b"lua":
        raise CommandError(b"ERR Engine '%b' not found" % engine[2:])
    return name, code[len(line) :]


def read_flags(words: Iterable[bytes]) -> ScriptFlag:
    """The flags of register_function by name; those that are no flag were refused in Lua."""
    flags = ScriptFlag.NONE
    for word in words:
        flags |= FLAGS[word.lower()]
    return flags
