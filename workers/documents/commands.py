"""What people decide about a twin in QuickBooks: adopt, keep or overwrite it."""

from __future__ import annotations

from dataclasses import dataclass

from mappers.documents import adoption, decisions
from mappers.documents.decisions import KEEP, OVERWRITE
from mappers.documents.drift import DELETED
from mappers.documents.fields import FieldState
from mappers.documents.outcomes import Adopt
from store import drift, history
from workers.documents.dry_run import DryRun, dry_run
from workers.documents.views import DocumentDetail
from workers.errors import NoDriftError, NothingDiffersError, StandsAlreadyError
from workers.records import commands as record_commands
from workers.runtime import Runtime

STEPPED_OVER = (
    "possible_duplicate",
    "possible_expense",
    "waits_for_predecessor",
    "order_is_later",
    "link_refused",
    "already_in_quickbooks",
    "changed_before_removal",
    "deleted_in_quickbooks",
    "entered_again",
)
"""The codes of problems that a person may step over: see `mappers.documents.plan.plan`."""
DELETED_CODE = "deleted_in_quickbooks"
DIFFERING = frozenset({"changed_in_quickbooks", "total_differs_in_quickbooks"})
"""Problems of a document whose figures in QuickBooks are not those that were sent."""
KEEPABLE = DIFFERING | {"changed_before_removal"}
KEPT = frozenset({"adopted_as_it_is", "kept_by_a_person"})
"""Notes on a document of which a person keeps other figures in QuickBooks."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """What adopting an entity would come to, and what differs."""

    planned: DryRun
    differences: tuple[str, ...] = ()

    @property
    def is_possible(self) -> bool:
        """Tell whether the entity can stand for the document."""
        return isinstance(self.planned.plan, Adopt)


def compare(runtime: Runtime, document: DocumentDetail, entity_id: str) -> Adoption:
    """Compare a document with the entity that is to stand for it.

    Nothing is changed. Raises StandsAlreadyError while another one stands for it, and RemoteError.
    """
    decided = [decisions.adopt(entity_id)]
    planned = dry_run(runtime, document.document, document.connection, decisions=decided)
    if not isinstance(planned.plan, Adopt):
        if planned.standing:
            title = document.number or document.document
            raise StandsAlreadyError(title, f"{planned.standing.type} {planned.standing.id}")
        return Adoption(planned)
    return Adoption(planned, adoption.differences(planned.plan, planned.home_currency))


def adopt(runtime: Runtime, document: DocumentDetail, entity_id: str, who: str) -> None:
    """Let an entity stand for the document, whatever its figures."""
    record_commands.send(runtime, document.record_id, who, [decisions.adopt(entity_id)], action="adopt")


def keep(runtime: Runtime, document: DocumentDetail, who: str) -> None:
    """Keep what QuickBooks holds: for this version, or until people change the same fields there once more.

    Raises NothingDiffersError.
    """
    is_accepted = _decide(runtime, document, drift.ACCEPTED, who, action="keep")
    if not is_accepted:
        _need(document, problems=KEEPABLE)
    if KEEPABLE & {problem.code for problem in document.problems}:
        record_commands.send(runtime, document.record_id, who, [KEEP], action="keep")


def overwrite(runtime: Runtime, document: DocumentDetail, who: str) -> None:
    """Write what Precoro says over what QuickBooks holds, figures and coding. Raises NothingDiffersError."""
    if document.drift is None or document.drift.kind == DELETED or document.drift.state == drift.RESTORED:
        _need(document, problems=DIFFERING, notes=KEPT)
    record_commands.send(runtime, document.record_id, who, [OVERWRITE], action="overwrite")


def create_again(runtime: Runtime, document: DocumentDetail, who: str) -> None:
    """Create a document again that was deleted in QuickBooks, with every check of a first sending. Raises NoDriftError."""
    changed = document.drift
    is_deleted = changed is not None and changed.kind == DELETED and changed.state != drift.RESTORED
    if not is_deleted and DELETED_CODE not in {problem.code for problem in document.problems}:
        raise NoDriftError(document.number or document.document, document.document, document.connection)
    record_commands.send(runtime, document.record_id, who, [DELETED_CODE], action="create again")


def _decide(runtime: Runtime, document: DocumentDetail, state: FieldState, who: str, *, action: str) -> bool:
    """Note what a person decides about what was changed in QuickBooks; returns whether there is anything to decide."""
    if document.drift is None or document.drift.kind == DELETED:
        return False
    with runtime.write() as (session, moment):
        is_decided = drift.decide(session, document.record_id, state, who, moment)
        if is_decided:
            names = [field.name for field in document.drift.fields]
            history.note(session, moment, who, action, document.document, connection=document.connection, fields=names)
    return is_decided


def _need(document: DocumentDetail, *, problems: frozenset[str], notes: frozenset[str] = frozenset()) -> None:
    """Refuse a decision about figures that do not differ: it could cost money."""
    codes = {problem.code for problem in document.problems}, {note.code for note in document.notes}
    if not (problems & codes[0] or notes & codes[1]):
        raise NothingDiffersError(document.number or document.document, document.document, document.connection)
