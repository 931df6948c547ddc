"""Put the documents of a grown company into its books."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from standins.companies.growing import PastDocument, PastLine, booked_id
from standins.quickbooks.company.clock import pacific
from standins.quickbooks.company.currencies import reference_to
from standins.quickbooks.company.records import FIRST_TRANSACTION, CompanyBooks
from standins.quickbooks.entities.table import ENTITIES
from standins.wire import plain

Json = dict[str, Any]

NET_DAYS = 30
KINDS = {"invoice": "Bill", "purchase_order": "PurchaseOrder"}


def enter(company: CompanyBooks, documents: Iterable[PastDocument]) -> None:
    """Enter every booked document; equal parts of records are shared."""
    clerk = _Clerk(company)
    count = 0
    for count, document in enumerate(documents, 1):  # noqa: B007 (the last count is what is wanted)
        if document.booked:
            clerk.enter(document)
    company.counters["transactions"] = FIRST_TRANSACTION + count - 1


class _Clerk:
    def __init__(self, company: CompanyBooks) -> None:
        self._company = company
        code = company.home_currency
        self._currency = reference_to(code)
        payable = next(row for row in company.rows("Account") if row["AccountType"] == "Accounts Payable")
        self._payable = {"value": payable["Id"], "name": payable["FullyQualifiedName"]}
        self._names: dict[str, Json] = {}
        self._no_tax = {"value": "NON"}

    def enter(self, document: PastDocument) -> None:
        moment = datetime.combine(document.day, time(17), UTC)
        record: Json = {
            "Id": booked_id(document),
            "SyncToken": "0",
            "MetaData": _meta(moment),
            "domain": "QBO",
            "sparse": False,
            "VendorRef": self._reference("Vendor", document.vendor),
            "APAccountRef": self._payable,
            "CurrencyRef": self._currency,
            "DocNumber": document.number,
            "TxnDate": document.day.isoformat(),
            "Line": [self._line(number, line) for number, line in enumerate(document.lines, 1)],
            "TotalAmt": plain(document.total),
        }
        record |= self._order() if document.kind == "purchase_order" else self._bill(document)
        self._company.store(ENTITIES[KINDS[document.kind]], record, int(moment.timestamp()))

    def _order(self) -> Json:
        return {"POStatus": "Open", "EmailStatus": "NotSet", "PrintStatus": "NotSet", "LinkedTxn": []}

    def _bill(self, document: PastDocument) -> Json:
        self._company.add_to_vendor_balance(document.vendor, document.total)
        due = document.day + timedelta(days=NET_DAYS)
        return {"DueDate": due.isoformat(), "Balance": plain(document.total)}

    def _line(self, number: int, line: PastLine) -> Json:
        return {
            "Id": str(number),
            "LineNum": number,
            "Description": line.name,
            "Amount": plain(line.amount),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": self._detail(line.account.id),
        }

    def _detail(self, account: str) -> Json:
        detail = self._names.get(f"detail {account}")
        if detail is None:
            reference = self._reference("Account", account)
            detail = {"AccountRef": reference, "BillableStatus": "NotBillable", "TaxCodeRef": self._no_tax}
            self._names[f"detail {account}"] = detail
        return detail

    def _reference(self, entity: str, identity: str) -> Json:
        key = f"{entity} {identity}"
        if key not in self._names:
            record = self._company.tables[entity][identity]
            name = record["DisplayName"] if entity == "Vendor" else record["FullyQualifiedName"]
            self._names[key] = {"value": identity, "name": name}
        return self._names[key]


@lru_cache(maxsize=1024)
def _meta(moment: datetime) -> Json:
    written = pacific(moment)
    return {"CreateTime": written, "LastUpdatedTime": written}
