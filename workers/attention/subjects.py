"""The names of what has to be put right, as people know it: the supplier's name for `supplier:9001`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from mappers.counterparts import COUNTERPARTS, OPTION
from store import records
from store.records import Record
from store.reference import PRECORO, Entry

ENTRIES: Final[Mapping[str, str]] = {
    OPTION: OPTION,
    "tax": "tax",
    "tax_set": "tax",
    **{kind: COUNTERPARTS[kind].precoro for kind in ("supplier", "item", "term", "withholding")},
}
"""The kind of Precoro's entry that a subject names; a set of taxes names several, as in `tax_set:5+7`."""
Part = tuple[int, str, str]
"""A company in Precoro, and the kind and key of something there that a subject names."""


def names(session: Session, subjects: Iterable[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """Return the names of those subjects that have one; each is given with the id of its company in Precoro."""
    parts = {(company_id, subject): _parts(company_id, subject) for company_id, subject in subjects}
    wanted = {part for of_subject in parts.values() for part in of_subject}
    named = {**_entries(session, wanted), **_documents(session, wanted)}
    return {
        subject: " + ".join(named[part] for part in of_subject)
        for subject, of_subject in parts.items()
        if of_subject and named.keys() >= set(of_subject)
    }


def _parts(company_id: int, subject: str) -> list[Part]:
    """Return everything that a subject names."""
    kind, colon, keys = subject.partition(":")
    return [(company_id, ENTRIES.get(kind, kind), key) for key in keys.split("+")] if colon else []


def _entries(session: Session, wanted: Iterable[Part]) -> Mapping[Part, str]:
    """Return the names of entries of Precoro's lists."""
    parts = [part for part in wanted if part[1] in ENTRIES.values()]
    key = (Entry.company_id, Entry.kind, Entry.key)
    entries = select(*key, Entry.name).where(Entry.side == PRECORO, tuple_(*key).in_(parts))
    return {(company_id, kind, id_): name for company_id, kind, id_, name in session.execute(entries)} if parts else {}


def _documents(session: Session, wanted: Iterable[Part]) -> Mapping[Part, str]:
    """Return the numbers of documents."""
    parts = [part for part in wanted if part[1] in records.DOCUMENT_KINDS]
    key = (Record.precoro_company_id, Record.kind, Record.precoro_id)
    number = func.coalesce(Record.number, Record.idn, Record.precoro_id)
    documents = select(*key, number).where(tuple_(*key).in_(parts))
    return (
        {(company_id, kind, id_): title for company_id, kind, id_, title in session.execute(documents)} if parts else {}
    )
