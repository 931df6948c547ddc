"""What a process is at when it dies over a file: each scenario makes exactly one job due, of one file; and its boundaries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.records import ATTACHMENT, Record
from tests.acceptance.fire.house import Fire
from tests.acceptance.fire.scenarios import after_the_first_job

UPLOAD = {"method": "POST", "path": "/upload"}
QUOTE = {"name": "quote.pdf", "content": "%PDF-1.7"}


@dataclass(frozen=True)
class AttachmentWork:
    """The invoice whose file must hang on its bill in the end, once."""

    invoice: dict[str, Any]


def attach(fire: Fire) -> AttachmentWork:
    """Make a file wait to be sent: its invoice was."""
    invoice = fire.approved(attachments=[QUOTE])
    after_the_first_job(fire)
    return AttachmentWork(invoice)


def attach_landed(fire: Fire) -> AttachmentWork:
    """Leave an upload that landed and whose answer was never seen."""
    return _unanswered(fire, "drop_after_commit")


def attach_lost(fire: Fire) -> AttachmentWork:
    """Leave an upload that did not land, which nobody knows."""
    return _unanswered(fire, "reset")


ATTACHMENT_SCENARIOS: Mapping[str, Callable[[Fire], AttachmentWork]] = {
    scenario.__name__: scenario for scenario in (attach, attach_landed, attach_lost)
}

ATTACHMENT_STEPS: Mapping[str, Sequence[str]] = {
    "attach": (
        "commit sync.claim",
        "call GET attachments",
        "commit attachments.kind._begin",
        "call POST upload",
        "commit attachments.kind.Attachments._attach",
        "commit sync.release",
    ),
    "attach_landed": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "commit attachments.kind._leave",
        "commit sync.release",
    ),
    "attach_lost": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "call GET attachments",
        "commit attachments.kind._begin",
        "call POST upload",
        "commit attachments.kind.Attachments._attach",
        "commit sync.release",
    ),
}


def record_of(fire: Fire, work: AttachmentWork) -> Record:
    """Return the record of the file."""
    document = fire.record(work.invoice)
    files = fire.stage.all_records(Record.kind == ATTACHMENT)
    return next(record for record in files if record.scope == document.id)


def files_on_bill(fire: Fire, work: AttachmentWork) -> list[str]:
    """Return the names of the files that hang on the bill of the invoice."""
    bill = {"type": "Bill", "value": str(fire.record(work.invoice).qbo_id)}
    held = fire.stage.entities("attachable")
    return [row["FileName"] for row in held if bill in [link["EntityRef"] for link in row["AttachableRef"]]]


def _unanswered(fire: Fire, fault: str) -> AttachmentWork:
    work = attach(fire)
    fire.stage.quickbooks.post("faults", match=UPLOAD, fault=fault, times=1)
    after_the_first_job(fire)
    return work
