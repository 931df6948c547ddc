"""Files of attachments, and addresses for them that expire."""

from __future__ import annotations

import base64
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from standins.quickbooks import errors
from standins.quickbooks.company.records import CompanyBooks

Json = dict[str, Any]

TICKETS = URLSafeTimedSerializer("quickbooks-stand-in", salt="download")


def keep(company: CompanyBooks, record: Json, content: bytes) -> Json:
    """Keep the content of a file with its attachment, and return that."""
    identity = record["Id"]
    company.files[identity] = base64.b64encode(content).decode()
    address = f"/v3/company/{company.realm}/download/{identity}"
    kept = {**record, "Size": len(content), "FileAccessUri": address}
    company.tables["Attachable"][identity] = kept
    return kept


def shown(company: CompanyBooks, record: Json, base: str) -> Json:
    """Return an attachment with an address for its file that is good for a while."""
    if record.get("Id") not in company.files or "FileName" not in record:
        return record
    return {**record, "TempDownloadUri": address(company, record["Id"], base)}


def address(company: CompanyBooks, identity: str, base: str) -> str:
    """Return a fresh address of a file, or raise Fault 610."""
    if identity not in company.files:
        raise errors.not_found()
    return f"{base.rstrip('/')}/files/{TICKETS.dumps([company.realm, identity])}"


def opened(ticket: str, seconds: int) -> tuple[str, str] | None:
    """Return realm and id of the file that a ticket opens, or None."""
    try:
        realm, identity = TICKETS.loads(ticket, max_age=seconds)
    except BadSignature:
        return None
    return realm, identity
