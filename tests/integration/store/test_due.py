"""What is due, what stands in its way, and what events, people and fixes do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from mappers.remedies import Remedy
from store import companies, records
from store.base import Store, now
from store.companies import DISCONNECTED, PAUSED, Connection
from store.records import FAILED, HELD, INVOICE, NEVER, OPEN, READY, REMOVED, SYNCED, ProblemRow, Record
from tests.rows import LONG_AGO, change, connected, fetch, record

QUEUED_FOR = 120.0
LATER = timedelta(minutes=5)
DONE: dict[str, Any] = {"requested_version": 3, "handled_version": 3}


@pytest.fixture
def connection_id(store: Store) -> int:
    """Add a connection and return its id."""
    return connected(store)


def is_due(store: Store, record_id: int) -> bool:
    """Ask the one predicate."""
    with store.read() as session:
        due = select(Record.id).where(Record.id == record_id, records.due(now(session), QUEUED_FOR))
        return session.scalar(due) is not None


def can_be_claimed(store: Store, record_id: int) -> bool:
    """Try to take the record, and give it back untaken."""
    with store.read() as session:
        return records.claim(session, record_id, now(session), 300) is not None


def moment(store: Store, ahead: timedelta = timedelta(0)) -> Any:
    """Return the database's time, or one before or after it."""
    with store.read() as session:
        return now(session) + ahead


def want(store: Store, connection_id: int, precoro_id: str = "203", idn: str | None = "17") -> int:
    """Say that a document should be looked at, as an event does."""
    with store.write() as session:
        return records.request(
            session, session.get_one(Connection, connection_id), INVOICE, precoro_id, idn, now(session)
        )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {**DONE, "write_back_due": True},
        {"not_before": timedelta(seconds=-1)},
        {"queued_at": timedelta(seconds=-121)},
        {"lease_until": timedelta(seconds=-1)},
        *({"state": state} for state in (OPEN, READY, SYNCED, HELD, FAILED, REMOVED)),
    ],
)
def test_a_record_is_due_when_nothing_stands_in_its_way(
    store: Store, connection_id: int, values: dict[str, Any]
) -> None:
    at = {name: moment(store, value) if isinstance(value, timedelta) else value for name, value in values.items()}
    wanted = record(store, connection_id, **at)
    assert is_due(store, wanted)
    assert can_be_claimed(store, wanted)


@pytest.mark.parametrize(
    ("values", "claimable"),
    [
        (DONE, False),
        ({"not_before": LATER}, False),
        ({"lease_until": LATER}, False),
        ({"queued_at": timedelta(seconds=-100)}, True),
        ({"state": NEVER}, False),
        ({"state": NEVER, "write_back_due": True}, False),
    ],
)
def test_each_reason_for_which_a_record_is_not_due(
    store: Store, connection_id: int, values: dict[str, Any], claimable: bool
) -> None:
    at = {name: moment(store, value) if isinstance(value, timedelta) else value for name, value in values.items()}
    waiting = record(store, connection_id, **at)
    assert not is_due(store, waiting)
    assert can_be_claimed(store, waiting) is claimable


@pytest.mark.parametrize("values", [{"state": DISCONNECTED}, {"state": PAUSED}, {"backoff_until": LATER}])
def test_while_its_connection_rests_or_is_cut_off_nothing_is_due(
    store: Store, connection_id: int, values: dict[str, Any]
) -> None:
    waiting = record(store, connection_id)
    at = {name: moment(store, value) if isinstance(value, timedelta) else value for name, value in values.items()}
    change(store, Connection, connection_id, **at)
    assert not is_due(store, waiting)
    assert not can_be_claimed(store, waiting)


def test_after_a_rest_one_record_probes_and_the_others_wait(store: Store, connection_id: int) -> None:
    first, second = record(store, connection_id, "1"), record(store, connection_id, "2")
    change(store, Connection, connection_id, backoffs=2, backoff_until=LONG_AGO)
    with store.write() as session:
        probe = records.claim(session, first, now(session), 300)
    assert probe is not None
    assert not is_due(store, second)
    with store.write() as session:
        companies.clear_backoff(session, connection_id)
    assert is_due(store, second)


def test_work_of_another_connection_is_no_probe_of_this_one(store: Store, connection_id: int) -> None:
    probe = record(store, connection_id)
    record(store, connected(store, "other"), lease_until=moment(store, LATER))
    change(store, Connection, connection_id, backoffs=2, backoff_until=LONG_AGO)
    assert is_due(store, probe)
    assert can_be_claimed(store, probe)


def test_a_rest_doubles_up_to_its_longest_and_what_the_service_asks_for_wins(store: Store, connection_id: int) -> None:
    waits = []
    for after in (None, None, None, None, 7.0):
        with store.write() as session:
            session.execute(update(Connection).values(backoff_until=None))
            at = now(session)
            companies.extend_backoff(session, connection_id, at, first=30, most=100, after=after, reason="out")
        with store.read() as session:
            until = session.get_one(Connection, connection_id).backoff_until
        assert until is not None
        waits.append((until - at).total_seconds())
    assert waits == pytest.approx([30, 60, 100, 100, 7], abs=0.01)


def test_a_shorter_rest_does_not_end_a_longer_one(store: Store, connection_id: int) -> None:
    long = moment(store, timedelta(hours=1))
    change(store, Connection, connection_id, backoff_until=long)
    with store.write() as session:
        companies.extend_backoff(session, connection_id, now(session), first=30, most=100, after=None, reason="out")
    with store.read() as session:
        assert session.get_one(Connection, connection_id).backoff_until == long


def test_wanting_a_record_five_times_makes_one_due_record(store: Store, connection_id: int) -> None:
    ids = {want(store, connection_id) for _ in range(5)}
    (record_id,) = ids
    stored = fetch(store, record_id)
    assert (stored.requested_version, stored.handled_version, stored.state, stored.idn) == (5, 0, OPEN, "17")
    assert is_due(store, record_id)


def test_an_event_without_a_running_number_does_not_take_away_the_known_one(store: Store, connection_id: int) -> None:
    want(store, connection_id, idn="17")
    assert fetch(store, want(store, connection_id, idn=None)).idn == "17"


def test_the_time_since_when_a_record_waits_is_that_of_the_first_event(store: Store, connection_id: int) -> None:
    first = fetch(store, want(store, connection_id)).requested_at
    assert first is not None
    assert fetch(store, want(store, connection_id)).requested_at == first


def test_an_event_revives_what_failed(store: Store, connection_id: int) -> None:
    failed = record(store, connection_id, state=FAILED, attempts=7, **DONE)
    assert not is_due(store, failed)
    assert want(store, connection_id) == failed
    assert (fetch(store, failed).attempts, is_due(store, failed)) == (0, True)


def test_what_is_never_sent_stays_so_whatever_events_say(store: Store, connection_id: int) -> None:
    ignored = record(store, connection_id, state=NEVER, **DONE)
    want(store, connection_id)
    assert not is_due(store, ignored)


def test_an_event_does_not_cut_short_the_minute_between_two_reads(store: Store, connection_id: int) -> None:
    just_read = record(store, connection_id, not_before=moment(store, LATER), **DONE)
    want(store, connection_id)
    assert not is_due(store, just_read)


def test_an_event_ends_the_wait_for_the_next_attempt(store: Store, connection_id: int) -> None:
    tomorrow = moment(store, timedelta(days=1))
    failing = record(store, connection_id, attempts=6, not_before=tomorrow)
    want(store, connection_id)
    assert is_due(store, failing)


def test_a_click_of_a_person_makes_anything_due_at_once(store: Store, connection_id: int) -> None:
    tomorrow = moment(store, timedelta(days=1))
    slow = record(store, connection_id, attempts=6, not_before=tomorrow, queued_at=moment(store), state=FAILED, **DONE)
    with store.write() as session:
        records.revive(session, slow, now(session), by_person=True, overridden=["possible_duplicate"])
    stored = fetch(store, slow)
    assert (stored.requested_by_person, stored.attempts, stored.overridden_problems) == (
        True,
        0,
        ["possible_duplicate"],
    )
    assert is_due(store, slow)


def test_a_fix_makes_due_exactly_what_was_held_for_it(store: Store, connection_id: int) -> None:
    other_connection = connected(store, "other")
    held = {
        name: record(store, owner, name, state=state, **DONE)
        for name, owner, state in (
            ("mine", connection_id, HELD),
            ("other supplier", connection_id, HELD),
            ("other connection", other_connection, HELD),
            ("no longer held", connection_id, SYNCED),
        )
    }
    with store.write() as session:
        for name, id_ in held.items():
            subject = "supplier:1" if name == "other supplier" else "supplier:9001"
            session.add(
                ProblemRow(record_id=id_, position=0, code="c", subject=subject, sentence="s", remedy=Remedy("r"))
            )
    with store.read() as session:
        assert records.is_held_for(session, connection_id, ["supplier:9001"])
        assert not records.is_held_for(session, connection_id, ["supplier:2"])
    with store.write() as session:
        assert records.release_held(session, connection_id, ["supplier:9001"], now(session)) == 1
    assert [name for name, id_ in held.items() if is_due(store, id_)] == ["mine"]


def test_two_records_cannot_own_the_same_twin(store: Store, connection_id: int) -> None:
    twin = {"qbo_company_id": 1, "qbo_type": "Bill", "qbo_id": "145"}
    record(store, connection_id, "1", **twin)
    with pytest.raises(IntegrityError):
        record(store, connection_id, "2", **twin)
    record(store, connection_id, "3", qbo_company_id=1, qbo_type="Bill", qbo_id=None)
    record(store, connection_id, "4", qbo_company_id=1, qbo_type="Bill", qbo_id=None)
