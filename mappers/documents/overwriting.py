"""Which changes of people in QuickBooks are overwritten, kept, or held."""

from __future__ import annotations

from collections.abc import Iterable

from mappers import notes
from mappers.documents import drift
from mappers.documents.fields import FieldChange
from mappers.documents.figures import wrong_figures
from mappers.documents.findings import Findings
from mappers.documents.outcomes import Body, Sent
from mappers.documents.planning import Planning
from mappers.problems import Note

KEPT = "Kept as it is in QuickBooks."


def held_changes(planning: Planning, sent: Sent, current: Body, findings: Findings) -> str:
    """Return which fields people changed in QuickBooks that somebody has to decide about.

    Coding that they changed stays theirs, and figures that the settings or a person overwrite are ours again; a note says so.
    """
    changes = drift.changed_fields(sent, current, planning.books.names)
    overwritten = [change for change in changes if is_overwritten(planning, change)]
    if overwritten:
        findings.note(notes.overwritten(sentences(overwritten)))
    held = [change for change in changes if change not in overwritten and (change.money or _is_held(planning, change))]
    for change in changes:
        if change not in overwritten and change not in held and change.field != drift.STATUS:  # which has its own notes
            findings.note(notes.kept_from_quickbooks(change.sentence))
    return sentences(held)


def is_overwritten(planning: Planning, change: FieldChange) -> bool:
    """Tell whether a field that people changed gets our value again."""
    return planning.decisions.overwrite or is_overwritten_by_setting(planning, change)


def is_overwritten_by_setting(planning: Planning, change: FieldChange) -> bool:
    """Tell whether the settings alone give a field that people changed our value again."""
    is_figure_to_overwrite = change.money and planning.policy.changed_in_quickbooks == "overwrite"
    return is_figure_to_overwrite or drift.action_on(change, planning.policy) == "restore"


def _is_held(planning: Planning, change: FieldChange) -> bool:
    """Tell whether a change of coding waits for a decision."""
    decided = {field.change.key for field in planning.books.drift if field.state in drift.DECIDED}
    return drift.action_on(change, planning.policy) == "hold" and change.key not in decided


def keeping_note(planning: Planning, sent: Sent, current: Body) -> Note | None:
    """Return what a person decided to keep as it is in QuickBooks."""
    if not planning.decisions.keep:
        return None
    changes = drift.changed_fields(sent, current, planning.books.names)
    kept = sentences(changes) or wrong_figures(sent.body, current)
    return notes.kept_by_a_person(kept) if kept else None


def sentences(changes: Iterable[FieldChange]) -> str:
    """Return the changes as people read them, in one line."""
    return "; ".join(change.sentence for change in changes)
