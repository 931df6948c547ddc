"""What each line comes to, and whether the lines add up to Precoro's total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from mappers import notes, problems
from mappers.documents.document import Discount, Document, Line, Tax
from mappers.documents.findings import Findings
from mappers.money import EXACT, digits, percent_of, rounded, to_unit, total, unit_for


@dataclass(frozen=True, slots=True)
class LineAmount:
    """A line before rounding: its net amount after discounts, and its taxes.

    `steps` are the exact figures on the way: Precoro may have rounded those that have digits below the cent.
    """

    line: Line
    net: Decimal
    taxes: tuple[tuple[Tax, Decimal], ...]
    withheld: tuple[tuple[Tax, Decimal], ...]
    steps: tuple[Decimal, ...] = ()

    @property
    def gross(self) -> Decimal:
        """Return the amount with its taxes, withholding tax apart."""
        return total([self.net, *(amount for _, amount in self.taxes)])


@dataclass(frozen=True, slots=True)
class Amounts:
    """The lines of a document, and the totals that they have to reach.

    `target` is what the lines come to with tax and before withholding, `payable` what the supplier receives: Precoro's
    total, less the withholding tax if the total leaves it in. `tolerance` is half a unit for each step that really rounds.
    `unit` is the cent, or 1 in a currency without decimals whose totals are whole.
    """

    lines: tuple[LineAmount, ...]
    target: Decimal
    payable: Decimal
    tolerance: Decimal
    unit: Decimal
    withheld: tuple[tuple[Tax, Decimal], ...] = ()


def work_out(document: Document, findings: Findings) -> Amounts | None:
    """Work out every line and compare the sum with Precoro's total.

    Returns None when `findings` says why the document is held.
    """
    readable = [_is_readable(document, line, findings) for line in document.lines]
    if not all(readable):
        return None
    percents, cuts = _document_discounts(document)
    lines = tuple(_line_amount(document, line, percents) for line in document.lines)
    lines = tuple(_cut(line, cuts, lines) for line in lines) if cuts else lines
    return _tie(document, lines, findings)


def only_recodes(document: Document) -> bool:
    """Tell whether lines cancel out, so that amounts move although the total is zero."""
    amounts = work_out(document, Findings()) if document.total == 0 else None
    return amounts is not None and any(line.gross for line in amounts.lines)


def quantity_of(document: Document, line: Line) -> Decimal | None:
    """Return the quantity of the line; a service line without one is 1."""
    if line.quantity is None or (not line.quantity and uses_net_total(document, line)):
        return Decimal(1) if uses_net_total(document, line) else None
    return line.quantity


def is_empty(document: Document, line: Line) -> bool:
    """Tell whether the line has a quantity of zero."""
    return quantity_of(document, line) == 0


def uses_net_total(document: Document, line: Line) -> bool:
    """Tell whether `netTotal` stands for price x quantity.

    It does on service orders, and where a line has no price.
    """
    return line.net_total is not None and (document.is_service or line.price is None)


def _is_readable(document: Document, line: Line, findings: Findings) -> bool:
    """Hold a line in another currency, or one without the figures it takes."""
    if line.currency and line.currency.upper() != document.currency:
        findings.hold(problems.line_currency(line.label, line.currency.upper(), document.currency))
        return False
    if not line.free and not uses_net_total(document, line) and (line.price is None or line.quantity is None):
        findings.hold(problems.line_unreadable(line.label))
        return False
    return True


def before_discounts(document: Document, line: Line) -> Decimal:
    """Return what the line comes to before discounts and taxes."""
    if line.free or is_empty(document, line):
        return Decimal(0)
    if uses_net_total(document, line):
        return line.net_total or Decimal(0)
    return EXACT.multiply(line.quantity or Decimal(0), line.price or Decimal(0))


def _document_discounts(document: Document) -> tuple[list[Discount], Decimal]:
    """Return the percentages and the amount of the document's own discounts.

    A discount that lines repeat is theirs; the others apply to all lines.
    """
    silent = _silent_discounts(document)
    percents = [discount for discount in silent if discount.is_percent]
    return percents, total([discount.value for discount in silent if not discount.is_percent])


def _silent_discounts(document: Document) -> list[Discount]:
    echoed = {discount.document_discount_id for line in document.lines for discount in line.discounts}
    return [discount for discount in document.discounts if discount.id is None or discount.id not in echoed]


def _line_amount(document: Document, line: Line, percents: Sequence[Discount]) -> LineAmount:
    """Apply the line's own discounts, then the document's, percentages first, then work out its taxes."""
    own = [discount for discount in line.discounts if discount.document_discount_id is None]
    shared = [discount for discount in line.discounts if discount.document_discount_id is not None]
    net = before_discounts(document, line)
    steps = [net]
    for discount in (*_percents_first(own), *_percents_first(shared), *percents) if net else ():
        off = percent_of(discount.value, net) if discount.is_percent else discount.value
        net = EXACT.subtract(net, off)
        steps.append(off)
    return _taxed(line, net, steps)


def _percents_first(discounts: Sequence[Discount]) -> list[Discount]:
    return sorted(discounts, key=lambda discount: not discount.is_percent)


def _cut(amount: LineAmount, cut: Decimal, lines: Sequence[LineAmount]) -> LineAmount:
    """Take the line's share of a legacy amount discount on the whole document."""
    whole = total([line.net for line in lines])
    if not whole:
        return amount
    with localcontext(EXACT):
        off = cut * amount.net / whole
        return _taxed(amount.line, amount.net - off, [*amount.steps, off])


def _taxed(line: Line, net: Decimal, steps: Sequence[Decimal]) -> LineAmount:
    """Add the taxes to the net amount of a line.

    Precoro's own sum counts where it gives one, else the percentage of the net amount.
    The sign of withholding tax is not known: what is withheld has the sign of the line.
    """
    sums = [(tax, tax.sum if tax.sum is not None else percent_of(tax.percent or Decimal(0), net)) for tax in line.taxes]
    taxes = tuple((tax, amount) for tax, amount in sums if not tax.withholding)
    withheld = tuple((tax, abs(amount).copy_sign(net)) for tax, amount in sums if tax.withholding)
    worked_out = [percent_of(tax.percent, net) for tax in line.taxes if tax.percent is not None]
    return LineAmount(line, net, taxes, withheld, (*steps, *worked_out))


def _tie(document: Document, lines: tuple[LineAmount, ...], findings: Findings) -> Amounts | None:
    """Compare the total with the lines, with and without the withholding tax in it.

    Exactly one of the two readings must tie.
    """
    currency, unit = document.currency, unit_for(document.currency, *filter(None, (document.total, document.net)))
    precoro_total = to_unit(document.total, unit)
    computed, withheld = total([line.gross for line in lines]), _withheld(lines, unit)
    withheld_total = total([amount for _, amount in withheld])
    tolerance = EXACT.multiply(unit / 2, Decimal(_steps(document, lines, unit)))
    left_in = abs(EXACT.subtract(document.total, computed)) <= tolerance
    taken_out = (
        bool(withheld_total)
        and abs(EXACT.subtract(document.total, EXACT.subtract(computed, withheld_total))) <= tolerance
    )
    if document.total % 1 and not digits(currency):
        findings.note(notes.fraction_of_a_whole_currency(currency, document.total))
    if document.total != precoro_total:
        findings.note(notes.below_the_cent(currency, EXACT.subtract(document.total, precoro_total)))
    if left_in and taken_out:
        findings.hold(problems.withholding_unclear(currency, precoro_total, withheld_total))
        return None
    if left_in:
        return Amounts(lines, precoro_total, precoro_total - withheld_total, tolerance, unit, withheld)
    if taken_out:
        return Amounts(lines, precoro_total + withheld_total, precoro_total, tolerance, unit, withheld)
    findings.hold(problems.total_does_not_tie(currency, document.total, rounded(computed, currency)))
    return None


def _withheld(lines: Sequence[LineAmount], unit: Decimal) -> tuple[tuple[Tax, Decimal], ...]:
    """Return each withholding tax of the document with its rounded sum."""
    taxes = {tax.id: tax for line in lines for tax, _ in line.withheld}
    sums = {
        tax_id: total([amount for line in lines for tax, amount in line.withheld if tax.id == tax_id])
        for tax_id in taxes
    }
    return tuple((tax, to_unit(sums[tax_id], unit)) for tax_id, tax in taxes.items() if sums[tax_id])


def _steps(document: Document, lines: Sequence[LineAmount], unit: Decimal) -> int:
    """Count the figures that Precoro cannot have kept as they are: the lines, taxes and discounts below the unit.

    A document whose figures are all exact has nothing to round, so nothing explains a difference.
    """
    figures = [document.total, *(figure for line in lines for figure in line.steps)]
    return sum(1 for figure in figures if figure != to_unit(figure, unit))
