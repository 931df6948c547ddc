"""Every decision has a safe default, a title, a sentence and, where there are choices, each one's meaning."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from mappers.policy import Policy, PolicySchema, UnreadablePolicy, dump_policy, load_policy


def test_an_empty_policy_is_the_safe_one() -> None:
    assert load_policy({}) == Policy()


def test_a_policy_survives_being_stored() -> None:
    policy = Policy(send="both", go_live=datetime(2026, 9, 1, tzinfo=UTC), payable_accounts={"EUR": "34"})
    assert load_policy(dump_policy(policy)) == policy


def test_every_decision_is_described_and_the_first_choice_is_the_default() -> None:
    fields = PolicySchema().fields
    assert set(fields) == {field.name for field in dataclasses.fields(Policy)}
    for name, field in fields.items():
        assert field.metadata["title"]
        assert field.metadata["sentence"].endswith(".")
        if "choices" in field.metadata:
            assert getattr(Policy(), name) == field.metadata["default"] == next(iter(field.metadata["choices"]))


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(UnreadablePolicy) as caught:
        load_policy({"send": "all", "unit_price_decimals": 9, "payable_accounts": {"euro": "1"}, "sned": "both"})
    assert set(caught.value.messages) == {"send", "unit_price_decimals", "payable_accounts", "sned"}


def test_an_address_that_is_not_precoros_is_refused_in_words() -> None:
    with pytest.raises(UnreadablePolicy, match=r"not an https address at precoro.com or precoro.us with {id} or {idn}"):
        load_policy({"precoro_invoice_page": "https://elsewhere.example/{id}"})
