"""Put the documents of a grown company into Precoro, approved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from standins.companies.growing import booked_id
from standins.precoro.company import stamp
from standins.precoro.documents.descriptions import Scribe
from standins.precoro.documents.statuses import APPROVED
from standins.precoro.settings import PrecoroSettings

if TYPE_CHECKING:
    from standins.companies.growing import PastDocument
    from standins.precoro.company import CompanyRecords, Record

COLLECTIONS = {"invoice": "invoices", "purchase_order": "purchaseorders"}
NET_DAYS = 30


def enter(company: CompanyRecords, documents: Iterable[PastDocument]) -> None:
    """Enter every document on its own day, with the `qboId` of the former integration."""
    scribe = Scribe(company, PrecoroSettings())
    for document in documents:
        scribe.create(COLLECTIONS[document.kind], _described(document))


def _described(document: PastDocument) -> Record:
    moment = stamp(datetime.combine(document.day, time(16), UTC))
    described: Record = {
        "supplier": document.supplier,
        "status": APPROVED,
        "createDate": moment,
        "updateDate": moment,
        "approvalDate": moment,
        "dueDate": (document.day + timedelta(days=NET_DAYS)).isoformat(),
        "qboId": booked_id(document) if document.booked else None,
        "lines": [
            {"name": line.name, "quantity": line.quantity, "price": line.price, "account": line.account.name}
            for line in document.lines
        ],
    }
    if document.kind == "purchase_order":
        return {**described, "number": document.number}
    return {**described, "invoiceNumber": document.number, "issueDate": document.day.isoformat()}
