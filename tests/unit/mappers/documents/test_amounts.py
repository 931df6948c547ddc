"""What the lines of a document come to, and which figures of Precoro bind."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from mappers.documents.amounts import work_out
from mappers.documents.document import Document
from mappers.documents.findings import Findings
from mappers.documents.outcomes import Hold
from mappers.documents.plan import plan
from tests.unit.mappers.cases import POLICY, codes, invoice, line, made, tax, uk_books, us_books

D = Decimal
ROUNDED_ON_THE_DOCUMENT = [(3, "33.33", "20", "6.67", "99.99", "20.00"), (60, "0.13", "5", "0.01", "7.80", "0.39")]


def taxed(count: int, price: str, percent: str, tax_sum: str | None, **more: Any) -> list[dict[str, Any]]:
    tax_id = {"20": 5, "5": 6}[percent]
    taxes = [tax(tax_id, percent, tax_sum)]
    return [line(number, "1", price, taxes=taxes, **more) for number in range(1, count + 1)]


@pytest.mark.parametrize(("count", "price", "percent", "tax_sum", "net", "tax_total"), ROUNDED_ON_THE_DOCUMENT)
def test_the_tax_is_what_precoros_total_leaves_above_its_net_total(
    count: int, price: str, percent: str, tax_sum: str, net: str, tax_total: str
) -> None:
    rows = taxed(count, price, percent, tax_sum, currency="GBP")
    create = made(invoice(currency="GBP", items=rows, netSum=net, sum=str(D(net) + D(tax_total))), uk_books())
    assert sum(row["Amount"] for row in create.body["Line"]) == D(net)
    assert create.body["TxnTaxDetail"]["TotalTax"] == D(tax_total)


def test_a_net_total_that_no_rounding_explains_is_held() -> None:
    rows = taxed(3, "33.33", "20", "6.67", currency="GBP")
    document = invoice(currency="GBP", items=rows, netSum="95.00", sum="119.99")
    assert codes(plan(document, None, uk_books(), POLICY)) == {"total_does_not_tie"}


def test_an_unexplained_difference_is_held_where_nothing_was_left_to_round() -> None:
    rows = [line(number, "1", "10.00") for number in range(1, 101)]
    held = plan(invoice(items=rows, sum="1001.00"), None, us_books(), POLICY)
    assert isinstance(held, Hold)
    assert "total_does_not_tie" in codes(held)


@pytest.mark.parametrize(
    ("rows", "stated", "target", "noted"),
    [
        ([("1", "12.345"), ("1", "1.005")], "16.020", "16.02", False),
        ([("3", "4.115")], "14.814", "14.81", True),
    ],
)
def test_a_currency_of_three_decimals_is_rounded_to_the_cent_and_what_is_lost_is_said(
    rows: list[tuple[str, str]], stated: str, target: str, *, noted: bool
) -> None:
    findings = Findings()
    items = [
        line(number, quantity, price, currency="KWD", taxes=[tax(5, "20")])
        for number, (quantity, price) in enumerate(rows, 1)
    ]
    amounts = work_out(kuwait(items=items, sum=stated, netSum=None), findings)
    assert amounts is not None
    assert (amounts.target, amounts.unit) == (D(target), D("0.01"))
    assert ("below_the_cent" in {note.code for note in findings.notes}) is noted


@pytest.mark.parametrize(("stated", "target"), [("400.2", "400.20"), ("400", "400")])
def test_yen_are_whole_only_where_the_total_is_whole(stated: str, target: str) -> None:
    document = invoice(currency="JPY", items=[line(1, "1", stated, currency="JPY")], sum=stated, netSum=stated)
    amounts = work_out(document, Findings())
    assert amounts is not None
    assert str(amounts.target) == target


def kuwait(**more: Any) -> Document:
    return invoice(currency="KWD", **more)
