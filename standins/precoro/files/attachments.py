"""Files of documents and suppliers, kept with their owner."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from standins.precoro.company import CompanyRecords, Record

OWNERS = ("purchaseorders", "invoices", "receipts", "expenses", "suppliers")
CODES = {
    "sdk": {1: "invoices", 2: "purchaseorders", 4: "receipts", 5: "expenses", 8: "suppliers"},
    "connector": {0: "purchaseorders", 4: "receipts", 5: "invoices", 6: "expenses", 8: "suppliers"},
}
"""Numbers of object types in the path of an upload: two public clients disagree (docs/reference/precoro.md, Attachments)."""


def new_file(identity: int, name: str, content: bytes, moment: str, comment: str | None = None) -> Record:
    """Return a file that somebody uploaded at that moment."""
    return {
        "id": identity,
        "name": name,
        "size": len(content),
        "formatType": name.rpartition(".")[2].lower(),
        "type": 1,
        "comment": comment,
        "uploadDate": moment,
        "base64": base64.b64encode(content).decode(),
    }


def content_of(file: Record) -> bytes:
    """Return the bytes of a file."""
    if "base64" in file:
        return base64.b64decode(file["base64"])
    text: str = file["content"]
    return text.encode()


def all_of(company: CompanyRecords) -> Iterator[tuple[str, Record, Record]]:
    """Yield (collection, owner, file) of every file of a company."""
    for collection in OWNERS:
        for owner in company.all(collection):
            for file in owner["attachments"]:
                yield collection, owner, file
