"""INFO of the nodes of a cluster as one: sums where a sum means something, else what each says.

Pure. The decision a reader would question: a field that is neither a sum nor the same everywhere is told as all its
values, not as the first node's. A pane that wants a number shows it as text then; it would else show a third.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from redis_tui.resp.types import ErrorReply, Reply
from redis_tui.session.facts import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis_tui.session.cluster_map import Node

_SUMS: Final = frozenset(
    (
        "blocked_clients",
        "clients_in_timeout_table",
        "connected_clients",
        "connected_slaves",
        "evicted_clients",
        "evicted_keys",
        "evicted_scripts",
        "expired_keys",
        "expired_fields",
        "expired_subkeys",
        "instantaneous_input_kbps",
        "instantaneous_ops_per_sec",
        "instantaneous_output_kbps",
        "keyspace_hits",
        "keyspace_misses",
        "maxmemory",
        "number_of_cached_scripts",
        "number_of_functions",
        "number_of_libraries",
        "pubsub_channels",
        "pubsub_patterns",
        "pubsub_clients",
        "pubsubshard_channels",
        "rdb_changes_since_last_save",
        "rejected_connections",
        "total_blocking_keys",
        "total_commands_processed",
        "total_connections_received",
        "total_error_replies",
        "total_net_input_bytes",
        "total_net_output_bytes",
        "total_reads_processed",
        "total_writes_processed",
        "tracking_clients",
        "used_cpu_sys",
        "used_cpu_user",
        "used_memory",
        "used_memory_dataset",
        "used_memory_functions",
        "used_memory_lua",
        "used_memory_overhead",
        "used_memory_peak",
        "used_memory_rss",
        "used_memory_scripts",
        "used_memory_scripts_eval",
        "used_memory_startup",
        "used_memory_vm_eval",
        "used_memory_vm_functions",
        "used_memory_vm_total",
        "watching_clients",
    )
)
_MEANS: Final = {"usec_per_call": "calls", "avg_ttl": "expires"}
"""A mean within a field, and the count beside it that it is the mean of."""
_COUNTS: Final = re.compile(r"^(?:db\d+|cmdstat_.+|errorstat_.+)$")
_UNITS: Final = ("B", "K", "M", "G", "T")


def merged_info(_: Sequence[bytes], answers: Sequence[tuple[Node, Reply]]) -> Reply:
    """One INFO of several, with a section ``Nodes`` ahead that names each; one that failed says so there.

    Args:
        answers: of each primary.

    Returns:
        INFO's text; an error where no node has answered.
    """
    told = [(node, _sections(text_of(reply))) for node, reply in answers if not isinstance(reply, ErrorReply)]
    if not told:
        return answers[0][1]
    lines = ["# Nodes", f"cluster_primaries:{len(answers)}", f"cluster_primaries_told:{len(told)}"]
    lines += [f"{node.name.replace(':', '_')}:{_told(reply)}" for node, reply in answers]
    for section in dict.fromkeys(name for _, sections in told for name in sections):
        lines += ["", f"# {section}"]
        columns = [(node, sections.get(section, {})) for node, sections in told]
        for name in dict.fromkeys(name for _, fields in columns for name in fields):
            lines.append(f"{name}:{_merged(name, [fields[name] for _, fields in columns if name in fields])}")
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")


def _told(reply: Reply) -> str:
    if isinstance(reply, ErrorReply):
        return f"error={reply.line.decode('utf-8', 'replace')}"
    sections = _sections(text_of(reply))
    fields = {name: value for section in sections.values() for name, value in section.items()}
    wanted = {"used_memory_human": "memory", "connected_clients": "clients", "instantaneous_ops_per_sec": "ops"}
    keys = [fields.get("db0", "keys=0").partition(",")[0]] if "Keyspace" in sections else []
    return ",".join((*keys, *(f"{label}={fields[name]}" for name, label in wanted.items() if name in fields)))


def _sections(text: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    fields: dict[str, str] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            fields = found.setdefault(line.lstrip("# ").strip(), {})
        elif ":" in line:
            name, _, value = line.partition(":")
            fields[name] = value
    return found


def _merged(name: str, values: list[str]) -> str:
    if _COUNTS.match(name):
        return _added_parts(values)
    if name.endswith("_human") and name.removesuffix("_human") in _SUMS:
        return _human(sum(map(_bytes, values)))
    if name in _SUMS:
        return _added(values)
    return ", ".join(dict.fromkeys(values))


def _added_parts(values: list[str]) -> str:
    """``keys=3,expires=0,avg_ttl=0`` and its like: counts are added, means are weighed by what they are means of."""
    rows = [dict(part.partition("=")[::2] for part in value.split(",")) for value in values]
    labels = dict.fromkeys(label for row in rows for label in row)
    return ",".join(f"{label}={_part(label, rows)}" for label in labels)


def _part(label: str, rows: list[dict[str, str]]) -> str:
    weight = _MEANS.get(label)
    if weight is None:
        return _added([row[label] for row in rows if label in row])
    weighed = [(_number(row.get(weight, "")), _number(row.get(label, ""))) for row in rows]
    total = sum(count for count, _ in weighed)
    mean = sum(count * value for count, value in weighed) / total if total else 0.0
    return f"{mean:.2f}" if any("." in row.get(label, "") for row in rows) else str(round(mean))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _added(values: list[str]) -> str:
    try:
        if any("." in value for value in values):
            return f"{sum(map(float, values)):.6f}".rstrip("0").rstrip(".")
        return str(sum(map(int, values)))
    except ValueError:
        return ", ".join(dict.fromkeys(values))


def _bytes(text: str) -> float:
    unit = text[-1:]
    try:
        return float(text.rstrip("BKMGT")) * 1024.0 ** (_UNITS.index(unit) if unit in _UNITS else 0)
    except ValueError:
        return 0.0


def _human(size: float) -> str:
    """As INFO writes it: ``1.05M``."""
    for unit in _UNITS:
        if size < 1024 or unit == "T":
            return f"{size:.2f}{unit}"
        size /= 1024
    return f"{size:.2f}"
