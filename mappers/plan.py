"""The one decision of Tieout: what QuickBooks should hold because of a document, and the change that gets it there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from mappers.books import Books
from mappers.documents import Document
from mappers.outcomes import (
    Adopt,
    Answers,
    Body,
    Create,
    Delete,
    Hold,
    Need,
    Nothing,
    Plan,
    Rate,
    Read,
    Search,
    Sent,
    Update,
    digest,
)
from mappers.policy import Policy

__all__ = [
    "Adopt", "Answers", "Body", "Create", "Delete", "Hold", "Need", "Nothing", "Plan", "Rate", "Read", "Search", "Sent",
    "Update", "digest", "plan",
]  # fmt: skip

_NO_ANSWERS: Mapping[Need, Any] = MappingProxyType({})


def plan(
    document: Document,
    sent: Sent | None,
    books: Books,
    policy: Policy,
    *,
    answers: Answers = _NO_ANSWERS,
    asked: bool = False,
    accepted: Collection[str] = (),
) -> Plan:
    """Return the one change that makes QuickBooks agree with this document, or why none is made.

    A `Need` asks for one read; call again with its answer in `answers`. `asked`: a person clicked Send. `accepted`: codes
    of problems that a person decided to step over (possible_duplicate, already_in_quickbooks, changed_in_quickbooks).
    """
    raise NotImplementedError
