"""An installation for a test: stand-ins over real HTTP, receiver, database, Redis, and workers in this process."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

import requests
import simplejson
from flask import Flask
from redis import Redis
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import selectinload

import settings as settings_module
from mappers.policy import Policy
from outbound.errors import NoBudget
from settings import Settings
from standins.consent import give_consent
from standins.control.control import ControlPanel
from standins.precoro import app as precoro_standin
from standins.quickbooks import app as quickbooks_standin
from standins.server import bind
from store import duties
from store.companies import PrecoroCompany
from store.records import NEVER, SUPPLIER, Record
from store.tasks import UNDER_WAY, Task
from tests import snapshot, sqlite
from tests.one_worker import work_off
from tests.rows import FERNET_KEY
from tests.snapshot import Snapshot, World
from tests.stores import reused_stores
from webhooks.app import create_app
from workers import catch_up, clients, clock, jobs
from workers.alerts import duty as alerts
from workers.connections import connect, go_live
from workers.runtime import Runtime

REALM, VERIFIER = "9130001", "verify_me"
EMAIL, KEY = "ann@widgets.example", "precoro-sandbox-key-1"
REDIRECT = "http://127.0.0.1:9/callback"
SPEED = 60
A_DAY = 86400
"""Seconds between two looks at what people are told of: every tick of every test would pay for one."""
PATIENCE = 60.0
UNFINISHED = and_(Record.state != NEVER, or_(Record.requested_version > Record.handled_version, Record.write_back_due))
SHORTEST_REST, LONGEST_REST, GROWTH = 0.02, 1.0, 2.0
"""Seconds between two looks of somebody who waits: more each time, because most of what a test costs are ticks of the clock."""
STOP_WITHIN = 0.02
"""Seconds after which a server looks whether it shall stop; its usual half second would be waited for after each test."""


def environment(home: Path, redis_url: str, **more: str) -> dict[str, str]:
    """Return the variables of a house, which runs much faster than the real one."""
    return {
        "TIEOUT_HOME": str(home),
        "TIEOUT_KEYS": FERNET_KEY,
        "REDIS_URL": redis_url,
        "TIEOUT_SPEED": str(SPEED),
        "TIEOUT_ALERTS_EVERY": str(A_DAY),
        "TIEOUT_REPORT_HOUR": "-1",
        "TIEOUT_QBO_CLIENT_ID": "sandbox-client",
        "TIEOUT_QBO_CLIENT_SECRET": "sandbox-secret",
        "TIEOUT_QBO_VERIFIER_TOKENS": VERIFIER,
        "TIEOUT_QBO_ENVIRONMENT": "sandbox",
        **more,
    }


def load_settings(variables: dict[str, str]) -> Settings:
    """Load settings from these variables alone."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "REDIS_", "DATABASE_"))
    }
    with patch.dict(os.environ, {**kept, **variables}, clear=True):
        return settings_module.load()


def company_number(key: str) -> int:
    """Return the number that the stand-in of Precoro gave the company of a key."""
    return 1 if key == KEY else 2


class Control:
    """The control API of a stand-in: what people do in the service."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False  # read before each call, that took a third of its time

    def post(self, path: str, **body: Any) -> Any:
        """Create or change something."""
        return self._answer(self.session.post(f"{self.url}/_control/{path}", data=simplejson.dumps(body, use_decimal=True),
                                              headers={"Content-Type": "application/json"}, timeout=PATIENCE))  # fmt: skip

    def get(self, path: str) -> Any:
        """Read something."""
        return self._answer(self.session.get(f"{self.url}/_control/{path}", timeout=PATIENCE))

    def rows(self, company: str, collection: str) -> list[dict[str, Any]]:
        """Return the records that a company holds in a collection."""
        held: list[dict[str, Any]] = self.get(f"state/{company}/{collection}")
        return held

    def delete(self, path: str) -> Any:
        """Clear something."""
        return self._answer(self.session.delete(f"{self.url}/_control/{path}", timeout=PATIENCE))

    def _answer(self, response: requests.Response) -> Any:
        if not response.ok:
            raise AssertionError(f"{response.status_code} {response.text[:500]}")
        return simplejson.loads(response.text, use_decimal=True) if response.text else None


class Stage:
    """The installation of a test, and what people do with it.

    Args:
        panels: what controls the stand-ins of Precoro and QuickBooks, which are served from this process
    """

    connected: ClassVar[dict[str, Snapshot]] = {}

    def __init__(
        self, runtime: Runtime, precoro: str, quickbooks: str, receiver: str, panels: Sequence[ControlPanel[Any]]
    ) -> None:
        self.runtime = runtime
        self.panels = panels
        self.precoro = Control(precoro)
        self.quickbooks = Control(quickbooks)
        self.receiver = receiver
        self.webhook = ""
        self.company = 1

    @property
    def worlds(self) -> list[World]:
        """Return what Precoro and QuickBooks hold."""
        return [panel.world for panel in self.panels]

    def connect(
        self,
        policy: Policy | None = None,
        realm: str = REALM,
        email: str = EMAIL,
        key: str = KEY,
        *,
        live: bool = True,
        **more: str,
    ) -> connect.NewConnection:
        """Connect the seeded companies through the consent page, point the webhooks of both at the receiver, and go live.

        `more` is `slug` or `legal_entity`.
        """
        app = clients.oauth(self.runtime, REDIRECT)
        callback = give_consent(app.authorise_url("state"), realm)
        access = connect.PrecoroAccess(self.precoro.url, email, key, more.get("legal_entity"))
        connected = connect.connect(
            self.runtime,
            access,
            callback["code"],
            callback["realmId"],
            redirect=REDIRECT,
            policy=policy,
            slug=more.get("slug", ""),
        )
        if live:
            go_live.go_live(self.runtime, connected.slug, "ann")
        self.company = company_number(key)
        self._deliver_to(connected.webhook_address.removeprefix(self.runtime.settings.receiver_url))
        self.precoro.delete("requests")
        self.quickbooks.delete("requests")
        return connected

    def begin_connected(
        self,
        policy: Policy | None = None,
        realm: str = REALM,
        email: str = EMAIL,
        key: str = KEY,
        *,
        live: bool = True,
        seed: object = None,
    ) -> None:
        """Start as after `connect(...)` in an empty house, which runs once in this process; others start from a copy.

        `seed` is what both services hold at first, where that is not the usual.
        """
        arguments = repr((policy, realm, email, key, live, seed))
        kept = Stage.connected.get(arguments)
        if kept is not None and kept.is_young():
            snapshot.copy_into(self.runtime.store, self.worlds, kept, self.precoro.url)
            [company] = kept.rows[PrecoroCompany.__tablename__]
            self.company = company_number(key)
            self._deliver_to(f"/webhooks/precoro/{company['webhook_secret']}")
        else:
            for service in (self.precoro, self.quickbooks) if seed else ():
                service.post("reset", seed=seed)
            self.connect(policy, realm, email, key, live=live)
            with self.runtime.write() as (session, moment):
                for duty in (alerts.NAME, clock.FAILED_JOBS, clock.RETENTION):
                    duties.begin(session, duty, moment, 0)
            Stage.connected[arguments] = snapshot.take(self.runtime.store, self.worlds)

    def _deliver_to(self, path: str) -> None:
        """Point the webhooks of both services at the receiver, those of Precoro at this path."""
        self.webhook = self.receiver + path
        self.precoro.post("webhooks", urls={str(self.company): [self.webhook]})
        self.quickbooks.post("webhooks", url=f"{self.receiver}/webhooks/quickbooks", verifier_token=VERIFIER)

    def back_up(self) -> Snapshot:
        """Return a backup of the database."""
        return snapshot.take(self.runtime.store, [])

    def restore(self, backup: Snapshot) -> None:
        """Put a backup in the place of the database, and start all that works anew."""
        snapshot.restore(self.runtime.store, backup)
        self.runtime.close()
        self.runtime = Runtime(self.runtime.settings)

    def close(self) -> None:
        """Close what is open."""
        self.runtime.close()

    def invoice(self, **description: Any) -> dict[str, Any]:
        """Create an invoice in Precoro as a person would."""
        form = {
            "company": self.company,
            "supplier": "Acme Supply",
            "issueDate": "2026-11-02",
            "requiredDate": "2026-12-02",
            **description,
        }
        created: dict[str, Any] = self.precoro.post("invoices", **form)
        return created

    def approved(self, **description: Any) -> dict[str, Any]:
        """Create an invoice and approve it."""
        created = self.invoice(**description)
        return self.act(created, "approve")

    def act(self, document: dict[str, Any], do: str, collection: str = "invoices", **more: Any) -> dict[str, Any]:
        """Submit, approve, revise, cancel or deny a document."""
        done: dict[str, Any] = self.precoro.post(f"{collection}/{document['id']}", company=self.company, do=do, **more)
        return done

    def change(self, document: dict[str, Any], collection: str = "invoices", **values: Any) -> dict[str, Any]:
        """Change fields of a document."""
        changed: dict[str, Any] = self.precoro.post(f"{collection}/{document['id']}", company=self.company, set=values)
        return changed

    def settle(self, seconds: float = PATIENCE) -> None:
        """Work until nothing is due and no webhook is on its way."""
        until, was_quiet, rests = time.monotonic() + seconds, False, _rests()
        while True:
            self.tick()
            is_quiet = self.is_quiet()
            if is_quiet and was_quiet:  # what came after the first tick had read what is due is done by the second
                return
            if time.monotonic() > until:
                raise AssertionError(f"still busy after {seconds} s: {[vars(record) for record in self.records()]}")
            if is_quiet:
                time.sleep(SHORTEST_REST)
            else:
                self._rest(next(rests))
            was_quiet = is_quiet

    def tick(self) -> None:
        """Let the clock tick and the workers work off the queue."""
        clock.tick(self.runtime)
        work_off(self.runtime)

    def until_state(self, document: dict[str, Any], state: str, seconds: float = PATIENCE) -> None:
        """Let clock and workers go on until a document has reached a state."""
        self.until(lambda: self.states_of(document) == [state], f"the state {state}", seconds)

    def until(self, happened: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
        """Let clock and workers go on until something has happened."""
        until, rests = time.monotonic() + seconds, _rests()
        while not happened():
            if time.monotonic() > until:
                records = [vars(record) for record in self.records()]
                raise AssertionError(f"waited {seconds:g} s for {what}: {records}")
            self.tick()
            if not happened():
                self._rest(next(rests))

    def catch_up(self) -> int:
        """Ask Precoro what was modified as the clock does, once the same may be asked again; returns how many documents are due."""
        try:
            return catch_up.catch_up(self.runtime, 1)
        except NoBudget as error:
            time.sleep(error.retry_after or 1)
            return catch_up.catch_up(self.runtime, 1)

    def _rest(self, shortest: float) -> None:
        """Sleep until the first record, task or duty is due that waits for its time, but not for long: events may come meanwhile."""
        seconds = 0.0 if self.is_webhook_pending() else self._seconds_until_due()
        time.sleep(min(max(seconds, shortest), LONGEST_REST))

    def _seconds_until_due(self) -> float:
        """Return when something is due next, 0 where something is due already and waits for something else."""
        with self.runtime.read() as (session, moment):
            begun_at = duties.begun_at(session)
            periodic = [(begun_at.get(item.name), item.every) for item in clock.calendar(self.runtime, session, moment)]
            of_records = session.scalars(select(Record.not_before).where(UNFINISHED)).all()
            of_tasks = session.scalars(select(Task.not_before).where(Task.state.in_(UNDER_WAY))).all()
        due_at = [*of_records, *of_tasks, *(begun and begun + timedelta(seconds=every) for begun, every in periodic)]
        return min(((when - moment).total_seconds() if when else 0 for when in due_at), default=0)

    def is_quiet(self) -> bool:
        """Say whether every record is done and every webhook delivered."""
        if self.is_webhook_pending():
            return False
        with self.runtime.store.read() as session:
            return not session.scalar(select(exists().where(UNFINISHED)))

    def is_webhook_pending(self) -> bool:
        """Say whether a webhook is on its way."""
        return any(panel.outbox.pending() for panel in self.panels)

    def states_of(self, document: dict[str, Any]) -> list[str]:
        """Return the states of the records of a Precoro document or supplier."""
        with self.runtime.store.read() as session:
            return list(session.scalars(select(Record.state).where(Record.precoro_id == str(document["id"]))))

    def records(self) -> list[Record]:
        """Return the records of documents."""
        return self.all_records(Record.kind != SUPPLIER)

    def all_records(self, *conditions: ColumnElement[bool]) -> list[Record]:
        """Return all records that meet these conditions, those of paired suppliers included."""
        with self.runtime.store.read() as session:
            return list(
                session.scalars(
                    select(Record)
                    .where(*conditions)
                    .options(selectinload(Record.problems), selectinload(Record.connection))
                    .order_by(Record.id)
                )
            )

    def record(self, document: dict[str, Any]) -> Record:
        """Return the record of a Precoro document or supplier."""
        return self.all_records(Record.precoro_id == str(document["id"]))[0]

    def bills(self, realm: str = REALM) -> list[dict[str, Any]]:
        """Return the bills that QuickBooks holds."""
        return self.entities("bill", realm)

    def entities(self, name: str, realm: str = REALM) -> list[dict[str, Any]]:
        """Return the entities of a type that QuickBooks holds, such as those of `vendorcredit`."""
        return self.quickbooks.rows(realm, name)


def _rests() -> Iterator[float]:
    """Yield how long somebody who waits rests at the least, in seconds."""
    rest = SHORTEST_REST
    while True:
        yield rest
        rest = min(rest * GROWTH, LONGEST_REST)


@contextmanager
def house(home: Path, redis_url: str, **more: str) -> Iterator[Stage]:
    """Open a house; everything in it is gone afterwards."""
    with ExitStack() as stack:
        services = stack.enter_context(stand_ins())
        stack.enter_context(reused_stores())
        addresses = {"TIEOUT_PRECORO_URL": services.precoro, "TIEOUT_QBO_URL": services.quickbooks}
        variables = environment(home, redis_url, **{**addresses, **more})
        if "DATABASE_URL" not in more:
            sqlite.new_database(home / "tieout.db")
        settings = load_settings(variables)
        with Redis.from_url(redis_url) as client:
            client.flushdb()
        app = create_app(settings)
        stack.callback(app.extensions["tieout"].close)
        receiver = serve(stack, app)
        stack.callback(services.fall_silent)
        stage = Stage(Runtime(settings), services.precoro, services.quickbooks, receiver, services.panels)
        stack.callback(stage.close)
        stack.enter_context(patch.object(jobs, "runtime", lambda: stage.runtime))
        yield stage


@dataclass(frozen=True)
class StandIns:
    """Both stand-ins, served from this process until it ends."""

    precoro: str
    quickbooks: str
    panels: Sequence[ControlPanel[Any]]

    def fall_silent(self) -> None:
        """Tell nobody of anything any more: an event that arrives late would be kept in the house of the next test."""
        for panel in self.panels:
            panel.outbox.settings.url, panel.outbox.settings.urls = None, {}
            panel.outbox.clear()
            panel.outbox.wait_until_idle(PATIENCE)

    def reset(self) -> None:
        """Let them be as they were at first, with nobody to tell of events."""
        for panel in self.panels:
            renew(panel)


_IDLE: dict[float, list[StandIns]] = defaultdict(list)


@contextmanager
def stand_ins(speed: float = SPEED) -> Iterator[StandIns]:
    """Lend both stand-ins, as fresh as new ones: to build them takes longer than many a test."""
    idle = _IDLE[speed]
    lent = idle.pop() if idle else _new_stand_ins(speed)
    yield lent
    lent.reset()
    idle.append(lent)


def _new_stand_ins(speed: float) -> StandIns:
    apps = precoro_standin.create_app(speed=speed), quickbooks_standin.create_app(speed=speed)
    precoro, quickbooks = (serve(ExitStack(), app) for app in apps)
    return StandIns(precoro, quickbooks, [panel_of(app) for app in apps])


def panel_of(stand_in: Flask) -> ControlPanel[Any]:
    """Return what controls a stand-in."""
    panel: ControlPanel[Any] = stand_in.extensions["control"]
    return panel


def renew(panel: ControlPanel[Any]) -> None:
    """Let a stand-in be as it was at first, with nobody to tell of events."""
    panel.outbox.settings.url, panel.outbox.settings.urls = None, {}
    panel.reset("small")


def serve(stack: ExitStack, app: Any) -> str:
    """Serve an app on a free port until the stack is closed."""
    server = bind(app, 0)
    threading.Thread(target=server.serve_forever, args=(STOP_WITHIN,), daemon=True).start()
    stack.callback(server.server_close)
    stack.callback(server.shutdown)
    return f"http://127.0.0.1:{server.port}"
