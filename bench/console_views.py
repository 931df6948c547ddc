"""`python -m bench.console_views`: how long each view of the console takes on a database as after years of use.

    python -m bench.console_views --documents 50000 --suppliers 5000 --connections 20

The database is built first, which takes a minute. Beside each view stands its floor: the rows that it shows, read by their
keys with bare `sqlite3`. No service and no Redis is asked.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping
from functools import partial

import click

from bench import figures
from bench.installation import isolated_settings, migrated
from bench.years_of_use import Size, fill
from metrics.collector import InstallationCollector
from store.reference import PRECORO
from workers.attention import views as attention_views
from workers.connections import views as connection_views
from workers.documents import views as document_views
from workers.documents.views import Wanted
from workers.ops import views as ops
from workers.ops.metered_month import metered_month
from workers.ops.overview import overview
from workers.runtime import Runtime
from workers.suppliers import views as supplier_views
from workers.suppliers.comparison import supplier_detail

ROUNDS = 7
PAGE = 50
FIRST = "company-1"
"""The connection that has half of the documents and all suppliers."""
PAGE_OF_RECORDS = f"SELECT * FROM records ORDER BY id DESC LIMIT {PAGE}"  # noqa: S608 - a number of ours
FLOORS: Mapping[str, str] = {
    "documents": PAGE_OF_RECORDS,
    "document": "SELECT * FROM records JOIN calls ON calls.record_id = records.id WHERE records.id = 25000",
    "attention": PAGE_OF_RECORDS,
    "suppliers": f"SELECT * FROM pairs JOIN entries ON entries.id = pairs.id LIMIT {PAGE}",  # noqa: S608 - as above
    "connections": "SELECT * FROM connections",
    "operations": f"SELECT * FROM events ORDER BY id DESC LIMIT {PAGE}",  # noqa: S608 - as above
}
"""What each noun reads at the least, by key."""


@click.command()
@click.option("--documents", default=50_000, show_default=True, help="Documents.")
@click.option("--suppliers", default=5_000, show_default=True, help="Suppliers, and as many vendors.")
@click.option("--connections", default=20, show_default=True, help="Connections.")
def main(documents: int, suppliers: int, connections: int) -> None:
    """Measure, and print the figures."""
    figures.machine()
    with isolated_settings(None) as settings:
        store = migrated(settings)
        began = time.perf_counter()
        fill(store, Size(documents, suppliers, connections))
        store.close()
        figures.line("built", f"{documents:,} documents in {time.perf_counter() - began:.0f} s")
        runtime = Runtime(settings)
        floors = _floors(settings.database.removeprefix("sqlite:///"))
        for name, view in _views(runtime).items():
            wall, cpu = _milliseconds(view)
            floor, _ = floors[name.partition(":")[0]]
            figures.line(name, f"{wall:6.1f} ms   CPU {cpu:6.1f} ms   floor {floor:5.2f} ms")
        runtime.close()


def _views(runtime: Runtime) -> Mapping[str, Callable[[], object]]:
    """Return what each page asks for."""
    held, text = Wanted(states=["held"]), Wanted(text="acme")
    both = Wanted(connections=[FIRST], states=["held", "failed"], text="acme", problem="supplier_not_paired")
    return {
        "documents: first page of all": lambda: document_views.documents(runtime, Wanted(), limit=PAGE),
        "documents: last page of all": lambda: document_views.documents(runtime, Wanted(), limit=PAGE, before=PAGE),
        "documents: of one connection": lambda: document_views.documents(
            runtime, Wanted(connections=[FIRST]), limit=PAGE
        ),
        "documents: held": lambda: document_views.documents(runtime, held, limit=PAGE),
        "documents: search": lambda: document_views.documents(runtime, text, limit=PAGE),
        "documents: every filter": lambda: document_views.documents(runtime, both, limit=PAGE),
        "documents: counts": lambda: document_views.counts(runtime, Wanted()),
        "documents: counts of a search": lambda: document_views.counts(runtime, text),
        "document: with its timeline": lambda: document_views.document(runtime, "INV-25000"),
        "attention: causes": lambda: attention_views.causes(runtime, limit=PAGE),
        "attention: badge": lambda: attention_views.counts(runtime),
        "attention: records of a cause": lambda: attention_views.waiting_records(
            runtime, "supplier_not_paired", "supplier:9003", FIRST, limit=PAGE
        ),
        "suppliers: pairs": lambda: supplier_views.pairs(runtime, FIRST, limit=PAGE),
        "suppliers: suggestions": lambda: supplier_views.suggestions(runtime, FIRST, limit=PAGE),
        "suppliers: in Precoro only": lambda: supplier_views.unpaired(runtime, FIRST, PRECORO, limit=PAGE),
        "suppliers: counts": lambda: supplier_views.counts(runtime, FIRST),
        "suppliers: search": lambda: supplier_views.pairs(runtime, FIRST, "acme", limit=PAGE),
        "suppliers: counts of a search": lambda: supplier_views.counts(runtime, FIRST, "acme"),
        "suppliers: one beside its vendor": lambda: supplier_detail(runtime, FIRST, "9001"),
        "connections: all": lambda: connection_views.connections(runtime),
        "connections: of one": lambda: connection_views.connection(runtime, FIRST),
        "operations: overview": lambda: overview(runtime),
        "operations: a scrape of the metrics": InstallationCollector(runtime).collect,
        "operations: metered month": lambda: metered_month(runtime),
        "operations: events of one": lambda: ops.events(runtime, connection=FIRST, limit=PAGE),
        "operations: actions": lambda: ops.actions(runtime, FIRST, limit=PAGE),
    }


def _floors(file: str) -> Mapping[str, tuple[float, float]]:
    """Return how long the rows alone take, by noun."""
    connection = sqlite3.connect(file)
    floors = {noun: _milliseconds(partial(_read, connection, query)) for noun, query in FLOORS.items()}
    connection.close()
    return floors


def _read(connection: sqlite3.Connection, query: str) -> None:
    """Read all rows of a query."""
    connection.execute(query).fetchall()


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return the medians of a few rounds: by the clock, and of CPU time, which a busy machine moves least."""
    rounds = [_round(work) for _ in range(ROUNDS)]
    walls, cpus = zip(*rounds, strict=True)
    return figures.median(walls), figures.median(cpus)


def _round(work: Callable[[], object]) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    work()
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)


if __name__ == "__main__":
    main()
