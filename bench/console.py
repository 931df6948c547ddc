"""`python -m bench.console`: how much time of the processor each page of the console takes, and how large it is, after years of use.

    python -m bench.console --documents 50000 --suppliers 5000 --connections 20

Pages are asked for in this process, as a browser with a session does, without a network; beside them stands a page that shows
nothing from the database but the session. No service and no Redis is asked. `bench.console_views` measures the views below.
"""

from __future__ import annotations

import time
from statistics import median

import click
from flask.testing import FlaskClient

from bench import figures
from bench.installation import isolated_settings, migrated
from bench.years_of_use import Size, fill
from console.app import create_app
from console.limits import limiter
from workers.users import commands

ROUNDS = 7
FLOOR = "/account/prove"
COMPANY = "/c/company-1"
PAGES = (
    "/",
    f"{COMPANY}/attention",
    f"{COMPANY}/attention/supplier_not_paired?subject=supplier:1",
    f"{COMPANY}/documents",
    f"{COMPANY}/documents?state=held",
    f"{COMPANY}/documents?text=acme",
    f"{COMPANY}/documents/INV-25000",
    f"{COMPANY}/payments",
    f"{COMPANY}/suppliers",
    f"{COMPANY}/suppliers/9001",
    f"{COMPANY}/suppliers?text=acme",
    f"{COMPANY}/products",
    f"{COMPANY}/lists",
    f"{COMPANY}/lists/accounts",
    f"{COMPANY}/set-up",
    "/c/company-20/set-up",
    f"{COMPANY}/settings",
    f"{COMPANY}/tasks",
    f"{COMPANY}/operations",
    f"{COMPANY}/events",
    f"{COMPANY}/history",
    "/operations",
    "/users",
)
KILOBYTE = 1024


@click.command()
@click.option("--documents", default=50_000, show_default=True, help="Documents.")
@click.option("--suppliers", default=5_000, show_default=True, help="Suppliers, and as many vendors.")
@click.option("--connections", default=20, show_default=True, help="Connections.")
def main(documents: int, suppliers: int, connections: int) -> None:
    """Measure, and print the figures."""
    figures.machine()
    with isolated_settings(None, TIEOUT_QBO_URL="http://127.0.0.1:9") as settings:
        store = migrated(settings)
        fill(store, Size(documents, suppliers, connections))
        store.close()
        app = create_app(settings)
        limiter.enabled = False
        client = _signed_in(
            app.test_client(), commands.first_admin_link(app.extensions["tieout"].runtime, "ada", "bench")
        )
        for address in (FLOOR, *PAGES):
            milliseconds, size, status = _measure(client, address)
            figures.line(address, f"{milliseconds:6.1f} ms   {size / KILOBYTE:6.1f} KB   {status}")
        app.extensions["tieout"].close()


def _signed_in(client: FlaskClient, link: str) -> FlaskClient:
    """Sign in by a link, as a person does."""
    page = client.get(f"/start/{link}").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    client.post(f"/start/{link}", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "same-origin"})
    return client


def _measure(client: FlaskClient, address: str) -> tuple[float, int, int]:
    """Return how much time of the processor a page takes in the middle of some rounds, its size and its status."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        answer = client.get(address)
        times.append((time.process_time() - began) * 1000)
    return median(times), len(answer.data), answer.status_code


if __name__ == "__main__":
    main()
