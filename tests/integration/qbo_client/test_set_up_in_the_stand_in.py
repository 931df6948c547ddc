"""What set-up and payments write in QuickBooks, against the stand-in over real HTTP: voids, taxes, rates, files, batches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from outbound import errors
from outbound.errors import Landed
from outbound.session import Call
from outbound.wire import JsonObject
from qbo_client import batches
from qbo_client.batches import BatchItem
from qbo_client.client import BATCH_ITEMS, QboClient
from qbo_client.files import File, NotTakenError
from qbo_client.query import count, select
from tests.integration.qbo_client.company import ACME, WIDGETS_UK
from tests.stand_ins import StandIn

Connect = Callable[..., QboClient]


def _account(client: QboClient, kind: str) -> str:
    return str(client.query(select("Account").where("AccountType", "=", kind))[0]["Id"])


def _bill(client: QboClient, number: str = "S-1") -> JsonObject:
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": Decimal("540.10"),
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": _account(client, "Expense")}},
    }
    body = {"VendorRef": {"value": ACME}, "DocNumber": number, "TxnDate": "2026-11-20", "Line": [line]}
    return client.create("Bill", body, request_id=f"bill-{number}")


def _vendor(number: int) -> BatchItem:
    return BatchItem(key=f"v{number}", kind="Vendor", body={"DisplayName": f"New vendor {number}"})


def test_a_voided_payment_leaves_its_bill_open(connect: Connect) -> None:
    client = connect()
    bill = _bill(client)
    line = {"Amount": Decimal("540.10"), "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}
    payment = {
        "VendorRef": {"value": ACME},
        "TotalAmt": Decimal("540.10"),
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": _account(client, "Bank")}},
        "Line": [line],
    }
    paid = client.create("BillPayment", payment, request_id="p1")
    assert client.read("Bill", bill["Id"])["Balance"] == 0
    voided = client.void("BillPayment", paid["Id"], paid["SyncToken"], request_id="p2")
    assert (voided["TotalAmt"], voided["Line"]) == (0, [])
    assert client.read("Bill", bill["Id"])["Balance"] == Decimal("540.10")


def test_a_file_is_hung_on_a_bill_found_there_and_taken_off(connect: Connect) -> None:
    client = connect()
    bill = _bill(client)
    content = b"%PDF-1.7\r\n--x--\r\n\x00\xff"
    file = File(name="Rechnung „März“.pdf", content=BytesIO(content), note="From Precoro")
    made = client.upload(file, "Bill", bill["Id"], request_id="f1")
    assert client.upload(file, "Bill", bill["Id"], request_id="f1")["Id"] == made["Id"]
    [attachment] = client.attachables("Bill", bill["Id"])
    kept = (attachment["FileName"], attachment["Size"], attachment["Note"], attachment["ContentType"])
    assert kept == (file.name, len(content), "From Precoro", "application/pdf")
    assert client.attachables("Bill", "999999") == []
    client.delete_attachable(attachment, request_id="f2")
    assert client.attachables("Bill", bill["Id"]) == []


@pytest.mark.parametrize(
    ("name", "content"), [("plan.zip", b"PK"), ("photo.HEIC", b"x"), ("noending", b"x"), ("a.pdf", b"")]
)
def test_a_file_that_quickbooks_does_not_take_is_never_sent(
    connect: Connect, calls: list[Call], name: str, content: bytes
) -> None:
    client = connect()
    with pytest.raises(NotTakenError, match=name):
        client.upload(File(name=name, content=content), "Bill", "1", request_id="f1")
    assert calls == []


def test_a_fault_of_one_file_inside_a_good_answer_is_an_error(connect: Connect, calls: list[Call]) -> None:
    client = connect()
    with pytest.raises(errors.Fault) as caught:
        client.upload(File(name="a.pdf", content=b"%PDF"), "Bill", "999999", request_id="f1")
    assert (caught.value.landed, calls[-1].status, calls[-1].landed) == (Landed.NO, 200, "no")


def test_a_tax_code_is_made_with_its_agency_and_rates_and_its_name_is_then_taken(connect: Connect) -> None:
    client = connect(WIDGETS_UK)
    agency = client.create("TaxAgency", {"DisplayName": "HM Customs"}, request_id="a1")
    rates = [
        {
            "TaxRateName": "Reduced 5",
            "RateValue": Decimal("5.5"),
            "TaxAgencyId": agency["Id"],
            "TaxApplicableOn": "Purchase",
        }
    ]
    made = client.create_tax_code("Reduced 5 purchases", rates, request_id="t1")
    code = client.read("TaxCode", made["TaxCodeId"])
    details = code["PurchaseTaxRateList"]["TaxRateDetail"]
    assert [detail["TaxRateRef"]["value"] for detail in details] == [made["TaxRateDetails"][0]["TaxRateId"]]
    with pytest.raises(errors.DuplicateName):
        client.create_tax_code("Reduced 5 purchases", rates, request_id="t2")


def test_a_rate_that_is_set_is_the_rate_of_that_day(connect: Connect) -> None:
    client = connect(WIDGETS_UK)
    day = date(2026, 11, 20)
    client.set_exchange_rate("EUR", Decimal("0.87345"), day, request_id="x1")
    assert client.exchange_rate("EUR", day) == Decimal("0.87345")


def test_a_currency_is_switched_on(connect: Connect) -> None:
    client = connect(WIDGETS_UK)
    client.create("CompanyCurrency", {"Code": "CHF"}, request_id="c1")
    assert "CHF" in {row["Code"] for row in client.query(select("CompanyCurrency"))}


def test_three_thousand_vendors_take_a_hundred_calls(quickbooks: StandIn, connect: Connect) -> None:
    client = connect()
    before = client.count(count("Vendor"))
    vendors = [_vendor(number) for number in range(3000)]
    for start in range(0, len(vendors), BATCH_ITEMS):
        outcomes = batches.send(client, vendors[start : start + BATCH_ITEMS])
        assert all(isinstance(outcome, dict) for outcome in outcomes.values())
    posted = [row for row in quickbooks.requests() if row["method"] == "POST" and row["path"].startswith("/v3/")]
    assert {row["path"].rpartition("/")[2] for row in posted} == {"batch"}
    assert len(posted) == 100
    assert client.count(count("Vendor")) == before + 3000


def test_a_batch_sent_twice_makes_nothing_twice(quickbooks: StandIn, connect: Connect) -> None:
    client = connect()
    vendors = [_vendor(number) for number in range(3)]
    quickbooks.fault("drop_after_commit", method="POST", path="/batch")
    with pytest.raises(errors.Dropped) as caught:
        batches.send(client, vendors)
    assert caught.value.landed is Landed.MAYBE
    outcomes = batches.send(client, vendors)
    assert [outcomes[item.key]["DisplayName"] for item in vendors] == [item.body["DisplayName"] for item in vendors]  # type: ignore[index]


def test_each_item_of_a_batch_has_its_own_end(connect: Connect) -> None:
    client = connect()
    taken = BatchItem(key="taken", kind="Vendor", body={"DisplayName": "Acme Supply"})
    outcomes = batches.send(client, [_vendor(1), taken, _vendor(2)])
    assert isinstance(outcomes["taken"], errors.DuplicateName)
    made, other = outcomes["v1"], outcomes["v2"]
    assert isinstance(made, dict)
    assert isinstance(other, dict)
    gone = BatchItem(
        key="gone",
        kind="Vendor",
        operation="update",
        body={"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, "Active": False},
    )
    left = batches.send(client, [gone])["gone"]
    assert isinstance(left, dict)
    assert left["DisplayName"] == "New vendor 1 (deleted)"
