"""Pairing by equal names uses all that is known of both sides, and respects what a person said."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from store.companies import Connection
from store.reference import NOT_THE_SAME, PRECORO, QUICKBOOKS, Entry, Suggestion
from tests.stage import Stage
from workers.connections.first_pairs import pair_equal_names
from workers.reference import pairs


def add(stage: Stage, side: str, kind: str, key: str, name: str, **values: Any) -> None:
    """Put an entry into our copy of a list."""
    with stage.runtime.write() as (session, moment):
        connection = session.get_one(Connection, 1)
        company = connection.precoro_id if side == PRECORO else connection.qbo_id
        data = {"currencies": ["USD"]} if kind == "supplier" else {}
        columns = {"data": data, "seen_at": moment, **values}
        session.add(Entry(side=side, company_id=company, kind=kind, key=key, name=name, **columns))


def paired(stage: Stage) -> dict[str, str]:
    """Pair by equal names, and return the pairs of suppliers."""
    pair_equal_names(stage.runtime, 1)
    with stage.runtime.read() as (session, _):
        return pairs.paired(session, session.get_one(Connection, 1), "supplier")


@pytest.mark.parametrize(
    ("ours", "theirs", "is_paired"),
    [
        ({"country": "US", "phone": "(212) 555-0100"}, {"country": "USA", "phone": "+1 212 555 0100"}, True),
        ({"country": "US"}, {"country": "Canada"}, False),
        ({"tax_number": "12-3456789"}, {"tax_number": "XXXXX1111"}, False),
        ({"email": "ar@kite.com, bo@kite.com", "city": "Reno"}, {"email": "bo@kite.com", "city": "Ames"}, True),
        ({"email": "ar@kite.com", "city": "Reno"}, {"email": "ar@kite.io", "city": "Ames"}, False),
        (None, None, True),
    ],
)
def test_what_is_known_beside_the_name_decides_too(
    stage: Stage, ours: dict[str, str] | None, theirs: dict[str, str] | None, is_paired: bool
) -> None:
    add(stage, PRECORO, "supplier", "9900", "Zephyr Kites", details=ours)
    add(stage, QUICKBOOKS, "vendor", "990", "ZEPHYR KITES.", details=theirs)
    assert (paired(stage).get("9900") == "990") == is_paired


def test_a_vendor_without_a_currency_has_the_home_currency(stage: Stage) -> None:
    add(stage, PRECORO, "supplier", "9900", "Zephyr Kites", data={"currencies": ["EUR"]})
    add(stage, QUICKBOOKS, "vendor", "990", "Zephyr Kites")
    assert "9900" not in paired(stage)


def test_what_a_person_said_is_not_the_same_stays_apart(stage: Stage) -> None:
    add(stage, PRECORO, "supplier", "9900", "Zephyr Kites")
    add(stage, QUICKBOOKS, "vendor", "990", "Zephyr Kites")
    with stage.runtime.write() as (session, moment):
        said = {"precoro_key": "9900", "qbo_key": "990", "score": 100, "state": NOT_THE_SAME, "who": "ann"}
        session.add(Suggestion(connection_id=1, kind="supplier", at=moment, **said))
    assert "9900" not in paired(stage)


def test_an_entry_that_is_gone_is_not_paired(stage: Stage) -> None:
    add(stage, PRECORO, "supplier", "9900", "Zephyr Kites")
    add(stage, QUICKBOOKS, "vendor", "990", "Zephyr Kites")
    with stage.runtime.write() as (session, moment):
        session.execute(update(Entry).where(Entry.key == "990").values(gone_at=moment))
    assert "9900" not in paired(stage)
