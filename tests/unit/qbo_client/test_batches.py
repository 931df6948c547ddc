"""What becomes of each item of a batch when some are throttled, some fail and some are not mentioned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import simplejson

from outbound import errors
from outbound.errors import Landed
from outbound.quota import UnlimitedBudget
from qbo_client import batches
from qbo_client.batches import BatchItem
from qbo_client.client import QboClient
from tests.scripted_server import ReceivedRequest, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
ITEMS = [BatchItem(key=f"change-{n}", kind="Vendor", body={"DisplayName": f"V{n}"}) for n in range(3)]
THROTTLED = {"Fault": {"Error": [{"Message": "ThrottleExceeded", "code": "3001"}], "type": "SERVICE"}}
BROKEN = {"Fault": {"Error": [{"Message": "An application error", "code": "10000"}], "type": "SystemFault"}}


def _client(server: ScriptedServer) -> QboClient:
    return QboClient(
        base_url=server.url,
        realm="1",
        token=lambda: "t",
        refresh=lambda stale: stale,
        quota=UnlimitedBudget(),
        timeout=5,
    )


def _answer(*items: Mapping[str, Any]) -> bytes:
    return answer(200, {"BatchItemResponse": [{"bId": str(n), **item} for n, item in enumerate(items) if item]})


def _made(identity: str) -> Mapping[str, Any]:
    return {"Vendor": {"Id": identity}}


def _names(request: ReceivedRequest) -> Sequence[str]:
    return [item["Vendor"]["DisplayName"] for item in simplejson.loads(request.body)["BatchItemRequest"]]


def _id(request: ReceivedRequest) -> str:
    return parse_qs(urlsplit(request.target).query)["requestid"][0]


def test_only_what_was_throttled_is_sent_again_under_a_new_id(serve: Serve) -> None:
    server = serve(_answer(_made("1"), THROTTLED, _made("3")), _answer(_made("2")))
    outcomes = batches.send(_client(server), ITEMS)
    assert outcomes == {"change-0": {"Id": "1"}, "change-1": {"Id": "2"}, "change-2": {"Id": "3"}}
    assert [_names(request) for request in server.requests] == [["V0", "V1", "V2"], ["V1"]]
    first, second = (_id(request) for request in server.requests)
    assert first != second
    assert max(len(first), len(second)) <= 36


def test_what_may_have_landed_is_not_sent_under_another_id(serve: Serve) -> None:
    server = serve(_answer(_made("1"), BROKEN, {}))
    outcomes = batches.send(_client(server), ITEMS)
    broken, unknown = outcomes["change-1"], outcomes["change-2"]
    assert isinstance(broken, errors.SystemFault)
    assert isinstance(unknown, errors.ServerTrouble)
    assert broken.landed is unknown.landed is Landed.MAYBE
    assert len(server.requests) == 1


def test_a_batch_that_is_throttled_altogether_is_not_sent_again_at_once(serve: Serve) -> None:
    server = serve(_answer(THROTTLED, THROTTLED, THROTTLED))
    outcomes = batches.send(_client(server), ITEMS)
    assert all(isinstance(outcome, errors.Throttled) and outcome.landed is Landed.NO for outcome in outcomes.values())
    assert len(server.requests) == 1


def test_what_landed_is_told_even_when_the_second_call_fails(serve: Serve) -> None:
    server = serve(_answer(_made("1"), THROTTLED, _made("3")), answer(503, b""))
    outcomes = batches.send(_client(server), ITEMS)
    assert (outcomes["change-0"], outcomes["change-2"]) == ({"Id": "1"}, {"Id": "3"})
    assert isinstance(outcomes["change-1"], errors.ServerTrouble)


def test_the_same_items_are_the_same_bytes_under_the_same_id(serve: Serve) -> None:
    server = serve(_answer(_made("1"), _made("2"), _made("3")))
    for _ in range(2):
        batches.send(_client(server), ITEMS)
    batches.send(_client(server), ITEMS[:2])
    first, second, third = server.requests
    assert (first.body, first.target) == (second.body, second.target)
    assert _id(third) != _id(first)


def test_options_and_operations_reach_quickbooks(serve: Serve) -> None:
    server = serve(_answer({"Bill": {"Id": "9", "status": "Deleted"}}))
    body = {"Id": "9", "SyncToken": "0"}
    item = BatchItem(key="k", kind="Bill", body=body, operation="delete", options="allowduplicatedocnum")
    assert batches.send(_client(server), [item])["k"] == {"Id": "9", "status": "Deleted"}
    sent = simplejson.loads(server.requests[0].body)["BatchItemRequest"]
    assert sent == [{"bId": "0", "operation": "delete", "Bill": body, "optionsData": "allowduplicatedocnum"}]


def test_more_than_thirty_items_are_refused(serve: Serve) -> None:
    server = serve(_answer())
    with pytest.raises(ValueError, match="30 items"):
        batches.send(_client(server), [BatchItem(key=str(n), kind="Vendor", body={}) for n in range(31)])
    assert server.requests == []
