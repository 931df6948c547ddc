"""A new entity for a document: whether it is sent, and every check before."""

from __future__ import annotations

from mappers import problems
from mappers.documents.existing import adopt_chosen, plan_existing, possibly_ours
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped
from mappers.documents.left_out import left_out_when_due
from mappers.documents.outcomes import Create, Nothing, Plan, RateLookup
from mappers.documents.planning import Planning, held
from mappers.problems import Note, Problem

_RECODES = "The total is 0.00, but its lines move amounts between accounts: a person sends it, if that is meant."


def plan_first(planning: Planning) -> Plan:
    """Plan the first sending of a document."""
    if never := left_out_when_due(planning.document, planning.policy):
        return never
    if planning.posts_nothing:
        return Nothing("open", "Nothing to post: the total is 0.00.")
    if planning.only_recodes and not planning.requested_by_person:
        return Nothing("ready", _RECODES)
    if not (planning.policy.automatic or planning.requested_by_person):
        return Nothing("ready", "Approved; sending is by hand.")
    return plan_create(planning)


def plan_create(planning: Planning, *more_notes: Note) -> Plan:
    """Plan a new entity: the only way to one, with every check before it.

    `more_notes` are said about an entity that is really new.
    """
    if planning.decisions.adopt:
        return adopt_chosen(planning, planning.decisions.adopt)
    findings = Findings()
    mapped = planning.mapped(None, findings)
    own = possibly_ours(planning)
    if own is None:
        planning.look_for_duplicates(findings)
    if findings.problems:
        return held(findings)
    if mapped is None or isinstance(mapped, RateLookup):
        return mapped or held(findings)
    existing = plan_existing(planning, mapped, findings)
    if existing is not None:
        return existing
    if own is not None:  # it is gone
        planning.look_for_duplicates(findings)
    if findings.problems:
        return held(findings)
    new = _new(planning, mapped, findings, *more_notes)
    waits = _waits_for_predecessors(planning, findings)
    return Nothing("open", waits[0].sentence, problems=tuple(waits), then=new) if waits else new


def _new(planning: Planning, mapped: Mapped, findings: Findings, *more_notes: Note) -> Create:
    return Create(
        mapped.type,
        mapped.body,
        mapped.total,
        (*findings.notes, *more_notes),
        mapped.line_keys,
        planning.allow_duplicate,
        tuple(findings.unlinked_orders),
        mapped.sources,
    )


def _waits_for_predecessors(planning: Planning, findings: Findings) -> list[Problem]:
    """Return what goes first and is under way or gets an earlier date, unless a person does not wait."""
    waits = [
        problems.waits_for_predecessor(predecessor.kind, predecessor.id, predecessor.title, predecessor.why)
        for predecessor in planning.books.predecessors
        if predecessor.is_coming and "waits_for_predecessor" not in planning.decisions.accepted
    ]
    return waits + [
        problems.order_is_later(order.precoro_id, order.title, order.date) for order in findings.later_orders
    ]
