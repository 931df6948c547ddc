"""What Precoro's answers must hold to be believed, over any collection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from outbound.errors import Landed, Verdict, WrongRecord
from outbound.quota import UnlimitedBudget
from precoro_client.client import PrecoroClient
from precoro_client.rest import segment
from tests.scripted_server import ScriptedServer, answer

Serve = Callable[..., ScriptedServer]


def _client(server: ScriptedServer) -> PrecoroClient:
    return PrecoroClient(
        base_url=server.url, email="ann@widgets.example", key="k3y", quota=UnlimitedBudget(), timeout=5
    )


@pytest.mark.parametrize(
    ("read", "body"),
    [
        (lambda client: client.get_document("invoice", "203"), {"id": 203, "idn": 204}),
        (lambda client: client.get_document("purchase_order", 203), {"id": 203}),
        (lambda client: client.supplier(9001), {"id": 9002, "idn": 9001}),
        (lambda client: client.get("items", "7"), {"id": None}),
        (lambda client: client.get("receipts", "7"), {"idn": [7]}),
    ],
)
def test_a_read_that_answers_another_record_is_an_error_of_its_own_and_no_outage(
    serve: Serve, read: Callable[[PrecoroClient], Any], body: dict[str, object]
) -> None:
    with pytest.raises(WrongRecord) as caught:
        read(_client(serve(answer(200, body))))
    assert (caught.value.verdict, caught.value.landed) == (Verdict.RETRY, Landed.NO)


def test_a_number_may_be_a_text_in_the_answer(serve: Serve) -> None:
    assert _client(serve(answer(200, {"id": 1, "idn": "203"}))).get_document("invoice", 203)["id"] == 1


def test_rows_with_another_external_id_are_not_found(serve: Serve) -> None:
    rows = [{"id": 1, "externalId": "a"}, {"id": 2, "externalId": "b"}, {"id": 3}]
    server = serve(answer(200, {"data": rows}))
    assert [row["id"] for row in _client(server).find("taxes", ["b", "c"])] == [2]


def test_a_page_that_was_not_asked_for_is_not_taken(serve: Serve) -> None:
    pagination = {"current_page": 1, "total_pages": 3}
    with pytest.raises(WrongRecord):
        _client(serve(answer(200, {"data": [{"id": 1}], "meta": {"pagination": pagination}}))).page("suppliers", 2)


def test_a_page_behind_the_last_one_is_empty(serve: Serve) -> None:
    pagination = {"current_page": 2, "total_pages": 2}
    page = _client(serve(answer(200, {"data": [{"id": 1}], "meta": {"pagination": pagination}}))).page("suppliers", 3)
    assert (page.rows, page.more) == ([], False)


@pytest.mark.parametrize("value", [".", "..", ""])
def test_a_value_that_would_leave_its_place_in_the_path_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="part of a path"):
        segment(value)
