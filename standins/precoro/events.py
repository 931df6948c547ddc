"""Webhooks: thin pings that say only which record was created or updated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standins.precoro.entities import ENTITIES
from standins.precoro.settings import hides
from standins.wire import dumps

if TYPE_CHECKING:
    from standins.control.delivery import Outbox, WebhookSettings
    from standins.precoro.company import CompanyRecords, Record
    from standins.precoro.settings import PrecoroSettings

CREATED, UPDATED = 0, 1
MAX_NUMBER = 18


class Pings:
    """Fires the webhooks of all companies."""

    def __init__(self, outbox: Outbox, settings: PrecoroSettings) -> None:
        self._outbox = outbox
        self._settings = settings

    def fire(self, company: CompanyRecords, collection: str, record: Record, *, created: bool = False) -> None:
        """Say that a person created or changed a record; collections without a type number say nothing."""
        kind = ENTITIES[collection].ping
        if hides(self._settings, collection, record):
            return
        if kind is None or (collection.endswith("customfields") and not self._settings.ping_custom_fields):
            return
        ping: dict[str, Any] = {"id": record["id"], "type": kind, "action": CREATED if created else UPDATED}
        if "idn" in record:
            ping["idn"] = _number(str(record["idn"]))
        self._outbox.send(ping | self._settings.ping_extra, str(company.id))

    def own(self, company: CompanyRecords, collection: str, record: Record, *, created: bool = False) -> None:
        """Fire the webhook of a write through the API, where settings want that."""
        if self._settings.ping_own_writes:
            self.fire(company, collection, record, created=created)


def encode(events: list[Any], _: WebhookSettings) -> tuple[bytes, dict[str, str]]:
    """Write one ping as the body of a POST."""
    return dumps(events[0]).encode(), {"Content-Type": "application/json"}


def _number(idn: str) -> int | str:
    return int(idn) if idn.isdecimal() and len(idn) <= MAX_NUMBER else idn
