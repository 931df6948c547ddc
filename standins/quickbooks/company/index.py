"""Indexes of a company by name, number, payment and purchase order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from standins.quickbooks.entities.entity import Entity
from standins.quickbooks.entities.table import NAME_SHARERS

Json = dict[str, Any]

BILLING = frozenset({"Bill", "Purchase"})
"""What takes from purchase orders."""


class Index:
    """What is found by something else than its id.

    names     (entity, id) of all that have a name, by (space, folded name)
    numbers   ids of transactions by (entity, folded number)
    applied   amounts by the id of the payment, for each (entity, id) that is paid
    billed    (entity, id) of the bills and purchases for each purchase order
    """

    def __init__(self) -> None:
        self.names: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self.numbers: dict[tuple[str, str], set[str]] = {}
        self.applied: dict[tuple[str, str], dict[str, Decimal]] = {}
        self.billed: dict[str, set[tuple[str, str]]] = {}

    def holder_of_name(self, entity: Entity, name: str, *, besides: str = "") -> str | None:
        """Return the id that holds a name among those it must be unique in, besides one."""
        holders = sorted(self.names.get((name_space(entity), folded(name)), set()), key=lambda holder: int(holder[1]))
        return next((holder for _, holder in holders if holder != besides), None)

    def holders_of_number(self, entity: str, number: str) -> list[str]:
        """Return the ids of an entity's transactions that have a number, in order."""
        return sorted(self.numbers.get((entity, folded(number)), set()), key=int)

    def payments_on(self, entity: str, identity: str) -> dict[str, Decimal]:
        """Return what was applied to a bill or credit, by the id of the payment."""
        return self.applied.get((entity, identity), {})

    def paid_on(self, entity: str, identity: str) -> Decimal:
        """Return what was applied to a bill or credit in all."""
        return sum(self.payments_on(entity, identity).values(), Decimal(0))

    def apply(self, identity: str, bill: str, amount: Decimal) -> None:
        """Take in what a transaction that is not modelled, such as a journal entry, pays of a bill; 0 takes it out."""
        amounts = self.applied.setdefault(("Bill", bill), {})
        amounts[identity] = amount
        if not amount:
            del amounts[identity]

    def bills_of(self, order: str) -> list[tuple[str, str]]:
        """Return (entity, id) of the bills and purchases that are linked to a purchase order, in order."""
        return sorted(self.billed.get(order, set()), key=lambda bill: int(bill[1]))

    def add(self, entity: Entity, record: Json) -> None:
        """Take a record in."""
        if entity.is_name_list:
            key = (name_space(entity), folded(unique_name(entity, record)))
            self.names.setdefault(key, set()).add((entity.name, record["Id"]))
        if not entity.transaction:
            return
        if record.get("DocNumber"):
            self.numbers.setdefault((entity.name, folded(record["DocNumber"])), set()).add(record["Id"])
        if entity.name == "BillPayment":
            for target, amount in payments_of(record).items():
                self.applied.setdefault(target, {})[record["Id"]] = amount
        if entity.name in BILLING:
            for order in orders_of(record):
                self.billed.setdefault(order, set()).add((entity.name, record["Id"]))

    def drop(self, entity: Entity, record: Json) -> None:
        """Take a record out."""
        if entity.is_name_list:
            key = (name_space(entity), folded(unique_name(entity, record)))
            self.names.get(key, set()).discard((entity.name, record["Id"]))
        if not entity.transaction:
            return
        if record.get("DocNumber"):
            self.numbers.get((entity.name, folded(record["DocNumber"])), set()).discard(record["Id"])
        if entity.name == "BillPayment":
            for target in payments_of(record):
                self.applied.get(target, {}).pop(record["Id"], None)
        if entity.name in BILLING:
            for order in orders_of(record):
                self.billed.get(order, set()).discard((entity.name, record["Id"]))


def folded(name: str) -> str:
    """Fold a name as QBO compares names: without case and outer blanks."""
    return name.strip().casefold()


def name_space(entity: Entity) -> str:
    """Return the space in which a name is unique: Vendor, Customer and Employee share one."""
    return "names" if entity.name in NAME_SHARERS else entity.name


def unique_name(entity: Entity, record: Json) -> str:
    """Return the name that must be unique: the whole path for lists that nest."""
    if entity.name == "Customer":
        return str(record.get("DisplayName", ""))
    return str(record.get("FullyQualifiedName") or record.get(entity.name_field) or record.get("Name", ""))


def payments_of(payment: Json) -> dict[tuple[str, str], Decimal]:
    """Return what a bill payment applies, by (entity, id) of its bills and credits."""
    applied: dict[tuple[str, str], Decimal] = {}
    for line in payment.get("Line", []):
        for link in line.get("LinkedTxn", []):
            target = (link["TxnType"], link["TxnId"])
            applied[target] = applied.get(target, Decimal(0)) + Decimal(line.get("Amount", 0))
    return applied


def orders_of(bill: Json) -> set[str]:
    """Return the purchase orders that lines of a bill are linked to."""
    return {
        link["TxnId"]
        for line in bill.get("Line", [])
        for link in line.get("LinkedTxn", [])
        if link.get("TxnType") == "PurchaseOrder"
    }


def vendor_of(record: Json) -> str | None:
    """Return the vendor of a transaction; a purchase may be paid to somebody else."""
    if "VendorRef" in record:
        return str(record["VendorRef"]["value"])
    payee = record.get("EntityRef") or {}
    return str(payee["value"]) if payee.get("type") == "Vendor" else None
