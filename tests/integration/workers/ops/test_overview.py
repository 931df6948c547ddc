"""What the on-call engineer looks at first, over all connections or a few."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store import duties
from store.companies import PrecoroCompany, QboCompany
from store.events import Event
from store.tasks import Task
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from tests.integration.workers.query_plans import tables_read_whole
from workers.errors import NoSuchConnectionError
from workers.ops.overview import Pulse, overview
from workers.runtime import Runtime

HOUR = timedelta(hours=1)


@pytest.fixture
def busy(runtime: Runtime) -> Runtime:
    """Keep two connections: one with work, events and a task, and one in which nothing ever happened."""
    widgets = rows.connected(runtime.store)
    rows.connected(runtime.store, "gadgets", state="paused")
    rows.record(runtime.store, widgets, "201")
    rows.record(runtime.store, widgets, "202", requested_at=rows.LONG_AGO - HOUR)
    rows.record(runtime.store, widgets, "203", handled_version=1, requested_at=rows.LONG_AGO - 2 * HOUR)
    rows.record(runtime.store, widgets, "204", state="never", requested_at=rows.LONG_AGO - 2 * HOUR)
    rows.record(runtime.store, widgets, "205", handled_version=1, requested_at=None, write_back_due=True)
    rows.change(runtime.store, PrecoroCompany, 1, last_event_at=rows.LONG_AGO)
    rows.change(runtime.store, QboCompany, 1, changes_read_at=rows.LONG_AGO + HOUR)
    task = {"connection_id": widgets, "action": "lists", "who": "ann", "created_at": rows.LONG_AGO}
    with runtime.write() as (session, moment):
        for hour in range(3):
            session.add(
                Event(
                    source="quickbooks",
                    company=rows.REALM,
                    status="kept",
                    payload={},
                    received_at=rows.LONG_AGO + hour * HOUR,
                )
            )
        session.add_all([Task(state=state, **task) for state in ("applying", "done")])
        duties.begin(session, duties.worker("host-1", 4711), moment, 0)
        duties.begin(session, duties.worker("host-1", 4712), moment - HOUR, 0)
        duties.begin(session, duties.TICK, moment, 0)
        duties.note_trouble(session, duties.TICK, "KeyError: 'Id'")
    return runtime


def test_an_overview_says_who_works_what_is_due_and_who_is_silent(busy: Runtime) -> None:
    busy.redis.flushdb()
    shown = overview(busy)
    assert_frozen(shown)
    assert [(worker.host, worker.process) for worker in shown.workers] == [("host-1", 4711)]
    assert shown.ticked_at is not None
    assert (shown.queued, shown.failed_jobs, shown.troubles) == (0, 0, {"tick": "KeyError: 'Id'"})
    nothing, work = shown.connections
    assert nothing == Pulse(
        connection="gadgets", state="paused", due=0, oldest_due=None, tasks=0, precoro_event=None, quickbooks_event=None,
        quickbooks_read=None,
    )  # fmt: skip
    assert (work.connection, work.due, work.oldest_due, work.tasks) == ("widgets", 3, rows.LONG_AGO - HOUR, 1)
    assert (work.precoro_event, work.quickbooks_event) == (rows.LONG_AGO, rows.LONG_AGO + 2 * HOUR)
    assert work.quickbooks_read == rows.LONG_AGO + HOUR


def test_only_the_connections_that_are_named_are_shown(busy: Runtime) -> None:
    assert [pulse.connection for pulse in overview(busy, ["gadgets"]).connections] == ["gadgets"]
    with pytest.raises(NoSuchConnectionError):
        overview(busy, ["nobody"])


def test_no_table_but_the_duties_is_read_whole(busy: Runtime) -> None:
    assert set(tables_read_whole(busy, lambda: overview(busy))) <= {"SCAN duties", "SCAN connections"}
