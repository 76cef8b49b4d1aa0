"""rq: a worker in its own process, which forks for every job and runs a scheduler beside."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from rq import Queue, Retry
from rq.job import Job, JobStatus
from rq.results import Result
from rq.worker import Worker

from tests.programs import rq_jobs

if TYPE_CHECKING:
    import redis

    from tests.programs.conftest import Served, Start

pytestmark = pytest.mark.xdist_group("programs-rq")


@pytest.fixture(scope="module", autouse=True)
def worker(served: Served, start: Start) -> None:
    start(sys.executable, "-m", "rq.cli", "worker", "--url", served.url, "--with-scheduler", "high", "low")


@pytest.fixture
def low(db: redis.Redis) -> Queue:
    return Queue("low", connection=db)


def result(job: Job) -> Result:
    """Waits on the stream in which rq keeps results."""
    found = job.latest_result(timeout=20)
    assert found is not None
    return found


def test_a_job_returns_its_value_and_is_listed_as_finished(low: Queue) -> None:
    job = low.enqueue(rq_jobs.add, 2, 3)
    assert result(job).return_value == 5
    assert job.get_status() == JobStatus.FINISHED
    assert job.id in low.finished_job_registry.get_job_ids()
    (worker,) = Worker.all(connection=low.connection)
    assert worker.queue_names() == ["high", "low"]


def test_many_jobs_are_put_into_a_queue_at_once(low: Queue) -> None:
    jobs = low.enqueue_many([Queue.prepare_data(rq_jobs.add, args=(n, n)) for n in range(4)])
    assert [result(job).return_value for job in jobs] == [0, 2, 4, 6]


def test_a_failed_job_tells_why_and_can_be_tried_again(low: Queue) -> None:
    job = low.enqueue(rq_jobs.fail, "broken")
    failure = result(job)
    assert failure.type == Result.Type.FAILED
    assert "ValueError: broken" in str(failure.exc_string)
    failed = low.failed_job_registry
    assert job.id in failed.get_job_ids()
    failed.remove(job, delete_job=True)
    assert not Job.exists(job.id, connection=low.connection)


def test_a_job_is_retried_at_once_and_later(low: Queue, db: redis.Redis) -> None:
    at_once = low.enqueue(rq_jobs.fail_until, 3, retry=Retry(max=3))
    later = low.enqueue(rq_jobs.fail_until, 2, retry=Retry(max=1, interval=1))
    assert db.blpop([f"done:{at_once.id}"], timeout=20) == (f"done:{at_once.id}".encode(), b"3")
    assert db.blpop([f"done:{later.id}"], timeout=20) == (f"done:{later.id}".encode(), b"2")


def test_a_scheduled_job_waits_for_its_time(low: Queue) -> None:
    job = low.enqueue_in(timedelta(seconds=1), rq_jobs.add, 1, 1)
    assert job.get_status() == JobStatus.SCHEDULED
    scheduled = low.scheduled_job_registry
    assert job.id in scheduled.get_job_ids()
    assert result(job).return_value == 2
    assert job.id not in scheduled.get_job_ids()


def test_a_job_waits_for_those_it_depends_on(low: Queue, db: redis.Redis) -> None:
    first = low.enqueue(rq_jobs.note, "first")
    second = Queue("high", connection=db).enqueue(rq_jobs.note, "second", depends_on=first)
    third = low.enqueue(rq_jobs.note, "third", depends_on=[first, second])
    assert result(third).return_value == 3
    assert db.lrange("order", 0, -1) == [b"first", b"second", b"third"]
