"""Documents: lists of them, the page of each, and what people decide about it."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from console import filters, limits
from console.filters import UnreadableFilterError
from console.limits import limiter
from console.runtime import runtime
from console.sections import Section
from console.session import user
from mappers.documents.document import BILL
from mappers.text import plural
from workers.attachments import commands as file_commands
from workers.documents import commands, views
from workers.documents.commands import STEPPED_OVER
from workers.documents.comparison import compare
from workers.documents.views import APPROVALS, DOCUMENT_KINDS, STATES, DocumentDetail, Wanted
from workers.payments.views import PaymentRow, payments_of_bill
from workers.records import commands as record_commands
from workers.users.roles import Permission

section = Section("documents")
SEE, DECIDE = Permission.SEE, Permission.DECIDE
LIST = "/c/<connection>/documents"
DOCUMENT = f"{LIST}/<document>"


@section.page(LIST, needs=SEE)
def list_(connection: str) -> ResponseReturnValue:
    """Show the documents that match, the newest first."""
    choices: dict[str, Any] = {"connection": connection, "kinds": DOCUMENT_KINDS, "approvals": APPROVALS}
    try:
        wanted = _wanted(connection)
    except UnreadableFilterError as error:
        return render_template("documents/list.html", unreadable=error.sentence, rows=[], by_state={}, **choices)
    rows = views.documents(runtime(), wanted, limit=filters.PAGE + 1, before=filters.before())
    return render_template(
        "documents/list.html",
        rows=rows[: filters.PAGE],
        by_state=views.counts(runtime(), wanted).by_state,
        older=filters.older(rows, lambda row: row.record_id),
        **choices,
    )


@section.page(DOCUMENT, needs=SEE)
def page(connection: str, document: str) -> ResponseReturnValue:
    """Show everything about one document."""
    return _page(views.document(runtime(), document, connection))


@section.reading(f"{DOCUMENT}/compare", needs=SEE)
@limiter.limit(limits.EXPENSIVE)
def compare_(connection: str, document: str) -> ResponseReturnValue:
    """Show what Precoro says, what would be sent, and what QuickBooks holds, side by side."""
    detail = views.document(runtime(), document, connection)
    return _page(detail, comparison=compare(runtime(), detail))


@section.reading(f"{DOCUMENT}/adopt-what", needs=DECIDE)
@limiter.limit(limits.EXPENSIVE)
def adopt_what(connection: str, document: str) -> ResponseReturnValue:
    """Show what differs between a document and the entity that is to stand for it."""
    detail, entity = views.document(runtime(), document, connection), request.form.get("entity", "").strip()
    return _page(detail, adoption=commands.compare(runtime(), detail, entity), entity=entity)


@section.action(f"{DOCUMENT}/send", needs=DECIDE)
def send(connection: str, document: str) -> str:
    """Send a document now, whatever it was held, left out or failed for."""
    detail = views.document(runtime(), document, connection)
    accepted = [code for code in request.form.getlist("accept") if code in STEPPED_OVER]
    record_commands.send(runtime(), detail.record_id, user().name, accepted)
    if detail.connection_state != views.WORKING:
        return f"{_title(detail)} waits, because {connection} is {detail.connection_state}."
    return f"{_title(detail)} is sent as soon as a worker is free."


@section.action(f"{LIST}/send-all", needs=DECIDE)
def send_all(connection: str) -> str:
    """Send all documents that are ticked."""
    details = [views.document(runtime(), name, connection) for name in dict.fromkeys(request.form.getlist("document"))]
    for detail in details:
        record_commands.send(runtime(), detail.record_id, user().name)
    if not details:
        return "No document was ticked."
    return f"{plural(len(details), 'document is', 'documents are')} sent as soon as a worker is free."


@section.action(f"{DOCUMENT}/ignore", needs=DECIDE)
def ignore(connection: str, document: str) -> str:
    """Leave a document out from now on."""
    detail = views.document(runtime(), document, connection)
    record_commands.ignore(runtime(), detail.record_id, user().name, request.form.get("why", "").strip())
    stays = f" {_in_quickbooks(detail)} stays in QuickBooks." if detail.qbo_id else ""
    return f"{_title(detail)} is left out.{stays}"


@section.action(f"{DOCUMENT}/adopt", needs=DECIDE)
def adopt(connection: str, document: str) -> str:
    """Let what was entered in QuickBooks by hand stand for a document."""
    detail = views.document(runtime(), document, connection)
    commands.adopt(runtime(), detail, request.form.get("entity", "").strip(), user().name)
    return f"{_title(detail)} is linked as soon as a worker is free."


@section.action(f"{DOCUMENT}/keep", needs=DECIDE)
def keep(connection: str, document: str) -> str:
    """Keep what QuickBooks holds, though the figures are not Precoro's."""
    detail = views.document(runtime(), document, connection)
    commands.keep(runtime(), detail, user().name)
    return f"{_in_quickbooks(detail)} stays as it is."


@section.action(f"{DOCUMENT}/overwrite", needs=DECIDE)
def overwrite(connection: str, document: str) -> str:
    """Write what Precoro says over what QuickBooks holds."""
    detail = views.document(runtime(), document, connection)
    commands.overwrite(runtime(), detail, user().name)
    return f"{_in_quickbooks(detail)} becomes what Precoro says, as soon as a worker is free."


@section.action(f"{DOCUMENT}/create-again", needs=DECIDE)
def create_again(connection: str, document: str) -> str:
    """Create a document again that was deleted in QuickBooks."""
    detail = views.document(runtime(), document, connection)
    commands.create_again(runtime(), detail, user().name)
    return f"{_title(detail)} is created again as soon as a worker is free."


@section.action(f"{DOCUMENT}/retry-files", needs=DECIDE)
def retry_files(connection: str, document: str) -> str:
    """Try those files again that are held, failed or waiting."""
    detail = views.document(runtime(), document, connection)
    files = file_commands.retry(runtime(), detail.record_id, user().name)
    return (
        f"{plural(files, 'file goes', 'files go')} on as soon as a worker is free."
        if files
        else f"No file of {_title(detail)} waits."
    )


def _page(detail: DocumentDetail, **more: Any) -> str:
    codes = {problem.code for problem in detail.problems}
    change = detail.drift.state if detail.drift else None  # one that is to be decided has buttons of its own
    return render_template(
        "documents/document.html",
        connection=detail.connection,
        document=detail,
        standing=_in_quickbooks(detail),
        stepped_over=sorted(codes & set(STEPPED_OVER)),
        payments=_payments(detail),
        may_keep=bool(codes & commands.KEEPABLE) and change not in {"open", "reported"},
        may_overwrite=change not in {"open", "reported", "accepted"}
        and bool(codes & commands.DIFFERING or {note.code for note in detail.notes} & commands.KEPT),
        **more,
    )


def _payments(detail: DocumentDetail) -> list[PaymentRow]:
    """Return the payments of the bill that stands for a document."""
    if detail.qbo_type != BILL or not detail.qbo_id:
        return []
    return payments_of_bill(runtime(), detail.connection, detail.qbo_id)


def _title(row: views.DocumentRow) -> str:
    return row.number or row.document


def _in_quickbooks(row: views.DocumentRow) -> str:
    """Return the type and number of what stands in QuickBooks, if anything."""
    return f"{row.qbo_type} {row.qbo_number or ''}".strip() if row.qbo_id else ""


def _wanted(connection: str) -> Wanted:
    """Read the filters. Raises UnreadableFilterError."""
    arguments = request.args
    return Wanted(
        connections=[connection],
        states=[state for state in STATES if state in arguments.getlist("state")],
        kind=filters.choice("kind", DOCUMENT_KINDS),
        text=filters.searched(),
        approval=filters.choice("approval", APPROVALS),
        problem=arguments.get("problem") or None,
        subject=arguments.get("subject") or None,
        amount=filters.amount(),
        issued_from=filters.day("from"),
        issued_to=filters.day("to"),
    )
