"""The secret in a Precoro company's webhook address: looked at, changed with an overlap, and the old one retired.

Precoro signs nothing, so the address is a key. While it is changed in Precoro both are valid, and no event is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from store import companies, history
from workers.connections.connect import webhook_address
from workers.errors import AddressStillValidError, NoOldAddressError
from workers.lookup import connection_named
from workers.runtime import Runtime


@dataclass(frozen=True)
class WebhookAddress:
    """The address that Precoro is to call, when it was made, and whether the one before is still valid."""

    connection: str
    address: str = field(repr=False)
    made_at: datetime | None
    old_is_valid: bool


def show(runtime: Runtime, slug: str) -> WebhookAddress:
    """Return the webhook address of a connection's Precoro company."""
    with runtime.read() as (session, _):
        company = connection_named(session, slug).precoro
        address = webhook_address(runtime.settings, company.webhook_secret)
        return WebhookAddress(slug, address, company.webhook_made_at, company.old_webhook_digest is not None)


def rotate(runtime: Runtime, slug: str, who: str) -> WebhookAddress:
    """Make a new address; the old one stays valid until it is retired. Raises AddressStillValidError."""
    with runtime.write() as (session, moment):
        company = connection_named(session, slug).precoro
        if company.old_webhook_digest is not None:
            raise AddressStillValidError(slug)
        secret = companies.new_secret()
        company.old_webhook_digest = company.webhook_digest
        company.webhook_secret, company.webhook_digest = secret, companies.digest(secret)
        company.webhook_made_at = moment
        history.note(session, moment, who, "rotate webhook address", slug, connection=slug)
    return show(runtime, slug)


def retire(runtime: Runtime, slug: str, who: str) -> None:
    """End the address before the present one: the receiver refuses it within seconds. Raises NoOldAddressError."""
    with runtime.write() as (session, moment):
        company = connection_named(session, slug).precoro
        if company.old_webhook_digest is None:
            raise NoOldAddressError(slug)
        company.old_webhook_digest = None
        history.note(session, moment, who, "retire webhook address", slug, connection=slug)
