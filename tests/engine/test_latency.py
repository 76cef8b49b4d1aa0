"""The latency monitor and its reports."""

from __future__ import annotations

import pytest

from redis_tui.engine.clock import ManualClock
from redis_tui.engine.dialect import REDIS_8, VALKEY_9, Dialect
from redis_tui.engine.engine import Engine
from redis_tui.engine.latency import Event, LatencyMonitor
from redis_tui.engine.latency_report import graph
from redis_tui.resp.types import Verbatim


def test_of_several_events_in_one_second_the_worst_is_kept() -> None:
    monitor = LatencyMonitor()
    for unix_time, taken_ms in ((100, 50), (100, 20), (101, 60)):
        monitor.add("command", unix_time, taken_ms)
    event = monitor.events["command"]
    assert list(event.samples) == [(100, 50), (101, 60)]
    assert (event.worst_ms, event.total_ms, event.count) == (60, 130, 3)
    assert monitor.reset(["nosuch", "command"]) == 1
    assert monitor.events == {}


def test_a_graph_draws_the_last_samples_with_their_ages() -> None:
    event = Event(worst_ms=60)
    event.samples += [(100, 50), (101, 60)]
    assert graph("command", event, 101).splitlines() == [
        "command - high 60 ms, low 50 ms (all time high 60 ms)",
        "-" * 80,
        " #",
        " |",
        " |",
        "_|",
        "  ",
        "10",
        "ss",
    ]


@pytest.mark.parametrize(
    ("dialect", "extra", "words"),
    [(REDIS_8, [], "I have a few advices for you:"), (VALKEY_9, [130, 3], "Here is some advice for you:")],
)
def test_latest_and_the_doctor_speak_as_each_server(dialect: Dialect, extra: list[int], words: str) -> None:
    clock = ManualClock(1_700_000_002_000)
    engine = Engine(dialect=dialect, clock=clock)
    client = engine.connect()
    engine.execute(client, [b"CONFIG", b"SET", b"latency-monitor-threshold", b"10"])
    for unix_time, taken_ms in ((1_700_000_000, 50), (1_700_000_000, 20), (1_700_000_001, 60)):
        engine.latency.add("command", unix_time, taken_ms)
    assert engine.execute(client, [b"LATENCY", b"LATEST"]) == [[b"command", 1_700_000_001, 60, 60, *extra]]
    report = engine.execute(client, [b"LATENCY", b"DOCTOR"])
    assert isinstance(report, Verbatim)
    text = report.text.decode()
    assert words in text
    assert "1. command: 2 latency spikes (average 55ms, mean deviation 5ms, period 1.00 sec). Worst" in text
    assert "Check your Slow Log" in text


def test_a_slow_command_is_an_event() -> None:
    engine = Engine()
    client = engine.connect()
    engine.execute(client, [b"CONFIG", b"SET", b"latency-monitor-threshold", b"1"])
    engine.execute(client, [b"DEBUG", b"SLEEP", b"0.002"])
    assert list(engine.latency.events) == ["command"]


def test_histograms_are_told_by_command_and_by_container() -> None:
    engine = Engine()
    client = engine.connect()
    client.resp = 3
    for words in ([b"SET", b"k", b"v"], [b"CONFIG", b"GET", b"hz"], [b"CONFIG", b"RESETSTAT"], [b"SET", b"k", b"v"]):
        engine.execute(client, words)
    reply = engine.execute(client, [b"LATENCY", b"HISTOGRAM", b"config", b"set", b"nosuch"])
    assert [name for name, _ in getattr(reply, "pairs", ())] == [b"config|resetstat", b"set"]
