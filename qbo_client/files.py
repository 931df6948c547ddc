"""Attachments of QuickBooks records: how a file is sent and answered.

See docs/reference/quickbooks.md, Attachments.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from mappers.attachments import NOTE_LENGTH, content_type, refusal
from outbound.errors import ServerTrouble
from outbound.multipart import Multipart, Part, length
from outbound.response import Response
from outbound.wire import JsonObject, to_json
from qbo_client.errors import error_for, fault_words, read_response


class NotTakenError(ValueError):
    """QuickBooks does not take such a file, so nothing was sent; the message says why."""


@dataclass(frozen=True, kw_only=True)
class File:
    """A file to attach to a record; `note` is shown beside it in QuickBooks."""

    name: str
    content: bytes | BinaryIO
    note: str | None = None

    @property
    def content_type(self) -> str:
        """The content type, by the extension of the name."""
        return content_type(self.name)


def encode(file: File, kind: str, qbo_id: str) -> Multipart:
    """Return the body that attaches a file to a record; NotTakenError for a wrong file."""
    reason = refusal(file.name, length(file.content))
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
    return Multipart([metadata, content])


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
