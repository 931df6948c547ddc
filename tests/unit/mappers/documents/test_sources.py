"""A revision changes coding only where Precoro changed it: what was sent outlives new defaults, pairs and settings."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from mappers.books import BookEntry, Books
from mappers.documents.document import Document
from mappers.documents.outcomes import Read, Sent, Update
from mappers.documents.plan import plan
from mappers.documents.sources import sources
from mappers.policy import Policy
from tests.unit.mappers.cases import (
    ACCOUNT_FIELD,
    CLASS_FIELD,
    POLICY,
    field_value,
    invoice,
    line,
    made,
    option,
    sent_of,
    us_books,
)

SENT = {("account", "60"), ("account", "42"), ("class", "8"), ("term", "3")}
BOOKS = us_books(active_in_sent=frozenset(SENT))
OTHER_DEFAULT = replace(POLICY, default_line_account="42")
AGAIN = {"approvalDate": "2026-10-09T10:00:00+00:00", "sum": "550.00", "netSum": "550.00"}


def sent_with(*fields: dict[str, Any]) -> Sent:
    """Return what was sent for an invoice of one line with these custom fields."""
    document = invoice(items=[line(dataItemCustomFields=list(fields))])
    return sent_of(made(document), document)


def revised(*fields: dict[str, Any], **more: Any) -> Document:
    """Return its revision from 10 to 11 boxes."""
    return invoice(items=[line(quantity="11", dataItemCustomFields=list(fields))], **AGAIN | more)


def update(
    document: Document, sent: Sent, books: Books = BOOKS, policy: Policy = POLICY, **more: Any
) -> dict[str, Any]:
    """Return the line, with its coding, that the revision sends."""
    planned = plan(document, sent, books, policy, answers={Read(sent.type, sent.id): sent.answer}, **more)
    assert isinstance(planned, Update), planned
    [row] = planned.body["Line"]
    assert row["Amount"] == Decimal("550.00")
    coded: dict[str, Any] = {**row[row["DetailType"]], "SalesTermRef": planned.body.get("SalesTermRef")}
    return coded


def account(books: Books, option_id: int, key: str) -> Books:
    """Return books in which an option is paired with another account."""
    return replace(books, pairs={**books.pairs, ("account", str(option_id)): key})


def test_a_new_default_account_does_not_move_a_line_that_was_sent_to_the_old_one() -> None:
    assert update(revised(), sent_with(), policy=OTHER_DEFAULT)["AccountRef"] == {"value": "60"}


def test_a_new_pair_does_not_move_a_line_whose_option_is_the_same() -> None:
    chosen = field_value(ACCOUNT_FIELD, option(880))
    books = account(BOOKS, 880, "60")
    assert update(revised(chosen), sent_with(chosen), books)["AccountRef"] == {"value": "42"}


def test_another_option_in_precoro_moves_it_and_so_does_one_that_is_removed() -> None:
    chosen = field_value(ACCOUNT_FIELD, option(880))
    assert update(revised(chosen), sent_with())["AccountRef"] == {"value": "42"}
    assert update(revised(), sent_with(chosen))["AccountRef"] == {"value": "60"}


def test_an_account_that_is_no_longer_active_gives_way() -> None:
    books = replace(BOOKS, active_in_sent=frozenset(SENT - {("account", "60")}))
    assert update(revised(), sent_with(), books, OTHER_DEFAULT)["AccountRef"] == {"value": "42"}


def test_a_person_who_sends_it_gets_what_is_set_now() -> None:
    by_hand = update(revised(), sent_with(), policy=OTHER_DEFAULT, requested_by_person=True)
    assert by_hand["AccountRef"] == {"value": "42"}


def test_a_payment_term_that_was_paired_since_is_not_added() -> None:
    unpaired = replace(BOOKS, pairs={key: value for key, value in BOOKS.pairs.items() if key[0] != "term"})
    document = invoice()
    sent = sent_of(made(document, unpaired), document)
    assert update(revised(), sent)["SalesTermRef"] is None
    assert update(revised(), sent_with())["SalesTermRef"] == {"value": "3"}


def test_what_was_sent_before_sources_were_kept_follows_what_is_mapped() -> None:
    before = replace(sent_with(), sources={})
    assert update(revised(), before, policy=OTHER_DEFAULT)["AccountRef"] == {"value": "42"}


@pytest.mark.parametrize("level", ["line", "document"])
def test_the_sources_of_a_line_are_its_options_and_those_of_its_document(level: str) -> None:
    chosen = field_value(CLASS_FIELD, option(900), document=level == "document")
    document = (
        invoice(items=[line(dataItemCustomFields=[chosen])])
        if level == "line"
        else invoice(dataDocumentCustomFields=[chosen])
    )
    assert sources(document, BOOKS)["88001.ClassRef"] == f"{CLASS_FIELD}=900*"
    assert sources(document, BOOKS)["88001.AccountRef"] == ""


def test_a_kept_class_that_was_sent_stays_although_its_option_is_paired_anew() -> None:
    chosen = field_value(CLASS_FIELD, option(901))
    other = BookEntry("9", "New class")
    books = replace(BOOKS, classes={**BOOKS.classes, "9": other}, pairs={**BOOKS.pairs, ("class", "901"): "9"})
    assert update(revised(chosen), sent_with(chosen), books)["ClassRef"] == {"value": "8"}
