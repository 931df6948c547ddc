"""The decision about a document, with all that it needs of our own store: no call is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlalchemy.orm import Session

from mappers.documents.decisions import Decisions
from mappers.documents.document import Document
from mappers.documents.outcomes import Answers, Plan
from mappers.documents.plan import plan
from mappers.policy import Policy, load_policy
from store.records import Record
from workers.documents import predecessors
from workers.records import writes
from workers.reference import books

Decide = Callable[[Answers], Plan]


def planner(
    session: Session, record: Record, document: Document, *, by_person: bool = False, policy: Policy | None = None
) -> Decide:
    """Return the function that decides about a document; it takes the answers to the needs that it names.

    `by_person` decides as if a person sends it, `policy` as if this were the one in force.
    """
    loaded = books.books_for(session, record.connection, document)
    loaded = predecessors.add_to(loaded, session, record.connection, record, document)
    loaded = replace(loaded, own_entity=writes.copy_of_twin(session, record))
    decide = partial(
        plan,
        document,
        writes.load_sent(record),
        loaded,
        policy or load_policy(record.connection.policy),
        requested_by_person=by_person or record.requested_by_person,
        decisions=Decisions.read(record.overridden_problems),
    )
    return lambda answers: decide(answers=answers)
