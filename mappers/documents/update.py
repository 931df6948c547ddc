"""The new version of a document, laid over the entity just read."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

from mappers import notes, problems
from mappers.documents import differences, drift, locks
from mappers.documents.document import BILL
from mappers.documents.figures import wrong_figures
from mappers.documents.findings import Findings
from mappers.documents.header import Mapped
from mappers.documents.merging import differs, merge, with_fields
from mappers.documents.outcomes import Body, Delete, Hold, Nothing, Plan, Read, Sent, Update
from mappers.documents.overwriting import KEPT, held_changes, is_overwritten, keeping_note
from mappers.documents.planning import Planning
from mappers.documents.purchase_orders import changes_without_approval
from mappers.problems import Note, Problem


def plan_update(planning: Planning, sent: Sent, mapped: Mapped, current: Body, findings: Findings) -> Plan:
    """Lay the new version over the entity just read.

    Its period, its links or people's changes may forbid it.
    """
    reasons = [
        problem
        for problem in (
            planning.foreign_marker(current),
            locks.closed_period_problem(sent.type, current, planning.books),
        )
        if problem
    ]
    if kept := keeping_note(planning, sent, current):
        return Nothing("synced", KEPT, (kept,), settled=True, kept=True)
    if changed := held_changes(planning, sent, current, findings):
        reasons.append(problems.changed_in_quickbooks(sent.type, sent.id, changed))
    locked = locks.lock_problem(sent.type, current)
    if locked and not _may_change_locked(planning, sent, mapped, current):
        reasons.append(locked)
    is_another = sent.type != mapped.type or planning.currency(current) != planning.currency(mapped.body)
    if is_another or _has_another_vendor_or_number(sent, mapped):
        planning.look_for_duplicates(findings)  # before a deletion, too: what cannot be created again is not deleted
        reasons.extend(findings.problems)
    if reasons:
        closing = update_without_approval(planning, sent, current) if planning.document.is_closed_order else None
        return close_then_hold(closing, reasons, findings)
    if is_another:
        token = str(current["SyncToken"])
        return Delete(sent.type, sent.id, token, (*findings.notes, _other_supplier(current, mapped)), again=True)
    return _send_merged(planning, sent, mapped, current, findings)


def _may_change_locked(planning: Planning, sent: Sent, mapped: Mapped, current: Body) -> bool:
    """Tell whether what is paid, applied or billed may take this revision.

    It must change nothing; or the policy must allow recoding of bills, and it changes accounts, classes and texts only.
    """
    merged = _merged(planning, sent, mapped, current)
    if not differs(current, merged):
        return True
    if planning.policy.paid_bills != "allow_recoding" or sent.type != BILL or locks.is_billed_on(current):
        return False
    return locks.only_recodes(current, merged, mapped.total)


def _has_another_vendor_or_number(sent: Sent, mapped: Mapped) -> bool:
    """Tell whether a revision moves to where another entity may be the same document."""
    return any(sent.body.get(name) != mapped.body.get(name) for name in ("VendorRef", "DocNumber"))


def _send_merged(planning: Planning, sent: Sent, mapped: Mapped, current: Body, findings: Findings) -> Plan:
    merged = _merged(planning, sent, mapped, current)
    if not differs(current, merged) and wrong_figures(mapped.body, current) is None:
        return Nothing("synced", "QuickBooks holds it already.", tuple(findings.notes), settled=True)
    if current["VendorRef"]["value"] != mapped.body["VendorRef"]["value"]:
        findings.note(_other_supplier(current, mapped))
    return Update(
        sent.type,
        sent.id,
        merged,
        mapped.body,
        mapped.total,
        tuple(findings.notes),
        mapped.line_keys,
        allow_duplicate=planning.allow_duplicate,
        unlinked_orders=tuple(findings.unlinked_orders),
        sources=mapped.sources,
    )


def _merged(planning: Planning, sent: Sent, mapped: Mapped, current: Body) -> Body:
    """Return the object to send, with our coding where people changed it and ours counts."""
    changes = drift.changed_fields(sent, current)
    restored = {change.key for change in changes if not change.money and is_overwritten(planning, change)}
    return merge(current, sent, mapped, is_us=planning.books.is_us, restored=restored)


def _other_supplier(current: Body, mapped: Mapped) -> Note:
    return notes.supplier_changed(current["VendorRef"]["value"], mapped.body["VendorRef"]["value"])


def update_without_approval(planning: Planning, sent: Sent, current: Body) -> Update | Nothing | None:
    """Send the status of an order alone, or an earlier date that a bill needs.

    That needs no new approval, and is sent even for a billed order.
    """
    fields = changes_without_approval(planning.document, sent, planning.books)
    if not fields:
        return None
    merged, mapped = with_fields(current, fields, is_us=planning.books.is_us), sent.body | fields
    if not differs(current, merged):
        return Nothing("synced", "QuickBooks has this status already.", settled=True, mapped=mapped)
    keys = differences.keys_in_order(sent.line_ids, sent.answer)
    return Update(sent.type, sent.id, merged, mapped, Decimal(current["TotalAmt"]), (), keys, sources=sent.sources)


def close_then_hold(closing: Plan | None, reasons: Sequence[Problem], findings: Findings) -> Plan:
    """Hold a revision, but first close its order if Precoro closed it: `closing` is the plan for that."""
    if isinstance(closing, Read):
        return closing
    if isinstance(closing, Update):
        return dataclasses.replace(closing, again=True)
    return Hold(tuple(reasons), tuple(findings.notes))


def with_lines(sent: Sent, mapped: Mapped) -> Sent:
    """Know the lines of what others sent before us by their place."""
    if sent.line_ids:
        return sent
    return dataclasses.replace(sent, line_ids=differences.line_ids(mapped.line_keys, sent.answer))
