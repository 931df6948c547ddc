"""The seeded companies are consistent: ids are unique, references resolve, names are as different as the story needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from standins.seed import COMPANIES, WIDGETS_INC, WIDGETS_UK, by_precoro_id, by_realm

if TYPE_CHECKING:
    from standins.companies.shapes import Account, Company, Customer, ListEntry, PrecoroCompany, QuickBooksCompany

EACH_COMPANY = pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.precoro.name)


def lists_of(side: QuickBooksCompany | PrecoroCompany) -> Iterable[tuple[str, list[object]]]:
    """Yield every list of entries of one side with its name."""
    for described in fields(side):
        entries = getattr(side, described.name)
        if isinstance(entries, tuple) and entries and is_dataclass(entries[0]) and hasattr(entries[0], "id"):
            yield described.name, [entry.id for entry in entries]


@EACH_COMPANY
def test_ids_are_unique_in_every_list(company: Company) -> None:
    for side in (company.quickbooks, company.precoro):
        for name, ids in lists_of(side):
            assert len(ids) == len(set(ids)), name


def test_precoro_ids_are_unique_over_both_companies() -> None:
    ids = [supplier.id for company in COMPANIES for supplier in company.precoro.suppliers]
    options = [option.id for company in COMPANIES for field in company.precoro.fields for option in field.options]
    assert len(ids) == len(set(ids))
    assert len(options) == len(set(options))


@EACH_COMPANY
def test_every_reference_in_quickbooks_resolves(company: Company) -> None:
    books = company.quickbooks
    accounts = {account.id for account in books.accounts}
    tree: tuple[Iterable[Account | ListEntry | Customer], ...]
    tree = (books.accounts, books.classes, books.departments, books.customers)
    for entries in tree:
        ids = {entry.id for entry in entries}
        assert {entry.parent for entry in entries if entry.parent} <= ids
    for item in books.items:
        assert {item.expense_account, item.income_account, item.asset_account} - {None} <= accounts
        assert {part for part, _ in item.parts} <= {other.id for other in books.items}
    assert {vendor.term for vendor in books.vendors} - {None} <= {term.id for term in books.terms}
    rates = {rate.id for rate in books.tax_rates}
    assert {rate for code in books.tax_codes for rate in (*code.purchase_rates, *code.sales_rates)} <= rates
    assert {rate.agency for rate in books.tax_rates} <= {agency.id for agency in books.tax_agencies}


@EACH_COMPANY
def test_every_reference_in_precoro_resolves(company: Company) -> None:
    terms = {term.id for term in company.precoro.payment_terms}
    assert {supplier.term for supplier in company.precoro.suppliers} - {None} <= terms
    for field in company.precoro.fields:
        ids = {option.id for option in field.options}
        assert {option.parent for option in field.options if option.parent} <= ids


@EACH_COMPANY
def test_names_are_unique_over_vendors_customers_and_employees(company: Company) -> None:
    books = company.quickbooks
    names = [vendor.name.casefold() for vendor in books.vendors]
    names += [customer.name.casefold() for customer in books.customers]
    names += [f"{person.given_name} {person.family_name}".casefold() for person in books.employees]
    assert len(names) == len(set(names))


@EACH_COMPANY
def test_there_is_one_payables_account_for_every_currency_of_a_vendor(company: Company) -> None:
    books = company.quickbooks
    payable = [account.currency or books.currency for account in books.accounts if account.type == "Accounts Payable"]
    assert len(payable) == len(set(payable))
    assert {vendor.currency for vendor in books.vendors} <= set(payable)


@EACH_COMPANY
def test_twins_are_of_one_currency(company: Company) -> None:
    vendors = {vendor.id: vendor for vendor in company.quickbooks.vendors}
    suppliers = {supplier.id: supplier for supplier in company.precoro.suppliers}
    for supplier, vendor in company.twins:
        assert suppliers[supplier].currencies == (vendors[vendor].currency,)


def test_widgets_inc_has_28_suppliers_of_equal_name_and_three_that_differ() -> None:
    vendors = {vendor.name for vendor in WIDGETS_INC.quickbooks.vendors}
    suppliers = {supplier.name for supplier in WIDGETS_INC.precoro.suppliers}
    assert (len(suppliers), len(vendors), len(suppliers & vendors)) == (31, 33, 28)
    assert suppliers - vendors == {"Baxter and Sons", "Evergreen Catering", "Nguyen Freight Services"}


def test_widgets_inc_has_the_lists_of_a_real_company() -> None:
    books = WIDGETS_INC.quickbooks
    sizes = [len(entries) for entries in (books.accounts, books.classes, books.departments, books.customers)]
    assert sizes == [68, 12, 4, 25]
    assert len(books.items) == 30
    assert len(WIDGETS_INC.precoro.field("QuickBooks Accounts").options) == 64


def test_products_carry_the_names_of_the_quickbooks_items() -> None:
    for company in COMPANIES:
        assert {product.name for product in company.precoro.products} <= {
            item.name for item in company.quickbooks.items
        }


def test_a_company_is_found_from_either_side() -> None:
    assert by_realm("9130002") is WIDGETS_UK
    assert by_precoro_id(1) is WIDGETS_INC
    with pytest.raises(KeyError):
        by_realm("0")


def test_entries_are_found_by_name() -> None:
    assert WIDGETS_INC.quickbooks.vendor("Acme Supply").id == "56"
    assert WIDGETS_INC.quickbooks.account("6660").name == "Office Supplies"
    assert WIDGETS_INC.quickbooks.item("PEN-1").name == "Pen, blue"
    assert WIDGETS_INC.precoro.field("QuickBooks Locations").option("East").external_id is None
    with pytest.raises(KeyError):
        WIDGETS_INC.quickbooks.vendor("Evergreen Catering")


def test_exchange_rates_differ_by_day_and_are_known_for_the_currencies_of_the_vendors() -> None:
    books = WIDGETS_UK.quickbooks
    first, second = (books.exchange_rate("EUR", date(2026, 11, day)) for day in (2, 3))
    assert first
    assert second
    assert first != second
    assert books.exchange_rate("GBP", date(2026, 11, 2)) == Decimal(1)
    assert books.exchange_rate("JPY", date(2026, 11, 2)) is None
