"""What was sent, after QuickBooks has merged entries to which it refers into others: that is no change by people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mappers.documents.drift import change_of
from mappers.documents.outcomes import Sent, digest
from mappers.documents.preview import LISTS

Merges = Mapping[tuple[str, str], str]
"""The entry that each one, by list and id, was merged into."""


def moved_references(sent: Sent, current: Mapping[str, Any]) -> list[tuple[tuple[str, str], str]]:
    """Return each entry, by list and id, to which what was sent refers, and to which the entity refers in its place.

    Raises LookupError, TypeError, ValueError or ArithmeticError for what is no entity.
    """
    change = change_of(sent, current)
    return [
        ((LISTS[field.field], field.raw_before), field.raw)
        for field in (change.fields if change is not None else ())
        if field.field in LISTS and isinstance(field.raw_before, str) and isinstance(field.raw, str)
    ]


def with_merges(sent: Sent, merges: Merges) -> Sent:
    """Return what was sent as if it referred to the entries that are left."""
    if not merges:
        return sent
    body, answer = _moved(sent.body, merges), _moved(sent.answer, merges)
    is_mapped = sent.digest == digest(sent.body)
    return replace(sent, body=body, answer=answer, digest=digest(body) if is_mapped else sent.digest)


def _moved(value: Any, merges: Merges) -> Any:
    """Return a part of an entity with every reference to an entry that is gone moved."""
    if isinstance(value, list):
        return [_moved(item, merges) for item in value]
    if not isinstance(value, Mapping):
        return value
    return {field: _reference(field, content, merges) for field, content in value.items()}


def _reference(field: str, content: Any, merges: Merges) -> Any:
    if field in LISTS and isinstance(content, Mapping):
        stays = _last((LISTS[field], str(content.get("value"))), merges)
        return content if stays is None else {"value": stays}
    return _moved(content, merges)


def _last(entry: tuple[str, str], merges: Merges) -> str | None:
    """Return the id that is left of an entry, also after merges into merges; None when it was not merged."""
    passed: set[tuple[str, str]] = set()
    stays = None
    while entry in merges and entry not in passed:
        passed.add(entry)
        stays = merges[entry]
        entry = entry[0], stays
    return stays
