"""Exact money: digits of a currency, rounding, shares, unit prices."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal, localcontext

from babel.numbers import get_currency_precision

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Wide enough that products of quantities, prices and percentages lose nothing."""
CENT = Decimal("0.01")
_CENT_DIGITS = 2
_HALF_A_CENT = CENT / 2
_PIECES = tuple(map(Decimal, ("1", "0.5", "0.1", "0.05", "0.01")))
"""One divided by each is whole: a difference in cents becomes a unit price of two decimals."""


def digits(currency: str) -> int:
    """Return the decimals of the currency: USD 2, JPY 0, KWD 3."""
    return get_currency_precision(currency)


def written(amount: Decimal, currency: str = "") -> str:
    """Return an amount as people write it, such as `USD 1,284.50`: never with fewer decimals than its currency has."""
    least = digits(currency) if currency else _CENT_DIGITS
    decimals = f"{amount:f}".partition(".")[2].rstrip("0")
    return f"{currency} {amount:,.{max(least, len(decimals))}f}".strip()


def signed(amount: Decimal) -> str:
    """Return an amount as it is added in a statement: `+12.00`, `-12.00`."""
    return f"{'+' if amount > 0 else ''}{written(amount)}"


def unit_for(currency: str, *totals: Decimal) -> Decimal:
    """Return the unit of the amounts of a document in QuickBooks, which keeps two decimals in every currency.

    It is 1 for a currency without decimals, such as JPY, as long as these totals are whole.
    """
    is_whole = all(amount == amount.to_integral_value() for amount in totals)
    return Decimal(1) if is_whole and not digits(currency) else CENT


def to_unit(amount: Decimal, unit: Decimal) -> Decimal:
    """Round half-up to a multiple of the unit."""
    return amount.quantize(unit, ROUND_HALF_UP, EXACT)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return an amount as QuickBooks keeps it: to the cent, or whole where a currency without decimals has a whole amount."""
    return to_unit(amount, unit_for(currency, amount))


def percent_of(percent: Decimal, amount: Decimal) -> Decimal:
    """Return that percentage of the amount, unrounded."""
    return EXACT.divide(EXACT.multiply(percent, amount), Decimal(100))


def total(amounts: Sequence[Decimal]) -> Decimal:
    """Add up without losing a digit."""
    with localcontext(EXACT):
        return sum(amounts, Decimal(0))


def allocate(target: Decimal, shares: Sequence[Decimal], unit: Decimal = Decimal("0.01")) -> list[Decimal]:
    """Share `target` out over exact shares by largest remainder.

    `target` is a multiple of `unit`; ties go to the earlier share. A share of nothing stays nothing. Raise ValueError when
    something is left and there is no share to put it on.
    """
    with localcontext(EXACT):
        floors = [share.quantize(unit, ROUND_FLOOR) for share in shares]
        takers = sorted((i for i, share in enumerate(shares) if share), key=lambda i: (floors[i] - shares[i], i))
        left = int(((target - sum(floors, Decimal(0))) / unit).to_integral_value())
        if left and not takers:
            raise ValueError("nothing to allocate to")
        each, extra = divmod(left, len(takers)) if takers else (0, 0)
        for place, i in enumerate(takers):
            floors[i] += unit * (each + (1 if place < extra else 0))
        return floors


def in_proportion(target: Decimal, weights: Sequence[Decimal], unit: Decimal) -> list[Decimal]:
    """Share `target` out in proportion to weights that are not all zero."""
    with localcontext(EXACT):
        whole = sum(weights, Decimal(0))
        return allocate(target, [target * weight / whole for weight in weights], unit)


Priced = tuple[Decimal, Decimal, Decimal]
"""Quantity, unit price and amount of one item line."""


def unit_price(
    amount: Decimal, quantity: Decimal, decimals: int = 5, preferred: Decimal | None = None, unit: Decimal = CENT
) -> list[Priced]:
    """Return (quantity, unit price, amount) of lines that multiply back (fault 6070).

    Each quantity x unit price rounds to its amount. One line when a unit price of at most `decimals` decimals fits, the
    preferred one first; otherwise two lines with the same total quantity and amount. The fit is strict, so it holds however
    QuickBooks rounds a half.
    """
    with localcontext(EXACT):
        for price in _candidates(amount, quantity, decimals, preferred):
            if _fits(amount, quantity, price):
                return [(quantity, price, amount)]
        return _two_lines(amount, quantity, decimals, unit)


def _candidates(amount: Decimal, quantity: Decimal, decimals: int, preferred: Decimal | None) -> Iterator[Decimal]:
    if preferred is not None and -int(preferred.normalize().as_tuple().exponent) <= decimals:
        yield preferred
    exact = amount / quantity
    for places in range(min(_CENT_DIGITS, decimals), decimals + 1):
        yield exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _fits(amount: Decimal, quantity: Decimal, price: Decimal) -> bool:
    return abs(quantity * price - amount) < _HALF_A_CENT


def _two_lines(amount: Decimal, quantity: Decimal, decimals: int, unit: Decimal) -> list[Priced]:
    """Split the quantity between two neighbouring unit prices.

    Else put the difference on a single piece.
    No unit price fits only when the quantity is large (over 1,000 at 5 decimals), so there is a piece to take off.
    """
    step = Decimal(1).scaleb(-decimals)
    low = (amount / quantity).quantize(step, ROUND_FLOOR)
    dearer = ((amount - quantity * low) / step).to_integral_value()
    for second in (dearer, dearer - 1, dearer + 1):
        lines = _split(amount, quantity, second, (low, low + step), unit)
        if lines:
            return lines
    price = (amount / quantity).quantize(step, ROUND_HALF_UP)
    for piece, near in itertools.product(_PIECES, (price, price + step, price - step)):
        lines = _off_one_piece(amount, quantity, piece.copy_sign(quantity), near, unit)
        if lines:
            return lines
    raise ValueError(f"no unit price for {quantity} at {amount}")


def _off_one_piece(amount: Decimal, quantity: Decimal, piece: Decimal, price: Decimal, unit: Decimal) -> list[Priced]:
    """Return the bulk, and one piece with the difference, if both multiply back."""
    rest = to_unit((quantity - piece) * price, unit)
    sign = (amount / quantity).compare(Decimal(0))
    if min(sign * price, sign * (amount - rest) / piece) < 0:
        return []  # a piece that is given back would be a line that nobody ordered
    lines = [(quantity - piece, price, rest), (piece, (amount - rest) / piece, amount - rest)]
    return lines if quantity != piece and all(_fits(line[2], line[0], line[1]) for line in lines) else []


def _split(
    amount: Decimal, quantity: Decimal, second: Decimal, prices: tuple[Decimal, Decimal], unit: Decimal
) -> list[Priced]:
    """Return the two lines if each multiplies back to its amount, else nothing."""
    first = quantity - second
    if not first or not second or (first < 0) != (quantity < 0) or (second < 0) != (quantity < 0):
        return []
    first_amount = to_unit(first * prices[0], unit)
    lines = [(first, prices[0], first_amount), (second, prices[1], amount - first_amount)]
    return lines if all(_fits(line[2], line[0], line[1]) for line in lines) else []
