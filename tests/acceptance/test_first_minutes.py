"""The first minutes of a customer, with nothing that smooths the start: suppliers change before anybody looked at them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mappers.policy import Policy
from tests.acceptance.forks import ForkServer
from tests.acceptance.processes import Processes, processes
from tests.stage import REALM
from workers.connections import go_live
from workers.documents.preview import waiting_documents

EARLY = datetime(2020, 1, 1, tzinfo=UTC)
ACME, VENDOR = "9001", "56"
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
EVERYTHING = ("redis", "receiver", "workers", "clock")


def supplier(house: Processes) -> dict[str, Any]:
    rows: list[dict[str, Any]] = house.precoro.rows("1", "suppliers")
    return next(row for row in rows if str(row["id"]) == ACME)


def vendor(house: Processes) -> dict[str, Any]:
    return next(row for row in house.entities("vendor") if row["Id"] == VENDOR)


def drop_events(house: Processes, share: float) -> None:
    for service in (house.precoro, house.quickbooks):
        service.post("webhooks", drop=share)


def ordered(house: Processes) -> dict[str, Any]:
    form = {"supplier": "Acme Supply", "createDate": "2026-10-30", "requiredDate": "2026-12-02", "lines": [PAPER]}
    order = house.precoro.post("purchaseorders", company=1, number="PO-1", **form)
    approved: dict[str, Any] = house.act(order, "approve", "purchaseorders")
    return approved


def states(house: Processes) -> set[str]:
    return {record.state for record in house.records()}


def test_connect_change_suppliers_lose_events_restart_go_live_and_send(tmp_path: Path, fork_server: ForkServer) -> None:
    with processes(tmp_path, fork_server, is_connected=False) as house:
        house.connect(Policy(send="both"), live=False)
        house.precoro.post(f"suppliers/{ACME}", company=1, set={"phone": "+1 512 555 0177"})
        house.quickbooks.post(f"vendor/{VENDOR}?realm={REALM}", set={"WebAddr": {"URI": "https://acme.example/new"}})
        house.start("workers", "clock")
        first = house.approved(number="INV-1", invoiceNumber="S-1", lines=[PAPER])
        drop_events(house, 1.0)
        lost = [ordered(house), house.approved(number="INV-2", invoiceNumber="S-2", lines=[PAPER])]
        house.precoro.post(f"suppliers/{ACME}", company=1, set={"postalCode": "78799"})
        house.restart(*EVERYTHING)
        drop_events(house, 0.0)
        house.until(lambda: len(house.records()) == 3 and states(house) == {"ready"}, "all to be ready")
        assert (house.bills(), house.entities("purchaseorder")) == ([], [])
        planned = sorted(row.entity.total for row in waiting_documents(house.runtime, since=EARLY) if row.entity)
        go_live.go_live(house.runtime, "widgets-inc", "ann", EARLY)
        house.restart(*EVERYTHING)
        house.until(lambda: states(house) == {"synced"}, "all to be sent")
        house.settle()
        entities = [*house.bills(), *house.entities("purchaseorder")]
        assert sorted(entity["TotalAmt"] for entity in entities) == planned
        assert {house.record(document).state for document in (first, *lost)} == {"synced"}
        assert house.comparison(kinds=("invoice", "purchase_order")).ties
        house.until(lambda: vendor(house)["PrimaryPhone"]["FreeFormNumber"] == supplier(house)["phone"], "the phone")
        assert supplier(house)["phone"] == "+1 512 555 0177"
        assert vendor(house)["WebAddr"]["URI"] == "https://acme.example/new"
        house.until(
            lambda: vendor(house)["BillAddr"]["PostalCode"] == "78799", "the postal code, of which no event told"
        )
