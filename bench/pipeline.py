"""`python -m bench.pipeline`: from an event to the bill in QuickBooks: latency, documents a second, CPU and memory.

Everything runs as in a first run (`bin/up`), with both stand-ins answering at once and without limits, so that what is
measured is ours. The floor of the CPU is a job that does nothing, on the same workers in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import click
import requests
import simplejson
from rq import Queue
from sqlalchemy import func, or_, select

from bench import figures, house, load, noop, usage
from bench.load import Answered
from firstrun import running
from settings import Settings
from standins.seed import WIDGETS_INC
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


class TooSlowError(click.ClickException):
    """Something did not happen in time."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Waited {PATIENCE:.0f} s for {what}.")


@dataclass
class Bench:
    """What runs, and where to look."""

    settings: Settings
    runtime: Runtime
    secret: str
    workers: list[int]

    def ping(self, document: Mapping[str, Any]) -> tuple[str, bytes]:
        """Return the address and the body of what Precoro posts about a document."""
        body = {"id": document["id"], "type": INVOICE_PING, "action": 1, "idn": int(document["idn"])}
        return f"/webhooks/precoro/{self.secret}", simplejson.dumps(body).encode()

    def send(self, documents: list[dict[str, Any]], rate: float) -> list[Answered]:
        """Post a ping of each document, at this rate; an answer's number is the place of its document."""
        port = self.settings.port("receiver")
        return load.open_loop(
            port,
            lambda number: self.ping(documents[number]),
            numbers=load.numbers_from(0),
            rate=rate,
            total=len(documents),
            lines=1,
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
    with opened(database, workers) as bench:
        print(
            f"\n{workers} workers, {documents} invoices of three lines in each part, stand-ins without latency or limits"
        )
        _warm(bench)
        _latency(bench, documents, rate)
        _throughput(bench, documents)
        _memory()


@contextmanager
def opened(database: str | None, workers: int) -> Iterator[Bench]:
    """Start everything, connect Widgets Inc, and let it come to rest."""
    more = {**UNLIMITED, **UNDISTURBED, "TIEOUT_WORKER_COUNT": str(workers)}
    with house.settings_of_its_own(database, **more):
        settings = running.configure()
        with running.everything(settings, companies=(WIDGETS_INC,), step=lambda *_: None):
            for url in (settings.precoro_url, settings.qbo_url):
                _control(url, "settings", limits=False)
                _control(url, "webhooks", drop=1)  # the pings are ours, to know when they were sent
            runtime = Runtime(settings)
            with runtime.read() as (session, _):
                secret = session.scalars(select(PrecoroCompany.webhook_secret)).one()
            _until_quiet(settings)
            yield Bench(settings, runtime, secret, house.running(PROCESSES)["worker"][1:])
            runtime.close()


def _warm(bench: Bench) -> None:
    """Bring a few documents over, so that every process has loaded what it needs."""
    _done(bench, _approved(bench, 12), rate=50)


def _latency(bench: Bench, count: int, rate: float) -> None:
    """Measure from the ping's POST to the bill in the request log of the QuickBooks stand-in."""
    documents = _approved(bench, count)
    sent = _done(bench, documents, rate)
    created = _created(bench)
    waits = [1000 * (created[str(documents[one.number]["id"])] - one.sent_at) for one in sent]
    figures.line(
        f"event to bill, {rate:g} events/s",
        f"p50 {figures.quantile(waits, 0.5):6.1f} ms   p99 {figures.quantile(waits, 0.99):6.1f} ms",
    )
    figures.line("acknowledged", figures.latency(sent))


def _throughput(bench: Bench, count: int) -> None:
    """Measure a burst of events until all is in QuickBooks and written back, and the CPU beside that of empty jobs."""
    documents = _approved(bench, count)
    cpu = bench.cpu()
    sent = _done(bench, documents, rate=1000)
    spent = 1000 * (bench.cpu() - cpu) / count
    written = [_moment(call) for call in _calls(bench.settings.precoro_url) if call["method"] == "PATCH"]
    took = max(written) - min(one.sent_at for one in sent)
    floor = _empty_jobs(bench, 5 * count)
    figures.line("a burst of events", f"{count / took:6.1f} documents/s, written back")
    figures.line("CPU of the workers", f"{spent:6.1f} ms a document")
    figures.line("CPU of a job that does nothing", f"{floor:6.1f} ms")
    figures.line("beyond the job that does nothing", f"{spent - floor:6.1f} ms a document (aim: less than 60)")


def _empty_jobs(bench: Bench, count: int) -> float:
    """Return the CPU of a job that does nothing in milliseconds."""
    jobs: Queue = bench.runtime.queue
    cpu = bench.cpu()
    prepared = [
        Queue.prepare_data(f"{noop.__name__}.{noop.nothing.__name__}", args=(number,), result_ttl=queue.RESULT_SECONDS)
        for number in range(count)
    ]
    jobs.enqueue_many(prepared)
    _until(lambda: jobs.is_empty() and jobs.started_job_registry.count == 0, "empty jobs")
    return 1000 * (bench.cpu() - cpu) / count


def _memory() -> None:
    """Print the most memory that each process had."""
    for name, pids in house.running(PROCESSES).items():
        peaks = [usage.peak_megabytes(pid) for pid in pids]
        figures.line(f"peak memory: {name}", " + ".join(f"{peak:.0f}" for peak in peaks) + " MB")


def _approved(bench: Bench, count: int) -> list[dict[str, Any]]:
    """Let people create and approve invoices in Precoro, of which nothing is told yet."""
    return [
        _control(
            bench.settings.precoro_url,
            "invoices",
            company=WIDGETS_INC.precoro.id,
            supplier=SUPPLIERS[number % len(SUPPLIERS)],
            customName=f"B-{time.time_ns()}",
            lines=list(LINES),
            do=["submit", "approve"],
        )
        for number in range(count)
    ]


def _done(bench: Bench, documents: list[dict[str, Any]], rate: float) -> list[Answered]:
    """Tell of all documents and wait until they are in QuickBooks and written back."""
    _control(bench.settings.precoro_url, "requests", "DELETE")
    _control(bench.settings.qbo_url, "requests", "DELETE")
    sent = bench.send(documents, rate)
    keys = [str(document["id"]) for document in documents]

    def is_done() -> bool:
        with bench.runtime.read() as (session, _):
            open_ones = or_(
                Record.state != SYNCED, Record.write_back_due, Record.requested_version > Record.handled_version
            )
            there = session.scalar(select(func.count()).where(Record.precoro_id.in_(keys), ~open_ones))
        return there == len(documents)

    _until(is_done, f"{len(documents)} documents")
    return sent


def _created(bench: Bench) -> dict[str, float]:
    """Return when the write of each document was answered, by its Precoro id; the request id tells whose it is."""
    with bench.runtime.read() as (session, _):
        writes = select(Intent.id, Record.precoro_id).join(Record, Record.id == Intent.record_id)
        whose = dict(session.execute(writes.where(Intent.operation == intents.CREATE)).all())
    calls = _calls(bench.settings.qbo_url)
    return {whose[call["requestid"]]: _moment(call) for call in calls if call["requestid"] in whose}


def _calls(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _control(url, "requests", "GET")
    return found


def _moment(call: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(call["time"]).timestamp()


def _control(url: str, path: str, method: str = "POST", **body: Any) -> Any:
    """Do something in a stand-in as a person would, or look."""
    answer = requests.request(method, f"{url}/_control/{path}", json=body if method == "POST" else None, timeout=30)
    answer.raise_for_status()
    return simplejson.loads(answer.text, use_decimal=True) if answer.text else None


def _until_quiet(settings: Settings) -> None:
    """Wait until set-up has ended: no call to either service for a few seconds."""
    seen, since = -1, time.monotonic()

    def is_quiet() -> bool:
        nonlocal seen, since
        calls = len(_calls(settings.precoro_url)) + len(_calls(settings.qbo_url))
        if calls != seen:
            seen, since = calls, time.monotonic()
        return time.monotonic() - since > QUIET_SECONDS

    _until(is_quiet, "the end of set-up")


def _until(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            raise TooSlowError(what)
        time.sleep(0.1)


if __name__ == "__main__":
    main()
