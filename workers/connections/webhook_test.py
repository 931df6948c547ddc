"""Tests whether Precoro's events arrive: calls the receiver at its public address, and waits for the next event."""

from __future__ import annotations

import time
from datetime import datetime
from urllib.parse import urlsplit

import requests

from mappers.remedies import Act, Remedy
from settings import HERE, Settings
from workers.lookup import connection_named
from workers.ops.doctor import Check
from workers.runtime import Runtime

TIMEOUT = 10.0
POLL = 0.5


def reachable(settings: Settings) -> Check:
    """Ask the receiver at the address that Precoro is to call; from outside it may still be another matter."""
    address = settings.receiver_url
    try:
        answer = requests.get(f"{address}/healthz", timeout=TIMEOUT)
    except requests.RequestException as error:
        remedy = Remedy("Start the receiver, or set TIEOUT_PUBLIC_URL to its public address.")
        return Check("receiver", f"Nothing answers at {address} ({type(error).__name__}).", remedy)
    if not answer.ok:
        return Check("receiver", f"{address} answers with status {answer.status_code}.", Remedy("See its log."))
    return Check("receiver", f"The receiver answers at {address}.")


def last_event_at(runtime: Runtime, slug: str) -> datetime | None:
    """Return when the last event of Precoro came."""
    with runtime.read() as (session, _):
        return connection_named(session, slug).precoro.last_event_at


def wait_for_event(runtime: Runtime, slug: str, seconds: float) -> datetime | None:
    """Wait for the next event of Precoro, and return when it came; None when none came in time."""
    before, until = last_event_at(runtime, slug), time.monotonic() + seconds
    while time.monotonic() < until:
        latest = last_event_at(runtime, slug)
        if latest != before:
            return latest
        time.sleep(POLL)
    return None


def advice(settings: Settings, slug: str) -> Remedy:
    """Return what to do when no event came."""
    address = settings.receiver_url
    if urlsplit(address).hostname in HERE and not settings.precoro_url:
        return Remedy(f"Precoro cannot reach {address}. Set TIEOUT_PUBLIC_URL to the receiver's public address.")
    return Remedy(
        "No event came. Look in Precoro (Configuration, Integrations, Webhooks) whether purchase order, invoice and "
        "supplier are ticked, the webhook is active, and its address is the one of this connection.",
        (Act("show_connection", {"connection": slug}),),
    )
