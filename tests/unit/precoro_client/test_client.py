"""What the Precoro client sends and makes of the answers, in every shape in which they come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from outbound.errors import Dropped, Landed, NotVisible, Refused, ServerTrouble, Throttled, Verdict, WrongKey
from outbound.session import Call
from precoro_client.client import PrecoroClient
from tests.scripted_server import RESET, ReceivedRequest, ScriptedServer, answer

Serve = Callable[..., ScriptedServer]
CLOCK = {"Date": "Mon, 23 Nov 2026 10:00:00 GMT"}


class Names:
    """A budget without an end that remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str | None] = []

    def take(self, name: str | None = None, weight: int = 1, keep: int = 0) -> None:  # noqa: ARG002 - as a Budget has it
        """Remember."""
        self.asked.append(name)


def _client(server: ScriptedServer, quota: Names | None = None, calls: list[Call] | None = None) -> PrecoroClient:
    recorded = [] if calls is None else calls
    return PrecoroClient(
        base_url=server.url,
        email="ann@widgets.example",
        key="k3y",
        quota=quota or Names(),
        on_call=recorded.append,
        timeout=5,
    )


def _query(request: ReceivedRequest) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.target).query)


def _page(*ids: int, **pagination: object) -> bytes:
    return answer(200, {"data": [{"id": row_id} for row_id in ids], "meta": {"pagination": pagination}})


def test_a_document_is_read_by_its_number_with_exact_amounts(serve: Serve) -> None:
    server = serve(answer(200, b'{"id": 956598, "idn": "203", "sum": 540.10, "netSum": "500.00"}'))
    document = _client(server).get_document("invoice", 203)
    assert (document["sum"], document["netSum"]) == (Decimal("540.10"), "500.00")
    assert server.requests[0].target == "/invoices/203"
    assert server.requests[0].headers["x-auth-token"] == "k3y"
    assert server.requests[0].headers["email"] == "ann@widgets.example"


def test_purchase_orders_have_their_own_collection(serve: Serve) -> None:
    server = serve(answer(200, {"id": 1, "idn": 57}))
    _client(server).get_document("purchase_order", "57")
    assert server.requests[0].target == "/purchaseorders/57"


def test_a_write_back_is_a_form_with_only_what_is_given(serve: Serve) -> None:
    server = serve(answer(200, {"id": 1}))
    client = _client(server)
    client.patch_document("invoice", 203, external_id="176", log="Bill 176 & more: £5")
    client.patch_document("invoice", 203, log="")
    requests = server.requests
    assert (requests[0].method, requests[0].headers["content-type"]) == ("PATCH", "application/x-www-form-urlencoded")
    assert parse_qsl(requests[0].body.decode()) == [
        ("externalId", "176"),
        ("externalIntegrationLog", "Bill 176 & more: £5"),
    ]
    assert requests[1].body == b"externalIntegrationLog="


def test_the_quota_knows_identical_reads_by_name(serve: Serve) -> None:
    names = Names()
    client = _client(serve(answer(200, {"id": 1, "idn": 203, "data": []})), names)
    client.get_document("invoice", 203)
    client.get_document("invoice", 203)
    client.patch_document("invoice", 203, log="x")
    client.documents_since("invoice", datetime(2026, 11, 1, tzinfo=UTC))
    first, second, write, page = names.asked
    assert first == second == "GET /invoices/203?"
    assert write is None
    assert page == "GET /invoices?modifiedSince=2026-11-01T00%3A00%3A00&page=1&per_page=200"


def test_the_row_of_a_call_has_no_key(serve: Serve) -> None:
    calls: list[Call] = []
    _client(serve(answer(200, {"id": 1, "idn": 203})), calls=calls).get_document("invoice", 203)
    assert [(call.service, call.path, call.metered, call.outcome) for call in calls] == [
        ("Precoro", "/invoices/203", True, "ok")
    ]
    assert "k3y" not in repr(calls)


def test_documents_since_a_moment_are_asked_in_utc(serve: Serve) -> None:
    server = serve(_page(1, 2, total=2, has_next_page=False))
    moment = datetime(2026, 11, 1, 12, 0, 0, 999, tzinfo=timezone(timedelta(hours=2)))
    page = _client(server).documents_since("purchase_order", moment)
    assert ([row["id"] for row in page.rows], page.more, page.total) == ([1, 2], False, 2)
    assert ("modifiedSince", "2026-11-01T10:00:00") in _query(server.requests[0])


def test_a_time_without_offset_is_refused(serve: Serve) -> None:
    with pytest.raises(ValueError, match="offset"):
        _client(serve(_page())).documents_since("invoice", datetime(2026, 11, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "pages",
    [
        [_page(1, 2, has_next_page=True), _page(3, has_next_page=False)],
        [_page(1, 2, current_page=1, total_pages=2), _page(3, current_page=2, total_pages=2)],
        [_page(1, 2, has_next_page=True), _page(2, 3, has_next_page=False)],
        [_page(1, 2, 3, has_next_page=True), _page(has_next_page=True)],
        [_page(1, 2, 3, current_page=1, total_pages="1")],
        [answer(200, {"data": [{"id": 1}, {"id": 2}, {"id": 3}]})],
        [answer(200, [{"id": 1}, {"id": 2}, {"id": 3}])],
        [answer(200, {"data": [{"id": 1}, {"id": 2}, {"id": 3}], "meta": []})],
    ],
)
def test_every_row_comes_once_in_every_style_of_paging(serve: Serve, pages: list[bytes]) -> None:
    server = serve(*pages)
    assert [row["id"] for row in _client(server).list("suppliers")] == [1, 2, 3]
    assert len(server.requests) == len(pages)


def test_a_list_that_ignores_the_page_does_not_catch_us_in_a_circle(serve: Serve) -> None:
    server = serve(_page(1, 2, has_next_page=True))
    assert len(list(_client(server).list("suppliers"))) == 2
    assert len(server.requests) == 2


def test_filters_keep_precoros_names(serve: Serve) -> None:
    server = serve(_page())
    list(_client(server).list("invoices", status=[2, 4], sent_to_external=0))
    assert _query(server.requests[0])[:3] == [("status[]", "2"), ("status[]", "4"), ("sent_to_external", "0")]


def test_options_belong_to_a_field(serve: Serve) -> None:
    server = serve(_page(991))
    client = _client(server)
    list(client.options("document", 2100))
    list(client.fields("item"))
    paths = [urlsplit(request.target).path for request in server.requests]
    assert paths == ["/documentcustomfields/2100/options", "/itemcustomfields"]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"RateLimit-Type": "Daily limiter", "RateLimit-Retry-After": "2026-11-23 18:00:00 UTC"}, {}),
        (b"", {"RateLimit-Type": "Daily limiter", "RateLimit-Retry-After": "2026-11-23T18:00:00+00:00"}),
        ({}, {"RateLimit-Type": "Daily limiter", "RateLimit-Retry-After": "2026-11-23T20:00:00+02:00"}),
    ],
)
def test_the_daily_limit_rests_until_the_time_that_precoro_states(
    serve: Serve, body: object, headers: dict[str, str]
) -> None:
    with pytest.raises(Throttled) as caught:
        _client(serve(answer(429, body, headers={**CLOCK, **headers}))).get_document("invoice", 203)
    assert (caught.value.retry_after, caught.value.verdict) == (8 * 3600, Verdict.REST)
    assert "Daily limiter" in caught.value.sentence


def test_other_limits_wait_as_told_or_a_minute(serve: Serve) -> None:
    server = serve(
        answer(429, b"slow down", headers={"Retry-After": "12"}), answer(429, {"RateLimit-Retry-After": "soon"})
    )
    client, waits = _client(server), []
    for _ in range(2):
        with pytest.raises(Throttled) as caught:
            client.patch_document("invoice", 1, log="x")
        waits.append((caught.value.retry_after, caught.value.landed))
    assert waits == [(12, Landed.NO), (60, Landed.NO)]


def test_a_wrong_key_asks_a_person_to_connect_again(serve: Serve) -> None:
    with pytest.raises(WrongKey) as caught:
        _client(serve(answer(401, {"message": "Invalid credentials."}))).check()
    assert caught.value.verdict is Verdict.RECONNECT


@pytest.mark.parametrize("status", [403, 404])
def test_what_the_key_may_not_see_is_not_visible(serve: Serve, status: int) -> None:
    with pytest.raises(NotVisible):
        _client(serve(answer(status, {"message": "Not Found"}))).get_document("invoice", 203)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (
            {"errors": {"errors": {"sumPaid": "The Invoice is already fully paid."}}},
            {"sumPaid": "The Invoice is already fully paid."},
        ),
        ({"errors": {"externalId": ["Too long.", "Odd."]}}, {"externalId": "Too long. Odd."}),
        ({"errors": {"supplier": {"name": "Missing"}}}, {"supplier.name": "Missing"}),
        ({"errors": ["Broken"]}, {"it": "Broken"}),
        ({"message": "Broken"}, {}),
    ],
)
def test_validation_is_told_field_by_field(serve: Serve, body: dict[str, object], fields: dict[str, str]) -> None:
    with pytest.raises(Refused) as caught:
        _client(serve(answer(400, body))).patch_document("invoice", 203, external_id="1")
    assert caught.value.fields == fields
    assert all(words in caught.value.sentence for words in (*fields.values(), "Precoro refused it."))


@pytest.mark.parametrize(
    "step", [answer(502, b"<html/>"), answer(200, b""), answer(200, b"[1]"), answer(500, {"errors": {}})]
)
def test_trouble_over_there_may_have_landed(serve: Serve, step: bytes) -> None:
    with pytest.raises(ServerTrouble) as caught:
        _client(serve(step)).patch_document("invoice", 203, log="x")
    assert caught.value.landed is Landed.MAYBE


def test_a_request_that_a_gateway_refuses_for_its_form_is_refused(serve: Serve) -> None:
    with pytest.raises(Refused, match="HTTP 413"):
        _client(serve(answer(413, b"<html/>"))).patch_document("invoice", 203, log="x")


def test_a_write_that_is_broken_off_is_not_repeated(serve: Serve) -> None:
    server = serve(RESET)
    with pytest.raises(Dropped):
        _client(server).patch_document("invoice", 203, log="x")
    assert len(server.requests) == 1


def test_a_number_cannot_lead_to_another_path(serve: Serve) -> None:
    server = serve(answer(200, {"id": 1, "idn": "../suppliers?x=1"}))
    _client(server).get_document("invoice", "../suppliers?x=1")
    assert server.requests[0].target == "/invoices/..%2Fsuppliers%3Fx%3D1"


def test_the_check_tells_how_many_suppliers_the_key_sees(serve: Serve) -> None:
    assert _client(serve(_page(1, total=31))).check() == 31
