"""Amounts of a document as Precoro works them out: discounts before taxes, half-up to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standins.precoro.company import Record
    from standins.precoro.settings import PrecoroSettings

DIGITS = {"JPY": 0, "KRW": 0, "ISK": 0, "KWD": 3, "BHD": 3, "JOD": 3, "OMR": 3}
HUNDRED = Decimal(100)
EXACT = 6


def add_up(document: Record, settings: PrecoroSettings) -> None:
    """Set the sums of a document from its lines, in company currency too.

    Taxes of lines get their `sum`. Whether `sum` is less the withholding tax is a setting.
    """
    digits = DIGITS.get(document["currency"], 2)
    each = digits if settings.rounding == "line" else EXACT
    document_factor = _factor(discount for discount in document["discounts"] if discount["unit"] == "%")
    net = tax = withheld = Decimal(0)
    for line in document["items"]:
        line_net = half_up(_line_amount(line, document_factor), each)
        net += line_net
        for line_tax in line["taxes"]:
            amount = half_up(line_net * Decimal(line_tax["value"]) / HUNDRED, each)
            line_tax["sum"] = half_up(amount, digits)
            if line_tax["isWithholdingTax"]:
                withheld += amount
            else:
                tax += amount
    total = net + tax - (withheld if settings.withholding_in_sum else 0)
    document["netSum"] = half_up(net, digits)
    document["sum"] = half_up(total, digits)
    document["withholdingTaxSum"] = half_up(withheld, digits)
    in_company_currency(document)


def in_company_currency(document: Record) -> None:
    """Set the amounts in the currency of the company, by the document's own exchange rate."""
    rate = Decimal(document["exchangeRate"][document["currency"]])
    for key in ("sum", "netSum", "sumPaid"):
        if key in document:
            document[f"{key}InCompanyCurrency"] = half_up(document[key] * rate, 2)


def half_up(amount: Decimal, digits: int) -> Decimal:
    """Round half away from zero to so many digits after the point."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _line_amount(line: Record, document_factor: Decimal) -> Decimal:
    if line["freeOfCharge"]:
        return Decimal(0)
    amount: Decimal = line["netTotal"] if "netTotal" in line else line["ordered"] * line["price"]
    own = [discount for discount in line["discounts"] if not discount.get("documentDiscount")]
    amount *= _factor(discount for discount in own if discount["unit"] == "%")
    amount -= sum((Decimal(discount["value"]) for discount in own if discount["unit"] != "%"), Decimal(0))
    return amount * document_factor


def _factor(discounts: Iterable[Record]) -> Decimal:
    factor = Decimal(1)
    for discount in discounts:
        factor *= 1 - Decimal(discount["value"]) / HUNDRED
    return factor
