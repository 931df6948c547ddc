"""The entity of QuickBooks that may stand for an unsent document already."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from mappers import notes, problems
from mappers.documents import adoption, duplicates, locks
from mappers.documents.document import TYPES_IN_LOWER_CASE
from mappers.documents.figures import wrong_figures
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped
from mappers.documents.merging import with_our_marker
from mappers.documents.outcomes import Adopt, Body, Hold, Plan, RateLookup, Read, Search
from mappers.documents.planning import Planning, held
from mappers.documents.update import plan_update, with_lines
from mappers.text import find_marker
from mappers.write_back import read_external_id

_SEARCH_BACK = timedelta(days=1)


def possibly_ours(planning: Planning) -> Read | None:
    """Return what to read of an entity that we may have sent: a recent one with our marker, or the one that our id names."""
    own = duplicates.own_entity(planning.document, planning.type, planning.books)
    if own:
        return Read(planning.type, own.id)
    external = read_external_id(planning.document.external_id or "")
    if external is None or external[0] != planning.books.realm or external[1] not in TYPES_IN_LOWER_CASE:
        return None
    return Read(TYPES_IN_LOWER_CASE[external[1]], external[2])


def plan_existing(planning: Planning, mapped: Mapped, findings: Findings) -> Plan | None:
    """Look at the entity that may stand for this document already.

    Precoro names it, or a recent entity carries our marker.
    """
    own = duplicates.own_entity(planning.document, planning.type, planning.books)
    if own:
        return _read_existing(planning, Read(planning.type, own.id), mapped, findings, ours=True)
    if planning.document.qbo_id:
        return _read_existing(planning, Read(planning.type, planning.document.qbo_id), mapped, findings, ours=False)
    text = planning.document.external_id
    if not text:
        return None
    external = read_external_id(text)
    if external and external[0] == planning.books.realm and external[1] in TYPES_IN_LOWER_CASE:
        return _read_ours(planning, Read(TYPES_IN_LOWER_CASE[external[1]], external[2]), mapped, findings)
    if text.isascii() and text.isdigit():
        return _read_existing(planning, Read(planning.type, text), mapped, findings, ours=False)
    return _search_marker(planning, text, mapped, findings)


def _read_ours(planning: Planning, need: Read, mapped: Mapped, findings: Findings) -> Plan | None:
    """Read the entity that our own id in Precoro names.

    An invoice that has become a credit note, or the other way round, names one of the other type, which is deleted first.
    """
    if need.type == planning.type or need not in planning.answers or planning.answers[need] is None:
        return _read_existing(planning, need, mapped, findings, ours=True)
    return _hold_existing(planning, f"{need.type} {need.id}", f"this document becomes a {planning.type}", findings)


def _read_existing(planning: Planning, need: Read, mapped: Mapped, findings: Findings, *, ours: bool) -> Plan | None:
    """Read the entity that is named, and adopt it or hold.

    One that was ours and is gone does not stand in the way.
    """
    if need not in planning.answers:
        return need
    entity: Body | None = planning.answers[need]
    what = f"{need.type} {need.id}"
    if entity is None:
        return None if ours else _hold_existing(planning, what, "it is not there any more", findings)
    marked, same = (
        duplicates.is_marked(entity, planning.document, planning.books),
        duplicates.is_same(entity, mapped, planning.books),
    )
    if not marked and not same:
        return _hold_existing(planning, what, "its vendor, currency or total is another", findings)
    if marked and not same and _names(planning, need) and _is_as_created(entity):
        return _revise_forgotten(planning, need.type, entity, mapped, findings)
    if marked and not same:
        why = "it carries our marker, but its vendor, currency or total is another"
        return Hold((problems.already_in_quickbooks(what, why, need.id),))
    if marked or _may_adopt(planning, entity):
        return _adopt(planning, entity, mapped, findings)
    why = "it does not carry the marker of this document"
    return Hold((problems.already_in_quickbooks(what, why, need.id),))


def _names(planning: Planning, need: Read) -> bool:
    """Tell whether our own id in Precoro names an entity: nobody copies that, as people copy a bill with its marker."""
    named = read_external_id(planning.document.external_id or "")
    return named == (planning.books.realm, need.type.lower(), need.id)


def _is_as_created(entity: Body) -> bool:
    """Tell whether nobody has changed an entity since it was created (docs/reference/quickbooks.md, Identity and requestid)."""
    return str(entity.get("SyncToken")) == "0"


def _revise_forgotten(planning: Planning, type_: str, entity: Body, mapped: Mapped, findings: Findings) -> Plan:
    """Send a revision over what we do not remember sending, as after an older database was restored."""
    findings.note(notes.adopted(type_, str(entity["Id"])))
    sent = adoption.taken_over(type_, entity, None)
    return plan_update(planning, with_lines(sent, mapped), mapped, entity, findings)


def _may_adopt(planning: Planning, entity: Body) -> bool:
    """Tell whether a person decided to adopt an entity that carries nobody's marker."""
    return "already_in_quickbooks" in planning.decisions.accepted and find_marker(entity.get("PrivateNote")) is None


def _search_marker(planning: Planning, text: str, mapped: Mapped, findings: Findings) -> Plan | None:
    """Search for our marker when `externalId` says something that others wrote."""
    created = planning.document.create_date
    since = created - _SEARCH_BACK if created else None
    need = Search(planning.type, mapped.body["VendorRef"]["value"], planning.marker, since)
    if need not in planning.answers:
        return need
    entities: tuple[Body, ...] = planning.answers[need]
    same = [entity for entity in entities if duplicates.is_same(entity, mapped, planning.books)]
    if len(entities) == 1 and same:
        return _adopt(planning, same[0], mapped, findings)
    why = "others wrote that, and not exactly one entity carries our marker"
    return _hold_existing(planning, text, why, findings)


def _hold_existing(planning: Planning, what: str, why: str, findings: Findings) -> Hold | None:
    """Hold, unless a person decided to create it all the same."""
    if "already_in_quickbooks" in planning.decisions.accepted:
        findings.note(notes.sent_despite("already_in_quickbooks"))
        return None
    return Hold((problems.already_in_quickbooks(what, why),))


def adopt_chosen(planning: Planning, entity_id: str) -> Plan:
    """Adopt the entity that a person chose, whatever its figures.

    One that stands for another document is held.
    """
    findings, need = Findings(), Read(planning.type, entity_id)
    mapped = planning.mapped(None, findings)
    if mapped is None or isinstance(mapped, RateLookup) or findings.problems:
        return mapped if isinstance(mapped, RateLookup) else held(findings)
    if need not in planning.answers:
        return need
    entity: Body | None = planning.answers[need]
    if entity is None:
        return Hold((problems.deleted_in_quickbooks(planning.type, entity_id),))
    if foreign := planning.foreign_marker(entity):
        return Hold((foreign,))
    return _adopt(planning, entity, mapped, findings)


def _adopt(planning: Planning, entity: Body, mapped: Mapped, findings: Findings) -> Adopt:
    """Link the document to an entity, and plan to write our marker into it.

    Nothing is written where the marker is there already, or the period is closed.
    """
    type_, id_ = planning.type, str(entity["Id"])
    findings.note(notes.adopted(type_, id_))
    marked = None
    if not duplicates.is_marked(entity, planning.document, planning.books):
        if locks.closed_period_problem(type_, entity, planning.books):
            findings.note(notes.adopted_without_marker(type_, id_))
        else:
            marked = with_our_marker(entity, planning.marker, is_us=planning.books.is_us)
    kept = wrong_figures(mapped.body, entity) is not None
    adopted = Adopt(
        type_, id_, entity, tuple(findings.notes), mapped.body, mapped.line_keys, marked, kept, mapped.sources
    )
    differing = ", ".join(adoption.differences(adopted, planning.books.home_currency))
    more = (notes.adopted_as_it_is(differing),) if differing else ()
    return dataclasses.replace(adopted, notes=(*adopted.notes, *more))
