"""The steps that lead to the tables of the code."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError

from mappers.remedies import Remedy
from store import migrations, observations
from store.base import Store
from store.history import ActionRow
from store.records import Record
from store.reference import Entry
from tests import sqlite
from tests.postgres import Postgres
from tests.rows import FERNET_KEY

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without tables."""
    if request.param == "sqlite":
        return sqlite.address(tmp_path / "tieout.db")
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.empty_database()


def _names(store: Store) -> set[str]:
    return set(inspect(store.engine).get_table_names())


def _differences(store: Store) -> list[Any]:
    with store.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), migrations.METADATA))


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # of SQLite, unlike Postgres
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
    said = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
    store = Store(database_url, [FERNET_KEY])
    assert migrations.is_current(store)
    store.close()


def test_a_database_of_the_first_version_keeps_its_rows_and_its_connections_stay_live(database_url: str) -> None:
    store = Store(database_url, [FERNET_KEY])
    migrations.upgrade(store, "0001")
    with store.begin() as connection:
        for statement in FIRST_ROWS:
            connection.exec_driver_sql(statement)
    migrations.upgrade(store)
    with store.read() as session:
        record = session.scalars(select(Record)).one()
        assert (record.scope, record.number) == (0, "INV-203")
        assert [(problem.code, problem.remedy) for problem in record.problems] == [
            ("date_missing", Remedy("Enter it."))
        ]
        assert record.connection.live_at == record.connection.created_at
        assert record.connection.lists == {}
        assert record.connection.backfilled_from == datetime(2026, 11, 1, tzinfo=UTC)
        assert record.connection.pages_read_until == {"invoice": "2026-11-23T09:00:00+00:00"}
        assert record.issued_on is None  # the day is in no column: the next read of the document brings it
        actions = session.scalars(select(ActionRow).order_by(ActionRow.id)).all()
        assert [(action.connection, action.details) for action in actions] == [
            ("widgets", {"amount": Decimal("0.10")}), (None, {}),
        ]  # fmt: skip
        assert str(actions[0].details["amount"]) == "0.10"
        assert observations.legal_entity_keys(session, 1) == {"2"}
        assert observations.tax_sets(session, 1) == ["61+62"]
        assert observations.parities(session, 1) == {"USD": {"at_par", "off_par"}}
        assert session.scalars(select(Entry.kind)).all() == ["supplier"]
    with pytest.raises(IntegrityError), store.begin() as connection:
        connection.exec_driver_sql(AGAIN)
    store.close()


FIRST_ROWS = (
    (
        "INSERT INTO precoro_companies (id, host, email, api_key, webhook_secret, webhook_digest, read_until)"
        " VALUES (1, 'https://api.precoro.com', 'ann@widgets.example', '', '', 'digest', '{}')"
    ),
    (
        "INSERT INTO qbo_companies (id, realm, environment, name, country, home_currency, plan, preferences, access_token,"
        " refresh_token, access_until, refresh_from, changes_due)"
        " VALUES (1, '9130001', 'sandbox', 'Widgets Inc', 'US', 'USD', 'Plus', '{}', '', '', '2026-11-23', '2026-11-23', false)"
    ),
    (
        "INSERT INTO connections (id, slug, precoro_id, qbo_id, state, rests, reference_version, looked, policy, fields, created_at)"
        " VALUES (1, 'widgets', 1, 1, 'connected', 0, 1, '{\"back\": \"2026-11-01T00:00:00+00:00\", \"invoice\": \"2026-11-23T09:00:00+00:00\"}', '{}', '{}',"
        " '2026-11-23 10:00:00')"
    ),
    (
        "INSERT INTO records (id, precoro_company_id, connection_id, kind, precoro_id, state, notes, number, wanted, done, asked,"
        " accepted, write_back_due, claim, attempts, only_events, revised)"
        " VALUES (1, 1, 1, 'invoice', '956598', 'held', '[]', 'INV-203', 1, 1, false, '[]', false, 1, 0, false, false)"
    ),
    (
        "INSERT INTO actions (id, at, who, action, subject, details)"
        " VALUES (1, '2026-11-23 10:00:00', 'ann', 'send', 'invoice:203', '{\"connection\": \"widgets\", \"amount\": 0.10}')"
    ),
    "INSERT INTO actions (id, at, who, action, subject, details) VALUES (2, '2026-11-23', 'ann', 'requeue', 'job-1', '{}')",
    (
        "INSERT INTO entries (id, side, company_id, kind, key, name, active, data, seen_at)"
        " VALUES (1, 'precoro', 1, 'legal_entity', '2', 'Widgets Texas', true, '{}', '2026-11-23 10:00:00')"
    ),
    (
        "INSERT INTO entries (id, side, company_id, kind, key, name, active, data, seen_at)"
        " VALUES (2, 'precoro', 1, 'tax_set', '61+62', 'GST + PST', true, '{}', '2026-11-23 10:00:00')"
    ),
    (
        "INSERT INTO entries (id, side, company_id, kind, key, name, active, data, seen_at)"
        " VALUES (3, 'precoro', 1, 'home_currency', 'USD', 'USD', true, '{\"seen\": [\"at_par\", \"off_par\"]}', '2026-11-23 10:00:00')"
    ),
    (
        "INSERT INTO entries (id, side, company_id, kind, key, name, active, data, seen_at)"
        " VALUES (4, 'precoro', 1, 'supplier', '9001', 'Acme Supply', true, '{}', '2026-11-23 10:00:00')"
    ),
    "INSERT INTO problems (id, record_id, position, code, sentence, remedy) VALUES (1, 1, 0, 'date_missing', 'No date.', 'Enter it.')",
)

AGAIN = (
    "INSERT INTO records (id, precoro_company_id, connection_id, kind, precoro_id, scope, state, notes, requested_version,"
    " handled_version, requested_by_person, overridden_problems, write_back_due, claim, attempts, only_events, revised)"
    " VALUES (2, 1, 1, 'invoice', '956598', 0, 'open', '[]', 1, 1, false, '[]', false, 1, 0, false, false)"
)
"""The record of the first version once more."""
