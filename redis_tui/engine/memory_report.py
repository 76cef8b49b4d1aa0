"""The whole engine's memory in figures, for INFO memory, MEMORY STATS and MEMORY DOCTOR.

It adds up what `engine.memory` estimates and what Lua counts. The decision a reader would
question: fragmentation is what the process takes beyond these sums. Most of it is Python
itself, yet it is the true answer to how much more than its data a process needs.
"""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from redis_tui.engine import memory
from redis_tui.engine.where import places
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


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes."""

    data: int
    clients: int
    scripts_vm: int
    functions_vm: int
    sources: int
    peak: int
    resident: int

    @property
    def used(self) -> int:
        return memory.STARTUP + self.data + self.clients + self.scripts_vm + self.functions_vm + self.sources

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
        sources=sum(len(cached.script.source) for cached in scripts.cache),
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
        "script.VMs": now.scripts_vm + now.functions_vm,
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
