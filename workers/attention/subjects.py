"""The names of what has to be put right, as people know it: the supplier's name for `supplier:9001`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mappers.counterparts import COUNTERPARTS, OPTION
from store import records, reference
from store.companies import Connection
from store.records import Record
from store.reference import PRECORO

ENTRIES: Final[Mapping[str, str]] = {
    OPTION: OPTION,
    "tax": "tax",
    "tax_set": "tax",
    **{kind: COUNTERPARTS[kind].precoro for kind in ("supplier", "item", "term", "withholding")},
}
"""The kind of Precoro's entry that a subject names; a set of taxes names several, as in `tax_set:5+7`."""
Named = Mapping[tuple[str, str], str]
"""Names by kind and key."""


def names(session: Session, connection: Connection, subjects: Iterable[str | None]) -> dict[str, str]:
    """Return the names of those subjects that have one, by subject."""
    parts = {subject: _parts(subject) for subject in subjects if subject}
    wanted = {part for of_subject in parts.values() for part in of_subject}
    named = {**_entries(session, connection, wanted), **_documents(session, connection, wanted)}
    return {
        subject: " + ".join(named[part] for part in of_subject)
        for subject, of_subject in parts.items()
        if of_subject and named.keys() >= set(of_subject)
    }


def _parts(subject: str) -> list[tuple[str, str]]:
    """Return the kind and key of everything that a subject names."""
    kind, colon, keys = subject.partition(":")
    return [(ENTRIES.get(kind, kind), key) for key in keys.split("+")] if colon else []


def _entries(session: Session, connection: Connection, wanted: Iterable[tuple[str, str]]) -> Named:
    """Return the names of entries of Precoro's lists."""
    keys = [(kind, key) for kind, key in wanted if kind in ENTRIES.values()]
    entries = reference.entries(session, PRECORO, connection.precoro_id, keys)
    return {key: entry.name for key, entry in entries.items()}


def _documents(session: Session, connection: Connection, wanted: Iterable[tuple[str, str]]) -> Named:
    """Return the numbers of documents."""
    ids = {key for kind, key in wanted if kind in records.DOCUMENT_KINDS}
    number = func.coalesce(Record.number, Record.idn, Record.precoro_id)
    documents = select(Record.kind, Record.precoro_id, number).where(
        Record.precoro_company_id == connection.precoro_id,
        Record.kind.in_(records.DOCUMENT_KINDS),
        Record.precoro_id.in_(ids),
    )
    return {(kind, key): title for kind, key, title in session.execute(documents)} if ids else {}
