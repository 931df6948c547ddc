"""Keeping copies of both sides' lists: suppliers and vendors, accounts, classes, customers, locations, products, taxes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mappers.counterparts import quickbooks_kind, subject
from mappers.lists.fields import CustomField, meaning_of, meanings
from mappers.suppliers.fields import without_mark
from mappers.suppliers.profile import supplier_details, vendor_details
from mappers.text import clean
from mappers.wire import finite, optional_object
from precoro_client.client import Level, PrecoroClient
from qbo_client.client import QboClient
from qbo_client.query import select as query
from store import companies, records, reference
from store.companies import Connection, PrecoroCompany, QboCompany
from workers.rows import id_of, read_each, with_ids

Row = Mapping[str, Any]

UNIQUE = ("side", "company_id", "kind", "key")

TAX_LISTS = ("TaxAgency", "TaxRate", "TaxCode")
"""Lists that change data capture leaves out, and that give no inactive entries: what is no longer given is gone."""

PRECORO_LISTS: Mapping[str, Callable[[PrecoroClient], Iterable[Row]]] = {
    "supplier": PrecoroClient.suppliers,
    "item": PrecoroClient.items,
    "tax": PrecoroClient.taxes,
    "term": PrecoroClient.payment_terms,
}
"""The lists of Precoro that are read as they are, and how; its custom fields are read level by level."""

LEVELS: tuple[Level, ...] = ("item", "document")


def import_quickbooks(session_of: Callable[[], Any], client: QboClient, company: QboCompany) -> dict[str, int]:
    """Read all lists of a QuickBooks company, inactive entries included; returns how many of each. Metered."""
    return {type_: import_quickbooks_list(session_of, client, company, type_) for type_ in QUICKBOOKS}


def import_quickbooks_list(session_of: Callable[[], Any], client: QboClient, company: QboCompany, type_: str) -> int:
    """Read one list of a QuickBooks company, inactive entries included; returns how many it has. Metered."""
    statement = query(type_) if type_ in TAX_LISTS else query(type_).with_inactive()
    rows = list(client.query_all(statement))
    with session_of() as (session, moment):
        return keep_quickbooks(session, company, type_, rows, moment)


def keep_quickbooks(session: Session, company: QboCompany, type_: str, rows: Sequence[Row], moment: datetime) -> int:
    """Keep rows of a QuickBooks list, from a query or from change data capture."""
    kind, read = QUICKBOOKS[type_]
    at = {"side": reference.QUICKBOOKS, "company_id": company.id, "kind": kind, "seen_at": moment}
    return _keep(session, type_, rows, lambda row: {**at, **_entry(row, "Id", _name(row), "Active", kind, read)})


def forget_quickbooks(session: Session, company: QboCompany, type_: str, ids: Sequence[str], moment: datetime) -> None:
    """Note which entries of a QuickBooks list are gone: it deletes none but those that are merged into others."""
    kind, _ = QUICKBOOKS[type_]
    reference.vanish(session, reference.QUICKBOOKS, company.id, kind, ids, moment)


def import_precoro(session_of: Callable[[], Any], client: PrecoroClient, company: PrecoroCompany) -> None:
    """Read all lists of a Precoro company."""
    for kind in PRECORO_LISTS:
        import_precoro_list(session_of, client, company, kind)
    for level in LEVELS:
        import_options(session_of, client, company, level)


def import_precoro_list(
    session_of: Callable[[], Any], client: PrecoroClient, company: PrecoroCompany, kind: str
) -> None:
    """Read one list of a Precoro company."""
    _keep_precoro(session_of, company, kind, list(PRECORO_LISTS[kind](client)), PRECORO[kind])


def import_options(session_of: Callable[[], Any], client: PrecoroClient, company: PrecoroCompany, level: Level) -> None:
    """Read the custom fields of one level, and the options of those that stand for a list of ours."""
    fields = with_ids("custom fields", client.fields(level))
    with session_of() as (session, moment):
        keep_fields(session, company, level, fields, moment)
    for field in fields:
        if meaning_of(str(field.get("name", ""))) is not None:
            options = _plain(field.get("options")) or list(client.options(level, field["id"]))
            with session_of() as (session, moment):
                keep_options(session, company, field["id"], options, moment)


def keep_fields(session: Session, company: PrecoroCompany, level: Level, rows: Sequence[Row], moment: datetime) -> None:
    """Keep custom fields of Precoro; both levels may use the same ids."""
    keyed = [{**row, "id": f"{level}:{row['id']}", "level": level} for row in with_ids("custom fields", rows)]
    keep_precoro(session, company.id, "field", keyed, moment, lambda row: {"level": row["level"]})


def keep_options(
    session: Session, company: PrecoroCompany, field_id: str | int, rows: Sequence[Row], moment: datetime
) -> None:
    """Keep options of a custom field."""
    keep_precoro(session, company.id, "option", [{**row, "field_id": int(field_id)} for row in rows], moment, _option)


def keep_taxes(session: Session, company: PrecoroCompany, rows: Sequence[Row], moment: datetime) -> None:
    """Keep all taxes of Precoro; those that it no longer lists are gone."""
    keep_precoro(session, company.id, "tax", rows, moment)
    _note_missing(session, reference.PRECORO, company.id, "tax", rows, moment)


def keep_tax_list(session: Session, company: QboCompany, type_: str, rows: Sequence[Row], moment: datetime) -> None:
    """Keep a whole list of tax agencies, rates or codes of QuickBooks; those that it no longer gives are gone."""
    keep_quickbooks(session, company, type_, rows, moment)
    _note_missing(session, reference.QUICKBOOKS, company.id, QUICKBOOKS[type_][0], rows, moment, "Id")


def keep_currencies(session: Session, company: QboCompany, rows: Sequence[Row], moment: datetime) -> None:
    """Keep the currencies that QuickBooks has switched on, by their codes."""
    at = {"side": reference.QUICKBOOKS, "company_id": company.id, "kind": "currency", "seen_at": moment}
    _keep(session, "currencies", rows, lambda row: {**at, **_entry(row, "Code", row.get("Name"), "Active")})
    _note_missing(session, reference.QUICKBOOKS, company.id, "currency", rows, moment, "Code")


def custom_fields(session: Session, company: PrecoroCompany) -> list[CustomField]:
    """Return the custom fields that Precoro has, by id."""
    fields = select(reference.Entry).where(
        reference.Entry.side == reference.PRECORO,
        reference.Entry.company_id == company.id,
        reference.Entry.kind == "field",
        reference.Entry.gone_at.is_(None),
    )
    return [
        CustomField(row.key.partition(":")[2], row.data["level"], row.name, row.active)
        for row in session.scalars(fields.order_by(reference.Entry.id))
    ]


def fields_of(session: Session, connection: Connection) -> dict[str, str]:
    """Return which list each custom field stands for, as `Connection.fields`: as chosen, else by its name."""
    chosen = {kind: str(choice["field"]) for kind, choice in connection.lists.items() if choice.get("field")}
    return meanings(custom_fields(session, connection.precoro), chosen)


def subjects(session: Session, connection: Connection, rows: Mapping[str, Sequence[Row]]) -> list[str]:
    """Return the subjects of problems that changed rows of QuickBooks lists may end: their own, and those of their pairs."""
    changed = {
        (QUICKBOOKS[type_][0], str(row["Id"]))
        for type_, of_type in rows.items()
        if type_ in QUICKBOOKS
        for row in of_type
    }
    twins = reference.paired_with(session, connection.id, [key for _, key in changed])
    paired = [
        subject(pair.kind, pair.precoro_key) for pair in twins if (quickbooks_kind(pair.kind), pair.qbo_key) in changed
    ]
    return [*(f"{kind}:{key}" for kind, key in sorted(changed)), *paired]


def note_changed(session: Session, connection: Connection, subjects: Sequence[str], moment: datetime) -> int:
    """Note that these subjects changed: what was held for them is due. Returns how many documents that were."""
    if not subjects:
        return 0
    companies.bump_reference(session, connection.id)
    return records.release_held(session, connection.id, subjects, moment)


def _keep_precoro(
    session_of: Callable[[], Any],
    company: PrecoroCompany,
    kind: str,
    rows: Sequence[Row],
    read: Callable[[Row], dict[str, Any]],
) -> None:
    """Keep rows of a Precoro list in a transaction of their own."""
    with session_of() as (session, moment):
        keep_precoro(session, company.id, kind, rows, moment, read)


def keep_precoro(
    session: Session,
    company_id: int,
    kind: str,
    rows: Sequence[Row],
    moment: datetime,
    read: Callable[[Row], dict[str, Any]] | None = None,
) -> None:
    """Keep rows of a Precoro list, from a page of it or one by one."""
    data_of = read or PRECORO[kind]
    at = {"side": reference.PRECORO, "company_id": company_id, "kind": kind, "seen_at": moment}
    _keep(session, kind, rows, lambda row: {**at, **_entry(row, "id", row.get("name"), "enable", kind, data_of)})


def _keep(session: Session, what: str, rows: Sequence[Row], read: Callable[[Row], dict[str, Any]]) -> int:
    """Keep the rows of a list that can be read; returns how many."""
    kept = read_each(what, rows, read)
    reference.keep(session, reference.Entry, kept, UNIQUE)
    return len(kept)


def _entry(
    row: Row, key: str, name: object, enabled: str, kind: str = "", read: Callable[[Row], dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Return a row of a list as it is kept. Raises ValueError for one without an id."""
    entry_id = id_of(row, key)
    return {
        "key": entry_id,
        "name": (_text(name) or entry_id)[:600],
        "active": bool(row.get(enabled, True)),
        "data": read(row) if read else {},
        "details": DETAILS[kind](row) if kind in DETAILS else None,
        "gone_at": None,
    }


def _note_missing(
    session: Session, side: str, company_id: int, kind: str, rows: Sequence[Row], moment: datetime, key: str = "id"
) -> None:
    """Note that the entries of a list that are not among these rows are gone."""
    entry = reference.Entry
    there = select(entry.key).where(entry.side == side, entry.company_id == company_id, entry.kind == kind)
    gone = set(session.scalars(there.where(entry.gone_at.is_(None)))) - {str(row.get(key)) for row in rows}
    reference.vanish(session, side, company_id, kind, gone, moment)


def _plain(options: Any) -> list[Row]:
    """Return a nested list in either of its forms."""
    return list(options.get("data", [])) if isinstance(options, dict) else list(options or [])


def _name(row: Row) -> str:
    """Return the name people know an entry by, without the mark of a deactivated one; "" when it has none."""
    names = (_text(row.get(field)) for field in ("FullyQualifiedName", "DisplayName", "Name"))
    return without_mark(next(filter(None, names), ""))


def _text(value: object) -> str:
    """Return a text, or a number as one, without what a database cannot keep; "" for anything else."""
    return clean(str(value)) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""


def _object_in(row: Row, field: str) -> Row:
    """Return the object in a field, empty when there is none."""
    value = row.get(field)
    return value if isinstance(value, Mapping) else {}


def _ref(row: Row, field: str) -> str | None:
    value = _object_in(row, field).get("value")
    return None if value is None else str(value)


def _vendor(row: Row) -> dict[str, Any]:
    return {"currency": _ref(row, "CurrencyRef")}


def _account(row: Row) -> dict[str, Any]:
    return {
        "kind": _text(row.get("AccountType")),
        "currency": _ref(row, "CurrencyRef"),
        "number": row.get("AcctNum"),
        **_in_tree(row),
    }


def _short(row: Row) -> dict[str, Any]:
    return {"currency": _ref(row, "CurrencyRef"), **_in_tree(row)}


def _in_tree(row: Row) -> dict[str, Any]:
    """Return an entry's own name and the id of its parent."""
    name = _text(row.get("Name")) or _text(row.get("DisplayName"))
    return {"short": without_mark(name) or None, "parent": _ref(row, "ParentRef")}


def _item(row: Row) -> dict[str, Any]:
    account, kind = _ref(row, "ExpenseAccountRef"), _text(row.get("Type"))
    buys = kind in {"Service", "NonInventory", "Inventory"} and account is not None
    return {
        "kind": kind,
        "expense_account": account,
        "for_purchase": buys,
        "sku": row.get("Sku"),
        "short": without_mark(_text(row.get("Name"))),
    }


def _nothing(_row: Row) -> dict[str, Any]:
    return {}


def _tax_code(row: Row) -> dict[str, Any]:
    details = _object_in(row, "PurchaseTaxRateList").get("TaxRateDetail") or []
    rates = [
        {
            "rate": id_of(rate["TaxRateRef"], "value"),
            "kind": rate.get("TaxTypeApplicable", "TaxOnAmount"),
            "order": int(rate.get("TaxOrder", 0)),
        }
        for rate in _objects(details)
    ]
    return {"rates": rates, "description": row.get("Description"), "hidden": bool(row.get("Hidden"))}


def _tax_rate(row: Row) -> dict[str, Any]:
    always = (
        [{"RateValue": row["RateValue"], "EffectiveDate": "1900-01-01"}] if row.get("RateValue") is not None else []
    )
    periods = row.get("EffectiveTaxRate") or always  # a missing figure is not 0 %
    values = [
        {
            "value": finite(period["RateValue"]),
            "from": _day(period["EffectiveDate"]),
            "until": _day(period["EndDate"]) if period.get("EndDate") else None,
        }
        for period in _objects(periods)
    ]
    return {"special": row.get("SpecialTaxType", "NONE"), "values": values, "agency": _ref(row, "AgencyRef")}


def _objects(value: object) -> list[Row]:
    """Return a list of objects. Raises TypeError for anything else: half a tax would be a wrong one."""
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise TypeError("This is no list of objects")
    return value


def _day(value: object) -> str:
    return date.fromisoformat(str(value)[:10]).isoformat()


def _supplier(row: Row) -> dict[str, Any]:
    return {"currencies": row.get("currencies") or [row.get("currency")], "external_id": row.get("externalId")}


def _option(row: Row) -> dict[str, Any]:
    return {
        "field_id": row["field_id"],
        "code": row.get("code"),
        "external_id": row.get("externalId"),
        "parent": parent_of(row),
    }


def parent_of(option: Row) -> str | None:
    """Return the id of the option's parent, which Precoro sends as an object or bare."""
    parent = optional_object(option.get("parent"))
    key = parent.get("id") if isinstance(parent, Mapping) else parent
    return None if key is None else str(key)


def _product(row: Row) -> dict[str, Any]:
    return {"sku": row.get("sku"), "external_id": row.get("externalId"), "qbo_id": row.get("qboId")}


def _tax(row: Row) -> dict[str, Any]:
    return {
        "value": None if row.get("value") is None else finite(row["value"]),
        "withholding": bool(row.get("isWithholdingTax")),
        "external_id": row.get("externalId"),
    }


QUICKBOOKS: Mapping[str, tuple[str, Callable[[Row], dict[str, Any]]]] = {
    "Account": ("account", _account),
    "Vendor": ("vendor", _vendor),
    "Class": ("class", _short),
    "Customer": ("customer", _short),
    "Department": ("department", _short),
    "Item": ("item", _item),
    "Term": ("term", _nothing),
    "TaxAgency": ("tax_agency", _nothing),
    "TaxRate": ("tax_rate", _tax_rate),
    "TaxCode": ("tax_code", _tax_code),
}
PRECORO: Mapping[str, Callable[[Row], dict[str, Any]]] = {
    "supplier": _supplier,
    "item": _product,
    "tax": _tax,
    "term": _nothing,
}
DETAILS: Mapping[str, Callable[[Row], dict[str, Any]]] = {"supplier": supplier_details, "vendor": vendor_details}
"""What is kept, encrypted, of entries that may name people."""
