"""What the receiver makes of QuickBooks' notifications."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from redis import Redis

from store.companies import QboCompany
from tests.integration.webhooks.conftest import PING, House, close, open_house
from tests.rows import REALM, SECRET, change, connected
from tests.signing import classic, cloud_event, signed
from tests.stage import VERIFIER
from webhooks.quickbooks import verify


def test_the_published_vector_is_accepted() -> None:
    verify(b'{"stuff":"5"}', "nfPLN16u3vMvv08ghDs+dOkLuirEVDy5wAeG/lmM2OA=", ["verify_me"])


def test_a_cloud_event_makes_the_changes_of_its_company_due(house: House) -> None:
    assert house.notify([cloud_event(REALM, "qbo.bill.deleted.v1")]).status_code == 200
    (kept,) = house.events()
    assert (kept.status, kept.company, kept.subject, kept.operation) == ("kept", REALM, "bill:145", "deleted")
    assert house.changes_due() == [REALM]


def test_a_classic_notification_makes_the_changes_of_its_company_due(house: House) -> None:
    assert house.notify(classic(REALM, operation="Merge")).status_code == 200
    (kept,) = house.events()
    assert (kept.status, kept.company, kept.subject, kept.operation) == ("kept", REALM, "vendor:145", "merge")
    assert house.changes_due() == [REALM]


@pytest.mark.parametrize("envelope", ["classic", "cloud events"])
def test_one_body_may_tell_of_several_companies_and_of_unknown_ones(house: House, envelope: str) -> None:
    connected(house.store, "second")
    realms = ["realm-of-second", "unknown", REALM]
    many = [cloud_event(realm, event=f"e-{realm}") for realm in realms]
    assert house.notify(classic(*realms) if envelope == "classic" else many).status_code == 200
    assert {(event.company, event.status) for event in house.events()} == {
        (REALM, "kept"),
        ("realm-of-second", "kept"),
        ("unknown", "ignored"),
    }
    assert house.changes_due() == [REALM, "realm-of-second"]


@pytest.mark.parametrize("body", [[cloud_event(REALM)] * 2, classic(REALM, REALM)])
def test_what_comes_again_is_kept_once_and_acknowledged(house: House, body: object) -> None:
    assert [house.notify(body).status_code for _ in range(3)] == [200, 200, 200]
    assert len(house.events()) == 1


def test_the_same_entity_changed_again_is_another_event(house: House) -> None:
    house.notify([cloud_event(REALM, event="e-1")])
    house.notify([cloud_event(REALM, event="e-2")])
    assert len(house.events()) == 2


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/cloudevents+json", "application/cloudevents-batch+json", "text/plain", ""],
)
def test_the_content_type_does_not_matter(house: House, content_type: str) -> None:
    assert house.notify([cloud_event(REALM)], content_type=content_type).status_code == 200
    assert len(house.events()) == 1


def test_a_wrong_signature_is_refused_and_nothing_is_kept(house: House) -> None:
    answer = house.notify([cloud_event(REALM)], token="somebody else's")
    assert (answer.status_code, "signature" in answer.get_json()["error"]) == (401, True)
    assert house.is_empty()
    assert house.changes_due() == []


def test_a_body_that_was_changed_after_signing_is_refused(house: House) -> None:
    headers = {"intuit-signature": signed(b"[]", VERIFIER)}
    assert house.client.post("/webhooks/quickbooks", data=b"[ ]", headers=headers).status_code == 401


@pytest.mark.parametrize("signature", ["", "=", "x" * 10_000, "\u00ff", "nfPLN16u3vMvv08ghDs+dOkLuirEVDy5wAeG/lmM2OA="])
def test_a_missing_or_odd_signature_is_refused(house: House, signature: str) -> None:
    answer = house.client.post("/webhooks/quickbooks", data=b"[]", headers={"intuit-signature": signature})
    assert answer.status_code == 401
    assert house.client.post("/webhooks/quickbooks", data=b"[]").status_code == 401


def test_while_the_verifier_token_changes_the_old_and_the_new_one_are_taken(
    tmp_path: Path, redis: Redis, redis_url: str
) -> None:
    house = open_house(tmp_path, redis, redis_url, TIEOUT_QBO_VERIFIER_TOKENS="new, old,")
    answers = [house.notify([cloud_event(REALM, event=token)], token=token) for token in ("new", "old", "", "other")]
    assert [answer.status_code for answer in answers] == [200, 200, 401, 401]
    close(house)


def test_without_a_verifier_token_nothing_is_taken(tmp_path: Path, redis: Redis, redis_url: str) -> None:
    house = open_house(tmp_path, redis, redis_url, TIEOUT_QBO_VERIFIER_TOKENS="")
    assert house.notify([cloud_event(REALM)], token="").status_code == 401
    close(house)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"\xff\x00",
        b"{}",
        b"5",
        b'{"stuff":"5"}',
        b'[{"id":"1"}]',
        b'[{"id":1e9999999999999999999999}]',
        b"[" * 100_000,
        b'{"eventNotifications":{}}',
        b'{"eventNotifications":[{"realmId":"1"}]}',
        b'[{"id":"a\\u0000","type":"t","intuitentityid":"1","intuitaccountid":"1"}]',
        b'[{"id":"\\ud800","type":"t","intuitentityid":"1","intuitaccountid":"1"}]',
    ],
)
def test_what_is_signed_but_unreadable_is_kept_and_acknowledged(house: House, body: bytes) -> None:
    assert house.notify(body).status_code == 200
    (kept,) = house.events()
    assert kept.status == "unreadable"
    assert kept.reason
    assert kept.payload == body.decode("utf-8", "backslashreplace")


def test_the_largest_body_is_kept_whole(house: House) -> None:
    entities = [{"name": "Bill", "id": str(number), "operation": "Update"} for number in range(12_000)]
    body = {"eventNotifications": [{"realmId": REALM, "dataChangeEvent": {"entities": entities}}]}
    assert house.notify(body).status_code == 200
    assert len(house.events()) == 12_000


ODD = [
    {"id": "e-2"},
    {**cloud_event(REALM, event="e-2"), "intuitentityid": None},
    {**cloud_event(REALM, event="e-2"), "intuitentityid": "a\u0000"},
    {**cloud_event(REALM, event="e-2"), "intuitentityid": "9" * 5000},
    "an event",
    None,
]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_event_keeps_no_other_from_being_read(house: House, odd: object) -> None:
    connected(house.store, "second")
    merge = cloud_event(REALM, "qbo.vendor.merged.v1", event="e-1")
    other = cloud_event("realm-of-second", event="e-3")
    assert house.notify([merge, odd, other]).status_code == 200
    kept = {event.status: event for event in house.events() if event.company in {REALM, None}}
    assert (kept["kept"].operation, kept["unreadable"].payload) == ("merged", [odd])
    assert kept["unreadable"].reason
    assert house.changes_due() == [REALM, "realm-of-second"]


def test_an_odd_entity_of_the_classic_envelope_keeps_no_other_from_being_read(house: House) -> None:
    body = classic(REALM, operation="Merge")
    body["eventNotifications"][0]["dataChangeEvent"]["entities"].insert(0, {"name": "Vendor"})
    body["eventNotifications"].insert(0, {"realmId": "1"})
    assert house.notify(body).status_code == 200
    assert sorted(event.status for event in house.events()) == ["kept", "unreadable"]
    assert [len(event.payload) for event in house.events() if event.status == "unreadable"] == [2]
    assert house.changes_due() == [REALM]


@pytest.mark.parametrize(
    "body",
    [
        f'{{"eventNotifications":[{{"realmId":"{REALM}","dataChangeEvent":{{"entities":[{{"name":"Ven',
        f'[{{"intuitaccountid":{REALM}}}]',
        f'[{{"intuitaccountid": "{REALM}", "id": "\xff"',
    ],
)
def test_what_cannot_be_read_makes_the_changes_of_its_company_due(house: House, body: str) -> None:
    assert house.notify(body.encode("latin-1")).status_code == 200
    assert [event.status for event in house.events()] == ["unreadable"]
    assert house.changes_due() == [REALM]


@pytest.mark.parametrize("odd", [[], [{"intuitaccountid": REALM}]])
def test_what_is_sent_again_costs_no_further_read(house: House, odd: list[object]) -> None:
    body = [cloud_event(REALM), *odd]
    house.notify(body)
    change(house.store, QboCompany, 1, changes_due=False)
    assert house.notify(body).status_code == 200
    assert (len(house.events()), house.changes_due()) == (1 + len(odd), [])


def test_the_id_of_an_event_is_that_of_its_company(house: House) -> None:
    connected(house.store, "second")
    house.notify([cloud_event(REALM), cloud_event("realm-of-second")])
    assert sorted(event.company or "" for event in house.events()) == [REALM, "realm-of-second"]


def test_an_event_alone_and_ids_that_are_numbers_are_read(house: House) -> None:
    event = {**cloud_event(REALM), "intuitentityid": 145, "intuitaccountid": int(REALM)}
    assert house.notify(event).status_code == 200
    assert [(kept.status, kept.company, kept.subject) for kept in house.events()] == [("kept", REALM, "bill:145")]


def test_pings_are_answered_while_a_large_notification_is_kept(house: House) -> None:
    entities = [{"name": "Vendor", "id": str(number), "operation": "Create"} for number in range(11_000)]
    body = {"eventNotifications": [{"realmId": REALM, "dataChangeEvent": {"entities": entities}}]}
    answered: list[str] = []

    def notify() -> None:
        house.notify(body)
        answered.append("notification")

    sender = threading.Thread(target=notify)
    sender.start()
    while not house.events():
        time.sleep(0.01)
    assert house.app.test_client().post(f"/webhooks/precoro/{SECRET}", json=PING).status_code == 200
    answered.append("ping")
    sender.join()
    assert answered == ["ping", "notification"]
    assert len(house.events()) == 11_001
