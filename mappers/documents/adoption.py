"""Entities of QuickBooks that stand for a document already: what Precoro names, and what differs from a person's choice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from mappers.documents.document import TYPES_IN_LOWER_CASE, Document
from mappers.documents.figures import wrong_figures
from mappers.documents.header import currency_of
from mappers.documents.outcomes import Adopt, Body, Sent
from mappers.money import written
from mappers.text import find_marker, is_same_number
from mappers.write_back import read_external_id

_WORDS = {"TxnDate": "date", "DueDate": "due date"}
_NOT_STANDING = {3: "denied", 8: "cancelled"}
"""Statuses of documents that are to have no twin."""
_BASE = ("VendorRef", "CurrencyRef", "DocNumber", "GlobalTaxCalculation", "TxnTaxDetail", "Line")
"""What of an entity that others made stands for our own fields."""


def named_twin(document: Document, realm: str) -> tuple[str, str] | None:
    """Return type and id of the entity that Precoro names for a document: by our `externalId`, else by `qboId` or a bare id.

    A list row is enough of a document. What others wrote in other forms names nothing.
    """
    ours = read_external_id(document.external_id or "")
    if ours:
        type_ = TYPES_IN_LOWER_CASE.get(ours[1])
        return (type_, ours[2]) if ours[0] == realm and type_ else None
    named = {text for text in (document.qbo_id, document.external_id) if text and text.isascii() and text.isdigit()}
    return (document.entity_type, named.pop()) if len(named) == 1 else None


def doubt(
    document: Document, entity: Mapping[str, Any] | None, *, vendor_id: str | None, mark: str, home_currency: str
) -> str | None:
    """Return what speaks against an entity standing for the document that names it; None when nothing does.

    `vendor_id` is the vendor of the document's supplier in its currency, `mark` the marker of the document.
    """
    if document.status in _NOT_STANDING:
        return f"it is {_NOT_STANDING[document.status]} in Precoro"
    if entity is None:
        return "nothing stands there any more"
    other = find_marker(entity.get("PrivateNote"))
    if other not in (None, mark):
        return f"it carries the marker of another document, {other}"
    if vendor_id is None:
        return f"supplier {document.supplier_name or document.supplier_id} is not paired with a vendor"
    vendor = entity.get("VendorRef") or {}
    if vendor.get("value") != vendor_id:
        return (
            f"its vendor is {vendor.get('name') or vendor.get('value')}, not the one that the supplier is paired with"
        )
    currency = currency_of(entity) or home_currency
    if currency != document.currency:
        return f"its currency is {currency} instead of {document.currency}"
    total, meant = Decimal(entity.get("TotalAmt") or 0), document.total_in_books
    return None if total == meant else f"its total is {written(total)} instead of {written(meant)}"


def taken_over(type_: str, entity: Body, version: str | None) -> Sent:
    """Return an entity that others made as if we had sent it.

    Its lines are known by their place only, until the document itself is read.
    """
    base = {name: entity[name] for name in _BASE if name in entity}
    return Sent(
        type=type_,
        id=str(entity["Id"]),
        sync_token=str(entity["SyncToken"]),
        body=base,
        answer=entity,
        version=version,
        first_rate=entity.get("ExchangeRate"),
    )


def differences(adoption: Adopt, home_currency: str) -> tuple[str, ...]:
    """Return each difference for people: vendor, currency, number, dates and figures."""
    return tuple(_differences(adoption.mapped, adoption.entity, home_currency))


def _differences(mapped: Body, entity: Body, home_currency: str) -> Iterator[str]:
    vendor = entity.get("VendorRef") or {}
    if vendor.get("value") != mapped["VendorRef"]["value"]:
        yield f"its vendor is {vendor.get('name') or vendor.get('value')} instead of vendor {mapped['VendorRef']['value']}"
    currencies = [currency_of(body) or home_currency for body in (entity, mapped)]
    if currencies[0] != currencies[1]:
        yield f"its currency is {currencies[0]} instead of {currencies[1]}"
    number, meant = str(entity.get("DocNumber") or ""), mapped.get("DocNumber")
    if meant and not is_same_number(number, meant):
        yield f"its number is {number or 'missing'} instead of {meant}"
    for name, word in _WORDS.items():
        if name in mapped and entity.get(name) != mapped[name]:
            yield f"its {word} is {entity.get(name) or 'missing'} instead of {mapped[name]}"
    wrong = wrong_figures(mapped, entity)
    if wrong:
        yield wrong
