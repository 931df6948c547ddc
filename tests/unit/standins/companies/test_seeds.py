"""The seeded companies are consistent: ids are unique, references resolve, names are as different as the story needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from standins.companies.seeds import COMPANIES, WIDGETS_INC, WIDGETS_UK, by_precoro_id, by_realm

if TYPE_CHECKING:
    from standins.companies.shapes import Account, CompanyPair, Customer, PrecoroSeed, QuickBooksSeed, SeededListEntry

EACH_COMPANY = pytest.mark.parametrize("company", COMPANIES, ids=lambda company: company.precoro.name)


def lists_of(side: QuickBooksSeed | PrecoroSeed) -> Iterable[tuple[str, list[object]]]:
    """Yield every list of entries of one side with its name."""
    for described in fields(side):
        entries = getattr(side, described.name)
        if isinstance(entries, tuple) and entries and is_dataclass(entries[0]) and hasattr(entries[0], "id"):
            yield described.name, [entry.id for entry in entries]


@EACH_COMPANY
def test_ids_are_unique_in_every_list(company: CompanyPair) -> None:
    for side in (company.quickbooks, company.precoro):
        for name, ids in lists_of(side):
            assert len(ids) == len(set(ids)), name


def test_precoro_ids_are_unique_over_both_companies() -> None:
    ids = [supplier.id for company in COMPANIES for supplier in company.precoro.suppliers]
    options = [option.id for company in COMPANIES for field in company.precoro.fields for option in field.options]
    assert len(ids) == len(set(ids))
    assert len(options) == len(set(options))


@EACH_COMPANY
def test_every_reference_in_quickbooks_resolves(company: CompanyPair) -> None:
    books = company.quickbooks
    accounts = {account.id for account in books.accounts}
    tree: tuple[Iterable[Account | SeededListEntry | Customer], ...]
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
def test_every_reference_in_precoro_resolves(company: CompanyPair) -> None:
    terms = {term.id for term in company.precoro.payment_terms}
    assert {supplier.term for supplier in company.precoro.suppliers} - {None} <= terms
    for field in company.precoro.fields:
        ids = {option.id for option in field.options}
        assert {option.parent for option in field.options if option.parent} <= ids


@EACH_COMPANY
def test_names_are_unique_over_vendors_customers_and_employees(company: CompanyPair) -> None:
    books = company.quickbooks
    names = [vendor.name.casefold() for vendor in books.vendors]
    names += [customer.name.casefold() for customer in books.customers]
    names += [f"{person.given_name} {person.family_name}".casefold() for person in books.employees]
    assert len(names) == len(set(names))


@EACH_COMPANY
def test_there_is_one_payables_account_for_every_currency_of_a_vendor(company: CompanyPair) -> None:
    books = company.quickbooks
    payable = [account.currency or books.currency for account in books.accounts if account.type == "Accounts Payable"]
    assert len(payable) == len(set(payable))
    assert {vendor.currency for vendor in books.vendors} <= set(payable)


@EACH_COMPANY
def test_twins_are_of_one_currency(company: CompanyPair) -> None:
    vendors = {vendor.id: vendor for vendor in company.quickbooks.vendors}
    suppliers = {supplier.id: supplier for supplier in company.precoro.suppliers}
    for supplier, vendor in company.twins:
        assert suppliers[supplier].currencies == (vendors[vendor].currency,)


def test_widgets_inc_has_28_suppliers_of_equal_name_three_that_differ_and_four_without_a_vendor() -> None:
    books = WIDGETS_INC.quickbooks
    vendors = {vendor.name for vendor in books.vendors if vendor.active}
    suppliers = {supplier.name for supplier in WIDGETS_INC.precoro.suppliers}
    assert (len(suppliers), len(vendors), len(suppliers & vendors)) == (35, 35, 28)
    differ = {"Baxter and Sons", "Evergreen Catering", "Nguyen Freight Services"}
    alone = {"Manor Print and Sign", "Gulf Coast Marine", "Marcus Delgado", "Northern Widget Works"}
    assert suppliers - vendors == differ | alone
    assert books.vendor("Manor Print and Sign").active is False
    assert books.customer("Gulf Coast Marine").active
    assert "Marcus Delgado" in {f"{employee.given_name} {employee.family_name}" for employee in books.employees}
    assert len(WIDGETS_INC.precoro.supplier("Northern Widget Works").currencies) == 2


def test_some_vendors_are_nearly_called_like_others_and_one_has_two_mails() -> None:
    books = WIDGETS_INC.quickbooks
    assert {"Acme Supply Company", "Acme Supply East", "Meridian Bearing"} <= {vendor.name for vendor in books.vendors}
    assert books.vendor("Acme Supply Company").email.count("@") == 2
    assert WIDGETS_UK.quickbooks.vendor("Crown Stationery Ltd").currency == "GBP"


def test_widgets_uk_has_a_namesake_in_another_currency_and_a_reverse_charge() -> None:
    books, precoro = WIDGETS_UK.quickbooks, WIDGETS_UK.precoro
    assert books.vendor("Lindqvist Lager AB").currency not in precoro.supplier("Lindqvist Lager AB").currencies
    percents = {rate.id: rate.percent for rate in books.tax_rates}
    reverse = books.tax_code("20.0% RC")
    assert sorted(percents[rate] for rate in reverse.purchase_rates) == [-20, 20]
    assert {percents[rate] for rate in books.tax_code("20.0% S").purchase_rates} == {Decimal(20)}
    assert not books.tax_code("17.5% S").active


def test_widgets_inc_has_the_lists_of_a_real_company() -> None:
    books = WIDGETS_INC.quickbooks
    sizes = [len(entries) for entries in (books.accounts, books.classes, books.departments, books.customers)]
    assert sizes == [68, 12, 4, 25]
    kinds = [item.type for item in books.items]
    assert (len(kinds), kinds.count("Category"), kinds.count("Group"), kinds.count("Inventory")) == (35, 2, 1, 5)
    assert [item.name for item in books.items if not item.active] == ["Old stapler"]
    assert len(WIDGETS_INC.precoro.field("QuickBooks Accounts").options) == 64


def test_products_carry_the_names_of_the_quickbooks_items_but_one_that_was_renamed_there() -> None:
    renamed = {product.name for product in WIDGETS_INC.precoro.products} - {
        item.name for item in WIDGETS_INC.quickbooks.items
    }
    assert renamed == {"Hand truck"}
    assert WIDGETS_INC.quickbooks.item("HTR-250").name == "Hand truck, 250 kg"
    british = {item.name for item in WIDGETS_UK.quickbooks.items}
    assert {product.name for product in WIDGETS_UK.precoro.products} <= british


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
