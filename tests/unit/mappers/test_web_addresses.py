"""Addresses of pages in QuickBooks."""

from __future__ import annotations

import pytest

from mappers.web_addresses import in_quickbooks


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
