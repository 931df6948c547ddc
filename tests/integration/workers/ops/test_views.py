"""What people look at of what happened: events, actions of people, and jobs that failed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from store.events import Event
from store.history import ActionRow
from tests import rows
from tests.integration.workers.frozen import assert_frozen
from workers.errors import NoSuchConnectionError
from workers.ops import views
from workers.runtime import Runtime

DAY = timedelta(days=1)
ACTIONS: tuple[tuple[str, str, str | None], ...] = (
    ("pause", "gadgets", None),
    ("send", "invoice:203", "gadgets"),
    ("send", "invoice:203", "widgets"),
    ("requeue", "job-1", None),
)


@pytest.fixture
def kept(runtime: Runtime) -> Runtime:
    """Keep three events, and what people did to two connections and to none."""
    for slug in ("widgets", "gadgets"):
        rows.connected(runtime.store, slug)
    events = (("precoro", "kept"), ("quickbooks", "kept"), ("precoro", "ignored"))
    with runtime.write() as (session, _):
        for number, (source, status) in enumerate(events):
            company = {"precoro": "2", "quickbooks": "realm-of-gadgets"}[source] if status == "kept" else "1"
            session.add(
                Event(
                    source=source,
                    company=company,
                    status=status,
                    payload={"id": number},
                    received_at=rows.LONG_AGO + number * DAY,
                )
            )
        for action, subject, connection in ACTIONS:
            session.add(ActionRow(at=rows.LONG_AGO, who="ann", action=action, subject=subject, connection=connection))
    return runtime


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({}, [3, 2, 1]),
        ({"source": "precoro"}, [3, 1]),
        ({"status": "ignored"}, [3]),
        ({"since": rows.LONG_AGO + DAY}, [3, 2]),
        ({"before": 3}, [2, 1]),
        ({"connection": "gadgets"}, [2, 1]),
        ({"connection": "gadgets", "source": "precoro"}, [1]),
        ({"connection": "widgets"}, [3]),
        ({"source": "quickbooks", "status": "ignored"}, []),
    ],
)
def test_filters_narrow_the_list_of_events(kept: Runtime, filters: dict[str, Any], ids: list[int]) -> None:
    events = views.events(kept, limit=10, **filters)
    assert_frozen(tuple(events))
    assert [row.id for row in events] == ids


@pytest.mark.parametrize("name", ["gadgets", "Company realm-of-gadgets"])
def test_the_actions_of_a_connection_are_those_on_it_and_on_what_belongs_to_it(kept: Runtime, name: str) -> None:
    actions = views.actions(kept, name, limit=10)
    assert_frozen(tuple(actions))
    assert [(row.action, row.subject, row.connection) for row in actions] == [
        ("send", "invoice:203", "gadgets"), ("pause", "gadgets", None),
    ]  # fmt: skip
    assert [row.action for row in views.actions(kept, limit=2, before=4)] == ["send", "send"]
    with pytest.raises(NoSuchConnectionError):
        views.actions(kept, "nobody", limit=10)


def test_no_job_has_failed_where_redis_holds_none(kept: Runtime) -> None:
    kept.redis.flushdb()
    assert views.failed_jobs(kept) == []
