"""What is written onto a Precoro document: our own id only, and a log of one length for people."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import partial

import pytest

from cli.reference import example
from mappers import problems
from mappers.problems import CODES
from mappers.write_back import LOG_LENGTH, external_id, log_text, may_write_external_id, read_external_id

SHELL = re.compile(r"\b(?:tieout|bin/\w+|python)\s+\w|(?<!\w)--\w|`")
"""What a shell command in a sentence looks like."""


def test_an_external_id_names_company_type_and_entity_and_is_read_again() -> None:
    text = external_id("9130001", "Bill", "148")
    assert text == "qbo:9130001:bill:148"
    assert read_external_id(text) == ("9130001", "bill", "148")


def test_the_log_says_that_a_bill_is_left_as_it_is_or_gone() -> None:
    held = partial(log_text, "held", type_="Bill", id_="148", number="INV-203")
    locked, deleted = problems.bill_locked("Bill", "148", "it is paid"), problems.deleted_in_quickbooks("Bill", "148")
    assert held(problems=[locked]).startswith("Needs attention; Bill INV-203 (id 148) is left as it is:")
    assert held(problems=[deleted]).startswith("Needs attention; Bill INV-203 (id 148) is gone:")


@pytest.mark.parametrize("text", ["", "148", "qbo:9130001:bill", "qbo:9130001:bill:148:1", "erp:9130001:bill:148"])
def test_what_others_wrote_is_not_read_as_ours(text: str) -> None:
    assert read_external_id(text) is None


@pytest.mark.parametrize(
    ("current", "allowed"),
    [(None, True), ("", True), ("qbo:9130001:bill:148", True), ("qbo:9130002:bill:148", False), ("ERP-7", False)],
)
def test_only_what_is_empty_or_ours_for_this_company_is_written_over(current: str | None, allowed: bool) -> None:
    assert may_write_external_id(current, "9130001") is allowed


def test_the_log_says_what_stands_in_quickbooks() -> None:
    written = log_text("synced", type_="Bill", id_="148", number="INV-203", amount=("USD", Decimal("1234.50")))
    assert written == "In QuickBooks as Bill INV-203 (id 148), USD 1,234.50."


def test_the_log_of_what_a_person_keeps_in_quickbooks_says_so() -> None:
    assert (
        log_text("never", type_="Bill", id_="148", reason="Kept.")
        == "Left as it is in QuickBooks: Bill (id 148).\nKept."
    )
    assert log_text("never") == "Not sent to QuickBooks."


def test_a_log_that_is_too_long_is_cut_with_an_ellipsis() -> None:
    written = log_text("never", reason="x" * 3000)
    assert len(written) == LOG_LENGTH
    assert written.endswith(" …")


@pytest.mark.parametrize("code", CODES)
def test_no_shell_command_reaches_precoro(code: str) -> None:
    problem = example(code)
    written = log_text("held", problems=[problem])
    assert SHELL.search(written) is None
    assert written.splitlines()[1:] == [f"- {problem.sentence} {problem.remedy.words}"]
