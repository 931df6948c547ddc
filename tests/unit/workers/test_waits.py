"""What people are told that a document waits for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mappers.remedies import Act, ActName
from store.companies import CONNECTED, DISCONNECTED, PAUSED, Connection
from store.records import Record
from store.tasks import Task
from workers.waits import ONCE_A_MINUTE, Wait, wait_of_record, wait_of_task

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOON, LATER = NOW + timedelta(minutes=1), NOW + timedelta(hours=1)
DUE = {"state": "open", "requested_version": 2, "handled_version": 1, "write_back_due": False, "attempts": 0}
RESTING = {"backoffs": 1, "backoff_until": LATER, "backoff_reason": "QuickBooks is out of order."}


def wait_of(connection: dict[str, Any], record: dict[str, Any]) -> Wait | None:
    whole = Connection(**{"slug": "widgets", "state": CONNECTED, **connection})
    return wait_of_record(Record(**{**DUE, **record, "connection": whole}), NOW)


def waits(connection: dict[str, Any], record: dict[str, Any]) -> tuple[str, datetime | None] | None:
    wait = wait_of(connection, record)
    return (wait.why, wait.until) if wait else None


@pytest.mark.parametrize(
    ("connection", "record", "expected"),
    [
        ({}, {}, None),
        (RESTING, {}, ("QuickBooks is out of order.", LATER)),
        (RESTING, {"requested_version": 1}, None),
        (RESTING, {"requested_version": 1, "write_back_due": True}, ("QuickBooks is out of order.", LATER)),
        (RESTING, {"state": "never"}, None),
        (RESTING, {"not_before": SOON}, ("QuickBooks is out of order.", LATER)),
        ({**RESTING, "backoff_until": NOW - timedelta(hours=1)}, {}, ("QuickBooks is out of order.", NOW)),
        ({}, {"not_before": SOON, "reason": "left from before"}, (ONCE_A_MINUTE, SOON)),
        ({}, {"not_before": SOON, "attempts": 2, "reason": "It was stale."}, ("It was stale.", SOON)),
        ({}, {"not_before": SOON, "unanswered_since": NOW, "reason": "No answer."}, ("No answer.", SOON)),
        ({}, {"not_before": NOW}, None),
    ],
)
def test_the_longest_wait_is_told(
    connection: dict[str, Any], record: dict[str, Any], expected: tuple[str, datetime] | None
) -> None:
    assert waits(connection, record) == expected


@pytest.mark.parametrize(("state", "act"), [(PAUSED, "resume_connection"), (DISCONNECTED, "reconnect")])
def test_who_waits_for_a_person_is_told_what_to_do_and_no_time(state: str, act: ActName) -> None:
    wait = wait_of({"state": state, **RESTING}, {"not_before": SOON})
    assert wait is not None
    assert wait.remedy is not None
    assert (wait.remedy.acts, wait.until) == ((Act(act, {"connection": "widgets"}),), None)


@pytest.mark.parametrize(
    ("connection", "task", "expected"),
    [
        ({}, {}, None),
        ({}, {"not_before": SOON, "reason": "No room."}, Wait("No room.", SOON)),
        ({}, {"not_before": NOW, "reason": "No room."}, None),
        ({"state": DISCONNECTED}, {"state": "done"}, None),
        ({"state": DISCONNECTED}, {"state": "planned"}, None),
    ],
)
def test_a_task_that_is_under_way_says_what_it_waits_for(
    connection: dict[str, Any], task: dict[str, Any], expected: Wait | None
) -> None:
    whole = Connection(**{"slug": "widgets", "state": CONNECTED, **connection})
    assert wait_of_task(Task(**{"state": "reading", "connection": whole, **task}), NOW) == expected


@pytest.mark.parametrize(("state", "act"), [(PAUSED, "resume_connection"), (DISCONNECTED, "reconnect")])
def test_a_task_of_a_connection_that_a_person_has_to_start_again_says_so_and_no_time(state: str, act: ActName) -> None:
    stopped = Connection(**{"slug": "widgets", "state": state, **RESTING})
    wait = wait_of_task(Task(state="reading", not_before=SOON, reason="No room.", connection=stopped), NOW)
    assert wait is not None
    assert wait.remedy is not None
    assert (wait.remedy.acts, wait.until) == ((Act(act, {"connection": "widgets"}),), None)
