"""INFO: true figures under Redis' own field names.

A field is here if the engine knows its value, or if the value is what it must be where
there is no disk, no replica and no eviction. What it could only make up is left out.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from redis_tui.engine import memory

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine

Fields = Iterator[tuple[str, object]]
_UNITS: Final = ((1024**4, "T"), (1024**3, "G"), (1024**2, "M"), (1024, "K"))
_TTL_SAMPLE: Final = 1000


def human(size: int) -> str:
    """``1536`` -> ``1.50K``, as INFO's ``*_human`` fields have it."""
    for unit, letter in _UNITS:
        if size >= unit:
            return f"{size / unit:.2f}{letter}"
    return f"{size}B"


def render(engine: Engine, wanted: list[str]) -> str:
    """The text of INFO.

    Args:
        engine: whose figures.
        wanted: sections in lower case; ``all``, ``everything`` and ``default`` are groups of them. None: default.
    """
    names = set(wanted or ["default"])
    if names & {"all", "everything"}:
        names |= set(_SECTIONS)
    if "default" in names:
        names |= set(_SECTIONS) - {"commandstats"}
    parts = []
    for name, (title, make) in _SECTIONS.items():
        if name in names:
            lines = "".join(f"{key}:{value}\r\n" for key, value in make(engine))
            parts.append(f"# {title}\r\n{lines}")
    return "\r\n".join(parts)


def _server(engine: Engine) -> Fields:
    dialect, config = engine.dialect, engine.config
    now_us = engine.clock.now_us()
    uptime_s = max(0, now_us // 1_000_000 - engine.started_ms // 1000)
    yield "redis_version", dialect.redis_version
    if dialect.is_valkey:
        yield "server_name", "valkey"
        yield "valkey_version", dialect.version
        yield "valkey_release_stage", "ga"
        yield "server_mode", "standalone"
    else:
        yield "redis_mode", "standalone"
    yield "os", f"{platform.system()} {platform.release()} {platform.machine()}"
    yield "arch_bits", 64 if sys.maxsize > 2**32 else 32
    yield "process_id", os.getpid()
    yield "run_id", engine.run_id
    yield "tcp_port", config.number("port")
    yield "server_time_usec", now_us
    yield "uptime_in_seconds", uptime_s
    yield "uptime_in_days", uptime_s // 86400
    yield "hz", config.number("hz")
    yield "configured_hz", config.number("hz")
    yield "executable", sys.executable
    yield "config_file", ""


def _clients(engine: Engine) -> Fields:
    watched = {one for client in engine.clients.values() for one in client.watched}
    yield "connected_clients", len(engine.clients)
    yield "cluster_connections", 0
    yield "blocked_clients", len(engine.blocking.clients)
    yield "tracking_clients", len(engine.tracking.users)
    yield "pubsub_clients", sum(bool(client.subscriptions) for client in engine.clients.values())
    yield "watching_clients", sum(bool(client.watched) for client in engine.clients.values())
    yield "total_watched_keys", len(watched)


def _memory(engine: Engine) -> Fields:
    config, stats, scripts = engine.config, engine.stats, engine.scripts
    data, lua = memory.dataset(engine.space, config), scripts.memory_used
    used = data + lua + scripts.function_memory_used
    stats.note_memory(used, engine.clock.now_us() // 1_000_000)
    rss = _resident_bytes()
    limit = config.number("maxmemory")
    yield "used_memory", used
    yield "used_memory_human", human(used)
    yield "used_memory_rss", rss
    yield "used_memory_rss_human", human(rss)
    yield "used_memory_peak", stats.memory_peak
    yield "used_memory_peak_human", human(stats.memory_peak)
    if engine.dialect.at_least("8.0.0", valkey="99"):
        yield "used_memory_peak_time", stats.memory_peak_s
    yield "used_memory_peak_perc", f"{100 * used / max(1, stats.memory_peak):.2f}%"
    yield "used_memory_dataset", data
    yield "used_memory_dataset_perc", f"{100 * data / max(1, used):.2f}%"
    yield "total_system_memory", (total := os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    yield "total_system_memory_human", human(total)
    yield "used_memory_lua", lua
    yield "used_memory_vm_eval", lua
    yield "used_memory_lua_human", human(lua)
    yield "number_of_cached_scripts", len(scripts.cache)
    yield "number_of_functions", scripts.functions.function_count
    yield "number_of_libraries", len(scripts.functions.libraries)
    yield "used_memory_vm_functions", scripts.function_memory_used
    yield "used_memory_vm_total", lua + scripts.function_memory_used
    yield "used_memory_vm_total_human", human(lua + scripts.function_memory_used)
    yield "maxmemory", limit
    yield "maxmemory_human", human(limit)
    yield "maxmemory_policy", config.text("maxmemory-policy")
    yield "mem_fragmentation_ratio", f"{rss / max(1, used):.2f}"
    yield "mem_allocator", "python"


def _persistence(engine: Engine) -> Fields:
    yield "loading", 0
    yield "async_loading", 0
    yield "rdb_changes_since_last_save", engine.space.dirty
    yield "rdb_bgsave_in_progress", 0
    yield "rdb_last_save_time", engine.started_ms // 1000
    yield "rdb_last_bgsave_status", "ok"
    yield "rdb_saves", 0
    yield "aof_enabled", 0
    yield "aof_rewrite_in_progress", 0


def _stats(engine: Engine) -> Fields:
    stats, space = engine.stats, engine.space
    yield "total_connections_received", stats.connections
    yield "total_commands_processed", stats.commands
    yield "instantaneous_ops_per_sec", round(stats.commands_rate.per_s)
    yield "rejected_connections", 0
    yield "expired_keys", space.expired
    yield "evicted_keys", 0
    yield "evicted_clients", 0
    yield "keyspace_hits", space.hits
    yield "keyspace_misses", space.misses
    yield "pubsub_channels", 0
    yield "pubsub_patterns", 0
    yield "latest_fork_usec", 0
    yield "total_forks", 0
    yield "total_error_replies", stats.error_replies
    yield "acl_access_denied_auth", stats.auth_failures


def _replication(engine: Engine) -> Fields:
    yield "role", "master"
    yield "connected_slaves", 0
    yield "master_failover_state", "no-failover"
    yield "master_replid", engine.replication_id
    yield "master_replid2", "0" * 40
    yield "master_repl_offset", 0
    yield "second_repl_offset", -1
    yield "repl_backlog_active", 0


def _cpu(_engine: Engine) -> Fields:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    yield "used_cpu_sys", f"{own.ru_stime:.6f}"
    yield "used_cpu_user", f"{own.ru_utime:.6f}"
    yield "used_cpu_sys_children", f"{children.ru_stime:.6f}"
    yield "used_cpu_user_children", f"{children.ru_utime:.6f}"


def _commandstats(engine: Engine) -> Fields:
    for name, stat in engine.stats.by_command.items():
        if not stat.used:
            continue
        mean = stat.usec / stat.calls if stat.calls else 0.0
        counts = f"calls={stat.calls},usec={stat.usec},usec_per_call={mean:.2f}"
        yield f"cmdstat_{name}", f"{counts},rejected_calls={stat.rejected},failed_calls={stat.failed}"


def _errorstats(engine: Engine) -> Fields:
    for code, count in sorted(engine.stats.errors.items()):
        yield f"errorstat_{code}", f"count={count}"


def _cluster(_engine: Engine) -> Fields:
    yield "cluster_enabled", 0


def _keyspace(engine: Engine) -> Fields:
    now = engine.space.now_ms
    last = {True: ",keys_with_volatile_items=0", False: ",subexpiry=0"}[engine.dialect.is_valkey]
    if not engine.dialect.at_least("7.4.0", valkey="9.0.0"):
        last = ""
    for db in engine.space.databases:
        if db.entries:
            sample = [at for at, _ in zip(db.expires.values(), range(_TTL_SAMPLE), strict=False)]
            left_ms = sum(max(0, at - now) for at in sample) // max(1, len(sample))
            yield f"db{db.index}", f"keys={len(db.entries)},expires={len(db.expires)},avg_ttl={left_ms}{last}"


def _resident_bytes() -> int:
    """What this process takes of the machine's memory, the workbench included."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123  # read at each INFO: no object for it
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no /proc: the highest it has been, in bytes on macOS
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


_SECTIONS: Final[dict[str, tuple[str, Callable[[Engine], Fields]]]] = {
    "server": ("Server", _server),
    "clients": ("Clients", _clients),
    "memory": ("Memory", _memory),
    "persistence": ("Persistence", _persistence),
    "stats": ("Stats", _stats),
    "replication": ("Replication", _replication),
    "cpu": ("CPU", _cpu),
    "commandstats": ("Commandstats", _commandstats),
    "errorstats": ("Errorstats", _errorstats),
    "cluster": ("Cluster", _cluster),
    "keyspace": ("Keyspace", _keyspace),
}
