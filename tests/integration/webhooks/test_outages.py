"""What the senders are told when Redis or the database is down, and what /healthz and /readyz say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from store import duties, queue
from store.base import Store, now
from tests.integration.webhooks.conftest import House, close, open_house
from tests.postgres import NoPostgresError, Postgres
from tests.rows import AN_HOUR, REALM, fetch, record
from tests.signing import cloud_event


def _tick(store: Store, ago: timedelta = timedelta(0)) -> None:
    with store.write() as session:
        duties.begin(session, duties.TICK, now(session) - ago, 0)


@pytest.fixture
def adrift(tmp_path: Path, redis: Redis, redis_url: str) -> Iterator[House]:
    """Return a receiver whose SQLite file has been moved away, folder and all."""
    home = tmp_path / "disk"
    home.mkdir()
    house = open_house(home, redis, redis_url)
    house.app.extensions["tieout"].store.close()
    house.store.close()
    home.rename(tmp_path / "unmounted")
    yield house
    close(house)


def test_while_redis_is_down_a_ping_is_kept_and_the_clock_queues_it_later(without_redis: House, redis: Redis) -> None:
    assert without_redis.ping().status_code == 200
    (due,) = without_redis.records()
    assert (len(without_redis.events()), due.requested_version, due.queued_at) == (1, 1, None)
    with without_redis.store.write() as session:
        picked = queue.pick(session, now(session), without_redis.settings)
    queue.push(queue.queue(redis, without_redis.settings), picked)
    assert without_redis.jobs() == 1


@pytest.mark.parametrize("error", [RedisTimeoutError("slow"), ResponseError("READONLY"), ResponseError("OOM")])
def test_any_error_of_redis_is_nothing_to_the_sender(
    house: House, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Redis, "execute_command", fail)
    monkeypatch.setattr("redis.client.Pipeline.execute", fail)
    assert house.ping().status_code == 200
    assert [stored.queued_at for stored in house.records()] == [None]


def test_while_redis_is_down_notifications_are_kept(without_redis: House) -> None:
    assert without_redis.notify([cloud_event(REALM)]).status_code == 200
    assert without_redis.changes_due() == [REALM]


def test_while_the_database_is_down_the_sender_is_asked_to_try_again(adrift: House) -> None:
    answers = [adrift.ping(), adrift.notify([cloud_event(REALM)])]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert all("again" in answer.get_json()["error"] for answer in answers)


def test_while_the_database_is_down_a_forged_signature_is_refused_all_the_same(adrift: House) -> None:
    assert adrift.notify([cloud_event(REALM)], token="other").status_code == 401


def test_postgres_may_go_down_and_come_back(tmp_path: Path, redis: Redis, redis_url: str) -> None:
    try:
        server = Postgres()
    except NoPostgresError as error:
        pytest.skip(str(error))
    house = open_house(tmp_path, redis, redis_url, DATABASE_URL=server.new_database())
    _tick(house.store)
    assert house.ping().status_code == 200
    server.stop()
    assert [house.ping().status_code, house.client.get("/readyz").status_code] == [503, 503]
    server.start()
    assert [house.ping().status_code, house.client.get("/readyz").status_code] == [200, 200]
    assert len(house.events()) == 2
    close(house)
    server.remove()


def test_alive_is_alive_whatever_is_down(adrift: House, without_redis: House) -> None:
    assert [house.client.get("/healthz").status_code for house in (adrift, without_redis)] == [200, 200]


def test_ready_says_what_is_due_and_since_when(house: House) -> None:
    _tick(house.store)
    assert house.client.get("/readyz").get_json()["due"] == 0
    waiting = record(house.store, 1)
    answer = house.client.get("/readyz")
    since = fetch(house.store, waiting).requested_at
    assert since is not None
    assert (answer.status_code, answer.get_json()) == (
        200,
        {"ready": True, "reasons": [], "due": 1, "oldest_due": since.isoformat()},
    )


@pytest.mark.parametrize("ago", [None, AN_HOUR, timedelta(seconds=125)])
def test_ready_is_red_when_no_clock_ticks(house: House, ago: timedelta | None) -> None:
    if ago is not None:
        _tick(house.store, ago)
    answer = house.client.get("/readyz")
    assert answer.status_code == 503
    assert "clock" in answer.get_json()["reasons"][0]
    _tick(house.store)
    assert house.client.get("/readyz").status_code == 200


def test_ready_is_red_when_redis_is_down(without_redis: House) -> None:
    _tick(without_redis.store)
    answer = without_redis.client.get("/readyz")
    assert (answer.status_code, len(answer.get_json()["reasons"])) == (503, 1)
    assert "REDIS_URL" in answer.get_json()["reasons"][0]


def test_ready_is_red_when_the_database_is_down(adrift: House) -> None:
    answer = adrift.client.get("/readyz")
    assert answer.status_code == 503
    assert "DATABASE_URL" in answer.get_json()["reasons"][0]
