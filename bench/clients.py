"""`python -m bench.clients`: our QuickBooks client beside python-quickbooks and the floor.

All three talk to one stand-in over real HTTP, take turns, and do each round in a fresh process. CPU is that of the client's process
alone; the stand-in works in another one, so its share is in the clock only.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from decimal import Decimal

import click
import simplejson

from bench import figures
from bench.client_contestants import CONTESTANTS, ROWS, Ours, bill_body, peak
from bench.waiting import control
from qbo_client import batches
from qbo_client.batches import BatchItem
from qbo_client.client import BATCH_ITEMS
from qbo_client.query import select
from standins.quickbooks.app import create_app
from standins.quickbooks.settings import QuickBooksSettings
from standins.server import Background

VENDORS = 10_000
BACKLOG = 3_000
Result = Mapping[str, Mapping[str, float]]


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Rounds of each; medians are printed.")
@click.option(
    "--vendors", default=VENDORS, show_default=True, help="Vendors that are read page by page for the memory."
)
def main(rounds: int, vendors: int) -> None:
    """Measure our QuickBooks client beside others."""
    figures.machine()
    with Background(create_app(QuickBooksSettings(limits=False))) as url:
        backlog(url)
        fill(url, vendors)
        rounds_by_client: dict[str, list[Result]] = {name: [] for name in CONTESTANTS}
        for _ in range(rounds):
            for name, results in rounds_by_client.items():
                results.append(measure(name, url))
        report(rounds_by_client)
        one_page(url)


def backlog(url: str) -> None:
    """Create 3,000 vendors through batches, and count the calls where they arrive."""
    client = Ours(url).client
    items = [vendor(number) for number in range(BACKLOG)]
    began = time.perf_counter()
    for start in range(0, BACKLOG, BATCH_ITEMS):
        outcomes = batches.send(client, items[start : start + BATCH_ITEMS])
        if not all(isinstance(outcome, dict) for outcome in outcomes.values()):
            raise AssertionError(outcomes)
    rows = control(url, "requests", "GET")
    calls = sum(row["method"] == "POST" and row["path"].endswith("/batch") for row in rows)
    figures.line(f"{BACKLOG} vendors created", f"{calls} calls, {time.perf_counter() - began:.2f} s")


def fill(url: str, vendors: int) -> None:
    """Make the rest of the vendors, and the bills that are read."""
    client = Ours(url).client
    account = client.query(select("Account").where("AccountType", "=", "Expense").limit(1))[0]["Id"]
    bills = [
        BatchItem(key=f"b{number}", kind="Bill", body=bill_body(account, f"B-{number}", Decimal(number + 1)))
        for number in range(ROWS)
    ]
    items = [*(vendor(number) for number in range(BACKLOG, vendors)), *bills]
    for start in range(0, len(items), BATCH_ITEMS):
        batches.send(client, items[start : start + BATCH_ITEMS])


def vendor(number: int) -> BatchItem:
    """Return a vendor as people have them: an address, a phone number, a mail address."""
    body = {
        "DisplayName": f"Vendor {number:05d} Supply & Sons",
        "CompanyName": f"Vendor {number:05d} Supply",
        "PrimaryPhone": {"FreeFormNumber": f"+1 555 {number:07d}"},
        "PrimaryEmailAddr": {"Address": f"ap{number}@vendor.example"},
        "BillAddr": {
            "Line1": f"{number} Road St",
            "City": "Austin",
            "CountrySubDivisionCode": "TX",
            "PostalCode": "78701",
        },
        "AcctNum": f"A-{number}",
    }
    return BatchItem(key=f"v{number}", kind="Vendor", body=body)


def measure(name: str, url: str) -> Result:
    """Let one contestant do a round in a process of its own."""
    command = [sys.executable, "-m", "bench.client_contestants", name, url]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    result: Result = simplejson.loads(done.stdout)
    return result


def report(rounds_by_client: Mapping[str, list[Result]]) -> None:
    """Print the medians, a line each, and what ours costs beside the others."""
    for work, title in (
        ("vendors", f"{ROWS} vendors read"),
        ("bills", f"{ROWS} bills read"),
        ("sent", "100 bills sent"),
    ):
        cpu = {name: median(results, work, "cpu") for name, results in rounds_by_client.items()}
        clock = {name: median(results, work, "clock") for name, results in rounds_by_client.items()}
        for name in rounds_by_client:
            figures.line(f"{title}, {name}", f"{cpu[name]:7.1f} ms of CPU   {clock[name]:7.1f} ms")
        figures.line("", f"ours: {cpu['ours'] / cpu['python-quickbooks']:.2f} of python-quickbooks, {cpu['ours'] / cpu['floor']:.2f} of the floor")  # fmt: skip
    for name, results in rounds_by_client.items():
        figures.line(f"all vendors page by page, {name}", f"{median(results, 'memory', 'all'):7.1f} MB at most")


def one_page(url: str) -> None:
    """Print what one page takes for our client: reading all of them must take hardly more."""
    client = Ours(url)
    client.page("Account")
    figures.line("one page, ours", f"{peak(lambda: client.page('Vendor')):7.1f} MB at most")


def median(results: list[Result], work: str, unit: str) -> float:
    """Return the median of one figure over all rounds."""
    return figures.median([result[work][unit] for result in results])


if __name__ == "__main__":
    main()
