"""The two stand-ins: how they start, the settings that point at them, their companies connected."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import requests
from sqlalchemy import select

from firstrun import home
from firstrun.errors import CannotRunError
from mappers.policy import Policy
from outbound.errors import RemoteError
from settings import Settings
from standins.companies.shapes import CompanyPair
from standins.consent import give_consent
from store.companies import Connection
from workers import clients
from workers.connections.connect import PrecoroAccess, connect
from workers.connections.go_live import go_live
from workers.errors import ConnectError
from workers.runtime import Runtime

SPEED = "60"
REDIRECT = "http://127.0.0.1/connected"
POLICY = Policy(send="both", import_payments=True)
TIMEOUT = 30.0
WHO = "bin/up"


class StandInError(CannotRunError):
    """A company of the stand-ins cannot be connected."""

    def __init__(self, company: str, reason: object) -> None:
        super().__init__(f"{company} could not be connected: {reason} Start afresh: bin/up --reset")


def are_wanted() -> bool:
    """Say whether stand-ins are used, because there are no credentials for real companies."""
    return not os.environ.get("TIEOUT_QBO_CLIENT_ID")


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that point every process, and later `bin/tieout`, at the stand-ins."""
    return {
        "TIEOUT_PRECORO_URL": f"http://127.0.0.1:{settings.port('precoro')}",
        "TIEOUT_QBO_URL": f"http://127.0.0.1:{settings.port('quickbooks')}",
        "TIEOUT_QBO_ENVIRONMENT": "sandbox",
        "TIEOUT_QBO_CLIENT_ID": "sandbox-client",
        "TIEOUT_QBO_CLIENT_SECRET": "sandbox-secret",
        "TIEOUT_QBO_VERIFIER_TOKENS": "sandbox-verifier",
        "TIEOUT_SPEED": os.environ.get("TIEOUT_SPEED") or SPEED,
        "TIEOUT_PORT_BASE": str(settings.port_base),
    }


def write_addresses(folder: Path, variables: dict[str, str] | None) -> None:
    """Write the variables where `bin/tieout` finds them, or remove them when companies are real."""
    path = folder / home.ADDRESSES
    if variables is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text("".join(f"{name}={value}\n" for name, value in sorted(variables.items())))


def command(name: str, settings: Settings) -> list[str]:
    """Return how the stand-in of a service starts; its state stays in the home folder."""
    options = {
        "--port": str(settings.port(name)),
        "--speed": str(settings.speed),
        "--snapshot": str(settings.home / f"{name}.json"),
    }
    return [sys.executable, "-m", f"standins.{name}", *(part for option in options.items() for part in option)]


def connect_standins(runtime: Runtime, companies: tuple[CompanyPair, ...]) -> None:
    """Connect each company on both sides and go live, unless it is done already.

    The stand-ins learn where our receiver is now. Raises StandInError.
    """
    for company in companies:
        if company.quickbooks.realm not in _webhook_secrets(runtime):
            _connect(runtime, company)
    secrets = _webhook_secrets(runtime)
    receiver = runtime.settings.receiver_url
    for company in companies:
        address = f"{receiver}/webhooks/precoro/{secrets[company.quickbooks.realm]}"
        _set_webhooks(runtime.settings.precoro_url, {"company": company.precoro.id, "urls": [address]})
    _set_webhooks(runtime.settings.qbo_url, {"url": f"{receiver}/webhooks/quickbooks"})


def _connect(runtime: Runtime, company: CompanyPair) -> None:
    """Do what a person does on the consent page and in the set-up."""
    access = PrecoroAccess(runtime.settings.precoro_url, company.precoro.user, company.precoro.key)
    try:
        answer = give_consent(clients.oauth(runtime, REDIRECT).authorise_url("first-run"), company.quickbooks.realm)
        done = connect(runtime, access, answer["code"], answer["realmId"], redirect=REDIRECT, policy=POLICY)
        go_live(runtime, done.slug, WHO)
    except (ConnectError, RemoteError, requests.RequestException) as error:
        raise StandInError(company.precoro.name, error) from error


def _webhook_secrets(runtime: Runtime) -> dict[str, str]:
    """Return the secret part of each connected company's webhook address, by its QuickBooks realm."""
    with runtime.read() as (session, _):
        connections = session.scalars(select(Connection))
        return {connection.qbo.realm: connection.precoro.webhook_secret for connection in connections}


def _set_webhooks(standin: str, change: dict[str, object]) -> None:
    """Set where a stand-in sends its webhooks."""
    requests.post(f"{standin}/_control/webhooks", json=change, timeout=TIMEOUT).raise_for_status()
