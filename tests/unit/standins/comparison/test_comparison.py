"""The comparison of both sides sees what an accountant would see, and nothing that is not there."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from standins.compare import count_calls, table
from standins.comparison.judge import judge
from standins.comparison.result import Comparison
from standins.wire import loads

PENS = {"name": "Pens", "quantity": 10, "price": 50, "account": "6660", "taxes": ["Sales tax 8.25"]}
FREIGHT = {"name": "Freight", "price": "18.75", "account": "5040"}


@pytest.fixture
def precoro(precoro_client: FlaskClient) -> FlaskClient:
    return precoro_client


def invoice(precoro: FlaskClient, *acts: str, **description: Any) -> Any:
    order = {"supplier": "Acme Supply", "lines": [PENS, FREIGHT], "do": list(acts or ["approve"]), **description}
    answer = precoro.post("/_control/invoices", json=order)
    assert answer.status_code == 201, answer.text
    return answer.json


def bill(identity: str, document: Any, amounts: tuple[str, ...] = ("541.25", "18.75"), **more: Any) -> dict[str, Any]:
    """Return a bill in the form of QuickBooks with the marker of a document."""
    lines = [{"Amount": Decimal(amount)} for amount in amounts]
    return {
        "Id": identity,
        "VendorRef": {"value": "56"},
        "CurrencyRef": {"value": "USD"},
        "DocNumber": f"S-{identity}",
        "TotalAmt": sum((line["Amount"] for line in lines), Decimal(0)),
        "PrivateNote": f"From Precoro\ntieout:1:invoice:{document['id']}" if document else "",
        "Line": lines,
        **more,
    }


def paid(identity: str, bill_id: str, amount: str) -> dict[str, Any]:
    """Return a payment of a bill in the form of QuickBooks."""
    return {"Id": identity, "Line": [{"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": bill_id, "TxnType": "Bill"}]}]}


def compared(precoro: FlaskClient, *bills: dict[str, Any], **options: Any) -> Comparison:
    vendors = [{"Id": "56", "DisplayName": "Acme Supply"}, {"Id": "59", "DisplayName": "Baxter & Sons Ltd"}]
    realm = options.pop("realm", "9130001")
    books = {
        "vendor": vendors,
        "bill": [],
        "vendorcredit": [],
        "purchaseorder": options.pop("orders", []),
        "billpayment": options.pop("billpayment", []),
        "attachable": options.pop("attachable", []),
        options.pop("entity", "bill"): bills,
    }
    state = loads(precoro.get("/_control/state").data)
    return judge(state, {"companies": {realm: books}}, **options)


def test_equal_sides_tie(precoro: FlaskClient) -> None:
    comparison = compared(precoro, bill("101", invoice(precoro)))
    assert comparison.ties
    assert [(row.document, row.entity, row.difference, row.verdict) for row in comparison.rows] == [
        ("INV-201", "Bill 101", Decimal("0.00"), "ok")
    ]
    assert comparison.totals() == {"USD": (Decimal("560.00"), Decimal("560.00"))}


@pytest.mark.parametrize(("files", "detail"), [
    (["quote.pdf"], ""), ([], "file quote.pdf hangs on it 0 times"), (["quote.pdf"] * 2, "file quote.pdf hangs on it 2 times"),
])  # fmt: skip
def test_each_file_that_quickbooks_takes_hangs_on_its_bill_once(
    precoro: FlaskClient, files: list[str], detail: str
) -> None:
    made = invoice(precoro, attachments=[{"name": "quote.pdf", "content": "x"}, {"name": "all.zip", "content": "x"}])
    holder = {"EntityRef": {"type": "Bill", "value": "101"}}
    attachables = [
        {"Id": str(number), "FileName": name, "AttachableRef": [holder]} for number, name in enumerate(files)
    ]
    comparison = compared(precoro, bill("101", made), attachable=[*attachables, {"Id": "9", "Note": "no file"}])
    assert [row.detail for row in comparison.rows] == [detail]


def test_an_approved_document_without_a_bill_is_missing(precoro: FlaskClient) -> None:
    invoice(precoro)
    comparison = compared(precoro)
    assert [row.document for row in comparison.missing] == ["INV-201"]
    assert not comparison.ties


def test_a_document_that_is_known_to_be_held_is_not_missing(precoro: FlaskClient) -> None:
    made = invoice(precoro)
    for name in (str(made["id"]), "INV-201"):
        comparison = compared(precoro, held=[name])
        assert comparison.ties
        assert [row.verdict for row in comparison.rows] == ["held"]
        assert comparison.totals() == {}


@pytest.mark.parametrize("acts", [["submit"], ["approve", "cancel"], ["submit", "deny"]])
def test_a_document_that_is_not_approved_must_not_stand(precoro: FlaskClient, acts: list[str]) -> None:
    made = invoice(precoro, *acts)
    assert compared(precoro).ties
    assert [row.entity for row in compared(precoro, bill("101", made)).extra] == ["Bill 101"]


def test_a_bill_of_an_order_has_to_be_linked_to_it_unless_the_order_is_younger_or_closed(precoro: FlaskClient) -> None:
    form = {"supplier": "Acme Supply", "do": ["approve"]}
    order: Any = precoro.post("/_control/purchaseorders", json={**form, "lines": [FREIGHT]}).json
    made: Any = precoro.post("/_control/invoices", json={**form, "purchaseOrder": order["idn"]}).json
    marker = f"tieout:1:purchase_order:{order['id']}"
    entity = bill("7", None, ("18.75",), DocNumber="", PrivateNote=marker, TxnDate="2026-11-02")
    kinds = ("invoice", "purchase_order")
    for day, status, linked, detail in (
        ("2026-11-02", "Open", False, "no link to PO 7"),
        ("2026-11-02", "Open", True, ""),
        ("2026-11-02", "Closed", False, ""),
        ("2026-11-01", "Open", False, ""),
    ):
        billed = bill("101", made, ("18.75",), TxnDate=day)
        billed["Line"][0]["LinkedTxn"] = [{"TxnId": "7", "TxnType": "PurchaseOrder"}] if linked else []
        comparison = compared(precoro, billed, orders=[entity | {"POStatus": status}], kinds=kinds)
        assert [row.detail for row in comparison.different] == ([detail] if detail else [])
        assert comparison.ties == (not detail)


def test_what_is_payable_is_less_credits_and_without_orders(precoro: FlaskClient) -> None:
    made, note = invoice(precoro), invoice(precoro, creditNote=True, lines=[FREIGHT])
    credit = bill("102", note, ("18.75",))
    comparison = compared(precoro, credit, entity="vendorcredit", kinds=("credit_note",))
    assert comparison.totals() == {"USD": (Decimal("-18.75"), Decimal("-18.75"))}
    assert compared(precoro, bill("101", made)).totals() == {"USD": (Decimal("560.00"), Decimal("560.00"))}


def test_between_two_approvals_the_old_version_may_stand(precoro: FlaskClient) -> None:
    made = invoice(precoro, "approve", "revise")
    assert compared(precoro).ties
    assert compared(precoro, bill("101", made, ("1.00",))).ties


def test_two_bills_with_one_marker_are_doubled(precoro: FlaskClient) -> None:
    made = invoice(precoro)
    comparison = compared(precoro, bill("101", made), bill("102", made))
    assert [row.entity for row in comparison.doubled] == ["Bill 101, Bill 102"]


def test_two_bills_of_equal_vendor_number_and_total_are_doubled(precoro: FlaskClient) -> None:
    made = invoice(precoro)
    comparison = compared(precoro, bill("101", made, DocNumber="A-1"), bill("102", None, DocNumber="a-1"))
    assert [row.entity for row in comparison.doubled] == ["Bill 102"]
    assert compared(precoro, bill("101", made), bill("102", None)).ties


def test_a_marker_that_names_no_document_is_extra(precoro: FlaskClient) -> None:
    comparison = compared(precoro, bill("101", {"id": 5}))
    assert [row.entity for row in comparison.extra] == ["Bill 101"]


def test_a_cent_is_a_difference_and_the_line_is_named(precoro: FlaskClient) -> None:
    made = invoice(precoro)
    one_cent = compared(precoro, bill("101", made, ("541.25", "18.76")))
    assert [(row.difference, row.detail) for row in one_cent.different] == [(Decimal("0.01"), "the total")]
    more = compared(precoro, bill("101", made, ("541.25", "18.80")))
    assert [row.detail for row in more.different] == ['line 2 "Freight"']


def test_lines_that_make_up_the_total_wrongly_are_a_difference(precoro: FlaskClient) -> None:
    made = invoice(precoro)
    assert [row.detail for row in compared(precoro, bill("101", made, ("540.25", "19.75"))).different] == [
        'line 1 "Pens"'
    ]
    assert compared(precoro, bill("101", made, ("541.24", "18.76"))).ties, "a leftover cent may go to another line"


def test_another_vendor_or_currency_is_a_difference(precoro: FlaskClient) -> None:
    made = invoice(precoro)
    vendor = compared(precoro, bill("101", made, VendorRef={"value": "59"}))
    assert [row.detail for row in vendor.different] == ["vendor 'Baxter & Sons Ltd'"]
    currency = compared(precoro, bill("101", made, CurrencyRef={"value": "EUR"}))
    assert [row.detail for row in currency.different] == ["currency EUR"]


def test_a_pair_of_different_names_that_people_know_is_the_same_supplier(precoro: FlaskClient) -> None:
    made = invoice(precoro, supplier="Baxter and Sons")
    assert compared(precoro, bill("101", made, VendorRef={"value": "59"})).ties


def test_withholding_tax_is_not_payable_to_the_supplier(precoro: FlaskClient) -> None:
    made = invoice(precoro, lines=[{"name": "Work", "price": 100, "account": "5030", "taxes": ["Withholding 24"]}])
    assert compared(precoro, bill("101", made, ("100", "-24"))).ties
    assert not compared(precoro, bill("101", made, ("100",))).ties


def test_where_tax_stands_apart_lines_are_compared_without_it(precoro: FlaskClient) -> None:
    lines = [{"name": "Paper", "quantity": 3, "price": "3.49", "taxes": ["VAT 20"]}]
    made = invoice(precoro, company=2, supplier="Crown Stationers", lines=lines)
    assert made["sum"] == Decimal("12.56")
    more: dict[str, Any] = {"VendorRef": {"value": "59"}, "CurrencyRef": {"value": "GBP"}, "TotalAmt": Decimal("12.56")}
    good = bill("101", made, ("10.47",), TxnTaxDetail={"TotalTax": Decimal("2.09")}, **more)
    assert compared(precoro, good, realm="9130002").ties
    wrong = bill("101", made, ("10.47",), TxnTaxDetail={"TotalTax": Decimal("2.10")}, **more)
    assert [row.detail for row in compared(precoro, wrong, realm="9130002").different] == [
        "its lines do not add up to its total"
    ]


def test_a_credit_note_is_positive_in_quickbooks_whatever_its_sign(precoro: FlaskClient) -> None:
    precoro.post("/_control/settings", json={"credit_note_sign": "negative"})
    made = invoice(precoro, creditNote=True)
    assert compared(precoro).rows == []
    both = ("invoice", "credit_note")
    assert compared(precoro, bill("101", made), entity="vendorcredit", kinds=both).ties
    assert [row.detail for row in compared(precoro, bill("101", made), kinds=both).different] == [
        "a Bill instead of a Credit"
    ]


def test_an_invoice_over_nothing_has_nothing_to_post(precoro: FlaskClient) -> None:
    invoice(precoro, lines=[{**FREIGHT, "free": True}])
    assert compared(precoro).ties


def test_only_the_kinds_that_are_sent_are_compared(precoro: FlaskClient) -> None:
    precoro.post("/_control/purchaseorders", json={"supplier": "Acme Supply", "lines": [PENS], "do": "approve"})
    assert compared(precoro).rows == []
    assert len(compared(precoro, kinds=("purchase_order",)).missing) == 1


def test_calls_for_documents_are_counted() -> None:
    precoro = [
        {"method": "GET", "path": "/invoices/201", "query": ""},
        {"method": "GET", "path": "/invoices", "query": "page=1"},
        {"method": "PATCH", "path": "/invoices/201", "query": ""},
        {"method": "GET", "path": "/suppliers", "query": ""},
    ]
    quickbooks = [
        {"method": "POST", "path": "/v3/company/1/bill", "query": "requestid=1"},
        {"method": "GET", "path": "/v3/company/1/bill/101", "query": ""},
        {"method": "GET", "path": "/v3/company/1/query", "query": "query=select%20*%20from%20Bill"},
        {"method": "GET", "path": "/v3/company/1/query", "query": "query=select+*+from+Vendor"},
    ]
    calls = count_calls(precoro, quickbooks)
    assert (calls.precoro_reads, calls.precoro_pages, calls.precoro_writes) == (1, 1, 1)
    assert (calls.quickbooks_reads, calls.quickbooks_writes) == (2, 1)


def test_the_table_ends_with_whether_both_sides_agree(precoro: FlaskClient) -> None:
    made = invoice(precoro)
    precoro.post("/_control/invoices/201", json={"do": "revise"})
    precoro.post("/_control/invoices/201", json={"do": "approve"})
    invoice(precoro, "approve", "cancel")
    good = table(compared(precoro, bill("101", made))).splitlines()
    assert good[1].split() == ["INV-201", "approved,", "revised", "560.00", "Bill", "101", "560.00", "0.00", "ok"]
    assert good[-1] == "TIED OUT: both sides agree to the cent."
    assert table(compared(precoro)).splitlines()[-1] == "NOT TIED OUT: 1 of 2 documents differs."


KEY = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}


def record(precoro: FlaskClient, document: Any, amount: str, payment: str = "7") -> Any:
    """Record a payment of an invoice that came from QuickBooks."""
    form = {"invoice[id]": document["id"], "sumPaid": amount, "payDate": "2026-11-20T00:00:00Z",
            "externalId": f"qbo:9130001:billpayment:{payment}:bill:1"}  # fmt: skip
    answer = precoro.post("/payments", data=form, headers=KEY)
    assert answer.status_code == 201, answer.text
    return answer.json


def payment_verdicts(comparison: Comparison) -> list[str]:
    return [row.verdict for row in comparison.rows if row.kind == "payment"]


def test_a_payment_that_came_back_ties_and_has_a_total_of_its_own(precoro: FlaskClient) -> None:
    document = invoice(precoro)
    record(precoro, document, "500.00")
    comparison = compared(precoro, bill("1", document), billpayment=[paid("7", "1", "500.00")], payments=True)
    assert (payment_verdicts(comparison), comparison.ties) == (["ok"], True)
    assert comparison.paid() == {"USD": (Decimal("500.00"), Decimal("500.00"))}
    assert "Paid" in table(comparison)


@pytest.mark.parametrize(
    ("recorded", "verdicts"), [([], ["MISSING"]), (["499.99"], ["DIFFERENT"]), (["250.00", "250.00"], ["DOUBLED"])]
)
def test_a_payment_that_did_not_come_back_right_is_named(
    precoro: FlaskClient, recorded: list[str], verdicts: list[str]
) -> None:
    document = invoice(precoro)
    for amount in recorded:
        record(precoro, document, amount)
    comparison = compared(precoro, bill("1", document), billpayment=[paid("7", "1", "500.00")], payments=True)
    assert (payment_verdicts(comparison), comparison.ties) == (verdicts, False)
    assert "documents and payments" in table(comparison)


def test_a_payment_that_stands_for_nothing_is_extra_unless_it_is_cancelled(precoro: FlaskClient) -> None:
    document = invoice(precoro)
    payment = record(precoro, document, "500.00")
    assert payment_verdicts(compared(precoro, bill("1", document), payments=True)) == ["EXTRA"]
    precoro.post(f"/payments/{payment['idn']}/cancel", headers=KEY)
    assert payment_verdicts(compared(precoro, bill("1", document), payments=True)) == []


def test_a_payment_of_a_bill_of_others_is_not_compared(precoro: FlaskClient) -> None:
    assert (
        payment_verdicts(compared(precoro, bill("1", None), billpayment=[paid("7", "1", "500")], payments=True)) == []
    )
