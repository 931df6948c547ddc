"""The public REST API: lists, single records, writes by form, approvals and payments, behind key and quota."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, g, jsonify, request

from standins.control import WrongInputError
from standins.precoro import attachments, masters, options, payments, receipts
from standins.precoro.entities import DOCUMENTS, ENTITIES, EXPENSE_PAYMENT, Entity
from standins.precoro.forms import BLANK, NOT_VALID, InvalidError, read_form, read_values
from standins.precoro.listing import chosen, page
from standins.precoro.refusals import HiddenError, NotFoundError, answer_errors, limited, unauthorised
from standins.precoro.rendering import render, render_row, style_of
from standins.precoro.settings import hides
from standins.precoro.statuses import SUPPLIER_APPROVED, SUPPLIER_REJECTED, act
from standins.precoro.world import now, stamp

if TYPE_CHECKING:
    from standins.control import Control
    from standins.precoro.limits import Quotas
    from standins.precoro.pings import Pings
    from standins.precoro.settings import Settings
    from standins.precoro.world import Company, Record, World

APPROVALS = {
    "approve": "approve",
    "reject": "deny",
    "revision": "revise",
    "confirm": "confirm",
    "confirm_revise": "confirm_revise",
}
SUPPLIER_STATUS = {"approve": SUPPLIER_APPROVED, "reject": SUPPLIER_REJECTED}


class Api:
    """Answers the calls of the public API for the company of the key."""

    def __init__(self, control: Control[Settings], world: World, quotas: Quotas, pings: Pings) -> None:
        self._control = control
        self._world = world
        self._quotas = quotas
        self._pings = pings

    @property
    def settings(self) -> Settings:
        """Return the settings of now."""
        return self._control.settings

    def routes(self) -> Blueprint:
        """Return every route of the API."""
        routes = Blueprint("api", __name__)
        routes.before_request(self.admit)
        for entity in ENTITIES.values():
            if entity.collection != "options":
                self._route_collection(routes, entity)
        for collection in DOCUMENTS:
            self._add(routes, "POST", f"/{collection}/<key>/<step>", self.approve, collection=collection)
        for level in ("item", "document"):
            self._route_options(routes, f"{level}customfields")
        self._add(routes, "PATCH", "/suppliers/<key>/customfields", self.set_custom_fields)
        self._add(routes, "POST", "/suppliers/<key>/<step>", self.approve_supplier)
        self._add(routes, "POST", "/payments", self.pay)
        self._add(routes, "POST", "/payments/<key>/cancel", self.cancel_payment)
        self._add(routes, "POST", "/receipts/<key>", self.receive)
        self._add(routes, "POST", "/expensePayments", self.pay_expense)
        self._add(routes, "GET", "/attachments/<key>", self.attachment)
        self._add(routes, "GET", "/attachments/<key>/file", self.file)
        self._add(routes, "POST", "/attachments/<int:key>/<int:code>", self.attach)
        answer_errors(routes)
        return routes

    def admit(self) -> Response | tuple[Response, int] | None:
        """Refuse a wrong key with 401 and a used-up quota with 429; else remember whose company it is."""
        g.metered = True
        key, user = request.headers.get("X-AUTH-TOKEN", ""), request.headers.get("email", "")
        company = self._world.company_of_key(key, user)
        if company is None:
            return unauthorised()
        g.company = company
        if not self.settings.limits:
            return None
        with self._control.lock:
            exceeded = self._quotas.take(key, self._identity(), self.settings)
        return limited(exceeded, self.settings.limit_shape) if exceeded else None

    def _identity(self) -> str | None:
        if request.method == "GET":
            return f"GET {request.full_path}"
        if self.settings.limit_identical_writes:
            return f"{request.method} {request.full_path} {hash(request.get_data())}"
        return None

    def _route_collection(self, routes: Blueprint, entity: Entity) -> None:
        path = f"/{entity.collection}"
        self._add(routes, "GET", path, self.rows, collection=entity.collection)
        self._add(routes, "GET", f"{path}/<key>", self.single, collection=entity.collection)
        if not entity.collection.endswith("customfields"):
            self._add(routes, "PATCH", f"{path}/<key>", self.patch, collection=entity.collection)
        if entity.collection in masters.WRITTEN:
            self._add(routes, "POST", path, self.create, collection=entity.collection)
            self._add(routes, "PUT", f"{path}/<key>", self.replace, collection=entity.collection)

    def _route_options(self, routes: Blueprint, fields: str) -> None:
        path = f"/{fields}/<field>/options"
        self._add(routes, "GET", path, self.list_options, fields=fields)
        self._add(routes, "POST", path, self.create_option, fields=fields)
        self._add(routes, "GET", f"{path}/<key>", self.single_option, fields=fields)
        self._add(routes, "PUT", f"{path}/<key>", self.replace_option, fields=fields)
        self._add(routes, "PATCH", f"{path}/<key>", self.change_option, fields=fields)
        self._add(routes, "PATCH", f"/{fields}/options/<step>", self.depend, fields=fields)

    def _add(self, routes: Blueprint, method: str, path: str, view: Callable[..., Any], **fixed: str) -> None:
        @wraps(view)
        def locked(**given: str) -> Any:
            with self._control.lock:
                return view(**given, **fixed)

        routes.add_url_rule(path, f"{method} {path}", locked, methods=[method])

    def rows(self, collection: str) -> Response:
        """Answer a page of rows."""
        return self._listed(collection, [one for one in _company().all(collection) if not self._hides(collection, one)])

    def _hides(self, collection: str, record: Record) -> bool:
        return hides(self.settings, collection, record)

    def _listed(self, collection: str, records: list[Record]) -> Response:
        rows, meta = page(chosen(records, request.args), request.args, self.settings.pagination)
        style = style_of(self.settings)
        data = [render_row(_company(), collection, row, style) for row in rows]
        return jsonify({"data": data} if collection == "legalentities" else {"data": data, "meta": meta})

    def single(self, collection: str, key: str) -> Response:
        """Answer the whole record."""
        return self._whole(collection, self._existing(collection, key))

    def patch(self, collection: str, key: str) -> Response:
        """Write what PATCH may write, mostly `externalId`, and answer the whole record."""
        record = self._existing(collection, key)
        entity = ENTITIES[collection]
        record.update(read_values(read_form(request), entity.patchable, entity.longest))
        return self._written(collection, record)

    def create(self, collection: str) -> tuple[Response, int]:
        """Make a record of a form."""
        record = masters.make(self._world, _company(), collection, read_form(request), self.settings)
        self._pings.own(_company(), collection, record, created=True)
        return self._whole(collection, record), HTTPStatus.CREATED

    def replace(self, collection: str, key: str) -> Response:
        """Replace a record by a form."""
        record = self._existing(collection, key)
        masters.replace(self._world, _company(), collection, record, read_form(request), self.settings)
        return self._written(collection, record, moved=True)

    def approve(self, collection: str, key: str, step: str) -> Response:
        """Approve, reject, revise or confirm a document as the user of the key."""
        if step not in APPROVALS:
            raise NotFoundError
        document = self._existing(collection, key)
        try:
            act(document, APPROVALS[step], self.settings)
        except WrongInputError as error:
            raise InvalidError({"status": str(error)}) from error
        _company().remember(document, APPROVALS[step])
        return self._written(collection, document, moved=True)

    def approve_supplier(self, key: str, step: str) -> Response:
        """Approve or reject a supplier."""
        if step not in SUPPLIER_STATUS:
            raise NotFoundError
        supplier = self._existing("suppliers", key)
        supplier["status"] = SUPPLIER_STATUS[step]
        if step == "approve":
            supplier["approvalDate"] = stamp(now())
        return self._written("suppliers", supplier, moved=True)

    def set_custom_fields(self, key: str) -> Response:
        """Replace the custom field values of a supplier (JSON)."""
        supplier = self._existing("suppliers", key)
        values = _json_object().get("dataSupplierCustomFields", [])
        if not isinstance(values, list):
            raise InvalidError({"dataSupplierCustomFields": NOT_VALID})
        supplier["dataSupplierCustomFields"] = values
        return self._written("suppliers", supplier)

    def pay(self) -> tuple[Response, int]:
        """Record a payment of an invoice, addressed by its id and not its running number."""
        values = read_values(read_form(request), ENTITIES["payments"].writable)
        invoice = self._payable("invoices", "invoice", values)
        day, logic = values.get("payDate") or stamp(now()), values.get("logicType") or 0
        payment = payments.pay(self._world, _company(), invoice, values["sumPaid"], day, logic)
        payment["externalId"] = values.get("externalId")
        self._pings.own(_company(), "invoices", invoice)
        return self._whole("payments", payment), HTTPStatus.CREATED

    def pay_expense(self) -> tuple[Response, int]:
        """Record a payment of an expense, addressed by its id."""
        values = read_values(read_form(request), EXPENSE_PAYMENT)
        expense = self._payable("expenses", "expense", values)
        day = values.get("payDate") or stamp(now())
        payment = payments.pay_expense(self._world, expense, values["sumPaid"], day)
        self._pings.own(_company(), "expenses", expense)
        return jsonify(payment), HTTPStatus.CREATED

    def _payable(self, collection: str, name: str, values: dict[str, Any]) -> Record:
        """Return what a form pays; InvalidError in Precoro's words when it is not there or the amount does not fit."""
        document = _company().by_id(collection, (values.get(name) or {}).get("id"))
        if document is None or self._hides(collection, document):
            raise InvalidError({name: NOT_VALID})
        amount = values.get("sumPaid")
        refused = BLANK if amount is None else payments.refusal(document, amount)
        if refused:
            raise InvalidError({"sumPaid": refused})
        return document

    def receive(self, key: str) -> tuple[Response, int]:
        """Make a receipt of a purchase order (JSON)."""
        order = self._existing("purchaseorders", key)
        receipt = receipts.receive(self._world, _company(), order, _json_object())
        self._pings.own(_company(), "receipts", receipt, created=True)
        self._pings.own(_company(), "purchaseorders", order)
        return self._whole("receipts", receipt), HTTPStatus.CREATED

    def cancel_payment(self, key: str) -> Response:
        """Cancel a payment."""
        payment = self._existing("payments", key)
        if payment["status"] == payments.CANCELLED:
            raise InvalidError({"status": "The Payment is already cancelled."})
        self._pings.own(_company(), "invoices", payments.cancel(_company(), payment))
        return self._whole("payments", payment)

    def attachment(self, key: str) -> Response:
        """Answer the bytes of a file, or what is known of it and where it is."""
        if self.settings.attachment_answer == "file":
            return self.file(key)
        return jsonify(attachments.shown(self._file(key)) | {"file": f"{request.host_url}attachments/{key}/file"})

    def file(self, key: str) -> Response:
        """Answer the bytes of a file."""
        return Response(attachments.content_of(self._file(key)), mimetype="application/octet-stream")

    def _file(self, key: str) -> Record:
        for collection, owner, file in attachments.all_of(_company()):
            if str(file["id"]) == key and not self._hides(collection, owner):
                return file
        raise NotFoundError

    def attach(self, key: int, code: int) -> tuple[Response, int]:
        """Attach a file (multipart `file`, `comment`) to the object of an id and a type number."""
        collection = attachments.CODES[self.settings.attachment_codes].get(code)
        owner = _company().by_id(collection, key) if collection else None
        if collection is None or owner is None or self._hides(collection, owner):
            raise NotFoundError
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise InvalidError({"file": "This value should not be blank."})
        identity, comment = self._world.next_id("attachments"), request.form.get("comment")
        file = attachments.new_file(identity, sent.filename, sent.read(), stamp(now()), comment)
        owner["attachments"].append(file)
        self._written(collection, owner)
        return jsonify(attachments.shown(file)), HTTPStatus.CREATED

    def list_options(self, fields: str, field: str) -> Response:
        """Answer a page of the options of a custom field."""
        owner = self._existing(fields, field)
        found = [one for one in _company().all("options") if one["field"] == owner["id"]]
        return self._listed("options", [one for one in found if not self._hides("options", one)])

    def single_option(self, fields: str, field: str, key: str) -> Response:
        """Answer one option."""
        return self._whole("options", self._option(fields, field, key))

    def create_option(self, fields: str, field: str) -> tuple[Response, int]:
        """Add an option to a custom field."""
        owner = self._existing(fields, field)
        option = options.add(self._world, _company(), owner, read_form(request), self.settings)
        self._pings.own(_company(), fields, owner)
        return self._whole("options", option), HTTPStatus.CREATED

    def replace_option(self, fields: str, field: str, key: str) -> Response:
        """Replace an option of a custom field."""
        option = self._option(fields, field, key)
        options.replace(_company(), option, read_form(request), self.settings)
        return self._changed_option(fields, option)

    def change_option(self, fields: str, field: str, key: str) -> Response:
        """Change an option of a custom field; what the form leaves out stays."""
        option = self._option(fields, field, key)
        options.change(_company(), option, read_form(request), self.settings)
        return self._changed_option(fields, option)

    def depend(self, fields: str, step: str) -> Response:
        """Let an option depend on legal entities (`depend_add`), or no longer (`depend_remove`)."""
        if step not in {"depend_add", "depend_remove"}:
            raise NotFoundError
        level = fields.removesuffix("customfields")
        option = options.depend(_company(), level, read_form(request), add=step == "depend_add")
        return self._changed_option(fields, option)

    def _changed_option(self, fields: str, option: Record) -> Response:
        self._pings.own(_company(), fields, self._existing(fields, str(option["field"])))
        return self._whole("options", option)

    def _option(self, fields: str, field: str, key: str) -> Record:
        owner = self._existing(fields, field)
        option = self._existing("options", key)
        if option["field"] != owner["id"]:
            raise NotFoundError
        return option

    def _existing(self, collection: str, key: str) -> Record:
        record = _company().find(collection, key)
        if record is None:
            raise NotFoundError
        if self._hides(collection, record):
            raise HiddenError if self.settings.hidden_status == HTTPStatus.FORBIDDEN else NotFoundError
        return record

    def _whole(self, collection: str, record: Record) -> Response:
        return jsonify(render(_company(), collection, record, style_of(self.settings)))

    def _written(self, collection: str, record: Record, *, moved: bool = False) -> Response:
        if "updateDate" in record and (moved or self.settings.patch_moves_update_date):
            record["updateDate"] = stamp(now())
        self._pings.own(_company(), collection, record)
        return self._whole(collection, record)


def _json_object() -> dict[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise InvalidError({"": "Invalid JSON."})
    return body


def _company() -> Company:
    company: Company = g.company
    return company
