"""Set-up: what is still missing before going live, the events of Precoro, what waits, and going live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from console import exports, filters, limits, pausing
from console.downloads import csv_file
from console.inputs import whole_number
from console.limits import limiter
from console.runtime import console, runtime
from console.sections import Section
from console.session import user
from mappers.text import plural
from workers.connections import checklist, commands, go_live, views, webhook_secret, webhook_test
from workers.connections.webhook_secret import WebhookAddress
from workers.documents.preview import waiting_documents
from workers.documents.preview_rows import COLUMNS, details, lines_of, why
from workers.ops.doctor import Check
from workers.users.roles import Permission

section = Section("set_up")
WAITS = 600
"""Seconds for which an open page waits for an event: nobody stays signed in by a page that was forgotten."""
SEE, DECIDE, OPERATE, ADMINISTER = Permission.SEE, Permission.DECIDE, Permission.OPERATE, Permission.ADMINISTER
SET_UP = "/c/<connection>/set-up"
EVENTS = f"{SET_UP}/events"
PREVIEW = f"{SET_UP}/preview"
PLACES: Mapping[str, tuple[int, str, str]] = {
    "connected": (1, "connecting.companies", "Both companies"),
    "event received": (1, "set_up.events", "Events"),
    "suppliers": (2, "suppliers.list_", "Suppliers"),
    "lists": (3, "lists.list_", "Lists"),
    "default accounts": (3, "settings.page", "Default accounts"),
    "products": (4, "products.list_", "Products"),
    "what to send": (5, "settings.page", "What to send"),
    "taxes": (6, "taxes.list_", "Taxes"),
}
"""Each item of the checklist: the step of set-up that it belongs to, its page, and the words on the way there."""


@section.page(SET_UP, needs=SEE)
def page(connection: str) -> ResponseReturnValue:
    """Show every step of the set-up, and what going live does."""
    detail, since = views.connection(runtime(), connection, most_causes=0), _since()
    steps = checklist.steps(runtime(), connection)
    return render_template(
        "set_up/set_up.html",
        connection=connection,
        detail=detail,
        steps=steps,
        places=PLACES,
        done=sum(1 for step in steps if step.state == checklist.DONE),
        following=next((step for step in steps if step.state == checklist.OPEN), None),
        preview=None if detail.live_since else go_live.preview(runtime(), connection, since),
        day=since,
    )


@section.action(f"{SET_UP}/look-back", needs=DECIDE)
@limiter.limit(limits.EXPENSIVE)
def look_back(connection: str) -> str:
    """Look in Precoro for what was approved before the companies were connected."""
    since = _since()
    if since is None:
        return "Choose a day first."
    documents = go_live.backfill(runtime(), connection, since)
    is_read = plural(documents, "document is new and is", "documents are new, and each is")
    return f"{is_read} read once, as fast as Precoro's limits allow." if documents else "No older document is new."


@section.action(f"{SET_UP}/go-live", needs=DECIDE, needs_proof=True)
def begin_sending(connection: str) -> str:
    """Begin to send by itself what is approved."""
    since = _since()
    if since is not None:
        go_live.backfill(runtime(), connection, since)
    preview = go_live.go_live(runtime(), connection, user().name, since)
    return f"{connection} is live: what is approved from {preview.since:%Y-%m-%d %H:%M} UTC on is sent by itself."


section.action(f"{SET_UP}/pause", needs=OPERATE)(pausing.pause)
section.action(f"{SET_UP}/resume", needs=OPERATE)(pausing.resume)


@section.action(f"{SET_UP}/refresh", needs=DECIDE)
@limiter.limit(limits.EXPENSIVE)
def refresh(connection: str) -> str:
    """Read both companies and their lists again, and pair equal names."""
    _, paired = commands.refresh(runtime(), connection, user().name)
    return f"Both companies were read. {plural(sum(paired.values()), 'new pair')} of equal names."


@section.page(EVENTS, needs=SEE)
def events(connection: str) -> ResponseReturnValue:
    """Show when Precoro was last heard, wait for its next event, and say where it is told our address."""
    return _events(connection)


@section.refreshing(f"{EVENTS}/next", needs=SEE)
def next_event(connection: str) -> ResponseReturnValue:
    """Return whether an event came since the page was opened; the page asks every second."""
    latest = webhook_test.last_event_at(runtime(), connection)
    before, left = request.args.get("before", ""), request.args.get("left", 0, whole_number)
    return render_template("set_up/next_event.html", connection=connection, latest=latest, before=before, left=left)


@section.reading(f"{EVENTS}/reach", needs=SEE)
@limiter.limit(limits.TEST_EVENT)
def reach(connection: str) -> ResponseReturnValue:
    """Look whether the receiver answers at its public address."""
    return _events(connection, receiver=webhook_test.reachable(console().settings))


@section.reading(f"{EVENTS}/address", needs=ADMINISTER, needs_proof=True)
def address(connection: str) -> ResponseReturnValue:
    """Show the secret address that Precoro is to call."""
    return _events(connection, webhook=webhook_secret.show(runtime(), connection))


@section.action(f"{EVENTS}/rotate", needs=ADMINISTER, needs_proof=True)
def rotate(connection: str) -> str:
    """Make a new address; the old one stays valid until it is retired."""
    webhook_secret.rotate(runtime(), connection, user().name)
    return "There is a new address. Show it and paste it in Precoro; the one before is valid until you end it."


@section.action(f"{EVENTS}/retire", needs=ADMINISTER, needs_proof=True)
def retire(connection: str) -> str:
    """End the address before the present one."""
    webhook_secret.retire(runtime(), connection, user().name)
    return "The address before this one is no longer valid."


@section.page(PREVIEW, needs=SEE)
def preview_(connection: str) -> ResponseReturnValue:
    """Show what waits, and what would be sent for it."""
    since = _since()
    waiting = waiting_documents(runtime(), connection, since, after=filters.after())
    rows = list(islice(waiting, filters.PAGE + 1))
    return render_template(
        "set_up/preview.html",
        connection=connection,
        rows=rows[: filters.PAGE],
        further=filters.further(rows, lambda row: row.record_id),
        details=details,
        why=why,
        day=since,
    )


@section.page(f"{PREVIEW}/waiting.csv", needs=SEE)
@limiter.limit(limits.EXPENSIVE)
@exports.counted
def waiting(connection: str) -> Response:
    """Return what waits as a file: a row for each line of each document."""
    rows = waiting_documents(runtime(), connection, _since())
    return csv_file("waiting", COLUMNS, (cells for row in rows for cells in lines_of(row)))


def _events(
    connection: str, *, receiver: Check | None = None, webhook: WebhookAddress | None = None
) -> ResponseReturnValue:
    latest = webhook_test.last_event_at(runtime(), connection)
    return render_template(
        "set_up/events.html",
        connection=connection,
        latest=latest,
        before=str(latest),
        left=WAITS,
        advice=webhook_test.advice(console().settings, connection),
        receiver=receiver,
        webhook=webhook,
    )


def _since() -> datetime | None:
    """Return the first moment of the day that the address names, if any."""
    return request.args.get("from", type=_first_moment)


def _first_moment(day: str) -> datetime:
    return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
