"""What a status of Precoro says about the approval of a document."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mappers.documents.status import APPROVALS, approval, has_to_stand, is_approved
from tests.unit.mappers.cases import invoice

MOMENT = datetime(2026, 11, 23, 10, tzinfo=UTC).isoformat()


@pytest.mark.parametrize(
    ("status", "approved_at", "expected"),
    [
        (0, None, "draft"), (1, None, "pending"), (2, MOMENT, "approved"), (3, None, "denied"), (4, MOMENT, "approved"),
        (5, MOMENT, "approved"), (6, None, "pending"), (7, MOMENT, "draft"), (8, MOMENT, "cancelled"), (9, None, "pending"),
        (9, MOMENT, "approved"), (10, None, "pending"), (11, MOMENT, "approved"), (12, MOMENT, None),
    ],
)  # fmt: skip
def test_each_status_says_how_far_the_approval_is(status: int, approved_at: str | None, expected: str | None) -> None:
    document = invoice(status=status, approvalDate=approved_at)
    assert approval(document) == expected
    assert is_approved(document) == (expected == "approved")
    assert expected is None or expected in APPROVALS


def test_what_has_to_stand_in_quickbooks_is_approved() -> None:
    assert {status for status in range(13) if has_to_stand(status)} <= {
        status for status in range(13) if approval(invoice(status=status)) == "approved"
    }
