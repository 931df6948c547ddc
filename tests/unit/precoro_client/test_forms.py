"""Forms with Symfony's keys, and the whole form of a supplier."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from precoro_client.forms import encoded
from precoro_client.suppliers import whole_form, without

ACME: dict[str, Any] = {
    "id": 9001,
    "name": "Acme Supply",
    "status": 2,
    "uniqueCode": "ACME",
    "city": "Austin",
    "phone": None,
    "note": "",
    "taxPayer": True,
    "currency": "USD",
    "currencies": ["USD", "EUR"],
    "contacts": {"data": [{"id": 1, "email": "ap@acme.example"}]},
    "externalId": "56",
}


@pytest.mark.parametrize(
    ("value", "pairs"),
    [
        ("A & B", [("x", "A & B")]),
        (7, [("x", "7")]),
        (Decimal("1E+3"), [("x", "1000")]),
        (Decimal("540.10"), [("x", "540.10")]),
        (True, [("x", "1")]),
        (False, [("x", "0")]),
        (None, [("x", "")]),
        (date(2026, 11, 2), [("x", "2026-11-02T00:00:00Z")]),
        (datetime(2026, 11, 2, 1, tzinfo=timezone(timedelta(hours=2))), [("x", "2026-11-01T23:00:00Z")]),
        ({"id": 956598}, [("x[id]", "956598")]),
        (["USD", "EUR"], [("x[]", "USD"), ("x[]", "EUR")]),
        ([], []),
        ([{"email": "ap@acme.example"}, {"email": None}], [("x[0][email]", "ap@acme.example"), ("x[1][email]", "")]),
    ],
)
def test_values_have_the_keys_of_symfony(value: Any, pairs: list[tuple[str, str]]) -> None:
    assert list(encoded({"x": value})) == pairs


@pytest.mark.parametrize("value", [540.10, b"540", object()])
def test_a_form_carries_no_float_and_nothing_unknown(value: Any) -> None:
    with pytest.raises(TypeError):
        encoded({"sumPaid": value})


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        encoded({"payDate": datetime(2026, 11, 2)})  # noqa: DTZ001
    assert encoded({"payDate": datetime(2026, 11, 2, tzinfo=UTC)}) == (("payDate", "2026-11-02T00:00:00Z"),)


def test_a_supplier_is_written_whole_with_the_changes_over_it() -> None:
    assert whole_form(ACME, {"city": "Dallas", "country": "USA"}) == {
        "name": "Acme Supply",
        "uniqueCode": "ACME",
        "city": "Dallas",
        "country": "USA",
        "taxPayer": True,
        "currencies": ["USD", "EUR"],
    }


@pytest.mark.parametrize(
    "entities",
    [
        {"data": [{"id": 2}, {"id": 3}]},
        [{"id": 2}, {"id": 3}],
        [{"id": 70, "legalEntity": {"id": 2}}, {"id": 71, "legalEntity": {"id": 3}}],
    ],
)
def test_the_legal_entities_of_a_supplier_stay_in_every_shape(entities: Any) -> None:
    assert whole_form({**ACME, "supplierLegalEntities": entities}, {})["supplierLegalEntityIds"] == [2, 3]


def test_a_supplier_with_one_currency_keeps_it() -> None:
    assert whole_form({"id": 1, "name": "A", "currency": "USD"}, {})["currencies"] == ["USD"]


def test_a_field_that_is_refused_is_left_out_unless_somebody_wants_it() -> None:
    form = whole_form(ACME, {"city": "Dallas"})
    smaller = without(form, {"taxPayer"}, {"city": "Dallas"})
    assert smaller is not None
    assert sorted(set(form) - set(smaller)) == ["taxPayer"]
    assert without(form, {"city"}, {"city": "Dallas"}) is None
    assert without(form, {"mystery"}, {}) is None
    assert without(form, set(), {}) is None
