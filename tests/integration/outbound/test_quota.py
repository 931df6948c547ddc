"""The quota against a real Redis: windows, names, shares, and Redis that forgets or is not there."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
import time_machine
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from outbound.errors import Landed, NoBudget, QuotaUnreachable, Verdict
from outbound.quota import Priority, Quota, Window
from settings import Settings
from tests.conftest import free_port
from workers.clients import precoro_windows, same_request_windows

EVERYONE = dict.fromkeys(Priority, 1.0)


def _quota(redis: Redis, *windows: Window, **options: object) -> Quota:
    arguments = {"service": "Precoro", "shares": EVERYONE, **options}
    return Quota(redis, "quota:1", windows, **arguments)  # type: ignore[arg-type]


def _taken(quota: Quota, name: str | None = None) -> int:
    """Take until there is no more and return how many there were."""
    count = 0
    while count < 10_000:
        try:
            quota.take(name)
        except NoBudget:
            return count
        count += 1
    raise AssertionError("there was no end")


def test_a_window_allows_its_limit_and_says_when_there_is_room(redis: Redis) -> None:
    quota = _quota(redis, Window(5, 60))
    assert _taken(quota) == 5
    with pytest.raises(NoBudget) as caught:
        quota.take()
    error = caught.value
    assert (error.verdict, error.landed) == (Verdict.REST, Landed.NO)
    assert error.retry_after is not None
    assert 55 < error.retry_after <= 60.1


def test_there_is_room_again_when_the_error_said(redis: Redis) -> None:
    quota = _quota(redis, Window(2, 0.2))
    _taken(quota)
    with pytest.raises(NoBudget) as caught:
        quota.take()
    time.sleep(caught.value.retry_after or 0)
    quota.take()


def test_a_refused_call_counts_in_no_window(redis: Redis) -> None:
    quota = _quota(redis, Window(3, 60), Window(100, 3600))
    _taken(quota)
    _taken(quota)
    assert [(room.window.limit, room.used, room.left) for room in quota.headroom()] == [(100, 3, 97), (3, 3, 0)]


def test_the_longest_full_window_decides_about_the_wait(redis: Redis) -> None:
    quota = _quota(redis, Window(2, 1), Window(2, 3600))
    _taken(quota)
    with pytest.raises(NoBudget) as caught:
        quota.take()
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 3000


def test_the_identical_request_has_windows_of_its_own(redis: Redis) -> None:
    quota = _quota(redis, *precoro_windows(Settings()), same=same_request_windows(Settings()))
    quota.take("GET /invoices/203")
    with pytest.raises(NoBudget) as caught:
        quota.take("GET /invoices/203")
    assert caught.value.retry_after is not None
    assert 60 < caught.value.retry_after <= 61.1
    quota.take("GET /invoices/204")
    assert quota.headroom()[0].used == 2


def test_a_name_is_not_used_up_when_the_windows_are_full(redis: Redis) -> None:
    full = _quota(redis, Window(1, 0.15), same=[Window(1, 60)])
    full.take()
    with pytest.raises(NoBudget):
        full.take("GET /invoices/203")
    time.sleep(0.2)
    full.take("GET /invoices/203")


def test_names_expire_by_themselves(redis: Redis) -> None:
    _quota(redis, Window(9, 60), same=[Window(1, 61)]).take("GET /invoices/203")
    named = [key for key in redis.keys("*") if key != b"quota:1"]
    assert len(named) == 1
    assert 0 < redis.pttl(named[0]) <= 61_000


def test_each_priority_leaves_room_for_the_more_urgent(redis: Redis) -> None:
    quota = Quota(redis, "quota:1", [Window(100, 60)], service="Precoro")
    assert _taken(quota.at(Priority.BACKLOG)) == 75
    assert _taken(quota.at(Priority.NORMAL)) == 15
    assert _taken(quota.at(Priority.CATCH_UP)) == 7
    assert _taken(quota.at(Priority.PERSON)) == 3


def test_a_caller_may_leave_calls_of_the_longest_window_to_others(redis: Redis) -> None:
    quota = _quota(redis, Window(100, 60), Window(10, 1))
    for _ in range(8):
        quota.take(keep=90)
    quota.take(keep=90)
    quota.take(keep=90)
    with pytest.raises(NoBudget):
        quota.take(keep=90)


def test_weight_counts_several_calls_at_once(redis: Redis) -> None:
    quota = _quota(redis, Window(5, 60))
    quota.take(weight=4)
    with pytest.raises(NoBudget):
        quota.take(weight=2)
    quota.take(weight=1)


def test_more_than_a_window_holds_never_fits(redis: Redis) -> None:
    with pytest.raises(NoBudget) as caught:
        _quota(redis, Window(5, 60)).take(weight=6)
    assert caught.value.retry_after == 60.0


def test_time_can_run_faster(redis: Redis) -> None:
    quota = _quota(redis, Window(2, 60), speed=600)
    assert _taken(quota) == 2
    time.sleep(0.11)
    quota.take()


def test_many_workers_together_never_exceed_a_window(redis_url: str, redis: Redis) -> None:
    taken: list[int] = []

    def work() -> None:
        with Redis.from_url(redis_url) as own:
            taken.append(_taken(_quota(own, Window(200, 60))))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 200
    assert redis.zcard("quota:1") == 200


def test_a_redis_that_forgot_its_scripts_is_told_them_again(redis: Redis) -> None:
    quota = _quota(redis, Window(3, 60))
    quota.take()
    redis.script_flush()
    assert _taken(quota) == 2


def test_without_redis_nothing_is_sent() -> None:
    with Redis(port=free_port(), socket_timeout=0.2, retry=Retry(NoBackoff(), 0)) as nobody:
        quota = _quota(nobody, Window(3, 60))
        for ask in (quota.take, quota.headroom):
            with pytest.raises(QuotaUnreachable) as caught:
                ask()
            assert (caught.value.verdict, caught.value.landed) == (Verdict.REST, Landed.NO)


def test_one_round_trip_for_a_call(redis: Redis) -> None:
    quota = _quota(redis, *precoro_windows(Settings()), same=same_request_windows(Settings()))
    quota.take("GET /invoices/1")
    before = redis.info("commandstats")
    for number in range(2, 12):
        quota.take(f"GET /invoices/{number}")
    after = redis.info("commandstats")
    assert after["cmdstat_evalsha"]["calls"] - before["cmdstat_evalsha"]["calls"] == 10
    assert "cmdstat_eval" not in after


def test_what_no_window_counts_any_more_is_forgotten(redis: Redis) -> None:
    quota = _quota(redis, Window(100, 0.05))
    for _ in range(20):
        quota.take()
    time.sleep(0.08)
    assert redis.exists("quota:1") == 0
    quota.take()
    assert redis.zcard("quota:1") == 1


def test_a_worker_whose_clock_is_wrong_counts_like_the_others(redis: Redis) -> None:
    quota = _quota(redis, Window(5, 60))
    _taken(quota)
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC)), pytest.raises(NoBudget):
        quota.take()


def test_a_service_that_wants_to_be_left_alone_is_left_alone_by_all_of_the_account(redis: Redis) -> None:
    quota = _quota(redis, Window(5, 60))
    quota.close(86_400, "Daily limiter is used up until 2026-11-25 00:00 UTC")
    for budget in (quota, quota.at(Priority.PERSON), _quota(redis, Window(5, 60))):
        with pytest.raises(NoBudget, match="Daily limiter is used up until 2026-11-25 00:00 UTC") as caught:
            budget.take("GET /invoices/203")
        assert 86_000 < (caught.value.retry_after or 0) <= 86_400
        assert type(caught.value) is NoBudget
    Quota(redis, "quota:2", [Window(5, 60)], service="Precoro").take()
    assert [room.used for room in quota.headroom()] == [0]


def test_a_wait_ends_by_itself_or_when_a_person_says_so(redis: Redis) -> None:
    quota = _quota(redis, Window(5, 60))
    quota.close(0.1, "")
    with pytest.raises(NoBudget) as caught:
        quota.take()
    time.sleep(caught.value.retry_after or 0)
    quota.take()
    quota.close(60, "")
    quota.open()
    quota.take()
