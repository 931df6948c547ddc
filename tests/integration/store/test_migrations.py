"""The steps that lead to the tables of the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from store import migrations
from store.base import Store
from tests.rows import FERNET_KEY

ROOT = Path(__file__).parents[3]


def _names(store: Store) -> set[str]:
    return set(inspect(store.engine).get_table_names())


def _differences(store: Store) -> list[Any]:
    with store.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), migrations.METADATA))


def test_the_steps_lead_to_exactly_the_tables_of_the_code(database_url: str) -> None:
    store = Store(database_url, [FERNET_KEY])
    migrations.upgrade(store)
    assert _differences(store) == []
    assert _names(store) == {*migrations.METADATA.tables, "alembic_version"}
    store.close()


def test_a_database_is_current_after_the_last_step_and_not_before(database_url: str) -> None:
    store = Store(database_url, [FERNET_KEY])
    assert not migrations.is_current(store)
    migrations.upgrade(store)
    assert migrations.is_current(store)
    store.close()


def test_processes_that_start_together_take_each_step_once(database_url: str) -> None:
    program = "import sys; from store.base import Store; from store import migrations; migrations.upgrade(Store(*eval(sys.argv[1])))"
    command = [sys.executable, "-c", program, repr((database_url, [FERNET_KEY]))]
    started = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    said = [process.communicate(timeout=30)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    store = Store(database_url, [FERNET_KEY])
    assert migrations.is_current(store)
    store.close()
