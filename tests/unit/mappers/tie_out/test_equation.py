"""The closing equation: whatever stands where, what the buckets move is exactly what lies between both totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from mappers.documents.document import BILL, PURCHASE_ORDER, VENDOR_CREDIT
from mappers.documents.status import RequiredAction
from mappers.tie_out.buckets import of_document, of_entity
from mappers.tie_out.equation import Account, Equations, account_of_entity, amount_of, postings
from mappers.tie_out.sides import BooksSide, PrecoroSide, Standing

DAY = date(2026, 11, 2)
ACME = Account("bills", "USD", "56")
PRECORO = PrecoroSide("stand", BILL, Decimal("540.00"), "USD", "56", DAY, DAY)
BOOKS = BooksSide(BILL, "101", Decimal("540.00"), "USD", "56", DAY)

amounts = st.decimals("0.00", "9999.99", places=2)
types = st.sampled_from([BILL, VENDOR_CREDIT, PURCHASE_ORDER])
currencies = st.sampled_from(["USD", "EUR"])
parties = st.sampled_from(["56", "57", "supplier:9001"])
actions: st.SearchStrategy[RequiredAction] = st.sampled_from(["stand", "remove", "wait", "nothing", "unknown"])
documents = st.builds(
    PrecoroSide, actions, types, amounts, currencies, parties, st.just(DAY), st.just(DAY), st.booleans()
)
entities = st.builds(BooksSide, types, st.just("101"), amounts, currencies, parties, st.just(DAY))
states = st.sampled_from(["open", "ready", "synced", "held", "failed", "removed", "never"])
standings = st.builds(Standing, states, st.none(), st.booleans(), st.none() | amounts, st.booleans())
items = st.tuples(st.none() | documents, st.none() | standings, st.none() | entities, st.booleans(), st.booleans())


@given(st.lists(items))
def test_the_equation_closes_whatever_stands_where(
    compared: list[tuple[PrecoroSide | None, Standing | None, BooksSide | None, bool, bool]],
) -> None:
    equations = Equations()
    for precoro, standing, books, counts, is_booked in compared:
        placement = of_document(precoro, standing, books) if precoro else of_entity(None, None) if books else None
        if placement is None:
            continue
        approved = amount_of(precoro) if precoro and counts else None
        if approved:
            equations.approve(*approved)
        if books and is_booked:
            equations.book(account_of_entity(books), books.total)
        equations.post(postings(placement.bucket, precoro, books, counts=counts, is_booked=is_booked))
    assert equations.close
    assert all(total.residual == 0 for total in equations.totals().values())


@given(documents, standings)
def test_what_is_in_no_bucket_moves_nothing(precoro: PrecoroSide, standing: Standing) -> None:
    assert of_document(precoro, standing, None) is not None or amount_of(precoro) is None


def test_an_entity_that_nobody_posted_is_left_over() -> None:
    equations = Equations()
    equations.book(ACME, Decimal("540.00"))
    assert not equations.close
    assert equations.accounts[ACME].residual == Decimal("540.00")


def test_what_agrees_in_the_period_moves_nothing() -> None:
    assert [posting.effect for posting in postings("agrees", PRECORO, BOOKS, counts=True, is_booked=True)] == [0]


def test_what_is_booked_in_another_period_is_said_to_be() -> None:
    [posting] = postings("agrees", PRECORO, BOOKS, counts=True, is_booked=False)
    assert (posting.bucket, posting.effect) == ("other_period", Decimal("-540.00"))


def test_what_went_to_another_vendor_moves_both() -> None:
    elsewhere = replace(BOOKS, party="57")
    moved = {
        posting.account.party: posting.effect
        for posting in postings("different", PRECORO, elsewhere, counts=True, is_booked=True)
    }
    assert moved == {"56": Decimal("-540.00"), "57": Decimal("540.00")}
