"""`python -m bench.chaos`: everything goes wrong at once; in the end both sides must agree.

    python -m bench.chaos --documents 500 --seed 1

Real processes; people approve, revise, cancel and pay; both APIs answer with faults, break off and time out; workers,
receiver, clock and Redis are killed; webhooks are lost, doubled and shuffled. Then everything heals, and once all is
quiet both sides are compared. Exit 0: they tie. All decisions come from the seed; what the kills and faults hit
depends on the machine.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

import click
import requests
from sqlalchemy import select

from bench import chaos_plan, figures
from bench.chaos_installation import WORKERS, ChaosInstallation, open_installation
from bench.chaos_plan import ChaosStep
from bench.quiet import due, until_quiet
from bench.waiting import TooSlowError, until
from mappers.text import find_marker
from standins import compare
from standins.companies.seeds import WIDGETS_INC
from store import intents
from store.companies import CONNECTED, Connection
from store.intents import Intent
from store.records import FAILED, HELD, INVOICE, Record

REALM = WIDGETS_INC.quickbooks.realm
COMPANY = WIDGETS_INC.precoro.id
BURNING, BURNING_EACH = 10.0, 0.2
RETRY_AFTER = 1
"""Seconds that a 429 asks for: a minute, at 60 times the real speed."""
PAID_BILL = "bill_locked"


@dataclass
class Run:
    """A run under way: the documents by number, and what was done."""

    installation: ChaosInstallation
    documents: dict[int, dict[str, Any]] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    done: Counter[str] = field(default_factory=Counter)


@click.command()
@click.option("--documents", default=500, show_default=True, help="Invoices that people approve.")
@click.option("--seed", default=1, show_default=True, help="Decides everything that is decided.")
@click.option("--rate", default=8.0, show_default=True, help="Acts of people a second.")
@click.option("--database", help="SQLAlchemy URL of an empty Postgres database; without it SQLite on disk.")
def main(documents: int, seed: int, rate: float, database: str | None) -> None:
    """Let everything go wrong, heal it, and compare both sides."""
    figures.machine()
    with open_installation(database) as installation:
        figures.line("database", installation.runtime.store.engine.dialect.name)
        run = Run(installation)
        began = time.monotonic()
        _order_faults(installation, seed)
        _play(run, chaos_plan.steps(documents, seed), rate)
        _burn(run)
        struck = _heal(installation)
        until_quiet(installation)
        _report(run, struck, time.monotonic() - began)
        wrong = _compare_sides(run) + _find_faults(run)
    for sentence in wrong:
        print(f"WRONG  {sentence}")
    print(f"seed {seed}, {documents} documents: " + ("NOT survived" if wrong else "survived, both sides tie out"))
    sys.exit(bool(wrong))


def _order_faults(installation: ChaosInstallation, seed: int) -> None:
    """Order the faults and the trouble with webhooks."""
    for order in chaos_plan.faults(seed):
        ask = installation.quickbooks if order.service == "quickbooks" else installation.precoro
        match = {"method": "", "path": order.path}
        ask("faults", match=match, fault=order.fault, rate=order.rate, seed=order.seed, retry_after=RETRY_AFTER)
    for ask in (installation.precoro, installation.quickbooks):
        ask("webhooks", drop=0.1, duplicate=0.2, shuffle=True, delay_ms=3000, seed=seed)


def _play(run: Run, steps: list[ChaosStep], rate: float) -> None:
    """Let everything happen in its order."""
    for step in steps:
        began = time.monotonic()
        if step.document >= 0:
            _act(run, step)
        else:
            _kill(run.installation, step)
        run.done[step.act] += 1
        time.sleep(max(0.0, 1 / rate - (time.monotonic() - began)))


def _act(run: Run, step: ChaosStep) -> None:
    """Do what a person does with a document."""
    if step.act == "approve":
        run.documents[step.document] = _approve(run.installation, step)
    elif step.act == "pay":
        _pay(run, run.documents[step.document])
    else:
        path = f"invoices/{run.documents[step.document]['id']}"
        if step.act == "revise":
            run.installation.precoro(path, company=COMPANY, do="revise")
            run.installation.precoro(path, company=COMPANY, set={"lines": _lines(step)})
        run.installation.precoro(path, company=COMPANY, do={"revise": "approve"}.get(step.act, step.act))


def _approve(installation: ChaosInstallation, step: ChaosStep) -> dict[str, Any]:
    suppliers = chaos_plan.SUPPLIERS
    created: dict[str, Any] = installation.precoro(
        "invoices",
        company=COMPANY,
        supplier=suppliers[step.document % len(suppliers)],
        customName=f"CHAOS-{step.document}",
        invoiceNumber=f"C-{step.document}",
        lines=_lines(step),
        do=["submit", "approve"],
    )
    return created


def _lines(step: ChaosStep) -> list[dict[str, object]]:
    accounts = chaos_plan.ACCOUNTS
    first = {"name": "Desk lamps", "quantity": step.quantity, "price": "45.13", "account": accounts[step.document % 3]}
    return [first, {"name": "Freight, insured", "quantity": 1, "price": "85.37", "account": "5040"}]


def _pay(run: Run, document: dict[str, Any]) -> None:
    """Pay the bill of a document in QuickBooks, if it is there yet; that locks it."""
    for bill in run.installation.quickbooks("state", "GET")["companies"][REALM]["bill"]:
        if (find_marker(bill.get("PrivateNote")) or "").endswith(f":invoice:{document['id']}"):
            with suppress(requests.HTTPError):  # it was deleted since
                run.installation.quickbooks(f"bill/{bill['Id']}?realm={REALM}", do="pay", amount="1.00")
                run.paid.add(str(document["id"]))
                run.done["bills paid"] += 1


def _kill(installation: ChaosInstallation, step: ChaosStep) -> None:
    """Kill what the step says."""
    if step.act == "a worker":
        installation.kill_one_worker()
    elif step.act == "Redis, wiped":
        installation.wipe_redis(step.pause)
    else:
        parts = {"all workers": "workers", "the receiver": "receiver", "Redis": "redis", "the clock": "clock"}
        installation.kill(parts[step.act], step.pause)


def _burn(run: Run) -> None:
    """Leave the faults on until nearly all is done, so that the backlog meets them too."""
    seconds = BURNING + BURNING_EACH * len(run.documents)
    with suppress(TooSlowError):
        until(lambda: due(run.installation) * 10 <= len(run.documents), "the fire to burn down", seconds)


def _heal(installation: ChaosInstallation) -> dict[str, list[dict[str, Any]]]:
    """End all faults; returns what was ordered and how often it struck, by service."""
    struck = {"Precoro": installation.precoro("faults", "GET"), "QuickBooks": installation.quickbooks("faults", "GET")}
    for ask in (installation.precoro, installation.quickbooks):
        ask("faults", "DELETE")
        ask("webhooks", drop=0.0, duplicate=0.0)
    return struck


def _report(run: Run, struck: dict[str, list[dict[str, Any]]], seconds: float) -> None:
    """Print what was injected."""
    figures.line("took", f"{seconds:.0f} s")
    for act, count in sorted(run.done.items()):
        figures.line(f"{'killed: ' if act in chaos_plan.KILLED else 'people: '}{act}", str(count))
    for service, orders in struck.items():
        hits = Counter[str]()
        for order in orders:
            hits[order["fault"]] += order["struck"]
        figures.line(f"faults of {service}", ", ".join(f"{name} {count}" for name, count in sorted(hits.items())))
    for service, ask in (("Precoro", run.installation.precoro), ("QuickBooks", run.installation.quickbooks)):
        counts = ask("webhooks", "GET")
        names = ("delivered", "dropped", "failed_attempts", "given_up")
        figures.line(f"webhooks of {service}", ", ".join(f"{name} {counts[name]}" for name in names))


def _compare_sides(run: Run) -> list[str]:
    """Compare both sides, with the documents that wait because their bills were paid."""
    settings = run.installation.settings
    held = _held(run.installation, run.paid)
    comparison = compare.compare(settings.precoro_url, settings.qbo_url, held=held)
    figures.line(
        "compared", f"{len(comparison.rows)} documents, of which {len(held)} are held since their bills are paid"
    )
    return [f"{asdict(row)}" for row in comparison.broken]


def _held(installation: ChaosInstallation, paid: Collection[str]) -> set[str]:
    with installation.runtime.read() as (session, _):
        records = session.scalars(select(Record).where(Record.state == HELD, Record.precoro_id.in_(paid))).all()
        return {record.precoro_id for record in records if [row.code for row in record.problems] == [PAID_BILL]}


def _find_faults(run: Run) -> list[str]:
    """Return what else is wrong: records, open writes, write-backs, tokens, workers."""
    wrong = []
    excused = _held(run.installation, run.paid)
    invoices = run.installation.precoro("state", "GET")["companies"][str(COMPANY)]["invoices"]
    written = {str(invoice["id"]): invoice["externalId"] or "" for invoice in invoices}
    with run.installation.runtime.read() as (session, _):
        for record in session.scalars(select(Record).where(Record.kind == INVOICE)):
            reasons = [row.sentence for row in record.problems]
            title = f"{record.number} is {record.state} ({record.reason}; {reasons})"
            if record.state == FAILED or (record.state == HELD and record.precoro_id not in excused):
                wrong.append(title)
            expected = f"qbo:{REALM}:bill:{record.qbo_id}" if record.qbo_id else ""
            if written.get(record.precoro_id) != expected:
                wrong.append(f"{title}; Precoro has {written.get(record.precoro_id)!r} in place of {expected!r}")
        unsettled = session.scalars(select(Intent.id).where(Intent.state == intents.OPEN)).all()
        states = session.scalars(select(Connection.state)).all()
    wrong += [f"the write {intent_id} was never settled" for intent_id in unsettled]
    wrong += [f"a connection is {state}" for state in states if state != CONNECTED]
    if len(run.installation.workers()) != WORKERS:
        wrong.append(f"{len(run.installation.workers())} workers live in place of {WORKERS}")
    return wrong


if __name__ == "__main__":
    main()
