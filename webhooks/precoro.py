"""Precoro's pings: "record 203 changed", without an id of the event and without a signature.

Only the secret in the address says who sent it (docs/reference/precoro.md, Webhooks; see `senders`). Pings are never
deduplicated: two identical ones may be an approval and a cancellation (docs/explanation/safety.md, Repeated events).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import simplejson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import Integer, Table, bindparam, insert, update

from store import events, records
from store.base import UtcTime
from store.companies import PrecoroCompany
from webhooks.errors import MalformedError
from webhooks.senders import Sender

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
LONGEST_BODY = 16 * 1024
"""How many bytes a ping may have; a real one has less than a hundred."""


class RunningNumber(fields.Field[int | str]):
    """The number under which a document is read: digits, as a number or a text. Anything else would lead elsewhere."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int | str:  # noqa: ARG002 - the interface
        if isinstance(value, bool) or not isinstance(value, str | int) or not re.fullmatch(r"[0-9]{1,19}", str(value)):
            raise ValidationError("Not a running number.")
        return value


class Ping(Schema):
    """The keys of a ping that are read; other keys are not kept."""

    class Meta:
        """Leave out what does not matter here."""

        unknown = EXCLUDE

    id = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10**18))
    type = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=999))
    action = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=9))
    idn = RunningNumber(load_default=None, allow_none=True)


PING = Ping()


def keep(connection: DatabaseConnection, sender: Sender, ping: dict[str, Any], now: datetime) -> int | None:
    """Keep one ping; returns the id of the record that it makes due, if it is about a document we serve."""
    record_id = _request(connection, sender, ping, now)
    if sender.claim_last_event_update():
        connection.execute(_STORE_LAST_EVENT_AT, {"company": sender.company_id, "now": now})
    connection.execute(
        _KEEP,
        {
            "source": events.PRECORO,
            "company": str(sender.company_id),
            "status": events.KEPT if record_id else events.IGNORED,
            "subject": f"{TYPES.get(ping['type'], ping['type'])}:{ping['id']}",
            "operation": "create" if ping["action"] == 0 else "update",
            "payload": ping,
            "received_at": now,
        },
    )
    return record_id


def read(body: bytes) -> dict[str, Any]:
    """Parse a ping. Raises MalformedError, which says why it is none."""
    try:
        parsed = simplejson.loads(body.decode("utf-8"), use_decimal=True)
        if not isinstance(parsed, dict):
            raise MalformedError("the body is not a JSON object.")
        ping: dict[str, Any] = PING.load(parsed)
    except ValidationError as error:
        raise MalformedError(str(error.messages)) from error
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise MalformedError("the body is not JSON in UTF-8.") from error
    return ping


def _request(connection: DatabaseConnection, sender: Sender, ping: dict[str, Any], now: datetime) -> int | None:
    """Make due what a ping is about: a document in one connection, a supplier in every connection.

    Which connection a document belongs to is known only when it is read, by its legal entity.
    """
    kind = events.KIND_OF_SUBJECT.get(TYPES.get(ping["type"], ""))
    if kind is None or not sender.connection_ids:
        return None
    idn = None if ping["idn"] is None else str(ping["idn"])
    serving = sender.connection_ids if kind == records.SUPPLIER else sender.connection_ids[:1]
    requested = [
        records.request_on(connection, sender.company_id, connection_id, kind, str(ping["id"]), idn, now)
        for connection_id in serving
    ]
    return requested[0]


# Kept, because they run for every event.
_COMPANIES, _EVENTS = cast("Table", PrecoroCompany.__table__), cast("Table", events.Event.__table__)
_KEEP = insert(_EVENTS)
_STORE_LAST_EVENT_AT = (
    update(_COMPANIES)
    .where(_COMPANIES.c.id == bindparam("company", type_=Integer))
    .values(last_event_at=bindparam("now", type_=UtcTime))
)
