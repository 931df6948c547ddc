"""`python -m bench.set_up`: how long the imports of set-up take, beside the time that the quotas demand for their calls.

The stand-ins keep the real limits, with every window shortened by `--speed`; times are printed as they would be in reality.
The floor is the time after which the last of so many calls is allowed when nothing else is called.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import click
import requests
import simplejson

from bench import figures, house
from firstrun import home, standins
from firstrun.processes import Processes
from settings import Settings, load
from standins.consent import give_consent
from standins.seed import WIDGETS_INC
from store.tasks import ENDED, PLANNED, Task
from workers import actions, clients
from workers.connections import connect
from workers.connections.connect import PrecoroAccess
from workers.lists import mirror as lists
from workers.runtime import Runtime
from workers.suppliers import import_from_quickbooks as supplier_import
from workers.tasks import engine as tasks

START_SECONDS = 60.0
PATIENCE = 1800.0
REDIRECT = "http://127.0.0.1/connected"
WHO = "bench"


class TooSlowError(click.ClickException):
    """Something did not happen in time, or a task did not end well."""


@dataclass(frozen=True)
class Bench:
    """What runs, and the connection that is set up."""

    settings: Settings
    runtime: Runtime
    slug: str


@click.command()
@click.option(
    "--accounts", default=2000, show_default=True, help="Accounts in QuickBooks to import; 0 leaves them out."
)
@click.option(
    "--vendors", default=0, show_default=True, help="Vendors in QuickBooks to import as suppliers; 0 leaves them out."
)
@click.option("--speed", default=20.0, show_default=True, help="How much shorter than in reality every window is.")
@click.option("--workers", default=2, show_default=True, help="Worker processes.")
def main(accounts: int, vendors: int, speed: float, workers: int) -> None:
    """Measure imports on the first day of set-up, with the real limits on."""
    figures.machine()
    seed = {"fresh": {"vendors": vendors or 40, "accounts": accounts, "suppliers": 5}}
    with opened(seed, speed, workers) as bench:
        print(f"\n{workers} workers, limits of both services on, {speed:g} times as fast as in reality")
        if accounts:
            _measure(bench, f"{accounts:,} accounts", lists.IMPORT, {"lists": {"accounts": "all"}})
        if vendors:
            _measure(bench, f"{vendors:,} vendors", supplier_import.NAME, {})


@contextmanager
def opened(seed: Mapping[str, Any], speed: float, workers: int) -> Iterator[Bench]:
    """Start everything on the first day, and connect Widgets Inc without going live."""
    more = {"TIEOUT_SPEED": f"{speed:g}", "TIEOUT_WORKER_COUNT": str(workers)}
    with house.settings_of_its_own(None, **more) as plain:
        os.environ.update(standins.environment(plain))
        settings = load()
        house.migrated(settings).close()
        with Processes(home.logs(settings.home)) as processes:
            house.start_redis(processes, settings)
            for name in ("precoro", "quickbooks"):
                processes.start(name, _stand_in(name, settings, seed), os.environ)
                url = f"http://127.0.0.1:{settings.port(name)}/"
                processes.wait_for(name, partial(_answers, url), START_SECONDS)
            runtime = Runtime(settings)
            slug = _connect(runtime)
            processes.start("workers", [sys.executable, "-m", "workers"], os.environ)
            processes.start("clock", [sys.executable, "-m", "workers.clock"], os.environ)
            yield Bench(settings, runtime, slug)
            runtime.close()


def _stand_in(name: str, settings: Settings, seed: Mapping[str, Any]) -> list[str]:
    """Return how a stand-in starts with a seed, keeping nothing."""
    options = {"--port": str(settings.port(name)), "--speed": f"{settings.speed:g}", "--seed": simplejson.dumps(seed)}
    return [sys.executable, "-m", f"standins.{name}", *(part for option in options.items() for part in option)]


def _connect(runtime: Runtime) -> str:
    """Connect as a person does; returns the connection's name."""
    company = WIDGETS_INC
    answer = give_consent(clients.oauth(runtime, REDIRECT).authorise_url("bench"), company.quickbooks.realm)
    access = PrecoroAccess(runtime.settings.precoro_url, company.precoro.user, company.precoro.key)
    return connect.connect(runtime, access, answer["code"], answer["realmId"], redirect=REDIRECT).slug


def _measure(bench: Bench, title: str, action: str, arguments: Mapping[str, Any]) -> None:
    """Plan an action, apply it, and print the calls and times of both beside what the quotas demand."""
    _forget_calls(bench)
    begun = time.monotonic()
    task_id = tasks.start(bench.runtime, bench.slug, action, arguments, WHO)
    _until(bench, task_id, lambda task: task.state == PLANNED, "the plan")
    figures.line(f"{title}: reading and planning", _took(bench, begun) + _calls(bench))
    costs = actions.estimate(bench.runtime, task_id)
    _forget_calls(bench)
    begun = time.monotonic()
    tasks.go_on(bench.runtime, task_id, WHO)
    _until(bench, task_id, lambda task: task.state in ENDED, "the end")
    took = time.monotonic() - begun
    figures.line(f"{title}: applying", _took(bench, begun) + _calls(bench))
    figures.line("the quotas demand", f"{_time(bench, costs.seconds)} for {costs.calls.precoro:,} calls of Precoro")
    figures.line("beside that", f"{took / costs.seconds:.3f} times as long" if costs.seconds else "no time at all")


def _until(bench: Bench, task_id: int, happened: Callable[[Task], bool], what: str) -> None:
    """Wait until a task is where it should be; the workers carry it there."""
    until = time.monotonic() + PATIENCE
    while True:
        with bench.runtime.read() as (session, _):
            task = tasks.load(session, task_id)
        if happened(task):
            return
        if task.state in ENDED or time.monotonic() > until:
            raise TooSlowError(f"Task {task_id} is {task.state} in place of {what}: {task.reason or task.now}")
        time.sleep(0.05)


def _took(bench: Bench, begun: float) -> str:
    return _time(bench, time.monotonic() - begun)


def _time(bench: Bench, seconds: float) -> str:
    """Return a measured time as long as it would be in reality."""
    return f"{seconds * bench.settings.speed / 60:6.1f} min"


def _calls(bench: Bench) -> str:
    """Return the calls that both stand-ins have seen."""
    counts = {name: Counter(row["method"] for row in _seen(bench, name)) for name in ("precoro", "quickbooks")}
    told = [
        f"{name} {', '.join(f'{m} {n:,}' for m, n in sorted(found.items()))}" for name, found in counts.items() if found
    ]
    return f"   calls: {'; '.join(told) or 'none'}"


def _seen(bench: Bench, name: str) -> list[dict[str, Any]]:
    answer = requests.get(f"http://127.0.0.1:{bench.settings.port(name)}/_control/requests", timeout=60)
    found: list[dict[str, Any]] = answer.json()
    return found


def _forget_calls(bench: Bench) -> None:
    for name in ("precoro", "quickbooks"):
        requests.delete(f"http://127.0.0.1:{bench.settings.port(name)}/_control/requests", timeout=60)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


if __name__ == "__main__":
    main()
