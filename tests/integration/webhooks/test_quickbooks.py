"""What the receiver makes of QuickBooks' notifications."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis

from tests.integration.webhooks.conftest import House, close, open_house
from tests.rows import REALM, connected
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
    assert {(one.company, one.status) for one in house.events()} == {
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
