"""INFO: true figures under the servers' own field names.

What a section shows stands in `info_fields`; here is what can be known. The decision a reader
would question: INFO keysizes looks at every key where a server keeps a running count, so a
database of more than `_SIZED_KEYS` keys is left out of it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import resource
import sys
from collections import Counter
from typing import TYPE_CHECKING, Final

from redis_tui.engine import memory, memory_report
from redis_tui.engine.info_fields import CONSTANT, FIELDS
from redis_tui.engine.module_list import info_line
from redis_tui.engine.pubsub import Kind
from redis_tui.engine.types.base import Collection
from redis_tui.engine.where import places

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from redis_tui.engine.dialect import Dialect
    from redis_tui.engine.engine import Engine

Fields = dict[str, object]
_UNITS: Final = ((1024**4, "T"), (1024**3, "G"), (1024**2, "M"), (1024, "K"))
_TTL_SAMPLE: Final = 1000
_SIZED_KEYS: Final = 10_000
_SIZE_NAMES: Final = {
    "string": "strings_sizes",
    "list": "lists_items",
    "set": "sets_items",
    "zset": "zsets_items",
    "hash": "hashes_items",
}


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
    here = places(engine.dialect)
    names = set(wanted or ["default"])
    groups = names & {"all", "everything"}
    parts = []
    for name, (title, where, group, make) in _SECTIONS.items():
        if where not in here:
            continue
        if name in names or (groups and group != "asked") or ("default" in names and group == "default"):
            lines = "".join(f"{key}:{value}\r\n" for key, value in make(engine))
            parts.append(f"# {title}\r\n{lines}")
    return "\r\n".join(parts)


def _section(name: str, figures: Callable[[Engine], Fields]) -> Callable[[Engine], Iterator[tuple[str, object]]]:
    def make(engine: Engine) -> Iterator[tuple[str, object]]:
        here, known = places(engine.dialect), figures(engine)
        for word in FIELDS[name].split():
            field, _, where = word.partition("@")
            if not where or where in here:
                value = known.get(field)
                yield field, CONSTANT.get(field, 0) if value is None else value

    return make


def _server(engine: Engine) -> Fields:
    dialect, config = engine.dialect, engine.config
    now_us = engine.clock.now_us()
    uptime_s = max(0, now_us // 1_000_000 - engine.started_ms // 1000)
    hz, port = config.number("hz"), config.number("port")
    addresses = "".join(f",bind={one}" for one in config.text("bind").split())
    return {
        "redis_version": dialect.redis_version,
        "valkey_version": dialect.version,
        "redis_build_id": hashlib.sha256(dialect.version.encode()).hexdigest()[:16],
        "os": f"{platform.system()} {platform.release()} {platform.machine()}",
        "arch_bits": 64 if sys.maxsize > 2**32 else 32,
        "multiplexing_api": "epoll" if sys.platform == "linux" else "kqueue" if os.name == "posix" else "select",
        "gcc_version": platform.python_compiler().removeprefix("GCC ").split()[0],
        "process_id": os.getpid(),
        "run_id": engine.run_id,
        "tcp_port": port,
        "server_time_usec": now_us,
        "uptime_in_seconds": uptime_s,
        "uptime_in_days": uptime_s // 86400,
        "hz": hz,
        "configured_hz": hz,
        "clients_hz": hz,
        "lru_clock": now_us // 1_000_000 & 0xFFFFFF,
        "executable": sys.executable,
        "listener0": f"name=tcp{addresses},port={port}",
    }


def _clients(engine: Engine) -> Fields:
    clients = engine.clients.values()
    blocked = [client.blocked for client in engine.blocking.clients if client.blocked is not None]
    pause = engine.pause
    return {
        "connected_clients": len(clients),
        "maxclients": engine.config.text("maxclients"),
        "blocked_clients": len(blocked),
        "tracking_clients": len(engine.tracking.users),
        "pubsub_clients": sum(bool(client.subscriptions) for client in clients),
        "watching_clients": sum(bool(client.watched) for client in clients),
        "clients_in_timeout_table": sum(one.deadline_ms is not None for one in blocked),
        "total_watched_keys": len({one for client in clients for one in client.watched}),
        "total_blocking_keys": len({(one.db, key) for one in blocked for key in one.keys}),
        "total_blocking_keys_on_nokey": len({(one.db, key) for one in blocked if one.on_missing for key in one.keys}),
        "paused_reason": "client_pause" if pause.mode else "none",
        "paused_actions": pause.mode or "none",
        "paused_timeout_milliseconds": max(0, pause.until_ms - engine.space.now_ms) if pause.mode else 0,
    }


def _memory(engine: Engine) -> Fields:
    config, scripts, now = engine.config, engine.scripts, memory_report.sizes(engine)
    (scripts_vm, functions_vm), limit = now.machines, config.number("maxmemory")
    known: Fields = {
        "used_memory": now.used,
        "used_memory_rss": now.resident,
        "used_memory_peak": now.peak,
        "total_system_memory": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"),
        "used_memory_lua": scripts_vm,
        "used_memory_vm_total": scripts_vm + functions_vm,
        "used_memory_scripts": now.kept,
        "maxmemory": limit,
    }
    known |= {f"{name}_human": human(int(str(size))) for name, size in known.items()}
    return known | {
        "used_memory_peak_time": engine.stats.memory_peak_s,
        "used_memory_peak_perc": f"{100 * now.used / max(1, now.peak):.2f}%",
        "used_memory_overhead": now.used - now.data,
        "used_memory_startup": memory.STARTUP,
        "used_memory_dataset": now.data,
        "used_memory_dataset_perc": f"{100 * now.data / max(1, now.used):.2f}%",
        "allocator_allocated": now.used,
        "allocator_active": now.used,
        "allocator_resident": now.resident,
        "allocator_frag_ratio": "1.00",
        "allocator_rss_ratio": f"{now.beyond:.2f}",
        "allocator_rss_bytes": now.resident - now.used,
        "rss_overhead_ratio": "1.00",
        "used_memory_vm_eval": scripts_vm,
        "used_memory_vm_functions": functions_vm,
        "used_memory_scripts_eval": now.sources,
        "used_memory_functions": now.libraries,
        "number_of_cached_scripts": len(scripts.cache),
        "number_of_functions": scripts.functions.function_count,
        "number_of_libraries": len(scripts.functions.libraries),
        "maxmemory_policy": config.text("maxmemory-policy"),
        "mem_fragmentation_ratio": f"{now.beyond:.2f}",
        "mem_fragmentation_bytes": now.resident - now.used,
        "mem_clients_normal": now.clients,
        "lazyfreed_objects": engine.stats.freed_late,
    }


def _persistence(engine: Engine) -> Fields:
    state = engine.persistence
    state.poll()
    return {
        "rdb_changes_since_last_save": state.changes,
        "rdb_last_save_time": state.last_save_s,
        "rdb_bgsave_in_progress": int(state.is_saving),
        "rdb_last_bgsave_status": "ok" if state.last_status_ok else "err",
        "rdb_last_bgsave_time_sec": state.last_duration_s,
        "rdb_current_bgsave_time_sec": state.saving_for_s,
        "rdb_saves": state.saves,
        "current_save_keys_processed": state.keys_done,
        "current_save_keys_total": state.keys_total,
        "rdb_last_load_keys_expired": state.loaded_expired,
        "rdb_last_load_keys_loaded": state.loaded_keys,
    }


def _stats(engine: Engine) -> Fields:
    stats, space, tracking = engine.stats, engine.space, engine.tracking
    listeners = engine.pubsub.listeners
    denied = {f"acl_access_denied_{what}": count for what, count in stats.acl_denied.items()}
    return denied | {
        "total_connections_received": stats.connections,
        "total_commands_processed": stats.commands,
        "rejected_connections": stats.rejected_connections,
        "instantaneous_ops_per_sec": round(stats.commands_rate.per_s),
        "total_net_input_bytes": stats.net_in,
        "total_net_output_bytes": stats.net_out,
        "instantaneous_input_kbps": f"{stats.in_rate.per_s / 1024:.2f}",
        "instantaneous_output_kbps": f"{stats.out_rate.per_s / 1024:.2f}",
        "expired_keys": space.expired,
        "expired_subkeys": space.expired_fields,
        "expired_fields": space.expired_fields,
        "expired_stale_perc": f"{100 * _stale(engine):.2f}",
        "expire_cycle_cpu_milliseconds": stats.expire_cycle_ns // 1_000_000,
        "evicted_scripts": engine.scripts.cache.evicted,
        "evicted_clients": engine.client_memory.evicted,
        "evicted_keys": engine.eviction.evicted,
        "keyspace_hits": space.hits,
        "keyspace_misses": space.misses,
        "pubsub_channels": len(listeners[Kind.CHANNEL]),
        "pubsub_patterns": len(listeners[Kind.PATTERN]),
        "pubsubshard_channels": len(listeners[Kind.SHARD]),
        "tracking_total_keys": len(tracking.readers),
        "tracking_total_items": tracking.items,
        "tracking_total_prefixes": len(tracking.prefixes),
        "total_error_replies": stats.error_replies,
        "total_reads_processed": stats.reads,
        "total_writes_processed": stats.writes,
        "eventloop_cycles": stats.cycles,
        "eventloop_duration_sum": stats.cycles_ns // 1000,
        "eventloop_duration_cmd_sum": sum(stat.nanoseconds for stat in stats.by_command.values()) // 1000,
        "instantaneous_eventloop_cycles_per_sec": round(stats.cycles_rate.per_s),
        "instantaneous_eventloop_duration_usec": stats.cycles_ns // 1000 // max(1, stats.cycles),
        "acl_access_denied_auth": stats.auth_failures,
    }


def _stale(engine: Engine) -> float:
    """Which part of some keys with a time to live is past it."""
    now = engine.space.now_ms
    sample = [at for db in engine.space.databases for at, _ in zip(db.expires.values(), range(100), strict=False)]
    return sum(at <= now for at in sample) / max(1, len(sample))


def _replication(engine: Engine) -> Fields:
    state = engine.replication
    return {
        "role": "master" if state.master is None else "slave",
        "master_replid": state.id,
        "master_replid2": state.former_id,
        "second_repl_offset": state.went_on_at,
        "repl_backlog_size": engine.config.text("repl-backlog-size"),
    }


def _replica(engine: Engine) -> Fields:
    host, port = engine.replication.master or (b"", 0)
    return {
        "master_host": host.decode("latin-1"),
        "master_port": port,
        "slave_priority": engine.config.text("replica-priority"),
        "slave_read_only": int(engine.config.enabled("replica-read-only")),
        "replica_announced": int(engine.config.enabled("replica-announced")),
    }


def _roles(engine: Engine) -> Iterator[tuple[str, object]]:
    """What a replica tells of its master stands behind its role."""
    role, *others = _section("replication", _replication)(engine)
    yield role
    if engine.replication.master is not None:
        yield from _section("replica", _replica)(engine)
    yield from others


def _cpu(engine: Engine) -> Fields:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "used_cpu_sys": f"{own.ru_stime:.6f}",
        "used_cpu_user": f"{own.ru_utime:.6f}",
        "used_cpu_sys_children": f"{children.ru_stime:.6f}",
        "used_cpu_user_children": f"{children.ru_utime:.6f}",
        "used_cpu_sys_main_thread": f"{own.ru_stime:.6f}",
        "used_cpu_user_main_thread": f"{own.ru_utime:.6f}",
        "used_active_time_main_thread": f"{engine.stats.cycles_ns / 1e9:.6f}",
    }


def _tls(_engine: Engine) -> Fields:
    return {}


def _threads(engine: Engine) -> Iterator[tuple[str, object]]:
    stats = engine.stats
    yield "io_thread_0", f"clients={len(engine.clients)},reads={stats.reads},writes={stats.writes}"


def _modules(engine: Engine) -> Iterator[tuple[str, object]]:
    if (line := info_line(engine.dialect)) is not None:
        yield "module", line


def _commandstats(engine: Engine) -> Iterator[tuple[str, object]]:
    for name, stat in engine.stats.by_command.items():
        if stat.used:
            mean = stat.usec / stat.calls if stat.calls else 0.0
            counts = f"calls={stat.calls},usec={stat.usec},usec_per_call={mean:.2f}"
            yield f"cmdstat_{name}", f"{counts},rejected_calls={stat.rejected},failed_calls={stat.failed}"


def _errorstats(engine: Engine) -> Iterator[tuple[str, object]]:
    for code, count in sorted(engine.stats.errors.items()):
        yield f"errorstat_{code}", f"count={count}"


def _latencystats(engine: Engine) -> Iterator[tuple[str, object]]:
    wanted = engine.config.text("latency-tracking-info-percentiles").split()
    for name, stat in engine.stats.by_command.items():
        if stat.histogram.counts:
            shown = (f"p{one}={stat.histogram.percentile_us(float(one)):.3f}" for one in wanted)
            yield f"latency_percentiles_usec_{name}", ",".join(shown)


def _cluster(_engine: Engine) -> Iterator[tuple[str, object]]:
    yield "cluster_enabled", 0


def _nothing(_engine: Engine) -> Iterator[tuple[str, object]]:
    return iter(())


def _engines(engine: Engine) -> Iterator[tuple[str, object]]:
    used = engine.scripts.memory_used + engine.scripts.function_memory_used
    yield "engines_count", 1
    yield "engines_total_used_memory", used
    yield "engines_total_memory_overhead", 0
    yield "engine_0", f"name=LUA,module=lua,abi_version=4,used_memory={used},memory_overhead=0"


def _keyspace(engine: Engine) -> Iterator[tuple[str, object]]:
    now = engine.space.now_ms
    named = _name_of_timed(engine.dialect)
    for db in engine.space.databases:
        if db.entries:
            sample = [at for at, _ in zip(db.expires.values(), range(_TTL_SAMPLE), strict=False)]
            left_ms = sum(max(0, at - now) for at in sample) // max(1, len(sample))
            last = f"{named}{db.timed_count()}" if named else ""
            yield f"db{db.index}", f"keys={len(db.entries)},expires={len(db.expires)},avg_ttl={left_ms}{last}"


def _name_of_timed(dialect: Dialect) -> str:
    """What stands before the number of keys that hold fields with a time to live."""
    if not dialect.at_least("7.4.0", valkey="9.0.0"):
        return ""
    return ",keys_with_volatile_items=" if dialect.is_valkey else ",subexpiry="


def _keysizes(engine: Engine) -> Iterator[tuple[str, object]]:
    for db in engine.space.databases:
        if not 0 < len(db.entries) <= _SIZED_KEYS:
            continue
        sizes: dict[str, Counter[int]] = {name: Counter() for name in _SIZE_NAMES}
        for value in db.entries.values():
            kind = value.type_name if isinstance(value, Collection) else "string"
            if kind in sizes:
                sizes[kind][len(value).bit_length()] += 1
        for kind, counts in sizes.items():
            if counts:
                shown = ",".join(f"{_power(bits)}={counts[bits]}" for bits in sorted(counts))
                yield f"db{db.index}_distrib_{_SIZE_NAMES[kind]}", shown


def _power(bits: int) -> str:
    """``11`` -> ``1K``: the least size of so many bits."""
    least = 1 << (bits - 1) if bits else 0
    for shift, letter in ((30, "G"), (20, "M"), (10, "K")):
        if least >> shift:
            return f"{least >> shift}{letter}"
    return str(least)


def _debug(engine: Engine) -> Iterator[tuple[str, object]]:
    stats = engine.stats
    yield "eventloop_duration_aof_sum", 0
    yield "eventloop_duration_cron_sum", stats.expire_cycle_ns // 1000
    yield "eventloop_duration_max", stats.longest_cycle_ns // 1000
    yield "eventloop_cmd_per_cycle_max", stats.most_calls_in_cycle


_SECTIONS: Final[dict[str, tuple[str, str, str, Callable[[Engine], Iterator[tuple[str, object]]]]]] = {
    "server": ("Server", "all", "default", _section("server", _server)),
    "tls": ("TLS", "valkey", "all", _section("tls", _tls)),
    "clients": ("Clients", "all", "default", _section("clients", _clients)),
    "memory": ("Memory", "all", "default", _section("memory", _memory)),
    "persistence": ("Persistence", "all", "default", _section("persistence", _persistence)),
    "threads": ("Threads", "redis-8", "default", _threads),
    "stats": ("Stats", "all", "default", _section("stats", _stats)),
    "replication": ("Replication", "all", "default", _roles),
    "cpu": ("CPU", "all", "default", _section("cpu", _cpu)),
    "modules": ("Modules", "all", "default", _modules),
    "commandstats": ("Commandstats", "all", "all", _commandstats),
    "errorstats": ("Errorstats", "all", "default", _errorstats),
    "latencystats": ("Latencystats", "all", "all", _latencystats),
    "cluster": ("Cluster", "all", "default", _cluster),
    "cluster_info": ("Cluster Info", "valkey", "all", _nothing),
    "scriptingengines": ("Scripting Engines", "valkey", "all", _engines),
    "keyspace": ("Keyspace", "all", "default", _keyspace),
    "keysizes": ("Keysizes", "redis-8", "default", _keysizes),
    "debug": ("Debug", "all", "asked", _debug),
}
"""Title, where it is found, what asks for it (``default``, ``all``, or its own name only), its lines."""
