"""Receipts: what arrived of a purchase order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standins.precoro.company import now, stamp
from standins.precoro.documents.statuses import APPROVED, NAMES, PENDING_RECEIPT
from standins.precoro.http.forms import InvalidError

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record

WAREHOUSE = {"id": 4, "name": "Main warehouse"}
ALL_RECEIVED = 2


def receive(company: CompanyRecords, order: Record, described: dict[str, Any]) -> Record:
    """Record that everything still open of an order has arrived, or raise InvalidError."""
    if order["status"] not in {APPROVED, PENDING_RECEIPT}:
        raise InvalidError({"purchaseOrder": "The Purchase Order is not approved."})
    if (described.get("warehouse") or {}).get("id") != WAREHOUSE["id"]:
        raise InvalidError({"warehouse": "This value is not valid."})
    if not described.get("requiredDate"):
        raise InvalidError({"requiredDate": "This value should not be blank."})
    receipt = company.add("receipts", _receipt(company, order, described))
    for line in order["items"]:
        line["received"] = line["ordered"]
    order["statusReceiving"] = ALL_RECEIVED
    order["relatedReceipts"].append({"id": receipt["id"], "idn": receipt["idn"]})
    order["updateDate"] = receipt["createDate"]
    return receipt


def _receipt(company: CompanyRecords, order: Record, described: dict[str, Any]) -> Record:
    moment, number = stamp(now()), company.next_number("receipts")
    return {
        "id": company.next_id("receipts"),
        "idn": number,
        "customName": f"R-{number}",
        "status": APPROVED,
        "statusString": NAMES[APPROVED],
        "receiptNumber": None,
        "createDate": moment,
        "updateDate": moment,
        "approvalDate": moment,
        "requiredDate": described["requiredDate"],
        "note": described.get("note"),
        "externalId": None,
        "externalIntegrationLog": None,
        "purchaseOrder": {"id": order["id"], "idn": order["idn"]},
        "warehouse": WAREHOUSE,
        "supplier": {"id": order["supplier"]["id"]},
        "location": order["location"],
        "dataDocumentCustomFields": described.get("dataDocumentCustomFields") or [],
        "items": [_line(company, line) for line in order["items"] if line["ordered"] > line["received"]],
        "attachments": [],
    }


def _line(company: CompanyRecords, line: Record) -> Record:
    kept = {key: line[key] for key in ("sku", "name", "description", "unit", "item")}
    arrived = line["ordered"] - line["received"]
    return {"id": company.next_id("lines"), **kept, "received": arrived, "purchaseOrderItem": {"id": line["id"]}}
