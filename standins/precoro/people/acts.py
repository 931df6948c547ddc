"""What people do in Precoro with documents, entries of lists, payments and keys."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from standins.control.body import WrongInputError
from standins.precoro.company import now, stamp
from standins.precoro.documents import receipts
from standins.precoro.documents.descriptions import Scribe
from standins.precoro.documents.statuses import ACTS, act
from standins.precoro.entities import DOCUMENTS
from standins.precoro.http.forms import InvalidError
from standins.precoro.lists import descriptions, options, suppliers
from standins.precoro.payments import rules as payments

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.events import Pings
    from standins.precoro.settings import PrecoroSettings
    from standins.precoro.world import PrecoroWorld

SUPPLIER_ACTS: dict[str, dict[str, int | bool]] = {
    "approve": {"status": suppliers.APPROVED},
    "reject": {"status": suppliers.REJECTED},
    "deactivate": {"enable": False},
    "activate": {"enable": True},
}


class People:
    """Plays the people of all companies. Hold the lock of the control while calling."""

    def __init__(self, settings: PrecoroSettings, world: PrecoroWorld, pings: Pings) -> None:
        self._settings = settings
        self._world = world
        self._pings = pings

    def company(self, identity: object) -> CompanyRecords:
        """Return the company of that id, or raise WrongInputError."""
        text = str(identity)
        company = self._world.companies.get(int(text)) if text.isdecimal() else None
        if company is None:
            raise WrongInputError(f"There is no company {identity!r}")
        return company

    def find(self, company: CompanyRecords, collection: str, key: str) -> Record:
        """Return a record by running number, id, or name (customName of documents), or raise WrongInputError."""
        names: tuple[str, ...] = ("customName",) if collection in DOCUMENTS else ("name", "sku", "uniqueCode")
        record = company.find(collection, key) or company.by_id(collection, key)
        record = record or next(
            (record for record in company.all(collection) if key in [record.get(name) for name in names]), None
        )
        if record is None:
            raise WrongInputError(f"{company.name} has no {key!r} in {collection}")
        return record

    def create(self, company: CompanyRecords, collection: str, description: Record) -> Record:
        """Make a record, do what "do" lists, and fire one webhook for each."""
        todo = description.pop("do", [])
        record = self._make(company, collection, description)
        self._fire(company, collection, record, created=True)
        for name in [todo] if isinstance(todo, str) else todo:
            self.do(company, collection, record, {"do": name})
        return record

    def _make(self, company: CompanyRecords, collection: str, description: Record) -> Record:
        if collection in DOCUMENTS:
            return Scribe(company, self._settings).create(collection, description)
        record = descriptions.make(company, collection, description, self._settings)
        return company.add(collection, record)

    def change(self, company: CompanyRecords, collection: str, record: Record, order: Record) -> Record:
        """Carry out {"set": {...}} and then {"do": ...}."""
        if "set" in order:
            self._set(company, collection, record, order["set"])
        if "do" in order:
            self.do(company, collection, record, order)
        return record

    def _set(self, company: CompanyRecords, collection: str, record: Record, changes: Record) -> None:
        if collection in DOCUMENTS:
            Scribe(company, self._settings).change(record, changes)
        else:
            descriptions.change(company, collection, record, changes, self._settings)
        self._moved(company, collection, record)

    def do(self, company: CompanyRecords, collection: str, record: Record, order: Record) -> None:
        """Do one thing with a record and fire its webhook."""
        name = order["do"]
        if name == "touch":
            self._moved(company, collection, record)
        elif name == "delete" and collection in {*DOCUMENTS, *descriptions.DELETED}:
            self._delete(company, collection, record)
        elif collection == "invoices" and name == "pay":
            self._pay(company, record, order)
        elif collection == "payments" and name == "cancel":
            self._fire(company, "invoices", payments.cancel(company, record))
        elif collection == "purchaseorders" and name == "receive":
            self._receive(company, record)
        elif collection in DOCUMENTS and name in ACTS:
            act(record, name, self._settings)
            company.remember(record, name)
            self._moved(company, collection, record)
        elif collection not in DOCUMENTS and name in SUPPLIER_ACTS:
            record.update({key: value for key, value in SUPPLIER_ACTS[name].items() if key in record})
            if name == "approve" and "approvalDate" in record:
                record["approvalDate"] = stamp(now())
            self._moved(company, collection, record)
        else:
            raise WrongInputError(f"Nobody can {name!r} one of {collection}")

    def _delete(self, company: CompanyRecords, collection: str, record: Record) -> None:
        if collection == "options":
            options.delete(company, record)
        else:
            del company.records[collection][record["id"]]
            company.by_number.pop((collection, str(record.get("idn"))), None)
        self._fire(company, collection, record)

    def _pay(self, company: CompanyRecords, invoice: Record, order: Record) -> None:
        amount = Decimal(str(order.get("amount", invoice["sum"] - invoice["sumPaid"])))
        refusal = payments.refusal(invoice, amount)
        if refusal:
            raise WrongInputError(refusal)
        payment = payments.pay(company, invoice, amount, order.get("date") or stamp(now()))
        payment["qboId"] = order.get("qboId")  # of one that another integration has brought
        self._fire(company, "invoices", invoice)

    def _receive(self, company: CompanyRecords, order: Record) -> None:
        described = {"warehouse": receipts.WAREHOUSE, "requiredDate": stamp(now())}
        try:
            receipt = receipts.receive(company, order, described)
        except InvalidError as error:
            raise WrongInputError(str(error)) from error
        self._fire(company, "receipts", receipt, created=True)
        self._fire(company, "purchaseorders", order)

    def _moved(self, company: CompanyRecords, collection: str, record: Record) -> None:
        if "updateDate" in record:
            record["updateDate"] = stamp(now())
        self._fire(company, collection, record)

    def _fire(self, company: CompanyRecords, collection: str, record: Record, *, created: bool = False) -> None:
        if collection != "options":
            self._pings.fire(company, collection, record, created=created)
            return
        for fields in ("itemcustomfields", "documentcustomfields"):
            field = company.by_id(fields, record["field"])
            if field:
                self._pings.fire(company, fields, field)
