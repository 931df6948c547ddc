"""`python -m bench.receiver`: how many events a second are kept and queued, beside the floor.

Both are served by the same server with the same options, take turns, and talk to the same Redis and database file.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import click
import simplejson
from redis import Redis
from sqlalchemy import func, insert, select, update

from bench import figures, installation, load, usage
from bench.load import AnsweredRequest
from firstrun.processes import Processes
from settings import Settings
from store import companies
from store.base import Store
from store.companies import Connection, PrecoroCompany, QboCompany
from store.events import Event
from store.records import INVOICE, SYNCED, Record

COMPANIES = 500
TOKEN = "token"  # noqa: S105 - in a database that is thrown away
INVOICE_PING = 3
CHUNK = 1000
SETTLE_SECONDS = 1.0
WITHOUT_LIMIT = "1000000000"


@dataclass
class MeasuredServer:
    """The receiver or its floor, and the results of each round.

    `rates` are events a second, `cpu` milliseconds an event, one figure a round.
    """

    name: str
    port: int
    request: load.Request
    process: int
    numbers: Iterator[int]
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    fastest: list[AnsweredRequest] = field(default_factory=list)
    steady: list[AnsweredRequest] = field(default_factory=list)
    beside_slow: list[AnsweredRequest] = field(default_factory=list)


@click.command()
@click.option("--database", help="SQLAlchemy URL of an empty Postgres database; without it SQLite on disk.")
@click.option("--seconds", default=5.0, show_default=True, help="Length of a round of the closed loop.")
@click.option("--rounds", default=5, show_default=True, help="Rounds of each; medians are printed.")
@click.option("--records", default=10_000, show_default=True, help="Records that are there before.")
@click.option("--connections", default=16, show_default=True, help="Kept-alive connections of the senders.")
@click.option("--slow", default=60, show_default=True, help="Connections that send a part and then nothing.")
@click.option("--rate", default=200.0, show_default=True, help="Events a second of the open loop.")
def main(
    database: str | None, seconds: float, rounds: int, records: int, connections: int, slow: int, rate: float
) -> None:
    """Measure the receiver beside its floor."""
    figures.machine()
    quiet = {"TIEOUT_CLAIMS_EACH": WITHOUT_LIMIT, "TIEOUT_PUBLIC_URL": "http://127.0.0.1"}
    with installation.isolated_settings(database, **quiet) as settings, Processes(settings.home / "log") as processes:
        installation.start_redis(processes, settings)
        store = installation.migrated(settings)
        _fill(store, records)
        servers = _start_servers(processes, settings)
        with Redis.from_url(settings.redis) as redis:
            for _ in range(rounds):
                for server in servers:
                    _closed_round(server, redis, settings, seconds, connections)
                    finish_all(store)
            for server in servers:
                _open_round(server, redis, settings, rate, connections)
                finish_all(store)
            _with_slow_senders(servers[0], slow)
            finish_all(store)
        _report(servers, rate, records)
        _check(store, servers[0])
        store.close()


def _start_servers(processes: Processes, settings: Settings) -> tuple[MeasuredServer, MeasuredServer]:
    """Start both: the receiver first."""
    receiver, floor = installation.start_receiver(processes, settings), installation.start_floor(processes, settings)
    return (
        MeasuredServer("receiver", settings.port("receiver"), ping, receiver, load.numbers_from(1)),
        MeasuredServer("floor", settings.port("console"), floor_request, floor, load.numbers_from(1)),
    )


def _closed_round(server: MeasuredServer, redis: Redis, settings: Settings, seconds: float, connections: int) -> None:
    """Ask as fast as it answers; every acknowledged event must be a job in Redis."""
    redis.flushdb()
    cpu = usage.cpu_seconds(server.process)
    answered = load.closed_loop(
        server.port, server.request, numbers=server.numbers, connections=connections, seconds=seconds
    )
    server.cpu.append(1000 * (usage.cpu_seconds(server.process) - cpu) / len(answered))
    took = max(reply.sent_at + reply.seconds for reply in answered) - min(reply.sent_at for reply in answered)
    server.rates.append(len(answered) / took)
    server.fastest += answered
    _expect_jobs(server, redis, settings, len(answered))


def _open_round(server: MeasuredServer, redis: Redis, settings: Settings, rate: float, connections: int) -> None:
    """Offer it a steady load, for ten seconds."""
    redis.flushdb()
    total = round(10 * rate)
    answered = load.open_loop(
        server.port, server.request, numbers=server.numbers, rate=rate, total=total, connections=2 * connections
    )
    server.steady += answered
    _expect_jobs(server, redis, settings, len(answered))


def _with_slow_senders(server: MeasuredServer, number: int) -> None:
    """Send events one after the other while others send slowly."""
    time.sleep(SETTLE_SECONDS)
    with load.slow_senders(server.port, number):
        time.sleep(SETTLE_SECONDS)
        server.beside_slow = load.closed_loop(
            server.port, server.request, numbers=server.numbers, connections=1, seconds=SETTLE_SECONDS
        )


def _expect_jobs(server: MeasuredServer, redis: Redis, settings: Settings, acknowledged: int) -> None:
    jobs = redis.llen(f"rq:queue:{settings.queue}")
    if jobs != acknowledged:
        raise click.ClickException(
            f"{server.name}: {acknowledged} events were acknowledged, but {jobs} jobs are queued."
        )


def _check(store: Store, receiver: MeasuredServer) -> None:
    """Say whether each acknowledged event is a row."""
    with store.read() as session:
        rows = session.scalar(select(func.count()).select_from(Event))
    acknowledged = len(receiver.fastest) + len(receiver.steady) + len(receiver.beside_slow)
    figures.line("events kept / acknowledged", f"{rows} / {acknowledged}")
    if rows != acknowledged:
        raise click.ClickException("Some acknowledged events were not kept.")


def _report(servers: Sequence[MeasuredServer], rate: float, records: int) -> None:
    """Print the figures of both, and how they compare."""
    print(
        f"\nPrecoro pings of many documents, {COMPANIES} companies, {records} records there before; each acknowledged, committed and queued"
    )
    for server in servers:
        spread = f"({min(server.rates):.0f} to {max(server.rates):.0f})"
        figures.line(
            f"{server.name}: closed loop",
            f"{figures.median(server.rates):6.0f} events/s {spread:<16} {figures.latency(server.fastest)}",
        )
        figures.line(f"{server.name}: CPU of its process", f"{figures.median(server.cpu):6.2f} ms an event")
        figures.line(f"{server.name}: {rate:g} events a second", figures.latency(server.steady))
        figures.line(f"{server.name}: peak memory", f"{usage.peak_megabytes(server.process):6.0f} MB")
    receiver, floor = servers
    figures.line("receiver: beside slow senders", figures.latency(receiver.beside_slow))
    ratio = figures.median([rate / floor_rate for rate, floor_rate in zip(receiver.rates, floor.rates, strict=True)])
    cpu = figures.median(receiver.cpu) / figures.median(floor.cpu)
    print(f"\n  receiver / floor: {ratio:.2f} of the rate (aim: 0.70), {cpu:.2f} times the CPU", flush=True)


def ping(number: int) -> tuple[str, bytes]:
    """Return the address and the body of what Precoro posts about an invoice."""
    body = simplejson.dumps({"id": number, "type": INVOICE_PING, "action": 1, "idn": number}).encode()
    return f"/webhooks/precoro/{_secret(number % COMPANIES)}", body


def floor_request(number: int) -> tuple[str, bytes]:
    """Return the same body for the floor."""
    return "/floor", ping(number)[1]


def _secret(company: int) -> str:
    return f"bench-secret-{company:03}"


def _fill(store: Store, records: int) -> None:
    """Make the connections, and a record for every second of the documents to come."""
    moment = datetime.now(UTC) - timedelta(hours=1)
    with store.write() as session:
        quickbooks = QboCompany(
            realm="1",
            environment="sandbox",
            name="Bench",
            country="US",
            home_currency="USD",
            plan="Plus",
            access_token=TOKEN,
            refresh_token=TOKEN,
            access_until=moment,
            refresh_from=moment,
        )
        connections = [_connection(number, quickbooks, moment) for number in range(COMPANIES)]
        session.add_all(connections)
        session.flush()
        rows = [_record(connections[2 * number % COMPANIES], 2 * number, moment) for number in range(1, records + 1)]
        for start in range(0, records, CHUNK):
            session.execute(insert(Record), rows[start : start + CHUNK])


def _connection(number: int, quickbooks: QboCompany, moment: datetime) -> Connection:
    precoro = PrecoroCompany(
        host="https://precoro.example",
        email=f"bench-{number}@example.com",
        api_key=TOKEN,
        webhook_secret=_secret(number),
        webhook_digest=companies.digest(_secret(number)),
    )
    return Connection(slug=f"bench-{number}", precoro=precoro, qbo=quickbooks, created_at=moment)


def finish_all(store: Store) -> None:
    """Make every record up to date, as if workers had done the jobs."""
    with store.write() as session:
        session.execute(
            update(Record).values(handled_version=Record.requested_version, queued_at=None, requested_at=None)
        )


def _record(connection: Connection, number: int, moment: datetime) -> dict[str, object]:
    return {
        "precoro_company_id": connection.precoro_id,
        "connection_id": connection.id,
        "kind": INVOICE,
        "precoro_id": str(number),
        "idn": str(number),
        "state": SYNCED,
        "requested_version": 1,
        "handled_version": 1,
        "read_at": moment,
    }


if __name__ == "__main__":
    main()
