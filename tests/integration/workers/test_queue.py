"""What becomes of jobs: lost, doubled, taken over; and what Redis never gets to see."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import select

from mappers.documents.outcomes import Hold
from store import companies, queue
from store.companies import PrecoroCompany, QboCompany
from store.records import Record
from tests.rows import change
from tests.stage import KEY, Stage
from workers import sync
from workers.documents.kind import Documents
from workers.records.work import PostponedError
from workers.runtime import Runtime

PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}


def _queued(stage: Stage) -> Record:
    """Approve an invoice and wait until its events have made it due and queued."""
    invoice = stage.approved(number="INV-301", invoiceNumber="S-301", lines=[PAPER])
    while stage.precoro.get("webhooks")["pending"]:
        time.sleep(0.01)
    stage.runtime.dispatch()
    return stage.record(invoice)


def test_when_redis_loses_everything_the_clock_queues_it_again(stage: Stage) -> None:
    record = _queued(stage)
    stage.runtime.redis.flushdb()
    with stage.runtime.read() as (_, moment):
        long_ago = moment - timedelta(seconds=stage.runtime.settings.queued_for + 1)
    change(stage.runtime.store, Record, record.id, queued_at=long_ago)
    stage.settle()
    assert len(stage.bills()) == 1


def test_a_job_that_comes_twice_does_its_work_once(stage: Stage) -> None:
    record = _queued(stage)
    twice = [queue.Queued(record.id, f"again-{number}", "again", by_person=False) for number in range(3)]
    queue.push(stage.runtime.queue, twice)
    stage.settle()
    assert len(stage.bills()) == 1
    assert sync.sync(stage.runtime, record.id) == "not due"


def test_a_job_of_a_record_that_is_gone_ends_quietly(stage: Stage) -> None:
    assert sync.sync(stage.runtime, 999_999) == "not due"


def test_while_redis_is_down_a_worker_goes_on_with_what_it_has(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    record = _queued(stage)
    dead = Runtime(stage.runtime.settings)
    dead.clients.update(stage.runtime.clients)
    offline = Redis.from_url("redis://127.0.0.1:9/0")
    monkeypatch.setattr(dead, "queue", queue.queue(offline, stage.runtime.settings))
    assert sync.sync(dead, record.id).startswith("created Bill")
    assert len(stage.bills()) == 1
    dead.close()
    offline.close()


def test_redis_holds_no_secret_and_nothing_of_a_document(stage: Stage) -> None:
    _queued(stage)
    redis = stage.runtime.redis
    contents = b"".join(redis.dump(key) or b"" for key in redis.scan_iter())
    stage.settle()
    contents += b"".join(redis.dump(key) or b"" for key in redis.scan_iter())
    with stage.runtime.store.read() as session:
        qbo, precoro = session.scalars(select(QboCompany)).one(), session.scalars(select(PrecoroCompany)).one()
    secrets = (qbo.access_token, qbo.refresh_token, precoro.api_key, precoro.webhook_secret, KEY, "Copy paper", "54.00")
    assert [secret for secret in secrets if secret.encode() in contents] == []


def test_what_is_fixed_while_a_document_is_planned_is_not_held_for_it(stage: Stage) -> None:
    record = _queued(stage)
    work = sync.claim(stage.runtime, record.id, afresh=False)
    assert work is not None
    with stage.runtime.write() as (session, _):
        companies.bump_reference(session, work.record.connection_id)
    with pytest.raises(PostponedError, match="changed meanwhile"):
        Documents("invoice").hold(work, Hold(()))
    sync.release(work)
    stored = stage.records()[0]
    assert (stored.state, stored.requested_version > stored.handled_version, stored.lease_until) == ("open", True, None)
