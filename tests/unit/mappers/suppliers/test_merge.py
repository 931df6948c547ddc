"""Keeping a supplier and its vendor in step: tables of single fields, and properties of the whole merge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.policy import Policy
from mappers.suppliers.fields import ADDRESS, GUARDED, LABELS, Field, same
from mappers.suppliers.merge import Agreed, Answer, Merge, agree, common, from_json, merge, to_json
from mappers.suppliers.profile import Profile, read_supplier, read_vendor

ACME: dict[Field, str] = {
    "name": "Acme Supply",
    "address": "1 Road St",
    "city": "Austin",
    "state": "TX",
    "postal_code": "78701",
    "country": "USA",
    "phone": "+1 512 555 0100",
    "account_number": "A-17",
    "email": "ap@acme.example",
}
ASK, NEWEST, UNPAIR = Policy(), Policy(supplier_changed_on_both="newest"), Policy(supplier_deactivated="unpair")
EARLIER, LATER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)


def profile(id_: str = "9001", *, active: bool = True, changed_at: datetime | None = None, **values: Any) -> Profile:
    fields: dict[Any, Any] = {**ACME, **values}
    fields = {name: value for name, value in fields.items() if value is not None}
    return Profile(id_, fields, active=active, currencies=("USD",), changed_at=changed_at)


def agreed(**values: str) -> Agreed:
    return Agreed(
        {name: (values.get(name, value), values.get(name, value)) for name, value in ACME.items()}, (True, True)
    )


def questions_of(plan: Merge) -> dict[str, str]:
    return {question.field: question.why for question in plan.questions}


def test_first_contact_fills_blanks_on_both_sides_and_asks_about_differences() -> None:
    plan = merge(profile(phone="", city="Austin"), profile("56", address=None, name="Acme Supply Inc"), Agreed(), ASK)
    assert plan.to_precoro == {"phone": ACME["phone"]}
    assert plan.to_quickbooks == {"address": ACME["address"]}
    assert questions_of(plan) == {"name": "first"}


@pytest.mark.parametrize("field", sorted(GUARDED))
@pytest.mark.parametrize("blank", ["precoro", "quickbooks"])
def test_first_contact_asks_about_payment_details_even_where_one_side_is_blank(field: Field, blank: str) -> None:
    without: dict[str, Any] = {field: ""}
    supplier = profile(**without) if blank == "precoro" else profile()
    vendor = profile("56", **without) if blank == "quickbooks" else profile("56")
    plan = merge(supplier, vendor, Agreed(), ASK)
    assert (plan.to_precoro, plan.to_quickbooks, questions_of(plan)) == ({}, {}, {field: "first"})


def test_what_two_entries_have_in_common_is_the_base_and_a_blank_on_both_sides_is_part_of_it() -> None:
    base = common(profile(account_number="", city="Dallas"), profile("56", account_number=""))
    assert base.values["account_number"] == ("", "")
    assert "city" not in base.values
    later = merge(profile(account_number="DE00"), profile("56", account_number="", city="Dallas"), base, ASK)
    assert questions_of(later) == {"account_number": "guarded", "city": "first"}


def test_first_contact_takes_another_spelling_for_the_same_value() -> None:
    vendor = profile("56", country="United States", phone="1-512-555-0100", city="AUSTIN", email="AP@acme.example")
    assert merge(profile(), vendor, Agreed(), ASK) == Merge()


def test_no_blank_is_filled_in_an_address_whose_street_differs() -> None:
    plan = merge(profile(city=""), profile("56", address="9 High St"), Agreed(), ASK)
    assert questions_of(plan) == {"address": "first"}
    assert "city" not in plan.to_precoro
    assert plan.open == {"address", "city"}


@pytest.mark.parametrize("field", [name for name in LABELS if name not in GUARDED])
def test_a_field_changed_on_one_side_flows_to_the_other(field: Field) -> None:
    new = "+1 512 555 9999" if field == "phone" else "Canada" if field == "country" else "New value"
    changed: dict[str, Any] = {field: new}
    ours = merge(profile(**changed), profile("56"), agreed(), ASK)
    theirs = merge(profile(), profile("56", **changed), agreed(), ASK)
    assert (ours.to_quickbooks, ours.to_precoro) == ({field: new}, {})
    assert (theirs.to_precoro, theirs.to_quickbooks) == ({field: new}, {})


@pytest.mark.parametrize("field", sorted(GUARDED))
@pytest.mark.parametrize("side", ["precoro", "quickbooks"])
def test_a_changed_account_number_or_e_mail_is_asked_about_whoever_changed_it(field: Field, side: str) -> None:
    new: dict[str, Any] = {field: "pay@other.example" if field == "email" else "DE-99"}
    sides = (profile(**new), profile("56")) if side == "precoro" else (profile(), profile("56", **new))
    for policy in (ASK, NEWEST):
        plan = merge(*sides, agreed(), policy)
        assert questions_of(plan) == {field: "guarded"}
        assert not plan.writes


def test_a_field_changed_on_both_sides_is_asked_about_while_other_fields_flow() -> None:
    plan = merge(profile(city="Dallas", phone="1"), profile("56", city="Houston"), agreed(), ASK)
    assert questions_of(plan) == {"city": "both"}
    assert plan.to_quickbooks == {"phone": "1"}


@pytest.mark.parametrize(("precoro", "quickbooks", "wins"), [(LATER, EARLIER, "Dallas"), (EARLIER, LATER, "Houston")])
def test_the_newest_change_wins_when_the_policy_says_so(precoro: datetime, quickbooks: datetime, wins: str) -> None:
    sides = (profile(city="Dallas", changed_at=precoro), profile("56", city="Houston", changed_at=quickbooks))
    plan = merge(*sides, agreed(), NEWEST)
    assert {**plan.to_precoro, **plan.to_quickbooks} == {"city": wins}


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    assert merge(profile(city="Dallas"), profile("56", city="dallas"), agreed(), ASK) == Merge()


def test_what_quickbooks_does_not_send_is_not_empty() -> None:
    plan = merge(profile(), profile("56", phone=None), agreed(), ASK)
    assert plan == Merge()


def test_a_field_emptied_in_precoro_does_not_empty_the_vendor_but_a_part_of_the_address_does() -> None:
    plan = merge(profile(phone="", state=""), profile("56"), agreed(), ASK)
    assert plan.to_quickbooks == {"state": ""}
    assert [note.code for note in plan.notes] == ["cleared_on_one_side"]


def test_a_field_that_precoro_does_not_send_stays_open() -> None:
    plan = merge(profile(phone=None), profile("56", phone="1"), agreed(), ASK)
    assert plan.open == {"phone"}
    after = agree(agreed(), plan, profile(phone=None), profile("56", phone="1"))
    assert after.values["phone"] == (ACME["phone"], ACME["phone"])


@pytest.mark.parametrize(
    ("supplier", "vendor", "policy", "expected"),
    [
        (False, True, ASK, (None, False, False)),
        (True, False, ASK, (False, None, False)),
        (False, True, UNPAIR, (None, None, True)),
        (True, False, UNPAIR, (None, None, True)),
        (False, False, ASK, (None, None, False)),
    ],
)
def test_a_deactivation_is_followed_or_ends_the_pair(
    supplier: bool, vendor: bool, policy: Policy, expected: tuple[bool | None, bool | None, bool]
) -> None:
    plan = merge(profile(active=supplier), profile("56", active=vendor), agreed(), policy)
    assert (plan.active_in_precoro, plan.active_in_quickbooks, plan.unpair) == expected


def test_a_reactivation_is_followed_too() -> None:
    inactive = Agreed(agreed().values, (False, False))
    assert merge(profile(), profile("56", active=False), inactive, ASK).active_in_quickbooks is True


def test_no_field_flows_while_a_side_is_inactive_and_it_is_caught_up_afterwards() -> None:
    off = Agreed(agreed().values, (True, False))
    plan = merge(profile(city="Dallas"), profile("56", active=False), off, ASK)
    assert not plan.writes
    after = agree(off, plan, profile(city="Dallas"), profile("56", active=False))
    assert merge(profile(city="Dallas"), profile("56"), after, ASK).active_in_precoro is None
    on = Agreed(after.values, (True, True))
    assert merge(profile(city="Dallas"), profile("56"), on, ASK).to_quickbooks == {"city": "Dallas"}


@pytest.mark.parametrize(
    ("side", "to_precoro", "to_quickbooks"),
    [("precoro", {}, {"city": "Dallas"}), ("quickbooks", {"city": "Houston"}, {}), ("apart", {}, {})],
)
def test_an_answer_decides(side: Any, to_precoro: dict[str, str], to_quickbooks: dict[str, str]) -> None:
    sides = (profile(city="Dallas"), profile("56", city="Houston"))
    question = merge(*sides, agreed(), ASK).questions[0]
    plan = merge(*sides, agreed(), ASK, [Answer("city", side, question.digest)])
    assert (plan.to_precoro, plan.to_quickbooks, plan.questions) == (to_precoro, to_quickbooks, ())


def test_an_answer_holds_only_for_the_values_that_were_shown() -> None:
    question = merge(profile(account_number="X"), profile("56"), agreed(), ASK).questions[0]
    answer = Answer.read(str(Answer("account_number", "precoro", question.digest)))
    assert answer is not None
    later = merge(profile(account_number="Y"), profile("56"), agreed(), ASK, [answer])
    assert questions_of(later) == {"account_number": "guarded"}


def free(*lines: str) -> Profile:
    address = {f"Line{place}": line for place, line in enumerate(lines, start=1)}
    return read_vendor({"Id": "56", "DisplayName": "Acme Supply", "BillAddr": address, "CurrencyRef": {"value": "USD"}})


def test_an_address_in_bare_lines_that_says_what_was_agreed_is_that_address() -> None:
    vendor = free("Acme Supply", "1 Road St", "Austin, TX 78701")
    plan = merge(profile(), vendor, agreed(), ASK)
    assert plan == Merge()
    assert agree(agreed(), plan, profile(), vendor).values["city"] == ("Austin", "Austin")


def test_an_address_in_bare_lines_that_nobody_knows_is_asked_about_and_never_torn_apart() -> None:
    vendor = free("Acme Supply", "9 High St", "Dallas, TX 75201")
    plan = merge(profile(), vendor, agreed(), ASK)
    assert questions_of(plan) == {"address": "first"}
    assert not set(ADDRESS) & {*plan.to_precoro, *plan.to_quickbooks}
    answer = Answer("address", "precoro", plan.questions[0].digest)
    assert merge(profile(), vendor, agreed(), ASK, [answer]).to_quickbooks == {name: ACME[name] for name in ADDRESS}
    apart = merge(profile(), vendor, agreed(), ASK, [Answer("address", "apart", answer.digest)])
    assert merge(profile(), vendor, agree(agreed(), apart, profile(), vendor), ASK).questions == ()


def test_the_mark_of_an_inactive_vendor_never_flows() -> None:
    for name in ("Acme Supply (deleted)", "Acme Supply (Deleted)"):
        vendor = read_vendor({"Id": "56", "DisplayName": name, "Active": False})
        assert vendor.name == "Acme Supply"


def test_several_addresses_of_a_vendor_are_the_contacts_of_a_supplier() -> None:
    supplier = read_supplier(
        {"id": 1, "contacts": {"data": [{"email": "a@acme.example"}, {"email": "b@acme.example"}]}}
    )
    vendor = read_vendor({"Id": "56", "PrimaryEmailAddr": {"Address": "b@acme.example,a@acme.example"}})
    assert same("email", supplier.values["email"], vendor.values["email"])


def carried_out(before: Profile, said: Mapping[Field, str], active: bool | None) -> Profile:
    return replace(before, values={**before.values, **said}, active=before.active if active is None else active)


words = st.text(alphabet="ab 1,-", max_size=4)
values = st.fixed_dictionaries({}, optional=dict.fromkeys(LABELS, words))
moments = st.sampled_from([EARLIER, LATER, None])
profiles = st.builds(
    lambda fields, active, at: Profile("1", fields, active=active, changed_at=at), values, st.booleans(), moments
)
baselines = st.one_of(
    st.just(Agreed()),
    st.builds(
        lambda ours, theirs, active: Agreed({n: (ours[n], theirs[n]) for n in ours if n in theirs}, active),
        values,
        values,
        st.tuples(st.booleans(), st.booleans()),
    ),
)
policies = st.sampled_from([ASK, NEWEST, UNPAIR])


@given(profiles, profiles, baselines, policies)
def test_no_field_is_written_and_asked_about_or_written_both_ways(
    ours: Profile, theirs: Profile, before: Agreed, policy: Policy
) -> None:
    plan = merge(ours, theirs, before, policy)
    questions = {question.field for question in plan.questions}
    assert not questions & {*plan.to_precoro, *plan.to_quickbooks}
    assert not set(plan.to_precoro) & set(plan.to_quickbooks)


@given(profiles, profiles, baselines, policies)
def test_a_guarded_field_is_never_written_over_another_value(
    ours: Profile, theirs: Profile, before: Agreed, policy: Policy
) -> None:
    plan = merge(ours, theirs, before, policy)
    for name in GUARDED:
        assert name not in plan.to_precoro or (not ours.values[name] and name not in before.values)
        assert name not in plan.to_quickbooks or (not theirs.values.get(name) and name not in before.values)


@given(profiles, profiles, baselines, policies)
def test_what_was_carried_out_leaves_nothing_to_do(
    ours: Profile, theirs: Profile, before: Agreed, policy: Policy
) -> None:
    plan = merge(ours, theirs, before, policy)
    supplier = carried_out(ours, plan.to_precoro, plan.active_in_precoro)
    vendor = carried_out(theirs, plan.to_quickbooks, plan.active_in_quickbooks)
    again = merge(supplier, vendor, agree(before, plan, supplier, vendor), policy)
    same_questions = {question.digest for question in again.questions} >= {
        question.digest for question in plan.questions
    }
    assert plan.unpair or plan.writes or same_questions
    if not (plan.active_in_precoro or plan.active_in_quickbooks or plan.unpair):
        assert not again.writes


@given(baselines)
def test_what_was_agreed_on_is_stored_whole(before: Agreed) -> None:
    assert from_json(to_json(before)) == before
