"""What people do in Precoro, as control calls: POST /_control/{collection}[/{id or running number or name}].

`company` stands in the body or the query (1 when neither says). Creating takes a short description (see `documents`) and
may carry "do", one act or several; changing takes {"set": {...}} or {"do": ..., ...}. Both answer the whole record.
POST /_control/keys makes a new API key and forgets the old one.
"""

from __future__ import annotations

from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, jsonify, request

from standins.control import WrongInputError, parsed_body
from standins.precoro import entries, options, payments, receipts
from standins.precoro.documents import Scribe
from standins.precoro.entities import DOCUMENTS, ENTITIES
from standins.precoro.forms import InvalidError
from standins.precoro.rendering import CANONICAL, render
from standins.precoro.statuses import ACTS, SUPPLIER_APPROVED, SUPPLIER_REJECTED, act
from standins.precoro.world import now, stamp

if TYPE_CHECKING:
    from standins.control import Control
    from standins.precoro.pings import Pings
    from standins.precoro.settings import Settings
    from standins.precoro.world import Company, Record, World

SUPPLIER_ACTS: dict[str, dict[str, int | bool]] = {
    "approve": {"status": SUPPLIER_APPROVED},
    "reject": {"status": SUPPLIER_REJECTED},
    "deactivate": {"enable": False},
    "activate": {"enable": True},
}


class People:
    """Plays the people of all companies. Hold the lock of the control while calling."""

    def __init__(self, control: Control[Settings], world: World, pings: Pings) -> None:
        self._control = control
        self._world = world
        self._pings = pings

    def company(self, identity: object) -> Company:
        """Return the company of that id, or raise WrongInputError."""
        text = str(identity)
        found = self._world.companies.get(int(text)) if text.isdecimal() else None
        if found is None:
            raise WrongInputError(f"There is no company {identity!r}")
        return found

    def find(self, company: Company, collection: str, key: str) -> Record:
        """Return a record by running number, id, or name (customName of documents), or raise WrongInputError."""
        known_as: tuple[str, ...] = ("customName",) if collection in DOCUMENTS else ("name", "sku", "uniqueCode")
        found = company.find(collection, key) or company.by_id(collection, key)
        found = found or next(
            (one for one in company.all(collection) if key in [one.get(name) for name in known_as]), None
        )
        if found is None:
            raise WrongInputError(f"{company.name} has no {key!r} in {collection}")
        return found

    def create(self, company: Company, collection: str, description: Record) -> Record:
        """Make a record, do what "do" lists, and fire one webhook for each."""
        todo = description.pop("do", [])
        record = self._make(company, collection, description)
        self._fire(company, collection, record, created=True)
        for name in [todo] if isinstance(todo, str) else todo:
            self.do(company, collection, record, {"do": name})
        return record

    def _make(self, company: Company, collection: str, description: Record) -> Record:
        if collection in DOCUMENTS:
            return Scribe(self._world, company, self._control.settings).create(collection, description)
        record = entries.make(self._world, company, collection, description, self._control.settings)
        return company.add(collection, record)

    def change(self, company: Company, collection: str, record: Record, order: Record) -> Record:
        """Carry out {"set": {...}} and then {"do": ...}."""
        if "set" in order:
            self._set(company, collection, record, order["set"])
        if "do" in order:
            self.do(company, collection, record, order)
        return record

    def _set(self, company: Company, collection: str, record: Record, changes: Record) -> None:
        if collection in DOCUMENTS:
            Scribe(self._world, company, self._control.settings).change(record, changes)
        else:
            entries.change(self._world, company, collection, record, changes, self._control.settings)
        self._moved(company, collection, record)

    def do(self, company: Company, collection: str, record: Record, order: Record) -> None:
        """Do one thing with a record and fire its webhook."""
        name = order["do"]
        if name == "touch":
            self._moved(company, collection, record)
        elif name == "delete" and collection in {*DOCUMENTS, *entries.DELETED}:
            self._delete(company, collection, record)
        elif collection == "invoices" and name == "pay":
            self._pay(company, record, order)
        elif collection == "payments" and name == "cancel":
            self._fire(company, "invoices", payments.cancel(company, record))
        elif collection == "purchaseorders" and name == "receive":
            self._receive(company, record)
        elif collection in DOCUMENTS and name in ACTS:
            act(record, name, self._control.settings)
            company.remember(record, name)
            self._moved(company, collection, record)
        elif collection not in DOCUMENTS and name in SUPPLIER_ACTS:
            record.update({key: value for key, value in SUPPLIER_ACTS[name].items() if key in record})
            if name == "approve" and "approvalDate" in record:
                record["approvalDate"] = stamp(now())
            self._moved(company, collection, record)
        else:
            raise WrongInputError(f"Nobody can {name!r} one of {collection}")

    def _delete(self, company: Company, collection: str, record: Record) -> None:
        if collection == "options":
            options.delete(company, record)
        else:
            del company.records[collection][record["id"]]
            company.by_number.pop((collection, str(record.get("idn"))), None)
        self._fire(company, collection, record)

    def _pay(self, company: Company, invoice: Record, order: Record) -> None:
        amount = Decimal(str(order.get("amount", invoice["sum"] - invoice["sumPaid"])))
        refused = payments.refusal(invoice, amount)
        if refused:
            raise WrongInputError(refused)
        payments.pay(self._world, company, invoice, amount, order.get("date") or stamp(now()))
        self._fire(company, "invoices", invoice)

    def _receive(self, company: Company, order: Record) -> None:
        described = {"warehouse": receipts.WAREHOUSE, "requiredDate": stamp(now())}
        try:
            receipt = receipts.receive(self._world, company, order, described)
        except InvalidError as error:
            raise WrongInputError(str(error)) from error
        self._fire(company, "receipts", receipt, created=True)
        self._fire(company, "purchaseorders", order)

    def _moved(self, company: Company, collection: str, record: Record) -> None:
        if "updateDate" in record:
            record["updateDate"] = stamp(now())
        self._fire(company, collection, record)

    def _fire(self, company: Company, collection: str, record: Record, *, created: bool = False) -> None:
        if collection != "options":
            self._pings.fire(company, collection, record, created=created)
            return
        for fields in ("itemcustomfields", "documentcustomfields"):
            field = company.by_id(fields, record["field"])
            if field:
                self._pings.fire(company, fields, field)

    def routes(self) -> Blueprint:
        """Return the control routes of the collections."""
        routes = Blueprint("people", __name__, url_prefix="/_control")

        @routes.post("/keys")
        def keys() -> Response:
            body = parsed_body()
            with self._control.lock:
                company = self.company(_company_named(body))
                company.rotate_key()
                self._control.touch()
                return jsonify(company=company.id, key=company.key, user=company.user)

        @routes.post("/<any({}):collection>".format(",".join(ENTITIES)))
        def create(collection: str) -> tuple[Response, int]:
            body = parsed_body()
            with self._control.lock:
                company = self.company(_company_named(body))
                record = self.create(company, collection, body)
                self._control.touch()
                return jsonify(render(company, collection, record, CANONICAL)), HTTPStatus.CREATED

        @routes.post("/<any({}):collection>/<key>".format(",".join(ENTITIES)))
        def change(collection: str, key: str) -> Response:
            body = parsed_body()
            with self._control.lock:
                company = self.company(_company_named(body))
                record = self.change(company, collection, self.find(company, collection, key), body)
                self._control.touch()
                return jsonify(render(company, collection, record, CANONICAL))

        return routes


def _company_named(body: Record) -> Any:
    named = request.args.get("company", 1)
    return body.pop("company", named)
