"""A document that stands in QuickBooks: revised, restored, created again, or left."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from mappers import notes, problems
from mappers.documents import differences, drift, duplicates
from mappers.documents.creation import plan_create
from mappers.documents.figures import total_meant, wrong_figures
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped
from mappers.documents.outcomes import Adopt, Body, Hold, Nothing, Plan, RateLookup, Read, Sent, digest
from mappers.documents.overwriting import KEPT, sentences
from mappers.documents.planning import Planning, held
from mappers.documents.purchase_orders import changes_without_approval
from mappers.documents.removal import plan_removal
from mappers.documents.update import close_then_hold, plan_update, update_without_approval, with_lines
from mappers.problems import Problem

Next = TypeVar("Next", bound=Plan | None)
_STANDS = "This approved version stands in QuickBooks."


def plan_change(planning: Planning, sent: Sent) -> Plan:
    """Plan what becomes of an entity that has to stand: a new version of it, or what it needs without one."""
    if doubled := _entered_again(planning, sent):
        return Hold((doubled,))
    if sent.version == planning.document.version and not sent.revised and not planning.requested_by_person:
        return (
            _change_without_approval(planning, sent)
            or _wrong_figures(planning, sent)
            or _changed_since(planning, sent)
            or _unchanged(planning, sent)
        )
    if not (planning.policy.automatic or planning.requested_by_person):
        return Nothing("ready", "Approved again; sending is by hand.")
    if planning.posts_nothing:
        return plan_removal(planning, sent)
    return _revise(planning, sent)


def _entered_again(planning: Planning, sent: Sent) -> Problem | None:
    """Return the problem of what people entered beside what stands, unless a person has decided about it."""
    is_decided = planning.decisions.adopt or "entered_again" in planning.decisions.accepted
    if is_decided or planning.books.own_entity == "gone":
        return None
    return duplicates.entered_again(planning.document, sent, planning.books)


def _change_without_approval(planning: Planning, sent: Sent) -> Plan | None:
    """Send what needs no new approval, over the entity as it stands."""
    if not changes_without_approval(planning.document, sent, planning.books):
        return None
    return _as_it_stands(planning, sent, lambda current: update_without_approval(planning, sent, current))


def _wrong_figures(planning: Planning, sent: Sent) -> Plan | None:
    """Hold what QuickBooks answered with other figures than were sent.

    It is over once they are corrected there, or a person decides.
    """
    if sent.kept or wrong_figures(sent.body, sent.answer) is None:
        return None
    return _as_it_stands(planning, sent, lambda current: _corrected(sent, current))


def _corrected(sent: Sent, current: Body) -> Plan:
    """Take over figures that people corrected, or hold those that are still wrong."""
    wrong = wrong_figures(sent.body, current)
    if wrong:
        return Hold((problems.total_differs_in_quickbooks(sent.type, sent.id, wrong),))
    keys = differences.keys_in_order(sent.line_ids, sent.answer)
    corrected = (notes.corrected(sent.type, sent.id),)
    return Adopt(sent.type, sent.id, current, corrected, sent.body, keys, sources=sent.sources)


def _changed_since(planning: Planning, sent: Sent) -> Plan | None:
    """Hold what was deleted in QuickBooks or changed by people there, or restore it where the settings say so."""
    if planning.books.own_entity == "gone":
        return Hold((problems.deleted_in_quickbooks(sent.type, sent.id),))
    drifted = planning.books.drift
    undecided = [field.change for field in drifted if field.state == drift.OPEN]
    actions = {drift.action_on(change, planning.policy) for change in undecided}
    if "hold" in actions:
        return Hold((problems.changed_in_quickbooks(sent.type, sent.id, sentences(undecided)),))
    if "restore" in actions:
        return _restore(planning, sent)
    figures = [field.change for field in drifted if field.state == drift.REPORTED and field.change.money]
    if not figures or planning.policy.changed_in_quickbooks != "overwrite":
        return None
    return Nothing("synced", f"Changed in QuickBooks: {sentences(figures)}. The next version overwrites it.")


def _restore(planning: Planning, sent: Sent) -> Plan:
    """Send again what was sent, over what people changed."""
    keys = differences.keys_in_order(sent.line_ids, sent.answer)
    mapped = Mapped(sent.type, sent.body, keys, total_meant(sent.body), sent.sources)
    return _as_it_stands(planning, sent, lambda current: plan_update(planning, sent, mapped, current, Findings()))


def _unchanged(planning: Planning, sent: Sent) -> Nothing:
    """Leave what was sent.

    A note says when the same approved version would be mapped differently today. What others sent before us gets what we would
    have sent as the base of later changes.
    """
    if sent.kept:
        return Nothing("synced", KEPT, settled=True, kept=True)
    mapped = planning.mapped(sent, Findings())
    if not sent.line_ids and isinstance(mapped, Mapped):
        kept = wrong_figures(mapped.body, sent.answer) is not None
        return Nothing("synced", _STANDS, settled=True, kept=kept, mapped=mapped.body, line_keys=mapped.line_keys)
    changed = (notes.changed_without_revision(),) if sent.digest and _is_another(planning, sent, mapped) else ()
    return Nothing("synced", _STANDS, changed, settled=True)


def _is_another(planning: Planning, sent: Sent, mapped: Mapped | RateLookup | None) -> bool:
    """Say whether what would be sent today is something else, or could not be sent because its currency is another."""
    if isinstance(mapped, Mapped):
        return digest(mapped.body) != sent.digest
    return planning.document.currency != planning.currency(sent.body)


def _revise(planning: Planning, sent: Sent) -> Plan:
    """Plan the new version of what stands."""
    findings = Findings()
    mapped = planning.mapped(sent, findings)
    if findings.problems:
        closing = _change_without_approval(planning, sent) if planning.document.is_closed_order else None
        return close_then_hold(closing, findings.problems, findings)
    if mapped is None or isinstance(mapped, RateLookup):
        return mapped or held(findings)
    new = mapped
    return _as_it_stands(
        planning,
        sent,
        lambda current: plan_update(planning, with_lines(drift.corrected(sent, current), new), new, current, findings),
    )


def _as_it_stands(planning: Planning, sent: Sent, decide: Callable[[Body], Next]) -> Next | Plan:
    """Plan over the entity as QuickBooks holds it now: read it first, and plan for its deletion where it is gone."""
    need = Read(sent.type, sent.id)
    if need not in planning.answers:
        return need
    current: Body | None = planning.answers[need]
    return _plan_deleted(planning, sent) if current is None else decide(current)


def _plan_deleted(planning: Planning, sent: Sent) -> Plan:
    """Plan what was deleted in QuickBooks: hold, or create it again."""
    decided = planning.decisions.adopt or "deleted_in_quickbooks" in planning.decisions.accepted
    if planning.policy.deleted_in_quickbooks == "hold" and not decided:
        return Hold((problems.deleted_in_quickbooks(sent.type, sent.id),))
    return plan_create(planning, notes.created_again(sent.type, sent.id))
