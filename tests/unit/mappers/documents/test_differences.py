"""What QuickBooks dropped is noted, what people changed is told apart, and what is written back fits."""

from __future__ import annotations

import copy
from decimal import Decimal

import pytest

from mappers import problems
from mappers.documents.differences import drift, dropped_notes, line_ids
from mappers.notes import NOTES
from mappers.problems import CODES
from mappers.write_back import external_id, log_text, may_write_external_id, read_external_id
from tests.unit.mappers.cases import CUSTOMER_FIELD, answer_of, field_value, invoice, line, made, option

D = Decimal
ROWS = [line(1, item={"id": 3301}), line(2, dataItemCustomFields=[field_value(CUSTOMER_FIELD, option(910))])]


def test_an_answer_that_holds_everything_drops_nothing() -> None:
    create = made(invoice(items=ROWS, sum="1000.00"))
    assert dropped_notes(create.body, answer_of(create)) == ()
    assert line_ids(create.line_keys, answer_of(create)) == {"1": "1", "2": "2"}


def test_what_quickbooks_dropped_is_named_line_by_line() -> None:
    create = made(invoice(items=ROWS, sum="1000.00"))
    answer = answer_of(create)
    del answer["SalesTermRef"]
    del answer["Line"][1]["AccountBasedExpenseLineDetail"]["CustomerRef"]
    sentences = [note.sentence for note in dropped_notes(create.body, answer)]
    assert sentences == [
        "QuickBooks did not keep Terms.",
        "QuickBooks did not keep Customer of line 2.",
    ]


def test_a_line_link_that_was_dropped_is_named() -> None:
    create = made(invoice(items=ROWS, sum="1000.00"))
    body = copy.deepcopy(create.body)
    body["Line"][0]["LinkedTxn"] = [{"TxnId": "9", "TxnType": "PurchaseOrder", "TxnLineId": "1"}]
    assert [note.sentence for note in dropped_notes(body, answer_of(create))] == [
        "QuickBooks did not link line 1 to its purchase order, so the order may stay open there."
    ]


def test_drift_tells_figures_from_coding_and_takes_100_for_100_point_00() -> None:
    answer = answer_of(made(invoice(items=ROWS, sum="1000.00")))
    current = copy.deepcopy(answer)
    current["TotalAmt"] = 1000
    current["VendorRef"] = {"value": "56", "name": "Acme Supply"}
    assert drift(answer, current) == ()
    current["Line"][1]["Amount"] = D("400.00")
    current["Line"][0]["Description"] = "Pens"
    current["Line"].append({"Id": "9", "Amount": D(5), "DetailType": "AccountBasedExpenseLineDetail"})
    changes = drift(answer, current)
    assert {(change.field, change.line_id) for change in changes if change.money} == {("Amount", "2"), ("Line", "9")}
    assert [(change.field, change.line_id) for change in changes if not change.money] == [("Description", "1")]


def test_a_line_removed_by_people_is_a_change_of_money() -> None:
    answer = answer_of(made(invoice(items=ROWS, sum="1000.00")))
    current = copy.deepcopy(answer)
    del current["Line"][0]
    assert [(change.field, change.line_id, change.money) for change in drift(answer, current)] == [("Line", "1", True)]


def test_the_external_id_is_ours_only_in_our_own_company() -> None:
    text = external_id("9341", "PurchaseOrder", "145")
    assert text == "qbo:9341:purchaseorder:145"
    assert read_external_id(text) == ("9341", "purchaseorder", "145")
    assert read_external_id("145") is None
    assert [may_write_external_id(external_id, "9341") for external_id in (None, text, "qbo:1:bill:2", "ERP-7")] == [
        True,
        True,
        False,
        False,
    ]


def test_the_log_says_what_stands_or_why_not_in_2000_characters() -> None:
    sent = log_text("synced", type_="Bill", id_="145", number="S-88123", amount=("USD", D("1500.00")))
    assert sent == "In QuickBooks as Bill S-88123 (id 145), USD 1,500.00."
    problem = problems.supplier_not_paired(9001, "Acme")
    held = log_text("held", problems=[problem] * 80)
    assert held.startswith("Needs attention, nothing was sent:\n- Supplier Acme is not paired")
    assert len(held) == 2000


@pytest.mark.parametrize("table", [CODES, NOTES])
def test_every_code_has_a_meaning(table: dict[str, str]) -> None:
    assert len(table) > 20
    assert all(meaning.endswith(".") for meaning in table.values())
