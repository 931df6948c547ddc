"""Calls about documents: approve, reject, revise and confirm; and receipts of purchase orders."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from standins.control.body import WrongInputError
from standins.precoro.documents import receipts
from standins.precoro.documents.statuses import act
from standins.precoro.entities import DOCUMENTS
from standins.precoro.http.desk import Desk, Route, json_object
from standins.precoro.http.forms import InvalidError
from standins.precoro.http.refusals import NoRecordError

ACTS = {
    "approve": "approve",
    "reject": "deny",
    "revision": "revise",
    "confirm": "confirm",
    "confirm_revise": "confirm_revise",
}
"""What a step of the path is called among the acts of people."""


def approve(desk: Desk, collection: str, key: str, step: str) -> Response:
    """Approve, reject, revise or confirm a document as the user of the key."""
    if step not in ACTS:
        raise NoRecordError
    document = desk.existing(collection, key)
    try:
        act(document, ACTS[step], desk.settings)
    except WrongInputError as error:
        raise InvalidError({"status": str(error)}) from error
    desk.company.remember(document, ACTS[step])
    return desk.written(collection, document, moved=True)


def receive(desk: Desk, key: str) -> tuple[Response, int]:
    """Make a receipt of a purchase order (JSON)."""
    order = desk.existing("purchaseorders", key)
    receipt = receipts.receive(desk.company, order, json_object())
    desk.pings.own(desk.company, "receipts", receipt, created=True)
    desk.pings.own(desk.company, "purchaseorders", order)
    return desk.whole("receipts", receipt), HTTPStatus.CREATED


ROUTES = (
    *(Route("POST", f"/{collection}/<key>/<step>", approve, {"collection": collection}) for collection in DOCUMENTS),
    Route("POST", "/receipts/<key>", receive),
)
