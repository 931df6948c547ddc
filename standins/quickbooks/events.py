"""Webhooks of QuickBooks: both formats, and the signature over the raw body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standins import wire
from standins.control.delivery import WebhookSettings

Json = dict[str, Any]

RETRY_SECONDS = [10, 20, 30, 300, 1200, 7200, 14400, 21600]
OPERATIONS = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Void": "void",
    "Emailed": "emailed",
}


@dataclass(frozen=True)
class ChangeEvent:
    """One change of one record; `id` stays the same when it is sent again."""

    realm: str
    entity: str
    identity: str
    operation: str
    moment: datetime
    id: str
    deleted_id: str | None = None


def new_event(
    realm: str, entity: str, identity: str, operation: str, moment: datetime, deleted_id: str | None = None
) -> ChangeEvent:
    """Make an event with an id of its own."""
    return ChangeEvent(realm, entity, identity, operation, moment, str(uuid.uuid4()), deleted_id)


def signature(body: bytes, verifier_token: str) -> str:
    """Return `intuit-signature`: base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(verifier_token.encode(), body, hashlib.sha256).digest()).decode()


def encode(events: list[ChangeEvent], settings: WebhookSettings) -> tuple[bytes, dict[str, str]]:
    """Write one POST: its body and headers."""
    classic = settings.format == "classic"
    body = wire.dumps(_classic(events) if classic else [_cloud(event) for event in events]).encode()
    return body, {
        "Content-Type": "application/json" if classic else "application/cloudevents-batch+json",
        "intuit-signature": signature(body, settings.verifier_token),
        "User-Agent": "Intuit Webhooks",
    }


def _classic(events: list[ChangeEvent]) -> Json:
    realms: dict[str, list[Json]] = {}
    for event in events:
        entity: Json = {
            "name": event.entity,
            "id": event.identity,
            "operation": event.operation,
            "lastUpdated": event.moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        }
        if event.deleted_id:
            entity["deletedId"] = event.deleted_id
        realms.setdefault(event.realm, []).append(entity)
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": entities}} for realm, entities in realms.items()
        ]
    }


def _cloud(event: ChangeEvent) -> Json:
    moment = event.moment.astimezone(UTC)
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": "intuit.dHdlYWVwRXk=",
        "type": f"qbo.{event.entity.lower()}.{OPERATIONS[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z",
        "intuitentityid": event.identity,
        "intuitaccountid": event.realm,
        "data": {"deletedid": event.deleted_id} if event.deleted_id else {},
    }
