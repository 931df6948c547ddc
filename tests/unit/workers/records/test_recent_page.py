"""What a row of a list tells: an echo of our own write-back, or news."""

from __future__ import annotations

from typing import Any

import pytest

from workers.records.list_rows import is_unchanged

SEEN = {
    "updateDate": "2026-11-23T10:00:05+00:00",
    "status": "2",
    "approvalDate": "2026-11-23T10:00:01+00:00",
    "sum": "540.00",
}
ROW = {
    "id": 1,
    "updateDate": "2026-11-23T10:00:05+00:00",
    "status": 2,
    "approvalDate": "2026-11-23T10:00:01+00:00",
    "sum": "540.0",
}


def test_a_row_that_shows_what_was_seen_is_an_echo() -> None:
    assert is_unchanged(ROW, SEEN)


@pytest.mark.parametrize(
    "change",
    [
        {"updateDate": "2026-11-23T10:00:06+00:00"},
        {"status": 7},
        {"status": 8},
        {"approvalDate": "2026-11-23T10:00:05+00:00"},
        {"approvalDate": None},
        {"sum": "540.01"},
    ],
)
def test_a_change_in_the_very_second_of_our_write_back_is_news(change: dict[str, Any]) -> None:
    assert not is_unchanged({**ROW, **change}, SEEN)


@pytest.mark.parametrize("missing", ["updateDate", "status", "approvalDate", "sum"])
def test_a_row_that_shows_too_little_is_news(missing: str) -> None:
    assert not is_unchanged({name: value for name, value in ROW.items() if name != missing}, SEEN)


@pytest.mark.parametrize("last_row", [None, {}, {**SEEN, "updateDate": ""}])
def test_without_anything_seen_every_row_is_news(last_row: dict[str, str] | None) -> None:
    assert not is_unchanged(ROW, last_row)
