"""What the client sends and makes of the answers, byte for byte, against a scripted server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from outbound.errors import CallDetails, Dropped, Landed, NoBudget, NotFound, RemoteError, ServerTrouble, TokenRejected
from outbound.quota import UnlimitedBudget
from outbound.session import Call
from qbo_client.changes import read_changes
from qbo_client.client import QboClient
from qbo_client.query import select
from tests.scripted_server import RESET, ReceivedRequest, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
EXPIRED = answer(401, {"fault": {"error": [{"message": "m", "detail": "Token expired: AB01", "code": "3200"}]}})
GONE = answer(400, {"Fault": {"Error": [{"Message": "Object Not Found", "code": "610"}], "type": "ValidationFault"}})


class Wallet:
    """One company's token, refreshed on demand."""

    def __init__(self) -> None:
        self.token = "old"
        self.refused: list[str] = []

    def refresh(self, stale: str) -> str:
        """Give a new token for a refused one."""
        self.refused.append(stale)
        self.token = "new"
        return self.token


class Purse:
    """A budget that ends."""

    def __init__(self, calls: int) -> None:
        self.left = calls
        self.names: list[str | None] = []

    def take(self, name: str | None = None, weight: int = 1, keep: int = 0) -> None:
        """Count, as a Budget does."""
        self.names.append(name)
        self.left -= weight
        if self.left < keep:
            raise NoBudget(CallDetails(service="QuickBooks"), retry_after=3)


def _client(server: ScriptedServer, **overrides: object) -> QboClient:
    wallet = Wallet()
    options = {
        "token": lambda: wallet.token,
        "refresh": wallet.refresh,
        "quota": UnlimitedBudget(),
        "timeout": 5.0,
        **overrides,
    }
    return QboClient(base_url=server.url, realm="9130001", **options)  # type: ignore[arg-type]


def _query(request: ReceivedRequest) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}


def test_a_write_carries_its_request_id_and_exact_amounts(serve: Serve) -> None:
    server = serve(answer(200, b'{"Bill": {"Id": "176", "SyncToken": "0", "TotalAmt": 540.00}, "time": "2026"}'))
    body = {"VendorRef": {"value": "56"}, "Line": [{"Amount": Decimal("540.10"), "Description": "Stühle"}]}
    made = _client(server).create("Bill", body, request_id="abc123")
    request = server.requests[0]
    assert made == {"Id": "176", "SyncToken": "0", "TotalAmt": Decimal("540.00")}
    assert (request.method, urlsplit(request.target).path) == ("POST", "/v3/company/9130001/bill")
    assert _query(request) == {"requestid": "abc123", "minorversion": "75"}
    assert b'"Amount":540.10' in request.body
    assert request.headers["accept"] == request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Bearer old"


def test_the_same_write_is_the_same_bytes(serve: Serve) -> None:
    server = serve(answer(200, {"Bill": {"Id": "1"}}))
    client = _client(server)
    for _ in range(2):
        client.update("Bill", {"Id": "1", "SyncToken": "0", "TotalAmt": Decimal("1.50")}, request_id="r", include="x")
    assert server.requests[0].body == server.requests[1].body
    assert server.requests[0].target == server.requests[1].target
    assert _query(server.requests[0])["include"] == "x"


def test_a_delete_sends_only_id_and_sync_token(serve: Serve) -> None:
    server = serve(answer(200, {"Bill": {"status": "Deleted", "domain": "QBO", "Id": "9"}}))
    assert _client(server).delete("Bill", "9", "2", request_id="r")["status"] == "Deleted"
    assert server.requests[0].body == b'{"Id":"9","SyncToken":"2"}'
    assert _query(server.requests[0])["operation"] == "delete"


def test_a_refused_token_is_refreshed_once_and_the_call_made_again(serve: Serve) -> None:
    server, wallet, calls = serve(EXPIRED, answer(200, {"Bill": {"Id": "1"}})), Wallet(), list[Call]()
    client = _client(server, token=lambda: wallet.token, refresh=wallet.refresh, on_call=calls.append)
    client.create("Bill", {}, request_id="r1")
    assert wallet.refused == ["old"]
    assert [request.headers["authorization"] for request in server.requests] == ["Bearer old", "Bearer new"]
    assert [_query(request)["requestid"] for request in server.requests] == ["r1", "r1"]
    assert [(call.outcome, call.landed, call.status, call.code) for call in calls] == [
        ("TokenRejected", "no", 401, "3200"),
        ("ok", "yes", 200, None),
    ]


def test_a_fresh_token_that_is_refused_ends_the_tries(serve: Serve) -> None:
    server = serve(EXPIRED)
    with pytest.raises(TokenRejected) as caught:
        _client(server).create("Bill", {}, request_id="r1")
    assert caught.value.landed is Landed.NO
    assert len(server.requests) == 2


def test_a_write_without_its_entity_in_the_answer_may_have_landed(serve: Serve) -> None:
    calls: list[Call] = []
    client = _client(serve(answer(200, {"time": "2026"})), on_call=calls.append)
    with pytest.raises(ServerTrouble) as caught:
        client.create("Bill", {}, request_id="r1")
    assert caught.value.landed is Landed.MAYBE
    assert calls[0].landed == "maybe"


def test_a_read_without_its_entity_in_the_answer_changed_nothing(serve: Serve) -> None:
    client = _client(serve(answer(200, {"time": "2026"})))
    for read in (client.preferences, client.company_info, lambda: client.query(select("Bill"))):
        with pytest.raises(ServerTrouble) as caught:
            read()
        assert caught.value.landed is Landed.NO


def test_a_write_whose_connection_was_reset_is_not_repeated(serve: Serve) -> None:
    server = serve(RESET)
    with pytest.raises(Dropped) as caught:
        _client(server).create("Bill", {}, request_id="r1")
    assert (caught.value.landed, caught.value.request_id, len(server.requests)) == (Landed.MAYBE, "r1", 1)


def test_without_budget_nothing_is_sent(serve: Serve) -> None:
    server = serve(answer(200, {}))
    with pytest.raises(NoBudget):
        _client(server, quota=Purse(0)).read("Bill", "1")
    assert server.requests == []


def test_reads_are_metered_and_writes_are_not(serve: Serve) -> None:
    calls: list[Call] = []
    client = _client(serve(answer(200, {"Bill": {"Id": "1"}})), on_call=calls.append)
    client.read("Bill", "1")
    client.create("Bill", {}, request_id="r1")
    assert [call.metered for call in calls] == [True, False]


def test_what_was_deleted_is_not_found(serve: Serve) -> None:
    client = _client(serve(GONE))
    with pytest.raises(NotFound):
        client.read("Bill", "9")
    assert client.exchange_rate("EUR", date(2026, 11, 1)) is None


def test_an_exchange_rate_is_exact(serve: Serve) -> None:
    server = serve(
        answer(200, b'{"ExchangeRate": {"SourceCurrencyCode": "EUR", "Rate": 0.87345, "AsOfDate": "2026-11-01"}}')
    )
    assert _client(server).exchange_rate("EUR", date(2026, 11, 1)) == Decimal("0.87345")
    assert _query(server.requests[0])["asofdate"] == "2026-11-01"


def test_no_rows_are_an_empty_answer(serve: Serve) -> None:
    assert _client(serve(answer(200, {"QueryResponse": {}, "time": "x"}))).query(select("Bill")) == []


def test_a_statement_arrives_whole(serve: Serve) -> None:
    server = serve(answer(200, {"QueryResponse": {"totalCount": 3}}))
    statement = select("Vendor").where("DisplayName", "=", "A&B + 50% #1 'x'")
    _client(server).query(statement)
    assert _query(server.requests[0])["query"] == str(statement)


def test_pages_go_on_after_the_last_id_and_give_each_row_once(serve: Serve) -> None:
    def page(*ids: str) -> bytes:
        return answer(200, {"QueryResponse": {"TaxCode": [{"Id": row_id} for row_id in ("TAX", "NON", *ids)]}})

    server = serve(page("2", "3"), page("5", "11"), page("12"))
    rows = list(_client(server).query_all(select("TaxCode").with_inactive(), page=2))
    assert [row["Id"] for row in rows] == ["TAX", "NON", "2", "3", "5", "11", "12"]
    assert [_query(request)["query"].partition("FROM ")[2] for request in server.requests] == [
        "TaxCode WHERE Active IN (true, false) ORDERBY Id MAXRESULTS 2",
        "TaxCode WHERE Active IN (true, false) AND Id > '3' ORDERBY Id MAXRESULTS 2",
        "TaxCode WHERE Active IN (true, false) AND Id > '11' ORDERBY Id MAXRESULTS 2",
    ]


def test_a_service_that_repeats_a_page_does_not_catch_us_in_a_circle(serve: Serve) -> None:
    server = serve(answer(200, {"QueryResponse": {"Bill": [{"Id": "1"}, {"Id": "2"}]}}))
    assert len(list(_client(server).query_all(select("Bill"), page=2))) == 2
    assert len(server.requests) == 2


def test_a_batch_tells_what_became_of_each_item(serve: Serve) -> None:
    fault = {"Fault": {"Error": [{"Message": "Stale", "code": "5010"}], "type": "ValidationFault"}}
    items = [{"bId": "1", "Bill": {"Id": "1"}}, {"bId": "2", **fault}]
    purse = Purse(9)
    server = serve(answer(200, {"BatchItemResponse": items}))
    outcomes = _client(server, quota=purse).batch(
        [{"bId": "1", "operation": "create", "Bill": {}}, {"bId": "2", "operation": "create", "Bill": {}}],
        request_id="b1",
    )
    assert outcomes["1"] == items[0]
    assert isinstance(outcomes["2"], RemoteError)
    assert purse.names == ["batch"]
    assert _query(server.requests[0])["requestid"] == "b1"


def test_ids_cannot_lead_to_another_path(serve: Serve) -> None:
    with pytest.raises(ValueError, match="not an id"):
        _client(serve(answer(200, {}))).read("Bill", "1/../../preferences")


def test_changes_are_filed_by_type_and_deletions_apart(serve: Serve) -> None:
    rows = [{"Bill": [{"Id": "1"}, {"status": "Deleted", "Id": "2"}], "startPosition": 1, "maxResults": 2}, {}]
    body = {"CDCResponse": [{"QueryResponse": rows}], "time": "2026-11-20T04:00:00.000-08:00"}
    since = datetime(2026, 11, 19, tzinfo=UTC)
    server = serve(answer(200, body))
    changes = read_changes(_client(server), ["Bill", "Vendor"], since, now=datetime(2026, 11, 20, tzinfo=UTC))
    assert changes.rows == {"Bill": [{"Id": "1"}]}
    assert changes.deleted == {"Bill": ["2"]}
    assert (changes.until, changes.gap, changes.calls) == (datetime(2026, 11, 20, 11, 59, tzinfo=UTC), False, 1)
    assert _query(server.requests[0])["changedSince"] == "2026-11-19T00:00:00+00:00"


def test_changes_of_more_than_thirty_days_ago_are_a_gap(serve: Serve) -> None:
    server = serve(answer(200, {"CDCResponse": [{"QueryResponse": [{}]}], "time": "2026-11-20T04:00:00-08:00"}))
    changes = read_changes(
        _client(server), ["Bill"], datetime(2026, 1, 1, tzinfo=UTC), now=datetime(2026, 11, 20, tzinfo=UTC)
    )
    assert changes.gap
    assert _query(server.requests[0])["changedSince"] == "2026-10-21T00:05:00+00:00"


def test_a_full_answer_is_split_by_type_and_then_read_by_query(serve: Serve) -> None:
    def changes_of(**rows: int) -> bytes:
        each = [{kind: [{"Id": f"{kind}{number}"} for number in range(count)]} for kind, count in rows.items()]
        return answer(200, {"CDCResponse": [{"QueryResponse": each}], "time": "2026-11-20T04:00:00-08:00"})

    queried = answer(200, {"QueryResponse": {"Bill": [{"Id": str(number)} for number in range(7)]}})
    server = serve(changes_of(Bill=900, Vendor=100), changes_of(Bill=1000), queried, changes_of(Vendor=100))
    now = datetime(2026, 11, 20, tzinfo=UTC)
    changes = read_changes(_client(server), ["Bill", "Vendor"], datetime(2026, 11, 19, tzinfo=UTC), now=now)
    assert {kind: len(rows) for kind, rows in changes.rows.items()} == {"Bill": 7, "Vendor": 100}
    assert changes.uncertain == {"Bill"}


def test_types_without_changes_are_refused(serve: Serve) -> None:
    with pytest.raises(ValueError, match="TaxCode"):
        read_changes(_client(serve(answer(200, {}))), ["Bill", "TaxCode"], datetime(2026, 11, 19, tzinfo=UTC))
