"""`python -m bench.tie_out`: a report over a whole company: its calls, its time beside what the quotas demand, and its memory.

The stand-ins keep the real limits, with every window shortened by `--speed`: how long the quotas make a report wait is printed as
it would be in reality, the work beside that as it was measured.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

import click
from sqlalchemy import insert

from bench import figures, installation, usage
from bench.set_up import SetUp, measure, open_set_up, wait_for
from mappers.documents.adoption import taken_over
from mappers.documents.document import ENTITY_TYPES, Document, DocumentKind
from mappers.documents.reading import load_document
from mappers.policy import dump_policy, load_policy
from mappers.tie_out.period import Period
from outbound.quota import seconds_for
from qbo_client.query import select as query
from store.records import DOCUMENT_KINDS, SYNCED, Record
from store.tasks import DONE
from workers import clients
from workers.documents.adopt_all import EVER
from workers.lookup import connection_named
from workers.records import list_rows
from workers.suppliers import pair_all
from workers.tie_out import commands, views
from workers.tie_out.views import ReportDetail

AT_ONCE = 1000
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
Entities = Mapping[tuple[str, str], Mapping[str, Any]]


@click.command()
@click.option("--documents", default=50_000, show_default=True, help="Documents that stand on both sides.")
@click.option("--suppliers", default=1_000, show_default=True, help="Suppliers with a vendor of the same name.")
@click.option("--speed", default=20.0, show_default=True, help="How much shorter than in reality every window is.")
@click.option("--workers", default=2, show_default=True, help="Worker processes.")
def main(documents: int, suppliers: int, speed: float, workers: int) -> None:
    """Measure the report of a whole company."""
    figures.machine()
    with open_set_up({"size": {"suppliers": suppliers, "documents": documents}}, speed, workers) as set_up:
        _send_both(set_up)
        measure(set_up, f"{suppliers:,} suppliers", pair_all.NAME, {})
        figures.line("documents that were sent", f"{_link(set_up):,}")
        begun = time.monotonic()
        task_id = commands.begin(set_up.runtime, set_up.slug, "bench", YEAR)
        wait_for(set_up, task_id, lambda task: task.state == DONE, "the report")
        took = time.monotonic() - begun
        report = views.of_task(set_up.runtime, task_id)
        if report is not None:
            _print(set_up, report, took)


def _print(set_up: SetUp, report: ReportDetail, took: float) -> None:
    """Print what a report came to, and what it cost."""
    summary, speed = report.summary, set_up.settings.speed
    figures.line("the report", f"{summary.state}: {', '.join(f'{name} {n:,}' for name, n in summary.counts.items())}")
    figures.line(
        "calls", f"{report.calls}: {', '.join(f'{reading.what} {reading.calls}' for reading in report.readings)}"
    )
    with set_up.runtime.read() as (session, _):
        connection = connection_named(session, set_up.slug)
        quota = clients.precoro_quota(set_up.runtime, connection.precoro).windows
    precoro = sum(reading.calls for reading in report.readings if reading.what in DOCUMENT_KINDS)
    demanded = seconds_for(precoro, quota)
    figures.line("the quotas demand", f"{demanded * speed / 60:.1f} min for {precoro} calls of Precoro")
    figures.line("took here", f"{took:.0f} s, of which {demanded:.0f} s are those of the quotas")
    pids = installation.running({"workers": "-m workers"})["workers"]
    peaks = " + ".join(f"{usage.peak_megabytes(pid):.0f}" for pid in pids)
    figures.line("peak memory: workers and clock", f"{peaks} MB")


def _send_both(set_up: SetUp) -> None:
    """Let the connection send orders and invoices."""
    with set_up.runtime.write() as (session, _):
        connection = connection_named(session, set_up.slug)
        connection.policy = dump_policy(replace(load_policy(connection.policy), send="both"))


def _link(set_up: SetUp) -> int:
    """Store that all that stands in QuickBooks was sent for its document; returns how many documents."""
    with set_up.runtime.read() as (session, _):
        connection = connection_named(session, set_up.slug)
        precoro = clients.precoro_for_task(set_up.runtime, connection.precoro, live=False)
        quickbooks = clients.quickbooks_for_task(set_up.runtime, connection.qbo, live=False)
        ids = {"precoro_company_id": connection.precoro_id, "connection_id": connection.id}
        company_id = connection.qbo_id
    entities = {
        (type_, str(row["DocNumber"])): row for type_ in ENTITY_TYPES for row in quickbooks.query_all(query(type_))
    }
    linked = 0
    for kind in DOCUMENT_KINDS:
        number, more = 1, True
        while more:
            page = precoro.documents_since(kind, EVER, page=number)
            rows = [ids | row for row in _records(kind, page.rows, entities, company_id)]
            with set_up.runtime.write() as (session, _):
                session.execute(insert(Record), rows)
            linked, number, more = linked + len(rows), number + 1, page.more
    return linked


def _records(
    kind: DocumentKind, rows: Iterator[dict[str, Any]] | list[dict[str, Any]], entities: Entities, company_id: int
) -> Iterator[dict[str, Any]]:
    """Yield the records of documents, each with the entity of its number as what was sent for it."""
    for row in rows:
        document = load_document(kind, row)
        entity = entities[document.entity_type, document.supplier_number or document.number]
        yield _record(document, dict(entity), company_id)


def _record(document: Document, entity: dict[str, Any], company_id: int) -> dict[str, Any]:
    sent = asdict(taken_over(document.entity_type, entity, document.version))
    del sent["revised"]
    return {
        "kind": document.kind, "precoro_id": str(document.id), "scope": 0, "idn": document.idn, "state": SYNCED, "notes": [],
        "number": document.number, "supplier": document.supplier_name, "currency": document.currency, "amount": document.total,
        "issued_on": document.issue_date, "requested_version": 1, "handled_version": 1, "requested_by_person": False,
        "overridden_problems": [], "write_back_due": False, "claim": 0, "attempts": 0, "only_events": False, "revised": False,
        "list_row": list_rows.shown_by(document), "qbo_company_id": company_id, "qbo_type": document.entity_type,
        "qbo_id": str(entity["Id"]), "qbo_number": str(entity["DocNumber"]), "sent": sent,
    }  # fmt: skip


if __name__ == "__main__":
    main()
