"""Saving and loading: SAVE, BGSAVE, save points, and what INFO tells of them.

The bytes are `engine.rdb`'s; this module knows files and when they are written. A save goes to a
temporary file in the same folder, to the disk, and takes the old file's name in one step, so
that a good file never gives way to half a one.

The decision a reader would question: a background save is a thread, not a process. Forking
under threads is unsafe, and a copy of Python's memory is made of reference counts, so that
next to nothing would stay shared. The thread gives way every few keys; a client then waits
for tenths of a millisecond more, and the disk never keeps anybody waiting.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from redis_tui.engine import memory
from redis_tui.engine.rdb import lzf, payload, snapshot
from redis_tui.engine.rdb.moment import Moment
from redis_tui.errors import CommandError, DamagedData, FileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis_tui.engine.engine import Engine
    from redis_tui.engine.rdb.snapshot import Facts, Loaded
    from redis_tui.engine.rdb.values import Style
    from redis_tui.scripting.functions import Library

_RETRY_S: Final = 5
"""Seconds to wait after a background save that failed."""


class _AbortedSave(Exception):
    """The background save is not wanted any more."""


class _Job:
    """One background save."""

    def __init__(self, moment: Moment, started_s: float, dirty: int) -> None:
        self.moment = moment
        self.started_s = started_s
        self.dirty = dirty
        """The keyspace's count of changes at the start."""
        self.thread: threading.Thread | None = None
        self.aborted = threading.Event()
        self.succeeded: bool | None = None
        """None while it is under way."""


class Persistence:
    """What one engine keeps on disk.

    Args:
        engine: whose data.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.last_save_s = engine.started_ms // 1000
        """Unix time of the last save that succeeded; of the start, where there was none."""
        self.last_status_ok = True
        """Of background saves."""
        self.why_not = b"ERR"
        """What SAVE answers after a save that failed; of a disk a server says no more than this."""
        self.last_duration_s = -1
        """Seconds the last background save took."""
        self.saves = 0
        self.rewritten = False
        """BGREWRITEAOF came: a server has an append-only file then, used or not."""
        self.loaded_keys = 0
        self.loaded_expired = 0
        self.scheduled = False
        """BGSAVE came inside of a transaction."""
        self._saved_dirty = 0
        self._last_try_s = 0.0
        self._job: _Job | None = None
        self._points: tuple[tuple[int, int], ...] = ()
        self._number = 0
        engine.config.subscribe(self._configure)

    @property
    def changes(self) -> int:
        """How many there were since the last save."""
        return self._engine.space.dirty - self._saved_dirty

    @property
    def has_save_points(self) -> bool:
        return bool(self._points)

    @property
    def is_saving(self) -> bool:
        """A background save is under way."""
        self.poll()
        return self._job is not None

    @property
    def saving_for_s(self) -> int:
        """Seconds that a background save has taken so far; -1 where there is none."""
        return -1 if self._job is None else int(time.monotonic() - self._job.started_s)

    @property
    def keys_total(self) -> int:
        """Keys that the background save under way has to write."""
        return 0 if self._job is None else len(self._job.moment)

    @property
    def keys_done(self) -> int:
        """How many of them it has written."""
        return 0 if self._job is None else self._job.moment.handed_out

    @property
    def path(self) -> Path:
        """Where snapshots are written."""
        config = self._engine.config
        return Path(config.text("dir")) / config.text("dbfilename")

    # Saving

    def save(self) -> bool:
        """Saves at once; False where the file could not be written."""
        self.saves += 1
        engine = self._engine
        if not self._store(Moment(engine.space, shared=False), *self._how(), None):
            return False
        self._note_saved(engine.space.dirty)
        return True

    def begin(self) -> None:
        """Begins to save in the background. There must be no save under way."""
        engine = self._engine
        self.saves += 1
        self.scheduled = False
        moment = Moment(engine.space, shared=True)
        job = self._job = _Job(moment, time.monotonic(), engine.space.dirty)
        self._last_try_s = job.started_s
        engine.space.open_moment(moment)
        facts, style = self._how()

        delay_s = self._delay_s()

        def pause() -> None:
            if job.aborted.wait(delay_s) if delay_s else job.aborted.is_set():
                raise _AbortedSave
            time.sleep(0)

        def work() -> None:
            succeeded = False
            try:
                succeeded = self._store(moment, facts, style, pause)
            finally:  # a fault of ours is a save that failed, not one that never ends
                job.succeeded = succeeded

        job.thread = threading.Thread(target=work, name="redis-tui-save", daemon=True)
        job.thread.start()

    def poll(self) -> None:
        """Takes note of a background save that has ended."""
        job = self._job
        if job is None or job.succeeded is None:
            return
        self._job = None
        self._engine.space.close_moment()
        self.last_duration_s = int(time.monotonic() - job.started_s)
        if job.aborted.is_set():
            return
        self.last_status_ok = job.succeeded
        if job.succeeded:
            self._note_saved(job.dirty)
        self._configure()

    def wait(self) -> None:
        """Waits for the background save to end."""
        if self._job is not None and self._job.thread is not None:
            self._job.thread.join()
        self.poll()

    def abort(self) -> bool:
        """Gives a background save up; False where there is none."""
        self.poll()
        if self._job is None:
            return False
        self._job.aborted.set()
        self.wait()
        return True

    def cycle(self) -> None:
        """What is due by the clock: the end of a save, the next one of the save points."""
        self.poll()
        if self._job is not None:
            return
        if self.scheduled:
            self.begin()
            return
        if not self._points or (not self.last_status_ok and time.monotonic() - self._last_try_s <= _RETRY_S):
            return
        past_s = self._engine.clock.now_us() // 1_000_000 - self.last_save_s
        if any(self.changes >= changes and past_s > seconds for seconds, changes in self._points):
            self.begin()

    def _note_saved(self, dirty: int) -> None:
        self._saved_dirty = dirty
        self.last_save_s = self._engine.clock.now_us() // 1_000_000
        self.last_status_ok = True
        self._configure()

    def _how(self) -> tuple[Facts, Style]:
        engine = self._engine
        used = memory.dataset(engine.space, engine.config)
        codes = tuple(library.code for library in engine.scripts.functions.libraries.values())
        facts = snapshot.Facts(engine.dialect, engine.clock.now_us() // 1_000_000, used, codes)
        return facts, payload.style(engine.dialect, engine.config, lzf.compress_if_worthwhile)

    def _delay_s(self) -> float:
        """What a test wants a background save to wait at each key; a test of ours needs no parts of a microsecond."""
        return max(0, self._engine.config.number("rdb-key-save-delay")) / 1_000_000

    def _store(self, moment: Moment, facts: Facts, style: Style, pause: Callable[[], None] | None) -> bool:
        """Writes the file; on any thread. False where that could not be done."""
        self.why_not = b"ERR"
        pause_every = 1 if self._delay_s() else snapshot.PAUSE_EVERY
        path = self.path
        self._number += 1
        draft = path.parent / f"temp-{os.getpid()}-{self._number}.rdb"
        try:
            with draft.open("xb") as file:
                snapshot.write(file, moment, facts, style, pause, pause_every=pause_every)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
            _sync_folder(path.parent)
        except CommandError as refusal:
            self.why_not = refusal.line
            return False
        except (OSError, _AbortedSave):
            return False
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()  # where it did not become the file
        return True

    # Loading

    def read(self, data: bytes) -> Loaded:
        """What a snapshot holds; nothing changes yet.

        Raises:
            DamagedData: it cannot be read.
        """
        now_ms = self._engine.clock.now_us() // 1000
        return snapshot.read(data, self._engine.config, now_ms=now_ms)

    def load_file(self, path: Path) -> None:
        """Puts what a file holds in the place of all keys there are.

        Raises:
            FileError: the file cannot be read or is damaged; nothing has changed.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise FileError(
                f"Cannot read {path}: {(error.strerror or str(error)).lower()}.",
                hint="Check the path and its permissions.",
            ) from None
        try:
            loaded = self.read(data)
        except DamagedData as fault:
            raise FileError(
                f"{path} cannot be loaded: at byte {fault.at:,} of {len(data):,}, expected {fault.expected}.",
                hint="Nothing was loaded.",
            ) from None
        try:
            libraries = self._libraries(loaded)
        except CommandError as refusal:
            told = refusal.line.decode("utf-8", "replace")
            raise FileError(
                f"{path} cannot be loaded: a function library in it is refused: {told}.",
                hint="Nothing was loaded.",
            ) from None
        self._engine.space.flush()
        self._engine.scripts.functions.clear()
        self._apply(loaded, libraries)
        self._saved_dirty = self._engine.space.dirty

    def _libraries(self, loaded: Loaded) -> list[Library]:
        """The function libraries of a file, not linked in yet.

        Raises:
            CommandError: one does not load.
        """
        if not loaded.functions:
            return []  # no Lua is brought up for nothing
        client = self._engine.connect()
        try:
            return self._engine.scripts.make_libraries(client, loaded.functions)
        finally:
            self._engine.disconnect(client)

    def _apply(self, loaded: Loaded, libraries: list[Library]) -> None:
        """Adds what was read to what there is; a key of the same name gives way."""
        for index, part in loaded.databases.items():
            self._engine.space.databases[index].fill(part.entries, part.expires)
        self._engine.scripts.functions.join(libraries, replace=True)
        self.loaded_keys, self.loaded_expired = len(loaded), loaded.expired
        self._engine.eviction.recount()

    def reload(self, *, flush: bool, merge: bool) -> bool:
        """Loads what was saved, as DEBUG RELOAD does; False where that failed.

        Args:
            flush: empty all databases before; else keys of both stay.
            merge: where a key is in both, the file's stands; without, that is a failure.
        """
        space, functions = self._engine.space, self._engine.scripts.functions
        dirty = space.dirty
        try:
            loaded = self.read(self.path.read_bytes())
            libraries = self._libraries(loaded)
        except (OSError, DamagedData, CommandError):
            return False
        if flush:
            space.flush()
            functions.clear()
        elif not merge and (
            any(library.name in functions.libraries for library in libraries)
            or any(
                not part.entries.keys().isdisjoint(space.databases[index].entries)
                for index, part in loaded.databases.items()
            )
        ):
            return False
        self._apply(loaded, libraries)
        space.dirty = dirty
        return True

    def replay(self) -> bool:
        """Writes and reads all keys, as DEBUG LOADAOF does; False where nothing is there to be read.

        An append-only file would hold what the keys hold, so it is written in memory and never to a disk. Where
        ``appendonly`` is off and nothing was rewritten there is none, and a server finds that out once it has emptied
        its databases. Changes after a rewrite alone are kept, where a server would lose them.
        """
        space, functions = self._engine.space, self._engine.scripts.functions
        dirty = space.dirty
        held = io.BytesIO()
        snapshot.write(held, Moment(space, shared=False), *self._how())
        loaded = self.read(held.getvalue())
        libraries = self._libraries(loaded)
        space.flush()
        functions.clear()
        if not (self.rewritten or self._engine.config.enabled("appendonly")):
            return False
        self._apply(loaded, libraries)
        space.dirty = dirty
        return True

    def _configure(self) -> None:
        words = list(map(int, self._engine.config.text("save").split()))
        self._points = tuple(zip(words[::2], words[1::2], strict=True))
        may_lose = not self.last_status_ok and self.has_save_points
        refuses = may_lose and self._engine.config.enabled("stop-writes-on-bgsave-error")
        if refuses != self._engine.write_gate.cannot_save:
            self._engine.write_gate.cannot_save = refuses
            self._engine.refresh()


def _sync_folder(folder: Path) -> None:
    """Makes a new name in a folder last; where a system cannot do that, it does it by itself."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
