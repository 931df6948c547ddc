"""Suppliers and vendors kept in step, both ways, over real HTTP against both stand-ins."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from store.companies import Connection
from store.reference import Entry
from tests.integration.workers.suppliers.both_sides import (
    ACME,
    change_supplier,
    change_vendor,
    in_step,
    record,
    state_of,
    supplier,
    vendor,
    writes,
)
from tests.stage import REALM, Stage
from workers.suppliers import records as supplier_records

FIELDS: dict[str, tuple[str, dict[str, Any]]] = {
    "name": ("Acme Supply Works", {"DisplayName": "Acme Supply Works"}),
    "legalAddress": ("2 Road St", {"BillAddr": {"Line1": "2 Road St"}}),
    "city": ("Dallas", {"BillAddr": {"City": "Dallas"}}),
    "state": ("OK", {"BillAddr": {"CountrySubDivisionCode": "OK"}}),
    "postalCode": ("75201", {"BillAddr": {"PostalCode": "75201"}}),
    "country": ("Canada", {"BillAddr": {"Country": "Canada"}}),
    "phone": ("+1 512 555 7777", {"PrimaryPhone": {"FreeFormNumber": "+1 512 555 7777"}}),
}


def shows(row: dict[str, Any], expected: dict[str, Any]) -> bool:
    return all(
        shows(row.get(name, {}), value) if isinstance(value, dict) else row.get(name) == value
        for name, value in expected.items()
    )


def test_every_field_changed_in_precoro_reaches_the_vendor_in_one_write(stage: Stage) -> None:
    in_step(stage)
    before = vendor(stage)
    change_supplier(stage, **{name: value for name, (value, _) in FIELDS.items()})
    stage.until(lambda: all(shows(vendor(stage), expected) for _, expected in FIELDS.values()), "the vendor to follow")
    stage.settle()
    after = vendor(stage)
    assert [path for method, path in writes(stage) if "/vendor" in path] == [f"/v3/company/{REALM}/vendor"]
    for kept in ("CurrencyRef", "TermRef", "Vendor1099", "AcctNum", "PrimaryEmailAddr"):
        assert after.get(kept) == before.get(kept)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_changed_in_quickbooks_reaches_the_supplier(stage: Stage, field: str) -> None:
    in_step(stage)
    value, changed = FIELDS[field]
    if "BillAddr" in changed:
        changed = {"BillAddr": {**vendor(stage)["BillAddr"], **changed["BillAddr"]}}
    change_vendor(stage, **changed)
    stage.until(lambda: supplier(stage)[field] == value, "the supplier to follow")
    stage.settle()
    assert [write for write in writes(stage) if write[0] == "PUT"] == [("PUT", f"/suppliers/{ACME}")]
    assert supplier(stage)["currencies"] == ["USD"]
    assert supplier(stage)["contacts"]


def test_nothing_echoes_back_after_a_change_on_either_side(stage: Stage) -> None:
    in_step(stage)
    change_vendor(stage, PrimaryPhone={"FreeFormNumber": "+1 512 555 1111"})
    stage.until(lambda: supplier(stage)["phone"] == "+1 512 555 1111", "the supplier to follow")
    stage.settle()
    change_supplier(stage, phone="+1 512 555 2222")
    stage.until(
        lambda: shows(vendor(stage), {"PrimaryPhone": {"FreeFormNumber": "+1 512 555 2222"}}), "the vendor to follow"
    )
    stage.settle()
    stage.quickbooks.delete("requests")
    stage.precoro.delete("requests")
    stage.settle()
    assert writes(stage) == []


def test_many_changes_at_once_are_looked_at_with_a_page_and_not_one_by_one(stage: Stage) -> None:
    stage.tick()
    stage.precoro.delete("requests")
    for key in range(9001, 9013):
        change_supplier(stage, str(key), note="from a file")
    stage.precoro.get("webhooks?wait=5")
    stage.until(lambda: all(done(stage, str(key)) for key in range(9001, 9013)), "all to be looked at", 40)
    paths = [request["path"] for request in stage.precoro.get("requests") if request["method"] == "GET"]
    assert paths.count("/suppliers") >= 1
    assert len([path for path in paths if path.startswith("/suppliers/")]) <= 3


def done(stage: Stage, key: str) -> bool:
    stored = record(stage, key)
    return stored is not None and stored.requested_version <= stored.handled_version


def test_what_no_event_told_is_caught_up(stage: Stage) -> None:
    in_step(stage)
    stage.precoro.post("webhooks", drop=1.0)
    change_supplier(stage, phone="+1 512 555 5555")
    new = {"PrimaryPhone": {"FreeFormNumber": "+1 512 555 5555"}}
    stage.until(lambda: shows(vendor(stage), new), "the vendor to follow", 60)


@pytest.mark.parametrize("fault", ["drop_after_commit", "timeout_after_commit", "500", "429"])
def test_a_change_whose_answer_is_lost_or_refused_for_now_is_made_once(stage: Stage, fault: str) -> None:
    in_step(stage)
    before = vendor(stage)["SyncToken"]
    match = {"method": "POST", "path": f"/v3/company/{REALM}/vendor"}
    stage.quickbooks.post("faults", match=match, fault=fault, times=1, retry_after=2)
    change_supplier(stage, phone="+1 512 555 8888")
    new = {"PrimaryPhone": {"FreeFormNumber": "+1 512 555 8888"}}
    stage.until(lambda: shows(vendor(stage), new), "the vendor to follow", 60)
    stage.settle(60)
    assert int(vendor(stage)["SyncToken"]) == int(before) + 1


def test_a_supplier_that_precoro_hides_is_held_while_it_is_paired_and_left_alone_otherwise(stage: Stage) -> None:
    in_step(stage)
    alone = str(stage.precoro.post("suppliers", company=1, name="Nobody We Know")["id"])
    stage.settle()
    stage.precoro.post("settings", hidden=[f"suppliers/{ACME}", f"suppliers/{alone}"])
    with stage.runtime.write() as (session, moment):
        connection = session.get_one(Connection, 1)
        for key in (ACME, alone):
            session.execute(update(Entry).where(Entry.kind == "supplier", Entry.key == key).values(details=None))
            supplier_records.make_due(session, connection, key, moment)
    stage.until(lambda: state_of(stage) == ("held", ["not_visible"]), "the question")
    stage.until(lambda: state_of(stage, alone) == ("open", []), "the other one to be left alone")
