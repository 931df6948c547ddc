"""From what is due to jobs on RQ: fairly over connections, a person's click first, and nothing lost with Redis."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue

from settings import Settings
from store import queue
from store.base import Store, now
from store.companies import Connection
from store.job import RECORD_JOB
from store.queue import Queued
from store.records import INVOICE, PURCHASE_ORDER, Record
from tests.rows import LONG_AGO, change, connected, fetch, record
from tests.stage import environment, load_settings


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    """Return settings at the real speed: four live claims a connection, queued again after two minutes."""
    return load_settings(environment(tmp_path, redis_url, TIEOUT_SPEED="1"))


@pytest.fixture
def rq(redis: Redis, settings: Settings) -> Queue:
    """Return the queue, empty."""
    assert redis.dbsize() == 0
    return queue.queue(redis, settings)


def pick(store: Store, settings: Settings) -> list[Queued]:
    """Pick in a transaction of its own."""
    with store.write() as session:
        return queue.pick(session, now(session), settings)


def ids(picked: Sequence[Queued]) -> list[int]:
    """Return the records that were picked."""
    return [item.id for item in picked]


def test_a_busy_connection_leaves_room_for_the_others(store: Store, settings: Settings) -> None:
    busy, small = connected(store, "busy"), connected(store, "small")
    many = [record(store, busy, str(number)) for number in range(20)]
    few = [record(store, small, str(number)) for number in range(2)]
    assert ids(pick(store, settings)) == [many[0], few[0], many[1], few[1], many[2], many[3]]
    assert pick(store, settings) == []


def test_as_one_record_is_released_the_next_one_is_picked(store: Store, settings: Settings) -> None:
    connection_id = connected(store)
    many = [record(store, connection_id, str(number)) for number in range(6)]
    pick(store, settings)
    change(store, Record, many[0], requested_version=1, handled_version=1, queued_at=None)
    assert ids(pick(store, settings)) == [many[4]]


def test_a_click_of_a_person_goes_first_then_purchase_orders_then_the_oldest(store: Store, settings: Settings) -> None:
    connection_id = connected(store)
    late = {"requested_at": LONG_AGO + timedelta(hours=1)}
    newer = record(store, connection_id, "1", kind=INVOICE, **late)
    older = record(store, connection_id, "2", kind=INVOICE)
    order = record(store, connection_id, "3", kind=PURCHASE_ORDER, **late)
    by_person = record(store, connection_id, "4", kind=INVOICE, requested_by_person=True, **late)
    assert ids(pick(store, settings)) == [by_person, order, older, newer]


def test_a_click_goes_first_whatever_other_connections_have(store: Store, settings: Settings) -> None:
    first, second = connected(store, "first"), connected(store, "second")
    record(store, first, "1")
    by_person = record(store, second, "2", requested_by_person=True)
    assert ids(pick(store, settings))[0] == by_person


def test_a_connection_that_rested_gets_one_probe(store: Store, settings: Settings) -> None:
    connection_id = connected(store)
    many = [record(store, connection_id, str(number)) for number in range(3)]
    change(store, Connection, connection_id, backoffs=1, backoff_until=LONG_AGO)
    assert ids(pick(store, settings)) == [many[0]]


def test_what_was_queued_but_never_started_is_queued_again_after_two_minutes(store: Store, settings: Settings) -> None:
    lost = record(store, connected(store))
    assert ids(pick(store, settings)) == [lost]
    assert pick(store, settings) == []
    with store.read() as session:
        long_ago = now(session) - timedelta(seconds=settings.queued_for + 1)
    change(store, Record, lost, queued_at=long_ago)
    assert ids(pick(store, settings)) == [lost]


def test_several_clocks_at_once_queue_each_record_once(store: Store, settings: Settings) -> None:
    for slug in ("a", "b", "c"):
        connection_id = connected(store, slug)
        for number in range(4):
            record(store, connection_id, str(number))
    with ThreadPoolExecutor(4) as pool:
        picked = list(pool.map(lambda _: pick(store, settings), range(8)))
    assert sorted(record_id for each in picked for record_id in ids(each)) == list(range(1, 13))


def test_one_record_is_picked_for_an_event_if_it_is_due_and_there_is_room(store: Store, settings: Settings) -> None:
    connection_id = connected(store)
    many = [record(store, connection_id, str(number)) for number in range(6)]
    picked = []
    for record_id in [*many, many[0]]:
        with store.write() as session:
            picked += ids(queue.pick_one(session.connection(), now(session), settings, record_id))
    assert picked == many[:4]


def test_jobs_bear_names_that_people_recognise_and_json(store: Store, settings: Settings, rq: Queue) -> None:
    record(store, connected(store), "203", idn="17/3 ü", number="INV-203")
    picked = pick(store, settings)
    queue.push(rq, picked)
    (job,) = rq.jobs
    assert job.id.startswith("invoice-17_3")
    assert (job.func_name, job.args, job.timeout) == (RECORD_JOB, [1], settings.job_timeout)
    assert job.description == "invoice 17_3__"  # no free text: RQ's tools print it


def test_a_click_overtakes_what_is_queued_already(store: Store, settings: Settings, rq: Queue) -> None:
    connection_id = connected(store)
    for number in range(2):
        record(store, connection_id, str(number))
    queue.push(rq, pick(store, settings))
    by_person = record(store, connection_id, "99", requested_by_person=True)
    queue.push(rq, pick(store, settings))
    assert next(job.args[0] for job in rq.jobs) == by_person


def test_what_redis_did_not_take_is_due_again_at_once(store: Store, settings: Settings, tmp_path: Path) -> None:
    waiting = record(store, connected(store))
    picked = pick(store, settings)
    nobody = load_settings(environment(tmp_path, "redis://127.0.0.1:9/0"))
    with pytest.raises(queue.QueueError):
        queue.push(queue.queue(queue.connect(nobody), nobody), picked)
    with store.write() as session:
        queue.unpick(session, picked)
    assert fetch(store, waiting).queued_at is None
    assert ids(pick(store, settings)) == [waiting]
