"""The owner thread: jobs in order, kill and close beside the queue."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING

import pytest

from redis_tui.engine.engine import Engine
from redis_tui.engine.scripts import KillResult
from redis_tui.engine.thread import EngineThread
from redis_tui.resp.types import OK, ErrorReply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from redis_tui.engine.client import Client
    from redis_tui.resp.types import Reply

DEADLINE_S = 60


@pytest.fixture
def thread() -> Iterator[EngineThread]:
    thread = EngineThread(Engine(seed=1))
    yield thread
    thread.close()


@pytest.fixture
def client(thread: EngineThread) -> Client:
    return thread.submit(Engine.connect).result(DEADLINE_S)


def ask(thread: EngineThread, client: Client, *argv: bytes, during_busy: bool = False) -> Future[Reply]:
    return thread.submit(lambda engine: engine.execute(client, argv), during_busy=during_busy)


def started(thread: EngineThread, client: Client) -> Future[Reply]:
    """A script without end, once it runs."""
    entered = threading.Event()

    def work(engine: Engine) -> Reply:
        entered.set()
        return engine.execute(client, [b"EVAL", b"while true do end", b"0"])

    running = thread.submit(work)
    assert entered.wait(DEADLINE_S)
    pause = threading.Event()
    for _ in range(1000):
        if thread.running() is not None:
            return running
        pause.wait(0.005)
    raise AssertionError("the script did not start")


def test_jobs_run_in_order_on_one_thread(thread: EngineThread, client: Client) -> None:
    replies = [ask(thread, client, b"RPUSH", b"l", b"%d" % number) for number in range(100)]
    assert [reply.result(DEADLINE_S) for reply in replies] == list(range(1, 101))
    names = {thread.submit(lambda _: threading.current_thread().name).result(DEADLINE_S) for _ in range(3)}
    assert names == {"redis-tui-engine"}


def test_an_exception_goes_to_whoever_waits_and_the_thread_lives_on(thread: EngineThread, client: Client) -> None:
    failed = thread.submit(lambda _: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failed.result(DEADLINE_S)
    assert ask(thread, client, b"SET", b"k", b"v").result(DEADLINE_S) == OK


def test_a_cancelled_job_is_not_run(thread: EngineThread, client: Client) -> None:
    gate = threading.Event()
    first = thread.submit(lambda _: gate.wait(DEADLINE_S))
    second = ask(thread, client, b"SET", b"k", b"v")
    assert second.cancel()
    gate.set()
    assert first.result(DEADLINE_S)
    assert ask(thread, client, b"GET", b"k").result(DEADLINE_S) is None


def test_kill_ends_a_script_from_another_thread(thread: EngineThread, client: Client) -> None:
    running = started(thread, client)
    assert thread.kill() is KillResult.KILLED
    reply = running.result(DEADLINE_S)
    assert isinstance(reply, ErrorReply)
    assert b"Script killed by user with SCRIPT KILL" in reply.line
    assert thread.running() is None
    assert thread.kill() is KillResult.NOTHING_RUNNING


def test_others_are_told_busy_while_a_script_runs_on(thread: EngineThread, client: Client) -> None:
    ask(thread, client, b"CONFIG", b"SET", b"busy-reply-threshold", b"1").result(DEADLINE_S)
    other = thread.submit(Engine.connect).result(DEADLINE_S)
    running = started(thread, client)
    refused = ask(thread, other, b"GET", b"k", during_busy=True).result(DEADLINE_S)
    assert isinstance(refused, ErrorReply)
    assert refused.line.startswith(b"BUSY ")
    waiting = ask(thread, other, b"GET", b"k")
    assert ask(thread, other, b"SCRIPT", b"KILL", during_busy=True).result(DEADLINE_S) == OK
    assert isinstance(running.result(DEADLINE_S), ErrorReply)
    assert waiting.result(DEADLINE_S) is None


def test_closing_ends_a_running_script_and_cancels_the_rest(thread: EngineThread, client: Client) -> None:
    running = started(thread, client)
    waiting = [ask(thread, client, b"GET", b"k") for _ in range(3)]
    thread.close()
    assert isinstance(running.result(DEADLINE_S), ErrorReply)
    for job in [*waiting, ask(thread, client, b"PING")]:
        with pytest.raises(CancelledError):
            job.result(DEADLINE_S)
    thread.close()  # a second time does nothing


def test_it_may_be_closed_from_a_job(thread: EngineThread) -> None:
    assert thread.submit(lambda _: thread.close()).result(DEADLINE_S) is None
    with pytest.raises(CancelledError):
        thread.submit(lambda _: 1).result(DEADLINE_S)


def test_posted_work_runs_while_a_script_is_busy(thread: EngineThread, client: Client) -> None:
    ask(thread, client, b"CONFIG", b"SET", b"busy-reply-threshold", b"1").result(DEADLINE_S)
    running = started(thread, client)
    done = threading.Event()
    thread.post(lambda _: done.set())
    assert done.wait(DEADLINE_S)
    thread.kill()
    running.result(DEADLINE_S)


def test_keys_expire_though_nobody_asks(thread: EngineThread, client: Client) -> None:
    ask(thread, client, b"SET", b"k", b"v", b"PX", b"1").result(DEADLINE_S)
    pause = threading.Event()
    for _ in range(500):
        if thread.submit(lambda engine: len(engine.space.databases[0])).result(DEADLINE_S) == 0:
            return
        pause.wait(0.02)
    raise AssertionError("the key stayed")
