"""What is learnt of a Precoro company on the way."""

from __future__ import annotations

import pytest

from mappers.documents.home_currency import Parity
from store import observations
from store.base import Store
from store.companies import Connection
from tests.rows import LONG_AGO, connected


@pytest.fixture
def precoro_id(store: Store) -> int:
    """Return a company in Precoro."""
    connection_id = connected(store)
    with store.read() as session:
        return session.get_one(Connection, connection_id).precoro_id


def test_legal_entities_take_the_place_of_those_that_were_known(store: Store, precoro_id: int) -> None:
    for names in ({"1": "Widgets Inc", "2": "Widgets Texas"}, {"2": "Widgets of Texas", "3": "Widgets West"}):
        with store.write() as session:
            observations.keep_legal_entities(session, precoro_id, names, LONG_AGO)
    with store.read() as session:
        assert observations.legal_entity_keys(session, precoro_id) == {"2", "3"}


def test_a_set_of_taxes_that_two_workers_see_at_once_is_kept_once(store: Store, precoro_id: int) -> None:
    for _ in range(2):
        with store.write() as session:
            observations.add_tax_sets(session, precoro_id, {"61+62": "GST + PST", "5+7": "VAT + levy"}, LONG_AGO)
    with store.read() as session:
        assert observations.tax_sets(session, precoro_id) == ["5+7", "61+62"]


def test_a_currency_may_have_been_at_par_and_off_it(store: Store, precoro_id: int) -> None:
    shown: list[tuple[str, Parity]] = [("USD", "at_par"), ("EUR", "off_par"), ("USD", "off_par"), ("USD", "at_par")]
    for currency, parity in shown:
        with store.write() as session:
            observations.add_parity(session, precoro_id, currency, parity, LONG_AGO)
    with store.read() as session:
        parities = observations.parities(session, precoro_id)
    assert parities == {"USD": {"at_par", "off_par"}, "EUR": {"off_par"}}
