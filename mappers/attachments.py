"""Files of documents: which ones go along to QuickBooks, to what, and why the others do not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from mappers.documents.outcomes import Nothing

MEBIBYTE = 1024 * 1024
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
"""The file name extensions that QuickBooks takes, with the content type of each (docs/reference/quickbooks.md, Attachments)."""


TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that let a name be read in another order than it has: `invoice_fdp.exe` could look like `invoice_exe.pdf`."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a document as Precoro shows it; not every size is told."""

    id: str
    name: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """What a file hangs on in QuickBooks: the entity that stands for its document."""

    type: str
    id: str

    @property
    def title(self) -> str:
        """Return what people call it, such as `Bill 145`."""
        return f"{self.type} {self.id}"


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """What is known of a file when it is decided about.

    `holder` is what stands for its document now, `sent_to` what the file was sent to. `refused` is why it was refused before.
    `may_stand` says that others may have sent it with an entity that was adopted since.
    """

    attachment: Attachment
    holder: Holder | None
    sent_to: Holder | None = None
    is_shown: bool = True
    is_switched_on: bool = True
    refused: str | None = None
    may_stand: bool = False


@dataclass(frozen=True, slots=True)
class Attach:
    """Send the file, after a look whether it stands there already."""

    holder: Holder
    look_first: bool = False


AttachmentPlan: TypeAlias = Attach | Nothing


def plan(facts: AttachmentFacts) -> AttachmentPlan:
    """Decide what becomes of a file; each file goes to each entity once."""
    holder, sent_to = facts.holder, facts.sent_to
    if sent_to is not None and holder in (None, sent_to):
        return Nothing("synced" if holder else "removed", f"It was sent to {sent_to.title}.")
    if not facts.is_shown:
        return Nothing("synced" if sent_to else "open", "It is not on the document in Precoro any more.")
    refused = facts.refused or refusal(facts.attachment.name, facts.attachment.size)
    if refused:
        return Nothing("never", refused)
    if not facts.is_switched_on:
        return Nothing("open", "The settings say that no files are sent.")
    if holder is None:
        return Nothing("open", "It waits for its document to stand in QuickBooks.")
    return Attach(holder, look_first=facts.may_stand)


def find_standing(
    attachables: Iterable[Mapping[str, Any]], mark: str, attachment: Attachment | None = None
) -> Mapping[str, Any] | None:
    """Return the Attachable that is this file: it carries our marker, or it has the name and the size of `attachment`."""
    rows: Sequence[Mapping[str, Any]] = list(attachables)
    ours = next((row for row in rows if mark in str(row.get("Note") or "").split()), None)
    if ours is not None or attachment is None or attachment.size is None:
        return ours
    names = attachment.name, plain_name(attachment.name)
    of_size = (row for row in rows if row.get("Size") == attachment.size)
    return next((row for row in of_size if row.get("FileName") in names), None)


def content_type(name: str) -> str:
    """Return the content type of a file that QuickBooks takes, by the extension of its name."""
    return CONTENT_TYPES[_extension(name)]


def plain_name(name: str) -> str:
    """Return a name without path and without characters that nobody sees, or that turn what follows round."""
    kept = "".join("_" if _is_hidden(character) or character in "/\\" else character for character in name)
    return kept.strip() or "_"


def _is_hidden(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Zl", "Zp"} or character in TURNING


def refusal(name: str, size: int | None) -> str | None:
    """Return why QuickBooks does not take a file of this name and size, or None when it does, as far as is known."""
    if _extension(name) not in CONTENT_TYPES:
        return f"QuickBooks does not take files such as {name}; it takes {', '.join(CONTENT_TYPES)}."
    if len(name) > FILE_NAME_LENGTH:
        return f"The name of {name[:50]}... is longer than {FILE_NAME_LENGTH} characters."
    if size is None:
        return None
    if size > MOST_BYTES:
        return f"{name} has {size / MEBIBYTE:.0f} MB; QuickBooks takes at most {MOST_BYTES // MEBIBYTE} MB."
    return None if size else f"{name} is empty."


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()
