"""What people do with the documents of a month, in Precoro, in QuickBooks and in Tieout."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from bench.chaos_installation import ChaosInstallation
from bench.month_plan import (
    CLOSED_DAYS,
    FREIGHT,
    MERGED_SUPPLIER,
    RETIRED_ACCOUNT,
    MonthAct,
    credit_name,
    document_name,
    entry_name,
    order_name,
)
from bench.waiting import until
from mappers.text import find_marker
from standins.companies.seeds import WIDGETS_INC
from store.records import HELD, INVOICE, PURCHASE_ORDER, SYNCED, Record, RecordState
from workers.errors import BeingWorkedOnError
from workers.records import commands

COMPANY = WIDGETS_INC.precoro.id
REALM = WIDGETS_INC.quickbooks.realm
BOOKS = WIDGETS_INC.quickbooks
REMAINING_VENDOR = "88"
OFFICE_SUPPLIES = "42"
PATIENCE = 240.0
SUBMITTED = ["submit", "approve"]


class People:
    """Everybody who acts in a month, and what they remember of it.

    Args:
        first_day: the day 0 of the plan
    """

    def __init__(self, installation: ChaosInstallation, first_day: date) -> None:
        self._installation = installation
        self._first_day = first_day
        self._documents: dict[int, dict[str, Any]] = {}
        self._payments: dict[int, str] = {}
        self._vendors = {vendor.name: vendor.id for vendor in BOOKS.vendors}
        self.entries: dict[str, str] = {}
        """The names of what was entered in QuickBooks, by `Bill 123`."""

    def act(self, act: MonthAct) -> None:
        """Do what an act says."""
        acts: dict[str, Callable[[MonthAct], None]] = {
            "approve": self._approve,
            "attach and approve": partial(
                self._approve, attachments=[{"name": "delivery note.pdf", "content": "%PDF-1.7 lamps"}]
            ),
            "poison and approve": self._poison_and_approve,
            "order": self._order,
            "bill": self._bill,
            "credit": self._credit,
            "revise": self._revise,
            "cancel": self._cancel,
            "ignore": self._ignore,
            "pay": self._pay,
            "pay a part": self._pay_part,
            "void the payment": self._void_payment,
            "edit": self._edit,
            "code anew": self._code_anew,
            "void": self._void,
            "delete": self._delete,
            "type": self._type,
            "type again": partial(self._type, again=True),
            "copy": self._copy,
            "merge vendors": self._merge_vendors,
            "close the books": self._close_books,
        }
        acts[act.name](act)

    def _approve(self, act: MonthAct, **more: Any) -> None:
        self._documents[act.document] = self._create(act, document_name(act.document), f"S-{act.document}", **more)

    def _create(self, act: MonthAct, name: str, number: str, **more: Any) -> dict[str, Any]:
        created: dict[str, Any] = self._installation.precoro(
            "invoices",
            company=COMPANY,
            supplier=act.supplier,
            customName=name,
            invoiceNumber=number,
            issueDate=self._day(act),
            **{"lines": _lines(act), "do": SUBMITTED, **more},
        )
        return created

    def _poison_and_approve(self, act: MonthAct) -> None:
        """Let QuickBooks never take the bill of an invoice."""
        match = {"method": "POST", "path": "/bill", "body": f'"S-{act.document}"'}
        self._installation.quickbooks("faults", match=match, fault="500")
        self._approve(act)

    def _order(self, act: MonthAct) -> None:
        self._documents[act.document] = self._installation.precoro(
            "purchaseorders",
            company=COMPANY,
            supplier=act.supplier,
            customName=order_name(act.document),
            createDate=self._day(act),
            lines=_lines(act),
            do=SUBMITTED,
        )

    def _bill(self, act: MonthAct) -> None:
        """Bill an order that stands in QuickBooks, so that its bill is linked to it."""
        order = self._documents[act.document]
        self._until_record(PURCHASE_ORDER, order, SYNCED)
        form = {"lines": [], "purchaseOrder": order["idn"]}
        self._documents[act.document] = self._create(act, document_name(act.document), f"S-{act.document}", **form)

    def _credit(self, act: MonthAct) -> None:
        invoice = self._documents[act.document]
        more = {"creditNote": True, "allocatedInvoice": invoice["idn"]}
        self._create(act, credit_name(act.document), f"SC-{act.document}", **more)

    def _revise(self, act: MonthAct) -> None:
        self._precoro(act, do="revise")
        self._precoro(act, set={"lines": _lines(act)})
        self._precoro(act, do="approve")

    def _cancel(self, act: MonthAct) -> None:
        """Cancel a document; one that is paid in part has to be in revision for that."""
        if act.document in self._payments:
            self._precoro(act, do="revise")
        self._precoro(act, do="cancel")

    def _ignore(self, act: MonthAct) -> None:
        """Leave out what is held; not while somebody works on it."""
        record_id = self._until_record(INVOICE, self._documents[act.document], HELD)

        def is_ignored() -> bool:
            with suppress(BeingWorkedOnError):
                commands.ignore(self._installation.runtime, record_id, "ann", "paid by card")
                return True
            return False

        until(is_ignored, f"{document_name(act.document)} to be left out", PATIENCE)

    def _pay(self, act: MonthAct) -> None:
        self._pay_amount(act, act.amount)

    def _pay_part(self, act: MonthAct) -> None:
        self._pay_amount(act, Decimal("10.00"))

    def _pay_amount(self, act: MonthAct, amount: Decimal) -> None:
        """Pay a bill in QuickBooks, and wait until Precoro shows it."""
        bill = self._standing_bill(act)
        payment = self._quickbooks(f"bill/{bill['Id']}", do="pay", amount=str(amount))
        self._payments[act.document] = payment["Id"]
        until(lambda: self._paid(act) == amount, f"the payment of {document_name(act.document)} in Precoro", PATIENCE)

    def _void_payment(self, act: MonthAct) -> None:
        self._quickbooks(f"billpayment/{self._payments[act.document]}", do="void")

    def _edit(self, act: MonthAct) -> None:
        """Type another amount into a bill."""
        bill = self._standing_bill(act)
        self._quickbooks(f"bill/{bill['Id']}", set={"Line": [_line(act.amount)]})

    def _code_anew(self, act: MonthAct) -> None:
        """Move the lines of a bill to another account."""
        bill = self._standing_bill(act)
        lines = [_line(line["Amount"]) | {"Description": line.get("Description")} for line in bill["Line"]]
        self._quickbooks(f"bill/{bill['Id']}", set={"Line": lines})

    def _void(self, act: MonthAct) -> None:
        """Void a bill as the screen does it: nothing is left of its amounts, and a word before its memo."""
        bill = self._standing_bill(act)
        self._quickbooks(
            f"bill/{bill['Id']}", set={"Line": [_line(Decimal(0))], "PrivateNote": f"Voided - {bill['PrivateNote']}"}
        )

    def _delete(self, act: MonthAct) -> None:
        self._quickbooks(f"bill/{self._standing_bill(act)['Id']}", do="delete")

    def _type(self, act: MonthAct, *, again: bool = False) -> None:
        """Type a bill: past Precoro, or again, with the supplier's number, what stands there already."""
        number = f"S-{act.document}" if again else entry_name(act.document)
        if again:
            self._standing_bill(act)
        self._enter(act, DocNumber=number, VendorRef={"value": self._vendors[act.supplier]})

    def _copy(self, act: MonthAct) -> None:
        """Copy a bill, as the screen does it: everything but its number, our mark in its memo included."""
        bill = self._standing_bill(act)
        self._enter(act, VendorRef=bill["VendorRef"], PrivateNote=bill["PrivateNote"])

    def _enter(self, act: MonthAct, **more: Any) -> None:
        entered = self._quickbooks("bill", TxnDate=self._day(act), Line=[_line(act.amount)], **more)
        self.entries[f"Bill {entered['Id']}"] = entry_name(act.document)

    def _merge_vendors(self, _: MonthAct) -> None:
        """Merge a vendor into another; only the event says into which (docs/reference/quickbooks.md, Webhooks), so it must arrive."""
        before = self._installation.quickbooks("webhooks", "GET")
        self._installation.quickbooks("webhooks", drop=0.0)
        self._quickbooks(f"vendor/{self._vendors[MERGED_SUPPLIER]}", do="merge", into=REMAINING_VENDOR)
        until(
            lambda: not self._installation.quickbooks("webhooks", "GET")["pending"], "the event of the merge", PATIENCE
        )
        self._installation.quickbooks("webhooks", drop=before["drop"])

    def _close_books(self, _: MonthAct) -> None:
        """Close the first days of the month, and make an account inactive that the new month does without."""
        last = self._first_day + timedelta(days=CLOSED_DAYS - 1)
        self._quickbooks("preferences/1", set={"AccountingInfoPrefs": {"BookCloseDate": last.isoformat()}})
        [account] = (account.id for account in BOOKS.accounts if account.number == RETIRED_ACCOUNT)
        self._quickbooks(f"account/{account}", do="deactivate")

    def _precoro(self, act: MonthAct, **order: Any) -> Any:
        return self._installation.precoro(f"invoices/{self._documents[act.document]['id']}", company=COMPANY, **order)

    def _quickbooks(self, path: str, **order: Any) -> Any:
        return self._installation.quickbooks(f"{path}?realm={REALM}", **order)

    def _standing_bill(self, act: MonthAct) -> dict[str, Any]:
        """Return the bill of a document, once Tieout has nothing left to do for it."""
        document = self._documents[act.document]
        self._until_record(INVOICE, document, SYNCED)
        bills = self._installation.quickbooks("state", "GET")["companies"][REALM]["bill"]
        ending = f":{INVOICE}:{document['id']}"
        return next(bill for bill in bills if (find_marker(bill.get("PrivateNote")) or "").endswith(ending))

    def _until_record(self, kind: str, document: dict[str, Any], state: RecordState) -> int:
        """Wait until nothing is to be done for a document and it is in a state; returns the id of its record."""
        settled = select(Record.id).where(
            Record.kind == kind,
            Record.precoro_id == str(document["id"]),
            Record.state == state,
            Record.requested_version == Record.handled_version,
            Record.write_back_due.is_(False),
        )

        def record_id() -> int | None:
            with self._installation.runtime.read() as (session, _):
                return session.scalar(settled)

        until(record_id, f"{document['customName']} to be {state}", PATIENCE)
        return record_id() or 0

    def _paid(self, act: MonthAct) -> Decimal:
        invoices = self._installation.precoro("state", "GET")["companies"][str(COMPANY)]["invoices"]
        return next(Decimal(row["sumPaid"]) for row in invoices if row["id"] == self._documents[act.document]["id"])

    def _day(self, act: MonthAct) -> str:
        return (self._first_day + timedelta(days=act.day)).isoformat()


def _lines(act: MonthAct) -> list[dict[str, Any]]:
    """Return the lines of a document in Precoro."""
    first = {"name": "Desk lamps", "quantity": 1, "price": str(act.amount - FREIGHT), "account": act.account}
    return [first, {"name": "Freight, insured", "quantity": 1, "price": str(FREIGHT), "account": "5040"}]


def _line(amount: Decimal) -> dict[str, Any]:
    """Return a line of a bill as a person types it."""
    account = {"AccountRef": {"value": OFFICE_SUPPLIES}}
    return {
        "Amount": str(amount),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": account,
    }
