"""What happened to a record is told in words, whatever of it is missing."""

from __future__ import annotations

import pytest

from mappers.problems import CODES
from workers.records import happenings


@pytest.mark.parametrize(
    ("subject", "operation", "sentence"),
    [
        ("vendorcredit:9", "Delete", "QuickBooks says that the vendor credit was deleted"),
        ("bill:9", "Void", "QuickBooks says that the bill was voided"),
        ("customer:9", "frobnicate", "QuickBooks: customer frobnicate"),
        (None, "update", "QuickBooks says that the entry was changed"),
    ],
)
def test_an_event_says_what_a_service_told(subject: str | None, operation: str | None, sentence: str) -> None:
    assert happenings.event("quickbooks", subject, operation) == sentence


@pytest.mark.parametrize(
    ("outcome", "summary", "sentence"),
    [
        ("hold", "supplier_not_paired, tax_missing", f"Held: {CODES['supplier_not_paired']} {CODES['tax_missing']}"),
        ("hold", "of_a_later_version", "Held: of_a_later_version"),
        ("synced", "created Bill 101", "Created Bill 101"),
        ("removed", "removed Bill 101", "Removed Bill 101"),
        ("never", "nothing: It is historical.", "Left out: It is historical."),
        ("never", "never: too large", "Left out: too large"),
        ("never", "never", "Left out"),
        ("ready", "The connection is not live yet.", "Not sent: The connection is not live yet."),
        ("open", "nothing: It is a draft.", "Not sent: It is a draft."),
        ("open", "unpaired", "Unpaired"),
        ("synced", "nothing: Paid in full.", "Nothing to do: Paid in full."),
    ],
)
def test_a_decision_says_what_it_came_to_and_why(outcome: str, summary: str, sentence: str) -> None:
    assert happenings.decision(outcome, summary) == sentence


@pytest.mark.parametrize(
    ("service", "method", "path", "sentence"),
    [
        ("precoro", "GET", "/invoices/203", "Read the invoice in Precoro"),
        ("precoro", "PATCH", "/invoices/203", "Wrote the invoice to Precoro"),
        ("quickbooks", "GET", "/query", "Looked in QuickBooks"),
        ("quickbooks", "POST", "/batch", "Wrote several at once to QuickBooks"),
        ("quickbooks", "POST", "/upload", "Wrote the file to QuickBooks"),
    ],
)
def test_a_call_says_what_was_read_or_written(service: str, method: str, path: str, sentence: str) -> None:
    assert happenings.call(service, method, path, is_refused=False) == sentence
    assert happenings.call(service, method, path, is_refused=True) == f"{sentence}, without success"


def test_an_act_says_who_did_what_and_why() -> None:
    assert happenings.act("ann", "ignore", {"why": "paid by card"}) == "ann left it out: paid by card"
    assert happenings.act("ann", "choose", {}) == "ann did this: choose"
