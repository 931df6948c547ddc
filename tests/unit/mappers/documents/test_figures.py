"""The figures that QuickBooks holds are those that were meant, or it is said which are not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from mappers.documents.figures import wrong_figures

KIND = "AccountBasedExpenseLineDetail"


def entity(*amounts: str, tax: str | None = None, total: str | None = None) -> dict[str, Any]:
    """Return an entity with lines of these amounts."""
    lines = [{"Amount": Decimal(amount), "DetailType": KIND, KIND: {}} for amount in amounts]
    detail = {} if tax is None else {"TxnTaxDetail": {"TotalTax": Decimal(tax)}}
    return {"Line": lines, **detail, **({} if total is None else {"TotalAmt": Decimal(total)})}


def test_equal_figures_are_right_whatever_their_form() -> None:
    assert wrong_figures(entity("10.00", "5", tax="1.50"), entity("10", "5.00", tax="1.5", total="16.5")) is None


def test_a_free_line_and_a_line_without_money_are_no_figures() -> None:
    assert wrong_figures(entity("0", "10"), entity("10", "0.00", total="10")) is None


def test_every_figure_that_is_not_as_meant_is_named() -> None:
    meant = entity("1000.00", "20.00", tax="204.00")
    assert wrong_figures(meant, entity("1000.00", "19.00", tax="0", total="1019.00")) == (
        "its total is 1,019.00 instead of 1,224.00, its tax is 0.00 instead of 204.00, line 2 is 19.00 instead of 20.00"
    )
    assert wrong_figures(entity("10", "20"), entity("10", total="30")) == "line 2 is missing instead of 20.00"


def test_tax_that_is_told_rate_by_rate_is_added_up() -> None:
    detail = {"TxnTaxDetail": {"TaxLine": [{"Amount": Decimal(2)}, {"Amount": Decimal(1)}]}}
    assert wrong_figures(entity("10", tax="3"), entity("10", total="13") | detail) is None
