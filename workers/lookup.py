"""Finding what a person named: a connection, an entry of a list, or a task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from store.companies import Connection, QboCompany
from store.reference import PRECORO, Entry
from store.tasks import Task
from workers.errors import (
    AmbiguousNameError,
    DoesNotExistError,
    NoSuchConnectionError,
    NoSuchEntryError,
    NoSuchTaskError,
)


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


def entry_key(session: Session, connection: Connection, side: str, kind: str, text: str) -> str:
    """Return the key of the entry of a list that has this key, or this very name.

    Raises NoSuchEntryError, or AmbiguousNameError when several entries have the name.
    """
    company = connection.precoro_id if side == PRECORO else connection.qbo_id
    rows = session.execute(
        select(Entry.key, Entry.name).where(
            Entry.side == side,
            Entry.company_id == company,
            Entry.kind == kind,
            or_(Entry.key == text, Entry.name == text),
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
    """Return the key that a text is, or else the key of the one entry that it names; `names` are by key.

    Raises `missing`, or AmbiguousNameError when several entries have the name.
    """
    spelled = str.casefold if ignore_case else str
    keys = (
        [text] if text in names else [key for key, of_entry in names.items() if spelled(text) in map(spelled, of_entry)]
    )
    if not keys:
        raise missing
    if len(keys) > 1:
        raise AmbiguousNameError(what, text, keys)
    return keys[0]


def find_task(session: Session, task_id: int) -> Task:
    """Return a task with its connection and both companies. Raises NoSuchTaskError."""
    both = joinedload(Task.connection).options(joinedload(Connection.precoro), joinedload(Connection.qbo))
    task = session.scalar(select(Task).where(Task.id == task_id).options(both))
    if task is None:
        raise NoSuchTaskError(task_id)
    return task
