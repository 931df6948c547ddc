"""The whole QuickBooks client against the stand-in over real HTTP: permission, writes, reads, changes, and lost answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from redis import Redis

from outbound import errors
from outbound.errors import Landed, NoBudget, RemoteError
from outbound.quota import Quota, UnlimitedBudget, Window
from outbound.session import Call
from outbound.wire import JsonObject
from qbo_client.changes import read_changes
from qbo_client.client import QboClient
from qbo_client.company import read_company
from qbo_client.oauth import Endpoints, OAuth, discover
from qbo_client.query import count, select
from settings import Settings
from tests.integration.qbo_client.company import ACME, WIDGETS, WIDGETS_UK, our_app, tokens_for
from tests.stand_ins import StandIn
from workers.clients import qbo_windows


def _bill(
    number: str, amount: str = "540.10", account: str | None = None, client: QboClient | None = None
) -> JsonObject:
    chosen = account or (
        client.query(select("Account").where("AccountType", "=", "Expense"))[0]["Id"] if client else ""
    )
    return {
        "VendorRef": {"value": ACME},
        "DocNumber": number,
        "TxnDate": "2026-11-20",
        "PrivateNote": "It's ours: tieout:1:invoice:956598",
        "Line": [
            {
                "DetailType": "AccountBasedExpenseLineDetail",
                "Amount": Decimal(amount),
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": chosen}},
            }
        ],
    }


def test_consent_gives_tokens_that_open_the_company(quickbooks: StandIn) -> None:
    app = our_app(quickbooks)
    page = requests.get(app.authorise_url("st4te"), timeout=5)
    assert page.status_code == 200
    assert discover(f"{quickbooks.url}/.well-known/openid_sandbox_configuration/").token == app.endpoints.token


def test_a_refresh_gives_both_expiries_and_a_revoked_token_is_an_invalid_grant(quickbooks: StandIn) -> None:
    app, first = our_app(quickbooks), tokens_for(quickbooks, WIDGETS)
    fresh = app.refresh_token(first.refresh)
    assert fresh.expires_in == 3600
    assert fresh.refresh_expires_in > 8_000_000
    assert fresh.hard_expires_in is not None
    app.revoke(fresh.refresh)
    with pytest.raises(errors.InvalidGrant):
        app.refresh_token(fresh.refresh)


def test_wrong_keys_of_the_app_are_told_apart(quickbooks: StandIn) -> None:
    app = OAuth(client_id="x", client_secret="y", redirect_uri="http://z", endpoints=Endpoints.at(quickbooks.url))
    with pytest.raises(errors.ClientRejected):
        app.refresh_token("any")


def test_a_company_is_known_with_its_plan(connect: Callable[..., QboClient]) -> None:
    client = connect()
    company = read_company(client.company_info(), client.preferences())
    assert (company.name, company.home_currency, company.refusal, company.warnings) == ("Widgets Inc", "USD", None, [])
    uk = connect(WIDGETS_UK)
    assert read_company(uk.company_info(), uk.preferences()).multicurrency


def test_a_small_plan_is_refused(quickbooks: StandIn, connect: Callable[..., QboClient]) -> None:
    quickbooks.control("POST", "settings", {"plan": "QuickBooks Online Essentials"})
    client = connect()
    company = read_company(client.company_info(), client.preferences())
    assert "Plus or Advanced" in (company.refusal or "")


def test_a_bill_is_made_changed_read_and_deleted(connect: Callable[..., QboClient], calls: list[Call]) -> None:
    client = connect()
    made = client.create("Bill", _bill("S-1", client=client), request_id="r1")
    assert (made["TotalAmt"], made["SyncToken"]) == (Decimal("540.10"), "0")
    sparse = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "VendorRef": {"value": ACME}, "DocNumber": "S-2"}
    changed = client.update("Bill", sparse, request_id="r2")
    assert (changed["DocNumber"], changed["SyncToken"]) == ("S-2", "1")
    assert client.read("Bill", made["Id"])["PrivateNote"] == "It's ours: tieout:1:invoice:956598"
    assert client.delete("Bill", made["Id"], "1", request_id="r3")["status"] == "Deleted"
    with pytest.raises(errors.NotFound):
        client.read("Bill", made["Id"])
    assert [call.request_id for call in calls if call.writes] == ["r1", "r2", "r3"]
    assert all(call.tid for call in calls)


def test_the_same_request_id_gives_the_same_bill(connect: Callable[..., QboClient]) -> None:
    client = connect()
    body = _bill("S-1", client=client)
    assert client.create("Bill", body, request_id="r1")["Id"] == client.create("Bill", body, request_id="r1")["Id"]
    assert client.count(count("Bill")) == 1


def test_somebody_elses_change_makes_ours_stale(connect: Callable[..., QboClient]) -> None:
    client = connect()
    made = client.create("Bill", _bill("S-1", client=client), request_id="r1")
    sparse = {"Id": made["Id"], "SyncToken": "0", "sparse": True, "VendorRef": {"value": ACME}, "DocNumber": "S-2"}
    client.update("Bill", sparse, request_id="r2")
    with pytest.raises(errors.Stale):
        client.update("Bill", sparse, request_id="r3")


def test_a_number_that_is_used_names_its_bill(connect: Callable[..., QboClient]) -> None:
    client = connect()
    first = client.create("Bill", _bill("S-1", client=client), request_id="r1")
    with pytest.raises(errors.DuplicateNumber) as caught:
        client.create("Bill", _bill("S-1", client=client), request_id="r2")
    assert (caught.value.txn_type, caught.value.txn_id) == ("Bill", first["Id"])


def test_an_unknown_account_is_a_bad_reference(connect: Callable[..., QboClient]) -> None:
    with pytest.raises(errors.BadReference):
        connect().create("Bill", _bill("S-1", account="999999"), request_id="r1")


def test_closed_books_are_told(quickbooks: StandIn, connect: Callable[..., QboClient]) -> None:
    quickbooks.control("POST", "settings", {"book_close_date": "2026-12-31"})
    client = connect()
    with pytest.raises(errors.ClosedPeriod):
        client.create("Bill", _bill("S-1", client=client), request_id="r1")


@pytest.mark.parametrize("fault", ["drop_after_commit", "reset_after_commit", "truncated"])
def test_a_lost_answer_may_have_landed_and_the_same_id_settles_it(
    quickbooks: StandIn, connect: Callable[..., QboClient], fault: str
) -> None:
    client = connect()
    body = _bill("S-1", client=client)
    quickbooks.fault(fault, method="POST", path="/bill")
    with pytest.raises(errors.Dropped) as caught:
        client.create("Bill", body, request_id="r1")
    assert caught.value.landed is Landed.MAYBE
    assert client.create("Bill", body, request_id="r1")["DocNumber"] == "S-1"
    assert client.count(count("Bill")) == 1


@pytest.mark.parametrize(
    ("fault", "kind", "landed"),
    [
        ("429", errors.Throttled, Landed.NO),
        ("500", RemoteError, Landed.MAYBE),
        ("503", errors.ServerTrouble, Landed.MAYBE),
        ("html_502", errors.ServerTrouble, Landed.MAYBE),
        ("empty_500", errors.ServerTrouble, Landed.MAYBE),
        ("empty_503", errors.ServerTrouble, Landed.MAYBE),
        ("reset", errors.Dropped, Landed.MAYBE),
        ("stale", errors.Stale, Landed.NO),
        ("403", errors.Forbidden, Landed.NO),
    ],
)
def test_each_fault_says_whether_the_write_landed(
    quickbooks: StandIn, connect: Callable[..., QboClient], fault: str, kind: type[RemoteError], landed: Landed
) -> None:
    client = connect()
    body = _bill("S-1", client=client)
    quickbooks.fault(fault, method="POST", path="/bill")
    with pytest.raises(kind) as caught:
        client.create("Bill", body, request_id="r1")
    assert caught.value.landed is landed
    assert client.count(count("Bill")) == 0


def test_a_token_that_expired_is_refreshed_unseen(
    quickbooks: StandIn, connect: Callable[..., QboClient], calls: list[Call]
) -> None:
    client = connect()
    quickbooks.fault("401", path="/preferences")
    assert client.preferences()["Id"] == "1"
    assert [call.outcome for call in calls] == ["TokenRejected", "ok"]


def test_the_token_of_another_company_is_forbidden(quickbooks: StandIn) -> None:
    tokens = tokens_for(quickbooks, WIDGETS)
    client = QboClient(
        base_url=quickbooks.url,
        realm=WIDGETS_UK,
        token=lambda: tokens.access,
        refresh=lambda stale: stale,
        quota=UnlimitedBudget(),
    )
    with pytest.raises(errors.Forbidden):
        client.preferences()
    client.close()


def test_names_with_quotes_and_signs_are_found(connect: Callable[..., QboClient]) -> None:
    client = connect()
    for number, name in enumerate(["O'Hara & Sons", "100% Cotton", "A+B #1", "Café Zoë"]):
        made = client.create("Vendor", {"DisplayName": name}, request_id=f"v{number}")
        rows = client.query(select("Vendor").where("DisplayName", "=", name))
        assert [row["Id"] for row in rows] == [made["Id"]]


def test_every_row_comes_once_over_several_pages(connect: Callable[..., QboClient], calls: list[Call]) -> None:
    client = connect()
    rows = list(client.query_all(select("Account").with_inactive(), page=7))
    assert len(rows) == len({row["Id"] for row in rows}) == client.count(count("Account").with_inactive())
    assert len(rows) > 60
    assert all(call.metered for call in calls)


def test_rows_are_neither_lost_nor_doubled_while_others_are_deleted(connect: Callable[..., QboClient]) -> None:
    client = connect()
    account = client.query(select("Account").where("AccountType", "=", "Expense"))[0]["Id"]
    ids = [
        client.create("Bill", _bill(f"S-{number}", account=account), request_id=f"r{number}")["Id"]
        for number in range(12)
    ]
    read_ids = []
    for row in client.query_all(select("Bill"), page=3):
        read_ids.append(row["Id"])
        if row["Id"] == ids[2]:
            client.delete("Bill", ids[0], "0", request_id="d0")
            client.delete("Bill", ids[1], "0", request_id="d1")
    assert read_ids == ids


def test_changes_tell_what_was_made_and_what_was_deleted(connect: Callable[..., QboClient], calls: list[Call]) -> None:
    client = connect()
    since = datetime.now(UTC) - timedelta(minutes=5)
    kept = client.create("Bill", _bill("S-1", client=client), request_id="r1")
    gone = client.create("Bill", _bill("S-2", client=client), request_id="r2")
    client.delete("Bill", gone["Id"], "0", request_id="r3")
    calls.clear()
    changes = read_changes(client, ["Bill", "Vendor", "BillPayment"], since)
    assert [row["Id"] for row in changes.rows["Bill"]] == [kept["Id"]]
    assert changes.deleted["Bill"] == [gone["Id"]]
    assert changes.until is not None
    assert not changes.gap
    assert [(call.path.rpartition("/")[2], call.metered) for call in calls] == [("cdc", True)]


def test_more_changes_than_one_answer_holds_are_all_told(
    quickbooks: StandIn, connect: Callable[..., QboClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    quickbooks.control("POST", "settings", {"changes_max": 20})
    monkeypatch.setattr("qbo_client.changes.FULL_ANSWER", 20)
    client, since = connect(), datetime.now(UTC) - timedelta(minutes=5)
    account = client.query(select("Account").where("AccountType", "=", "Expense"))[0]["Id"]
    for number in range(15):
        client.create("Vendor", {"DisplayName": f"New vendor {number}"}, request_id=f"v{number}")
        client.create("Bill", _bill(f"S-{number}", account=account), request_id=f"b{number}")
    split = read_changes(client, ["Bill", "Term", "Vendor"], since)
    # A bill raises its vendor's balance, so Acme Supply may count as changed too.
    assert len(split.rows["Bill"]) == 15
    assert len([row for row in split.rows["Vendor"] if row["DisplayName"].startswith("New vendor")]) == 15
    assert (split.calls, split.uncertain) == (3, set())
    for number in range(15, 30):
        client.create("Bill", _bill(f"S-{number}", account=account), request_id=f"b{number}")
    many = read_changes(client, ["Bill"], since)
    assert len(many.rows["Bill"]) == 30
    assert many.uncertain == {"Bill"}


def test_rates_of_the_day_are_exact(connect: Callable[..., QboClient]) -> None:
    rate = connect(WIDGETS_UK).exchange_rate("EUR", date(2026, 11, 20))
    assert isinstance(rate, Decimal)
    assert 0 < rate < 2


def test_tax_codes_of_a_us_company_bring_their_own_two_rows(connect: Callable[..., QboClient]) -> None:
    rows = list(connect().query_all(select("TaxCode"), page=1))
    assert {row["Id"] for row in rows} >= {"TAX", "NON"}
    assert len({row["Id"] for row in rows}) == len(rows)


def test_a_batch_lands_item_by_item(connect: Callable[..., QboClient]) -> None:
    client = connect()
    account = client.query(select("Account").where("AccountType", "=", "Expense"))[0]["Id"]
    items: list[JsonObject] = [
        {"bId": "1", "operation": "create", "Bill": _bill("S-1", account=account)},
        {"bId": "2", "operation": "create", "Bill": _bill("S-2", account="999999")},
        {"bId": "3", "Query": str(select("Vendor").where("Id", "=", ACME))},
    ]
    outcomes = client.batch(items, request_id="b1")
    first, second, third = outcomes["1"], outcomes["2"], outcomes["3"]
    assert isinstance(first, dict)
    assert first["Bill"]["DocNumber"] == "S-1"
    assert isinstance(second, errors.BadReference)
    assert isinstance(third, dict)
    assert third["QueryResponse"]["Vendor"][0]["Id"] == ACME


def test_our_own_count_stops_us_before_quickbooks_does(
    quickbooks: StandIn, connect: Callable[..., QboClient], redis: Redis
) -> None:
    quickbooks.control("POST", "settings", {"limits": True})
    quota = Quota(redis, f"qbo:{WIDGETS}", qbo_windows(Settings()), service="QuickBooks")
    client = connect(quota=quota)
    with pytest.raises(NoBudget) as caught:
        [client.preferences() for _ in range(30)]
    assert 0 < (caught.value.retry_after or 0) <= 1
    assert len(quickbooks.requests()) == 9


def test_quickbooks_own_limit_is_throttling(
    quickbooks: StandIn, connect: Callable[..., QboClient], redis: Redis
) -> None:
    quickbooks.control("POST", "settings", {"limits": True})
    client = connect(quota=Quota(redis, "other", [Window(10_000, 60)], service="QuickBooks"))
    with pytest.raises(errors.Throttled) as caught:
        [client.preferences() for _ in range(30)]
    assert caught.value.retry_after == 60


def test_each_request_is_one_row_and_names_what_quickbooks_logged(
    quickbooks: StandIn, connect: Callable[..., QboClient], calls: list[Call]
) -> None:
    client = connect()
    client.create("Bill", _bill("S-1", client=client), request_id="r1")
    logged = [row for row in quickbooks.requests() if row["path"].startswith("/v3/")]
    assert [(row["method"], row["status"], row["requestid"], row["metered"]) for row in logged] == [
        (call.method, call.status, call.request_id, call.metered) for call in calls
    ]


def test_the_callback_brings_a_code_that_works_once(quickbooks: StandIn) -> None:
    app = our_app(quickbooks)
    page = requests.get(app.authorise_url("st4te"), timeout=5)
    fields = dict(parse_qs(urlsplit(page.url).query, keep_blank_values=True))
    form = {name: values[0] for name, values in fields.items()} | {
        "realm": WIDGETS,
        "realmId": WIDGETS,
        "decision": "connect",
    }
    answer = requests.post(page.url, data=form, timeout=5, allow_redirects=False)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["st4te"]
    tokens = app.exchange(back["code"][0])
    assert tokens.expires_in == 3600
    with pytest.raises(errors.InvalidGrant):
        app.exchange(back["code"][0])
