"""Tax codes of lines, and TxnTaxDetail with Precoro's own tax sums.

In the United States a document carries neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from mappers import notes, problems
from mappers.books import Books, TaxCode, TaxComponent, TaxRate, tax_set
from mappers.documents.amounts import LineAmount, is_empty
from mappers.documents.document import Document, Line, Tax
from mappers.documents.findings import Findings
from mappers.money import percent_of, to_unit, total
from mappers.policy import Policy
from mappers.taxes.matching import ORDINARY, codes_with

_COMPOUND = frozenset({"TaxOnAmountPlusTax", "TaxOnTax"})
_A_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class RateAmount:
    """The tax of one line at one QuickBooks rate, unrounded.

    `compound` says that other taxes are part of its base.
    """

    rate_id: str
    amount: Decimal
    compound: bool = False


def are_matched(books: Books, policy: Policy) -> bool:
    """Tell whether lines carry tax codes; otherwise tax is part of the line amounts."""
    return not books.is_us and policy.taxes == "matched"


def tax_codes(document: Document, day: date, books: Books, policy: Policy, findings: Findings) -> dict[int, TaxCode]:
    """Return the tax code of each line by line id.

    Every line without one is held.
    """
    codes: dict[int, TaxCode] = {}
    for line in document.lines:
        if is_empty(document, line):
            continue
        code = _code_of(line, day, books, policy, findings)
        if code is not None:
            codes[line.id] = code
    return codes


def zero_code(label: str, day: date, books: Books, policy: Policy, findings: Findings) -> TaxCode | None:
    """Return the policy's code of 0 % for lines without tax, or hold."""
    code = _zero_percent_code(policy.zero_tax_code, day, books)
    if code is None:
        findings.hold(problems.zero_code_unusable(label))
    return code


def withholding_code(tax: Tax, day: date, books: Books, policy: Policy, findings: Findings) -> TaxCode | None:
    """Return the policy's code for withholding lines, or hold.

    It is not the zero code: those lines are no purchases, and do not belong on the tax return.
    """
    code = _zero_percent_code(policy.withholding_tax_code, day, books)
    if code is None:
        findings.hold(problems.withholding_code_unusable(tax.name))
    return code


def _zero_percent_code(code_id: str | None, day: date, books: Books) -> TaxCode | None:
    """Return an active code whose rates are all 0 % on that day."""
    code = books.tax_codes.get(code_id or "")
    rates = [books.tax_rates.get(component.rate_id) for component in code.rates] if code else []
    return code if code and code.active and all(rate and rate.percent(day) == 0 for rate in rates) else None


def _code_of(line: Line, day: date, books: Books, policy: Policy, findings: Findings) -> TaxCode | None:
    taxes = [tax for tax in line.taxes if not tax.withholding]
    if not taxes:
        if policy.line_without_tax == "zero_code":
            return zero_code(line.label, day, books, policy, findings)
        findings.hold(problems.tax_missing(line.label))
        return None
    return _by_hand(taxes, books) or _by_rates(line, taxes, day, books, findings)


def _by_hand(taxes: Sequence[Tax], books: Books) -> TaxCode | None:
    """Return the active code that a person chose for exactly this set of taxes."""
    code = books.tax_codes.get(books.twin("tax_set", _set(taxes)) or "")
    return code if code and code.active else None


def _set(taxes: Sequence[Tax]) -> str:
    return tax_set([tax.id for tax in taxes])


def _names(taxes: Sequence[Tax]) -> str:
    return " + ".join(tax.name for tax in taxes)


def _by_rates(line: Line, taxes: Sequence[Tax], day: date, books: Books, findings: Findings) -> TaxCode | None:
    """Return the only active code with exactly the rates of these taxes."""
    rates = [_rate_of(tax, taxes, line, day, books, findings) for tax in taxes]
    if not all(rates):
        return None
    codes = codes_with({rate.id for rate in rates if rate is not None}, books.tax_codes.values())
    if not codes:
        findings.hold(problems.tax_code_missing(_set(taxes), line.label, _names(taxes)))
        return None
    if len(codes) > 1:
        listed = ", ".join(code.name for code in codes)
        findings.hold(problems.tax_code_ambiguous(_set(taxes), line.label, _names(taxes), listed))
        return None
    return codes[0]


def _rate_of(tax: Tax, taxes: Sequence[Tax], line: Line, day: date, books: Books, findings: Findings) -> TaxRate | None:
    """Return the rate paired with the tax, or hold.

    It must be plain, in force on that day, and of the same percentage.
    """
    key, twin = _set(taxes), books.twin("tax", tax.id)
    if twin is None:
        findings.hold(problems.tax_not_paired(key, line.label, tax.name))
        return None
    rate = books.tax_rates.get(twin)
    percent = rate.percent(day) if rate and rate.active else None
    if rate is None or percent is None:
        findings.hold(problems.tax_rate_unusable(key, line.label, tax.name, day))
    elif rate.special.upper() not in ORDINARY:
        findings.hold(problems.tax_reverse_charge(key, line.label, tax.name, _names(taxes), rate.special))
    elif tax.percent is not None and tax.percent != percent:
        findings.hold(problems.tax_rate_differs(key, tax.name, tax.percent, percent, day))
    elif tax.recoverable != 100:  # noqa: PLR2004 - percent
        findings.hold(problems.tax_partly_recoverable(key, line.label, tax.name, _names(taxes), tax.recoverable))
    else:
        return rate
    return None


def rate_amounts(
    amount: LineAmount, code: TaxCode, day: date, books: Books, findings: Findings
) -> tuple[RateAmount, ...]:
    """Divide the taxes of a line over the rates of its code.

    Precoro's sums stay as they are; the line is held if they do not fit.
    """
    if not amount.taxes:
        return tuple(RateAmount(component.rate_id, Decimal(0)) for component in code.rates)
    if _by_hand([tax for tax, _ in amount.taxes], books) == code:
        return _divide_by_hand(amount, code, day, books, findings)
    return _divide(amount, code, books, findings)


def _divide(amount: LineAmount, code: TaxCode, books: Books, findings: Findings) -> tuple[RateAmount, ...]:
    kinds = {component.rate_id: component for component in code.rates}
    taxes = [tax for tax, _ in amount.taxes]
    amounts = []
    for tax, tax_sum in amount.taxes:
        component = kinds[books.twin("tax", tax.id) or ""]
        if not _same_base(tax, tax_sum, amount, component):
            findings.hold(problems.tax_compound(_set(taxes), amount.line.label, tax.name, _names(taxes)))
        amounts.append(RateAmount(component.rate_id, tax_sum, component.kind in _COMPOUND))
    return tuple(amounts)


def _same_base(tax: Tax, tax_sum: Decimal, amount: LineAmount, component: TaxComponent) -> bool:
    """Tell whether both sides work the tax out on the same base.

    That is the net amount, or the net amount and the other taxes.
    """
    if tax.percent is None or len(amount.taxes) == 1:
        return True
    other_taxes = total([tax_amount for line_tax, tax_amount in amount.taxes if line_tax is not tax])
    plain, compound = percent_of(tax.percent, amount.net), percent_of(tax.percent, amount.net + other_taxes)
    expected, unexpected = (compound, plain) if component.kind in _COMPOUND else (plain, compound)
    return abs(tax_sum - expected) <= _A_CENT or abs(tax_sum - unexpected) > _A_CENT


def _divide_by_hand(
    amount: LineAmount, code: TaxCode, day: date, books: Books, findings: Findings
) -> tuple[RateAmount, ...]:
    """Divide the taxes over a code chosen by hand.

    By pairs, else all on its only rate, else as its rates work out (reverse charge).
    """
    rate_ids = [component.rate_id for component in code.rates]
    twins = [books.twin("tax", tax.id) for tax, _ in amount.taxes]
    tax_total = total([value for _, value in amount.taxes])
    if len(rate_ids) == 1:
        _compare_with_rate(amount, code, tax_total, day, books, findings)
        return (RateAmount(rate_ids[0], tax_total),)
    if sorted(twin or "" for twin in twins) == sorted(rate_ids):
        return _divide(amount, code, books, Findings())
    rates = [books.tax_rates.get(rate_id) for rate_id in rate_ids]
    worked_out = [percent_of((rate.percent(day) if rate else None) or Decimal(0), amount.net) for rate in rates]
    if not rate_ids or abs(total(worked_out) - tax_total) > _A_CENT:
        taxes = [tax for tax, _ in amount.taxes]
        findings.hold(problems.tax_sums_unclear(_set(taxes), amount.line.label, _names(taxes), code.name))
        return ()
    return tuple(RateAmount(rate_id, value) for rate_id, value in zip(rate_ids, worked_out, strict=True))


def _compare_with_rate(
    amount: LineAmount, code: TaxCode, tax_total: Decimal, day: date, books: Books, findings: Findings
) -> None:
    """Note a tax that is not what the rate of its code comes to."""
    rate = books.tax_rates.get(code.rates[0].rate_id)
    percent = rate.percent(day) if rate else None
    if percent is not None and abs(percent_of(percent, amount.net) - tax_total) > _A_CENT:
        findings.note(notes.tax_of_another_rate(amount.line.label, code.name, percent, tax_total))


def tax_by_rate(rows: Sequence[Sequence[RateAmount]]) -> dict[str, Decimal]:
    """Return the tax of the document by rate, unrounded."""
    by_rate: dict[str, list[Decimal]] = {}
    for row in rows:
        for part in row:
            by_rate.setdefault(part.rate_id, []).append(part.amount)
    return {rate_id: total(parts) for rate_id, parts in by_rate.items()}


def tax_detail(
    taxes: dict[str, Decimal], rows: Sequence[Sequence[RateAmount]], nets: Sequence[Decimal], unit: Decimal
) -> dict[str, Any]:
    """Return TxnTaxDetail: one TaxLine per rate, with Precoro's sums.

    Each names the line amounts that it is worked out on.
    """
    bases: dict[str, list[Decimal]] = {}
    for row, net in zip(rows, nets, strict=True):
        whole = total([part.amount for part in row])
        for part in row:
            bases.setdefault(part.rate_id, []).append(net + (whole - part.amount if part.compound else 0))
    return {
        "TotalTax": total(list(taxes.values())),
        "TaxLine": [_tax_line(rate_id, tax, to_unit(total(bases[rate_id]), unit)) for rate_id, tax in taxes.items()],
    }


def _tax_line(rate_id: str, tax: Decimal, base: Decimal) -> dict[str, Any]:
    return {
        "Amount": tax,
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {"TaxRateRef": {"value": rate_id}, "PercentBased": False, "NetAmountTaxable": base},
    }
