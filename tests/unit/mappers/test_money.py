"""Cents are shared out fairly, and unit prices multiply back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mappers.money import allocate, rounded, total, unit_for, unit_price, written

D = Decimal


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("1.005", "USD", "1.01"), ("1.005", "KWD", "1.01"), ("400.2", "JPY", "400.20"), ("400", "JPY", "400")],
)
def test_amounts_have_two_decimals_in_every_currency_as_in_quickbooks(
    amount: str, currency: str, expected: str
) -> None:
    assert str(rounded(D(amount), currency)) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("41.5", "USD", "USD 41.50"),
        ("1284", "", "1,284.00"),
        ("400", "JPY", "JPY 400"),
        ("400.2", "JPY", "JPY 400.2"),
        ("12.345", "USD", "USD 12.345"),
        ("-1E+3", "EUR", "EUR -1,000.00"),
    ],
)
def test_an_amount_is_written_with_the_decimals_of_its_currency_and_no_digit_is_lost(
    amount: str, currency: str, text: str
) -> None:
    assert written(D(amount), currency) == text


def test_a_currency_without_decimals_has_whole_amounts_as_long_as_its_totals_are_whole() -> None:
    assert unit_for("JPY", D("400.00"), D(360)) == 1
    assert unit_for("JPY", D(400), D("360.5")) == D("0.01")
    assert unit_for("USD", D(400)) == D("0.01")


def test_the_largest_remainders_take_the_leftover_cents_and_nothing_stays_nothing() -> None:
    assert allocate(D("10.00"), [D("3.335"), D("0"), D("3.339"), D("3.326")]) == [D("3.33"), 0, D("3.34"), D("3.33")]
    assert allocate(D("-0.02"), [D("-0.01"), D("-0.01")]) == [D("-0.01"), D("-0.01")]
    with pytest.raises(ValueError, match="nothing to allocate"):
        allocate(D("0.01"), [D(0)])


@given(st.lists(st.decimals(-1000, 1000, places=5), min_size=1, max_size=9), st.integers(-20, 20))
def test_an_allocation_always_reaches_its_target(shares: list[Decimal], off: int) -> None:
    assume(any(shares))
    target = rounded(total(shares), "USD") + off * D("0.01")
    assert sum(allocate(target, shares)) == target


def test_the_price_of_precoro_is_kept_where_it_fits() -> None:
    assert unit_price(D("10.00"), D(3), preferred=D("3.3333")) == [(D(3), D("3.3333"), D("10.00"))]


@given(
    st.decimals("-99999", "9999999", places=2),
    st.one_of(st.integers(1, 10**8).map(Decimal), st.decimals("0.0001", "9999", places=4)),
    st.booleans(),
    st.integers(2, 7),
)
def test_every_unit_price_multiplies_back_however_a_half_is_rounded(
    amount: Decimal, quantity: Decimal, returned: bool, decimals: int
) -> None:
    quantity = -quantity if returned else quantity
    lines = unit_price(amount, quantity, decimals)
    assert len(lines) <= 2
    assert sum(line[0] for line in lines) == quantity
    assert sum(line[2] for line in lines) == amount
    for part, price, figure in lines:
        assert abs(part * price - figure) < D("0.005")
        assert -int(price.normalize().as_tuple().exponent) <= decimals
        assert price * amount * quantity >= 0


def test_no_piece_is_given_back_to_make_an_amount_fit() -> None:
    lines = unit_price(D("8147779.68"), D("2570277.5"))
    assert all(price > 0 for _, price, _ in lines)
    assert sum(figure for _, _, figure in lines) == D("8147779.68")
