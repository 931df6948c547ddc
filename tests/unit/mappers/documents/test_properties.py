"""Whatever a document looks like: it ties to the cent or is held, and no entity breaks a rule of QuickBooks."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mappers.books import Books, PurchasePreferences
from mappers.documents.document import Document
from mappers.documents.outcomes import Create, Delete, Hold, Nothing, RateLookup, Read, Update
from mappers.documents.plan import plan
from mappers.documents.preview import preview
from mappers.documents.reading import load_document
from mappers.policy import Policy
from tests.unit.mappers import cases
from tests.unit.mappers.quickbooks_rules import broken_rules, total_of

THOROUGHLY = settings.get_profile("quick" if settings.get_current_profile_name() == "quick" else "thorough")
"""Money is tried hard in every whole run, the rest only each night."""
CENT = Decimal("0.01")
HUNDRED = Decimal(100)
NOTHING = Decimal(0)
UK_TAXES = {5: "20", 6: "5", 7: "0", 8: "7"}
CLASSES: list[list[tuple[int, str | None]]] = [
    [],
    [(900, None)],
    [(900, "60"), (901, "40")],
    [(900, "33.33"), (901, "66.67")],
]
HELD = {"total_negative", "no_lines", "several_classes", "withholding_unclear"}
"""What a document with everything paired may still be held for."""
UK_SETS = [[5], [6], [7], [5, 8]]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True)
class Case:
    """A payload with the company it is for, made together so that everything it names is paired."""

    kind: str
    payload: dict[str, Any]
    books: Books = field(repr=False)
    policy: Policy

    @cached_property
    def document(self) -> Document:
        """Return the payload as read."""
        return load_document("invoice" if self.kind == "invoice" else "purchase_order", self.payload)

    @property
    def payable(self) -> Decimal:
        """Return what the supplier is to receive."""
        return Decimal(self.payload["payable"])

    def plan(self) -> Any:
        """Plan it as new, with a rate if one is asked for."""
        planned = plan(self.document, None, self.books, self.policy)
        if isinstance(planned, RateLookup):
            planned = plan(self.document, None, self.books, self.policy, answers={planned: Decimal("0.8612")})
        return planned


def decimals(least: int, most: int, places: int) -> st.SearchStrategy[Decimal]:
    """Draw a decimal, from its digits: `st.decimals` takes five times as long."""
    return st.integers(least, most).map(lambda digits: Decimal(digits).scaleb(-places))


positive = st.one_of(
    st.integers(1, 50).map(Decimal), st.integers(1, 10**7).map(Decimal), decimals(1, 50_000_000, places=4)
)
quantities = positive | st.integers(-20, 0).map(Decimal)
prices = st.one_of(decimals(0, 200_000, places=2), decimals(1, 3_000_000, places=4))
percents = st.sampled_from(["0", "5", "10", "12.5", "33.33", "100"])
maybe_percents = st.none() | percents
counts = st.integers(1, 6)
products = st.sampled_from([None, {"id": 3301}, 3301])
classes_of_a_line = st.sampled_from(CLASSES)
one_in_ten = st.integers(0, 9).map(lambda number: number == 0)
one_in_five = st.integers(0, 4).map(lambda number: number == 0)


@st.composite
def lines(
    draw: st.DrawFn, place: int, currency: str, taxes: list[int], shared: str | None, *, sendable: bool
) -> dict[str, Any]:
    """Draw one line as Precoro holds it, with the taxes it works out itself, to the cent."""
    quantity = draw(positive if sendable else quantities)
    row = cases.line(88001 + place, str(quantity), str(draw(prices)), currency=currency)
    own = draw(maybe_percents)
    echoed = [cases.discount(9, shared, document=45)] if shared else []
    row["discounts"] = {"data": ([cases.discount(6, own)] if own else []) + echoed}
    row["freeOfCharge"] = draw(one_in_ten)
    row["item"] = draw(products)
    net = Decimal(0) if row["freeOfCharge"] else row["ordered"] * row["price"]
    for percent in filter(None, [own, shared]):
        net = net * (HUNDRED - Decimal(percent)) / HUNDRED
    row["exact"] = net
    row["taxes"] = {"data": [_tax(tax_id, net) for tax_id in taxes]}
    classes = [] if sendable else draw(classes_of_a_line)
    options = [cases.option(option_id, share=share) for option_id, share in classes]
    row["dataItemCustomFields"] = {"data": [cases.field_value(cases.CLASS_FIELD, *options)] if options else []}
    return row


def _tax(tax_id: int, net: Decimal) -> dict[str, Any]:
    percent = UK_TAXES[tax_id]
    return cases.tax(tax_id, percent, str(cents(net * Decimal(percent) / HUNDRED)))


@st.composite
def companies(draw: st.DrawFn) -> Case:
    """Draw a company in the United States or in Britain, a supplier in pounds or euros, taxes matched or folded."""
    kind = draw(st.sampled_from(["invoice", "purchase_order"]))
    per_line = draw(st.booleans())
    preferences = PurchasePreferences(class_per_line=per_line, class_per_transaction=not per_line, track_customers=True)
    in_us = draw(st.booleans())
    books = cases.us_books(preferences) if in_us else cases.uk_books(preferences)
    currency, supplier = ("USD", 9001) if in_us else draw(st.sampled_from([("GBP", 9001), ("EUR", 9003)]))
    policy = dataclasses.replace(
        cases.POLICY,
        send="both",
        zero_tax_code="4",
        withholding_tax_code="4",
        taxes=draw(st.sampled_from(["matched", "folded"])),
        unit_price_decimals=draw(st.integers(2, 7)),
    )
    return Case(kind, {"currency": currency, "supplier": {"id": supplier, "name": "Acme"}}, books, policy)


@st.composite
def documents_of(draw: st.DrawFn, company: Case, *, sendable: bool = False) -> Case:
    """Draw a document for that company, its total rounded in one of the ways that Precoro may round.

    Of a `sendable` one few are held: it has neither lines below zero nor classes.
    """
    shared = draw(maybe_percents)
    taxed = st.sampled_from([*UK_SETS, []] if company.books.is_us else UK_SETS)
    currency = company.payload["currency"]
    count = draw(counts)
    rows = [draw(lines(place, currency, draw(taxed), shared, sendable=sendable)) for place in range(count)]
    total, withheld = draw(st.sampled_from([_exact_sum, _sum_of_rounded]))(rows), Decimal(0)
    if draw(one_in_five):
        withheld = _withhold(rows, draw(st.sampled_from([1, -1])))
    taken_out = draw(st.booleans())
    payload = cases.payload(items=rows) | company.payload
    payload |= {"sum": str(total - withheld if taken_out else total), "payable": str(total - withheld)}
    payload |= {"netSum": draw(st.sampled_from([str(total - _taxes(rows)), None]))}
    return dataclasses.replace(company, payload=payload)


def _withhold(rows: list[dict[str, Any]], sign: int) -> Decimal:
    """Put withholding tax of 10 % on every line, of either sign, and return its sum."""
    sums = [cents(row["exact"] / 10) for row in rows]
    for row, amount in zip(rows, sums, strict=True):
        row["taxes"]["data"].append(cases.tax(77, "10", str(sign * amount), isWithholdingTax=True))
    return sum(sums, Decimal(0))


made_cases = companies().flatmap(documents_of)
revisions = companies().flatmap(
    lambda company: st.tuples(
        st.booleans().flatmap(lambda sendable: documents_of(company, sendable=sendable)), documents_of(company)
    )
)


def _taxes(rows: list[dict[str, Any]]) -> Decimal:
    taxes = [tax for row in rows for tax in row["taxes"]["data"] if "isWithholdingTax" not in tax]
    return sum((Decimal(tax["sum"]) for tax in taxes), Decimal(0))


def _exact_sum(rows: list[dict[str, Any]]) -> Decimal:
    """Return the total of a Precoro that rounds at the end."""
    return cents(sum((row["exact"] for row in rows), Decimal(0)) + _taxes(rows))


def _sum_of_rounded(rows: list[dict[str, Any]]) -> Decimal:
    """Return the total of a Precoro that rounds every line."""
    return sum((cents(row["exact"]) for row in rows), Decimal(0)) + _taxes(rows)


@THOROUGHLY
@given(made_cases)
def test_every_document_is_sent_to_the_cent_by_the_rules_of_quickbooks_or_says_why_not(case: Case) -> None:
    planned, document = case.plan(), case.document
    if isinstance(planned, Hold):
        assert cases.codes(planned) <= HELD, planned
        if cases.codes(planned) <= {"total_negative", "no_lines"}:
            assert case.payable < 0 or document.total < 0 or not any(line.quantity for line in document.lines)
    elif isinstance(planned, Nothing):
        assert document.kind == "invoice"
        assert document.total == 0
    else:
        assert isinstance(planned, Create)
        assert total_of(planned.body) == planned.total == case.payable
        assert broken_rules(planned.type, planned.body, case.books) == []
        assert len(set(planned.line_keys)) == len(planned.line_keys) == len(planned.body["Line"])
        assert previewed(planned) == case.payable
    assert_planned_again_as(planned, case)


def previewed(planned: Create | Update) -> Decimal:
    """Return what the lines that people see before it is sent add up to."""
    entity = preview(planned, {}, currency="USD", precoro_date=None)
    return sum((line.amount for line in entity.lines), NOTHING)


def assert_planned_again_as(planned: object, case: Case) -> None:
    """Check that planning the same again gives the same bytes."""
    again = case.plan()
    assert again == planned
    if isinstance(planned, Create):
        assert again.digest == planned.digest


@THOROUGHLY
@given(made_cases, decimals(1, 50_000, places=2))
def test_a_total_that_is_off_by_more_than_its_roundings_is_held(case: Case, off: Decimal) -> None:
    assume(case.document.total == case.payable)
    steps = sum(1 + len(line.taxes) + len(line.discounts) for line in case.document.lines)
    assume(off > CENT * steps)
    withheld = sum(
        (tax.sum or NOTHING for line in case.document.lines for tax in line.taxes if tax.withholding), NOTHING
    )
    assume(abs(off - abs(withheld)) > CENT * steps)  # else the total is one before withholding tax, and ties
    total = case.document.total + off
    assume(total > 0)
    planned = dataclasses.replace(case, payload=case.payload | {"sum": str(total)}).plan()
    assert isinstance(planned, Hold)
    assert "total_does_not_tie" in cases.codes(planned) or cases.codes(planned) & HELD


@THOROUGHLY
@given(revisions)
def test_a_revision_of_anything_into_anything_ties_again(revision: tuple[Case, Case]) -> None:
    """Whatever the lines were, the full update reaches the new total and breaks no rule."""
    before, after = revision
    created = before.plan()
    assume(isinstance(created, Create))
    sent = cases.sent_of(created, before.document)
    payload = copy.deepcopy(after.payload) | {"approvalDate": "2026-10-09T10:00:00+00:00"}
    document = dataclasses.replace(after, payload=payload).document
    planned = plan(document, sent, after.books, after.policy, answers={Read(sent.type, sent.id): sent.answer})
    if isinstance(planned, Hold):
        assert cases.codes(planned) <= HELD, planned
    elif isinstance(planned, Update):
        assert total_of(planned.body) == planned.total == after.payable
        assert broken_rules(planned.type, planned.body, after.books) == []
        assert previewed(planned) == after.payable
    elif isinstance(planned, Delete):
        assert document.kind == "invoice"
        assert document.total == 0
    else:
        assert isinstance(planned, Nothing)
        assert sent.answer["TotalAmt"] == after.payable
