"""Whatever QuickBooks or anything between us answers: the client gives a value of the right kind or an error of its own."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outbound.errors import Landed, RemoteError
from outbound.quota import UnlimitedBudget
from outbound.response import LONGEST_WAIT, Response
from qbo_client import batches, readers
from qbo_client.batches import BatchItem
from qbo_client.changes import Changes, read_changes
from qbo_client.client import QboClient
from qbo_client.errors import read_response
from qbo_client.files import File, read_upload
from qbo_client.oauth import _read_discovery, read_tokens, tokens_in
from qbo_client.query import count, select
from tests.answers import answers, contents
from tests.scripted_server import ScriptedServer, answer

WORDS = (
    "Fault", "fault", "Error", "error", "code", "Message", "detail", "Detail", "element", "type", "QueryResponse", "Bill",
    "Vendor", "Id", "totalCount", "time", "CDCResponse", "status", "BatchItemResponse", "bId", "AttachableResponse",
    "Attachable", "TaxCodeId", "ExchangeRate", "Rate", "Preferences", "access_token", "refresh_token", "expires_in",
    "x_refresh_token_expires_in", "x_refresh_token_hard_expires_in", "token_endpoint", "authorization_endpoint",
    "revocation_endpoint",
)  # fmt: skip
ANSWERS = answers("QuickBooks", WORDS)
READERS: list[Callable[[Response], object]] = [
    read_response,
    readers.entity("Bill"),
    readers.rows("Bill"),
    readers.count(),
    readers.rate("EUR"),
    readers.changes(),
    readers.tax_code(),
    readers.batch(),
    read_upload,
    read_tokens,
    _read_discovery,
]
VENDOR = BatchItem(key="v", kind="Vendor", body={"DisplayName": "Acme"})


def assert_speaks(error: RemoteError) -> None:
    """Check that an error has a sentence and a remedy for a person, and a wait that can be waited for."""
    assert error.sentence
    assert error.remedy
    assert str(error)
    assert error.retry_after is None or 0 <= error.retry_after <= LONGEST_WAIT
    assert error.landed in Landed


@pytest.mark.parametrize("read", READERS)
@given(response=ANSWERS)
def test_every_answer_is_read_or_is_an_error_with_a_sentence(
    read: Callable[[Response], object], response: Response
) -> None:
    try:
        read(response)
    except RemoteError as error:
        assert_speaks(error)


@given(response=ANSWERS)
def test_tokens_that_are_accepted_can_be_used(response: Response) -> None:
    with suppress(RemoteError):
        given_ = tokens_in(read_tokens(response))
        assert given_.access
        assert given_.refresh
        assert isinstance(given_.expires_in, int)


@given(
    script=st.lists(
        st.tuples(st.sampled_from([200, 200, 200, 400, 401, 429, 500, 503]), contents(WORDS)), min_size=1, max_size=3
    )
)
@settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_verb_gives_a_value_or_an_error_over_real_http(
    noise: tuple[ScriptedServer, QboClient], script: list[tuple[int, bytes]]
) -> None:
    server, client = noise
    since, day = datetime(2026, 11, 19, tzinfo=UTC), date(2026, 11, 20)
    verbs: list[tuple[Callable[[], Any], type]] = [
        (lambda: client.read("Bill", "1"), dict),
        (lambda: client.create("Bill", {}, request_id="r"), dict),
        (lambda: client.delete("Bill", "1", "0", request_id="r"), dict),
        (lambda: client.void("BillPayment", "1", "0", request_id="r"), dict),
        (lambda: client.query(select("Bill")), list),
        (lambda: list(client.query_all(select("Vendor"), page=2)), list),
        (lambda: client.count(count("Bill")), int),
        (lambda: client.exchange_rate("EUR", day) or Decimal(0), Decimal),
        (lambda: read_changes(client, ["Bill"], since, now=datetime(2026, 11, 20, tzinfo=UTC)), Changes),
        (lambda: client.upload(File(name="a.pdf", content=b"%PDF"), "Bill", "1", request_id="r"), dict),
        (lambda: client.create_tax_code("VAT", [], request_id="r"), dict),
        (lambda: batches.send(client, [VENDOR])["v"], (dict, RemoteError)),  # type: ignore[list-item]
    ]
    for verb, kind in verbs:
        server.requests.clear()
        server.script = [answer(status, body) for status, body in script]
        try:
            assert isinstance(verb(), kind)
        except RemoteError as error:
            assert_speaks(error)


@pytest.fixture(scope="module")
def noise() -> Any:
    """Return a server that says what a test wants, and a client of it."""
    server = ScriptedServer([answer(200)])
    client = QboClient(
        base_url=server.url,
        realm="1",
        token=lambda: "t",
        refresh=lambda stale: stale,
        quota=UnlimitedBudget(),
        timeout=5,
    )
    yield server, client
    client.close()
    server.stop()
