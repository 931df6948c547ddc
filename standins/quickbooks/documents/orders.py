"""The link between purchase orders and bills, and when an order closes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from standins.quickbooks import errors
from standins.quickbooks.company.draft import EntityDraft
from standins.quickbooks.company.index import BILLING, orders_of, vendor_of
from standins.quickbooks.entities.table import ENTITIES
from standins.wire import plain

Json = dict[str, Any]


def check_link(draft: EntityDraft, line: Json, before: Json | None) -> None:
    """Keep the links of a line that hold; drop or refuse the others."""
    if not line.get("LinkedTxn"):
        line.pop("LinkedTxn", None)
        return
    kept = [link for link in line["LinkedTxn"] if _holds(draft, link, before)]
    if len(kept) < len(line["LinkedTxn"]) and draft.company.settings.invalid_link == "620":
        raise errors.cannot_be_linked("the purchase order line does not exist or belongs to another vendor")
    line["LinkedTxn"] = kept
    if not kept:
        del line["LinkedTxn"]


def close_empty(draft: EntityDraft) -> None:
    """Close a new order at once when its category lines come to nothing [recorded]."""
    lines = draft.new["Line"]
    categories = all("AccountBasedExpenseLineDetail" in line for line in lines)
    if draft.old is None and categories and not any(_ordered(line) for line in lines):
        draft.new["POStatus"] = "Closed"


def _holds(draft: EntityDraft, link: Json, before: Json | None) -> bool:
    if draft.entity.name not in BILLING or link.get("TxnType") != "PurchaseOrder":
        return False
    if before is not None and link not in before.get("LinkedTxn", []):
        return False  # an existing line cannot be linked later: it must come as a new one
    order = draft.company.get("PurchaseOrder", str(link.get("TxnId", "")))
    if order is None or order["VendorRef"]["value"] != vendor_of(draft.new):
        return False
    if order["POStatus"] == "Closed" and order["Id"] not in orders_of(draft.old or {}):
        return False
    _check_dates(draft, order)
    return any(line["Id"] == str(link.get("TxnLineId")) for line in order["Line"])


def _check_dates(draft: EntityDraft, order: Json) -> None:
    """Refuse an order that is younger than what bills it, by the date that the setting names."""
    dates = {"txn_date": order["TxnDate"], "change_date": order["MetaData"]["LastUpdatedTime"][:10]}
    if draft.new["TxnDate"] < dates.get(draft.company.settings.bill_before_order, ""):
        raise errors.order_is_younger()


def refresh(draft: EntityDraft, old: Json | None, new: Json | None) -> None:
    """Bring the purchase orders of a bill or purchase up to date: LinkedTxn, Received, POStatus."""
    for order in sorted(orders_of(old or {}) | orders_of(new or {}), key=int):
        record = draft.company.get("PurchaseOrder", order)
        if record is not None:
            _refresh_order(draft, record)


def _refresh_order(draft: EntityDraft, order: Json) -> None:
    company = draft.company
    bills = company.index.bills_of(order["Id"])
    billed = _billed(draft, order["Id"], bills)
    lines = [_with_received(line, billed.get(line["Id"], Decimal(0))) for line in order["Line"]]
    complete = all(billed.get(line["Id"], Decimal(0)) >= _ordered(line) for line in order["Line"])
    status = order["POStatus"]
    if bills and complete:
        status = "Closed"
    elif status == "Closed" and company.settings.reopen_purchase_orders:
        status = "Open"
    linked = [{"TxnId": identity, "TxnType": kind} for kind, identity in bills]
    company.touch(ENTITIES["PurchaseOrder"], order["Id"], Line=lines, POStatus=status, LinkedTxn=linked)


def _billed(draft: EntityDraft, order: str, bills: list[tuple[str, str]]) -> dict[str, Decimal]:
    """Add up what bills and purchases took of each order line, in quantity or amount."""
    taken: dict[str, Decimal] = {}
    for kind, identity in bills:
        for line in draft.company.tables[kind][identity]["Line"]:
            for link in line.get("LinkedTxn", []):
                if link["TxnId"] == order:
                    name = str(link["TxnLineId"])
                    taken[name] = taken.get(name, Decimal(0)) + _ordered(line)
    return taken


def _ordered(line: Json) -> Decimal:
    quantity = line.get("ItemBasedExpenseLineDetail", {}).get("Qty")
    return Decimal(line.get("Amount", 0) if quantity is None else quantity)


def _with_received(line: Json, taken: Decimal) -> Json:
    if "ItemBasedExpenseLineDetail" not in line or (not taken and "Received" not in line):
        return line
    return {**line, "Received": plain(taken)}


def unlink_bills(draft: EntityDraft) -> None:
    """After an order is deleted: its bills stay, without the link."""
    order = (draft.old or {})["Id"]
    for kind, identity in draft.company.index.bills_of(order):
        record = draft.company.tables[kind][identity]
        lines = [_without_order(line, order) for line in record["Line"]]
        kept = [link for link in record.get("LinkedTxn", []) if link["TxnId"] != order]
        draft.company.touch(ENTITIES[kind], identity, Line=lines, LinkedTxn=kept or None)


def _without_order(line: Json, order: str) -> Json:
    kept = [link for link in line.get("LinkedTxn", []) if link["TxnId"] != order]
    rest = {key: value for key, value in line.items() if key != "LinkedTxn"}
    return {**rest, "LinkedTxn": kept} if kept else rest
