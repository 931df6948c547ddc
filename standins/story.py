"""A day at Widgets Inc, played by the people of both stand-ins through their control calls."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

import requests

from standins.companies.seeds import WIDGETS_INC
from standins.comparison.expected import MARKER, TITLES
from standins.wire import dumps, loads

Json: TypeAlias = dict[str, Any]
Say: TypeAlias = Callable[[str], None]

REALM = WIDGETS_INC.quickbooks.realm
COMPANY = str(WIDGETS_INC.precoro.id)
TITLE = "A day at Widgets Inc"
POLL_SECONDS = 0.2
TIMEOUT_SECONDS = 30

LAMPS: Json = {"name": "Desk lamps", "quantity": 12, "price": "45.00", "account": "6650", "class": "Facilities"}
LAPTOP: Json = {"item": "LAP-14", "quantity": 1, "price": "1199.00", "account": "1510", "class": "IT"}
FREIGHT: Json = {"name": "Freight, insured", "quantity": 1, "price": "85.37", "account": "5040", "class": "IT"}
REPAIR: Json = {"name": "Spindle repair", "quantity": 1, "price": "310.00", "account": "6520", "class": "Manufacturing"}
TAPE: Json = {"item": "TAP-48", "quantity": 48, "account": "5020", "class": "Warehouse", "taxes": ["Sales tax 8.25"]}
CARTONS: Json = {**TAPE, "item": "BOX-M", "quantity": 250, "discount": 10}
CARRIAGE: Json = {"name": "Carriage", "quantity": 1, "price": "123.15", "account": "5040", "class": "Warehouse"}
LUNCH: Json = {"name": "Lunch for the audit", "quantity": 1, "price": "76.10", "account": "6600", "class": "Finance"}
BARS: Json = {"item": "ALU-BAR", "quantity": 160, "account": "5010", "class": "Manufacturing"}
BLANKS: Json = {"name": "Steel blanks", "quantity": 40, "price": "18.60", "account": "5010", "class": "Manufacturing"}
BROKEN: Json = {"name": "Broken lamps", "quantity": 2, "price": "45.00", "account": "6650", "class": "Facilities"}
DELIVERY_NOTE: Json = {"name": "delivery note.pdf", "content": "%PDF-1.7 twelve desk lamps"}
DELIVERY: Json = {"name": "Delivery", "quantity": 1, "price": "166.00", "account": "5040", "customer": "Dunmore Pumps"}


@dataclass
class StoryDay:
    """What came of the day: documents by name, held ones, late ones."""

    documents: dict[str, Json] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)


def play(
    precoro_url: str,
    quickbooks_url: str,
    say: Say,
    *,
    opening: Sequence[tuple[str, str]] = (),
    patience: float = 60.0,
    payments: bool = False,
    attachments: bool = False,
) -> StoryDay:
    """Play the day, say each event when the other side shows it, and return the outcome.

    `opening` are further (time of day, sentence) lines that the caller knows, such as how many suppliers are paired.
    `patience` is how many seconds an effect may take. `payments` says that payments of bills come back to Precoro,
    `attachments` that files go along to QuickBooks.
    requests.RequestException when a stand-in does not answer.
    """
    day = _Player(precoro_url, quickbooks_url, say, patience)
    say(TITLE)
    books = WIDGETS_INC.quickbooks
    plan = books.plan.removeprefix("QuickBooks Online ")
    say(f"  09:00  connected to QuickBooks: {books.name}, {plan}, {books.currency}")
    for moment, sentence in opening:
        say(f"  {moment}  {sentence}")
    files = {"attachments": [DELIVERY_NOTE]} if attachments else {}
    lamps = day.approve("10:00", "Acme Supply", [LAMPS], location="East", **files)
    if attachments:
        day.see_file("10:01", lamps, DELIVERY_NOTE["name"])
    day.revise("10:20", "Vista Laptop Outlet", [LAPTOP], [LAPTOP, FREIGHT])
    day.cancel("11:00", "Kilgore Machine Repair", [REPAIR])
    day.approve("11:40", "Georgetown Packaging", [TAPE, CARTONS, CARRIAGE], discount=5, location="Warehouse Austin")
    day.hold("13:00", "Evergreen Catering", [LUNCH])
    day.approve("14:00", "Rio Grande Aluminum", [BARS, DELIVERY], location="West")
    day.order_and_bill("14:30", "15:10", "Acme Supply", [BLANKS])
    day.approve("16:00", "Acme Supply", [BROKEN], creditNote=True, allocatedInvoice=lamps["idn"], location="East")
    if payments:
        day.pay("16:30", "INV-202")
        day.pay("16:40", "INV-206", Decimal("1000.00"))
    return day.day


class _Player:
    """Acts in Precoro and watches QuickBooks.

    A document here is an order, an invoice or a credit note.
    """

    def __init__(self, precoro_url: str, quickbooks_url: str, say: Say, patience: float) -> None:
        self._precoro = f"{precoro_url.rstrip('/')}/_control"
        self._quickbooks = f"{quickbooks_url.rstrip('/')}/_control"
        self._say = say
        self._patience = patience
        self.day = StoryDay()

    def approve(self, moment: str, supplier: str, lines: list[Json], **more: Any) -> Json:
        """Let an invoice or a credit note arrive and be approved; a bill or a credit is made."""
        invoice = self._arrive(supplier, lines, **more)
        entity = self._wait(lambda: self._entity(invoice))
        what = "credit approved" if more.get("creditNote") else "approved"
        self._tell(moment, invoice, what, self._title(invoice) if entity else self._nothing(invoice))
        return invoice

    def see_file(self, moment: str, document: Json, name: str) -> None:
        """Wait until a file of a document hangs on what stands for it."""
        hangs = self._wait(lambda: self._has_file(document, name))
        self._tell(
            moment, document, "its file", f"{name} on {self._title(document)}" if hangs else self._nothing(document)
        )

    def order_and_bill(self, ordered_at: str, billed_at: str, supplier: str, lines: list[Json]) -> None:
        """Let an order be approved, then the invoice of all of it; the bill is linked, and the order is closed."""
        order = self._arrive(supplier, lines, "purchaseorders")
        ordered = self._wait(lambda: self._entity(order))
        self._tell(ordered_at, order, "order approved", self._title(order) if ordered else self._nothing(order))
        invoice = self._arrive(supplier, [], purchaseOrder=order["idn"])
        bill = self._wait(lambda: self._entity(invoice))
        closed = bill and self._wait(lambda: (self._entity(order) or {}).get("POStatus") == "Closed")
        effect = f"{self._title(invoice)}, linked: {self._title(order)} is billed and closed"
        self._tell(billed_at, invoice, "approved", effect if closed else self._nothing(invoice))

    def revise(self, moment: str, supplier: str, lines: list[Json], revised: list[Json]) -> None:
        """Let an invoice be approved, revised and approved again; its bill is updated."""
        invoice = self._arrive(supplier, lines)
        bill = self._wait(lambda: self._entity(invoice))
        if not bill:
            self._tell(moment, invoice, "approved", self._nothing(invoice))
            return
        self._act(invoice, {"do": "revise"})
        again = self._act(invoice, {"set": {"lines": revised}})
        self._act(invoice, {"do": "approve"})
        updated = self._wait(lambda: self._entity(again, total=again["sum"]))
        effect = f"Bill {bill['Id']}, then revised to {again['sum']:,.2f}: "
        same = "same bill, updated" if updated and updated["Id"] == bill["Id"] else f"now {self._title(again)}"
        self._tell(moment, invoice, "approved", effect + (same if updated else self._nothing(again)))

    def cancel(self, moment: str, supplier: str, lines: list[Json]) -> None:
        """Let an invoice be approved and then cancelled; its bill is removed."""
        invoice = self._arrive(supplier, lines)
        bill = self._wait(lambda: self._entity(invoice))
        self._act(invoice, {"do": "cancel"})
        gone = self._wait(lambda: self._entity(invoice) is None or None)
        made = f"Bill {bill['Id']} made, then removed" if bill and gone else self._nothing(invoice)
        self._tell(moment, invoice, "approved, cancelled", made)

    def hold(self, moment: str, supplier: str, lines: list[Json]) -> None:
        """Approve an invoice of an unpaired supplier, which then waits for a person."""
        invoice = self._arrive(supplier, lines)
        outcome = self._wait(lambda: self._entity(invoice) or self._log(invoice))
        if isinstance(outcome, dict):
            self._tell(moment, invoice, "approved", self._title(invoice))
            return
        if outcome is None:
            self._tell(moment, invoice, "approved", self._nothing(invoice))
            return
        self.day.held.append(str(invoice["customName"]))
        self._say(f"  {moment}  {_columns(invoice)}  held: {_reason(outcome)}. bin/tieout documents list shows it")

    def pay(self, moment: str, name: str, amount: Decimal | None = None) -> None:
        """Let the bill of an invoice be paid in QuickBooks, in full or in part; the payment comes to Precoro."""
        invoice = self.day.documents[name]
        _, bill = self._standing(invoice)
        if bill is None:
            return
        order: Json = {"do": "pay"} if amount is None else {"do": "pay", "amount": amount}
        payment = _post(f"{self._quickbooks}/bill/{bill['Id']}?realm={REALM}", order)
        paid = self._wait(lambda: self._paid(invoice))
        effect = f"{paid['statusString']} in Precoro, {paid['sumPaid']:,.2f}" if paid else self._late(invoice)
        self._tell(moment, paid or invoice, f"paid by Payment {payment['Id']}", effect)

    def _arrive(self, supplier: str, lines: list[Json], collection: str = "invoices", **more: Any) -> Json:
        """Let a document be made and approved; an invoice without lines of its own bills all of its order."""
        form = {"company": int(COMPANY), "supplier": supplier, "do": ["submit", "approve"], **more}
        document = _post(f"{self._precoro}/{collection}", form | ({"lines": lines} if lines else {}))
        self.day.documents[document["customName"]] = document
        return document

    def _act(self, invoice: Json, order: Json) -> Json:
        return _post(f"{self._precoro}/invoices/{invoice['idn']}?company={COMPANY}", order)

    def _entity(self, document: Json, total: Decimal | None = None) -> Json | None:
        """Return the entity that carries the document's marker, of that total if one is given."""
        _, entity = self._standing(document)
        return entity if entity and (total is None or Decimal(entity["TotalAmt"]) == total) else None

    def _title(self, document: Json) -> str:
        """Name the entity that stands for a document, such as `Bill 101`."""
        kind, entity = self._standing(document)
        return f"{TITLES[kind]} {entity['Id']}" if entity else "nothing"

    def _standing(self, document: Json) -> tuple[str, Json | None]:
        """Return the entity that carries the document's marker, and its type."""
        wanted = "invoice" if "invoiceNumber" in document else "purchase_order"
        books = _get(f"{self._quickbooks}/state")["companies"][REALM]
        for kind in TITLES:
            for entity in books[kind]:
                marker = MARKER.search(entity.get("PrivateNote", ""))
                if marker and (marker["kind"], marker["id"]) == (wanted, str(document["id"])):
                    return kind, entity
        return "", None

    def _has_file(self, document: Json, name: str) -> bool:
        """Say whether a file of this name hangs on what stands for a document."""
        _, entity = self._standing(document)
        held = _get(f"{self._quickbooks}/state")["companies"][REALM].get("attachable", [])
        holders = [
            link["EntityRef"]["value"] for row in held if row.get("FileName") == name for link in row["AttachableRef"]
        ]
        return entity is not None and entity["Id"] in holders

    def _paid(self, invoice: Json) -> Json | None:
        """Return an invoice as Precoro shows it, once something is paid of it."""
        invoices = _get(f"{self._precoro}/state")["companies"][COMPANY]["invoices"]
        return next((row for row in invoices if row["id"] == invoice["id"] and row["sumPaid"]), None)

    def _log(self, invoice: Json) -> str | None:
        """Return what has been written into the integration log of the invoice in Precoro."""
        invoices = _get(f"{self._precoro}/state")["companies"][COMPANY]["invoices"]
        log: str | None = next((row["externalIntegrationLog"] for row in invoices if row["id"] == invoice["id"]), None)
        return log

    def _wait(self, look: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + self._patience
        while True:
            outcome = look()
            if outcome or time.monotonic() > deadline:
                return outcome
            time.sleep(POLL_SECONDS)

    def _nothing(self, invoice: Json) -> str:
        return self._late(invoice, "QuickBooks")

    def _late(self, invoice: Json, where: str = "Precoro") -> str:
        self.day.late.append(str(invoice["customName"]))
        return f"not seen in {where} after {self._patience:.0f} s"

    def _tell(self, moment: str, invoice: Json, what: str, effect: str) -> None:
        self._say(f"  {moment}  {_columns(invoice)}  {what:<19} -> {effect}")


def _columns(invoice: Json) -> str:
    return f"{invoice['customName']:<9} {invoice['sum']:>10,.2f}"


def _reason(log: str) -> str:
    """Return the first reason that an integration log lists, without its remedy; else its first line."""
    lines = log.splitlines()
    first = next((line.removeprefix("- ") for line in lines if line.startswith("- ")), lines[0])
    return first.partition(". ")[0].rstrip(".:")


def _get(url: str) -> Any:
    answer = requests.get(url, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return loads(answer.content)


def _post(url: str, order: Json) -> Json:
    answer = requests.post(
        url, data=dumps(order).encode(), headers={"Content-Type": "application/json"}, timeout=TIMEOUT_SECONDS
    )
    answer.raise_for_status()
    record: Json = loads(answer.content)
    return record
