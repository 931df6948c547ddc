"""`python -m bench.pipeline`: from an event to the bill: latency, throughput, CPU, memory.

Everything runs as in a first run (`bin/up`), with both stand-ins answering at once and without limits, so that what is
measured is ours. The floor of the CPU is a job that does nothing, on the same workers in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
import simplejson
from rq import Queue
from sqlalchemy import func, or_, select

from bench import figures, installation, load, noop, usage
from bench.load import AnsweredRequest
from bench.waiting import control, until
from firstrun import running
from settings import Settings
from standins.companies.seeds import WIDGETS_INC
from store import intents, queue
from store.companies import PrecoroCompany
from store.intents import Intent
from store.records import SYNCED, Record
from workers.runtime import Runtime

INVOICE_PING = 3
PATIENCE = 300.0
QUIET_SECONDS = 3.0
UNLIMITED = {
    f"TIEOUT_{name}": "1000000"
    for name in ("PRECORO_MINUTE", "PRECORO_HOUR", "PRECORO_DAY", "QBO_SECOND", "QBO_MINUTE", "QBO_BATCHES")
}
UNDISTURBED = {"TIEOUT_CATCH_UP": "1000000", "TIEOUT_CHANGES_EVERY": "1000000", "TIEOUT_CHANGES_IDLE": "1000000"}
"""No catch-up while we measure: only our pings bring documents over."""
SUPPLIERS = ("Acme Supply", "Vista Laptop Outlet", "Georgetown Packaging", "Rio Grande Aluminum")
LINES = (
    {"name": "Desk lamps", "quantity": 12, "price": "45.00", "account": "6650", "class": "Facilities"},
    {"name": "Freight, insured", "quantity": 1, "price": "85.37", "account": "5040", "class": "IT"},
    {"name": "Spindle repair", "quantity": 2, "price": "155.00", "account": "6520", "class": "Manufacturing"},
)
PROCESSES = {
    "receiver": "webhooks.app",
    "worker": "-m workers ",
    "clock": "-m workers.clock",
    "precoro stand-in": "standins.precoro",
    "quickbooks stand-in": "standins.quickbooks",
    "redis": "redis-server",
}


@dataclass
class Pipeline:
    """An installation that runs, and where to look in it."""

    settings: Settings
    runtime: Runtime
    secret: str
    workers: list[int]

    def ping(self, document: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return the address and the body of what Precoro posts about a document."""
        body = {"id": document["id"], "type": INVOICE_PING, "action": 1, "idn": int(document["idn"])}
        return f"/webhooks/precoro/{self.secret}", simplejson.dumps(body).encode()

    def send(self, documents: list[dict[str, Any]], rate: float) -> list[AnsweredRequest]:
        """Post a ping of each document at this rate; an answer's number is the index of its document."""
        port = self.settings.port("receiver")
        return load.open_loop(
            port,
            lambda number: self.ping(documents[number]),
            numbers=load.numbers_from(0),
            rate=rate,
            total=len(documents),
            connections=1,
        )

    def cpu(self) -> float:
        """Return the CPU seconds that the workers have used so far."""
        return sum(usage.cpu_seconds(pid) for pid in self.workers)


@click.command()
@click.option("--database", help="SQLAlchemy URL of an empty Postgres database; without it SQLite on disk.")
@click.option("--documents", default=200, show_default=True, help="Documents of each part.")
@click.option("--rate", default=4.0, show_default=True, help="Events a second while latency is measured.")
@click.option("--workers", default=2, show_default=True, help="Worker processes.")
def main(database: str | None, documents: int, rate: float, workers: int) -> None:
    """Measure the way of a document through all of Tieout."""
    figures.machine()
    with open_pipeline(database, workers) as pipeline:
        print(
            f"\n{workers} workers, {documents} invoices of three lines in each part, stand-ins without latency or limits"
        )
        _warm(pipeline)
        _latency(pipeline, documents, rate)
        _throughput(pipeline, documents)
        _memory()


@contextmanager
def open_pipeline(database: str | None, workers: int) -> Iterator[Pipeline]:
    """Start everything, connect Widgets Inc, and let it come to rest."""
    more = {**UNLIMITED, **UNDISTURBED, "TIEOUT_WORKER_COUNT": str(workers)}
    with installation.isolated_settings(database, **more):
        settings = running.configure()
        with running.installation(settings, companies=(WIDGETS_INC,), step=lambda *_: None):
            for url in (settings.precoro_url, settings.qbo_url):
                control(url, "settings", limits=False)
                control(url, "webhooks", drop=1)  # the pings are ours, to know when they were sent
            runtime = Runtime(settings)
            with runtime.read() as (session, _):
                secret = session.scalars(select(PrecoroCompany.webhook_secret)).one()
            _until_quiet(settings)
            yield Pipeline(settings, runtime, secret, installation.running(PROCESSES)["worker"][1:])
            runtime.close()


def _warm(pipeline: Pipeline) -> None:
    """Bring a few documents over, so that every process has loaded what it needs."""
    _bring_over(pipeline, _approve_invoices(pipeline, 12), rate=50)


def _latency(pipeline: Pipeline, count: int, rate: float) -> None:
    """Measure from the ping's POST to the bill in the request log of the QuickBooks stand-in."""
    documents = _approve_invoices(pipeline, count)
    sent = _bring_over(pipeline, documents, rate)
    created = _answer_times(pipeline)
    waits = [1000 * (created[str(documents[ping.number]["id"])] - ping.sent_at) for ping in sent]
    figures.line(
        f"event to bill, {rate:g} events/s",
        f"p50 {figures.quantile(waits, 0.5):6.1f} ms   p99 {figures.quantile(waits, 0.99):6.1f} ms",
    )
    figures.line("acknowledged", figures.latency(sent))


def _throughput(pipeline: Pipeline, count: int) -> None:
    """Measure a burst of events until all is written back, and its CPU beside that of empty jobs."""
    documents = _approve_invoices(pipeline, count)
    cpu = pipeline.cpu()
    sent = _bring_over(pipeline, documents, rate=1000)
    spent = 1000 * (pipeline.cpu() - cpu) / count
    written = [_moment(call) for call in _calls(pipeline.settings.precoro_url) if call["method"] == "PATCH"]
    took = max(written) - min(ping.sent_at for ping in sent)
    floor = _empty_jobs(pipeline, 5 * count)
    figures.line("a burst of events", f"{count / took:6.1f} documents/s, written back")
    figures.line("CPU of the workers", f"{spent:6.1f} ms a document")
    figures.line("CPU of a job that does nothing", f"{floor:6.1f} ms")
    figures.line("beyond the job that does nothing", f"{spent - floor:6.1f} ms a document (aim: less than 60)")


def _empty_jobs(pipeline: Pipeline, count: int) -> float:
    """Return the CPU of a job that does nothing in milliseconds."""
    jobs: Queue = pipeline.runtime.queue
    cpu = pipeline.cpu()
    prepared = [
        Queue.prepare_data(f"{noop.__name__}.{noop.nothing.__name__}", args=(number,), result_ttl=queue.RESULT_SECONDS)
        for number in range(count)
    ]
    jobs.enqueue_many(prepared)
    until(lambda: jobs.is_empty() and jobs.started_job_registry.count == 0, "empty jobs", PATIENCE)
    return 1000 * (pipeline.cpu() - cpu) / count


def _memory() -> None:
    """Print the most memory that each process had."""
    for name, pids in installation.running(PROCESSES).items():
        peaks = [usage.peak_megabytes(pid) for pid in pids]
        figures.line(f"peak memory: {name}", " + ".join(f"{peak:.0f}" for peak in peaks) + " MB")


def _approve_invoices(pipeline: Pipeline, count: int) -> list[dict[str, Any]]:
    """Let people create and approve invoices in Precoro, of which nothing is told yet."""
    return [
        control(
            pipeline.settings.precoro_url,
            "invoices",
            company=WIDGETS_INC.precoro.id,
            supplier=SUPPLIERS[number % len(SUPPLIERS)],
            customName=f"B-{time.time_ns()}",
            lines=list(LINES),
            do=["submit", "approve"],
        )
        for number in range(count)
    ]


def _bring_over(pipeline: Pipeline, documents: list[dict[str, Any]], rate: float) -> list[AnsweredRequest]:
    """Tell of all documents and wait until they are in QuickBooks and written back."""
    control(pipeline.settings.precoro_url, "requests", "DELETE")
    control(pipeline.settings.qbo_url, "requests", "DELETE")
    sent = pipeline.send(documents, rate)
    keys = [str(document["id"]) for document in documents]

    def is_done() -> bool:
        with pipeline.runtime.read() as (session, _):
            unfinished = or_(
                Record.state != SYNCED, Record.write_back_due, Record.requested_version > Record.handled_version
            )
            there = session.scalar(select(func.count()).where(Record.precoro_id.in_(keys), ~unfinished))
        return there == len(documents)

    until(is_done, f"{len(documents)} documents", PATIENCE)
    return sent


def _answer_times(pipeline: Pipeline) -> dict[str, float]:
    """Return when the write of each document was answered, by its Precoro id."""
    with pipeline.runtime.read() as (session, _):
        writes = select(Intent.id, Record.precoro_id).join(Record, Record.id == Intent.record_id)
        whose = dict(session.execute(writes.where(Intent.operation == intents.CREATE)).all())
    calls = _calls(pipeline.settings.qbo_url)
    return {whose[call["requestid"]]: _moment(call) for call in calls if call["requestid"] in whose}


def _calls(url: str) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = control(url, "requests", "GET")
    return calls


def _moment(call: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(call["time"]).timestamp()


def _until_quiet(settings: Settings) -> None:
    """Wait until set-up has ended: no call to either service for a few seconds."""
    last, since = -1, time.monotonic()

    def is_quiet() -> bool:
        nonlocal last, since
        calls = len(_calls(settings.precoro_url)) + len(_calls(settings.qbo_url))
        if calls != last:
            last, since = calls, time.monotonic()
        return time.monotonic() - since > QUIET_SECONDS

    until(is_quiet, "the end of set-up", PATIENCE)


if __name__ == "__main__":
    main()
