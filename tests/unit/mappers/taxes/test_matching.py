"""Taxes of Precoro and tax codes of QuickBooks: what is certain, what is suggested, what has to be made."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.books import BookEntry, TaxCode, TaxComponent, TaxRate
from mappers.matching.rule import matching_name
from mappers.taxes import codes as tax_codes
from mappers.taxes import withholding
from mappers.taxes.matching import (
    Match,
    PrecoroTax,
    TaxBooks,
    certain,
    match,
    match_all,
    other_rates,
    pairs_of,
    sure_pairs,
)

TODAY = date(2026, 11, 24)


def rate(rate_id: str, percent: str, name: str = "", special: str = "NONE", since: date = date(2011, 1, 4)) -> TaxRate:
    return TaxRate(rate_id, name or f"Rate {rate_id}", special=special, values=((Decimal(percent), since, None),))


def code(code_id: str, name: str, *rates: str, description: str = "", active: bool = True) -> TaxCode:
    return TaxCode(code_id, name, active, tuple(TaxComponent(rate_id) for rate_id in rates), description)


def books(codes: Sequence[TaxCode], rates: Sequence[TaxRate], **pairs: str) -> TaxBooks:
    """Return books; `tax_5="1"` is a pair of tax 5 with rate 1."""
    kept = {(kind, key): twin for name, twin in pairs.items() for kind, _, key in [name.rpartition("_")]}
    return TaxBooks(
        {tax_code.id: tax_code for tax_code in codes}, {tax_rate.id: tax_rate for tax_rate in rates}, TODAY, kept
    )


BRITISH = (
    [
        code("2", "20.0% S", "1", description="Standard rated"),
        code("3", "5.0% R", "3", description="Reduced rated"),
        code("4", "0.0% Z", "5", description="Zero rated"),
        code("5", "Exempt", "7", description="Exempt from VAT"),
        code("6", "No VAT"),
        code("7", "20.0% RC", "9", "10", description="Reverse charge"),
    ],
    [rate("1", "20"), rate("3", "5"), rate("5", "0"), rate("7", "0"), rate("9", "20", special="REVERSE_CHARGE"), rate("10", "-20")],
)  # fmt: skip
CANADIAN = (
    [code("11", "GST", "28"), code("12", "GST/PST BC", "28", "37"), code("13", "HST ON", "40")],
    [rate("28", "5"), rate("37", "7"), rate("40", "13")],
)
VAT_20 = PrecoroTax(5, "VAT 20", Decimal(20))
VAT_0 = PrecoroTax(53, "VAT 0", Decimal(0))
GST, PST = PrecoroTax(61, "GST", Decimal(5)), PrecoroTax(62, "PST BC", Decimal(7))


def state_and_suggestions(tax: PrecoroTax, tax_books: TaxBooks) -> tuple[str, list[str]]:
    """Return the state of one tax and the codes suggested for it."""
    matched = match([tax], tax_books)
    return matched.state, [candidate.code.name for candidate in matched.candidates]


def test_the_only_code_of_a_rate_is_certain_and_is_kept_as_its_rate() -> None:
    tax_books = books(*BRITISH)
    matched = match([VAT_20], tax_books)
    standard = certain(matched, tax_books)
    assert standard is not None
    assert standard.name == "20.0% S"
    assert pairs_of(matched, standard, tax_books) == ({("tax", "5"): "1"}, {("tax_set", "5")})
    assert match([VAT_20], books(*BRITISH, tax_5="1")).code == standard


@pytest.mark.parametrize(
    ("name", "percent", "suggested"),
    [
        ("VAT 0", "0", ["0.0% Z", "Exempt"]),
        ("VAT exempt", "0", ["Exempt", "0.0% Z"]),
        ("Zero", "0", ["0.0% Z", "Exempt"]),
        ("VAT 17.5", "17.5", []),
        ("Outside the EU", "-3", []),
    ],
)
def test_several_codes_of_a_rate_are_suggested_by_their_names(name: str, percent: str, suggested: list[str]) -> None:
    tax_books = books(*BRITISH)
    tax = PrecoroTax(9, name, Decimal(percent))
    assert state_and_suggestions(tax, tax_books) == ("suggested" if suggested else "none", suggested)
    assert certain(match([tax], tax_books), tax_books) is None


def test_one_of_several_codes_is_certain_when_it_alone_has_the_name() -> None:
    tax_books = books(*BRITISH)
    exempt = certain(match([PrecoroTax(9, "Exempt from VAT", Decimal(0))], tax_books), tax_books)
    assert exempt is not None
    assert exempt.name == "Exempt"


@pytest.mark.parametrize("name", ["20.0% RC", "20.0% ECG", "Import VAT 20", "20% (reverse charge)"])
def test_a_reverse_charge_is_never_certain_and_makes_nothing_else_so(name: str) -> None:
    alone = books([code("7", name, "9")], [rate("9", "20")])
    assert state_and_suggestions(VAT_20, alone)[0] == "suggested"
    assert certain(match([VAT_20], alone), alone) is None
    beside = books([code("2", "20.0% S", "1"), code("7", name, "9")], [rate("1", "20"), rate("9", "20")])
    matched = match([VAT_20], beside)
    assert [candidate.code.name for candidate in matched.candidates] == ["20.0% S", name]
    assert certain(matched, beside) is None


def test_a_tax_meant_for_reverse_charge_is_offered_the_code_that_comes_to_nothing_and_is_never_certain() -> None:
    reverse = PrecoroTax(9, "Reverse charge", Decimal(0))
    assert state_and_suggestions(reverse, books(*BRITISH))[1][0] == "20.0% RC"
    assert state_and_suggestions(PrecoroTax(9, "VAT 20 reverse charge", Decimal(20)), books(*BRITISH))[1] == [
        "20.0% RC",
        "20.0% S",
    ]
    zero_only = books([code("4", "0.0% Z", "5")], [rate("5", "0")])
    assert certain(match([reverse], zero_only), zero_only) is None
    assert certain(match([VAT_0], zero_only), zero_only) is not None


def test_a_rate_not_in_force_today_an_inactive_rate_and_an_inactive_code_do_not_count() -> None:
    later = books([code("2", "20.0% S", "1")], [rate("1", "20", since=date(2027, 1, 1))])
    assert state_and_suggestions(VAT_20, later) == ("none", [])
    off = books([code("2", "20.0% S", "1", active=False)], [rate("1", "20")], tax_5="1")
    assert state_and_suggestions(VAT_20, off) == ("none", [])
    gone = books([code("2", "20.0% S", "1")], [dataclasses.replace(rate("1", "20"), active=False)], tax_5="1")
    assert state_and_suggestions(VAT_20, gone) == ("none", [])


def test_a_rate_that_changed_in_quickbooks_unmakes_the_match_of_a_tax() -> None:
    changed = TaxRate(
        "1", "Standard", values=((Decimal(20), date(2011, 1, 4), None), (Decimal(22), date(2026, 11, 1), None))
    )
    tax_books = books([code("2", "20.0% S", "1")], [changed], tax_5="1")
    assert state_and_suggestions(VAT_20, tax_books) == ("none", [])


def test_a_code_chosen_by_hand_stands_whatever_its_rates() -> None:
    tax_books = books(*BRITISH, tax_set_5="7")
    assert match([VAT_20], tax_books).code == tax_books.codes["7"]
    assert pairs_of(match([VAT_20], books(*BRITISH)), tax_books.codes["7"], tax_books) == (
        {("tax_set", "5"): "7"},
        set(),
    )


def test_two_codes_of_one_rate_are_told_apart_by_the_set() -> None:
    tax_books = books([code("2", "20.0% S", "1"), code("8", "20.0% Capital", "1")], [rate("1", "20")])
    kept, dropped = pairs_of(match([VAT_20], tax_books), tax_books.codes["8"], tax_books)
    assert (kept, dropped) == ({("tax", "5"): "1", ("tax_set", "5"): "8"}, set())
    assert match([VAT_20], dataclasses.replace(tax_books, pairs=kept)).code == tax_books.codes["8"]


def test_taxes_of_one_line_find_the_code_of_all_their_rates() -> None:
    alone, pst, both = match_all([GST, PST], [(61, 62)], books(*CANADIAN, tax_61="28", tax_62="37"))
    assert (alone.code and alone.code.name, both.code and both.code.name) == ("GST", "GST/PST BC")
    assert (both.key, both.name) == ("61+62", "GST + PST BC")
    assert pst.state == "none"
    assert "only together with others" in pst.sentence
    assert tax_codes.missing([alone, pst, both]) == []


def test_a_set_of_unpaired_taxes_is_suggested_and_kept_as_chosen() -> None:
    tax_books = books(*CANADIAN)
    both = match([GST, PST], tax_books)
    assert [candidate.code.name for candidate in both.candidates] == ["GST/PST BC"]
    assert certain(both, tax_books) is None
    assert pairs_of(both, tax_books.codes["12"], tax_books) == ({("tax_set", "61+62"): "12"}, set())


def test_what_a_person_refused_is_not_suggested_again_and_makes_nothing_certain() -> None:
    tax_books = dataclasses.replace(books(*BRITISH), refused={("53", "4")})
    matched = match([VAT_0], tax_books)
    assert [candidate.code.name for candidate in matched.candidates] == ["Exempt"]
    assert certain(matched, tax_books) is None


def test_a_refused_code_does_not_come_back_by_its_rate_alone() -> None:
    tax_books = books(*BRITISH)
    only = match([VAT_20], tax_books).candidates[0].code
    refused = dataclasses.replace(tax_books, refused={("5", only.id)})
    matched = match([VAT_20], refused)
    assert (matched.code, matched.candidates) == (None, ())
    assert matched.sentence == "Each code with these rates was refused; choose one by hand, or create one."
    assert sure_pairs(match([VAT_20], tax_books), tax_books)
    assert sure_pairs(matched, refused) == {}


def test_sets_with_a_tax_that_precoro_no_longer_lists_and_withholding_taxes_are_left_out() -> None:
    wht = PrecoroTax(77, "WHT 10", Decimal(10), withholding=True)
    assert [matched.key for matched in match_all([GST, wht], [(61, 99), (61, 77)], books(*CANADIAN))] == ["61"]


# What is made


def test_a_missing_zero_rate_is_made_under_the_agency_with_names_that_are_free() -> None:
    tax_books = books([code("1", "VAT 0", "1")], [rate("1", "20", "VAT 0 (Purchases)")])
    made = tax_codes.new_code(match([VAT_0], tax_books), tax_books)
    assert made.name == "VAT 0 (Precoro)"
    assert made.details("3") == [
        {
            "TaxRateName": "VAT 0 (Purchases) (Precoro)",
            "RateValue": Decimal(0),
            "TaxAgencyId": "3",
            "TaxApplicableOn": "Purchase",
        }
    ]


def test_a_code_for_several_taxes_takes_the_rates_that_are_there_and_makes_the_others() -> None:
    tax_books = books([code("11", "GST", "28")], [rate("28", "5")], tax_61="28")
    made = tax_codes.new_code(match([GST, PST], tax_books), tax_books)
    assert made.rates == ("28", None)
    assert [sorted(detail) for detail in made.details("3")] == [
        ["TaxApplicableOn", "TaxRateId"],
        ["RateValue", "TaxAgencyId", "TaxApplicableOn", "TaxRateName"],
    ]


def test_two_taxes_of_one_rate_get_a_rate_each_so_that_their_codes_can_be_told_apart() -> None:
    first = books([code("90", "VAT 0", "50")], [rate("50", "0")], tax_53="50")
    exempt = PrecoroTax(54, "VAT exempt", Decimal(0))
    assert tax_codes.new_code(match([exempt], first), first).rates == (None,)
    assert match([VAT_0], first).code == first.codes["90"]


def test_a_tax_that_codes_have_only_beside_others_gets_a_code_with_that_rate() -> None:
    tax_books = books(*CANADIAN)
    assert tax_codes.new_code(match([PST], tax_books), tax_books).rates == ("37",)


def test_only_what_has_no_candidate_is_made_unless_a_person_asks_for_it() -> None:
    tax_books = books(*BRITISH)
    matches = match_all([VAT_20, VAT_0, PrecoroTax(60, "VAT 17.5", Decimal("17.5"))], [], tax_books)
    assert [missing.key for missing in tax_codes.missing(matches)] == ["60"]
    assert [missing.key for missing in tax_codes.missing(matches, {"53"})] == ["53"]


@pytest.mark.parametrize(("percent", "said"), [(None, "gives no rate"), (Decimal(-20), "between 0 and 100"), (Decimal(101), "101 %")])  # fmt: skip
def test_a_rate_that_quickbooks_cannot_have_is_refused(percent: Decimal | None, said: str) -> None:
    refused = tax_codes.refusal(Match((PrecoroTax(1, "Odd", percent),), "none"))
    assert refused is not None
    assert said in refused


@given(st.text(min_size=1, max_size=130), st.integers(0, 5))
def test_a_free_name_is_short_and_new_however_often_it_is_taken(wanted: str, times: int) -> None:
    taken: set[str] = set()
    for _ in range(times + 1):
        name = tax_codes.free_name(wanted, taken)
        assert len(name) <= tax_codes.LONGEST_TAX_NAME
        assert matching_name(name) not in taken
        taken.add(matching_name(name))


PERCENTS = st.sampled_from([Decimal(0), Decimal(5), Decimal(7), Decimal(20)])


@given(st.lists(PERCENTS, min_size=1, max_size=6), PERCENTS)
def test_a_certain_code_is_in_use_once_kept_and_is_then_the_one_that_documents_get(
    percents: list[Decimal], percent: Decimal
) -> None:
    rates = [rate(str(number), f"{percent}") for number, percent in enumerate(percents)]
    tax_books = books([code(f"{100 + n}", f"Code {n}", str(n)) for n in range(len(percents))], rates)
    matched = match([PrecoroTax(5, "Tax", percent)], tax_books)
    sure = certain(matched, tax_books)
    assert (sure is not None) == (percents.count(percent) == 1)
    if sure is not None:
        kept, _ = pairs_of(matched, sure, tax_books)
        assert match(matched.taxes, dataclasses.replace(tax_books, pairs=kept)).code == sure


# Withholding


def test_withheld_tax_goes_to_active_liability_accounts_only() -> None:
    owed = BookEntry("90", "Withholding payable", kind="Other Current Liability")
    loan = BookEntry("91", "Long-term", kind="Long Term Liability")
    payable = BookEntry("33", "Accounts Payable (A/P)", kind="Accounts Payable")
    wht = PrecoroTax(77, "WHT 10", Decimal(10), withholding=True)
    assert withholding.offered([payable, owed, loan]) == [loan, owed]
    assert withholding.refusal(wht, owed) is None
    assert "is of type Accounts Payable" in str(withholding.refusal(wht, payable))
    assert "inactive" in str(withholding.refusal(wht, dataclasses.replace(owed, active=False)))


def test_a_code_of_other_rates_than_the_tax_is_told() -> None:
    british = books(*BRITISH)
    chosen = match([VAT_20], british)
    assert other_rates(chosen, british.codes["2"], british) is None
    assert other_rates(chosen, british.codes["3"], british) == "5 %"
    assert other_rates(chosen, british.codes["6"], british) == "no rate today"
