"""Uploads: several files in one multipart body, answered one by one."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, File, MultipartDecoder, NeedData
from werkzeug.sansio.multipart import Field as Note

from standins import wire
from standins.quickbooks import errors
from standins.quickbooks.entities.table import ENTITIES
from standins.quickbooks.errors import QuickBooksFault
from standins.quickbooks.files import attachments as attachables
from standins.quickbooks.writing.engine import Engine

Json = dict[str, Any]

METADATA, CONTENT = "file_metadata_", "file_content_"
TYPES = {
    "ai": "application/postscript",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eps": "application/postscript",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpg",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "png": "image/png",
    "rtf": "text/rtf",
    "tif": "image/tiff",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "text/xml",
}
"""Endings of the files that QBO takes, with the type it gives them."""


@dataclass
class _Part:
    """One file of an upload, from the parts whose names end alike."""

    metadata: bytes | None = None
    content: bytes | None = None
    name: str = ""
    kind: str = ""


@dataclass
class _Reading:
    parts: dict[str, _Part] = field(default_factory=dict)

    def add(self, head: File | Note, data: bytes) -> None:
        if head.headers.get("Content-Transfer-Encoding", "").lower() == "base64":
            data = base64.b64decode(data)
        if head.name.startswith(METADATA):
            self._part(head.name.removeprefix(METADATA)).metadata = data
        elif head.name.startswith(CONTENT):
            part = self._part(head.name.removeprefix(CONTENT))
            part.content, part.kind = data, head.headers.get("Content-Type", "")
            part.name = head.filename if isinstance(head, File) else ""

    def _part(self, ending: str) -> _Part:
        return self.parts.setdefault(ending, _Part())


def upload(engine: Engine, content_type: str, body: bytes, base: str) -> Json:
    """Take every file of a multipart body; each has its own answer, with an address of the file below `base`."""
    return {"AttachableResponse": [_answer(engine, part, base) for part in _read(content_type, body)]}


def _read(content_type: str, body: bytes) -> list[_Part]:
    boundary = parse_options_header(content_type)[1].get("boundary", "")
    decoder, reading = MultipartDecoder(boundary.encode()), _Reading()
    decoder.receive_data(body)
    decoder.receive_data(None)
    head: File | Note | None = None
    try:
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, File | Note):
                head, data = event, b""
            elif isinstance(event, Data) and head is not None:
                data += event.data
                if not event.more_data:
                    reading.add(head, data)
    except ValueError as error:
        raise errors.wrong_attachment(6041, str(error)) from error
    if not reading.parts:
        raise errors.wrong_attachment(6041, "The request has no file")
    return [part for _, part in sorted(reading.parts.items())]


def _answer(engine: Engine, part: _Part, base: str) -> Json:
    try:
        return {"Attachable": attachables.shown(engine.company, _keep(engine, part), base)}
    except QuickBooksFault as fault:
        return {"Fault": fault.as_json()}


def _keep(engine: Engine, part: _Part) -> Json:
    described = _metadata(part)
    if part.content is None:
        raise errors.wrong_attachment(6041, "The file has no content")
    name = str(described.get("FileName") or part.name)
    ending = name.rpartition(".")[2].lower()
    if ending not in TYPES:
        raise errors.wrong_attachment(6041, f"Files of type {ending} are not supported")
    kind = described.get("ContentType") or part.kind or TYPES[ending]
    record = engine.write(ENTITIES["Attachable"], {**described, "FileName": name, "ContentType": kind})
    return attachables.keep(engine.company, record, part.content)


def _metadata(part: _Part) -> Json:
    if part.metadata is None:
        return {}
    try:
        described = wire.loads(part.metadata)
    except ValueError as error:
        raise errors.wrong_attachment(6040, "The metadata cannot be read") from error
    if not isinstance(described, dict):
        raise errors.wrong_attachment(6040, "The metadata is not an Attachable")
    return described
