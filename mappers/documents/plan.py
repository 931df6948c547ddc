"""Tieout's one decision: the change that makes QuickBooks agree with a document."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mappers import problems
from mappers.books import Books
from mappers.documents.creation import plan_first
from mappers.documents.credit_notes import with_positive_figures
from mappers.documents.decisions import NONE, Decisions
from mappers.documents.document import Document
from mappers.documents.left_out import left_out
from mappers.documents.outcomes import Answers, Hold, Need, Nothing, Plan, Sent
from mappers.documents.planning import Planning
from mappers.documents.removal import plan_forgotten_removal, plan_removal
from mappers.documents.revision import plan_change
from mappers.documents.status import PENDING, required_action
from mappers.policy import Policy

_NO_ANSWERS: Mapping[Need, Any] = MappingProxyType({})


def plan(
    document: Document,
    sent: Sent | None,
    books: Books,
    policy: Policy,
    *,
    answers: Answers = _NO_ANSWERS,
    requested_by_person: bool = False,
    decisions: Decisions = NONE,
) -> Plan:
    """Return the change that makes QuickBooks agree, or why none is made.

    A `Need` asks for one read; call again with its answer in `answers`. `requested_by_person`: a person clicked Send.
    `decisions`: what that person decided besides, such as to step over a possible duplicate.
    """
    figures = with_positive_figures(document)
    return _plan(Planning(figures, sent, books, policy, answers, requested_by_person, decisions))


def _plan(planning: Planning) -> Plan:
    """Plan what the status of the document requires."""
    document, sent, policy = planning.document, planning.sent, planning.policy
    action = required_action(document, linked=sent is not None)
    if sent is None and (never := left_out(document, policy)):
        return never
    if action == "unknown":
        return Hold((problems.status_unknown(document.status, document.status_text),))
    if document.status == PENDING and (policy.pending_too or planning.requested_by_person):
        action = "stand"
    if action == "nothing":
        return Nothing("open", f"Not approved yet ({planning.status}).")
    if action == "wait":
        return Nothing("synced", f"Left as it is in QuickBooks: {planning.status}.")
    if action == "remove":
        return plan_removal(planning, sent) if sent else plan_forgotten_removal(planning)
    return plan_change(planning, sent) if sent else plan_first(planning)
