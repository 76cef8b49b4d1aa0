"""The one thread that owns an engine, and two lanes to it.

Jobs pass through the queue, in order. `kill` and `running` go beside it: they only read a
reference or set an event, so they work while a script spins in the thread. Once a script
has run for longer than ``busy-reply-threshold``, its count hook comes here (`_pump`) and
clients' commands are answered from inside it, nearly all with BUSY, as a server does.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.engine import Engine
    from redis_tui.engine.scripts import KillResult, RunningScript

T = TypeVar("T")

_CYCLE_S = 0.1
"""Seconds between two active expiry cycles."""
_CLOSE_S = 5.0
"""Seconds that `EngineThread.close` waits for what is under way."""


class _Job(Generic[T]):
    """Something to do on the owner thread."""

    __slots__ = ("during_busy", "future", "work")

    def __init__(self, work: Callable[[Engine], T], *, during_busy: bool) -> None:
        self.work = work
        self.during_busy = during_busy
        self.future: Future[T] = Future()

    def run(self, engine: Engine) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.work(engine)
        except BaseException as error:  # noqa: BLE001  # handed to whoever waits for the job
            self.future.set_exception(error)
            return
        self.future.set_result(result)

    def cancel(self) -> None:
        """Tells whoever waits that it will not be done."""
        self.future.cancel()


class _Post:
    """Something to do on the owner thread that nobody waits for: no future, a tenth of a job's cost."""

    __slots__ = ("work",)
    during_busy = True

    def __init__(self, work: Callable[[Engine], object]) -> None:
        self.work = work

    def run(self, engine: Engine) -> None:
        self.work(engine)

    def cancel(self) -> None:
        """Nothing to tell anybody."""


class EngineThread:
    """Runs an engine in a thread of its own.

    Args:
        engine: handed over; nobody else may touch it from now on.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job[object] | _Post | None] = queue.SimpleQueue()
        self._later: deque[_Job[object] | _Post] = deque()
        self._closing = False
        self._patience_s = _CYCLE_S
        engine.scripts.on_busy = self._pump
        self._thread = threading.Thread(target=self._loop, name="redis-tui-engine", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Engine], T], *, during_busy: bool = False) -> Future[T]:
        """Runs something on the owner thread.

        Args:
            work: given the engine.
            during_busy: it may run while a script is busy, because all it does is
                `Engine.execute`, which then answers BUSY.

        Returns:
            Its result or its exception, to come. A closed thread cancels it.
        """
        job: _Job[T] = _Job(work, during_busy=during_busy)
        self._jobs.put(job)  # type: ignore[arg-type]  # a job of T is one of object: its result goes to its own future
        if self._closing:
            job.future.cancel()  # looked at after the put: one that slips in behind a close is not left hanging
        return job.future

    def post(self, work: Callable[[Engine], object]) -> None:
        """Runs something on the owner thread, also while a script is busy; nobody waits for it.

        Args:
            work: given the engine; must not raise. A closed thread drops it.
        """
        if not self._closing:
            self._jobs.put(_Post(work))

    def kill(self, *, undo: bool = False) -> KillResult:
        """Ends the running script, from any thread, without waiting behind it."""
        return self._engine.scripts.kill(undo=undo)

    def running(self) -> RunningScript | None:
        """What runs now, from any thread."""
        return self._engine.scripts.current

    def close(self) -> None:
        """Kills a running script, does what is queued no more, ends the thread."""
        if self._closing:
            return
        self._closing = True
        self._engine.scripts.kill(force=True)
        self._jobs.put(None)
        if threading.current_thread() is self._thread:
            return
        # Again and again: a kill that comes between two scripts of a batch meets neither.
        give_up_at = time.monotonic() + _CLOSE_S
        while self._thread.is_alive() and time.monotonic() < give_up_at:
            self._engine.scripts.kill(force=True)
            self._thread.join(timeout=0.05)

    def _loop(self) -> None:
        cycle_at = time.monotonic() + _CYCLE_S
        stats = self._engine.stats
        while True:
            job = self._next()
            if self._closing:
                if job is not None:
                    self._later.append(job)  # to be cancelled with the rest
                break
            started = time.perf_counter_ns()
            if job is not None:
                job.run(self._engine)
            with contextlib.suppress(Exception):  # a fault there must not end the thread that everybody waits for
                self._patience_s = min(_CYCLE_S, self._engine.tick())
                if time.monotonic() >= cycle_at:
                    cycle_at = time.monotonic() + _CYCLE_S
                    self._engine.expire_cycle()
            stats.note_cycle(time.perf_counter_ns() - started)
        self._cancel_rest()

    def _next(self) -> _Job[object] | _Post | None:
        if self._later:
            return self._later.popleft()
        try:
            return self._jobs.get(timeout=self._patience_s)
        except queue.Empty:
            return None

    def _pump(self) -> None:
        """Called again and again from inside a busy script."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is None:
                return
            if job.during_busy:
                job.run(self._engine)
            else:
                self._later.append(job)

    def _cancel_rest(self) -> None:
        for job in self._later:
            job.cancel()
        while True:
            try:
                left = self._jobs.get_nowait()
            except queue.Empty:
                return
            if left is not None:
                left.cancel()
