"""Starts everything in its order: Redis, database, stand-ins, then receiver, console, workers and clock."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

import requests
from sqlalchemy.exc import SQLAlchemyError

import settings as settings_module
from firstrun import home, ports, redis_server, standins
from firstrun.errors import CannotRunError, display_path
from firstrun.processes import Processes
from firstrun.redis_server import without_password
from settings import Settings
from standins.companies.shapes import CompanyPair
from store import migrations
from store.base import OpenKeysError, Store, read_keys
from workers.runtime import Runtime
from workers.users import commands

START_SECONDS = 60.0
FIRST_ADMIN = "admin"
ShowStep: TypeAlias = Callable[[str, str, str], None]
"""Shows one line of the start: a name, what it is, and perhaps why."""


class DatabaseRefusedError(CannotRunError):
    """The database cannot be used."""

    def __init__(self, url: str, error: Exception) -> None:
        where = without_password(url)
        reason = str(error).splitlines()[0]
        super().__init__(f"The database {where} cannot be used: {reason} Check DATABASE_URL.")


def configure() -> Settings:
    """Read the settings; without credentials point them, and all processes to come, at the stand-ins.

    Raises WrongSettingsError.
    """
    settings = settings_module.load()
    if standins.are_wanted():
        os.environ.update(standins.environment(settings))
    os.environ["TIEOUT_HOME"] = str(settings.home.absolute())
    return settings_module.load()


@contextmanager
def installation(
    settings: Settings, *, companies: tuple[CompanyPair, ...], step: ShowStep, why_own: str = "({} is not set)"
) -> Iterator[Processes]:
    """Start everything and wait until it answers; at the end stop it all.

    `companies` are those of the stand-ins, if any; `why_own` says why a service is one of our own. Raises CannotRunError.
    """
    ports.check([settings.port(name) for name in needed_ports(standins=bool(companies))], settings.port_base)
    with Processes(home.logs(settings.home)) as processes:
        _redis(settings, processes, step, why_own)
        _database(settings, step, why_own)
        standins.write_addresses(settings.home, standins.environment(settings) if companies else None)
        for name in ("precoro", "quickbooks") if companies else ():
            processes.start(name, standins.command(name, settings), os.environ)
        _start_tieout(processes)
        _connect(settings, processes, companies, step)
        names = f"receiver  console  workers x{settings.worker_count}  clock"
        step("running", f"{names}  precoro  quickbooks" if companies else names, "")
        yield processes


def console_link(settings: Settings) -> str:
    """Return an address that signs the first administrator in, once, within ten minutes."""
    runtime = Runtime(settings)
    try:
        return commands.address_of(runtime, commands.first_admin_link(runtime, FIRST_ADMIN, "bin/up"))
    finally:
        runtime.close()


def needed_ports(*, standins: bool) -> list[str]:
    """Return the names of the ports that will be listened on; our own Redis has a socket."""
    return ["receiver", "console", "dashboard", "metrics", *(["precoro", "quickbooks"] if standins else [])]


def _redis(settings: Settings, processes: Processes, step: ShowStep, why_own: str) -> None:
    if settings.redis_url:
        redis_server.check(settings)
        step("redis", without_password(settings.redis_url), "")
        return
    command = redis_server.command(redis_server.find_server(), settings.redis_socket)
    processes.start("redis", command, os.environ)
    processes.wait_for("redis", partial(redis_server.answers, settings.redis), START_SECONDS)
    step("redis", "own copy, behind a socket", why_own.format("REDIS_URL"))


def _database(settings: Settings, step: ShowStep, why_own: str) -> None:
    """Make the first key, then the tables."""
    key_is_new = home.ensure_key(settings)
    store = Store(settings.database, _keys(settings))
    try:
        migrations.upgrade(store)
    except SQLAlchemyError as error:
        raise DatabaseRefusedError(settings.database, error) from error
    finally:
        store.close()
    if settings.database_url:
        step("database", without_password(settings.database_url), "")
    else:
        step("database", f"SQLite, {display_path(settings.home / 'tieout.db')}", why_own.format("DATABASE_URL"))
    if key_is_new:
        key = display_path(settings.home / home.KEYS)
        step("secrets", f"new key in {key}", "back it up: without it the stored tokens cannot be read")


def _keys(settings: Settings) -> list[str]:
    """Return the keys. Raises CannotRunError when others can read them."""
    try:
        return read_keys(settings.keys, settings.home)
    except OpenKeysError as error:
        raise CannotRunError(str(error)) from error


def _start_tieout(processes: Processes) -> None:
    processes.start("receiver", [sys.executable, "-m", "webhooks"], os.environ)
    processes.start("console", [sys.executable, "-m", "console"], os.environ)
    processes.start("dashboard", [sys.executable, "-m", "dashboard"], os.environ)
    processes.start("metrics", [sys.executable, "-m", "metrics"], os.environ)
    processes.start("workers", [sys.executable, "-m", "workers"], os.environ)
    processes.start("clock", [sys.executable, "-m", "workers.clock"], os.environ)


def _connect(settings: Settings, processes: Processes, companies: tuple[CompanyPair, ...], step: ShowStep) -> None:
    """Wait until everything answers, and connect the companies of the stand-ins."""
    if companies:
        for name, url in (("precoro", settings.precoro_url), ("quickbooks", settings.qbo_url)):
            processes.wait_for(name, partial(_answers, f"{url}/"), START_SECONDS)
    local = f"http://127.0.0.1:{settings.port('receiver')}"
    processes.wait_for("receiver", partial(_answers, f"{local}/healthz"), START_SECONDS)
    console = f"http://127.0.0.1:{settings.port('console')}"
    processes.wait_for("console", partial(_answers, f"{console}/sign-in"), START_SECONDS)
    processes.wait_for("clock", partial(_answers, f"{local}/readyz"), START_SECONDS, f"see {local}/readyz")
    if companies:
        runtime = Runtime(settings)
        try:
            standins.connect_standins(runtime, companies)
        finally:
            runtime.close()
        step("companies", "stand-ins", "(no credentials are set)")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False
