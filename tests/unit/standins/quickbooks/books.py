"""A company in the QuickBooks stand-in as a test sees it: short calls, answers as dicts."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from standins import wire
from standins.control.control import ControlPanel
from standins.quickbooks.settings import QuickBooksSettings

Json = dict[str, Any]

US, UK = "9130001", "9130002"
ACME, RENT_ACCOUNT, SUPPLIES_ACCOUNT = "56", "17", "42"


class Books:
    """One realm over Flask's test client, signed in."""

    def __init__(self, client: FlaskClient, realm: str) -> None:
        self.client = client
        self.realm = realm
        self.token = self.control("tokens", {"realm": realm})["access_token"]
        self.status = 0
        self.headers: dict[str, str] = {}

    @property
    def settings(self) -> QuickBooksSettings:
        """The settings of the stand-in."""
        control: ControlPanel[QuickBooksSettings] = self.client.application.extensions["control"]
        return control.settings

    def control(self, path: str, body: Json | None = None) -> Any:
        """Make a control call about this company."""
        address = f"/_control/{path}"
        if hasattr(self, "status"):
            address += f"?realm={self.realm}"
        answer = self.client.post(address, data=wire.dumps(body or {}))
        return wire.loads(answer.data)

    def get(self, path: str, **query: str) -> Json:
        """GET below the company."""
        return self._keep(self.client.get(self._address(path), query_string=query, headers=self._headers()))

    def post(self, path: str, body: Json, **query: str) -> Json:
        """POST below the company."""
        answer = self.client.post(
            self._address(path),
            data=wire.dumps(body),
            query_string=query,
            headers={**self._headers(), "Content-Type": "application/json"},
        )
        return self._keep(answer)

    def query(self, statement: str) -> Json:
        """Run a query and return QueryResponse, or the whole answer when it is a fault."""
        answer = self.get("query", query=statement)
        response: Json = answer.get("QueryResponse", answer)
        return response

    def write(self, entity: str, body: Json, **query: str) -> Json:
        """Create or update, and return the record; the test fails on a fault."""
        answer = self.post(entity.lower(), body, **query)
        assert self.status == 200, answer
        record: Json = answer[entity]
        return record

    def refused(self, entity: str, body: Json, **query: str) -> tuple[str, str]:
        """Write what must be refused; return code and Detail of the first problem."""
        answer = self.post(entity.lower(), body, **query)
        assert "Fault" in answer, answer
        problem = answer["Fault"]["Error"][0]
        return problem["code"], problem["Detail"]

    def read(self, entity: str, identity: str) -> Json:
        """Read a record."""
        record: Json = self.get(f"{entity.lower()}/{identity}")[entity]
        return record

    def _address(self, path: str) -> str:
        return f"/v3/company/{self.realm}/{path}"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}

    def _keep(self, answer: Any) -> Json:
        self.status = answer.status_code
        self.headers = dict(answer.headers)
        body: Json = wire.loads(answer.data)
        return body


def category_line(amount: object, account: str = SUPPLIES_ACCOUNT, **detail: object) -> Json:
    """Return a category line."""
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}, **detail},
    }


def item_line(amount: object, item: str, quantity: object, price: object, **detail: object) -> Json:
    """Return an item line."""
    return {
        "Amount": amount,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": item}, "Qty": quantity, "UnitPrice": price, **detail},
    }


def bill(*lines: Json, vendor: str = ACME, **more: object) -> Json:
    """Return a bill to send."""
    return {"VendorRef": {"value": vendor}, "TxnDate": "2026-11-02", "Line": list(lines), **more}
