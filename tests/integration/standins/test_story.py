"""The day at Widgets Inc is played over HTTP with a clerk who copies invoices by hand, and the comparison watches."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests

from standins.companies.seeds import WIDGETS_INC
from standins.compare import compare, main, read
from standins.comparison.judge import ALL_KINDS
from standins.precoro.app import create_app as create_precoro
from standins.quickbooks.app import create_app as create_quickbooks
from standins.server import Background
from standins.story import play

REALM = WIDGETS_INC.quickbooks.realm
VENDORS = {supplier: vendor for supplier, vendor in WIDGETS_INC.twins if supplier != 9012}
"""Which vendor the clerk knows for each supplier; nobody has told him about Evergreen Catering (9012)."""


HELD = (
    '  13:00  INV-205        76.10  held: No pair for the supplier "Evergreen Catering". '
    "bin/tieout documents list shows it"
)


class Clerk(threading.Thread):
    """Looks at Precoro again and again and makes QuickBooks say the same, a line a document."""

    def __init__(self, precoro: str, quickbooks: str) -> None:
        super().__init__(daemon=True)
        self._precoro = precoro
        self._quickbooks = quickbooks
        self._bills: dict[int, dict[str, Any]] = {}
        self._orders: dict[int, dict[str, Any]] = {}
        self._brought: set[str] = set()
        self.stopped = threading.Event()

    def run(self) -> None:
        """Copy until stopped."""
        while not self.stopped.wait(0.05):
            company = read(f"{self._precoro}/_control/state")["companies"]["1"]
            for order in company["purchaseorders"]:
                self._order(order)
            for invoice in company["invoices"]:
                self._copy(invoice)
            for payment in read(f"{self._quickbooks}/_control/state")["companies"][REALM].get("billpayment", []):
                self._bring(payment)

    def _order(self, order: dict[str, Any]) -> None:
        vendor = VENDORS[order["supplier"]["id"]]
        if order["status"] == 2 and order["id"] not in self._orders:
            path = f"{self._quickbooks}/_control/purchaseorder?realm={REALM}"
            entity = self._entity(order, vendor, "purchase_order") | {"APAccountRef": {"value": "33"}}
            self._orders[order["id"]] = self._post(path, entity)

    def _copy(self, invoice: dict[str, Any]) -> None:
        booked = self._bills.get(invoice["id"])
        vendor = VENDORS.get(invoice["supplier"]["id"])
        if vendor is None:
            reason = f'No pair for the supplier "{invoice["supplier"]["name"]}". Pair it.'
            form = {"set": {"externalIntegrationLog": f"Needs attention:\n- {reason}"}}
            if not invoice["externalIntegrationLog"]:
                self._post(f"{self._precoro}/_control/invoices/{invoice['idn']}", form)
        elif invoice["status"] == 2 and (booked is None or booked["TotalAmt"] != float(invoice["sum"])):
            self._bills[invoice["id"]] = self._write(invoice, vendor, booked)
        elif invoice["status"] == 8 and booked:
            self._post(f"{self._quickbooks}/_control/bill/{booked['Id']}?realm={REALM}", {"do": "delete"})
            del self._bills[invoice["id"]]

    def _bring(self, payment: dict[str, Any]) -> None:
        """Record a payment of one bill in Precoro, once."""
        if payment["Id"] in self._brought:
            return
        self._brought.add(payment["Id"])
        [line] = payment["Line"]
        bill = line["LinkedTxn"][0]["TxnId"]
        invoice = next(key for key, booked in self._bills.items() if booked["Id"] == bill)
        form = {"invoice[id]": invoice, "sumPaid": str(line["Amount"]), "payDate": "2026-11-20T00:00:00Z",
                "externalId": f"qbo:{REALM}:billpayment:{payment['Id']}:bill:{bill}"}  # fmt: skip
        requests.post(f"{self._precoro}/payments", data=form, headers=KEY, timeout=10).raise_for_status()

    def _write(self, invoice: dict[str, Any], vendor: str, booked: dict[str, Any] | None) -> dict[str, Any]:
        bill = self._entity(invoice, vendor, "invoice") | {"DocNumber": invoice["invoiceNumber"]}
        order = self._orders.get((invoice["purchaseOrder"] or {}).get("id", 0))
        if order:
            bill["Line"][0]["LinkedTxn"] = [{"TxnId": order["Id"], "TxnType": "PurchaseOrder", "TxnLineId": "1"}]
        path = f"{self._quickbooks}/_control/{'vendorcredit' if invoice['logicType'] == 1 else 'bill'}"
        return (
            self._post(f"{path}/{booked['Id']}?realm={REALM}", {"set": bill})
            if booked
            else self._post(f"{path}?realm={REALM}", bill)
        )

    def _entity(self, document: dict[str, Any], vendor: str, kind: str) -> dict[str, Any]:
        line = {
            "Amount": float(document["sum"]),
            "DetailType": "AccountBasedExpenseLineDetail",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "42"}},
        }
        return {
            "VendorRef": {"value": vendor},
            "PrivateNote": f"tieout:1:{kind}:{document['id']}",
            "Line": [line],
        }

    def _post(self, url: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = requests.post(url, json=body, timeout=10)
        assert answer.status_code < 300, answer.text
        created: dict[str, Any] = answer.json()
        return created


KEY = {"X-AUTH-TOKEN": WIDGETS_INC.precoro.key, "email": WIDGETS_INC.precoro.user}


@pytest.fixture
def both() -> Iterator[tuple[str, str]]:
    with Background(create_precoro()) as precoro, Background(create_quickbooks()) as quickbooks:
        yield precoro, quickbooks


@pytest.fixture
def clerk(both: tuple[str, str]) -> Iterator[None]:
    worker = Clerk(*both)
    worker.start()
    yield
    worker.stopped.set()
    with suppress(RuntimeError):
        worker.join(10)


@pytest.mark.usefixtures("clerk")
def test_the_day_is_told_a_line_an_event_and_both_sides_tie(
    both: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    day = play(*both, said.append, opening=[("09:05", "suppliers     28 paired by name")], patience=20)
    assert said == [
        "A day at Widgets Inc",
        "  09:00  connected to QuickBooks: Widgets Inc, Plus, USD",
        "  09:05  suppliers     28 paired by name",
        "  10:00  INV-201       540.00  approved            -> Bill 101",
        "  10:20  INV-202     1,199.00  approved            -> Bill 102, then revised to 1,284.37: same bill, updated",
        "  11:00  INV-203       310.00  approved, cancelled -> Bill 103 made, then removed",
        "  11:40  INV-204       409.43  approved            -> Bill 104",
        HELD,
        "  14:00  INV-206     2,450.00  approved            -> Bill 105",
        "  14:30  PO-57         744.00  order approved      -> PO 106",
        "  15:10  INV-207       744.00  approved            -> Bill 107, linked: PO 106 is billed and closed",
        "  16:00  INV-208        90.00  credit approved     -> Credit 108",
    ]
    assert (day.held, day.late) == (["INV-205"], [])
    comparison = compare(*both, kinds=ALL_KINDS, held=day.held)
    assert comparison.ties
    kinds = ",".join(ALL_KINDS)
    assert main(["--precoro", both[0], "--quickbooks", both[1], "--kinds", kinds, "--held", "INV-205"]) == 0
    assert "5,337.80" in capsys.readouterr().out
    assert main(["--precoro", both[0], "--quickbooks", both[1], "--json"]) == 1
    assert '"MISSING":1' in capsys.readouterr().out


@pytest.mark.usefixtures("clerk")
def test_payments_come_back_where_they_are_brought(both: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    said: list[str] = []
    day = play(*both, said.append, patience=20, payments=True)
    assert said[-2:] == [
        "  16:30  INV-202     1,284.37  paid by Payment 109 -> paid in Precoro, 1,284.37",
        "  16:40  INV-206     2,450.00  paid by Payment 110 -> partly paid in Precoro, 1,000.00",
    ]
    assert compare(*both, held=day.held, payments=True).ties
    assert main(["--precoro", both[0], "--quickbooks", both[1], "--held", "INV-205", "--payments"]) == 0
    assert [line.split()[-2:] for line in capsys.readouterr().out.splitlines() if line.startswith("Paid")] == [
        ["2,284.37", "0.00"]
    ]


def test_what_does_not_arrive_is_said_and_remembered(both: tuple[str, str]) -> None:
    said: list[str] = []
    day = play(*both, said.append, patience=0)
    assert said[2] == "  10:00  INV-201       540.00  approved            -> not seen in QuickBooks after 0 s"
    assert day.late == [*(f"INV-{number}" for number in range(201, 207)), "PO-57", "INV-207", "INV-208"]


def test_a_comparison_that_cannot_be_made_says_so(capsys: pytest.CaptureFixture[str], both: tuple[str, str]) -> None:
    assert main(["--precoro", both[0], "--quickbooks", f"{both[1]}/nowhere"]) == 2
    assert "Could not compare" in capsys.readouterr().err
