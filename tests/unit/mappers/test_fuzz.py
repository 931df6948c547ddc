"""Whatever stands in what is read, a reader answers with a value or with its own error that names the place."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mappers.documents.document import Document
from mappers.documents.reading import UnreadableDocument, load_document
from mappers.policy import Policy, UnreadablePolicy, dump_policy, load_policy
from tests.unit.mappers.cases import payload
from tests.unit.noise import FUZZ, JSON, broken, places

KEYS = st.sampled_from(sorted(payload())) | st.text()


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
    assert is_read_or_refused(broken(payload(), path, value))


@FUZZ
@given(st.dictionaries(KEYS, JSON))
def test_any_object_is_read_as_a_document_or_refused_by_field(anything: dict[str, Any]) -> None:
    assert is_read_or_refused(anything)


@FUZZ
@given(st.dictionaries(st.sampled_from(sorted(dump_policy(Policy()))) | st.text(), JSON))
def test_any_policy_is_read_or_refused_with_every_wrong_setting(anything: dict[str, Any]) -> None:
    assert policy_is_read_or_refused(anything)
