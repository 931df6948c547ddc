"""Suppliers and vendors kept in step, both ways, over real HTTP against both stand-ins."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.workers.supplier_sides import (
    ACME,
    change_supplier,
    change_vendor,
    in_step,
    supplier,
    vendor,
    writes,
)
from tests.stage import REALM, Stage

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
    assert [one for one in writes(stage) if one[0] == "PUT"] == [("PUT", f"/suppliers/{ACME}")]
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
