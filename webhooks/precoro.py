"""Precoro's pings: a thin "record 203 changed", with nothing to identify it and nobody's signature on it.

The secret in the address is all that tells who speaks (facts: Precoro 3), so it is compared by digest. Pings are never
deduplicated: two identical ones may be an approval and a cancellation (design rule 10).
"""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Any

import simplejson
from marshmallow import INCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy.orm import Session

from store import companies, events, records
from store.companies import PrecoroCompany
from webhooks.errors import MalformedError, UnknownSenderError

KINDS = {2: records.PURCHASE_ORDER, 3: records.INVOICE}
TYPES = {
    0: "warehouse request",
    1: "purchase requisition",
    2: "purchase order",
    3: "invoice",
    4: "request for proposal",
    5: "receipt",
    6: "expense",
    7: "supplier",
    8: "stock transfer",
    9: "budget",
    10: "document custom field",
    11: "item custom field",
}
LONGEST_KEY = 40


class Ping(Schema):
    """The keys of a ping that mean something; more may follow, and are kept."""

    class Meta:
        """Keep keys that we do not know."""

        unknown = INCLUDE

    id = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10**18))
    type = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=999))
    action = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=9))
    idn = fields.Raw(load_default=None)


def keep(session: Session, secret: str, body: bytes, now: datetime) -> int | None:
    """Keep one ping; returns the id of the record that it makes due, if it is about a document we serve.

    Raises UnknownSenderError and MalformedError.
    """
    company = _company(session, secret)
    ping = _read(body)
    record_id = _want(session, company, ping, now)
    company.heard_at = now
    session.add(
        events.Event(
            source=events.PRECORO,
            company=str(company.id),
            status=events.KEPT if record_id else events.IGNORED,
            subject=f"{TYPES.get(ping['type'], ping['type'])}:{ping['id']}",
            operation="create" if ping["action"] == 0 else "update",
            payload=ping,
            received_at=now,
        )
    )
    return record_id


def _company(session: Session, secret: str) -> PrecoroCompany:
    """Find who speaks, or refuse."""
    company = companies.of_webhook(session, secret)
    if company is None or not hmac.compare_digest(company.webhook_digest, companies.digest(secret)):
        raise UnknownSenderError("secret in the address")
    return company


def _read(body: bytes) -> dict[str, Any]:
    """Parse a ping, or say why it is none."""
    try:
        parsed = simplejson.loads(body.decode("utf-8"))
        if not isinstance(parsed, dict):
            raise MalformedError("the body is not a JSON object.")
        ping: dict[str, Any] = Ping().load(parsed)
    except ValidationError as error:
        raise MalformedError(str(error.messages)) from error
    except (ValueError, RecursionError) as error:
        raise MalformedError("the body is not JSON in UTF-8.") from error
    idn = ping["idn"]
    if not isinstance(idn, str | int | None) or not str(idn).isprintable() or len(str(idn)) > LONGEST_KEY:
        raise MalformedError("idn is not a short text or number.")
    return ping


def _want(session: Session, company: PrecoroCompany, ping: dict[str, Any], now: datetime) -> int | None:
    """Make the document due that a ping is about; which legal entity's it is shows when it is read."""
    kind = KINDS.get(ping["type"])
    serving = companies.serving(session, company.id)
    if kind is None or not serving:
        return None
    idn = None if ping["idn"] is None else str(ping["idn"])
    return records.want(session, serving[0].id, kind, str(ping["id"]), idn, now)
