"""One job per record at a time: claims, leases and giving back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from store import records
from store.base import Base, Store, now
from store.companies import Connection
from store.records import HELD, INVOICE, SYNCED, Claim, Record
from tests.rows import FERNET_KEY, change, connected, fetch, record


def claim(store: Store, record_id: int, lease: float = 300) -> Claim | None:
    """Take a record in a transaction of its own."""
    with store.write() as session:
        return records.claim(session, record_id, now(session), lease)


def end_claim(store: Store, taken: Claim, **values: object) -> bool:
    """Give a record back in a transaction of its own."""
    with store.write() as session:
        return records.end_claim(session, taken, **values)


def left(store: Store, taken: Claim) -> float:
    """Return how much of a lease is left."""
    with store.read() as session:
        return records.lease_left(session, taken, now(session))


@pytest.fixture
def record_id(store: Store) -> int:
    """Add a record that is due."""
    return record(store, connected(store), requested_version=3)


def test_of_twenty_workers_one_gets_the_record(store: Store, record_id: int) -> None:
    with ThreadPoolExecutor(8) as pool:
        claims = [taken for taken in pool.map(lambda _: claim(store, record_id), range(20)) if taken]
    assert [(taken.number, taken.requested_version) for taken in claims] == [(1, 3)]


def test_a_released_record_is_what_the_worker_made_of_it(store: Store, record_id: int) -> None:
    taken = claim(store, record_id)
    assert taken
    assert end_claim(store, taken, state=SYNCED, handled_version=taken.requested_version)
    stored = fetch(store, record_id)
    assert (stored.state, stored.handled_version, stored.lease_until) == (SYNCED, 3, None)
    assert claim(store, record_id) is None


def test_what_was_wanted_during_the_work_stays_wanted(store: Store, record_id: int) -> None:
    taken = claim(store, record_id)
    assert taken
    with store.write() as session:
        records.request(session, session.get_one(Connection, 1), INVOICE, "203", None, now(session))
    end_claim(store, taken, handled_version=taken.requested_version)
    again = claim(store, record_id)
    assert again is not None
    assert (again.number, again.requested_version) == (2, 4)


def test_when_a_lease_runs_out_the_record_is_taken_over_and_the_first_worker_changes_nothing(
    store: Store, record_id: int
) -> None:
    first = claim(store, record_id, lease=-1)
    assert first
    second = claim(store, record_id)
    assert second
    assert second.number == 2
    assert not end_claim(store, first, state=HELD, handled_version=3)
    assert (left(store, first), left(store, second) > 290) == (0.0, True)
    stored = fetch(store, record_id)
    assert (stored.state, stored.handled_version, stored.lease_until is not None) == ("open", 0, True)


def test_a_worker_that_is_late_but_was_not_replaced_may_still_give_back(store: Store, record_id: int) -> None:
    taken = claim(store, record_id, lease=-1)
    assert taken
    assert left(store, taken) < 0
    assert end_claim(store, taken, handled_version=3)


def test_a_claim_takes_the_record_off_the_queue(store: Store, record_id: int) -> None:
    with store.read() as session:
        change(store, Record, record_id, queued_at=now(session) - timedelta(seconds=1))
    claim(store, record_id)
    assert fetch(store, record_id).queued_at is None


class Workers(RuleBasedStateMachine):
    """Any interleaving of events, claims, releases and leases that run out, against what must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store("sqlite://", [FERNET_KEY])
        Base.metadata.create_all(self.store.engine)
        self.record_id = record(self.store, connected(self.store), requested_version=0, requested_at=None)
        self.requested_version, self.handled_version = 0, 0
        self.claims: list[Claim] = []
        self.live: Claim | None = None

    @rule()
    def an_event_comes(self) -> None:
        """Raise `wanted`."""
        with self.store.write() as session:
            records.request(session, session.get_one(Connection, 1), INVOICE, "203", None, now(session))
        self.requested_version += 1

    @rule()
    def a_worker_claims(self) -> None:
        """Claim, which works if and only if the record is due."""
        taken = claim(self.store, self.record_id)
        assert (taken is not None) == (self.live is None and self.requested_version > self.handled_version)
        if taken:
            assert taken.requested_version == self.requested_version
            self.claims.append(taken)
            self.live = taken

    @precondition(lambda self: self.live is not None)
    @rule()
    def the_lease_runs_out(self) -> None:
        """Let the worker be too slow."""
        with self.store.read() as session:
            past = now(session) - timedelta(seconds=1)
        change(self.store, Record, self.record_id, lease_until=past)
        self.live = None

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def a_worker_gives_back(self, data: st.DataObject) -> None:
        """Release any claim that was ever made; only the newest one counts."""
        taken = data.draw(st.sampled_from(self.claims))
        newest = taken.number == max(claim.number for claim in self.claims)
        assert end_claim(self.store, taken, handled_version=taken.requested_version) == newest
        if newest:
            self.handled_version, self.live = taken.requested_version, None

    @invariant()
    def nothing_wanted_is_forgotten(self) -> None:
        """Compare the record with what was done to it."""
        stored = fetch(self.store, self.record_id)
        assert (stored.requested_version, stored.handled_version) == (self.requested_version, self.handled_version)
        assert (stored.lease_until is not None) or self.live is None

    def teardown(self) -> None:
        """Close the database."""
        self.store.close()


TestWorkers = Workers.TestCase
TestWorkers.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
