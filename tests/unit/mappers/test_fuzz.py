"""Whatever stands in what is read, a reader answers with a value or with its own error that names the place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappers.documents import Document, UnreadableDocument, load_document
from mappers.policy import Policy, UnreadablePolicy, dump_policy, load_policy
from store.records import Record
from tests.unit.mappers.cases import payload
from workers.glance import matters

FUZZ = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text()
    | st.sampled_from(["1e999", "-0", "٣", "2026-02-30", "0000-00-00", "2026-11-02T10:00:00", "\x00", "9" * 5000])
)
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=6)
KEYS = st.sampled_from(sorted(payload())) | st.text()
SEEN = {"updateDate": "2026-11-02T10:00:00+00:00", "status": "2", "approvalDate": "", "sum": "540"}


def places(node: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything in a JSON value."""
    if path:
        yield path
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inside:
        yield from places(value, (*path, key))


def broken(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """Return a whole invoice in which something else stands at one place."""
    whole: Any = deepcopy(payload())
    node = whole
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return dict(whole)


def is_read_or_refused(given_payload: dict[str, Any]) -> bool:
    """Say whether a document came of it, or an error that names a field and says why."""
    try:
        return isinstance(load_document("invoice", given_payload), Document)
    except UnreadableDocument as error:
        return bool(error.field and error.why)


def policy_is_read_or_refused(anything: dict[str, Any]) -> bool:
    """Say whether settings came of it, or an error that names what is wrong."""
    try:
        return isinstance(load_policy(anything), Policy)
    except UnreadablePolicy as error:
        return bool(error.messages and str(error))


@FUZZ
@given(path=st.sampled_from(list(places(payload()))), value=JSON)
def test_an_invoice_with_anything_at_any_place_is_read_or_refused_by_field(path: tuple[Any, ...], value: Any) -> None:
    assert is_read_or_refused(broken(path, value))


@FUZZ
@given(st.dictionaries(KEYS, JSON))
def test_any_object_is_read_as_a_document_or_refused_by_field(anything: dict[str, Any]) -> None:
    assert is_read_or_refused(anything)


@FUZZ
@given(st.dictionaries(st.sampled_from(sorted(dump_policy(Policy()))) | st.text(), JSON))
def test_any_policy_is_read_or_refused_with_every_wrong_setting(anything: dict[str, Any]) -> None:
    assert policy_is_read_or_refused(anything)


@pytest.mark.parametrize("linked", [False, True])
@FUZZ
@given(row=st.fixed_dictionaries({}, optional={name: JSON | st.just(SEEN[name]) for name in SEEN}))
def test_any_row_of_a_page_says_whether_its_document_is_to_be_read(linked: bool, row: Mapping[str, Any]) -> None:
    assert matters(row, Record(seen=SEEN, state="synced" if linked else "open")) in {True, False}
