"""Details are the same however people write them, and say nothing when they say nothing."""

from __future__ import annotations

import pytest

from mappers.matching import details
from mappers.matching.countries import country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US", "US"), ("usa", "US"), ("U.S.A.", "US"), ("United States of America", "US"), ("UK", "GB"),
        ("England", "GB"), ("The Netherlands", "NL"), ("Deutschland", "DE"), ("España", "ES"), ("DEU", "DE"),
        ("", None), ("Atlantis", None),
    ],
)  # fmt: skip
def test_a_country_is_known_however_it_is_written(text: str, code: str | None) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("text", "country"),
    [("(212) 555-0100", "US"), ("212.555.0100", None), ("+1 212 555 0100", "GB"), ("12125550100", "US")],
)
def test_a_phone_number_is_its_national_digits(text: str, country: str | None) -> None:
    assert details.phone(text, country) == "2125550100"


@pytest.mark.parametrize("text", ["", "n/a", "123", "call Bob"])
def test_what_is_no_phone_number_says_nothing(text: str) -> None:
    assert details.phone(text, None) == ""


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("12-3456789", "US", "123456789"),
        ("XXXXX6789", "US", "6789"),
        ("DE 136,695 976", "DE", "136695976"),
        ("GB 980 7806 84", "GB", "980780684"),
        ("XXXXXXXXX", None, ""),
        ("none", None, ""),
    ],
)
def test_a_tax_number_has_no_marks_and_no_mask(text: str, country: str | None, number: str) -> None:
    assert details.tax_number(text, country) == number


def test_only_an_own_domain_says_something() -> None:
    assert details.own_domain("AR@Acme.com ") == "acme.com"
    assert details.own_domain("acme@gmail.com") == ""
    assert details.own_domain("ask Bob") == ""


def test_ue_and_u_with_dots_are_the_same_city() -> None:
    assert details.city("München") == details.city("MUENCHEN") == details.city("Munchen")


def test_a_nine_digit_zip_is_the_one_with_five() -> None:
    assert details.postal_code("73301-1234") == details.postal_code("73301") == "73301"
    assert details.postal_code("m34 3xy") == "M343XY"
