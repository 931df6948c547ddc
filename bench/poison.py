"""`python -m bench.poison`: one document in fifty never gets a clear answer, at either side; all others must go out.

    python -m bench.poison --documents 800

Real processes. Each poisoned document meets one kind of unclear answer, always: when it is read in Precoro, or when its
bill is created in QuickBooks. Exit 0: every other document stands once, no poisoned one kept it waiting. Printed beside
the time is the floor: what the quotas of Precoro allow for so many documents.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import click
from sqlalchemy import select

from bench import figures
from bench.chaos_installation import ChaosInstallation, open_installation
from bench.waiting import until
from standins.companies.seeds import WIDGETS_INC
from store.records import INVOICE, SYNCED, Record

COMPANY = WIDGETS_INC.precoro.id
REALM = WIDGETS_INC.quickbooks.realm
ONE_IN = 50
UNCLEAR = ("500", "503", "html_502", "empty_500", "timeout", "reset", "truncated", "500_after_commit")
"""Every kind of answer that does not say whether a service is out of order or only this request."""
CALLS = 2
"""Calls to Precoro for a document: it is read, and the outcome is written back."""
PATIENCE = 900.0


@click.command()
@click.option("--documents", default=800, show_default=True, help="Invoices that people approve.")
def main(documents: int) -> None:
    """Poison one document in fifty, and wait for all others."""
    figures.machine()
    with open_installation() as installation:
        alone, _ = _play(installation, range(documents), one_in=0)
        took, poisoned = _play(installation, range(documents, 2 * documents), one_in=ONE_IN)
        wrong = _wrong(installation, poisoned)
        settings = installation.settings
    floor = documents * CALLS * settings.hour / settings.precoro_hour
    figures.line("documents", f"{documents}, of which {len(poisoned)} are poisoned, by {len(UNCLEAR)} kinds in turns")
    figures.line(
        "all healthy ones sent", f"{took:.0f} s; as many without poison {alone:.0f} s; the quotas allow {floor:.0f} s"
    )
    for sentence in wrong:
        print(f"WRONG  {sentence}")
    sys.exit(bool(wrong))


def _play(installation: ChaosInstallation, numbers: range, *, one_in: int) -> tuple[float, set[str]]:
    """Approve invoices, poisoned ones among them; returns the seconds until all others were sent, and the poisoned ids."""
    began = time.monotonic()
    poisoned, healthy = set[str](), set[str]()
    for place, number in enumerate(numbers):
        is_poisoned = one_in > 0 and place % one_in == 0
        invoice = _approve(installation, number, place // one_in if is_poisoned else None)
        (poisoned if is_poisoned else healthy).add(str(invoice["id"]))
    until(lambda: healthy <= _sent(installation), "all healthy documents to be sent", PATIENCE)
    return time.monotonic() - began, poisoned


def _approve(installation: ChaosInstallation, number: int, turn: int | None) -> dict[str, Any]:
    """Approve an invoice, and poison it before if it has its turn among the poisoned."""
    invoice: dict[str, Any] = installation.precoro(
        "invoices",
        company=COMPANY,
        supplier="Acme Supply",
        customName=f"POISON-{number}",
        invoiceNumber=f"P-{number}-E",
        lines=[{"name": "Desk lamps", "quantity": 1, "price": "45.13", "account": "6650"}],
    )
    if turn is not None:
        _poison(installation, invoice, turn)
    for act in ("submit", "approve"):
        installation.precoro(f"invoices/{invoice['id']}", company=COMPANY, do=act)
    return invoice


def _poison(installation: ChaosInstallation, invoice: dict[str, Any], turn: int) -> None:
    """Order an unclear answer for everything that concerns this invoice, at one side: the kinds and the sides in turns."""
    fault = UNCLEAR[turn // 2 % len(UNCLEAR)]
    if turn % 2:
        match = {"method": "POST", "path": "/bill", "body": f'"{invoice["invoiceNumber"]}"'}
        installation.quickbooks("faults", match=match, fault=fault)
    else:
        match = {"method": "GET", "path": f"^/invoices/{invoice['idn']}$"}
        installation.precoro("faults", match=match, fault=fault)


def _sent(installation: ChaosInstallation) -> set[str]:
    """Return the ids of the invoices that stand in QuickBooks, as our records say."""
    with installation.runtime.read() as (session, _):
        rows = session.scalars(select(Record.precoro_id).where(Record.kind == INVOICE, Record.state == SYNCED))
        return set(rows)


def _wrong(installation: ChaosInstallation, poisoned: set[str]) -> list[str]:
    """Return what is wrong: a healthy document that stands twice or was charged an attempt."""
    numbers = [bill["DocNumber"] for bill in installation.quickbooks("state", "GET")["companies"][REALM]["bill"]]
    doubled = sorted({number for number in numbers if numbers.count(number) > 1})
    with installation.runtime.read() as (session, _):
        charged = session.scalars(
            select(Record.number).where(Record.attempts > 0, Record.precoro_id.not_in(poisoned))
        ).all()
    return [f"{number} stands twice" for number in doubled] + [f"{number} was charged" for number in charged]


if __name__ == "__main__":
    main()
