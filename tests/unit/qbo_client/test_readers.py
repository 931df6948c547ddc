"""What an answer of QuickBooks must hold to be believed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from outbound.errors import Landed, Verdict, WrongRecord
from outbound.quota import UnlimitedBudget
from qbo_client import batches
from qbo_client.batches import BatchItem
from qbo_client.client import QboClient
from tests.scripted_server import ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
Use = Callable[[QboClient], Any]


def _client(server: ScriptedServer) -> QboClient:
    return QboClient(
        base_url=server.url,
        realm="9130001",
        token=lambda: "token",
        refresh=lambda stale: stale,
        quota=UnlimitedBudget(),
        timeout=5.0,
    )


@pytest.mark.parametrize("bill", [{"Id": "178"}, {"Id": None}, {}, {"Id": ["177"]}])
def test_a_read_that_answers_another_record_is_an_error_of_its_own_and_no_outage(
    serve: Serve, bill: dict[str, object]
) -> None:
    with pytest.raises(WrongRecord) as caught:
        _client(serve(answer(200, {"Bill": bill}))).read("Bill", "177")
    assert (caught.value.verdict, caught.value.landed) == (Verdict.RETRY, Landed.NO)
    assert "Bill 177" in caught.value.sentence


@pytest.mark.parametrize(
    "write",
    [
        lambda client: client.update("Bill", {"Id": "177", "SyncToken": "0"}, request_id="r"),
        lambda client: client.delete("Bill", "177", "0", request_id="r"),
        lambda client: client.void("Bill", "177", "0", request_id="r"),
        lambda client: client.delete_attachable({"Id": "177"}, request_id="r"),
    ],
)
def test_a_write_that_answers_another_record_may_have_landed(serve: Serve, write: Use) -> None:
    body = {"Id": "178", "SyncToken": "1"}
    with pytest.raises(WrongRecord) as caught:
        write(_client(serve(answer(200, {"Bill": body, "Attachable": body}))))
    assert caught.value.landed is Landed.MAYBE


def test_a_part_of_a_batch_that_answers_another_record_may_have_landed(serve: Serve) -> None:
    server = serve(answer(200, {"BatchItemResponse": [{"bId": "0", "Vendor": {"Id": "57"}}]}))
    item = BatchItem(key="v", kind="Vendor", body={"Id": "56", "SyncToken": "0"}, operation="update")
    outcome = batches.send(_client(server), [item])["v"]
    assert isinstance(outcome, WrongRecord)
    assert outcome.landed is Landed.MAYBE


@pytest.mark.parametrize("currency", ["GBP", None])
def test_the_rate_of_another_currency_is_not_taken(serve: Serve, currency: str | None) -> None:
    body = {"ExchangeRate": {"SourceCurrencyCode": currency, "Rate": 1.25}}
    with pytest.raises(WrongRecord):
        _client(serve(answer(200, body))).exchange_rate("EUR", date(2026, 11, 2))


def test_a_file_of_another_record_is_not_among_the_files_of_this_one(serve: Serve) -> None:
    def attachable(key: str, type_: str, value: str) -> dict[str, object]:
        return {"Id": key, "AttachableRef": [{"EntityRef": {"type": type_, "value": value}}]}

    rows = [
        attachable("1", "Bill", "177"),
        attachable("2", "Bill", "178"),
        attachable("3", "Invoice", "177"),
        {"Id": "4"},
    ]
    server = serve(answer(200, {"QueryResponse": {"Attachable": rows}}))
    assert [row["Id"] for row in _client(server).attachables("Bill", "177")] == ["1"]
