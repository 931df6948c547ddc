"""The removal from QuickBooks of what is cancelled, denied, or posts nothing."""

from __future__ import annotations

from mappers import notes, problems
from mappers.documents import adoption, drift, duplicates, locks
from mappers.documents.existing import possibly_ours
from mappers.documents.outcomes import Body, Delete, Hold, Nothing, Plan, Read, Sent
from mappers.documents.overwriting import KEPT, is_overwritten_by_setting, keeping_note, sentences
from mappers.documents.planning import Planning

_CANCELLED = "Cancelled: nothing stands in QuickBooks for it."
"""Said of a document that was never sent, and of one whose entity was removed."""


def plan_forgotten_removal(planning: Planning) -> Plan:
    """Delete what carries our marker though we do not remember sending it, as after an older database was restored."""
    need = possibly_ours(planning)
    if need is not None and need not in planning.answers:
        return need
    entity: Body | None = planning.answers[need] if need else None
    if need is None or entity is None or not duplicates.is_marked(entity, planning.document, planning.books):
        return Nothing("removed", _CANCELLED)
    return plan_removal(planning, adoption.taken_over(need.type, entity, planning.document.version))


def plan_removal(planning: Planning, sent: Sent) -> Plan:
    """Delete what was sent.

    It stays if it is locked, changed by people, or in a closed period.
    """
    if not (planning.policy.automatic or planning.requested_by_person):
        return Nothing("ready", "To be removed from QuickBooks; sending is by hand.")
    need = Read(sent.type, sent.id)
    if need not in planning.answers:
        return need
    current: Body | None = planning.answers[need]
    if current is None:
        return Nothing("removed", "Removed.", (notes.removed_already(sent.type, sent.id),), settled=True)
    if kept := keeping_note(planning, sent, current):
        return Nothing("never", f"{planning.status.capitalize()} in Precoro. {KEPT}", (kept,))
    problems_of_entity = (
        planning.foreign_marker(current),
        locks.closed_period_problem(sent.type, current, planning.books),
        locks.lock_problem(sent.type, current),
    )
    reasons = [problem for problem in problems_of_entity if problem]
    changes = drift.changed_fields(sent, current, planning.books.names)
    figures = [change for change in changes if change.money and not is_overwritten_by_setting(planning, change)]
    if figures and "changed_before_removal" not in planning.decisions.accepted:
        reasons.append(problems.changed_before_removal(sent.type, sent.id, sentences(figures)))
    if reasons:
        return Hold(tuple(reasons), (notes.cancelled(planning.status, sent.type, sent.id),))
    return Delete(sent.type, sent.id, str(current["SyncToken"]))
