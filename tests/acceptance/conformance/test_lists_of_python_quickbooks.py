"""python-quickbooks keeps the lists of a company: categories, sub-customers, currencies, agencies, terms, numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from quickbooks import exceptions  # type: ignore[import-untyped]
from quickbooks.batch import batch_create  # type: ignore[import-untyped]
from quickbooks.cdc import change_data_capture  # type: ignore[import-untyped]
from quickbooks.objects.account import Account  # type: ignore[import-untyped]
from quickbooks.objects.companycurrency import CompanyCurrency  # type: ignore[import-untyped]
from quickbooks.objects.customer import Customer  # type: ignore[import-untyped]
from quickbooks.objects.department import Department  # type: ignore[import-untyped]
from quickbooks.objects.employee import Employee  # type: ignore[import-untyped]
from quickbooks.objects.item import Item  # type: ignore[import-untyped]
from quickbooks.objects.preferences import Preferences  # type: ignore[import-untyped]
from quickbooks.objects.taxagency import TaxAgency  # type: ignore[import-untyped]
from quickbooks.objects.taxcode import TaxCode  # type: ignore[import-untyped]
from quickbooks.objects.taxrate import TaxRate  # type: ignore[import-untyped]
from quickbooks.objects.term import Term  # type: ignore[import-untyped]
from quickbooks.objects.trackingclass import Class  # type: ignore[import-untyped]
from quickbooks.objects.vendor import Vendor  # type: ignore[import-untyped]

from tests.acceptance.conformance.conftest import UK, US, Connect
from tests.acceptance.conformance.objects import made_of, ref

AsPerson = Callable[..., Any]


def refusal(kind: Any, books: Any, **values: Any) -> Any:
    with pytest.raises(exceptions.QuickbooksException) as refused:
        made_of(kind, **values).save(qb=books)
    return refused.value


def test_a_product_is_kept_under_a_category_and_follows_its_name(books: Any) -> None:
    category = made_of(Item, Name="Lifting gear", Type="Category").save(qb=books)
    product = made_of(
        Item, Name="Chain hoist", Type="NonInventory", SubItem=True, ParentRef=ref(category.Id), Sku="HST-1",
        ExpenseAccountRef=ref("102"), PurchaseCost=310,
    ).save(qb=books)  # fmt: skip
    assert (product.FullyQualifiedName, product.Level) == ("Lifting gear:Chain hoist", 1)
    category.Name = "Hoists"
    category.save(qb=books)
    assert Item.get(product.Id, qb=books).FullyQualifiedName == "Hoists:Chain hoist"
    assert [item.Name for item in Item.where("Type = 'Category'", qb=books)] == ["Hoists", "Safety", "Workwear"]


def test_accounts_with_numbers_nest_and_take_their_type_from_quickbooks(books: Any) -> None:
    above = made_of(Account, Name="Plants", AccountType="Expense", AcctNum="6770001").save(qb=books)
    below = made_of(
        Account, Name="Watering", AccountType="Expense", AcctNum="6770002", SubAccount=True, ParentRef=ref(above.Id)
    ).save(qb=books)
    assert (below.FullyQualifiedName, below.Classification) == ("Plants:Watering", "Expense")
    assert Account.filter(AcctNum="6770002", qb=books)[0].Id == below.Id
    assert refusal(Account, books, Name="Plants", AccountType="Expense").error_code == 6240


@pytest.mark.parametrize(("kind", "flag"), [(Class, "SubClass"), (Department, "SubDepartment")])
def test_a_list_nests_five_levels_and_no_more(books: Any, kind: Any, flag: str) -> None:
    above = made_of(kind, Name="Level 1").save(qb=books)
    for level in range(2, 6):
        above = made_of(kind, Name=f"Level {level}", ParentRef=ref(above.Id), **{flag: True}).save(qb=books)
    assert above.FullyQualifiedName.count(":") == 4
    refused = refusal(kind, books, Name="Level 6", ParentRef=ref(above.Id), **{flag: True})
    assert (refused.error_code, refused.detail) == (6180, "Only 5 levels of hierarchy are supported")


def test_a_job_belongs_to_its_customer_and_projects_are_read(books: Any) -> None:
    job = made_of(Customer, DisplayName="Store 30", Job=True, ParentRef=ref("1")).save(qb=books)
    assert (job.FullyQualifiedName, job.Level) == ("Barton Creek Hardware:Store 30", 1)
    projects = [customer for customer in Customer.all(max_results=1000, qb=books) if customer.IsProject]
    assert len(projects) == 4
    assert all(project.ParentRef.value for project in projects)


def test_a_name_of_an_employee_is_taken_even_when_the_employee_left(books: Any, as_person: AsPerson) -> None:
    employee = made_of(Employee, GivenName="Rosa", FamilyName="Quill").save(qb=books)
    assert refusal(Vendor, books, DisplayName="Rosa Quill").error_code == 6240
    as_person("quickbooks", f"employee/{employee.Id}?realm={US}", {"do": "deactivate"})
    assert Employee.get(employee.Id, qb=books).DisplayName == "Rosa Quill (deleted)"
    made_of(Vendor, DisplayName="Rosa Quill").save(qb=books)
    assert refusal(Vendor, books, DisplayName="Rosa Quill (deleted)").error_code == 6240


def test_a_currency_is_switched_on_and_used(connect: Connect) -> None:
    british = connect(UK)
    assert made_of(CompanyCurrency, Code="PLN").save(qb=british).Name == "Polish Zloty"
    vendor = made_of(Vendor, DisplayName="Stocznia Gdynia", CurrencyRef=ref("PLN")).save(qb=british)
    assert (vendor.CurrencyRef.value, vendor.CurrencyRef.name) == ("PLN", "Polish Zloty")
    assert {currency.Code for currency in CompanyCurrency.all(qb=british)} == {"EUR", "USD", "PLN"}
    assert refusal(CompanyCurrency, connect(US), Code="PLN").error_code == 5030


def test_an_agency_is_made_and_found(connect: Connect) -> None:
    british = connect(UK)
    made_of(TaxAgency, DisplayName="Revenue Scotland", TaxTrackedOnPurchases=True).save(qb=british)
    assert "Revenue Scotland" in [agency.DisplayName for agency in TaxAgency.all(qb=british)]
    assert refusal(TaxAgency, british, DisplayName="Revenue Scotland").error_code == 6240


def test_a_reverse_charge_has_two_rates_and_an_old_rate_an_end(connect: Connect) -> None:
    british = connect(UK)
    [reverse] = TaxCode.filter(Name="20.0% RC", qb=british)
    rates = [TaxRate.get(detail.TaxRateRef.value, qb=british) for detail in reverse.PurchaseTaxRateList.TaxRateDetail]
    assert sorted(rate.RateValue for rate in rates) == [-20, 20]
    [old] = TaxRate.filter(Name="12.5% R (Purchases)", qb=british)
    assert old.EffectiveTaxRate[0]["EndDate"].startswith("2022-03-31")


def test_a_term_is_made_and_a_wrong_one_refused(books: Any) -> None:
    assert made_of(Term, Name="Net 45", DueDays=45).save(qb=books).Type == "STANDARD"
    assert refusal(Term, books, Name="Net 45", DueDays=45).error_code == 6240


def test_what_a_person_switches_shows_in_preferences_and_in_changes(books: Any, as_person: AsPerson) -> None:
    since = (datetime.now(UTC) - timedelta(seconds=2)).isoformat(timespec="seconds")
    as_person("quickbooks", f"preferences/1?realm={US}", {"set": {"AccountingInfoPrefs.ClassTrackingPerTxn": True}})
    accounting = Preferences.get(qb=books).AccountingInfoPrefs
    assert (accounting.ClassTrackingPerTxn, accounting.ClassTrackingPerTxnLine) == (True, False)
    assert len(change_data_capture([Preferences], since, qb=books).Preferences) == 1


def test_items_of_a_batch_are_throttled_one_by_one(books: Any, as_person: AsPerson) -> None:
    as_person("quickbooks", "faults", {"match": {"method": "ITEM", "path": "batch/vendor"}, "fault": "429", "times": 2})
    vendors = [made_of(Vendor, DisplayName=f"Trader {number}") for number in range(5)]
    answer = batch_create(vendors, qb=books)
    assert [fault.Error[0].code for fault in answer.faults] == ["3001", "3001"]
    assert len(answer.successes) == 3
    assert Vendor.count("DisplayName LIKE 'Trader %'", qb=books) == 3


def test_a_plan_is_full_at_its_usage_limit(books: Any) -> None:
    for number in range(40 - 12 - 4):
        made_of(Class, Name=f"Line {number}").save(qb=books)
    refused = refusal(Class, books, Name="One more")
    assert (refused.error_code, "up to 40 classes and locations" in refused.detail) == (6000, True)
