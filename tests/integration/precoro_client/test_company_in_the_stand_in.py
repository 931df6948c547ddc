"""The whole Precoro client against the stand-in over real HTTP: reading, writing back, paging, and its limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from outbound import errors
from outbound.errors import Landed, NoBudget, RemoteError
from outbound.quota import Quota
from outbound.session import Call
from precoro_client.client import PrecoroClient
from settings import Settings
from tests.stand_ins import StandIn
from workers.clients import precoro_windows, same_request_windows

Connect = Callable[..., PrecoroClient]


def _invoice(precoro: StandIn, number: int = 1) -> dict[str, Any]:
    lines = [{"name": "Pen, blue", "quantity": 10, "price": 50, "account": "Postage and Courier"}]
    body = {"supplier": "Acme Supply", "company": 1, "number": f"S-{number}", "issueDate": "2026-11-20", "lines": lines}
    created = precoro.control("POST", "invoices", {**body, "do": ["submit", "approve"]})
    assert isinstance(created, dict)
    return created


def test_an_invoice_is_read_with_its_lines(precoro: StandIn, connect: Connect, calls: list[Call]) -> None:
    made = _invoice(precoro)
    document = connect().get_document("invoice", made["idn"])
    assert (document["id"], document["invoiceNumber"], document["status"]) == (made["id"], made["invoiceNumber"], 2)
    assert document["items"]["data"][0]["ordered"] == 10
    assert not any(isinstance(value, float) for value in [*document.values(), *document["items"]["data"][0].values()])
    assert [(call.service, call.outcome) for call in calls] == [("Precoro", "ok")]


def test_a_write_back_is_kept_and_moves_the_update_date(precoro: StandIn, connect: Connect) -> None:
    made, client = _invoice(precoro), connect()
    answered = client.patch_document("invoice", made["idn"], external_id="176", log="Sent: bill 176 & paid “soon”")
    document = client.get_document("invoice", made["idn"])
    assert answered["externalId"] == document["externalId"] == "176"
    assert document["externalIntegrationLog"] == "Sent: bill 176 & paid “soon”"


def test_an_external_id_is_taken_off_by_an_empty_one(precoro: StandIn, connect: Connect) -> None:
    made, client = _invoice(precoro), connect()
    client.patch_document("invoice", made["idn"], external_id="176")
    client.patch_document("invoice", made["idn"], external_id="")
    assert not client.get_document("invoice", made["idn"])["externalId"]


@pytest.mark.parametrize("style", ["has_next_page", "classic"])
def test_changed_documents_come_in_short_rows(precoro: StandIn, connect: Connect, style: str) -> None:
    precoro.control("POST", "settings", {"pagination": style})
    before = datetime.now(UTC) - timedelta(minutes=1)
    numbers = {_invoice(precoro, number)["idn"] for number in range(3)}
    page = connect().documents_since("invoice", before)
    assert ({row["idn"] for row in page.rows}, page.more) == (numbers, False)
    assert connect().documents_since("invoice", datetime.now(UTC) + timedelta(hours=1)).rows == []


def test_every_supplier_comes_once(connect: Connect) -> None:
    client = connect()
    rows = list(client.suppliers())
    assert len(rows) == len({row["id"] for row in rows}) == client.check()
    assert client.supplier(rows[0]["id"])["name"] == rows[0]["name"]


def test_the_lists_that_are_paired_can_all_be_read(connect: Connect) -> None:
    client = connect()
    lists = {
        "items": list(client.items()),
        "taxes": list(client.taxes()),
        "terms": list(client.payment_terms()),
        "locations": list(client.locations()),
        "entities": list(client.legal_entities()),
        "item fields": list(client.fields("item")),
        "document fields": list(client.fields("document")),
    }
    assert all(lists.values()), {name: len(rows) for name, rows in lists.items()}
    accounts = next(row for row in lists["item fields"] if row["name"] == "QuickBooks Accounts")
    assert len(list(client.options("item", accounts["id"]))) > 10


def test_filters_reach_precoro(precoro: StandIn, connect: Connect) -> None:
    made, client = _invoice(precoro), connect()
    client.patch_document("invoice", made["idn"], external_id="176")
    other = _invoice(precoro, 2)
    assert [row["idn"] for row in client.list("invoices", external_id=["176"])] == [made["idn"]]
    assert [row["idn"] for row in client.list("invoices", sent_to_external=0)] == [other["idn"]]
    assert list(client.list("invoices", status=[8])) == []


def test_what_does_not_exist_is_not_visible(connect: Connect) -> None:
    with pytest.raises(errors.NotVisible):
        connect().get_document("purchase_order", 999999)


@pytest.mark.parametrize(
    ("email", "key"), [("ann@widgets.example", "wrong"), ("eve@x.example", "precoro-sandbox-key-1")]
)
def test_a_wrong_key_or_another_persons_address_is_refused(connect: Connect, email: str, key: str) -> None:
    with pytest.raises(errors.WrongKey):
        connect(email=email, key=key).check()


def test_a_text_that_is_too_long_is_refused_before_it_is_sent(connect: Connect, calls: list[Call]) -> None:
    with pytest.raises(ValueError, match="255"):
        connect().patch_document("invoice", 1, external_id="x" * 256)
    assert calls == []


@pytest.mark.parametrize(
    ("fault", "kind", "landed"),
    [
        ("429", errors.Throttled, Landed.NO),
        ("500", errors.ServerTrouble, Landed.MAYBE),
        ("503", errors.ServerTrouble, Landed.MAYBE),
        ("html_502", errors.ServerTrouble, Landed.MAYBE),
        ("empty_500", errors.ServerTrouble, Landed.MAYBE),
        ("reset", errors.Dropped, Landed.MAYBE),
        ("drop_after_commit", errors.Dropped, Landed.MAYBE),
        ("truncated", errors.Dropped, Landed.MAYBE),
        ("401", errors.WrongKey, Landed.NO),
    ],
)
def test_each_fault_says_whether_the_write_back_landed(
    precoro: StandIn, connect: Connect, fault: str, kind: type[RemoteError], landed: Landed
) -> None:
    made = _invoice(precoro)
    precoro.fault(fault, method="PATCH")
    with pytest.raises(kind) as caught:
        connect().patch_document("invoice", made["idn"], external_id="176")
    assert caught.value.landed is landed


@pytest.mark.parametrize("shape", ["body", "headers"])
def test_the_daily_limit_rests_until_the_time_that_precoro_states(
    precoro: StandIn, connect: Connect, shape: str
) -> None:
    precoro.control("POST", "settings", {"limits": True, "per_day": 2, "limit_shape": shape})
    client = connect()
    with pytest.raises(errors.Throttled) as caught:
        [client.page("suppliers", number) for number in (1, 2, 3)]
    assert 86_000 < (caught.value.retry_after or 0) <= 86_402
    assert caught.value.code == "Daily limiter"


def test_our_own_count_refuses_the_identical_read_before_precoro_does(
    precoro: StandIn, connect: Connect, redis: Redis
) -> None:
    precoro.control("POST", "settings", {"limits": True})
    quota = Quota(
        redis,
        "precoro:1",
        precoro_windows(Settings()),
        service="Precoro",
        same=same_request_windows(Settings()),
    )
    made, client = _invoice(precoro), connect(quota=quota)
    client.get_document("invoice", made["idn"])
    with pytest.raises(NoBudget) as caught:
        client.get_document("invoice", made["idn"])
    assert 55 < (caught.value.retry_after or 0) <= 61
    client.patch_document("invoice", made["idn"], log="x")
    assert [(row["method"], row["status"]) for row in precoro.requests()] == [("GET", 200), ("PATCH", 200)]
