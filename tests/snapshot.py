"""What a house holds, to be copied into another one: its rows, and the worlds of both stand-ins."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import Column, Connection, Table, func, select, update

from standins import wire
from store.base import Store, now
from store.companies import PrecoroCompany, QboCompany
from store.migrations import METADATA

LONGEST = 1200.0
"""Seconds for which a snapshot is good: the tokens in it, which a stand-in gives for an hour, are refreshed after half of it."""


class World(Protocol):
    """What a stand-in holds."""

    def dump(self) -> dict[str, Any]:
        """Return everything as JSON."""

    def load(self, dumped: dict[str, Any]) -> None:
        """Hold what `dump` returned."""


@dataclass(frozen=True)
class Snapshot:
    """What one house held at a moment: its rows, the whole database as well where that is SQLite, and both worlds."""

    taken_at: float
    rows: Mapping[str, Sequence[dict[str, Any]]]
    database: sqlite3.Connection | None
    worlds: Sequence[str]

    def is_young(self) -> bool:
        """Say whether a house may still begin with it."""
        return time.monotonic() - self.taken_at < LONGEST


def take(store: Store, worlds: Sequence[World]) -> Snapshot:
    """Keep what a house holds."""
    with store.read() as session:
        rows = {
            table.name: [dict(row) for row in session.execute(select(*_stored(table))).mappings()]
            for table in METADATA.sorted_tables
        }
    return Snapshot(time.monotonic(), rows, _copy(store), [wire.dumps(world.dump()) for world in worlds])


def _copy(store: Store) -> sqlite3.Connection | None:
    """Return a copy of an SQLite database in memory."""
    if not _is_sqlite(store):
        return None
    copy = sqlite3.connect(":memory:", check_same_thread=False)
    with store.engine.connect() as connection:
        _driver(connection).backup(copy)
    return copy


def _is_sqlite(store: Store) -> bool:
    return store.engine.dialect.name == "sqlite"


def _driver(connection: Connection) -> sqlite3.Connection:
    """Return SQLite's own connection."""
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


def _stored(table: Table) -> list[Column[Any]]:
    """Return the columns that are written; the others follow from them."""
    return [column for column in table.columns if column.computed is None]


def copy_into(store: Store, worlds: Sequence[World], snapshot: Snapshot, precoro: str) -> None:
    """Fill an empty house, whose Precoro has this address; QuickBooks counts as looked at just now."""
    with store.read() as session:
        assert not session.scalar(select(func.count()).select_from(PrecoroCompany)), "the house is not empty"
    for world, text in zip(worlds, snapshot.worlds, strict=True):
        world.load(wire.loads(text))
    whole = snapshot.database if _is_sqlite(store) else None
    if whole:
        with store.engine.connect() as connection:
            whole.backup(_driver(connection))  # to insert all rows takes ten times as long
    with store.begin() as connection:
        if not whole:
            _insert(connection, snapshot)
        connection.execute(update(PrecoroCompany).values(host=precoro))
        connection.execute(update(QboCompany).values(checked_at=now(connection)))


def restore(store: Store, backup: Snapshot) -> None:
    """Let a database be as it was, whatever both services hold by now."""
    with store.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(table.delete())
        _insert(connection, backup)


def _insert(connection: Connection, snapshot: Snapshot) -> None:
    """Insert the rows of a snapshot into empty tables."""
    for table in METADATA.sorted_tables:
        if snapshot.rows[table.name]:
            connection.execute(table.insert(), snapshot.rows[table.name])
    if connection.dialect.name == "postgresql":
        _count_on(connection)


def _count_on(connection: Connection) -> None:
    """Let Postgres number new rows after those that were copied."""
    for table in METADATA.sorted_tables:
        key = table.autoincrement_column
        last = None if key is None else connection.scalar(select(func.max(key)))
        if key is not None and last is not None:
            connection.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key.name), last)))
