"""The whole engine's memory in figures, for INFO memory, MEMORY STATS and MEMORY DOCTOR.

It adds up what `engine.memory` estimates and what Lua counts. The decision a reader would
question: fragmentation is what the process takes beyond these sums. Most of it is Python
itself, yet it is the true answer to how much more than its data a process needs.
"""

from __future__ import annotations

import os
import resource
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from redis_tui.engine import memory
from redis_tui.engine.where import places
from redis_tui.record import dataclass
from redis_tui.resp.types import Map

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine
    from redis_tui.resp.types import Reply

_FIELDS: Final = """
    peak.allocated total.allocated startup.allocated replication.backlog replica.fullsync.buffer@redis-8
    replicas.repl.buffer@valkey clients.slaves clients.normal cluster.links cluster.slot_import@valkey
    cluster.slot_export@valkey aof.buffer lua.caches functions.caches script.VMs@redis-8 databases
    overhead.db.hashtable.lut@newer overhead.db.hashtable.rehashing@newer overhead.total
    db.dict.rehashing.count@newer keys.count keys.bytes-per-key dataset.bytes dataset.percentage peak.percentage
    allocator.allocated allocator.active allocator.resident allocator.muzzy@newer allocator-fragmentation.ratio
    allocator-fragmentation.bytes allocator-rss.ratio allocator-rss.bytes rss-overhead.ratio rss-overhead.bytes
    fragmentation fragmentation.bytes
"""
"""What MEMORY STATS names, in its order, and where; ``databases`` stands for one entry each."""
_BARE_LUA: Final = 32768
_SCRIPT: Final = 112
_LIBRARY: Final = 120
_FUNCTION: Final = 84
_NO_LIBRARY: Final = 216
"""What Redis takes for a Lua with nothing in it, beside a script's or a library's text, for a function, and for
none: 100 scripts of 17 bytes are 13,024 bytes in 8.2 and 13,168 in 7.2."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes."""

    data: int
    clients: int
    scripts_vm: int
    functions_vm: int
    sources: int
    """Scripts in the cache, with what a server keeps of each beside its text."""
    libraries: int
    """Likewise the libraries of functions."""
    peak: int
    resident: int

    @property
    def used(self) -> int:
        return memory.STARTUP + self.data + self.clients + self.scripts_vm + self.functions_vm + self.kept

    @property
    def kept(self) -> int:
        """Texts of scripts and libraries with what belongs to them."""
        return self.sources + self.libraries

    @property
    def machines(self) -> tuple[int, int]:
        """Both Luas, scripts first, as INFO tells them: with what a Lua takes that has nothing to do."""
        return _BARE_LUA + self.scripts_vm, _BARE_LUA + self.functions_vm

    @property
    def beyond(self) -> float:
        """How many times its data the process takes."""
        return self.resident / max(1, self.used)


def sizes(engine: Engine) -> Sizes:
    """Everything that is known now; the peak is kept up on the way."""
    scripts, stats = engine.scripts, engine.stats
    now = Sizes(
        data=engine.eviction.dataset() if engine.eviction.limit else memory.dataset(engine.space, engine.config),
        clients=engine.client_memory.all_bytes(),
        scripts_vm=scripts.memory_used,
        functions_vm=scripts.function_memory_used,
        sources=sum(_SCRIPT + len(cached.script.source) for cached in scripts.cache),
        libraries=_NO_LIBRARY
        + sum(
            _LIBRARY + len(one.code) + _FUNCTION * len(one.functions) for one in scripts.functions.libraries.values()
        ),
        peak=stats.memory_peak,
        resident=_resident_bytes(),
    )
    stats.note_memory(now.used, engine.clock.now_us() // 1_000_000)
    return replace(now, peak=stats.memory_peak)


def stats(engine: Engine) -> list[tuple[str, Reply]]:
    """What MEMORY STATS answers."""
    now, here = sizes(engine), places(engine.dialect)
    keys = sum(len(db.entries) for db in engine.space.databases)
    known: dict[str, Reply] = {
        "peak.allocated": now.peak,
        "total.allocated": now.used,
        "startup.allocated": memory.STARTUP,
        "clients.normal": now.clients,
        "lua.caches": now.sources,
        "functions.caches": now.libraries,
        "script.VMs": sum(now.machines),
        "overhead.total": now.used - now.data,
        "keys.count": keys,
        "keys.bytes-per-key": now.used // keys if keys else 0,
        "dataset.bytes": now.data,
        "dataset.percentage": 100 * now.data / max(1, now.used),
        "peak.percentage": 100 * now.used / max(1, now.peak),
        "allocator.allocated": now.used,
        "allocator.active": now.used,
        "allocator.resident": now.resident,
        "allocator-fragmentation.ratio": 1.0,
        "allocator-rss.ratio": now.beyond,
        "allocator-rss.bytes": now.resident - now.used,
        "rss-overhead.ratio": 1.0,
        "fragmentation": now.beyond,
        "fragmentation.bytes": now.resident - now.used,
    }
    pairs: list[tuple[str, Reply]] = []
    for word in _FIELDS.split():
        name, _, where = word.partition("@")
        if name == "databases":
            pairs += _databases(engine, "redis-7.2" in here)
        elif not where or where in here:
            pairs.append((name, known.get(name, 0)))
    return pairs


def _databases(engine: Engine, names_slots: bool) -> list[tuple[str, Reply]]:  # one caller, above
    found: list[tuple[str, Reply]] = []
    for db in engine.space.databases:
        if db.entries:
            main, expires = memory.tables(db)
            parts: list[tuple[Reply, Reply]] = [
                (b"overhead.hashtable.main", main),
                (b"overhead.hashtable.expires", expires),
            ]
            parts += [(b"overhead.hashtable.slot-to-keys", 0)] if names_slots else []
            found.append((f"db.{db.index}", Map(parts)))
    return found


def _resident_bytes() -> int:
    """What this process takes of the machine's memory, the workbench included."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # read at each INFO: no object for it
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no /proc: the highest it has been, in bytes on macOS
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
