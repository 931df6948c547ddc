"""Suppliers and vendors read from what the services send, and what is said to each side about them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.suppliers.fields import LABELS, emails_of, same
from mappers.suppliers.forms import NAME_LENGTH, display_name, new_contacts, new_vendor, supplier_form, vendor_changes
from mappers.suppliers.profile import UnreadableProfile, read_supplier, read_vendor, supplier_details, vendor_details
from mappers.suppliers.vendor_creation import CreateVendor, CreationRules, PairWith, Wish, creation

SUPPLIER: dict[str, Any] = {
    "id": 9001,
    "name": "Acme Supply",
    "status": 2,
    "enable": True,
    "currency": "USD",
    "currencies": ["USD"],
    "legalAddress": "1 Road St",
    "city": "Austin",
    "state": "TX",
    "postalCode": "78701",
    "country": "USA",
    "phone": "+1 555 0100",
    "accountNumber": "A-17",
    "taxPayerNumber": "12-3456789",
    "externalId": "56",
    "updateDate": "2026-02-01T00:00:00+00:00",
    "contacts": {"data": [{"id": 1, "name": "Bob", "email": "ap@acme.example", "phone": None}]},
}
VENDOR: dict[str, Any] = {
    "Id": "56",
    "SyncToken": "3",
    "DisplayName": "Acme Supply",
    "CompanyName": "Acme Supply Inc",
    "BillAddr": {"Id": "101", "Line1": "1 Road St", "Line2": "Suite 5", "City": "Austin", "CountrySubDivisionCode": "TX", "PostalCode": "78701"},
    "PrimaryPhone": {"FreeFormNumber": "(555) 0100"},
    "PrimaryEmailAddr": {"Address": "ap@acme.example"},
    "AcctNum": "A-17",
    "TaxIdentifier": "XXXXXX6789",
    "CurrencyRef": {"value": "USD"},
    "TermRef": {"value": "3"},
    "Active": True,
    "MetaData": {"LastUpdatedTime": "2026-02-01T10:00:00-08:00"},
}  # fmt: skip


def test_both_sides_are_read_into_the_same_fields() -> None:
    ours, theirs = read_supplier(SUPPLIER), read_vendor(VENDOR)
    assert set(ours.values) == set(LABELS)
    assert theirs.values["address"] == "1 Road St\nSuite 5"
    assert theirs.values["country"] == ""  # a part that an address leaves out is an empty one
    assert (ours.tax_digits, theirs.tax_digits) == ("6789", "6789")
    assert (ours.currencies, theirs.currencies, ours.approved) == (("USD",), ("USD",), True)
    assert ours.changed_at is not None
    assert theirs.changed_at is not None


@pytest.mark.parametrize("key", ["city", "phone", "contacts", "legalAddress"])
def test_a_key_that_precoro_does_not_send_is_no_empty_value(key: str) -> None:
    whole = len(read_supplier(SUPPLIER).values)
    row = {name: value for name, value in SUPPLIER.items() if name != key}
    assert len(read_supplier(row).values) == whole - 1
    assert len(read_supplier({**row, key: None}).values) == whole


def test_what_quickbooks_leaves_out_is_not_told() -> None:
    assert read_vendor({"Id": "9", "DisplayName": "Bare"}).values == {"name": "Bare"}


def test_nested_collections_and_currencies_are_read_in_every_form() -> None:
    row = {**SUPPLIER, "contacts": [{"email": "a@b.example; c@d.example"}], "currencies": [{"code": "EUR"}, "USD"]}
    assert read_supplier(row).values["email"] == "a@b.example, c@d.example"
    assert read_supplier(row).currencies == ("EUR", "USD")
    assert read_supplier({**SUPPLIER, "currencies": None}).currencies == ("USD",)
    entities = {"data": [{"id": 1, "legalEntity": {"id": 7}}, {"id": 8}]}
    assert read_supplier({**SUPPLIER, "supplierLegalEntities": entities}).entities == {"7", "8"}


def test_an_unreadable_row_is_told_and_its_copy_is_kept_all_the_same() -> None:
    with pytest.raises(UnreadableProfile):
        read_vendor({"DisplayName": "No id"})
    assert supplier_details({"name": "No id"})["row"] == {"name": "No id"}
    assert vendor_details(VENDOR)["company_name"] == "Acme Supply Inc"


@given(st.dictionaries(st.sampled_from([*SUPPLIER, "x"]), st.recursive(st.none() | st.booleans() | st.text(max_size=5) | st.integers(), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["data", "id", "email"]), inner, max_size=2), max_leaves=4)))  # fmt: skip
def test_whatever_precoro_sends_is_read_or_refused(row: dict[str, Any]) -> None:
    try:
        profile = read_supplier(row)
    except UnreadableProfile:
        return
    assert all(isinstance(value, str) for value in profile.values.values())


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("phone", "+1 512 555-0100", "001 (512) 5550100"),
        ("country", "USA", "United States"),
        ("country", "DE", "Germany"),
        ("postal_code", "SW1A 1AA", "sw1a1aa"),
        ("address", "1 Road St\nSuite 5", "1 Road St, Suite 5"),
        ("email", "A@b.example, c@d.example", "c@d.example;a@B.example"),
        ("account_number", "a-17", "A-17"),
    ],
)
def test_another_spelling_is_the_same_value(field: Any, left: str, right: str) -> None:
    assert same(field, left, right)


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("name", "Acme", "ACME"),
        ("account_number", "A17", "A-17"),
        ("phone", "5550100", "5550101"),
        ("country", "Narnia", "USA"),
    ],
)
def test_another_value_is_not_the_same(field: Any, left: str, right: str) -> None:
    assert not same(field, left, right)


def test_several_addresses_are_told_apart_once_each() -> None:
    assert emails_of("a@b.example, A@B.example;c@d.example") == ("a@b.example", "c@d.example")


@pytest.mark.parametrize(("printed", "renamed"), [("Acme Supply", "Acme Ltd"), ("Acme Accounts", None), (None, None)])
def test_the_name_on_cheques_follows_the_name_that_it_equalled(printed: str | None, renamed: str | None) -> None:
    vendor = {**VENDOR, **({} if printed is None else {"PrintOnCheckName": printed})}
    body, _ = vendor_changes(vendor, read_vendor(vendor), {"name": "Acme Ltd"})
    assert (body["DisplayName"], body.get("PrintOnCheckName")) == ("Acme Ltd", renamed)


def test_a_name_has_no_colon_tab_or_line_break_in_quickbooks() -> None:
    assert display_name("Acme:\tSupply\n  Inc") == "Acme Supply Inc"


def test_an_update_carries_the_whole_address_and_only_what_changed_besides() -> None:
    body, notes = vendor_changes(VENDOR, read_vendor(VENDOR), {"city": "Dallas", "phone": "1"})
    address = {
        "Line1": "1 Road St",
        "Line2": "Suite 5",
        "City": "Dallas",
        "CountrySubDivisionCode": "TX",
        "PostalCode": "78701",
    }
    assert body == {
        "Id": "56",
        "SyncToken": "3",
        "sparse": True,
        "BillAddr": address,
        "PrimaryPhone": {"FreeFormNumber": "1"},
    }
    assert notes == ()


@pytest.mark.parametrize("active", [True, False, None])
@given(changes=st.dictionaries(st.sampled_from([*LABELS]), st.text(max_size=40)))
def test_an_update_never_touches_tax_terms_or_currency(active: bool | None, changes: Any) -> None:
    body, _ = vendor_changes(VENDOR, read_vendor(VENDOR), changes, active=active)
    assert not set(body) & {"TaxIdentifier", "Vendor1099", "TermRef", "CurrencyRef"}
    assert body["sparse"] is True


@pytest.mark.parametrize(("field", "value"), [("phone", "1" * 31), ("email", "nobody"), ("email", "x" * 99 + "@a.example"), ("account_number", "9" * 101)])  # fmt: skip
def test_what_quickbooks_would_refuse_is_left_out_and_noted(field: Any, value: str) -> None:
    body, notes = vendor_changes(VENDOR, read_vendor(VENDOR), {field: value})
    assert set(body) == {"Id", "SyncToken", "sparse"}
    assert [note.code for note in notes] == ["not_taken_by_quickbooks"]


def test_a_new_vendor_carries_its_currency_only_where_there_are_several() -> None:
    supplier = read_supplier(SUPPLIER)
    assert new_vendor(supplier, "Acme", currency="USD")[0]["CurrencyRef"] == {"value": "USD"}
    assert "CurrencyRef" not in new_vendor(supplier, "Acme", currency=None)[0]


def test_lines_of_an_address_become_one_in_precoro_and_contacts_are_kept() -> None:
    assert supplier_form({"address": "1 Road St\nSuite 5", "email": "x@y.example"}) == {
        "legalAddress": "1 Road St, Suite 5"
    }
    contacts = new_contacts(SUPPLIER, "AP@acme.example, pay@acme.example")
    assert contacts == [
        {"name": "Bob", "email": "ap@acme.example"},
        {"name": "pay@acme.example", "email": "pay@acme.example"},
    ]


AUTOMATIC, BY_HAND = CreationRules(True, "USD", False), CreationRules(False, "USD", False)


@pytest.mark.parametrize(
    ("changes", "company", "wish", "code"),
    [
        ({"currencies": ["USD", "EUR"]}, AUTOMATIC, Wish(), "supplier_has_several_currencies"),
        ({"currencies": ["EUR"]}, AUTOMATIC, Wish(), "supplier_currency_unknown"),
        ({"name": "x" * (NAME_LENGTH + 1)}, AUTOMATIC, Wish(), "vendor_name_too_long"),
        ({}, BY_HAND, Wish(create=True), "similar_vendor"),
    ],
)
def test_what_speaks_against_a_vendor_holds_its_supplier(
    changes: Any, company: CreationRules, wish: Wish, code: str
) -> None:
    similar = ["Acme Supplies (id 60, 90 %)"] if code == "similar_vendor" else []
    outcome = creation(read_supplier({**SUPPLIER, **changes}), company, wish, twin=None, similar=similar)
    assert [problem.code for problem in outcome.problems] == [code]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changes", "company"), [({}, BY_HAND), ({"status": 1}, AUTOMATIC), ({"enable": False}, AUTOMATIC), ({"supplierLegalEntities": [{"id": 9}]}, CreationRules(True, "USD", False, "2"))]
)  # fmt: skip
def test_nothing_is_created_for_a_supplier_that_is_not_to_have_a_vendor(changes: Any, company: CreationRules) -> None:
    outcome = creation(read_supplier({**SUPPLIER, **changes}), company, Wish(), twin=PairWith("56", "name"), similar=())
    assert getattr(outcome, "state", None) == "open"


def test_a_person_may_step_over_similar_vendors_or_give_another_name() -> None:
    supplier = read_supplier(SUPPLIER)
    for wish in (Wish(create=True, anyway=True), Wish(create=True, name="Acme Supply - Vendor")):
        outcome = creation(supplier, BY_HAND, Wish.read(wish.stored()), twin=None, similar=["Acme"])
        assert isinstance(outcome, CreateVendor)
        assert outcome.name == (wish.name or "Acme Supply")
