"""QuickBooks' notifications: signed over the raw bytes, in two envelopes, of several companies at once.

They carry ids only, and reading each would be metered: a notification just makes that company's changes due. What is
signed but cannot be read is kept and acknowledged all the same, because a refusal holds back everything that follows it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import simplejson
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from store import events
from store.companies import QboCompany
from webhooks.errors import UnknownSenderError

ROWS_AT_ONCE = 500
"""A statement takes 32,766 values in SQLite, and a body of a megabyte may hold more."""


class Notice(NamedTuple):
    """One change in QuickBooks, from either envelope; of a merge, `deleted` is the entry that is gone."""

    identity: str
    realm: str
    name: str
    id: str
    operation: str
    deleted: str = ""


class CloudData(Schema):
    """The details of a CloudEvent."""

    class Meta:
        """Leave out what does not matter here."""

        unknown = EXCLUDE

    deletedid = fields.String(load_default="")


class CloudEvent(Schema):
    """One element of the CloudEvents envelope, which is a JSON array."""

    class Meta:
        """Leave out what does not matter here."""

        unknown = EXCLUDE

    id = fields.String(required=True)
    type = fields.String(required=True)
    intuitentityid = fields.String(required=True)
    intuitaccountid = fields.String(required=True)
    data = fields.Nested(CloudData, load_default=dict, allow_none=True)


class ClassicEntity(Schema):
    """One changed entity of the classic envelope."""

    class Meta:
        """Leave out what does not matter here."""

        unknown = EXCLUDE

    name = fields.String(required=True)
    id = fields.String(required=True)
    operation = fields.String(required=True)
    lastUpdated = fields.String(load_default="")  # noqa: N815 - the name on the wire
    deletedId = fields.String(load_default="")  # noqa: N815 - the name on the wire


class ClassicChange(Schema):
    """The list of changed entities of one company."""

    class Meta:
        """Leave out what does not matter here."""

        unknown = EXCLUDE

    entities = fields.List(fields.Nested(ClassicEntity), required=True)


class ClassicNotification(Schema):
    """One company of the classic envelope."""

    class Meta:
        """Leave out what does not matter here."""

        unknown = EXCLUDE

    realmId = fields.String(required=True)  # noqa: N815 - the name on the wire
    dataChangeEvent = fields.Nested(ClassicChange, required=True)  # noqa: N815 - the name on the wire


def verify(body: bytes, signature: str, tokens: Iterable[str]) -> None:
    """Check `intuit-signature`: base64 of HMAC-SHA256 over the raw body, with any of our verifier tokens.

    Raises UnknownSenderError.
    """
    received = signature.encode("utf-8", "replace")
    valid = [base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()) for token in tokens]
    if not any([hmac.compare_digest(received, expected) for expected in valid]):  # noqa: C419 - compare all, always
        raise UnknownSenderError("signature")


def keep(session: Session, body: bytes, now: datetime) -> None:
    """Keep a verified notification, each change once, and make the changes of its companies due."""
    try:
        notices = [_printable(notice) for notice in _read(body)]
    except (ValidationError, ValueError, ArithmeticError, RecursionError) as error:
        session.add(_unreadable(body, ascii(error), now))
        return
    for realm in sorted({notice.realm for notice in notices}):
        company_id = session.scalar(
            update(QboCompany).where(QboCompany.realm == realm).values(changes_due=True).returning(QboCompany.id)
        )
        company_notices = [notice for notice in notices if notice.realm == realm]
        _add(session, company_notices, now, is_connected=company_id is not None)


def _read(body: bytes) -> Iterator[Notice]:
    """Read either envelope. Raises ValidationError or ValueError."""
    parsed = simplejson.loads(body.decode("utf-8"), use_decimal=True)
    if isinstance(parsed, list):
        for event in CloudEvent(many=True).load(parsed):
            _, _, name_and_operation = event["type"].partition("qbo.")
            name, _, operation = name_and_operation.removesuffix(".v1").partition(".")
            deleted_id = (event["data"] or {}).get("deletedid", "")
            yield Notice(event["id"], event["intuitaccountid"], name, event["intuitentityid"], operation, deleted_id)
        return
    if not isinstance(parsed, dict) or "eventNotifications" not in parsed:
        raise ValueError("Neither a list of CloudEvents nor eventNotifications.")
    for company in ClassicNotification(many=True).load(parsed["eventNotifications"]):
        for entity in company["dataChangeEvent"]["entities"]:
            identity = ":".join(
                (company["realmId"], entity["name"], entity["id"], entity["operation"], entity["lastUpdated"])
            )
            name, operation = entity["name"].lower(), entity["operation"].lower()
            yield Notice(identity, company["realmId"], name, entity["id"], operation, entity["deletedId"])


def _printable(notice: Notice) -> Notice:
    """Refuse what no database could store, or no person could read."""
    if not all(part.isprintable() for part in notice):
        raise ValueError("A name or id with characters that cannot be printed.")
    return notice


def _add(session: Session, notices: list[Notice], now: datetime, *, is_connected: bool) -> None:
    """Add the changes of one company, each only once (docs/explanation/safety.md, Repeated events)."""
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    rows = [
        {
            "source": events.QUICKBOOKS,
            "company": notice.realm[:40],
            "status": events.KEPT if is_connected else events.IGNORED,
            "identity": hashlib.sha256(notice.identity.encode()).hexdigest(),
            "subject": f"{notice.name}:{notice.id}"[:100],
            "operation": notice.operation[:20],
            "reason": None if is_connected else "No connection has this company.",
            "payload": notice._asdict(),
            "received_at": now,
        }
        for notice in notices
    ]
    for start in range(0, len(rows), ROWS_AT_ONCE):
        kept = insert(events.Event).values(rows[start : start + ROWS_AT_ONCE])
        session.execute(kept.on_conflict_do_nothing(index_elements=["identity"]))


def _unreadable(body: bytes, reason: str, now: datetime) -> events.Event:
    """Keep what was signed but cannot be read."""
    text = body.decode("utf-8", "backslashreplace")
    return events.Event(
        source=events.QUICKBOOKS, status=events.UNREADABLE, reason=reason[:500], payload=text, received_at=now
    )
