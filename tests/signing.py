"""Signatures as Intuit makes them, and both envelopes it has used."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any


def signed(body: bytes, token: str) -> str:
    """Return the `intuit-signature` of a body."""
    return base64.b64encode(hmac.new(token.encode(), body, hashlib.sha256).digest()).decode()


def cloud_event(realm: str, type_: str = "qbo.bill.updated.v1", id_: str = "145", event: str = "e-1") -> dict[str, Any]:
    """Return one element of a CloudEvents body."""
    return {
        "specversion": "1.0",
        "id": event,
        "source": "intuit.dsnzdGVzdA==",
        "type": type_,
        "time": "2026-11-02T18:04:11.123456789Z",
        "intuitentityid": id_,
        "intuitaccountid": realm,
        "data": {},
    }


def classic(*realms: str, id_: str = "145", operation: str = "Update") -> dict[str, Any]:
    """Return a body in the classic envelope, with one changed vendor in each company."""
    entity = {"name": "Vendor", "id": id_, "operation": operation, "lastUpdated": "2026-11-02T14:42:19-0700"}
    return {"eventNotifications": [{"realmId": realm, "dataChangeEvent": {"entities": [entity]}} for realm in realms]}
