"""A snapshot taken at any moment and loaded again changes no answer, whatever was done before and is done after it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from standins import wire
from standins.precoro.app import create_app as create_precoro
from standins.precoro.settings import PrecoroSettings
from standins.quickbooks.app import create_app as create_quickbooks
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import UK, US, bill, category_line

Json = dict[str, Any]

BEGIN = datetime(2026, 11, 2, 17, tzinfo=UTC)
THOROUGH = settings(max_examples=settings().max_examples // 4, deadline=None)


@dataclass(frozen=True)
class Call:
    """One request: JSON to QuickBooks and to the control API, a form to Precoro."""

    method: str
    path: str
    body: Any = None
    form: Json | None = None
    query: Json = field(default_factory=dict)


def ask(app: Flask, call: Call, headers: dict[str, str]) -> tuple[int, Any]:
    """Make a request and return what does not depend on the process that answers."""
    more: Json = {"data": call.form} if call.form is not None else {"json": call.body} if call.body is not None else {}
    answer = app.test_client().open(
        call.path, method=call.method, headers=headers, query_string=call.query or None, **more
    )
    return answer.status_code, wire.loads(answer.data) if answer.is_json else answer.data


def restarted(app: Flask, create: Callable[[], Flask]) -> Flask:
    """Return the stand-in as it is after a restart from a snapshot of this moment."""
    fresh = create()
    fresh.extensions["control"].load(wire.loads(wire.dumps(app.extensions["control"].dump())))
    return fresh


def check(
    create: Callable[[], Flask], headers: dict[str, str], calls: list[Call], moment: int, later: list[Call]
) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        first = create()
        headers = headers or {"Authorization": f"Bearer {_token(first)}", "Accept": "application/json"}
        for number, call in enumerate(calls[:moment]):
            clock.move_to(BEGIN + timedelta(seconds=number))
            ask(first, call, headers)
        second = restarted(first, create)
        for number, call in enumerate([*calls[moment:], *calls, *later], start=moment):
            clock.move_to(BEGIN + timedelta(seconds=number))
            assert ask(second, call, headers) == ask(first, call, headers), call


def _token(app: Flask) -> str:
    answer = app.test_client().post("/_control/tokens", json={"realm": US})
    return str(wire.loads(answer.data)["access_token"])


# QuickBooks

VENDORS = st.sampled_from(["56", "57", "5001", "5002"])
TRANSACTIONS = st.sampled_from([str(number) for number in range(101, 108)])
TOKENS = st.sampled_from(["0", "1", "2"])
AMOUNTS = st.sampled_from([1, 5, "12.50", "0.10", 0])
NAMES = st.sampled_from(["Ash", "Birch", "Acme Supply", "Ash (deleted)"])
REQUEST_IDS = st.sampled_from([{}, {"requestid": "r1"}, {"requestid": "r2"}])
COMPANY = f"/v3/company/{US}"


def written(path: str, body: st.SearchStrategy[Any], **query: str) -> st.SearchStrategy[Call]:
    return st.builds(
        lambda sent, once: Call("POST", f"{COMPANY}/{path}", sent, query={**query, **once}), body, REQUEST_IDS
    )


def person(path: st.SearchStrategy[str], body: st.SearchStrategy[Any]) -> st.SearchStrategy[Call]:
    return st.builds(lambda where, order: Call("POST", f"/_control/{where}", order), path, body)


LINES = st.builds(
    lambda amount, order: {
        **category_line(amount),
        **({"LinkedTxn": [{"TxnId": order, "TxnType": "PurchaseOrder", "TxnLineId": "1"}]} if order else {}),
    },
    AMOUNTS,
    st.one_of(st.none(), TRANSACTIONS),
)
BILLS = st.builds(
    lambda vendor, lines, number: bill(*lines, vendor=vendor, DocNumber=number),
    VENDORS, st.lists(LINES, min_size=1, max_size=2), st.sampled_from(["N1", "N2"]),
)  # fmt: skip
ORDERS = st.builds(lambda sent: {**sent, "APAccountRef": {"value": "33"}}, BILLS)
PAYMENTS = st.builds(
    lambda vendor, target, amount: {
        "VendorRef": {"value": vendor}, "PayType": "Check", "TotalAmt": amount,
        "CheckPayment": {"BankAccountRef": {"value": "35"}},
        "Line": [{"Amount": amount, "LinkedTxn": [{"TxnId": target, "TxnType": "Bill"}]}],
    },
    VENDORS, TRANSACTIONS, AMOUNTS,
)  # fmt: skip
GONE = st.builds(lambda identity, token: {"Id": identity, "SyncToken": token}, TRANSACTIONS, TOKENS)
CHANGED = st.builds(
    lambda gone, vendor, note: {**gone, "sparse": True, "VendorRef": {"value": vendor}, "PrivateNote": note},
    GONE, VENDORS, st.sampled_from(["a", "b"]),
)  # fmt: skip
NAMED = st.builds(lambda name: {"DisplayName": name}, NAMES)
BATCHES = st.builds(
    lambda first, second: {
        "BatchItemRequest": [
            {"bId": "1", "operation": "create", "Vendor": first},
            {"bId": "2", "operation": "create", "Bill": second},
        ]
    },
    NAMED, BILLS,
)  # fmt: skip
FAULTS = st.sampled_from(
    [
        {"match": {"path": "/bill"}, "fault": "500", "times": 2},
        {"match": {"path": "/vendor"}, "fault": "503", "rate": 0.5, "seed": 7},
        {"match": {"body": "N2"}, "fault": "refuse", "code": 6000, "detail": "No"},
        {"match": {"method": "ITEM", "path": "batch/vendor"}, "fault": "429", "times": 1},
    ]
)
SETTINGS = st.sampled_from(
    [
        {"rotation": "always"},
        {"book_close_date": "2026-11-01"},
        {"requestid_other_body": "600"},
        {"inactive_mark": " (Deleted)"},
        {"refuse_delete_linked": False},
        {"preferences": {"AccountingInfoPrefs.TrackDepartments": False}},
    ]
)
QUICKBOOKS_CALLS = st.one_of(
    written("bill", BILLS),
    written("bill", CHANGED),
    written("bill", GONE, operation="delete"),
    written("purchaseorder", ORDERS),
    written("purchaseorder", GONE, operation="delete"),
    written("vendorcredit", BILLS),
    written("billpayment", PAYMENTS),
    written("billpayment", GONE, operation="update", include="void"),
    written("vendor", NAMED),
    written("customer", NAMED),
    written("batch", BATCHES),
    written("attachable", st.just({"Note": "Seen"})),
    person(VENDORS.map("vendor/{}".format), st.sampled_from([{"do": "deactivate"}, {"do": "activate"}, {"do": "merge", "into": "56"}])),
    person(TRANSACTIONS.map("bill/{}".format), st.sampled_from([{"do": "pay", "amount": 1}, {"do": "delete"}, {"do": "invoice"}])),
    person(st.just("faults"), FAULTS),
    person(st.just("settings"), SETTINGS),
    st.just(Call("GET", f"{COMPANY}/vendor/56")),
)  # fmt: skip
OPEN_ORDER = {"TxnId": "101", "TxnType": "PurchaseOrder", "TxnLineId": "1"}
QUICKBOOKS_MORNING = [
    Call("POST", f"{COMPANY}/purchaseorder", {**bill(category_line(20)), "APAccountRef": {"value": "33"}}),
    Call("POST", f"{COMPANY}/bill", bill({**category_line(15), "LinkedTxn": [OPEN_ORDER]})),
    Call("POST", f"{COMPANY}/bill", bill(category_line("12.50"), vendor="57")),
    Call("POST", "/_control/bill/102", {"do": "pay", "amount": 5}),
    Call("POST", "/_control/vendor", {"DisplayName": "Elm"}),
]
"""What stands in the books before anything is left to chance."""
QUICKBOOKS_QUESTIONS = [
    *(Call("GET", f"/_control/{name}") for name in ("state", "settings", "faults", "webhooks")),
    *(
        Call("GET", f"{COMPANY}/query", query={"query": f"select * from {entity} maxresults 1000"})  # noqa: S608
        for entity in ("Bill", "PurchaseOrder", "BillPayment", "VendorCredit", "Vendor", "Customer", "Preferences")
    ),
    Call("GET", f"{COMPANY}/cdc", query={"entities": "Bill,Vendor,BillPayment", "changedSince": "2026-11-01"}),
    Call("POST", f"{COMPANY}/vendor", {"DisplayName": "Last"}),
    Call("POST", f"{COMPANY}/bill", bill(category_line(3))),
]


@THOROUGH
@given(st.lists(QUICKBOOKS_CALLS, max_size=25), st.integers(0, 25))
def test_quickbooks_answers_after_a_restart_as_if_it_had_never_stopped(calls: list[Call], moment: int) -> None:
    opened = [*QUICKBOOKS_MORNING, *calls]
    check(lambda: create_quickbooks(QuickBooksSettings(limits=False)), {}, opened, moment, QUICKBOOKS_QUESTIONS)


# Precoro

KEY = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}
NUMBERS = st.sampled_from(["201", "202", "203"])
ACTS = st.sampled_from(["submit", "approve", "revise", "deny", "cancel", "pay", "touch", "delete"])
PRICES = st.sampled_from(["100", "0.13", "33.335", "0"])
ITEMS = st.builds(
    lambda price, quantity, taxed: {
        "name": "Thing", "price": price, "quantity": quantity, "account": "6660",
        "taxes": ["Sales tax 8.25"] if taxed else [],
    },
    PRICES, st.sampled_from(["1", "3", "2.5"]), st.booleans(),
)  # fmt: skip
DOCUMENTS = st.builds(
    lambda lines, currency, discount: {
        "supplier": "Acme Supply", "lines": lines, "currency": currency, "discount": discount
    },
    st.lists(ITEMS, min_size=1, max_size=3), st.sampled_from(["USD", "JPY"]), st.sampled_from([0, 10]),
)  # fmt: skip
MANNERS = st.sampled_from(
    [
        {"money": "string"},
        {"nothing": []},
        {"rounding": "document"},
        {"option_values": "id"},
        {"split": "splitIndex"},
        {"hidden": ["invoices/202"]},
        {"ping_extra": {"companyId": 1}},
    ]
)


def form(method: str, path: str, *forms: Json) -> st.SearchStrategy[Call]:
    return st.sampled_from([Call(method, path, form=sent) for sent in forms])


LINE = {"name": "Thing", "price": "100", "quantity": "3", "account": "6660", "taxes": ["Sales tax 8.25"]}
DOCUMENT = {"supplier": "Acme Supply", "lines": [LINE, {**LINE, "name": "Other"}]}
PRECORO_CALLS = st.one_of(
    person(st.just("invoices"), DOCUMENTS),
    person(st.just("purchaseorders"), DOCUMENTS),
    person(NUMBERS.map("invoices/{}".format), ACTS.map(lambda act: {"do": act})),
    person(st.sampled_from(["purchaseorders/57", "purchaseorders/58"]), st.sampled_from([{"do": "submit"}, {"do": "approve"}, {"do": "receive"}])),
    person(NUMBERS.map("invoices/{}".format), DOCUMENTS.map(lambda described: {"set": {"lines": described["lines"]}})),
    person(st.just("settings"), MANNERS),
    person(st.just("faults"), st.sampled_from([{"match": {"path": "/invoices"}, "fault": "500", "times": 2}, {"fault": "503", "rate": 0.5}])),
    person(st.just("suppliers/9001"), st.sampled_from([{"do": "deactivate"}, {"do": "activate"}, {"set": {"phone": "1"}}])),
    form("POST", "/suppliers", {"name": "New", "currencies[]": "USD"}, {"name": "Newer"}),
    form("PATCH", "/invoices/201", {"externalId": "145"}, {"externalIntegrationLog": "no"}),
    form("POST", "/payments", {"invoice[id]": "956001", "sumPaid": "1", "payDate": "2026-11-02T00:00:00Z"}),
    form("POST", "/payments/91/cancel", {}),
    form("POST", "/taxes", {"name": "City", "value": "6"}),
    form("POST", "/itemcustomfields/17030/options", {"name": "Crane", "code": "C"}),
    st.just(Call("GET", "/invoices", query={"per_page": "50"})),
)  # fmt: skip
PRECORO_MORNING = [
    Call("POST", "/_control/invoices", {**DOCUMENT, "do": ["submit", "approve"]}),
    Call("POST", "/_control/invoices", {**DOCUMENT, "do": ["submit"], "currency": "JPY"}),
    Call("POST", "/_control/invoices", {**DOCUMENT, "parent": "201"}),
    Call("POST", "/_control/purchaseorders", {**DOCUMENT, "do": ["submit", "approve"]}),
    Call("POST", "/_control/invoices/201", {"do": "pay", "amount": 10}),
]
"""What there is before anything is left to chance."""
PRECORO_QUESTIONS = [
    *(Call("GET", f"/_control/{name}") for name in ("state", "settings", "faults", "webhooks")),
    *(
        Call("GET", f"/{name}", query={"per_page": "200"})
        for name in ("invoices", "purchaseorders", "suppliers", "taxes", "payments", "receipts", "itemcustomfields")
    ),
    *(Call("GET", f"/invoices/{number}") for number in ("201", "202", "203", "204")),
    Call("POST", "/_control/invoices", {"supplier": "Acme Supply", "lines": []}),
    Call("POST", "/suppliers", form={"name": "Last"}),
]


@THOROUGH
@given(st.lists(PRECORO_CALLS, max_size=25), st.integers(0, 25))
def test_precoro_answers_after_a_restart_as_if_it_had_never_stopped(calls: list[Call], moment: int) -> None:
    opened = [*PRECORO_MORNING, *calls]
    check(lambda: create_precoro(PrecoroSettings(limits=False)), KEY, opened, moment, PRECORO_QUESTIONS)


# What time and chance decide about


def test_a_limit_that_is_used_up_is_used_up_after_a_restart_too() -> None:
    def create() -> Flask:
        return create_precoro(PrecoroSettings(per_hour=2))

    first = create()
    calls = [Call("GET", "/taxes", query={"page": str(page)}) for page in (1, 2, 3)]
    assert [ask(first, call, KEY)[0] for call in calls[:2]] == [200, 200]
    assert ask(restarted(first, create), calls[2], KEY)[0] == 429


def test_reads_of_the_month_are_counted_on_after_a_restart() -> None:
    def create() -> Flask:
        return create_quickbooks(QuickBooksSettings(metered_per_month=1))

    first = create()
    headers = {"Authorization": f"Bearer {_token(first)}", "Accept": "application/json"}
    read = Call("GET", f"{COMPANY}/vendor/56")
    assert ask(first, read, headers)[0] == 200
    assert ask(restarted(first, create), read, headers)[0] == 429


def test_a_code_that_was_not_exchanged_yet_is_exchanged_after_a_restart() -> None:
    first = create_quickbooks()
    query = {"client_id": "sandbox-client", "redirect_uri": "http://localhost/c", "scope": "openid"}
    sent = first.test_client().post("/connect/oauth2", query_string=query, data={"realm": UK, "decision": "connect"})
    code = sent.headers["Location"].partition("code=")[2].partition("&")[0]
    keys = ask(first, Call("GET", "/op/v1/jwks"), {})
    second = restarted(first, create_quickbooks)
    exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": "http://localhost/c",
                "client_id": "sandbox-client", "client_secret": "sandbox-secret"}  # fmt: skip
    status, tokens = ask(second, Call("POST", "/oauth2/v1/tokens/bearer", form=exchange), {})
    assert (status, "id_token" in tokens) == (200, True)
    assert ask(second, Call("GET", "/op/v1/jwks"), {}) == keys


@pytest.mark.parametrize("create", [create_quickbooks, create_precoro])
def test_webhooks_on_their_way_are_on_their_way_after_a_restart(create: Callable[[], Flask]) -> None:
    first = create()
    control = first.extensions["control"]
    control.outbox.settings.url = "http://127.0.0.1:9/"  # nobody answers there
    control.outbox.settings.delay_ms = 3_600_000
    path = "vendor/56" if create is create_quickbooks else "suppliers/9001"
    ask(first, Call("POST", f"/_control/{path}", {"do": "deactivate"}), {})
    second = restarted(first, create).extensions["control"].outbox
    assert (second.pending(), second.describe()["url"]) == (1, "http://127.0.0.1:9/")
    before, after = control.outbox.dump()["parcels"], second.dump()["parcels"]
    assert [parcel["events"] for parcel in after] == [parcel["events"] for parcel in before]
