"""Calls about attachments: upload, and the file itself or its data with an address of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, jsonify, request

from standins.precoro.company import now, stamp
from standins.precoro.files import attachments
from standins.precoro.http.desk import Desk, Route
from standins.precoro.http.forms import BLANK, InvalidError
from standins.precoro.http.refusals import NoRecordError
from standins.precoro.http.rendering import render_attachment

if TYPE_CHECKING:
    from standins.precoro.company import Record


ELSEWHERE = "https://files.elsewhere.example/"
"""A host that nobody is known to keep files at."""


def attachment(desk: Desk, key: str) -> Response:
    """Answer the bytes of a file, or what is known of it and where it is."""
    if desk.settings.attachment_answer == "file":
        return content(desk, key)
    host = request.host_url if desk.settings.attachment_answer == "url" else ELSEWHERE
    address = f"{host}attachments/{key}/file"
    return jsonify(render_attachment(_file(desk, key)) | {"file": address})


def content(desk: Desk, key: str) -> Response:
    """Answer the bytes of a file."""
    return Response(attachments.content_of(_file(desk, key)), mimetype="application/octet-stream")


def attach(desk: Desk, key: int, code: int) -> tuple[Response, int]:
    """Attach a file (multipart `file`, `comment`) to the object of an id and a type number."""
    collection = attachments.CODES[desk.settings.attachment_codes].get(code)
    owner = desk.company.by_id(collection, key) if collection else None
    if collection is None or owner is None or desk.hides(collection, owner):
        raise NoRecordError
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidError({"file": BLANK})
    identity, comment = desk.company.next_id("attachments"), request.form.get("comment")
    file = attachments.new_file(identity, sent.filename, sent.read(), stamp(now()), comment)
    owner["attachments"].append(file)
    desk.written(collection, owner)
    return jsonify(render_attachment(file)), HTTPStatus.CREATED


def _file(desk: Desk, key: str) -> Record:
    for collection, owner, file in attachments.all_of(desk.company):
        if str(file["id"]) == key and not desk.hides(collection, owner):
            return file
    raise NoRecordError


ROUTES = (
    Route("GET", "/attachments/<key>", attachment),
    Route("GET", "/attachments/<key>/file", content),
    Route("POST", "/attachments/<int:key>/<int:code>", attach),
)
