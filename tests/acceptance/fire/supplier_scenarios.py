"""What a process is at when it dies over a supplier: each scenario makes exactly one job due, of one supplier."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from tests.acceptance.fire.house import Fire
from tests.acceptance.fire.scenarios import after_the_first_job
from tests.stage import REALM
from workers.suppliers import commands

SLUG = "widgets-inc"
VENDOR = {"method": "POST", "path": f"/v3/company/{REALM}/vendor"}


@dataclass(frozen=True)
class SupplierWork:
    """What must stand in the end: the city on both sides, how often the vendor was changed, and the record's state."""

    supplier: dict[str, Any]
    city: str
    vendor_city: str
    changes: int
    state: str = "synced"


def create_vendor(fire: Fire) -> SupplierWork:
    """Make a new approved supplier wait for its vendor."""
    supplier = new_supplier(fire)
    fire.wait_for_events()
    return SupplierWork(supplier, "Waco", "Waco", 0)


def create_vendor_landed(fire: Fire) -> SupplierWork:
    """Leave a new vendor that landed and whose answer was never seen."""
    fire.stage.quickbooks.post("faults", match=VENDOR, fault="drop_after_commit", times=1)
    supplier = new_supplier(fire)
    after_the_first_job(fire)
    return SupplierWork(supplier, "Waco", "Waco", 0)


def create_vendor_lost(fire: Fire) -> SupplierWork:
    """Leave a new vendor that did not land, which nobody knows."""
    fire.stage.quickbooks.post("faults", match=VENDOR, fault="reset", times=1)
    supplier = new_supplier(fire)
    after_the_first_job(fire)
    return SupplierWork(supplier, "Waco", "Waco", 0)


def change_vendor(fire: Fire) -> SupplierWork:
    """Make a supplier that was changed wait to change its vendor."""
    supplier = synced_supplier(fire)
    change_city(fire, supplier, "Dallas")
    fire.wait_for_events()
    return SupplierWork(supplier, "Dallas", "Dallas", 1)


def change_vendor_landed(fire: Fire) -> SupplierWork:
    """Leave a change of a vendor that landed and whose answer was never seen."""
    supplier = synced_supplier(fire)
    fire.stage.quickbooks.post("faults", match=VENDOR, fault="drop_after_commit", times=1)
    change_city(fire, supplier, "Dallas")
    after_the_first_job(fire)
    return SupplierWork(supplier, "Dallas", "Dallas", 1)


def change_supplier(fire: Fire) -> SupplierWork:
    """Make a vendor that was changed wait to change its supplier."""
    supplier = synced_supplier(fire)
    change_vendor_city(fire, supplier, "Houston")
    fire.wait_for_events()
    return SupplierWork(supplier, "Houston", "Houston", 1)


def conflict(fire: Fire) -> SupplierWork:
    """Make a supplier wait to be held: both sides were changed, and no event tells of Precoro's change."""
    supplier = synced_supplier(fire)
    fire.stage.precoro.post("webhooks", drop=1.0)
    change_city(fire, supplier, "Dallas")
    change_vendor_city(fire, supplier, "Houston")
    fire.wait_for_events()
    return SupplierWork(supplier, "Dallas", "Houston", 1, state="held")


def answer(fire: Fire, work: SupplierWork) -> None:
    """Let a person answer what a conflict asks, so that it makes no job due in a later scenario."""
    commands.answer(fire.stage.runtime, SLUG, str(work.supplier["id"]), "city", "precoro", "ann")
    fire.stage.until_state(work.supplier, "synced")


SUPPLIER_SCENARIOS: Mapping[str, Callable[[Fire], SupplierWork]] = {
    scenario.__name__: scenario
    for scenario in (
        create_vendor,
        create_vendor_landed,
        create_vendor_lost,
        change_vendor,
        change_vendor_landed,
        change_supplier,
        conflict,
    )
}


def new_supplier(fire: Fire) -> dict[str, Any]:
    """Create a supplier whose name is like no other, so that no vendor may be its own."""
    number = fire.number()
    name = sha256(str(number).encode()).hexdigest()[:12]
    supplier: dict[str, Any] = fire.stage.precoro.post(
        "suppliers", company=1, name=name, city="Waco", legalAddress=f"{number} Elm St", phone=f"+1 254 555 {number:04}"
    )
    return supplier


def synced_supplier(fire: Fire) -> dict[str, Any]:
    """Create a supplier and let its vendor be created, and an hour pass."""
    supplier = new_supplier(fire)
    fire.stage.until_state(supplier, "synced")
    fire.settle()
    return supplier


def change_city(fire: Fire, supplier: Mapping[str, Any], city: str) -> None:
    """Let a person change the city of a supplier."""
    fire.stage.precoro.post(f"suppliers/{supplier['id']}", company=1, set={"city": city})


def change_vendor_city(fire: Fire, supplier: Mapping[str, Any], city: str) -> None:
    """Let a person change the city of its vendor, and the clock read what has changed in QuickBooks."""
    [vendor] = vendors_of(fire, supplier)
    changed = {"BillAddr": {**vendor["BillAddr"], "City": city}}
    fire.stage.quickbooks.post(f"vendor/{vendor['Id']}?realm={REALM}", set=changed)
    fire.read_changes()


def suppliers_of(fire: Fire, supplier: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every supplier of that name."""
    rows = fire.stage.precoro.rows("1", "suppliers")
    return [row for row in rows if row["name"] == supplier["name"]]


def vendors_of(fire: Fire, supplier: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return every vendor of that name."""
    rows = fire.stage.quickbooks.rows(REALM, "vendor")
    return [row for row in rows if row["DisplayName"] == supplier["name"]]
