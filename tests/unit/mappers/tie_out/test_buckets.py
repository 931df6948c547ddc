"""Which bucket explains a document or an entity: one row for each case that people ask about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import String

from mappers.documents.document import BILL, VENDOR_CREDIT
from mappers.tie_out.buckets import BREAKS, BUCKETS, MEANINGS, TITLES, counted, of_document, of_entity, of_other_period
from mappers.tie_out.sides import BooksSide, PrecoroSide, Standing
from store.tie_out import ReportRow

DAY = date(2026, 11, 2)
APPROVED = PrecoroSide("stand", BILL, Decimal("540.00"), "USD", "56", DAY, DAY)
REVISED = replace(APPROVED, amount=Decimal("600.00"))
CANCELLED = replace(APPROVED, requires="remove")
IN_REVISION = replace(APPROVED, requires="wait")
DRAFT = replace(APPROVED, requires="nothing")
UNREAD = replace(APPROVED, is_read=False)
STANDS = BooksSide(BILL, "101", Decimal("540.00"), "USD", "56", DAY)
EDITED = replace(STANDS, total=Decimal("512.00"))
SENT = Decimal("540.00")
SYNCED = Standing("synced", sent=SENT)
HELD = Standing("held", sent=SENT)
UNSENT = Standing("held")


@pytest.mark.parametrize(
    ("precoro", "standing", "books", "bucket"),
    [
        (APPROVED, SYNCED, STANDS, "agrees"),
        (APPROVED, HELD, STANDS, "agrees"),
        (replace(APPROVED, amount=Decimal(0)), Standing("open"), None, "agrees"),
        (APPROVED, UNSENT, None, "held"),
        (REVISED, HELD, STANDS, "held"),
        (CANCELLED, HELD, STANDS, "held"),
        (APPROVED, Standing("ready"), None, "waiting"),
        (APPROVED, Standing("synced", is_due=True), None, "waiting"),
        (REVISED, replace(SYNCED, is_due=True), STANDS, "waiting"),
        (replace(REVISED, is_read=False), SYNCED, STANDS, "waiting"),
        (CANCELLED, replace(SYNCED, is_due=True), STANDS, "waiting"),
        (IN_REVISION, SYNCED, STANDS, "waiting"),
        (UNREAD, None, None, "waiting"),
        (APPROVED, Standing("failed", "no answer"), None, "failed"),
        (APPROVED, Standing("never", "ignored by ann: paid by card"), None, "ignored"),
        (APPROVED, Standing("never", "Historical: approved before go-live (2026-11-01)."), None, "historical"),
        (APPROVED, Standing("never", "A part of 57, which was split; only the whole is sent."), None, "left_out"),
        (APPROVED, replace(SYNCED, is_kept=True), EDITED, "accepted"),
        (CANCELLED, Standing("never", "Cancelled in Precoro. Kept.", sent=SENT), STANDS, "accepted"),
        (APPROVED, SYNCED, EDITED, "different"),
        (APPROVED, HELD, EDITED, "different"),
        (IN_REVISION, SYNCED, EDITED, "different"),
        (REVISED, SYNCED, STANDS, "different"),
        (APPROVED, SYNCED, replace(STANDS, currency="EUR"), "different"),
        (APPROVED, SYNCED, replace(STANDS, party="57"), "different"),
        (APPROVED, SYNCED, replace(STANDS, type=VENDOR_CREDIT), "different"),
        (APPROVED, SYNCED, None, "missing"),
        (APPROVED, HELD, None, "missing"),
        (APPROVED, None, None, "missing"),
        (APPROVED, Standing("synced"), None, "missing"),
        (CANCELLED, SYNCED, STANDS, "not_removed"),
    ],
)  # fmt: skip
def test_a_document_is_in_the_bucket_that_explains_it(
    precoro: PrecoroSide, standing: Standing | None, books: BooksSide | None, bucket: str
) -> None:
    placement = of_document(precoro, standing, books)
    assert placement is not None
    assert placement.bucket == bucket


@pytest.mark.parametrize("precoro", [DRAFT, CANCELLED, IN_REVISION])
def test_what_need_not_stand_and_does_not_is_in_no_bucket(precoro: PrecoroSide) -> None:
    assert of_document(precoro, Standing("open"), None) is None


MOVED = replace(STANDS, dated=date(2026, 12, 2))


@pytest.mark.parametrize(
    ("standing", "in_flight", "bucket"),
    [
        (replace(SYNCED, sent_dated=DAY), False, "different"),
        (replace(HELD, sent_dated=DAY), False, "different"),
        (replace(SYNCED, sent_dated=DAY), True, "in_flight"),
        (replace(SYNCED, sent_dated=DAY, is_kept=True), False, "other_period"),
        (replace(SYNCED, sent_dated=MOVED.dated), False, "other_period"),
        (SYNCED, False, "other_period"),
        (None, False, "other_period"),
    ],
)
def test_what_is_dated_in_another_period_is_explained_unless_people_moved_it(
    standing: Standing | None, in_flight: bool, bucket: str
) -> None:
    assert of_other_period(standing, MOVED, in_flight=in_flight).bucket == bucket


def test_what_breaks_the_agreement_is_in_flight_when_it_changed_meanwhile() -> None:
    changed = of_document(APPROVED, SYNCED, EDITED, in_flight=True)
    explained = of_document(APPROVED, UNSENT, None, in_flight=True)
    assert changed is not None
    assert explained is not None
    assert (changed.bucket, explained.bucket) == ("in_flight", "held")


def test_a_difference_says_from_what_to_what_it_was_changed() -> None:
    placement = of_document(APPROVED, SYNCED, EDITED)
    assert placement is not None
    assert placement.why == "Changed in QuickBooks from 540.00 to 512.00."


@pytest.mark.parametrize(
    ("mark", "twin", "bucket"),
    [
        ("tieout:widgets-inc:invoice:203", None, "stray"),
        (None, "invoice INV-203", "suspected_duplicate"),
        (None, None, "entered_directly"),
    ],
)  # fmt: skip
def test_an_entity_without_a_document_is_a_stray_a_suspected_duplicate_or_entered_directly(
    mark: str | None, twin: str | None, bucket: str
) -> None:
    assert of_entity(mark, twin).bucket == bucket
    assert of_entity(mark, twin, in_flight=True).bucket == ("in_flight" if bucket in BREAKS else bucket)


def test_every_bucket_has_a_title_and_says_what_it_means() -> None:
    assert set(MEANINGS) == set(TITLES) == set(BUCKETS)


def test_the_name_of_every_bucket_fits_its_column() -> None:
    column = ReportRow.__table__.c.bucket.type
    assert isinstance(column, String)
    assert [bucket for bucket in BUCKETS if len(bucket) > (column.length or 0)] == []


def test_counts_are_said_in_the_order_of_the_buckets_and_without_those_that_are_empty() -> None:
    assert counted({"missing": 1, "held": 2, "failed": 0}) == "2 held for a person, 1 missing in QuickBooks"
    assert counted({"missing": 1, "held": 2}, BREAKS) == "1 missing in QuickBooks"
