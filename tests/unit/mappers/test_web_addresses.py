"""Addresses of pages in QuickBooks and in Precoro."""

from __future__ import annotations

import pytest

from mappers.web_addresses import PRECORO_PAGE, in_precoro, in_quickbooks


@pytest.mark.parametrize(
    ("environment", "type_", "id_", "address"),
    [
        ("production", "Bill", "145", "https://app.qbo.intuit.com/app/bill?txnId=145"),
        ("sandbox", "VendorCredit", "9", "https://app.sandbox.qbo.intuit.com/app/vendorcredit?txnId=9"),
        ("production", "billpayment", "56", "https://app.qbo.intuit.com/app/billpayment?txnId=56"),
        ("production", "Bill", "1&evil=2", None),
        ("production", "Bill", "١٤٥", None),
        ("production", "Bill", "", None),
        ("production", "Bill", None, None),
        ("production", "Several", "145", None),
        ("elsewhere", "Bill", "145", None),
    ],
)
def test_an_address_holds_constants_and_digits_or_there_is_none(
    environment: str, type_: str, id_: str | None, address: str | None
) -> None:
    assert in_quickbooks(environment, type_, id_) == address


@pytest.mark.parametrize(
    ("page", "is_taken"),
    [
        ("https://app.precoro.com/invoice/{id}", True),
        ("https://app.precoro.us/view?number={idn}&tab=1", True),
        ("https://precoro.com/{id}", True),
        ("http://app.precoro.com/invoice/{id}", False),
        ("https://app.precoro.com/invoice/", False),
        ("https://precoro.com.evil.example/{id}", False),
        ("https://evil.example/precoro.com/{id}", False),
        ("https://user@precoro.com/{id}", False),
        ("https://app.precoro.com/{id} {id}", False),
        ("https://app.precoro.com/{id}\njavascript:", False),
    ],
)
def test_a_page_of_precoro_is_an_https_address_there_with_a_place_for_the_document(page: str, is_taken: bool) -> None:
    assert (PRECORO_PAGE.match(page) is not None) == is_taken


def test_a_document_opens_by_its_id_or_its_running_number() -> None:
    assert in_precoro("https://app.precoro.com/i/{id}", "956598", "203") == "https://app.precoro.com/i/956598"
    assert in_precoro("https://app.precoro.com/i/{idn}", "956598", "203") == "https://app.precoro.com/i/203"
    assert in_precoro("https://app.precoro.com/i/{idn}", "956598", "203/../1") is None
    assert in_precoro(None, "956598", "203") is None
