"""What a person lets stand for a document is held against it first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from mappers.documents.adoption import differences
from mappers.documents.outcomes import Adopt
from tests.unit.mappers.cases import answer_of, invoice, made


def adoption(**changes: Any) -> Adopt:
    """Return the adoption of a bill that differs from the document in these fields."""
    create = made(invoice())
    return Adopt("Bill", "145", answer_of(create) | changes, mapped=create.body)


def test_an_equal_entity_has_no_differences() -> None:
    assert differences(adoption(), "USD") == ()
    assert differences(adoption(DocNumber="s 88123"), "USD") == ()


def test_every_difference_is_named() -> None:
    other = adoption(
        VendorRef={"value": "57", "name": "Bolt Ltd"},
        CurrencyRef={"value": "EUR"},
        DocNumber="7",
        TxnDate="2026-10-01",
        TotalAmt=Decimal("480.00"),
    )
    assert differences(other, "USD") == (
        "its vendor is Bolt Ltd instead of vendor 56",
        "its currency is EUR instead of USD",
        "its number is 7 instead of S-88123",
        "its date is 2026-10-01 instead of 2026-10-04",
        "its total is 480.00 instead of 500.00",
    )
