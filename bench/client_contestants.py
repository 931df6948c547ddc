"""The three clients of `bench.clients`: ours, python-quickbooks, and the floor of both.

`python -m bench.client_contestants NAME URL` does the work against a stand-in and prints what it took, as JSON.
The floor is the least code that speaks to QuickBooks: bare requests and simplejson, and nothing is checked.
"""

from __future__ import annotations

import os
import sys
import time
import tracemalloc
import uuid
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Protocol

import requests
import simplejson

from outbound.quota import UnlimitedBudget
from qbo_client.client import QboClient
from qbo_client.query import select

REALM = "9130001"
VENDOR, ROWS, BILLS = "56", 1000, 100
DAY = "2026-11-02"
MEGABYTE = 1024 * 1024


class Contestant(Protocol):
    """What each can do."""

    def page(self, kind: str) -> int:
        """Ask for a page of 1,000 and return how many rows came."""

    def pages(self, kind: str) -> Iterator[Any]:
        """Yield every row, a page of 1,000 at a time."""

    def bill(self, account: str, number: str, amount: Decimal) -> str:
        """Build a bill of one line, send it, and return its id."""


class Ours:
    """Tieout's client."""

    def __init__(self, url: str) -> None:
        token = issue_tokens(url)["access_token"]
        self.client = QboClient(
            base_url=url, realm=REALM, token=lambda: token, refresh=lambda stale: stale, quota=UnlimitedBudget()
        )

    def page(self, kind: str) -> int:
        """Ask for a page."""
        return len(self.client.query(select(kind).order_by("Id").limit(ROWS)))

    def pages(self, kind: str) -> Iterator[Any]:
        """Yield every row."""
        return self.client.query_all(select(kind))

    def bill(self, account: str, number: str, amount: Decimal) -> str:
        """Send a bill."""
        return str(self.client.create("Bill", bill_body(account, number, amount), request_id=uuid.uuid4().hex)["Id"])


class Floor:
    """Bare requests and simplejson."""

    def __init__(self, url: str) -> None:
        self.http = requests.Session()
        self.http.headers.update(
            {"Authorization": f"Bearer {issue_tokens(url)['access_token']}", "Accept": "application/json"}
        )
        self.base = f"{url}/v3/company/{REALM}"

    def page(self, kind: str) -> int:
        """Ask for a page."""
        return len(self._rows(kind, 1))

    def pages(self, kind: str) -> Iterator[Any]:
        """Yield every row."""
        start = 1
        while rows := self._rows(kind, start):
            yield from rows
            start += ROWS

    def bill(self, account: str, number: str, amount: Decimal) -> str:
        """Send a bill."""
        body = simplejson.dumps(bill_body(account, number, amount), use_decimal=True)
        headers = {"Content-Type": "application/json"}
        params = {"minorversion": "75", "requestid": uuid.uuid4().hex}
        answer = self.http.post(f"{self.base}/bill", params=params, data=body, headers=headers, timeout=60)
        return str(simplejson.loads(answer.content, use_decimal=True)["Bill"]["Id"])

    def _rows(self, kind: str, start: int) -> list[Any]:
        statement = f"SELECT * FROM {kind} ORDERBY Id STARTPOSITION {start} MAXRESULTS {ROWS}"  # noqa: S608 - our own words
        params = {"query": statement, "minorversion": "75"}
        answer = self.http.get(f"{self.base}/query", params=params, timeout=60)
        rows: list[Any] = simplejson.loads(answer.content, use_decimal=True)["QueryResponse"].get(kind, [])
        return rows


class PythonQuickBooks:
    """python-quickbooks with intuit-oauth, as their documentation uses them."""

    def __init__(self, url: str) -> None:
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # the stand-in speaks plain HTTP
        from intuitlib.client import AuthClient  # type: ignore[import-untyped]  # noqa: PLC0415
        from quickbooks import objects  # type: ignore[import-untyped]  # noqa: PLC0415
        from quickbooks.client import QuickBooks  # type: ignore[import-untyped]  # noqa: PLC0415

        self.objects = objects
        QuickBooks.api_url_v3 = f"{url}/v3"
        discovery = f"{url}/.well-known/openid_sandbox_configuration/"
        auth = AuthClient("sandbox-client", "sandbox-secret", "http://127.0.0.1:9/callback", discovery)
        self.client = QuickBooks(
            auth_client=auth,
            refresh_token=issue_tokens(url)["refresh_token"],
            company_id=REALM,
            minorversion=75,
            use_decimal=True,
        )

    def page(self, kind: str) -> int:
        """Ask for a page."""
        return len(getattr(self.objects, kind).all(order_by="Id", max_results=ROWS, qb=self.client))

    def pages(self, kind: str) -> Iterator[Any]:
        """Yield every row."""
        start, listed_class = 1, getattr(self.objects, kind)
        while rows := listed_class.all(order_by="Id", start_position=start, max_results=ROWS, qb=self.client):
            yield from rows
            start += ROWS

    def bill(self, account: str, number: str, amount: Decimal) -> str:
        """Send a bill."""
        line = self.objects.AccountBasedExpenseLine()
        line.Amount = amount
        line.Description = "Oak boards"
        line.AccountBasedExpenseLineDetail = self.objects.AccountBasedExpenseLineDetail()
        line.AccountBasedExpenseLineDetail.AccountRef = self._reference(account)
        bill = self.objects.Bill()
        bill.VendorRef = self._reference(VENDOR)
        bill.DocNumber = number
        bill.TxnDate = DAY
        bill.Line = [line]
        return str(bill.save(qb=self.client, request_id=uuid.uuid4().hex).Id)

    def _reference(self, value: str) -> Any:
        reference = self.objects.Ref()
        reference.value = value
        return reference


CONTESTANTS: Mapping[str, Callable[[str], Contestant]] = {
    "ours": Ours,
    "python-quickbooks": PythonQuickBooks,
    "floor": Floor,
}


def issue_tokens(url: str) -> dict[str, str]:
    """Return tokens for the company, without the consent page."""
    tokens: dict[str, str] = requests.post(f"{url}/_control/tokens", json={"realm": REALM}, timeout=60).json()
    return tokens


def bill_body(account: str, number: str, amount: Decimal) -> dict[str, Any]:
    """Return a bill of one line."""
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": amount,
        "Description": "Oak boards",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
    }
    return {"VendorRef": {"value": VENDOR}, "DocNumber": number, "TxnDate": DAY, "Line": [line]}


def measured(work: Callable[[], object]) -> dict[str, float]:
    """Do some work and return the milliseconds of CPU and of the clock that it took."""
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return {"cpu": 1000 * (time.process_time() - cpu), "clock": 1000 * (time.perf_counter() - clock)}


def peak(work: Callable[[], object]) -> float:
    """Return the most megabytes that Python had allocated at once for some work."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / MEGABYTE
    finally:
        tracemalloc.stop()


def main(name: str, url: str) -> None:
    """Measure one contestant."""
    contestant = CONTESTANTS[name](url)
    account = next(iter(Ours(url).client.query(select("Account").where("AccountType", "=", "Expense").limit(1))))["Id"]
    mark = uuid.uuid4().hex[:6]
    contestant.page("Account")  # opens the connection
    figures = {
        "vendors": measured(lambda: _check(contestant.page("Vendor"), ROWS)),
        "bills": measured(lambda: _check(contestant.page("Bill"), ROWS)),
        "sent": measured(
            lambda: [contestant.bill(account, f"{mark}-{n}", Decimal(10_000 + n) / 100) for n in range(BILLS)]
        ),
        "memory": {"all": peak(lambda: sum(1 for _ in contestant.pages("Vendor")))},
    }
    print(simplejson.dumps(figures))


def _check(rows: int, expected: int) -> None:
    if rows != expected:
        raise AssertionError(f"{rows} rows came, not {expected}")


if __name__ == "__main__":
    main(*sys.argv[1:])
