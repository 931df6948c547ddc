"""Whatever is sent to the Precoro stand-in, it answers with a record or with a refusal, never with an error of its own."""

from __future__ import annotations

from typing import Any

import pytest
import simplejson
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from standins.precoro.app import create_app
from standins.precoro.entities import ENTITIES, EXPENSE_PAYMENT
from standins.precoro.settings import PrecoroSettings

KEY = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}
WRITES = (
    ("POST", "/suppliers"),
    ("PUT", "/suppliers/9001"),
    ("PATCH", "/suppliers/9001"),
    ("PATCH", "/suppliers/9001/customfields"),
    ("POST", "/suppliers/9001/reject"),
    ("POST", "/items"),
    ("PUT", "/items/3301"),
    ("POST", "/taxes"),
    ("PUT", "/taxes/5"),
    ("POST", "/paymentterms"),
    ("POST", "/locations"),
    ("PATCH", "/legalentities/2"),
    ("POST", "/itemcustomfields/17030/options"),
    ("PUT", "/itemcustomfields/17030/options/8801"),
    ("PATCH", "/documentcustomfields/2100/options/991"),
    ("PATCH", "/itemcustomfields/options/depend_add"),
    ("POST", "/payments"),
    ("POST", "/expensePayments"),
    ("PATCH", "/invoices/201"),
    ("POST", "/receipts/57"),
    ("POST", "/purchaseorders/57/approve"),
)
NAMES = sorted({name for entity in ENTITIES.values() for name in entity.writable} | set(EXPENSE_PAYMENT))
BRACKETS = ("", "[]", "[id]", "[0]", "[0][email]", "[x][y]", "[", "[1][name]", "[-1][phone]")
VALUES = st.one_of(
    st.text("aZ 0²é@.,\u0007[]'", max_size=12),
    st.sampled_from(["", "0", "1", "-1", "9001", "1e400", "NaN", "USD", "true", "2026-11-24", "²", "9" * 30]),
)
FORMS = st.dictionaries(
    st.builds(
        "".join,
        st.tuples(st.sampled_from([*NAMES, "item_custom_field_option_id", "entity_ids"]), st.sampled_from(BRACKETS)),
    ),
    VALUES,
    max_size=6,
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), VALUES),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)),
    max_leaves=8,
)
FILTERS = st.dictionaries(
    st.sampled_from(["modifiedSince", "status[]", "external_id[]", "id", "enable", "page", "per_page", "supplier[]"]),
    VALUES,
)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    made = create_app(PrecoroSettings(limits=False)).test_client()
    line = {"name": "Pens", "price": 5, "account": "6660"}
    for collection in ("invoices", "purchaseorders", "expenses"):
        assert (
            made.post(f"/_control/{collection}", json={"supplier": "Acme Supply", "lines": [line]}).status_code == 201
        )
    return made


def is_answer(answer: Any) -> bool:
    return answer.status_code < 500 and isinstance(answer.json, dict)


@pytest.mark.parametrize(("method", "path"), WRITES)
@given(form=FORMS)
def test_any_form_is_taken_or_refused(client: FlaskClient, method: str, path: str, form: dict[str, str]) -> None:
    assert is_answer(client.open(path, method=method, headers=KEY, data=form))


@pytest.mark.parametrize(("method", "path"), WRITES)
@given(body=JSON)
def test_any_json_is_taken_or_refused(client: FlaskClient, method: str, path: str, body: Any) -> None:
    headers = {**KEY, "Content-Type": "application/json"}
    assert is_answer(client.open(path, method=method, headers=headers, data=simplejson.dumps(body)))


@given(path=st.sampled_from(["/suppliers", "/invoices", "/taxes", "/itemcustomfields/17030/options"]), filters=FILTERS)
def test_any_filter_is_applied_or_refused(client: FlaskClient, path: str, filters: dict[str, str]) -> None:
    assert is_answer(client.get(path, headers=KEY, query_string=filters))
