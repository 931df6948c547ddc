"""Quotas that are nearly used up: told at 80 and at 95 %, and left alone while nobody can count."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from outbound.quota import Priority, Quota
from store.companies import PrecoroCompany
from store.history import CallRow
from tests.integration.workers.alerts.conftest import HOUR, MINUTE, Installation
from tests.stage import environment, load_settings
from workers import clients
from workers.alerts import views
from workers.runtime import Runtime


@pytest.fixture
def small(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Installation]:
    """Return an installation with quotas of 20 calls."""
    quotas = {"TIEOUT_PRECORO_DAY": "20", "TIEOUT_QBO_MONTH": "20", "TIEOUT_SPEED": "1"}
    runtime = Runtime(load_settings(environment(tmp_path, redis_url, DATABASE_URL=database_url, **quotas)))
    runtime.redis.flushdb()
    yield Installation(runtime)
    runtime.close()


def _quota(runtime: Runtime) -> Quota:
    """Return the calls to Precoro of which no part is kept for anybody else."""
    with runtime.read() as (session, _):
        return clients.precoro_quota(runtime, session.scalars(select(PrecoroCompany)).one()).at(Priority.PERSON)


def test_a_day_of_precoro_is_told_at_both_levels(small: Installation) -> None:
    runtime = small.runtime
    quota = _quota(runtime)
    for number in range(16):
        quota.take(f"GET {number}")
    small.look()
    [message] = small.look(after=4 * MINUTE)
    assert "80 % of a day's calls to Precoro are used: 16 of 20." in message["title"]
    for number in range(3):
        quota.take(f"GET {number} more")
    small.look()
    [message] = small.look(after=4 * MINUTE)
    assert "95 % of a day's calls to Precoro are used: 19 of 20." in message["title"]


def test_the_metered_month_is_told_at_both_levels_at_once(small: Installation) -> None:
    with small.runtime.write() as (session, moment):
        for _ in range(20):
            call = CallRow(
                at=moment, service="quickbooks", company="1", method="GET", path="/", milliseconds=1, metered=True
            )
            session.add(call)
    small.look()
    [message] = small.look(after=4 * MINUTE)
    assert message["title"] == "Tieout: 2 new"
    assert "95 % of this month's metered calls to QuickBooks are used: 20 of 20." in message["body"]


def test_while_redis_is_away_no_quota_begins_or_ends(small: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = small.runtime
    quota = _quota(runtime)
    for number in range(16):
        quota.take(f"GET {number}")
    small.look()
    small.look(after=4 * MINUTE)
    monkeypatch.setattr(runtime, "redis", runtime.redis.__class__.from_url("redis://127.0.0.1:1"))
    small.look()
    assert small.look(after=HOUR) == []
    assert len(views.shown(runtime, is_over=False, limit=9)) == 1
