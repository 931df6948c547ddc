"""SQLite databases for tests: brought up to date once in this process, and then copied."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from store import migrations
from store.base import Store
from tests.rows import FERNET_KEY


def new_database(file: Path) -> str:
    """Make a database that has all its tables, and return its address."""
    file.write_bytes(_with_tables())
    return address(file)


def address(file: Path) -> str:
    """Return the address of a database file."""
    return f"sqlite:///{file.absolute()}"


@cache
def _with_tables() -> bytes:
    """Return the file of a database that was brought up to date: to copy it is a hundred times faster."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "tieout.db"
        store = Store(address(file), [FERNET_KEY])
        migrations.upgrade(store)
        store.close()  # its last connection leaves everything in the one file
        return file.read_bytes()
