"""CONFIG's table: every parameter that each server shows, with default, kind and limits.

It knows no values in force (`engine.config` does). The facts were read from the servers
themselves: CONFIG GET for names and defaults, and what CONFIG SET refuses for kinds and limits.

The decision a reader would question: most of these change nothing here, because there is no
append-only file, no replica, no cluster and no allocator to tune. Clients and test suites set them all the
same, so they are kept, checked and shown as a server would. `EFFECTIVE` is the one place that
says which do something.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from redis_tui.engine.where import places
from redis_tui.record import dataclass

if TYPE_CHECKING:
    from redis_tui.engine.dialect import Dialect
    from redis_tui.engine.where import Where

Kind = Literal[
    "number",
    "memory",
    "percent",
    "flag",
    "choice",
    "flags",
    "text",
    "save",
    "buffers",
    "events",
    "hostname",
    "ipv4",
    "ipv6",
    "locale",
    "oom",
    "percentiles",
    "title",
]
Access = Literal["free", "fixed", "protected"]
"""Whether CONFIG SET may change it: always, never, or only with ``enable-protected-configs``."""

_INT: Final = 2**31 - 1
_LONG: Final = 2**63 - 1
_ULONG: Final = 2**64 - 1
_POLICIES: Final = (
    "volatile-lru volatile-lfu volatile-random volatile-ttl allkeys-lru allkeys-lfu allkeys-random noeviction"
)
_BUFFERS: Final = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"

_EFFECTIVE: Final = """
    acl-pubsub-default aclfile acllog-max-len appendonly bind busy-reply-threshold client-output-buffer-limit
    commandlog-large-reply-max-len commandlog-large-request-max-len commandlog-reply-larger-than
    commandlog-request-larger-than databases dbfilename dir enable-protected-configs hash-max-listpack-entries
    hash-max-listpack-value hll-sparse-max-bytes latency-monitor-threshold latency-tracking
    latency-tracking-info-percentiles lazyfree-lazy-user-flush lfu-decay-time lfu-log-factor list-max-listpack-size
    maxclients maxmemory maxmemory-clients maxmemory-policy maxmemory-samples min-replicas-max-lag
    min-replicas-to-write notify-keyspace-events port proto-max-bulk-len rdb-key-save-delay rdbchecksum
    rdbcompression requirepass save set-max-intset-entries set-max-listpack-entries set-max-listpack-value
    slowlog-log-slower-than slowlog-max-len stop-writes-on-bgsave-error stream-node-max-bytes
    stream-node-max-entries timeout tracking-table-max-keys zset-max-listpack-entries zset-max-listpack-value
"""
EFFECTIVE: Final = frozenset(_EFFECTIVE.split())
"""Parameters that change what the engine does, by their Redis name where there is one; others are kept and shown."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter."""

    name: str
    default: str = ""
    """Canonical text, as CONFIG GET shows it."""
    kind: Kind = "text"
    low: int = 0
    high: int = _LONG
    unsigned: bool = False
    """Held in an unsigned word: Redis 8 says "greater or equal" of a value below zero."""
    clamp: tuple[int, int] | None = None
    """Limits that a value is silently pulled into."""
    choices: tuple[str, ...] = ()
    access: Access = "free"
    alias: str | None = None
    """Another name that CONFIG takes and shows as well."""
    hidden: bool = False
    """CONFIG GET shows it by its full name only."""
    secret: bool = False
    """Never written to the slow log or to MONITOR."""
    on: Where = "all"


def _flag(
    name: str,
    default: str,
    *,
    access: Access = "free",
    alias: str | None = None,
    hidden: bool = False,
    on: Where = "all",
) -> Setting:
    return Setting(name, default, "flag", access=access, alias=alias, hidden=hidden, on=on)


def _choice(name: str, default: str, choices: str, *, on: Where = "all") -> Setting:
    return Setting(name, default, "choice", choices=tuple(choices.split()), on=on)


def _flags(name: str, default: str, choices: str, *, on: Where = "all") -> Setting:
    return Setting(name, default, "flags", choices=tuple(choices.split()), on=on)


def _number(
    name: str,
    default: int,
    limits: tuple[int, int],
    *,
    unsigned: bool = False,
    clamp: tuple[int, int] | None = None,
    access: Access = "free",
    alias: str | None = None,
    hidden: bool = False,
    on: Where = "all",
) -> Setting:
    low, high = limits
    return Setting(
        name,
        str(default),
        "number",
        low,
        high,
        unsigned=unsigned,
        clamp=clamp,
        access=access,
        alias=alias,
        hidden=hidden,
        on=on,
    )


def _memory(
    name: str,
    default: int,
    limits: tuple[int, int],
    *,
    unsigned: bool = False,
    clamp: tuple[int, int] | None = None,
    alias: str | None = None,
    on: Where = "all",
) -> Setting:
    low, high = limits
    return Setting(name, str(default), "memory", low, high, unsigned=unsigned, clamp=clamp, alias=alias, on=on)


def _text(
    name: str,
    default: str = "",
    *,
    kind: Kind = "text",
    access: Access = "free",
    alias: str | None = None,
    hidden: bool = False,
    secret: bool = False,
    on: Where = "all",
) -> Setting:
    return Setting(name, default, kind, access=access, alias=alias, hidden=hidden, secret=secret, on=on)


SETTINGS: Final[tuple[Setting, ...]] = (
    # Yes or no
    _flag("activedefrag", "no"),
    _flag("activerehashing", "yes"),
    _flag("always-show-logo", "no", access="fixed"),
    _flag("aof-disable-auto-gc", "no", hidden=True),
    _flag("aof-load-truncated", "yes"),
    _flag("aof-rewrite-incremental-fsync", "yes"),
    _flag("aof-timestamp-enabled", "no"),
    _flag("aof-use-rdb-preamble", "yes"),
    _flag("appendonly", "no"),
    _flag("cluster-allow-pubsubshard-when-down", "yes"),
    _flag("cluster-allow-reads-when-down", "no"),
    _flag("cluster-allow-replica-migration", "yes"),
    _flag("cluster-enabled", "no", access="fixed"),
    _flag("cluster-replica-no-failover", "no", alias="cluster-slave-no-failover"),
    _flag("cluster-require-full-coverage", "yes"),
    _flag("cluster-slot-stats-enabled", "no", on="newer"),
    _flag("crash-log-enabled", "yes"),
    _flag("crash-memcheck-enabled", "yes"),
    _flag("daemonize", "no", access="fixed"),
    _flag("disable-thp", "yes", access="fixed"),
    _flag("dual-channel-replication-enabled", "no", on="valkey"),
    _flag("dynamic-hz", "yes", on="redis"),
    _flag("enable-debug-assert", "no", access="fixed", hidden=True, on="valkey"),
    _flag("extended-redis-compatibility", "no", on="valkey"),
    _flag("hide-user-data-from-log", "no", on="redis-8"),
    _flag("hide-user-data-from-log", "yes", on="valkey"),
    _flag("import-mode", "no", on="valkey"),
    _flag("io-threads-do-reads", "no", access="fixed", on="redis-7.2"),
    _flag("jemalloc-bg-thread", "yes"),
    _flag("latency-tracking", "yes"),
    _flag("lazyfree-lazy-eviction", "no", on="redis"),
    _flag("lazyfree-lazy-eviction", "yes", on="valkey"),
    _flag("lazyfree-lazy-expire", "no", on="redis"),
    _flag("lazyfree-lazy-expire", "yes", on="valkey"),
    _flag("lazyfree-lazy-server-del", "no", on="redis"),
    _flag("lazyfree-lazy-server-del", "yes", on="valkey"),
    _flag("lazyfree-lazy-user-del", "no", on="redis"),
    _flag("lazyfree-lazy-user-del", "yes", on="valkey"),
    _flag("lazyfree-lazy-user-flush", "no", on="redis"),
    _flag("lazyfree-lazy-user-flush", "yes", on="valkey"),
    _flag("mptcp", "no", access="fixed", on="valkey"),
    _flag("no-appendfsync-on-rewrite", "no"),
    _flag("protected-mode", "no"),
    _flag("rdb-del-sync-files", "no"),
    _flag("rdb-save-incremental-fsync", "yes"),
    _flag("rdbchecksum", "yes", access="fixed"),
    _flag("rdbcompression", "yes"),
    _flag("repl-disable-tcp-nodelay", "no"),
    _flag("repl-diskless-sync", "yes"),
    _flag("repl-mptcp", "no", access="fixed", on="valkey"),
    _flag("replica-announced", "yes"),
    _flag("replica-ignore-disk-write-errors", "no"),
    _flag("replica-ignore-maxmemory", "yes", alias="slave-ignore-maxmemory"),
    _flag("replica-lazy-flush", "no", alias="slave-lazy-flush", on="redis"),
    _flag("replica-lazy-flush", "yes", alias="slave-lazy-flush", on="valkey"),
    _flag("replica-read-only", "yes", alias="slave-read-only"),
    _flag("replica-serve-stale-data", "yes", alias="slave-serve-stale-data"),
    _flag("set-proc-title", "yes", access="fixed"),
    _flag("stop-writes-on-bgsave-error", "yes"),
    _flag("syslog-enabled", "no", access="fixed"),
    _flag("tls-cluster", "no"),
    _flag("tls-prefer-server-ciphers", "no"),
    _flag("tls-replication", "no"),
    _flag("tls-session-caching", "yes"),
    _flag("use-exit-on-panic", "no", hidden=True),
    _flag("vset-force-single-threaded-execution", "no", on="redis-8"),
    # One of a few words
    _choice("acl-pubsub-default", "resetchannels", "allchannels resetchannels"),
    _choice("appendfsync", "everysec", "everysec always no"),
    _choice("cluster-config-save-behavior", "sync", "sync best-effort", on="valkey"),
    _choice("cluster-preferred-endpoint-type", "ip", "ip hostname unknown-endpoint"),
    _choice("log-format", "legacy", "legacy logfmt json", on="valkey"),
    _choice("log-timestamp-format", "legacy", "legacy iso8601 milliseconds", on="valkey"),
    _choice("loglevel", "notice", "debug verbose notice warning nothing"),
    _choice("maxmemory-policy", "noeviction", _POLICIES),
    _choice("oom-score-adj", "no", "no yes relative absolute"),
    _choice("propagation-error-behavior", "ignore", "ignore panic panic-on-replicas"),
    _choice("rdb-version-check", "strict", "strict relaxed", on="valkey"),
    _choice("repl-diskless-load", "disabled", "disabled on-empty-db swapdb", on="redis"),
    _choice("repl-diskless-load", "disabled", "disabled on-empty-db swapdb flush-before-load", on="valkey"),
    _choice("sanitize-dump-payload", "no", "no yes clients", on="redis"),
    _choice("tls-auth-clients", "yes", "no yes optional"),
    _choice("tls-auth-clients-user", "off", "CN URI off", on="valkey"),
    # Some of a few words
    _flags("shutdown-on-sigint", "default", "default save nosave now force", on="redis"),
    _flags("shutdown-on-sigint", "default", "default save nosave now force safe failover", on="valkey"),
    _flags("shutdown-on-sigterm", "default", "default save nosave now force", on="redis"),
    _flags("shutdown-on-sigterm", "default", "default save nosave now force safe failover", on="valkey"),
    # Whole numbers
    _number("acllog-max-len", 128, (0, _LONG)),
    _number("active-defrag-cycle-max", 25, (1, 99)),
    _number("active-defrag-cycle-min", 1, (1, 99)),
    _number("active-defrag-cycle-us", 500, (0, 100000), on="valkey"),
    _number("active-defrag-max-scan-fields", 1000, (1, _LONG)),
    _number("active-defrag-threshold-lower", 10, (0, 1000)),
    _number("active-defrag-threshold-upper", 100, (0, 1000)),
    _number("active-expire-effort", 1, (1, 10)),
    _number("auto-aof-rewrite-percentage", 100, (0, _INT)),
    _number("busy-reply-threshold", 5000, (0, _LONG), alias="lua-time-limit"),
    _number("cluster-announce-bus-port", 0, (0, 65535)),
    _number("cluster-announce-client-port", 0, (0, 65535), on="valkey"),
    _number("cluster-announce-client-tls-port", 0, (0, 65535), on="valkey"),
    _number("cluster-announce-port", 0, (0, 65535)),
    _number("cluster-announce-tls-port", 0, (0, 65535)),
    _number("cluster-blacklist-ttl", 60, (-_LONG - 1, _LONG), on="valkey"),
    _number("cluster-compatibility-sample-ratio", 0, (0, 100), on="redis-8"),
    _number("cluster-manual-failover-timeout", 5000, (1, _INT), on="valkey"),
    _number("cluster-migration-barrier", 1, (0, _INT)),
    _number("cluster-node-timeout", 15000, (0, _LONG)),
    _number("cluster-ping-interval", 0, (0, _LONG), hidden=True),
    _number("cluster-replica-validity-factor", 10, (0, _INT), alias="cluster-slave-validity-factor"),
    _number("cluster-slot-migration-log-max-len", 1000, (0, _LONG), on="valkey"),
    _number("commandlog-execution-slower-than", 10000, (-1, _LONG), alias="slowlog-log-slower-than", on="valkey"),
    _number("commandlog-large-reply-max-len", 128, (0, _LONG), on="valkey"),
    _number("commandlog-large-request-max-len", 128, (0, _LONG), on="valkey"),
    _number("commandlog-reply-larger-than", 1048576, (-1, _LONG), on="valkey"),
    _number("commandlog-request-larger-than", 1048576, (-1, _LONG), on="valkey"),
    _number("commandlog-slow-execution-max-len", 128, (0, _LONG), alias="slowlog-max-len", on="valkey"),
    _number("databases", 16, (1, _INT), access="fixed"),
    _number("hash-max-listpack-entries", 512, (0, _LONG), unsigned=True, alias="hash-max-ziplist-entries"),
    _number("hz", 10, (0, _INT), clamp=(1, 500)),
    _number("io-threads", 1, (1, 128), access="fixed", on="redis"),
    _number("io-threads", 1, (1, 256), on="valkey"),
    _number("key-load-delay", 0, (-_INT - 1, _INT), hidden=True),
    _number("latency-monitor-threshold", 0, (0, _LONG)),
    _number("lfu-decay-time", 1, (0, _INT)),
    _number("lfu-log-factor", 10, (0, _INT)),
    _number("list-compress-depth", 0, (0, _INT)),
    _number("list-max-listpack-size", -2, (-_INT - 1, _INT), alias="list-max-ziplist-size"),
    _number("loading-process-events-interval-bytes", 524288, (1024, _INT), hidden=True, on="redis-8"),
    _number("loading-process-events-interval-bytes", 2097152, (1024, _INT), hidden=True, on="older"),
    _number("max-new-connections-per-cycle", 10, (1, 1000), unsigned=True, on="newer"),
    _number("max-new-tls-connections-per-cycle", 1, (1, 1000), unsigned=True, on="newer"),
    _number("maxclients", 10000, (1, 4294967295), unsigned=True),
    _number("maxmemory-eviction-tenacity", 10, (0, 100)),
    _number("maxmemory-samples", 5, (1, 64), on="newer"),
    _number("maxmemory-samples", 5, (1, _INT), on="redis-7.2"),
    _number("min-replicas-max-lag", 10, (0, _INT), alias="min-slaves-max-lag"),
    _number("min-replicas-to-write", 0, (0, _INT), alias="min-slaves-to-write"),
    _number("port", 0, (0, 65535)),
    _number("prefetch-batch-max-size", 16, (0, 128), hidden=True, on="redis-8"),
    _number("prefetch-batch-max-size", 16, (0, 128), on="valkey"),
    _number("rdb-key-save-delay", 0, (-_INT - 1, _INT), hidden=True),
    _number("rdma-port", 0, (0, 65535), on="valkey"),
    _number("repl-backlog-ttl", 3600, (0, _LONG)),
    _number("repl-diskless-sync-delay", 5, (0, _INT)),
    _number("repl-diskless-sync-max-replicas", 0, (0, _INT)),
    _number("repl-ping-replica-period", 10, (1, _INT), alias="repl-ping-slave-period"),
    _number("repl-timeout", 60, (1, _INT)),
    _number("replica-announce-port", 0, (0, 65535), alias="slave-announce-port"),
    _number("replica-priority", 100, (0, _INT), alias="slave-priority"),
    _number("set-max-intset-entries", 512, (0, _LONG), unsigned=True),
    _number("set-max-listpack-entries", 128, (0, _LONG), unsigned=True),
    _number("set-max-listpack-value", 64, (0, _LONG), unsigned=True),
    _number("shutdown-timeout", 10, (0, _INT)),
    _number("slowlog-log-slower-than", 10000, (-1, _LONG), on="redis"),
    _number("slowlog-max-len", 128, (0, _LONG), on="redis"),
    _number("stream-node-max-entries", 100, (0, _LONG)),
    _number("tcp-keepalive", 300, (0, _INT)),
    _number("timeout", 0, (0, _INT)),
    _number("tls-auto-reload-interval", 0, (0, _INT), on="valkey"),
    _number("tls-port", 0, (0, 65535)),
    _number("tls-session-cache-size", 20480, (0, _INT)),
    _number("tls-session-cache-timeout", 300, (0, _INT)),
    _number("tracking-table-max-keys", 1000000, (0, _LONG), unsigned=True),
    _number("watchdog-period", 0, (0, _INT), hidden=True),
    _number("zset-max-listpack-entries", 128, (0, _LONG), unsigned=True, alias="zset-max-ziplist-entries"),
    # Amounts of memory
    _memory("active-defrag-ignore-bytes", 104857600, (1, _LONG), unsigned=True),
    _memory("auto-aof-rewrite-min-size", 67108864, (0, _LONG)),
    _memory("client-query-buffer-limit", 1073741824, (1048576, _LONG), unsigned=True),
    _memory("cluster-link-sendbuf-limit", 0, (0, _ULONG), unsigned=True),
    _memory("hash-max-listpack-value", 64, (0, _LONG), unsigned=True, alias="hash-max-ziplist-value"),
    _memory("hll-sparse-max-bytes", 3000, (0, _LONG), unsigned=True),
    _memory("maxmemory", 0, (0, _ULONG), unsigned=True),
    _memory("proto-max-bulk-len", 536870912, (1048576, _LONG)),
    _memory("repl-backlog-size", 1048576, (1, _LONG), clamp=(16384, _LONG), on="redis"),
    _memory("repl-backlog-size", 10485760, (1, _LONG), clamp=(16384, _LONG), on="valkey"),
    _memory("replica-full-sync-buffer-limit", 0, (0, _LONG), on="redis-8"),
    _memory("slot-migration-max-failover-repl-bytes", 0, (-1, _LONG), on="valkey"),
    _memory("stream-node-max-bytes", 4096, (0, _LONG), unsigned=True),
    _memory("zset-max-listpack-value", 64, (0, _LONG), unsigned=True, alias="zset-max-ziplist-value"),
    # Texts, some with a form of their own
    _text("aclfile", access="fixed"),
    _text("aof-rewrite-cpulist", access="fixed", alias="aof_rewrite_cpulist", on="newer"),
    _text("aof_rewrite_cpulist", access="fixed", on="redis-7.2"),
    _text("appenddirname", "appendonlydir", access="fixed"),
    _text("appendfilename", "appendonly.aof", access="fixed"),
    _text("availability-zone", on="valkey"),
    _text("bgsave-cpulist", access="fixed", alias="bgsave_cpulist", on="newer"),
    _text("bgsave_cpulist", access="fixed", on="redis-7.2"),
    _text("bind", "127.0.0.1"),
    _text("bind-source-addr"),
    _text("bio-cpulist", access="fixed", alias="bio_cpulist", on="newer"),
    _text("bio_cpulist", access="fixed", on="redis-7.2"),
    _text("client-output-buffer-limit", _BUFFERS, kind="buffers"),
    _text("cluster-announce-client-ipv4", kind="ipv4", on="valkey"),
    _text("cluster-announce-client-ipv6", kind="ipv6", on="valkey"),
    _text("cluster-announce-hostname", kind="hostname"),
    _text("cluster-announce-human-nodename"),
    _text("cluster-announce-ip"),
    _text("cluster-config-file", "nodes.conf", access="fixed"),
    _text("cluster-databases", "1", access="fixed", on="valkey"),
    _text("cluster-port", "0", access="fixed"),
    _text("dbfilename", "dump.rdb", access="protected"),
    _text("debug-context", hidden=True, on="valkey"),
    _text("dir", access="protected"),
    _text("enable-debug-command", "yes", access="fixed"),
    _text("enable-module-command", "no", access="fixed"),
    _text("enable-protected-configs", "no", access="fixed"),
    _text("hash-seed", access="fixed", on="valkey"),
    _text("ignore-warnings"),
    _text("latency-tracking-info-percentiles", "50 99 99.9", kind="percentiles"),
    _text("locale-collate", kind="locale"),
    _text("logfile", access="fixed"),
    _text("masterauth", secret=True, on="redis"),
    _text("masteruser", secret=True, on="redis"),
    _text("maxmemory-clients", "0", kind="percent"),
    _text("notify-keyspace-events", kind="events"),
    _text("oom-score-adj-values", "0 200 800", kind="oom"),
    _text("pidfile", access="fixed"),
    _text("primaryauth", secret=True, alias="masterauth", on="valkey"),
    _text("primaryuser", secret=True, alias="masteruser", on="valkey"),
    _text("proc-title-template", "{title} {listen-addr} {server-mode}", kind="title"),
    _text("rdma-bind", on="valkey"),
    _text("rdma-completion-vector", "-1", access="fixed", on="valkey"),
    _text("rdma-rx-size", "1048576", access="fixed", on="valkey"),
    _text("replica-announce-ip", alias="slave-announce-ip"),
    _text("replicaof", access="fixed", alias="slaveof"),
    _text("requirepass", secret=True),
    _text("save", kind="save"),
    _text("server-cpulist", access="fixed", alias="server_cpulist", on="newer"),
    _text("server_cpulist", access="fixed", on="redis-7.2"),
    _text("socket-mark-id", "0", access="fixed"),
    _text("supervised", "no", access="fixed"),
    _text("syslog-facility", "local0", access="fixed"),
    _text("syslog-ident", "redis", access="fixed", on="redis"),
    _text("syslog-ident", "valkey", access="fixed", on="valkey"),
    _text("tcp-backlog", "511", access="fixed"),
    _text("tls-ca-cert-dir"),
    _text("tls-ca-cert-file"),
    _text("tls-cert-file"),
    _text("tls-ciphers"),
    _text("tls-ciphersuites"),
    _text("tls-client-cert-file"),
    _text("tls-client-key-file"),
    _text("tls-client-key-file-pass", secret=True),
    _text("tls-dh-params-file"),
    _text("tls-key-file"),
    _text("tls-key-file-pass", secret=True),
    _text("tls-protocols"),
    _text("unixsocket", access="fixed"),
    _text("unixsocketgroup", access="fixed", on="valkey"),
    _text("unixsocketperm", "0", access="fixed"),
)


def settings_of(dialect: Dialect) -> tuple[Setting, ...]:
    """The parameters that a server has."""
    here = places(dialect)
    return tuple(one for one in SETTINGS if one.on in here)


SECRETS: Final = frozenset(name for one in SETTINGS if one.secret for name in (one.name, one.alias) if name)
"""Names whose values are passwords."""
