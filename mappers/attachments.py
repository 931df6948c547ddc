"""Files of documents: which ones go along to QuickBooks, to what, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping

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


def content_type(name: str) -> str:
    """Return the content type of a file that QuickBooks takes, by the extension of its name."""
    return CONTENT_TYPES[_extension(name)]


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
