"""Names come from other people: whatever text of the database is a script, no page runs it or is broken by it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import String as Words
from sqlalchemy import Table, Text, insert, select, update

from mappers.remedies import Remedy
from store.base import Base
from store.events import Event
from store.history import ActionRow, PlanRow
from store.records import ProblemRow
from store.reference import PRECORO, QUICKBOOKS
from store.tasks import Change, Task
from tests import rows
from tests.integration.console.conftest import Visitor
from tests.integration.console.test_access import routes
from workers.runtime import Runtime

SCRIPTS = {
    "an image": "<img src=x onerror=alert(1)>",
    "an end": '"><svg onload=alert(1)>',
    "a template": "{{7*191}}",
    "a link": "javascript:alert(1)//\u202e",
}
RAW = ("<img src=x", "<svg onload", "1337", 'href="javascript', "\u202e")
"""What stands in no page: markup of others, a template that was worked out, a script as a link, and invisible characters."""
OURS = {"state", "kind", "side", "how", "action", "decision", "code", "role", "status", "source", "operation", "what", "method",
        "service", "key", "precoro_key", "qbo_key", "precoro_id", "slug", "subject", "currency", "qbo_type", "place", "id", "reference", "realm", "environment", "country", "home_currency", "plan", "subscription", "type", "qbo_id", "idn"}  # fmt: skip
"""Columns whose texts are words and keys of ours: what others write stands in all the rest."""
WRITTEN_BY_OTHERS = (
    "entries",
    "records",
    "problems",
    "actions",
    "plans",
    "tasks",
    "changes",
    "events",
    "qbo_companies",
)


@pytest.fixture
def everything(visitor: Visitor) -> Visitor:
    """Keep a row of everything that pages show, and sign an administrator in."""
    runtime = visitor.sign_in().runtime
    held = rows.record(
        runtime.store, 1, "203", number="INV-203", supplier="Acme", state="held", reason="because", currency="USD"
    )
    rows.record(runtime.store, 1, "billpayment:145:bill:176", kind="payment", scope=1, number="CHK-1", state="held")
    rows.record(runtime.store, 1, "9012", kind="supplier", scope=1, number="Acme", state="held", reason="because")
    rows.entry(runtime.store, PRECORO, "supplier", "9012", "Acme", data={"currencies": ["SEK"]})
    for side, kind, key in (
        (QUICKBOOKS, "vendor", "56"), (PRECORO, "item", "1"), (QUICKBOOKS, "item", "11"), (QUICKBOOKS, "account", "42"),
        (QUICKBOOKS, "tax_agency", "1"), (QUICKBOOKS, "tax_code", "2"), (QUICKBOOKS, "currency", "EUR"),
    ):  # fmt: skip
        rows.entry(runtime.store, side, kind, key, "named")
    rows.entry(runtime.store, PRECORO, "tax", "61", "named", data={"value": "20", "withholding": False})
    rows.entry(runtime.store, PRECORO, "tax", "62", "named", data={"value": "20", "withholding": True})
    rows.suggestion(runtime.store, 1, "supplier", "9012", "56", score=80, evidence=["same phone"])
    rows.suggestion(runtime.store, 1, "item", "1", "11", score=80, evidence=["same phone"])
    at = rows.LONG_AGO
    with runtime.write() as (session, _):
        problem = {
            "code": "supplier_not_paired",
            "subject": "supplier:9012",
            "sentence": "It is not.",
            "remedy": Remedy("Pair it."),
        }
        session.add_all([
            ProblemRow(record_id=held, position=0, **problem),
            PlanRow(record_id=held, at=at, decision="synced", summary="created"),
            ActionRow(at=at, who="ann", action="ignore", subject="invoice:203", connection="widgets", details={}),
            Event(source="precoro", company="1", subject="invoice:203", status="kept", operation="update", payload={}, received_at=at),
            Task(id=7, connection_id=1, action="lists", who="ann", created_at=at, state="done", reason="because", now="now"),
        ])  # fmt: skip
        session.flush()
        session.execute(
            insert(Change).values(
                id="1", task_id=7, position=0, what="add", subject="a", sentence="b", state="done", body={}
            )
        )
    return visitor


def write_everywhere(runtime: Runtime, script: str) -> int:
    """Put a script into every text of others; returns into how many columns."""
    number = 0
    with runtime.write() as (session, _):
        for table in (table for table in Base.metadata.sorted_tables if table.name in WRITTEN_BY_OTHERS):
            names = [name for name in _texts(table) if session.execute(select(table).limit(1)).first()]
            for name in names:
                longest = table.c[name].type.length or len(script)  # type: ignore[attr-defined]  # texts have a length
                session.execute(update(table).values({name: script[:longest]}))
            number += len(names)
        session.execute(update(ActionRow).values(details={"why": script, "after": {script: script}}))
        session.execute(update(Event).values(payload={script: script}))
    return number


def _texts(table: Table) -> list[str]:
    is_text = {column.name: type(column.type) in {Words, Text} and not column.computed for column in table.columns}
    return [name for name, is_it in is_text.items() if is_it and name not in OURS and not table.c[name].foreign_keys]


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
def test_no_page_holds_a_script_of_others(console: Flask, everything: Visitor, script: str) -> None:
    assert write_everywhere(everything.runtime, script) > 15
    shown = 0
    for rule, method, address in routes(console):
        if method != "GET" or rule.endpoint in {"sign_in.start_page", "connecting.callback"}:
            continue
        everything.runtime.redis.flushdb()
        answer = everything.get(address)
        assert answer.status_code < 500, (address, answer.text)
        if answer.mimetype == "text/html":
            assert not [raw for raw in RAW if raw in answer.text], address
            shown += any(
                part in answer.text for part in ("&lt;img src=x", "&gt;&lt;svg", "{{7*191}}", "javascript:alert")
            )
    assert shown > 12
