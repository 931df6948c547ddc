"""SQLite is opened so that a commit survives a power cut, and so that a writer waits its turn."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from store.base import Store
from tests.rows import FERNET_KEY

FULL = 2


@pytest.fixture
def sqlite(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'tieout.db'}", [FERNET_KEY])


def test_commits_are_durable_and_readers_do_not_wait_for_the_writer(sqlite: Store) -> None:
    with sqlite.read() as session:
        pragmas = [session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "busy_timeout")]
    sqlite.close()
    assert pragmas == ["wal", FULL, 5000]


def test_a_transaction_that_may_write_has_the_writing_place_from_its_first_read(sqlite: Store) -> None:
    other = Store(str(sqlite.engine.url), [FERNET_KEY])
    with sqlite.write() as writing, other.read() as reading:
        writing.execute(text("SELECT 1"))
        reading.execute(text("PRAGMA busy_timeout = 1"))
        with pytest.raises(OperationalError, match="locked"):
            reading.execute(text("CREATE TABLE late (id INTEGER)"))
    sqlite.close()
    other.close()
