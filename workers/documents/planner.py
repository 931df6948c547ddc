"""The decision about a document, with all that it needs of our own store: no call is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from mappers.documents.decisions import Decisions
from mappers.documents.document import Document
from mappers.documents.outcomes import Answers, Plan, Sent
from mappers.documents.plan import plan
from mappers.documents.preview import LISTS, references
from mappers.policy import Policy, load_policy
from store import drift, reference
from store.records import Record
from store.reference import QUICKBOOKS
from workers.documents import predecessors
from workers.records import writes
from workers.reference import books, merges

Decide = Callable[[Answers], Plan]


def planner(
    session: Session, record: Record, document: Document, *, by_person: bool = False, policy: Policy | None = None
) -> Decide:
    """Return the function that decides about a document; it takes the answers to the needs that it names.

    `by_person` decides as if a person sends it, `policy` as if this were the one in force.
    """
    loaded = books.books_for(session, record.connection, document)
    loaded = predecessors.add_to(loaded, session, record.connection, record, document)
    sent = writes.load_sent(record)
    if sent is not None:
        sent = merges.followed(session, record.connection.qbo_id, sent)
    row = drift.drift_of(session, record.id)
    loaded = replace(
        loaded,
        own_entity=writes.copy_of_twin(session, record),
        active_in_sent=_active(session, record, sent),
        drift=row.changes if row is not None else (),
    )
    decide = partial(
        plan,
        document,
        sent,
        loaded,
        policy or load_policy(record.connection.policy),
        requested_by_person=by_person or record.requested_by_person,
        decisions=Decisions.read(record.overridden_problems),
    )
    return lambda answers: decide(answers=answers)


def _active(session: Session, record: Record, sent: Sent | None) -> frozenset[tuple[str, str]]:
    """Return the entries that what was sent refers to and that are active."""
    if sent is None:
        return frozenset()
    keys = {(LISTS[field], id_) for field, id_ in references(sent.body)}
    entries = reference.entries(session, QUICKBOOKS, record.connection.qbo_id, keys)
    return frozenset(key for key, entry in entries.items() if entry.active)
