"""An installation for alerts: rows without services, and a way to let time pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from mappers.remedies import Remedy
from store import duties
from store.alerts import AlertRow, OutgoingMessage
from store.companies import Connection
from store.history import PlanRow
from store.records import ProblemRow, Record
from tests import rows
from tests.stage import environment, load_settings
from workers.alerts import alerts_file, duty
from workers.runtime import Runtime

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Installation:
    """One connection, whose alerts are looked at again and again."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.connection = rows.connected(runtime.store, live_at=rows.LONG_AGO)

    def hold(self, number: int, *, code: str = "period_closed", since: timedelta = 30 * HOUR, **values: Any) -> None:
        """Keep held invoices of USD 10."""
        with self.runtime.write() as (session, moment):
            company = session.get_one(Connection, self.connection).precoro_id
            for key in range(number):
                invoice = {"kind": "invoice", "state": "held", "currency": "USD", "amount": Decimal(10), **values}
                record = Record(
                    precoro_company_id=company, connection_id=self.connection, precoro_id=f"{code}-{key}", **invoice
                )
                session.add(record)
                session.flush()
                problem = {"code": code, "sentence": "The period is closed.", "subject": "period"}
                session.add(ProblemRow(record_id=record.id, position=0, remedy=Remedy("Reopen it."), **problem))
                session.add(PlanRow(record_id=record.id, at=moment - since, decision="hold", summary=code))

    def release(self) -> None:
        """Let nothing be held any more."""
        with self.runtime.write() as (session, _):
            for record in session.scalars(select(Record)):
                record.state = "synced"

    def look(self, *, after: timedelta = timedelta()) -> list[dict[str, str]]:
        """Let time pass and the clock look again; returns the messages that were written to the file meanwhile."""
        before = len(self.messages())
        self.pass_time(after)
        duty.tell(self.runtime)
        return self.messages()[before:]

    def pass_time(self, after: timedelta) -> None:
        """Let time pass, in which the clock ticks and a worker lives."""
        with self.runtime.write() as (session, moment):
            for alert in session.scalars(select(AlertRow)):
                for name in ("begun_at", "told_at", "gone_at", "solved_at"):
                    past = getattr(alert, name)
                    setattr(alert, name, past and past - after)
            for message in session.scalars(select(OutgoingMessage)):
                message.not_before -= after
            duties.begin(session, duties.TICK, moment, 0)
            duties.begin(session, duties.worker("here", 1), moment, 0)

    def messages(self) -> list[dict[str, str]]:
        """Return every message in the files."""
        paths = sorted(alerts_file.folder(self.runtime.settings.home).glob("*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


@pytest.fixture
def installation(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Installation]:
    """Return an installation on SQLite and on Postgres in turn."""
    runtime = Runtime(
        load_settings(
            environment(
                tmp_path,
                redis_url,
                DATABASE_URL=database_url,
                TIEOUT_SPEED="1",
                TIEOUT_ALERTS_EVERY="120",
                TIEOUT_ALERT_HOSTS="127.0.0.1",
            )
        )
    )
    yield Installation(runtime)
    runtime.close()
