"""What people look at of connections: a list, one with everything but its secrets, and which one is meant."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.base import now
from store.companies import Connection
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from workers.connections import views
from workers.errors import NoConnectionError, NoSuchConnectionError, SeveralConnectionsError
from workers.runtime import Runtime


def test_a_list_has_both_names_and_counts_documents_by_state(runtime: Runtime) -> None:
    connection_id = rows.connected(runtime.store)
    rows.connected(runtime.store, "gadgets")
    for key, state in (("201", "synced"), ("202", "held"), ("203", "held")):
        rows.record(runtime.store, connection_id, key, state=state)
    rows.record(runtime.store, connection_id, "9001", kind="supplier", scope=1, state="held")
    gadgets, widgets = views.connections(runtime)
    assert_frozen((gadgets, widgets))
    assert (widgets.name, widgets.quickbooks) == ("widgets", "Company 9130001")
    assert (dict(widgets.documents), dict(gadgets.documents)) == ({"held": 2, "synced": 1}, {})


def test_a_connection_that_waits_for_a_service_is_called_resting(runtime: Runtime) -> None:
    connection_id = rows.connected(runtime.store)
    with runtime.store.read() as session:
        until = now(session) + timedelta(hours=1)
    waits = {"backoffs": 1, "backoff_until": until, "backoff_reason": "QuickBooks is away."}
    rows.change(runtime.store, Connection, connection_id, **waits)
    [row] = views.connections(runtime)
    assert (row.state, row.backoff_until, row.backoff_reason) == (views.RESTING, until, "QuickBooks is away.")
    rows.change(runtime.store, Connection, connection_id, state="paused")
    assert views.connections(runtime)[0].state == "paused"


def test_one_connection_is_a_value_that_keeps_its_secret_out_of_logs(runtime: Runtime) -> None:
    connection_id = rows.connected(runtime.store, policy={"bill_number": "precoro"})
    rows.pair(runtime.store, connection_id, "account", "801", "42")
    detail = views.connection(runtime, "widgets")
    runtime.close()
    assert_frozen(detail)
    assert detail.webhook_address.endswith(f"/webhooks/precoro/{rows.SECRET}")
    assert rows.SECRET not in repr(detail)
    assert (dict(detail.pairs), dict(detail.settings)) == ({"account": 1}, {"bill_number": "precoro"})


def test_a_connection_goes_by_its_slug_or_the_name_of_its_company_or_is_the_only_one(runtime: Runtime) -> None:
    with pytest.raises(NoConnectionError):
        views.slug_of(runtime, None)
    rows.connected(runtime.store)
    names = ("widgets", "Company 9130001", None)
    assert [views.slug_of(runtime, name) for name in names] == ["widgets"] * 3
    rows.connected(runtime.store, "gadgets")
    with pytest.raises(SeveralConnectionsError, match="gadgets, widgets"):
        views.slug_of(runtime, None)
    with pytest.raises(NoSuchConnectionError):
        views.slug_of(runtime, "nobody")
