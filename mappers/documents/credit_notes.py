"""A credit note with positive figures, whatever sign Precoro gives them.

A vendor credit in QuickBooks is positive. Whether Precoro writes credit notes below zero, and whether totals and lines have the
same sign then, is not known (docs/reference/precoro.md, Documents), so each is turned by itself.
"""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from mappers.documents.amounts import before_discounts, uses_net_total
from mappers.documents.document import Discount, Document, Line
from mappers.money import EXACT, total


def with_positive_figures(document: Document) -> Document:
    """Return a credit note as QuickBooks takes it; any other document is returned as it is.

    A line against the others, such as a fee that the supplier keeps back, stays below zero.
    """
    if not document.is_credit_note:
        return document
    is_below_zero = total([before_discounts(document, line) for line in document.lines]) < 0
    lines = tuple(_turned(document, line) if is_below_zero else line for line in document.lines)
    in_company = document.total_in_company_currency
    return dataclasses.replace(
        document,
        total=document.total.copy_abs(),
        net=None if document.net is None else document.net.copy_abs(),
        total_in_company_currency=None if in_company is None else in_company.copy_abs(),
        lines=tuple(_taxes_follow(document, line) for line in lines),
        discounts=tuple(_positive(discount) for discount in document.discounts),
    )


def _turned(document: Document, line: Line) -> Line:
    """Return a line with the opposite sign: its price is turned if that is below zero, else its quantity."""
    if uses_net_total(document, line):
        return dataclasses.replace(
            line, net_total=_minus(line.net_total), quantity=line.quantity and abs(line.quantity)
        )
    if line.price is not None and line.price < 0:
        return dataclasses.replace(line, price=_minus(line.price))
    return dataclasses.replace(line, quantity=_minus(line.quantity))


def _minus(figure: Decimal | None) -> Decimal | None:
    return None if figure is None else EXACT.minus(figure)


def _taxes_follow(document: Document, line: Line) -> Line:
    """Give the taxes of a line its sign, and its amount discounts the sign of what they take off."""
    amount = before_discounts(document, line)
    taxes = tuple(
        tax if tax.sum is None else dataclasses.replace(tax, sum=tax.sum.copy_abs().copy_sign(amount))
        for tax in line.taxes
    )
    return dataclasses.replace(line, taxes=taxes, discounts=tuple(_positive(discount) for discount in line.discounts))


def _positive(discount: Discount) -> Discount:
    """Return a discount that takes off, though it is an amount of a line below zero."""
    return discount if discount.is_percent else dataclasses.replace(discount, value=discount.value.copy_abs())
