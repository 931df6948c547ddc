"""What people changed in QuickBooks: of each record the newest, by connection and state."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from store import drift, records
from store.base import Store
from store.companies import Connection
from store.drift import Drift
from tests.rows import LONG_AGO, connected


@pytest.fixture
def connection_id(store: Store) -> int:
    """Return a connection."""
    return connected(store)


def _drift(store: Store, connection_id: int, key: str, **values: Any) -> int:
    """Add a record with a drift, and return its id."""
    defaults = {"kind": "edited", "state": drift.OPEN, "fields": [], "found_at": LONG_AGO}
    with store.write() as session:
        serving = session.get_one(Connection, connection_id)
        record_id = records.request(session, serving, records.INVOICE, key, key, LONG_AGO)
        session.add(Drift(record_id=record_id, **{**defaults, **values}))
    return record_id


def test_what_is_open_comes_oldest_first_and_from_these_connections_only(store: Store, connection_id: int) -> None:
    newer = _drift(store, connection_id, "1", found_at=LONG_AGO + timedelta(days=1))
    older = _drift(store, connection_id, "2")
    _drift(store, connection_id, "3", state=drift.ACCEPTED)
    _drift(store, connected(store, "other"), "4")
    with store.read() as session:
        drifts = drift.open_drifts(session, [connection_id])
        totals = drift.totals(session, [connection_id])
    assert [row.record_id for row in drifts] == [older, newer]
    assert [(row.state, row.number) for row in totals] == [(drift.OPEN, 2), (drift.ACCEPTED, 1)]


def test_totals_are_added_up_exactly(store: Store, connection_id: int) -> None:
    for key in ("1", "2"):
        _drift(store, connection_id, key, total_sent=Decimal("0.10"), total_now=Decimal("0.20"))
    with store.read() as session:
        assert drift.totals(session, [connection_id]) == [(drift.OPEN, None, 2, Decimal("0.20"))]


def test_a_record_has_one_drift_until_it_is_forgotten(store: Store, connection_id: int) -> None:
    fields = [{"field": "TxnDate", "sent": "2026-11-01", "now": "2026-11-02"}]
    record_id = _drift(store, connection_id, "1", fields=fields, entity={"Id": "7"})
    with store.read() as session:
        row = drift.drift_of(session, record_id)
        assert row is not None
        assert (row.fields, row.entity) == (fields, {"Id": "7"})
        assert set(drift.drifts_of(session, [record_id, record_id + 1])) == {record_id}
    with store.write() as session:
        drift.forget(session, record_id)
    with store.read() as session:
        assert drift.drift_of(session, record_id) is None
