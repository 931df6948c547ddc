"""Attachments of QuickBooks records: which files it takes, and how they are sent.

See docs/reference/quickbooks.md, Attachments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outbound import multipart
from outbound.errors import ServerTrouble
from outbound.multipart import Part
from outbound.response import Response
from outbound.session import MEBIBYTE
from outbound.wire import JsonObject, to_json
from qbo_client.errors import error_for, fault_words, read_response

MOST_BYTES = 100 * MEBIBYTE
FILE_NAME_LENGTH = 1000
NOTE_LENGTH = 2000
CONTENT_TYPES: Mapping[str, str] = {
    "ai": "application/postscript",
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eps": "application/postscript",
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
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
"""The file name extensions that QuickBooks takes, with the content type of each."""


class NotTakenError(ValueError):
    """QuickBooks does not take such a file, so nothing was sent; the message says why."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file to attach to a record; `note` is shown beside it in QuickBooks."""

    name: str
    content: bytes
    note: str | None = None

    @property
    def content_type(self) -> str:
        """The content type, by the extension of the name."""
        return CONTENT_TYPES[_extension(self.name)]


def refusal(name: str, size: int) -> str | None:
    """Return why QuickBooks does not take a file of this name and size, or None when it does."""
    if _extension(name) not in CONTENT_TYPES:
        return f"QuickBooks does not take files such as {name}; it takes {', '.join(CONTENT_TYPES)}."
    if size > MOST_BYTES:
        return f"{name} has {size / MEBIBYTE:.0f} MB; QuickBooks takes at most {MOST_BYTES // MEBIBYTE} MB."
    if not size:
        return f"{name} is empty."
    if len(name) > FILE_NAME_LENGTH:
        return f"The name of {name[:50]}... is longer than {FILE_NAME_LENGTH} characters."
    return None


def encode(file: File, kind: str, qbo_id: str) -> tuple[bytes, str]:
    """Return the body and Content-Type that attach a file to a record; NotTakenError for a wrong file."""
    reason = refusal(file.name, len(file.content))
    if reason:
        raise NotTakenError(reason)
    description: JsonObject = {
        "FileName": file.name,
        "ContentType": file.content_type,
        "AttachableRef": [{"EntityRef": {"type": kind, "value": qbo_id}, "IncludeOnSend": False}],
    }
    if file.note:
        description["Note"] = file.note[:NOTE_LENGTH]
    metadata = Part(name="file_metadata_01", content=to_json(description).encode(), content_type="application/json")
    content = Part(name="file_content_01", content=file.content, filename=file.name, content_type=file.content_type)
    return multipart.encode([metadata, content])


def read_upload(response: Response) -> JsonObject:
    """Return the Attachable of an upload, or raise the fault that HTTP 200 may carry for the file."""
    responses = read_response(response).get("AttachableResponse")
    first = responses[0] if isinstance(responses, list) and responses else None
    if isinstance(first, dict):
        words = fault_words(first)
        if words is not None:
            raise error_for(response, words)
        if isinstance(first.get("Attachable"), dict):
            return dict(first["Attachable"])
    raise ServerTrouble(response.details("The answer says nothing about the file."))


def is_attached_to(attachable: JsonObject, kind: str, qbo_id: str) -> bool:
    """Say whether an Attachable refers to a record."""
    references = attachable.get("AttachableRef")
    entities = (
        [row.get("EntityRef") for row in references if isinstance(row, dict)] if isinstance(references, list) else []
    )
    return any(
        isinstance(entity, dict) and (entity.get("type"), str(entity.get("value"))) == (kind, qbo_id)
        for entity in entities
    )


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()
