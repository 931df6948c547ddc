"""Precoro's JSON of a document, read into values: every field once, here, and never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import marshmallow
from marshmallow import EXCLUDE, Schema, fields, post_load

from mappers.attachments import Attachment
from mappers.documents.document import (
    CREDIT_NOTE,
    Discount,
    Document,
    DocumentKind,
    Line,
    OptionValue,
    Predecessor,
    Tax,
)
from mappers.wire import (
    Bunch,
    Day,
    Moment,
    Number,
    OptionalObject,
    Reference,
    Remark,
    Text,
    WholeNumber,
    optional_object,
)

WHOLES = frozenset({"0", "10"})
"""The `splitIndex` of what was not split, and of the whole beside its parts (docs/reference/precoro.md, Documents)."""
SHOWN_CHARACTERS = 80


def shortened(text: str) -> str:
    """Return what is shown of a value that cannot be read: it may be a whole page of other documents."""
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]} …"


class UnreadableDocument(ValueError):  # noqa: N818 - it names what it is about, like the fault it becomes
    """Precoro sent a field that cannot be read; nothing is guessed in its place."""

    def __init__(self, field: str, value: object, why: str) -> None:
        self.field = field
        self.value = value
        self.shown = shortened(repr(value))
        self.why = why
        super().__init__(f"Precoro's field {field} cannot be read: {self.shown} ({why})")


class _Shape(Schema):
    """The base of every shape that Precoro sends: unknown keys are kept out."""

    class Meta:
        unknown = EXCLUDE


class _OptionShape(_Shape):
    id = WholeNumber()
    name = Text()
    code = Text()
    external_id = Text(data_key="externalId")
    percent = Number()
    percentage = Number()
    share = Number()


class _FieldValueShape(_Shape):
    """One answered custom field.

    How the chosen option sits inside is not documented, so every form that was seen is read.
    """

    value = fields.Raw(load_default=None, allow_none=True)
    item_field = Reference(data_key="itemCustomField")
    document_field = Reference(data_key="documentCustomField")
    option = OptionalObject(_OptionShape)
    options = Bunch(_OptionShape)

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> tuple[OptionValue, ...]:
        field_id = data["item_field"] or data["document_field"]
        if field_id is None:
            return ()
        written = tuple(_written(data["value"]))
        embedded = [data["option"]] if data["option"] else list(data["options"])
        if not embedded:
            return tuple(OptionValue(field_id, text) for text in written)
        return tuple(_option_value(field_id, written[0] if len(written) == 1 else None, entry) for entry in embedded)


def _written(value: object) -> Iterator[str]:
    """Yield the texts and numbers that a field's value holds.

    Ticks and other shapes never name an option.
    """
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str | int | Decimal) and not isinstance(item, bool) and str(item).strip():
            yield str(item).strip()


def _option_value(field_id: int, written: str | None, entry: dict[str, Any]) -> OptionValue:
    share = next((entry[key] for key in ("share", "percent", "percentage") if entry[key] is not None), None)
    return OptionValue(field_id, written, entry["id"], entry["name"], entry["code"], entry["external_id"], share)


class _TaxShape(_Shape):
    id = WholeNumber(required=True)
    name = Text()
    value = Number()
    used = Number(data_key="usedTaxPercent")
    withholding = fields.Boolean(data_key="isWithholdingTax", load_default=False, allow_none=True)
    sum = Number()

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Tax:
        return Tax(
            id=data["id"],
            name=data["name"] or f"tax {data['id']}",
            percent=data["value"],
            recoverable=Decimal(100) if data["used"] is None else data["used"],
            withholding=bool(data["withholding"]),
            sum=data["sum"],
        )


class _DiscountShape(_Shape):
    id = WholeNumber()
    name = Text()
    value = Number(required=True)
    unit = Text()
    document_discount = Reference(data_key="documentDiscount")

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Discount:
        return Discount(
            id=data["id"],
            name=data["name"] or "discount",
            value=data["value"] or Decimal(0),
            is_percent=(data["unit"] or "%") == "%",
            document_discount_id=data["document_discount"],
        )


class _LineShape(_Shape):
    id = WholeNumber(required=True)
    name = Remark()
    description = Remark()
    sku = Remark()
    unit = Remark()
    ordered = Number()
    price = Number()
    net_total = Number(data_key="netTotal")
    currency = Text()
    free = fields.Boolean(data_key="freeOfCharge", load_default=False, allow_none=True)
    item = Reference()
    order_line = Reference(data_key="purchaseOrderItem")
    taxes = Bunch(_TaxShape)
    discounts = Bunch(_DiscountShape)
    values = Bunch(_FieldValueShape, data_key="dataItemCustomFields")

    @post_load
    def _make(self, data: dict[str, Any], **_: object) -> Line:
        return Line(
            id=data["id"],
            name=data["name"] or "",
            description=data["description"],
            sku=data["sku"],
            unit=data["unit"],
            quantity=data["ordered"],
            price=data["price"],
            net_total=data["net_total"],
            currency=data["currency"],
            free=bool(data["free"]),
            item_id=data["item"],
            order_line_id=data["order_line"],
            taxes=data["taxes"],
            discounts=data["discounts"],
            options=tuple(option for answered in data["values"] for option in answered),
        )


class _SupplierShape(_Shape):
    id = WholeNumber(required=True)
    name = Text()
    currency = Text()


class _AttachmentShape(_Shape):
    id = Remark()
    name = Remark()
    size = Remark()

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Attachment:
        """Return the file; neither a wrong size nor a missing name makes a document unreadable."""
        size = data["size"] or ""
        return Attachment(data["id"] or "", data["name"] or "a file", int(size) if size.isdecimal() else None)


class _OtherDocumentShape(_Shape):
    id = WholeNumber()
    idn = Text()


class _DocumentShape(_Shape):
    id = WholeNumber(required=True)
    idn = Text()
    custom_name = Text(data_key="customName")
    invoice_number = Text(data_key="invoiceNumber")
    status = WholeNumber(required=True)
    status_text = Remark(data_key="statusString")
    logic_type = WholeNumber(data_key="logicType")
    is_service = fields.Boolean(data_key="isServiceOrder", load_default=False, allow_none=True)
    update_date = Moment(data_key="updateDate")
    approval_date = Moment(data_key="approvalDate")
    create_date = Moment(data_key="createDate")
    issue_day = Day(data_key="issueDate")
    required_day = Day(data_key="requiredDate")
    credit_period_days = WholeNumber(data_key="creditPeriodDays")
    currency = Text(required=True)
    total = Number(data_key="sum", required=True)
    paid = Number(data_key="sumPaid")
    net = Number(data_key="netSum")
    total_in_company_currency = Number(data_key="sumInCompanyCurrency")
    supplier = OptionalObject(_SupplierShape)
    legal_entity = Reference(data_key="legalEntity")
    external_id = Text(data_key="externalId")
    qbo_id = Text(data_key="qboId")
    external_log = Remark(data_key="externalIntegrationLog")
    note = Remark()
    payment_term = Reference(data_key="paymentTerm")
    purchase_order = OptionalObject(_OtherDocumentShape, data_key="purchaseOrder")
    invoice = OptionalObject(_OtherDocumentShape, data_key="allocatedInvoice")
    parent = OptionalObject(_OtherDocumentShape, data_key="parentData")
    lines = Bunch(_LineShape, data_key="items")
    taxes = Bunch(_TaxShape)
    discounts = Bunch(_DiscountShape)
    values = Bunch(_FieldValueShape, data_key="dataDocumentCustomFields")
    attachments = Bunch(_AttachmentShape)


_SHAPE = _DocumentShape()


def load_document(kind: DocumentKind, payload: dict[str, Any]) -> Document:
    """Read the JSON of one Precoro document of that kind.

    The JSON is that of a single GET. Raises UnreadableDocument for what makes no sense.
    """
    try:
        data: dict[str, Any] = _SHAPE.load(payload)
    except marshmallow.ValidationError as error:
        raise _unreadable(payload, error) from error
    supplier = data["supplier"] or {}
    return Document(
        kind=kind,
        id=data["id"],
        idn=data["idn"] or str(data["id"]),
        number=data["custom_name"] or data["idn"] or str(data["id"]),
        supplier_number=data["invoice_number"],
        status=data["status"],
        status_text=data["status_text"],
        logic_type=data["logic_type"] or 0,
        is_service=bool(data["is_service"]),
        version=payload.get("approvalDate") or None,
        update_date=data["update_date"],
        approval_date=data["approval_date"],
        create_moment=data["create_date"],
        create_date=Day().deserialize(payload.get("createDate")),
        issue_date=data["issue_day"],
        required_date=data["required_day"],
        credit_period_days=data["credit_period_days"],
        currency=data["currency"].upper(),
        exchange_rate=_exchange_rate(payload, data["currency"]),
        total=data["total"],
        net=data["net"],
        total_in_company_currency=data["total_in_company_currency"],
        supplier_id=supplier.get("id"),
        supplier_name=supplier.get("name") or "",
        supplier_currency=supplier.get("currency"),
        legal_entity_id=data["legal_entity"],
        external_id=data["external_id"],
        qbo_id=data["qbo_id"],
        external_log=data["external_log"],
        note=data["note"],
        payment_term_id=data["payment_term"],
        predecessor=_predecessor(data),
        parent_idn=_parent(payload, data["parent"]),
        lines=data["lines"],
        taxes=data["taxes"],
        discounts=data["discounts"],
        options=tuple(option for answered in data["values"] for option in answered),
        attachments=tuple(attachment for attachment in data["attachments"] if attachment.id),
        paid=data["paid"],
    )


def _predecessor(data: dict[str, Any]) -> Predecessor | None:
    """Return the invoice that a credit note credits, or the order that an invoice bills."""
    kind: DocumentKind = "invoice" if (data["logic_type"] or 0) in CREDIT_NOTE else "purchase_order"
    named = (data["invoice"] if kind == "invoice" else data["purchase_order"]) or {}
    id_ = named.get("id")
    return Predecessor(kind, id_, named["idn"] or str(id_)) if id_ else None


def _parent(payload: dict[str, Any], parent: dict[str, Any] | None) -> str | None:
    """Return the document that this one is a split part of, in any of the three forms that Precoro has had.

    Raises UnreadableDocument for a form that is not known: a part that is not recognised would be sent beside the whole.
    """
    if parent:
        if not parent.get("idn"):
            raise UnreadableDocument("parentData", payload["parentData"], "it names no document")
        return str(parent["idn"])
    if payload.get("parentIdn"):
        return str(payload["parentIdn"])
    part = str(payload.get("splitIndex") or 0)
    if not part.isdigit():
        raise UnreadableDocument("splitIndex", payload["splitIndex"], "it is no number")
    return None if part in WHOLES else "another document"


def _exchange_rate(payload: dict[str, Any], currency: str) -> Decimal | None:
    """Return Precoro's exchange rate of the document's currency.

    `exchangeRate` is a number, or a table by currency.
    """
    rate = optional_object(payload.get("exchangeRate"))
    if isinstance(rate, dict):
        rate = rate.get(currency)
    try:
        read: Decimal | None = Number().deserialize(rate)
    except marshmallow.ValidationError as error:
        raise UnreadableDocument("exchangeRate", rate, error.messages[0]) from error
    return read


def _unreadable(payload: object, error: marshmallow.ValidationError) -> UnreadableDocument:
    """Name the first field that could not be read, with its value."""
    node: object = payload
    path: list[str] = []
    messages: object = error.messages
    while isinstance(messages, dict):
        key, messages = next(iter(messages.items()))
        if key != "_schema":
            path.append(str(key))
            node = _step(node, key)
    why = str(messages[0]) if isinstance(messages, list) and messages else str(messages)
    return UnreadableDocument(".".join(path) or "document", node, why)


def _step(node: object, key: object) -> object:
    if isinstance(node, dict) and key not in node and "data" in node:
        node = node["data"]
    if isinstance(node, dict):
        return node.get(key)
    if isinstance(node, list) and isinstance(key, int) and key < len(node):
        return node[key]
    return node
