"""Loads what planning a document needs of QuickBooks and of the pairs from the store, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from mappers.books import (
    BookEntry,
    Books,
    FieldOption,
    PurchasePreferences,
    RecentEntity,
    TaxCode,
    TaxComponent,
    TaxRate,
    is_us,
)
from mappers.counterparts import SUPPLIER_IN, in_currency, quickbooks_kind
from mappers.documents.document import BILL, EXPENSE, Document
from mappers.documents.needs import Needs, needs
from mappers.policy import Policy, load_policy
from mappers.taxes.matching import PrecoroTax, TaxBooks
from qbo_client.company import CompanyPreferences, has_multicurrency, read_preferences
from store import reference
from store.companies import Connection
from store.reference import ListedEntry, Pair
from workers.records import writes
from workers.reference import home_currency, suggestions

LISTS = ("account", "class", "customer", "location", "item", "term", "supplier")


def books_for(session: Session, connection: Connection, document: Document) -> Books:
    """Return the books of a connection as far as this document needs them."""
    wanted, policy, company = needs(document), load_policy(connection.policy), connection.qbo
    fields = {int(key): kind for key, kind in connection.fields.items()}
    options = _options(session, connection, wanted)
    in_its_currency = SUPPLIER_IN, in_currency(str(wanted.supplier_id), document.currency)
    pairs = reference.pairs(session, connection.id, [*_pairs_wanted(wanted, fields, options), in_its_currency])
    if in_its_currency in pairs:
        pairs["supplier", str(wanted.supplier_id)] = pairs[in_its_currency]
    lists = _lists(session, company.id, pairs, policy)
    vendor = pairs.get(("supplier", str(wanted.supplier_id)))
    preferences = read_preferences(company.preferences)
    return Books(
        connection=connection.slug,
        realm=company.realm,
        country=company.country,
        home_currency=company.home_currency,
        precoro_currency=home_currency.of_company(session, connection.precoro_id),
        multicurrency=has_multicurrency(company.preferences),
        plan=company.plan,
        preferences=purchase_preferences(preferences),
        accounts=lists["account"],
        classes=lists["class"],
        customers=lists["customer"],
        departments=lists["department"],
        items=lists["item"],
        terms=lists["term"],
        vendors=lists["vendor"],
        tax_codes=_tax_codes(session, company.id) if wanted.tax_ids or not is_us(company.country) else {},
        tax_rates=_tax_rates(session, company.id) if wanted.tax_ids or not is_us(company.country) else {},
        pairs=pairs,
        fields=fields,
        options=tuple(options),
        recent_entities=_recent_entities(session, company.id, vendor, document.entity_type),
    )


def purchase_preferences(preferences: CompanyPreferences) -> PurchasePreferences:
    """Return the preferences that planning depends on."""
    return PurchasePreferences(
        class_per_line=preferences.classes_per_line,
        class_per_transaction=preferences.classes_per_transaction,
        track_departments=preferences.departments,
        track_customers=preferences.customers_on_purchases,
        billable_tracking=preferences.billable_expenses,
        purchase_orders=preferences.purchase_orders,
        custom_numbers=preferences.custom_transaction_numbers,
        warn_duplicate_bills=preferences.warn_duplicate_bill_number,
        items_on_purchases=preferences.items_on_purchases,
        book_close_date=preferences.book_close_date,
    )


def _options(session: Session, connection: Connection, wanted: Needs) -> list[FieldOption]:
    """Return the cached list entries that the document may mean: by id, or by what is written."""
    if not wanted.options:
        return []
    written = {str(value) for option in wanted.options for value in (option.value, option.name) if value}
    named = written | {text.partition(" ")[2] for text in written}  # "6660 Office Supplies" is code and name
    keys = {str(option_id) for option_id in wanted.option_ids} | named
    rows = session.scalars(
        select(reference.Entry).where(
            reference.Entry.side == reference.PRECORO,
            reference.Entry.company_id == connection.precoro_id,
            reference.Entry.kind == "option",
            or_(reference.Entry.key.in_(keys), reference.Entry.name.in_(named)),
        )
    )
    return [
        FieldOption(
            field_id=int(row.data["field_id"]),
            id=int(row.key),
            name=row.name,
            code=row.data.get("code"),
            external_id=row.data.get("external_id"),
            enabled=row.active,
        )
        for row in rows
    ]


def _pairs_wanted(wanted: Needs, fields: Mapping[int, str], options: Iterable[FieldOption]) -> list[tuple[str, str]]:
    """Return the pairs that the document may use, as (kind, Precoro key)."""
    pairs = [("supplier", str(wanted.supplier_id)), ("term", str(wanted.term_id))]
    pairs += [("item", str(item)) for item in wanted.item_ids]
    pairs += [(kind, str(tax)) for tax in wanted.tax_ids for kind in ("tax", "withholding")]
    pairs += [("tax_set", name) for name in wanted.tax_sets]
    ids = {(option.field_id, str(option.id)) for option in options}
    ids |= {(option.field_id, str(option.option_id)) for option in wanted.options if option.option_id is not None}
    return pairs + [(fields[field_id], key) for field_id, key in ids if field_id in fields]


def _lists(
    session: Session, company_id: int, pairs: Mapping[tuple[str, str], str], policy: Policy
) -> dict[str, dict[str, BookEntry]]:
    """Return the QuickBooks side of the pairs, and the default accounts, list by list."""
    wanted = {(quickbooks_kind(kind), key) for (kind, _), key in pairs.items()}
    accounts = {policy.default_line_account, policy.default_item_account, *policy.payable_accounts.values()}
    wanted |= {("account", account) for account in accounts if account}
    rows = reference.entries(session, reference.QUICKBOOKS, company_id, wanted)
    lists: dict[str, dict[str, BookEntry]] = {quickbooks_kind(kind): {} for kind in LISTS}
    for (kind, key), row in rows.items():
        if kind in lists:
            lists[kind][key] = entry(row)
    return lists


def entry(row: reference.Entry | ListedEntry) -> BookEntry:
    """Return a cached row of a QuickBooks list as the mapping knows it."""
    data = row.data
    return BookEntry(
        id=row.key,
        name=row.name,
        active=row.active,
        kind=data.get("kind", ""),
        currency=data.get("currency"),
        for_purchase=data.get("for_purchase", True),
        expense_account=data.get("expense_account"),
        data=data,
    )


def rows(session: Session, company_id: int, kind: str) -> Iterable[reference.Entry]:
    """Return a whole cached list of QuickBooks; only for short lists."""
    entry = reference.Entry
    return session.scalars(
        select(entry).where(entry.side == reference.QUICKBOOKS, entry.company_id == company_id, entry.kind == kind)
    )


def _tax_codes(session: Session, company_id: int) -> dict[str, TaxCode]:
    """Return the tax codes with the rates that apply to purchases."""
    return {
        row.key: TaxCode(
            row.key,
            row.name,
            row.active and not row.data.get("hidden"),
            tuple(TaxComponent(rate["rate"], rate["kind"], int(rate["order"])) for rate in row.data.get("rates", [])),
            row.data.get("description") or "",
        )
        for row in rows(session, company_id, "tax_code")
    }


def _tax_rates(session: Session, company_id: int) -> dict[str, TaxRate]:
    """Return the tax rates with the days on which they are in force."""
    return {
        row.key: TaxRate(
            row.key,
            row.name,
            row.active,
            row.data.get("special", "NONE"),
            tuple(
                (Decimal(str(period["value"])), date.fromisoformat(period["from"]), _day(period.get("until")))
                for period in row.data.get("values", [])
            ),
        )
        for row in rows(session, company_id, "tax_rate")
    }


def tax_books(session: Session, connection: Connection, day: date) -> TaxBooks:
    """Return QuickBooks' tax codes and rates, with the pairs of taxes and what a person refused."""
    pairs = session.scalars(select(Pair).where(Pair.connection_id == connection.id, Pair.kind.in_(("tax", "tax_set"))))
    return TaxBooks(
        _tax_codes(session, connection.qbo_id),
        _tax_rates(session, connection.qbo_id),
        day,
        {(pair.kind, pair.precoro_key): pair.qbo_key for pair in pairs},
        suggestions.refused(session, connection, "tax_set"),
    )


def taxes(session: Session, connection: Connection) -> list[PrecoroTax]:
    """Return the taxes that Precoro lists, withholding taxes among them, by name."""
    entry = reference.Entry
    rows = session.scalars(
        select(entry)
        .where(
            entry.side == reference.PRECORO,
            entry.company_id == connection.precoro_id,
            entry.kind == "tax",
            entry.active,
        )
        .order_by(entry.name, entry.id)
    )
    return [
        PrecoroTax(
            int(row.key),
            row.name,
            None if row.data.get("value") is None else Decimal(str(row.data["value"])),
            bool(row.data.get("withholding")),
            row.data.get("external_id"),
        )
        for row in rows
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _recent_entities(session: Session, company_id: int, vendor: str | None, type_: str) -> tuple[RecentEntity, ...]:
    """Return the transactions of the vendor that QuickBooks is known to have; beside a bill its expenses."""
    if vendor is None:
        return ()
    types = (BILL, EXPENSE) if type_ == BILL else (type_,)
    return tuple(writes.entity_of(row) for row in reference.of_vendor(session, company_id, vendor, types))
