"""Finding what a person named: a connection, a document, an entry of a list, or a task."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, union
from sqlalchemy.orm import Session, joinedload

from mappers.documents.document import DocumentKind
from mappers.settings.rules import BY_ID
from store import history, records
from store.companies import Connection, QboCompany
from store.records import Record
from store.reference import PRECORO, Entry
from store.tasks import Task
from workers.errors import (
    AmbiguousNameError,
    DoesNotExistError,
    NoConnectionError,
    NoSuchConnectionError,
    NoSuchDocumentError,
    NoSuchEntryError,
    NoSuchPaymentError,
    NoSuchTaskError,
    SeveralConnectionsError,
)

KIND_BY_WORD: Mapping[str, DocumentKind] = {
    "invoice": records.INVOICE,
    "purchase_order": records.PURCHASE_ORDER,
    "purchase-order": records.PURCHASE_ORDER,
    "po": records.PURCHASE_ORDER,
}
"""How people may write the kind of a document."""


@dataclass(frozen=True, slots=True)
class DocumentName:
    """How a person names a document: `INV-203`, `203`, or with its kind, `invoice:203`."""

    text: str
    kind: DocumentKind | None

    @classmethod
    def read(cls, text: str) -> DocumentName:
        """Split the kind off, when one is given."""
        kind, colon, rest = text.partition(":")
        if colon and kind.casefold() in KIND_BY_WORD:
            return cls(rest, KIND_BY_WORD[kind.casefold()])
        return cls(text, None)


def connections(session: Session) -> Sequence[Connection]:
    """Return every connection with both companies, by name."""
    both = (joinedload(Connection.precoro), joinedload(Connection.qbo))
    return session.scalars(select(Connection).options(*both).order_by(Connection.slug)).all()


def connections_named(session: Session, names: Collection[str] | None) -> Sequence[Connection]:
    """Return the connections of these names, or all where no names are given. Raises what `connection_named` does."""
    return connections(session) if names is None else [connection_named(session, name) for name in names]


def connection_ids(session: Session, names: Collection[str] | None) -> Sequence[int]:
    """Return the ids of the connections of these names, or of all. Raises what `connection_named` does."""
    if names is None:
        return session.scalars(select(Connection.id)).all()
    return [_connection_id(session, name) for name in names]


def _connection_id(session: Session, name: str) -> int:
    """Return the id of a connection; nearly every page asks by the connection's own name, and needs no more of it."""
    own = session.scalar(select(Connection.id).where(Connection.slug == name))
    return connection_named(session, name).id if own is None else own


def why_disconnected(session: Session, slug: str) -> str:
    """Return who ended a connection and when, or that QuickBooks did."""
    action = history.last_disconnected(session, slug)
    return f"Disconnected by {action.who} on {action.at:%Y-%m-%d}." if action else "QuickBooks no longer accepts it."


def connection_named(session: Session, name: str) -> Connection:
    """Return the connection of this name, or of the QuickBooks company of this name, with both companies.

    Raises NoSuchConnectionError, or AmbiguousNameError when several connections serve the company.
    """
    both = select(Connection).options(joinedload(Connection.precoro), joinedload(Connection.qbo))
    connection = session.scalar(both.where(Connection.slug == name))
    if connection is not None:
        return connection
    connections = session.scalars(both.join(QboCompany).where(QboCompany.name == name)).all()
    if len(connections) > 1:
        raise AmbiguousNameError("connection", name, [connection.slug for connection in connections])
    if not connections:
        raise NoSuchConnectionError(name)
    return connections[0]


def chosen_connection(session: Session, name: str | None) -> Connection:
    """Return the connection of this name, or without a name the only one there is.

    Raises what `connection_named` does, NoConnectionError and SeveralConnectionsError.
    """
    if name:
        return connection_named(session, name)
    existing = connections(session)
    if not existing:
        raise NoConnectionError
    if len(existing) > 1:
        raise SeveralConnectionsError([connection.slug for connection in existing])
    return existing[0]


def document_named(session: Session, text: str, connection: str | None = None) -> Record:
    """Return the document of this name, of one connection or of any, with its connection.

    Raises NoSuchDocumentError, AmbiguousNameError when several go by the name, and NoSuchConnectionError.
    """
    documents = _documents_named(session, DocumentName.read(text), connection)
    if not documents:
        raise NoSuchDocumentError(text)
    if len(documents) > 1:
        names = [f"{document.name} --connection {document.connection.slug}" for document in documents]
        raise AmbiguousNameError("document", text, names)
    return documents[0]


def _documents_named(session: Session, name: DocumentName, connection: str | None) -> Sequence[Record]:
    """Return the documents that have this number or running number (idn); with its kind it is the running number first."""
    scope: list[ColumnElement[bool]] = [Record.kind.in_({name.kind} if name.kind else set(KIND_BY_WORD.values()))]
    if connection:
        scope.append(Record.connection_id == connection_named(session, connection).id)
    both = (
        joinedload(Record.connection).joinedload(Connection.precoro),
        joinedload(Record.connection).joinedload(Connection.qbo),
    )
    by_number = select(Record.id).where(func.lower(Record.number) == name.text.casefold())
    by_idn = select(Record.id).where(Record.idn == name.text)  # each by its own index, whatever else narrows them
    ids = session.scalars(union(by_number, by_idn)).all()
    matching = select(Record).where(Record.id.in_(ids), *scope).options(*both)
    documents = session.scalars(matching.order_by(Record.id)).all()
    exactly = [document for document in documents if name.kind and document.idn == name.text]
    return exactly or documents


def payment_named(session: Session, text: str, connection: str | None = None) -> Record:
    """Return the payment of this name: its key, its id in QuickBooks, or its number there.

    Raises NoSuchPaymentError, AmbiguousNameError when several go by the name, and NoSuchConnectionError.
    """
    payment = select(Record).where(Record.kind == records.PAYMENT).options(joinedload(Record.connection))
    if connection:
        payment = payment.where(Record.connection_id == connection_named(session, connection).id)
    of_id = Record.precoro_id.contains(f":{text}:bill:", autoescape=True)
    named = or_(Record.precoro_id == text, of_id, func.lower(Record.number) == text.casefold())
    rows = session.scalars(payment.where(named).order_by(Record.id)).all()
    if not rows:
        raise NoSuchPaymentError(text)
    if len(rows) > 1:
        names = [f"{record.precoro_id} --connection {record.connection.slug}" for record in rows]
        raise AmbiguousNameError("payment", text, names)
    return rows[0]


def entry_key(session: Session, connection: Connection, side: str, kind: str, text: str) -> str:
    """Return the key of the entry of a list that has this key, `42` or `id:42`, or this very name.

    Raises NoSuchEntryError, or AmbiguousNameError when several entries go by it.
    """
    company = connection.precoro_id if side == PRECORO else connection.qbo_id
    rows = session.execute(
        select(Entry.key, Entry.name).where(
            Entry.side == side,
            Entry.company_id == company,
            Entry.kind == kind,
            or_(Entry.key == text.removeprefix(BY_ID), Entry.name == text),
        )
    ).all()
    missing = NoSuchEntryError("Precoro" if side == PRECORO else "QuickBooks", kind, text, connection.slug)
    return only_key(text, {row.key: [row.name] for row in rows}, what=kind.replace("_", " "), missing=missing)


def only_key(
    text: str,
    names: Mapping[str, Iterable[str]],
    *,
    what: str,
    missing: DoesNotExistError,
    ignore_case: bool = False,
) -> str:
    """Return the key of the one entry that has this key, `42` or `id:42`, or this name; `names` are by key.

    Raises `missing`, or AmbiguousNameError when several entries go by it: an id may be the name of another entry.
    """
    if text.startswith(BY_ID) and text.removeprefix(BY_ID) in names:
        return text.removeprefix(BY_ID)
    spelled = str.casefold if ignore_case else str
    keys = [key for key, of_entry in names.items() if key == text or spelled(text) in map(spelled, of_entry)]
    if not keys:
        raise missing
    if len(keys) > 1:
        raise AmbiguousNameError(what, text, [f"{BY_ID}{key}" if text in keys else key for key in keys])
    return keys[0]


def find_task(session: Session, task_id: int) -> Task:
    """Return a task with its connection and both companies. Raises NoSuchTaskError."""
    both = joinedload(Task.connection).options(joinedload(Connection.precoro), joinedload(Connection.qbo))
    task = session.scalar(select(Task).where(Task.id == task_id).options(both))
    if task is None:
        raise NoSuchTaskError(task_id)
    return task
