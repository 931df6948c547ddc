"""Webhooks of QuickBooks: both formats, and the signature over the raw body."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from standins import wire
from standins.control.delivery import WebhookSettings

Json = dict[str, Any]


@dataclass
class NotificationSettings(WebhookSettings):
    """Webhooks of QuickBooks: `format` is "cloudevents", "single" (one event comes outside a list) or "classic"; `ids` "text" or "number"."""

    ids: str = "text"


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


def as_json(event: ChangeEvent) -> Json:
    """Return an event as a snapshot keeps it."""
    return {**asdict(event), "moment": event.moment.isoformat()}


def from_json(kept: Json) -> ChangeEvent:
    """Return the event that a snapshot kept."""
    return ChangeEvent(**{**kept, "moment": datetime.fromisoformat(kept["moment"])})


def signature(body: bytes, verifier_token: str) -> str:
    """Return `intuit-signature`: base64 of HMAC-SHA256 over the raw body."""
    return base64.b64encode(hmac.new(verifier_token.encode(), body, hashlib.sha256).digest()).decode()


def encode(events: list[ChangeEvent], settings: NotificationSettings) -> tuple[bytes, dict[str, str]]:
    """Write one POST: its body and headers."""
    classic = settings.format == "classic"
    content: Any = _classic(events)
    if not classic:
        content = [_cloud(event, numbers=settings.ids == "number") for event in events]
        if settings.format == "single" and len(events) == 1:
            [content] = content
    body = wire.dumps(content).encode()
    kind = "cloudevents+json" if isinstance(content, dict) else "cloudevents-batch+json"
    return body, {
        "Content-Type": "application/json" if classic else f"application/{kind}",
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


def _cloud(event: ChangeEvent, *, numbers: bool) -> Json:
    moment = event.moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": "intuit.dHdlYWVwRXk=",
        "type": f"qbo.{event.entity.lower()}.{OPERATIONS[event.operation]}.v1",
        "datacontenttype": "application/json",
        "time": moment,
        "intuitentityid": int(event.identity) if numbers else event.identity,
        "intuitaccountid": event.realm,
        "data": {"deletedid": event.deleted_id} if event.deleted_id else {},
    }
