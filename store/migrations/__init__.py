"""The steps that bring a database up to date, with Alembic; a test checks that they lead to the tables of the code."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import func, select

from store import companies, duties, events, history, intents, records, reference
from store.base import Base, Store

TABLES = (companies, duties, events, history, intents, records, reference)
METADATA = Base.metadata
LOCK = 0x7E0
"""Any number that nobody else locks in this database; SQLite has one writer at a time as it is."""


def upgrade(store: Store) -> None:
    """Bring the database to the newest version; of several processes that try at once, one goes first."""
    with store.engine.connect().execution_options(writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(store: Store) -> bool:
    """Say whether every step has been taken."""
    from alembic.migration import MigrationContext  # noqa: PLC0415 - slow to load, and only asked by doctor and readyz
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    with store.engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present == ScriptDirectory(str(Path(__file__).parent)).get_current_head()
