"""What stands for a document already: what a person chooses, and what Precoro names."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from mappers.documents.adoption import differences, doubt, named_twin, taken_over
from mappers.documents.figures import wrong_figures
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


REALM = "9130001"
OWN = "tieout:widgets-inc:invoice:956598"
ENTITY = answer_of(made(invoice())) | {"PrivateNote": ""}


@pytest.mark.parametrize(
    ("fields", "twin"),
    [
        ({"qboId": "145"}, ("Bill", "145")),
        ({"externalId": "145"}, ("Bill", "145")),
        ({"qboId": "145", "externalId": "145"}, ("Bill", "145")),
        ({"qboId": "145", "externalId": "146"}, None),
        ({"externalId": f"qbo:{REALM}:vendorcredit:7"}, ("VendorCredit", "7")),
        ({"externalId": "qbo:elsewhere:bill:7"}, None),
        ({"externalId": f"qbo:{REALM}:journalentry:7"}, None),
        ({"externalId": "ERP-145"}, None),
        ({"qboId": "145", "logicType": 1}, ("VendorCredit", "145")),
        ({}, None),
    ],
)
def test_precoro_names_a_twin_by_our_external_id_or_by_a_bare_id(
    fields: dict[str, Any], twin: tuple[str, str] | None
) -> None:
    assert named_twin(invoice(**{"qboId": None, "externalId": None, **fields}), REALM) == twin


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"PrivateNote": OWN}, None),
        (
            {"PrivateNote": "tieout:other:invoice:1"},
            "it carries the marker of another document, tieout:other:invoice:1",
        ),
        (
            {"VendorRef": {"value": "57", "name": "Bolt Ltd"}},
            "its vendor is Bolt Ltd, not the one that the supplier is paired with",
        ),
        ({"CurrencyRef": {"value": "EUR"}}, "its currency is EUR instead of USD"),
        ({"TotalAmt": Decimal("500.01")}, "its total is 500.01 instead of 500.00"),
    ],
)
def test_what_speaks_against_a_named_twin_is_said(changes: dict[str, Any], why: str | None) -> None:
    assert doubt(invoice(), ENTITY | changes, vendor_id="56", mark=OWN, home_currency="USD") == why


def test_what_is_gone_cancelled_or_of_an_unpaired_supplier_is_left_alone() -> None:
    check = partial(doubt, vendor_id="56", mark=OWN, home_currency="USD")
    assert check(invoice(), None) == "nothing stands there any more"
    assert check(invoice(status=8), ENTITY) == "it is cancelled in Precoro"
    assert "is not paired with a vendor" in (check(invoice(), ENTITY, vendor_id=None) or "")


def test_what_is_taken_over_has_no_figures_that_are_wrong() -> None:
    sent = taken_over("Bill", ENTITY, "2026-10-05")
    assert (sent.id, sent.version, sent.digest, sent.line_ids) == (ENTITY["Id"], "2026-10-05", "", {})
    assert wrong_figures(sent.body, sent.answer) is None
