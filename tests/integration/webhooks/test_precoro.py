"""What the receiver makes of Precoro's pings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.companies import Connection, PrecoroCompany
from store.records import FAILED, HELD
from tests.integration.webhooks.conftest import PING, House
from tests.rows import LONG_AGO, SECRET, change, fetch, record
from webhooks.precoro import TYPES


def test_a_ping_about_an_invoice_is_kept_and_queued(house: House) -> None:
    assert house.ping().status_code == 200
    (kept,), (due,) = house.events(), house.records()
    assert (kept.status, kept.subject, kept.operation, kept.payload) == ("kept", "invoice:203", "update", PING)
    assert (due.kind, due.precoro_id, due.idn, due.requested_version) == ("invoice", "203", "17", 1)
    assert house.jobs() == 1


def test_five_pings_about_one_invoice_are_kept_five_times_and_queued_once(house: House) -> None:
    for _ in range(5):
        assert house.ping().status_code == 200
    (due,) = house.records()
    assert (len(house.events()), due.requested_version, house.jobs()) == (5, 5, 1)


@pytest.mark.parametrize("number", sorted(TYPES))
def test_every_kind_of_ping_is_kept_and_only_documents_and_suppliers_are_acted_on(house: House, number: int) -> None:
    assert house.ping({"id": 9, "type": number, "action": 0}).status_code == 200
    (kept,) = house.events()
    assert kept.subject == f"{TYPES[number]}:9"
    assert kept.operation == "create"
    assert len(house.records()) == house.jobs() == (1 if number in {2, 3, 7} else 0)


def test_a_kind_that_precoro_adds_later_is_kept(house: House) -> None:
    assert house.ping({"id": 9, "type": 77, "action": 1}).status_code == 200
    assert [(event.status, event.subject) for event in house.events()] == [("ignored", "77:9")]


def test_keys_that_we_do_not_know_are_not_kept(house: House) -> None:
    ping = b'{"id":1,"type":2,"action":0,"companyId":7,"amount":0.1,"big":1e999,"odd":"\\ud800\\u0000"}'
    assert house.ping(ping).status_code == 200
    (kept,) = house.events()
    assert kept.payload == {"id": 1, "type": 2, "action": 0, "idn": None}


@pytest.mark.parametrize("idn", [17, "17", "0", "9" * 19, None])
def test_a_running_number_is_digits(house: House, idn: object) -> None:
    assert house.ping({**PING, "idn": idn}).status_code == 200
    assert [record.idn for record in house.records()] == [None if idn is None else str(idn)]


@pytest.mark.parametrize("idn", ["..", ".", "", "1/..", "1 ", "9" * 20, "\u0663", -1, 1.5, "17\n"])
def test_a_running_number_that_could_lead_elsewhere_is_refused(house: House, idn: object) -> None:
    answer = house.ping({**PING, "idn": idn})
    assert (answer.status_code, "idn" in answer.get_json()["error"]) == (400, True)
    assert house.is_empty()


@pytest.mark.parametrize(
    "secret", ["unknown", f"{SECRET}x", SECRET[:-1], SECRET.upper(), "%00", "%F0%9F%92%A5", "x" * 5000]
)
def test_a_wrong_secret_is_refused_and_nothing_is_kept(house: House, secret: str) -> None:
    answer = house.ping(secret=secret)
    assert (answer.status_code, "secret" in answer.get_json()["error"]) == (401, True)
    assert house.is_empty()


def test_a_wrong_secret_is_refused_whatever_the_body(house: House) -> None:
    assert house.ping(b"not json", secret="unknown").status_code == 401


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "UTF-8"),
        (b"[" * 16_000, "not JSON"),
        (b'{"id":1e9999999999999999999999}', "not JSON"),
        (b'{"id":' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"id":NaN,"type":3,"action":1}', "not JSON"),
        (b"[]", "object"),
        (b"null", "object"),
        (b'{"type":3,"action":1}', "id"),
        (b'{"id":203,"action":1}', "type"),
        (b'{"id":203,"type":3}', "action"),
        (b'{"id":"203","type":3,"action":1}', "id"),
        (b'{"id":true,"type":3,"action":1}', "id"),
        (b'{"id":0,"type":3,"action":1}', "id"),
        (b'{"id":1.5,"type":3,"action":1}', "id"),
        (b'{"id":9999999999999999999,"type":3,"action":1}', "id"),
        (b'{"id":203,"type":-1,"action":1}', "type"),
        (b'{"id":203,"type":3,"action":"update"}', "action"),
        (b'{"id":203,"type":3,"action":1,"idn":{}}', "idn"),
        (b'{"id":203,"type":3,"action":1,"idn":true}', "idn"),
        (b'{"id":203,"type":3,"action":1,"idn":"a\\u0000b"}', "idn"),
        (b'{"id":203,"type":3,"action":1,"idn":"' + b"x" * 41 + b'"}', "idn"),
    ],
)
def test_a_malformed_ping_is_refused_with_the_reason(house: House, body: bytes, reason: str) -> None:
    answer = house.ping(body)
    assert answer.status_code == 400
    assert reason in answer.get_json()["error"]
    assert house.is_empty()


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "application/x-www-form-urlencoded", ""])
def test_the_content_type_does_not_matter(house: House, content_type: str) -> None:
    assert house.ping(content_type=content_type).status_code == 200
    assert [event.payload for event in house.events()] == [PING]


def test_a_ping_revives_what_failed_and_looks_again_at_what_is_held(house: House) -> None:
    connection_id = 1
    failed = record(house.store, connection_id, "203", requested_version=4, handled_version=4, attempts=7, state=FAILED)
    held = record(house.store, connection_id, "204", requested_version=1, handled_version=1, state=HELD)
    assert house.ping({**PING, "id": 203}).status_code == house.ping({**PING, "id": 204}).status_code == 200
    assert [
        (stored.requested_version, stored.attempts) for stored in (fetch(house.store, failed), fetch(house.store, held))
    ] == [
        (5, 0),
        (2, 0),
    ]
    assert house.jobs() == 2


def test_a_ping_while_the_record_is_worked_on_is_kept_for_afterwards(house: House) -> None:
    worked_on = record(house.store, 1, lease_until=LONG_AGO + timedelta(days=36500))
    assert house.ping().status_code == 200
    assert (fetch(house.store, worked_on).requested_version, house.jobs()) == (2, 0)


def test_a_ping_of_a_company_whose_connection_was_taken_away_is_kept_and_ignored(house: House) -> None:
    with house.store.write() as session:
        session.delete(session.get_one(Connection, 1))
    assert house.ping().status_code == 200
    assert [event.status for event in house.events()] == ["ignored"]


def test_a_ping_of_a_disconnected_company_waits(house: House) -> None:
    change(house.store, Connection, 1, state="disconnected")
    assert house.ping().status_code == 200
    assert ([stored.requested_version for stored in house.records()], house.jobs()) == ([1], 0)


def test_it_is_noted_when_a_company_was_last_heard(house: House) -> None:
    house.ping()
    with house.store.read() as session:
        last_event_at = session.get_one(PrecoroCompany, 1).last_event_at
    assert last_event_at is not None
    assert last_event_at > LONG_AGO
