"""Keeps the caller's line where a script says ``return redis.call(...)``.

Works on Lua 5.1 precompiled code as ``string.dump`` writes it; must not know what the code does.

The decision a reader would question: in the servers ``redis.call`` is a C function, and Lua 5.1 keeps the
frame of a function that ends in a call to C; ours is written in Lua, where the same call is a proper tail
call and takes the frame, and with it the line that belongs into the error text, away. So tail calls become
plain calls, except those to functions that the script itself defines as local functions, which may recurse
without end. The instruction after OP_TAILCALL is always ``RETURN A 0``, which fits a plain call as well.
"""

from __future__ import annotations

import struct
from itertools import pairwise

HEADER_SIZE = 12
OP_MOVE, OP_GETUPVAL, OP_CALL, OP_TAILCALL, OP_CLOSURE = 0, 4, 28, 29, 36
NO_WRITE = frozenset({7, 8, 9, 22, 23, 24, 25, 26, 27, 30, 34, 35})
"""Opcodes whose A is no register that they set: SETGLOBAL SETUPVAL SETTABLE JMP EQ LT LE TEST TESTSET RETURN SETLIST
CLOSE."""
STRING, NUMBER, BOOLEAN = 4, 3, 1


def keep_frames(dump: bytes) -> bytes:
    """The same code with tail calls to foreign functions made plain calls."""
    patcher = _Patcher(dump)
    patcher.function([])
    return bytes(patcher.code)


class _Patcher:
    """Walks the functions of a dump and changes instructions in place."""

    def __init__(self, dump: bytes) -> None:
        self.code = bytearray(dump)
        self._at = HEADER_SIZE
        self._int = struct.Struct("<i" if dump[6] else ">i")
        self._size = struct.Struct(("<" if dump[6] else ">") + ("Q" if dump[8] == 8 else "I"))

    def function(self, own: list[bool]) -> None:
        """One function; ``own[i]`` tells whether upvalue i is a function of the script itself."""
        self._string()
        self._at += 8  # first and last line
        self._at += 4  # upvalues, parameters, vararg, stack
        captured = self._instructions(own)
        self._constants()
        for index in range(self._next()):
            self.function(captured.get(index, []))
        lines = self._next()
        self._at += 4 * lines
        for _ in range(self._next()):
            self._string()
            self._at += 8
        for _ in range(self._next()):
            self._string()

    def _instructions(self, own: list[bool]) -> dict[int, list[bool]]:
        count = self._next()
        start = self._at
        words = [self._int.unpack_from(self.code, start + 4 * i)[0] & 0xFFFFFFFF for i in range(count)]
        self._at += 4 * count
        writer: dict[int, int] = {}
        captured: dict[int, list[bool]] = {}
        closing: list[bool] | None = None
        for index, (word, following) in enumerate(pairwise([*words, 0])):
            op, a, b = word & 0x3F, word >> 6 & 0xFF, word >> 23
            if closing is not None and op in (OP_MOVE, OP_GETUPVAL) and a == 0 and len(closing) < 60:
                closing.append(_is_own(writer.get(b)) if op == OP_MOVE else b < len(own) and own[b])
                if following & 0x3F not in (OP_MOVE, OP_GETUPVAL) or following >> 6 & 0xFF:
                    closing = None
                continue
            closing = None
            if op == OP_TAILCALL and not _calls_own(writer.get(a), own):
                self._int.pack_into(self.code, start + 4 * index, _signed(word & ~0x3F | OP_CALL))
            if op == OP_CLOSURE:
                writer[a] = word
                closing = captured[word >> 14] = []
            elif op not in NO_WRITE:
                writer[a] = word
        return captured

    def _constants(self) -> None:
        for _ in range(self._next()):
            kind = self.code[self._at]
            self._at += 1
            if kind == STRING:
                self._string()
            else:
                self._at += {NUMBER: 8, BOOLEAN: 1}.get(kind, 0)

    def _next(self) -> int:
        value: int = self._int.unpack_from(self.code, self._at)[0]
        self._at += 4
        return value

    def _string(self) -> None:
        size: int = self._size.unpack_from(self.code, self._at)[0]
        self._at += self._size.size + size


def _signed(word: int) -> int:
    return word - (1 << 32) if word & 1 << 31 else word


def _is_own(writer: int | None) -> bool:
    return writer is not None and writer & 0x3F == OP_CLOSURE


def _calls_own(writer: int | None, own: list[bool]) -> bool:
    if writer is None:
        return False
    op, b = writer & 0x3F, writer >> 23
    return op == OP_GETUPVAL and b < len(own) and own[b]
