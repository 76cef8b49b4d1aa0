"""What LATENCY GRAPH and LATENCY DOCTOR say about the events that were slow.

It changes nothing. The words are the servers' own; Redis speaks as its doctor does, Valkey
does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from redis_tui.engine.engine import Engine
    from redis_tui.engine.latency import Event

_ROWS: Final = 4
_INK: Final = "_o#"
_COLUMNS: Final = 80
_AGES: Final = ((60, 1, "s"), (3600, 60, "m"), (86400, 3600, "h"))
_ADVICE: Final = {
    "slowlog-enabled": (
        "- There are latency issues with potentially slow commands you are using. Try to enable the Slow Log {feature} "
        "using the command 'CONFIG SET slowlog-log-slower-than {threshold_us}'. If the Slow log is disabled {server} "
        "is not able to log slow commands execution for you."
    ),
    "slowlog-tuning": (
        "- Your current Slow Log configuration only logs events that are slower than your configured latency monitor "
        "threshold. Please use 'CONFIG SET slowlog-log-slower-than {threshold_us}'."
    ),
    "slowlog-inspect": (
        "- Check your Slow Log to understand what are the commands you are running which are too slow to execute. "
        "Please check {url}/commands/slowlog for more information."
    ),
    "scheduler": (
        "- The system is slow to execute {server} code paths not containing system calls. This usually means the "
        "system does not provide {server} CPU time to run for long periods. You should try to:\n"
        "  1) Lower the system load.\n"
        "  2) Use a computer / VM just for {server} if you are running other software in the same system.\n"
        '  3) Check if you have a "noisy neighbour" problem.\n'
        "  4) Check with '{cli} --intrinsic-latency 100' what is the intrinsic latency in your system.\n"
        "  5) Check if the problem is allocator-related by recompiling {server} with MALLOC=libc, if you are using "
        "Jemalloc. However this may create fragmentation problems."
    ),
    "hz": (
        "- In order to make the {server} keys expiring process more incremental, try to set the 'hz' configuration "
        "parameter to 100 using 'CONFIG SET hz 100'."
    ),
    "large-objects": (
        "- Deleting, expiring or evicting (because of maxmemory policy) large objects is a blocking operation. If you "
        "have very large objects that are often deleted, expired, or evicted, try to fragment those objects into "
        "multiple smaller objects."
    ),
}
"""In the order in which a report gives them."""


def graph(name: str, event: Event, now_s: int) -> str:
    """The last samples as a picture, how long ago each was beneath it."""
    samples = list(event.samples)[-_COLUMNS:]
    times = [taken_ms for _, taken_ms in samples]
    high, low = max(times), min(times)
    head = f"{name} - high {high} ms, low {low} ms (all time high {event.worst_ms} ms)\n" + "-" * _COLUMNS + "\n"
    steps, spread = _ROWS * len(_INK), max(1, high - low)
    heights = [min(steps - 1, (taken_ms - low) * steps // spread) for taken_ms in times]
    rows = ["".join(_ink(height - (_ROWS - 1 - row) * len(_INK)) for height in heights) for row in range(_ROWS)]
    labels = [_age(now_s - unix_time) for unix_time, _ in samples]
    tallest = max(map(len, labels))
    below = ["".join(label[at : at + 1] or " " for label in labels) for at in range(tallest)]
    return head + "".join(line + "\n" for line in (*rows, " " * len(samples), *below))


def doctor(engine: Engine) -> str:
    """An analysis for people."""
    threshold_ms = engine.config.number("latency-monitor-threshold")
    valkey = engine.dialect.is_valkey
    server = "Valkey" if valkey else "Redis"
    events = engine.latency.events
    if not threshold_ms:
        manners = (
            ""
            if valkey
            else " If we weren't in a deep space mission I'd suggest to take a look at https://redis.io/topics/latency-monitor."
        )
        return (
            f"I'm sorry, Dave, I can't do that. Latency monitoring is disabled in this {server} instance. You may use "
            f'"CONFIG SET latency-monitor-threshold <milliseconds>." in order to enable it.{manners}\n'
        )
    if not events:
        calm = (
            ""
            if valkey
            else " I honestly think you ought to sit down calmly, take a stress pill, and think things over."
        )
        dave = "No" if valkey else "Dave, no"
        return (
            f"{dave} latency spike was observed during the lifetime of this {server} instance, "
            f"not in the slightest bit.{calm}\n"
        )
    if valkey:
        report = f"Latency spikes are observed in this {server} instance.\n\n"
    else:
        report = (
            f"Dave, I have observed latency spikes in this {server} instance. You don't mind talking about it, "
            "do you Dave?\n\n"
        )
    now_s = engine.clock.now_us() // 1_000_000
    for number, (name, event) in enumerate(events.items(), 1):
        report += f"{number}. {name}: {_summary(event, now_s)}\n"
    words = {
        "server": server,
        "feature": f"{server} feature",
        "url": "https://valkey.io" if valkey else "https://redis.io",
        "cli": "valkey-cli" if valkey else "redis-cli",
        "threshold_us": threshold_ms * 1000,
    }
    wanted = {advice for name in events for advice in _advices(engine, name, threshold_ms)}
    report += "\nHere is some advice for you:\n\n" if valkey else "\nI have a few advices for you:\n\n"
    return report + "".join(text.format(**words) + "\n" for key, text in _ADVICE.items() if key in wanted)


def _advices(engine: Engine, event: str, threshold_ms: int) -> list[str]:
    if event == "fast-command":
        return ["scheduler"]
    if event == "expire-cycle":
        return ["hz", "large-objects"]
    slower_than_us = engine.config.number("slowlog-log-slower-than")
    if slower_than_us < 0:
        return ["slowlog-enabled", "large-objects"]
    if slower_than_us // 1000 > threshold_ms:
        return ["slowlog-tuning", "large-objects"]
    return ["slowlog-inspect", "large-objects"]


def _summary(event: Event, now_s: int) -> str:
    times = [taken_ms for _, taken_ms in event.samples]
    mean = sum(times) // len(times)
    deviation = sum(abs(mean - taken_ms) for taken_ms in times) // len(times)
    period_s = max(1, now_s - event.samples[0][0]) / len(times)
    return (
        f"{len(times)} latency spikes (average {mean}ms, mean deviation {deviation}ms, period {period_s:.2f} sec). "
        f"Worst all time event {event.worst_ms}ms."
    )


def _ink(height: int) -> str:
    """What one column shows in a row that begins at height 0."""
    if height < 0:
        return " "
    return _INK[height] if height < len(_INK) else "|"


def _age(seconds: int) -> str:
    for limit, unit, letter in _AGES:
        if seconds < limit:
            return f"{seconds // unit}{letter}"
    return f"{seconds // 86400}d"
