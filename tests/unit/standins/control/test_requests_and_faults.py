"""The log shows what was sent without its secrets, and a fault can hang on what is sent."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from standins import wire
from standins.precoro.app import create_app as create_precoro
from standins.precoro.settings import PrecoroSettings
from standins.quickbooks.app import create_app as create_quickbooks
from standins.quickbooks.settings import QuickBooksSettings
from tests.unit.standins.quickbooks.books import US, Books, bill, category_line

KEYS = {"X-AUTH-TOKEN": "precoro-sandbox-key-1", "email": "ann@widgets.example"}


def us() -> Books:
    return Books(create_quickbooks(QuickBooksSettings(limits=False)).test_client(), US)


def precoro() -> FlaskClient:
    return create_precoro(PrecoroSettings(limits=False)).test_client()


def log(client: FlaskClient) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = wire.loads(client.get("/_control/requests").data)
    return entries


def test_the_log_shows_the_body_of_a_write() -> None:
    books = us()
    body = bill(category_line(5), PrivateNote="n")
    books.write("Bill", body)
    books.read("Vendor", "56")
    written, read = log(books.client)
    assert wire.loads(written["body"]) == body
    assert read["body"] == ""


def test_the_log_shows_the_form_of_a_write() -> None:
    client = precoro()
    client.patch("/suppliers/9001", data={"externalId": "56"}, headers=KEYS)
    assert log(client)[0]["body"] == "externalId=56"


def test_the_log_masks_tokens_codes_and_secrets() -> None:
    books = us()
    secrets = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    books.client.post(
        "/oauth2/v1/tokens/bearer", data={"grant_type": "refresh_token", "refresh_token": "AB1x", **secrets}
    )
    books.client.post("/oauth2/v1/tokens/bearer", data={"grant_type": "authorization_code", "code": "XAB9", **secrets})
    books.client.post("/v2/oauth2/tokens/revoke", json={"token": "AB1x", **secrets})
    bodies = " ".join(entry["body"] for entry in log(books.client))
    assert not [secret for secret in ("AB1x", "XAB9", "sandbox-secret") if secret in bodies]
    assert "grant_type=refresh_token" in bodies
    assert "code=***" in bodies


def test_the_log_tells_type_and_size_of_a_file() -> None:
    client = precoro()
    client.post("/attachments/1/1", data={"file": (open(__file__, "rb"), "a.txt")}, headers=KEYS)  # noqa: PTH123, SIM115
    assert log(client)[0]["body"].endswith("bytes of multipart/form-data>")


def test_a_fault_strikes_what_has_a_text_in_its_body_and_nothing_else() -> None:
    books = us()
    books.control("faults", {"match": {"method": "POST", "body": "S-66"}, "fault": "500"})
    books.post("bill", bill(category_line(5), DocNumber="S-66"))
    assert books.status == 500
    books.write("Bill", bill(category_line(5), DocNumber="S-67"))
    books.post("bill", bill(category_line(5), DocNumber="S-66"))
    assert books.status == 500


def test_a_fault_strikes_the_item_of_a_batch_by_its_body() -> None:
    books = us()
    books.control("faults", {"match": {"method": "ITEM", "body": "Poison"}, "fault": "500"})
    names = ["Poison Ltd", "Antidote Ltd"]
    items = [{"bId": name[:3], "operation": "create", "Vendor": {"DisplayName": name}} for name in names]
    first, second = books.post("batch", {"BatchItemRequest": items})["BatchItemResponse"]
    assert ("Fault" in first, "Vendor" in second) == (True, True)
