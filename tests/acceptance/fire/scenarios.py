"""What a process is at when it dies: each scenario makes exactly one piece of work due; and THE list of its boundaries.

`STEPS` is the one place where the boundaries are listed: a step that is not in it fails the test that compares it with
what a process really does, and a step that is in it is died at, before and after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import simplejson
from sqlalchemy import delete, select, update

from store.alerts import AlertRow, OutgoingMessage
from store.companies import Connection, QboCompany
from store.duties import Duty
from tests import rows
from tests.acceptance.fire.house import BILL, CREDIT, PAPER, PATCH, Fire
from tests.one_worker import work_off
from workers.connections import settings

Document = dict[str, Any]
ORDERS = "purchaseorders"


@dataclass(frozen=True)
class Work:
    """What is due: who does it, with which arguments, and what must stand in the end (None: nothing)."""

    document: Document
    amount: Decimal | None = Decimal("540.00")
    role: str = "worker"
    arguments: tuple[str, ...] = ()
    state: str = "synced"


def create(fire: Fire) -> Work:
    """Make an approved invoice wait to be sent."""
    invoice = fire.approved()
    fire.wait_for_events()
    return Work(invoice)


def update_after_revision(fire: Fire) -> Work:
    """Make a revised invoice wait to change its bill."""
    invoice = fire.synced_invoice()
    _revise(fire, invoice)
    fire.wait_for_events()
    return Work(invoice, Decimal("378.00"))


def revise_what_was_forgotten(fire: Fire) -> Work:
    """Make a revised invoice wait to change a bill of which a restored database knows nothing."""
    invoice = fire.synced_invoice()
    with fire.stage.runtime.write() as (session, _):
        rows.forget_sending(session, fire.record(invoice).id)
    _revise(fire, invoice)
    fire.wait_for_events()
    return Work(invoice, Decimal("378.00"))


def delete_after_cancel(fire: Fire) -> Work:
    """Make a cancelled invoice wait to take its bill away."""
    invoice = fire.synced_invoice()
    fire.stage.act(invoice, "cancel")
    fire.wait_for_events()
    return Work(invoice, None, state="removed")


def hold(fire: Fire) -> Work:
    """Make an invoice wait to be held: its supplier has no vendor."""
    invoice = fire.approved(supplier="Evergreen Catering")
    fire.wait_for_events()
    return Work(invoice, None, state="held")


def write_back(fire: Fire) -> Work:
    """Leave only a write-back, which Precoro refused at first."""
    fire.stage.precoro.post("faults", match=PATCH, fault="503", times=1)
    invoice = fire.approved()
    after_the_first_job(fire)
    return Work(invoice)


def echo(fire: Fire) -> Work:
    """Make an event wait that tells of our own write-back only."""
    fire.stage.precoro.post("settings", ping_own_writes=True)
    invoice = fire.approved()
    after_the_first_job(fire)
    fire.stage.precoro.post("settings", ping_own_writes=False)
    return Work(invoice)


def settle_what_landed(fire: Fire) -> Work:
    """Leave a create that landed and whose answer was never seen."""
    fire.stage.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
    invoice = fire.approved()
    after_the_first_job(fire)
    return Work(invoice)


def settle_what_was_lost(fire: Fire) -> Work:
    """Leave a create that did not land, which nobody knows."""
    fire.stage.quickbooks.post("faults", match=BILL, fault="reset", times=1)
    invoice = fire.approved()
    after_the_first_job(fire)
    return Work(invoice)


def settle_a_credit(fire: Fire) -> Work:
    """Leave a vendor credit that landed and whose answer was never seen."""
    fire.stage.quickbooks.post("faults", match=CREDIT, fault="drop_after_commit", times=1)
    note = fire.approved(creditNote=True)
    after_the_first_job(fire)
    return Work(note)


def revise_while_unanswered(fire: Fire) -> Work:
    """Leave a create that landed unseen, and revise the invoice meanwhile."""
    fire.stage.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
    invoice = fire.approved()
    after_the_first_job(fire, tell=False)
    _revise(fire, invoice)
    fire.wait_for_events()
    return Work(invoice, Decimal("378.00"))


def cancel_while_unanswered(fire: Fire) -> Work:
    """Leave a create that landed unseen, and cancel the invoice meanwhile."""
    fire.stage.quickbooks.post("faults", match=BILL, fault="drop_after_commit", times=1)
    invoice = fire.approved()
    after_the_first_job(fire, tell=False)
    fire.stage.act(invoice, "cancel")
    fire.wait_for_events()
    return Work(invoice, None, state="removed")


def wait_for_order(fire: Fire) -> Work:
    """Make an invoice wait to be let wait for its order, which is held."""
    order = _held_order(fire)
    invoice = fire.approved(purchaseOrder=order["idn"], lines=[_billing(order)])
    fire.wait_for_events()
    return Work(invoice, None, state="open")


def let_invoice_follow(fire: Fire) -> Work:
    """Make an order wait to be sent for which an invoice waits."""
    order = _held_order(fire)
    invoice = fire.approved(purchaseOrder=order["idn"], lines=[_billing(order)])
    fire.settle()
    fire.stage.change(order, ORDERS, supplier="Acme Supply")
    fire.wait_for_events()
    return Work(invoice)


def _held_order(fire: Fire) -> Document:
    """Leave an approved order that is held, for its supplier has no vendor; both orders and invoices are sent."""
    settings.change(fire.stage.runtime, "widgets-inc", {"send": "both"}, "ann")
    form = {"supplier": "Evergreen Catering", "createDate": "2026-10-30", "lines": [PAPER]}
    order = fire.stage.precoro.post(ORDERS, company=1, number=f"PO-FIRE-{fire.number()}", **form)
    fire.stage.act(order, "approve", ORDERS)
    fire.settle()
    approved: Document = order
    return approved


def _billing(order: Document) -> Document:
    """Return a line that bills all of an order of one line."""
    items = order["items"]
    [line] = items["data"] if isinstance(items, dict) else items
    return {**PAPER, "purchaseOrderItem": line["id"]}


def receive(fire: Fire) -> Work:
    """Let the receiver take the only event that comes."""
    fire.stage.precoro.post("webhooks", drop=1.0)
    invoice = fire.approved()
    ping = simplejson.dumps({"id": invoice["id"], "type": 3, "action": 1, "idn": invoice["idn"]})
    path = fire.stage.webhook.removeprefix(fire.stage.receiver)
    return Work(invoice, role="receiver", arguments=(path, ping))


def catch_up(fire: Fire) -> Work:
    """Leave an invoice of which no event told to the clock, with every duty due but the report, which is a task of its own.

    No alert has begun: how long ago one did decides whether it is told.
    """
    fire.stage.precoro.post("webhooks", drop=1.0)
    invoice = fire.approved()
    with fire.stage.runtime.write() as (session, moment):
        for left in (Duty, AlertRow, OutgoingMessage):
            session.execute(delete(left))
        session.add_all(Duty(name=f"report:{id_}", begun_at=moment) for id_ in session.scalars(select(Connection.id)))
        session.execute(update(QboCompany).values(changes_due=True))
    return Work(invoice, role="clock")


SCENARIOS: Mapping[str, Callable[[Fire], Work]] = {
    scenario.__name__: scenario
    for scenario in (
        create,
        update_after_revision,
        revise_what_was_forgotten,
        delete_after_cancel,
        hold,
        write_back,
        echo,
        settle_what_landed,
        settle_what_was_lost,
        settle_a_credit,
        revise_while_unanswered,
        cancel_while_unanswered,
        wait_for_order,
        let_invoice_follow,
        receive,
        catch_up,
    )
}

STEPS: Mapping[str, Sequence[str]] = {
    "create": (
        "commit sync.claim",
        "call GET invoices",
        "commit documents.kind._change",
        "call POST bill",
        "commit documents.kind._change",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "update_after_revision": (
        "commit sync.claim",
        "call GET invoices",
        "call GET bill",
        "commit documents.kind._change",
        "call POST bill",
        "commit documents.kind._change",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "revise_what_was_forgotten": (
        "commit sync.claim",
        "call GET invoices",
        "call GET bill",
        "commit documents.kind._change",
        "call POST bill",
        "commit documents.kind._change",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "delete_after_cancel": (
        "commit sync.claim",
        "call GET invoices",
        "call GET bill",
        "commit documents.kind._change",
        "call POST bill",
        "commit documents.kind._change",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "hold": (
        "commit sync.claim",
        "call GET invoices",
        "commit documents.kind.Documents.hold",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "write_back": (
        "commit sync.claim",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "echo": (
        "commit sync.claim",
        "call GET invoices",
        "commit records.recent_page._record_page",
        "commit sync.release",
    ),
    "settle_what_landed": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "call GET invoices",
        "commit documents.kind._leave",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "settle_what_was_lost": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "call GET invoices",
        "commit documents.kind._change",
        "call POST bill",
        "commit documents.kind._change",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "settle_a_credit": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "call GET invoices",
        "commit documents.kind._leave",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "revise_while_unanswered": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "call GET invoices",
        "call GET bill",
        "commit documents.kind._change",
        "call POST bill",
        "commit documents.kind._change",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "cancel_while_unanswered": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "call GET invoices",
        "call GET bill",
        "commit documents.kind._change",
        "call POST bill",
        "commit documents.kind._change",
        "call PATCH invoices",
        "commit sync.release",
    ),
    "wait_for_order": (
        "commit sync.claim",
        "call GET invoices",
        "commit documents.kind.Documents._wait",
        "commit sync.release",
    ),
    "let_invoice_follow": (
        "commit sync.claim",
        "call GET purchaseorders",
        "commit documents.kind._keep_order_lines",
        "commit documents.kind._change",
        "call POST purchaseorder",
        "commit documents.kind._change",
        "call PATCH purchaseorders",
        "commit sync.release",
        "push",
    ),
    "receive": (
        "commit app.from_precoro",
        "push",
    ),
    "catch_up": (
        "commit clock.tick",
        "commit runtime.Runtime.dispatch",
        "commit clock.duty",
        "call GET purchaseorders",
        "commit catch_up.request_modified_since",
        "commit catch_up._catch_up_documents",
        "call GET invoices",
        "commit catch_up.request_modified_since",
        "commit catch_up._catch_up_documents",
        "call GET suppliers",
        "commit suppliers.changes.catch_up",
        "commit catch_up._catch_up_suppliers",
        "commit clock.duty",
        "commit reference.changes.read",
        "call GET cdc",
        "commit reference.changes.read",
        "commit clock.duty",
        "commit alerts.duty.tell",
        "commit clock.duty",
        "commit clock.duty",
        "commit clock.forget",
    ),
}


TASK_STEPS: Sequence[str] = (
    "commit tasks.engine._claim",
    "call GET itemcustomfields",
    "commit lists.refresh._read_fields",
    "commit tasks.engine._release",
    "commit runtime.Runtime.dispatch",
    "push",
    "commit tasks.engine._claim",
    "call GET itemcustomfields/options",
    "commit lists.refresh._read_options",
    "commit tasks.engine._release",
    "commit runtime.Runtime.dispatch",
    "push",
    "commit tasks.engine._claim",
    "call GET documentcustomfields",
    "commit lists.refresh._read_fields",
    "commit tasks.engine._release",
    "commit runtime.Runtime.dispatch",
    "push",
    "commit tasks.engine._claim",
    "commit reference.changes.read",
    "call GET cdc",
    "commit reference.changes.read",
    "commit tasks.engine._plan",
    "commit runtime.Runtime.dispatch",
    "push",
    "commit tasks.engine._claim",
    "commit tasks.engine._next_changes",
    "call POST itemcustomfields/options",
    "commit tasks.action.Step.finish",
    "commit tasks.engine._next_changes",
    "call POST itemcustomfields/options",
    "commit tasks.action.Step.finish",
    "commit tasks.engine._next_changes",
    "commit tasks.engine._release",
    "commit runtime.Runtime.dispatch",
)
"""The same for a long action that reads one page, plans, and makes two options in Precoro."""

SUPPLIER_STEPS: Mapping[str, Sequence[str]] = {
    "create_vendor": (
        "commit sync.claim",
        "call GET suppliers",
        "commit suppliers.sides.Sides._keep_supplier",
        "commit suppliers.vendors._write",
        "call POST vendor",
        "commit suppliers.vendors._write",
        "commit suppliers.kind._create",
        "call PATCH suppliers",
        "commit sync.release",
        "push",
    ),
    "create_vendor_landed": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "commit suppliers.kind._keep_in_step",
        "call PATCH suppliers",
        "commit sync.release",
        "push",
    ),
    "create_vendor_lost": (
        "commit sync.claim",
        "call GET query",
        "commit settle._settle",
        "commit suppliers.vendors._write",
        "call POST vendor",
        "commit suppliers.vendors._write",
        "commit suppliers.kind._create",
        "call PATCH suppliers",
        "commit sync.release",
        "push",
    ),
    "change_vendor": (
        "commit sync.claim",
        "call GET suppliers",
        "commit suppliers.sides.Sides._keep_supplier",
        "call GET vendor",
        "commit suppliers.vendors.read",
        "commit suppliers.vendors._write",
        "call POST vendor",
        "commit suppliers.vendors._write",
        "commit suppliers.kind._keep_in_step",
        "commit sync.release",
    ),
    "change_vendor_landed": (
        "commit sync.claim",
        "call GET vendor",
        "commit settle._settle",
        "commit suppliers.kind._keep_in_step",
        "commit sync.release",
    ),
    "change_supplier": (
        "commit sync.claim",
        "call GET suppliers",
        "commit suppliers.sides.Sides._keep_supplier",
        "call PUT suppliers",
        "commit suppliers.sides.Sides._keep_supplier",
        "commit suppliers.kind._keep_in_step",
        "commit sync.release",
    ),
    "conflict": (
        "commit sync.claim",
        "commit suppliers.kind._keep_in_step",
        "commit sync.release",
    ),
}
"""The same for suppliers and vendors."""

PAYMENT_STEPS: Mapping[str, Sequence[str]] = {
    "pay": (
        "commit sync.claim",
        "call GET invoices",
        "commit payments.balances.read",
        "commit payments.kind._begin",
        "call POST payments",
        "commit payments.kind.Payments._pay",
        "commit sync.release",
    ),
    "pay_landed": (
        "commit sync.claim",
        "call GET payments",
        "commit settle._settle",
        "commit payments.kind._leave",
        "commit sync.release",
    ),
    "pay_lost": (
        "commit sync.claim",
        "call GET payments",
        "call GET invoices",
        "commit payments.balances.read",
        "commit settle._settle",
        "commit payments.kind._begin",
        "call POST payments",
        "commit payments.kind.Payments._pay",
        "commit sync.release",
    ),
    "void": (
        "commit sync.claim",
        "commit payments.kind._begin",
        "call POST payments/cancel",
        "commit payments.kind.Payments._cancel",
        "commit sync.release",
    ),
    "void_landed": (
        "commit sync.claim",
        "call GET payments",
        "commit settle._settle",
        "commit payments.kind._leave",
        "commit sync.release",
    ),
    "change": (
        "commit sync.claim",
        "commit payments.kind._begin",
        "call POST payments/cancel",
        "commit payments.kind.Payments._cancel",
        "call GET invoices",
        "commit payments.balances.read",
        "commit payments.kind._begin",
        "call POST payments",
        "commit payments.kind.Payments._pay",
        "commit sync.release",
    ),
    "void_forgotten": (
        "commit sync.claim",
        "call GET billpayment",
        "commit payments.forgotten._read",
        "commit payments.kind.Payments._take_over",
        "commit payments.kind._begin",
        "call POST payments/cancel",
        "commit payments.kind.Payments._cancel",
        "commit sync.release",
    ),
    "invoice_forgotten": (
        "commit sync.claim",
        "call GET invoices",
        "commit payments.balances._keep",
        "call GET bill",
        "commit documents.kind._adopt",
        "commit payments.forgotten.request_of",
        "call PATCH invoices",
        "commit sync.release",
        "push",
    ),
}
"""The same for payments."""


def _revise(fire: Fire, invoice: Document) -> None:
    fire.stage.act(invoice, "revise")
    fire.stage.change(invoice, lines=[{**PAPER, "quantity": 7}])
    fire.stage.act(invoice, "approve")


def after_the_first_job(fire: Fire, *, tell: bool = True) -> None:
    """Do the job of the first event, and let an hour pass; `tell`: until what is left is queued."""
    fire.wait_for_events()
    work_off(fire.stage.runtime, most=1)
    fire.stage.quickbooks.delete("faults")
    fire.stage.precoro.delete("faults")
    fire.stage.precoro.get("webhooks?wait=10")
    fire.pass_an_hour()
    fire.stage.runtime.queue.empty()  # type: ignore[no-untyped-call]
    if tell:
        fire.wait_for_events()
