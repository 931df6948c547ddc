"""What QuickBooks merged is no change of what was sent."""

from __future__ import annotations

import copy
import dataclasses

from mappers.documents.differences import drift
from mappers.documents.merged import moved_references, with_merges
from mappers.documents.outcomes import digest
from tests.unit.mappers.cases import invoice, line, made, sent_of

DOCUMENT = invoice(items=[line()], sum="500.00")
SENT = sent_of(made(DOCUMENT), DOCUMENT)
ACCOUNT = SENT.body["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"]


def test_nothing_changes_without_a_merge() -> None:
    assert with_merges(SENT, {}) is SENT
    assert with_merges(SENT, {("class", ACCOUNT): "9"}) == SENT


def test_every_reference_moves_also_after_merges_into_merges_and_nothing_else() -> None:
    merges = {("account", ACCOUNT): "98", ("account", "98"): "99", ("vendor", "56"): "57"}
    moved = with_merges(SENT, merges)
    assert {change.field: change.after for change in drift(SENT.answer, moved.answer)} == {
        "AccountRef": "99",
        "VendorRef": "57",
    }
    assert moved.digest == digest(moved.body) != SENT.digest


def test_a_circle_ends_and_a_fingerprint_of_something_else_stays() -> None:
    circle = {("account", ACCOUNT): "98", ("account", "98"): ACCOUNT}
    assert with_merges(SENT, circle).body == SENT.body
    adopted = dataclasses.replace(SENT, digest="")
    assert with_merges(adopted, {("account", ACCOUNT): "98"}).digest == ""


def test_what_refers_to_another_entry_now_is_named_with_both() -> None:
    current = copy.deepcopy(SENT.answer) | {"VendorRef": {"value": "57"}, "DueDate": "2027-01-31"}
    current["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"] = {"value": "99"}
    assert dict(moved_references(SENT, current)) == {("vendor", "56"): "57", ("account", ACCOUNT): "99"}
