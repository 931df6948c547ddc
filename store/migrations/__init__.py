"""The steps that bring a database up to date, with Alembic; a test checks that they lead to the tables of the code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, func, select

from store import (
    adoption,
    alerts,
    attachments,
    companies,
    contents,
    drift,
    duties,
    events,
    history,
    intents,
    observations,
    order_lines,
    payments,
    records,
    reference,
    tasks,
    tie_out,
    usage,
    users,
)
from store.base import Base, Store

TABLES = (
    adoption,
    alerts,
    attachments,
    companies,
    contents,
    drift,
    duties,
    events,
    history,
    intents,
    observations,
    order_lines,
    payments,
    records,
    reference,
    tasks,
    tie_out,
    usage,
    users,
)
METADATA = Base.metadata
LOCK = 0x7E0
"""Any number that nobody else locks in this database; SQLite has one writer at a time as it is."""


class BrokenReferencesError(Exception):
    """Rows refer to others that are not there."""

    def __init__(self, tables: list[str]) -> None:
        super().__init__(
            f"After the upgrade rows refer to nothing in: {', '.join(tables)}. Put the backup back and report it."
        )


def upgrade(store: Store, to: str = "head") -> None:
    """Bring the database to the newest version, or to one named by a test; of several processes that try at once, one goes first."""
    with (
        store.engine.connect().execution_options(writes=True) as connection,
        _rebuildable(connection),
        connection.begin(),
    ):
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, to)


@contextmanager
def _rebuildable(connection: Connection) -> Iterator[None]:
    """Let SQLite, which changes a table by building it anew, drop the old one although others refer to it.

    It takes this only outside a transaction. Raises BrokenReferencesError if any row then refers to nothing.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    plain: Any = connection.connection.driver_connection
    plain.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
        broken = plain.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise BrokenReferencesError(sorted({row[0] for row in broken}))
    finally:
        plain.execute("PRAGMA foreign_keys = ON")


def is_current(store: Store) -> bool:
    """Say whether every step has been taken."""
    from alembic.migration import MigrationContext  # noqa: PLC0415 - slow to load, and only asked by doctor and readyz
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    with store.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present == ScriptDirectory(str(Path(__file__).parent)).get_current_head()
