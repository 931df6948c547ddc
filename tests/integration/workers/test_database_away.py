"""Our own database goes away in the middle of a job: nothing fails, nothing is doubled, and all goes on by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from standins import compare
from store import base
from store.base import Store, is_unavailable
from store.intents import Intent
from tests.acceptance.fire.house import BILL, PAPER, pass_an_hour
from tests.postgres import NoPostgresError, Postgres
from tests.stage import Stage, house
from workers import jobs

Away = Callable[[], AbstractContextManager[None]]
SLOW = 5.0
"""Seconds that QuickBooks takes for a bill: time enough for the database to go away."""


@pytest.fixture
def on_sqlite(tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Stage, Away]]:
    """Return a house on SQLite, whose file another program keeps locked while it is away."""
    monkeypatch.setattr(base, "BUSY_SECONDS", 0.1)

    @contextmanager
    def locked() -> Iterator[None]:
        other = Store(stage.runtime.settings.database, stage.runtime.settings.keys.split(","))
        with ExitStack() as stack:
            with monkeypatch.context() as patient:  # a busy disk may hold our own last commit for longer than that
                patient.setattr(base, "BUSY_SECONDS", 10.0)
                stack.enter_context(other.write()).execute(text("SELECT 1"))
            yield
        other.close()

    with house(tmp_path, redis_url) as stage:
        stage.begin_connected()
        yield stage, locked


@pytest.fixture
def on_postgres(tmp_path: Path, redis_url: str) -> Iterator[tuple[Stage, Away]]:
    """Return a house on a Postgres of its own, which is stopped as by a power cut while it is away."""
    try:
        server = Postgres()
    except NoPostgresError as error:
        pytest.skip(str(error))

    @contextmanager
    def stopped() -> Iterator[None]:
        server.stop()
        yield
        server.start()

    with house(tmp_path, redis_url, DATABASE_URL=server.new_database()) as stage:
        stage.begin_connected()
        yield stage, stopped
    server.remove()


def is_sending(stage: Stage) -> bool:
    """Say whether a write was committed and is under way."""
    with stage.runtime.read() as (session, _):
        return session.scalar(select(Intent.id)) is not None


@pytest.mark.parametrize("database", ["on_sqlite", "on_postgres"])
def test_a_database_that_is_away_when_quickbooks_answers_fails_no_document(
    request: pytest.FixtureRequest, database: str
) -> None:
    stage, away = request.getfixturevalue(database)
    stage.quickbooks.post("faults", match=BILL, fault="delay", delay=SLOW, times=1)
    invoice = stage.approved(number="INV-1", invoiceNumber="D-1", lines=[PAPER])
    assert stage.precoro.get("webhooks?wait=10")["idle"]
    came_of_it: list[str] = []
    record_id = stage.record(invoice).id
    job = threading.Thread(target=lambda: came_of_it.append(jobs.sync_record(record_id)))
    job.start()
    while not is_sending(stage):
        pass
    with away():
        job.join()
        assert came_of_it == ["later: the database is away"]
    assert (stage.record(invoice).state, stage.record(invoice).attempts) == ("open", 0)
    pass_an_hour(stage.runtime)
    stage.settle()
    assert [Decimal(bill["TotalAmt"]) for bill in stage.bills()] == [Decimal("540.00")]
    assert compare.compare(stage.precoro.url, stage.quickbooks.url).ties


def test_a_missing_column_is_a_mistake_of_ours_and_not_a_database_that_is_away(store: Store) -> None:
    with pytest.raises(Exception, match="no_such_column") as caught, store.read() as session:
        session.execute(text("SELECT no_such_column FROM records"))
    assert not is_unavailable(caught.value)
    assert not is_unavailable(ValueError())
    assert is_unavailable(OperationalError("SELECT 1", None, Exception("the connection was closed")))
