"""The lists that a worker keeps are those of the database, whatever was written meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from store import reference
from store.base import Store, now
from store.companies import Connection
from store.reference import PRECORO, QUICKBOOKS, Entry
from tests.rows import connected
from workers.suppliers.party_lists import PartyLists


def keep(session: Session, side: str, kind: str, key: str, name: str, *, seconds_ago: float = 0) -> None:
    """Keep a supplier or vendor as reading does."""
    row = {
        "side": side, "company_id": 1, "kind": kind, "key": key, "name": name, "active": True, "data": {}, "details": {},
        "seen_at": now(session) - timedelta(seconds=seconds_ago), "gone_at": None,
    }  # fmt: skip
    reference.keep(session, Entry, [row], ("side", "company_id", "kind", "key"))


def names(store: Store, lists: PartyLists, connection_id: int) -> tuple[dict[str, str], dict[str, str]]:
    """Return the names of both sides by id."""
    with store.read() as session:
        both = lists.both(session, session.get_one(Connection, connection_id))
    suppliers, vendors = ({key: party.names[0] for key, party in index.parties.items()} for index in both)
    return suppliers, vendors


@pytest.fixture
def connection_id(store: Store) -> int:
    """Return a connection with one supplier and two vendors that were read an hour ago."""
    connection_id = connected(store)
    with store.write() as session:
        keep(session, PRECORO, "supplier", "9001", "Acme Supply", seconds_ago=3600)
        for key, name in (("56", "Acme Supply"), ("87", "Baxter & Sons Ltd")):
            keep(session, QUICKBOOKS, "vendor", key, name, seconds_ago=3600)
    return connection_id


def test_what_is_new_renamed_or_gone_is_seen_by_the_next_decision(store: Store, connection_id: int) -> None:
    lists = PartyLists()
    assert names(store, lists, connection_id)[1] == {"56": "Acme Supply", "87": "Baxter & Sons Ltd"}
    with store.write() as session:
        keep(session, QUICKBOOKS, "vendor", "88", "Harbor Rents")
        keep(session, QUICKBOOKS, "vendor", "56", "Acme Supply Inc")
        reference.vanish(session, QUICKBOOKS, 1, "vendor", ["87"], now(session))
    assert names(store, lists, connection_id) == (
        {"9001": "Acme Supply"},
        {"56": "Acme Supply Inc", "88": "Harbor Rents"},
    )


def test_what_a_slow_transaction_began_to_write_before_the_last_decision_is_seen(
    store: Store, connection_id: int
) -> None:
    lists = PartyLists()
    names(store, lists, connection_id)
    with store.write() as session:
        keep(session, QUICKBOOKS, "vendor", "88", "Harbor Rents", seconds_ago=30)
    assert "88" in names(store, lists, connection_id)[1]


def test_only_what_has_changed_is_read_again(store: Store, connection_id: int) -> None:
    lists = PartyLists()
    names(store, lists, connection_id)
    with store.write() as session:
        session.execute(update(Entry).where(Entry.key == "87").values(name="Changed without a trace"))
    assert names(store, lists, connection_id)[1]["87"] == "Baxter & Sons Ltd"


def test_nothing_is_left_of_a_company_that_was_forgotten_though_the_next_one_gets_its_place(
    store: Store, connection_id: int
) -> None:
    lists = PartyLists()
    names(store, lists, connection_id)
    with store.write() as session:
        session.execute(delete(Entry).where(Entry.side == QUICKBOOKS))
        for key, name in (("56", "Widgets Ltd"), ("90", "Leeds Paper"), ("91", "York Paper")):
            keep(session, QUICKBOOKS, "vendor", key, name)
    assert names(store, lists, connection_id)[1] == {"56": "Widgets Ltd", "90": "Leeds Paper", "91": "York Paper"}
