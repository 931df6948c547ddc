"""The Precoro stand-in speaks the API as docs/reference/precoro.md describes it: shapes, filters, quotas, refusals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import simplejson
from flask.testing import FlaskClient

from standins.precoro.app import create_app
from standins.precoro.settings import PrecoroSettings

KEY = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}
OTHER_KEY = {"X-AUTH-TOKEN": "precoro-sandbox-key-2", "email": "ann@widgets-uk.example"}
LINE = {"name": "Pens", "quantity": 10, "price": 50, "account": "6660", "taxes": ["Sales tax 8.25"]}

Get = Callable[..., Any]


@pytest.fixture
def get(client: FlaskClient) -> Get:
    """Return a function that reads a path as JSON with Decimal."""

    def read(path: str, **filters: object) -> Any:
        answer = client.get(path, headers=KEY, query_string=filters)
        assert answer.status_code == 200, answer.text
        return simplejson.loads(answer.text, use_decimal=True)

    return read


def invoice(client: FlaskClient, *acts: str, **description: Any) -> Any:
    answer = client.post(
        "/_control/invoices", json={"supplier": "Acme Supply", "lines": [LINE], "do": list(acts), **description}
    )
    assert answer.status_code == 201, answer.text
    return answer.json


def settings(client: FlaskClient, **changes: Any) -> None:
    assert client.post("/_control/settings", json=changes).status_code == 200


def ids(body: Any) -> list[str]:
    return [row["idn"] for row in body["data"]]


def test_a_wrong_key_or_the_key_of_somebody_else_is_refused(client: FlaskClient) -> None:
    assert client.get("/suppliers").status_code == 401
    assert client.get("/suppliers", headers={**KEY, "email": "bob@widgets.example"}).status_code == 401


def test_records_of_another_company_are_not_visible(client: FlaskClient) -> None:
    number = invoice(client)["idn"]
    assert client.get(f"/invoices/{number}", headers=OTHER_KEY).status_code == 404
    assert client.get("/invoices/999", headers=KEY).status_code == 404


def test_rows_of_lists_are_shorter_than_the_single_record(client: FlaskClient, get: Get) -> None:
    number = invoice(client)["idn"]
    row = get("/invoices")["data"][0]
    whole = get(f"/invoices/{number}")
    assert set(whole) - set(row) == {
        "items",
        "taxes",
        "discounts",
        "payments",
        "attachments",
        "dataDocumentCustomFields",
        "approvalSteps",
        "comments",
        "followers",
        "contracts",
    }


def test_nested_collections_are_wrapped_or_bare(client: FlaskClient, get: Get) -> None:
    number = invoice(client)["idn"]
    assert get(f"/invoices/{number}")["items"]["data"][0]["taxes"]["data"][0]["sum"] == "41.25"
    settings(client, nested="bare")
    assert get(f"/invoices/{number}")["items"][0]["name"] == "Pens"


def test_money_is_a_number_or_a_string(client: FlaskClient, get: Get) -> None:
    number = invoice(client)["idn"]
    mixed = get(f"/invoices/{number}")
    assert (mixed["sum"], str(mixed["sumInCompanyCurrency"])) == ("541.25", "541.25")
    settings(client, money="string")
    assert get(f"/invoices/{number}")["sumInCompanyCurrency"] == "541.25"
    settings(client, money="number")
    assert str(get(f"/invoices/{number}")["sum"]) == "541.25"


@pytest.mark.parametrize(
    ("shape", "value"), [("object", "Office Supplies"), ("id", "8852"), ("name", "Office Supplies")]
)
def test_a_chosen_option_comes_in_three_shapes(client: FlaskClient, get: Get, shape: str, value: str) -> None:
    number = invoice(client)["idn"]
    settings(client, option_values=shape)
    chosen = get(f"/invoices/{number}")["items"]["data"][0]["dataItemCustomFields"]["data"][0]
    assert chosen["value"] == value
    assert chosen["itemCustomField"] == {"id": 17030}
    assert ("options" in chosen) == (shape == "object")


def test_pages_say_how_many_there_are(client: FlaskClient, get: Get) -> None:
    first = get("/suppliers", per_page=10)
    assert first["meta"]["pagination"] | {"links": None} == {
        "total": 35,
        "count": 10,
        "per_page": 10,
        "current_page": 1,
        "total_pages": 4,
        "links": None,
        "has_next_page": True,
    }
    last = get("/suppliers", per_page=10, page="last")
    assert (last["meta"]["pagination"]["current_page"], len(last["data"])) == (4, 5)
    settings(client, pagination="classic")
    assert "has_next_page" not in get("/suppliers")["meta"]["pagination"]
    assert "meta" not in get("/legalentities")


def test_filters_choose_among_documents(client: FlaskClient, get: Get) -> None:
    draft = invoice(client)
    approved = invoice(client, "approve")
    client.patch(f"/invoices/{approved['idn']}", headers=KEY, data={"externalId": "qbo:1"})
    assert ids(get("/invoices", **{"status[]": 2})) == [approved["idn"]]
    assert ids(get("/invoices", sent_to_external=0)) == [draft["idn"]]
    assert ids(get("/invoices", **{"external_id[]": "qbo:1"})) == [approved["idn"]]
    assert ids(get("/invoices", id=draft["id"])) == [draft["idn"]]
    assert ids(get("/invoices", approvalLeftDate="2020-01-01T00:00:00")) == [approved["idn"]]
    assert ids(get("/invoices", **{"createDate[right_date]": "01.01.2020"})) == []
    assert ids(get("/invoices", modifiedSince="2099-01-01T00:00:00")) == []


def test_a_filter_that_cannot_be_read_is_an_error_by_field(client: FlaskClient) -> None:
    invoice(client)
    answer = client.get("/invoices?modifiedSince=yesterday", headers=KEY)
    assert (answer.status_code, answer.json) == (
        400,
        {"errors": {"errors": {"modifiedSince": "This value is not valid."}}},
    )


def test_the_outside_id_and_the_log_are_written_by_form(client: FlaskClient) -> None:
    number = invoice(client)["idn"]
    form = {"externalId": "qbo:9130001:bill:101", "externalIntegrationLog": "Sent to QuickBooks"}
    answer = client.patch(f"/invoices/{number}", headers=KEY, data=form)
    assert answer.status_code == 200
    assert answer.json
    assert {key: answer.json[key] for key in form} == form
    assert answer.json["items"]["data"]


def test_too_long_an_outside_id_and_unknown_keys_are_refused(client: FlaskClient) -> None:
    number = invoice(client)["idn"]
    answer = client.patch(f"/invoices/{number}", headers=KEY, data={"externalId": "x" * 256, "sum": "1"})
    assert answer.status_code == 400
    assert answer.json
    assert set(answer.json["errors"]["errors"]) == {"externalId", "sum"}


def test_putting_a_supplier_empties_what_the_form_leaves_out(client: FlaskClient) -> None:
    answer = client.put("/suppliers/9001", headers=KEY, data={"name": "Acme", "currencies[]": ["EUR", "USD"]})
    assert answer.json
    assert (answer.json["currencies"], answer.json["city"], answer.json["currency"]) == (["EUR", "USD"], "", "EUR")


def test_a_new_supplier_needs_a_name_and_currencies_where_the_setting_says_so(client: FlaskClient) -> None:
    client.post("/_control/settings", json={"currencies_required": True})
    refused = client.post("/suppliers", headers=KEY, data={"city": "Austin"})
    assert refused.json == {
        "errors": {
            "errors": {"name": "This value should not be blank.", "currencies": "This value should not be blank."}
        }
    }
    made = client.post("/suppliers", headers=KEY, data={"name": "New", "currencies[]": "USD"})
    assert made.status_code == 201
    assert made.json
    assert client.get(f"/suppliers/{made.json['id']}", headers=KEY).status_code == 200


def test_options_are_added_and_changed(client: FlaskClient, get: Get) -> None:
    form = {"name": "South", "code": "S", "enable": "1", "parent[id]": "991", "externalId": "9"}
    made = client.post("/documentcustomfields/2100/options", headers=KEY, data=form)
    assert made.json
    assert (made.json["label"], made.json["level"], made.json["externalId"]) == ("S South", 1, "9")
    path = f"/documentcustomfields/2100/options/{made.json['id']}"
    assert client.patch(path, headers=KEY, data={"name": "Far South"}).status_code == 200
    assert get(path)["name"] == "Far South"
    assert client.get(path.replace("document", "item"), headers=KEY).status_code == 404


def test_a_payment_moves_the_invoice_and_cannot_exceed_what_is_open(client: FlaskClient, get: Get) -> None:
    made = invoice(client, "approve")
    form = {"invoice[id]": made["id"], "sumPaid": "500", "logicType": "0", "externalId": "BP-1"}
    assert client.post("/payments", headers=KEY, data=form).status_code == 201
    assert get(f"/invoices/{made['idn']}")["status"] == 4
    refused = client.post("/payments", headers=KEY, data={**form, "sumPaid": "41.26"})
    assert refused.json == {"errors": {"errors": {"sumPaid": "The amount must be greater than 0 and not exceed 41.25"}}}
    assert client.post("/payments", headers=KEY, data={**form, "sumPaid": "41.25"}).status_code == 201
    paid = get(f"/invoices/{made['idn']}")
    assert (paid["status"], paid["sumPaid"], len(paid["payments"]["data"])) == (5, "541.25", 2)
    again = client.post("/payments", headers=KEY, data={**form, "sumPaid": "1"})
    assert again.json == {"errors": {"errors": {"sumPaid": "The Invoice is already fully paid."}}}


def test_a_cancelled_payment_opens_the_invoice_again(client: FlaskClient, get: Get) -> None:
    made = invoice(client, "approve")
    paid = client.post("/payments", headers=KEY, data={"invoice[id]": made["id"], "sumPaid": "541.25"})
    assert paid.json
    assert client.post(f"/payments/{paid.json['idn']}/cancel", headers=KEY).status_code == 200
    assert get(f"/invoices/{made['idn']}")["status"] == 2


def test_no_payment_of_a_closed_period_is_recorded_or_cancelled(client: FlaskClient) -> None:
    made = invoice(client, "approve")
    form = {"invoice[id]": made["id"], "sumPaid": "100.00", "payDate": "2026-10-31T00:00:00Z"}
    paid = client.post("/payments", headers=KEY, data=form).json
    settings(client, payments_closed_until="2026-10-31")
    assert paid
    for path, data in (("/payments", form), (f"/payments/{paid['idn']}/cancel", {})):
        refused = client.post(path, headers=KEY, data=data)
        assert (refused.status_code, refused.json) == (
            400,
            {"errors": {"errors": {"payDate": "The period is closed."}}},
        )
    assert client.post("/payments", headers=KEY, data={**form, "payDate": "2026-11-01T00:00:00Z"}).status_code == 201


def test_a_quota_is_used_up_and_says_until_when_in_the_body() -> None:
    client = create_app(PrecoroSettings(per_minute=2)).test_client()
    before = datetime.now(UTC).replace(microsecond=0)
    assert [client.get(path, headers=KEY).status_code for path in ("/taxes", "/items", "/locations")] == [200, 200, 429]
    body = client.get("/locations", headers=KEY).json
    assert body
    assert body["RateLimit-Type"] == "Minute limiter"
    until = datetime.strptime(body["RateLimit-Retry-After"], "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC)
    assert 55 <= (until - before).total_seconds() <= 65


def test_a_quota_says_until_when_in_headers_where_the_settings_want_that() -> None:
    client = create_app(PrecoroSettings(per_day=0, limit_shape="headers")).test_client()
    answer = client.get("/taxes", headers=KEY)
    assert answer.headers["RateLimit-Type"] == "Daily limiter"
    assert datetime.fromisoformat(answer.headers["RateLimit-Retry-After"]).tzinfo
    assert 0 < int(answer.headers["Retry-After"]) <= 86400


def test_the_identical_request_is_possible_once_a_minute() -> None:
    client = create_app().test_client()
    assert client.get("/taxes?page=1", headers=KEY).status_code == 200
    assert client.get("/taxes?page=1", headers=KEY).status_code == 429
    assert client.get("/taxes?page=2", headers=KEY).status_code == 200
    assert client.get("/taxes?page=1", headers=OTHER_KEY).status_code == 200


def test_windows_shrink_with_the_speed() -> None:
    client = create_app(speed=600_000).test_client()
    assert {client.get("/taxes", headers=KEY).status_code for _ in range(40)} == {200}


def test_a_429_on_order_has_the_shape_of_a_real_one(client: FlaskClient) -> None:
    client.post("/_control/faults", json={"fault": "429", "times": 1, "retry_after": 5})
    answer = client.get("/taxes", headers=KEY)
    assert answer.json
    assert (answer.status_code, set(answer.json)) == (429, {"RateLimit-Type", "RateLimit-Retry-After"})
    assert client.get("/taxes", headers=KEY).status_code == 200


def test_every_request_of_the_api_is_in_the_log(client: FlaskClient) -> None:
    client.get("/taxes?page=1", headers=KEY)
    log = client.get("/_control/requests").json
    assert log
    assert [(row["method"], row["path"], row["query"], row["status"], row["metered"]) for row in log] == [
        ("GET", "/taxes", "page=1", 200, True)
    ]
