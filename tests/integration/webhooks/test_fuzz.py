"""Whatever anybody sends, no answer is an error of ours, and every refusal says why."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import simplejson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.webhooks.conftest import House
from tests.rows import REALM
from tests.signing import signed
from tests.stage import VERIFIER

FUZZ = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def _mostly(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(usual, usual, usual, JSON)


PINGS = st.fixed_dictionaries(
    {"id": _mostly(st.integers(1, 10**18)), "type": _mostly(st.integers(0, 12)), "action": _mostly(st.integers(0, 1))},
    optional={"idn": _mostly(st.integers(0) | st.text(max_size=50)), "more": JSON},
)
NAMES = st.text(max_size=60)
CLOUD_EVENTS = st.lists(
    st.fixed_dictionaries(
        {
            "id": _mostly(NAMES),
            "type": _mostly(st.sampled_from(["qbo.bill.created.v1", "qbo.", "", "qbo.vendor"]) | NAMES),
            "intuitentityid": _mostly(NAMES),
            "intuitaccountid": _mostly(st.just(REALM) | NAMES),
        },
        optional={"data": JSON},
    ),
    max_size=4,
)
ENTITIES = st.fixed_dictionaries(
    {"name": _mostly(NAMES), "id": _mostly(NAMES), "operation": _mostly(NAMES)}, optional={"lastUpdated": JSON}
)
NOTIFICATIONS = st.fixed_dictionaries(
    {
        "eventNotifications": _mostly(
            st.lists(
                st.fixed_dictionaries(
                    {
                        "realmId": _mostly(st.just(REALM) | NAMES),
                        "dataChangeEvent": _mostly(
                            st.fixed_dictionaries({"entities": _mostly(st.lists(ENTITIES, max_size=3))})
                        ),
                    }
                ),
                max_size=3,
            )
        )
    }
)


def _bodies(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[bytes]:
    written = st.one_of(usual, usual, JSON).map(lambda value: simplejson.dumps(value).encode())
    return st.one_of(written, written, st.binary(max_size=200), st.text().map(lambda text: text.encode()))


@FUZZ
@given(body=_bodies(PINGS))
def test_every_ping_is_kept_or_refused_with_a_reason(house: House, body: bytes) -> None:
    before = len(house.events())
    answer = house.ping(body)
    assert answer.status_code in {200, 400}
    assert len(house.events()) == before + (answer.status_code == 200)
    assert answer.status_code == 200 or answer.get_json()["error"].startswith("Not a Precoro event: ")


@FUZZ
@given(body=_bodies(CLOUD_EVENTS | NOTIFICATIONS))
def test_every_signed_notification_is_acknowledged(house: House, body: bytes) -> None:
    assert house.notify(body).status_code == 200


@FUZZ
@given(body=_bodies(CLOUD_EVENTS), signature=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60))
def test_every_forged_notification_is_refused(house: House, body: bytes, signature: str) -> None:
    before = len(house.events())
    assert signature != signed(body, VERIFIER)
    answer = house.client.post("/webhooks/quickbooks", data=body, headers={"intuit-signature": signature})
    assert (answer.status_code, bool(answer.get_json()["error"])) == (401, True)
    assert len(house.events()) == before


@FUZZ
@given(secret=st.text(st.characters(exclude_characters="/", exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_every_guessed_secret_is_refused(house: House, secret: str) -> None:
    answer = house.ping(secret=quote(secret, safe=""))
    assert (answer.status_code, bool(answer.get_json()["error"])) in {(401, True), (404, True)}
    assert house.is_empty()
