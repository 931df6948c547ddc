"""Outages, spent quotas and a Redis in trouble: nothing fails, everything waits, and goes out by itself afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from store import companies
from store.base import Store
from store.companies import Connection
from tests.rows import LONG_AGO, connected


def rests_at(store: Store, connection_id: int, moment: datetime, after: float | None = None) -> tuple[int, float]:
    """Let a connection rest at a moment; returns how often it rested so far, and the seconds until it goes on."""
    with store.write() as session:
        companies.rest(session, connection_id, moment, first=30, most=900, after=after, reason="It is down.")
    with store.read() as session:
        connection = session.scalars(select(Connection).where(Connection.id == connection_id)).one()
        assert connection.resume_at is not None
        return connection.rests, (connection.resume_at - moment).total_seconds()


def test_calls_that_fail_at_the_same_moment_are_one_outage_and_not_four(store: Store) -> None:
    connection = connected(store)
    assert [rests_at(store, connection, LONG_AGO) for _ in range(4)] == [(1, 30.0)] * 4


def test_each_probe_that_fails_doubles_the_rest_up_to_its_limit(store: Store) -> None:
    connection, moment, seen = connected(store), LONG_AGO, []
    for _ in range(7):
        _, seconds = rests_at(store, connection, moment)
        seen.append(seconds)
        moment += timedelta(seconds=seconds)
    assert seen == [30, 60, 120, 240, 480, 900, 900]


def test_a_service_that_asks_for_a_longer_rest_gets_it_though_the_connection_rests_already(store: Store) -> None:
    connection = connected(store)
    assert rests_at(store, connection, LONG_AGO) == (1, 30.0)
    assert rests_at(store, connection, LONG_AGO, after=600) == (1, 600.0)
    assert rests_at(store, connection, LONG_AGO, after=5) == (1, 600.0)
