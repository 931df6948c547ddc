"""A house in which processes are killed at a chosen boundary, and in which an hour passes at once."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from store import migrations
from store.base import UtcTime
from store.companies import Connection
from store.intents import OPEN, Intent
from store.records import Record
from tests.acceptance.forks import ForkServer
from tests.stage import PATIENCE, REALM, Stage, environment, house
from workers import clock
from workers.runtime import Runtime

PLAY = "tests.acceptance.fire.roles:play"
SPEED = "600"
PAPER = {"name": "Copy paper", "quantity": 10, "price": "54.00", "account": "Office Supplies"}
BILL = {"method": "POST", "path": f"/v3/company/{REALM}/bill"}
CREDIT = {"method": "POST", "path": f"/v3/company/{REALM}/vendorcredit"}
PATCH = {"method": "PATCH", "path": "/invoices/"}
HOUR = timedelta(hours=1)
DEATHS_A_HOUSE = 6
PASSING = {"records", "intents", "connections", "duties", "tasks", "changes", "entries"}
PATIENT = {"TIEOUT_ECHO_WINDOW": "6000", "TIEOUT_QUEUED_FOR": "36000"}
"""What must not pass within a test on a slow machine: a record that was queued is not queued again a moment later."""
UNLIMITED = {"TIEOUT_PRECORO_SAME_MINUTE": "1000", "TIEOUT_PRECORO_SAME_HOUR": "1000"}
"""What must not be waited for on a fast machine: a file is fetched again in less than a minute of this house, a tenth of a second."""


class DyingProcesses:
    """Runs processes that are killed at a boundary."""

    def __init__(self, fork_server: ForkServer, home: Path, variables: dict[str, str]) -> None:
        self._fork_server = fork_server
        self._home = home
        self._variables = variables

    def run(self, role: str, *arguments: str, kill_at: int | None = None) -> tuple[int, list[str]]:
        """Run one process in a role; returns its exit status, and the boundaries that it reached."""
        notes, log = self._home / "boundaries", self._home / "process.log"
        for file in (notes, log):
            file.unlink(missing_ok=True)
        process = self._fork_server.start(
            PLAY, role, str(notes), kill_at, *arguments, variables=self._variables, log=log
        )
        status = process.wait()
        assert status in {0, -signal.SIGKILL}, log.read_text()
        return status, notes.read_text().splitlines() if notes.exists() else []


class Fire:
    """The house, its processes, and the acts of the scenarios."""

    def __init__(self, stage: Stage, processes: DyingProcesses) -> None:
        self.stage = stage
        self.processes = processes
        self._numbers = count(1)

    def number(self) -> int:
        """Return a number that was never returned before."""
        return next(self._numbers)

    def draft(self, **values: Any) -> dict[str, Any]:
        """Create an invoice of its own number."""
        number = self.number()
        return self.stage.invoice(
            **{"number": f"FIRE-{number}", "invoiceNumber": f"F-{number}", "lines": [PAPER], **values}
        )

    def approved(self, **values: Any) -> dict[str, Any]:
        """Create an invoice and approve it."""
        return self.stage.act(self.draft(**values), "approve")

    def synced_invoice(self, **values: Any) -> dict[str, Any]:
        """Create and approve an invoice, wait until all is done, and let an hour pass."""
        invoice = self.approved(**values)
        self.settle()
        return invoice

    def settle(self) -> None:
        """Wait until all is done, and let an hour pass."""
        self.stage.settle()
        self.pass_an_hour()

    def read_changes(self) -> None:
        """Wait until QuickBooks has sent its events, and let the clock read the changes."""
        assert self.stage.quickbooks.get("webhooks?wait=10")["idle"]
        self.pass_an_hour()
        clock.tick(self.stage.runtime)

    def wait_for_events(self) -> None:
        """Wait until every event has arrived; then exactly one job is in the queue."""
        idle = self.stage.precoro.get("webhooks?wait=10")["idle"]
        assert idle
        until = time.monotonic() + PATIENCE
        while not self.stage.runtime.queue.count and time.monotonic() < until:
            self.stage.runtime.dispatch()
        waiting = [
            (record.number, record.state, record.requested_version, record.handled_version)
            for record in self.stage.records()
            if record.requested_version > record.handled_version
        ]
        assert self.stage.runtime.queue.count == 1, waiting

    def pass_an_hour(self) -> None:
        """Make every moment that is waited for an hour older."""
        pass_an_hour(self.stage.runtime)

    def recover(self, document: dict[str, Any], state: str) -> None:
        """Let an hour pass and workers work until a document has reached its state and all is quiet."""
        self.pass_an_hour()
        self.stage.precoro.post("webhooks", drop=0.0)
        self.stage.until_state(document, state)
        self.stage.settle()

    def open_writes(self, document: dict[str, Any]) -> list[str]:
        """Return the writes of a document whose outcome is not known yet."""
        with self.stage.runtime.read() as (session, _):
            of_document = Intent.record_id == self.stage.record(document).id
            return list(session.scalars(select(Intent.id).where(of_document, Intent.state == OPEN)))

    def all_open_writes(self) -> list[str]:
        """Return all writes whose outcome is not known yet."""
        with self.stage.runtime.read() as (session, _):
            return list(session.scalars(select(Intent.id).where(Intent.state == OPEN)))

    def written_back(self, document: dict[str, Any]) -> str | None:
        """Return the externalId of a document in Precoro."""
        invoices = self.stage.precoro.rows("1", "invoices")
        external_id: str | None = next(invoice["externalId"] for invoice in invoices if invoice["id"] == document["id"])
        return external_id

    def record(self, document: dict[str, Any]) -> Record:
        """Return the record of a document."""
        return self.stage.record(document)


def pass_an_hour(runtime: Runtime, *, hours: int = 1) -> None:
    """Make every moment that is waited for an hour older: leases, waits, attempts, duties; tokens and quotas stay."""
    with runtime.write() as (session, _):
        for table in migrations.METADATA.sorted_tables:
            if table.name in PASSING:
                _make_older(session, table, hours * HOUR)
        session.execute(update(Connection).values(pages_read_until={}))  # these moments are not columns


def _make_older(session: Session, table: Table, by: timedelta) -> None:
    """Take this time from every moment of a table, with one statement for all rows."""
    moments = [column for column in table.columns if isinstance(column.type, UtcTime)]
    keys = list(table.primary_key)
    rows = [
        {
            **{column.name: row[column] and row[column] - by for column in moments},
            **{f"key_{key.name}": row[key] for key in keys},
        }
        for row in session.execute(select(*keys, *moments)).mappings()
    ]
    if rows:
        same_row = (key == bindparam(f"key_{key.name}") for key in keys)
        session.connection().execute(table.update().where(*same_row), rows)


class OpenHouse:
    """Keeps the house on one database open until one on the other is needed, or it holds so much that a new one is quicker.

    Args:
        open_on: opens a house with these variables more
    """

    def __init__(self, open_on: Callable[[dict[str, str]], AbstractContextManager[Fire]]) -> None:
        self._open_on = open_on
        self._stack = ExitStack()
        self._database = ""
        self._used = 0
        self._fire: Fire

    def on(self, database: str, request: pytest.FixtureRequest) -> Fire:
        """Return the house on `sqlite` or `postgres`."""
        if database != self._database or self._used == DEATHS_A_HOUSE:
            self.close()
            self._fire = self._stack.enter_context(self._open_on(database_variables(database, request)))
            self._database, self._used = database, 0
        self._used += 1
        return self._fire

    def close(self) -> None:
        """Close the house that is open."""
        self._database = ""
        self._stack.close()


def database_variables(database: str, request: pytest.FixtureRequest) -> dict[str, str]:
    """Return what a house needs to know of its database: nothing for `sqlite`, which lies in the home folder."""
    return {"DATABASE_URL": request.getfixturevalue("postgres").new_database()} if database == "postgres" else {}


@contextmanager
def fire(home: Path, redis_url: str, fork_server: ForkServer, **more: str) -> Iterator[Fire]:
    """Open a connected house, far faster than real and without limits: here it is about deaths."""
    variables = {**PATIENT, **UNLIMITED, "TIEOUT_SPEED": SPEED, **more}
    with house(home, redis_url, **variables) as stage:
        for control in (stage.precoro, stage.quickbooks):
            control.post("settings", limits=False)
        # Whether the event of our own write-back comes before the release or after it is a matter of milliseconds.
        stage.precoro.post("settings", ping_own_writes=False)
        stage.begin_connected()
        stage.settle()
        addresses = {"TIEOUT_PRECORO_URL": stage.precoro.url, "TIEOUT_QBO_URL": stage.quickbooks.url}
        yield Fire(stage, DyingProcesses(fork_server, home, {**environment(home, redis_url), **addresses, **variables}))
