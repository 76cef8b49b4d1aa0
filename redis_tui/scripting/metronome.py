"""Makes the count hook of a run come soon, whatever the run does: one thread for all runtimes.

Knows no scripts, only addresses of Lua states and when what runs in them began. Without it the hook comes after some
thousand instructions, which is soon enough for a loop of additions, and a minute where each instruction copies
megabytes.

The decision a reader would question: another thread touches a running Lua. It does so through ``lua_sethook``, the one
function that Lua's manual allows at any moment, even from a signal handler, and asks for nothing but the hook that is
set anyhow, at the next instruction. The function is found in lupa's own library; where that hides it, scripts only
hear of a kill later. A single call into C (one sort of a million) still ends first.
"""

from __future__ import annotations

import ctypes
import threading
import weakref
from functools import cache
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

BEAT_S: Final = 0.05
"""Seconds between two looks at what runs."""
_COUNT: Final = 8
"""LUA_MASKCOUNT."""


class Beaten(Protocol):
    """What hears the beat."""

    def beat(self) -> None:
        """Told every `BEAT_S`, from the metronome's thread."""
        ...


@cache
def prodder(library: str) -> Callable[[int], None] | None:
    """What makes the hook of a Lua state come at its next instruction.

    Args:
        library: path of the shared library that holds Lua.

    Returns:
        A function of the state's address, for any thread; None where the library does not show what it takes.
    """
    try:
        functions = ctypes.CDLL(library)
        get, put = functions.lua_gethook, functions.lua_sethook
    except (OSError, AttributeError):
        return None
    get.restype, get.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    put.restype, put.argtypes = ctypes.c_int, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int]

    def prod(state: int) -> None:
        hook = get(state)
        if hook:
            put(state, hook, _COUNT, 1)

    return prod


class _Metronome:
    """The thread, which starts with the first listener and lasts as long as the process."""

    def __init__(self) -> None:
        self._listeners: weakref.WeakSet[Beaten] = weakref.WeakSet()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, listener: Beaten) -> None:
        """Tells someone of each beat, for as long as anybody else holds it."""
        with self._lock:
            self._listeners.add(listener)
            if self._thread is None or not self._thread.is_alive():  # the other case: a fork has left it behind
                self._thread = threading.Thread(target=self._loop, name="redis-tui-metronome", daemon=True)
                self._thread.start()

    def _loop(self) -> None:
        pause = threading.Event()
        while not pause.wait(BEAT_S):
            with self._lock:
                listeners = list(self._listeners)
            while listeners:
                listeners.pop().beat()  # none is held on to: it may have been the last hold


METRONOME: Final = _Metronome()
