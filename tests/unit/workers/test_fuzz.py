"""Whatever stands in a row of a list, it is known whether its document is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.records import Record
from tests.unit.noise import FUZZ, JSON
from workers.records.list_rows import may_matter
from workers.rows import with_ids

SEEN = {"updateDate": "2026-11-02T10:00:00+00:00", "status": "2", "approvalDate": "", "sum": "540"}


@pytest.mark.parametrize("linked", [False, True])
@FUZZ
@given(row=st.fixed_dictionaries({}, optional={name: JSON | st.just(SEEN[name]) for name in SEEN}))
def test_any_row_of_a_page_says_whether_its_document_is_to_be_read(linked: bool, row: Mapping[str, Any]) -> None:
    assert may_matter(row, Record(list_row=SEEN, state="synced" if linked else "open")) in {True, False}


@FUZZ
@given(rows=st.lists(st.fixed_dictionaries({}, optional={"id": JSON})))
def test_rows_without_a_usable_id_are_left_out_and_no_others(rows: list[dict[str, Any]]) -> None:
    kept = with_ids("invoices", [{"id": 203}, *rows, {"id": "204"}])
    assert (kept[0], kept[-1]) == ({"id": 203}, {"id": "204"})
    assert all(0 < len(str(row["id"])) <= 40 and str(row["id"]).isascii() for row in kept)
