"""Tokens, limits, request ids and ordered faults of the QuickBooks stand-in."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask.testing import FlaskClient

from standins.quickbooks.app import create_app
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import ACME, UK, US, Books, bill, category_line

BASIC = {"Authorization": "Basic " + base64.b64encode(b"sandbox-client:sandbox-secret").decode()}
TARGET = "http://127.0.0.1:8701/connect/callback"
CONSENT = {"client_id": "sandbox-client", "redirect_uri": TARGET, "response_type": "code", "state": "s-1"}


def token_call(client: FlaskClient, **form: str) -> tuple[int, dict[str, object]]:
    answer = client.post("/oauth2/v1/tokens/bearer", data=form, headers=BASIC)
    assert answer.json is not None
    return answer.status_code, answer.json


def consented(client: FlaskClient, decision: str = "connect") -> dict[str, list[str]]:
    assert client.get("/connect/oauth2", query_string=CONSENT).status_code == 200
    answer = client.post("/connect/oauth2", query_string=CONSENT, data={"realm": US, "decision": decision})
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_a_company_is_connected_over_the_consent_page(client: FlaskClient) -> None:
    back = consented(client)
    assert (back["state"], back["realmId"]) == (["s-1"], [US])
    code = back["code"][0]
    status, tokens = token_call(client, grant_type="authorization_code", code=code, redirect_uri=TARGET)
    assert status == 200
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 3600)
    assert tokens["x_refresh_token_expires_in"] == 8_726_400
    assert token_call(client, grant_type="authorization_code", code=code, redirect_uri=TARGET) == (
        400,
        {"error": "invalid_grant"},
    )


def test_a_refusal_comes_back_as_access_denied(client: FlaskClient) -> None:
    assert consented(client, "cancel") == {"error": ["access_denied"], "state": ["s-1"]}


def test_discovery_points_to_the_stand_in(client: FlaskClient) -> None:
    document = client.get("/.well-known/openid_sandbox_configuration/").json
    assert document is not None
    assert document["token_endpoint"] == "http://localhost/oauth2/v1/tokens/bearer"
    assert document["authorization_endpoint"] == "http://localhost/connect/oauth2"


def test_the_refresh_token_changes_once_a_day_and_the_old_one_dies(client: FlaskClient) -> None:
    with time_machine.travel("2026-11-02T09:00:00Z", tick=False) as clock:
        first = client.post("/_control/tokens", json={"realm": US}).json
        assert first is not None
        _, same = token_call(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert same["refresh_token"] == first["refresh_token"]
        clock.shift(timedelta(hours=25))
        _, other = token_call(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert other["refresh_token"] != first["refresh_token"]
        refused = token_call(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
        assert refused == (400, {"error": "invalid_grant"})


def test_the_hard_expiry_is_told_to_those_who_ask(client: FlaskClient) -> None:
    first = client.post("/_control/tokens", json={"realm": US}).json
    assert first is not None
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    headers = {**BASIC, "x-include-refresh-token-hard-expires-in": "true"}
    answer = client.post("/oauth2/v1/tokens/bearer", data=form, headers=headers).json
    assert answer is not None
    assert 157_679_000 < answer["x_refresh_token_hard_expires_in"] <= 157_680_000


@pytest.mark.parametrize(
    ("form", "refusal"),
    [
        ({}, {"error": "invalid_request"}),
        ({"grant_type": "password"}, {"error": "unsupported_grant_type"}),
        (
            {"grant_type": "refresh_token", "refresh_token": "AB1nothing"},
            {"error": "invalid_grant", "error_description": "Incorrect or invalid refresh token"},
        ),
        ({"grant_type": "refresh_token"}, {"error": "invalid_request"}),
    ],
)
def test_the_token_endpoint_refuses(client: FlaskClient, form: dict[str, str], refusal: dict[str, str]) -> None:
    assert token_call(client, **form) == (400, refusal)


def test_wrong_keys_are_refused(client: FlaskClient) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "sandbox-client", "client_secret": "no"}
    answer = client.post("/oauth2/v1/tokens/bearer", data=form)
    assert (answer.status_code, answer.json) == (401, {"error": "invalid_client"})


def test_an_expired_token_gets_the_gateway_fault(us: Books) -> None:
    us.control("tokens", {"realm": US, "do": "expire"})
    body = us.get("vendor/56")
    assert us.status == 401
    assert us.headers["www-authenticate"] == 'Bearer realm="Intuit", error="invalid_token"'
    error = body["fault"]["error"][0]
    assert error["code"] == "3200"
    assert error["message"] == "message=AuthenticationFailed; errorCode=003200; statusCode=401"
    assert error["detail"].startswith("Token expired: ")
    assert body["fault"]["type"] == "AUTHENTICATION"


def test_a_token_opens_only_its_own_company(us: Books) -> None:
    us.realm = UK
    body = us.get("vendor/56")
    assert us.status == 403
    assert body["fault"]["error"][0]["code"] == "3100"


def test_revoking_ends_the_connection(us: Books) -> None:
    answer = us.client.post("/v2/oauth2/tokens/revoke", json={"token": us.token}, headers=BASIC)
    assert (answer.status_code, answer.data) == (200, b"")
    us.get("vendor/56")
    assert us.status == 401


def test_a_request_beyond_the_limit_is_throttled() -> None:
    books = Books(create_app(QuickBooksSettings(requests_per_minute=10, requests_per_second=100)).test_client(), US)
    statuses = []
    for _ in range(11):
        body = books.get("vendor/56")
        statuses.append(books.status)
    assert statuses == [200] * 10 + [429]
    assert body["Fault"] == {
        "Error": [
            {
                "Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
                "Detail": "The request limit was reached.  Try again later",
                "code": "3001",
            }
        ],
        "type": "SERVICE",
    }
    assert "Retry-After" not in books.headers


def test_each_company_has_limits_of_its_own() -> None:
    client = create_app(QuickBooksSettings(requests_per_second=1)).test_client()
    ours, theirs = Books(client, US), Books(client, UK)
    ours.get("vendor/56")
    theirs.get("vendor/56")
    assert theirs.status == 200


def test_batches_have_a_limit_of_their_own() -> None:
    books = Books(create_app(QuickBooksSettings(batches_per_minute=1)).test_client(), US)
    books.post("batch", {"BatchItemRequest": []})
    assert books.status == 200
    books.post("batch", {"BatchItemRequest": []})
    assert books.status == 429


def test_a_repeated_request_id_gets_the_first_answer_and_writes_nothing(us: Books) -> None:
    first = us.post("bill", bill(category_line(5), DocNumber="R-1"), requestid="r1")
    again = us.post("bill", bill(category_line(5), DocNumber="R-1"), requestid="r1")
    other_body = us.post("bill", bill(category_line(7), DocNumber="R-2"), requestid="r1")
    assert first == again == other_body
    assert us.query("select count(*) from Bill") == {"totalCount": 1}
    us.control("settings", {"requestid_other_body": "600"})
    assert us.refused("Bill", bill(category_line(7)), requestid="r1")[0] == "600"


def test_a_request_id_answers_for_a_bill_that_was_deleted_meanwhile(us: Books) -> None:
    first = us.post("bill", bill(category_line(5)), requestid="r1")
    us.post("bill", {"Id": first["Bill"]["Id"], "SyncToken": "0"}, operation="delete", requestid="r2")
    assert us.post("bill", bill(category_line(5)), requestid="r1") == first
    assert us.query("select count(*) from Bill") == {"totalCount": 0}


def test_a_fault_is_replayed_too_unless_the_setting_says_no(us: Books) -> None:
    wrong = bill(category_line(5), vendor="6001")
    us.refused("Bill", wrong, requestid="r1")
    us.settings.requestid_replays_faults = False
    us.refused("Bill", wrong, requestid="r2")
    us.control("vendor", {"DisplayName": "Late vendor"})
    right = bill(category_line(5))
    assert us.refused("Bill", right, requestid="r1")[0] == "2500"
    us.write("Bill", right, requestid="r2")


def test_request_ids_belong_to_one_company_and_are_forgotten(us: Books, uk: Books) -> None:
    us.write("Bill", bill(category_line(5)), requestid="r1")
    line = category_line(5, "42", TaxCodeRef={"value": "4"})
    assert uk.write("Bill", bill(line), requestid="r1")["CurrencyRef"]["value"] == "GBP"
    us.settings.requestid_seconds = -1.0
    us.write("Bill", bill(category_line(5)), requestid="r1")
    assert us.query("select count(*) from Bill") == {"totalCount": 2}
    assert us.refused("Bill", bill(category_line(5)), requestid="r" * 51)[0] == "2130"


def test_an_answer_that_was_lost_can_be_had_again(us: Books) -> None:
    us.control("faults", {"match": {"method": "POST", "path": "/bill$"}, "fault": "500_after_commit", "times": 1})
    lost = us.post("bill", bill(category_line(5)), requestid="r1")
    assert (us.status, lost["Fault"]["Error"][0]["code"]) == (500, "10000")
    assert us.write("Bill", bill(category_line(5)), requestid="r1")["TotalAmt"] == 5
    assert us.query("select count(*) from Bill") == {"totalCount": 1}


@pytest.mark.parametrize(
    ("name", "status", "code"), [("429", 429, "3001"), ("500", 500, "10000"), ("stale", 400, "5010")]
)
def test_a_fault_on_order_strikes_as_often_as_told(us: Books, name: str, status: int, code: str) -> None:
    us.control("faults", {"match": {"path": "/vendor/"}, "fault": name, "times": 1})
    body = us.get("vendor/56")
    assert us.status == status
    assert body["Fault"]["Error"][0]["code"] == code
    us.get("vendor/56")
    assert us.status == 200


def test_unknown_settings_and_faults_are_named(us: Books) -> None:
    assert us.control("settings", {"colour": "red"})["error"].startswith("Unknown setting 'colour'.")
    assert us.control("faults", {"fault": "explode"})["error"].startswith("Unknown fault 'explode'.")
    assert us.control("settings", {"limits": "off"})["error"] == "Setting 'limits' takes a bool, not 'off'"


def test_a_reset_brings_the_seed_back(us: Books) -> None:
    us.write("Bill", bill(category_line(5)))
    us.control("settings", {"refuse_delete_linked": False})
    us.control("reset", {"seed": "small"})
    state = us.client.get("/_control/state").json
    assert state is not None
    assert state["companies"][US]["bill"] == []
    assert len(state["companies"][US]["vendor"]) == 37
    assert us.settings.refuse_delete_linked is True
    us.control("reset", {"seed": "empty"})
    empty = us.client.get("/_control/state").json
    assert empty is not None
    assert empty["companies"][US]["vendor"] == []
    assert [account["AccountType"] for account in empty["companies"][US]["account"]] == ["Accounts Payable"]


def test_the_page_shows_documents_and_takes_orders(us: Books) -> None:
    made = us.write("Bill", bill(category_line(540), DocNumber="INV-201"))
    assert "INV-201" in us.client.get(f"/?realm={US}").text
    us.client.post(f"/_page/Bill/{made['Id']}?realm={US}", data={"do": "pay"})
    assert us.read("Bill", made["Id"])["Balance"] == 0


def test_the_page_counts_lists_and_says_what_is_switched_on(us: Books) -> None:
    us.control("vendor/87", {"do": "deactivate"})
    text = us.client.get("/").text
    assert '<td>Vendors<td class="n">34<td class="n">3<td>Acme Supply East (deleted)' in text
    assert "Classes on lines: on" in text
    assert "Several currencies: off" in text


def test_a_fault_can_be_ordered_for_one_operation(us: Books) -> None:
    us.control("faults", {"match": {"path": "/bill[?].*operation=delete"}, "fault": "stale"})
    made = us.write("Bill", bill(category_line(5)))
    assert us.refused("Bill", {"Id": made["Id"], "SyncToken": "0"}, operation="delete")[0] == "5010"


def test_a_fault_with_a_rate_is_the_same_chance_every_time(us: Books) -> None:
    us.control("faults", {"fault": "429", "rate": 0.5, "seed": 7})
    first = []
    for _ in range(20):
        us.get("vendor/56")
        first.append(us.status)
    us.client.delete("/_control/faults")
    us.control("faults", {"fault": "429", "rate": 0.5, "seed": 7})
    second = []
    for _ in range(20):
        us.get("vendor/56")
        second.append(us.status)
    assert first == second
    assert set(first) == {200, 429}


def test_preferences_are_set_by_dotted_name_or_nested_for_one_company_or_all(us: Books, uk: Books) -> None:
    us.control("settings", {"preferences_left_out": []})
    us.control("settings", {"preferences": {"AccountingInfoPrefs": {"TrackDepartments": False}}})
    us.control("settings", {"preferences": {UK: {"UseCustomTxnNumbers": False}}})
    ours, theirs = (books.get("preferences")["Preferences"] for books in (us, uk))
    assert ours["AccountingInfoPrefs"]["TrackDepartments"] is False
    assert theirs["AccountingInfoPrefs"]["TrackDepartments"] is False
    name = "VendorAndPurchasesPrefs.UseCustomTxnNumbers"
    assert {"Name": name, "Value": "true"} in ours["OtherPrefs"]["NameValue"]
    assert {"Name": name, "Value": "false"} in theirs["OtherPrefs"]["NameValue"]
    assert "Unknown realm" in us.control("settings", {"plan": {"1": "Plus"}})["error"]


def test_metered_calls_run_out_for_all_companies_while_writes_go_on() -> None:
    client = create_app(QuickBooksSettings(metered_per_month=2)).test_client()
    us, uk = Books(client, US), Books(client, UK)
    us.read("Vendor", ACME)
    uk.query("select count(*) from Vendor")
    refused = us.get(f"vendor/{ACME}")["Fault"]["Error"][0]
    assert (us.status, refused["code"]) == (429, "3001")
    us.write("Vendor", {"DisplayName": "Newcomer"})


def test_ids_of_batch_items_are_short_beside_a_request_id(us: Books) -> None:
    items = {"BatchItemRequest": [{"bId": "vendor-0000001", "Query": "select Id from Term"}]}
    assert us.post("batch", items)["BatchItemResponse"][0]["bId"] == "vendor-0000001"
    refused = us.post("batch", items, requestid="b1")["Fault"]["Error"][0]
    assert (refused["code"], refused["Detail"]) == ("2130", "Invalid Request Id Format : vendor-0000001")


def test_a_choice_that_nobody_made_changes_nothing(us: Books) -> None:
    made = us.write("Bill", bill(category_line(5)))
    paid = us.control(f"bill/{made['Id']}", {"do": "pay"})
    kept = us.write(
        "BillPayment", {**{key: paid[key] for key in ("Id", "SyncToken", "VendorRef")}, "PayType": "", "sparse": True}
    )
    assert kept["PayType"] == "Check"


def test_a_bill_that_is_paid_takes_no_second_payment(us: Books) -> None:
    made = us.write("Bill", bill(category_line(5)))
    first = us.control(f"bill/{made['Id']}", {"do": "pay"})
    again = {key: first[key] for key in ("VendorRef", "PayType", "CheckPayment", "TotalAmt", "Line")}
    assert us.write("BillPayment", again)["Line"] == []
    assert us.read("Bill", made["Id"])["Balance"] == 0


@pytest.mark.parametrize("body", ["{", "[]", '{"token": "unknown"}'])
def test_a_revocation_that_cannot_be_read_is_an_invalid_request(client: FlaskClient, body: str) -> None:
    headers = {**BASIC, "Content-Type": "application/json"}
    answer = client.post("/v2/oauth2/tokens/revoke", data=body, headers=headers)
    assert (answer.status_code, answer.json) == (400, {"error": "invalid_request"})
