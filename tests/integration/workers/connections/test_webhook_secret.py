"""A webhook address is changed with an overlap: no event is lost, and the old one ends when a person says so."""

from __future__ import annotations

import pytest
import requests

from store.companies import PrecoroCompany
from tests.stage import Stage
from webhooks import senders
from workers.connections import webhook_secret
from workers.connections.webhook_secret import WebhookAddress
from workers.errors import AddressStillValidError, NoOldAddressError

SLUG = "widgets-inc"
PING = {"id": 203, "type": 0, "action": 1}


@pytest.fixture(autouse=True)
def _nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(senders, "REMEMBERED", 0.0)


def _status(stage: Stage, shown: WebhookAddress) -> int:
    path = shown.address.removeprefix(stage.runtime.settings.receiver_url)
    return requests.post(f"{stage.receiver}{path}", json=PING, timeout=10).status_code


def test_both_addresses_are_valid_until_the_old_one_is_retired(stage: Stage) -> None:
    old = webhook_secret.show(stage.runtime, SLUG)
    new = webhook_secret.rotate(stage.runtime, SLUG, "ann")
    assert old.address != new.address
    assert (old.old_is_valid, new.old_is_valid) == (False, True)
    assert [_status(stage, old), _status(stage, new)] == [200, 200]
    webhook_secret.retire(stage.runtime, SLUG, "ann")
    assert [_status(stage, old), _status(stage, new)] == [401, 200]
    assert webhook_secret.show(stage.runtime, SLUG) == WebhookAddress(
        SLUG, new.address, new.made_at, old_is_valid=False
    )


def test_an_address_is_not_changed_twice_before_the_first_one_is_retired(stage: Stage) -> None:
    with pytest.raises(NoOldAddressError):
        webhook_secret.retire(stage.runtime, SLUG, "ann")
    webhook_secret.rotate(stage.runtime, SLUG, "ann")
    with pytest.raises(AddressStillValidError):
        webhook_secret.rotate(stage.runtime, SLUG, "ann")


def test_the_secret_stands_in_no_representation_of_it(stage: Stage) -> None:
    shown = webhook_secret.show(stage.runtime, SLUG)
    with stage.runtime.read() as (session, _):
        secret = session.get_one(PrecoroCompany, 1).webhook_secret
    assert secret in shown.address
    assert secret not in repr(shown)
