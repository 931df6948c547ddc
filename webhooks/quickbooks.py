"""QuickBooks' notifications: signed over the raw bytes, in two envelopes, of several companies at once.

They carry ids only, and reading each would be metered: a notification just makes that company's changes due. What is
signed but cannot be read is kept and acknowledged all the same, because a refusal holds back everything that follows it.
One element that cannot be read keeps no other from being read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, cast

import simplejson
from marshmallow import EXCLUDE, Schema, ValidationError, fields
from sqlalchemy import Connection as DatabaseConnection
from sqlalchemy import Table, select, update

from store import events
from store.base import insert
from store.companies import QboCompany
from webhooks.errors import UnknownSenderError

PART = 1000
"""How many changes one transaction keeps: nobody who writes waits long for a large notification."""
LONGEST = 200
"""How many characters an id or a name may have, and how many digits are read as a number."""
REALM = re.compile(r'"(?:realmId|intuitaccountid)"\s*:\s*"?(\d{1,30})\b')
"""Where a company stands in what cannot be read."""
UNREADABLE = (ValidationError, ValueError, ArithmeticError, RecursionError)


class Notice(NamedTuple):
    """One change in QuickBooks, from either envelope; of a merge, `deleted` is the entry that is gone."""

    identity: str
    realm: str
    name: str
    id: str
    operation: str
    deleted: str = ""


@dataclass
class Notification:
    """What one body told.

    Args:
        notices: its changes
        unreadable: what of it cannot be read
        text: the whole body, when nothing of it can be read
        reason: why the first of these cannot be read
        realms: the companies that it seems to be about, when something cannot be read
        digest: the SHA-256 of the body, by which what cannot be read is kept once
    """

    notices: list[Notice] = field(default_factory=list)
    unreadable: list[object] = field(default_factory=list)
    text: str | None = None
    reason: str = ""
    realms: set[str] = field(default_factory=set)
    digest: str = ""

    def leave(self, element: object, reason: object) -> None:
        """Note what cannot be read."""
        self.unreadable.append(element)
        self.reason = self.reason or ascii(reason)[:500]


class ShortText(fields.String):
    """A short text that can be printed; a whole number is taken for its digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any) -> str:
        whole = isinstance(value, int) and not isinstance(value, bool)
        text: str = super()._deserialize(str(value) if whole else value, attr, data, **options)
        if not text.isprintable() or len(text) > LONGEST:
            raise ValidationError("Neither an id nor a name.")
        return text


class Element(Schema):
    """A part of a notification."""

    class Meta:
        """Leave out what does not matter here."""

        unknown = EXCLUDE


class CloudData(Element):
    """What a CloudEvent tells besides."""

    deletedid = ShortText(load_default="")


class CloudEvent(Element):
    """One element of the CloudEvents envelope, which is a JSON array."""

    id = ShortText(required=True)
    type = ShortText(required=True)
    intuitentityid = ShortText(required=True)
    intuitaccountid = ShortText(required=True)
    data = fields.Nested(CloudData, load_default=dict, allow_none=True)


class ClassicEntity(Element):
    """One changed entity of the classic envelope, with the company that it stands under."""

    realmId = ShortText(required=True)  # noqa: N815 - the name on the wire
    name = ShortText(required=True)
    id = ShortText(required=True)
    operation = ShortText(required=True)
    lastUpdated = ShortText(load_default="")  # noqa: N815 - the name on the wire
    deletedId = ShortText(load_default="")  # noqa: N815 - the name on the wire


CLOUD_EVENT, CLASSIC_ENTITY = CloudEvent(), ClassicEntity()
REQUIRED = {
    schema: {name for name, part in schema.fields.items() if part.required} for schema in (CLOUD_EVENT, CLASSIC_ENTITY)
}


def verify(body: bytes, signature: str, tokens: Iterable[str]) -> None:
    """Check `intuit-signature`: base64 of HMAC-SHA256 over the raw body, with any of our verifier tokens.

    Raises UnknownSenderError.
    """
    sent = signature.encode("utf-8", "replace")
    expected = [base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()) for token in tokens]
    if not any([hmac.compare_digest(sent, digest) for digest in expected]):  # noqa: C419 - all are compared, always
        raise UnknownSenderError("signature")


def read(body: bytes) -> Notification:
    """Read either envelope, element by element. Nothing is raised: what cannot be read is part of the answer."""
    notification = Notification(digest=hashlib.sha256(body).hexdigest())
    text = body.decode("utf-8", "backslashreplace")
    try:
        parsed = simplejson.loads(body.decode("utf-8"), use_decimal=True, parse_int=_number)
        _read_envelope(parsed, notification)
    except UNREADABLE as error:
        notification.leave(text, error)
    if notification.unreadable:
        notification.realms.update(REALM.findall(text))
    if not notification.notices:
        notification.text = text
    return notification


def parts(notification: Notification) -> Iterator[Notification]:
    """Yield a notification in parts that are kept one after the other, each in a short transaction."""
    if notification.unreadable:
        yield replace(notification, notices=[])
    for start in range(0, len(notification.notices), PART):
        yield Notification(notification.notices[start : start + PART])


def keep(connection: DatabaseConnection, notification: Notification, now: datetime) -> None:
    """Keep each change once, and make the changes of its company due; what cannot be read is kept as one row."""
    new = _without_kept(connection, notification.notices)
    realms = _keep_unreadable(connection, notification, now) | {notice.realm for notice in new}
    connected = set(_make_due(connection, realms))
    _insert(connection, [_row(notice, now, is_connected=notice.realm in connected) for notice in new])


def _number(digits: str) -> int | str:
    """Read a whole number, or leave one as text that no id has: Python refuses to read very long ones."""
    return int(digits) if len(digits) <= LONGEST else digits


def _read_envelope(parsed: Any, notification: Notification) -> None:
    """Read a list of CloudEvents, one alone, or the classic envelope. Raises ValueError for anything else."""
    if isinstance(parsed, Mapping) and isinstance(parsed.get("eventNotifications"), list):
        for company in parsed["eventNotifications"]:
            _read_each(_entities(company), CLASSIC_ENTITY, _classic, notification)
    elif isinstance(parsed, list):
        _read_each(parsed, CLOUD_EVENT, _cloud, notification)
    elif isinstance(parsed, Mapping) and "intuitaccountid" in parsed:
        _read_each([parsed], CLOUD_EVENT, _cloud, notification)
    else:
        raise ValueError("Neither CloudEvents nor eventNotifications.")


def _entities(company: Any) -> list[Any]:
    """Return the entities of one company of the classic envelope, each with its company; else what came instead."""
    try:
        realm, entities = company["realmId"], company["dataChangeEvent"]["entities"]
    except (LookupError, TypeError):
        return [company]
    if not isinstance(entities, list):
        return [company]
    return [{**entity, "realmId": realm} if isinstance(entity, dict) else entity for entity in entities]


def _read_each(
    elements: Sequence[Any],
    schema: CloudEvent | ClassicEntity,
    read_element: Callable[[Mapping[str, Any]], Notice],
    notification: Notification,
) -> None:
    """Read the elements of one list; what is odd is left out, and keeps no other from being read."""
    for element in elements:
        # Looked at before marshmallow, which words each complaint: a signed megabyte may hold 300,000 of them.
        if not isinstance(element, dict) or not element.keys() >= REQUIRED[schema]:
            notification.leave(element, f"Not all of {', '.join(sorted(REQUIRED[schema]))} are there.")
            continue
        try:
            notification.notices.append(read_element(schema.load(element)))
        except UNREADABLE as error:
            notification.leave(element, error)


def _cloud(event: Mapping[str, Any]) -> Notice:
    _, _, rest = event["type"].partition("qbo.")
    name, _, operation = rest.removesuffix(".v1").partition(".")
    deleted = (event["data"] or {}).get("deletedid", "")
    realm = event["intuitaccountid"]
    return Notice(f"{realm}:{event['id']}", realm, name, event["intuitentityid"], operation, deleted)


def _classic(entity: Mapping[str, Any]) -> Notice:
    identity = ":".join(entity[part] for part in ("realmId", "name", "id", "operation", "lastUpdated"))
    name, operation = entity["name"].lower(), entity["operation"].lower()
    return Notice(identity, entity["realmId"], name, entity["id"], operation, entity["deletedId"])


def _keep_unreadable(connection: DatabaseConnection, notification: Notification, now: datetime) -> set[str]:
    """Keep what cannot be read, once; returns the companies that it seems to be about."""
    kept = select(EVENTS.c.id).where(EVENTS.c.identity == notification.digest)
    if not notification.unreadable or connection.scalar(kept) is not None:
        return set()
    _insert(connection, [_unreadable_row(notification, now)])
    return notification.realms


def _insert(connection: DatabaseConnection, rows: Sequence[dict[str, object]]) -> None:
    """Insert events; one that another process has kept meanwhile is left out."""
    if rows:
        connection.execute(insert(connection, EVENTS).on_conflict_do_nothing(index_elements=["identity"]), rows)


def _without_kept(connection: DatabaseConnection, notices: Sequence[Notice]) -> list[Notice]:
    """Return each change that was not kept before (docs/explanation/safety.md, Repeated events)."""
    by_identity = {_digest(notice): notice for notice in notices}
    before = connection.scalars(select(EVENTS.c.identity).where(EVENTS.c.identity.in_(by_identity)))
    kept = set(before)
    return [notice for identity, notice in by_identity.items() if identity not in kept]


def _make_due(connection: DatabaseConnection, realms: Collection[str]) -> Sequence[str]:
    """Make the changes of these companies due; returns those that are known here."""
    if not realms:
        return ()
    due = update(COMPANIES).where(COMPANIES.c.realm.in_(sorted(realms))).values(changes_due=True)
    return connection.scalars(due.returning(COMPANIES.c.realm)).all()


def _row(notice: Notice, now: datetime, *, is_connected: bool) -> dict[str, object]:
    return {
        "source": events.QUICKBOOKS,
        "company": notice.realm[:40],
        "status": events.KEPT if is_connected else events.IGNORED,
        "identity": _digest(notice),
        "subject": f"{notice.name}:{notice.id}"[:100],
        "operation": notice.operation[:20],
        "reason": None if is_connected else "No connection has this company.",
        "payload": notice._asdict(),
        "received_at": now,
    }


def _unreadable_row(notification: Notification, now: datetime) -> dict[str, object]:
    """Keep what was signed but cannot be read, as it came."""
    number = len(notification.unreadable)
    return {
        "source": events.QUICKBOOKS,
        "status": events.UNREADABLE,
        "identity": notification.digest,
        "reason": (notification.reason if number == 1 else f"{number} parts. The first: {notification.reason}")[:500],
        "payload": notification.unreadable if notification.text is None else notification.text,
        "received_at": now,
    }


def _digest(notice: Notice) -> str:
    return hashlib.sha256(notice.identity.encode()).hexdigest()


COMPANIES, EVENTS = cast("Table", QboCompany.__table__), cast("Table", events.Event.__table__)
