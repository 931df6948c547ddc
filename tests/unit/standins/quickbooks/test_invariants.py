"""What must hold in the QuickBooks stand-in after any sequence of writes."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from standins import wire
from standins.control.control import ControlPanel
from standins.quickbooks.company.index import Index
from standins.quickbooks.company.records import CompanyBooks
from standins.quickbooks.settings import QuickBooksSettings
from standins.quickbooks.world import QuickBooksWorld
from tests.unit.standins.quickbooks.books import US, Books, bill, category_line

Json = dict[str, Any]

VENDORS = ("56", "57", "58")


class Day:
    """A random day at the office, the same for the same seed."""

    def __init__(self, books: Books, seed: int) -> None:
        self.books = books
        self.chance = random.Random(seed)  # noqa: S311

    def act(self) -> None:
        """Do one thing; a refusal is fine."""
        acts: list[Callable[[], object]] = [
            self._order,
            self._bill,
            self._bill,
            self._bill,
            self._pay,
            self._pay,
            self._change,
            self._delete,
            self._void,
        ]
        self.chance.choice(acts)()

    def _pick(self, entity: str) -> Json | None:
        rows = self.books.query(f"select * from {entity} maxresults 1000").get(entity, [])  # noqa: S608
        return self.chance.choice(rows) if rows else None

    def _order(self) -> None:
        body = bill(category_line(20), vendor=self.chance.choice(VENDORS))
        self.books.post("purchaseorder", {**body, "APAccountRef": {"value": "33"}})

    def _bill(self) -> None:
        order = self._pick("PurchaseOrder")
        line = category_line(self.chance.randint(1, 50))
        if order and self.chance.random() < 0.6:
            link = {"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}
            line = {**line, "LinkedTxn": [link]}
        kind = self.chance.choice(["bill", "bill", "vendorcredit"])
        vendor = order["VendorRef"]["value"] if order else "56"
        self.books.post(kind, bill(line, vendor=vendor, DocNumber=f"N{self.chance.randint(1, 40)}"))

    def _pay(self) -> None:
        owed = self._pick("Bill")
        if owed and owed["Balance"]:
            amount = self.chance.randint(1, int(owed["Balance"]) or 1)
            self.books.control(f"bill/{owed['Id']}", {"do": "pay", "amount": amount})

    def _change(self) -> None:
        owed = self._pick("Bill")
        if owed:
            line = category_line(self.chance.randint(1, 50))
            vendor = owed["VendorRef"]["value"]
            self.books.post("bill", {**bill(line, vendor=vendor), "Id": owed["Id"], "SyncToken": owed["SyncToken"]})

    def _delete(self) -> None:
        entity = self.chance.choice(["Bill", "VendorCredit", "PurchaseOrder", "BillPayment"])
        row = self._pick(entity)
        if row:
            self.books.settings.refuse_delete_linked = self.chance.random() < 0.5
            gone = {"Id": row["Id"], "SyncToken": row["SyncToken"]}
            self.books.post(entity.lower(), gone, operation="delete")

    def _void(self) -> None:
        row = self._pick("BillPayment")
        if row:
            self.books.control(f"billpayment/{row['Id']}", {"do": "void"})


def world_of(books: Books) -> QuickBooksWorld:
    control: ControlPanel[QuickBooksSettings] = books.client.application.extensions["control"]
    assert isinstance(control.world, QuickBooksWorld)
    return control.world


def check_balances(company: CompanyBooks) -> None:
    for entity in ("Bill", "VendorCredit"):
        for row in company.rows(entity):
            paid = company.index.paid_on(entity, row["Id"])
            assert Decimal(row["Balance"]) == max(Decimal(row["TotalAmt"]) - paid, Decimal(0))
            assert Decimal(row["TotalAmt"]) == sum(Decimal(line["Amount"]) for line in row["Line"])
    for vendor in VENDORS:
        owed = sum(Decimal(row["Balance"]) for row in company.rows("Bill") if row["VendorRef"]["value"] == vendor)
        due = sum(
            Decimal(row["Balance"]) for row in company.rows("VendorCredit") if row["VendorRef"]["value"] == vendor
        )
        assert Decimal(company.tables["Vendor"][vendor]["Balance"]) == owed - due


def check_links(company: CompanyBooks) -> None:
    for entity, others in (("Bill", ("PurchaseOrder", "BillPayment")), ("PurchaseOrder", ("Bill",))):
        for row in company.rows(entity):
            for link in row.get("LinkedTxn", []):
                kind = link["TxnType"].removesuffix("Check")
                assert kind in others
                assert link["TxnId"] in company.tables[kind], (entity, row["Id"], link)
    for order in company.rows("PurchaseOrder"):
        linked = {link["TxnId"] for link in order["LinkedTxn"]}
        assert linked == {
            row["Id"]
            for row in company.rows("Bill")
            if {"TxnId": order["Id"], "TxnType": "PurchaseOrder"} in row.get("LinkedTxn", [])
        }


def check_indexes(company: CompanyBooks) -> None:
    def filled(index: dict[Any, Any]) -> dict[Any, Any]:
        return {key: value for key, value in index.items() if value}

    def described(index: Index) -> list[dict[Any, Any]]:
        return [filled(index.names), filled(index.numbers), filled(index.applied), filled(index.billed)]

    kept = described(company.index)
    company.rebuild()
    assert kept == described(company.index)


@pytest.mark.parametrize("seed", range(6))
def test_balances_links_and_indexes_hold_after_any_day(us: Books, seed: int) -> None:
    day = Day(us, seed)
    company = world_of(us).companies[US]
    closed = paid = 0
    for _ in range(120):
        day.act()
        assert us.status < 500
        check_balances(company)
        check_links(company)
        closed += any(row["POStatus"] == "Closed" for row in company.rows("PurchaseOrder"))
        paid += any(row["Balance"] < row["TotalAmt"] for row in company.rows("Bill"))
    assert closed, "no order was ever billed in full: the day tests nothing"
    assert paid, "no bill was ever paid: the day tests nothing"
    check_indexes(company)


def test_everything_survives_being_written_and_read(us: Books) -> None:
    day = Day(us, 1)
    for _ in range(40):
        day.act()
    world = world_of(us)
    before = wire.dumps(world.state())
    world.load(wire.loads(wire.dumps(world.dump())))
    assert wire.dumps(world.state()) == before
    assert us.get("vendor/56")["Vendor"]["Id"] == "56"
