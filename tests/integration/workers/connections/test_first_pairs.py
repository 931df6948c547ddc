"""The pairs that connecting makes, as a new customer meets them: nothing was in step before."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from store.companies import Connection
from store.history import ActionRow
from store.reference import Pair
from tests.integration.workers.suppliers.both_sides import (
    ACME,
    SLUG,
    change_supplier,
    change_vendor,
    record,
    state_of,
    supplier,
    vendor,
)
from tests.stage import Stage
from workers import pair_kinds
from workers.connections.first_pairs import pair_equal_names
from workers.suppliers import commands


def alarms(stage: Stage) -> list[str]:
    with stage.runtime.read() as (session, _):
        rows = session.scalars(select(ActionRow).where(ActionRow.action == "alarm"))
        return [f"{row.subject} {(row.details or {})['field']}" for row in rows]


def test_every_pair_of_suppliers_has_a_record_a_before_image_and_an_agreed_base(stage: Stage) -> None:
    with stage.runtime.read() as (session, _):
        pairs = session.scalars(select(Pair).where(Pair.kind == "supplier")).all()
        images = {pair.precoro_key: pair.before for pair in pairs}
    assert len(images) > 20
    for key, before in images.items():
        supplier = record(stage, key)
        assert before is not None
        assert before["supplier"]["id"] == int(key)
        assert before["vendor"]["DisplayName"]
        assert supplier is not None
        assert supplier.sent is not None
        assert supplier.sent["agreed"]["values"]["name"]


def test_the_first_change_of_a_city_flows_and_nothing_is_asked(stage: Stage) -> None:
    stage.settle()
    change_supplier(stage, city="Dallas")
    stage.until(lambda: vendor(stage)["BillAddr"].get("City") == "Dallas", "the vendor to follow")
    stage.settle()
    assert state_of(stage) == ("synced", [])
    change_vendor(stage, BillAddr={**vendor(stage)["BillAddr"], "City": "Waco"})
    stage.until(lambda: supplier(stage)["city"] == "Waco", "the supplier to follow")


def test_the_first_account_number_is_asked_about_and_alarmed(stage: Stage) -> None:
    stage.settle()
    before = vendor(stage).get("AcctNum")
    change_supplier(stage, accountNumber="DE00 1234")
    stage.until(lambda: state_of(stage)[0] == "held", "the question")
    assert state_of(stage)[1] == ["payment_details_changed"]
    assert alarms(stage) == [f"supplier:{ACME} account number"]
    assert vendor(stage).get("AcctNum") == before


def test_unpairing_gives_back_what_the_first_contact_filled(stage: Stage) -> None:
    stage.settle()
    change_supplier(stage, city="Dallas")
    stage.until(lambda: vendor(stage)["BillAddr"].get("City") == "Dallas", "the vendor to follow")
    stage.settle()
    commands.unpair(stage.runtime, SLUG, ACME, "ann", undo=True)
    stage.until(lambda: vendor(stage)["BillAddr"].get("City") == "Austin", "the vendor to be as before")


def test_a_vendor_that_a_person_pairs_meanwhile_is_not_paired_a_second_time(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.settle()
    vendor_id = commands.unpair(stage.runtime, SLUG, ACME, "ann")
    by_name = pair_kinds.PAIR_KINDS["supplier"]

    def equal_then_taken(session: Session, connection: Connection, kind: str) -> dict[str, str]:
        twins = by_name.equal(session, connection, kind)
        commands.pair(stage.runtime, SLUG, "Evergreen Catering", vendor_id, "bo")
        return {**twins, ACME: vendor_id}

    monkeypatch.setitem(pair_kinds.PAIR_KINDS, "supplier", replace(by_name, equal=equal_then_taken))
    with stage.runtime.read() as (session, _):
        connection_id = session.scalars(select(Connection.id)).one()
    assert pair_equal_names(stage.runtime, connection_id)["supplier"] == 0
    with stage.runtime.read() as (session, _):
        pairs = session.scalars(select(Pair).where(Pair.kind == "supplier", Pair.qbo_key == vendor_id)).all()
    assert [pair.precoro_key for pair in pairs] != [ACME]
    assert len(pairs) == 1
