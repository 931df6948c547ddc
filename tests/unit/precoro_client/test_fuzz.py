"""Whatever Precoro or anything between us answers: the client gives a value of the right kind or an error of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outbound.errors import Refused, RemoteError, Throttled
from outbound.quota import UnlimitedBudget
from outbound.response import LONGEST_WAIT, Response
from precoro_client.client import PrecoroClient
from precoro_client.errors import field_errors, read_list, read_response
from precoro_client.files import read_address, read_bytes
from precoro_client.paging import Page, read_page
from tests.answers import answers, bodies, contents
from tests.scripted_server import ScriptedServer, answer

WORDS = (
    "data", "meta", "pagination", "total", "total_pages", "has_next_page", "current_page", "id", "idn", "errors", "externalId",
    "message", "detail", "error", "title", "RateLimit-Type", "RateLimit-Retry-After", "file", "sumPaid",
)  # fmt: skip
ANSWERS = answers("Precoro", WORDS)


def assert_speaks(error: RemoteError) -> None:
    """Check that an error has a sentence and a remedy for a person, and a wait that can be waited for."""
    assert error.sentence
    assert error.remedy
    assert str(error)
    assert error.retry_after is None or 0 <= error.retry_after <= LONGEST_WAIT
    if isinstance(error, Refused):
        assert all(isinstance(words, str) for words in error.fields.values())


@pytest.mark.parametrize("read", [read_response, read_list, read_bytes, read_address])
@given(response=ANSWERS)
def test_every_answer_is_read_or_is_an_error_with_a_sentence(
    read: Callable[[Response], object], response: Response
) -> None:
    try:
        read(response)
    except RemoteError as error:
        assert_speaks(error)


@given(response=ANSWERS)
def test_every_envelope_that_is_accepted_is_a_page(response: Response) -> None:
    try:
        page = read_page(response, 1)
    except RemoteError as error:
        assert_speaks(error)
    else:
        assert isinstance(page, Page)
        assert all(isinstance(row, dict) for row in page.rows)
        assert page.total is None or page.total >= 0


@given(body=bodies(WORDS))
def test_a_429_always_says_how_long_to_wait(body: Any) -> None:
    response = Response(service="Precoro", status=429, headers={}, content=str(body).encode("utf-8", "replace"))
    with pytest.raises(Throttled) as caught:
        read_response(response)
    assert 0 < (caught.value.retry_after or 0) <= LONGEST_WAIT


@given(errors=bodies(WORDS))
def test_what_precoro_says_by_field_is_words(errors: Any) -> None:
    words_by_field = field_errors({"errors": errors})
    assert all(name and isinstance(words, str) for name, words in words_by_field.items())


@given(
    script=st.lists(
        st.tuples(st.sampled_from([200, 200, 200, 201, 400, 401, 404, 429, 500, 503]), contents(WORDS)),
        min_size=1,
        max_size=3,
    )
)
@settings(
    max_examples=settings().max_examples // 2,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_verb_gives_a_value_or_an_error_over_real_http(
    noise: tuple[ScriptedServer, PrecoroClient], script: list[tuple[int, bytes]]
) -> None:
    server, client = noise
    verbs: list[tuple[Callable[[], Any], type]] = [
        (lambda: client.get_document("invoice", 203), dict),
        (lambda: client.patch_document("invoice", 203, external_id="1", log="x"), dict),
        (lambda: list(client.suppliers()), list),
        (lambda: list(client.find("suppliers", ["1", "2"])), list),
        (lambda: client.create_supplier("Acme", ["USD"], external_id="56"), dict),
        (lambda: client.change_supplier({"id": 1, "name": "Acme"}, {"city": "Bern"}), dict),
        (lambda: client.create_option("item", 1, "Travel", external_id="42"), dict),
        (lambda: client.pay(1, Decimal(1), date(2026, 11, 2), external_id="x"), dict),
        (lambda: client.cancel_payment(1), dict),
        (lambda: client.download(601, BytesIO()), type(None)),
        (lambda: client.attach(1, 1, "a.pdf", b"%PDF"), dict),
        (lambda: client.check() or 0, int),
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
    client = PrecoroClient(
        base_url=server.url, email="ann@widgets.example", key="k", quota=UnlimitedBudget(), timeout=5
    )
    yield server, client
    client.close()
    server.stop()
