"""Statements are quoted so that no value can change what they mean."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qbo_client.query import count, quoted, select


def test_a_statement_reads_as_the_language_has_it() -> None:
    statement = (
        select("Bill").where("VendorRef", "=", "56").where("Balance", ">", 0).order_by("Id").limit(100, start=101)
    )
    assert str(statement) == (
        "SELECT * FROM Bill WHERE VendorRef = '56' AND Balance > '0' ORDERBY Id STARTPOSITION 101 MAXRESULTS 100"
    )


def test_fields_and_counts() -> None:
    assert str(select("Attachable", "Id", "MetaData.CreateTime")) == "SELECT Id, MetaData.CreateTime FROM Attachable"
    assert str(count("Vendor").with_inactive()) == "SELECT count(*) FROM Vendor WHERE Active IN (true, false)"


def test_a_statement_can_be_the_beginning_of_several() -> None:
    bills = select("Bill")
    bills.where("DocNumber", "=", "1")
    assert str(bills) == "SELECT * FROM Bill"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("O'Hara", r"'O\'Hara'"),
        ("a\\", r"'a\\'"),
        (r"\' OR 1", r"'\\\' OR 1'"),
        (Decimal("300.00"), "'300.00'"),
        (7, "'7'"),
        (True, "true"),
        (date(2026, 11, 1), "'2026-11-01'"),
        (datetime(2026, 11, 1, 8, 0, 0, 5, tzinfo=UTC), "'2026-11-01T08:00:00+00:00'"),
    ],
)
def test_values_are_quoted(value: str | int | Decimal | date, expected: str) -> None:
    assert quoted(value) == expected


@given(st.text())
def test_no_text_ends_its_quotes_early(text: str) -> None:
    inside = quoted(text)[1:-1]
    plain, escaped = [], False
    for character in inside:
        if escaped or character != "\\":
            assert escaped or character != "'"
            plain.append(character)
            escaped = False
        else:
            escaped = True
    assert not escaped
    assert "".join(plain) == text


@pytest.mark.parametrize("name", ["Bill; x", "Bill WHERE", "", "a.", "1a", "VendorRef = '1'"])
def test_only_names_can_be_names(name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        select(name)
    with pytest.raises(ValueError, match="not the name"):
        select("Bill").where(name, "=", "1")


def test_what_the_language_does_not_have_is_refused() -> None:
    bill = select("Bill")
    for field, operator, value in (("Id", "OR", "1"), ("Id", "=", ["1", "2"]), ("Id", "IN", "1"), ("Id", "IN", [])):
        with pytest.raises(ValueError):  # noqa: PT011 - the sentences are tested by reading
            bill.where(field, operator, value)
    with pytest.raises(ValueError, match="offset"):
        bill.where("MetaData.LastUpdatedTime", ">", datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="1 to 1000"):
        bill.limit(1001)
