"""How a record looks in an answer, in every shape that the settings know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from standins.precoro.entities import DOCUMENTS, ENTITIES
from standins.precoro.http import splits
from standins.precoro.http.loose import Looseness
from standins.wire import plain

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.settings import PrecoroSettings

ALWAYS_BARE = frozenset({"currencies", "supplierLegalEntityIds", "relatedReceipts"})
INSIDE_FILES = frozenset({"content", "base64"})
NOT_MONEY = frozenset({"ordered", "received", "rejected", "invoiced"})
STRINGS_OF_PARTS = frozenset({"value", "usedTaxPercent", "sum"})
STRINGS_OF_INVOICES = frozenset({"sum", "netSum", "sumPaid"})
STRINGS_OF_ROWS = frozenset({"sumPaid"})
"""A live connector subtracts from the `sum` of a row, so that is a number."""
TIGHT = Looseness()
SHOWN_OF_REFERENCE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "supplier": ("suppliers", ("id", "name", "uniqueCode", "currency", "externalId", "qboId")),
    "location": ("locations", ("id", "name", "uniqueCode", "externalId")),
    "legalEntity": ("legalentities", ("id", "name", "externalId")),
    "paymentTerm": ("paymentterms", ("id", "name")),
}


@dataclass(frozen=True)
class Style:
    """The shapes that are not known for certain (docs/reference/precoro.md); see `Settings`."""

    nested: str = "bare"
    money: str = "number"
    option_values: str = "object"
    tax_rate_in: str = "value"
    split: str = "parentData"
    looseness: Looseness = field(default_factory=Looseness)
    is_row: bool = False


CANONICAL = Style()


def style_of(settings: PrecoroSettings) -> Style:
    """Return the style that the settings ask for."""
    return Style(
        settings.nested,
        settings.money,
        settings.option_values,
        settings.tax_rate_in,
        settings.split,
        Looseness(settings.nothing, settings.objects, settings.logic_type, settings.external_ids),
    )


def render(company: CompanyRecords, collection: str, record: Record, style: Style) -> Record:
    """Return a record as the single GET shows it."""
    full = _with_references(company, collection, record, style)
    if collection == "invoices":
        full["payments"] = [
            render(company, "payments", company.records["payments"][payment], CANONICAL)
            for payment in record["payments"]
        ]
    if collection.endswith("customfields"):
        options = [option for option in company.all("options") if option["field"] == record["id"]]
        return {**full, "options": [render(company, "options", option, style) for option in options]}
    if collection == "options":
        return _option(company, record)
    return _shaped(full, collection, style)


def render_row(company: CompanyRecords, collection: str, record: Record, style: Style) -> Record:
    """Return a record as lists show it: without what only the single GET has."""
    style = replace(style, is_row=True)
    left_out = ENTITIES[collection].single_only
    short = {key: value for key, value in record.items() if key not in left_out}
    if collection.endswith("customfields") or collection == "options":
        return {key: value for key, value in render(company, collection, record, style).items() if key not in left_out}
    return _shaped(_with_references(company, collection, short, style), collection, style)


def render_attachment(file: Record) -> Record:
    """Return a file as its owner shows it: without what is in it."""
    return {key: value for key, value in file.items() if key not in INSIDE_FILES}


def _shaped(record: Record, collection: str, style: Style) -> Record:
    if collection == "taxes" and style.tax_rate_in == "percent":
        record = {**record, "percent": record["value"], "value": record["percent"]}
    shaped: Record = _shape(record, style, collection, ())
    return shaped if style.looseness == TIGHT else style.looseness.write(shaped)


def _with_references(company: CompanyRecords, collection: str, record: Record, style: Style) -> Record:
    full = splits.with_parent(company, record, style.split) if "parentData" in record else dict(record)
    for key, (where, shown) in SHOWN_OF_REFERENCE.items():
        if isinstance(record.get(key), dict):
            target = company.by_id(where, record[key]["id"])
            full[key] = {name: target[name] for name in shown if name in target} if target else record[key]
    if collection in DOCUMENTS:
        if "dataDocumentCustomFields" in record:
            full["dataDocumentCustomFields"] = _values(company, record["dataDocumentCustomFields"], "document", style)
        full["items"] = [
            {**line, "dataItemCustomFields": _values(company, line["dataItemCustomFields"], "item", style)}
            for line in record.get("items", [])
        ]
        if "items" not in record:
            del full["items"]
    if "attachments" in record:
        full["attachments"] = [render_attachment(file) for file in record["attachments"]]
    return full


def _values(company: CompanyRecords, values: list[Record], level: str, style: Style) -> list[Record]:
    return [_value(company, value, level, style) for value in values]


def _value(company: CompanyRecords, value: Record, level: str, style: Style) -> Record:
    """Return the value of a custom field as answers show it."""
    option = company.by_id("options", value["option"]) if value.get("option") else None
    shown = {"id": value["id"], "value": value.get("value"), "type": value.get("type", "select")}
    shown[f"{level}CustomField"] = {"id": value["field"]}
    if option is None:
        return shown | ({} if style.looseness == TIGHT else {"options": None})
    shown["value"] = str(option["id"]) if style.option_values == "id" else option["name"]
    if style.option_values == "object":
        shown["options"] = [
            {"id": option["id"], "name": option["name"], "code": option["code"], "externalId": option["externalId"]}
        ]
    return shown


def _option(company: CompanyRecords, record: Record) -> Record:
    level, above = 0, record["parent"]
    while above:
        level += 1
        parent = company.by_id("options", above["id"])
        above = parent["parent"] if parent else None
    shown = {key: value for key, value in record.items() if key != "field"}
    return {**shown, "label": f"{record['code']} {record['name']}".strip(), "level": level}


def _shape(value: Any, style: Style, collection: str, path: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _shape(inner, style, collection, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        shaped = [_shape(inner, style, collection, path) for inner in value]
        return {"data": shaped} if style.nested == "data" and path[-1] not in ALWAYS_BARE else shaped
    return _number(value, style, collection, path) if isinstance(value, Decimal) else value


def _number(value: Decimal, style: Style, collection: str, path: tuple[str, ...]) -> Decimal | int | str:
    if path[-1] in NOT_MONEY or "exchangeRate" in path:
        return plain(value)
    inside_parts = bool({"taxes", "discounts"} & set(path[:-1])) and path[-1] in STRINGS_OF_PARTS
    strings = STRINGS_OF_ROWS if style.is_row else STRINGS_OF_INVOICES
    of_invoice = collection == "invoices" and len(path) == 1 and path[-1] in strings
    if style.money == "string" or (style.money == "mixed" and (inside_parts or of_invoice)):
        return f"{value:f}"
    return value
