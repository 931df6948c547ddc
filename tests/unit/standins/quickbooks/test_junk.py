"""Whatever is sent, the QuickBooks stand-in answers with a record or a fault, never with a crash."""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.standins.quickbooks.books import UK, US, Books, bill, category_line, item_line

Json = dict[str, Any]

JUNK: tuple[Any, ...] = (
    None,
    "",
    "x",
    "56",
    0,
    -1,
    Decimal("1e30"),
    Decimal("0.001"),
    True,
    [],
    {},
    [None],
    ["x"],
    [{}],
    {"value": {}},
    "é\u0007",
)


def bodies(realm: str) -> dict[str, Json]:
    """Return one good body an entity."""
    tax: Json = {} if realm == US else {"TaxCodeRef": {"value": "2"}}
    lines = [category_line(5, **tax), item_line(10, "11", 2, 5, **tax)]
    link = {"TxnId": "101", "TxnType": "PurchaseOrder", "TxnLineId": "1"}
    payment = {"Amount": 5, "LinkedTxn": [{"TxnId": "101", "TxnType": "Bill"}]}
    tax_line = {"Amount": 1, "DetailType": "TaxLineDetail", "TaxLineDetail": {"TaxRateRef": {"value": "1"}}}
    return {
        "Bill": bill({**lines[0], "LinkedTxn": [link]}, lines[1], TxnTaxDetail={"TotalTax": 1, "TaxLine": [tax_line]}),
        "PurchaseOrder": {**bill(*lines), "APAccountRef": {"value": "33"}, "POEmail": {"Address": "a@b.example"}},
        "BillPayment": {
            "VendorRef": {"value": "56"},
            "TotalAmt": 5,
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": "35"}},
            "Line": [payment],
        },
        "Vendor": {"DisplayName": "N", "BillAddr": {"Line1": "x"}, "TermRef": {"value": "3"}, "TaxIdentifier": "12345"},
        "Customer": {"DisplayName": "C", "Job": True, "ParentRef": {"value": "1"}},
        "Account": {"Name": "A", "AccountType": "Expense", "SubAccount": True, "ParentRef": {"value": "7"}},
        "Item": {"Name": "I", "Type": "Service", "ExpenseAccountRef": {"value": "42"}},
        "CompanyCurrency": {"Code": "CHF", "Name": "Franc", "Active": True},
        "TaxAgency": {"DisplayName": "G", "TaxTrackedOnPurchases": True, "TaxRegistrationNumber": "1"},
        "Employee": {"DisplayName": "E", "GivenName": "Rosa", "PrimaryAddr": {"City": "Austin"}},
        "Attachable": {"Note": "N", "AttachableRef": [{"EntityRef": {"type": "Vendor", "value": "56"}}]},
        "Class": {"Name": "K", "SubClass": True, "ParentRef": {"value": "5000000000000000101"}},
        "Term": {"Name": "T", "DueDays": 3},
        "Preferences": {"Id": "1", "SyncToken": "0", "AccountingInfoPrefs": {"TrackDepartments": True}},
    }


def places(value: Any, setters: list[Callable[[Any], None]]) -> list[Callable[[Any], None]]:
    """Return a setter for every place within a body."""
    if isinstance(value, dict):
        setters += [lambda junk, key=key: value.__setitem__(key, junk) for key in value]  # type: ignore[misc]
        for part in value.values():
            places(part, setters)
    elif isinstance(value, list):
        setters += [lambda junk, index=index: value.__setitem__(index, junk) for index in range(len(value))]  # type: ignore[misc]
        for part in value:
            places(part, setters)
    return setters


@pytest.mark.parametrize("realm", [US, UK])
@pytest.mark.parametrize("entity", sorted(bodies(US)))
def test_junk_anywhere_in_a_body_is_a_fault_at_worst(us: Books, uk: Books, realm: str, entity: str) -> None:
    books = us if realm == US else uk
    books.client.application.testing = True
    chance = random.Random(entity)  # noqa: S311
    good = bodies(realm)[entity]
    for number in range(len(places(deepcopy(good), []))):
        for junk in JUNK:
            body = deepcopy(good)
            if "DisplayName" in body or "Name" in body:
                body["DisplayName" if "DisplayName" in body else "Name"] += f" {number} {chance.random()}"
            places(body, [])[number](junk)
            answer = books.post(entity.lower(), body)
            assert books.status in {200, 400}, (body, answer)
            if entity == "Preferences":
                books.control("reset")
                books.token = books.control("tokens", {"realm": realm})["access_token"]


@pytest.mark.parametrize(
    ("path", "good"),
    [
        ("exchangerate", {"SourceCurrencyCode": "EUR", "Rate": 0.87, "AsOfDate": "2026-11-02"}),
        (
            "taxservice/taxcode",
            {
                "TaxCode": "City tax",
                "TaxRateDetails": [{"TaxRateName": "City 6", "RateValue": "6", "TaxAgencyId": "1"}],
            },
        ),
        ("item", {"Name": "Gear", "Type": "Category", "SubItem": True, "ParentRef": {"value": "11"}}),
        ("batch", {"BatchItemRequest": [{"bId": "1", "operation": "create", "Vendor": {"DisplayName": "Trader"}}]}),
    ],
)
def test_junk_anywhere_in_a_call_of_its_own_kind_is_a_fault_at_worst(uk: Books, path: str, good: Json) -> None:
    uk.client.application.testing = True
    for number in range(len(places(deepcopy(good), []))):
        for junk in JUNK:
            body = deepcopy(good)
            places(body, [])[number](junk)
            answer = uk.post(path, body)
            assert uk.status in {200, 400}, (body, answer)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b"null", b'{"BatchItemRequest": [1]}', b'{"BatchItemRequest": 1}']
)
@pytest.mark.parametrize(
    "path", ["bill", "batch", "exchangerate", "bill?operation=delete", "billpayment?operation=void"]
)
def test_a_body_that_is_no_object_is_a_fault(us: Books, path: str, body: bytes) -> None:
    us.client.application.testing = True
    headers = {"Authorization": f"Bearer {us.token}", "Accept": "application/json"}
    address = f"/v3/company/{US}/{path}"
    answer = us.client.post(address, data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "path",
    [
        "bill",
        "bill/",
        "bill/abc",
        "payslip/1",
        "query",
        "cdc",
        "cdc?entities=Bill&changedSince=soon",
        "cdc?entities=TaxCode&changedSince=2026-11-01",
        "exchangerate",
        "exchangerate?sourcecurrencycode=EUR&asofdate=soon",
        "query?query=select%20%2A%20from%20Bill%20where%20Id%20%3D%20%27abc%27",
        "query?query=select%20%2A%20from%20Bill%20where%20MetaData.CreateTime%20%3E%20%27soon%27",
    ],
)
def test_a_wrong_address_is_a_fault(us: Books, path: str) -> None:
    us.client.application.testing = True
    us.write("Bill", bill(category_line(1)))
    headers = {"Authorization": f"Bearer {us.token}", "Accept": "application/json"}
    answer = us.client.get(f"/v3/company/{US}/{path}", headers=headers)
    assert answer.status_code in {200, 400}
    assert answer.json is not None
