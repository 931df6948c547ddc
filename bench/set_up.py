"""`python -m bench.set_up`: the imports of set-up beside the time that the quotas demand.

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
import simplejson

from bench import figures, installation
from bench.waiting import answers, control, until
from firstrun import home, standins
from firstrun.processes import Processes
from settings import Settings, load
from standins.companies.seeds import WIDGETS_INC
from standins.consent import give_consent
from store.tasks import ENDED, PLANNED, Task
from workers import actions, clients
from workers.connections import connect
from workers.connections.connect import PrecoroAccess
from workers.lists import mirror as lists
from workers.lookup import find_task
from workers.runtime import Runtime
from workers.suppliers import import_from_quickbooks as supplier_import
from workers.tasks import commands as task_commands

START_SECONDS = 240.0
"""How long a stand-in may take to make a company of 50,000 documents."""
PATIENCE = 1800.0
REDIRECT = "http://127.0.0.1/connected"
WHO = "bench"
SERVICES = ("precoro", "quickbooks")


class TaskEndedError(click.ClickException):
    """A task ended without getting where it should."""

    def __init__(self, task: Task, state: str) -> None:
        super().__init__(f"Task {task.id} is {task.state} in place of {state}: {task.reason or task.now}")


@dataclass(frozen=True)
class SetUp:
    """An installation that runs, and the connection that is set up."""

    settings: Settings
    runtime: Runtime
    slug: str

    def url(self, service: str) -> str:
        """Return the address of a stand-in."""
        return f"http://127.0.0.1:{self.settings.port(service)}"


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
    with open_set_up(seed, speed, workers) as set_up:
        print(f"\n{workers} workers, limits of both services on, {speed:g} times as fast as in reality")
        if accounts:
            measure(set_up, f"{accounts:,} accounts", lists.IMPORT, {"lists": {"accounts": "all"}})
        if vendors:
            measure(set_up, f"{vendors:,} vendors", supplier_import.NAME, {})


@contextmanager
def open_set_up(seed: Mapping[str, Any], speed: float, workers: int) -> Iterator[SetUp]:
    """Start everything on the first day, and connect Widgets Inc without going live."""
    more = {"TIEOUT_SPEED": f"{speed:g}", "TIEOUT_WORKER_COUNT": str(workers)}
    with installation.isolated_settings(None, **more) as plain:
        os.environ.update(standins.environment(plain))
        settings = load()
        installation.migrated(settings).close()
        with Processes(home.logs(settings.home)) as processes:
            installation.start_redis(processes, settings)
            for name in SERVICES:
                processes.start(name, _stand_in(name, settings, seed), os.environ)
                url = f"http://127.0.0.1:{settings.port(name)}/"
                processes.wait_for(name, partial(answers, url), START_SECONDS)
            runtime = Runtime(settings)
            slug = _connect(runtime)
            processes.start("workers", [sys.executable, "-m", "workers"], os.environ)
            processes.start("clock", [sys.executable, "-m", "workers.clock"], os.environ)
            yield SetUp(settings, runtime, slug)
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


def measure(set_up: SetUp, title: str, action: str, arguments: Mapping[str, Any]) -> None:
    """Plan and apply an action, and print calls and times beside what the quotas demand."""
    _forget_calls(set_up)
    begun = time.monotonic()
    task_id = task_commands.start(set_up.runtime, set_up.slug, action, arguments, WHO)
    wait_for(set_up, task_id, lambda task: task.state == PLANNED, "the plan")
    figures.line(f"{title}: reading and planning", _duration(set_up, begun) + _calls(set_up))
    costs = actions.estimate(set_up.runtime, task_id)
    _forget_calls(set_up)
    begun = time.monotonic()
    task_commands.confirm(set_up.runtime, task_id, WHO)
    wait_for(set_up, task_id, lambda task: task.state in ENDED, "the end")
    took = time.monotonic() - begun
    figures.line(f"{title}: applying", _duration(set_up, begun) + _calls(set_up))
    figures.line("the quotas demand", f"{_time(set_up, costs.seconds)} for {costs.calls.precoro:,} calls of Precoro")
    figures.line("beside that", f"{took / costs.seconds:.3f} times as long" if costs.seconds else "no time at all")


def wait_for(set_up: SetUp, task_id: int, reached: Callable[[Task], bool], event: str) -> None:
    """Wait until the workers have brought a task to a state. Raises TaskEndedError and TooSlowError."""

    def is_there() -> bool:
        with set_up.runtime.read() as (session, _):
            task = find_task(session, task_id)
        if task.state in ENDED and not reached(task):
            raise TaskEndedError(task, event)
        return reached(task)

    until(is_there, event, PATIENCE)


def _duration(set_up: SetUp, begun: float) -> str:
    return _time(set_up, time.monotonic() - begun)


def _time(set_up: SetUp, seconds: float) -> str:
    """Return a measured time as long as it would be in reality."""
    return f"{seconds * set_up.settings.speed / 60:6.1f} min"


def _calls(set_up: SetUp) -> str:
    """Return the calls that both stand-ins have seen."""
    counts = {name: Counter(row["method"] for row in control(set_up.url(name), "requests", "GET")) for name in SERVICES}
    texts = [
        f"{name} {', '.join(f'{method} {number:,}' for method, number in sorted(methods.items()))}"
        for name, methods in counts.items()
        if methods
    ]
    return f"   calls: {'; '.join(texts) or 'none'}"


def _forget_calls(set_up: SetUp) -> None:
    for name in SERVICES:
        control(set_up.url(name), "requests", "DELETE")


if __name__ == "__main__":
    main()
