"""Whatever people do with orders, their invoices and credit notes, in whatever order: both sides agree, links included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from mappers.policy import Policy
from standins import compare
from standins.comparison.judge import ALL_KINDS
from tests.stage import Stage, house

Document = dict[str, Any]
ACTS = 24
GOODS = ("Copy paper", "Envelopes", "Pens")


@pytest.fixture
def stage(request: pytest.FixtureRequest, tmp_path: Path, redis_url: str) -> Iterator[Stage]:
    """Return a house that sends both by a policy, far faster than real and without limits."""
    with house(tmp_path, redis_url, TIEOUT_SPEED="600") as opened:
        for control in (opened.precoro, opened.quickbooks):
            control.post("settings", limits=False)
        opened.begin_connected(request.param)
        yield opened


class People:
    """Does something at random with the documents of Precoro, and never bills more than was ordered."""

    def __init__(self, stage: Stage, seed: int, days: Sequence[str]) -> None:
        self.stage = stage
        self.days = days
        self.chance = Random(seed)  # noqa: S311 - a history that can be repeated
        self.orders: list[Document] = []
        self.invoices: list[Document] = []
        self.unbilled: dict[int, int] = {}
        self.number = 0

    def act(self) -> None:
        """Do one thing; ordering and billing are the commonest."""
        acts = [self.order, self.bill, self.bill, self.credit, self.revise, self.cancel, self.cancel_order]
        self.chance.choice(acts)()
        if self.chance.random() < 1 / 3:
            self.stage.settle()

    def order(self) -> None:
        """Order some goods."""
        goods = self.chance.sample(GOODS, self.chance.randint(1, 3))
        lines = [{"name": name, "quantity": 10, "price": "12.35", "account": "Office Supplies"} for name in goods]
        day = self.chance.choice(self.days)
        form = {"number": self._number("PO"), "supplier": "Acme Supply", "createDate": day, "lines": lines}
        order = self.stage.precoro.post("purchaseorders", company=1, **form)
        self.orders.append(self.stage.act(order, "approve", "purchaseorders"))
        self.unbilled |= {line["id"]: 10 for line in _lines(order)}

    def bill(self) -> None:
        """Bill a part of what is not billed yet, of one order or several, with freight at times."""
        lines = [line for order in self.orders for line in _lines(order) if self.unbilled.get(line["id"])]
        if not lines:
            return
        chosen = self.chance.sample(lines, min(len(lines), self.chance.randint(1, 3)))
        if len({self._order_of(line)["id"] for line in chosen}) > 1:
            self.stage.settle()  # orders that are not named are understood once they were looked at
        rows = [self._billing(line) for line in chosen]
        if self.chance.random() < 1 / 2:
            rows.append({"name": "Freight", "quantity": 1, "price": "9.90", "account": "Office Supplies"})
        self._approve(rows, purchaseOrder=self._order_of(chosen[0])["idn"])

    def credit(self) -> None:
        """Credit a part of an invoice."""
        if self.invoices:
            invoice = self.chance.choice(self.invoices)
            row = {"name": "Returned", "quantity": 1, "price": "12.35", "account": "Office Supplies"}
            self._approve([row], creditNote=True, allocatedInvoice=invoice["idn"])

    def revise(self) -> None:
        """Revise an invoice: its freight costs something else."""
        if self.invoices:
            invoice = self.chance.choice(self.invoices)
            self.stage.act(invoice, "revise")
            price = f"{self.chance.randint(1, 99)}.50"
            freight = {"name": "Freight", "quantity": 1, "price": price, "account": "Office Supplies"}
            kept = [self._again(line) for line in _lines(invoice) if line["name"] != "Freight"]
            self.stage.change(invoice, lines=[*kept, freight])
            self.stage.act(invoice, "approve")

    def cancel(self) -> None:
        """Cancel an invoice; what it billed can be billed again."""
        if self.invoices:
            invoice = self.invoices.pop(self.chance.randrange(len(self.invoices)))
            self.stage.act(invoice, "cancel")
            for line in _lines(invoice):
                if line.get("purchaseOrderItem"):
                    self.unbilled[line["purchaseOrderItem"]["id"]] += int(line["ordered"])

    def cancel_order(self) -> None:
        """Cancel an order that nobody has billed."""
        for order in self.orders:
            if all(self.unbilled[line["id"]] == int(line["ordered"]) for line in _lines(order)):
                self.orders.remove(order)
                self.stage.act(order, "cancel", "purchaseorders")
                return

    def _approve(self, rows: list[Document], **more: Any) -> None:
        number = self._number("INV")
        document = self.stage.approved(number=number, invoiceNumber=f"S-{number}", lines=rows, **more)
        if "creditNote" not in more:
            self.invoices.append(document)

    def _billing(self, line: Document) -> Document:
        quantity = self.chance.randint(1, self.unbilled[line["id"]])
        self.unbilled[line["id"]] -= quantity
        return {
            "name": line["name"], "quantity": quantity, "price": "12.35", "account": "Office Supplies",
            "purchaseOrderItem": line["id"],
        }  # fmt: skip

    @staticmethod
    def _again(line: Document) -> Document:
        ordered = line["purchaseOrderItem"]["id"]
        return {
            "id": line["id"], "name": line["name"], "quantity": int(line["ordered"]), "price": "12.35",
            "account": "Office Supplies", "purchaseOrderItem": ordered,
        }  # fmt: skip

    def _order_of(self, line: Document) -> Document:
        return next(order for order in self.orders if line["id"] in [other["id"] for other in _lines(order)])

    def _number(self, letters: str) -> str:
        self.number += 1
        return f"{letters}-{self.number}"


def _lines(document: Document) -> list[Document]:
    items = document["items"]
    rows: list[Document] = items["data"] if isinstance(items, dict) else items
    return rows


BOTH = Policy(send="both")
MOVED = Policy(send="both", bill_before_order="earlier_order")
BEFORE, AFTER = "2026-10-30", "2026-11-05"
"""Days before and after the date of every invoice."""


@pytest.mark.parametrize(
    ("stage", "seed", "days"),
    [(BOTH, 0, [BEFORE]), (BOTH, 1, [BEFORE]), (MOVED, 2, [BEFORE, AFTER])],
    ids=["first", "second", "orders after their bills"],
    indirect=["stage"],
)
def test_both_sides_agree_after_any_history(stage: Stage, seed: int, days: Sequence[str]) -> None:
    people = People(stage, seed, days)
    for _ in range(ACTS):
        people.act()
    stage.settle()
    comparison = compare.compare(stage.precoro.url, stage.quickbooks.url, kinds=ALL_KINDS)
    assert comparison.ties, compare.table(comparison)
    assert [(record.name, record.state) for record in stage.records() if record.problems or record.attempts] == []
    for entity in stage.entities("purchaseorder"):
        [order] = [order for order in people.orders if f":{order['id']}" in entity["PrivateNote"]]
        is_billed = not any(people.unbilled[line["id"]] for line in _lines(order))
        assert entity["POStatus"] == ("Closed" if is_billed else "Open")
