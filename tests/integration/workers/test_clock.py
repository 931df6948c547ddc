"""What the clock does without an event, however many clocks there are."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

from rq import Queue
from rq.executions import Execution
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer
from rq.worker import SimpleWorker
from sqlalchemy import select

from outbound.errors import CallDetails, TokenEndpointTrouble
from store import duties, events
from store.base import now
from store.companies import QboCompany
from store.history import PlanRow
from store.records import FAILED, SYNCED, Record
from tests.rows import change, record
from tests.stage import Stage
from workers import clock
from workers.ops import doctor
from workers.runtime import Runtime


def _failed_job(queue: Queue, *arguments: object) -> str:
    """Put a job that fails on the queue and let it fail."""
    job = queue.enqueue_call("workers.jobs.no_such_function", args=arguments)
    SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer).work(
        burst=True, logging_level="CRITICAL"
    )
    return str(job.id)


def test_every_tick_is_noted_and_makes_the_receiver_ready(stage: Stage) -> None:
    clock.tick(stage.runtime)
    with stage.runtime.read() as (session, moment):
        ticked = duties.last_tick(session)
    assert ticked is not None
    assert moment - ticked < timedelta(seconds=10)


def test_several_clocks_read_the_changes_of_a_company_once(stage: Stage) -> None:
    stage.quickbooks.delete("requests")
    with ExitStack() as stack:
        settings = replace(stage.runtime.settings, changes_every=3600.0)  # a busy machine takes seconds for a tick
        runtimes = [Runtime(settings) for _ in range(4)]
        for runtime in runtimes:
            stack.callback(runtime.close)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(clock.tick, runtimes))
    read = [call for call in stage.quickbooks.get("requests") if "/cdc" in call["path"]]
    assert len(read) <= 1


def test_a_duty_that_fails_comes_again_and_disturbs_nothing(stage: Stage) -> None:
    def fail() -> None:
        raise TokenEndpointTrouble(CallDetails(service="x", text="out"))

    clock.duty(stage.runtime, "a duty", 3600, fail)
    done: list[bool] = []
    clock.duty(stage.runtime, "a duty", 3600, lambda: done.append(True))
    assert done == []
    clock.duty(stage.runtime, "a duty", 0, lambda: done.append(True))
    assert done == [True]


def test_a_duty_that_meets_what_it_cannot_deal_with_stops_no_other_and_is_shown_until_it_can(stage: Stage) -> None:
    def stumble() -> None:
        raise KeyError("a row like no other\x00")

    clock.duty(stage.runtime, "a duty", 0, stumble)
    duty_checks = [check for check in doctor.check_installation(stage.runtime) if check.name == "duty a duty"]
    assert ["a row like no other" in check.sentence for check in duty_checks] == [True]
    clock.duty(stage.runtime, "a duty", 0, lambda: None)
    assert "duty a duty" not in [check.name for check in doctor.check_installation(stage.runtime)]


def test_a_closing_date_that_cannot_be_read_stops_nothing_and_doctor_shows_it(stage: Stage) -> None:
    stage.quickbooks.post("settings", preferences={"AccountingInfoPrefs.BookCloseDate": "31.12.2025"})
    with stage.runtime.write() as (session, _):
        session.scalars(select(QboCompany)).one().checked_at = None
    clock.tick(stage.runtime)
    (check,) = [check for check in doctor.check_installation(stage.runtime) if check.name == "widgets-inc: books"]
    assert ("31.12.2025" in check.sentence, "closing date" in str(check.remedy)) == (True, True)


def test_decisions_are_forgotten_after_90_days_but_never_the_last_about_a_record(stage: Stage) -> None:
    store = stage.runtime.store
    busy, quiet = record(store, 1, "1"), record(store, 1, "2")
    with store.write() as session:
        moment = now(session)
        for about, days in ((busy, 200), (busy, 91), (busy, 89), (busy, 1), (quiet, 300), (quiet, 200)):
            at = moment - timedelta(days=days)
            session.add(PlanRow(at=at, record_id=about, decision="create", summary=f"{days} days"))
            session.flush()
    clock.forget(stage.runtime)
    with store.read() as session:
        assert [row.summary for row in session.scalars(select(PlanRow).order_by(PlanRow.id))] == [
            "89 days",
            "1 days",
            "200 days",
        ]


def test_failed_jobs_whose_record_moved_on_are_cleared(stage: Stage) -> None:
    store, queue = stage.runtime.store, stage.runtime.queue
    failed = record(store, 1, "1", state=FAILED, requested_version=1, handled_version=1)
    moved_on = record(store, 1, "2", state=SYNCED, requested_version=1, handled_version=1)
    kept = _failed_job(queue, failed)
    for arguments in ((moved_on,), (999_999,), (), ("no number",)):
        _failed_job(queue, *arguments)
    assert clock.clear_failed_jobs(stage.runtime) == 4
    assert FailedJobRegistry(queue=queue).get_job_ids() == [kept]
    change(store, Record, failed, state=SYNCED)
    assert clock.clear_failed_jobs(stage.runtime) == 1


def test_a_failed_job_of_a_killed_worker_is_cleared_though_its_traces_in_redis_have_expired(stage: Stage) -> None:
    queue = stage.runtime.queue
    job = queue.fetch_job(
        _failed_job(queue, record(stage.runtime.store, 1, "1", state=SYNCED, requested_version=1, handled_version=1))
    )
    assert job is not None
    with queue.connection.pipeline() as pipeline:
        execution = Execution.create(job, 60, pipeline)
        pipeline.delete(execution.key)
        pipeline.execute()
    vanished = _failed_job(queue, 999_999)
    queue.connection.delete(f"rq:job:{vanished}")
    clock.clear_failed_jobs(stage.runtime)
    assert FailedJobRegistry(queue=queue).get_job_ids() == []
    assert not list(queue.connection.scan_iter(f"rq:*{job.id}*"))


def test_a_tick_forgets_what_is_old_and_clears_failed_jobs_once_that_is_due(stage: Stage) -> None:
    store, queue = stage.runtime.store, stage.runtime.queue
    _failed_job(queue, record(store, 1, "1", state=SYNCED, requested_version=1, handled_version=1))
    with stage.runtime.write() as (session, moment):
        long_ago = moment - timedelta(days=91)
        session.add(events.Event(source=events.PRECORO, status=events.KEPT, payload={}, received_at=long_ago))
        for name in (clock.RETENTION, clock.FAILED_JOBS):
            duties.begin(session, name, moment, 0)
    clock.tick(stage.runtime)
    assert (_events(stage), len(FailedJobRegistry(queue=queue).get_job_ids())) == (1, 1)
    with stage.runtime.write() as (session, moment):
        for name in (clock.RETENTION, clock.FAILED_JOBS):
            session.get_one(duties.Duty, name).begun_at = moment - timedelta(hours=25)
    clock.tick(stage.runtime)
    assert (_events(stage), FailedJobRegistry(queue=queue).get_job_ids()) == (0, [])


def _events(stage: Stage) -> int:
    with stage.runtime.read() as (session, _):
        return session.query(events.Event).count()


def test_events_are_forgotten_after_their_retention_and_not_before(stage: Stage) -> None:
    with stage.runtime.store.write() as session:
        moment = now(session)
        for days in (89, 91):
            session.add(
                events.Event(
                    source=events.PRECORO,
                    status=events.KEPT,
                    subject=f"{days} days",
                    payload={},
                    received_at=moment - timedelta(days=days),
                )
            )
    clock.forget(stage.runtime)
    with stage.runtime.store.read() as session:
        left = [
            event.subject for event in session.query(events.Event) if event.subject and event.subject.endswith("days")
        ]
    assert left == ["89 days"]
