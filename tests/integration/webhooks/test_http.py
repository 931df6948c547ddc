"""What the receiver answers to odd requests, and what neither its answers nor its logs ever hold."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from tests.integration.webhooks.conftest import PING, House
from tests.rows import SECRET
from tests.signing import signed
from tests.stage import VERIFIER, environment, load_settings
from webhooks import precoro
from webhooks.app import create_app

ROOT = Path(__file__).parents[3]
MEGABYTE = 1_048_576
ROUTES = (f"/webhooks/precoro/{SECRET}", "/webhooks/quickbooks")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("route", ROUTES)
def test_an_event_is_only_ever_posted(house: House, route: str, method: str) -> None:
    answer = house.client.open(route, method=method)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert house.is_empty()


@pytest.mark.parametrize(
    "path", ["/", "/webhooks/precoro/", f"/webhooks/precoro/{SECRET}/", f"//webhooks/precoro/{SECRET}", "/x" * 3000]
)
def test_an_address_that_does_not_exist_is_not_echoed(house: House, path: str) -> None:
    answer = house.client.post(path, json=PING)
    assert answer.status_code == 404
    assert answer.get_json()["error"]
    assert SECRET not in answer.text
    assert house.is_empty()


def test_a_ping_of_16_kilobytes_is_taken_and_one_byte_more_is_not(house: House) -> None:
    start = b'{"id":1,"type":2,"action":0,"x":"'
    fits = start + b"x" * (precoro.LONGEST_BODY - len(start) - 2) + b'"}'
    assert [house.ping(fits).status_code, house.ping(fits + b" ").status_code] == [200, 413]
    assert len(house.events()) == 1


def test_a_notification_of_a_megabyte_is_taken_and_one_byte_more_is_not(house: House) -> None:
    assert house.notify(b" " * MEGABYTE).status_code == 200
    large = b" " * (MEGABYTE + 1)
    headers = {"intuit-signature": signed(large, VERIFIER)}
    refused = house.client.post("/webhooks/quickbooks", data=large, headers=headers)
    assert (refused.status_code, bool(refused.get_json()["error"])) == (413, True)
    assert len(house.events()) == 1


def test_an_unexpected_error_shows_neither_the_secret_nor_where_it_was_raised(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(precoro, "read", fail)
    with structlog.testing.capture_logs() as logged:
        answer = house.ping()
    assert answer.status_code == 500
    assert "a bug" not in answer.text
    assert [line["event"] for line in logged] == ["the receiver failed"]
    assert "a bug" in logged[0]["traceback"]
    assert SECRET not in f"{logged} {answer.text}"


def test_the_receiver_takes_events_without_any_key(house: House, tmp_path: Path, redis_url: str) -> None:
    without_key = environment(tmp_path, redis_url, DATABASE_URL=house.settings.database, TIEOUT_KEYS="")
    other = create_app(load_settings(without_key))
    client = other.test_client()
    assert client.post(f"/webhooks/precoro/{SECRET}", json=PING).status_code == 200
    other.extensions["tieout"].close()


def test_there_are_no_files_to_be_had(house: House) -> None:
    assert {rule.endpoint for rule in house.app.url_map.iter_rules()} == {
        "from_precoro",
        "from_quickbooks",
        "healthz",
        "readyz",
    }


def test_a_refusal_is_logged_with_its_sender_and_without_the_secret(house: House) -> None:
    with structlog.testing.capture_logs() as lines:
        house.ping(secret="guessed", environ_base={"REMOTE_ADDR": "192.0.2.7"})
        house.client.get("/nowhere", environ_base={"REMOTE_ADDR": "192.0.2.8"})
    sender = {"address": "192.0.2.7", "route": "/webhooks/precoro/<secret>"}
    assert lines[0].items() >= {"status": 401, **sender}.items()
    assert lines[1].items() >= {"status": 404, "address": "192.0.2.8", "route": None}.items()
    assert "guessed" not in str(lines)


def test_others_are_told_only_whether_it_is_ready(house: House) -> None:
    answer = house.client.get("/readyz", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert (answer.status_code, answer.get_json()) == (503, {"ready": False})
    assert house.client.get("/readyz").get_json()["reasons"]
